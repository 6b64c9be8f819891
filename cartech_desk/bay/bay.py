"""The bay: one connection, what is watched, what is recorded. Pages and commands call this."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, Series
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class BaySettings:
    """What may be set about acquisition; defaults are safe for a car on the road.

    `min_gap_s` between the end of an answer and the next request, `max_requests_per_s` over all
    ECUs; `pretrigger_s` of history that a recording begins with; `stale_after_s` for channels
    that were asked 1 Hz or faster (slower ones: three periods); `fuel` names the row of the
    stoichiometry table; `parameters` are constants for expressions (injector_cc_min, tyre_m, …).
    """

    min_gap_s: float = 0.0
    max_requests_per_s: float = 100.0
    pretrigger_s: float = 30.0
    stale_after_s: float = 2.0
    ring_s: float = 600.0
    fuel: str = "petrol"
    parameters: Mapping[str, float] | None = None


class Bay:
    """One bay. Public methods may be called from any thread and never block on the wire."""

    def __init__(self, store: Store, settings: BaySettings | None = None) -> None: ...

    def start(self) -> None:
        """Start the threads (never in the constructor)."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop a recording under way, disconnect, join every thread within a second."""
        raise NotImplementedError

    def connect(self, url: str) -> Future[ConnectionStatus]:
        """Connect to an adapter and the car behind it; the Future ends connected or with the error.

        After that the bay reconnects by itself until `disconnect`.
        """
        raise NotImplementedError

    def disconnect(self) -> Future[None]:
        """Let go of the adapter; ends also an attempt under way."""
        raise NotImplementedError

    def available(self) -> tuple[Channel, ...]:
        """Return channels that this car can deliver, derived ones included, canonical first."""
        raise NotImplementedError

    def watch(self, rates_hz: Mapping[str, float]) -> None:
        """Ask for these channels at these rates from now on; names the car lacks are kept aside.

        The rates stand across a reconnection. Derived channels bring what they are made of.
        """
        raise NotImplementedError

    def use_signals(self, path: str) -> tuple[Channel, ...]:
        """Add a manufacturer's signal set (OBDb JSON v3); SignalSetError names the line."""
        raise NotImplementedError

    def snapshot(self) -> BaySnapshot:
        """Return one consistent picture, cheap enough for ten a second."""
        raise NotImplementedError

    def series(self, name: str, seconds: float) -> Series:
        """Return the last `seconds` of one channel from its ring (a copy)."""
        raise NotImplementedError

    def set_limit_hook(self, hook: Callable[[Sequence[Reading]], None] | None) -> None:
        """Hand every batch of raw readings to `hook`, in the thread that read them."""
        raise NotImplementedError

    def start_recording(self, vehicle_id: str, note: str = "") -> Future[str]:
        """Begin a recording of everything watched, with the pre-trigger; ends with its id."""
        raise NotImplementedError

    def stop_recording(self) -> Future[str]:
        """End the recording; the Future ends with its id once all of it is durable."""
        raise NotImplementedError

    def mark(self, note: str = "") -> None:
        """Set a mark at this instant in the recording under way."""
        raise NotImplementedError
