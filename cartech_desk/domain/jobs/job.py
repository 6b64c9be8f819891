"""A job: what a car is here for, what was done to it, what it costs."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cartech_desk.domain.money import NOTHING, Money


class JobStatus(StrEnum):
    """Where a job stands. The spec's words and the shop's: told apart by more than colour."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    IN_BAY = "in_bay"
    WAITING = "waiting_for_parts"
    DONE = "done"
    PAID = "paid"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


OPEN = frozenset({JobStatus.ARRIVED, JobStatus.IN_BAY, JobStatus.WAITING})
"""The car is here: what the bay records of it now belongs to the job."""


class LineKind(StrEnum):
    """What a line of a job is."""

    LABOUR = "labour"
    PART = "part"
    OTHER = "other"
    """A fee, a sublet, a flat price."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One line: quantity times unit price less discount, rounded once, tax by its own rate.

    `quantity` has at most three decimals (hours, pieces, litres). `net` and `tax` are derived
    by `domain.jobs.totals`. A part's line takes stock: `part_id` names it.
    """

    id: str = ""
    place: int = 0
    kind: LineKind = LineKind.LABOUR
    words: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Money = NOTHING
    unit_cost: Money | None = None
    discount_bp: int = 0
    tax_bp: int = 0
    service_id: str = ""
    part_id: str = ""
    technician_id: str = ""
    minutes: int | None = None
    taken: Decimal = Decimal(0)
    """How much of a part is out of stock for this line now, looked up."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a job. `taxes` is one pair of rate (hundredths of a per cent) and tax each."""

    labour: Money
    parts: Money
    other: Money
    net: Money
    taxes: tuple[tuple[int, Money], ...]
    tax: Money
    gross: Money
    parts_cost: Money


@dataclass(frozen=True, slots=True)
class Job:
    """One job with its lines."""

    id: str = ""
    number: int = 0
    vehicle_id: str = ""
    vehicle: str = ""
    """In words, looked up."""
    plate: str = ""
    customer_id: str = ""
    customer: str = ""
    appointment_id: str = ""
    title: str = ""
    complaint: str = ""
    status: JobStatus = JobStatus.ARRIVED
    bay_id: str = ""
    technician_id: str = ""
    opened: datetime | None = None
    promised: datetime | None = None
    done: datetime | None = None
    odometer_km: int | None = None
    currency: str = "EUR"
    approved_by: str = ""
    approved_at: datetime | None = None
    approved_gross: Money | None = None
    """None with `approved_at`: the customer said no then."""
    approval_note: str = ""
    note: str = ""
    lines: tuple[JobLine, ...] = ()
    paid: Money | None = None
    """What was paid so far, looked up."""
    invoice: str = ""
    """Number of the invoice in force; empty before."""
    recognised_day: date | None = None
    """The day in the shop's zone on which it became done and paid in full, looked up."""
    version: int = 1
    deleted: datetime | None = None
    """When it was taken off every list; None for one that is on them."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in a list or on the board: without its lines."""

    id: str
    number: int
    title: str
    status: JobStatus
    vehicle_id: str
    vehicle: str
    plate: str
    customer_id: str
    customer: str
    bay_id: str
    technician_id: str
    opened: datetime
    promised: datetime | None
    done: datetime | None
    gross: Money
    paid: Money
    approved: bool
    above_approval: bool
    invoice: str
    version: int
    said_no: bool = False
    """The customer did not agree to it, and to nothing since."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a job's history."""

    status: JobStatus
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """Something that the bay recorded for a job: a recording, session, run, check-up or alarm."""

    kind: str
    """"recording", "session", "run", "checkup" or "alarm"."""
    ref: str
    at: datetime
    words: str = ""
    """What it is, as its own list says it; looked up."""


class DocumentKind(StrEnum):
    """A paper with a number of its own."""

    ESTIMATE = "estimate"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """An estimate, invoice or credit note as issued: never changed, its number never used again.

    `body` is the whole paper as it was: shop, customer, vehicle, lines, totals.
    """

    id: str
    kind: DocumentKind
    number: str
    job_id: str
    issued: datetime
    issued_day: date
    due_day: date | None
    net: Money
    tax: Money
    gross: Money
    body: dict[str, object]
    credits: str = ""
    """The id of the invoice that a credit note takes back."""
    by: str = ""


@dataclass(frozen=True, slots=True)
class LostPaper:
    """A paper that was issued and is no more, since an older copy of the desk was restored.

    `copy_made` is when that copy was made, `lost` when it was restored; the number stays taken.
    """

    paper: IssuedDocument
    copy_made: datetime
    lost: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came (or went back: negative)."""

    id: str
    job_id: str
    amount: Money
    method: str
    """"cash", "card", "transfer", "other"."""
    at: datetime
    by: str
    note: str = ""
    invoice_id: str = ""
