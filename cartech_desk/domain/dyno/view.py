"""The air that a run was driven in, and how a run is looked at: what every page begins with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conditions:
    """Air at the engine's intake. `pressure_kpa` is station pressure; humidity in percent.

    `source` says in words where they come from ("typed", "weather station"); None values are not
    known: no correction is made that needs them.
    """

    temperature_c: float | None = None
    pressure_kpa: float | None = None
    humidity_pct: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """How a run is looked at: `correction` a key of `corrections.CORRECTIONS`, `smoothing` 0 to 5.

    `engine` shows the estimated power of the engine instead of that of the wheels.
    """

    correction: str = "sae"
    smoothing: int = 3
    engine: bool = False
