"""Understanding a table of parts row by row: what is good, and why the rest is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from cartech_desk.domain.money import (
    Money,
    decimals,
    is_of_another,
    money_text,
    without_currency,
)
from cartech_desk.domain.parts.barcode import code_key, scan_key
from cartech_desk.domain.parts.import_plan import BadRow, GoodRow, ImportPlan
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.part_headings import FIELDS, fields_of, unit_of
from cartech_desk.domain.parts.part_table import (
    ENCODINGS,
    UNREADABLE,
    PartFileRefused,
    Table,
    decimal_mark_of,
    number_of,
    rounded_code,
)
from cartech_desk.domain.parts.quantity import QuantityRefused, milli_of, quantity_of, quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.typed_numbers import NumberRefused
from cartech_desk.office.part_fields import PartRefused, checked_part, checked_supplier
from cartech_desk.store.part_rows import sku_key

_MONEY: Final = ("cost", "price")
_QUANTITIES: Final = ("warning_level", "reorder_level", "reorder_quantity", "on_hand")
_NUMBERS: Final = (*_MONEY, *_QUANTITIES, "tax")
_TEXTS: Final = ("sku", "name", "category", "maker", "supplier_sku", "unit", "location", "note")
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "oui"})
_NO: Final = frozenset({"no", "n", "false", "0", "nein", "non"})
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept already: parts by their SKU as compared, whose barcode is whose."""

    by_sku: Mapping[str, Part]
    deleted: Mapping[str, Part]
    """Those that are deleted: they keep their numbers."""
    by_barcode: Mapping[str, Part]
    skus_scanned: Mapping[str, Part]
    barcodes_scanned: Mapping[str, Part]
    """Whose SKU or barcode a scan could be."""

    @classmethod
    def of(cls, parts: Iterable[Part], deleted: Iterable[Part] = ()) -> "Kept":
        """Return this for all parts of a catalogue, and those that were deleted."""
        by_sku = {sku_key(part.sku): part for part in parts}
        gone = {sku_key(part.sku): part for part in deleted}
        every = (*by_sku.values(), *gone.values())
        by_barcode = {code: part for part in every for code in part.barcodes}
        return cls(
            by_sku,
            gone,
            by_barcode,
            {scan_key(part.sku): part for part in every},
            {scan_key(code): part for code, part in by_barcode.items()},
        )

    def named(self, part: Part) -> str:
        """Return another part as a sentence names it."""
        gone = sku_key(part.sku) in self.deleted
        return f"{part.sku} {part.name}{' (deleted)' if gone else ''}"


