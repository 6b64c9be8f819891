"""What the customer agreed to, and whether the job still keeps to it."""

from dataclasses import dataclass
from datetime import datetime

from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.jobs.states import UNFINISHED
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money, money_text


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed, when and how, to which total; `above` is what the job costs more than that."""

    by: str
    at: datetime
    gross: Money
    how: str
    above: Money

    @property
    def kept(self) -> bool:
        """Whether the job costs no more than what was agreed."""
        return self.above.minor <= 0


def approval_of(job: Job) -> Approval | None:
    """Return a job's approval as it stands against the job now; None where nobody agreed."""
    if job.approved_at is None or job.approved_gross is None:
        return None
    above = totals(job.lines, job.currency).gross - job.approved_gross
    return Approval(job.approved_by, job.approved_at, job.approved_gross, job.approval_note, above)


def withdrawn(job: Job) -> bool:
    """Tell whether the customer said no: it is kept when, and no total."""
    return job.approved_at is not None and job.approved_gross is None


def approval_words(job: Job) -> str:
    """Say in a sentence what was approved, and by how much the job is above it."""
    approval = approval_of(job)
    if withdrawn(job):
        why = f" ({job.approval_note})" if job.approval_note else ""
        return f"The customer does not agree{why}. Ask again."
    if approval is None:
        return "Not approved yet."
    said = f"{approval.by} approved {money_text(approval.gross)}"
    if approval.kept:
        return f"{said}."
    above = money_text(approval.above)
    if job.status in UNFINISHED:
        return f"{said}; the job is now {above} above it. Ask again."
    return f"{said}; the job came to {above} more."
