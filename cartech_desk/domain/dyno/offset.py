"""The clock of the car against that of the dyno: found where both measured the same movement.

A car answers a question after it has measured, and an adapter passes it on later still. So the
curve of its engine speed (or road speed) is moved in time until it lies best on the dyno's: least
squares of car = k · dyno(t + offset), k free for tyres, gears and pulses per turn.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track


@dataclass(frozen=True, slots=True)
class Offset:
    """What is to be added to the times of the car's channels [s], so that they fall on the dyno's.

    `confidence` from 0 (not found, `seconds` is 0 then) to 1; `plus_minus_s` about 95 %; `why` a
    sentence about how it was found, or why not.
    """

    seconds: float
    confidence: float
    why: str
    plus_minus_s: float = 0.0


LONGEST_S: Final = 1.0
"""Further apart than this no two clocks of ours are."""

_STEP_S: Final = 0.04
_RATE_HZ: Final = 100.0
_MOST_SAMPLES: Final = 400
_FEWEST_SAMPLES: Final = 12
_LEAST_FIT: Final = 0.98
"""Least share of the car's movement that the dyno's explains."""
_LEAST_SURE: Final = 0.25
_VAGUE_S: Final = 0.15
"""A standard error as large as this tells nothing."""

_PAIRS: Final = (
    (Role.RPM, "rpm", "engine speed"),
    (Role.SPEED, "speed", "road speed"),
    (Role.ROLLER_RPM, "speed", "the roller's and the road's speed"),
    (Role.SPEED, "rpm", "the roller's and the engine's speed"),
    (Role.ROLLER_RPM, "rpm", "the roller's and the engine's speed"),
)
"""What moves together, the best first: the dyno's role, the car's channel, in words."""


def estimate_offset(run: RawRun, setup: RunSetup) -> Offset:
    """Estimate what the car's clock is off by; never raises, 0 where it cannot be told."""
    why = "No channel of the car moves together with one of the dyno."
    for role, name, words in _PAIRS:
        dyno, car = run.tracks.get(setup.roles.get(role, "")), run.tracks.get(name)
        if dyno is None or dyno.of_car or car is None or not car.of_car:
            continue
        found = _aligned(dyno, car, words)
        if found.confidence > 0.0:
            return found
        why = found.why
    return Offset(0.0, 0.0, why)


def _aligned(dyno: Track, car: Track, words: str) -> Offset:
    t_dyno, v_dyno = _good(dyno)
    t_car, v_car = _good(car)
    if len(t_dyno) < _FEWEST_SAMPLES or len(t_car) < _FEWEST_SAMPLES:
        return Offset(0.0, 0.0, f"There are too few samples of {words}.")
    zero = t_dyno[0]
    grid, curve = _even(t_dyno - zero, v_dyno)
    t_car = t_car - zero
    inside = (t_car >= grid[0] + LONGEST_S) & (t_car <= grid[-1] - LONGEST_S)
    t_car, v_car = t_car[inside], v_car[inside]
    if len(t_car) > _MOST_SAMPLES:
        every = np.linspace(0, len(t_car) - 1, _MOST_SAMPLES).astype(np.int64)
        t_car, v_car = t_car[every], v_car[every]
    if len(t_car) < _FEWEST_SAMPLES:
        return Offset(0.0, 0.0, f"The stretch in which both tell {words} is too short.")
    moved = float(v_car.std())
    if moved <= 0.02 * float(np.abs(v_car).max()):
        return Offset(0.0, 0.0, f"{words.capitalize()} did not change enough to tell.")
    pair = _Pair(grid, curve, t_car, v_car)
    tried = np.arange(-LONGEST_S, LONGEST_S + _STEP_S / 2, _STEP_S)
    best = int(np.argmin([pair.cost(float(one)) for one in tried]))
    if best in (0, len(tried) - 1):
        return Offset(0.0, 0.0, f"{words.capitalize()} of car and dyno do not fall on each other.")
    shift = pair.refined(float(tried[best]))
    fit = 1.0 - pair.cost(shift) / moved**2
    error_s = pair.standard_error(shift)
    sure = max(0.0, 1.0 - error_s / _VAGUE_S) * min(1.0, max(0.0, (fit - 0.96) / 0.039))
    if fit < _LEAST_FIT or sure < _LEAST_SURE:
        return Offset(0.0, 0.0, f"{words.capitalize()} of car and dyno are not alike enough.")
    return Offset(
        shift,
        sure,
        f"Found from {words}: {1000 * shift:+.0f} ms, sure to ±{2000 * error_s:.0f} ms.",
        2.0 * error_s,
    )


def _good(track: Track) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    good = (track.quality == Quality.GOOD) & np.isfinite(track.values)
    return track.t_ns[good] / 1e9, track.values[good]


def _even(
    t: NDArray[np.float64], v: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the curve at an even rate, the mean of what falls between two places."""
    cells = np.floor(t * _RATE_HZ).astype(np.int64)
    count = np.bincount(cells).astype(np.float64)
    filled = count > 0
    times = np.bincount(cells, t)[filled] / count[filled]
    means = np.bincount(cells, v)[filled] / count[filled]
    grid = np.arange(times[0], times[-1], 1.0 / _RATE_HZ, dtype=np.float64)
    curve: NDArray[np.float64] = np.interp(grid, times, means)
    return grid, curve


@dataclass(frozen=True, slots=True)
class _Pair:
    """The dyno's curve on an even grid, and the car's samples `v` at times `t`."""

    grid: NDArray[np.float64]
    curve: NDArray[np.float64]
    t: NDArray[np.float64]
    v: NDArray[np.float64]

    def moved(self, shift: float) -> NDArray[np.float64]:
        """Return the curve where the car's samples would fall; even steps need no search."""
        place = (self.t + (shift - self.grid[0])) * _RATE_HZ
        left = np.clip(place.astype(np.int64), 0, len(self.curve) - 2)
        share = place - left
        found: NDArray[np.float64] = self.curve[left] * (1.0 - share)
        found += self.curve[left + 1] * share
        return found

    def cost(self, shift: float) -> float:
        """Return the mean square of what is left over."""
        model = self.moved(shift)
        return float(((self.v - _scale(model, self.v) * model) ** 2).mean())

    def refined(self, shift: float) -> float:
        """Return the lowest place of the parabola through three costs, ever closer together."""
        step = _STEP_S
        for _ in range(6):
            low, here, high = (self.cost(shift + beside) for beside in (-step, 0.0, step))
            bend = low - 2.0 * here + high
            if bend <= 0.0:
                break
            shift += float(np.clip(step * (low - high) / (2.0 * bend), -step, step))
            step /= 2.0
        return float(np.clip(shift, -LONGEST_S, LONGEST_S))

    def standard_error(self, shift: float) -> float:
        """Return the standard error of the shift [s], k being free as well.

        Twice what independent errors give: steps of the car's numbers follow each other.
        """
        model = self.moved(shift)
        reach = 5.0 / _RATE_HZ
        slope = (self.moved(shift + reach) - self.moved(shift - reach)) / (2.0 * reach)
        slope *= _scale(model, self.v)
        alone = slope - model * _scale(model, slope)
        square = float(alone @ alone)
        if square <= 0.0:
            return float("inf")
        left = self.cost(shift) * len(self.t) / max(len(self.t) - 2, 1)
        return 2.0 * float(np.sqrt(left / square))


def _scale(model: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """Return the factor that brings `model` closest to `v`."""
    square = float(model @ model)
    return float(model @ v) / square if square > 0.0 else 0.0
