"""Rules whose figures are those of the limits that watch a car: one table for both.

The limits in force of the vehicle go first; where it has none of a key, that of the profile which
its engine fits (resources/limits.toml).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.profiles import ANY, profiles
from cartech_desk.domain.dyno.run import Ignition
from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.rules import Look, Rule
from cartech_desk.domain.performance.sampled import Floats, Sampled, channel

_AIR_KPA: Final = 100.0
_SPOOLED_RPM: Final = 3000.0
"""Where nothing tells boost, a turbocharger has built it from here on."""
_BOOST_KPA: Final = 80.0
_WEIGHTS: Final = {Level.WARNING: Weight.SOON, Level.TRIP: Weight.STOP}


def limited(rule: Rule, run: Sampled, limits: Sequence[Limit]) -> Rule | None:
    """Return a rule with the figures of its limit for this run's engine; None without any."""
    if not rule.limit:
        return rule
    shipped = {one.key: one for one in _profile(run)}.get(rule.limit)
    limit = next((one for one in limits if one.key == rule.limit), None)
    side = Comparison.ABOVE if rule.look is Look.ABOVE else Comparison.BELOW
    of_the_car = limit is not None and limit != shipped
    limit = shipped if limit is None else limit
    if limit is None or not limit.in_service or limit.comparison is not side:
        return None
    edges = [
        (edge, _WEIGHTS[level], limit.delay_s(level))
        for level in (Level.WARNING, Level.TRIP)
        if (edge := limit.edge(level)) is not None
    ]
    if not edges:
        return None
    return replace(
        rule,
        channels=tuple(dict.fromkeys((limit.watches, *rule.channels))),
        levels=tuple((edge, rule.weighs or weight) for edge, weight, _ in edges),
        holds_s=tuple(hold for _, _, hold in edges),
        gate=limit.gate,
        closed_loop=rule.closed_loop and not of_the_car,
        source=f"the limit “{limit.label or limit.key}” that was set for this car"
        if of_the_car
        else f"the limit “{limit.label or limit.key}”: {rule.source}",
    )


def gated(rule: Rule, run: Sampled) -> NDArray[np.bool_]:
    """Return where a rule's gate is open in the load of a run."""
    gate = rule.gate_expression
    if gate is None:
        return run.full
    values: dict[str, Floats] = {**run.channels, "rpm": run.rpm, "map": _map(run)}
    if any(name not in values for name in gate.names):
        return run.full
    there = np.broadcast_to(np.asarray(gate(values), dtype=np.float64), run.full.shape)
    # Without engine speed nobody knows: what is under load counts then.
    unknown = np.isnan(there) if not np.isfinite(run.rpm).any() else np.zeros(1, dtype=bool)
    is_open: NDArray[np.bool_] = run.full & ((np.nan_to_num(there) != 0.0) | unknown)
    return is_open


def _map(run: Sampled) -> Floats:
    """Return the manifold's pressure, told or as well as it follows from what is told."""
    told = channel(run, ("map",))
    if told is not None:
        return told
    boost = channel(run, ("boost",))
    if boost is not None:
        return boost + _AIR_KPA
    built = run.boosted & (run.rpm >= _SPOOLED_RPM)
    return _AIR_KPA + np.where(built, _BOOST_KPA, 0.0)


def _profile(run: Sampled) -> Sequence[Limit]:
    name = "turbo_petrol" if run.boosted else "naturally_aspirated"
    if run.ignition is Ignition.DIESEL:
        name = "diesel"
    return [limit for one in (ANY, name) for limit in profiles()[one].limits]
