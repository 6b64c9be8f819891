"""Purchase orders as rows, and what is to be reordered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import (
    COMING,
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    ToReorder,
    suggested_quantity,
    sum_of,
)
from cartech_desk.domain.parts.quantity import (
    milli_of,
    quantity_of,
    quantity_text,
    refuse_part_of_one,
)
from cartech_desk.domain.vehicles.search_words import folded
from cartech_desk.store.finding import Entry, keep_entry
from cartech_desk.store.instants import instant, time_or_none
from cartech_desk.store.like_words import holds
from cartech_desk.store.part_rows import ON_ORDER, not_kept, optional_quantity
from cartech_desk.store.part_writing import read_part

if TYPE_CHECKING:
    from sqlalchemy import Connection

SELECT: Final = (
    "SELECT purchase_order.id, purchase_order.number, supplier_id, supplier.name, status, created, "
    "ordered, expected, closed, currency, purchase_order.note, by_name, purchase_order.version, "
    "(SELECT count(*) FROM order_line WHERE order_id = purchase_order.id), "
    # Rounded half up at each line, as `OrderLine.sum`.
    "(SELECT total((unit_cost * quantity_milli + 500) / 1000) FROM order_line "
    "WHERE order_id = purchase_order.id) "
    "FROM purchase_order JOIN supplier ON supplier.id = supplier_id"
)
SORTS: Final = {
    "number": "purchase_order.number",
    "supplier": "supplier.name_key",
    "status": "status",
    "ordered": "coalesce(ordered, '')",
    "expected": "coalesce(expected, '9999')",
}
_LINES: Final = (
    "SELECT order_line.id, part_id, quantity_milli, unit_cost, received_milli, place, sku, name, "
    "unit, supplier_sku FROM order_line JOIN part ON part.id = part_id "
    "WHERE order_id = ? ORDER BY place"
)
_LOW: Final = (
    "SELECT part.id, sku, part.name, unit, coalesce(part.supplier_id, ''), "  # noqa: S608 - of our own
    f"coalesce(supplier.name, ''), supplier_sku, on_hand_milli, {ON_ORDER}, reorder_milli, "
    "reorder_quantity_milli, cost, currency "
    "FROM part LEFT JOIN supplier ON supplier.id = part.supplier_id "
    "WHERE part.deleted IS NULL AND active AND on_hand_milli <= reorder_milli"
)


_EXACT: Final = 2**53
"""Up to here SQLite's own sum is exact."""


def orders_of(connection: "Connection", rows: Sequence[Any]) -> tuple[PurchaseOrder, ...]:
    """Return orders without their lines; sums that SQLite would round are made of the lines."""
    found = []
    for row in rows:
        order = order_of_row(row)
        if row[14] >= _EXACT:
            lines = lines_of(connection, order.id, order.currency)
            order = replace(order, total=sum_of(lines, order.currency))
        found.append(order)
    return tuple(found)


def conditions(
    search: str, status: OrderStatus | None, supplier_id: str, coming: bool
) -> tuple[str, tuple[Any, ...]]:
    """Return the condition of a list of orders, and its values."""
    where, values = ["purchase_order.deleted IS NULL"], list[Any]()
    for word in search[:200].split():
        noted, likes = holds(("purchase_order.note",), word)
        where.append(
            "(instr(supplier.name_key, ?) OR CAST(number AS TEXT) = ? "  # noqa: S608 - of our own
            f"OR {noted} OR EXISTS (SELECT 1 FROM order_line "
            "JOIN part ON part.id = part_id WHERE order_id = purchase_order.id "
            "AND instr(part.words, ?)))"
        )
        small = folded(word)
        values += [small, small, *likes, small]
    if status is not None:
        where.append("status = ?")
        values.append(status.value)
    if supplier_id:
        where.append("supplier_id = ?")
        values.append(supplier_id)
    if coming:
        where.append(f"status IN ({', '.join('?' * len(COMING))})")
        values += sorted(COMING)
    return " AND ".join(where), tuple(values)


def read_order(connection: "Connection", order_id: str) -> PurchaseOrder:
    """Return one order with its lines. Errors: NotKept."""
    row = connection.exec_driver_sql(
        f"{SELECT} WHERE purchase_order.id = ? AND purchase_order.deleted IS NULL", (order_id,)
    ).fetchone()
    if row is None:
        raise not_kept("order", order_id)
    return order_of_row(row, lines_of(connection, order_id, str(row[9])))


def order_of_row(row: Any, lines: tuple[OrderLine, ...] = ()) -> PurchaseOrder:
    """Return an order from a row of `SELECT`."""
    currency = str(row[9])
    return PurchaseOrder(
        id=row[0],
        number=int(row[1]),
        supplier_id=row[2],
        supplier=row[3],
        status=OrderStatus(row[4]),
        created=time_or_none(row[5]),
        ordered=time_or_none(row[6]),
        expected=date.fromisoformat(row[7]) if row[7] else None,
        closed=time_or_none(row[8]),
        currency=currency,
        note=row[10],
        by=row[11],
        version=int(row[12]),
        lines=lines,
        line_count=int(row[13]),
        total=sum_of(lines, currency) if lines else Money(int(row[14]), currency),
    )


