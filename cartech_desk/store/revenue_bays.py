"""When bays were taken: by cars that stood in them, and by what is booked beside."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.bay_use import Span, span
from cartech_desk.store.appointment_rows import LONGEST
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Taken:
    """When a bay was taken, or kept for somebody."""

    booked: tuple[Span, ...] = ()
    """By what is booked and holds its time, as far as no history tells more of it."""
    stood: tuple[Span, ...] = ()
    """By cars that stood in it, as the history of their jobs says."""
    foreseen: tuple[Span, ...] = ()
    """Booked here for cars whose history tells when they stood where: here or elsewhere."""


def bays_of(connection: "Connection") -> tuple[tuple[str, str], ...]:
    """Return the bays in use, in their order: id and name."""
    rows = connection.exec_driver_sql(
        "SELECT id, name FROM resource WHERE kind = 'bay' AND active AND deleted IS NULL "
        "ORDER BY place, name"
    )
    return tuple((str(key), str(name)) for key, name in rows)


def taken(
    connection: "Connection", since: datetime, until: datetime, now: datetime
) -> dict[str, Taken]:
    """Return by bay when it was taken. Who stands in it still does so until `now`.

    What is booked is cut to the stretch from `since` to `until`.
    """
    booked, foreseen = _booked(connection, since, until, now)
    stood = _stood(connection, since, until, now)
    for bay, kept in _kept_on(connection, since, until, now):
        booked.setdefault(bay, []).append(kept)
    return {
        bay: Taken(*(tuple(one.get(bay, ())) for one in (booked, stood, foreseen)))
        for bay in booked.keys() | stood.keys() | foreseen.keys()
    }


def time_off(
    connection: "Connection", since: datetime, until: datetime
) -> tuple[tuple[str, Span], ...]:
    """Return when a bay, or ("") the whole shop, was off."""
    rows = connection.exec_driver_sql(
        "SELECT resource_id, unixepoch(starts), unixepoch(ends) FROM time_off "
        "WHERE starts < ? AND ends > ? AND deleted IS NULL",
        (instant(until), instant(since)),
    )
    return tuple((str(key), (starts, ends)) for key, starts, ends in rows)


_Spans = dict[str, list[Span]]
_JOBS: Final = (
    "SELECT id, bay_id FROM job WHERE deleted IS NULL AND status NOT IN ('no_show', 'cancelled')"
)


def _booked(
    connection: "Connection", since: datetime, until: datetime, now: datetime
) -> tuple[_Spans, _Spans]:
    """Return by bay what is booked, and what is told better by a history: it begins by `now`."""
    first, last = span(since, until)
    # Few rows: one for each of ten thousand appointments takes longer than to find them.
    rows = connection.exec_driver_sql(
        "SELECT bay_id, starts <= ? AND EXISTS (SELECT 1 FROM job_history h "
        "WHERE h.job_id = appointment.job_id AND h.status = 'in_bay') AS told, "
        "json_group_array(max(unixepoch(starts), ?)), json_group_array(min(unixepoch(ends), ?)) "
        "FROM appointment WHERE starts > ? AND starts < ? AND ends > ? AND bay_id <> '' "
        "AND deleted IS NULL AND status NOT IN ('no_show', 'cancelled') GROUP BY bay_id, told",
        (
            *(instant(now), first, last),
            *(instant(since - LONGEST), instant(until), instant(since)),
        ),
    ).fetchall()
    found: tuple[_Spans, _Spans] = ({}, {})
    for bay, told, starts, ends in rows:
        found[told][str(bay)] = list(zip(json.loads(starts), json.loads(ends), strict=True))
    return found


def _kept_on(
    connection: "Connection", since: datetime, until: datetime, now: datetime
) -> list[tuple[str, Span]]:
    """Return the rest of what is booked for cars that stand in that bay now."""
    first, last = span(max(now, since), until)
    rows = connection.exec_driver_sql(
        "SELECT a.bay_id, unixepoch(a.ends) FROM appointment a JOIN job j ON j.id = a.job_id "
        "WHERE a.starts > ? AND a.starts <= ? AND a.ends > ? AND a.status = 'in_bay' "
        "AND a.deleted IS NULL AND a.bay_id <> '' AND a.bay_id = j.bay_id",
        (instant(now - LONGEST), instant(now), instant(now)),
    ).fetchall()
    kept = [(str(bay), (first, min(ends, last))) for bay, ends in rows]
    return [one for one in kept if one[1][0] < one[1][1]]


def _stood(connection: "Connection", since: datetime, until: datetime, now: datetime) -> _Spans:
    """Return when jobs stood in which bay, as their history says.

    A car may stand here for months before it comes into the bay; once it is done it is in none.
    """
    rows = connection.exec_driver_sql(
        "SELECT coalesce(nullif(h.bay_id, ''), one.bay_id), unixepoch(h.at), unixepoch(("  # noqa: S608 - ours
        "SELECT n.at FROM job_history n WHERE n.job_id = h.job_id AND n.at >= h.at "
        "AND (n.at, n.rowid) > (h.at, h.rowid) ORDER BY n.at, n.rowid LIMIT 1)) "
        f"FROM ({_JOBS} AND opened >= ?1 AND opened < ?2 "
        f"UNION ALL {_JOBS} AND done >= ?1 AND opened < ?1 "
        f"UNION ALL {_JOBS} AND done IS NULL AND opened < ?1) one "
        "CROSS JOIN job_history h ON h.job_id = one.id AND h.status = 'in_bay' AND h.at < ?2",
        (instant(since), instant(until)),
    ).fetchall()
    found: _Spans = {}
    for bay, starts, ends in rows:
        if bay:
            ended = int(now.timestamp()) if ends is None else ends
            found.setdefault(bay, []).append((starts, ended))
    return found
