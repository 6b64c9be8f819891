"""Runs beside each other: common range, difference, gain, repeatability."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.common_range import Axis, Row, common_axis, on_common_range
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.errors import CarTechError


class NotComparable(CarTechError):
    """Runs share nothing over which they could be compared."""

    code: ClassVar[str] = "not_comparable"


@dataclass(frozen=True, slots=True)
class Driven:
    """What was driven where, as far as a comparison has to look at it; empty where not known."""

    name: str = ""
    dyno: str = ""
    gear: str = ""
    vehicle: str = ""
    fuel: str = ""
    test_type: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over their common range of engine speed (of road speed where one has no rpm).

    `axis` is "rpm" or "speed"; arrays have one length over `x`; `a_*` and `b_*` are corrected as
    their results say, NaN where one of them has a hole; `power_gain_kw` is b less a. `average_*`
    over the range; `best_*` and `worst_*` are means over 100 rpm (2.5 km/h) or 0.2 s, whichever is
    more; `area_gain_kw_x` the integral of the gain over x (kW·rpm or kW·km/h).
    `warnings` say what makes the comparison doubtful: other correction, smoothing, dyno, gear,
    grave marks. Torque is NaN throughout where the axis is speed and one has no rpm.
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

    `spread_pct` is the spread of the peaks over their mean. `outlier` is the index of the run that
    does not fit the others, None where all do; `why` the sentence. Two runs have no outlier, and
    of few runs one has to lie far off: chance alone names one in fewer than 5 % of all sets.
    `warnings` as in a comparison: what makes them no runs of one set-up.
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
    warnings: tuple[str, ...] = ()


def compare(
    a: RunResult, b: RunResult, a_driven: Driven | None = None, b_driven: Driven | None = None
) -> Comparison:
    """Compare two runs. Errors: NotComparable where they share no range."""
    driven = (a_driven or Driven(), b_driven or Driven())
    axis, x, (row_a, row_b) = _shared((a, b), driven)
    power_gain = row_b.power_kw - row_a.power_kw
    torque_gain = row_b.torque_nm - row_a.torque_nm
    stands, at = _standing(axis, x, power_gain, (a, b))
    best, worst = int(np.nanargmax(stands)), int(np.nanargmin(stands))
    both = np.isfinite(power_gain)
    return Comparison(
        axis=axis.word,
        x=x,
        a_power_kw=row_a.power_kw,
        b_power_kw=row_b.power_kw,
        a_torque_nm=row_a.torque_nm,
        b_torque_nm=row_b.torque_nm,
        power_gain_kw=power_gain,
        torque_gain_nm=torque_gain,
        average_a_kw=_average(x, np.where(both, row_a.power_kw, np.nan)),
        average_b_kw=_average(x, np.where(both, row_b.power_kw, np.nan)),
        average_a_nm=_average(x, np.where(both, row_a.torque_nm, np.nan)),
        average_b_nm=_average(x, np.where(both, row_b.torque_nm, np.nan)),
        best_gain_kw=float(stands[best]),
        best_gain_at=float(at[best]),
        worst_gain_kw=float(stands[worst]),
        worst_gain_at=float(at[worst]),
        area_gain_kw_x=_integral(x, power_gain)[0],
        warnings=tuple(_doubts((a, b), driven, x, axis)),
    )


def repeatability(results: Sequence[RunResult], driven: Sequence[Driven] = ()) -> Repeatability:
    """Tell how well runs repeat. Errors: NotComparable for fewer than two, or no common range."""
    if len(results) < 2:
        raise NotComparable(
            "One run alone cannot tell how well runs repeat.", to_do="Choose at least two runs."
        )
    known = tuple(driven) or tuple(Driven() for _ in results)
    axis, x, rows = _shared(results, known)
    power = np.stack([row.power_kw for row in rows])
    peaks = np.array(
        [
            float(np.nanmax(row.power_kw))
            if result.peak_power is None
            else result.peak_power.value * result.factor.value
            for result, row in zip(results, rows, strict=True)
        ]
    )
    mean_peak, spread_peak = float(peaks.mean()), float(peaks.std(ddof=1))
    doubts = [
        one.peak_power.uncertainty.sampling / one.peak_power.value
        if one.peak_power is not None and one.peak_power.value > 0.0
        else 0.0
        for one in results
    ]
    outlier, why = _outlier(power, known, doubts)
    return Repeatability(
        runs=len(results),
        axis=axis.word,
        x=x,
        mean_power_kw=power.mean(axis=0),
        spread_power_kw=power.std(axis=0, ddof=1),
        mean_peak_kw=mean_peak,
        spread_peak_kw=spread_peak,
        spread_pct=100.0 * spread_peak / mean_peak if mean_peak > 0.0 else float("nan"),
        outlier=outlier,
        why=why,
        warnings=tuple(_doubts(results, known, x, axis)),
    )


_SURE_OUTLIER: Final = (47.74, 9.92, 6.32, 5.17, 4.62, 4.32, 4.12, 3.99, 3.90, 3.83)
"""How many times what the others let expect the one run of 3, 4, 5 … that fits least lies off.

