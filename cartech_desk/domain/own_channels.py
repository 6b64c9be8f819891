"""Channels that a shop makes up: read from a line, and checked against what a car delivers.

    boost_bar = boost / 100 [bar] Boost in bar

One that cannot be computed is left out alone, with a sentence that says why; the car's channels and
the other own ones stand.
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.expressions import Expression, ExpressionError, compile_expression, order
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.sources import Catalogue, OwnChannel
from cartech_desk.domain.units import UNITS, known_unit

LONGEST_NAME: Final = 60
LONGEST_LABEL: Final = 120

_LINE: Final = re.compile(
    r"(?P<name>[^=]*)=(?P<expression>[^\[]*)(?:\[(?P<unit>[^\]]*)\](?P<label>.*))?"
)


class OwnChannelError(CarTechError):
    """A channel of one's own that cannot be used as it is written."""

    code: ClassVar[str] = "own_channel"


def left_out(name: str) -> str:
    """Return how the sentence begins that says why an own channel is not there."""
    return f"Your own channel “{name}” is left out."


def read_own(line: str) -> OwnChannel:
    """Read `name = expression [unit] label`, where unit (its key or its symbol) and label may lack.

    Errors: OwnChannelError, ExpressionError, UnitError.
    """
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise OwnChannelError(
            f"“{line.strip()[:LONGEST_NAME]}” is no channel.",
            to_do="Write it as name = expression [unit], as in boost_bar = boost / 100 [bar].",
        )
    own = OwnChannel(
        name=match["name"].strip(),
        expression=match["expression"].strip(),
        unit=_unit(match["unit"] or ""),
        label=(match["label"] or "").strip(),
    )
    _compiled(own)
    return own


def own_line(own: OwnChannel) -> str:
    """Return the line that `read_own` reads."""
    label = " ".join(own.label.split())
    unit = f" [{'' if own.unit == 'none' else own.unit}]" if own.unit != "none" or label else ""
    return f"{own.name} = {own.expression}{unit} {label}".rstrip()


def check_together(own: Sequence[OwnChannel]) -> None:
    """Refuse what no car can mend: two of one name, a loop, what cannot be read.

    Errors: OwnChannelError, ExpressionError, UnitError.
    """
    expressions: dict[str, Expression] = {}
    for one in own:
        compiled = _compiled(one)
        if one.name in expressions:
            raise _taken(one.name)
        expressions[one.name] = compiled
    # Which other channels there are is known once a car is connected.
    order(expressions, {name for one in expressions.values() for name in one.names})


def computable(
    own: Sequence[OwnChannel], catalogue: Catalogue
) -> tuple[tuple[OwnChannel, ...], tuple[str, ...]]:
    """Return those that can be computed from this catalogue, and a sentence on each other one."""
    reasons: dict[int, CarTechError] = {}
    delivered = catalogue.sources.keys() | catalogue.derived.keys()
    wanted: dict[str, int] = {}
    compiled: dict[str, Expression] = {}
    for at, one in enumerate(own):
        try:
            expression = _compiled(one)
            if one.name in delivered or one.name in wanted or one.name in catalogue.constants:
                raise _taken(one.name)
        except CarTechError as error:
            reasons[at] = error
            continue
        wanted[one.name], compiled[one.name] = at, expression
    fixed = {name: number for name, number in catalogue.constants.items() if name not in delivered}
    left = {name: one.bound(fixed) for name, one in compiled.items()}
    for name, reason in _uncomputable(left, frozenset(delivered)).items():
        reasons[wanted[name]] = reason
    return (
        tuple(one for at, one in enumerate(own) if at not in reasons),
        tuple(f"{left_out(own[at].name)} {reasons[at].message}" for at in sorted(reasons)),
    )


def _uncomputable(
    left: Mapping[str, Expression], delivered: frozenset[str]
) -> dict[str, CarTechError]:
    """Return the reason for each that cannot be computed, those that build on it included."""
    reasons: dict[str, CarTechError] = {
        name: OwnChannelError(
            f"{one.text} uses no channel of the car.",
            to_do="Name one in it, as in boost / 100.",
        )
        for name, one in left.items()
        if not one.names
    }
    before = -1
    while len(reasons) != before:
        before = len(reasons)
        there = delivered | (left.keys() - reasons.keys())
        for name, one in left.items():
            if name not in reasons and not there.issuperset(one.names):
                reasons[name] = _error_of({name: one}, there)
    loops = {name: one for name, one in left.items() if name not in reasons}
    while ready := [name for name, one in loops.items() if loops.keys().isdisjoint(one.names)]:
        for name in ready:
            del loops[name]
    for name, one in loops.items():
        there = delivered | left.keys()
        reasons[name] = _error_of({name: one, **loops}, there)
    return reasons


def _error_of(expressions: Mapping[str, Expression], known: frozenset[str]) -> CarTechError:
    try:
        order(expressions, known)
    except ExpressionError as error:
        return error
    raise AssertionError(f"{next(iter(expressions))} can be computed")


def _compiled(own: OwnChannel) -> Expression:
    """Check everything of a channel that is right or wrong whatever the car."""
    _check_name(own.name)
    if len(own.label) > LONGEST_LABEL or not printable(own.label):
        raise OwnChannelError(
            f"The label of “{own.name}” is too long or holds what is no text.",
            to_do=f"Give it at most {LONGEST_LABEL} letters.",
        )
    known_unit(own.unit)
    return compile_expression(own.expression)


def _check_name(name: str) -> None:
    try:
        # What an expression reads as one name, this and nothing else, others can be computed from.
        good = compile_expression(name).names == (name,)
    except ExpressionError:
        good = False
    if not good or len(name) > LONGEST_NAME:
        raise OwnChannelError(
            f"“{name[:LONGEST_NAME]}” cannot be the name of a channel.",
            to_do=f"Use letters, digits and _, at most {LONGEST_NAME}, as in boost_bar.",
        )
    if name in canonical():
        raise _taken(name)


def _taken(name: str) -> OwnChannelError:
    return OwnChannelError(
        f"“{name}” is already the name of another channel or figure.",
        to_do="Give the new channel another name.",
    )


def _unit(text: str) -> str:
    """Return the key of a unit that was given by its key or its symbol."""
    text = text.strip()
    if not text:
        return "none"
    if text in UNITS:
        return text
    for unit in UNITS.values():
        if unit.symbol == text:
            return unit.key
    return known_unit(text).key
