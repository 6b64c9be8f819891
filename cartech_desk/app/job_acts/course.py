"""`cartech-desk jobs`: list, board, show, open, change, status, approve, record, delete."""

import argparse
from dataclasses import replace
from datetime import datetime
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.counter_acts import add_deleted
from cartech_desk.app.desk import Counter
from cartech_desk.app.job_acts.told import (
    asked_moment,
    asked_resource,
    job_document,
    job_text,
    paper_document,
    paper_line,
    payment_document,
    payment_line,
    row_document,
    row_line,
    shop_zone,
)
from cartech_desk.app.numbers_asked import day_of, limit_of, offset_of, whole
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.domain.counted import listed
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.states import WORDS
from cartech_desk.store.job_records import KINDS

_SORTS = ("number", "title", "status", "vehicle", "customer", "opened", "promised", "gross", "paid")
_BEGINS = (JobStatus.ARRIVED, JobStatus.BOOKED, JobStatus.IN_BAY)
_status_of = one_of(JobStatus, WORDS)
_km = whole("an odometer's reading", 0, 9_999_999)
_JOB = "its number, id, an end of that, or “last”"

_FACTS = {
    "title": ("TEXT", "in a few words"),
    "complaint": ("TEXT", "what the customer says"),
    "customer": ("WORD", "number, name or id; else the vehicle's owner"),
    "bay": ("NAME", "the bay: its name, how that begins, or its id"),
    "technician": ("NAME", "who does it, likewise"),
    "promised": ("DAY", "as in 2026-03-02 or 2026-03-02T16:00"),
    "note": ("TEXT", "for the shop"),
}


