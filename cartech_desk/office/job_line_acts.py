"""What is done to the lines of a job: put in, changed, taken off, with the stock that they take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import QuantityRefused, refuse_part_of_one
from cartech_desk.domain.people import Act, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_errors import JobClosed, NoPrice
from cartech_desk.office.job_fields import CODE, checked_lines
from cartech_desk.office.job_names import check_lines
from cartech_desk.office.job_refusals import ask_before_paid, refuse_let_go
from cartech_desk.office.job_settling import settle
from cartech_desk.office.job_stock import move_with_lines, refuse_lacking, take_what_is_there
from cartech_desk.office.job_told import changed, told_lines
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_act import JobAct, entity_of
from cartech_desk.store.job_catalogue import part_cost

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.store import Store

Change = Callable[[tuple[JobLine, ...]], tuple[JobLine, ...]]
"""Returns a job's lines as they are to be from those that it has."""


@dataclass(frozen=True, slots=True)
class How:
    """How lines are to be changed."""

    version: int | None = None
    even_so: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A line before the shop has filled in what it knows."""

    kind: str
    words: str = ""
    part: str = ""
    service: str = ""
    quantity: Decimal | None = None
    unit_price: Money | None = None
    discount_bp: int = 0
    tax_bp: int | None = None
    technician_id: str = ""


def change_lines(doing: Doing, job_id: str, change: Change, how: How) -> Job:
    """Change the lines of a job. Errors: as `Jobs.set_lines`."""
    require(doing.by, Act.KEEP_RECORDS)
    why = checked_reason(how.reason)
    with doing.act() as act:
        job = act.job(job_id, how.version)
        _refuse_closed(job)
        lines = change(job.lines)
        check_lines(act, lines, job.lines)
        put_lines(act, job, lines, doing.now, even_so=how.even_so)
        after = act.update(act.job(job.id))
        if job.status is JobStatus.DONE:
            refuse_lacking(after)
        told = changed(told_lines(job.lines), told_lines(after.lines))
        act.record(Entry("job.line", entity_of(job), *told, why))
        settled = settle(act, act.job(job.id), doing.rules, doing.now)
        ask_before_paid(job, settled, even_so=False, kept="Its lines stay.", act="invoice it")
        return settled


def put_lines(
    act: JobAct,
    job: Job,
    lines: Sequence[JobLine],
    now: datetime,
    *,
    even_so: bool,
) -> None:
    """Put lines into a job in the place of those that it has, and move stock with them."""
    known = {line.id: line for line in job.lines}
    named = [
        replace(line, id=line.id if line.id in known else str(uuid7()))
        for line in checked_lines(
            [_in_its_time(line, known.get(line.id)) for line in lines], job.currency
        )
    ]
    for line in named:
        old = known.get(line.id)
        if old is None or (old.quantity, old.unit) != (line.quantity, line.unit):
            _refuse_part_of_one(line, several=len(named) > 1)
    filled = [_with_cost(act, job, line, known.get(line.id)) for line in named]
    move_with_lines(act, job, filled, now, even_so=even_so)
    act.put_lines(replace(job, lines=tuple(filled)))


def take_parts(doing: Doing, job_id: str, version: int | None) -> Job:
    """Take what parts' lines still lack, as far as it is there. Errors: Changed, JobClosed."""
    require(doing.by, Act.KEEP_RECORDS)
    with doing.act() as act:
        job = act.job(job_id, version)
        refuse_let_go(job)
        took = take_what_is_there(act, job, doing.now)
        act.update(job)
        act.record(Entry("job.line", entity_of(job), after={"taken": took or "nothing was there"}))
        return settle(act, act.job(job.id), doing.rules, doing.now)


def new_line(store: "Store", rules: "ShopRules", blank: Blank, *, even_so: bool = False) -> JobLine:
    """Return a line with what the shop knows filled in. Errors: as `Jobs.new_line`."""
    currency = store.people.currency()
    try:
        kind = LineKind(blank.kind)
    except ValueError:
        kinds = ", ".join(each.value for each in LineKind)
        raise FieldsRefused(
            CODE, {"kind": f"{blank.kind!r} is no kind of line.\nChoose {kinds}."}
        ) from None
    line = JobLine(
        kind=LineKind.PART if blank.part else kind,
        words=blank.words,
        quantity=Decimal(1) if blank.quantity is None else blank.quantity,
        unit_price=Money(0, currency),
        discount_bp=blank.discount_bp,
        tax_bp=rules.tax_bp,
        technician_id=blank.technician_id,
    )
    if blank.part:
        line = _of_part(line, store.parts.named(blank.part))
    elif blank.service:
        line = _of_service(store, line, blank.service)
    elif line.kind is LineKind.LABOUR:
        line = replace(line, unit="h", unit_price=Money(rules.labour_rate_minor, currency))
    if blank.unit_price is not None:
        line = replace(line, unit_price=blank.unit_price)
    elif not line.unit_price.minor and not even_so:
        raise _no_price(line)
    if blank.tax_bp is not None:
        line = replace(line, tax_bp=blank.tax_bp)
    return line


