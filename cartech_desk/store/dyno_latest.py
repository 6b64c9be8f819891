"""The sessions that a page begins with: the last ones, whatever was asked for, and no more.

A shop of ten years has fifty thousand runs; nobody reads them all to see the last.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.dyno.marks import WORDS
from cartech_desk.store.dyno_rows import SESSION_COLUMNS, SESSION_FROM, session_of
from cartech_desk.store.dyno_tables import runs_where
from cartech_desk.store.dyno_words import DynoRun, DynoSession
from cartech_desk.store.like_words import like_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DAY: Final = "strftime('%Y-%m-%d %H:%M', dyno_session.started, 'localtime')"
_SESSION: Final = (
    "dyno_session.vehicle_name",
    "vehicle.name",
    "vehicle.vin",
    "operator_name",
    "dyno_session.body",
    _DAY,
    "replace(test_type, '_', ' ')",
    "replace(test_type, '_', '-')",
)
_RUN: Final = ("dyno_run.name", "dyno_run.body", "replace(dyno_run.ending, '_', ' ')")
_GOOD: Final = ("good", "dyno_run.body LIKE '%\"quality\":[]%' AND NOT (dyno_run.body LIKE ?)")
_NO_PEAK: Final = ("no peak", '%"peak_power_kw":null%')
_DRIVEN: Final = ("being driven", "open")
"""Words of a run's badge that do not stand in what is kept of it, and what stands there."""


@dataclass(frozen=True, slots=True)
class Latest:
    """Sessions and their runs, the newest first; `more` tells that older ones are left out."""

    sessions: tuple[DynoSession, ...]
    runs: tuple[DynoRun, ...]
    more: bool


def latest(
    connection: "Connection", most: int, with_runs: Sequence[str] = (), search: str = ""
) -> Latest:
    """Return the last sessions, and those of runs whose ids begin so, with all of their runs.

    `search` narrows it to what may hold all of its words; more than asked for may be among them.
    """
    where, values = ["dyno_session.deleted IS NULL"], list[str]()
    for word in search.lower().split():
        condition, likes = _holds(word)
        where.append(condition)
        values += likes
    rows = connection.exec_driver_sql(
        f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM} "  # noqa: S608 (words of ours)
        f"WHERE {' AND '.join(where)} ORDER BY started DESC, dyno_session.id DESC LIMIT ?",
        (*values, most + 1),
    ).fetchall()
    found = {str(row[0]): row for row in rows[:most]}
    for run_id in filter(None, with_runs):
        for row in connection.exec_driver_sql(
            f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM} "  # noqa: S608 (words of ours)
            "WHERE dyno_session.deleted IS NULL AND dyno_session.id IN "
            "(SELECT session FROM dyno_run WHERE id >= ? AND id < ?) LIMIT 1",
            (run_id, f"{run_id}\U0010ffff"),
        ):
            found.setdefault(str(row[0]), row)
    sessions = [session_of(row, strict=False) for row in found.values()]
    sessions.sort(key=lambda one: (one.started, one.id), reverse=True)
    return Latest(tuple(sessions), _runs_of(connection, list(found)), len(rows) > most)


def _runs_of(connection: "Connection", sessions: Sequence[Any]) -> tuple[DynoRun, ...]:
    marks = ", ".join("?" * len(sessions))
    return runs_where(
        connection,
        f"deleted IS NULL AND session IN ({marks}) ORDER BY started DESC, number DESC, id DESC",
        tuple(sessions),
    )


def _holds(word: str) -> tuple[str, list[str]]:
    """Return in which ways a word may be found in a session or in a run of it."""
    likes = like_words(word)
    of_run = [f"%{json.dumps(key)}%" for key, (said, _) in WORDS.items() if word in said]
    of_run += [_NO_PEAK[1]] if word in _NO_PEAK[0] else []
    session = " OR ".join(f"{text} LIKE ? ESCAPE '\\'" for text in _SESSION for _ in likes)
    run = [f"{text} LIKE ? ESCAPE '\\'" for text in _RUN for _ in likes]
    run += ["dyno_run.body LIKE ?" for _ in of_run]
    values = [*likes * len(_SESSION), *likes * len(_RUN), *of_run]
    if word in _GOOD[0]:
        run.append(_GOOD[1])
        values.append(_NO_PEAK[1])
    if word in _DRIVEN[0]:
        run.append("dyno_run.ending = ?")
        values.append(_DRIVEN[1])
    below = (
        "EXISTS (SELECT 1 FROM dyno_run WHERE dyno_run.session = dyno_session.id "  # noqa: S608 - words of ours
        f"AND dyno_run.deleted IS NULL AND ({' OR '.join(run)}))"
    )
    return f"({session} OR {below})", values
