"""Clearing codes as an act: snapshot, intent, the wire, what came back, result.

The car is outside `desk.db`: the intent is durable before the first control unit is told, and the
result says how it ended. Where that is not known, the result says so.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from cartech_desk.bay.fault_acts import Cleared
from cartech_desk.bay.fault_clear_standing import check_standing
from cartech_desk.bay.fault_clear_verdict import left, unseen_codes, verdict
from cartech_desk.bay.fault_clearing import Sent, clear_each
from cartech_desk.bay.fault_errors import (
    ClearingNotKnown,
    OtherVehicle,
    ReadingIncomplete,
    ReasonMissing,
    SnapshotLacks,
)
from cartech_desk.bay.fault_reader import FaultReader
from cartech_desk.bay.fault_scan import ALL, ScanCancelled, ScanParts
from cartech_desk.bay.fault_vehicle import (
    Belongs,
    Wish,
    check_certain,
    check_still,
    refuse_other,
    vehicle_of,
)
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import CodeFound, FaultScan
from cartech_desk.domain.people import NOBODY, Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.hardware.errors import HardwareError
from cartech_desk.store.checkups import CheckupKind, KeptCheckup
from cartech_desk.store.errors import StoreError
from cartech_desk.store.store import Store

CLEAR: Final = "codes.clear"
REFUSED: Final = "codes.clear_refused"
LEAST_REASON: Final = 3
"""Fewest characters of a reason."""
SETTLING_S: Final = 1.5
"""How long control units have to come to themselves before they are asked what came back."""
AFTER: Final = ScanParts(tests=False)
"""What is read again after a clearing: tests have not run since."""
ASKS: Final = ", which asks for time"
CANCELLED: Final = ScanCancelled.code
NOT_KNOWN: Final = "not known"

_LOG = logging.getLogger(__name__)


def admitted_reason(reader: FaultReader, by: Actor, reason: str) -> str:
    """Return the reason as the log keeps it, where this person may clear codes now.

    Errors: NotSignedIn, RightMissing, ReasonMissing, TextRefused, RunUnderway.
    """
    require(by if by.id else NOBODY, Act.CLEAR_CODES)
    said = checked_reason(reason)
    if len(said) < LEAST_REASON:
        raise ReasonMissing
    reader.refuse_while_driven()
    return said


def record_refusal(
    store: Store,
    wish: Wish,
    by: Actor,
    reason: str,
    error: CarTechError,
    *,
    vin: str | None = None,
) -> None:
    """Record that clearing was refused, and why; what only failed (no car, no disk) is no refusal.

    A refusal that cannot be recorded is still one.
    """
    if isinstance(error, StoreError | HardwareError) or error.code == CANCELLED:
        return
    name = wish.named or (vin or "")
    if wish.vehicle_id:
        with suppress(StoreError):
            name = store.vehicles.get(wish.vehicle_id).name
    entity = Entity("vehicle", wish.vehicle_id, name[:100], wish.vehicle_id)
    said = " ".join(reason.split())[:200]
    told = {"error": error.code, "why": error.happened, "asked_for": said}
    try:
        store.audit.note(by, Entry(REFUSED, entity, after=told))
    except CarTechError as trouble:
        _LOG.warning("a refusal to clear codes could not be recorded: %s", trouble)


class Clearing:
    """One clearing, from the first question to the result. `run` blocks; used once."""

    def __init__(
        self,
        store: Store,
        reader: FaultReader,
        wish: Wish,
        by: Actor,
        reason: str,
        *,
        unread: bool = False,
    ) -> None:
        self._unread = unread
        self._store = store
        self._reader = reader
        self._wish = wish
        self._by = by
        self._reason = reason
        self._vin: str | None = None
        self._met: Identification | None = None
        self._intent = 0
        self._was: dict[str, Any] = {}
        self._sent = Sent(())

    def run(self) -> Cleared:
        """Do it. Errors: see `Faults.clear`."""
        try:
            before = self._snapshot()
        except CarTechError as error:
            record_refusal(self._store, self._wish, self._by, self._reason, error, vin=self._vin)
            raise
        self._intend(before)
        try:
            self._clear(before)
            after = self._read_again()
        except BaseException as error:
            self._end(done=False, verdict=_told(error))
            raise
        return self._ended(before, after)

    def _snapshot(self) -> KeptCheckup:
        """Read everything and keep it. Nothing is cleared without."""
        self._vin = self._reader.vin()
        refuse_other(self._store, self._wish, self._vin)
        self._store.audit.admit(self._by)

        def standing(wire: Wire, found: Identification) -> None:
            self._met = found
            check_certain(wire.ask, found, found)
            check_standing(wire.ask, found)

        scan = self._reader.read(ALL, 0.0, 0.6, before=standing)
        if not scan.complete:
            raise ReadingIncomplete(scan, kept="Nothing was cleared.")
        unseen = unseen_codes(scan)
        if unseen and not self._unread:
            raise SnapshotLacks(unseen)
        belongs = vehicle_of(self._store, self._wish, scan.vin)
        self._reader.work.tell("keeping what was there", 0.6)
        return self._keep(belongs, scan, CheckupKind.BEFORE_CLEAR)

    def _keep(self, belongs: Belongs, scan: FaultScan, kind: CheckupKind) -> KeptCheckup:
        told = replace(scan, warnings=tuple(dict.fromkeys((*scan.warnings, *belongs.told))))
        return self._store.checkups.add(
            belongs.vehicle.id, told, kind=kind, by=self._by, note=self._reason
        )

    def _intend(self, before: KeptCheckup) -> None:
        entity = Entity("vehicle", before.vehicle_id, before.vehicle_name, before.vehicle_id)
        was: dict[str, Any] = {"codes": _codes(before.scan.codes), "checkup": before.id}
        unseen = unseen_codes(before.scan)
        if unseen:
            was["codes_not_read_of"] = [f"{ecu:X}" for ecu in unseen]
        self._was = was
        self._intent = self._store.audit.intent(
            self._by, Entry(CLEAR, entity, before=was, reason=self._reason)
        )

    def _clear(self, before: KeptCheckup) -> None:
        def task(wire: Wire, found: Identification) -> None:
            ecus = {*found.link.ecus, *(ecu.address for ecu in before.scan.ecus)}
            self._sent = Sent(tuple(sorted(ecus)))
            self._reader.refuse_while_driven()
            if self._reader.work.cancelled:
                raise ScanCancelled(
                    "Clearing was cancelled.",
                    kept="Nothing was cleared; what is there is kept.",
                    to_do="Clear again when the car is ready for it.",
                )
            check_certain(wire.ask, self._met or found, found)
            check_standing(wire.ask, found)
            clear_each(wire.ask, found, self._sent, self._told_of(wire))

        try:
            self._reader.wire(task)
        except HardwareError as error:
            if not self._sent.begun:
                raise
            raise self._not_known(before, error) from error

    def _told_of(self, wire: Wire) -> Callable[[str, float], None]:
        """Return what tells how far the clearing is, and that an ECU asks for time meanwhile."""
        work, signs = self._reader.work, wire.adapter.signs
        part = work.part(0.62, 0.7)

        def step(words: str, share: float) -> None:
            before = signs.asked_for_time
            part(words, share)
            work.beside(lambda: ASKS if signs.asked_for_time > before else "")

        return step

    def _not_known(self, before: KeptCheckup, error: CarTechError) -> ClearingNotKnown:
        confirmed = ", ".join(f"{ecu:X}" for ecu in self._sent.cleared)
        happened = error.happened.rstrip(".")
        if confirmed:
            happened += f". Control unit {confirmed} had confirmed; whether the others cleared"
            happened += " their codes is not known."
        else:
            happened += ". Whether the codes were cleared is not known."
        return ClearingNotKnown(
            happened,
            kept=f"What was there before is kept (check-up {before.id[-6:]}).",
            to_do="Connect again and read the faults: that tells what is there now.",
        )

    def _read_again(self) -> FaultScan | None:
        """Read what is there now; None where the car went away."""
        self._reader.work.tell("waiting for the control units", 0.7)
        self._reader.work.rest(SETTLING_S)

        def still(_wire: Wire, found: Identification) -> None:
            check_still(self._met or found, found)

        try:
            scan = self._reader.read(AFTER, 0.72, 0.98, before=still, to_the_end=True)
        except (HardwareError, OtherVehicle) as error:
            _LOG.warning("what came back after clearing could not be read: %s", error)
            return None
        return scan if scan.complete else None

    def _ended(self, before: KeptCheckup, scan: FaultScan | None) -> Cleared:
        sent = self._sent
        ended = Cleared(
            before, None, tuple(sent.cleared), dict(sent.refused), unread=tuple(sent.unread)
        )
        confirmed = bool(ended.cleared) and not ended.refused
        back: tuple[CodeFound, ...] = ()
        permanent: tuple[CodeFound, ...] = ()
        if scan is not None:
            back, permanent = left(scan)
            belongs = Belongs(self._store.vehicles.get(before.vehicle_id))
            try:
                after = self._keep(belongs, scan, CheckupKind.AFTER_CLEAR)
            except StoreError as error:
                self._end(done=confirmed, after=_result(ended, scan, back), verdict=str(error))
                raise type(error)(
                    error.happened,
                    kept=f"{_cleared_words(ended)} What came back is not kept here.",
                    to_do=error.to_do,
                ) from error
            ended = replace(ended, after=after, came_back=back, permanent=permanent)
        ended = replace(ended, verdict=verdict(ended))
        self._end(done=confirmed, after=_result(ended, scan, back), verdict=ended.verdict)
        return ended

    def _end(self, *, done: bool, verdict: str, after: Mapping[str, Any] | None = None) -> None:
        """Record how it ended; where that cannot be written, the next start settles it.

        What is there now stands under the names of what was there before.
        """
        known = dict(after or {})
        if not after and self._sent.begun:
            known = {
                "cleared": [f"{ecu:X}" for ecu in self._sent.cleared],
                "known": False,
                "codes": NOT_KNOWN,
            }
        try:
            after = {**self._was, "verdict": verdict, **known}
            self._store.audit.result(self._intent, done=done, after=after, reason=self._reason)
        except CarTechError as error:
            _LOG.warning("the result of clearing codes waits for the next start: %s", error)


def _result(ended: Cleared, scan: FaultScan | None, back: tuple[CodeFound, ...]) -> dict[str, Any]:
    """Return what the audit log says of the result; `scan` None where it is not known."""
    return {
        "cleared": [f"{ecu:X}" for ecu in ended.cleared],
        "refused": {f"{ecu:X}": why for ecu, why in ended.refused.items()},
        "unread": [f"{ecu:X}" for ecu in ended.unread],
        "came_back": NOT_KNOWN if scan is None else _codes(back),
        "codes": NOT_KNOWN if scan is None else _codes(scan.codes) or _none(scan),
        "codes_not_read_of": NOT_KNOWN if scan is None else _unread(scan),
        "checkup": ended.after.id if ended.after is not None else "none",
    }


def _none(scan: FaultScan) -> str:
    return "none" if scan.clean else NOT_KNOWN


def _unread(scan: FaultScan) -> list[str] | str:
    return [f"{ecu:X}" for ecu in sorted({one.ecu for one in scan.unknown})] or "none"


def _cleared_words(ended: Cleared) -> str:
    if ended.refused or not ended.cleared:
        return "Not every control unit confirmed that it cleared its codes."
    return "Every control unit confirmed that it cleared its codes."


def _codes(codes: tuple[CodeFound, ...]) -> list[str]:
    return [f"{one.code} ({one.ecu:X}: {', '.join(one.status)})" for one in codes]


def _told(error: BaseException) -> str:
    return error.message if isinstance(error, CarTechError) else type(error).__name__
