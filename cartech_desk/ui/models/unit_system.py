"""The shop's units out of the settings in force."""

from pydantic import BaseModel

from cartech_desk.domain.units import UnitSystem


def unit_system(values: BaseModel) -> UnitSystem:
    """Return the unit system that is set (`screen.units`); metric where none is."""
    screen = getattr(values, "screen", values)
    return UnitSystem(getattr(screen, "units", UnitSystem.METRIC))
