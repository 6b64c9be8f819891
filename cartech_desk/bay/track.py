"""What the feed keeps of one channel: its ring, its last value, whether it is too old."""

import math
from typing import Final

from cartech_desk.bay.rings import Ring, achieved_hz
from cartech_desk.bay.status import ChannelStatus
from cartech_desk.domain.channels import Channel, Quality

RATE_WINDOW_S: Final = 2.5
SLOW_PERIODS: Final = 3
"""Channels slower than 1 Hz are stale after so many periods, and their rate is taken over them."""

INPUT_PERIODS: Final = 3
"""A derived channel is computed from inputs that are at most so many of their periods old."""
INPUT_LEAST_NS: Final = 300_000_000
"""However fast an input is asked, it may be this old: wires have their moments."""


class Track:
    """What the feed keeps of one channel."""

    __slots__ = (
        "answer_ns",
        "asked_hz",
        "before_ns",
        "capacity",
        "channel",
        "good_ns",
        "interval_ns",
        "quality",
        "ring",
        "stale_ns",
        "value",
    )

    def __init__(self, channel: Channel, ring: Ring, now_ns: int) -> None:
        self.channel = channel
        self.ring = ring
        self.capacity = ring.capacity
        """What the ring is to have; the driver's thread lets it grow."""
        self.asked_hz = 0.0
        self.stale_ns = 0
        self.value = math.nan
        self.quality: int = Quality.GOOD
        self.good_ns = 0
        self.interval_ns = self.before_ns = 0
        """Between the last two good readings, and between the two before."""
        self.answer_ns = now_ns
        """When something was last heard of it; to begin with, when it was first asked for."""

    def good(self, t_ns: int, value: float) -> None:
        """Take a value."""
        self.before_ns = self.interval_ns
        self.interval_ns = t_ns - self.good_ns if self.good_ns else 0
        self.value = value
        self.good_ns = t_ns

    def too_old(self, t_ns: int) -> bool:
        """Whether its value no longer goes with others of `t_ns`.

        On a wire that does not keep up, its period is the one that is kept, seen twice in a row.
        """
        age_ns = t_ns - self.good_ns
        if age_ns <= INPUT_LEAST_NS:  # nearly always
            return age_ns > self.stale_ns
        asked_ns = 1e9 / self.asked_hz if self.asked_hz > 0 else 0.0
        period_ns = max(asked_ns, min(self.interval_ns, self.before_ns))
        limit_ns = min(self.stale_ns, max(INPUT_LEAST_NS, INPUT_PERIODS * period_ns))
        return age_ns > limit_ns

    def silent(self, now_ns: int) -> bool:
        """Whether it was marked as stale, or is so by the clock."""
        return self.quality == Quality.STALE or now_ns - self.answer_ns > self.stale_ns


def status_of(track: Track, now_ns: int) -> ChannelStatus:
    """Return a channel as of now."""
    stale = track.silent(now_ns)
    fresh = track.good_ns > 0 and now_ns - track.good_ns <= track.stale_ns
    invalid = track.quality == Quality.INVALID and not stale
    window_s = max(RATE_WINDOW_S, SLOW_PERIODS / track.asked_hz if track.asked_hz > 0 else 0.0)
    return ChannelStatus(
        channel=track.channel,
        asked_hz=track.asked_hz,
        achieved_hz=0.0 if stale else achieved_hz(track.ring, now_ns, window_s),
        value=track.value if fresh and not stale and not invalid else math.nan,
        age_s=(now_ns - track.good_ns) / 1e9 if track.good_ns else math.inf,
        stale=stale,
        invalid=invalid,
    )
