"""The bay's way to its car: one connection, what is watched over it, and the car's own signals."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from cartech_desk.bay.awaited import done, failed, then, within
from cartech_desk.bay.bay_settings import BaySettings
from cartech_desk.bay.car_at_hand import CarAtHand, LastCar
from cartech_desk.bay.connection import Connection
from cartech_desk.bay.feed import Feed
from cartech_desk.bay.known_cars import KnownCars
from cartech_desk.bay.owner import Owner, not_connected
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.status import ConnectionStatus
from cartech_desk.bay.watch import EMPTY, Watch
from cartech_desk.bay.witness import Witness
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.signalset import SignalSet, load_signalset
from cartech_desk.domain.sources import build_catalogue
from cartech_desk.hardware.adapter import Adapter, Reply, Request
from cartech_desk.hardware.adapters import parse_adapter_url

if TYPE_CHECKING:
    from cartech_desk.bay.identification import Identification
    from cartech_desk.bay.wire import Wire
    from cartech_desk.store.known_cars import KnownCarStore

LET_GO_S: Final = 0.8
"""How long a disconnection waits for a wire that does not let go, before it is left behind."""

T = TypeVar("T")


class CarWire:
    """What a bay does with the car. Methods may be called from any thread, never block on the wire.

    `known` is called when something is first asked or kept of known cars, `settings` at each
    connection; `recording` tells whether a recording is under way.
    """

    def __init__(
        self,
        known: "Callable[[], KnownCarStore]",
        settings: Callable[[], BaySettings],
        *,
        adapters: Callable[[str], Adapter],
        feed: Feed,
        witness: Witness,
        recording: Callable[[], bool],
    ) -> None:
        self._wire_settings = settings
        self._wire_feed = feed
        self._wire_recording = recording
        self._adapters = adapters
        self._watch = Watch(lambda plan: feed.declare(plan.asked, plan.catalogue))
        self._witness = witness
        self._lock = threading.Lock()
        self._connection = Connection("")
        self._owner: Owner | None = None
        self._leaving: Owner | None = None
        self._last_car = LastCar()
        self._known = KnownCars(known)
        self._signals: tuple[SignalSet, ...] = ()

    def connect(self, url: str, *, anew: bool = False) -> Future[ConnectionStatus]:
        """Connect to an adapter and the car behind it; the Future ends connected or with the error.

        After that the bay reconnects by itself until `disconnect`. What was connected before is
        let go first. A recording under way goes on only where the same car comes back. A car that
        was met before is not asked everything again (see `bay.known_cars`), unless `anew`.
        Errors at once, and nothing is let go: BadAdapterUrl, PortNotFound for a missing driver.
        """
        parse_adapter_url(url)
        ready = [self._adapters(url)]
        self.disconnect()
        self._forget_car()
        settings = self._wire_settings()
        with self._lock:
            connection = Connection(url)
            car = CarAtHand(
                self._watch,
                self._wire_feed,
                fuel=settings.fuel,
                parameters=settings.parameters or {},
                recording=self._wire_recording,
                last=self._last_car,
                files=settings.signal_sets,
                signals=self._signals,
                own=settings.own,
                known=self._known,
                anew=anew,
            )
            owner = Owner(
                lambda: ready.pop() if ready else self._adapters(url),
                connection,
                car,
                watch=self._watch,
                feed=self._wire_feed,
                pace=Pace(settings.min_gap_s, settings.max_requests_per_s),
                witness=self._witness,
                predecessor=self._leaving,
            )
            self._owner, self._connection = owner, connection
            return owner.start()

    def disconnect(self) -> Future[None]:
        """Let go of the adapter; ends also an attempt under way.

        A wire that does not let go within a second is left behind: its thread ends when the call
        that it hangs in does, and the next connection waits for that.
        """
        with self._lock:
            owner, self._owner = self._owner, None
            if owner is None:
                return done(None)
            self._leaving = owner
            self._connection = Connection("")
        return within(owner.end(), LET_GO_S)

    def available(self) -> tuple[Channel, ...]:
        """Return channels that this car can deliver, derived ones included, canonical first."""
        return self._watch.channels()

    def watch(self, rates_hz: Mapping[str, float]) -> None:
        """Ask for these channels at these rates from now on; names the car lacks are kept aside.

        The rates stand across a reconnection. Derived channels bring what they are made of.
        Errors: BadRate.
        """
        self._watch.set_rates(rates_hz)
        self._nudge()

    def use_signals(self, path: str) -> tuple[Channel, ...]:
        """Add a manufacturer's signal set (OBDb JSON v3); SignalSetError names the line.

        Returns the channels that the set describes. Those that the car answers join `available`
        once each was tried, now or after the next connection; `try_signals` waits for that.
        """
        return self._add_signals(path)[0]

    def try_signals(self, path: str) -> Future[tuple[Channel, ...]]:
        """Add a signal set as `use_signals` does; the Future ends with what this car delivers.

        Errors: SignalSetError at once; NotConnected and LinkLost in the Future.
        """
        channels, tried = self._add_signals(path)

        def answered(_: object) -> tuple[Channel, ...]:
            names = {channel.name for channel in self.available()}
            return tuple(channel for channel in channels if channel.name in names)

        return then(tried, answered)

    def ask(self, request: Request) -> Future[Reply]:
        """Make one request of the car between two others.

        Errors in the Future: NotConnected, and those of `Adapter.request`.
        """
        with self._lock:
            owner = self._owner
        if owner is None:
            return failed(not_connected())
        return owner.post(lambda wire: wire.ask(request))

    def _post_for_car(
        self,
        task: "Callable[[Wire, Identification], T]",
        check: Callable[[], None] = lambda: None,
    ) -> "Future[T]":
        with self._lock:
            owner = self._owner
        if owner is None:
            return failed(not_connected())
        return owner.post_for_car(task, check)

    def _link(self, now_ns: int) -> ConnectionStatus:
        return self._connection.status(now_ns)

    def _nudge(self) -> None:
        with self._lock:
            owner = self._owner
        if owner is not None:
            owner.nudge()

    def _forget_car(self) -> None:
        """Drop what was kept of a car: its samples must not stand beside another one's."""
        self._witness.car_since_ns = monotonic_ns()
        self._watch.set_car(EMPTY, adapter_voltage=False)

    def _add_signals(self, path: str) -> tuple[tuple[Channel, ...], Future[tuple[Command, ...]]]:
        signals = load_signalset(Path(path))
        channels = build_catalogue({}, extra=signals.commands).channels()
        with self._lock:
            self._signals = (*self._signals, signals)
            owner = self._owner
        if owner is None:
            return channels, failed(not_connected())
        return channels, owner.use_signals(signals)
