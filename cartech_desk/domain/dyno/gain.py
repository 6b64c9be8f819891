"""How fast speed rises: its derivative, over as much time as the column's own steps need.

A speed in whole km/h, as cars tell it, rises by leaps. Over a tenth of a second these are all
that a derivative sees; over ten of them and a second they are little. Where engine speed comes
finer and turns with the wheels, speed is taken from it by the ratio found in the pull.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.losses import KMH_TO_MS
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.pull import END_S, START_S, find_pull
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.series import Floats, Series, onto

LEAST_HALF_S: Final = 0.05
"""Speed is differentiated over this to each side, over a row where rows are longer."""
_LEAST_QUANTUM: Final = 0.05
_SAMPLES: Final = 500
_COARSE: Final = 0.03
"""Steps that make a gain scatter by more are coarse."""
_QUANTA: Final = 18.0
_LEAST_S: Final = 1.0
_MOST_S: Final = 4.0
_LEAST_COUNT: Final = 5
_OF_RPM_S: Final = 0.6
_FINER: Final = 5.0
_TURNS_WITH: Final = 0.95
_WITHIN: Final = 0.8
_ROOT_12: Final = 12.0**0.5
_SIGMAS: Final = 1.96
_UNUSABLE: Final = 0.1
_LEAST_DOUBT: Final = 0.005
_MOSTLY_NEW: Final = 0.8
_WIDER: Final = 1.5
_BESIDE: Final = 7.0


@dataclass(frozen=True, slots=True)
class Gain:
    """Acceleration [m/s²], the speed it belongs to [km/h], and how far their product may be off.

    `doubt` is relative, 95 %: what the steps of a coarse column leave; empty where it is not one.
    """

    acceleration: Series
    speed_kmh: Floats
    doubt: Floats
    marks: tuple[QualityMark, ...] = ()


def gain_of(run: Measured, measured: Series, repaired: Series) -> Gain:
    """Return how fast a run's speed [km/h] rises; `repaired` is the speed without its slips."""
    quantum = quantum_of(measured.x)
    if quantum >= _LEAST_QUANTUM:
        pull, _why = find_pull(measured, run.whole(Role.THROTTLE), run.setup.test_type, run.broken)
        first, last = measured.t_s[0], measured.t_s[-1]
        if pull is not None:
            first, last = pull.first_s - START_S, pull.last_s + END_S / 2.0
        low, high = np.searchsorted(measured.t_s, (first, last))
        rise = _usual_rise(measured.t_s[low:high], measured.x[low:high])
        half = max(LEAST_HALF_S, measured.step_s)
        if quantum / (_ROOT_12 * half) > _COARSE * rise > 0.0:
            return _coarse(run, measured, quantum, (float(first), float(last)))
    return Gain(derivative(repaired), measured.x, np.empty(0))


def derivative(speed: Series) -> Series:
    """Differentiate speed [km/h] to acceleration [m/s²], centred, over less at the ends."""
    t_s = speed.t_s
    half = np.minimum(max(LEAST_HALF_S, speed.step_s), np.minimum(t_s - t_s[0], t_s[-1] - t_s))
    half[0], half[-1] = half[1], half[-2]
    later, earlier = np.minimum(t_s + half, t_s[-1]), np.maximum(t_s - half, t_s[0])
    spans = np.maximum(later - earlier, 1e-9)
    moved = np.interp(later, t_s, speed.x) - np.interp(earlier, t_s, speed.x)
    return Series(t_s, moved / spans * KMH_TO_MS)


def quantum_of(x: Floats) -> float:
    """Return the step that all values are whole multiples apart by; 0 where there is none."""
    middle = len(x) // 2
    values = np.unique(np.round(x[max(middle - _SAMPLES, 0) : middle + _SAMPLES], 5))
    if len(values) < 4:
        return 0.0
    steps = np.diff(values)
    least = float(steps.min())
    if least < 1e-4:
        return 0.0
    whole = steps / least
    return least if bool((np.abs(whole - np.round(whole)) < 0.02).all()) else 0.0


def _usual_rise(t_s: Floats, x: Floats) -> float:
    """Return how fast a pull rises on the whole [km/h per second]."""
    if len(t_s) < 2 or not t_s[-1] > t_s[0]:
        return 0.0
    return float((x[-1] - x[0]) / (t_s[-1] - t_s[0]))


