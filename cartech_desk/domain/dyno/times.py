"""Acceleration times: from one speed to another, and over a distance from standstill.

Where speed is noisy or tells whole km/h, the sample that first lies beyond a speed is early, and
the last below it late: a curve through the samples about a crossing tells when it was. A standing
start is where the first moving samples come from, not the last that was slower than walking.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.result import AccelerationTime
from cartech_desk.domain.dyno.series import Floats, Series, gap_limit_s, parabola, rows_of
from cartech_desk.domain.units import convert

_STANDING_KMH: Final = 1.0
_ROW_S: Final = 0.01
_AROUND_S: Final = 1.0
"""So far about a crossing its noise is looked for."""
_SURE_S: Final = 0.001
"""Noise that moves a crossing by less than this needs no curve through it."""
_FIT_KMH: Final = 4.0
_FIT_S: Final = (0.25, 1.0)
"""A curve takes in what is so near to the crossing in speed, within these times to each side."""
_FIT_STEPS: Final = 4.0
_LEAST_FITTED: Final = 5
_SETTLED_S: Final = 1e-4
_CURVED: Final = 7
_LAUNCH_S: Final = 0.3
_LAUNCH_SAMPLES: Final = 4


@dataclass(frozen=True, slots=True)
class _Between:
    key: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class _Distance:
    key: str
    metres: float
    words: str


SPANS: Final = (
    _Between("0-60mph_s", 0, 60, "mph"),
    _Between("0-100mph_s", 0, 100, "mph"),
    _Between("30-70mph_s", 30, 70, "mph"),
    _Between("60-100mph_s", 60, 100, "mph"),
    _Between("60-130mph_s", 60, 130, "mph"),
    _Between("0-100kmh_s", 0, 100, "km/h"),
    _Between("0-200kmh_s", 0, 200, "km/h"),
    _Between("80-120kmh_s", 80, 120, "km/h"),
    _Between("100-200kmh_s", 100, 200, "km/h"),
)
DISTANCES: Final = (
    _Distance("eighth_mile_s", 201.168, "an eighth of a mile"),
    _Distance("quarter_mile_s", 402.336, "a quarter mile"),
    _Distance("1000m_s", 1000.0, "1000 m"),
)


def acceleration_times(speed: Series, clock_jumped: bool = False) -> tuple[AccelerationTime, ...]:
    """Return every time that a run's speed [km/h] spans, and why the others are n/a."""
    if len(speed) < 3:
        why = "The speed is not known."
    elif clock_jumped:
        why = "The clock of the speed jumped in this run."
    else:
        usual = rows_of(speed, _ROW_S)
        crossings: dict[tuple[int, float], float | None] = {}
        return (
            *(_between(usual, one, crossings) for one in SPANS),
            *(_over(usual, one) for one in DISTANCES),
        )
    return no_times(why)


def no_times(why: str) -> tuple[AccelerationTime, ...]:
    """Return every time as n/a, for one reason."""
    return tuple(AccelerationTime(one.key, None, why) for one in (*SPANS, *DISTANCES))


def _between(
    speed: Series, wanted: _Between, crossings: dict[tuple[int, float], float | None]
) -> AccelerationTime:
    """Return the time between two speeds; `crossings` keeps those that were looked for."""
    low_kmh = convert(float(wanted.low), wanted.unit, "km/h")
    high_kmh = convert(float(wanted.high), wanted.unit, "km/h")
    highest = float(speed.x.max())
    if highest < high_kmh:
        there = convert(highest, "km/h", wanted.unit)
        return _none(wanted.key, f"The run ends at {there:.1f} {wanted.unit}.")
    end = int(np.argmax(speed.x >= high_kmh))
    below = np.flatnonzero(speed.x[: end + 1] <= max(low_kmh, _STANDING_KMH))
    if len(below) == 0:
        there = convert(float(speed.x[: end + 1].min()), "km/h", wanted.unit)
        return _none(wanted.key, f"The run starts at {there:.1f} {wanted.unit}.")
    begin = int(below[-1])
    for key in ((end, high_kmh), (begin + 1, low_kmh)):
        if key[1] > 0.0 and key not in crossings:
            crossings[key] = _crossing(speed, *key)
    ended = crossings[end, high_kmh]
    started = _launched(speed, begin) if low_kmh <= 0.0 else crossings[begin + 1, low_kmh]
    if started is None or ended is None or not ended > started:
        return _none(wanted.key, "A gap lies where the time would begin or end.")
    return AccelerationTime(wanted.key, float(ended - started))


