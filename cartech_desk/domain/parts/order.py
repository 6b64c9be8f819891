"""Purchase orders: what was ordered from whom, and how much of it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final

from cartech_desk.domain.money import NOTHING, Money, times, total
from cartech_desk.domain.parts.quantity import MOST, is_counted


class OrderStatus(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    """Being put together; may be changed."""
    ORDERED = "ordered"
    PARTLY = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"
    """Some has come, and the rest will not."""
    CANCELLED = "cancelled"


NEXT: Final[Mapping[OrderStatus, frozenset[OrderStatus]]] = {
    OrderStatus.DRAFT: frozenset({OrderStatus.ORDERED, OrderStatus.CANCELLED}),
    OrderStatus.ORDERED: frozenset(
        {OrderStatus.PARTLY, OrderStatus.RECEIVED, OrderStatus.CANCELLED}
    ),
    OrderStatus.PARTLY: frozenset({OrderStatus.PARTLY, OrderStatus.RECEIVED, OrderStatus.CLOSED}),
    OrderStatus.RECEIVED: frozenset(),
    OrderStatus.CLOSED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}
"""What may follow what."""

COMING: Final = frozenset({OrderStatus.ORDERED, OrderStatus.PARTLY})
"""What has not come yet of such an order counts as on order."""

WORDS: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.DRAFT: "Draft",
    OrderStatus.ORDERED: "Ordered",
    OrderStatus.PARTLY: "Partly received",
    OrderStatus.RECEIVED: "Received",
    OrderStatus.CLOSED: "Closed, rest not delivered",
    OrderStatus.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line; sku, name, unit and the supplier's number are looked up from the part."""

    id: str = ""
    part_id: str = ""
    quantity: Decimal = Decimal(1)
    unit_cost: Money = NOTHING
    received: Decimal = Decimal(0)
    place: int = 0
    sku: str = ""
    name: str = ""
    unit: str = ""
    supplier_sku: str = ""

    @property
    def missing(self) -> Decimal:
        """What has not come yet."""
        return max(self.quantity - self.received, Decimal(0))

    @property
    def sum(self) -> Money:
        """What the line costs, rounded once."""
        return times(self.unit_cost, self.quantity)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """One order; `line_count` and `total` are there also where `lines` were not read."""

    id: str = ""
    number: int = 0
    supplier_id: str = ""
    supplier: str = ""
    status: OrderStatus = OrderStatus.DRAFT
    created: datetime | None = None
    ordered: datetime | None = None
    expected: date | None = None
    closed: datetime | None = None
    currency: str = "EUR"
    note: str = ""
    by: str = ""
    lines: tuple[OrderLine, ...] = ()
    line_count: int = 0
    total: Money = NOTHING
    version: int = 1


@dataclass(frozen=True, slots=True)
class Received:
    """What has come of one line; the cost only where it differs from the order's."""

    line_id: str
    quantity: Decimal
    unit_cost: Money | None = None


@dataclass(frozen=True, slots=True)
class ToReorder:
    """A part that runs low: `suggested` brings it above its level, what is on order included."""

    part_id: str
    sku: str
    name: str
    unit: str
    supplier_id: str
    supplier: str
    supplier_sku: str
    on_hand: Decimal
    on_order: Decimal
    level: Decimal
    suggested: Decimal
    unit_cost: Money


def sum_of(lines: tuple[OrderLine, ...], currency: str) -> Money:
    """Return what an order costs. Errors: MoneyRefused for mixed currencies."""
    return total((line.sum for line in lines), currency)


def status_after(lines: tuple[OrderLine, ...]) -> OrderStatus:
    """Return where an order stands by what has come."""
    if all(not line.missing for line in lines):
        return OrderStatus.RECEIVED
    return OrderStatus.PARTLY if any(line.received for line in lines) else OrderStatus.ORDERED


def suggested_quantity(
    on_hand: Decimal, on_order: Decimal, level: Decimal, usual: Decimal | None, unit: str = ""
) -> Decimal:
    """Return how much to order: whole lots of the usual quantity until the level is passed.

    Without a usual quantity it is what brings twice the level; 0 where enough is coming. Never
    more than one line of an order can hold. Of a `unit` that is counted it is rounded up.
    """
    there = on_hand + on_order
    if there > level:
        return Decimal(0)
    if usual is None or usual <= 0:
        many = max(level * 2 - there, Decimal(1))
    else:
        many = usual * ((level - there) // usual + 1)
    if is_counted(unit):
        many = many.to_integral_value(ROUND_CEILING)
    return min(many, MOST)
