"""Two records that are one vehicle, vehicles that are two, and those that go off the lists."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.domain.vin import check_vin
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.record_fields import joined_note, lacking
from cartech_desk.office.record_found import let_work_be_found
from cartech_desk.office.record_words import difference, refuse_in_use, told, vehicle_entity
from cartech_desk.store.deleted_rows import refuse_listed
from cartech_desk.store.told_apart import tell_apart
from cartech_desk.store.vehicle_rows import (
    drop_vin,
    give_to_vehicle,
    live_vehicle,
    mark_vehicle,
    renew_odometer,
    update_vehicle,
    vehicle_at,
)

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

_FILLED: Final = (
    "make",
    "model",
    "year",
    "engine",
    "fuel",
    "plate",
    "colour",
    "owner_id",
    "note",
    "baseline_checkup",
    "baseline_session",
)


class Joining:
    """Joins, tells apart, deletes and restores vehicles."""

    def __init__(self, store: "Store", rules: Callable[[], ShopRules]) -> None:
        self._store = store
        self._rules = rules

    def join(self, by: Actor, kept_id: str, other_id: str, reason: str) -> VehicleRecord:
        """Make two vehicles one; see `Vehicles.join`.

        The limits of the other are left behind: those of the kept one stay in force. What the
        other recorded stays in its file under its own id, and is found by way of its row.
        """
        require(by, Act.DELETE)
        said = checked_reason(reason)
        with self._store.vehicle_records.act(by) as act:
            kept = live_vehicle(act.connection, kept_id)
            other = live_vehicle(act.connection, other_id)
            if kept.id == other.id:
                said_so = "Both are one vehicle already.\nChoose another one."
                raise FieldsRefused("vehicle_refused", {"other": said_so})
            vin = _vin_of_both(kept, other)
            given = give_to_vehicle(act.connection, kept.id, other.id)
            mark_vehicle(act.connection, other.id, deleted=True, joined_into=kept.id)
            if other.vin and vin == other.vin:
                drop_vin(act.connection, other.id)
            unknown = lacking(kept, other, _FILLED)
            twice = other.plate and kept.plate and other.plate != kept.plate
            also = f"Plate also: {other.plate}" if twice else ""
            unknown["note"] = joined_note("vehicle_refused", kept.note, other.note, also)
            if vin != kept.vin:
                unknown |= {"vin": vin, "vin_kept": other.vin_kept}
            made = update_vehicle(act.connection, replace(kept, **unknown))
            if "odometer" in given:
                renew_odometer(act.connection, kept.id)
            let_work_be_found(act, vehicle_id=kept.id)
            act.record(
                Entry(
                    "vehicle.merge",
                    vehicle_entity(made),
                    before={"joined": told(other) | {"id": other.id}},
                    after={**difference(kept, made)[1], **given},
                    reason=said,
                )
            )
            return vehicle_at(act.connection, kept.id)

    def tell_apart(self, by: Actor, one_id: str, other_id: str, reason: str) -> None:
        """Say that two vehicles are two."""
        require(by, Act.KEEP_RECORDS)
        said = checked_reason(reason)
        with self._store.vehicle_records.act(by) as act:
            one, other = (live_vehicle(act.connection, key) for key in (one_id, other_id))
            tell_apart(act.connection, "vehicle", one.id, other.id, by.name)
            after = {"told_apart_from": other.name}
            act.record(Entry("vehicle.change", vehicle_entity(one), after=after, reason=said))

    def delete(self, by: Actor, vehicle_id: str, reason: str) -> None:
        """Take a vehicle off the lists. Errors: RecordInUse, RecordDeleted."""
        require(by, Act.DELETE)
        said = checked_reason(reason)
        with self._store.vehicle_records.act(by) as act:
            record = live_vehicle(act.connection, vehicle_id)
            refuse_in_use(act, "vehicle", record.id, record.name, self._rules().zone)
            mark_vehicle(act.connection, record.id, deleted=True)
            act.record(
                Entry("vehicle.delete", vehicle_entity(record), before=told(record), reason=said)
            )

    def restore(self, by: Actor, vehicle_id: str) -> VehicleRecord:
        """Put a deleted vehicle back."""
        require(by, Act.DELETE)
        with self._store.vehicle_records.act(by) as act:
            record = vehicle_at(act.connection, vehicle_id)
            refuse_listed(act.connection, "vehicle", record.id, record.name)
            mark_vehicle(act.connection, record.id, deleted=False)
            act.record(Entry("vehicle.restore", vehicle_entity(record)))
            return vehicle_at(act.connection, record.id)


def _vin_of_both(kept: VehicleRecord, other: VehicleRecord) -> str | None:
    """Return the VIN that stands for both. Errors: FieldsRefused for two cars' VINs."""
    if not kept.vin or not other.vin:
        return kept.vin or other.vin
    good = [
        check_vin(vin).well_formed and not one.vin_kept
        for vin, one in ((kept.vin, kept), (other.vin, other))
    ]
    if all(good):
        raise FieldsRefused(
            "vehicle_refused",
            {
                "vin": f"{kept.vin} and {other.vin} are the numbers of two cars.\n"
                "Correct the one that is wrong first, if they are one car even so."
            },
        )
    return other.vin if good[1] else kept.vin
