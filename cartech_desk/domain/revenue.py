"""What a shop earned: sums over entries, and how they are cut into slices.

A job counts when it is done and paid in full, on the day on which it came to be both. What is taken
back later counts below zero on the day of that: days that are over stay as they were. Sums are net
of tax; what was cancelled or never came is not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cartech_desk.domain.money import Money


class Grouping(StrEnum):
    """What revenue is cut by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SERVICE = "service"
    TECHNICIAN = "technician"
    BAY = "bay"


IN_TIME: Final = (Grouping.DAY, Grouping.WEEK, Grouping.MONTH)
"""Those whose slices follow each other in time."""
BY_LINE: Final = (Grouping.SERVICE, Grouping.TECHNICIAN)
"""Those that part the lines of one job: its slices hold parts of tickets."""

PARTS_SOLD: Final = "parts"
OTHER_WORK: Final = "labour"
OTHER_LINES: Final = "other"
UNNAMED: Final = ""
"""Key of the slice of a technician or bay that nobody named."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of some jobs, or of some of their lines; all of one currency, net but for `gross`.

    `jobs` is how many counted less how many were taken back, which may be more.
    """

    jobs: int
    net: Money
    labour: Money
    parts: Money
    other: Money
    parts_cost: Money
    tax: Money
    without_cost: Money
    """What of `parts` nobody noted the cost of: the margin leaves it out."""

    @classmethod
    def none(cls, currency: str) -> "Sums":
        """Return the sums of no job."""
        nothing = Money(0, currency)
        return cls(0, *(nothing,) * 7)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.jobs + other.jobs,
            self.net + other.net,
            self.labour + other.labour,
            self.parts + other.parts,
            self.other + other.other,
            self.parts_cost + other.parts_cost,
            self.tax + other.tax,
            self.without_cost + other.without_cost,
        )

    @property
    def gross(self) -> Money:
        """With tax."""
        return self.net + self.tax

    @property
    def margin(self) -> Money:
        """What parts brought above what they cost, as far as that is known."""
        return self.parts - self.without_cost - self.parts_cost

    @property
    def margin_pct(self) -> float | None:
        """Margin of parts over their price in per cent; None where none of known cost was sold."""
        known = (self.parts - self.without_cost).minor
        return 100.0 * self.margin.minor / known if known else None

    @property
    def average(self) -> Money | None:
        """The average ticket, net, rounded half up; None without a job."""
        if self.jobs <= 0:
            return None
        doubled = 2 * abs(self.net.minor) + self.jobs
        whole = doubled // (2 * self.jobs)
        return Money(whole if self.net.minor >= 0 else -whole, self.net.currency)


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice: `key` is a day, week (2026-W07), month (2026-02), or an id; `label` its words."""

    key: str
    label: str
    sums: Sums
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class BayUse:
    """How much of its open hours, less time off, a bay was taken, in whole minutes.

    `booked_min` comes from the calendar, for cars that stood in a bay as far as they stood in this
    one; `worked_min` is when cars stood in it beyond what was booked for it. Both are what lies in
    those hours; `outside_min` is booked outside of them.
    """

    bay_id: str
    bay: str
    open_min: int
    booked_min: int
    worked_min: int = 0
    outside_min: int = 0

    @property
    def pct(self) -> float | None:
        """Taken over open hours in per cent."""
        if self.open_min <= 0:
            return None
        return 100.0 * (self.booked_min + self.worked_min) / self.open_min


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A job that is done or invoiced, and not paid in full."""

    job_id: str
    number: int
    title: str
    customer: str
    vehicle: str
    invoice: str
    """Empty: not invoiced yet."""
    issued: date | None
    due: date | None
    gross: Money
    paid: Money

    @property
    def open(self) -> Money:
        """What is still to come."""
        return self.gross - self.paid

    def overdue_days(self, today: date) -> int:
        """Return for how many days it has been overdue; 0 where it is not."""
        return 0 if self.due is None else max(0, (today - self.due).days)


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What is still to come of all jobs that are done or invoiced, of now."""

    jobs: int
    outstanding: Money
    """What is invoiced and not paid."""
    overdue: Money
    """What of it is past its day."""
    not_invoiced: Money
    """What is done and waits for its invoice."""


@dataclass(frozen=True, slots=True)
class OwedBack:
    """A job for which more was paid than it comes to now, or whose invoice was taken back."""

    job_id: str
    number: int
    title: str
    customer: str
    vehicle: str
    over: Money
    """What is to be given back, or to be invoiced anew."""


@dataclass(frozen=True, slots=True)
class EarnedJob:
    """A job that counted in the drill-down, or (below zero) was taken back.

    `part` is what of its net belongs to the slice.
    """

    job_id: str
    number: int
    day: date
    title: str
    customer: str
    vehicle: str
    net: Money
    part: Money
    gross: Money
    parts_margin: Money


@dataclass(frozen=True, slots=True)
class RevenueReport:
    """What was earned from `first` to `last`, both included, cut by `grouping`.

    `warnings` are sentences about what is not in the sums, or cannot be known.
    """

    first: date
    last: date
    grouping: Grouping
    currency: str
    total: Sums
    slices: tuple[Slice, ...]
    services: tuple[Slice, ...]
    """By service, whatever the grouping."""
    bays: tuple[BayUse, ...]
    still_open: StillOpen
    """Of now, whatever the stretch."""
    today: date
    warnings: tuple[str, ...] = field(default=())
    before: Sums | None = None
    """The stretch of the same length just before it."""
    owing: tuple[OwedBack, ...] = ()
    """What the shop holds of now that is to go back."""

    @property
    def owed_back(self) -> Money:
        """What was paid and is to be given back, or to be invoiced anew."""
        return Money(sum(one.over.minor for one in self.owing), self.currency)

    @property
    def utilisation_pct(self) -> float | None:
        """How much of their open hours all bays were taken; None without a bay or open hours."""
        whole = BayUse(
            "",
            "",
            sum(one.open_min for one in self.bays),
            sum(one.booked_min for one in self.bays),
            sum(one.worked_min for one in self.bays),
        )
        return whole.pct


MOST_DAYS: Final = 3700
"""A report over more than ten years is a slip of the keyboard."""


def period_of(day: date, grouping: Grouping) -> str:
    """Return the key of the day, week or month that a day is in."""
    if grouping is Grouping.MONTH:
        return f"{day:%Y-%m}"
    if grouping is Grouping.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()


def period_ends(key: str, grouping: Grouping) -> tuple[date, date]:
    """Return the first and the last day of a period. Errors: ValueError."""
    if grouping is Grouping.MONTH:
        first = date.fromisoformat(f"{key}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if grouping is Grouping.WEEK:
        year, _, week = key.partition("-W")
        first = date.fromisocalendar(int(year), int(week), 1)
        return first, first + timedelta(days=6)
    first = date.fromisoformat(key)
    return first, first


def in_periods(
    days: Sequence[tuple[date, Sums]], first: date, last: date, grouping: Grouping, currency: str
) -> tuple[Slice, ...]:
    """Return a slice for each period of the stretch, empty ones too; ends are cut to it."""
    found: dict[str, Sums] = {}
    day = first
    while day <= last:
        key = period_of(day, grouping)
        found.setdefault(key, Sums.none(currency))
        day = min(period_ends(key, grouping)[1], last) + timedelta(days=1)
    for day, sums in days:
        key = period_of(day, grouping)
        found[key] = found[key] + sums
    slices = []
    for key, sums in found.items():
        begins, ends = period_ends(key, grouping)
        slices.append(
            Slice(key, _period_words(key, grouping), sums, max(begins, first), min(ends, last))
        )
    return tuple(slices)


def _period_words(key: str, grouping: Grouping) -> str:
    first, _ = period_ends(key, grouping)
    if grouping is Grouping.MONTH:
        return f"{_MONTHS[first.month - 1]} {first.year}"
    if grouping is Grouping.WEEK:
        return f"Week {int(key[-2:])}, {key[:4]}"
    return f"{_DAYS[first.weekday()]} {first.isoformat()}"


_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better
_DAYS: Final = "Mon Tue Wed Thu Fri Sat Sun".split()  # noqa: SIM905 - reads better


@dataclass(frozen=True, slots=True)
class StretchOfDays:
    """A stretch that people choose by its name."""

    key: str
    words: str
    first: date
    last: date


def stretches(today: date) -> tuple[StretchOfDays, ...]:
    """Return the stretches that are offered: this week to last year."""
    month = today.replace(day=1)
    last_month = month - timedelta(days=1)
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    monday = today - timedelta(days=today.weekday())
    return (
        StretchOfDays("week", "This week", monday, monday + timedelta(days=6)),
        StretchOfDays("month", "This month", month, _month_end(month)),
        StretchOfDays("last_month", "Last month", last_month.replace(day=1), last_month),
        StretchOfDays(
            "quarter", "This quarter", quarter, _month_end(quarter.replace(month=quarter.month + 2))
        ),
        StretchOfDays("year", "This year", date(today.year, 1, 1), date(today.year, 12, 31)),
        StretchOfDays("months", "Last 12 months", _year_before(month), last_month),
        StretchOfDays(
            "last_year", "Last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        ),
    )


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _year_before(first_of_month: date) -> date:
    return first_of_month.replace(year=first_of_month.year - 1)
