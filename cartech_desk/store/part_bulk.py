"""Many parts at once: an import, in few statements, so that nobody waits for it for long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.parts.part import MoveKind, Part
from cartech_desk.domain.parts.quantity import milli_of
from cartech_desk.store.errors import Changed
from cartech_desk.store.finding import drop_entry, keep_entries
from cartech_desk.store.instants import instant
from cartech_desk.store.part_codes import check_scanned
from cartech_desk.store.part_rows import (
    SELECT,
    Taken,
    columns_of,
    found_entry,
    part_of_row,
    sku_key,
    told,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

_AT_ONCE: Final = 500
_TOLD_AT_ONCE: Final = 100
"""New parts that one audit record names."""
_One = TypeVar("_One")


def add_many(
    act: "AuditedAct", rows: Sequence[tuple[Part, Decimal]], source: str, at: datetime
) -> None:
    """Add parts with what is on the shelf. Errors: Taken where one is kept already."""
    if not rows:
        return
    connection, now = act.connection, instant(at)
    new = [(replace(part, id=str(uuid7()), version=1), on_hand) for part, on_hand in rows]
    _check(connection, [part for part, _ in new])
    whole = [columns_of(part, now) | {"id": part.id} for part, _ in new]
    # Without their levels: a part that comes with its stock has not run low in between.
    levels = {"warning_milli": None, "reorder_milli": None}
    _insert(connection, "part", [columns | levels for columns in whole])
    _put_barcodes(connection, [part for part, _ in new])
    words = {"reason": "On the shelf when the part was added", "at": now}
    by = {"by_id": act.actor.id, "by_name": act.actor.name, "kind": MoveKind.RECEIPT.value}
    _insert(
        connection,
        "stock_move",
        [
            {
                "id": str(uuid7()),
                "part_id": part.id,
                "quantity_milli": milli_of(on_hand),
                "unit_cost": part.cost.minor,
                **words,
                **by,
            }
            for part, on_hand in new
            if on_hand
        ],
    )
    leveled = [
        (columns["warning_milli"], columns["reorder_milli"], columns["id"])
        for columns in whole
        if columns["warning_milli"] is not None or columns["reorder_milli"] is not None
    ]
    if leveled:
        connection.exec_driver_sql(
            "UPDATE part SET warning_milli = ?, reorder_milli = ? WHERE id = ?", leveled
        )
    keep_entries(connection, [found_entry(part, now) for part, _ in new])
    for some in _pieces(new, _TOLD_AT_ONCE):
        names = [f"{part.sku} {part.name}: {on_hand}, {part.price.major}" for part, on_hand in some]
        entity = Entity("parts", "", source)
        act.record(Entry("part.add", entity, after={"parts": names}, reason=source))


def change_many(
    act: "AuditedAct", parts: Sequence[Part], source: str, at: datetime
) -> tuple[int, int]:
    """Change parts' records; returns how many were changed and how many were so already.

    Errors: Changed where one is another version by now, or is gone; Taken.
    """
    connection, now = act.connection, instant(at)
    before = _read(connection, [part.id for part in parts])
    for part in parts:
        was = before.get(part.id)
        if was is None or was.version != part.version:
            raise Changed(
                f"Somebody changed {part.sku} {part.name} since the file was read.",
                kept="Nothing of this file was imported.",
                to_do="Look through the file again, then import it.",
            )
    changed = [part for part in parts if told(part) != told(before[part.id])]
    if not changed:
        return 0, len(parts)
    recoded = [part for part in changed if part.barcodes != before[part.id].barcodes]
    _check(connection, recoded)
    columns = [columns_of(part, now) for part in changed]
    sets = ", ".join(f"{name} = ?" for name in columns[0])
    connection.exec_driver_sql(
        f"UPDATE part SET {sets}, version = version + 1 WHERE id = ?",  # noqa: S608 - names of our own
        [(*each.values(), part.id) for each, part in zip(columns, changed, strict=True)],
    )
    for part in recoded:
        connection.exec_driver_sql("DELETE FROM part_barcode WHERE part_id = ?", (part.id,))
    _put_barcodes(connection, recoded)
    renamed = [
        part for part in changed if found_entry(part, now) != found_entry(before[part.id], now)
    ]
    for part in renamed:
        drop_entry(connection, "part", part.id)
    if renamed:
        keep_entries(connection, [found_entry(part, now) for part in renamed])
    for part in changed:
        _tell(act, before[part.id], part, source)
    return len(changed), len(parts) - len(changed)


def _tell(act: "AuditedAct", was: Part, part: Part, source: str) -> None:
    """Record what changed of a part."""
    then, now = told(was), told(part)
    differing = [name for name in now if now[name] != then[name]]
    act.record(
        Entry(
            "part.change",
            Entity("part", part.id, f"{part.sku} {part.name}"),
            {name: then[name] for name in differing},
            {name: now[name] for name in differing},
            source,
        )
    )


def _check(connection: "Connection", parts: Sequence[Part]) -> None:
    """Refuse numbers and barcodes that other parts have, in few statements."""
    skus = {sku_key(part.sku): part for part in parts}
    codes = {code: part for part in parts for code in part.barcodes}
    for statement, wanted in (
        ("SELECT sku_key, id FROM part WHERE sku_key IN ", skus),
        ("SELECT barcode, part_id FROM part_barcode WHERE barcode IN ", codes),
    ):
        for some in _pieces(list(wanted), _AT_ONCE):
            marks = ", ".join("?" * len(some))
            for word, owner in connection.exec_driver_sql(f"{statement}({marks})", tuple(some)):
                part = wanted[word]
                if owner != part.id:
                    raise Taken(
                        "sku",
                        f"The number or barcode {word} of {part.sku} {part.name} is another "
                        "part's already.",
                        "Look through the file again; somebody may have added it, or deleted it.",
                    )
    check_scanned(connection, parts)


def _read(connection: "Connection", ids: Sequence[str]) -> Mapping[str, Part]:
    found: dict[str, Part] = {}
    for some in _pieces(ids, _AT_ONCE):
        marks = ", ".join("?" * len(some))
        rows = connection.exec_driver_sql(
            f"{SELECT} WHERE part.deleted IS NULL AND part.id IN ({marks})", tuple(some)
        )
        found.update((str(row[0]), part_of_row(row)) for row in rows)
    return found


def _put_barcodes(connection: "Connection", parts: Sequence[Part]) -> None:
    rows = [{"barcode": code, "part_id": part.id} for part in parts for code in part.barcodes]
    _insert(connection, "part_barcode", rows)


def _insert(connection: "Connection", table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    if rows:
        names = tuple(rows[0])
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - names of our own
            f"VALUES ({', '.join('?' * len(names))})",
            [tuple(row[name] for name in names) for row in rows],
        )


def _pieces(rows: Sequence[_One], size: int) -> Iterator[Sequence[_One]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
