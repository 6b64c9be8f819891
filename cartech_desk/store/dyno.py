"""Dyno sessions and runs in `desk.db`. Samples lie in `recordings.db`; a run names its stretch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.people import Actor
from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.database import Database


class RunEnding(StrEnum):
    """How a run ended."""

    OPEN = "open"
    """It is being driven."""
    STOPPED = "stopped"
    """By itself (speed or throttle) or by hand."""
    SOURCE_LOST = "source_lost"
    """The dyno fell silent; what came before is there."""
    POWER_CUT = "power_cut"
    """The desk was killed or lost power: it ends with the last durable sample."""
    NOT_RECORDED = "not_recorded"
    """The disk refused it; the session remembers that it was driven."""
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class SourceUsed:
    """A source as it stood when a session or run began: for the sheet and for `roles`."""

    alias: str
    url: str
    kind: str
    make: str
    model: str
    protocol: str
    tier: Tier
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DynoSession:
    """A session: one vehicle, one operator, one set-up, any number of runs.

    `number` of runs so far is not kept: count them. Texts are plain and short.
    """

    id: str
    vehicle_id: str
    vehicle_name: str
    operator: Actor
    started: datetime
    ended: datetime | None
    test_type: TestType
    setup: RunSetup
    sources: tuple[SourceUsed, ...] = ()
    run_prefix: str = "Run"
    """Names of runs are this and a number that counts up: "Run 3"."""
    fuel: str = ""
    tyre_kpa: float | None = None
    odometer_km: float | None = None
    modifications: str = ""
    customer: str = ""
    notes: str = ""
    deleted: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What the tree shows of a run without reading its samples: uncorrected, smoothing 3."""

    peak_power_kw: float | None = None
    peak_power_rpm: float | None = None
    peak_torque_nm: float | None = None
    peak_torque_rpm: float | None = None
    quality: tuple[tuple[str, str, bool], ...] = ()
    """Key, word, grave."""


@dataclass(frozen=True, slots=True)
class DynoRun:
    """A run. `first_ns` and `last_ns` count from the anchor of recording `recording_id`.

    `setup` is the session's at that time, with what was put right for this run alone.
    `samples_sha256` is over the canonical raw samples (`bay.dyno_runs`), empty while open. `file` and `file_sha256`
    name what an imported run was read from; `mapping` how.
    """

    id: str
    session: str
    number: int
    name: str
    recording_id: str
    first_ns: int | None
    last_ns: int | None
    started: datetime
    ending: RunEnding
    tier: Tier
    setup: RunSetup
    sources: tuple[SourceUsed, ...] = ()
    note: str = ""
    summary: RunSummary = RunSummary()
    samples_sha256: str = ""
    file: str = ""
    file_sha256: str = ""
    mapping: Mapping[str, object] = field(default_factory=dict)
    deleted: bool = False
    version: int = 1


class DynoStore:
    """Sessions and runs. Every change goes with its audit record, in one transaction."""

    def __init__(self, database: Database, audit: AdmittingLog) -> None:
        self._database = database
        self._audit = audit

    def begin_session(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep a new session (its `id` is made here where empty)."""
        raise NotImplementedError

    def change_session(self, session: DynoSession, by: Actor, reason: str = "") -> DynoSession:
        """Keep a session's new facts. Errors: NotKept; Changed where its version is another."""
        raise NotImplementedError

    def end_session(self, session_id: str, by: Actor) -> DynoSession:
        """Note that it is over. Errors: NotKept."""
        raise NotImplementedError

    def add_run(self, run: DynoRun, by: Actor) -> DynoRun:
        """Keep a run that begins or was imported; `id`, `number`, `name` are given where empty."""
        raise NotImplementedError

    def end_run(self, run: DynoRun, by: Actor) -> DynoRun:
        """Keep how a run ended, its stretch, summary and hash. Errors: NotKept."""
        raise NotImplementedError

    def change_run(self, run: DynoRun, by: Actor, reason: str = "") -> DynoRun:
        """Keep a run's new name, note or set-up. Errors: NotKept; Changed."""
        raise NotImplementedError

    def delete_run(self, run_id: str, by: Actor) -> None:
        """Mark as deleted; its samples stay until the recording is deleted too."""
        raise NotImplementedError

    def restore_run(self, run_id: str, by: Actor) -> None:
        """Take a deletion back."""
        raise NotImplementedError

    def sessions(self, search: str = "", *, vehicle_id: str = "") -> tuple[DynoSession, ...]:
        """Return sessions, the newest first; each word of `search` is found somewhere in them."""
        raise NotImplementedError

    def session(self, session_id: str) -> DynoSession:
        """Return one session by its id or a unique start of it. Errors: NotKept."""
        raise NotImplementedError

    def runs(self, session_id: str, *, deleted: bool = False) -> tuple[DynoRun, ...]:
        """Return the runs of a session by number."""
        raise NotImplementedError

    def all_runs(self) -> tuple[DynoRun, ...]:
        """Return every run that is not deleted, the newest first, for the tree."""
        raise NotImplementedError

    def run(self, run_id: str) -> DynoRun:
        """Return one run by its id or a unique start of it. Errors: NotKept."""
        raise NotImplementedError

    def open_runs(self) -> tuple[DynoRun, ...]:
        """Return runs that are still marked as being driven."""
        raise NotImplementedError
