"""Vehicles as the office keeps them: record, modifications, photos, history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.domain.vehicles.record import (
    Attachment,
    Modification,
    OdometerReading,
    Recommendation,
    Told,
    VehicleRecord,
)
from cartech_desk.domain.vehicles.timeline import Happened, TimelinePage
from cartech_desk.domain.vin import VinCheck, check_vin
from cartech_desk.office.record_found import forgiven
from cartech_desk.office.vehicle_attachments import attach, detach
from cartech_desk.office.vehicle_fitting import Fitting, Modified
from cartech_desk.office.vehicle_joining import Joining
from cartech_desk.office.vehicle_keeping import CarRead, Keeping

__all__ = ["CarRead", "Modified", "Vehicles"]

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


class Vehicles:
    """Vehicles as the office keeps them: record, modifications, photos, history.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.
    """

    def __init__(self, store: "Store", rules: Callable[[], ShopRules]) -> None:
        self._store = store
        self._rules = rules
        self._keeping = Keeping(store, rules)
        self._joining = Joining(store, rules)
        self._fitting = Fitting(store, rules)

    # The record

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "",
        descending: bool = False,
        owner_id: str = "",
        make: str = "",
        model: str = "",
        year: int | None = None,
    ) -> tuple[tuple[VehicleRecord, ...], int]:
        """Return vehicles and how many there are, the last used first.

        `sort` is "name", "plate", "make", "model", "year", "owner", "odometer", "vin", "created"
        or "used". Every word of `search` is found in name, plate, VIN, make, model, colour, owner;
        where no vehicle has them all and nothing else is asked for, those are returned that have
        them with a typing error, the most alike first.
        """
        equal = {
            name: value
            for name, value in (
                ("owner_id", owner_id),
                ("make", make),
                ("model", model),
                ("year", year),
            )
            if value not in ("", None)
        }
        rows, total = self._store.vehicle_records.list(
            search, limit=limit, offset=offset, sort=sort, descending=descending, equal=equal
        )
        if total or equal:
            return rows, total
        return forgiven(
            self._store,
            "vehicle",
            search,
            self._store.vehicle_records.of,
            limit=limit,
            offset=offset,
        )

    def deleted(self, search: str = "", *, limit: int = 200) -> tuple[VehicleRecord, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        return self._store.vehicle_records.deleted(search, limit)

    def deleted_as(self, text: str) -> VehicleRecord:
        """Return the deleted one that is meant, as `named` does. Errors: NotKept."""
        return self._store.vehicle_records.named(text, deleted=True)

    def get(self, vehicle_id: str) -> VehicleRecord:
        """Return one vehicle; of one that was joined, with which. Errors: NotKept."""
        return self._with_firsts(self._store.vehicle_records.get(vehicle_id))

    def named(self, text: str) -> VehicleRecord:
        """Return the vehicle of a plate, VIN (or its end), name, id (its start or end) or "last".

        Errors: NotKept where there is none or more than one.
        """
        return self._with_firsts(self._store.vehicle_records.named(text))

    def check_vin(self, text: str) -> VinCheck:
        """Check a VIN while it is typed; `wrong_at` is the place that is wrong."""
        return check_vin("".join(text.split()).replace("-", ""))

    def doubles(self, *, limit: int = 100) -> tuple[Pair, ...]:
        """Return pairs of vehicles that may be one, but those that were told apart."""
        return self._store.vehicle_records.pairs(limit)

    def add(self, by: Actor, record: VehicleRecord, *, even_so: bool = False) -> VehicleRecord:
        """Keep a new vehicle; without a name it is called by make, model and plate.

        A VIN that the check refuses is kept where `record.vin_kept` says why. `even_so`: although
        something here is like it. Errors: FieldsRefused "vehicle_refused" (vin, name, plate, year,
        fuel, odometer_km, owner_id, …), DoubleFound, RightMissing, NotSignedIn.
        """
        return self._keeping.add(by, record, even_so=even_so)

    def change(
        self, by: Actor, record: VehicleRecord, *, reason: str = "", even_so: bool = False
    ) -> VehicleRecord:
        """Change a vehicle; its baseline goes by `set_baseline` alone.

        Errors: as `add`; NotKept, RecordDeleted, Changed.
        """
        return self._keeping.change(by, record, reason=reason, even_so=even_so)

    def rename(self, by: Actor, vehicle_id: str, name: str) -> VehicleRecord:
        """Give a vehicle another name. Errors: FieldsRefused (name), NotKept, RecordDeleted."""
        return self._keeping.rename(by, vehicle_id, name)

    def read_from_car(
        self, by: Actor, vehicle_id: str, car: CarRead, *, even_so: bool = False
    ) -> VehicleRecord:
        """Fill in what the connected car tells and the record does not know; what is known stays.

        Errors: FieldsRefused where the car's VIN is another than the record's, DoubleFound where
        another vehicle has it, NotKept, RightMissing, NotSignedIn.
        """
        return self._keeping.read_from_car(by, vehicle_id, car, even_so=even_so)

    def join(self, by: Actor, kept_id: str, other_id: str, *, reason: str = "") -> VehicleRecord:
        """Make two vehicles one: all that was done to the other was done to `kept_id`.

        It cannot be undone: who may delete may join. Errors: NotKept, RecordDeleted, RightMissing,
        FieldsRefused where both have VINs that differ and are well formed, or notes too long for
        one.
        """
        return self._joining.join(by, kept_id, other_id, reason)

    def tell_apart(self, by: Actor, one_id: str, other_id: str, *, reason: str = "") -> None:
        """Say that two vehicles are two: they are no longer offered as doubles."""
        self._joining.tell_apart(by, one_id, other_id, reason)

    def delete(self, by: Actor, vehicle_id: str, *, reason: str = "") -> None:
        """Take a vehicle out of the lists.

        Errors: NotKept, RecordDeleted, RecordInUse while a job is open or an appointment is to
        come.
        """
        self._joining.delete(by, vehicle_id, reason)

    def restore(self, by: Actor, vehicle_id: str) -> VehicleRecord:
        """Put a deleted vehicle back. Errors: NotKept, NotDeleted."""
        return self._joining.restore(by, vehicle_id)

    # What the odometer showed

    def odometer(self, vehicle_id: str) -> tuple[OdometerReading, ...]:
        """Return every reading, the newest first."""
        return self._store.vehicle_records.odometer(self.get(vehicle_id).id)

    def note_odometer(
        self,
        by: Actor,
        vehicle_id: str,
        km: int,
        *,
        read: datetime | None = None,
        told: Told = Told.TYPED,
        reason: str = "",
    ) -> VehicleRecord:
        """Note a reading; one that goes back against an earlier one needs its reason.

        Errors: FieldsRefused "odometer_refused" (km, read, reason), NotKept.
        """
        reading = OdometerReading("", vehicle_id, km, read, told, by.name, reason)
        return self._keeping.note_odometer(by, reading)

    def take_back_reading(
        self, by: Actor, vehicle_id: str, reading_id: str, *, reason: str = ""
    ) -> VehicleRecord:
        """Take back a reading that was noted wrong, by its id or an end of it of 4 or more.

        The newest of the others stands in the record then. Errors: NotKept, RecordDeleted.
        """
        return self._keeping.take_back_reading(by, vehicle_id, reading_id, reason)

    # Before anything was changed

    def set_baseline(
        self, by: Actor, vehicle_id: str, *, checkup: str = "", session: str = ""
    ) -> VehicleRecord:
        """Take a check-up and a dyno session as what all later ones are measured against.

        Empty ones stay as they are: the first of each, where nothing was chosen. Errors: NotKept.
        """
        return self._keeping.set_baseline(by, vehicle_id, checkup, session)

    # What was fitted

    def modifications(self, vehicle_id: str) -> tuple[Modification, ...]:
        """Return what was fitted, the newest first, also what was taken off again."""
        return self._store.vehicle_records.modifications(self.get(vehicle_id).id)

    def modify(self, by: Actor, modification: Modification) -> Modified:
        """Note what was fitted, or change what was noted where it has an id.

        Errors: FieldsRefused "modification_refused" (type, fitted, removed, price, …), NotKept,
        Changed.
        """
        return self._fitting.modify(by, modification)

    def take_off(
        self, by: Actor, modification_id: str, *, day: date | None = None, reason: str = ""
    ) -> Modification:
        """Note that something was taken off again. Errors: FieldsRefused, NotKept."""
        return self._fitting.take_off(by, modification_id, day, reason)

    def forget_modification(self, by: Actor, modification_id: str, *, reason: str = "") -> None:
        """Take back what was noted by mistake."""
        self._fitting.forget(by, modification_id, reason)

    def recommendations(self, vehicle_id: str) -> tuple[Recommendation, ...]:
        """Return what to see to because of all that is fitted now, the urgent first."""
        return self._fitting.recommendations(vehicle_id)

    # Photos and documents

    def attachments(self, vehicle_id: str = "", *, job_id: str = "") -> tuple[Attachment, ...]:
        """Return photos and documents of a vehicle, or of a job, the newest first."""
        return self._store.attachments.list(vehicle_id=vehicle_id, job_id=job_id)

    def attach(
        self,
        by: Actor,
        path: Path,
        *,
        vehicle_id: str = "",
        job_id: str = "",
        caption: str = "",
    ) -> Attachment:
        """Keep a photo (JPEG, PNG, WebP, GIF, TIFF) or document (PDF, text); 50 MB at most.

        Errors: AttachmentRefused (too large, another content than its name says, damaged, too many
        pixels), NotKept, DiskFull.
        """
        require(by, Act.KEEP_RECORDS)
        return attach(self._store, by, path, vehicle_id=vehicle_id, job_id=job_id, caption=caption)

    def detach(self, by: Actor, attachment_id: str, *, reason: str = "") -> None:
        """Take a photo or document away; its file goes when nothing on the lists names it."""
        require(by, Act.KEEP_RECORDS)
        detach(self._store, by, attachment_id, reason)

    def sweep_attachments(self) -> int:
        """Take away the files of photos and documents that nothing names; returns how many."""
        return self._store.attachments.sweep()

    def attachment_path(self, attachment_id: str) -> Path:
        """Return the file of a photo or document. Errors: NotKept where it is gone."""
        return self._store.attachments.path(self._store.attachments.get(attachment_id))

    def thumbnail(self, attachment_id: str, pixels: int = 256) -> bytes:
        """Return a small picture of a photo as PNG or JPEG, turned as it was taken.

        Empty for a document. Errors: NotKept.
        """
        one = self._store.attachments.get(attachment_id)
        if one.kind != "photo":
            return b""
        from cartech_desk.office.photos import thumbnail_of

        return thumbnail_of(self._store.attachments.path(one), pixels)

    # All that was ever done

    def timeline(
        self,
        vehicle_id: str,
        *,
        kinds: tuple[Happened, ...] = (),
        before: str = "",
        limit: int = 100,
    ) -> TimelinePage:
        """Return what happened to a vehicle, the newest first; `before` is a page's `older`."""
        record = self._store.vehicle_records.get(vehicle_id)
        return self._store.vehicle_records.timeline(
            record.id, kinds=kinds, before=before, limit=limit
        )

    def _with_firsts(self, record: VehicleRecord) -> VehicleRecord:
        """Return a record with the first check-up and session where no baseline was chosen."""
        if record.baseline_checkup and record.baseline_session:
            return record
        checkup, session = self._store.vehicle_records.firsts(record.id)
        return replace(
            record,
            baseline_checkup=record.baseline_checkup or checkup,
            baseline_session=record.baseline_session or session,
        )
