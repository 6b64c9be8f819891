"""The bench's thread: session, arming, the run under way. Everything that changes, changes here."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Final

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_beginning import made_of, run_that_begins
from cartech_desk.bay.dyno_driven import PATIENCE_S, Driven
from cartech_desk.bay.dyno_ends import Ends
from cartech_desk.bay.dyno_errors import Cancelled, DynoRefused
from cartech_desk.bay.dyno_live import Live, Underway
from cartech_desk.bay.dyno_motion import Motion
from cartech_desk.bay.dyno_orders import Orders
from cartech_desk.bay.dyno_ready import Readiness, ready
from cartech_desk.bay.dyno_roles import DRIVING
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_session import SessionKept
from cartech_desk.bay.dyno_settings import Triggers
from cartech_desk.bay.dyno_sources import Sources
from cartech_desk.bay.dyno_state import Armed, BenchState, Running
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.bay.dyno_triggers import (
    Beginning,
    End,
    Ending,
    Why,
    only_by_hand,
    rolled_in,
)
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.run import TestType, View
from cartech_desk.domain.people import NOBODY, Actor
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding
from cartech_desk.store.store import Store

TICK_S: Final = 0.05
IDLE_S: Final = 0.25
QUICK_S: Final = 2.0
"""So long the bench waits for a run to be put away; then it goes on, and that does too."""
LEAVE_S: Final = 0.45
"""How long the end of the desk waits for a run to be put away; its recording is written on."""
ROOM_BYTES: Final = 30_000_000
"""With less room on the disk no run is begun."""


class Bench:
    """Runs the sessions and runs of one bench; orders of other threads go through `orders`."""

    def __init__(
        self,
        store: Store,
        runs: DynoRuns,
        around: Around,
        sources: Sources,
        live: Live,
        *,
        triggers: Callable[[], Triggers],
        view: Callable[[], View],
    ) -> None:
        self.state = BenchState()
        self._store = store
        self._runs = runs
        self._around = around
        self._sources = sources
        self._live = live
        self._triggers = triggers
        self._view = view
        self.orders = Orders(
            tick=self._tick, leave=self._leave, rest_s=self._rest_s, failed=self._failed
        )
        self._armed: Armed | None = None
        self._running: Running | None = None
        self._waiting: list[Future[str]] = []
        self._ended_ns = 0
        self._ends = Ends(self._settle, self._idle)
        self._pending: list[tuple[Driven, Future[DynoRun]]] = []
        """Runs that are over and not put away yet."""
        self._sessions = SessionKept(store)

    def open(self) -> None:
        """Start the thread."""
        self._ends.open()
        self.orders.open()

    def close(self, within_s: float) -> None:
        """End the run and the session under way, and the thread."""
        until = time.monotonic() + within_s
        self.orders.close(within_s)
        self._ends.close(max(0.05, until - time.monotonic()))

    def start(self, by: Actor) -> Future[str]:
        """Arm, or begin at once where it is armed; the Future ends with the run that began."""
        asked_ns = monotonic_ns()
        return self.orders.ask(lambda future: self._start(by, future, asked_ns))

    # Below: the bench's thread alone.

    def _rest_s(self) -> float:
        busy = self._armed is not None or self._running is not None
        return TICK_S if busy else IDLE_S

    def _failed(self, error: Exception) -> None:
        self._tell(problem=f"A fault of the dyno bench ({error!r}); the log tells more.")

    def _tell(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of its own

    # Sessions

    def begin_session(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep a session that begins now, or goes on (`id` is known); one under way ends first."""
        self._store.vehicles.get(session.vehicle_id)
        if self.state.session is not None:
            self.end_session(by)
        kept = self._sessions.begin(session, by)
        self._tell(session=kept, last_run="", problem="")
        return kept

    def change_session(self, make: Callable[[DynoSession], DynoSession], by: Actor) -> DynoSession:
        """Keep other facts of the session under way."""
        session = self._must_session()
        kept = self._store.dyno.change_session(make(session), by)
        self._tell(session=kept)
        if self._armed is not None:
            try:
                self._arm(self._armed.by)
            except DynoRefused as error:  # the change is kept; it cannot be driven so
                self._tell(problem=error.message)
        return kept

    def end_session(self, by: Actor) -> DynoSession:
        """End the session; a run under way ends first."""
        session = self._must_session()
        self.stop(by)
        kept = self._sessions.end(session, by)
        self._tell(session=None)
        return kept

    def _must_session(self) -> DynoSession:
        if self.state.session is None:
            raise DynoRefused("No dyno session is under way.", to_do="Begin one first.")
        return self.state.session

    # Runs

    def stop_run(self, by: Actor) -> Future[str]:
        """Stop; the Future ends with the run's id once it is put away, or was tried to be."""
        return self.orders.ask(lambda future: self._stop_for(future, by))

    def _stop_for(self, future: Future[str], by: Actor) -> None:
        run_id = self.stop(by)
        if not self._pending:
            future.set_result(run_id)
            return
        driven, away = self._pending[-1]
        away.add_done_callback(lambda _: future.set_result(driven.run.id))

    def stop(self, by: Actor, *, why: Why = Why.HAND) -> str:
        """End the run under way, or disarm; returns the run's id, empty for none."""
        del by  # who began a run is who it is kept for
        if self._running is not None:
            run_id = self._running.driven.run.id
            self._end(End(why, monotonic_ns()), rearm=False)
            return run_id
        self._disarm()
        return ""

    def source_leaves(self, names: frozenset[str]) -> None:
        """End the run that is made of these channels: their source is let go of."""
        running = self._running
        if running is not None and names & {running.roles.get(role, "") for role in DRIVING}:
            self.stop(NOBODY, why=Why.SOURCE)

    def _start(self, by: Actor, future: Future[str], asked_ns: int) -> None:
        if self._running is not None:
            self._waiting.append(future)
            return
        armed = self._armed
        if armed is not None:
            self._waiting.append(future)
            if asked_ns > armed.since_ns:
                self._begin(armed, monotonic_ns(), by_hand=True)
            return
        self._check_room()
        self._arm(by)
        self._waiting.append(future)
        if self._armed is not None and self._armed.by_hand:
            self._begin(self._armed, monotonic_ns(), by_hand=True)

    def _check_room(self) -> None:
        if shutil.disk_usage(self._store.folder).free < ROOM_BYTES:
            raise DynoRefused(
                f"The disk that holds {self._store.folder} is full.",
                kept="No run was begun.",
                to_do="Make room on it, then press Start again.",
            )

    def _readiness(self) -> Readiness:
        return ready(self.state.session, self._sources.owners, self._around, monotonic_ns())

    def _arm(self, by: Actor) -> None:
        """Wait for the run to begin. Errors: DynoRefused where it could not."""
        readiness = self._readiness()
        if readiness.why_not:
            self._disarm()
            raise DynoRefused(readiness.why_not, to_do=readiness.to_do)
        now_ns, triggers = monotonic_ns(), self._triggers()
        setup = self._must_session().setup
        motion = Motion(self._around.feed, readiness.roles, setup.roller_m, now_ns)
        by_hand = only_by_hand(
            setup.test_type, triggers, speed=motion.tells_speed, throttle=motion.tells_throttle
        )
        beginning = Beginning(setup.test_type, triggers)
        self._armed = Armed(by, now_ns, readiness, motion, beginning, by_hand)
        self._tell(phase=Phase.ARMED, problem="", too_fast=False)

    def _disarm(self) -> None:
        self._armed = None
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set_exception(
                Cancelled("The run was called off before it began.", to_do="Press Start again.")
            )
        if self.state.phase is Phase.ARMED:
            self._tell(phase=Phase.IDLE, too_fast=False)

    def _begin(self, armed: Armed, begun_ns: int, *, by_hand: bool) -> None:
        """Begin a run: its row, then its recording, then everything that looks at it."""
        session, feed, now_ns = self._must_session(), self._around.feed, monotonic_ns()
        readiness = self._readiness()
        roles = readiness.roles or armed.readiness.roles
        recording = self._around.recording()
        putting_away = {one.run.recording_id for one, _ in self._pending}
        own = not recording.id or recording.id in putting_away
        anchor_ns = now_ns if own else recording.started_ns
        first_ns = begun_ns
        if not by_hand:
            first_ns = rolled_in(*armed.motion.speed_before(begun_ns - 2 * 10**10), begun_ns)
        first_ns = max(first_ns, self._around.earliest(anchor_ns), min(self._ended_ns, begun_ns))
        run = run_that_begins(
            session,
            roles,
            self._sources.owners,
            self._around,
            recording_id="" if own else recording.id,
            anchor_ns=anchor_ns,
            first_ns=first_ns,
            now_ns=now_ns,
        )
        driven = Driven(
            self._store,
            self._runs,
            self._around,
            session=session,
            run=run,
            by=armed.by,
            anchor_ns=anchor_ns,
            own=own,
        )
        self._armed = None
        driven.begin()
        run, setup = driven.run, driven.run.setup
        self._running = Running(
            driven,
            Motion(feed, roles, setup.roller_m, first_ns),
            Ending(setup.test_type, self._triggers(), begun_ns),
            roles,
        )
        self._live.follow(
            Underway(run.id, run.name, anchor_ns, first_ns, setup, self._view(), run.tier)
        )
        self._tell(
            phase=Phase.RUNNING,
            run_id=run.id,
            run_name=run.name,
            run_since_ns=first_ns,
            roles=roles,
            too_fast=False,
            problem=driven.problem,
        )
        self._answer(driven)

    def _answer(self, driven: Driven) -> None:
        """Tell who waits for the run's begin its id, once it is kept."""
        if driven.kept and self._waiting:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                future.set_result(driven.run.id)

    def _tick(self) -> None:
        self._look_at_pending()
        if self._running is not None:
            self._watch(self._running)
        elif self._armed is not None:
            self._await(self._armed)

    def _look_at_pending(self) -> None:
        """Tell of runs that have been put away meanwhile."""
        for driven, away in [one for one in self._pending if one[1].done()]:
            self._pending.remove((driven, away))
            self._tell(last_run=driven.run.id if driven.kept else "")
            if self._running is None:
                self._tell(problem=driven.problem)

    def _idle(self) -> bool:
        return self._running is None and self._armed is None

    def _settle(self) -> bool:
        """Give what was cut off its end; tells whether some is left. In the thread of the ends."""
        self._runs.settle()
        left = self._store.dyno.unsettled_runs()
        return any(run.ending is not RunEnding.NOT_RECORDED for run in left)

    def _await(self, armed: Armed) -> None:
        readiness = self._readiness()
        if readiness.roles != armed.readiness.roles and not readiness.why_not:
            waiting, self._waiting = self._waiting, []
            self._arm(armed.by)  # a source was taken on or let go of meanwhile
            self._waiting = waiting
            return
        moved = armed.motion.look()
        begun_ns = armed.beginning.look(moved.speed, moved.throttle)
        if begun_ns:
            self._begin(armed, begun_ns, by_hand=False)
        elif armed.beginning.too_fast is not self.state.too_fast:
            self._tell(too_fast=armed.beginning.too_fast)

    def _watch(self, running: Running) -> None:
        now_ns, driven, feed = monotonic_ns(), running.driven, self._around.feed
        ended = driven.look()
        self._answer(driven)
        if driven.problem != self.state.problem or driven.run.name != self.state.run_name:
            self._tell(problem=driven.problem, run_name=driven.run.name)
        if ended is not None:
            self._end(replace(ended, last_ns=now_ns), rearm=False)
            return
        moved = running.motion.look()
        heard_ns = max(map(feed.good_ns, made_of(feed, running.roles, road=driven.run.setup.road)))
        end = running.ending.look(
            moved.speed, moved.throttle, moved.rpm, heard_ns=heard_ns, now_ns=now_ns
        )
        if end is not None:
            self._end(end, rearm=True)

    def _end(self, end: End, *, rearm: bool, within_s: float | None = None) -> None:
        """Put the run away, then get ready for the next one."""
        running = self._running
        if running is None:
            return
        self._tell(phase=Phase.SAVING)
        driven = running.driven
        away = self._ends.put_away(driven, end, within_s=within_s or PATIENCE_S)
        wait([away], QUICK_S if within_s is None else within_s)
        self._running = None
        self._ended_ns = end.last_ns
        self._live.follow(None)
        self._tell(phase=Phase.IDLE, run_id="", run_name="", run_since_ns=0, roles={})
        self._pending.append((driven, away))
        told = f"{driven.run.name or 'The run'} is kept as soon as the disk takes it."
        self._tell(problem=driven.problem or told)
        self._look_at_pending()
        self._answer(driven)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set_exception(DynoRefused(driven.problem, to_do="Make room on the disk."))
        if rearm and self._triggers().again and self._again():
            self._arm_again(driven.by)

    def _again(self) -> bool:
        session = self.state.session
        pulls = (TestType.POWER_PULL, TestType.COAST_DOWN)
        return session is not None and session.setup.test_type in pulls

    def _arm_again(self, by: Actor) -> None:
        problem = self.state.problem
        try:
            self._check_room()
            self._arm(by)
        except DynoRefused as error:
            self._tell(problem=error.message)
            return
        if self._armed is not None and self._armed.by_hand:
            self._disarm()  # by hand means by hand
        self._tell(problem=problem)

    def _leave(self) -> None:
        """End what is under way: the desk is being closed."""
        if self._running is not None:
            self._end(End(Why.CLOSING, monotonic_ns()), rearm=False, within_s=LEAVE_S)
        self._disarm()
        session = self.state.session
        if session is not None:
            self._sessions.end(session, session.operator)
            self._tell(session=None)
