"""What a run comes to: curve, peaks, times, quality. A result is a picture, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.corrections import Factor
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, EstimateBy, RpmSource, View


@dataclass(frozen=True, slots=True)
class Smoothing:
    """A centred window in time; level 0 is none. Levels and widths: `smoothing.LEVELS`."""

    level: int
    width_s: float

    @property
    def words(self) -> str:
        """The level as a sheet prints it."""
        return f"{self.level} ({self.width_s:g} s)" if self.level else "0 (none)"


@dataclass(frozen=True, slots=True)
class Curve:
    """The pull on one clock, uncorrected; all arrays have one length, in order of time.

    `t_s` from the run's start; `rpm` NaN where engine speed is not known; `power_kw` at the wheels
    (at the engine where `RunResult.estimate` is not NONE), `torque_nm` at engine speed. `others`
    holds AFR, lambda, boost, throttle and every further channel by name, NaN where it has no value
    near (linear between samples, never across a gap). Where the dyno itself has a gap within the
    pull, one row of NaN stands in its middle, so that no line is drawn across it.
    """

    t_s: NDArray[np.float64]
    speed_kmh: NDArray[np.float64]
    rpm: NDArray[np.float64]
    power_kw: NDArray[np.float64]
    torque_nm: NDArray[np.float64]
    others: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Plus-minus of a peak [the peak's unit], and what it is made of; coverage about 95 %.

    `sampling` from the scatter of the samples, `smoothing` what its windows take off, or one level
    more would, `conditions` what the weather's instruments may err (0 where nothing is
    corrected), `losses` from the fit of the coast-down, `cut` what still rose when the foot was
    lifted; `mass` from a mass that was typed, `road` from grade and wind that nobody measured,
    `estimate` from a percentage that somebody chose. `total` is their root of squares.
    """

    total: float
    sampling: float = 0.0
    smoothing: float = 0.0
    conditions: float = 0.0
    losses: float = 0.0
    cut: float = 0.0
    mass: float = 0.0
    road: float = 0.0
    estimate: float = 0.0


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest value inside the pull that stands for at least 0.2 s; uncorrected.

    `value` in kW or Nm, `rpm` NaN where not known. Multiply by the factor for the corrected one.
    """

    value: float
    rpm: float
    speed_kmh: float
    t_s: float
    support_s: float
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class AccelerationTime:
    """Time from one speed to another, or over a distance; None where the run does not span it.

    `key` as in "60-100mph_s"; `why_not` says why it is n/a.
    """

    key: str
    seconds: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class QualityMark:
    """Something about a run that a person should know: `key` one word, `why` a sentence.

    Keys: those of `marks.WORDS`: short, noisy, slips, wheel_spin, gaps, source_lost, clock_jump,
    no_weather, pressure_suspect, outside_validity, no_rpm, no_pull, power_cut, estimated,
    unverified and more.
    `grave` ones make the run no basis for a comparison.
    """

    key: str
    word: str
    why: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A step of the speed column in time that was found and repaired: at `t_s`, by `by_s`."""

    t_s: float
    by_s: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run under a view.

    `curve` holds the pull alone and `peak_*` what is in it, uncorrected; `corrected` numbers are
    these times `factor.value`. `pull` is (first, last) [s from the run's start], None where the
    run has none; the curve is empty then and `quality` says why. `roles` tells which channel was
    used for what, `basis` what power was computed from.
    """

    run_id: str
    view: View
    factor: Factor
    smoothing: Smoothing
    basis: Basis | None
    rpm_source: RpmSource
    estimate: EstimateBy
    curve: Curve
    pull: tuple[float, float] | None
    peak_power: Peak | None
    peak_torque: Peak | None
    times: tuple[AccelerationTime, ...]
    quality: tuple[QualityMark, ...]
    slips: tuple[Slip, ...] = ()
    ratio_rpm_per_kmh: float | None = None
    ecu_offset_s: float = 0.0
    roles: Mapping[Role, str] = field(default_factory=dict)