def added(line: JobLine) -> Change:
    """Return how a line is added behind the others."""
    return lambda lines: (*lines, replace(line, id=""))


def changed_one(line: JobLine) -> Change:
    """Return how one line is changed. Errors: NotKept where it is gone."""

    def change(lines: tuple[JobLine, ...]) -> tuple[JobLine, ...]:
        if line.id not in [each.id for each in lines]:
            raise _no_line(line.id)
        return tuple(line if each.id == line.id else each for each in lines)

    return change


def without(word: str) -> Change:
    """Return how a line is taken off, named by its id or its place. Errors: NotKept."""

    def change(lines: tuple[JobLine, ...]) -> tuple[JobLine, ...]:
        kept = tuple(each for each in lines if word not in (each.id, str(each.place)))
        if len(kept) == len(lines):
            raise _no_line(word)
        return kept

    return change


def _of_part(line: JobLine, part: Part) -> JobLine:
    return replace(
        line,
        part_id=part.id,
        words=line.words or f"{part.name} ({part.sku})",
        unit=part.unit,
        unit_price=part.price,
        unit_cost=part.cost,
        tax_bp=line.tax_bp if part.tax_bp is None else part.tax_bp,
    )


def _of_service(store: "Store", line: JobLine, word: str) -> JobLine:
    service = store.jobs.service(word)
    return replace(
        line,
        service_id=service.id,
        words=line.words or service.words,
        unit_price=service.price,
        tax_bp=line.tax_bp if service.tax_bp is None else service.tax_bp,
        minutes=round(service.minutes * line.quantity),
    )


def _in_its_time(line: JobLine, known: JobLine | None) -> JobLine:
    """Return a line whose minutes follow its quantity where only that was changed."""
    if known is None or line.minutes is None or line.minutes != known.minutes:
        return line
    if line.quantity == known.quantity or not line.quantity.is_finite():
        return line
    return replace(line, minutes=max(0, round(line.minutes * line.quantity / known.quantity)))


def _with_cost(act: JobAct, job: Job, line: JobLine, known: JobLine | None) -> JobLine:
    """Return a part's line with what the part costs; one that is kept already has it."""
    if not line.part_id or (known is not None and known.part_id == line.part_id):
        return replace(line, unit_cost=line.unit_cost or (known.unit_cost if known else None))
    cost = part_cost(act.connection, line.part_id)
    if cost is None:
        raise FieldsRefused(
            CODE, {"part": "This part is not kept here any more.\nChoose another one."}
        )
    if cost.currency != job.currency:
        raise FieldsRefused(
            CODE,
            {
                "part": f"The part is kept in {cost.currency}, the job in {job.currency}.\n"
                "Choose another one."
            },
        )
    return replace(line, unit_cost=line.unit_cost or cost)


def _refuse_part_of_one(line: JobLine, *, several: bool) -> None:
    """Refuse half a piece; a line that an older desk let be may stay. Errors: FieldsRefused."""
    try:
        refuse_part_of_one(line.quantity, line.unit)
    except QuantityRefused as error:
        where = f"Line {line.place}: " if several else ""
        raise FieldsRefused(
            CODE, {"quantity": f"{where}{error.happened}\n{error.to_do}"}
        ) from error


def _refuse_closed(job: Job) -> None:
    if job.invoice:
        raise JobClosed(
            f"Invoice {job.invoice} stands on the lines of job {job.number}.",
            kept="Nothing was changed.",
            to_do="Take the invoice back with a credit note first.",
        )
    if job.status is JobStatus.PAID:
        raise JobClosed(
            f"Job {job.number} is paid; its lines stay as they were paid.",
            kept="Nothing was changed.",
            to_do="Open another job, or note a refund first.",
        )
    refuse_let_go(job)


def _no_price(line: JobLine) -> NoPrice:
    to_do = "Give its price, or add it at nothing even so."
    if line.kind is LineKind.LABOUR and not line.service_id:
        to_do += " What an hour of labour costs is set under Settings, Shop."
    return NoPrice(
        f"“{line.words}” has no price." if line.words.strip() else "The line has no price.",
        kept="Nothing was added.",
        to_do=to_do,
    )


def _no_line(word: str) -> NotKept:
    return NotKept(
        f"The job has no line {word!r}.",
        kept="Nothing was changed.",
        to_do="Look at the job's lines as they are now.",
    )