Student's distribution with two degrees of freedom less than there are runs, for 4 % among all of
them: of three runs that scatter alike, two often lie close together by chance.
"""
_LEAST_OUTLIER: Final = 0.01
"""Less than this share of the power is what any two runs of a car differ by."""
_SUPPORT_S: Final = 0.2
_SMALL_SHARE: Final = 0.5
_RATIO_SHARE: Final = 0.03


def _shared(
    results: Sequence[RunResult], driven: Sequence[Driven]
) -> tuple[Axis, NDArray[np.float64], list[Row]]:
    axis = common_axis([result.curve for result in results])
    names = _names(driven)
    for result, name in zip(results, names, strict=True):
        if not axis.has(result.curve):
            raise NotComparable(
                f"{name} has no curve to compare.",
                to_do="Look at its marks: they say why. Leave it out of the comparison.",
            )
    x, rows = on_common_range(
        axis, [result.curve for result in results], [result.factor.value for result in results]
    )
    if len(x) < 2 or not np.isfinite(sum(row.power_kw for row in rows)).any():
        ranges = ", ".join(
            f"{name} from {low:.0f} to {high:.0f} {axis.unit}"
            for name, (low, high) in zip(
                names, (axis.reach(result.curve) for result in results), strict=True
            )
        )
        raise NotComparable(
            f"The runs have no range of {axis.words} in common: {ranges}.",
            to_do="Drive them over the same range, or compare others.",
        )
    return axis, x, rows


def _average(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    area, width = _integral(x, y)
    return area / width if width > 0.0 else float("nan")


def _integral(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the area under what is there, and over how much of x that is; holes count for none."""
    area, width = np.diff(x) * (y[1:] + y[:-1]) / 2.0, np.diff(x)
    there = np.isfinite(area)
    return float(area[there].sum()), float(width[there].sum())


def _outlier(
    power: NDArray[np.float64], driven: Sequence[Driven], doubts: Sequence[float] = ()
) -> tuple[int | None, str]:
    """Return the run that does not fit the others, and why; `doubts` of each as a share."""
    n = len(power)
    if n < 3:
        return None, ""
    power = power[:, np.isfinite(power).all(axis=0)]
    unsure = np.array(doubts if len(doubts) == n else [0.0] * n)
    beside, spread, signed, apart = [], [], [], []
    for index in range(n):
        others = np.delete(power, index, axis=0)
        consensus = others.mean(axis=0)
        scale = float(np.abs(consensus).mean()) or 1.0
        beside.append(float(np.sqrt(((power[index] - consensus) ** 2).mean())) / scale)
        squares = ((others - consensus) ** 2).sum(axis=0) / (n - 2)
        spread.append(float(np.sqrt(squares.mean())) / scale)
        signed.append(float((power[index] - consensus).mean()) / scale)
        # A run and the mean of the others both scatter.
        apart.append(beside[index] / max(spread[index] * float(np.sqrt(n / (n - 1))), 1e-12))
    index = int(np.argmax(apart))
    own = float(np.hypot(unsure[index], np.delete(unsure, index).mean() / np.sqrt(n - 1)))
    sure = _SURE_OUTLIER[min(n - 3, len(_SURE_OUTLIER) - 1)]
    if apart[index] <= sure or beside[index] <= max(own, _LEAST_OUTLIER):
        return None, ""
    where = "above" if signed[index] > 0 else "below"
    return index, (
        f"{_names(driven)[index]} lies {100 * beside[index]:.1f} % beside the others, on average "
        f"{where} them, which agree within {100 * spread[index]:.1f} %."
    )


