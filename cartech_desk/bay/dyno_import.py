"""Runs of other programs: a file is read whole, then kept as recording and run, or not at all.

The file is read and checked before anything is kept. Its recording is then written as a deleted
one, which the run takes out of that state in the end: a desk that dies in between leaves nothing
on any list, and what it left goes with the deleted recordings.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

from cartech_desk.bay.dyno_import_cures import cure_of, refuse_corrected_alone
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.dyno.table_dates import date_of_name, date_of_words
from cartech_desk.domain.dyno.table_proposal import propose_mapping, remembered
from cartech_desk.domain.dyno.table_run import ALIAS, TableRun, run_of_table, unsure
from cartech_desk.domain.dyno.table_text import MOST_BYTES, Table, read_table
from cartech_desk.domain.dyno.table_words import OTHER
from cartech_desk.domain.dyno.tables import (
    FileRefused,
    Mapping,
    MappingRefused,
    Proposal,
    fingerprint,
    mapping_document,
    mapping_from,
)
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, SourceUsed, StartedIs
from cartech_desk.store.errors import StoreError
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

_log = logging.getLogger(__name__)

MAPPINGS: Final = "dyno-mapping"
"""The kind of document that a mapping is remembered as, by the fingerprint of its columns."""

_SAMPLES_AT_ONCE: Final = 20_000_000_000
"""Stretches of time that are written at once [ns]."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its table and what proves which file it was."""

    path: Path
    table: Table
    proposal: Proposal
    sha256: str
    changed: datetime
    dated: "RunDate"


@dataclass(frozen=True, slots=True)
class RunDate:
    """When a run was driven, and how that is known."""

    at: datetime
    known: StartedIs
    day_only: bool = False


class AlreadyImported(CarTechError):
    """A file with this content was imported before."""

    code: ClassVar[str] = "already_imported"


def read_file(
    store: Store, path: Path, progress: Callable[[float], None] | None = None
) -> ReadFile:
    """Read a file whole and propose its columns. Errors: FileRefused."""
    content, changed = _content(path)
    table = read_table(content, progress)
    proposal = propose_mapping(table)
    kept = _remembered(store, table)
    if kept is not None:
        proposal = remembered(proposal, kept)
    sha256 = hashlib.sha256(content).hexdigest()
    dated = _dated(path, table, changed)
    proposal = replace(
        proposal,
        started=dated.at,
        started_is=dated.known.value,
        day_only=dated.day_only,
        twins=tuple(run.name for run in store.dyno.runs_of_file(sha256)),
    )
    return ReadFile(path, table, proposal, sha256, changed, dated)


def propose(store: Store, path: Path) -> Proposal:
    """Read an export and propose what its columns are. Errors: FileRefused."""
    return read_file(store, path).proposal


def import_file(
    store: Store,
    path: Path,
    mapping: Mapping | None,
    by: Actor,
    *,
    complete: Callable[[DynoRun], DynoRun],
    unnamed: str,
    session: DynoSession | None = None,
    vehicle_id: str = "",
    setup: RunSetup | None = None,
    name: str = "",
    note: str = "",
    customer: str = "",
    started: RunDate | None = None,
    again: bool = True,
    remember: bool = True,
    progress: Callable[[float], None] | None = None,
) -> tuple[DynoRun, tuple[str, ...]]:
    """Keep a run of a file; returns it and what was odd about the file.

    Without a session one is made for it, of the vehicle, or of the one called `unnamed`. `setup`
    says what the file does not (mass, gear, weather); its roles are those of the mapping. A run
    without a name has that of its file. `complete` fills in summary and hash.

    Without `started` its date is read from the file or its name, else it is the file's own.
    `customer` is of the session that is made. With `again` a file may be imported once more.

    Errors: FileRefused, MappingRefused, AlreadyImported, NotKept, StoreError; nothing is kept then.
    """
    read = read_file(store, path, None if progress is None else lambda x: progress(0.5 * x))
    if not again:
        _refuse_twin(store, read)
    chosen = mapping if mapping is not None else _sure(read)
    found = run_of_table(read.table, chosen)
    vehicle = session.vehicle_id if session is not None else vehicle_id
    vehicle = vehicle or store.vehicles.by_name(unnamed).id
    base = setup or (session.setup if session is not None else RunSetup())
    refuse_corrected_alone(found, base)
    dated = started or read.dated
    at = dated.at
    if dated.known is StartedIs.FILE_TIME:
        at -= timedelta(microseconds=found.last_ns / 1000)
    run = DynoRun(
        id="",
        session="" if session is None else session.id,
        number=0,
        name=checked_reason(name) or _name_of(path),
        recording_id="",
        first_ns=0,
        last_ns=found.last_ns,
        started=at.astimezone(UTC),
        ending=RunEnding.IMPORTED,
        tier=Tier.IMPORTED,
        setup=replace(base, roles=found.roles),
        sources=(_source(read),),
        note=checked_reason(note),
        file=path.name,
        file_sha256=read.sha256,
        mapping=mapping_document(chosen, read.table.names),
        started_is=dated.known,
        day_only=dated.day_only,
    )
    fresh = None if session is not None else _session(run, vehicle, by, checked_reason(customer))
    recording_id = _record(store, found, vehicle, run, by)
    try:
        # Looked at as it is kept, before it is kept: what cannot be read again is no run.
        run = complete(replace(run, recording_id=recording_id))
        kept = store.dyno.add_run(run, by, session=fresh)
    except BaseException:
        _take_back(store, recording_id)
        raise
    try:
        store.recordings.restore(recording_id)
    except StoreError as error:
        _log.warning("the recording of %s stays off the list for now: %s", kept.name, error)
    if remember:
        _remember(store, read.table, chosen)
    if progress is not None:
        progress(1.0)
    return kept, found.warnings


