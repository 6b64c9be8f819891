"""What polling learns of each ECU: how much it takes in one request, and how many answer.

How long to wait is learned by the drivers, which see the bytes arrive.
"""

from typing import Final, NamedTuple

SILENT: Final = 0
"""Number of answers when nobody answered."""


class PackLimit(NamedTuple):
    """How much one request may ask for: PIDs in it, bytes of the whole answer."""

    pids: int
    answer_bytes: int


PACK_LIMITS: Final = (
    PackLimit(6, 62),
    PackLimit(6, 7),
    PackLimit(1, 4095),
)
"""From the best downwards. Six PIDs are what SAE J1979 (5.3.2) allows on CAN; 62 bytes are nine
frames, about 180 of the 256 characters that small adapters buffer; seven bytes are one frame, for
those that cannot send flow control; and one PID always works."""

FAILURES: Final = 2
"""So many packed requests must fail, each followed by a single one that works, before the ECU
counts as one that cannot do it."""

_RECOUNT: Final = 64
"""Every so many requests without a count, to notice an ECU that has woken up."""


class EcuLearning:
    """What was learned of one address; `engine` tells whether it is the engine's ECU."""

    def __init__(self, *, engine: bool = False) -> None:
        self.engine = engine
        self.held_until_ns = 0
        """Not asked before this, because it said that it is busy."""
        self._level = 0
        self._failures = 0
        self._suspect = False
        self._counts: dict[bytes, tuple[int, int]] = {}
        self.busy = 0
        """How often in a row it said that it is busy."""

    @property
    def pack_limit(self) -> PackLimit:
        """How much may be asked at once; a single PID while packing is under suspicion."""
        return PACK_LIMITS[-1] if self._suspect else PACK_LIMITS[self._level]

    def packed_failed(self) -> None:
        """Note that a packed request brought nothing: a single one is next, to know why."""
        self._suspect = True

    def packed_worked(self) -> None:
        """Note that a packed request was answered."""
        self._failures = 0

    def single_worked(self) -> None:
        """Note that a single request was answered: if a packed one failed before, packing did."""
        if self._suspect:
            self._suspect = False
            self._failures += 1
            if self._failures >= FAILURES:
                self._failures = 0
                self._level = min(self._level + 1, len(PACK_LIMITS) - 1)

    def expected(self, payload: bytes) -> int | None:
        """Tell how many ECUs answer this functional request; None where that is not known."""
        count, asked = self._counts.get(payload, (SILENT, 0))
        if count == SILENT or asked < 2 or asked % _RECOUNT == 0:
            return None
        return count

    def answers(self, payload: bytes, count: int) -> None:
        """Note how many ECUs answered a functional request."""
        known, asked = self._counts.get(payload, (SILENT, 0))
        self._counts[payload] = (count, asked + 1 if count == known else 1)
