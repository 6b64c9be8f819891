"""What happened to a vehicle, as entries of one line of time, from every table that knows it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cartech_desk.domain.vehicles.timeline import Happened, TimelineEntry, TimelinePage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.database import Database

_BETWEEN: Final = "~"
"""Between the parts of the mark at which the next page begins."""


class _Source(NamedTuple):
    """Where entries of one kind come from.

    `select` gives time, id, title, detail, and a word of its weight; `{of}` are the vehicle's ids,
    `{at}` and `{id}` stand for the columns by which it is ordered.
    """

    kind: Happened
    select: str
    at: str
    id: str = "id"


_DESK: Final = (
    _Source(
        Happened.MODIFICATION,
        "SELECT coalesce(fitted, created), id, type, "
        "trim(brand || ' ' || model || iif(fitted IS NULL, ' (undated, noted that day)', '')), '' "
        "FROM modification WHERE deleted IS NULL AND vehicle_id IN ({of})",
        "coalesce(fitted, created)",
    ),
    _Source(
        Happened.REMOVAL,
        "SELECT removed, id, type, trim(brand || ' ' || model), '' FROM modification "
        "WHERE deleted IS NULL AND removed IS NOT NULL AND vehicle_id IN ({of})",
        "removed",
    ),
    _Source(
        Happened.RUN,
        "SELECT dyno_run.started, dyno_run.id, dyno_run.name, dyno_run.body, dyno_run.ending "
        "FROM dyno_session JOIN dyno_run ON dyno_run.session = dyno_session.id "
        "WHERE dyno_run.deleted IS NULL AND dyno_session.vehicle_id IN ({of})",
        "dyno_run.started",
        "dyno_run.id",
    ),
    *(
        _Source(
            kind,
            "SELECT taken, id, kind, codes, CASE WHEN complete AND clean THEN 'good' "  # noqa: S608 - ours
            "WHEN codes <> '[]' THEN 'attention' ELSE '' END FROM checkup "
            f"WHERE deleted IS NULL AND {of_kind} AND vehicle_id IN ({{of}})",
            "taken",
        )
        for kind, of_kind in (
            (Happened.CHECKUP, "instr(kind, 'clear') = 0"),
            # What was there before codes were cleared, and after.
            (Happened.CODES_CLEARED, "instr(kind, 'clear')"),
        )
    ),
    _Source(
        Happened.JOB,
        "SELECT opened, id, '#' || number || ' ' || title, "
        "CASE status WHEN 'done' THEN 'done, to be paid' WHEN 'in_bay' THEN 'in the bay' "
        "ELSE status END, CASE WHEN status IN ('done', 'paid') THEN 'good' ELSE '' END FROM job "
        "WHERE deleted IS NULL AND vehicle_id IN ({of})",
        "opened",
    ),
    _Source(
        Happened.APPOINTMENT,
        "SELECT starts, id, services, CASE status WHEN 'in_bay' THEN 'in the bay' WHEN 'done' THEN "
        "COALESCE((SELECT CASE job.status WHEN 'done' THEN 'done, to be paid' ELSE job.status END "
        "FROM job WHERE job.id = appointment.job_id), 'done') ELSE status END, "
        "CASE WHEN status = 'no_show' THEN 'attention' ELSE '' END FROM appointment "
        "WHERE deleted IS NULL AND vehicle_id IN ({of})",
        "starts",
    ),
    _Source(
        Happened.ALARM,
        "SELECT raised, id, label, channel, CASE WHEN level >= 2 THEN 'bad' ELSE 'attention' END "
        "FROM alarm WHERE vehicle_id IN ({of})",
        "raised",
    ),
    _Source(
        Happened.ODOMETER,
        "SELECT read, id, km, told, '' FROM odometer WHERE vehicle_id IN ({of})",
        "read",
    ),
)
_SAMPLES: Final = _Source(
    Happened.RECORDING,
    "SELECT anchor, id, note, last_ns - first_ns, CASE WHEN ending = 'stopped' THEN 'good' "
    "ELSE 'attention' END FROM recording WHERE deleted IS NULL AND vehicle_id IN ({of})",
    "anchor",
)


def timeline_of(
    desk: "Database",
    samples: "Database",
    vehicle_id: str,
    *,
    kinds: Iterable[Happened] = (),
    before: str = "",
    limit: int = 100,
) -> TimelinePage:
    """Return what happened to a vehicle, and to those that it turned out to be, the newest first.

    `before` is the mark of the page that was read; "" for the first one. What was written to
    control units stands in no table yet.
    """
    wanted = frozenset(kinds) or frozenset(Happened)
    found: list[tuple[str, str, str, TimelineEntry]] = []
    with desk.read() as connection:
        ids = _ids_of(connection, vehicle_id)
        for source in _DESK:
            if source.kind in wanted:
                found += _rows(connection, source, ids, before, limit)
    if Happened.RECORDING in wanted:
        with samples.read() as connection:
            found += _rows(connection, _SAMPLES, ids, before, limit)
    found.sort(key=lambda one: one[:3], reverse=True)
    more = len(found) > limit
    kept = found[:limit]
    older = _BETWEEN.join(kept[-1][:3]) if more and kept else ""
    return TimelinePage(tuple(entry for *_, entry in kept), older)


def _ids_of(connection: "Connection", vehicle_id: str) -> tuple[str, ...]:
    rows = connection.exec_driver_sql(
        "SELECT id FROM vehicle WHERE joined_into = ?", (vehicle_id,)
    ).fetchall()
    return (vehicle_id, *(str(row[0]) for row in rows))


def _rows(
    connection: "Connection", source: _Source, ids: tuple[str, ...], before: str, limit: int
) -> list[tuple[str, str, str, TimelineEntry]]:
    """Return entries with what orders them: time, kind, id."""
    statement = source.select.format(of=", ".join("?" for _ in ids))
    parameters: list[Any] = list(ids)
    if before:
        # Those of the same instant go by kind, then by id, as they are sorted above.
        at, kind, ref = [*before.split(_BETWEEN), "", ""][:3]
        order = {True: f"{source.id} < ?", False: "1" if source.kind < kind else "0"}
        same = order[source.kind == kind]
        statement += f" AND ({source.at} < ? OR ({source.at} = ? AND {same}))"
        parameters += [at, at, *([ref] if source.kind == kind else [])]
    statement += f" ORDER BY {source.at} DESC, {source.id} DESC LIMIT ?"
    rows = connection.exec_driver_sql(statement, (*parameters, limit + 1)).fetchall()
    return [
        (str(row[0]), source.kind.value, str(row[1]), _entry(source.kind, tuple(row)))
        for row in rows
    ]


def _entry(kind: Happened, row: tuple[Any, ...]) -> TimelineEntry:
    at, ref, title, detail, weight = row
    day_only = len(str(at)) == len("2026-01-01")
    when = datetime.fromisoformat(str(at))
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    if kind is Happened.RUN:
        detail, weight = _of_run(detail, weight)
    elif kind in (Happened.CHECKUP, Happened.CODES_CLEARED):
        title, detail = str(title).replace("_", " "), ", ".join(_texts(detail))
    elif kind is Happened.APPOINTMENT:
        title = ", ".join(_texts(title))
    elif kind is Happened.RECORDING:
        detail = f"{max(0, int(detail)) // 1_000_000_000} s"
    elif kind is Happened.ODOMETER:
        title = f"{int(title):,} km"
    words = [str(one).replace("_", " ") for one in (title, detail)]
    if kind in (Happened.RECORDING, Happened.APPOINTMENT, Happened.RUN):
        words[0] = str(title)
    return TimelineEntry(when, kind, str(ref), words[0], words[1], day_only, str(weight))


def _of_run(body: str, ending: str) -> tuple[str, str]:
    """Return a run's peak as its row tells it, and whether it ended as it should."""
    try:
        summary = json.loads(body).get("summary") or {}
        power = summary.get("peak_power_kw")
    except (ValueError, AttributeError):
        return "", "bad"
    said = "" if not isinstance(power, int | float) else f"{power:.0f} kW, as measured"
    return said, "good" if ending in ("stopped", "imported") else "attention"


def _texts(written: str) -> list[str]:
    """Return texts of a list in JSON: codes, or the names of services."""
    try:
        found = json.loads(written)
    except ValueError:
        return []
    return [
        str(one.get("name") or one.get("words") or one.get("code") or "")
        if isinstance(one, dict)
        else str(one)
        for one in found
        if one
    ]
