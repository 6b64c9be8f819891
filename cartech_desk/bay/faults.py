"""Faults of the car at hand: scan, check-up, clearing, and what codes mean. `bay.faults`.

Read in when first asked for. Methods may be called from any thread and never block on the wire.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import CodeFound, FaultScan
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.domain.people import Actor
from cartech_desk.store.checkups import KeptCheckup

if TYPE_CHECKING:
    from cartech_desk.bay.owner import Owner
    from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class Reading:
    """What is being read now; `share` from 0 to 1; `words` empty while nothing is."""

    words: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckedUp:
    """A check-up that was kept, and what changed since the one before."""

    kept: KeptCheckup
    before: KeptCheckup | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """How a clearing ended.

    `before` and `after` are kept snapshots, `after` None where the car went away; `cleared` are
    ECUs that confirmed, `refused` those that did not, with the reason; `came_back` codes (not
    permanent) that are there again or still; `permanent` those that only driving removes.
    """

    before: KeptCheckup
    after: KeptCheckup | None
    cleared: tuple[int, ...] = ()
    refused: dict[int, str] = field(default_factory=dict)
    came_back: tuple[CodeFound, ...] = ()
    permanent: tuple[CodeFound, ...] = ()
    verdict: str = ""
    """One sentence for a person."""

    @property
    def done(self) -> bool:
        """Whether every ECU confirmed and no stored or pending code is there afterwards."""
        return self.after is not None and not self.refused and not self.came_back


class Faults:
    """See the module."""

    def __init__(self, store: "Store", owner: "Sequence[Owner]") -> None:
        raise NotImplementedError

    @property
    def reading(self) -> Reading:
        """What is being read now. Cheap: for ten a second."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the reading under way between two requests; its Future ends with ScanCancelled."""
        raise NotImplementedError

    def scan(self) -> Future[FaultScan]:
        """Read everything, keep nothing. Errors in the Future: NotConnected, ScanCancelled."""
        raise NotImplementedError

    def check_up(self, vehicle_id: str, *, by: Actor, note: str = "") -> Future[CheckedUp]:
        """Read everything, compare it with the vehicle's last check-up and keep it.

        An empty `vehicle_id` keeps it under the VIN's vehicle, made where it is new.
        Errors in the Future: NotConnected, ScanCancelled, OtherVehicle (the car has another VIN
        than the vehicle), StoreError.
        """
        raise NotImplementedError

    def clear(self, vehicle_id: str, *, by: Actor, reason: str) -> Future[Cleared]:
        """Clear codes: snapshot kept, intent audited, cleared, verified, result audited.

        Errors at once: NotSignedIn, RightMissing (audited as refused), ReasonMissing, EngineRuns
        where the engine turns (conditions are read first); in the Future: NotConnected, StoreError,
        LinkLost (the result is then audited as not known).
        """
        raise NotImplementedError

    def meaning(self, code: str, vin: str | None = None) -> Meaning:
        """Return what a code means, with the table of the car's maker where one was imported."""
        raise NotImplementedError
