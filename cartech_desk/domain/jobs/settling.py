"""What is owed for a job, and when its revenue is recognised."""

from dataclasses import dataclass
from datetime import datetime

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, JobStatus, Payment
from cartech_desk.domain.money import Money, money_text, total


@dataclass(frozen=True, slots=True)
class Balance:
    """What a job comes to and what was paid of it.

    `billed` is the gross of the invoice in force, and that of the job's lines while there is none.
    `due` is negative where more was paid than it comes to now.
    """

    billed: Money
    paid: Money
    invoice: str = ""
    """The number of the invoice in force; empty for none."""
    taken_back: bool = False
    """An invoice was credited and no other one written since."""

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        return self.billed - self.paid

    @property
    def settled(self) -> bool:
        """Whether it is paid in full: nothing is due, and there was something to pay."""
        asked = bool(self.invoice) or (self.billed.minor > 0 and not self.taken_back)
        return asked and self.due.minor <= 0


def noted_words(amount: Money, balance: Balance) -> str:
    """Say what came, or below zero went back, and what is open with it: `balance` holds it."""
    if amount.minor < 0:
        said, due = f"{money_text(-amount)} paid back", "due now"
    else:
        said, due = f"{money_text(amount)} paid", "still due"
    if balance.due.minor > 0:
        return f"{said}, {money_text(balance.due)} {due}."
    if balance.due.minor < 0:
        return f"{said}, {money_text(-balance.due)} too much, to be paid back."
    return f"{said}, nothing is due any more."


def nothing_due_words(job: str, balance: Balance) -> str:
    """Say why nothing is due for a job, which `job` names at the beginning of a sentence."""
    if balance.due.minor < 0:
        return f"{job} is paid in full, and {money_text(-balance.due)} too much."
    if balance.paid.minor:
        return f"{job} is paid in full: {money_text(balance.paid)}."
    return f"{job} comes to nothing so far: nothing is due."


def in_force(papers: tuple[IssuedDocument, ...]) -> IssuedDocument | None:
    """Return the invoice that no credit note takes back; the newest, None for none."""
    credited = {paper.credits for paper in papers if paper.kind is DocumentKind.CREDIT_NOTE}
    invoices = [
        paper for paper in papers if paper.kind is DocumentKind.INVOICE and paper.id not in credited
    ]
    return max(invoices, key=lambda paper: (paper.issued, paper.id), default=None)


def last_estimate(papers: tuple[IssuedDocument, ...]) -> str:
    """Return the number of the newest estimate; empty for none."""
    estimates = [paper for paper in papers if paper.kind is DocumentKind.ESTIMATE]
    newest = max(estimates, key=lambda paper: (paper.issued, paper.id), default=None)
    return "" if newest is None else newest.number


def balance_of(
    gross: Money, papers: tuple[IssuedDocument, ...], payments: tuple[Payment, ...]
) -> Balance:
    """Return a job's balance from the gross of its lines, its papers and its payments."""
    invoice = in_force(papers)
    return Balance(
        billed=gross if invoice is None else invoice.gross,
        paid=total((each.amount for each in payments), gross.currency),
        invoice="" if invoice is None else invoice.number,
        taken_back=invoice is None and any(p.kind is DocumentKind.INVOICE for p in papers),
    )


def counts(status: JobStatus, balance: Balance, *, counted: bool) -> bool:
    """Tell whether a job counts as revenue: once it is done and paid in full.

    It goes on to count (`counted`) while the invoice stands, also where money went back beside it:
    what was earned is taken back by a credit note. Without an invoice, money that went back takes
    it back.
    """
    if status not in (JobStatus.DONE, JobStatus.PAID):
        return False
    return balance.settled or (counted and bool(balance.invoice))


def counts_since(
    now: datetime,
    done: datetime | None,
    papers: tuple[IssuedDocument, ...],
    payments: tuple[Payment, ...],
    paid_at: datetime | None = None,
) -> datetime:
    """Return since when a job counts that is done and paid in full by an act of `now`.

    By a payment it counts since that came (`paid_at`), which may be noted later; yet not before
    the job was done, all other money came, and a new invoice took the place of one taken back.
    Whatever else made it so did that now, and not in a month that is over.
    """
    times = [each.at for each in payments]
    if done is not None:
        times.append(done)
    invoice = in_force(papers)
    if invoice is not None and any(p.kind is DocumentKind.CREDIT_NOTE for p in papers):
        times.append(invoice.issued)
    return max([now if paid_at is None else paid_at, *times])
