"""What was earned, as its entries say: sums, the jobs behind them, bays, what is still open."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from cartech_desk.domain.bay_use import Span
from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue import (
    EarnedJob,
    Grouping,
    OwedBack,
    Slice,
    StillOpen,
    Sums,
    Unpaid,
)
from cartech_desk.store import revenue_bays, revenue_open, revenue_sums
from cartech_desk.store.revenue_bays import Taken
from cartech_desk.store.revenue_jobs import earned_jobs
from cartech_desk.store.revenue_sums import Cut

if TYPE_CHECKING:
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

__all__ = ["Cut", "Earned", "RevenueStore", "Taken"]


@dataclass(frozen=True, slots=True)
class Earned:
    """What the tables say of a stretch in one picture, and in another what is open now."""

    days: tuple[tuple[date, Sums], ...]
    services: tuple[Slice, ...]
    slices: tuple[Slice, ...]
    """Those of a grouping by technician or bay; empty for others."""
    before: Sums | None
    """None: the records of the shop do not go back as far."""
    still_open: StillOpen
    bays: tuple[tuple[str, str], ...]
    taken: Mapping[str, Taken]
    """By bay."""
    time_off: tuple[tuple[str, Span], ...]
    """Of a bay, or ("") of the whole shop."""
    elsewhere: tuple[tuple[str, int], ...]
    """Other currencies, each with how many jobs of the stretch are in it."""
    taken_back: tuple[int, Money]
    """How many jobs were taken back in the stretch, and their net."""
    owed_back: tuple[OwedBack, ...]


class RevenueStore:
    """What was earned: sums over entries, and what is still open.

    Thread-safe; made lazily by `Store.revenue`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def earned(
        self,
        cut: Cut,
        *,
        before: tuple[date, date],
        since: datetime,
        until: datetime,
        now: datetime,
        today: date,
    ) -> Earned:
        """Return all that a report needs: what was earned, and beside it what is open now.

        `before` is the stretch to compare with; bays are looked at from `since` to `until`; `today`
        is the day of `now` in the shop's zone.
        """
        with (
            ThreadPoolExecutor(1, "revenue-open") as beside,
            self._database.read() as connection,
        ):
            # Either takes about as long, and neither is of the other's days.
            still_open = beside.submit(self._open, cut.currency, today)
            found = partial(
                Earned,
                days=revenue_sums.days(connection, cut),
                services=revenue_sums.by_share(connection, cut, Grouping.SERVICE),
                slices=revenue_sums.slices_of(connection, cut),
                before=revenue_sums.sums_before(connection, before, cut.currency),
                bays=revenue_bays.bays_of(connection),
                taken=revenue_bays.taken(connection, since, until, now),
                time_off=revenue_bays.time_off(connection, since, until),
                elsewhere=revenue_sums.elsewhere(connection, cut),
                taken_back=revenue_sums.taken_back(connection, cut),
            )
            now_open, owed_back = still_open.result()
            return found(still_open=now_open, owed_back=owed_back)

    def _open(self, currency: str, today: date) -> tuple[StillOpen, tuple[OwedBack, ...]]:
        with self._database.read() as connection:
            return (
                revenue_open.still_open_of(connection, currency, today),
                revenue_open.owed_back_of(connection, currency),
            )

    def unpaid(self, currency: str) -> tuple[Unpaid, ...]:
        """Return the jobs that are done or invoiced and not paid in full, what is due first."""
        with self._database.read() as connection:
            return revenue_open.unpaid_of(connection, currency)

    def jobs(
        self,
        cut: Cut,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "",
        descending: bool = False,
    ) -> tuple[tuple[EarnedJob, ...], int]:
        """Return the entries behind a slice, a page of them, and how many there are.

        `sort` is one of number, day, title, customer, vehicle, net, part, margin; else the newest
        stand first. Each word of `search` is found in number, title, customer or vehicle.
        """
        with self._database.read() as connection:
            return earned_jobs(
                connection, cut, search, (limit, offset), sort, descending=descending
            )
