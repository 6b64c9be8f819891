"""The dyno bench of one bay: its sources, the session, the run that is being driven.

The desk only listens: it sends no load and no brake command.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_bench import Bench
from cartech_desk.bay.dyno_live import Live
from cartech_desk.bay.dyno_picture import Picture
from cartech_desk.bay.dyno_roles import CAR_RATES_HZ, ROAD_RATES_HZ
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_settings import DynoSettings, Triggers
from cartech_desk.bay.dyno_sources import Sources
from cartech_desk.bay.dyno_status import DynoSnapshot, Phase, SourceStatus
from cartech_desk.bay.dyno_used import sources_used
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.people import Actor
from cartech_desk.hardware.dyno.source import DynoSource, Kind
from cartech_desk.hardware.dyno.sources import kind_of, make_source
from cartech_desk.store.dyno import DynoSession
from cartech_desk.store.store import Store

__all__ = ["Dyno", "DynoSettings", "SessionWish", "Triggers"]

_LOG = logging.getLogger(__name__)

LINKS: Final = "links"
"""Where in the data folder the shop's link definitions lie."""
CLOSE_S: Final = 0.9
BENCH_CLOSE_S: Final = 0.7
"""How long the end of the bench waits for its run, and for all its wires together."""


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


class Dyno:
    """The bench. Public methods may be called from any thread and never block on a wire.

    `make` makes a source from an address and an alias, `kind` tells what an address is. Acts end
    their Future once durable.
    """

    def __init__(
        self,
        store: Store,
        runs: DynoRuns,
        around: Around,
        *,
        make: Callable[[str, str], DynoSource] | None = None,
        kind: Callable[[str], Kind] | None = None,
        settings: DynoSettings | None = None,
    ) -> None:
        self.settings = settings or DynoSettings()
        self._around = around
        folder = self.settings.links_folder
        links = Path(folder) if folder else store.folder / LINKS
        if make is None:
            make = partial(make_source, links=links)
        kind = kind or partial(kind_of, links=links)
        self._sources = Sources(around.feed, make=make, kind_of=kind)
        self._live = Live(around.feed)
        self._bench = Bench(
            store,
            runs,
            around,
            self._sources,
            self._live,
            triggers=lambda: self.settings.triggers,
            view=lambda: self.settings.view,
        )
        self._picture = Picture(around, self._sources, self._live)
        self._faults: set[str] = set()

    @property
    def phase(self) -> Phase:
        """What the bench is doing. Cheap: may be asked between two requests."""
        return self._bench.state.phase

    @property
    def trouble(self) -> str:
        """What is wrong with a dyno that is being driven on, a sentence; empty where nothing is."""
        try:
            return self._picture.trouble(self._bench.state)
        except Exception as error:
            return self._fault(error)

    def open(self) -> None:
        """Start the threads (never in the constructor)."""
        self._live.open()
        self._bench.open()

    def close(self) -> None:
        """End a run under way and let go of every source, within a second."""
        until = time.monotonic() + CLOSE_S
        self._bench.close(BENCH_CLOSE_S)
        self._live.close()
        self._sources.close(until)

    def use_settings(self, settings: DynoSettings) -> None:
        """Put other settings in force: triggers when the bench is armed next, all else at once."""
        self.settings = settings

    def connect(self, url: str) -> Future[SourceStatus]:
        """Take a source onto the bench; the Future ends when its first reading came.

        It is tried again by itself until `disconnect`, whatever the Future ended with. Errors:
        BadSourceUrl at once, DynoRefused where it is on the bench already; in the Future
        PortNotFound, PortBusy, PortDenied, SourceSilent.
        """
        return self._sources.connect(url)

    def disconnect(self, alias: str) -> Future[None]:
        """Let a source go; a run under way that is made of its channels ends and is kept."""
        names = frozenset(
            one.channel.name
            for owner in self._sources.owners
            if owner.alias == alias
            for one in owner.channels
        )
        gone: Future[None] = Future()
        gone.set_running_or_notify_cancel()

        def ended(_: Future[None]) -> None:
            self._sources.disconnect(alias).add_done_callback(lambda _: gone.set_result(None))

        self._bench.orders.do(lambda: self._bench.source_leaves(names)).add_done_callback(ended)
        return gone

    def start_session(self, wish: SessionWish, by: Actor) -> Future[DynoSession]:
        """Begin a session; one under way is ended first. Errors: NotKept, StoreError."""

        def act() -> DynoSession:
            now = datetime.now(UTC)
            blank = DynoSession("", "", "", by, now, None, wish.test_type, wish.setup)
            used = sources_used(self._sources.owners, self._around.link(monotonic_ns()))
            session = replace(self._as_wished(blank, wish), sources=used)
            kept = self._bench.begin_session(session, by)
            self._ask_car(kept)
            return kept

        return self._bench.orders.do(act)

    def continue_session(
        self, session: DynoSession, wish: SessionWish, by: Actor
    ) -> Future[DynoSession]:
        """Go on with a session that is over, under what is wished now: its runs count up.

        Errors: NotKept; Changed; StoreError for another vehicle.
        """

        def act() -> DynoSession:
            used = sources_used(self._sources.owners, self._around.link(monotonic_ns()))
            kept = self._bench.begin_session(
                replace(self._as_wished(session, wish), sources=used), by
            )
            self._ask_car(kept)
            return kept

        return self._bench.orders.do(act)

    def change_session(self, wish: SessionWish, by: Actor) -> Future[DynoSession]:
        """Change the facts of the session under way; runs driven before keep theirs."""

        def act() -> DynoSession:
            kept = self._bench.change_session(lambda now: self._as_wished(now, wish), by)
            self._ask_car(kept)
            return kept

        return self._bench.orders.do(act)

    def stop_session(self, by: Actor) -> Future[DynoSession]:
        """End the session; a run under way ends first."""

        def act() -> DynoSession:
            kept = self._bench.end_session(by)
            self._around.poll({})
            return kept

        return self._bench.orders.do(act)

    def start(self, by: Actor) -> Future[str]:
        """Arm: the run begins by itself. The Future ends with the id of the run that began.

        Pressed again while armed, the run begins at once; so it does where nothing could tell
        when (a free test, no trigger set). Errors in the Future: DynoRefused (no session, no
        source with speed or engine speed, disk full), Cancelled.
        """
        return self._bench.start(by)

    def stop(self, by: Actor) -> Future[str]:
        """End the run (or only disarm); the Future ends with the run's id, empty for none.

        What came until now is kept, however short. While the disk does not take its end, the
        Future waits for that, and the bench does not.
        """
        return self._bench.stop_run(by)

    def snapshot(self, now_ns: int) -> DynoSnapshot:
        """Return one consistent picture; a fault becomes its `problem`, and pages go on."""
        try:
            return self._picture.take(self._bench.state, self.settings, now_ns)
        except Exception as error:
            state = self._bench.state
            return DynoSnapshot(
                phase=state.phase,
                session=state.session,
                run_id=state.run_id,
                run_name=state.run_name,
                run_since_ns=state.run_since_ns,
                last_run=state.last_run,
                why_not=self._fault(error),
                problem=self._fault(error),
            )

    def _fault(self, error: Exception) -> str:
        """Write a fault into the log, once for each kind, and return it as a sentence."""
        if repr(error) not in self._faults:
            self._faults.add(repr(error))
            _LOG.error("the dyno bench cannot be looked at", exc_info=error)
        return f"A fault of the desk keeps the dyno from being shown ({error!r})."

    def _as_wished(self, session: DynoSession, wish: SessionWish) -> DynoSession:
        """Return a session with the facts of a wish, and what the shop has set for all of them."""
        setup, shop = wish.setup, self.settings
        setup = replace(
            setup,
            test_type=wish.test_type,
            altitude_m=shop.altitude_m if setup.altitude_m is None else setup.altitude_m,
            roller_m=shop.roller_m if setup.roller_m is None else setup.roller_m,
        )
        if setup.equivalent_mass_kg is None and not setup.road:
            setup = replace(setup, equivalent_mass_kg=shop.equivalent_mass_kg)
        return replace(
            session,
            vehicle_id=wish.vehicle_id,
            test_type=wish.test_type,
            setup=setup,
            run_prefix=wish.run_prefix,
            fuel=wish.fuel,
            tyre_kpa=wish.tyre_kpa,
            odometer_km=wish.odometer_km,
            modifications=wish.modifications,
            customer=wish.customer,
            notes=wish.notes,
        )

    def _ask_car(self, session: DynoSession) -> None:
        """Ask the car for what runs show, whether anybody watches it or not."""
        road = ROAD_RATES_HZ if session.setup.road else {}
        self._around.poll({**CAR_RATES_HZ, **road})
