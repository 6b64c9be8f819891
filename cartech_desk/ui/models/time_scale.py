"""Marks of the time axis: where they stand and what they say."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

_SECOND: Final = 1_000_000_000
_STEPS_S: Final = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    14400, 28800, 86400,
)  # fmt: skip

TimeWords = Callable[[int, int], str]
"""Words for an instant, given the step between marks: (t_ns, step_ns) -> text."""


class TimeTick(NamedTuple):
    """One mark of the axis: its instant and its text."""

    t_ns: int
    text: str


def time_step_ns(span_ns: int, most: int) -> int:
    """Return the shortest step that gives at most `most` marks over a stretch of time."""
    for step in _STEPS_S:
        if span_ns / (step * _SECOND) <= most:
            return round(step * _SECOND)
    return 86400 * _SECOND * max(1, round(span_ns / (most * 86400 * _SECOND)))


def time_ticks(
    left_ns: int, right_ns: int, width_px: int, words: TimeWords, origin_ns: int = 0
) -> list[TimeTick]:
    """Return the marks between two instants, at round distances from `origin_ns`."""
    step = time_step_ns(right_ns - left_ns, max(2, width_px // 110))
    first = -((origin_ns - left_ns) // step)  # rounded up: the first mark within the view
    return [
        TimeTick(origin_ns + n * step, words(origin_ns + n * step, step))
        for n in range(first, (right_ns - origin_ns) // step + 1)
    ]


def before_now(now_ns: int) -> TimeWords:
    """Words for a chart that follows: "now", ten seconds or two minutes before it."""

    def words(t_ns: int, step_ns: int) -> str:
        back = (now_ns - t_ns) / _SECOND
        if back < step_ns / _SECOND / 2:
            return "now"
        if step_ns >= 60 * _SECOND:
            return f"\u2212{back / 60:.0f} min"
        return f"\u2212{back:.{_decimals(step_ns)}f} s"

    return words


def clock_time(now_ns: int, now: datetime) -> TimeWords:
    """Words for a chart that is held: the local time of day; `now` is the clock at `now_ns`."""
    epoch = now.timestamp()

    def words(t_ns: int, step_ns: int) -> str:
        at = datetime.fromtimestamp(epoch + (t_ns - now_ns) / _SECOND)
        text = at.strftime("%H:%M:%S")
        decimals = _decimals(step_ns)
        return f"{text}.{at.microsecond:06d}"[: 9 + decimals] if decimals else text

    return words


def elapsed(t_ns: int, step_ns: int = _SECOND) -> str:
    """Words for a recording: minutes and seconds from where Start was pressed."""
    decimals = _decimals(step_ns)
    total = round(abs(t_ns) / _SECOND, decimals)
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    width = 3 + decimals if decimals else 2
    sign = "\u2212" if t_ns < 0 and total else ""
    head = f"{int(hours)}:{int(minutes):02d}" if hours else f"{int(minutes)}"
    return f"{sign}{head}:{seconds:0{width}.{decimals}f}"


def _decimals(step_ns: int) -> int:
    return 0 if step_ns >= _SECOND else 1 if step_ns >= _SECOND // 10 else 2
