"""The words of dyno sessions and runs: what is kept of them beside their samples."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import Conditions, RunSetup, TestType
from cartech_desk.domain.people import Actor


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


class StartedIs(StrEnum):
    """Where it is known from when a run was driven."""

    CLOCK = "clock"
    """This desk's clock, while it was driven."""
    TYPED = "typed"
    """Somebody typed it for a file of another program."""
    WRITTEN = "written"
    """It stands in the file, above its columns."""
    FILE_NAME = "file_name"
    FILE_TIME = "file_time"
    """Nobody knows: it is when the file was written, or copied."""

    @property
    def words(self) -> str:
        """As it is said beside the time; empty for what this desk measured itself."""
        return _STARTED[self]


_STARTED: Final[Mapping[StartedIs, str]] = {
    StartedIs.CLOCK: "",
    StartedIs.TYPED: "as typed",
    StartedIs.WRITTEN: "as written in the file",
    StartedIs.FILE_NAME: "from the file's name",
    StartedIs.FILE_TIME: "time of the file, not of the run",
}


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
    conditions: Conditions | None = None
    """The air that it was driven in, as its result says; the tree corrects the peaks with it."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What its session said when a run was driven: it stays so, whatever is changed later."""

    fuel: str = ""
    tyre_kpa: float | None = None
    odometer_km: float | None = None
    modifications: str = ""
    customer: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class DynoRun:
    """A run. `first_ns` and `last_ns` count from the anchor of recording `recording_id`.

    `setup` is the session's at that time, with what was put right for this run alone.
    `samples_sha256` is over the canonical raw samples (`bay.dyno_samples`), empty while open.
    `file` and `file_sha256` name what an imported run was read from; `mapping` how.
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
    facts: RunFacts | None = None
    """None for a run of an older version, which kept none: its session's stand for them."""
    started_is: StartedIs = StartedIs.CLOCK
    """Where `started` is known from; every face that tells a time that is a guess says so."""
    day_only: bool = False
    """Only the day of `started` is known, not the time."""
    deleted: bool = False
    version: int = 1


def started_words(run: DynoRun) -> str:
    """Say when a run was driven, in the zone of this desk, and how far that is known."""
    at = run.started.astimezone()
    written = f"{at:%Y-%m-%d}" if run.day_only else f"{at:%Y-%m-%d %H:%M:%S}"
    told = [run.started_is.words, "the time of day is not known" if run.day_only else ""]
    said = ", ".join(filter(None, told))
    return f"{written} ({said})" if said else written


def named_apart(runs: Sequence[DynoRun], cars: Mapping[str, str]) -> tuple[DynoRun, ...]:
    """Return runs with names that tell them apart; `cars` are those of their sessions, by id.

    Runs of several cars have the car before their name. Runs that are still called alike have their
    day behind it, on one day their time, in the zone of this desk.
    """
    several = len({cars.get(one.session, "") for one in runs}) > 1
    names = [
        f"{cars.get(one.session, '')} {one.name}".strip() if several else one.name for one in runs
    ]
    told = []
    for run, name in zip(runs, names, strict=True):
        alike = [one for one, other in zip(runs, names, strict=True) if other == name]
        told.append(replace(run, name=name + _apart(run, alike)))
    return tuple(told)


def _apart(run: DynoRun, alike: Sequence[DynoRun]) -> str:
    """Return the shortest words that tell a run from those of the same name, itself among them."""
    if len(alike) < 2:
        return ""
    day = "%Y-%m-%d"
    days = {f"{one.started.astimezone():{day}}" for one in alike}
    head = ", " if len(days) == 1 else f", {day} "
    times = () if any(one.day_only for one in alike) else (f"{head}%H:%M", f"{head}%H:%M:%S")
    for form in (f", {day}", *times):
        ends = {one.id: f"{one.started.astimezone():{form}}" for one in alike}
        if len(set(ends.values())) == len(alike):
            return ends[run.id]
    return f", {run.id[-6:]}"


def facts_of(session: DynoSession) -> RunFacts:
    """Return the facts of a session as a run that is driven now keeps them."""
    return RunFacts(
        session.fuel,
        session.tyre_kpa,
        session.odometer_km,
        session.modifications,
        session.customer,
        session.notes,
    )


def as_driven(session: DynoSession, run: DynoRun) -> DynoSession:
    """Return the session as it was when a run of it was driven, for sheets and comparisons."""
    return session if run.facts is None else replace(session, **asdict(run.facts))
