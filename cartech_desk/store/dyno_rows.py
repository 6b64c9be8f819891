"""Rows of dyno sessions and runs: into tables and back, read strictly.

What people search and lists need stands in columns of its own, the rest in a JSON body.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.dyno.written import (
    WrittenRefused,
    canonical,
    from_plain,
    read_json,
)
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno_words import (
    DynoRun,
    DynoSession,
    RunEnding,
    RunFacts,
    RunSummary,
    SourceUsed,
    StartedIs,
)
from cartech_desk.store.errors import DatabaseCorrupt
from cartech_desk.store.instants import instant_or_none
from cartech_desk.store.recording_words import storable

_LOG = logging.getLogger(__name__)

DAMAGED: Final = "damaged"
"""Key of the mark of a run, and note of a session, of which not all can be read."""

SESSION_COLUMNS: Final = (
    "dyno_session.id, dyno_session.vehicle_id, "
    "coalesce(vehicle.name, dyno_session.vehicle_name), operator_id, operator_name, test_type, "
    "started, ended, body, dyno_session.version, dyno_session.deleted"
)
SESSION_FROM: Final = (
    "dyno_session LEFT JOIN vehicle "
    "ON vehicle.id = dyno_session.vehicle_id AND vehicle.deleted IS NULL"
)
RUN_COLUMNS: Final = (
    "id, session, number, name, recording_id, first_ns, last_ns, started, ending, tier, body, "
    "version, deleted"
)


@dataclass(frozen=True, slots=True)
class _SessionBody:
    setup: RunSetup
    sources: tuple[SourceUsed, ...] = ()
    run_prefix: str = "Run"
    fuel: str = ""
    tyre_kpa: float | None = None
    odometer_km: float | None = None
    modifications: str = ""
    customer: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class _RunBody:
    setup: RunSetup
    sources: tuple[SourceUsed, ...] = ()
    note: str = ""
    summary: RunSummary = field(default_factory=RunSummary)
    samples_sha256: str = ""
    file: str = ""
    file_sha256: str = ""
    mapping: Mapping[str, object] = field(default_factory=dict)
    facts: RunFacts | None = None
    started_is: StartedIs = StartedIs.CLOCK
    day_only: bool = False


def session_values(session: DynoSession) -> tuple[Any, ...]:
    """Return vehicle, its name, operator, name, test type, start, end and body of a session.

    Errors: WrittenRefused.
    """
    body = storable(
        canonical(
            _SessionBody(
                session.setup,
                session.sources,
                session.run_prefix,
                session.fuel,
                session.tyre_kpa,
                session.odometer_km,
                session.modifications,
                session.customer,
                session.notes,
            )
        )
    )
    return (
        session.vehicle_id,
        storable(session.vehicle_name),
        session.operator.id,
        storable(session.operator.name),
        session.test_type.value,
        instant_or_none(session.started),
        instant_or_none(session.ended),
        body,
    )


def run_values(run: DynoRun) -> tuple[Any, ...]:
    """Return name, recording, stretch, start, ending, tier and body of a run.

    Errors: WrittenRefused.
    """
    body = storable(
        canonical(
            _RunBody(
                run.setup,
                run.sources,
                run.note,
                run.summary,
                run.samples_sha256,
                run.file,
                run.file_sha256,
                run.mapping,
                run.facts,
                run.started_is,
                run.day_only,
            )
        )
    )
    return (
        storable(run.name),
        run.recording_id,
        run.first_ns,
        run.last_ns,
        instant_or_none(run.started),
        run.ending.value,
        run.tier.value,
        body,
    )


def session_of(row: Sequence[Any], *, strict: bool = True) -> DynoSession:
    """Return the session of a row.

    Errors: DatabaseCorrupt where it is damaged; without `strict` what can be read of it, told in
    its notes, so that a list has no hole.
    """
    key, vehicle_id, vehicle, operator_id, operator, test, started, ended, body, *rest = row
    version, deleted = rest
    try:
        _texts(key, vehicle_id, vehicle, operator_id, operator)
        _numbers(version)
        read = from_plain(_SessionBody, read_json(body, "The session"), "The session")
        began, over, kind = _time(started), _time(ended), TestType(test)
    except (WrittenRefused, ValueError, TypeError, OverflowError) as error:
        _refuse(f"The dyno session {key}", error, strict=strict)
        read = _SessionBody(RunSetup(), notes=LOST)
        began, over, kind = _started(started), None, TestType.FREE
        key, vehicle_id, vehicle, operator_id, operator = map(
            _as_text, (key, vehicle_id, vehicle, operator_id, operator)
        )
        version = _as_number(version)
    return DynoSession(
        id=key,
        vehicle_id=vehicle_id,
        vehicle_name=vehicle,
        operator=Actor(operator_id, operator),
        started=began or _NEVER,
        ended=over,
        test_type=kind,
        setup=read.setup,
        sources=read.sources,
        run_prefix=read.run_prefix,
        fuel=read.fuel,
        tyre_kpa=read.tyre_kpa,
        odometer_km=read.odometer_km,
        modifications=read.modifications,
        customer=read.customer,
        notes=read.notes,
        deleted=deleted is not None,
        version=version,
    )


def run_of(row: Sequence[Any], *, strict: bool = True) -> DynoRun:
    """Return the run of a row.

    Errors: DatabaseCorrupt where it is damaged; without `strict` what can be read of it, with a
    grave mark.
    """
    key, session, number, name, recording_id, first_ns, last_ns, started, *rest = row
    ending, tier, body, version, deleted = rest
    try:
        _texts(key, session, name, recording_id)
        _numbers(number, version, first_ns or 0, last_ns or 0)
        read = from_plain(_RunBody, read_json(body, "The run"), "The run")
        began, ended, how_far = _time(started), RunEnding(ending), Tier(tier)
    except (WrittenRefused, ValueError, TypeError, OverflowError) as error:
        _refuse(f"The dyno run {key}", error, strict=strict)
        lost = RunSummary(quality=((DAMAGED, DAMAGED, True),))
        read = _RunBody(RunSetup(), note=LOST, summary=lost)
        began, ended, how_far = _started(started), RunEnding.STOPPED, Tier.IMPORTED
        key, session, name, recording_id = map(_as_text, (key, session, name, recording_id))
        number, version = _as_number(number), _as_number(version)
        first_ns = last_ns = None
    return DynoRun(
        id=key,
        session=session,
        number=number,
        name=name,
        recording_id=recording_id,
        first_ns=first_ns,
        last_ns=last_ns,
        started=began or _NEVER,
        ending=ended,
        tier=how_far,
        setup=read.setup,
        sources=read.sources,
        note=read.note,
        summary=read.summary,
        samples_sha256=read.samples_sha256,
        file=read.file,
        file_sha256=read.file_sha256,
        mapping=read.mapping,
        facts=read.facts,
        started_is=read.started_is,
        day_only=read.day_only,
        deleted=deleted is not None,
        version=version,
    )


def session_text(session: DynoSession, vin: str, others: Iterable[str]) -> str:
    """Return all that a search looks in, in one case."""
    return "\n".join(
        (
            session.id,
            session.vehicle_name,
            vin,
            session.operator.name,
            session.fuel,
            session.customer,
            session.modifications,
            session.notes,
            session.test_type.value.replace("_", " "),
            f"{session.started.astimezone():%Y-%m-%d %H:%M %d.%m.%Y}",
            *others,
        )
    ).casefold()


LOST: Final = (
    "What is kept of it is damaged: only its name and times can be read. Take it from a backup."
)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS: Final = range(1971, 9000)
"""So far from either edge that every zone can tell it."""
_MOST: Final = 2**62


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in _YEARS:
        raise ValueError(f"{text} is no time of ours")
    return at


def _started(text: Any) -> datetime | None:
    try:
        return _time(text)
    except (ValueError, TypeError, OverflowError):
        return None


def _texts(*values: Any) -> None:
    """Refuse what SQLite keeps in a column of texts and is none. Errors: TypeError."""
    if not all(isinstance(value, str) for value in values):
        raise TypeError("a text is none")


def _numbers(*values: Any) -> None:
    """Refuse what SQLite keeps in a column of whole numbers and is none. Errors: TypeError."""
    if not all(isinstance(value, int) and -_MOST <= value <= _MOST for value in values):
        raise TypeError("a number is none")


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else f"{value}"


def _as_number(value: Any) -> int:
    return value if isinstance(value, int) and -_MOST <= value <= _MOST else 0


def _refuse(what: str, error: Exception, *, strict: bool) -> None:
    if strict:
        raise DatabaseCorrupt(
            f"{what} cannot be read: what desk.db keeps of it is damaged ({error}).",
            kept="Nothing was changed, and its recording is kept.",
            to_do="Take desk.db from a backup, or look at the recording itself.",
        ) from error
    _LOG.warning("%s cannot be read: %s", what, error)
