"""A mapping of columns as it is being chosen: what each may be, and what hinders its import."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.tables import Column, ColumnMeaning, Mapping, Proposal
from cartech_desk.domain.units import UNITS, same_kind

ROLE_WORDS: Final = {
    Role.SPEED: "Speed",
    Role.ROLLER_RPM: "Roller speed",
    Role.RPM: "Engine speed",
    Role.ACCELERATION: "Acceleration",
    Role.FORCE: "Force",
    Role.POWER: "Power, uncorrected",
    Role.TORQUE: "Torque, uncorrected",
    Role.BRAKE_TORQUE: "Torque of the brake",
    Role.BRAKE_RPM: "Speed of the brake",
    Role.DEVICE_FACTOR: "Factor of the dyno",
    Role.CORRECTED_POWER: "Power as the dyno corrected it",
    Role.CORRECTED_TORQUE: "Torque as the dyno corrected it",
    Role.THROTTLE: "Throttle",
    Role.LAMBDA: "Lambda",
    Role.AFR: "Air to fuel",
    Role.BOOST: "Boost",
    Role.MANIFOLD: "Manifold pressure",
    Role.TEMPERATURE: "Air temperature",
    Role.PRESSURE: "Station pressure",
    Role.HUMIDITY: "Humidity",
}
"""What a column may be, in the order of the list."""

TIME_UNITS: Final = ("s", "ms", "us", "min")
_USUAL: Final = {
    "speed": ("km/h", "mph", "m/s"),
    "rotation": ("rpm", "rad/s"),
    "acceleration": ("m/s2", "g0"),
    "force": ("N", "lbf", "kN"),
    "power": ("kW", "hp", "PS", "W"),
    "torque": ("Nm", "lbft"),
    "pressure": ("kPa", "bar", "psi", "inHg", "mbar", "hPa", "mmHg"),
    "temperature": ("degC", "degF", "K"),
    "ratio": ("ratio", "percent"),
}
"""Units that dynos write, by dimension, the first ones first."""
KILO_RPM: Final = "krpm"
_SCALED: Final = {
    KILO_RPM: ("rpm", 1000.0),
    "mph/s": ("m/s2", 0.44704),
    "km/h/s": ("m/s2", 1.0 / 3.6),
}
"""Units of files that are another one of ours times a factor."""


def _said() -> dict[str, str]:
    """Return how people write each unit, by key: its symbol where no other unit has the same."""
    symbols = [unit.symbol for unit in UNITS.values()]
    said = {
        key: unit.symbol if unit.symbol and symbols.count(unit.symbol) == 1 else key
        for key, unit in UNITS.items()
    }
    return said | {"none": "no unit"}


UNIT_WORDS: Final = _said()
_UNIT_KEYS: Final = {words: key for key, words in UNIT_WORDS.items()}


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column as it stands in the form. `taken` False leaves it out of the run."""

    column: Column
    meaning: ColumnMeaning
    taken: bool = True

    @property
    def unit_words(self) -> str:
        """The unit as it is chosen from `units_for`."""
        unit, factor = self.meaning.unit, self.meaning.factor
        for words, (base, by) in _SCALED.items():
            if unit == base and math.isclose(factor, by, rel_tol=1e-6):
                return words
        said = UNIT_WORDS.get(unit, unit)
        return said if factor == 1.0 else f"{said} \N{MULTIPLICATION SIGN} {factor:g}"

    @property
    def example(self) -> str:
        """The range of its numbers, as they are written."""
        low, high = self.column.lowest, self.column.highest
        if not self.column.filled or math.isnan(low):
            return "empty"
        return f"{low:.5g} to {high:.5g}" if low != high else f"{low:.5g}"


def choices_of(proposal: Proposal) -> tuple[ColumnChoice, ...]:
    """Return every column but that of time, with what is proposed for it."""
    meanings = {one.index: one for one in proposal.mapping.columns}
    return tuple(
        ColumnChoice(
            column,
            meanings.get(column.index) or ColumnMeaning(column.index, None, "none"),
            column.index in meanings,
        )
        for column in proposal.columns
        if column.index != proposal.mapping.time
    )


def units_for(role: Role | None) -> tuple[str, ...]:
    """Return the units that a column of this role may be in; all of them without a role."""
    if role is None:
        return tuple(UNIT_WORDS.values())
    canonical = ROLE_UNITS[role]
    usual = _USUAL.get(UNITS[canonical].dimension, (canonical,))
    scaled = tuple(words for words, (base, _by) in _SCALED.items() if base == canonical)
    said = tuple(UNIT_WORDS.get(key, key) for key in usual)
    return (*said[:1], *scaled, *said[1:])


def with_role(choice: ColumnChoice, role: Role | None) -> ColumnChoice:
    """Return the choice as another thing, in a unit that fits it."""
    unit, factor = choice.meaning.unit, choice.meaning.factor
    if role is not None and not same_kind(unit, ROLE_UNITS[role]):
        unit, factor = ROLE_UNITS[role], 1.0
    return replace(
        choice, meaning=ColumnMeaning(choice.column.index, role, unit, factor), taken=True
    )


def with_unit(choice: ColumnChoice, words: str) -> ColumnChoice:
    """Return the choice in another unit: a person has looked at it now."""
    if words == choice.unit_words:
        return replace(choice, meaning=replace(choice.meaning, sure=True))
    unit, factor = _SCALED.get(words, (_UNIT_KEYS.get(words, words), 1.0))
    return replace(choice, meaning=replace(choice.meaning, unit=unit, factor=factor, sure=True))


def mapping_of(
    proposal: Proposal, choices: Sequence[ColumnChoice], time: int, time_unit: str
) -> Mapping:
    """Return the mapping that was chosen; whoever imports looks at it as a whole."""
    return replace(
        proposal.mapping,
        time=time,
        time_unit=time_unit,
        columns=tuple(
            replace(one.meaning, sure=True)
            for one in choices
            if one.taken and one.column.index != time
        ),
    )


def problems(choices: Sequence[ColumnChoice]) -> tuple[str, ...]:
    """Return what cannot be imported as it is chosen, a sentence each."""
    taken = [one for one in choices if one.taken]
    roles = [one.meaning.role for one in taken if one.meaning.role is not None]
    told = [
        f"Two columns are taken for “{ROLE_WORDS[role]}”: keep one of them."
        for role in dict.fromkeys(roles)
        if roles.count(role) > 1
    ]
    if not {Role.SPEED, Role.RPM, Role.ROLLER_RPM, Role.BRAKE_RPM} & set(roles):
        told.append("No column is a speed: choose the one of the rollers or the engine.")
    return tuple(told)