def add_acts(acts: Any) -> None:
    """Add the acts of a job as a whole."""
    add_list(add_act(acts, "list", "jobs, the newest first", list_jobs))
    add_act(acts, "board", "jobs that need somebody, by status", _board)

    showing = add_act(acts, "show", "one job: lines, history, papers, recordings", _show)
    showing.add_argument("job", metavar="JOB", help=_JOB)

    opening = add_act(acts, "open", "open a job at the counter, or from an appointment", _open)
    opening.add_argument("--vehicle", metavar="WORD", help="plate, VIN, name or id")
    opening.add_argument("--appointment", metavar="ID", help="its services become lines")
    opening.add_argument(
        "--status",
        type=one_of(_BEGINS, WORDS),
        help=f"how it begins (arrived): {words_of(_BEGINS)}",
    )
    opening.add_argument(
        "--even-so",
        action="store_true",
        help="also where the car has a job that is not done, or had driven further before",
    )
    _facts(opening)
    opening.set_defaults(wrong=opening.error)

    changing = add_act(acts, "change", "change what is given of a job", _change)
    changing.add_argument("job", metavar="JOB", help=_JOB)
    changing.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    changing.add_argument(
        "--even-so", action="store_true", help="also where the car had driven further before"
    )
    _facts(changing)

    stepping = add_act(acts, "status", "take a job to another state", _status)
    stepping.add_argument("job", metavar="JOB", help=_JOB)
    stepping.add_argument("status", type=_status_of, metavar="STATUS", help=words_of(JobStatus))
    stepping.add_argument("--bay", default="", metavar="NAME", help="into which bay")
    stepping.add_argument("--note", default="", metavar="TEXT")
    stepping.add_argument(
        "--even-so",
        action="store_true",
        help="also where it is paid and not as approved, or its car is booked",
    )
    add_as(stepping)

    approving = add_act(acts, "approve", "note that the customer agreed to the job", _approve)
    approving.add_argument("job", metavar="JOB", help=_JOB)
    approving.add_argument("--who", default="", metavar="NAME", help="who agreed")
    approving.add_argument("--how", default="", metavar="TEXT", help="signed, by phone, …")
    approving.add_argument("--withdraw", action="store_true", help="the customer did not agree")
    add_as(approving)

    giving = add_act(acts, "record", "give what the bay recorded to a job", _record)
    giving.add_argument("job", metavar="JOB", help="the job, or “none”")
    giving.add_argument("kind", choices=KINDS)
    giving.add_argument("id", metavar="ID", help="of the recording, run, check-up, …; “last”")
    giving.add_argument("--even-so", action="store_true", help="also one of another car")
    add_as(giving)

    deleting = add_act(acts, "delete", "take a job without papers off every list", _delete)
    deleting.add_argument("job", metavar="JOB", help=_JOB)
    deleting.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(deleting)

    restoring = add_act(acts, "restore", "put a deleted job back", _restore)
    restoring.add_argument("job", metavar="JOB", help=_JOB)
    add_as(restoring)


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add what the list understands."""
    parser.add_argument("search", nargs="?", default="", metavar="WORDS")
    parser.add_argument("--status", action="append", type=_status_of, help=words_of(JobStatus))
    parser.add_argument("--for-vehicle", default="", metavar="WORD", help="plate, VIN, name, id")
    parser.add_argument("--for-customer", default="", metavar="WORD", help="number, name, id")
    parser.add_argument("--since", type=day_of, metavar="DAY", help="opened since")
    parser.add_argument("--until", type=day_of, metavar="DAY", help="opened before")
    parser.add_argument("--unpaid", action="store_true", help="done, with something due")
    add_deleted(parser)
    parser.add_argument("--sort", choices=_SORTS, default="opened")
    parser.add_argument("--ascending", action="store_true")
    parser.add_argument("--limit", type=limit_of, default=200, metavar="N", help="at most (200)")
    parser.add_argument(
        "--offset", type=offset_of, default=0, metavar="N", help="leave out so many"
    )


def list_jobs(counter: Counter, args: argparse.Namespace) -> None:
    """List jobs."""
    office = counter.office
    if args.deleted:
        gone = office.jobs.deleted(args.search, limit=args.limit)
        document = {"jobs": [row_document(row) for row in gone], "total": len(gone)}
        emit(args, document, "\n".join(map(row_line, gone)) or "None is deleted.")
        return
    vehicle = office.vehicles.named(args.for_vehicle).id if args.for_vehicle else ""
    customer = office.customers.named(args.for_customer).id if args.for_customer else ""
    rows, total = office.jobs.list(
        args.search,
        limit=args.limit,
        offset=args.offset,
        sort=args.sort,
        descending=not args.ascending,
        statuses=[JobStatus(each) for each in args.status or ()],
        vehicle_id=vehicle,
        customer_id=customer,
        since=args.since,
        until=args.until,
        unpaid=args.unpaid,
    )
    lines = [*map(row_line, rows), f"{listed(len(rows), total, 'job')}."]
    emit(args, {"jobs": [row_document(row) for row in rows], "total": total}, "\n".join(lines))


def tell(args: argparse.Namespace, counter: Counter, job: Job) -> None:
    """Print a job as it is now."""
    balance = counter.office.papers.balance(job.id)
    recorded = counter.office.jobs.recorded_words(job)
    document: dict[str, Any] = {"job": job_document(job, balance)}
    if recorded:
        document["warnings"] = [recorded]
    emit(args, document, "\n".join(filter(None, (job_text(job), recorded and f"▲ {recorded}"))))


def _board(counter: Counter, args: argparse.Namespace) -> None:
    board = counter.office.jobs.board()
    document = {status.value: [row_document(row) for row in rows] for status, rows in board.items()}
    lines = []
    for status, rows in board.items():
        lines += [f"{WORDS[status]}: {len(rows)}", *map(row_line, rows)]
    emit(args, {"board": document}, "\n".join(lines))


def _show(counter: Counter, args: argparse.Namespace) -> None:
    office = counter.office
    job = office.jobs.get(args.job)
    history, records = office.jobs.history(job.id), office.jobs.records(job.id)
    papers, payments = office.papers.of_job(job.id), office.papers.payments(job.id)
    document = {
        "job": job_document(job, office.papers.balance(job.id)),
        "history": [
            {
                "status": each.status.value,
                "at": each.at.isoformat(),
                "by": each.by,
                "note": each.note,
            }
            for each in history
        ],
        "papers": [paper_document(each) for each in papers],
        "payments": [payment_document(each) for each in payments],
        "records": [
            {"kind": each.kind, "id": each.ref, "at": each.at.isoformat(), "words": each.words}
            for each in records
        ],
    }
    recorded = office.jobs.recorded_words(job)
    if recorded:
        document["warnings"] = [recorded]
    zone = shop_zone(counter)

    def moment(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

    lines = [
        job_text(job),
        *([f"▲ {recorded}"] if recorded else []),
        *map(paper_line, papers),
        *(payment_line(each, zone) for each in payments),
        *(
            f"{moment(each.at)}  {WORDS[each.status]:<17} {each.by}  {each.note}".rstrip()
            for each in history
        ),
        *(f"{moment(each.at)}  {each.kind:<17} {each.words}".rstrip() for each in records),
    ]
    emit(args, document, "\n".join(lines))


def _open(counter: Counter, args: argparse.Namespace) -> None:
    if args.appointment:
        facts = ("vehicle", "status", *_FACTS, "odometer")
        given = [name for name in facts if getattr(args, name) is not None]
        if given:
            args.wrong(f"--{given[0]} is what was booked with --appointment: change it afterwards")
        by = acting(args, counter)
        opened = counter.office.jobs.open_from(args.appointment, by, asked=args.even_so)
        tell(args, counter, opened)
        return
    by = acting(args, counter)
    new = Job(vehicle_id=args.vehicle or "", status=JobStatus(args.status or "arrived"))
    new = _filled(counter, args, new)
    tell(args, counter, counter.office.jobs.open(new, by, asked=args.even_so))


def _change(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    job = _filled(counter, args, counter.office.jobs.get(args.job))
    changed = counter.office.jobs.change(job, by, reason=args.reason, asked=args.even_so)
    tell(args, counter, changed)


def _status(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    jobs = counter.office.jobs
    to = JobStatus(args.status)
    bay = asked_resource(counter, args.bay, ResourceKind.BAY)
    job = jobs.get(args.job)
    job = jobs.set_status(job.id, to, by, note=args.note, bay_id=bay, even_so=args.even_so)
    tell(args, counter, job)


def _approve(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    jobs = counter.office.jobs
    job_id = jobs.get(args.job).id
    if args.withdraw:
        tell(args, counter, jobs.withdraw_approval(job_id, by, args.how))
    else:
        tell(args, counter, jobs.approve(job_id, args.who, by, how=args.how))


def _record(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    jobs = counter.office.jobs
    if args.job.lower() == "none":
        jobs.drop_record(args.kind, args.id, by)
        emit(args, {"job": None, "kind": args.kind, "id": args.id}, "It belongs to no job now.")
        return
    job = jobs.get(args.job)
    jobs.give_record(job.id, args.kind, args.id, by, even_so=args.even_so)
    words = f"It belongs to job {job.number} now."
    emit(args, {"job": job.number, "kind": args.kind, "id": args.id}, words)


def _delete(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    job = counter.office.jobs.get(args.job)
    counter.office.jobs.delete(job.id, by, args.reason)
    text = f"Job {job.number} is off the lists; jobs restore {job.number} puts it back."
    emit(args, {"deleted": job.id, "number": job.number}, text)


def _restore(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    tell(args, counter, counter.office.jobs.restore(args.job, by))


def _facts(parser: argparse.ArgumentParser) -> None:
    for name, (metavar, words) in _FACTS.items():
        parser.add_argument(f"--{name}", metavar=metavar, help=words)
    parser.add_argument("--odometer", type=_km, metavar="KM")
    add_as(parser)


def _filled(counter: Counter, args: argparse.Namespace, job: Job) -> Job:
    """Return a job with what was given on the command line."""
    given: dict[str, Any] = {}
    for name, field in (
        ("title", "title"),
        ("complaint", "complaint"),
        ("note", "note"),
        ("odometer", "odometer_km"),
    ):
        if getattr(args, name) is not None:
            given[field] = getattr(args, name)
    if args.bay is not None:
        given["bay_id"] = asked_resource(counter, args.bay, ResourceKind.BAY)
    if args.technician is not None:
        person = asked_resource(counter, args.technician, ResourceKind.TECHNICIAN)
        given["technician_id"] = person
    if args.customer is not None:
        found = counter.office.customers.named(args.customer) if args.customer else None
        given["customer_id"] = found.id if found is not None else ""
    if args.promised is not None:
        given["promised"] = (
            asked_moment(counter, args.promised, "promised") if args.promised else None
        )
    return replace(job, **given)