class _Bad(Exception):
    """A row cannot be imported: the field, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


def _changes(before: Part, part: Part, supplier: str) -> tuple[str, ...]:
    """Return what a row changes of a part; what it costs is not for everybody to know."""
    told = []
    for name in (*_TEXTS, "warning_level", "reorder_level", "reorder_quantity", "active"):
        old, new = getattr(before, name), getattr(part, name)
        if old != new:
            told.append(f"{name.replace('_', ' ')} {old or 'none'} → {new}")
    if before.price != part.price:
        told.append(f"price {money_text(before.price)} → {money_text(part.price)}")
    told += [
        name
        for name, differs in (
            ("cost", before.cost != part.cost),
            ("tax", before.tax_bp != part.tax_bp),
            ("barcodes", set(before.barcodes) != set(part.barcodes)),
        )
        if differs
    ]
    if supplier and supplier.casefold() != before.supplier.casefold():
        told.append(f"supplier {before.supplier or 'none'} → {supplier}")
    return tuple(told)


def plan_of(
    table: Table,
    source: str,
    kept: Kept,
    currency: str,
    *,
    columns: Mapping[str, str],
    decimal_mark: str = "",
) -> ImportPlan:
    """Return what an import would do. Errors: PartFileRefused where the headings do not do."""
    places = _places(table, columns, currency)
    mark = decimal_mark or decimal_mark_of(
        row[places[name]]
        for _, _, row in table.rows
        for name in _NUMBERS
        if name in places and len(row) == len(table.headings)
    )
    reading = _Reading(table, places, mark, currency, kept)
    good, bad = [], []
    for begins, ends, row in table.rows:
        try:
            good.append(reading.row(begins, ends, row))
        except _Bad as error:
            words = table.delimiter.join(row).replace("\n", " ")
            shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
            bad.append(BadRow(begins, shown, error.why, error.field))
    used = set(places.values())
    return ImportPlan(
        source,
        tuple(good),
        tuple(bad),
        {field: table.headings[place] for field, place in places.items()},
        tuple(word for place, word in enumerate(table.headings) if place not in used and word),
        table.delimiter,
        mark,
        table.encoding,
        table.guessed,
    )


def _places(table: Table, columns: Mapping[str, str], currency: str) -> dict[str, int]:
    unknown = set(columns) - set(FIELDS)
    if unknown:
        raise PartFileRefused(
            f"A part has no field {min(unknown)!r}.", f"Fields are {', '.join(FIELDS)}."
        )
    lost = [word for word in columns.values() if word and word not in table.headings]
    if lost:
        raise PartFileRefused(
            f"The file has no heading {lost[0]!r}.",
            f"Its headings are {', '.join(table.headings)}.",
        )
    places = fields_of(table.headings, columns)
    if "sku" not in places:
        raise PartFileRefused(
            "None of the headings was understood as the part's number (SKU).",
            f"Say which of them it is: {', '.join(filter(None, table.headings))}.",
        )
    for field in _MONEY:
        unit = unit_of(table.headings[places[field]]) if field in places else ""
        code = len(unit) == 3 and unit.isalpha() and unit.upper() != currency
        if code or is_of_another(unit, currency):
            raise PartFileRefused(
                f"The file's {field} is in {unit.upper()}, the shop reckons in {currency}.",
                "Convert it first.",
            )
    return places


class _Reading:
    """The rows of one file, one after the other: what stood before counts too."""

    def __init__(
        self, table: Table, places: Mapping[str, int], mark: str, currency: str, kept: Kept
    ) -> None:
        self._table, self._places, self._mark = table, places, mark
        self._currency, self._kept = currency, kept
        self._skus: dict[str, int] = {}
        self._barcodes: dict[str, int] = {}
        self._skus_scanned: dict[str, int] = {}
        self._barcodes_scanned: dict[str, int] = {}

    def row(self, begins: int, ends: int, row: tuple[str, ...]) -> GoodRow:
        """Return one row as a part. Errors: _Bad."""
        self._whole(begins, ends, row)
        cells = {field: row[place] for field, place in self._places.items() if row[place]}
        sku = cells.get("sku", "")
        if not sku:
            raise _Bad("sku", "The SKU is missing.")
        if rounded_code(sku):
            raise _Bad("sku", f"A spreadsheet has rounded the SKU to {sku}.")
        gone = self._kept.deleted.get(sku_key(sku))
        if gone is not None:
            raise _Bad(
                "sku",
                f"A deleted part has the SKU {gone.sku}: {gone.name}. Bring it back first, or "
                "choose another SKU.",
            )
        before = self._kept.by_sku.get(sku_key(sku))
        on_hand = self._number(cells, "on_hand") or Decimal(0)
        part = self._part(cells, before)
        try:
            part = checked_part(part, self._currency, on_hand=on_hand)
        except PartRefused as error:
            field = error.field
            raise _Bad(field, error.wrong[field]) from error
        supplier = _supplier(cells.get("supplier", ""))
        self._alone(begins, part)
        note = ""
        if before is not None and "on_hand" in cells and on_hand != before.on_hand:
            said = quantity_text(before.on_hand, before.unit)
            note = f"Its stock stays {said}, not {on_hand}: count it instead."
        elif before is None and "price" not in cells:
            note = f"No price is given: it comes in at {money_text(part.price)}."
        return GoodRow(
            begins,
            part,
            on_hand if before is None else Decimal(0),
            before is not None,
            tuple(cells),
            supplier,
            note,
            () if before is None else _changes(before, part, supplier),
        )

    def _whole(self, begins: int, ends: int, row: tuple[str, ...]) -> None:
        there, wanted = len(row), len(self._table.headings)
        if ends > begins and any(
            "\n" in row[place]
            for field, place in self._places.items()
            if place < there and field != "note"
        ):
            raise _Bad(
                "",
                f"A cell goes on to line {ends}: a quotation mark is not closed. "
                "What stands between was not read.",
            )
        if there != wanted:
            raise _Bad(
                "",
                f"The row has {there} cells, the headings are {wanted}: a separator is "
                f"{'missing' if there < wanted else 'too many'}.",
            )

        if any(UNREADABLE in row[place] for place in self._places.values()):
            raise _Bad(
                "",
                f"A sign of it cannot be read as {ENCODINGS[self._table.encoding]}. Mend it, or "
                "choose the file's encoding.",
            )

    def _part(self, cells: Mapping[str, str], before: Part | None) -> Part:
        changes: dict[str, Any] = {name: cells[name] for name in _TEXTS if name in cells}
        changes["sku"] = before.sku if before is not None else cells["sku"]
        for name in _MONEY:
            amount = self._number(cells, name)
            if amount is not None:
                minor = int(amount * 10 ** decimals(self._currency))
                changes[name] = Money(minor, self._currency)
        for name in ("warning_level", "reorder_level", "reorder_quantity"):
            quantity = self._number(cells, name)
            if quantity is not None:
                changes[name] = quantity
        if "tax" in cells:
            changes["tax_bp"] = int((self._number(cells, "tax") or Decimal(0)) * 100)
        if "barcodes" in cells:
            changes["barcodes"] = self._codes(cells["barcodes"])
        if "active" in cells:
            changes["active"] = _yes(cells["active"])
        return replace(before if before is not None else Part(), **changes)

    def _number(self, cells: Mapping[str, str], field: str) -> Decimal | None:
        cell = cells.get(field)
        if cell is None:
            return None
        most = decimals(self._currency) if field in _MONEY else 2 if field == "tax" else 3
        bare = cell.removesuffix("%") if field == "tax" else cell
        if field in _MONEY:
            bare = without_currency(bare, self._currency)
        try:
            typed = number_of(bare.strip(), self._mark, most)
            return quantity_of(milli_of(typed)) if field in _QUANTITIES else typed
        except (NumberRefused, QuantityRefused) as error:
            raise _Bad(field, f"{_NAMES[field]}: {error.happened} {error.to_do}") from error

    def _codes(self, cell: str) -> tuple[str, ...]:
        for word in cell.split():
            if rounded_code(word):
                raise _Bad("barcodes", f"A spreadsheet has rounded the barcode to {word}.")
        codes = [code_key(word) for word in cell.replace("|", " ").replace(",", " ").split()]
        return tuple(dict.fromkeys(filter(None, codes)))

    def _alone(self, line: int, part: Part) -> None:
        """Refuse what stands twice, in the file or against what is kept."""
        key = sku_key(part.sku)
        if key in self._skus:
            raise _Bad("sku", f"{part.sku} stands in line {self._skus[key]} already.")
        for code in part.barcodes:
            if code in self._barcodes:
                raise _Bad(
                    "barcodes", f"Barcode {code} stands in line {self._barcodes[code]} already."
                )
            owner = self._kept.by_barcode.get(code)
            if owner is not None and owner.id != part.id:
                raise _Bad(
                    "barcodes",
                    f"Barcode {code} belongs to another part: {self._kept.named(owner)}.",
                )
        known = self._barcodes_scanned, self._kept.barcodes_scanned
        self._told_apart(part, "sku", part.sku, *known)
        for code in part.barcodes:
            self._told_apart(part, "barcodes", code, self._skus_scanned, self._kept.skus_scanned)
        self._skus[key] = self._skus_scanned[scan_key(part.sku)] = line
        for code in part.barcodes:
            self._barcodes[code] = self._barcodes_scanned[scan_key(code)] = line

    def _told_apart(
        self,
        part: Part,
        field: str,
        word: str,
        lines: Mapping[str, int],
        kept: Mapping[str, Part],
    ) -> None:
        """Refuse a barcode that is another part's SKU, and an SKU that is another's barcode."""
        key = scan_key(word)
        owner = kept.get(key)
        if key in lines:
            other = f"line {lines[key]}"
        elif owner is not None and owner.id != part.id:
            other = self._kept.named(owner)
        else:
            return
        said = f"The SKU {word} is a barcode" if field == "sku" else f"Barcode {word} is the SKU"
        raise _Bad(field, f"{said} of {other}: nobody could tell which was scanned.")


_NAMES: Final = {
    "cost": "The cost",
    "price": "The price",
    "warning_level": "The warning level",
    "reorder_level": "The reorder level",
    "reorder_quantity": "The quantity to reorder",
    "on_hand": "What is on hand",
    "tax": "The tax",
}


@lru_cache(maxsize=200)
def _supplier(name: str) -> str:
    """Return a supplier's name as it is kept. Errors: _Bad."""
    if not name:
        return ""
    try:
        return checked_supplier(Supplier(name=name)).name
    except PartRefused as error:
        why = error.wrong["name"].replace("The name", "The supplier's name", 1)
        raise _Bad("supplier", why) from error


def _yes(word: str) -> bool:
    said = word.casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise _Bad("active", f"“{word[:20]}” is neither yes nor no.")
