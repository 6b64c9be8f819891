"""The one thread that owns a wire: it connects, identifies, polls, and comes back after a loss.

Others reach the wire through `post`, whose Future ends with what was asked. Nobody else ever
touches the adapter, except to `interrupt` it.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Protocol, TypeVar

from cartech_desk.bay.car_at_hand import CarAtHand
from cartech_desk.bay.connection import Connection, Event, back_off_s, silent_car_s
from cartech_desk.bay.errands import Errands
from cartech_desk.bay.feed import Feed
from cartech_desk.bay.identification import Identification, functional, physical, speaks_can
from cartech_desk.bay.owner_errors import (
    DeskFault,
    GivenUp,
    NotConnected,
    desk_fault,
    given_up,
    not_connected,
)
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.poller import Poller
from cartech_desk.bay.scheduler import Scheduler
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.bay.turns import turns
from cartech_desk.bay.watch import Watch
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.signalset import SignalSet
from cartech_desk.hardware.adapter import Adapter, CarLink
from cartech_desk.hardware.errors import CarSilent, HardwareError

__all__ = ["DeskFault", "GivenUp", "NotConnected", "Owner", "not_connected"]

PREDECESSOR_S: Final = 10.0
"""How long a new connection waits for the one before to let go of its wire."""
STILL_THERE_S: Final = 1.0
"""How often an adapter is asked for a sign of life while its car is off."""
FULL_SEARCH_EVERY: Final = 10
"""Among so many calls to a silent car one goes through all protocols: it may be another car."""
AFTER_FAULT: Final = 3
"""A fault of the desk's own is followed by a longer wait than a loss."""
ENGINE: Final = 0x7E8
"""The engine's ECU where the adapter does not tell who answers."""

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Witness(Protocol):
    """Who is told what happens to the connection, in the owner's thread."""

    def other_car(self) -> None:
        """Take note that the car is another one than before."""


