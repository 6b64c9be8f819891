"""A run as rules look at it: channels on one clock, what of it is full load, cells of rpm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import QualityMark, RunResult
from cartech_desk.domain.dyno.run import Ignition
from cartech_desk.domain.performance.rules import BOOSTED_KPA

Floats = NDArray[np.float64]

HOLD_S: Final = 0.25
"""What holds for less is a glitch of a sensor."""
STEP_RPM: Final = 100.0
_FULL: Final = 0.85
"""Full load is from this share of the throttle's own highest on."""
_BRIDGED_S: Final = 1.0
"""Between samples that lie no further apart a value is taken to go straight."""
_NEVER: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Sampled:
    """A run as rules look at it: `peak_kw` corrected, `channels` on the clock `t_s`.

    `turbo` is what somebody said of the engine, `built` how the car was set up: only runs of the
    same set-up tell something by their difference.
    """

    run_id: str
    run: str
    number: int
    t_s: Floats
    rpm: Floats
    channels: Mapping[str, Floats]
    quality: tuple[QualityMark, ...] = ()
    peak_kw: float | None = None
    ignition: Ignition = Ignition.SPARK
    full: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))
    turbo: bool = False
    built: str = ""

    @property
    def boosted(self) -> bool:
        """Whether it is under boost at full load: said, or told by boost or manifold pressure."""
        if self.turbo:
            return True
        for name, least in (("boost", BOOSTED_KPA), ("map", BOOSTED_KPA + 100.0)):
            if name not in self.channels:
                continue
            steady = held(self.t_s, self.channels[name])
            if np.isfinite(steady).any() and np.nanmax(steady) >= least:
                return True
        return False


def sampled(
    result: RunResult,
    run: str,
    number: int,
    ignition: Ignition,
    *,
    turbo: bool = False,
    built: str = "",
) -> Sampled:
    """Return a result as rules look at it."""
    curve = result.curve
    throttle = curve.others.get("throttle")
    full = np.ones(len(curve.t_s), dtype=bool)
    if throttle is not None and np.isfinite(throttle).any():
        # A throttle that closes by itself is what one of the rules looks for: only what lies
        # before and behind the pull's load is left out, not what happens within.
        open_ = np.flatnonzero(throttle >= _FULL * float(np.nanmax(throttle)))
        full[:] = False
        if len(open_):
            full[open_[0] : open_[-1] + 1] = True
    peak = result.peak_power
    return Sampled(
        result.run_id,
        run,
        number,
        curve.t_s,
        curve.rpm,
        curve.others,
        result.quality,
        None if peak is None else peak.value * result.factor.value,
        ignition,
        full,
        turbo,
        built,
    )


def channel(run: Sampled, names: Sequence[str]) -> Floats | None:
    """Return the first of these channels that has a value in a run."""
    for name in names:
        if name in run.channels:
            values = run.channels[name]
            if np.isfinite(values).any():
                return _bridged(run.t_s, values)
    return None


def _bridged(t_s: Floats, values: Floats) -> Floats:
    """Return values with short gaps filled in between: what is told slowly is told all the same."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) == len(values) or len(known) < 2:
        return values
    after = np.clip(np.searchsorted(known, np.arange(len(values))), 1, len(known) - 1)
    gap = t_s[known[after]] - t_s[known[after - 1]]
    filled = np.interp(t_s, t_s[known], values[known], left=_NEVER, right=_NEVER)
    return np.where(np.isfinite(values) | (gap > _BRIDGED_S), values, filled)


def held(t_s: Floats, values: Floats) -> Floats:
    """Return the mean over `HOLD_S` around each sample, of what is known there."""
    if len(t_s) < 2:
        return values
    step = float(np.median(np.diff(t_s)))
    width = min(max(1, round(HOLD_S / step)), len(t_s)) if step > 0.0 else 1
    known = np.isfinite(values)
    ones = np.ones(width)
    count = np.convolve(known, ones, "same")
    total = np.convolve(np.where(known, values, 0.0), ones, "same")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known & (count > 0), total / count, np.nan)


def stretches(there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last place of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there.view(np.int8), [0]))))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def lasts(t_s: Floats, stretch: tuple[int, int]) -> float:
    """Return for how long a stretch lasts [s]."""
    return float(t_s[stretch[1]] - t_s[stretch[0]])


def reach(rpm: Floats) -> tuple[float, float]:
    """Return the lowest and highest of what is known; NaN where nothing is."""
    known = rpm[np.isfinite(rpm)]
    return (float(known.min()), float(known.max())) if len(known) else (_NEVER, _NEVER)


def in_cells(run: Sampled, values: Floats) -> dict[int, float]:
    """Return means over each `STEP_RPM` of engine speed at full load."""
    known = run.full & np.isfinite(values) & np.isfinite(run.rpm)
    cells = np.floor(run.rpm[known] / STEP_RPM).astype(np.int64)
    inside = values[known]
    return {int(cell): float(inside[cells == cell].mean()) for cell in np.unique(cells)}
