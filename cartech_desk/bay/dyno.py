"""The dyno bench of one bay: its sources, the session, the run that is being driven.

The desk only listens: it sends no load and no brake command.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_status import NO_DYNO, DynoSnapshot, SourceStatus
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.people import Actor
from cartech_desk.hardware.dyno.source import DynoSource
from cartech_desk.hardware.dyno.sources import make_source
from cartech_desk.store.dyno import DynoSession
from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class SessionWish:
    """What a person chooses when a session begins; see `DynoSession` for the facts."""

    vehicle_id: str
    test_type: TestType = TestType.POWER_PULL
    setup: RunSetup = field(default_factory=RunSetup)
    run_prefix: str = "Run"
    fuel: str = ""
    tyre_kpa: float | None = None
    odometer_km: float | None = None
    modifications: str = ""
    customer: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Triggers:
    """When a run begins and ends by itself.

    It begins when speed rises above `start_kmh` or the throttle above `start_throttle_pct`
    (None: not by this), and ends `tail_s` after speed has fallen `lift_kmh` below the highest one,
    the throttle was let go, or nothing came from the dyno for `silence_s`; never longer than
    `longest_s`. Between runs the bench arms itself again where `again` is set.
    """

    start_kmh: float | None = 40.0
    start_throttle_pct: float | None = None
    lift_kmh: float = 8.0
    tail_s: float = 2.0
    silence_s: float = 3.0
    longest_s: float = 180.0
    again: bool = True


@dataclass(frozen=True, slots=True)
class DynoSettings:
    """What may be set about the bench; `altitude_m` is the shop's."""

    triggers: Triggers = Triggers()
    altitude_m: float | None = None
    links_folder: str = ""
    """Where the shop's own link definitions lie; empty: `links` in the data folder."""


class Dyno:
    """The bench. Public methods may be called from any thread and never block on a wire.

    `make` makes a source from an address and an alias. Acts end their Future once durable.
    """

    def __init__(
        self,
        store: Store,
        runs: DynoRuns,
        around: Around,
        *,
        make: Callable[[str, str], DynoSource] = make_source,
        settings: DynoSettings | None = None,
    ) -> None:
        self._store = store
        self._runs = runs
        self._around = around
        self._make = make
        self.settings = settings or DynoSettings()

    @property
    def trouble(self) -> str:
        """What is wrong with a dyno that is being driven on, a sentence; empty where nothing is."""
        return ""

    def open(self) -> None:
        """Start the threads (never in the constructor)."""

    def close(self) -> None:
        """End a run under way and let go of every source, within a second."""

    def use_settings(self, settings: DynoSettings) -> None:
        """Put other settings in force, at the next start of a run."""
        self.settings = settings

    def connect(self, url: str) -> Future[SourceStatus]:
        """Take a source onto the bench; the Future ends when its first reading came.

        It is tried again by itself until `disconnect`. Errors: BadSourceUrl at once; in the
        Future PortNotFound, PortBusy, PortDenied, SourceSilent.
        """
        raise NotImplementedError

    def disconnect(self, alias: str) -> Future[None]:
        """Let a source go; a run under way ends and is kept."""
        raise NotImplementedError

    def start_session(self, wish: SessionWish, by: Actor) -> Future[DynoSession]:
        """Begin a session; one under way is ended first. Errors: NotKept, StoreError."""
        raise NotImplementedError

    def change_session(self, wish: SessionWish, by: Actor) -> Future[DynoSession]:
        """Change the facts of the session under way; runs driven before keep theirs."""
        raise NotImplementedError

    def stop_session(self, by: Actor) -> Future[DynoSession]:
        """End the session; a run under way ends first."""
        raise NotImplementedError

    def start(self, by: Actor) -> Future[str]:
        """Arm: the run begins by itself. The Future ends with the id of the run that began.

        Pressed again while armed, the run begins at once. Errors in the Future: DynoRefused
        (no session, no source with speed or engine speed, disk full), Cancelled.
        """
        raise NotImplementedError

    def stop(self, by: Actor) -> Future[str]:
        """End the run (or only disarm); the Future ends with the run's id, empty for none.

        What came until now is kept, however short.
        """
        raise NotImplementedError

    def snapshot(self, now_ns: int) -> DynoSnapshot:
        """Return one consistent picture."""
        return NO_DYNO
