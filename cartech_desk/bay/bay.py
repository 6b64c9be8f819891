"""The bay: one connection, what is watched, what is recorded. Pages and commands call this."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from cartech_desk.bay.alarm_surroundings import Surroundings
from cartech_desk.bay.alarms import Alarms
from cartech_desk.bay.annunciator import Speaker
from cartech_desk.bay.bay_settings import BaySettings
from cartech_desk.bay.car_wire import CarWire
from cartech_desk.bay.dyno_at_hand import DynoAtHand
from cartech_desk.bay.feed import Feed
from cartech_desk.bay.recorder import Recorder
from cartech_desk.bay.removal import Removal
from cartech_desk.bay.status import BaySnapshot, Series
from cartech_desk.bay.witness import Witness
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import NOBODY, Actor
from cartech_desk.hardware.adapter import Adapter
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.bay.dyno import Dyno
    from cartech_desk.bay.dyno_runs import DynoRuns
    from cartech_desk.bay.dyno_sheets import DynoSheets
    from cartech_desk.bay.faults import Faults
    from cartech_desk.hardware.dyno.source import DynoSource

__all__ = ["Bay", "BaySettings"]

LEAVE_S: Final = 0.5
"""How long the end of the bay waits for all wires; the rest of a second is for the disk."""

FAULTS_S: Final = 0.3
"""How long the end of the bay waits for the last word of a clearing that was cut off."""

LIMIT_WATCH: Final = "limit watch"
LIMIT_HOOK: Final = "limit hook"
RECORDER: Final = "recorder"

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Bay(CarWire):
    """One bay. Public methods may be called from any thread and never block on the wire.

    `feed` takes readings of other instruments too, declared under names of theirs; `adapters`
    makes an adapter from a URL.
    `alarms` watches the limits of the vehicle at hand from `alarms.use_vehicle` on; `sounder` is
    what makes alarms heard (`hardware.sounder.Sounder`): only the window has one, the commands
    are silent.
    `dyno` is the bench with its sources and the run being driven, `runs` and `sheets` what is kept
    and printed of runs; `sources` makes a source of the bench from its address and its alias.
    `faults` reads and clears the codes of the car at hand, and checks it up.
    """

    def __init__(
        self,
        store: Store,
        settings: BaySettings | None = None,
        *,
        adapters: Callable[[str], Adapter] = make_adapter,
        sounder: Speaker | None = None,
        sources: "Callable[[str, str], DynoSource] | None" = None,
    ) -> None:
        self.settings = settings or BaySettings()
        self._store = store
        self._recorder = Recorder(store.recordings, pretrigger_s=self.settings.pretrigger_s)
        self._removal = Removal(store, lambda: self._recorder.status.id != "")
        self.feed = Feed(
            ring_s=self.settings.ring_s,
            stale_after_s=self.settings.stale_after_s,
            told=self._declared,
            gap=self._recorder.gap,
        )
        super().__init__(
            lambda: store.known_cars,
            lambda: self.settings,
            adapters=adapters,
            feed=self.feed,
            witness=Witness(self._recorder),
            recording=self._recording_under_way,
        )
        self._operator = NOBODY
        self._begun: Future[str] | None = None
        self.alarms = Alarms(
            store,
            Surroundings(
                link=self._link,
                connection=lambda: self._connection,
                recording=lambda: self._recorder.status,
                problems=lambda: self.feed.failures,
                poll=self._poll_for_limits,
                mark=self._recorder.mark_alarm,
                extend=self._recorder.extend_alarm,
                heard=lambda: self.feed.heard_ns,
                dyno=lambda: self._bench.trouble,
            ),
            speaker=sounder,
        )
        self._sources = sources
        self._bench = DynoAtHand(self._made_bench)
        self._faults: Faults | None = None

    @cached_property
    def runs(self) -> "DynoRuns":
        """Dyno runs that are kept; what reads them is read in with the first."""
        from cartech_desk.bay.dyno_runs import DynoRuns

        return DynoRuns(self._store)

    @property
    def dyno(self) -> "Dyno":
        """The bench: read in and started when it is first asked for, so that no start waits."""
        return self._bench.bench

    @cached_property
    def sheets(self) -> "DynoSheets":
        """Sheets of dyno runs; what makes them is read in with the first."""
        from cartech_desk.bay.dyno_sheets import DynoSheets

        return DynoSheets(self._store, self.runs)

    @property
    def faults(self) -> "Faults":
        """Faults of the car at hand; what reads them is read in when they are first asked for."""
        from cartech_desk.bay.faults import AtHand, Faults

        with self._lock:
            if self._faults is None:
                self._faults = Faults(
                    self._store,
                    AtHand(self._post_for_car, self._link, lambda: self._bench.busy),
                )
            return self._faults

    def use_settings(self, settings: BaySettings) -> None:
        """Put other settings in force: the pre-trigger at once, all else at the next connection.

        The length of the rings stays that of the start.
        """
        self.settings = settings
        self._bench.use_settings(settings.dyno)
        self.feed.set_stale_after(settings.stale_after_s)
        self._recorder.pretrigger.set_length(int(settings.pretrigger_s * 1e9))

    def start(self) -> None:
        """Start the threads (never in the constructor)."""
        self._recorder.start()
        self._removal.start()
        # The limit watch comes first: an alarm does not wait for anybody.
        self.feed.set_taker(LIMIT_WATCH, self.alarms.take)
        self.feed.set_taker(RECORDER, self._witness.take)
        self.alarms.start()
        self._bench.open()

    def stop(self) -> None:
        """Stop a recording under way, disconnect, join every thread within a second.

        Where the disk refuses what is not written yet it takes some seconds longer; what is lost
        then is told by `snapshot().recording.problem`.
        """
        deadline = time.monotonic() + LEAVE_S
        faults = self._faults
        if faults is not None:
            faults.close(0.0)  # its last word comes when the wire is let go
        self._bench.close()
        self._mark_silence()
        with self._lock:
            owners = [owner for owner in (self._owner, self._leaving) if owner is not None]
        self.disconnect()
        for owner in owners:
            if not owner.join(max(0.0, deadline - time.monotonic())):
                _LOG.warning("the wire of %s did not let go in time", owner.connection.url)
        if faults is not None:
            faults.close(FAULTS_S)
        self.feed.set_taker(LIMIT_WATCH, None)
        self.feed.set_taker(RECORDER, None)
        self.alarms.stop()
        self._recorder.stop()
        self._removal.stop()
        self._known.close(max(0.0, deadline - time.monotonic()))

    def snapshot(self) -> BaySnapshot:
        """Return one consistent picture, cheap enough for ten a second.

        Its channels are those that `watch` asked for and those of instruments; what limits watch
        and dyno runs need beside them is told by the alarms and by the bench alone.
        """
        now_ns = monotonic_ns()
        return BaySnapshot(
            now_ns,
            self._connection.status(now_ns),
            self.feed.statuses(now_ns, self._watch.plan.aside),
            self._recorder.status,
            self.feed.problems,
            self.alarms.snapshot(),
            self._bench.snapshot(now_ns),
        )

    def series(self, name: str, seconds: float) -> Series:
        """Return the last `seconds` of one channel from its ring (a copy)."""
        return self.feed.series(name, monotonic_ns() - round(seconds * 1e9))

    def set_limit_hook(self, hook: Callable[[Sequence[Reading]], None] | None) -> None:
        """Hand every batch of raw readings to `hook` too, in the thread that read them."""
        self.feed.set_taker(LIMIT_HOOK, hook)

    def use_operator(self, operator: Actor) -> None:
        """Say who runs the bay from now on: recordings and alarms carry this name.

        Whoever takes over a recording under way is marked in it.
        """
        before, self._operator = self._operator, operator
        if operator != NOBODY and operator.name != before.name:
            self.mark(f"Operator: {operator.name}")
        self.alarms.use_operator(operator)

    def start_recording(self, vehicle_id: str, note: str = "") -> Future[str]:
        """Begin a recording of everything watched, with the pre-trigger; ends with its id.

        What limits watch is recorded too: an alarm's mark without its values would say little.
        """
        return self._begin_recording(vehicle_id, note, self._operator)

    def stop_recording(self) -> Future[str]:
        """End the recording; the Future ends with its id once all of it is durable."""
        self._mark_silence()
        return self._recorder.end()

    def mark(self, note: str = "") -> None:
        """Set a mark at this instant in the recording under way."""
        self._recorder.mark(monotonic_ns(), note)

    def _begin_recording(
        self,
        vehicle_id: str,
        note: str,
        by: Actor,
        *,
        recording_id: str = "",
        t_ns: int | None = None,
    ) -> Future[str]:
        """Begin a recording; that of a dyno run has its id and its anchor before it is there."""
        begun = self._begun = self._recorder.begin(
            vehicle_id,
            note,
            not_before_ns=self._witness.car_since_ns,
            operator=by if by != NOBODY else None,
            recording_id=recording_id,
            t_ns=t_ns,
        )
        return begun

    def _made_bench(self) -> "Dyno":
        from cartech_desk.bay.dyno import Dyno
        from cartech_desk.bay.dyno_around import Around

        return Dyno(
            self._store,
            self.runs,
            Around(
                feed=self.feed,
                recording=lambda: self._recorder.status,
                begin=self._begin_recording,
                end=self.stop_recording,
                settled=self._recorder.settled,
                mark=self._recorder.mark,
                earliest=lambda t_ns: self._recorder.pretrigger.start_ns(
                    t_ns, self._witness.car_since_ns
                ),
                link=self._link,
                available=self.available,
                poll=self._poll_for_runs,
            ),
            make=self._sources,
            settings=self.settings.dyno,
        )

    def _declared(self, asked: Mapping[Channel, float]) -> None:
        self._recorder.know(asked)
        self.alarms.expect(asked)

    def _poll_for_limits(self, rates_hz: Mapping[str, float]) -> None:
        self._watch.set_limit_rates(rates_hz)
        self._nudge()

    def _poll_for_runs(self, rates_hz: Mapping[str, float]) -> None:
        self._watch.set_run_rates(rates_hz)
        self._nudge()

    def _recording_under_way(self) -> bool:
        begun = self._begun
        return bool(self._recorder.status.id) or (begun is not None and not begun.done())

    def _mark_silence(self) -> None:
        """Write into the recording that nothing has been heard until now, where that is so."""
        started_ns = self._recorder.status.started_ns
        if started_ns:
            begin_ns = started_ns - round(1e9 * self.settings.pretrigger_s)
            self.feed.note_silences(begin_ns, monotonic_ns())
