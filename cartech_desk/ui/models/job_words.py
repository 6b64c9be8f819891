"""How a job, its lines, papers and payments are said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from cartech_desk.domain.jobs.job import (
    DocumentKind,
    IssuedDocument,
    Job,
    JobLine,
    JobRow,
    JobStatus,
    LineKind,
    Payment,
)
from cartech_desk.domain.jobs.settling import Balance
from cartech_desk.domain.jobs.totals import line_net
from cartech_desk.domain.money import Money, money_text
from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.models.vehicle_words import stamp
from cartech_desk.ui.models.work_states import JOBS, WorkState, state_words
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.words import local_time

BOARD: Final = (
    JobStatus.BOOKED,
    JobStatus.ARRIVED,
    JobStatus.IN_BAY,
    JobStatus.WAITING,
    JobStatus.DONE,
)
"""The columns of the board."""

KINDS: Final[Mapping[LineKind, str]] = {
    LineKind.LABOUR: "Labour",
    LineKind.PART: "Part",
    LineKind.OTHER: "Other",
}
PAPERS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.ESTIMATE: "Estimate",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "Credit note",
}
METHODS: Final = (
    ("card", "by card"),
    ("cash", "cash"),
    ("transfer", "by transfer"),
    ("other", "otherwise"),
)
RECORDS: Final[Mapping[str, tuple[str, str]]] = {
    "recording": ("Recording", "recordings"),
    "session": ("Dyno session", "dyno"),
    "run": ("Dyno run", "dyno"),
    "checkup": ("Check-up", "faults"),
    "alarm": ("Alarm", "alarms"),
}
"""The word of what the bay recorded, and the page that opens it."""


def quantity_words(quantity: Decimal, unit: str = "") -> str:
    """Return "1.5 h": a quantity without zeros that say nothing."""
    said = f"{quantity:f}"
    if "." in said:
        said = said.rstrip("0").rstrip(".")
    return f"{said} {unit}".strip()


def percent_words(basis_points: int) -> str:
    """Return "19 %" or "5.5 %"."""
    return f"{quantity_words(Decimal(basis_points) / 100)} %"


def due(row: JobRow) -> Money:
    """Return what of a job is not paid."""
    return row.gross - row.paid


def money_step(job: Job) -> str:
    """Return what a job that is done waits for, "Invoice…" or "Payment…"; empty for all others."""
    if job.status is not JobStatus.DONE or not job.lines:
        return ""
    return "Payment…" if job.invoice else "Invoice…"


def now_words(job: Job, balance: Balance) -> str:
    """Say how a job stands: “It is now done: 72.00 EUR, 30.00 EUR of it paid.”."""
    paid = f", {money_text(balance.paid)} of it paid" if balance.paid.minor else ""
    return f"It is now {JOBS[job.status].lamp.word}: {money_text(balance.billed)}{paid}."


def late(row: JobRow, now: datetime | None = None) -> bool:
    """Whether a job was promised for an earlier time and is not done."""
    done = row.status in (JobStatus.DONE, JobStatus.PAID, JobStatus.NO_SHOW, JobStatus.CANCELLED)
    return not done and row.promised is not None and row.promised < (now or datetime.now(UTC))


def refused(row: JobRow) -> bool:
    """Whether the customer said no to a job, and it was not billed all the same."""
    return row.said_no and not row.invoice


def approval_lamp(row: JobRow) -> tuple[Lit, str]:
    """Return lamp and word of what the customer agreed to."""
    if refused(row):
        return WorkState.SAID_NO, WorkState.SAID_NO.lamp.word
    if row.above_approval:
        return State.WARNING, "above what was approved"
    return (State.CONNECTED, "approved") if row.approved else (State.OFF, "not approved")


def _approval(row: JobRow) -> str:
    """Say in a cell what the customer agreed to; nothing where nobody was asked."""
    if refused(row):
        return "said no"
    if row.above_approval:
        return "above it"
    return "yes" if row.approved else ""


def _due_words(row: JobRow) -> str:
    left = due(row)
    if row.status in (JobStatus.NO_SHOW, JobStatus.CANCELLED) or not row.gross.minor:
        return DASH
    return money_text(left, with_currency=False) if left.minor else "paid"


JOB_COLUMNS: Final = (
    Column[JobRow]("number", "Job", lambda row: str(row.number), 52, right=True),
    Column[JobRow](
        "status",
        "Status",
        lambda row: state_words(row.status),
        142,
        lamp=lambda row: JOBS[row.status],
    ),
    Column[JobRow]("vehicle", "Vehicle", lambda row: row.vehicle, 138, grows=True),
    Column[JobRow]("plate", "Plate", lambda row: row.plate or DASH, 94),
    Column[JobRow]("title", "What", lambda row: row.title, 128, grows=True),
    Column[JobRow]("customer", "Customer", lambda row: row.customer or DASH, 108, grows=True),
    Column[JobRow]("opened", "Opened", lambda row: local_time(row.opened), 120),
    Column[JobRow](
        "promised",
        "Promised",
        lambda row: local_time(row.promised) if row.promised is not None else DASH,
        142,
        lamp=lambda row: State.WARNING if late(row) else None,
    ),
    Column[JobRow](
        "approval",
        "Approved",
        _approval,
        84,
        lamp=lambda row: approval_lamp(row)[0] if _approval(row) else None,
        tip=lambda row: approval_lamp(row)[1] if _approval(row) else "",
        sorts=False,
    ),
    Column[JobRow]("gross", "Total", lambda row: money_text(row.gross), 94, right=True),
    Column[JobRow]("due", "Due", _due_words, 70, right=True, sorts=False),
    Column[JobRow]("invoice", "Invoice", lambda row: row.invoice or DASH, 60),
)

LINE_COLUMNS: Final = (
    "Kind",
    "What",
    "Quantity",
    "Price",
    "Discount",
    "Tax",
    "Net",
    "Stock",
)


def worked_words(line: JobLine) -> str:
    """Return how much of a line there is: “1.5 h” by the hour, “1 h 30 min” of a service."""
    each = service_minutes(line)
    if each is None:
        unit = line.unit or ("h" if line.kind is LineKind.LABOUR else "")
        return quantity_words(line.quantity, unit)
    if line.quantity == 1:
        return length(each)
    return f"{quantity_words(line.quantity)} \N{MULTIPLICATION SIGN} {length(each)}"


def service_minutes(line: JobLine) -> int | None:
    """Return how long a line's service takes once; None for a line that is no service."""
    if line.kind is not LineKind.LABOUR or line.unit or not line.minutes or not line.quantity:
        return None
    return round(line.minutes / line.quantity)


