"""What a performance report says, and the comparison in it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.dyno.view import View
from cartech_desk.domain.performance.advice import Advice, NotAsked
from cartech_desk.domain.performance.history import PowerHistory
from cartech_desk.domain.units import UnitSystem

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.compare import Comparison
    from cartech_desk.domain.dyno.result import RunResult
    from cartech_desk.store.dyno_words import DynoRun, DynoSession
    from cartech_desk.store.performance import KeptVehicle


@dataclass(frozen=True, slots=True)
class Compared:
    """One run of a comparison; `gain` is over the first one, None for it and where not to be had.

    `why_not` says what keeps it from being compared.
    """

    run: "DynoRun"
    session: "DynoSession"
    result: "RunResult"
    label: str
    gain: "Comparison | None" = None
    why_not: str = ""

    @property
    def power_kw(self) -> float | None:
        """Its peak power, corrected as the view says."""
        peak = self.result.peak_power
        return None if peak is None else peak.value * self.result.factor.value

    @property
    def torque_nm(self) -> float | None:
        """Its peak torque, corrected as the view says."""
        peak = self.result.peak_torque
        return None if peak is None else peak.value * self.result.factor.value


@dataclass(frozen=True, slots=True)
class PerformanceComparison:
    """Runs beside each other under one view.

    They share `low` to `high` of `axis` ("rpm" or "speed"); both NaN where they share nothing.
    """

    view: View
    runs: tuple[Compared, ...]
    axis: str
    low: float
    high: float
    warnings: tuple[str, ...]
    advice: tuple[Advice, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """All that a report on a vehicle says; `comparison` is of its first and its last session."""

    history: PowerHistory
    comparison: PerformanceComparison | None
    advice: tuple[Advice, ...]
    not_asked: tuple[NotAsked, ...]
    vehicle: "KeptVehicle"
    shop: str
    address: str
    logo: bytes = field(repr=False)
    issued: datetime
    issued_by: str
    units: UnitSystem
    power_unit: str
    charts: bool
    audit_sequence: int
    audit_hash: str
