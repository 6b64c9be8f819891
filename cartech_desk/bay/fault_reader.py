"""Reading faults through the thread that owns the wire, for a check-up and around a clearing."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cartech_desk.bay.awaited import failed
from cartech_desk.bay.fault_errors import RunUnderway
from cartech_desk.bay.fault_scan import ScanCancelled, ScanParts, read_faults
from cartech_desk.bay.fault_vehicle import check_same
from cartech_desk.bay.fault_work import FaultWork
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.owner import not_connected
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import FaultScan

T = TypeVar("T")


def _go_on() -> None:
    """Let it go on."""


class Post(Protocol):
    """Does something with the wire and the car behind it, in the thread that owns the wire."""

    def __call__(
        self,
        task: Callable[[Wire, Identification], T],
        check: Callable[[], None] = ...,
    ) -> Future[T]:
        """Begin it; `check` ends what is asked of the car ahead of it by raising.

        Errors in the Future: NotConnected, and whatever the task and `check` raise.
        """


@dataclass(frozen=True, slots=True)
class AtHand:
    """What faults need of their bay: the wire, the connection, whether a run has the wire."""

    post: Post
    link: Callable[[int], ConnectionStatus]
    driven: Callable[[], bool]


def no_car() -> AtHand:
    """Return what is at hand where no car is: for what is kept alone."""
    return AtHand(
        lambda _task, _check=_go_on: failed(not_connected()),
        lambda _now_ns: ConnectionStatus(),
        lambda: False,
    )


class FaultReader:
    """Asks the car at hand. `wire` and `read` block: only for the thread of `FaultWork`."""

    def __init__(self, at_hand: AtHand, work: FaultWork) -> None:
        self._at_hand = at_hand
        self.work = work

    def refuse_while_driven(self) -> None:
        """Let it pass unless a dyno run is armed or driven. Errors: RunUnderway."""
        if self._at_hand.driven():
            raise RunUnderway

    def vin(self) -> str | None:
        """Return the VIN of the car that is connected. Errors: NotConnected."""
        status = self._at_hand.link(monotonic_ns())
        if status.state is not LinkState.CONNECTED or status.car is None:
            raise not_connected()
        return status.car.vin

    def wire(
        self, task: Callable[[Wire, Identification], T], check: Callable[[], None] = _go_on
    ) -> T:
        """Do something with the wire and wait for it. Errors: NotConnected, the task's own."""
        return self._at_hand.post(task, check).result()

    def read(
        self,
        parts: ScanParts,
        first: float,
        last: float,
        *,
        before: Callable[[Wire, Identification], None] | None = None,
        to_the_end: bool = False,
    ) -> FaultScan:
        """Read faults; progress goes from `first` to `last`.

        `before` is done with the wire ahead of it, `to_the_end` reads whatever happens at the
        desk. Errors: NotConnected, LinkLost, OtherVehicle, ScanCancelled; RunUnderway where a run
        was armed meanwhile; those of `before`.
        """

        def ended() -> bool:
            return not to_the_end and (self.work.cancelled or self._at_hand.driven())

        def go_on() -> None:
            if ended():
                raise ScanCancelled(
                    "The reading was ended before its end.",
                    kept="Nothing of it was kept.",
                    to_do="Start it again when there is time.",
                )

        def task(wire: Wire, found: Identification) -> FaultScan:
            check_same(wire.ask, found)
            if before is not None:
                before(wire, found)
            return read_faults(
                wire.ask,
                found,
                url=wire.adapter.url,
                adapter=_named(wire),
                parts=parts,
                voltage=wire.voltage(),
                progress=self.work.part(first, last),
                cancelled=ended,
            )

        self.work.tell("waiting for the car", first)
        try:
            return self.wire(task, go_on)
        except CarTechError as error:
            if isinstance(error, ScanCancelled) and not self.work.cancelled:
                raise RunUnderway("What was read so far is not kept.") from error
            raise


def _named(wire: Wire) -> str:
    """Return chip and firmware; most firmware begins with the chip's name."""
    identity = wire.adapter.identity
    if identity is None:
        return ""
    if identity.firmware.startswith(identity.chip):
        return identity.firmware
    return f"{identity.chip} {identity.firmware}".strip()
