"""Parts in words: columns of their lists, how low they run, what moved."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from cartech_desk.domain.counted import agreed
from cartech_desk.domain.money import half_up, money_text
from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.domain.parts.order import WORDS, OrderLine, OrderStatus, PurchaseOrder, ToReorder
from cartech_desk.domain.parts.part import LedgerLine, Level, MoveKind, Part, StockAlert
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted, local_time

MOVES: Final[Mapping[MoveKind, str]] = {
    MoveKind.RECEIPT: "received",
    MoveKind.ISSUE: "to a job",
    MoveKind.RETURN: "back from a job",
    MoveKind.ADJUSTMENT: "adjusted",
    MoveKind.COUNT: "counted",
}
LEVELS: Final[Mapping[Level, tuple[State, str]]] = {
    Level.REORDER: (State.WARNING, "reorder"),
    Level.WARNING: (State.TRIP, "nearly out"),
}
"""How low a part runs: it is reordered first, and nearly out where nobody did."""
ORDER_STATES: Final[Mapping[OrderStatus, State]] = {
    OrderStatus.DRAFT: State.OFF,
    OrderStatus.ORDERED: State.CONNECTING,
    OrderStatus.PARTLY: State.WARNING,
    OrderStatus.RECEIVED: State.CONNECTED,
    OrderStatus.CLOSED: State.SHELVED,
    OrderStatus.CANCELLED: State.OUT_OF_SERVICE,
}


def standing(part: Part) -> tuple[State, str]:
    """Return how a part stands, by a shape and a word."""
    if not part.active:
        return State.OUT_OF_SERVICE, "out of use"
    low = part.low
    if not part.on_hand:
        return (State.OFF, "none") if low is None else (State.TRIP, "none left")
    return (State.CONNECTED, "in stock") if low is None else LEVELS[low]


def margin_words(part: Part) -> str:
    """Say what is earned with a part: `48 % margin`; empty where a price is missing."""
    if not part.price.minor or not part.cost.minor or part.cost.currency != part.price.currency:
        return ""
    share = half_up(Decimal(part.price.minor - part.cost.minor) * 100 / part.price.minor)
    return f"{share} % margin"


def signed(quantity: Decimal, unit: str = "") -> str:
    """Write a move with its sign."""
    sign = "+" if quantity > 0 else "\N{MINUS SIGN}" if quantity < 0 else ""
    return f"{sign}{quantity_text(abs(quantity), unit)}"


def alert_words(alert: StockAlert) -> str:
    """Say an alert in one line."""
    coming = f", {quantity_text(alert.on_order, alert.unit)} on order" if alert.on_order else ""
    if not alert.now:
        return f"{alert.part}: none left{coming}"
    left = f"{quantity_text(alert.now, alert.unit)} left"
    level = "reorder at" if alert.level is Level.REORDER else "warning at"
    return f"{alert.part}: {left}, {level} {quantity_text(alert.limit, alert.unit)}{coming}"


def strip_words(alerts: Sequence[StockAlert], number: int) -> str:
    """Say how many parts run low, and which: each once, what is gone first.

    `number` is how many there are, `alerts` the newest.
    """
    shown: dict[str, StockAlert] = {}
    for alert in alerts:
        kept = shown.get(alert.part_id)
        if kept is None or alert.level is Level.WARNING:
            shown[alert.part_id] = alert
    worst = sorted(shown.values(), key=lambda one: (one.now > 0, one.level is not Level.WARNING))
    words = "; ".join(alert_words(one) for one in worst)
    more = number - len(shown)
    said = f"{words}; {more} more" if more > 0 else words
    return f"{counted(number, 'part')} {agreed(number, 'runs', 'run')} low: {said}"


def _why(line: LedgerLine) -> str:
    of = f"job {line.job}" if line.job else f"order {line.order}" if line.order else ""
    reason = "" if line.move.reason.casefold() == of else line.move.reason
    return ", ".join(filter(None, (of, reason)))


PART_COLUMNS: Final[tuple[Column[Part], ...]] = (
    Column("sku", "SKU", lambda one: one.sku, 100),
    Column("name", "Part", lambda one: one.name, 184, grows=True),
    Column(
        "on_hand",
        "On the shelf",
        lambda one: quantity_text(one.on_hand, one.unit),
        96,
        lamp=lambda one: standing(one)[0],
        tip=lambda one: standing(one)[1],
    ),
    Column("low", "Stands", lambda one: standing(one)[1], 78, sorts=False),
    Column(
        "on_order",
        "On order",
        lambda one: quantity_text(one.on_order, one.unit) if one.on_order else "",
        80,
        right=True,
        sorts=False,
    ),
    Column("location", "Place", lambda one: one.location, 60),
    Column("price", "Price", lambda one: money_text(one.price), 96, right=True),
    Column("supplier", "Supplier", lambda one: one.supplier, 130, grows=True),
    Column("category", "Category", lambda one: one.category, 110),
    Column("cost", "Cost", lambda one: money_text(one.cost), 100, right=True),
)

LEDGER_COLUMNS: Final[tuple[Column[LedgerLine], ...]] = (
    Column("at", "When", lambda one: local_time(one.move.at), 128, sorts=False),
    Column("kind", "What", lambda one: MOVES[one.move.kind], 105, sorts=False),
    Column("quantity", "Moved", lambda one: signed(one.move.quantity), 65, right=True, sorts=False),
    Column("after", "Then", lambda one: quantity_text(one.after), 60, right=True, sorts=False),
    Column("why", "Why", _why, 120, grows=True, tip=_why, sorts=False),
    Column("by", "By", lambda one: one.move.by, 100, grows=True, sorts=False),
)

ORDER_COLUMNS: Final[tuple[Column[PurchaseOrder], ...]] = (
    Column("number", "Order", lambda one: str(one.number), 56, right=True),
    Column("supplier", "Supplier", lambda one: one.supplier, 150, grows=True),
    Column(
        "status",
        "Stands",
        lambda one: WORDS[one.status].lower(),
        116,
        lamp=lambda one: ORDER_STATES[one.status],
    ),
    Column("ordered", "Ordered", lambda one: local_time(one.ordered) if one.ordered else "", 112),
    Column("expected", "Expected", lambda one: str(one.expected or ""), 88),
    Column("lines", "Lines", lambda one: str(one.line_count), 50, right=True, sorts=False),
    Column("total", "Sum", lambda one: money_text(one.total), 110, right=True, sorts=False),
)

ORDER_LINE_COLUMNS: Final[tuple[Column[OrderLine], ...]] = (
    Column("sku", "SKU", lambda one: one.sku, 108),
    Column("name", "Part", lambda one: one.name, 150, grows=True),
    Column(
        "quantity", "Ordered", lambda one: quantity_text(one.quantity, one.unit), 75, right=True
    ),
    Column("received", "Came", lambda one: quantity_text(one.received), 55, right=True),
    Column(
        "missing",
        "To come",
        lambda one: quantity_text(one.missing) if one.missing else "",
        70,
        right=True,
        token=lambda one: "warn" if one.missing else "",
    ),
    Column("unit_cost", "Each", lambda one: money_text(one.unit_cost), 90, right=True),
    Column("supplier_sku", "Their number", lambda one: one.supplier_sku, 100),
)

REORDER_COLUMNS: Final[tuple[Column[ToReorder], ...]] = (
    Column("sku", "SKU", lambda one: one.sku, 110),
    Column("name", "Part", lambda one: one.name, 200, grows=True),
    Column("on_hand", "Left", lambda one: quantity_text(one.on_hand, one.unit), 80, right=True),
    Column("level", "Level", lambda one: quantity_text(one.level), 65, right=True),
    Column("on_order", "On order", lambda one: quantity_text(one.on_order), 75, right=True),
    Column(
        "suggested",
        "To order",
        lambda one: quantity_text(one.suggested, one.unit),
        85,
        right=True,
        token=lambda _one: "accent",
    ),
    Column("unit_cost", "Each", lambda one: money_text(one.unit_cost), 100, right=True),
    Column("supplier", "Supplier", lambda one: one.supplier or "none yet", 150, grows=True),
)

ALERT_COLUMNS: Final[tuple[Column[StockAlert], ...]] = (
    Column(
        "level",
        "Level",
        lambda one: LEVELS[one.level][1] if one.now else "none left",
        110,
        lamp=lambda one: LEVELS[one.level][0] if one.now else State.TRIP,
    ),
    Column("part", "Part", lambda one: one.part, 240, grows=True),
    Column("now", "Left", lambda one: quantity_text(one.now, one.unit), 80, right=True),
    Column("limit", "Limit", lambda one: quantity_text(one.limit), 70, right=True),
    Column(
        "on_order",
        "On order",
        lambda one: quantity_text(one.on_order) if one.on_order else "",
        80,
        right=True,
    ),
    Column("raised", "Since", lambda one: local_time(one.raised), 130),
    Column("seen", "Seen by", lambda one: one.acknowledged_by, 130, grows=True),
)

COUNT_COLUMNS: Final[tuple[Column[StockCount], ...]] = (
    Column("started", "Begun", lambda one: local_time(one.started) if one.started else "", 130),
    Column("location", "Place", lambda one: one.location or "everything", 120, grows=True),
    Column(
        "state",
        "Stands",
        lambda one: count_state(one)[1],
        120,
        lamp=lambda one: count_state(one)[0],
    ),
    Column("lines", "Parts", lambda one: str(one.line_count), 60, right=True),
    Column("by", "By", lambda one: one.by, 130, grows=True),
)


def count_state(one: StockCount) -> tuple[State, str]:
    """Say how a count stands."""
    if one.open:
        return State.CONNECTING, "goes on"
    if one.discarded is not None:
        return State.OUT_OF_SERVICE, "left"
    return State.CONNECTED, "in the ledger"


def difference_state(line: CountLine) -> State | None:
    """Return the lamp of a counted part."""
    if line.moved or line.later:
        return State.WARNING
    return State.CONNECTED if not line.difference else State.WARNING


def difference_words(line: CountLine) -> str:
    """Say how a counted part differs from the ledger."""
    if line.moved:
        return "moved meanwhile: count again"
    if line.later:
        return "counted elsewhere since"
    return "right" if not line.difference else signed(line.difference, line.unit)


COUNT_LINE_COLUMNS: Final[tuple[Column[CountLine], ...]] = (
    Column("sku", "SKU", lambda one: one.sku, 110),
    Column("name", "Part", lambda one: one.name, 200, grows=True),
    Column("counted", "Counted", lambda one: quantity_text(one.counted, one.unit), 85, right=True),
    Column("expected", "Ledger", lambda one: quantity_text(one.expected), 75, right=True),
    Column("difference", "Difference", difference_words, 190, lamp=difference_state),
    Column("location", "Place", lambda one: one.location, 70),
    Column("by", "By", lambda one: one.by, 110, grows=True),
)

SUPPLIER_COLUMNS: Final[tuple[Column[Supplier], ...]] = (
    Column("name", "Supplier", lambda one: one.name, 190, grows=True),
    Column("contact", "Contact", lambda one: one.contact, 130),
    Column("phone", "Telephone", lambda one: one.phone, 130),
    Column("email", "E-mail", lambda one: one.email, 180, grows=True),
    Column("number", "Our number there", lambda one: one.customer_number, 120, sorts=False),
    Column(
        "lead_days",
        "Takes",
        lambda one: "" if one.lead_days is None else counted(one.lead_days, "day"),
        80,
        sorts=False,
    ),
)
