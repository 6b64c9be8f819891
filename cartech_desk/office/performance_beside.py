"""The range that runs share, told without computing anything on it."""

import math
from collections.abc import Sequence

from cartech_desk.domain.dyno.common_range import common_axis
from cartech_desk.domain.dyno.result import RunResult


def shared_range(results: Sequence[RunResult]) -> tuple[str, float, float]:
    """Return the axis of runs and from where to where all of them reach; NaN for nothing shared."""
    axis = common_axis([one.curve for one in results])
    reaches = [axis.reach(one.curve) for one in results if axis.has(one.curve)]
    if len(reaches) < len(results):
        return axis.word, math.nan, math.nan
    low, high = max(low for low, _ in reaches), min(high for _, high in reaches)
    return (axis.word, low, high) if high - low >= axis.least else (axis.word, math.nan, math.nan)
