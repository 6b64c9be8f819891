"""`cartech-desk jobs`: lines of a job, and the parts that they take."""

import argparse
from dataclasses import replace
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.job_acts.course import tell
from cartech_desk.app.job_acts.told import as_rate, asked_money, asked_resource
from cartech_desk.app.numbers_asked import whole
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.part_acts.told import as_quantity
from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.store.errors import NotKept

_place = whole("the place of a line", 1, 500)
_NEW = ("labour", "service", "part", "other")
_CHANGED = ("words", "quantity", "price", "discount", "tax", "technician")


def add_acts(acts: Any) -> None:
    """Add the acts of lines."""
    adding = add_act(acts, "line", "add a line to a job; change one; take one off", _line)
    adding.description = (
        "Without --place a line is added: labour by the hour, a service, a part (which is taken "
        "from stock) or something else. With --place that line is changed, or taken off."
    )
    adding.add_argument("job", metavar="JOB")
    what = adding.add_mutually_exclusive_group()
    what.add_argument("--labour", metavar="TEXT", help="what was done; --quantity are hours")
    what.add_argument("--service", metavar="CODE")
    what.add_argument("--part", metavar="SKU", help="SKU, barcode or id")
    what.add_argument("--other", metavar="TEXT", help="a fee, a flat price")
    adding.add_argument("--place", type=_place, metavar="N", help="the line to change")
    adding.add_argument("--remove", action="store_true", help="take the line at --place off")
    adding.add_argument("--words", metavar="TEXT", help="in place of the catalogue's")
    adding.add_argument("--quantity", type=as_quantity, metavar="N")
    adding.add_argument("--price", metavar="SUM", help="of one, without tax")
    adding.add_argument("--discount", type=as_rate, metavar="PERCENT")
    adding.add_argument("--tax", type=as_rate, metavar="PERCENT")
    adding.add_argument("--technician", metavar="NAME", help="who did it")
    adding.add_argument(
        "--even-so",
        action="store_true",
        help="where parts lack, take what is there; without a price, at nothing",
    )
    add_as(adding)
    adding.set_defaults(wrong=adding.error)

    taking = add_act(acts, "take", "take the parts that lines still lack, as far as there", _take)
    taking.add_argument("job", metavar="JOB")
    add_as(taking)


def _line(counter: Counter, args: argparse.Namespace) -> None:
    _check(args)
    by = acting(args, counter)
    jobs = counter.office.jobs
    job = jobs.get(args.job)
    if args.place is not None and args.remove:
        line_id = _at(job, args.place).id
        tell(args, counter, jobs.remove_line(job.id, line_id, by, version=job.version))
        return
    if args.place is not None:
        line = _changed(counter, args, _at(job, args.place))
        job = jobs.change_line(job.id, line, by, version=job.version, even_so=args.even_so)
    else:
        job = jobs.add_line(job.id, _new(counter, args), by, even_so=args.even_so)
    tell(args, counter, job)


def _check(args: argparse.Namespace) -> None:
    """Refuse options that say two things, of which one would be passed over. Errors: WrongUsage."""
    new = [name for name in _NEW if getattr(args, name) is not None]
    more = [name for name in (*_NEW, *_CHANGED) if getattr(args, name) is not None]
    if args.remove and (args.place is None or more):
        args.wrong("--remove takes the whole line at --place off: give that, and no more of a line")
    if args.place is not None and new:
        args.wrong(f"--place changes a line that is there, --{new[0]} adds one: give one of them")


def _take(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    jobs = counter.office.jobs
    tell(args, counter, jobs.take_parts(jobs.get(args.job).id, by))


def _new(counter: Counter, args: argparse.Namespace) -> JobLine:
    line = counter.office.jobs.new_line(
        LineKind.OTHER if args.other is not None else LineKind.LABOUR,
        args.words or args.other or args.labour or "",
        part=args.part or "",
        service=args.service or "",
        quantity=args.quantity,
        unit_price=None if args.price is None else asked_money(counter, args.price),
        even_so=args.even_so,
    )
    return _changed(counter, args, line)


def _changed(counter: Counter, args: argparse.Namespace, line: JobLine) -> JobLine:
    """Return a line with what was given on the command line. Errors: MoneyRefused."""
    given: dict[str, Any] = {}
    for name, field in (
        ("words", "words"),
        ("quantity", "quantity"),
        ("discount", "discount_bp"),
        ("tax", "tax_bp"),
    ):
        if getattr(args, name) is not None:
            given[field] = getattr(args, name)
    if args.technician is not None:
        person = asked_resource(counter, args.technician, ResourceKind.TECHNICIAN)
        given["technician_id"] = person
    if args.price is not None:
        given["unit_price"] = asked_money(counter, args.price)
    if "quantity" in given and line.unit == "h":
        given["minutes"] = None  # reckoned anew from the hours
    return replace(line, **given)


def _at(job: Job, place: int) -> JobLine:
    for line in job.lines:
        if line.place == place:
            return line
    raise NotKept(
        f"Job {job.number} has no line {place}.",
        kept="Nothing was changed.",
        to_do=f"It has {len(job.lines)}.",
    )
