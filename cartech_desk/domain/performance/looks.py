"""The ways in which rules look at runs: each yields where it holds, and how far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.limited import gated
from cartech_desk.domain.performance.rules import Look, Rule
from cartech_desk.domain.performance.sampled import (
    HOLD_S,
    STEP_RPM,
    Floats,
    Sampled,
    channel,
    held,
    in_cells,
    lasts,
    reach,
    stretches,
)

LEAST_STEPS: Final = 3
"""So many cells of engine speed in a row have to differ."""
_HAIR_S: Final = 1e-6
_LOOP: Final = 0.04
"""So far to both sides of lambda 1 the engine's own control breathes."""
_OPEN_PCT: Final = 75.0
"""A throttle that is open tells at least so much, whatever its stop is learned as."""
_FLOORED: Final = 0.95
_PEDALS: Final = ("pedal", "APP_D", "APP_E", "APP_R")
_NEVER: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a rule holds in one run: `value` as the rule measures it, `at` the worst [rpm].

    `to_end` says that it holds from `low` to the end of the pull. `before` and `after` are what
    fell or rose, `told` a sentence of who told it.
    """

    run: Sampled
    low: float
    high: float
    value: float
    at: float
    to_end: bool = False
    told: str = ""
    before: float = _NEVER
    after: float = _NEVER
    weight: Weight | None = None
    """What it weighs where that does not follow from `value` alone."""


def _above(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    yield from _beyond(rule, runs, 1.0)


def _below(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    yield from _beyond(rule, runs, -1.0)


def _beyond(rule: Rule, runs: Sequence[Sampled], sign: float) -> Iterator[Seen]:
    for run in runs:
        steady, counts = watched(rule, run)
        if steady is None or not counts.any():
            continue
        most = 0.5 * lasts(run.t_s, (int(np.argmax(run.full)), int(np.flatnonzero(run.full)[-1])))
        found: list[tuple[int, int]] = []
        weight = rule.levels[0][1]
        for place, (limit, heavier) in enumerate(rule.levels):
            hold = rule.holds_s[place] if rule.holds_s else 0.0
            hold = max(HOLD_S, min(hold, most))
            with np.errstate(invalid="ignore"):
                there = (sign * steady >= sign * limit) & counts
            holds = [one for one in stretches(there) if lasts(run.t_s, one) >= hold - _HAIR_S]
            if holds:
                found, weight = found or holds, heavier
        if not found:
            continue
        first, last = found[0][0], found[-1][1]
        inside = np.concatenate([np.arange(a, b + 1) for a, b in found])
        worst = int(inside[int(np.nanargmax(sign * steady[inside]))])
        low, high = reach(run.rpm[inside])
        end = int(np.flatnonzero(run.full)[-1])
        to_end = len(found) == 1 and run.t_s[end] - run.t_s[last] < HOLD_S and first > 0
        value, rpm = float(steady[worst]), float(run.rpm[worst])
        yield Seen(run, low, high, value, rpm, to_end, weight=weight)


def watched(rule: Rule, run: Sampled) -> tuple[Floats | None, NDArray[np.bool_]]:
    """Return what a rule looks at in a run, steadied, and where it counts."""
    values = channel(run, rule.channels)
    counts = gated(rule, run)
    if values is None:
        return None, counts
    steady = held(run.t_s, np.abs(values) if rule.either_sign else values)
    if rule.share:
        open_ = np.where(run.full, steady, np.nan)
        top = float(np.nanmax(open_)) if np.isfinite(open_).any() else 0.0
        steady = 100.0 * steady / max(top, _OPEN_PCT)
        pedal = channel(run, _PEDALS)
        if pedal is not None:
            with np.errstate(invalid="ignore"):
                counts = counts & (pedal >= _FLOORED * float(np.nanmax(pedal)))
    if rule.closed_loop:
        counts = counts & ~closed_loop(steady, run.full)
    return steady, counts


def closed_loop(values: Floats, full: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where lambda is still held at 1 since the load began.

    Engines go rich at full load late, while boost builds or after seconds, and many since 2017 not
    at all; one that was rich and comes back to 1 has left its control.
    """
    known = full & np.isfinite(values)
    away = known & (np.abs(np.where(known, values, 1.0) - 1.0) > _LOOP)
    left = int(np.argmax(away)) if away.any() else len(values)
    return known & (np.arange(len(values)) < left)


def _rises(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    for run in runs:
        values = channel(run, rule.channels)
        if values is None:
            continue
        known = np.flatnonzero(run.full & np.isfinite(values))
        if len(known) < 2:
            continue
        steady = held(run.t_s, values)
        first, top = int(known[0]), int(known[int(np.nanargmax(steady[known]))])
        rise = float(steady[top] - steady[first])
        if rise >= rule.levels[0][0]:
            yield Seen(
                run,
                float(run.rpm[first]),
                float(run.rpm[top]),
                rise,
                float(run.rpm[top]),
                before=float(steady[first]),
                after=float(steady[top]),
            )


def _less(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    """Find runs that stand below the others: cells of engine speed against the others' median."""
    having = [(run, values) for run in runs if (values := channel(run, rule.channels)) is not None]
    cells = [in_cells(run, values) for run, values in having]
    for index, (run, _values) in enumerate(having):
        others = [
            cell
            for place, cell in enumerate(cells)
            if place != index and having[place][0].built == run.built
        ]
        low, high, worst, at = [], [], 0.0, _NEVER
        row = 0
        for cell in sorted(cells[index]):
            beside = [other[cell] for other in others if cell in other]
            off = float(np.median(beside)) - cells[index][cell] if beside else 0.0
            row = row + 1 if off >= rule.levels[0][0] else 0
            if row >= LEAST_STEPS:
                low.append((cell - row + 1) * STEP_RPM)
                high.append((cell + 1) * STEP_RPM)
                if off > worst:
                    worst, at = off, (cell + 0.5) * STEP_RPM
        if low:
            # Of two runs alone nobody knows which of them is as it should be.
            weight = rule.levels[0][1] if len(others) < 2 else None
            yield Seen(run, min(low), max(high), worst, at, weight=weight)


def _marked(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    for run in runs:
        for mark in run.quality:
            if mark.key in rule.channels:
                yield Seen(run, _NEVER, _NEVER, 0.0, _NEVER, told=mark.why)


def _fades(rule: Rule, runs: Sequence[Sampled]) -> Iterator[Seen]:
    sound = [
        run
        for run in sorted(runs, key=lambda run: run.number)
        if run.peak_kw is not None and not any(mark.grave for mark in run.quality)
    ]
    for index, run in enumerate(sound[1:], 1):
        alike = [one for one in sound[:index] if one.built == run.built]
        if not alike:
            continue
        best = max(alike, key=lambda one: one.peak_kw or 0.0)
        before, after = best.peak_kw or 0.0, run.peak_kw or 0.0
        drop = 100.0 * (before - after) / before if before > 0.0 else 0.0
        if drop >= rule.levels[0][0]:
            told = f"{drop:.1f} % less than {best.run}"
            yield Seen(run, _NEVER, _NEVER, drop, _NEVER, told=told)


LOOKS: Final[Mapping[Look, Callable[[Rule, Sequence[Sampled]], Iterator[Seen]]]] = {
    Look.ABOVE: _above,
    Look.BELOW: _below,
    Look.RISES: _rises,
    Look.LESS: _less,
    Look.MARK: _marked,
    Look.FADES: _fades,
}
