"""Vehicles: every one that the shop knows, with all that was ever done to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.jobs.job import OPEN, JobRow
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import (
    Attachment,
    Modification,
    OdometerReading,
    Recommendation,
    VehicleRecord,
)
from cartech_desk.domain.vehicles.timeline import Happened, TimelineEntry, TimelinePage
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.vehicle_words import OPENED_BY, VEHICLE_COLUMNS
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.pages.vehicles_acts import VehiclesActs
from cartech_desk.ui.widgets.attachment_list import AttachmentList
from cartech_desk.ui.widgets.vehicle_card import (
    FITTED,
    HISTORY,
    PHOTOS,
    VehicleActs,
    VehicleCard,
)
from cartech_desk.ui.widgets.vehicle_history import VehicleHistory
from cartech_desk.ui.widgets.vehicle_modifications import VehicleModifications

if TYPE_CHECKING:
    from cartech_desk.office.office import Office
    from cartech_desk.store.known_cars import KnownAdapter, KnownCar
    from cartech_desk.store.store import Store

_WIDTHS: Final = (560, 700)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of one vehicle beside its history."""

    record: VehicleRecord
    modifications: tuple[Modification, ...]
    recommendations: tuple[Recommendation, ...]
    attachments: tuple[Attachment, ...]
    readings: tuple[OdometerReading, ...]
    jobs: tuple[JobRow, ...]
    adapter: "KnownAdapter | None"
    car: "KnownCar | None"


