"""Runs beside each other: common range, difference, gain, repeatability."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import RunResult


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over their common range of engine speed (of road speed where one has no rpm).

    `axis` is "rpm" or "speed"; arrays have one length over `x`; `a_*` and `b_*` are corrected as
    their results say, `power_gain_kw` is b less a. `average_*` over the range; `area_gain_kw_x`
    the integral of the gain over x (kW·rpm or kW·km/h). `warnings` say what makes the comparison
    doubtful: other correction, smoothing, dyno, gear, grave marks.
    """

    axis: str
    x: NDArray[np.float64]
    a_power_kw: NDArray[np.float64]
    b_power_kw: NDArray[np.float64]
    a_torque_nm: NDArray[np.float64]
    b_torque_nm: NDArray[np.float64]
    power_gain_kw: NDArray[np.float64]
    torque_gain_nm: NDArray[np.float64]
    average_a_kw: float
    average_b_kw: float
    average_a_nm: float
    average_b_nm: float
    best_gain_kw: float
    best_gain_at: float
    worst_gain_kw: float
    worst_gain_at: float
    area_gain_kw_x: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Several runs of one set-up: mean and spread (sample standard deviation) on the common range.

    `outlier` is the index of the run that does not fit the others, None where all do; `why` the
    sentence. Two runs have no outlier.
    """

    runs: int
    axis: str
    x: NDArray[np.float64]
    mean_power_kw: NDArray[np.float64]
    spread_power_kw: NDArray[np.float64]
    mean_peak_kw: float
    spread_peak_kw: float
    spread_pct: float
    outlier: int | None
    why: str = ""


def compare(a: RunResult, b: RunResult) -> Comparison:
    """Compare two runs. Errors: NotComparable where they share no range."""
    raise NotImplementedError


def repeatability(results: Sequence[RunResult]) -> Repeatability:
    """Tell how well runs repeat. Errors: NotComparable for fewer than two, or no common range."""
    raise NotImplementedError
