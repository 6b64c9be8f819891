"""From what a car can deliver to named channels, and back to what must be asked for."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final

from cartech_desk.domain.canonical import Canonical, Recipe, canonical
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.expressions import Expression, compile_expression, order
from cartech_desk.domain.fuels import find_fuel
from cartech_desk.domain.obd.layout import in_unit
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.offers import Offer, extra_offers, standard_offers
from cartech_desk.domain.units import same_kind

if TYPE_CHECKING:
    from cartech_desk.domain.obd.address import Address

_NAN: Final = math.nan
_MOST_DECIMALS: Final = 3
ATMOSPHERE: Final = 100.0
"""Pressure of the air near the sea, about [kPa]."""
_MOST_PLANS: Final = 256


class UnknownChannel(CarTechError):
    """A channel that this car does not deliver."""

    code: ClassVar[str] = "unknown_channel"


@dataclass(frozen=True, slots=True)
class Source:
    """A channel that one signal of one command of one ECU delivers."""

    channel: Channel
    command: Command
    signal: Signal


@dataclass(frozen=True, slots=True)
class Derived:
    """A channel computed from others; `inputs` are channel names, in no order."""

    channel: Channel
    expression: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """A channel that somebody made up: an expression over others."""

    name: str
    expression: str
    label: str = ""
    unit: str = "none"
    minimum: float = 0.0
    maximum: float = 100.0
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything this car can deliver, by channel name.

    `constants` are the values of names in expressions that are no channels (stoich, tyre_m).
    """

    sources: Mapping[str, Source]
    derived: Mapping[str, Derived]
    constants: Mapping[str, float] = field(default_factory=dict)
    _plans: dict[tuple[str, ...], tuple[tuple[str, Expression], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def channels(self) -> tuple[Channel, ...]:
        """All channels, the canonical names first, in their order."""
        own: dict[str, Source | Derived] = {**self.sources, **self.derived}
        names = [name for name in canonical() if name in own]
        names.extend(name for name in own if name not in canonical())
        return tuple(own[name].channel for name in names)

    def needed(self, names: Iterable[str]) -> tuple[str, ...]:
        """Names of the sources that must be polled so that all of `names` can be told.

        Errors: UnknownChannel for a name that this car does not deliver.
        """
        found: dict[str, None] = {}
        left = list(reversed(list(names)))
        seen: set[str] = set()
        while left:
            name = left.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.sources:
                found[name] = None
            elif name in self.derived:
                left.extend(reversed(self.derived[name].inputs))
            else:
                raise _unknown(name)
        return tuple(found)

    def evaluate(self, names: Sequence[str], values: Mapping[str, float]) -> dict[str, float]:
        """Values of the derived channels among `names` (and what they need) from `values`.

        NaN where an input is missing or NaN, or where the expression has no value there.
        """
        key = tuple(names)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._plan(key)
        results: dict[str, float] = {}
        known = dict(values)
        for name, expression in plan:
            known[name] = results[name] = expression(known)
        return results

    def _plan(self, names: tuple[str, ...]) -> tuple[tuple[str, Expression], ...]:
        """Return the derived channels that are needed, each behind its inputs."""
        needed: dict[str, Expression] = {}
        left = [name for name in names if name in self.derived]
        while left:
            name = left.pop()
            if name in needed:
                continue
            row = self.derived[name]
            expression = compile_expression(row.expression)
            fixed = {
                one: self.constants.get(one, _NAN)
                for one in expression.names
                if one not in row.inputs
            }
            needed[name] = expression.bound(fixed)
            left.extend(one for one in row.inputs if one in self.derived)
        known = {one for expression in needed.values() for one in expression.names}
        return tuple((name, needed[name]) for name in order(needed, known))


def build_catalogue(
    supported: Mapping[int, frozenset[int]],
    *,
    extra: Sequence[Command] = (),
    fuel: str = "petrol",
    parameters: Mapping[str, float] | None = None,
    extended: bool = False,
    absent: Collection[str] = (),
    own: Sequence[OwnChannel] = (),
    uds: bool = False,
) -> Catalogue:
    """Build the catalogue of one car.

    `supported` gives the mode 01 PIDs of each ECU by its response identifier (the engine's, the
    lowest, wins where several offer the same); `extra` are manufacturer commands that this car
    answers; `fuel` and `parameters` feed derived channels. Each canonical name takes the first of
    its sources, in the order of the table in resources, that the car delivers.

    `parameters` may hold the full scales of `obd.variants.full_scales`; `absent` are ids of
    signals whose support bit turned out to be 0; `own` are channels that somebody made up; `uds`
    where the car is asked for PIDs as identifiers F4xx of service 22 (SAE J1979-2).
    Errors: UnknownFuel; ExpressionError where an own channel cannot be computed.
    """
    given = dict(parameters or {})
    constants = {**given, "stoich": given.get("stoich", find_fuel(fuel).stoich)}
    offers = [
        offer
        for offer in (
            *standard_offers(supported, given, extended=extended, uds=uds),
            *extra_offers(extra),
        )
        if offer.signal.id not in absent
    ]
    sources = _sources(offers)
    derived: dict[str, Derived] = {}
    for row in canonical().values():
        if row.name in sources:
            continue
        for recipe in row.derived:
            made = _derived(row, recipe, sources.keys() | derived.keys(), constants)
            if made is not None:
                derived[row.name] = _reaching_as_its_inputs(made, sources)
                break
    _add_own(own, sources, derived, constants)
    return Catalogue(sources, derived, constants)


def _sources(offers: Sequence[Offer]) -> dict[str, Source]:
    """Give each offer its channel: canonical names to the best, their own ids to the others."""
    table = canonical()
    taken: dict[int, str] = {}
    for row in table.values():
        best = _best(row, offers)
        if best is not None:
            taken[best] = row.name
    named: dict[str, tuple[Offer, Channel]] = {}
    for at, offer in enumerate(offers):
        name = taken.get(at)
        if name is not None:
            row = table[name]
            offer = replace(offer, signal=in_unit(offer.signal, row.unit))  # noqa: PLW2901
            channel = _reaching(_canonical_channel(row, offer.says), offer.signal)
            named[name] = offer, channel
        else:
            name = offer.signal.id
            if name in table:  # a signal may be called what only the canonical channel is
                name = f"{name}_{offer.command.payload.hex().upper()}"
            # The engine's own PIDs come first; what repeats them brings nothing new.
            if name not in named and not _repeats(offer, taken, offers):
                named[name] = offer, _own_channel(offer, name)
    return _with_shared_commands(named)


def _repeats(offer: Offer, taken: Mapping[int, str], offers: Sequence[Offer]) -> bool:
    """Tell whether a signal of service 01 already stands under its canonical name."""
    return offer.standard and any(
        offers[at].signal.id == offer.signal.id and offers[at].standard for at in taken
    )


def _best(row: Canonical, offers: Sequence[Offer]) -> int | None:
    """Return the place of the best offer for a canonical channel."""
    for wanted in row.sources:
        for at, offer in enumerate(offers):
            if offer.standard and offer.signal.id == wanted:
                return at
    for at, offer in enumerate(offers):
        if offer.signal.channel == row.name and not offer.standard:
            return at if same_kind(offer.signal.unit, row.unit) else None
    return None


def _with_shared_commands(named: Mapping[str, tuple[Offer, Channel]]) -> dict[str, Source]:
    """Let all sources of one command share one object whose signals know their channels."""
    final: dict[tuple[Address, bytes], dict[str, Signal]] = {}
    for name, (offer, _) in named.items():
        key = (offer.command.address, offer.command.payload)
        final.setdefault(key, {})[offer.signal.id] = replace(offer.signal, channel=name)
    commands: dict[tuple[Address, bytes], Command] = {}
    sources: dict[str, Source] = {}
    for name, (offer, channel) in named.items():
        key = (offer.command.address, offer.command.payload)
        if key not in commands:
            signals = tuple(final[key].values())
            commands[key] = replace(offer.command, signals=signals)
        sources[name] = Source(channel, commands[key], final[key][offer.signal.id])
    return sources


def _canonical_channel(row: Canonical, says: str, *, derived: bool = False) -> Channel:
    return Channel(
        row.name, row.label, row.unit, row.minimum, row.maximum, row.decimals, says, derived
    )


def _own_channel(offer: Offer, name: str) -> Channel:
    signal = offer.signal
    step = abs(signal.mul / signal.div)
    decimals = 0 if step >= 1 or not step else min(_MOST_DECIMALS, math.ceil(-math.log10(step)))
    channel = Channel(
        name=name,
        label=signal.label,
        unit=signal.unit,
        minimum=signal.minimum if signal.minimum is not None else 0.0,
        maximum=signal.maximum if signal.maximum is not None else 100.0,
        decimals=decimals,
        source=offer.says,
    )
    return _reaching(channel, signal)


def _reaching(channel: Channel, signal: Signal) -> Channel:
    """Return a channel that knows what its signal can tell at all."""
    low, high = signal.minimum, signal.maximum
    return replace(
        channel,
        lowest=-math.inf if low is None else low,
        highest=math.inf if high is None else high,
    )


def _reaching_as_its_inputs(made: Derived, sources: Mapping[str, Source]) -> Derived:
    """Say what a difference of sources can tell at all; of other expressions nobody knows.

    The pressure of the air counts as `ATMOSPHERE`: what its sensor could tell in theory says
    nothing of what it will.
    """
    first, _, rest = made.expression.partition(" - ")
    if first not in sources or not (rest == "barometer" or rest.startswith("101.")):
        return made
    whole = sources[first].channel
    channel = replace(
        made.channel, lowest=whole.lowest - ATMOSPHERE, highest=whole.highest - ATMOSPHERE
    )
    return replace(made, channel=channel)


def _derived(
    row: Canonical, recipe: Recipe, known: Collection[str], constants: Mapping[str, float]
) -> Derived | None:
    """Make a canonical channel by this recipe; None where something that it needs is missing."""
    names = compile_expression(recipe.expression).names
    inputs = tuple(name for name in names if name in known)
    missing = set(names) - set(inputs) - constants.keys() - set(recipe.optional)
    if missing or not inputs:
        return None
    channel = _canonical_channel(row, recipe.says or recipe.expression, derived=True)
    return Derived(channel, recipe.expression, inputs)


def _add_own(
    own: Sequence[OwnChannel],
    sources: Mapping[str, Source],
    derived: dict[str, Derived],
    constants: Mapping[str, float],
) -> None:
    """Add the channels that somebody made up; all are checked before any is taken."""
    made: dict[str, Derived] = {}
    expressions: dict[str, Expression] = {}
    known = sources.keys() | derived.keys() | {one.name for one in own}
    for one in own:
        if one.name in sources or one.name in derived or one.name in canonical():
            raise UnknownChannel(
                f"“{one.name}” is already the name of another channel.",
                to_do="Give the new channel another name.",
            )
        expression = compile_expression(one.expression)
        expressions[one.name] = expression.bound(
            {name: value for name, value in constants.items() if name not in known}
        )
        channel = Channel(
            name=one.name,
            label=one.label or one.name,
            unit=one.unit,
            minimum=one.minimum,
            maximum=one.maximum,
            decimals=one.decimals,
            source=one.expression,
            derived=True,
        )
        inputs = tuple(name for name in expression.names if name in known)
        made[one.name] = Derived(channel, one.expression, inputs)
    order(expressions, sources.keys() | derived.keys())
    derived.update(made)


def _unknown(name: str) -> UnknownChannel:
    return UnknownChannel(
        f"This car does not deliver the channel “{name}”.",
        to_do="Choose a channel from the list, or add the maker's signals to it.",
    )
