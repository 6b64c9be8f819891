"""What a person should know about a run before trusting or comparing it."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.pull import Pull
from cartech_desk.domain.dyno.result import QualityMark, Slip
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Basis
from cartech_desk.domain.dyno.series import EMPTY, Floats, Series, rows_of
from cartech_desk.domain.dyno.slips import hidden_s
from cartech_desk.domain.dyno.smoothing import averaged
from cartech_desk.domain.dyno.spikes import SUPPORT_S

_SHORT_S: Final = 2.0
_NARROW: Final = 1.25
_NOISY: Final = 0.03
_VERY_NOISY: Final = 0.10
_LONG_GAP_S: Final = 0.5
_SILENT_S: Final = 0.5
_CLOCK_STEP_S: Final = 0.5
_CLOCK_VALUES: Final = 5
_HIDDEN_S: Final = 0.025
_USUAL_SLIP_S: Final = 0.05
"""By so much the clocks of real devices slip."""
_LEAST_FLAT_S: Final = 2.0
_FLAT: Final = 0.002
_CLOCKED: Final = (
    Role.POWER,
    Role.TORQUE,
    Role.FORCE,
    Role.ACCELERATION,
    Role.SPEED,
    Role.ROLLER_RPM,
    Role.BRAKE_TORQUE,
    Role.BRAKE_RPM,
    Role.RPM,
)


def marks_of_run(run: Measured, slips: Sequence[Slip]) -> list[QualityMark]:
    """Return the marks that do not depend on where the pull is."""
    backwards = sum(run.whole(role).backwards for role in _CLOCKED)
    doubled = sum(run.whole(role).doubled for role in _CLOCKED)
    found = list(run.marks)
    if backwards:
        found.append(
            mark(
                "clock_jump",
                f"The device's clock went back: {_count(backwards, 'value')} of before it "
                "left out.",
            )
        )
    if doubled:
        found.append(
            mark("doubled", f"{_count(doubled, 'value')} with the time of another left out.")
        )
    if slips:
        longest = max(abs(slip.by_s) for slip in slips)
        found.append(
            mark(
                "slips",
                f"The clock of the speed column jumps {_times(len(slips))}, by "
                f"{longest * 1000:.0f} ms at most; it is repaired wherever power is computed "
                "from it.",
            )
        )
    if run.run.tier is Tier.USER_DEFINED:
        found.append(
            mark("unverified", "The dyno's link is defined by the user: nobody verified it.")
        )
    return found


def device_clock(run: Measured, pull: Pull) -> list[QualityMark]:
    """Return the mark of a device whose clock jumps in the pull: its time leaves ours for good.

    A batch that came late is late once; its neighbours tell it from a jump.
    """
    name = run.channel_of(Role.CLOCK)
    told = EMPTY if name is None else run.named(name, "s")
    ahead = told.x - told.t_s
    for at in (np.flatnonzero(np.abs(np.diff(ahead)) > _CLOCK_STEP_S) + 1).tolist():
        before, after = ahead[max(at - _CLOCK_VALUES, 0) : at], ahead[at : at + _CLOCK_VALUES]
        if told.t_s[at] < pull.first_s or told.t_s[at - 1] > pull.last_s:
            continue
        step = float(np.median(after) - np.median(before))
        if min(len(before), len(after)) < 2 or not abs(step) > _CLOCK_STEP_S:
            continue
        why = (
            f"The device's clock jumps by {step:+.1f} s at {told.t_s[at]:.1f} s, in the pull: what "
            "was measured about then may lie at a wrong time. Drive the run again."
        )
        return [mark("clock_jump", why)]
    return []


def marks_of_pull(
    run: Measured,
    pull: Pull,
    basis: Basis,
    *,
    t_s: Floats,
    power_kw: Floats,
    speed_kmh: Floats,
    gaps: NDArray[np.intp],
    out: NDArray[np.bool_],
) -> list[QualityMark]:
    """Return the marks of what is drawn; `out` tells spikes, `gaps` the samples before gaps."""
    found: list[QualityMark] = []
    length = pull.last_s - pull.first_s
    if length < _SHORT_S:
        found.append(mark("short", f"The pull lasts {length:.1f} s only."))
    elif np.isfinite(speed_kmh[[0, -1]]).all() and speed_kmh[-1] < _NARROW * speed_kmh[0]:
        found.append(
            mark(
                "short", f"The pull runs from {speed_kmh[0]:.0f} to {speed_kmh[-1]:.0f} km/h only."
            )
        )
    found += _pulls(pull)
    found += _noise(t_s, power_kw, out)
    if len(gaps):
        spans = t_s[gaps + 1] - t_s[gaps]
        longest = float(spans.max())
        key = "long_gap" if longest > _LONG_GAP_S else "gaps"
        found.append(
            mark(
                key,
                f"The pull has {_count(len(gaps), 'gap')}, {longest:.2f} s at most: nothing is "
                f"drawn there ({basis.value.replace('_', ' ')}).",
            )
        )
    silent = run.span_s - float(t_s[-1])
    cut = any(
        first <= pull.last_s + _SILENT_S and last >= run.span_s - 1e-6 for first, last in run.broken
    )
    if cut or (pull.rising_at_end and silent > max(_SILENT_S, 0.3) + (pull.last_s - t_s[-1]) + 0.3):
        found.append(
            mark(
                "source_lost",
                f"The dyno fell silent {silent:.1f} s before the end of the run, in the middle of "
                "the pull.",
            )
        )
    return found


def _pulls(pull: Pull) -> list[QualityMark]:
    """Return marks for a foot that left the throttle for a moment, and for further pulls."""
    found = []
    if pull.holes:
        when = " and ".join(f"at {first:.1f} s" for first, _ in pull.holes)
        found.append(
            mark("lifted", f"The power was gone for a moment {when}: that stretch is left out.")
        )
    if pull.rivals:
        others = "; ".join(
            f"the one from {one.first_s:.1f} to {one.last_s:.1f} s reaches {one.peak_kw:.0f} kW"
            for one in pull.rivals
        )
        found.append(
            mark(
                "several_pulls",
                f"The run holds {len(pull.rivals) + 1} pulls. The one with the highest power is "
                f"taken: from {pull.first_s:.1f} to {pull.last_s:.1f} s, {pull.peak_kw:.0f} kW; "
                f"{others} (uncorrected).",
            )
        )
    return found


def rising_mark(pull: Pull, part_pct: float) -> QualityMark:
    """Return the mark of a pull whose peak may lie beyond its end, by so much."""
    end = "where the record ends" if pull.rising_at_end else "at the lift"
    return mark(
        "still_rising",
        f"The power is still rising {end}: what it gains up to there is not measured and may be "
        f"{part_pct:.1f} % more. Pull further for the peak.",
    )


def hidden_slips(speed: Series, width_s: float) -> tuple[list[QualityMark], float]:
    """Return the mark of noise that may hide slips of the speed column, and their part of a peak.

    What a device's clock usually slips by is told apart from noise, or else it counts as doubt.
    """
    most_s = hidden_s(speed)
    if most_s < _HIDDEN_S:
        return [], 0.0
    part = min(most_s, _USUAL_SLIP_S) / (SUPPORT_S + 0.2 * width_s)
    told = mark(
        "slips_hidden",
        f"The speed column is too noisy to tell jumps of its clock below {1000 * most_s:.0f} ms: "
        f"one near the peak would read as up to {100 * part:.0f} % more power.",
    )
    return [told], part if most_s >= _USUAL_SLIP_S else 0.0


def flat_mixture(t_s: Floats, others: Mapping[str, Floats]) -> list[QualityMark]:
    """Return the mark of a mixture that never moves: its sensor is off or at its end."""
    for name, words in (("afr", "AFR"), ("lambda", "lambda")):
        x = others.get(name)
        if x is None:
            continue
        there = np.isfinite(x)
        if not there.any() or np.ptp(t_s[there]) < _LEAST_FLAT_S:
            continue
        known = x[there]
        low, high = float(known.min()), float(known.max())
        if high - low > _FLAT * max(abs(low), abs(high)):
            continue
        usual = float(np.median(known))
        if high - low <= _FLAT * abs(usual):
            return [
                mark(
                    "mixture_flat",
                    f"The mixture stands still at {words} {usual:.3g} over the whole pull: the "
                    "sensor is off, not warm, or at the end of its range.",
                )
            ]
    return []


def _noise(t_s: Floats, power_kw: Floats, out: NDArray[np.bool_]) -> list[QualityMark]:
    """Return marks for single values that stand off, and for scatter about the curve."""
    found = []
    if out.any():
        n = int(np.count_nonzero(np.diff(np.concatenate(([0], out.view(np.int8)))) == 1))
        found.append(
            mark(
                "spikes",
                f"{_count(n, 'spike')} shorter than 0.2 s: no engine does that, left out of the "
                "peaks and of smoothed curves.",
            )
        )
    rows = rows_of(Series(t_s, power_kw), 0.02)
    if len(rows) < 10:
        return found
    off = np.abs(rows.x - averaged(rows.t_s, rows.x, 0.4))
    usual = float(np.median(np.abs(rows.x)))
    scatter = 1.4826 * float(np.median(off)) / usual if usual > 0.0 else 0.0
    if scatter > _NOISY:
        key = "very_noisy" if scatter > _VERY_NOISY else "noisy"
        found.append(mark(key, f"The power scatters by {100.0 * scatter:.0f} % about its curve."))
    return found


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")
