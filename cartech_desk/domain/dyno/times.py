"""Acceleration times: from one speed to another, and over a distance from standstill."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.result import AccelerationTime
from cartech_desk.domain.dyno.series import Floats, Series, gap_limit_s, rows_of
from cartech_desk.domain.dyno.smoothing import averaged
from cartech_desk.domain.units import convert

_STANDING_KMH: Final = 1.0
_FAST_ROW_S: Final = 0.02
_NOISE_WINDOW_S: Final = 0.1


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
        usual = _quiet(speed)
        return (
            *(_between(usual, one) for one in SPANS),
            *(_over(usual, one) for one in DISTANCES),
        )
    return tuple(AccelerationTime(one.key, None, why) for one in (*SPANS, *DISTANCES))


def _quiet(speed: Series) -> Series:
    """Return speed that crosses a value once: fast samples are averaged over 0.1 s."""
    if speed.step_s >= _FAST_ROW_S:
        return speed
    rows = rows_of(speed, _FAST_ROW_S / 2.0)
    return Series(rows.t_s, averaged(rows.t_s, rows.x, _NOISE_WINDOW_S))


def _between(speed: Series, wanted: _Between) -> AccelerationTime:
    low_kmh = convert(float(wanted.low), wanted.unit, "km/h")
    high_kmh = convert(float(wanted.high), wanted.unit, "km/h")
    highest = float(speed.x.max())
    if highest < high_kmh:
        there = convert(highest, "km/h", wanted.unit)
        return _none(wanted.key, f"The run ends at {there:.1f} {wanted.unit}.")
    end = int(np.argmax(speed.x >= high_kmh))
    begin = _begin(speed.x[: end + 1], low_kmh)
    if begin is None:
        there = convert(float(speed.x[: end + 1].min()), "km/h", wanted.unit)
        return _none(wanted.key, f"The run starts at {there:.1f} {wanted.unit}.")
    started = speed.t_s[begin] if low_kmh <= 0.0 else _crossing(speed, begin + 1, low_kmh)
    ended = _crossing(speed, end, high_kmh)
    if started is None or ended is None:
        return _none(wanted.key, "A gap lies where the time would begin or end.")
    return AccelerationTime(wanted.key, float(ended - started))


def _begin(x: Floats, low_kmh: float) -> int | None:
    """Return the last sample at or below a speed; standstill is what is slower than walking."""
    below = np.flatnonzero(x <= max(low_kmh, _STANDING_KMH))
    return int(below[-1]) if len(below) else None


def _crossing(speed: Series, index: int, kmh: float) -> float | None:
    """Return when a speed is crossed between a sample and the one before it."""
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
    return float(speed.t_s[before] + part * span)


def _over(speed: Series, wanted: _Distance) -> AccelerationTime:
    slow = np.flatnonzero(speed.x <= _STANDING_KMH)
    if len(slow) == 0:
        return _none(wanted.key, f"The run starts at {float(speed.x[0]):.1f} km/h, not standing.")
    # From the last standstill before the fastest moment.
    slow = slow[slow <= int(np.argmax(speed.x))]
    if len(slow) == 0:
        return _none(wanted.key, "The run does not accelerate from standstill.")
    t_s, v = speed.t_s[slow[-1] :], speed.x[slow[-1] :] / 3.6
    spans = np.diff(t_s)
    gone = np.concatenate(([0.0], np.cumsum((v[1:] + v[:-1]) / 2.0 * spans)))
    if not gone[-1] >= wanted.metres:
        return _none(wanted.key, f"The run covers {gone[-1]:.0f} m, not {wanted.words}.")
    end = int(np.argmax(gone >= wanted.metres))
    if len(spans) and spans[:end].max(initial=0.0) > gap_limit_s(speed.step_s):
        return _none(wanted.key, "A gap of the speed lies within the distance.")
    at = np.interp(wanted.metres, gone[end - 1 : end + 1], t_s[end - 1 : end + 1])
    return AccelerationTime(wanted.key, float(at - t_s[0]))


def _none(key: str, why: str) -> AccelerationTime:
    return AccelerationTime(key, None, why)
