"""Whether the ignition is on, told by whether the engine's ECU answers. Pure: time is passed in.

    on --quiet for a second--> doubted --no answer to 01 00 either--> off, or gone
    off and gone --an answer of the engine's--> on

A car is switched off at idle and at a standstill, and then all of its ECUs are quiet. Where the
engine ran faster or the car moved, or where another ECU still answers a second later, the engine's
is `gone`: it died, or its supply or its wires did, and only an answer of it says otherwise, however
long the silence lasts. While it is doubted, off or gone, nothing is polled: polling keeps some cars
awake. A car that is off is asked 01 00 after two seconds, then ever more rarely; one whose engine's
ECU is gone every second, and where nobody answers at all, after ten seconds ever more rarely too.
"""

from enum import Enum
from typing import Final

QUIET_NS: Final = 1_000_000_000
QUIET_REQUESTS: Final = 3
"""Both must be reached before the ignition is doubted: one slow PID is no sign."""
PROBE_NS: Final = 2_000_000_000
RAREST_PROBE_NS: Final = 10_000_000_000
"""A car that is off is asked after these times: the first one doubles up to the second."""
IDLE_NS: Final = 500_000_000
"""With nothing to poll, the link is tried this often: a dead one is to be known."""
AGAIN_NS: Final = 1_000_000_000
"""When others are asked again whose answer makes the engine's silence strange: ECUs do not fall
asleep in one instant. As often it is asked for an ECU that is gone."""
MUTE_NS: Final = 10_000_000_000
"""A car whose engine's ECU is gone is asked more rarely once nobody answered for so long."""
FASTEST_IDLE_RPM: Final = 1500.0
STANDSTILL_KMH: Final = 3.0
STOPPED_RPM: Final = 50.0
FRESH_NS: Final = 5_000_000_000
"""Engine and road speed tell of the moment of the silence where they are no older."""


class Motion(Enum):
    """What the car did when it went quiet."""

    UNKNOWN = "unknown"
    STOPPED = "stopped"
    """Its engine stood still."""
    IDLED = "idled"
    RAN = "ran"
    """Its engine ran faster than at idle, or it moved."""


def motion_of(rpm: float | None, kmh: float | None) -> Motion:
    """Tell what the car did from its last engine and road speed, None where that is not known."""
    if (rpm is not None and rpm > FASTEST_IDLE_RPM) or (kmh is not None and kmh > STANDSTILL_KMH):
        return Motion.RAN
    if rpm is None:
        return Motion.UNKNOWN
    return Motion.STOPPED if rpm < STOPPED_RPM else Motion.IDLED


class IgnitionWatch:
    """Follows the answers of the engine's ECU; `company` tells whether the car has others.

    `ask_all` tells that the next probe is for all of them.
    """

    def __init__(self, now_ns: int, *, company: bool = False) -> None:
        self.on = True
        self.doubted = False
        self.gone = False
        self.ask_all = False
        self._company = company
        self._answer_ns = now_ns
        self._asked_ns = now_ns
        self._heard_ns = now_ns
        """When any ECU answered last."""
        self._others_ns = 0
        """When others answered first while the engine's is doubted; 0 before."""
        self._unanswered = 0
        self._probe_ns = PROBE_NS

    @property
    def resting(self) -> bool:
        """Whether polling rests."""
        return self.doubted or self.gone or not self.on

    def probe_ns(self) -> int:
        """Tell when 01 00 is to be asked, if nothing else is asked before."""
        if self.gone:
            return self._asked_ns + self._probe_ns
        if self.doubted and self._others_ns:
            return self._asked_ns + AGAIN_NS
        if self.doubted:
            return 0
        return self._asked_ns + (IDLE_NS if self.on else self._probe_ns)

    def asked(self, now_ns: int) -> None:
        """Note that a request to the engine's ECU starts."""
        self._asked_ns = now_ns

    def answered(self, now_ns: int) -> bool:
        """Note an answer; True where polling resumes by it after the car was off or gone."""
        resumed = self.gone or not self.on
        self.on, self.doubted, self.gone, self.ask_all = True, False, False, False
        self._answer_ns = self._asked_ns = self._heard_ns = now_ns
        self._unanswered = self._others_ns = 0
        self._probe_ns = PROBE_NS
        return resumed

    def others_answered(self, now_ns: int, motion: Motion) -> None:
        """Note that others answered a probe of all, and the engine's ECU did not."""
        self._asked_ns = self._heard_ns = now_ns
        if self.gone:
            self._probe_ns = AGAIN_NS
        if not self.doubted:
            return
        self._others_ns = self._others_ns or now_ns
        if motion is Motion.STOPPED:
            self._be_off()
        elif now_ns - self._others_ns >= AGAIN_NS:
            self.be_gone(now_ns)

    def unanswered(self, now_ns: int, *, probe: bool, motion: Motion = Motion.UNKNOWN) -> None:
        """Note that the adapter reacted and nobody did whom it asked."""
        self._asked_ns = now_ns
        self._unanswered += 1
        if not probe:
            quiet_ns = now_ns - self._answer_ns
            if quiet_ns >= QUIET_NS and self._unanswered >= QUIET_REQUESTS:
                self.doubted = self.on and not self.gone
        elif self.gone:
            if now_ns - self._heard_ns >= MUTE_NS:
                self._probe_ns = min(2 * self._probe_ns, RAREST_PROBE_NS)
        elif not self.on:
            self._probe_ns = min(2 * self._probe_ns, RAREST_PROBE_NS)
        elif motion is Motion.RAN:
            if now_ns - self._answer_ns >= QUIET_NS:
                self.be_gone(now_ns)
            self.doubted = not self.gone
        elif self._company and not self.ask_all:
            self.doubted = self.ask_all = True
        else:
            self._be_off()

    def be_gone(self, now_ns: int) -> None:
        """Take the engine's ECU as gone, until it answers."""
        self.on, self.doubted, self.gone, self.ask_all = True, False, True, self._company
        self._heard_ns, self._probe_ns = now_ns, AGAIN_NS

    def _be_off(self) -> None:
        self.on = self.doubted = self.gone = self.ask_all = False
        self._others_ns = 0
