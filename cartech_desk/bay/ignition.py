"""Whether the ignition is on, told by whether the engine's ECU answers. Pure: time is passed in.

    on --quiet for a second--> doubted --no answer to 01 00 either--> off --an answer--> on

While it is doubted or off, nothing is polled: polling keeps some cars awake. A car that is off is
asked 01 00 after two seconds, then ever more rarely, and by any answer it is on again.
"""

from typing import Final

QUIET_NS: Final = 1_000_000_000
QUIET_REQUESTS: Final = 3
"""Both must be reached before the ignition is doubted: one slow PID is no sign."""
PROBE_NS: Final = 2_000_000_000
RAREST_PROBE_NS: Final = 10_000_000_000
"""A car that is off is asked after these times: the first one doubles up to the second."""
IDLE_NS: Final = 500_000_000
"""With nothing to poll, the link is tried this often: a dead one is to be known."""


class IgnitionWatch:
    """Follows the answers of the engine's ECU."""

    def __init__(self, now_ns: int) -> None:
        self.on = True
        self.doubted = False
        self._answer_ns = now_ns
        self._asked_ns = now_ns
        self._unanswered = 0
        self._probe_ns = PROBE_NS

    @property
    def resting(self) -> bool:
        """Whether polling rests."""
        return self.doubted or not self.on

    def probe_ns(self) -> int:
        """Tell when 01 00 is to be asked, if nothing else is asked before."""
        if self.doubted:
            return 0
        return self._asked_ns + (IDLE_NS if self.on else self._probe_ns)

    def asked(self, now_ns: int) -> None:
        """Note that a request to the engine's ECU starts."""
        self._asked_ns = now_ns

    def answered(self, now_ns: int) -> bool:
        """Note an answer; True where polling resumes by it after the car was off."""
        resumed = not self.on
        self.on, self.doubted = True, False
        self._answer_ns = self._asked_ns = now_ns
        self._unanswered = 0
        self._probe_ns = PROBE_NS
        return resumed

    def unanswered(self, now_ns: int, *, probe: bool) -> None:
        """Note that the adapter reacted and the engine's ECU did not."""
        self._asked_ns = now_ns
        self._unanswered += 1
        if probe:
            if not self.on:
                self._probe_ns = min(2 * self._probe_ns, RAREST_PROBE_NS)
            self.on, self.doubted = False, False
        elif now_ns - self._answer_ns >= QUIET_NS and self._unanswered >= QUIET_REQUESTS:
            self.doubted = self.on
