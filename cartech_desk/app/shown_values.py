"""Values on a terminal in the units that this shop reads, as in `1.85 bar` and `121 °C`.

`--json` keeps the canonical units: programs read it.
"""

import math

from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown


def shown_unit(unit: str, channel: str, system: UnitSystem) -> ShownUnit:
    """Return the unit that people read; one that nobody knows as it is."""
    try:
        return shown(unit or "none", system, channel)
    except UnitError:
        return ShownUnit(unit, unit, 2)


def value_words(value: float, unit: ShownUnit) -> str:
    """Write a canonical value with its unit; an edge between two of its steps keeps a decimal."""
    number = unit.to_shown(value)
    decimals = max(unit.decimals, 2 if unit.key == "ratio" else 0)
    if math.isfinite(number) and abs(number - round(number, decimals)) > 1e-6 * max(1, abs(number)):
        finer = round(number, decimals + 1)
        decimals += abs(number - finer) < 1e-6 * max(1.0, abs(number))
    return f"{number:.{decimals}f} {unit.symbol}".strip()
