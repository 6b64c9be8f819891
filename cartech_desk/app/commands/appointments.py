"""`cartech-desk appointments`: the calendar."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cartech_desk.app import calendar_setup_acts
from cartech_desk.app.calendar_asked import (
    a_day,
    appointment_document,
    appointment_line,
    booked,
    buffer_of,
    day_span,
    days_of,
    free_document,
    free_line,
    instant,
    minutes_of,
    next_days,
    offer_document,
    when,
)
from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.mail_post import send_now
from cartech_desk.app.numbers_asked import limit_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.said import when_words
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.errors import CarTechError

_Act = Callable[[Counter, argparse.Namespace], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `appointments` understands; without an act it lists the week."""
    parser.set_defaults(act=_list, day=None, days=7, search="", status=None, resource="", limit=200)
    acts = parser.add_subparsers(metavar="act")

    listing = add_act(acts, "list", "appointments of some days", _list)
    listing.add_argument("search", nargs="?", default="", help="customer, vehicle or note")
    listing.add_argument("--day", type=a_day, metavar="DAY", help="the first day (today)")
    listing.add_argument("--days", type=days_of, default=7, metavar="N", help="how many (7)")
    listing.add_argument("--status", type=_status_of, metavar="STATUS", help=_STATUSES)
    listing.add_argument("--resource", default="", metavar="NAME", help="a bay or technician")
    listing.add_argument("--limit", type=limit_of, default=200, metavar="N")

    _of_one(acts, "show", "one appointment", _show)

    booking = add_act(acts, "book", "book an appointment", _book)
    _facts(booking)
    booking.add_argument("--waiting", default="", metavar="ID", help="for whom of the waiting list")
    booking.add_argument(
        "--confirm",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="write to the customer (as the settings say)",
    )
    _changing(booking)

    moving = _of_one(acts, "move", "move, resize or reassign one; change what is given", _move)
    _facts(moving)
    moving.add_argument("--tell", action="store_true", help="write to the customer")
    _changing(moving)

    status = _of_one(acts, "status", "change where one stands", _status)
    status.add_argument("status", type=_status_of, metavar="STATUS", help=_STATUSES)
    status.add_argument("--tell", action="store_true", help="write to the customer")
    status.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    _changing(status)

    removing = _of_one(acts, "remove", "delete one that was booked by mistake", _remove)
    removing.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(removing)

    free = add_act(acts, "free", "the next free times", _free)
    free.add_argument("minutes", type=minutes_of, metavar="MINUTES")
    free.add_argument("--after", type=when, metavar="TIME", help="not before (now)")
    free.add_argument("--bay", default="", metavar="NAME")
    free.add_argument("--technician", default="", metavar="NAME")
    free.add_argument("--limit", type=limit_of, default=5, metavar="N")

    add_act(acts, "unfinished", "those whose car is here and not done", _unfinished)
    carrying = _of_one(acts, "carry-over", "book what goes on with an unfinished one", _carry)
    carrying.add_argument("--at", type=when, metavar="TIME", help="the next free time of its bay")
    carrying.add_argument("--minutes", type=minutes_of, metavar="N", help="as long as before")
    _changing(carrying)

    calendar_setup_acts.add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, args)
    return 0


_STATUSES = words_of(AppointmentStatus)
_status_of = one_of(AppointmentStatus, WORDS)


def _of_one(acts: Any, name: str, words: str, act: _Act) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("appointment", metavar="ID", help="an id, a start or end of one, or last")
    return parser


def _facts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", type=when, metavar="TIME", help="when it begins: 2026-03-02T08:00")
    parser.add_argument("--until", type=when, metavar="TIME", help="as long as its services take")
    parser.add_argument("--customer", metavar="CUSTOMER", help="number or id of the customer")
    parser.add_argument("--vehicle", metavar="VEHICLE", help="plate, VIN or id of the vehicle")
    parser.add_argument("--service", action="append", metavar="CODE", help="may stand repeatedly")
    parser.add_argument("--bay", metavar="NAME")
    parser.add_argument("--technician", metavar="NAME")
    parser.add_argument("--notes", metavar="TEXT")
    parser.add_argument("--buffer", type=buffer_of, metavar="MIN", help="kept free after it")


def _changing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--even-so",
        action="store_true",
        help="also in the past, in closed hours, over midnight, or a car that is booked then",
    )
    add_as(parser)


def _list(counter: Counter, args: argparse.Namespace) -> None:
    rooms = counter.office.appointments
    first, last = next_days(args.day, rooms.today(), args.days)
    since, until = day_span(first, last, zone_of(counter.office.rules().zone))
    resource = rooms.resource(args.resource).id if args.resource else ""
    found, count = rooms.list(
        args.search,
        since=since,
        until=until,
        status=(args.status,) if args.status else (),
        resource_id=resource,
        limit=args.limit,
    )
    document = {"appointments": [appointment_document(one) for one in found], "count": count}
    text = "\n".join(map(appointment_line, found)) or f"No appointments from {first} to {last}."
    emit(args, document, text)


