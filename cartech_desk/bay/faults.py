"""Faults of the car at hand: scan, check-up, clearing, and what codes mean. `bay.faults`.

Read in when first asked for. Methods may be called from any thread and never block on the wire.
"""

from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING

from cartech_desk.bay.fault_acts import CheckedUp, Cleared, Reading
from cartech_desk.bay.fault_checkup import check_up, compared
from cartech_desk.bay.fault_clear import Clearing, admitted_reason, record_refusal
from cartech_desk.bay.fault_errors import (
    CarMoves,
    ClearingNotKnown,
    EngineRuns,
    EngineSpeedUnknown,
    FaultsBusy,
    OtherVehicle,
    ReadingIncomplete,
    ReasonMissing,
    RunUnderway,
    SnapshotLacks,
)
from cartech_desk.bay.fault_reader import AtHand, FaultReader, no_car
from cartech_desk.bay.fault_scan import ALL
from cartech_desk.bay.fault_vehicle import Wish
from cartech_desk.bay.fault_work import FaultWork
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.domain.people import Actor
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.bay.checkup_sheets import CheckupSheets
    from cartech_desk.bay.code_book import CodeBook

__all__ = [
    "AtHand",
    "CarMoves",
    "CheckedUp",
    "Cleared",
    "ClearingNotKnown",
    "EngineRuns",
    "EngineSpeedUnknown",
    "Faults",
    "FaultsBusy",
    "OtherVehicle",
    "Reading",
    "ReadingIncomplete",
    "ReasonMissing",
    "RunUnderway",
    "SnapshotLacks",
]


class Faults:
    """See the module. One act at a time: errors at once of each also FaultsBusy, RunUnderway.

    Without `at_hand` there is no car: for what is kept, printed and meant alone.
    """

    def __init__(self, store: Store, at_hand: AtHand | None = None) -> None:
        self._store = store
        self._work = FaultWork()
        self._reader = FaultReader(at_hand or no_car(), self._work)

    @property
    def reading(self) -> Reading:
        """What is being read now. Cheap: for ten a second."""
        return self._work.reading

    @cached_property
    def book(self) -> "CodeBook":
        """What codes mean here."""
        from cartech_desk.bay.code_book import CodeBook

        return CodeBook(self._store)

    @cached_property
    def sheets(self) -> "CheckupSheets":
        """Sheets of check-ups; what makes them is read in with the first."""
        from cartech_desk.bay.checkup_sheets import CheckupSheets

        return CheckupSheets(self._store, self)

    def cancel(self) -> None:
        """End the reading under way between two requests; its Future ends with ScanCancelled.

        A clearing can be cancelled until the first control unit is told to clear.
        """
        self._work.cancel()

    def close(self, within_s: float) -> None:
        """End what is under way; its Future ends with why."""
        self._work.close(within_s)

    def scan(self) -> Future[FaultScan]:
        """Read everything, keep nothing. Errors in the Future: NotConnected, ScanCancelled."""
        self._reader.refuse_while_driven()

        def act() -> FaultScan:
            self._reader.vin()
            return self._reader.read(ALL, 0.0, 1.0)

        return self._work.do(act)

    def check_up(
        self, vehicle_id: str, *, by: Actor, note: str = "", named: str = ""
    ) -> Future[CheckedUp]:
        """Read everything, compare it with the vehicle's last check-up and keep it.

        An empty `vehicle_id` keeps it under the vehicle that was `named` (made where it is new),
        else under the VIN's. Errors at once: TextRefused; in the Future: NotConnected,
        ScanCancelled, OtherVehicle (the car has another VIN than the vehicle), ReadingIncomplete
        (the car went away in the middle: nothing is kept), StoreError.
        """
        wish = Wish(vehicle_id, named)
        note = checked_reason(note)
        self._reader.refuse_while_driven()
        return self._work.do(lambda: check_up(self._store, self._reader, wish, by, note))

    def clear(
        self, vehicle_id: str, *, by: Actor, reason: str, named: str = "", unread: bool = False
    ) -> Future[Cleared]:
        """Clear codes: snapshot kept, intent audited, cleared, verified, result audited.

        `vehicle_id` and `named` as for `check_up`; `unread` clears also where the stored codes of
        a control unit could not be read. Errors at once: NotSignedIn, RightMissing (audited as
        refused), ReasonMissing, TextRefused; in the Future: NotConnected, ScanCancelled,
        OtherVehicle, EngineRuns, CarMoves, EngineSpeedUnknown (conditions are read first),
        ReadingIncomplete, SnapshotLacks, StoreError, ClearingNotKnown (LinkLost; the result is
        then audited as not known).
        """
        wish = Wish(vehicle_id, named)
        said = self._admitted(wish, by, reason)
        clearing = Clearing(self._store, self._reader, wish, by, said, unread=unread)
        return self._work.do(clearing.run)

    def admit_clearing(self, vehicle_id: str, *, by: Actor, reason: str, named: str = "") -> None:
        """Refuse at once whom `clear` would, ahead of a connection. Errors: those of `clear`."""
        self._admitted(Wish(vehicle_id, named), by, reason)

    def checked_up(self, checkup_id: str) -> CheckedUp:
        """Return a check-up that is kept, with what changed since the one before; blocking.

        Errors: NotKept, StoreError.
        """
        return compared(self._store, self._store.checkups.get(checkup_id))

    def meaning(self, code: str, vin: str | None = None) -> Meaning:
        """Return what a code means, with the table of the car's maker where one was imported."""
        return self.book.meaning(code, vin)

    def _admitted(self, wish: Wish, by: Actor, reason: str) -> str:
        try:
            return admitted_reason(self._reader, by, reason)
        except CarTechError as error:
            record_refusal(self._store, wish, by, reason, error)
            raise
