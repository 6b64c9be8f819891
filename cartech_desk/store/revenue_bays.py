"""When bays were taken: by what is booked, and by cars that came without an appointment."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.bay_use import Span
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Taken:
    """When a bay was taken by what is booked, and by jobs that came without an appointment."""

    booked: tuple[Span, ...] = ()
    walked_in: tuple[Span, ...] = ()


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
    """Return by bay when it was taken. Who stands in it still does so until `now`."""
    booked = _booked(connection, since, until)
    walked = _walked_in(connection, since, until, now)
    return {
        bay: Taken(tuple(booked.get(bay, ())), tuple(walked.get(bay, ())))
        for bay in booked.keys() | walked.keys()
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


def _booked(connection: "Connection", since: datetime, until: datetime) -> dict[str, list[Span]]:
    # A row for each bay: one for each of ten thousand appointments takes longer than to find them.
    rows = connection.exec_driver_sql(
        "SELECT bay_id, json_group_array(unixepoch(starts)), json_group_array(unixepoch(ends)) "
        "FROM appointment WHERE starts >= ? AND starts < ? AND bay_id <> '' AND deleted IS NULL "
        "AND status NOT IN ('no_show', 'cancelled') GROUP BY bay_id",
        (instant(since), instant(until)),  # none goes across midnight
    ).fetchall()
    return {
        str(bay): list(zip(json.loads(starts), json.loads(ends), strict=True))
        for bay, starts, ends in rows
    }


def _walked_in(
    connection: "Connection", since: datetime, until: datetime, now: datetime
) -> dict[str, list[Span]]:
    """Return when jobs without an appointment stood in which bay, as their history says.

    A car may stand here for months before it comes into the bay; once it is done it is in none.
    """
    rows = connection.exec_driver_sql(
        "SELECT coalesce(nullif(h.bay_id, ''), j.bay_id), unixepoch(h.at), unixepoch(("
        "SELECT min(n.at) FROM job_history n "
        "WHERE n.job_id = h.job_id AND n.at >= h.at AND (n.at, n.rowid) > (h.at, h.rowid))) "
        "FROM job j CROSS JOIN job_history h ON h.job_id = j.id "
        "WHERE j.appointment_id = '' AND j.opened < ? AND (j.done IS NULL OR j.done >= ?) "
        "AND j.deleted IS NULL AND j.status NOT IN ('no_show', 'cancelled') "
        "AND h.status = 'in_bay' AND h.at < ?",
        (instant(until), instant(since), instant(until)),
    ).fetchall()
    found: dict[str, list[Span]] = {}
    for bay, starts, ends in rows:
        if bay:
            ended = int(now.timestamp()) if ends is None else ends
            found.setdefault(bay, []).append((starts, ended))
    return found
