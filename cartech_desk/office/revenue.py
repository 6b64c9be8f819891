"""What was earned: by day, week, month, service, technician and bay."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from cartech_desk.domain.appointments.hours import DAY_MIN, day_of, instant_of, open_day, zone_of
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.bay_use import Span, common, minutes, span, union, without
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.revenue import (
    IN_TIME,
    MOST_DAYS,
    BayUse,
    EarnedJob,
    Grouping,
    RevenueReport,
    Slice,
    Sums,
    Unpaid,
    in_periods,
)
from cartech_desk.domain.shop_rules import Opening, ShopRules
from cartech_desk.store.revenue import Cut, Earned, Taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.store.store import Store

ENDINGS: Final = (".csv", ".xlsx")
"""What revenue is exported to."""
_PAGE: Final = 5000
_NAMED: Final = 5
_YEARS: Final = range(1990, 2200)


class StretchRefused(CarTechError):
    """A stretch of days is none, or too long."""

    code: ClassVar[str] = "stretch_refused"


class Revenue:
    """What was earned: by day, week, month, service, technician and bay.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Errors of all: NotSignedIn, RightMissing for who may not see it.
    """

    def __init__(self, store: "Store", rules: "Callable[[], ShopRules]") -> None:
        self._store = store
        self._rules = rules

    @property
    def today(self) -> date:
        """The day of now in the shop's zone."""
        return day_of(datetime.now(UTC), zone_of(self._rules().zone))

    def report(
        self, by: Actor, first: date, last: date, grouping: Grouping = Grouping.MONTH
    ) -> RevenueReport:
        """Return what was earned from `first` to `last`, both included. Errors: StretchRefused."""
        self._may_see(by)
        _check(first, last)
        rules, currency = self._rules(), self._store.people.currency()
        zone, now = zone_of(rules.zone), datetime.now(UTC)
        cut = Cut(first, last, currency, grouping)
        length = last - first + timedelta(days=1)
        earned = self._store.revenue.earned(
            cut,
            before=(first - length, first - timedelta(days=1)),
            since=instant_of(first, 0, zone),
            until=instant_of(last, DAY_MIN, zone),
            now=now,
            today=day_of(now, zone),
        )
        total = sum((sums for _, sums in earned.days), Sums.none(currency))
        services = _whole(earned.services, total)
        if grouping in IN_TIME:
            slices = in_periods(earned.days, first, last, grouping, currency)
        elif grouping is Grouping.SERVICE:
            slices = services
        else:
            slices = _whole(earned.slices, total)
        return RevenueReport(
            first,
            last,
            grouping,
            currency,
            total,
            slices,
            services,
            tuple(_bay_uses(earned, _open_spans(rules, first, last))),
            earned.still_open,
            day_of(now, zone),
            tuple(_warnings(earned, total.without_cost, services, slices)),
            earned.before,
            earned.owed_back,
        )

    def unpaid(self, by: Actor) -> tuple[Unpaid, ...]:
        """Return the jobs that are done or invoiced and not paid in full, what is due first."""
        self._may_see(by)
        return self._store.revenue.unpaid(self._store.people.currency())

    def jobs(
        self,
        by: Actor,
        first: date,
        last: date,
        search: str = "",
        *,
        grouping: Grouping | None = None,
        key: str = "",
        limit: int = 200,
        offset: int = 0,
        sort: str = "",
        descending: bool = False,
    ) -> tuple[tuple[EarnedJob, ...], int]:
        """Return what counted in a slice, or was taken back, a page of it, and how many there are.

        A slice of time is asked for by its own `first` and `last`. Errors: StretchRefused.
        """
        self._may_see(by)
        _check(first, last)
        if grouping in IN_TIME:
            grouping = None
        cut = Cut(first, last, self._store.people.currency(), grouping, key)
        return self._store.revenue.jobs(
            cut, search, limit=limit, offset=offset, sort=sort, descending=descending
        )

    def export(self, by: Actor, report: RevenueReport, path: Path, *, jobs: bool = False) -> Path:
        """Write a report to .csv or .xlsx; audited.

        A workbook holds the jobs too, a CSV file either the slices or, with `jobs`, those.
        Errors: ExportRefused, ExportFailed with nothing left half.
        """
        from cartech_desk.reports.whole_file import check_target, write_whole

        require(by, Act.EXPORT)
        self._may_see(by)
        path = Path(path)
        check_target(path, ENDINGS, "The revenue")
        shop = self._store.people.shop()
        if path.suffix.lower() == ".csv":
            from cartech_desk.reports.revenue_csv import csv_of, jobs_csv_of

            every = self._all_jobs(by, report)
            content = jobs_csv_of(report, every) if jobs else csv_of(report)
        else:
            from cartech_desk.reports.revenue_workbook import workbook_of

            name = shop.name if shop is not None else ""
            content = workbook_of(report, self._all_jobs(by, report), self.unpaid(by), name)
        entry = Entry(
            "revenue.export",
            Entity("revenue", "", f"{report.first} to {report.last}"),
            after={
                "file": str(path.absolute()),
                "by": report.grouping.value,
                "jobs": report.total.jobs,
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
        intent = self._store.audit.intent(by, entry)
        done = False
        try:
            write_whole(path, content)
            done = True
        finally:
            self._store.audit.result(intent, done=done, after={"bytes": len(content)})
        return path

    def _all_jobs(self, by: Actor, report: RevenueReport) -> Iterator[EarnedJob]:
        offset, total = 0, 1
        while offset < total:
            page, total = self.jobs(by, report.first, report.last, limit=_PAGE, offset=offset)
            yield from page
            offset += _PAGE

    def _may_see(self, by: Actor) -> None:
        require(by, Act.SEE_REVENUE)
        self._store.audit.admit(by)


def _check(first: date, last: date) -> None:
    if first > last:
        raise StretchRefused(
            f"{first} is after {last}.", to_do="Give the earlier day first, the later one last."
        )
    if first.year not in _YEARS or last.year not in _YEARS:
        raise StretchRefused(
            f"{first} to {last} is no stretch of this shop's.",
            to_do="Give days between 1990 and 2199.",
        )
    if (last - first).days >= MOST_DAYS:
        raise StretchRefused(
            "More than ten years are too many at once.", to_do="Choose a shorter stretch."
        )


def _whole(slices: Sequence[Slice], total: Sums) -> tuple[Slice, ...]:
    """Return slices whose sums are the total's, whatever lines do not tell of it.

    Each entry has its shares; were those of one changed by hand in the file, what they do not tell
    stands as a slice of its own and is no money that vanished.
    """
    told = sum((one.sums for one in slices), Sums.none(total.net.currency))
    rest = Sums(
        0,
        total.net - told.net,
        total.labour - told.labour,
        total.parts - told.parts,
        total.other - told.other,
        total.parts_cost - told.parts_cost,
        total.tax - told.tax,
        total.without_cost - told.without_cost,
    )
    if rest == Sums.none(total.net.currency):
        return tuple(slices)
    return (*slices, Slice("?", "Not in any line", rest))


def _open_spans(rules: "ShopRules", first: date, last: date) -> tuple[Span, ...]:
    """Return when the shop is open in a stretch of days."""
    return _opened(rules.zone, rules.hours, rules.holidays_of, rules.closed, (first, last))


@lru_cache(maxsize=8)  # who looks at a year cuts it by one thing after the other
def _opened(
    zone: str,
    hours: tuple[Opening, ...],
    holidays: str,
    closed: tuple[date, ...],
    ends: tuple[date, date],
) -> tuple[Span, ...]:
    from cartech_desk.office.holidays_of import holidays_of

    rules = ShopRules(zone=zone, hours=hours, holidays_of=holidays, closed=closed)
    found: list[Span] = []
    first, last = ends
    day, year, named = first, 0, dict[date, str]()
    while day <= last:
        if rules.holidays_of and day.year != year:
            year, named = day.year, holidays_of(rules.holidays_of, day.year)
        found += [span(one.starts, one.ends) for one in open_day(rules, day, named).open]
        day += timedelta(days=1)
    return tuple(union(found))


def _bay_uses(earned: Earned, open_spans: Sequence[Span]) -> Iterator[BayUse]:
    for bay_id, name in earned.bays:
        off = [one for key, one in earned.time_off if key in ("", bay_id)]
        could = without(open_spans, off) if off else open_spans
        taken = earned.taken.get(bay_id, Taken())
        as_told = common(taken.foreseen, taken.stood) if taken.foreseen else []
        booked = union([*taken.booked, *as_told])
        within = common(booked, could)
        stood = common(taken.stood, could) if taken.stood else []
        both = union([*within, *stood]) if stood else within
        yield BayUse(
            bay_id,
            name,
            minutes(could),
            minutes(within),
            minutes(both) - minutes(within),
            minutes(booked) - minutes(within),
        )


def _warnings(
    earned: Earned, without_cost: Money, services: Sequence[Slice], slices: Sequence[Slice]
) -> Iterator[str]:
    for currency, jobs in earned.elsewhere:
        yield (
            f"{jobs} {'job' if jobs == 1 else 'jobs'} in {currency} "
            f"{'is' if jobs == 1 else 'are'} not in these sums: the shop's currency is another."
        )
    jobs, net = earned.taken_back
    if jobs:
        yield (
            f"{_jobs_were(jobs)} taken back in these days, for {money_text(net)}. That is off "
            "these sums, and stays in those of the day on which it was earned."
        )
    if earned.owed_back:
        over = sum((one.over for one in earned.owed_back), Money(0, without_cost.currency))
        first = ", ".join(str(one.number) for one in earned.owed_back[:_NAMED])
        more = ", …" if len(earned.owed_back) > _NAMED else ""
        yield (
            f"{money_text(over)} was paid and is to be given back or invoiced anew (job {first}"
            f"{more})."
        )
    if without_cost.minor:
        yield (
            f"Of parts for {money_text(without_cost)} nobody noted what they cost: the margin "
            "leaves them out."
        )
    if any(one.key == "?" for one in (*services, *slices)):
        yield "Lines and sums of some jobs do not agree; the sums of the jobs count."


def _jobs_were(jobs: int) -> str:
    return "1 job was" if jobs == 1 else f"{jobs} jobs were"
