"""Revenue in words: the figures above, the columns of slices, jobs and what is unpaid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cartech_desk.domain.bay_use import taken_words
from cartech_desk.domain.money import Money, half_up, money_text
from cartech_desk.domain.revenue import (
    BY_LINE,
    IN_TIME,
    EarnedJob,
    Grouping,
    RevenueReport,
    Slice,
    Sums,
    Unpaid,
)
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.models.work_states import WorkState
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.words import counted

GROUPINGS: Final = {
    Grouping.DAY: "by day",
    Grouping.WEEK: "by week",
    Grouping.MONTH: "by month",
    Grouping.SERVICE: "by service",
    Grouping.TECHNICIAN: "by technician",
    Grouping.BAY: "by bay",
}
_MANY_TIMES: Final = 10
"""From here on a share in per cent says less than how many times it is."""
DASH: Final = "\u2013"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure above: `word`, `value`, a line below it, and whether that one warns."""

    word: str
    value: str
    below: str = ""
    warns: bool = False


def figures(report: RevenueReport) -> tuple[Figure, ...]:
    """Return the figures of a report in their order."""
    total = report.total
    overdue = report.still_open.overdue
    use = report.utilisation_pct
    return (
        Figure("Revenue, net", short(total.net), _change(report)),
        Figure("Jobs", f"{total.jobs:,}", "done and paid"),
        Figure("Average ticket", DASH if total.average is None else short(total.average), "net"),
        Figure(
            "Parts margin",
            short(total.margin),
            _margin_of(total),
            warns=bool(total.without_cost.minor),
        ),
        Figure(
            "Bays taken",
            DASH if use is None else taken_words(use),
            "of open hours" if report.bays else "no bay is set up",
        ),
        Figure(
            "Outstanding",
            short(report.still_open.outstanding),
            f"{short(overdue)} overdue"
            if overdue.minor
            else f"{short(report.still_open.not_invoiced)} not invoiced"
            if report.still_open.not_invoiced.minor
            else "nothing overdue",
            warns=bool(overdue.minor),
        ),
    )


def _margin_of(total: Sums) -> str:
    """Say of what the margin is one, and what it leaves out."""
    share = total.margin_pct
    known = "" if share is None else f"{share:.0f} % of {short(total.parts - total.without_cost)}"
    if not total.without_cost.minor:
        return known
    return ", ".join(filter(None, (known, f"{short(total.without_cost)} of unknown cost")))


def short(money: Money) -> str:
    """Return a sum as the figures have it: whole units from a thousand on."""
    if abs(money.major) >= 1000:
        return f"{half_up(money.major):,} {money.currency}"
    return money_text(money)


def _change(report: RevenueReport) -> str:
    before, length = report.before, counted((report.last - report.first).days + 1, "day")
    if before is None:
        return "nothing to compare with"
    if before.net.minor <= 0:
        return "nothing earned before"
    ratio = report.total.net.minor / before.net.minor
    if ratio >= _MANY_TIMES:
        return f"{ratio:,.0f} \u00d7 the {length} before"
    return f"{100 * (ratio - 1):+.0f} % on {length} before".replace("-", "\u2212")


def plain(money: Money) -> str:
    """Return a sum without its currency, as columns have it."""
    return money_text(money, with_currency=False)


def slice_columns(report: RevenueReport) -> tuple[Column[Slice], ...]:
    """Return the columns of the slices of a report."""
    code = report.currency
    found = [
        Column[Slice]("label", report.grouping.value.capitalize(), lambda one: one.label,
                      140 if report.grouping in IN_TIME else 210,
                      order=lambda one: one.key),
        Column[Slice]("net", f"Revenue [{code}]", lambda one: plain(one.sums.net), 106, right=True,
                      order=lambda one: one.sums.net.minor),
        Column[Slice]("jobs", "Jobs", lambda one: f"{one.sums.jobs:,}", 50, right=True,
                      order=lambda one: one.sums.jobs),
        Column[Slice]("labour", "Labour", lambda one: plain(one.sums.labour), 86, right=True,
                      order=lambda one: one.sums.labour.minor),
        Column[Slice]("parts", "Parts", lambda one: plain(one.sums.parts), 86, right=True,
                      order=lambda one: one.sums.parts.minor),
        Column[Slice]("margin", "Margin", lambda one: plain(one.sums.margin), 80, right=True,
                      order=lambda one: one.sums.margin.minor),
    ]  # fmt: skip
    if report.grouping not in BY_LINE:
        found.append(
            Column[Slice]("average", "Average", _average, 80, right=True,
                          order=lambda one: one.sums.average or Money(0, one.sums.net.currency))
        )  # fmt: skip
    # All grow alike: a figure that moved away from its name alone would be read in another row.
    return tuple(replace(one, grows=True) for one in found)


def _average(one: Slice) -> str:
    return DASH if one.sums.average is None else plain(one.sums.average)


JOB_COLUMNS: Final[tuple[Column[EarnedJob], ...]] = (
    Column("day", "Day", lambda one: one.day.isoformat(), 88),
    Column("number", "Job", lambda one: str(one.number), 56, right=True),
    Column("part", "Revenue", lambda one: plain(one.part), 80, right=True),
    Column("margin", "Margin", lambda one: plain(one.parts_margin), 72, right=True),
    Column("title", "Title", lambda one: one.title, 168, grows=True),
    Column("customer", "Customer", lambda one: one.customer, 124, grows=True),
    Column("vehicle", "Vehicle", lambda one: one.vehicle, 130, grows=True),
)


def unpaid_columns(today: date) -> tuple[Column[Unpaid], ...]:
    """Return the columns of what is not paid."""

    def state(one: Unpaid) -> Lit:
        if not one.invoice:
            return State.OFF
        return State.WARNING if one.overdue_days(today) else WorkState.UNPAID

    def word(one: Unpaid) -> str:
        if not one.invoice:
            return "not invoiced"
        late = one.overdue_days(today)
        return f"{counted(late, 'day')} overdue" if late else f"due {one.due}" if one.due else "due"

    return (
        Column("state", "State", word, 136, lamp=state, order=lambda one: -one.overdue_days(today)),
        Column("number", "Job", lambda one: str(one.number), 64, right=True,
               order=lambda one: one.number),
        Column("open", "Open", lambda one: plain(one.open), 76, right=True,
               order=lambda one: one.open.minor),
        Column("gross", "Of", lambda one: plain(one.gross), 76, right=True,
               order=lambda one: one.gross.minor),
        Column("customer", "Customer", lambda one: one.customer, 132, grows=True),
        Column("invoice", "Invoice", lambda one: one.invoice or DASH, 72),
        Column("vehicle", "Vehicle", lambda one: one.vehicle, 130, grows=True),
    )  # fmt: skip


def slice_words(report: RevenueReport, chosen: Slice | None) -> str:
    """Say whose jobs are listed."""
    if chosen is None:
        return f"All jobs from {report.first} to {report.last}"
    return f"{chosen.label}: {money_text(chosen.sums.net)} of {counted(chosen.sums.jobs, 'job')}"


def empty_words(slices: Sequence[Slice]) -> str:
    """Say why no bar stands there; empty where one does."""
    if any(one.sums.net.minor for one in slices):
        return ""
    return "Nothing was earned in these days. A job counts on the day it is done and paid in full."
