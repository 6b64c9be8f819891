"""Parts of a job's lines: taken from stock and given back with the lines, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.jobs.job import Job, JobLine
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.office.job_errors import PartsMissing

if TYPE_CHECKING:
    from cartech_desk.store.job_act import JobAct

_NONE: Final = Decimal(0)


def move_with_lines(
    act: "JobAct",
    job: Job,
    after: Sequence[JobLine],
    at: datetime,
    *,
    even_so: bool,
) -> dict[str, Decimal]:
    """Give back what lines hold too much, take what they lack; returns what each has taken now.

    What comes back goes first, so that a part may pass from one line to another. `even_so` takes
    what is on the shelf where that is less. Errors: OutOfStock.
    """
    before = {line.id: line for line in job.lines}
    wanted = {line.id: line for line in after}
    taken: dict[str, Decimal] = {}
    for line in job.lines:
        now = wanted.get(line.id)
        keeps = now is not None and now.part_id == line.part_id
        keep = min(line.taken, now.quantity) if keeps and now is not None else _NONE
        if line.taken > keep:
            act.give_back(job, line, line.taken - keep, at)
        if keep > 0:
            taken[line.id] = keep
    for line in after:
        if not line.part_id:
            continue
        old = before.get(line.id)
        had = taken.get(line.id, _NONE)
        # A line that waits for its parts goes on waiting when something else of it changes.
        waits = (
            old is not None
            and old.part_id == line.part_id
            and old.taken < old.quantity
            and line.quantity <= old.quantity
        )
        if waits and not even_so:
            continue
        lacks = line.quantity - had
        if even_so:
            lacks = min(lacks, act.on_hand(line.part_id))
        if lacks > 0:
            act.take(job, line, lacks, at)
            taken[line.id] = had + lacks
    return taken


def give_all_back(act: "JobAct", job: Job, at: datetime) -> None:
    """Put back to the shelf all that a job holds."""
    for line in job.lines:
        if line.taken > 0:
            act.give_back(job, line, line.taken, at)


def take_what_is_there(act: "JobAct", job: Job, at: datetime) -> dict[str, str]:
    """Take what the lines of a job lack, as far as it is on the shelf; returns what was taken."""
    took: dict[str, str] = {}
    for line in lacking(job):
        there = min(line.quantity - line.taken, act.on_hand(line.part_id))
        if there > 0:
            act.take(job, line, there, at)
            took[line.words] = quantity_text(there, line.unit)
    return took


def lacking(job: Job) -> tuple[JobLine, ...]:
    """Return the lines that have not taken all of their parts."""
    return tuple(line for line in job.lines if line.part_id and line.taken < line.quantity)


def refuse_lacking(job: Job) -> None:
    """Refuse to be done what has lines without their parts. Errors: PartsMissing."""
    lines = lacking(job)
    if not lines:
        return
    said = "; ".join(
        f"{line.words}: {quantity_text(line.taken, line.unit)} of "
        f"{quantity_text(line.quantity, line.unit)}"
        for line in lines[:5]
    )
    raise PartsMissing(
        f"Job {job.number} has lines whose parts were not taken from stock ({said}).",
        kept="Nothing was changed.",
        to_do="Take them once they are there, or change the lines to what was fitted.",
    )