def bring_back(store: Store) -> int:
    """Put deleted recordings on the list that hold runs which are not; returns how many.

    So stands an imported run whose desk was killed before it had ended.
    """
    brought = 0
    for recording in store.recordings.deleted():
        runs = store.dyno.runs_of_recording(recording.id)
        if not all(run.deleted for run in runs):
            with suppress(StoreError):
                store.recordings.restore(recording.id)
                brought += 1
    return brought


# The file


def _content(path: Path) -> tuple[bytes, datetime]:
    try:
        if not path.is_file():
            raise _refused(f"There is no file {path}.", "Look at its name and folder.")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise _refused(
            f"{path} cannot be read: {why}.", "Look whether it is there and may be read."
        ) from error
    return content, changed


def _dated(path: Path, table: Table, changed: datetime) -> RunDate:
    """Return when a run was driven: as the file says, else as its name does, else when it was made.

    A copy of a file is often younger than its run: nobody takes that time for more than it is.
    """
    today = datetime.now().astimezone().date()
    for dated, known in (
        (date_of_words(table.before, today), StartedIs.WRITTEN),
        (date_of_name(path.stem, today), StartedIs.FILE_NAME),
    ):
        if dated is not None:
            return RunDate(dated.instant(), known, dated.at is None)
    return RunDate(changed, StartedIs.FILE_TIME)


def _refuse_twin(store: Store, read: ReadFile) -> None:
    twins = store.dyno.runs_of_file(read.sha256)
    if twins:
        kept = twins[0]
        raise AlreadyImported(
            f"{read.path.name} was imported already: it is {kept.name} ({kept.id[-6:]}).",
            kept="Nothing was imported.",
            to_do="Look at that run; or import the file once more (on the command line with "
            "--again).",
        )


def _name_of(path: Path) -> str:
    """Return a run's name from its file's; an empty one counts up like those that are driven."""
    return " ".join("".join(c if c.isprintable() else " " for c in path.stem).split())[:80]


def _sure(read: ReadFile) -> Mapping:
    doubts = unsure(read.proposal)
    if doubts:
        told = " ".join(doubts[:4]) + (f" And {len(doubts) - 4} more." if len(doubts) > 4 else "")
        raise MappingRefused(
            f"What the columns of {read.path.name} are is not beyond doubt. {told}",
            kept="Nothing was imported.",
            to_do=cure_of(read.proposal),
        )
    return read.proposal.mapping


def _source(read: ReadFile) -> SourceUsed:
    program = read.proposal.program
    make, _, model = program.partition(" ") if program != OTHER else ("", "", "")
    return SourceUsed(
        alias=ALIAS,
        url="",
        kind="dyno",
        make=make,
        model=model,
        protocol=f"file of {program}",
        tier=Tier.IMPORTED,
        detail=read.path.name,
    )


# Remembering


def _remembered(store: Store, table: Table) -> Mapping | None:
    kept = store.layouts.load(MAPPINGS, fingerprint(table))
    if kept is None:
        return None
    try:
        return mapping_from(kept, table.names)
    except CarTechError as error:
        _log.warning("a remembered mapping cannot be used any more: %s", error)
        return None


def _remember(store: Store, table: Table, mapping: Mapping) -> None:
    document: dict[str, Any] = mapping_document(mapping, table.names)
    try:
        if store.layouts.load(MAPPINGS, fingerprint(table)) != document:
            store.layouts.save(MAPPINGS, fingerprint(table), document)
    except StoreError as error:
        _log.warning("the mapping could not be remembered: %s", error)


# Keeping


def _session(run: DynoRun, vehicle_id: str, by: Actor, customer: str) -> DynoSession:
    assert run.last_ns is not None  # noqa: S101 - set where the run is made
    return DynoSession(
        id="",
        vehicle_id=vehicle_id,
        vehicle_name="",
        operator=by,
        started=run.started,
        ended=run.started + timedelta(microseconds=run.last_ns / 1000),
        test_type=TestType.POWER_PULL,
        setup=run.setup,
        sources=run.sources,
        customer=customer,
        notes=f"Imported from {run.file}.",
    )


def _record(store: Store, found: TableRun, vehicle_id: str, run: DynoRun, by: Actor) -> str:
    """Write the samples as a recording that is deleted until its run is kept; returns its id."""
    writer = store.recordings.begin(
        vehicle_id,
        [track.channel for track in found.tracks.values()],
        anchor_ns=0,
        note=f"Imported from {run.file}",
        operator=by,
        anchor_utc=run.started,
        deleted=True,
    )
    try:
        for first in range(0, found.last_ns + 1, _SAMPLES_AT_ONCE):
            some = {}
            for name, track in found.tracks.items():
                low, high = track.t_ns.searchsorted((first, first + _SAMPLES_AT_ONCE))
                if high > low:
                    part = slice(int(low), int(high))
                    some[name] = Columns(track.t_ns[part], track.values[part], track.quality[part])
            if some:
                writer.write(some)
        writer.close()
    except BaseException:
        writer.abandon()
        _take_back(store, writer.id)
        raise
    return writer.id


def _take_back(store: Store, recording_id: str) -> None:
    """Remove what was written of a run that is not kept; what stays is on no list."""
    try:
        store.recordings.delete(recording_id)
        store.recordings.purge(recording_id)
    except StoreError as error:
        _log.warning("what was written of an import is removed later: %s", error)


def _refused(happened: str, to_do: str) -> FileRefused:
    return FileRefused(happened, kept="Nothing was imported.", to_do=to_do)
