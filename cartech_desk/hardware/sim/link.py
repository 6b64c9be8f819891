"""The simulated car at an in-process byte link, with a plug that can be pulled."""

import threading
from collections.abc import Callable
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.errors import BadAdapterUrl, LinkLost, PortNotFound
from cartech_desk.hardware.links.link import Link
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import SimOptions

Clock = Callable[[], int]

_TO_DO: Final = "Plug the simulated adapter in again."


class Plug:
    """A simulated car and the socket for its adapter; `unplug` and `replug` from any thread."""

    def __init__(self, name: str, options: SimOptions) -> None:
        self.name = name
        self.options = options
        self.car = SimulatedCar(options.car)
        self.changed = threading.Condition()
        self._plugged = True
        self._cuts = 0

    @property
    def plugged(self) -> bool:
        """Whether the adapter is in its socket."""
        return self._plugged

    @property
    def cuts(self) -> int:
        """How often the plug was pulled: a link that saw another number is gone."""
        return self._cuts

    def unplug(self) -> None:
        """Pull the plug: links that are open are lost, new ones find no port."""
        with self.changed:
            self._plugged = False
            self._cuts += 1
            self.changed.notify_all()

    def replug(self) -> None:
        """Plug the adapter in again; it wakes up as after power-on."""
        with self.changed:
            self._plugged = True
            self.changed.notify_all()


_parked: dict[str, Plug] = {}
_parking = threading.Lock()


def park(name: str, options: SimOptions) -> Plug:
    """Return the car of this name, made now where there is none; nameless ones are always new.

    Errors: BadAdapterUrl where a car of this name stands here with other options.
    """
    if not name:
        return Plug("", options)
    with _parking:
        plug = _parked.get(name)
        if plug is None:
            plug = _parked[name] = Plug(name, options)
    if plug.options != options:
        raise BadAdapterUrl(
            f"The simulated car “{name}” is already there with other options.",
            to_do="Give the other car another name, or the same options.",
        )
    return plug


def parked(name: str) -> Plug | None:
    """Return the car of this name if it stands here."""
    with _parking:
        return _parked.get(name)


def tow_away(name: str) -> None:
    """Forget the car of this name; its open links are lost."""
    with _parking:
        plug = _parked.pop(name, None)
    if plug is not None:
        plug.unplug()


class SimLink(Link):
    """A byte link to an ELM327 in front of a simulated car, used by one thread.

    Latency is waited for, never spun; `clock` is what `monotonic_ns` is by default.
    """

    def __init__(self, plug: Plug, wire: str, clock: Clock = monotonic_ns) -> None:
        self.wire = wire
        self.plug = plug
        self._clock = clock
        self._server: ElmServer | None = None
        self._cuts = 0
        self._opened_ns = 0

    def open(self) -> None:
        """Power the adapter up."""
        with self.plug.changed:
            if not self.plug.plugged:
                raise PortNotFound("The simulated adapter is not plugged in.", to_do=_TO_DO)
            self._server = ElmServer(self.plug.car, self.plug.options.adapter)
            self._cuts = self.plug.cuts
            self._opened_ns = self._clock()

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived; see `Link.read`."""
        deadline_ns = self._clock() + round(max(timeout_s, 0.0) * 1e9)
        with self.plug.changed:
            while True:
                server = self._server_or_lost()
                now_ns = self._clock()
                arrived = server.poll(now_ns)
                if arrived:
                    return arrived
                wake_ns = deadline_ns
                if server.due_ns is not None:
                    wake_ns = min(wake_ns, server.due_ns)
                if now_ns >= deadline_ns:
                    return b""
                self.plug.changed.wait(max(wake_ns - now_ns, 0) / 1e9)

    def write(self, data: bytes) -> None:
        """Send all of `data`; see `Link.write`."""
        with self.plug.changed:
            self._server_or_lost().receive(data, self._clock())

    def close(self) -> None:
        """Take the power away."""
        self._server = None

    def _server_or_lost(self) -> ElmServer:
        server = self._server
        if server is not None and self._cuts == self.plug.cuts and not self._dropped(server):
            return server
        self._server = None
        raise LinkLost("The simulated adapter is gone.", to_do=_TO_DO)

    def _dropped(self, server: ElmServer) -> bool:
        """Tell whether the link has lived as long as its options let it."""
        options = self.plug.options.adapter
        lived_s = (self._clock() - self._opened_ns) / 1e9
        return (0 < options.drop_after_s <= lived_s) or (
            0 < options.drop_after_requests < server.requests
        )