def _crossing(speed: Series, index: int, kmh: float) -> float | None:
    """Return when a speed is crossed about a sample: between it and the one before it, if clean."""
    if index == 0:
        return float(speed.t_s[0]) if speed.x[0] == kmh else None
    if index >= len(speed):
        return float(speed.t_s[-1]) if speed.x[-1] == kmh else None
    before, after = index - 1, index
    span = speed.t_s[after] - speed.t_s[before]
    if span > gap_limit_s(speed.step_s):
        return None
    rise = speed.x[after] - speed.x[before]
    part = (kmh - speed.x[before]) / rise if rise > 0.0 else 1.0
    at = float(speed.t_s[before] + part * span)
    near = speed.between(at - _AROUND_S, at + _AROUND_S)
    slope = _slope(near)
    noise = _noise_kmh(near)
    if len(near) < _LEAST_FITTED or not slope > 0.0 or noise <= _SURE_S * slope:
        return at
    half = min(max(_FIT_KMH / slope, _FIT_S[0]), _FIT_S[1])
    half = max(half, _FIT_STEPS * speed.step_s)
    for _ in range(4):
        # What lies beyond an end of the run on one side is left out on the other, too.
        side = min(half, max(at - speed.t_s[0], 0.0), max(speed.t_s[-1] - at, 0.0))
        about = speed.between(at - side, at + side)
        moved = _fitted(about, at, kmh)
        if moved is None or abs(moved - at) > half:
            break
        settled, at = abs(moved - at) < _SETTLED_S, moved
        if settled:
            break
    return at


def _fitted(about: Series, at_s: float, kmh: float) -> float | None:
    """Return when the curve through samples about a time is at a speed."""
    n = len(about)
    if n < _LEAST_FITTED:
        return None
    curve = parabola(about.t_s - at_s, about.x - kmh, bent=n >= _CURVED)
    when = 0.0
    for _ in range(3):
        slope = curve.slope + 2.0 * curve.bend * when
        if not slope > 0.0:
            return None
        when -= (curve.base + when * (curve.slope + when * curve.bend)) / slope
    return at_s + when


def _slope(near: Series) -> float:
    """Return how fast speed rises over a stretch [km/h per s]."""
    if len(near) < 2:
        return 0.0
    since = near.t_s - near.t_s.mean()
    return float((since * near.x).sum() / (since * since).sum())


def _noise_kmh(near: Series) -> float:
    """Return the scatter of samples about the line between their neighbours."""
    if len(near) < _LEAST_FITTED:
        return 0.0
    t_s, x = near.t_s, near.x
    part = (t_s[1:-1] - t_s[:-2]) / (t_s[2:] - t_s[:-2])
    off = x[1:-1] - (x[:-2] + part * (x[2:] - x[:-2]))
    return float(np.sqrt((off * off).mean() / 1.5))


def _launched(speed: Series, begin: int) -> float | None:
    """Return when a car that stands at a sample, and moves after it, has begun to."""
    t_s, x = speed.t_s, speed.x
    if begin + 1 >= len(x):
        return None
    if t_s[begin + 1] - t_s[begin] > gap_limit_s(speed.step_s):
        return None
    after = int(np.searchsorted(t_s, t_s[begin + 1] + _LAUNCH_S, side="right"))
    after = min(max(after, begin + 1 + _LAUNCH_SAMPLES), len(x))
    moving = Series(t_s[begin + 1 : after], x[begin + 1 : after])
    slope = _slope(moving)
    if not slope > 0.0:
        return float(t_s[begin])
    at = float(moving.t_s.mean()) - float(moving.x.mean()) / slope
    # What is slower than walking is rounded away or noise; nothing else lies before standstill.
    earliest = float(t_s[begin]) - _STANDING_KMH / slope - speed.step_s
    return min(max(at, earliest), float(t_s[begin + 1]))


def _over(speed: Series, wanted: _Distance) -> AccelerationTime:
    slow = np.flatnonzero(speed.x <= _STANDING_KMH)
    if len(slow) == 0:
        return _none(wanted.key, f"The run starts at {float(speed.x[0]):.1f} km/h, not standing.")
    # From the last standstill before the fastest moment.
    slow = slow[slow <= int(np.argmax(speed.x))]
    started = _launched(speed, int(slow[-1])) if len(slow) else None
    if started is None:
        return _none(wanted.key, "The run does not accelerate from standstill.")
    moving = int(slow[-1]) + 1
    t_s: Floats = np.concatenate(([started], speed.t_s[moving:]))
    v: Floats = np.concatenate(([0.0], speed.x[moving:] / 3.6))
    spans = np.diff(t_s)
    gone = np.concatenate(([0.0], np.cumsum((v[1:] + v[:-1]) / 2.0 * spans)))
    if not gone[-1] >= wanted.metres:
        return _none(wanted.key, f"The run covers {gone[-1]:.0f} m, not {wanted.words}.")
    end = int(np.argmax(gone >= wanted.metres))
    if len(spans) and spans[:end].max(initial=0.0) > gap_limit_s(speed.step_s):
        return _none(wanted.key, "A gap of the speed lies within the distance.")
    at = np.interp(wanted.metres, gone[end - 1 : end + 1], t_s[end - 1 : end + 1])
    return AccelerationTime(wanted.key, float(at - started))


def _none(key: str, why: str) -> AccelerationTime:
    return AccelerationTime(key, None, why)
