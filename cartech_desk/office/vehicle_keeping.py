"""Keeping vehicle records: adding, changing, what the connected car tells, the odometer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.record import OdometerReading, Told, VehicleRecord
from cartech_desk.domain.vin import check_vin
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.record_fields import (
    checked_name,
    checked_vehicle,
    made_name,
    wrong_km,
)
from cartech_desk.office.record_found import let_work_be_found
from cartech_desk.office.record_words import difference, told, vehicle_entity
from cartech_desk.store.customer_rows import customer_at
from cartech_desk.store.deleted_rows import is_deleted
from cartech_desk.store.errors import NotKept
from cartech_desk.store.vehicle_doubles import like_vehicles
from cartech_desk.store.vehicle_rows import (
    drop_reading,
    insert_vehicle,
    live_vehicle,
    name_taken_by,
    note_reading,
    readings_of,
    rename_vehicle,
    update_vehicle,
    vehicle_at,
)
from cartech_desk.store.versions import changed

if TYPE_CHECKING:
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.store import Store

_CALLED_BY: Final = ("name", "make", "model", "plate", "vin")
"""By these its jobs and appointments are found."""
_END_OF_ID: Final = 4
"""An end of an id that is shorter says too little."""
_LEAP_KM: Final = 500_000
"""So much more than before is a digit too many, rather than a journey."""
_AHEAD: Final = timedelta(minutes=5)
"""So far ahead of this desk's clock another one's may go."""


@dataclass(frozen=True, slots=True)
class CarRead:
    """What the connected car, and its VIN, told; empty where they told nothing."""

    vin: str = ""
    make: str = ""
    years: tuple[int, ...] = ()
    """The newest first: a VIN's letter for the year comes again after 30 years."""
    odometer_km: int | None = None


def today_of(rules: ShopRules) -> date:
    """Return the day in the shop's own zone."""
    return datetime.now(ZoneInfo(rules.zone)).date()


