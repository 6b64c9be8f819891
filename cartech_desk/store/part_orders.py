"""Purchase orders in `desk.db`: receipts with their moves, each act in one transaction."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import (
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    Received,
    ToReorder,
    status_after,
)
from cartech_desk.domain.parts.part import MoveKind, StockMove
from cartech_desk.domain.parts.quantity import milli_of
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import NotKept
from cartech_desk.store.instants import instant
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.numbers import next_number
from cartech_desk.store.order_refusals import (
    OrderRefused,
    check_lines,
    check_next,
    stands,
    too_much,
)
from cartech_desk.store.order_rows import (
    SELECT,
    SORTS,
    conditions,
    keep_found,
    lines_of,
    orders_of,
    put_lines,
    read_order,
    reorders,
    reorders_by_supplier,
    told_order,
)
from cartech_desk.store.part_writing import read_part
from cartech_desk.store.stock import move_stock
from cartech_desk.store.suppliers import read_supplier
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

_LONGEST_NUMBER: Final = 12
"""Digits of an order's number: no shop sends more orders, and every database counts so far."""
_LONGEST_WORD: Final = 60
_SERIES: Final = "purchase_order"
_NAMED: Final = Named("purchase_order", "order")


class OrderStore:
    """Purchase orders. Thread-safe. Errors: those of `PartStore`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "number",
        descending: bool = True,
        status: OrderStatus | None = None,
        supplier_id: str = "",
        coming: bool = False,
    ) -> tuple[tuple[PurchaseOrder, ...], int]:
        """Return orders without their lines, and how many there are in all."""
        where, values = conditions(search, status, supplier_id, coming)
        way = "DESC" if descending else "ASC"
        order = f"{SORTS.get(sort, SORTS['number'])} {way}, purchase_order.number {way}"
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                "SELECT count(*) FROM purchase_order JOIN supplier "  # noqa: S608 - of our own
                f"ON supplier.id = supplier_id WHERE {where}",
                values,
            ).one()
            return orders_of(connection, rows), int(total)

    def get(self, order_id: str) -> PurchaseOrder:
        """Return one order with its lines. Errors: NotKept."""
        with self._database.read() as connection:
            return read_order(connection, order_id)

    def named(self, word: str) -> PurchaseOrder:
        """Return the order with this number or id (or an end of one). Errors: NotKept."""
        word = word.strip()[:_LONGEST_WORD]
        with self._database.read() as connection:
            rows: Sequence[Any] = ()
            if word.isdecimal() and len(word) <= _LONGEST_NUMBER:
                rows = connection.exec_driver_sql(
                    "SELECT id FROM purchase_order WHERE number = ? AND deleted IS NULL",
                    (int(word),),
                ).fetchall()
            found = rows or [row_of(connection, "SELECT id FROM purchase_order", _NAMED, word)]
            return read_order(connection, str(found[0][0]))

    def to_reorder(self, supplier_id: str = "") -> tuple[ToReorder, ...]:
        """Return what is to be reordered, by supplier and SKU."""
        with self._database.read() as connection:
            return reorders(connection, supplier_id)

    def draft(
        self,
        supplier_id: str,
        lines: Sequence[OrderLine],
        currency: str,
        note: str,
        at: datetime,
        *,
        by: Actor,
    ) -> PurchaseOrder:
        """Begin an order. Errors: NotKept for the supplier or a part."""
        with self._audit.act(by) as act:
            return _insert(act, supplier_id, lines, currency, at, note=note)

    def draft_reorders(
        self, supplier_id: str, currency: str, at: datetime, *, by: Actor
    ) -> tuple[PurchaseOrder, ...]:
        """Begin one order for each supplier with what is to be reordered there.

        What stands in a draft already is not put into another one.
        """
        with self._database.read() as connection:
            if not reorders_by_supplier(connection, supplier_id):
                return ()
        with self._audit.act(by) as act:
            made = [
                _insert(act, one, lines, currency, at)
                for one, lines in reorders_by_supplier(act.connection, supplier_id).items()
            ]
            if not made:  # somebody else ordered it a moment ago
                raise OrderRefused(
                    "It has just been ordered.",
                    kept=NOTHING_CHANGED,
                    to_do="Look in the list of orders.",
                )
        return tuple(made)

    def change(
        self, order: PurchaseOrder, lines: Sequence[OrderLine], note: str | None, *, by: Actor
    ) -> PurchaseOrder:
        """Write the lines and the note of a draft anew. Errors: NotKept, Changed, OrderRefused."""
        with self._audit.act(by) as act:
            before = _as_seen(act.connection, order.id, order.version)
            if before.status is not OrderStatus.DRAFT:
                raise stands(before, "changed", "Cancel it and begin another one.")
            put_lines(act.connection, order.id, lines)
            act.connection.exec_driver_sql(
                "UPDATE purchase_order SET note = ?, version = version + 1 WHERE id = ?",
                (before.note if note is None else note, order.id),
            )
            return _recorded(act, before)

    def place(
        self,
        order_id: str,
        expected: date | None,
        at: datetime,
        zone: str,
        *,
        by: Actor,
        version: int | None = None,
    ) -> PurchaseOrder:
        """Note that an order was sent.

        Errors: NotKept; Changed; OrderRefused, also for deleted parts.
        """
        with self._audit.act(by) as act:
            before = _as_seen(act.connection, order_id, version)
            check_next(before, OrderStatus.ORDERED, "sent")
            check_lines(act.connection, before)
            supplier = read_supplier(act.connection, before.supplier_id)
            if expected is None and supplier.lead_days is not None:
                today = at.astimezone(ZoneInfo(zone)).date()
                expected = today + timedelta(days=supplier.lead_days)
            act.connection.exec_driver_sql(
                "UPDATE purchase_order SET status = ?, ordered = ?, expected = ?, "
                "version = version + 1 WHERE id = ?",
                (
                    OrderStatus.ORDERED.value,
                    instant(at),
                    expected.isoformat() if expected else None,
                    order_id,
                ),
            )
            return _recorded(act, before)

    def receive(
        self,
        order_id: str,
        received: Sequence[Received],
        at: Callable[[], datetime],
        *,
        by: Actor,
        even_so: bool = False,
        keep_cost: bool = False,
        version: int | None = None,
    ) -> PurchaseOrder:
        """Take what has come into stock.

        Errors: NotKept, Changed, OrderRefused, those of `move_stock`.
        """
        with self._audit.act(by) as act:
            now = at()
            before = _as_seen(act.connection, order_id, version)
            check_next(before, OrderStatus.RECEIVED, "received")
            lines = {line.id: line for line in before.lines}
            costs: list[str] = []
            for one in received:
                line = lines.get(one.line_id)
                if line is None:
                    raise NotKept(
                        f"Order {before.number} has not got that line any more.",
                        kept=NOTHING_CHANGED,
                        to_do="Look at the order again.",
                    )
                if one.quantity > line.missing and not even_so:
                    raise too_much(before, line, one)
                cost = _receive(act, before, line, one, now)
                if not keep_cost:
                    costs += _follow_cost(act.connection, line, cost, now)
            after = lines_of(act.connection, before.id, before.currency)
            status = status_after(after)
            act.connection.exec_driver_sql(
                "UPDATE purchase_order SET status = ?, closed = ?, version = version + 1 "
                "WHERE id = ?",
                (
                    status.value,
                    instant(now) if status is OrderStatus.RECEIVED else None,
                    order_id,
                ),
            )
            return _recorded(act, before, action="order.receive", costs=costs)

    def cancel(
        self,
        order_id: str,
        at: datetime,
        *,
        by: Actor,
        reason: str = "",
        version: int | None = None,
    ) -> PurchaseOrder:
        """Expect nothing more of an order. Errors: NotKept, Changed, OrderRefused."""
        with self._audit.act(by) as act:
            before = _as_seen(act.connection, order_id, version)
            partly = before.status is OrderStatus.PARTLY
            status = OrderStatus.CLOSED if partly else OrderStatus.CANCELLED
            check_next(before, status, "cancelled")
            act.connection.exec_driver_sql(
                "UPDATE purchase_order SET status = ?, closed = ?, version = version + 1 "
                "WHERE id = ?",
                (status.value, instant(at), order_id),
            )
            return _recorded(act, before, reason=reason)


def _as_seen(connection: "Connection", order_id: str, version: int | None) -> PurchaseOrder:
    """Return an order, where a version is given only as that. Errors: NotKept, Changed."""
    order = read_order(connection, order_id)
    if version is not None:
        same_version(f"Order {order.number}", order.version, version)
    return order


def _insert(
    act: "AuditedAct",
    supplier_id: str,
    lines: Sequence[OrderLine],
    currency: str,
    at: datetime,
    *,
    note: str = "",
) -> PurchaseOrder:
    supplier = read_supplier(act.connection, supplier_id)
    order_id = str(uuid7())
    act.connection.exec_driver_sql(
        "INSERT INTO purchase_order (id, number, supplier_id, status, currency, note, created, "
        "by_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order_id,
            next_number(act.connection, _SERIES),
            supplier.id,
            OrderStatus.DRAFT.value,
            currency,
            note,
            instant(at),
            act.actor.name,
        ),
    )
    put_lines(act.connection, order_id, lines)
    return _recorded(act, read_order(act.connection, order_id), new=True)


def _receive(
    act: "AuditedAct", order: PurchaseOrder, line: OrderLine, one: Received, at: datetime
) -> Money:
    """Take what has come of a line into stock; returns the price that was paid."""
    paid = line.unit_cost if one.unit_cost is None else one.unit_cost
    move = StockMove(
        line.part_id,
        MoveKind.RECEIPT,
        one.quantity,
        at,
        f"Order {order.number}",
        paid,
        order_line_id=line.id,
    )
    move_stock(act, move)
    act.connection.exec_driver_sql(
        # The line keeps the price of the order: what was paid stands with the move.
        "UPDATE order_line SET received_milli = received_milli + ? WHERE id = ?",
        (milli_of(one.quantity), line.id),
    )
    return paid


def _follow_cost(connection: "Connection", line: OrderLine, paid: Money, at: datetime) -> list[str]:
    """Let a part's cost be what was paid last; returns what changed in words."""
    part = read_part(connection, line.part_id)
    if part.cost == paid:
        return []
    connection.exec_driver_sql(
        "UPDATE part SET cost = ?, changed = ?, version = version + 1 WHERE id = ?",
        (paid.minor, instant(at), line.part_id),
    )
    return [f"{part.sku}: {part.cost.major} → {paid.major}"]


def _recorded(
    act: "AuditedAct",
    before: PurchaseOrder,
    *,
    new: bool = False,
    action: str = "order.change",
    reason: str = "",
    costs: Sequence[str] = (),
) -> PurchaseOrder:
    order = read_order(act.connection, before.id)
    keep_found(act.connection, order)
    act.record(
        Entry(
            action,
            Entity("order", order.id, f"Order {order.number}, {order.supplier}"),
            None if new else told_order(before),
            told_order(order) | ({"new_costs": list(costs)} if costs else {}),
            reason,
        )
    )
    return order