def lines_of(connection: "Connection", order_id: str, currency: str) -> tuple[OrderLine, ...]:
    """Return the lines of an order."""
    return tuple(
        OrderLine(
            id=row[0],
            part_id=row[1],
            quantity=quantity_of(int(row[2])),
            unit_cost=Money(int(row[3]), currency),
            received=quantity_of(int(row[4])),
            place=int(row[5]),
            sku=row[6],
            name=row[7],
            unit=row[8],
            supplier_sku=row[9],
        )
        for row in connection.exec_driver_sql(_LINES, (order_id,))
    )


def put_lines(connection: "Connection", order_id: str, lines: Sequence[OrderLine]) -> None:
    """Write the lines of a draft anew. Errors: NotKept for a part, QuantityRefused.

    A line that stood there before, with a fraction that an older desk took, may stay.
    """
    rows = connection.exec_driver_sql(
        "SELECT part_id, quantity_milli FROM order_line WHERE order_id = ?", (order_id,)
    )
    stood = {(str(row[0]), int(row[1])) for row in rows}
    for line in lines:
        part = read_part(connection, line.part_id, deleted=False)
        if (line.part_id, milli_of(line.quantity)) not in stood:
            refuse_part_of_one(line.quantity, part.unit)
    connection.exec_driver_sql("DELETE FROM order_line WHERE order_id = ?", (order_id,))
    for place, line in enumerate(lines, 1):
        connection.exec_driver_sql(
            "INSERT INTO order_line (id, order_id, place, part_id, quantity_milli, unit_cost) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                str(uuid7()),
                order_id,
                place,
                line.part_id,
                milli_of(line.quantity),
                line.unit_cost.minor,
            ),
        )


def reorders(connection: "Connection", supplier_id: str = "") -> tuple[ToReorder, ...]:
    """Return what is at or below its reorder level even with what is coming."""
    rows = connection.exec_driver_sql(
        f"{_LOW} AND (? = '' OR part.supplier_id = ?) "
        "ORDER BY coalesce(supplier.name_key, char(0x10FFFF)), sku_key",
        (supplier_id, supplier_id),
    ).fetchall()
    found = []
    for row in rows:
        on_hand, coming = quantity_of(int(row[7])), quantity_of(int(row[8]))
        level = quantity_of(int(row[9]))
        suggested = suggested_quantity(on_hand, coming, level, optional_quantity(row[10]), row[3])
        if suggested > Decimal(0):
            found.append(
                ToReorder(
                    part_id=row[0],
                    sku=row[1],
                    name=row[2],
                    unit=row[3],
                    supplier_id=row[4],
                    supplier=row[5],
                    supplier_sku=row[6],
                    on_hand=on_hand,
                    on_order=coming,
                    level=level,
                    suggested=suggested,
                    unit_cost=Money(int(row[11]), row[12]),
                )
            )
    return tuple(found)


def reorders_by_supplier(connection: "Connection", supplier_id: str) -> dict[str, list[OrderLine]]:
    """Return the lines of what is to be reordered and stands in no draft, by supplier."""
    drafted = {
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT part_id FROM order_line JOIN purchase_order ON purchase_order.id = order_id "
            "WHERE status = 'draft' AND deleted IS NULL"
        )
    }
    found: dict[str, list[OrderLine]] = {}
    for one in reorders(connection, supplier_id):
        if one.supplier_id and one.part_id not in drafted:
            lines = found.setdefault(one.supplier_id, [])
            lines.append(
                OrderLine(
                    part_id=one.part_id,
                    quantity=one.suggested,
                    unit_cost=one.unit_cost,
                    place=len(lines) + 1,
                )
            )
    return found


def told_order(order: PurchaseOrder) -> dict[str, Any]:
    """Return an order for the audit log."""
    return {
        "status": order.status.value,
        "expected": order.expected.isoformat() if order.expected else None,
        "note": order.note,
        "total": f"{order.total.major} {order.total.currency}",
        "lines": [
            f"{line.sku}: {quantity_text(line.quantity, line.unit)} at {line.unit_cost.major}, "
            f"{quantity_text(line.received, line.unit)} received"
            for line in order.lines
        ],
    }


def keep_found(connection: "Connection", order: PurchaseOrder) -> None:
    """Let search find an order."""
    parts = " ".join(f"{line.sku} {line.name}" for line in order.lines[:50])
    keep_entry(
        connection,
        Entry(
            "order",
            order.id,
            f"Order {order.number}",
            order.supplier,
            parts,
            instant(order.created) if order.created else "",
        ),
    )
