"""The units of the Dyno page: power as the shop says it, torque to fit, the rest as elsewhere."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from cartech_desk.domain.units import ShownUnit, UnitSystem, known_unit, shown

AXES: Final = ("rpm", "speed", "time")
AXIS_WORDS: Final = {"rpm": "Engine speed", "speed": "Road speed", "time": "Time of the pull"}


@dataclass(frozen=True, slots=True)
class DynoUnits:
    """How power, torque and what goes with them are shown; all from canonical units.

    Torque is lb·ft where power is hp: the two then lie on one scale and cross at 5252 rpm.
    `torque_too` is the shop's other unit of torque, told beside it where it is another.
    """

    power: ShownUnit
    torque: ShownUnit
    torque_too: ShownUnit | None
    speed: ShownUnit
    boost: ShownUnit
    temperature: ShownUnit
    pressure: ShownUnit

    def axis(self, axis: str) -> ShownUnit:
        """Return the unit of an axis: "rpm", "speed" or "time"."""
        return {"rpm": RPM, "speed": self.speed, "time": SECONDS}[axis]

    @property
    def crossing_rpm(self) -> float:
        """Engine speed at which equal numbers of power and torque are the same [rpm]."""
        return _KW_NM_RPM * self.torque.factor / self.power.factor


RPM: Final = ShownUnit("rpm", "rpm", 0)
SECONDS: Final = ShownUnit("s", "s", 2)
_KW_NM_RPM: Final = 9549.296585513721
"""kW = Nm · rpm / this (60 000 / 2π)."""


@cache
def dyno_units(system: str, power_unit: str) -> DynoUnits:
    """Return the units of a system ("metric", …) with power in "hp", "PS" or "kW"."""
    named = UnitSystem(system)
    torque_key = "lbft" if power_unit == "hp" else "Nm"
    usual = shown("Nm", named)
    return DynoUnits(
        power=_step("kW", power_unit, 1),
        torque=_step("Nm", torque_key, 1),
        torque_too=None if usual.key == torque_key else _step("Nm", usual.key, 1),
        speed=shown("km/h", named),
        boost=shown("kPa", named, "boost"),
        temperature=_step("degC", shown("degC", named).key, 1),
        pressure=_step("kPa", "inHg" if named is UnitSystem.IMPERIAL else "kPa", 2),
    )


def _step(source: str, target: str, decimals: int) -> ShownUnit:
    """Return how a canonical unit is shown in another of its kind."""
    one, other = known_unit(source), known_unit(target)
    factor = one.factor / other.factor
    offset = (one.offset - other.offset) / other.factor
    return ShownUnit(other.key, other.symbol, decimals, factor, offset)