def _coarse(run: Measured, speed: Series, quantum: float, pull: tuple[float, float]) -> Gain:
    by_rpm = _by_engine_speed(run, speed, quantum, pull)
    if by_rpm is not None:
        return by_rpm
    t_s = speed.t_s
    fresh = _fresh(speed, always=True)
    lines = _Lines(fresh, t_s, pull)
    rise = lines.slopes(np.full(len(t_s), 2.0 * _LEAST_S)).rise
    floor = max(0.25 * _usual_rise(*_cut(speed, pull)), 1e-6)
    width = np.clip(_QUANTA * quantum / np.maximum(np.abs(rise), floor), _LEAST_S, _MOST_S)
    width = np.maximum(width, _LEAST_COUNT * fresh.step_s)
    found = lines.slopes(width)
    with np.errstate(divide="ignore", invalid="ignore"):
        quanta = np.abs(found.rise) * width / quantum
        slope = _SIGMAS / (quanta * np.sqrt(np.maximum(found.count, 1.0)))
        level = _SIGMAS * quantum / _ROOT_12 / np.maximum(found.level, quantum)
    doubt = _summed(slope, level, lines.bent(found, width))
    low, high = np.searchsorted(t_s, pull)
    usual_s, usual = float(np.median(width[low:high])), float(np.median(doubt[low:high]))
    key = "too_coarse" if usual > _UNUSABLE else "coarse_speed"
    more = " That is too coarse for power." if usual > _UNUSABLE else ""
    told = mark(
        key,
        f"The speed comes in steps of {quantum:.3g} km/h: how fast it rises is taken over about "
        f"{usual_s:.1f} s around each moment, which leaves ±{100.0 * usual:.0f} %.{more}",
    )
    return Gain(Series(t_s, found.rise * KMH_TO_MS), found.level, doubt, (told,))


def _by_engine_speed(
    run: Measured, speed: Series, quantum: float, pull: tuple[float, float]
) -> Gain | None:
    """Return the gain from engine speed by the ratio found in the pull; None where it is no finer.

    Engine speed that does not turn with the wheels all through the pull is none to take it from.
    """
    held = run.within(Role.RPM)
    rpm = _fresh(held)
    t_s, x = _cut(speed, pull)
    of_rpm = rpm.between(*pull)
    if len(of_rpm) < _LEAST_COUNT or len(x) < _LEAST_COUNT:
        return None
    turns = onto(held, t_s, run.broken)
    both = np.isfinite(turns) & (turns > 0.0)
    if both.mean() < _TURNS_WITH:
        return None
    t_s, x, turns = t_s[both], x[both], turns[both]
    rise = max(_usual_rise(t_s, x), 1e-6)
    terms = np.column_stack((turns, np.ones_like(turns)))
    per_rpm, ahead = np.linalg.lstsq(terms, x, rcond=None)[0].tolist()
    off = np.abs(x - per_rpm * turns - ahead)
    late = rise * max(rpm.step_s, _fresh(speed).step_s)
    if not per_rpm > 0.0 or abs(ahead) > 2.0 * quantum + late + 0.03 * float(x.mean()):
        return None
    if (off <= _WITHIN * quantum + 0.5 * late).mean() < _TURNS_WITH:
        return None
    own = quantum_of(of_rpm.x) * per_rpm
    if own > quantum / _FINER:
        return None
    fine = Series(rpm.t_s, rpm.x * per_rpm)
    width = np.full(len(fine), max(_OF_RPM_S, 3.0 * fine.step_s, _QUANTA * own / rise))
    lines = _Lines(fine, fine.t_s, pull)
    found = lines.slopes(width)
    values = max(min(float(len(x)), float(np.ptp(x)) / quantum), 1.0)
    ratio = quantum / _ROOT_12 / max(float(np.std(x)), 1e-6) / values**0.5
    known = np.full(len(fine), max(2.0 * _SIGMAS * ratio, _LEAST_DOUBT))
    doubt = _summed(known, lines.bent(found, width))
    told = mark(
        "coarse_speed",
        f"The speed comes in steps of {quantum:.3g} km/h: how fast it rises is taken from engine "
        f"speed, {1.0 / per_rpm:.2f} rpm for 1 km/h.",
    )
    return Gain(Series(fine.t_s, found.rise * KMH_TO_MS), found.level, doubt, (told,))


def _summed(*parts: Floats) -> Floats:
    """Return relative doubts summed as roots of squares, 1 at most."""
    total = np.sqrt(np.sum([part**2 for part in parts], axis=0))
    return np.asarray(np.minimum(np.nan_to_num(total, nan=1.0, posinf=1.0), 1.0))


