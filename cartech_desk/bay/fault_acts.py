"""What a check-up and a clearing come to."""

from dataclasses import dataclass, field

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import CodeFound
from cartech_desk.store.checkups import KeptCheckup


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

    `before` and `after` are kept snapshots, `after` None where the car could not be read again;
    `cleared` are ECUs that confirmed, `refused` those that did not, with the reason; `unread` those
    of `cleared` of which nothing had been read before; `came_back` codes (not permanent) that are
    there again or still; `permanent` those that only driving removes.
    """

    before: KeptCheckup
    after: KeptCheckup | None
    cleared: tuple[int, ...] = ()
    refused: dict[int, str] = field(default_factory=dict)
    came_back: tuple[CodeFound, ...] = ()
    permanent: tuple[CodeFound, ...] = ()
    verdict: str = ""
    """One sentence for a person."""
    unread: tuple[int, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every ECU confirmed, and nothing is there afterwards that says otherwise.

        No stored or pending code, no lamp that is on, and no ECU that counts codes.
        """
        lamps = () if self.after is None else self.after.scan.lamps
        lit = any(lamp.on or lamp.codes for lamp in lamps)
        return self.verified and not (self.came_back or lit or self.lamps_untold)

    @property
    def lamps_untold(self) -> tuple[int, ...]:
        """ECUs that told their lamp before and not afterwards."""
        if self.after is None:
            return ()
        now = {lamp.ecu for lamp in self.after.scan.lamps}
        return tuple(lamp.ecu for lamp in self.before.scan.lamps if lamp.ecu not in now)

    @property
    def verified(self) -> bool:
        """Whether every ECU confirmed, and told afterwards what it has now."""
        return (
            self.after is not None
            and not self.refused
            and bool(self.cleared)
            and not self.after.scan.unknown
        )