class Keeping:
    """Adds and changes records; each act in one transaction with its audit record."""

    def __init__(self, store: "Store", rules: Callable[[], ShopRules]) -> None:
        self._store = store
        self._rules = rules

    def add(self, by: Actor, record: VehicleRecord, *, even_so: bool) -> VehicleRecord:
        """Keep a new vehicle; see `Vehicles.add`."""
        require(by, Act.KEEP_RECORDS)
        checked = checked_vehicle(record, today_of(self._rules()))
        with self._store.vehicle_records.act(by) as act:
            _check_beside(act, checked, even_so=even_so)
            bare = replace(checked, id="", created=None, odometer_km=None, odometer_read=None)
            kept = insert_vehicle(act.connection, bare)
            act.record(Entry("vehicle.add", vehicle_entity(kept), after=told(checked)))
            if checked.odometer_km is not None:
                read = checked.odometer_read or datetime.now(UTC)
                _note(act, OdometerReading("", kept.id, checked.odometer_km, read, by=by.name))
            return vehicle_at(act.connection, kept.id)

    def change(
        self, by: Actor, record: VehicleRecord, *, reason: str, even_so: bool
    ) -> VehicleRecord:
        """Change a vehicle; see `Vehicles.change`."""
        require(by, Act.KEEP_RECORDS)
        checked = checked_vehicle(record, today_of(self._rules()))
        said = checked_reason(reason)
        with self._store.vehicle_records.act(by) as act:
            return self._change(act, by, checked, said, even_so=even_so)

    def rename(self, by: Actor, vehicle_id: str, name: str) -> VehicleRecord:
        """Give a vehicle another name; see `Vehicles.rename`."""
        require(by, Act.KEEP_RECORDS)
        wanted = checked_name(name)
        with self._store.vehicle_records.act(by) as act:
            before = live_vehicle(act.connection, vehicle_id)
            _check_name(act, replace(before, name=wanted))
            rename_vehicle(act.connection, before.id, wanted)
            kept = vehicle_at(act.connection, before.id)
            let_work_be_found(act, vehicle_id=kept.id)
            act.record(Entry("vehicle.change", vehicle_entity(kept), *difference(before, kept)))
            return kept

    def read_from_car(
        self, by: Actor, vehicle_id: str, car: CarRead, *, even_so: bool
    ) -> VehicleRecord:
        """Fill in what the record does not know; see `Vehicles.read_from_car`."""
        require(by, Act.KEEP_RECORDS)
        with self._store.vehicle_records.act(by) as act:
            before = live_vehicle(act.connection, vehicle_id)
            vin = check_vin(car.vin)
            if vin.well_formed and before.vin and before.vin != vin.vin:
                raise FieldsRefused(
                    "vehicle_refused",
                    {
                        "vin": f"The connected car says {vin.vin}, the record {before.vin}.\n"
                        "Connect the right car, or correct the record first."
                    },
                )
            filled = replace(
                before,
                vin=before.vin or (vin.vin if vin.well_formed else None),
                vin_kept=before.vin_kept
                or ("" if before.vin or not vin.why else "Read from the connected car"),
                make=before.make or car.make,
                year=before.year or (car.years[0] if len(car.years) == 1 else None),
                odometer_km=before.odometer_km if car.odometer_km is None else car.odometer_km,
                odometer_read=datetime.now(UTC),
            )
            checked = checked_vehicle(filled, today_of(self._rules()))
            return self._change(act, by, checked, "", even_so=even_so, source=Told.CAR)

    def note_odometer(self, by: Actor, reading: OdometerReading) -> VehicleRecord:
        """Note what the odometer showed; see `Vehicles.note_odometer`."""
        require(by, Act.KEEP_RECORDS)
        said = checked_reason(reading.reason)
        with self._store.vehicle_records.act(by) as act:
            record = live_vehicle(act.connection, reading.vehicle_id)
            _note(act, replace(reading, vehicle_id=record.id, reason=said))
            return vehicle_at(act.connection, record.id)

    def take_back_reading(
        self, by: Actor, vehicle_id: str, reading_id: str, reason: str
    ) -> VehicleRecord:
        """Take back what the odometer never showed; see `Vehicles.take_back_reading`."""
        require(by, Act.KEEP_RECORDS)
        said = checked_reason(reason)
        wanted = reading_id.strip().lower()
        with self._store.vehicle_records.act(by) as act:
            record = live_vehicle(act.connection, vehicle_id)
            known = readings_of(act.connection, record.id)
            meant = [
                one
                for one in known
                if one.id == wanted or (len(wanted) >= _END_OF_ID and one.id.endswith(wanted))
            ]
            if len(meant) != 1:
                raise NotKept(
                    f"{'Several readings end' if meant else 'No reading of this vehicle ends'} "
                    f"with “{reading_id}”.",
                    kept="Nothing was changed.",
                    to_do="Give the id of one of its readings.",
                )
            (wrong,) = meant
            drop_reading(act.connection, wrong)
            kept = vehicle_at(act.connection, record.id)
            before = {"odometer_km": wrong.km, "read": wrong.read, "by": wrong.by}
            if wrong.read is not None:
                before["read"] = wrong.read.isoformat()
            after = {"odometer_km": kept.odometer_km}
            act.record(Entry("vehicle.change", vehicle_entity(kept), before, after, said))
            return kept

    def set_baseline(self, by: Actor, vehicle_id: str, checkup: str, session: str) -> VehicleRecord:
        """Choose what all later ones are measured against; see `Vehicles.set_baseline`."""
        require(by, Act.KEEP_RECORDS)
        if checkup and self._store.checkups.get(checkup).vehicle_id != vehicle_id:
            raise _anothers("check-up")
        if session and self._store.dyno.session(session).vehicle_id != vehicle_id:
            raise _anothers("dyno session")
        with self._store.vehicle_records.act(by) as act:
            before = live_vehicle(act.connection, vehicle_id)
            after = replace(
                before,
                baseline_checkup=checkup or before.baseline_checkup,
                baseline_session=session or before.baseline_session,
            )
            kept = update_vehicle(act.connection, after)
            changes = difference(before, kept)
            act.record(Entry("vehicle.change", vehicle_entity(kept), *changes))
            return kept

    def _change(
        self,
        act: "AuditedAct",
        by: Actor,
        checked: VehicleRecord,
        reason: str,
        *,
        even_so: bool,
        source: Told = Told.TYPED,
    ) -> VehicleRecord:
        before = live_vehicle(act.connection, checked.id)
        if before.id != checked.id:
            raise changed("The vehicle")
        if source is Told.TYPED and checked.name == before.name == _made_name(before):
            checked = replace(checked, name=_made_name(checked) or before.name)
        moved = any(getattr(before, key) != getattr(checked, key) for key in ("vin", "plate"))
        # What stood there already was said once: only what is typed anew is looked for.
        _check_beside(act, checked, even_so=even_so or not moved)
        kept = update_vehicle(
            act.connection,
            replace(
                checked,
                odometer_km=before.odometer_km,
                odometer_read=before.odometer_read,
                # What is shown where none was chosen is not chosen by another change.
                baseline_checkup=before.baseline_checkup,
                baseline_session=before.baseline_session,
            ),
        )
        if any(getattr(before, key) != getattr(kept, key) for key in _CALLED_BY):
            let_work_be_found(act, vehicle_id=kept.id)
        act.record(Entry("vehicle.change", vehicle_entity(kept), *difference(before, kept), reason))
        if checked.odometer_km not in (None, before.odometer_km):
            read = checked.odometer_read
            if read is None or read == before.odometer_read:
                read = datetime.now(UTC)
            km = checked.odometer_km or 0
            _note(
                act, OdometerReading("", kept.id, km, read, source, by.name, reason), "odometer_km"
            )
        return vehicle_at(act.connection, kept.id)


