"""Acts of `cartech-desk appointments` on what the calendar is made of, on files and on mail."""

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.calendar_asked import (
    booked,
    import_document,
    instant,
    mail_document,
    minutes_of,
    price,
    service_document,
    when,
)
from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.mail_post import send_now
from cartech_desk.app.operator import acting, add_as, asked_password
from cartech_desk.app.output import emit
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.appointments.calendar import TimeOff, Waiting
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.letters import TEMPLATES, LetterKind
from cartech_desk.domain.appointments.outbox import MailState
from cartech_desk.domain.appointments.said import span_words
from cartech_desk.domain.counted import agreed, counted
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import money_text
from cartech_desk.store.errors import NotKept

MAIL_PASSWORD: Final = "CARTECH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable, no password
"""The environment variable with the mail server's password."""

_Act = Callable[[Counter, argparse.Namespace], None]


class DemoSendsNothing(CarTechError):
    """The demo's customers are made up."""

    code = "demo_sends_nothing"


class NoMailServer(CarTechError):
    """No mail server is set."""

    code = "no_mail_server"


class NothingSent(CarTechError):
    """No e-mail could be sent: the mail server is not there, or takes none."""

    code = "nothing_sent"


def add_acts(acts: Any) -> None:
    """Add these acts to the subparsers of the command."""
    add_act(acts, "services", "what the shop offers", _services)
    service = _act(acts, "service", "add a service or change the one of this code", _service)
    service.add_argument("code", metavar="CODE")
    service.add_argument("--name", metavar="TEXT")
    service.add_argument("--category", metavar="TEXT")
    service.add_argument("--minutes", type=minutes_of, metavar="N")
    service.add_argument("--price", metavar="SUM", help="without tax, as in 95.00")
    service.add_argument("--active", action=argparse.BooleanOptionalAction)

    add_act(acts, "resources", "bays and technicians", _resources)
    resource = _act(acts, "resource", "add a bay or technician, or switch one off", _resource)
    resource.add_argument("name", metavar="NAME")
    resource.add_argument("--kind", type=one_of(ResourceKind), help=words_of(ResourceKind))
    resource.add_argument("--active", action=argparse.BooleanOptionalAction)

    off = _act(acts, "time-off", "when a bay or technician, or the shop, cannot be had", _time_off)
    off.add_argument("--at", type=when, required=True, metavar="TIME")
    off.add_argument("--until", type=when, required=True, metavar="TIME")
    off.add_argument("--resource", default="", metavar="NAME", help="the whole shop")
    off.add_argument("--words", default="", metavar="TEXT", help="why")

    add_act(acts, "times-off", "time off to come", _times_off)
    back = _act(acts, "time-off-remove", "take time off away again", _remove_time_off)
    back.add_argument("time_off", metavar="ID", help="an id, or the end of one")

    add_act(acts, "waiting", "the waiting list", _waiting)
    wait = _act(acts, "wait", "put somebody on the waiting list", _wait)
    wait.add_argument("--customer", default="", metavar="CUSTOMER")
    wait.add_argument("--vehicle", default="", metavar="VEHICLE")
    wait.add_argument("--service", action="append", default=[], metavar="CODE")
    wait.add_argument("--minutes", type=minutes_of, metavar="N", help="as its services take")
    wait.add_argument("--earliest", type=when, metavar="TIME")
    wait.add_argument("--latest", type=when, metavar="TIME")
    wait.add_argument("--notes", default="", metavar="TEXT")

    exporting = _act(acts, "export", "write an iCalendar file", _export)
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.add_argument("--without-names", action="store_true", help="leave customers out")
    exporting.add_argument("--even-so", action="store_true", help="over a calendar that is there")
    importing = _act(acts, "import", "keep another's calendar beside ours", _import)
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--name", default="", metavar="TEXT", help="as the file says")
    importing.add_argument("--resource", default="", metavar="NAME", help="whose it is")
    importing.add_argument("--look", action="store_true", help="only say what it holds")

    outbox = add_act(acts, "outbox", "e-mails and where they stand", _outbox)
    outbox.add_argument("--state", type=one_of(MailState), help=words_of(MailState))
    writing = _act(acts, "write", "write to the customer of an appointment", _write)
    writing.add_argument("appointment", metavar="ID")
    writing.add_argument(
        "--kind",
        type=one_of(TEMPLATES),
        default=LetterKind.CONFIRMATION,
        help=words_of(TEMPLATES),
    )
    add_act(acts, "send", "send what waits in the outbox now", _send)
    again = _act(acts, "send-again", "try an e-mail again that failed", _again)
    again.add_argument("mail", metavar="ID")
    withdrawing = _act(acts, "withdraw", "withdraw an e-mail that has not gone", _withdraw)
    withdrawing.add_argument("mail", metavar="ID")
    password = _act(acts, "mail-password", "keep the mail server's password", _password)
    password.description = f"It comes from {MAIL_PASSWORD}, else it is asked; empty removes it."


