"""From a raw run to its result: the one way that the live page, the tree and the sheets share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.beside import Beside
from cartech_desk.domain.dyno.corrections import Factor, factor
from cartech_desk.domain.dyno.doubts import with_doubts
from cartech_desk.domain.dyno.dropouts import dropouts, no_drive
from cartech_desk.domain.dyno.engine_speed import agreed, engine_speed
from cartech_desk.domain.dyno.estimate import Wheels, at_the_engine
from cartech_desk.domain.dyno.forces import NM_RPM_TO_KW, Rolling, Work, wheel_power
from cartech_desk.domain.dyno.marks import WEATHER_MARKS, mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.mixture import others_of
from cartech_desk.domain.dyno.offset import estimate_offset
from cartech_desk.domain.dyno.peaks import (
    Trace,
    no_higher,
    peaks_of,
    still_rising,
    summed,
    with_losses,
    with_slips,
)
from cartech_desk.domain.dyno.pull import Pull, find_pull, outside, pull_of_power
from cartech_desk.domain.dyno.quality import (
    device_clock,
    flat_mixture,
    hidden_slips,
    marks_of_pull,
    marks_of_run,
    rising_mark,
)
from cartech_desk.domain.dyno.result import (
    AccelerationTime,
    Curve,
    Peak,
    QualityMark,
    RunResult,
    Slip,
)
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    RawRun,
    RpmSource,
    RunSetup,
    View,
)
from cartech_desk.domain.dyno.series import EMPTY, Floats, Series, even_clock, gaps_of
from cartech_desk.domain.dyno.slips import repair
from cartech_desk.domain.dyno.smoothing import smoothed, smoothing_of
from cartech_desk.domain.dyno.spikes import bridged, spikes
from cartech_desk.domain.dyno.times import acceleration_times, no_times
from cartech_desk.domain.dyno.weather import conditions_of

_NOTHING: Final = np.empty(0)


def analyse(run: RawRun, setup: RunSetup, view: View) -> RunResult:
    """Return what a run comes to under a view; pure, the run is not changed.

    Never raises for what was measured: an empty, short or broken run gives a result without a
    curve and the marks of quality that say why. Errors: NoCorrection for an unknown correction.
    """
    factor(view.correction, setup.conditions, setup)  # an unknown one is refused before all else
    with np.errstate(all="ignore"):
        return _analysed(run, setup, view)


def with_correction(result: RunResult, setup: RunSetup, correction: str) -> RunResult:
    """Return the same result under another correction, without computing the curve again."""
    made = factor(correction, result.factor.conditions, setup)
    kept = tuple(one for one in result.quality if one.key not in WEATHER_MARKS)
    return replace(
        result,
        view=replace(result.view, correction=correction),
        factor=made,
        peak_power=_under(result.peak_power, made),
        peak_torque=_under(result.peak_torque, made),
        quality=(*kept, *_weather_marks(made)),
    )


def _analysed(run: RawRun, setup: RunSetup, view: View) -> RunResult:
    measured = Measured(run, setup)
    offset_s = 0.0
    if any(track.of_car for track in run.tracks.values()):
        offset_s = _offset(run, setup)
        measured = Measured(run, setup, offset_s)
    conditions = conditions_of(measured)
    made = factor(view.correction, conditions, setup)
    speed = measured.speed_kmh()
    repaired, slips = repair(speed)
    rolling = Rolling(speed, repaired)
    work, why_no_power = wheel_power(measured, rolling, conditions)
    bare = _Found(measured, view, made, offset_s, slips, rolling)
    if work is None:
        pull, _why = find_pull(
            repaired, measured.whole(Role.THROTTLE), setup.test_type, measured.broken
        )
        return bare.without_curve(mark("no_basis", why_no_power), pulled=pull is not None)
    pull, why_no_pull = _pull(measured, repaired, work)
    if pull is not None:
        low, high = np.searchsorted(work.t_s, (pull.first_s, pull.last_s + 1e-9))
        if high - low < 3:
            pull, why_no_pull = None, "There are too few values within the pull."
    if pull is None:
        marks = (*work.marks, mark("no_pull", why_no_pull))
        return replace(bare.without_curve(*marks), basis=work.basis)
    return _result(bare, work, pull, slice(int(low), int(high)), conditions)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of a run before its pull is looked at."""

    run: Measured
    view: View
    made: Factor
    offset_s: float
    slips: tuple[Slip, ...]
    rolling: Rolling

    def marks(self) -> list[QualityMark]:
        return marks_of_run(self.run, self.slips)

    def without_curve(self, *marks: QualityMark, pulled: bool = False) -> RunResult:
        """Return the result of a run that has no curve; `pulled` if its speed tells a pull."""
        found = self.marks()
        return RunResult(
            run_id=self.run.run.id,
            view=self.view,
            factor=self.made,
            smoothing=smoothing_of(self.view.smoothing),
            basis=None,
            rpm_source=RpmSource.NONE,
            estimate=EstimateBy.NONE,
            curve=Curve(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING),
            pull=None,
            peak_power=None,
            peak_torque=None,
            times=self.times(found) if pulled else no_times("There is no pull in this run."),
            quality=(*marks, *found, *_weather_marks(self.made)),
            slips=self.slips,
            ecu_offset_s=self.offset_s,
            roles=dict(self.run.used),
        )

    def times(self, marks: Sequence[QualityMark]) -> tuple[AccelerationTime, ...]:
        """Return the acceleration times, none where the clock of the speed jumped."""
        speed = self.rolling.measured
        jumped = speed.backwards > 0 or any(one.key == "clock_jump" for one in marks)
        return acceleration_times(speed, jumped)