def line_cells(line: JobLine) -> list[str | tuple[State, str]]:
    """Return what a line of a job shows."""
    return [
        KINDS[line.kind],
        line.words,
        worked_words(line),
        money_text(line.unit_price, with_currency=False),
        percent_words(line.discount_bp) if line.discount_bp else "",
        percent_words(line.tax_bp),
        money_text(line_net(line), with_currency=False),
        _stock(line),
    ]


def _stock(line: JobLine) -> str | tuple[State, str]:
    if line.kind is not LineKind.PART or not line.part_id:
        return ""
    if line.taken >= line.quantity:
        return State.CONNECTED, "taken"
    if line.taken:
        return State.WARNING, f"{quantity_words(line.taken)} taken"
    return State.WARNING, "not taken"


def paper_words(paper: IssuedDocument) -> list[str | tuple[State, str]]:
    """Return what a paper shows in the list of a job's papers."""
    return [
        PAPERS[paper.kind],
        paper.number,
        f"{paper.issued_day:%Y-%m-%d}",
        f"{paper.due_day:%Y-%m-%d}" if paper.due_day is not None else "",
        money_text(paper.gross),
        paper.by,
    ]


def payment_words(payment: Payment) -> list[str | tuple[State, str]]:
    """Return what a payment shows in the list of a job's payments."""
    back = payment.amount.minor < 0
    return [
        stamp(payment.at),
        (State.OFF, "paid back") if back else (State.CONNECTED, "paid"),
        money_text(payment.amount),
        dict(METHODS).get(payment.method, payment.method),
        payment.by,
        payment.note,
    ]
