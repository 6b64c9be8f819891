"""Sums over the entries of what was earned, as SQL with an index on the day of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue import (
    OTHER_LINES,
    OTHER_WORK,
    PARTS_SOLD,
    Grouping,
    Slice,
    Sums,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNTED: Final = "e.day BETWEEN ? AND ? AND e.currency = ?"
"""Which entries `e` are of a cut (`ends_of`)."""
SHARE_KEY: Final[Mapping[Grouping | None, str]] = MappingProxyType(
    {Grouping.SERVICE: "s.service", Grouping.TECHNICIAN: "s.technician_id"}
)
"""What the shares `s` of entries are parted by."""
_SUMS: Final = (
    "sum({0}.net), sum({0}.labour_net), sum({0}.parts_net), sum({0}.other_net), "
    "sum({0}.parts_cost), sum({0}.tax), sum({0}.without_cost)"
)
_ENTRY_SUMS: Final = f"sum(e.sign), {_SUMS.format('e')}"
# Several technicians may have a share in one service of one entry.
_SHARE_SUMS: Final = (
    "count(DISTINCT e.number) - 2 * count(DISTINCT iif(e.sign < 0, e.number, NULL)), "
    f"{_SUMS.format('s')}"
)
_NO_SERVICE: Final = MappingProxyType(
    {
        PARTS_SOLD: "Parts",
        OTHER_WORK: "Labour without a service",
        OTHER_LINES: "Fees and other",
    }
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which entries: a stretch of days, and a slice of a grouping (None for all)."""

    first: date
    last: date
    currency: str
    grouping: Grouping | None = None
    key: str = ""


def ends_of(cut: Cut) -> tuple[str, str, str]:
    """Return what `COUNTED` asks for."""
    return (cut.first.isoformat(), cut.last.isoformat(), cut.currency)


def days(connection: "Connection", cut: Cut) -> tuple[tuple[date, Sums], ...]:
    """Return the sums of each day that has any."""
    rows = connection.exec_driver_sql(
        f"SELECT e.day, {_ENTRY_SUMS} FROM revenue_entry e "  # noqa: S608 - words of ours
        f"WHERE {COUNTED} GROUP BY e.day ORDER BY e.day",
        ends_of(cut),
    ).fetchall()
    return tuple((date.fromisoformat(day), _sums(sums, cut.currency)) for day, *sums in rows)


def sums_of(connection: "Connection", ends: tuple[date, date], currency: str) -> Sums:
    """Return the sums of a stretch of days."""
    row = connection.exec_driver_sql(
        f"SELECT {_ENTRY_SUMS} FROM revenue_entry e WHERE {COUNTED}",  # noqa: S608 - words of ours
        (ends[0].isoformat(), ends[1].isoformat(), currency),
    ).one()
    return _sums(row, currency)


def sums_before(connection: "Connection", ends: tuple[date, date], currency: str) -> Sums | None:
    """Return the sums of a stretch to compare with; None where the records begin within it."""
    began = connection.exec_driver_sql(
        "SELECT (SELECT min(day) FROM revenue_entry), (SELECT min(opened) FROM job)"
    ).one()
    days = [str(day)[:10] for day in began if day is not None]
    if not days or min(days) > ends[0].isoformat():
        return None
    return sums_of(connection, ends, currency)


def taken_back(connection: "Connection", cut: Cut) -> tuple[int, Money]:
    """Return how many jobs were taken back in a stretch, and their net."""
    jobs, net = connection.exec_driver_sql(
        "SELECT count(*), coalesce(-sum(e.net), 0) FROM revenue_entry e "  # noqa: S608 - ours
        f"WHERE {COUNTED} AND e.sign < 0",
        ends_of(cut),
    ).one()
    return int(jobs), Money(int(net), cut.currency)


def slices_of(connection: "Connection", cut: Cut) -> tuple[Slice, ...]:
    """Return the slices of a grouping by technician or bay; none of others."""
    if cut.grouping is Grouping.TECHNICIAN:
        return by_share(connection, cut, Grouping.TECHNICIAN)
    if cut.grouping is not Grouping.BAY:
        return ()
    rows = connection.exec_driver_sql(
        f"SELECT e.bay_id, {_ENTRY_SUMS} FROM revenue_entry e "  # noqa: S608 - words of ours
        f"WHERE {COUNTED} GROUP BY e.bay_id ORDER BY sum(e.net) DESC",
        ends_of(cut),
    ).fetchall()
    names = _names(connection)
    return tuple(
        Slice(key, names.get(key, key) if key else "No bay named", _sums(sums, cut.currency))
        for key, *sums in rows
    )


def by_share(connection: "Connection", cut: Cut, grouping: Grouping) -> tuple[Slice, ...]:
    """Return slices by service or technician."""
    rows = connection.exec_driver_sql(
        f"SELECT {SHARE_KEY[grouping]} AS key, {_SHARE_SUMS} "  # noqa: S608 - ours
        "FROM revenue_entry e CROSS JOIN revenue_share s ON s.entry = e.number "
        f"WHERE {COUNTED} GROUP BY key ORDER BY sum(s.net) DESC",
        ends_of(cut),
    ).fetchall()
    if grouping is Grouping.SERVICE:
        named = connection.exec_driver_sql("SELECT id, name FROM service").fetchall()
        names = dict(_NO_SERVICE) | {str(key): str(name) for key, name in named}
        nobody = ""
    else:
        names, nobody = _names(connection), "Nobody named"
    return tuple(
        Slice(key, names.get(key, key) if key else nobody, _sums(sums, cut.currency))
        for key, *sums in rows
    )


def elsewhere(connection: "Connection", cut: Cut) -> tuple[tuple[str, int], ...]:
    """Return other currencies, each with how many jobs of the stretch are in it."""
    rows = connection.exec_driver_sql(
        "SELECT currency, sum(sign) FROM revenue_entry WHERE day BETWEEN ? AND ? "
        "AND currency <> ? GROUP BY currency HAVING sum(sign) > 0 ORDER BY currency",
        ends_of(cut),
    )
    return tuple((str(currency), int(jobs)) for currency, jobs in rows)


def _sums(row: Sequence[Any], currency: str) -> Sums:
    jobs, *sums = row
    return Sums(int(jobs or 0), *(Money(int(one or 0), currency) for one in sums))


def _names(connection: "Connection") -> dict[str, str]:
    """Return the names of people, bays and technicians, by id."""
    rows = connection.exec_driver_sql(
        "SELECT id, name FROM person UNION ALL SELECT id, name FROM resource"
    )
    return {str(key): str(name) for key, name in rows}
