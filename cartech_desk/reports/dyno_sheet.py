"""What a dyno sheet says, whatever it is written as. One run, a comparison or a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import RawRun
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.dyno import DynoRun, DynoSession


class Paper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose sheet it is. `logo` are the bytes of a PNG or JPEG, checked; empty for none."""

    name: str
    address: str = ""
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """What the dyno corrected itself: printed beside ours, never used in sums."""

    power_kw: float | None = None
    torque_nm: float | None = None
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class SheetRun:
    """A run with all that its sheet prints. `alarms` are sentences; `vin` and such as kept."""

    run: DynoRun
    session: DynoSession
    result: RunResult
    raw: RawRun | None = None
    """Only where the sheet holds raw data (Excel, JSON)."""
    vin: str = ""
    alarms: tuple[str, ...] = ()
    device: DeviceSaid | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on a sheet. The first run is the one that it is about; others lie beside it.

    `units` in which it is printed, `power_unit` "hp", "PS" or "kW"; `table_step_rpm` 250 or 500;
    `audit_sequence` and `audit_hash` the head of the audit log, `issued` the instant it names.
    The same sheet always gives the same bytes.
    """

    shop: Shop
    runs: tuple[SheetRun, ...]
    issued: datetime
    issued_by: str
    units: UnitSystem = UnitSystem.METRIC
    power_unit: str = "hp"
    paper: Paper = Paper.A4
    table_step_rpm: int = 500
    comparison: Comparison | None = None
    repeatability: Repeatability | None = None
    audit_sequence: int = 0
    audit_hash: str = ""
    notes: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
