"""Check-ups of vehicles, in `desk.db`: whole scans, never changed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.people import Actor

if TYPE_CHECKING:
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database


class CheckupKind(StrEnum):
    """Why a snapshot was kept."""

    CHECKUP = "checkup"
    BEFORE_CLEAR = "before_clear"
    AFTER_CLEAR = "after_clear"


@dataclass(frozen=True, slots=True)
class KeptCheckup:
    """One check-up as kept."""

    id: str
    vehicle_id: str
    vehicle_name: str
    kind: CheckupKind
    taken: datetime
    operator: Actor | None
    scan: FaultScan
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckupSummary:
    """One check-up in a list, without its scan."""

    id: str
    vehicle_id: str
    vehicle_name: str
    vin: str | None
    kind: CheckupKind
    taken: datetime
    operator: str
    codes: tuple[str, ...]
    mil: bool | None
    complete: bool
    clean: bool
    note: str = ""


class CheckupStore:
    """Check-ups kept here. Thread-safe. Made lazily by `Store.checkups`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def add(
        self,
        vehicle_id: str,
        scan: FaultScan,
        *,
        kind: CheckupKind = CheckupKind.CHECKUP,
        by: Actor,
        note: str = "",
    ) -> KeptCheckup:
        """Keep a scan under a vehicle, with its audit record. Errors: NotKept; StoreError."""
        raise NotImplementedError

    def list(
        self, vehicle_id: str | None = None, *, search: str = "", limit: int = 500
    ) -> Sequence[CheckupSummary]:
        """Check-ups, the newest first; of one vehicle, or of all."""
        raise NotImplementedError

    def get(self, checkup_id: str) -> KeptCheckup:
        """Return one; a unique end of its id, or `last`, is enough. Errors: NotKept."""
        raise NotImplementedError

    def before(self, checkup: KeptCheckup) -> KeptCheckup | None:
        """Return the vehicle's check-up before this one (of kind CHECKUP), None for the first."""
        raise NotImplementedError

    def last(self, vehicle_id: str) -> KeptCheckup | None:
        """Return the vehicle's last check-up (of kind CHECKUP)."""
        raise NotImplementedError
