"""Asks the rules of runs: what each found, in words that a technician can go after."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.dyno.run import Ignition
from cartech_desk.domain.performance.advice import NO_RUN, Advice, Evidence, NotAsked, Weight
from cartech_desk.domain.performance.falling import commanded, falls
from cartech_desk.domain.performance.limited import gated, limited
from cartech_desk.domain.performance.looks import LEAST_STEPS, LOOKS, Seen, closed_loop, watched
from cartech_desk.domain.performance.rules import RULES, Engine, Look, Rule
from cartech_desk.domain.performance.sampled import HOLD_S, STEP_RPM, Sampled, channel
from cartech_desk.domain.units import ShownUnit, UnitSystem, shown

STOP: Final = "Make no further pull before the cause is known."
_ROUND_RPM: Final = 100.0
_WORST_FIRST: Final = (Weight.STOP, Weight.SOON, Weight.HINT)


def ask(
    runs: Sequence[Sampled],
    units: UnitSystem = UnitSystem.METRIC,
    rules: Sequence[Rule] = RULES,
    *,
    limits: Sequence[Limit] = (),
    before: Sequence[Sampled] = (),
) -> tuple[tuple[Advice, ...], tuple[NotAsked, ...]]:
    """Return what runs of one session advise, the weightiest first, and what could not be asked.

    `limits` are those in force of the vehicle, `before` runs of its earlier sessions. Without a
    run nothing was asked, which is said (`NO_RUN`).
    """
    if not runs:
        return (), (NO_RUN,)
    found: list[Advice] = []
    not_asked: list[NotAsked] = []
    for rule in rules:
        fit = [run for run in runs if _speaks_of(rule, run)]
        if not fit:
            continue
        known = limited(rule, fit[0], limits)
        lacking = _no_limit(rule) if known is None else _lacking(known, fit)
        if known is None or lacking:
            not_asked.append(NotAsked(rule.key, rule.title, lacking))
            continue
        seen = [one for one in _seen(known, fit, before) if math.isfinite(one.value)]
        if seen:
            found.append(_advice(known, seen, units))
    found.sort(key=lambda one: _WORST_FIRST.index(one.weight))
    return tuple(found), tuple(not_asked)


def _seen(rule: Rule, runs: Sequence[Sampled], before: Sequence[Sampled]) -> Iterator[Seen]:
    if rule.look is Look.FALLS:
        return falls(rule, runs, before)
    return LOOKS[rule.look](rule, runs)


def _no_limit(rule: Rule) -> str:
    return f"The limit “{rule.limit}” of this car is out of service or has no figure."


def _speaks_of(rule: Rule, run: Sampled) -> bool:
    if rule.engine is Engine.ANY:
        return True
    if run.ignition is not Ignition.SPARK:
        return False
    if rule.engine is Engine.SPARK:
        return True
    return run.boosted is (rule.engine is Engine.BOOSTED)


def _lacking(rule: Rule, runs: Sequence[Sampled]) -> str:
    """Say why a rule cannot be asked of these runs; empty where it can."""
    if rule.look is Look.MARK:
        return ""
    if rule.look is Look.FADES:
        peaks = sum(run.peak_kw is not None for run in runs)
        return "" if peaks > 1 else "It takes two runs of a session."
    having = [run for run in runs if channel(run, rule.channels) is not None]
    if not having:
        return f"No run tells {rule.word}."
    if rule.look is Look.LESS and len(having) < 2:
        return f"It takes two runs of a session that tell {rule.word}."
    if rule.look is Look.FALLS and all(commanded(rule, run) for run in having):
        return f"This {rule.word} is commanded, and no run tells to what."
    if rule.gate and not any(gated(rule, run).any() for run in having):
        return f"No run reached what it takes: {rule.gate}."
    if rule.closed_loop and all(_holds_one(rule, run) for run in having):
        return (
            "Lambda is held at 1 all the way, as many engines since 2017 do; one that should go "
            "richer at full load is too lean."
        )
    return ""


def _holds_one(rule: Rule, run: Sampled) -> bool:
    """Tell whether an engine holds lambda 1 wherever a rule would look."""
    steady, counts = watched(rule, run)
    if steady is None or counts.any():
        return False
    return bool((closed_loop(steady, run.full) & run.full).any())


def _advice(rule: Rule, seen: Sequence[Seen], units: UnitSystem) -> Advice:
    unit = _unit(rule, units)
    weight = max(
        (one.weight or _weight(rule, one.value) for one in seen),
        key=lambda one: -_WORST_FIRST.index(one),
    )
    return Advice(
        rule.key,
        rule.title,
        weight,
        _sentence(rule, seen, unit),
        (STOP, *rule.todo) if weight is Weight.STOP else rule.todo,
        _threshold(rule, unit),
        rule.source,
        rule.channels[0] if rule.look is not Look.MARK and rule.channels else "",
        tuple(
            Evidence(
                one.run.run_id,
                one.run.run,
                one.run.number,
                one.low,
                one.high,
                one.value,
                _evidence(rule, one, unit),
            )
            for one in seen
        ),
    )


def _weight(rule: Rule, value: float) -> Weight:
    sign = -1.0 if rule.look is Look.BELOW else 1.0
    weight = rule.levels[0][1]
    for limit, heavier in rule.levels:
        if sign * value >= sign * limit:
            weight = heavier
    return weight


def _sentence(rule: Rule, seen: Sequence[Seen], unit: ShownUnit) -> str:
    runs = runs_words([(one.run.number, one.run.run) for one in seen])
    sign = -1.0 if rule.look is Look.BELOW else 1.0
    worst = max(seen, key=lambda one: sign * one.value)
    if rule.look is Look.MARK:
        return f"{rule.title} in {runs}: {worst.told}"
    if rule.look is Look.FADES:
        return f"{rule.title}: {runs}, {worst.told}."
    where = _where(seen)
    figure = {
        Look.ABOVE: lambda: f"{rule.word} up to {_said(worst.value, unit)}",
        Look.BELOW: lambda: f"{rule.word} down to {_said(worst.value, unit)}",
        Look.FALLS: lambda: _fall_words(worst, unit),
        Look.RISES: lambda: (
            f"{rule.word} from {_said(worst.before, unit)} to {_said(worst.after, unit)}"
        ),
        Look.LESS: lambda: f"{rule.word} up to {_said(worst.value, unit)} below the others",
    }[rule.look]()
    return f"{rule.title}{where} in {runs}: {figure}."


def _fall_words(one: Seen, unit: ShownUnit) -> str:
    return (
        f"from {_said(one.before, unit)}{_at(one.low)} to "
        f"{_said(one.after, unit)}{_at(one.at)}, "
        f"by {100.0 * (one.before - one.after) / one.before:.0f} %{one.told}"
    )


def _evidence(rule: Rule, one: Seen, unit: ShownUnit) -> str:
    if rule.look in (Look.MARK, Look.FADES):
        return one.told
    if rule.look is Look.FALLS:
        return f"{rule.word} {_fall_words(one, unit)}"
    if rule.look is Look.RISES:
        return (
            f"{rule.word} from {_said(one.before, unit)} to {_said(one.after, unit)}{_at(one.at)}"
        )
    below = " below the others" if rule.look is Look.LESS else ""
    return f"{rule.word} {_said(one.value, unit)}{below}{_at(one.at)}"


def _where(seen: Sequence[Seen]) -> str:
    """Say over which engine speeds, as far as all of it is one stretch."""
    known = [one for one in seen if math.isfinite(one.low) and math.isfinite(one.high)]
    if not known:
        return ""
    low, high = min(one.low for one in known), max(one.high for one in known)
    if all(one.to_end for one in seen):
        return f" above {_round(low):,.0f} rpm"
    if _round(low) == _round(high):
        return f" at {_round(low):,.0f} rpm"
    return f" from {_round(low):,.0f} to {_round(high):,.0f} rpm"


def runs_words(runs: Sequence[tuple[int, str]]) -> str:
    """Return which runs, as people say it: “run 2”, “runs 3 to 5”, “runs 1, 3 and 4”."""
    numbers = sorted({number for number, _ in runs})
    if len(numbers) == 1:
        return f"run {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"runs {numbers[0]} to {numbers[-1]}"
    return f"runs {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _threshold(rule: Rule, unit: ShownUnit) -> str:
    level = rule.levels[0][0]
    hold = max(HOLD_S, *rule.holds_s[:1]) if rule.holds_s else HOLD_S
    there = f"{'of its highest ' if rule.share else ''}at full load"
    there += f" where {rule.gate}" if rule.gate else ""
    there += f" for {hold:g} s" + (" or half of the pull" if hold > HOLD_S else "")
    said = {
        Look.ABOVE: f"{rule.word} from {_said(level, unit)} on {there}",
        Look.BELOW: f"{rule.word} down to {_said(level, unit)} {there}",
        Look.FALLS: f"{level:g} % from its highest to the end of the pull",
        Look.RISES: f"{rule.word} rising by {_step_said(level, unit)} in one pull",
        Look.LESS: (
            f"{_said(level, unit)} below the other runs over {LEAST_STEPS * STEP_RPM:.0f} rpm"
        ),
        Look.MARK: "the run bears this mark",
        Look.FADES: f"{level:g} % below the best run before it",
    }
    return said[rule.look]


def _unit(rule: Rule, units: UnitSystem) -> ShownUnit:
    """Return the unit in which a rule's figure is told; that of FADES is always per cent."""
    if not rule.unit:
        return ShownUnit("none", "", 0)
    unit = shown(rule.unit, units, "boost" if rule.word == "boost" else None)
    if rule.decimals is None:
        return unit
    return ShownUnit(unit.key, unit.symbol, rule.decimals, unit.factor, unit.offset)


def _said(value: float, unit: ShownUnit) -> str:
    number = f"{unit.to_shown(value):,.{unit.decimals}f}"
    if unit.symbol in ("", "°"):
        return number + unit.symbol
    return f"{number} {unit.symbol}"


def _step_said(step: float, unit: ShownUnit) -> str:
    """Return a difference: it has no offset."""
    return _said(step, ShownUnit(unit.key, unit.symbol, unit.decimals, unit.factor))


def _at(rpm: float) -> str:
    return f" at {_round(rpm):,.0f} rpm" if math.isfinite(rpm) else ""


def _round(rpm: float) -> float:
    return round(rpm / _ROUND_RPM) * _ROUND_RPM
