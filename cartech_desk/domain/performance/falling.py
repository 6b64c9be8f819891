"""What falls towards the end of a pull, and whether that is more than it should."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.looks import Seen
from cartech_desk.domain.performance.rules import Rule
from cartech_desk.domain.performance.sampled import Floats, Sampled, channel, held

_END_S: Final = 0.3
"""The end of a pull: the mean over so long."""
_ABSOLUTE: Final = frozenset({"BP_A_CMD"})
_AIR_KPA: Final = 100.0


def falls(rule: Rule, runs: Sequence[Sampled], before: Sequence[Sampled]) -> Iterator[Seen]:
    """Find runs in which a channel falls by more than it should; `before` are earlier runs.

    What was wanted judges where a run tells it. Else, of what falls by design, the other runs of
    its set-up and the earlier ones do; a fall that nothing can be set beside is a hint.
    """
    dropped = [(run, seen) for run in runs if (seen := _drop(rule, run)) is not None]
    earlier = [(run, seen.value) for run in before if (seen := _drop(rule, run)) is not None]
    for run, seen in dropped:
        target = _target(rule, run)
        if target is not None:
            short = 100.0 * (target - seen.after) / target if target > 0.0 else 0.0
            if short >= rule.levels[0][0]:
                told = f", {short:.0f} % under what was wanted"
                yield _with(seen, short, None, told)
            continue
        if seen.value < rule.levels[0][0] or seen.before >= rule.most:
            continue
        if not rule.by_design:
            yield seen
            continue
        beside = [
            one.value for other, one in dropped if other is not run and other.built == run.built
        ]
        more = seen.value - float(np.median(beside)) if beside else 0.0
        if more >= rule.levels[0][0]:
            yield _with(seen, seen.value, None, f", {more:.0f} points more than in other runs")
        elif not earlier:
            yield _with(seen, seen.value, Weight.HINT, ", with no earlier session to compare with")
        else:
            same = [value for other, value in earlier if other.built == run.built]
            usual = float(np.median(same or [value for _, value in earlier]))
            if seen.value - usual >= rule.levels[0][0]:
                weight = None if same else Weight.HINT
                yield _with(seen, seen.value, weight, f", where earlier runs fell by {usual:.0f} %")


def commanded(rule: Rule, run: Sampled) -> bool:
    """Tell whether what a run shows is commanded, and nothing says what was."""
    values = channel(run, rule.channels)
    return (
        values is not None
        and float(np.nanmax(values)) >= rule.most
        and channel(run, rule.targets) is None
    )


def _drop(rule: Rule, run: Sampled) -> Seen | None:
    """Return by how much it falls [% of its highest], which may be nothing."""
    values = channel(run, rule.channels)
    ends = np.flatnonzero(run.full)
    if values is None or not len(ends):
        return None
    steady = np.where(run.full, held(run.t_s, values), np.nan)
    if not np.isfinite(steady).any():
        return None
    top = int(np.nanargmax(steady))
    last = run.t_s[ends[-1]]
    tail = run.full & (run.t_s >= last - _END_S) & np.isfinite(values)
    if not tail.any() or steady[top] < rule.least:
        return None
    after = float(values[tail].mean())
    # What is highest at the very end has not fallen.
    late = last - run.t_s[top] < 2 * _END_S
    drop = 0.0 if late else 100.0 * (float(steady[top]) - after) / float(steady[top])
    end = float(run.rpm[ends[-1]])
    return Seen(run, float(run.rpm[top]), end, drop, end, before=float(steady[top]), after=after)


def _target(rule: Rule, run: Sampled) -> float | None:
    """Return what was wanted at the end of a pull; None where nothing tells it."""
    for name in rule.targets:
        wanted: Floats | None = channel(run, (name,))
        ends = np.flatnonzero(run.full)
        if wanted is None or not len(ends):
            continue
        tail = run.full & (run.t_s >= run.t_s[ends[-1]] - _END_S) & np.isfinite(wanted)
        if tail.any():
            return float(wanted[tail].mean()) - (_AIR_KPA if name in _ABSOLUTE else 0.0)
    return None


def _with(seen: Seen, value: float, weight: Weight | None, told: str) -> Seen:
    return Seen(
        seen.run,
        seen.low,
        seen.high,
        value,
        seen.at,
        told=told,
        before=seen.before,
        after=seen.after,
        weight=weight,
    )
