"""A limit at the car at hand: in the units that its channels have there, and whether it can come.

A limit is written in some unit, and a channel that the shop made up may come in another: it is
turned into that, or not watched. A number is never taken for one in another unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.alarms.profiles import profiles
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitError, convert, known_unit

_Asked = Mapping[str, tuple[Channel, float]]


@cache
def usual_units() -> Mapping[str, str]:
    """Return in which unit limits take a channel where they do not say it themselves."""
    found = {
        name: limit.unit
        for profile in profiles().values()
        for limit in profile.limits
        if limit.unit
        for name in limit.inputs
    }
    return MappingProxyType(found | {row.name: row.unit for row in canonical().values()})


def plain(limit: Limit) -> bool:
    """Tell whether a limit watches a channel as it is."""
    return limit.inputs == (limit.watches.strip(),)


def fitted(limits: Iterable[Limit], asked: _Asked) -> tuple[Limit, ...]:
    """Return the limits in the units of these channels, without those that have no such unit."""
    fit = (in_units(limit, asked) for limit in limits)
    return tuple(limit for limit in fit if isinstance(limit, Limit))


def in_units(limit: Limit, asked: _Asked) -> Limit | str:
    """Return a limit in the units of these channels, or why there is none, in a sentence."""
    watched = limit.watches.strip() if plain(limit) else ""
    for name in limit.channels:
        channel = asked[name][0] if name in asked else None
        unit = usual_units().get(name, "")
        if channel is None or name == watched or not unit or unit == channel.unit:
            continue
        return (
            f"{channel.label} comes in {_symbol(channel.unit)} here, and this limit takes it in "
            f"{_symbol(unit)}: make that channel in {_symbol(unit)}."
        )
    if watched not in asked:
        return limit
    channel, unit = asked[watched][0], limit.unit or usual_units().get(watched, "")
    if not unit or unit == channel.unit:
        return limit
    try:
        zero = convert(0.0, unit, channel.unit)
        return replace(
            limit,
            warning=None if limit.warning is None else convert(limit.warning, unit, channel.unit),
            trip=None if limit.trip is None else convert(limit.trip, unit, channel.unit),
            deadband=convert(limit.deadband, unit, channel.unit) - zero,
            unit=channel.unit,
        )
    except UnitError:
        return (
            f"{channel.label} comes in {_symbol(channel.unit) or 'no unit'} here, and this limit "
            f"is in {_symbol(unit)}: set it anew."
        )


def out_of_reach(limit: Limit, asked: _Asked) -> str:
    """Say that the edge farthest out can never be passed at this car, empty where it can."""
    watched = limit.watches.strip()
    edge = limit.trip if limit.trip is not None else limit.warning
    if watched not in asked or edge is None:
        return ""
    channel = asked[watched][0]
    above = limit.comparison is Comparison.ABOVE
    end = channel.highest if above else channel.lowest
    if edge < end if above else edge > end:
        return ""
    most = "most" if above else "least"
    comes = "trip" if limit.trip is not None else "warn"
    return (
        f"It cannot {comes} at {edge:g} {_symbol(channel.unit)}: this car tells at {most} "
        f"{end:g} {_symbol(channel.unit)} of {channel.label}."
    )


def _symbol(unit: str) -> str:
    try:
        return known_unit(unit).symbol or unit
    except UnitError:
        return unit
