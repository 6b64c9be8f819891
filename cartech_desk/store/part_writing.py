"""A part written and read within somebody's transaction."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from uuid_utils import uuid7

from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.people import Actor
from cartech_desk.store.instants import instant
from cartech_desk.store.part_codes import check_scanned
from cartech_desk.store.part_rows import (
    SELECT,
    Taken,
    columns_of,
    keep_found,
    no_such_part,
    part_of_row,
    sku_key,
)
from cartech_desk.store.stock import put_move

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LEVELS = ("warning_milli", "reorder_milli")


def read_part(connection: "Connection", part_id: str, *, deleted: bool = True) -> Part:
    """Return one part; one that is deleted only where asked for. Errors: NotKept."""
    there = "" if deleted else " AND part.deleted IS NULL"
    row = connection.exec_driver_sql(f"{SELECT} WHERE part.id = ?{there}", (part_id,)).fetchone()
    if row is None:
        raise no_such_part(part_id)
    return part_of_row(row)


def insert_part(
    connection: "Connection",
    part: Part,
    at: datetime,
    by: Actor,
    *,
    on_hand: Decimal = Decimal(0),
    reason: str = "On the shelf when the part was added",
) -> Part:
    """Write a new part and what is on the shelf; alerts follow its levels. Errors: Taken."""
    part = replace(part, id=part.id or str(uuid7()), version=1)
    _check(connection, part)
    columns = columns_of(part, instant(at))
    levels = {name: columns.pop(name) for name in _LEVELS}
    columns["id"] = part.id
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.exec_driver_sql(
        f"INSERT INTO part ({names}) VALUES ({marks})",  # noqa: S608 - names of our own
        tuple(columns.values()),
    )
    _put_barcodes(connection, part)
    if on_hand:
        put_move(connection, StockMove(part.id, MoveKind.RECEIPT, on_hand, at, reason), by)
    if any(level is not None for level in levels.values()):
        # Only now: a part that comes with its stock has not run low in between.
        sets = ", ".join(f"{name} = ?" for name in levels)
        connection.exec_driver_sql(
            f"UPDATE part SET {sets} WHERE id = ?",  # noqa: S608 - names of our own
            (*levels.values(), part.id),
        )
    keep_found(connection, part, instant(at))
    return read_part(connection, part.id)


def update_part(connection: "Connection", part: Part, at: datetime) -> Part:
    """Write a part's record anew; its stock stays. Errors: Taken."""
    _check(connection, part)
    columns = columns_of(part, instant(at))
    sets = ", ".join(f"{name} = ?" for name in columns)
    connection.exec_driver_sql(
        f"UPDATE part SET {sets}, version = version + 1 WHERE id = ?",  # noqa: S608 - names of our own
        (*columns.values(), part.id),
    )
    connection.exec_driver_sql("DELETE FROM part_barcode WHERE part_id = ?", (part.id,))
    _put_barcodes(connection, part)
    keep_found(connection, part, instant(at))
    return read_part(connection, part.id)


def _put_barcodes(connection: "Connection", part: Part) -> None:
    for code in part.barcodes:
        connection.exec_driver_sql(
            "INSERT INTO part_barcode (barcode, part_id) VALUES (?, ?)", (code, part.id)
        )


def _check(connection: "Connection", part: Part) -> None:
    """Refuse what another part has already, and a supplier that is not there."""
    taken = connection.exec_driver_sql(
        "SELECT sku || ' ' || name, deleted FROM part WHERE sku_key = ? AND id <> ?",
        (sku_key(part.sku), part.id),
    ).fetchone()
    if taken is not None:
        was, to_do = (
            ("A deleted part", "Restore that part, or choose another SKU.")
            if taken[1]
            else ("Another part", "Choose another SKU, or change that part.")
        )
        raise Taken("sku", f"{was} has the SKU {part.sku} already: {taken[0]}.", to_do)
    for code in part.barcodes:
        other = connection.exec_driver_sql(
            "SELECT sku || ' ' || name || CASE WHEN deleted IS NULL THEN '' ELSE ' (deleted)' END "
            "FROM part_barcode JOIN part ON part.id = part_id "
            "WHERE barcode = ? AND part_id <> ?",
            (code, part.id),
        ).fetchone()
        if other is not None:
            raise Taken(
                "barcodes",
                f"The barcode {code} belongs to another part: {other[0]}.",
                "Remove it here or there.",
            )
    check_scanned(connection, (part,))
    if (
        part.supplier_id
        and not connection.exec_driver_sql(
            "SELECT 1 FROM supplier WHERE id = ? AND deleted IS NULL", (part.supplier_id,)
        ).fetchone()
    ):
        raise Taken(
            "supplier", "The supplier is not kept here any more.", "Choose another, or none."
        )