def _result(
    found: _Found, work: Work, pull: Pull, within: slice, conditions: Conditions
) -> RunResult:
    """Return the result of a run with a pull."""
    run, view = found.run, found.view
    t_s, speed, wheel = work.t_s[within], work.speed_kmh[within], work.power_kw[within]
    if pull.holes:
        driven = outside(pull.holes, t_s)
        t_s, speed, wheel = t_s[driven], speed[driven], wheel[driven]
    marks = [*found.marks(), *work.marks]
    if not any(one.key == "clock_jump" for one in marks):
        marks += device_clock(run, pull)
    even = even_clock(t_s)
    if even is not t_s:
        t_s, speed, wheel = even, np.interp(even, t_s, speed), np.interp(even, t_s, wheel)
    power, estimate = wheel, EstimateBy.NONE
    doubts: list[tuple[Floats, Mapping[str, Floats]]] = [(work.t_s, work.doubts)]
    if view.engine:
        engine = at_the_engine(Wheels(t_s, wheel, speed, work), run, found.rolling)
        power, estimate = engine.power_kw, engine.by
        marks += engine.marks
        doubts = [(work.t_s, engine.of_wheels(work.doubts)), (t_s, engine.own)]
    turning = engine_speed(run, t_s, speed)
    measured_rpm = turning.rpm
    if work.basis is Basis.DEVICE_POWER and turning.source is RpmSource.TACH:
        measured_rpm = agreed(run, t_s, wheel, measured_rpm)
    marks += dropouts(t_s, wheel)
    gaps, lost = _gaps(t_s, run, pull)
    out = spikes(t_s, power)
    clean = bridged(t_s, power, out)
    marks += turning.marks
    marks += marks_of_pull(
        run, pull, work.basis, t_s=t_s, power_kw=clean, speed_kmh=speed, gaps=lost, out=out
    )
    level = smoothing_of(view.smoothing)
    known = np.isfinite(measured_rpm)
    # Where engine speed begins or ends to be known, torque does: nothing is averaged across.
    breaks = np.union1d(gaps, np.flatnonzero(known[1:] != known[:-1]))
    rpm = np.where(known, measured_rpm, 0.0)
    drawn = clean if level.level else power
    curve = _curve(t_s, np.stack((drawn, rpm, speed)), level.level, breaks)
    others = others_of(run, t_s, conditions)
    marks += flat_mixture(t_s, others)
    loss_kw = 2.0 * (work.losses.rms_n if work.losses else 0.0) / 3600.0
    trace = Trace(t_s, clean, rpm, speed)
    best, best_torque = peaks_of(
        trace.split(gaps),
        [one for one in trace.split(breaks) if one.rpm.min() > 0.0],
        level.level,
    )
    # Where power was bridged and engine speed is damaged, their ratio was never measured.
    best_torque = no_higher(best_torque, [Trace(t_s, power, rpm, speed)], torque=True)
    if work.basis is Basis.SPEED and found.slips:
        # What a slip makes up for was lost since the one before it.
        off = sum(abs(slip.by_s) for slip in found.slips) / max(run.span_s, 1e-9)
        best, best_torque = with_slips(best, off), with_slips(best_torque, off)
    if work.basis is Basis.SPEED:
        hidden, off = hidden_slips(run.speed_kmh(), level.width_s)
        marks += hidden
        best, best_torque = with_slips(best, off), with_slips(best_torque, off)
    if best is not None:
        best = with_losses(best, loss_kw * np.nan_to_num(best.speed_kmh))
    if best_torque is not None and best_torque.rpm > 0.0:
        part = loss_kw * np.nan_to_num(best_torque.speed_kmh) / (best_torque.rpm * NM_RPM_TO_KW)
        best_torque = with_losses(best_torque, float(part))
    if best is not None and best.value <= 0.0:
        marks.append(no_drive(work.basis))
        best = best_torque = None
    for clock, parts in doubts:
        best = with_doubts(best, clock, parts)
        best_torque = with_doubts(best_torque, clock, parts, torque=True)
    best, share = still_rising(best, pull, t_s, clean)
    if best_torque is not None:
        with_rpm = rpm > 0.0
        torque = clean[with_rpm] / (rpm[with_rpm] * NM_RPM_TO_KW)
        best_torque, _ = still_rising(best_torque, pull, t_s[with_rpm], torque)
    if share > 0.0:
        marks.append(rising_mark(pull, 100.0 * share))
    return RunResult(
        run_id=run.run.id,
        view=view,
        factor=found.made,
        smoothing=level,
        basis=work.basis,
        rpm_source=turning.source,
        estimate=estimate,
        curve=_with_gaps(curve, others, gaps),
        pull=(pull.first_s, pull.last_s),
        peak_power=_under(best, found.made),
        peak_torque=_under(best_torque, found.made),
        times=found.times(marks),
        quality=(*marks, *_weather_marks(found.made)),
        slips=found.slips,
        ratio_rpm_per_kmh=turning.ratio,
        ecu_offset_s=found.offset_s,
        roles=dict(run.used),
    )