class VehiclesPage(VehiclesActs):
    """Left every vehicle, right the chosen one with what is kept of it, in the order of time."""

    key = "vehicles"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._in_sight = ""
        self.record = VehicleRecord()
        self.make_list(
            VEHICLE_COLUMNS,
            self.room.list,
            self.room.get,
            "Search plate, VIN, name, maker or owner",
        )
        self.list.opened.connect(lambda _row: self.card.tabs.turn(HISTORY))
        self._make_card()
        self.put_together(
            _WIDTHS,
            "Every vehicle that is connected, recorded or entered here will be listed, with all "
            "that was ever done to it.",
        )
        acts.vehicle_changed.connect(lambda _vehicle: self._at_hand_changed())

    def _make_card(self) -> None:
        vehicles = self.desk.office.vehicles

        def timeline(number: str, kinds: tuple[Happened, ...], before: str) -> TimelinePage:
            return vehicles.timeline(number, kinds=kinds, before=before)

        self.history = VehicleHistory(timeline, self.acts.tell)
        self.history.opened.connect(self.open_entry)
        self.fitted = VehicleModifications(
            self.modify, self.change_modification, self.take_off, self.forget_modification
        )
        self.fitted.limits_wanted.connect(self.open_limits)
        self.photos = AttachmentList(vehicles.thumbnail, self.acts.tell)
        self.photos.added.connect(self.attach)
        self.photos.removed.connect(self.detach)
        self.photos.open_wanted.connect(self.open_attachment)
        self.card = VehicleCard(
            VehicleActs(
                self.take_at_hand,
                self.edit,
                self.open_job,
                self.read_from_car,
                self.note_odometer,
                self.take_back_reading,
                self.join,
                self.delete,
            ),
            self.history,
            self.fitted,
            self.photos,
            self.across,
        )
        self.card.owner_wanted.connect(lambda number: self.acts.go_to("customers", number))
        self.card.job_wanted.connect(lambda number: self.acts.go_to("jobs", number))
        self.card.baseline_wanted.connect(self.acts.go_to)

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("New vehicle", self.add, "Ctrl+N", "add enter car"),
            PageAction("Search vehicles", self.list.go_to_search, "Ctrl+F", "find plate vin name"),
            PageAction("Export the list of vehicles", self.export_list, "Ctrl+E", "csv excel"),
            PageAction("Read the list of vehicles anew", self.refresh, "F5", "refresh"),
            PageAction("Vehicles that may be here twice", self.show_doubles, "D", "double join"),
        ]
        if self.record.id:
            found += [
                PageAction("Make it the vehicle at hand", self.take_at_hand, "H", "choose use"),
                PageAction("Open a job for the vehicle", self.open_job, "J", "work order"),
                PageAction("Edit the vehicle", self.edit, "E", "change rename plate owner vin"),
                PageAction("Note a modification", self.modify, "M", "turbo fitted part tune"),
                PageAction("Note the odometer", self.note_odometer, "O", "mileage kilometres"),
                PageAction(
                    "Take back a reading of the odometer", self.take_back_reading, "", "wrong undo"
                ),
                PageAction("Read from the connected car", self.read_from_car, "", "vin identify"),
                PageAction("Add photos or documents", self.photos.choose_files, "P", "picture"),
                PageAction("Join with another vehicle", self.join, "", "double merge"),
                PageAction("Delete the vehicle", self.delete, "", "remove"),
                PageAction("Next part of the record", self.next_part, "Ctrl+PgDown", "tab"),
                PageAction("Part before of the record", self.part_before, "Ctrl+PgUp", "tab"),
                PageAction("Open what is chosen", self.open_chosen, "Ctrl+Return", "show"),
            ]
        return found

    def shown(self, what: object = None) -> None:
        """Read the list; `what` is the id of a vehicle, or ("fitted", its id)."""
        if isinstance(what, tuple):
            self.card.tabs.turn(FITTED)
            what = what[-1]
        wanted = what if isinstance(what, str) else ""
        if not wanted and not self._in_sight and self.acts.vehicle is not None:
            wanted = self.acts.vehicle.id
        self.list.refresh(wanted)

    # Reading

    @property
    def busy(self) -> bool:
        """Whether something is being read or done."""
        return super().busy or self.history.busy or self.photos.busy

    def show_nothing(self) -> None:
        """Show that no vehicle is chosen."""
        self.record, self._in_sight = VehicleRecord(), ""

    def show_record(self, record: VehicleRecord) -> None:
        """Show this vehicle; what is kept of it arrives later."""
        self.record = record
        at_hand = self.acts.vehicle is not None and self.acts.vehicle.id == record.id
        self.card.show_vehicle(record, at_hand=at_hand)
        if record.id != self._in_sight:
            self.card.show_jobs(())
            self.fitted.show_all((), ())
            self.photos.show_all(())
        self._in_sight = record.id
        self.card.show()
        self.history.show_vehicle(record.id)
        self.actions_changed.emit()

    def read_again(self) -> None:
        """Read the vehicle in sight and its line in the list anew."""
        self.list.refresh(self._in_sight)
        self.read(self._in_sight)

    def read(self, vehicle_id: str) -> None:
        """Read what is kept of a vehicle, in the background."""
        office, store = self.desk.office, self.desk.store
        self.reading.ask(lambda: _kept(office, store, vehicle_id), self._show_kept)

    def _show_kept(self, kept: _Kept) -> None:
        if kept.record != self.record:
            self.show_record(kept.record)
        self.card.show_jobs(kept.jobs)
        self.fitted.show_all(kept.modifications, kept.recommendations)
        self.photos.show_all(kept.attachments)
        self.card.facts.show_more(kept.readings, kept.adapter, kept.car)
        self.card.tabs.count(FITTED, sum(one.removed is None for one in kept.modifications))
        self.card.tabs.count(PHOTOS, len(kept.attachments))

    def _at_hand_changed(self) -> None:
        if self.isVisible() and self.record.id:
            self.show_record(self.record)

    def rights_changed(self) -> None:
        """Show what may be done by whoever is at the desk now."""
        why = self.why_not(Act.KEEP_RECORDS)
        self.card.show_rights(why, self.twice.why_not_join(), self.why_not(Act.DELETE))
        self.fitted.show_rights(why)
        self.photos.show_rights(why)
        self.show_primary_right(why, "Enter a vehicle by hand (Ctrl+N)")

    # What a person opens

    def open_entry(self, entry: TimelineEntry) -> None:
        """Open something that happened at its place."""
        if entry.kind in (Happened.MODIFICATION, Happened.REMOVAL):
            self.card.tabs.turn(FITTED)
        elif entry.kind in OPENED_BY:
            self.acts.go_to(OPENED_BY[entry.kind], entry.ref)

    def open_chosen(self) -> None:
        """Open the chosen line of the part in front."""
        part = self.card.tabs.key
        if part == HISTORY:
            self.history.open_chosen()
        elif part == FITTED:
            self.change_modification()
        elif part == PHOTOS:
            self.photos.open_chosen()

    def next_part(self) -> None:
        """Bring the next part of the record to the front."""
        self.card.tabs.turn_by(1)

    def part_before(self) -> None:
        """Bring the part before to the front."""
        self.card.tabs.turn_by(-1)

    def attach(self, files: Sequence[Path]) -> None:
        """Keep photos and documents with the vehicle, one after the other."""
        if not files or not self.record.id or self.refused(Act.KEEP_RECORDS):
            return
        vehicles, by, number = self.desk.office.vehicles, self.acts.actor, self.record.id
        first, rest = files[0], list(files[1:])

        def kept(_one: Attachment) -> None:
            self.attach(rest)
            self.read_again()

        def refused(error: BaseException) -> None:
            self.acts.tell(error)
            self.attach(rest)

        self.do(partial(vehicles.attach, by, first, vehicle_id=number), kept, refused)


def _kept(office: "Office", store: "Store", vehicle_id: str) -> _Kept:
    """Return what is kept of a vehicle; blocking."""
    vehicles = office.vehicles
    record = vehicles.get(vehicle_id)
    jobs, _ = office.jobs.list(vehicle_id=record.id, statuses=OPEN, limit=3)
    return _Kept(
        record,
        vehicles.modifications(record.id),
        vehicles.recommendations(record.id),
        vehicles.attachments(record.id),
        vehicles.odometer(record.id),
        jobs,
        store.known_cars.adapter_of(record.vin) if record.vin else None,
        store.known_cars.car(record.vin) if record.vin else None,
    )
