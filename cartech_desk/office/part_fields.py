"""What is typed of parts, suppliers and orders: checked field by field before anything changes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from cartech_desk.domain.money import MOST_MINOR, NOTHING, Money
from cartech_desk.domain.parts.barcode import LONGEST, code_key
from cartech_desk.domain.parts.order import OrderLine, Received
from cartech_desk.domain.parts.part import Part, StockMove
from cartech_desk.domain.parts.quantity import QuantityRefused, milli_of, refuse_part_of_one
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.plain_text import printable
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.person_fields import line
from cartech_desk.store.part_rows import Taken

_AHEAD: Final = timedelta(minutes=5)
"""So far may clocks of two desks be apart."""
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_MOST_BARCODES: Final = 20
_MOST_BP: Final = 10_000
_MOST_LEAD_DAYS: Final = 3650

_LONGEST: Final[Mapping[str, tuple[str, int]]] = {
    "sku": ("The SKU", 60),
    "name": ("The name", 120),
    "category": ("The category", 60),
    "maker": ("The maker", 60),
    "supplier_sku": ("The supplier's number", 60),
    "unit": ("The unit", 12),
    "location": ("The place", 60),
    "note": ("The note", 500),
}
_NEEDED: Final = ("sku", "name", "unit")
_OF_SUPPLIER: Final[Mapping[str, tuple[str, int]]] = {
    "name": ("The name", 120),
    "contact": ("The contact", 120),
    "email": ("The e-mail address", 200),
    "phone": ("The phone number", 60),
    "customer_number": ("The customer number", 60),
    "note": ("The note", 500),
}


class PartRefused(FieldsRefused):
    """What was typed of a part, a supplier, an order or a count cannot stand."""

    code: ClassVar[str] = "part_refused"

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(self.code, wrong)


@contextmanager
def quantity_refused() -> Iterator[None]:
    """Say beside its field that a quantity cannot be, as half a piece."""
    try:
        yield
    except QuantityRefused as error:
        raise PartRefused({"quantity": f"{error.happened}\n{error.to_do}"}) from error


@contextmanager
def taken_refused() -> Iterator[None]:
    """Say beside its field what the store found to be taken or in the way."""
    try:
        yield
    except Taken as error:
        raise PartRefused({error.field: f"{error.happened}\n{error.to_do}"}) from error


def checked_part(part: Part, currency: str, *, on_hand: Decimal = Decimal(0)) -> Part:
    """Return a part as it is kept. Errors: PartRefused naming every wrong field."""
    texts, wrong = _texts(part, _LONGEST, _NEEDED)
    if "sku" not in wrong and not texts["sku"].isprintable():
        # A zero-width blank, a soft hyphen: it looks like another SKU and is not.
        wrong["sku"] = "The SKU holds a sign that nobody sees.\nType it anew."
    barcodes = tuple(dict.fromkeys(filter(None, map(code_key, part.barcodes))))
    if len(barcodes) > _MOST_BARCODES or any(len(code) > LONGEST for code in barcodes):
        wrong["barcodes"] = (
            f"A part has at most {_MOST_BARCODES} barcodes of {LONGEST} characters each.\n"
            "Remove some."
        )
    cost, price = _priced(part.cost, currency), _priced(part.price, currency)
    _check_money("cost", "The cost", cost, currency, wrong)
    _check_money("price", "The price", price, currency, wrong)
    if part.tax_bp is not None and not 0 <= part.tax_bp <= _MOST_BP:
        wrong["tax"] = "The tax lies between 0 and 100 %.\nLeave it empty for the shop's usual one."
    for name, said in (
        ("warning_level", "The warning level"),
        ("reorder_level", "The reorder level"),
        ("reorder_quantity", "The quantity to reorder"),
    ):
        _check_quantity(name, said, getattr(part, name), wrong)
    _check_quantity("on_hand", "What is on the shelf", on_hand, wrong)
    for name, quantity in (("reorder_quantity", part.reorder_quantity), ("on_hand", on_hand)):
        if quantity is not None and name not in wrong:
            try:
                refuse_part_of_one(quantity, texts["unit"])
            except QuantityRefused as error:
                wrong[name] = f"{error.happened}\n{error.to_do}"
    if part.reorder_quantity is not None and not part.reorder_quantity:
        wrong["reorder_quantity"] = (
            "The quantity to reorder is above zero.\nLeave it empty where there is no usual one."
        )
    if wrong:
        raise PartRefused(wrong)
    return replace(part, **texts, barcodes=barcodes, cost=cost, price=price)


def checked_supplier(supplier: Supplier) -> Supplier:
    """Return a supplier as it is kept. Errors: PartRefused."""
    texts, wrong = _texts(supplier, _OF_SUPPLIER, ("name",))
    email = texts["email"]
    if email and ("@" not in email.strip("@") or " " in email):
        wrong.setdefault(
            "email", "That is no e-mail address.\nType it as in parts@house.example, or leave it."
        )
    if supplier.lead_days is not None and not 0 <= supplier.lead_days <= _MOST_LEAD_DAYS:
        wrong["lead_days"] = "The days to a delivery are 0 to 3650.\nLeave it empty if unknown."
    if wrong:
        raise PartRefused(wrong)
    return replace(supplier, **texts)


def checked_move(move: StockMove, currency: str, now: datetime) -> StockMove:
    """Return a move that somebody typed. Errors: PartRefused."""
    wrong: dict[str, str] = {}
    _check_quantity("quantity", "The quantity", abs(move.quantity), wrong)
    if move.unit_cost is not None:
        _check_money("unit_cost", "The cost", move.unit_cost, currency, wrong)
    _check_date(move.at, now, wrong)
    if wrong:
        raise PartRefused(wrong)
    return move


def checked_lines(lines: Sequence[OrderLine], currency: str) -> tuple[OrderLine, ...]:
    """Return lines of an order; those of one part may stand twice. Errors: PartRefused."""
    wrong: dict[str, str] = {}
    if not lines:
        wrong["lines"] = "An order needs at least one line.\nAdd a part."
    for place, one in enumerate(lines, 1):
        _check_quantity("quantity", f"The quantity of line {place}", one.quantity, wrong)
        if one.quantity.is_finite() and one.quantity <= 0:
            wrong["quantity"] = (
                f"The quantity of line {place} is not above zero.\n"
                "Type more than zero, or take the line off."
            )
        _check_money(
            "unit_cost",
            f"The cost of line {place}",
            _priced(one.unit_cost, currency),
            currency,
            wrong,
        )
    if wrong:
        raise PartRefused(wrong)
    return tuple(
        replace(one, place=place, unit_cost=_priced(one.unit_cost, currency))
        for place, one in enumerate(lines, 1)
    )


def checked_expected(expected: date | None, begun: date) -> None:
    """Refuse a day on which an order cannot come. Errors: PartRefused."""
    if expected is None:
        return
    if expected < begun:
        raise PartRefused(
            {"expected": f"The order was begun on {begun}, and cannot come before.\nGive its day."}
        )
    if expected > begun + timedelta(days=_MOST_LEAD_DAYS):
        raise PartRefused({"expected": f"{expected} is too late to be true.\nGive its day."})


def checked_received(received: Sequence[Received], currency: str) -> tuple[Received, ...]:
    """Return what has come, without lines of nothing. Errors: PartRefused."""
    wrong: dict[str, str] = {}
    for one in received:
        _check_quantity("quantity", "The quantity that has come", one.quantity, wrong)
        if one.unit_cost is not None:
            _check_money("unit_cost", "The price that was paid", one.unit_cost, currency, wrong)
    came = tuple(one for one in received if one.quantity)
    if not came:
        wrong.setdefault("quantity", "Nothing has come.\nType how much has come of a line.")
    if len({one.line_id for one in came}) != len(came):
        wrong.setdefault("line", "A line stands twice.\nGive each line once.")
    if wrong:
        raise PartRefused(wrong)
    return came


def checked_counted(quantity: Decimal) -> Decimal:
    """Return a counted quantity. Errors: PartRefused."""
    wrong: dict[str, str] = {}
    _check_quantity("quantity", "What was counted", quantity, wrong)
    if wrong:
        raise PartRefused(wrong)
    return quantity


def _texts(
    typed: object, longest: Mapping[str, tuple[str, int]], needed: Sequence[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the texts as lines, and what is wrong with them."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, (said, most) in longest.items():
        text = kept[name] = line(str(getattr(typed, name)))
        if not text and name in needed:
            wrong[name] = f"{said} is missing.\nType it."
        elif len(text) > most or not printable(text):
            wrong[name] = (
                f"{said} has at most {most} characters, all of them printable.\nShorten it."
            )
    return kept, wrong


def _priced(money: Money, currency: str) -> Money:
    """Put the shop's currency where nothing was given."""
    return Money(0, currency) if money == NOTHING else money


def _check_money(name: str, said: str, money: Money, currency: str, wrong: dict[str, str]) -> None:
    if money.currency != currency:
        wrong[name] = f"{said} is in {money.currency}, the shop reckons in {currency}.\nConvert it."
    elif money.minor < 0:
        wrong[name] = f"{said} is below zero.\nType zero or more."
    elif money.minor > MOST_MINOR:
        wrong[name] = f"{said} is too large to be true.\nType it again."


def _check_quantity(name: str, said: str, quantity: Decimal | None, wrong: dict[str, str]) -> None:
    if quantity is None:
        return
    try:
        milli = milli_of(quantity)
    except QuantityRefused as error:
        wrong[name] = f"{said}: {error.happened}\n{error.to_do}"
        return
    if milli < 0:
        wrong[name] = f"{said} is below zero.\nType zero or more."


def _check_date(at: datetime, now: datetime, wrong: dict[str, str]) -> None:
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    if at > now + _AHEAD:
        wrong["at"] = "The date lies in the future.\nGive the day on which it moved."
    elif at < _OLDEST:
        wrong["at"] = "The date is too old to be true.\nGive the day on which it moved."
