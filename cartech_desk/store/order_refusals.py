"""What cannot be done to a purchase order as it stands."""

from typing import TYPE_CHECKING

from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.parts.order import (
    NEXT,
    WORDS,
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    Received,
)
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection


class OrderRefused(StoreError):
    """An order is not where this act could be done to it."""

    code = "order_refused"


def check_lines(connection: "Connection", order: PurchaseOrder) -> None:
    """Refuse to send what could not be received: a part that was deleted meanwhile."""
    gone = connection.exec_driver_sql(
        "SELECT sku || ' ' || name FROM order_line JOIN part ON part.id = part_id "
        "WHERE order_id = ? AND part.deleted IS NOT NULL ORDER BY place",
        (order.id,),
    ).fetchall()
    if gone:
        raise OrderRefused(
            f"Order {order.number} names what was deleted: {', '.join(row[0] for row in gone)}.",
            kept=NOTHING_CHANGED,
            to_do="Bring it back to the catalogue, or take it off the order.",
        )


def check_next(order: PurchaseOrder, status: OrderStatus, done: str) -> None:
    """Let a step of the table pass; `done` says it in words. Errors: OrderRefused."""
    if status not in NEXT[order.status]:
        to_do = "Send it first." if order.status is OrderStatus.DRAFT else "Begin another order."
        raise stands(order, done, to_do)


def stands(order: PurchaseOrder, done: str, to_do: str) -> OrderRefused:
    """Return the refusal of what cannot be done to an order where it stands."""
    return OrderRefused(
        f"Order {order.number} is “{WORDS[order.status].lower()}” and cannot be {done}.",
        kept=NOTHING_CHANGED,
        to_do=to_do,
    )


def too_much(order: PurchaseOrder, line: OrderLine, one: Received) -> OrderRefused:
    """Return the refusal of more than is still to come of a line."""
    return OrderRefused(
        f"{quantity_text(one.quantity, line.unit)} of {line.sku} {line.name} is more than the "
        f"{quantity_text(line.missing, line.unit)} that order {order.number} still waits for.",
        kept=NOTHING_CHANGED,
        to_do="Count it again; if so much came, say so and receive it even so.",
    )
