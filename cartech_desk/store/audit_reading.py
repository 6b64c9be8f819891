"""Reading the audit log a page at a time, narrowed by person, act, vehicle, time and words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cartech_desk.domain.audit import AuditRecord, BodyRefused, read_body, unreadable
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.database import Database


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; empty means all. `text` is searched in names, reason, before, after."""

    actor: str = ""
    """Id of a person, or the name of who has none."""
    action: str = ""
    """An action, or the part before its dot."""
    vehicle: str = ""
    """Id of a vehicle."""
    since: datetime | None = None
    until: datetime | None = None
    """The first instant that is too late."""
    text: str = ""
    """Words that must all occur."""


def find(
    database: Database, query: Query, *, limit: int = 500, before_sequence: int | None = None
) -> Sequence[AuditRecord]:
    """Return matching records, the newest first."""
    conditions, parameters = _conditions(query, before_sequence)
    words = query.text.casefold().split()
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found: list[AuditRecord] = []
    with database.driver() as driver:
        driver.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        rows = driver.execute(
            # What is put together here are fixed words; all that was typed is a parameter.
            "SELECT sequence, body, hash, mac IS NOT NULL FROM audit "  # noqa: S608
            f"{where} ORDER BY sequence DESC",
            parameters,
        )
        for sequence, body, digest, keyed in rows:
            record = _record(sequence, body, digest, bool(keyed))
            if words and not _holds(record, words):
                continue
            found.append(record)
            if len(found) >= limit:
                break
    return tuple(found)


def actions(database: Database) -> Sequence[str]:
    """Every action that stands in the log, in alphabetical order."""
    rows = database.glance("SELECT DISTINCT action FROM audit WHERE action IS NOT NULL")
    return tuple(sorted(str(action) for (action,) in rows))


def actors(database: Database) -> Sequence[Actor]:
    """Everybody who stands in the log, by the newest name, in alphabetical order."""
    rows = database.glance(
        "SELECT json_extract(body, '$.actor') FROM audit WHERE sequence IN ("
        "SELECT max(sequence) FROM audit WHERE actor <> '' GROUP BY actor "
        "UNION ALL SELECT max(sequence) FROM audit WHERE actor = '' AND json_valid(body) "
        "GROUP BY json_extract(body, '$.actor.name'))"
    )
    found = [_actor(text) for (text,) in rows]
    return tuple(sorted((one for one in found if one), key=lambda one: one.name.casefold()))


def _actor(text: object) -> Actor | None:
    try:
        document = json.loads(str(text))
        role = document["role"]
        return Actor(str(document["id"]), str(document["name"]), Role(role) if role else None)
    except (ValueError, TypeError, KeyError):
        return None


def _conditions(query: Query, before_sequence: int | None) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    parameters: list[Any] = []

    def narrow(condition: str, *values: Any) -> None:
        conditions.append(condition)
        parameters.extend(values)

    if before_sequence is not None:
        narrow("sequence < ?", before_sequence)
    if query.actor:
        narrow(
            "(actor = ? OR (actor = '' AND json_extract(body, '$.actor.name') = ?))",
            query.actor,
            query.actor,
        )
    if query.action:
        # The character after the dot closes the range of all that begins with word and dot.
        narrow(
            "(action = ? OR (action >= ? AND action < ?))",
            query.action,
            f"{query.action}.",
            f"{query.action}/",
        )
    if query.vehicle:
        narrow("vehicle = ?", query.vehicle)
    if query.since is not None:
        narrow("at >= ?", _time(query.since))
    if query.until is not None:
        narrow("at < ?", _time(query.until))
    return conditions, parameters


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _record(sequence: int, body: Any, digest: Any, keyed: bool) -> AuditRecord:
    digest = digest if isinstance(digest, bytes) else b""
    try:
        if not isinstance(body, str):
            raise BodyRefused("it is no text")
        record = read_body(body, digest=digest, keyed=keyed)
    except BodyRefused as refused:
        return unreadable(sequence, body, refused.why, digest=digest)
    if record.sequence != sequence:
        why = f"it holds the words of record {record.sequence}"
        return unreadable(sequence, body, why, digest=digest)
    return record


def _holds(record: AuditRecord, words: Sequence[str]) -> bool:
    text = " ".join(
        (
            record.actor.name,
            record.action,
            record.entity.name,
            record.entity.id,
            record.reason,
            _words_of(record.before),
            _words_of(record.after),
        )
    ).casefold()
    return all(word in text for word in words)


def _words_of(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_words_of(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(_words_of, value))
    return "" if value is None else str(value)
