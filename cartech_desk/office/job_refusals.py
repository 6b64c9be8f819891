"""As what a job stands now, something cannot be done to it, or has to be asked."""

from typing import Final

from cartech_desk.domain.jobs.approval import approval_of, withdrawn
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.states import LET_GO
from cartech_desk.domain.money import Money, money_text
from cartech_desk.office.job_errors import (
    AboveApproval,
    ApprovalRefused,
    ApprovalWithdrawn,
    JobClosed,
    NoPrice,
    NotApproved,
    NotPrintable,
)
from cartech_desk.store.job_act import status_told

_CHANGED: str = "Nothing was changed."
_NAMED: Final = 3


def refuse_let_go(job: Job) -> None:
    """Refuse a job of which nothing came. Errors: JobClosed."""
    if job.status in LET_GO:
        raise JobClosed(
            f"Job {job.number} is {status_told(job.status)}.",
            kept=_CHANGED,
            to_do="Take it up again first.",
        )


def refuse_invoiced(job: Job) -> None:
    """Refuse a job on which an invoice stands. Errors: JobClosed."""
    if job.invoice:
        raise JobClosed(
            f"Invoice {job.invoice} stands on job {job.number}.",
            kept=_CHANGED,
            to_do="Take the invoice back with a credit note first.",
        )


def refuse_paid(job: Job) -> None:
    """Refuse a job for which money was paid. Errors: JobClosed."""
    if job.paid is not None and job.paid.minor:
        raise JobClosed(
            f"{money_text(job.paid)} was paid for job {job.number}.",
            kept=_CHANGED,
            to_do="Note the refund first.",
        )


def refuse_empty(job: Job) -> None:
    """Refuse a job without lines: it says nothing to agree to. Errors: ApprovalRefused."""
    if not job.lines:
        raise ApprovalRefused(
            f"Job {job.number} has no lines: there is nothing to approve.",
            kept=_CHANGED,
            to_do="Add what it costs first.",
        )


def ask_approval(job: Job, *, kept: str, act: str, estimate: str = "") -> None:
    """Ask where the job is not as the customer approved it. Errors: AboveApproval.

    `act` is what would be done, as in “issue it”; `estimate` is the number of the newest estimate
    that was issued: nobody says yes to that by saying nothing.
    """
    approval = approval_of(job)
    if withdrawn(job):
        why = f" ({job.approval_note})" if job.approval_note else ""
        raise ApprovalWithdrawn(
            f"The customer said no to job {job.number}{why}.",
            kept=kept,
            to_do=f"Ask the customer and note the approval, or {act} even so.",
        )
    if approval is not None and not approval.kept:
        raise AboveApproval(
            f"Job {job.number} is {money_text(approval.above)} above the "
            f"{money_text(approval.gross)} that {approval.by} approved.",
            kept=kept,
            to_do=f"Ask the customer and note the approval, or {act} even so.",
        )
    if approval is None and estimate:
        raise NotApproved(
            f"Estimate {estimate} of job {job.number} was issued, and nobody approved it.",
            kept=kept,
            to_do=f"Ask the customer and note the approval, or {act} even so.",
        )


def unapproved_words(job: Job) -> str:
    """Say of a job to be billed that no approval of it was noted; empty where one was."""
    if job.approved_at is not None:
        return ""
    return f"No approval of job {job.number} by the customer is noted."


def ask_before_issued(job: Job, letters: str, *, kept: str, estimate: str = "") -> None:
    """Ask where an invoice is not as approved, has lines at nothing, or words that cannot be read.

    `letters` says what cannot be printed, `estimate` as for `ask_approval`. Errors: AskedOfJob,
    which tells all of it at once.
    """
    free = [line for line in job.lines if not line.unit_price.minor]
    told = letters
    if free:
        names = ", ".join(f"“{line.words}”" for line in free[:_NAMED])
        more = f" and {len(free) - _NAMED} more" if len(free) > _NAMED else ""
        nothing = money_text(Money(0, job.currency))
        told = f"Job {job.number} bills {names}{more} at {nothing}. {letters}".rstrip()
    try:
        ask_approval(job, kept=kept, act="issue it", estimate=estimate)
    except AboveApproval as error:
        if told:
            raise type(error)(f"{error.happened} {told}", kept=kept, to_do=error.to_do) from None
        raise
    if free:
        raise NoPrice(told, kept=kept, to_do="Give each its price, or issue it even so.")
    ask_letters(letters, kept=kept)


def ask_letters(letters: str, *, kept: str) -> None:
    """Ask where words of a paper cannot be printed. Errors: NotPrintable."""
    if letters:
        raise NotPrintable(
            letters, kept=kept, to_do="Write it in Latin letters, or issue it even so."
        )


def ask_before_paid(before: Job, after: Job, *, even_so: bool, kept: str, act: str) -> None:
    """Ask where an act made a job paid for which no invoice asked. Errors: AboveApproval.

    Within the transaction of that act, which is undone then.
    """
    became = after.status is JobStatus.PAID and before.status is not JobStatus.PAID
    if became and not after.invoice and not even_so:
        ask_approval(after, kept=kept, act=act)
