"""Numbers and barcodes that a scanner could not tell apart."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.parts.barcode import scan_key, writings
from cartech_desk.domain.parts.part import Part
from cartech_desk.store.part_rows import Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE: Final = 500
_KEY: Final = "lower(replace(barcode, ' ', ''))"
_OF_SKU: Final = "SELECT sku_key, id, sku || ' ' || name, deleted FROM part WHERE sku_key IN "
_OF_BARCODE: Final = (
    f"SELECT {_KEY}, part_id, sku || ' ' || name, deleted FROM part_barcode "  # noqa: S608 - of our own
    f"JOIN part ON part.id = part_id WHERE {_KEY} IN "
)


def check_scanned(connection: "Connection", parts: Sequence[Part]) -> None:
    """Refuse an SKU that is another part's barcode, and a barcode that is another part's SKU.

    Each as a scanner may type it: a UPC-A is its EAN-13. Deleted parts keep their numbers.
    Errors: Taken.
    """
    coded = {
        word: part for part in parts for code in part.barcodes for word in writings(scan_key(code))
    }
    numbered = {scan_key(part.sku): part for part in parts}
    for statement, wanted in ((_OF_SKU, coded), (_OF_BARCODE, numbered)):
        for word, owner, name, deleted in _found(connection, statement, wanted):
            part = wanted[word]
            if owner != part.id:
                raise Taken(
                    "barcodes",
                    f"Number and barcode of {part.sku} {part.name} and of {name}"
                    f"{', which is deleted,' if deleted else ''} are the same: nobody could tell "
                    "which was scanned.",
                    "Give one of them another number.",
                )


def _found(
    connection: "Connection", statement: str, wanted: Mapping[str, Part]
) -> Iterator[tuple[str, str, str, str | None]]:
    words = list(wanted)
    for start in range(0, len(words), _AT_ONCE):
        some = words[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in connection.exec_driver_sql(f"{statement}({marks})", tuple(some)):
            yield row[0], row[1], row[2], row[3]