def _fresh(series: Series, *, always: bool = False) -> Series:
    """Return a series without values that only repeat the one before, where many do.

    When a leap has just come, a coarse value is truest.
    """
    if len(series) < _LEAST_COUNT:
        return series
    new = np.concatenate(([True], np.diff(series.x) != 0.0))
    if new.sum() < _LEAST_COUNT or (new.mean() > _MOSTLY_NEW and not always):
        return series
    return Series(series.t_s[new], series.x[new], series.backwards, series.doubled)


def _cut(series: Series, stretch: tuple[float, float]) -> tuple[Floats, Floats]:
    found = series.between(*stretch)
    return found.t_s, found.x


@dataclass(frozen=True, slots=True)
class _Slopes:
    rise: Floats
    level: Floats
    count: NDArray[np.float64]


class _Lines:
    """Local lines through a series; those of the pull see nothing of before or after it.

    What rises evenly under a steady power is the square of speed: the line goes through that, and
    the rise returned is the one which, times the level, gives its slope.
    """

    def __init__(self, series: Series, at_s: Floats, pull: tuple[float, float]) -> None:
        self._series, self._at_s = series, at_s
        self._origin = float(series.t_s[0])
        inside = (at_s >= pull[0]) & (at_s <= pull[1])
        self._least = np.where(inside, pull[0], np.where(at_s > pull[1], pull[1], -np.inf))
        self._most = np.where(inside, pull[1], np.where(at_s < pull[0], pull[0], np.inf))
        t, x = series.t_s - self._origin, series.x
        columns = np.stack((np.ones_like(t), t, t * t, x, t * x, x * x, t * x * x))
        self._sums = np.concatenate((np.zeros((7, 1)), np.cumsum(columns, axis=1)), axis=1)

    def slopes(self, width_s: Floats) -> _Slopes:
        """Return rise [1/s] and level over windows of `width_s`, smoothed over half of them."""
        at_s = self._at_s
        first, last = self._window(width_s)
        t_s = self._series.t_s
        low = np.searchsorted(t_s, first)
        high = np.maximum(np.searchsorted(t_s, last, side="right"), low)
        n, t, tt, x, tx, y, ty = self._sums[:, high] - self._sums[:, low]
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(n > 2.0, tt - t * t / n, 0.0)
            fit = spread > 1e-9
            slope = np.where(fit, (ty - t * y / n) / spread, np.nan)
            straight = np.where(fit, (tx - t * x / n) / spread, np.nan)
            level = x / n + straight * (at_s - self._origin - t / n)
        level = _filled(at_s, level)
        slope = self._averaged(_filled(at_s, slope), width_s / 2.0)
        rise = np.where(level > 0.0, slope / (2.0 * np.maximum(level, 1e-9)), 0.0)
        return _Slopes(rise, level, n)

    def bent(self, found: _Slopes, width_s: Floats) -> Floats:
        """Return what the width of the windows takes off a curve, as a part of the rise."""
        wider = self.slopes(_WIDER * width_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.abs(wider.rise * wider.level / (found.rise * found.level) - 1.0)
        # Towards an end of the pull a window lies beside its moment, and misses more of a slope.
        first, last = self._window(width_s)
        beside = np.abs(self._at_s - (first + last) / 2.0) / np.maximum(width_s / 2.0, 1e-9)
        apart = apart * (1.0 + _BESIDE * np.minimum(np.nan_to_num(beside, posinf=1.0), 1.0))
        return np.nan_to_num(apart, nan=1.0, posinf=1.0)

    def _window(self, width_s: Floats) -> tuple[Floats, Floats]:
        first = np.maximum(self._at_s - width_s / 2.0, self._least) - 1e-9
        return first, np.minimum(self._at_s + width_s / 2.0, self._most) + 1e-9

    def _averaged(self, x: Floats, width_s: Floats) -> Floats:
        at_s = self._at_s
        area = np.concatenate(([0.0], np.cumsum(np.diff(at_s) * (x[1:] + x[:-1]) / 2.0)))
        first, last = self._window(width_s)
        first, last = np.maximum(first, at_s[0]), np.minimum(last, at_s[-1])
        moved = np.interp(last, at_s, area) - np.interp(first, at_s, area)
        spans = last - first
        return np.asarray(np.where(spans > 1e-6, moved / np.maximum(spans, 1e-6), x))


def _filled(t_s: Floats, x: Floats) -> Floats:
    known = np.isfinite(x)
    if known.all() or not known.any():
        return np.nan_to_num(x)
    return np.where(known, x, np.interp(t_s, t_s[known], x[known]))