def _act(acts: Any, name: str, words: str, act: _Act) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    add_as(parser)
    return parser


def _services(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.appointments.services(active_only=False)
    text = "\n".join(map(_service_line, found)) or "No services yet."
    emit(args, {"services": [service_document(one) for one in found]}, text)


def _service_line(one: Service) -> str:
    off = "" if one.active else "  (switched off)"
    return f"{one.code}  {one.name}  {one.minutes} min  {money_text(one.price)}{off}"


def _service(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    code = args.code.casefold()
    known = rooms.services(active_only=False)
    one = next((each for each in known if each.code.casefold() == code), Service(code=args.code))
    shop = counter.office.people.shop()
    given: dict[str, Any] = {
        name: getattr(args, name)
        for name in ("name", "category", "minutes", "active")
        if getattr(args, name) is not None
    }
    if args.price is not None:
        given["price"] = price(args.price, shop.currency if shop else "EUR")
    kept = rooms.keep_service(by, replace(one, **given))
    emit(args, {"service": service_document(kept)}, f"Kept: {_service_line(kept)}")


def _resources(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.appointments.resources(active_only=False)
    text = "\n".join(map(_resource_line, found)) or "No bays and no technicians yet."
    emit(args, {"resources": [_resource_document(one) for one in found]}, text)


def _resource_document(one: Resource) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "active": one.active,
        "version": one.version,
    }


def _resource_line(one: Resource) -> str:
    return f"{one.id[-8:]}  {one.kind.value}  {one.name}{'' if one.active else '  (switched off)'}"


def _resource(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    name = args.name.casefold()
    known = rooms.resources(active_only=False)
    one = next((each for each in known if each.name.casefold() == name), Resource(name=args.name))
    kept = rooms.keep_resource(
        by,
        replace(
            one,
            kind=args.kind or one.kind,
            active=one.active if args.active is None else args.active,
        ),
    )
    emit(args, {"resource": _resource_document(kept)}, f"Kept: {_resource_line(kept)}")


def _time_off(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    zone = counter.office.rules().zone
    kept, within = rooms.keep_time_off(
        by,
        TimeOff(
            resource_id=rooms.resource(args.resource).id if args.resource else "",
            starts=instant(args.at, zone),
            ends=instant(args.until, zone),
            words=args.words,
        ),
    )
    document = {
        "time_off": {"id": kept.id, "resource_id": kept.resource_id, "words": kept.words},
        "appointments_within": [one.id for one in within],
    }
    text = "Kept."
    if kept.starts and kept.ends:
        text = f"Kept: off {span_words(kept.starts, kept.ends, zone_of(zone))}."
    if within:
        lie, them = agreed(len(within), "lies", "lie"), agreed(len(within), "it", "them")
        text += f" {counted(len(within), 'appointment')} {lie} in it: move {them}."
    emit(args, document, text)


def _times_off(counter: Counter, args: argparse.Namespace) -> None:
    rooms, zone = counter.office.appointments, zone_of(counter.office.rules().zone)
    names = {one.id: one.name for one in rooms.resources(active_only=False)}
    found = rooms.time_off()
    document = {
        "time_off": [
            {
                "id": one.id,
                "resource_id": one.resource_id,
                "starts": one.starts and one.starts.isoformat(timespec="seconds"),
                "ends": one.ends and one.ends.isoformat(timespec="seconds"),
                "words": one.words,
            }
            for one in found
        ]
    }
    lines = [
        f"{one.id[-8:]}  {names.get(one.resource_id, 'The shop')}  "
        f"{span_words(one.starts, one.ends, zone)}  {one.words}".rstrip()
        for one in found
        if one.starts and one.ends
    ]
    emit(args, document, "\n".join(lines) or "No time off to come.")


def _remove_time_off(counter: Counter, args: argparse.Namespace) -> None:
    rooms, by = counter.office.appointments, acting(args, counter)
    word = args.time_off.strip().lower()
    found = [one for one in rooms.time_off() if word and one.id.endswith(word)]
    if len(found) != 1:
        raise NotKept(
            f"No time off to come, or more than one, has an id that ends in “{args.time_off}”.",
            kept="Nothing was changed.",
            to_do="Look at appointments times-off.",
        )
    rooms.remove_time_off(by, found[0].id, found[0].version)
    emit(args, {"removed": found[0].id}, "Removed.")


def _waiting(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.appointments.waiting()
    document = {"waiting": [_waiting_document(one) for one in found]}
    lines = [
        f"{one.id[-8:]}  {one.customer or one.vehicle or one.notes[:40]}  {one.minutes} min"
        for one in found
    ]
    emit(args, document, "\n".join(lines) or "Nobody waits.")


def _waiting_document(one: Waiting) -> dict[str, Any]:
    return {
        "id": one.id,
        "customer": one.customer,
        "vehicle": one.vehicle,
        "minutes": one.minutes,
        "earliest": one.earliest and one.earliest.isoformat(timespec="seconds"),
        "latest": one.latest and one.latest.isoformat(timespec="seconds"),
        "notes": one.notes,
        "version": one.version,
    }


def _wait(counter: Counter, args: argparse.Namespace) -> None:
    office, by = counter.office, acting(args, counter)
    services = booked(office, args.service)
    minutes = args.minutes or sum(each.minutes for each in services) or 60
    kept = office.appointments.keep_waiting(
        by,
        Waiting(
            customer_id=office.customers.named(args.customer).id if args.customer else "",
            vehicle_id=office.vehicles.named(args.vehicle).id if args.vehicle else "",
            services=services,
            minutes=minutes,
            earliest=instant(args.earliest, office.rules().zone),
            latest=instant(args.latest, office.rules().zone),
            notes=args.notes,
        ),
    )
    emit(args, {"waiting": _waiting_document(kept)}, f"On the waiting list: {kept.id[-8:]}")


def _export(counter: Counter, args: argparse.Namespace) -> None:
    count = counter.office.appointments.export(
        acting(args, counter), args.file, names=not args.without_names, even_so=args.even_so
    )
    text = f"{counted(count, 'appointment')} written to {args.file}."
    emit(args, {"file": str(args.file), "appointments": count}, text)


def _import(counter: Counter, args: argparse.Namespace) -> None:
    rooms = counter.office.appointments
    if args.look:
        read = rooms.look_into(args.file)
    else:
        read = rooms.import_calendar(
            acting(args, counter), args.file, name=args.name, resource_id=args.resource
        )
    lines = [
        f"{read.name}: {counted(len(read.events), 'event')}{' kept' if read.calendar else ''}."
    ]
    lines += [f"Left out: event {one.line}, {one.what}: {one.why}" for one in read.left_out]
    lines += [f"Kept, event {one.line}, {one.what}: {one.why}" for one in read.notes]
    zone = zone_of(counter.office.rules().zone)
    lines += [
        f"Warning: {one.event.title}, {span_words(one.event.starts, one.event.ends, zone)}, is at "
        f"the time of appointment {one.appointment.id[-8:]}."
        for one in read.clashes
    ]
    emit(args, import_document(read), "\n".join(lines))


def _outbox(counter: Counter, args: argparse.Namespace) -> None:
    found, count = counter.office.mailing.list(state=(args.state,) if args.state else ())
    lines = [
        "  ".join(filter(None, (one.id[-8:], one.state.value, one.to_address, one.subject)))
        + (f"\n    {one.problem}" if one.problem else "")
        for one in found
    ]
    document = {"mails": [mail_document(one) for one in found], "count": count}
    emit(args, document, "\n".join(lines) or "The outbox is empty.")


def _write(counter: Counter, args: argparse.Namespace) -> None:
    kept = counter.office.mailing.write(acting(args, counter), args.kind, args.appointment)
    emit(args, {"mail": mail_document(kept)}, f"In the outbox: {kept.subject}")


def _send(counter: Counter, args: argparse.Namespace) -> None:
    if counter.demo:
        raise DemoSendsNothing(
            "The demo sends no e-mails: its customers are made up.", to_do="Run it without --demo."
        )
    mail = counter.settings.values.mail
    if not mail.server or not mail.sender:
        raise NoMailServer(
            "No mail server is set.",
            kept="The e-mails wait in the outbox.",
            to_do="Set server and sender in the section Mail of the settings.",
        )
    counter.office.mailing.hurry()
    sent = send_now(counter.office, counter.settings.values)
    state = counter.office.mailing.state()
    if not sent and state.queued and state.problem:
        raise NothingSent(
            state.problem,
            kept=f"{counted(state.queued, 'e-mail')} {agreed(state.queued, 'waits', 'wait')} in "
            "the outbox.",
            to_do="An open window tries again by itself; or send again later.",
        )
    text = f"{sent} sent, {state.queued} waiting, {state.failed} failed."
    document = {
        "sent": sent,
        "queued": state.queued,
        "failed": state.failed,
        "problem": state.problem,
    }
    emit(args, document, " ".join(filter(None, (text, state.problem))))


def _again(counter: Counter, args: argparse.Namespace) -> None:
    kept = counter.office.mailing.send_again(acting(args, counter), args.mail)
    emit(args, {"mail": mail_document(kept)}, f"Waits to be sent: {kept.subject}")


def _withdraw(counter: Counter, args: argparse.Namespace) -> None:
    kept = counter.office.mailing.cancel(acting(args, counter), args.mail)
    emit(args, {"mail": mail_document(kept)}, f"Withdrawn: {kept.subject}")


def _password(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    twice = MAIL_PASSWORD not in os.environ
    password = asked_password(MAIL_PASSWORD, "Password of the mail server: ", twice=twice)
    counter.office.mailing.set_password(by, password)
    emit(args, {"kept": bool(password)}, "Kept." if password else "Removed.")
