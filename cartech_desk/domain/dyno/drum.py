"""Rollers and what turns with them: inertia, and the mass that it is at the roller's surface."""

import math
from collections.abc import Iterable
from typing import Final

STEEL_KG_M3: Final = 7900.0


def drum_mass_kg(length_m: float, diameter_m: float, density_kg_m3: float = STEEL_KG_M3) -> float:
    """Mass of a solid drum [kg]."""
    return density_kg_m3 * math.pi / 4.0 * diameter_m**2 * length_m


def drum_inertia_kgm2(
    length_m: float, diameter_m: float, density_kg_m3: float = STEEL_KG_M3
) -> float:
    """Moment of inertia of a solid drum about its axis [kg·m²]: m·r²/2."""
    return drum_mass_kg(length_m, diameter_m, density_kg_m3) * diameter_m**2 / 8.0


def hollow_drum_inertia_kgm2(
    length_m: float, outer_m: float, inner_m: float, density_kg_m3: float = STEEL_KG_M3
) -> float:
    """Moment of inertia of a tube [kg·m²], without its ends."""
    return drum_inertia_kgm2(length_m, outer_m, density_kg_m3) - drum_inertia_kgm2(
        length_m, inner_m, density_kg_m3
    )


def equivalent_inertia_kgm2(parts: Iterable[tuple[float, float]]) -> float:
    """Inertia seen at one shaft [kg·m²]: the sum of I·(turns of the part for one of the shaft)²."""
    return sum(inertia * turns**2 for inertia, turns in parts)


def equivalent_mass_kg(inertia_kgm2: float, radius_m: float) -> float:
    """Mass [kg] that is as hard to accelerate at the roller's surface as its inertia: I/r²."""
    return inertia_kgm2 / radius_m**2


def inertia_torque_nm(inertia_kgm2: float, acceleration_rad_s2: float) -> float:
    """Torque that accelerates an inertia [N·m]."""
    return inertia_kgm2 * acceleration_rad_s2


def shaft_power_kw(torque_nm: float, rpm: float) -> float:
    """Power of a torque at a speed [kW]."""
    return torque_nm * rpm * math.pi / 30.0 / 1000.0
