"""A vehicle's check-up: everything read, compared with the last one, kept."""

from dataclasses import replace

from cartech_desk.bay.fault_acts import CheckedUp
from cartech_desk.bay.fault_errors import ReadingIncomplete
from cartech_desk.bay.fault_reader import FaultReader
from cartech_desk.bay.fault_scan import ALL
from cartech_desk.bay.fault_vehicle import Wish, comparable, refuse_other, vehicle_of
from cartech_desk.domain.faults.compare import difference
from cartech_desk.domain.people import Actor
from cartech_desk.store.checkups import KeptCheckup
from cartech_desk.store.errors import DatabaseCorrupt
from cartech_desk.store.store import Store

UNREADABLE_BEFORE = (
    "The check-up before this one cannot be read: what is kept of it is damaged. Nothing could be "
    "compared."
)


def check_up(store: Store, reader: FaultReader, wish: Wish, by: Actor, note: str) -> CheckedUp:
    """Do it; blocking. Errors: see `Faults.check_up`."""
    refuse_other(store, wish, reader.vin())
    scan = reader.read(ALL, 0.0, 0.98)
    if not scan.complete:
        raise ReadingIncomplete(
            scan, kept="No check-up was kept; what was read until then is only shown."
        )
    reader.work.tell("keeping the check-up", 0.98)
    belongs = vehicle_of(store, wish, scan.vin)
    scan = replace(scan, warnings=tuple(dict.fromkeys((*scan.warnings, *belongs.told))))
    try:
        store.checkups.last(belongs.vehicle.id)
    except DatabaseCorrupt:
        scan = replace(scan, warnings=(*scan.warnings, UNREADABLE_BEFORE))
    return compared(store, store.checkups.add(belongs.vehicle.id, scan, by=by, note=note))


def compared(store: Store, kept: KeptCheckup) -> CheckedUp:
    """Return a check-up with what changed since the vehicle's one before, where that is known."""
    try:
        before = store.checkups.before(kept)
    except DatabaseCorrupt:
        return CheckedUp(kept)
    if before is None or not comparable(before, kept):
        return CheckedUp(kept)
    return CheckedUp(kept, before, difference(before.scan, kept.scan))