def _check_beside(act: "AuditedAct", record: VehicleRecord, *, even_so: bool) -> None:
    """Refuse what stands against another row: the owner, a double, a name that is taken."""
    if record.owner_id:
        try:
            customer_at(act.connection, record.owner_id)
        except NotKept:
            raise FieldsRefused(
                "vehicle_refused",
                {"owner_id": "No such customer is kept here.\nChoose the owner again."},
            ) from None
    doubles = like_vehicles(act.connection, record)
    sure = tuple(one for one in doubles if one.sure)
    if sure or (doubles and not even_so):
        raise DoubleFound("vehicle", sure or doubles)
    _check_name(act, record)


def _made_name(record: VehicleRecord) -> str:
    return made_name(record.make, record.model, record.plate, record.vin)


def _check_name(act: "AuditedAct", record: VehicleRecord) -> None:
    """Refuse the name of another vehicle without a VIN: they are known by it alone."""
    taken = name_taken_by(act.connection, record) if record.vin is None else ""
    if not taken:
        return
    said = f"Another vehicle without a VIN is called {record.name} already.\n"
    to_do = "Add its plate, or what tells the two apart."
    if is_deleted(act.connection, "vehicle", taken):
        said = f"A deleted vehicle without a VIN is called {record.name}.\n"
        to_do = f"Restore that one (vehicles restore {taken}), or give this one another name."
    raise FieldsRefused("vehicle_refused", {"name": said + to_do})


def _note(act: "AuditedAct", reading: OdometerReading, field: str = "km") -> None:
    """Note a reading, if it fits between the ones before and after it or says why not."""
    now = datetime.now(UTC)
    read = reading.read or now
    wrong = wrong_km(reading.km, field)
    if read.utcoffset() is None:
        wrong["read"] = (
            "This time does not say in which time zone it was read.\nGive it with its time zone."
        )
        raise FieldsRefused("odometer_refused", wrong)
    if read > now + _AHEAD:
        wrong["read"] = "This time has not come yet.\nType when it was read."
    known = readings_of(act.connection, reading.vehicle_id)
    earlier = [one for one in known if one.read is not None and one.read <= read]
    later = [one for one in known if one.read is not None and one.read > read]
    if earlier and reading.km < earlier[0].km and not reading.reason:
        wrong[field] = (
            f"The odometer showed {earlier[0].km:,} km before, and {reading.km:,} km is less.\n"
            "Correct it, or say why, as an instrument that was replaced."
        )
    elif earlier and reading.km - earlier[0].km > _LEAP_KM and not reading.reason:
        wrong[field] = (
            f"The odometer showed {earlier[0].km:,} km before, and {reading.km:,} km is far more.\n"
            "Correct it, or say why."
        )
    elif later and reading.km > later[-1].km and not reading.reason:
        wrong[field] = (
            f"The odometer showed {later[-1].km:,} km later, and {reading.km:,} km is more.\n"
            "Correct it, or say why."
        )
    if wrong:
        raise FieldsRefused("odometer_refused", wrong)
    kept = note_reading(act.connection, replace(reading, read=read))
    record = vehicle_at(act.connection, kept.vehicle_id)
    before = earlier[0].km if earlier else None
    act.record(
        Entry(
            "vehicle.change",
            vehicle_entity(record),
            {"odometer_km": before},
            {"odometer_km": kept.km, "read": read.isoformat(), "told": kept.told.value},
            kept.reason,
        )
    )


def _anothers(what: str) -> FieldsRefused:
    return FieldsRefused(
        "vehicle_refused",
        {"baseline": f"This {what} is another vehicle's.\nChoose one of this vehicle."},
    )
