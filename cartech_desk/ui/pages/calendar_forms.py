"""The forms of what the calendar is set up with: a service, a bay or technician, time off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.appointments.booking import (
    Appointment,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.appointments.calendar import TimeOff
from cartech_desk.domain.appointments.hours import instant_of
from cartech_desk.domain.money import MoneyRefused, money_text, parse_money
from cartech_desk.domain.people import Actor
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.models.calendar_typed import clock_of, minutes_of
from cartech_desk.ui.models.usual_rates import usual_tax
from cartech_desk.ui.widgets.record_form import RecordForm

if TYPE_CHECKING:
    from cartech_desk.office.appointments import Appointments

Bug = Callable[[BaseException], None]
_RATE = 100
"""Hundredths of a per cent in one per cent."""


def service_form(
    service: Service | None,
    appointments: "Appointments",
    by: Actor,
    currency: str,
    bug: Bug,
    *,
    parent: QWidget,
) -> RecordForm:
    """Ask for a service, or for other facts of one; one without a rate of tax has the usual one."""
    one = service or Service()

    def keep(typed: Mapping[str, str]) -> Service:
        wrong: dict[str, str] = {}
        minutes = minutes_of(typed["minutes"])
        if minutes is None:
            wrong["minutes"] = "Write the length as in 90 or 1 h 30."
        price = one.price
        try:
            price = parse_money(typed["price"] or "0", currency)
        except MoneyRefused as error:
            wrong["price"] = error.message
        tax = _basis_points(typed["tax_bp"], wrong)
        if wrong:
            raise FieldsRefused("service_refused", wrong)
        return appointments.keep_service(
            by,
            replace(
                one,
                name=typed["name"],
                code=typed["code"],
                category=typed["category"],
                minutes=minutes or one.minutes,
                price=price,
                tax_bp=tax,
                active=typed["active"] == "yes",
            ),
        )

    title = f"Service {one.name}" if one.id else "Add a service"
    form = RecordForm(title, "Keep" if one.id else "Add", keep, _nothing, bug, parent=parent)
    form.line("name", "Name", value=one.name)
    form.line("code", "Code", "Short, as it stands in lists: OIL, DYNO3.", value=one.code)
    form.line("category", "Category", needed=False, value=one.category)
    form.line("minutes", "Takes", "As in 90 or 1 h 30.", value=length(one.minutes))
    price = money_text(one.price, with_currency=False) if one.id else ""
    form.line("price", f"Price in {currency}", "Without tax.", needed=False, value=price)
    rate = "" if one.tax_bp is None else f"{one.tax_bp / _RATE:g}"
    form.line("tax_bp", "Tax in %", usual_tax(appointments.usual_tax_bp), needed=False, value=rate)
    form.choice(
        "active", "Offered", (("yes", "yes"), ("no", "no, kept for what was")), _yes(one.active)
    )
    form.begin()
    return form


def resource_form(
    one: Resource,
    people: Sequence[tuple[str, str]],
    appointments: "Appointments",
    by: Actor,
    bug: Bug,
    *,
    parent: QWidget,
) -> RecordForm:
    """Ask for a bay or a technician, or for other facts of one; `people` are ids and names."""
    technician = one.kind is ResourceKind.TECHNICIAN

    def keep(typed: Mapping[str, str]) -> Resource:
        place = typed["place"].strip()
        if not place.isdecimal() or int(place) < 1:
            raise FieldsRefused("resource_refused", {"place": "Write a whole number from 1 on."})
        return appointments.keep_resource(
            by,
            replace(
                one,
                name=typed["name"],
                person_id=typed.get("person_id", ""),
                place=int(place) - 1,
                active=typed["active"] == "yes",
            ),
        )

    kind = "technician" if technician else "bay"
    title = one.name if one.id else f"Add a {kind}"
    form = RecordForm(title, "Keep" if one.id else "Add", keep, _nothing, bug, parent=parent)
    if technician:
        options = [("", "Nobody who signs in here"), *people]
        chosen = form.choice("person_id", "Person of the shop", options, one.person_id)
    name = form.line("name", "Name", "As it stands above the column.", value=one.name)
    if technician:
        chosen.currentIndexChanged.connect(
            lambda _index: name.setText(chosen.currentText() if chosen.currentData() else "")
        )
    form.line("place", "Place in the calendar", value=str(one.place + 1))
    form.choice(
        "active", "In use", (("yes", "yes"), ("no", "no, kept for what was")), _yes(one.active)
    )
    form.begin()
    return form


def time_off_form(
    one: TimeOff,
    resources: Sequence[Resource],
    appointments: "Appointments",
    by: Actor,
    zone: tzinfo,
    *,
    told: Callable[[Sequence[Appointment]], None],
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask for time off; `told` gets the appointments that lie in it."""

    def keep(typed: Mapping[str, str]) -> object:
        wrong: dict[str, str] = {}
        starts = typed_instant(typed["starts"], zone, wrong, "starts")
        ends = typed_instant(typed["ends"], zone, wrong, "ends", last=True)
        if wrong:
            raise FieldsRefused("time_off_refused", wrong)
        return appointments.keep_time_off(
            by,
            replace(
                one,
                resource_id=typed["resource_id"],
                starts=starts,
                ends=ends,
                words=typed["words"],
            ),
        )

    def done(kept: object) -> None:
        if isinstance(kept, tuple):
            told(kept[1])

    form = RecordForm("Time off", "Keep", keep, done, bug, parent=parent)
    options = [("", "The whole shop"), *((each.id, each.name) for each in resources)]
    form.choice("resource_id", "Who", options, one.resource_id)
    as_in = "A day, or a day and a time: 2026-12-24 or 2026-12-24 13:00."
    form.line("starts", "From", as_in, value=_instant_text(one.starts, zone))
    form.line(
        "ends",
        "Until",
        "A day alone: to its end.",
        value=_instant_text(one.ends, zone, last=True),
    )
    form.line(
        "words", "Why", "Stands in the calendar: vacation, sick.", needed=False, value=one.words
    )
    form.begin()
    return form