def _gaps(t_s: Floats, run: Measured, pull: Pull) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the samples after which nothing is drawn, and those of them that lack a value."""
    lost = gaps_of(t_s, run.broken)
    if not pull.holes:
        return lost, lost
    lifted = np.searchsorted(t_s, [first for first, _ in pull.holes], side="right") - 1
    lifted = lifted[(lifted >= 0) & (lifted < len(t_s) - 1)]
    return np.union1d(lost, lifted), np.setdiff1d(lost, lifted)


def _offset(run: RawRun, setup: RunSetup) -> float:
    """Return what is added to the times of the car's channels [s]."""
    if setup.ecu_offset_s is not None:
        return setup.ecu_offset_s if np.isfinite(setup.ecu_offset_s) else 0.0
    return estimate_offset(run, setup).seconds


def _pull(run: Measured, repaired: Series, work: Work) -> tuple[Pull | None, str]:
    """Find the pull by speed, else by engine speed, else by power itself."""
    driver = repaired
    for role in (Role.RPM, Role.BRAKE_RPM):
        if len(driver) < 5:
            driver = run.within(role)
    if len(driver) < 5:
        return pull_of_power(Series(work.t_s, work.power_kw))
    engine = run.within(Role.RPM) if driver is repaired else EMPTY
    power = Series(work.t_s, work.power_kw)
    return find_pull(
        driver,
        run.whole(Role.THROTTLE),
        run.setup.test_type,
        run.broken,
        power=power,
        engine=engine,
    )


def _curve(t_s: Floats, rows: Floats, level: int, breaks: NDArray[np.intp]) -> Curve:
    """Return the curve of power, engine speed and road speed at a level; torque follows."""
    speed = rows[2]
    if np.isfinite(speed).all():
        power, rpm, speed = smoothed(t_s, rows, level, breaks)
    else:
        power, rpm = smoothed(t_s, rows[:2], level, breaks)
    rpm = np.where(rpm > 0.0, rpm, np.nan)
    return Curve(t_s, speed, rpm, power, power / (rpm * NM_RPM_TO_KW))


def _with_gaps(curve: Curve, others: Beside, gaps: NDArray[np.intp]) -> Curve:
    """Put the other channels beside a curve, and a row of NaN into each gap."""
    if len(gaps) == 0:
        return replace(curve, others=others)
    at = gaps + 1
    middle = (curve.t_s[gaps] + curve.t_s[at]) / 2.0
    edges = [0, *at.tolist(), len(curve.t_s)]

    def parted(x: Floats, between: Floats | float = np.nan) -> Floats:
        found = np.empty(len(x) + len(at))
        for place, (first, after) in enumerate(pairwise(edges)):
            found[first + place : after + place] = x[first:after]
        found[at + np.arange(len(at))] = between
        return found

    return Curve(
        parted(curve.t_s, middle),
        parted(curve.speed_kmh),
        parted(curve.rpm),
        parted(curve.power_kw),
        parted(curve.torque_nm),
        others.through(parted),
    )


def _under(peak: Peak | None, made: Factor) -> Peak | None:
    """Return a peak with the doubt that the weather leaves under a correction."""
    if peak is None:
        return None
    weather = abs(peak.value) * made.uncertainty
    return replace(peak, uncertainty=summed(peak.uncertainty, weather))


def _weather_marks(made: Factor) -> tuple[QualityMark, ...]:
    if made.why_not:
        return (mark("no_weather", made.why_not),)
    told = zip(made.doubts, made.warnings, strict=True)
    return tuple(mark(key, words) for key, words in told)