class Owner:
    """Owns one wire from `start` to `end`. The Future of `start` ends connected or with the error.

    `connection` holds the status. After the first success a lost wire is opened again for ever.
    """

    def __init__(
        self,
        make: Callable[[], Adapter],
        connection: Connection,
        car: CarAtHand,
        *,
        watch: Watch,
        feed: Feed,
        pace: Pace,
        witness: Witness,
        predecessor: "Owner | None" = None,
    ) -> None:
        self.connection = connection
        self._make = make
        self._car = car
        self._watch = watch
        self._feed = feed
        self._pace = pace
        self._witness = witness
        self._predecessor = predecessor
        self._errands = Errands()
        self._ended = threading.Event()
        self._poller: Poller | None = None
        self._adapter: Adapter | None = None
        self._engine: tuple[CarLink, int] | None = None
        """The car's link at the last meeting, and the identifier of its engine's ECU."""
        self._off_before = False
        self._noted = (True, False, 0)
        """Whether the ignition is on, and the engine's ECU gone, as it was noted last."""
        self._connected: Future[ConnectionStatus] = Future()
        self._gone: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="bay-wire", daemon=True)

    def start(self) -> Future[ConnectionStatus]:
        """Start the thread and the first attempt."""
        self._connected.set_running_or_notify_cancel()
        self._gone.set_running_or_notify_cancel()
        self._thread.start()
        return self._connected

    def end(self) -> Future[None]:
        """Let go of the wire, whatever is under way; the Future ends once it is free."""
        self._ended.set()
        adapter = self._adapter
        if adapter is not None:
            adapter.interrupt()
        self._errands.nudge()
        return self._gone

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False where it is still there."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def nudge(self) -> None:
        """Let the thread look at the plan again at once."""
        self._errands.nudge()

    def post(self, task: Callable[[Wire], T]) -> Future[T]:
        """Do something with the wire between two requests.

        Errors in the Future: NotConnected, and whatever the task raises.
        """
        return self._errands.post(task)

    def post_for_car(
        self,
        task: Callable[[Wire, Identification], T],
        check: Callable[[], None] = lambda: None,
    ) -> Future[T]:
        """Do something with the wire and the car that is identified behind it; else as `post`.

        What was recalled of the car is asked now: the task sees nothing of an earlier meeting.
        `check` is called ahead of each request of that and ends it by raising. The task may take
        its time: the status says meanwhile that polling rests, and ahead of each of its requests
        limits have their turn.
        """

        def resting(wire: Wire) -> T:
            poller = self._poller
            if poller is None:
                raise not_connected()
            with turns(poller, self.connection, lambda: self._note(poller)):
                return known(wire)

        def known(wire: Wire) -> T:
            before = self._car.found
            found = self._car.complete(wire, self._step, check)
            if found is None:
                raise not_connected()
            if found is not before:
                self.connection.note(car=self._car.identity)
            return task(wire, found)

        return self.post(resting)

    def use_signals(self, signals: SignalSet) -> Future[tuple[Command, ...]]:
        """Try a signal set's commands; the Future ends with those that the car answers."""

        def task(wire: Wire) -> tuple[Command, ...]:
            answered = self._car.use_signals(wire, signals, self._step)
            self.connection.note(step="", car=self._car.identity)
            return answered

        return self.post(task)

    def _run(self) -> None:
        try:
            self._live()
        except Exception as bug:
            _LOG.exception("the owner of %s failed", self.connection.url)
            problem = desk_fault(bug, "Connect again; the log holds the details.")
            self.connection.apply(Event.DISCONNECT, error=problem)
            if not self._connected.done():
                self._connected.set_exception(problem)
        finally:
            self._close()
            if not self._connected.done():
                self._connected.set_exception(given_up(self.connection.url))
            if self.connection.state is not LinkState.DISCONNECTED:
                self.connection.apply(Event.DISCONNECT)
            self._errands.close()
            self._gone.set_result(None)

    def _live(self) -> None:
        self.connection.apply(Event.CONNECT)
        if self._predecessor is not None:
            self.connection.note(step="waiting for the connection before to let go")
            self._predecessor.join(PREDECESSOR_S)
            self._predecessor = None
        try:
            poller = self._attempt()
        except CarTechError as error:
            self._close()
            if not self._ended.is_set():
                self.connection.apply(Event.FAILED, error=error)
                self._connected.set_exception(error)
            return
        self._connected.set_result(self.connection.status(monotonic_ns()))
        while not self._ended.is_set():
            try:
                self._use(poller)
            except Exception as error:
                if self._ended.is_set():
                    break
                expected = isinstance(error, HardwareError)
                self._lose(self._as_told(error))
                again = self._come_back(0 if expected else AFTER_FAULT)
                if again is None:
                    break
                poller = again
        self._feed.silence(monotonic_ns())

    def _attempt(self) -> Poller:
        """Open, find the car, identify it, and get ready to poll. Errors: any CarTechError."""
        wire = self._open()
        return self._meet(wire, wire.connect_car)

    def _open(self) -> Wire:
        connection = self.connection
        adapter = self._adapter = self._make()
        if self._ended.is_set():
            raise given_up(connection.url)
        wire = Wire(adapter, self._pace, connection)
        self._car.prepare(adapter)
        self._step("opening the adapter")
        identity = wire.open()
        connection.note(adapter=identity)
        return wire

    def _meet(self, wire: Wire, find: Callable[[], CarLink]) -> Poller:
        """Find the car behind an open adapter, identify it, and get ready to poll."""
        connection = self.connection
        self._step("looking for the car")
        link = find()
        if self._lacks_engine(link):
            raise CarSilent(
                "The car answers, the control unit of its engine does not.",
                to_do="Check the unit's supply and its wires; disconnect where the car is off.",
            )
        connection.note(link=link)
        other = self._car.meet(wire, link, self._step)
        if other is not None:
            self._witness.other_car()
        engine = min(link.ecus, default=ENGINE)
        self._engine = (link, engine)
        scheduler = Scheduler(
            self._pace,
            physical(link, engine),
            packing=speaks_can(link),
            now_ns=monotonic_ns(),
            everybody=functional(link) if len(link.ecus) > 1 else None,
            uds=link.uds,
        )
        connection.apply(
            Event.OPENED,
            error=other,
            adapter=wire.adapter.identity,
            car=self._car.identity,
            ignition_on=True,
            engine_gone=False,
        )
        return Poller(wire, scheduler, self._watch, self._feed, engine)

    def _lacks_engine(self, link: CarLink) -> bool:
        """Whether a car is back without the engine's ECU, which answered when its link was lost."""
        if self._engine is None or self._off_before or not link.ecus:
            return False
        before, engine = self._engine
        same_bus = (before.protocol, before.extended) == (link.protocol, link.extended)
        return same_bus and len(before.ecus) > 0 and min(link.ecus) > engine

    def _use(self, poller: Poller) -> None:
        """Poll and serve the queue until the end. Errors: LinkLost and its like."""
        self._poller = poller
        try:
            self._poll(poller)
        finally:
            self._poller = None
            poller.flush()

    def _note(self, poller: Poller) -> None:
        now = (poller.ignition_on, poller.engine_gone, poller.paced_ns)
        if now != self._noted:
            self._noted = now
            self.connection.note(ignition_on=now[0], engine_gone=now[1], paced_ns=now[2])

    def _poll(self, poller: Poller) -> None:
        self._noted = (True, False, 0)
        wait_s = 0.0
        while not self._ended.is_set():
            if wait_s > 0 or self._errands.wait:
                self._errands.serve(poller.wire, wait_s)
                if self._ended.is_set():
                    return
            wait_s = poller.step()
            if poller.absent:
                self._car.leave_out(poller.wire, poller.absent)
                poller.absent = frozenset()
            self._note(poller)

    def _lose(self, error: CarTechError) -> None:
        self._off_before = not self.connection.status(monotonic_ns()).ignition_on
        self._feed.silence(monotonic_ns())
        self.connection.apply(Event.LOST, error=error)
        self._close()

    def _come_back(self, attempt: int) -> Poller | None:
        """Try again with growing waits, for ever; None where a person ended it.

        While the adapter answers and the car does not, the adapter stays open and the car is called
        ever more rarely. Its silence is no ignition off, unless it was off when the link was lost.
        """
        wire: Wire | None = None
        calls = 0
        while True:
            try:
                self._rest(back_off_s(attempt) if wire is None else silent_car_s(calls - 1), wire)
                if self._ended.is_set():
                    return None
                self.connection.apply(Event.RETRY)
                wire = wire or self._open()
                gently = calls % FULL_SEARCH_EVERY != 0
                return self._returned(
                    self._meet(wire, wire.call_car if gently else wire.connect_car)
                )
            except CarSilent as error:
                calls += 1
                if wire is None:
                    self._close()
                self._told(error, ignition_on=not self._off_before)
            except Exception as error:
                attempt = 0 if calls else attempt + 1
                wire, calls = None, 0
                self._close()
                if self._ended.is_set():
                    return None
                self._told(self._as_told(error), ignition_on=True)

    def _rest(self, wait_s: float, wire: Wire | None) -> None:
        """Wait, serving the queue, with an eye on an adapter that is open. Errors: LinkLost."""
        until_ns = monotonic_ns() + round(wait_s * 1e9)
        while (left_ns := until_ns - monotonic_ns()) > 0 and not self._ended.is_set():
            left_s = left_ns / 1e9
            self._errands.serve(None, left_s if wire is None else min(left_s, STILL_THERE_S))
            if wire is not None and not self._ended.is_set():
                wire.voltage()

    def _returned(self, poller: Poller) -> Poller:
        self.connection.came_back()
        return poller

    def _told(self, error: CarTechError, *, ignition_on: bool) -> None:
        """Show why an attempt came to nothing, or what happened while none was under way."""
        if self.connection.state is LinkState.RECONNECTING:
            self.connection.apply(Event.FAILED, error=error, ignition_on=ignition_on)
        else:
            self.connection.note(error=error, ignition_on=ignition_on)

    def _as_told(self, error: Exception) -> CarTechError:
        """Return an error that a person can be told; what nobody foresaw goes into the log."""
        if isinstance(error, CarTechError):
            return error
        _LOG.error("the owner of %s failed", self.connection.url, exc_info=error)
        return desk_fault(error, "It goes on by itself; the log holds the details.")

    def _step(self, words: str) -> None:
        if self._ended.is_set():
            raise given_up(self.connection.url)
        self.connection.note(step=words)

    def _close(self) -> None:
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            adapter.close()