def typed_instant(
    text: str, zone: tzinfo, wrong: dict[str, str], name: str, *, last: bool = False
) -> datetime | None:
    """Return the instant of “2026-12-24” or “2026-12-24 13:00”; what is wrong goes into `wrong`.

    A day alone is its beginning, or (`last`) its end.
    """
    day_text, _, clock = text.strip().partition(" ")
    minute = clock_of(clock) if clock.strip() else 0
    try:
        day = date.fromisoformat(day_text)
    except ValueError:
        minute = None
        day = date.min
    if minute is None:
        wrong[name] = "Write it as in 2026-12-24 or 2026-12-24 13:00."
        return None
    if last and not clock.strip():
        day += timedelta(days=1)
    return instant_of(day, minute, zone)


def _instant_text(at: datetime | None, zone: tzinfo, *, last: bool = False) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    if local.hour == local.minute == 0:
        return f"{(local - timedelta(minutes=1) if last else local):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def _basis_points(text: str, wrong: dict[str, str]) -> int | None:
    from decimal import Decimal, InvalidOperation

    if not text.strip():
        return None
    try:
        rate = Decimal(text.strip().rstrip("%").strip().replace(",", "."))
    except InvalidOperation:
        wrong["tax_bp"] = "Write the rate as in 19 or 7.5."
        return None
    points = rate * _RATE
    if not rate.is_finite() or points != points.to_integral_value() or not 0 <= rate <= _RATE:
        wrong["tax_bp"] = "A rate lies between 0 and 100, with two decimals at most."
        return None
    return int(points)


def _yes(active: bool) -> str:
    return "yes" if active else "no"


def _nothing(_kept: object) -> None:
    """Do nothing: whoever opened the form reads its list anew."""