def _show(counter: Counter, args: argparse.Namespace) -> None:
    one = counter.office.appointments.get(args.appointment)
    emit(args, {"appointment": appointment_document(one)}, appointment_line(one))


def _book(counter: Counter, args: argparse.Namespace) -> None:
    office, by = counter.office, acting(args, counter)
    rules = office.rules()
    one = _with_facts(counter, Appointment(), args)
    kept = office.appointments.book(
        by,
        one,
        even_so=args.even_so,
        confirm=rules.confirm if args.confirm is None else args.confirm,
        waiting_id=args.waiting,
    )
    _tell_kept(counter, args, kept, "Booked")


def _move(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    before = rooms.get(args.appointment)
    wanted = _with_facts(counter, before, args)
    if args.at and not args.until and before.starts and before.ends and wanted.starts:
        wanted = replace(wanted, ends=wanted.starts + (before.ends - before.starts))
    kept = rooms.change(by, wanted, even_so=args.even_so, tell=args.tell)
    _tell_kept(counter, args, kept, "Changed")


def _status(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    kept = rooms.set_status(
        by,
        args.appointment,
        args.status,
        tell=args.tell,
        even_so=args.even_so,
        note=args.reason,
    )
    offers = rooms.offers(kept.id)
    zone = zone_of(counter.office.rules().zone)
    lines = [
        f"Waiting: {one.waiting.customer or one.waiting.vehicle}, {one.waiting.minutes} min, "
        f"could come {when_words(one.free.starts, zone)} (waiting list {one.waiting.id[-8:]})"
        for one in offers
    ]
    _tell_kept(
        counter,
        args,
        kept,
        "Changed",
        offers=[offer_document(one) for one in offers],
        lines=lines,
    )


def _remove(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    one = rooms.get(args.appointment)
    rooms.delete(by, one.id, one.version, reason=args.reason)
    emit(args, {"removed": one.id}, f"Removed: {appointment_line(one)}")


def _free(counter: Counter, args: argparse.Namespace) -> None:
    rooms = counter.office.appointments
    zone = counter.office.rules().zone
    found = rooms.next_free(
        args.minutes,
        after=instant(args.after, zone),
        bay_id=rooms.resource(args.bay).id if args.bay else "",
        technician_id=rooms.resource(args.technician).id if args.technician else "",
        limit=args.limit,
    )
    names = {one.id: one.name for one in rooms.resources()}
    text = "\n".join(free_line(one, names, zone_of(zone)) for one in found)
    emit(args, {"free": [free_document(one) for one in found]}, text or "Nothing within 60 days.")


def _unfinished(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.appointments.unfinished()
    text = "\n".join(map(appointment_line, found)) or "None."
    emit(args, {"appointments": [appointment_document(one) for one in found]}, text)


def _carry(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    kept = counter.office.appointments.carry_over(
        by,
        args.appointment,
        starts=instant(args.at, counter.office.rules().zone),
        minutes=args.minutes,
        even_so=args.even_so,
    )
    _tell_kept(counter, args, kept, "Goes on")


def _with_facts(counter: Counter, one: Appointment, args: argparse.Namespace) -> Appointment:
    """Return an appointment with what the command line gives of it. Errors: NotKept."""
    office = counter.office
    given: dict[str, Any] = {}
    zone = office.rules().zone
    if args.at is not None:
        given["starts"] = instant(args.at, zone)
    if args.until is not None:
        given["ends"] = instant(args.until, zone)
    if args.customer is not None:
        given["customer_id"] = office.customers.named(args.customer).id if args.customer else ""
    if args.vehicle is not None:
        given["vehicle_id"] = office.vehicles.named(args.vehicle).id if args.vehicle else ""
    if args.service is not None:
        given["services"] = booked(office, [word for word in args.service if word])
    if args.bay is not None:
        given["bay_id"] = office.appointments.resource(args.bay).id if args.bay else ""
    if args.technician is not None:
        word = args.technician
        given["technician_id"] = office.appointments.resource(word).id if word else ""
    if args.notes is not None:
        given["notes"] = args.notes
    if args.buffer is not None:
        given["buffer_after_min"] = max(0, args.buffer)
    return replace(one, **given)


def _tell_kept(
    counter: Counter,
    args: argparse.Namespace,
    kept: Appointment,
    done: str,
    *,
    offers: list[dict[str, Any]] | None = None,
    lines: list[str] | None = None,
) -> None:
    """Send what was written, where there is a server, and tell what is kept now."""
    if kept.confirmation == "queued" and not counter.demo:
        try:
            send_now(counter.office, counter.settings.values)
        except CarTechError as error:  # the letter waits; the appointment stands
            say(error.message)
        kept = counter.office.appointments.get(kept.id)
    document: dict[str, Any] = {
        "appointment": appointment_document(kept),
        "confirmation_sent": kept.confirmation == "sent",
    }
    if offers is not None:
        document["offers"] = offers
    words = {"queued": "The e-mail waits in the outbox.", "sent": "The e-mail was sent."}
    told = [f"{done}: {appointment_line(kept)}", words.get(kept.confirmation, ""), *(lines or [])]
    emit(args, document, "\n".join(filter(None, told)))