def _standing(
    axis: Axis, x: NDArray[np.float64], gain: NDArray[np.float64], runs: Sequence[RunResult]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means of the gain that stand for long enough to be one, and where they are.

    Where no stretch is that long it is the gain as it is.
    """
    count = max(axis.support, *(_SUPPORT_S * axis.pace(one.curve) for one in runs))
    width = min(round(count / axis.step), len(x) - 1) + 1
    there = np.isfinite(gain)
    whole = np.convolve(there, np.ones(width), "valid") > width - 0.5
    if width < 2 or not whole.any():
        return gain, x
    means = np.convolve(np.where(there, gain, 0.0), np.ones(width) / width, "valid")
    return np.where(whole, means, np.nan), (x[: 1 - width] + x[width - 1 :]) / 2.0


def _names(driven: Sequence[Driven]) -> list[str]:
    return [one.name or f"Run {number}" for number, one in enumerate(driven, 1)]


def _doubts(
    results: Sequence[RunResult], driven: Sequence[Driven], x: NDArray[np.float64], axis: Axis
) -> Iterator[str]:
    """Sentences about what makes a comparison doubtful."""
    names = _names(driven)
    yield from _others("dynos", [one.dyno for one in driven], "no two brands read the same")
    yield from _others("vehicles", [one.vehicle for one in driven])
    yield from _others("gears", [one.gear for one in driven])
    yield from _others("fuels", [one.fuel for one in driven])
    yield from _others("test types", [one.test_type.replace("_", " ") for one in driven])
    yield from _others("corrections", [one.factor.correction.name for one in results])
    yield from _others(
        "levels of smoothing",
        [f"{one.smoothing.level} ({one.smoothing.width_s:g} s)" for one in results],
    )
    yield from _others(
        "bases of power",
        [one.basis.value.replace("_", " ") if one.basis else "" for one in results],
    )
    yield from _others(
        "places of power",
        ["the wheels" if one.estimate.value == "none" else "the engine" for one in results],
        "one of them is estimated",
    )
    ratios = [one.ratio_rpm_per_kmh for one in results if one.ratio_rpm_per_kmh]
    if ratios and max(ratios) > min(ratios) * (1.0 + _RATIO_SHARE):
        yield (
            f"Engine speed over road speed differs ({min(ratios):.1f} and {max(ratios):.1f} rpm "
            "per km/h): another gear, or slipping wheels."
        )
    for result, name in zip(results, names, strict=True):
        for mark in result.quality:
            if mark.grave:
                yield f"{name} is marked “{mark.word}”: {mark.why}"
        low, high = axis.reach(result.curve)
        if x[-1] - x[0] < _SMALL_SHARE * (high - low):
            yield (
                f"Only {x[0]:.0f} to {x[-1]:.0f} {axis.unit} is in common, less than half of "
                f"{name}."
            )
    if axis.word == "speed":
        yield "Compared over road speed: the engine speed of one of them is not known."


def _others(what: str, words: Sequence[str], why: str = "") -> Iterator[str]:
    found = list(dict.fromkeys(word for word in words if word))
    if len(found) > 1:
        yield f"Different {what}: {', '.join(found)}{f'; {why}' if why else ''}."
