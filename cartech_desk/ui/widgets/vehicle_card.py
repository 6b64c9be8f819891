"""One vehicle: who it is, and behind tabs what happened to it, what was fitted, its record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.jobs.job import JobRow
from cartech_desk.domain.vehicles.record import OdometerReading, VehicleRecord
from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.ui.models.vehicle_words import reading_words, record_words, vin_words
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_tabs import (
    RecordTabs,
    button,
    head_card,
    menu_button,
    plain_label,
    row_of,
    say,
    show_choice_rights,
    show_right,
    stacked,
)
from cartech_desk.ui.words import local_time, wire_name

HISTORY: Final = "history"
FITTED: Final = "fitted"
RECORD: Final = "record"
PHOTOS: Final = "photos"
_TAKE_BACK_TIP: Final = "A reading that the odometer never showed"


@dataclass(frozen=True, slots=True)
class VehicleActs:
    """What the card's buttons do."""

    take: Callable[[], None]
    edit: Callable[[], None]
    open_job: Callable[[], None]
    read_from_car: Callable[[], None]
    note_odometer: Callable[[], None]
    take_back_reading: Callable[[], None]
    join: Callable[[], None]
    delete: Callable[[], None]


class VehicleCard(QWidget):
    """Shows a VehicleRecord; its parts are put in by the page."""

    owner_wanted = Signal(str)
    job_wanted = Signal(str)
    baseline_wanted = Signal(str, str)
    """A page and the id of the check-up or session to be opened there."""

    def __init__(
        self,
        acts: VehicleActs,
        history: QWidget,
        fitted: QWidget,
        photos: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.record = VehicleRecord()
        self.name = ElidedLabel("title")
        self.at_hand = LampLabel(State.CONNECTED, "at hand")
        self.plate = QLabel()
        self.plate.setTextFormat(Qt.TextFormat.PlainText)
        self.plate.setProperty("part", "headline")
        self.take = button("Make it the vehicle at hand  H", acts.take)
        self.edit = button("Edit…  E", acts.edit)
        self.job = button("Open a job…  J", acts.open_job)
        self.more = menu_button(
            "More",
            (
                ("Read from the connected car", acts.read_from_car),
                ("Note the odometer…", acts.note_odometer),
                ("Take back a reading of the odometer…", acts.take_back_reading),
                ("Join with another vehicle…", acts.join),
                ("Delete the vehicle", acts.delete),
            ),
            "What else can be done with it",
        )
        self.about = plain_label()
        self.vin = QLabel()
        self.vin.setTextFormat(Qt.TextFormat.PlainText)
        self.vin.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.check = LampLabel(State.OFF, "")
        self.why = plain_label("help")
        self.owner = button("", lambda: self.owner_wanted.emit(self.record.owner_id), role="link")
        self.open_job = button("", self._open_job, role="link")
        self._job_id = ""
        self.facts = _Facts(self.baseline_wanted.emit, acts.take_back_reading)
        self.tabs = RecordTabs("Parts of the vehicle's record", self)
        self.tabs.put(HISTORY, "History", history)
        self.tabs.put(FITTED, "Modifications", fitted)
        self.tabs.put(RECORD, "Record", self.facts)
        self.tabs.put(PHOTOS, "Photos and documents", photos)
        self._lay_out()
        theme_changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        number = QHBoxLayout()
        number.setSpacing(Space.M)
        for widget in (self.plate, self.vin):
            number.addWidget(widget)
        number.addWidget(self.check, 1)
        links = row_of(self.owner, self.open_job)
        links.setSpacing(Space.M)
        card = head_card(
            (self.name, self.at_hand),
            (number, self.why, self.about, links),
            (self.job, self.edit, self.take, self.more),
        )
        stacked(self, card, self.tabs)

    def _dress(self) -> None:
        self.edit.setIcon(icon("pencil"))
        self.take.setIcon(icon("car"))
        self.job.setIcon(icon("jobs"))
        self.owner.setIcon(icon("customer", "accent"))
        self.open_job.setIcon(icon("jobs", "accent"))

    def show_vehicle(self, record: VehicleRecord, *, at_hand: bool) -> None:
        """Show this vehicle."""
        self.record = record
        self.name.say(record.name)
        say(self.plate, record.plate)
        say(self.vin, record.vin or "")
        state, word, why = vin_words(record)
        self.check.show_state(state, word)
        say(self.why, why if record.vin and state is not State.CONNECTED else "")
        say(self.about, record_words(record))
        self.owner.setText(record.owner)
        self.owner.setToolTip("Open the customer")
        self.owner.setVisible(bool(record.owner_id))
        self.at_hand.setVisible(at_hand)
        self.take.setVisible(not at_hand)
        self.facts.show_record(record)

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show the open job of the vehicle, where there is one."""
        self._job_id = rows[0].id if rows else ""
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        said = f"Job {rows[0].number} is open: {rows[0].title}{more}" if rows else ""
        self.open_job.setText(said)
        self.open_job.setVisible(bool(said))

    def show_rights(self, why: str, why_join: str, why_delete: str) -> None:
        """Let who may change, join or delete it; each says why not."""
        show_right(self.edit, why, "Change the record (E)")
        show_right(self.job, why, "Open a job for it at the counter (J)")
        show_choice_rights(self.more, (why, why, why, why_join, why_delete))
        show_right(self.facts.take_back, why, _TAKE_BACK_TIP)

    def _open_job(self) -> None:
        if self._job_id:
            self.job_wanted.emit(self._job_id)


class _Facts(QScrollArea):
    """All fields of the record, the baseline, readings of the odometer, how it was met last."""

    def __init__(
        self, open_baseline: Callable[[str, str], None], take_back: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, Space.S, Space.M, Space.S)
        column.setSpacing(Space.M)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(Space.L)
        self._form.setVerticalSpacing(Space.S)
        column.addLayout(self._form)
        self._labels: dict[str, QLabel] = {}
        for name in ("Make and model", "Year", "Engine", "Fuel", "Colour", "Plate", "VIN", "Note"):
            made = plain_label()
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            head = plain_label("muted", name)
            self._form.addRow(head, made)
            self._labels[name] = made
        self._record = VehicleRecord()
        column.addWidget(plain_label("heading", "Before anything was changed"))
        self.checkup = button(
            "First check-up", lambda: open_baseline("faults", self._record.baseline_checkup)
        )
        self.session = button(
            "First dyno session", lambda: open_baseline("dyno", self._record.baseline_session)
        )
        column.addLayout(row_of(self.checkup, self.session))
        self.no_baseline = plain_label(
            "muted", "The first check-up and the first dyno session will be its baseline."
        )
        column.addWidget(self.no_baseline)
        column.addWidget(plain_label("heading", "Odometer"))
        self.readings = plain_label()
        column.addWidget(self.readings)
        self.take_back = button("Take a reading back…", take_back, _TAKE_BACK_TIP)
        column.addLayout(row_of(self.take_back))
        self.met_heading = plain_label("heading", "Met")
        self.met = plain_label("muted")
        column.addWidget(self.met_heading)
        column.addWidget(self.met)
        column.addStretch(1)
        self.setWidget(inner)
        self.show_more((), None, None)

    def show_record(self, record: VehicleRecord) -> None:
        """Show the fields."""
        from cartech_desk.domain.fuels import fuels

        self._record = record
        fuel = fuels().get(record.fuel)
        told = {
            "Make and model": " ".join(filter(None, (record.make, record.model))),
            "Year": str(record.year or ""),
            "Engine": record.engine,
            "Fuel": fuel.label if fuel is not None else record.fuel,
            "Colour": record.colour,
            "Plate": record.plate,
            "VIN": record.vin or "",
            "Note": record.note,
        }
        for name, words in told.items():
            self._labels[name].setText(words)
            self._form.setRowVisible(self._labels[name], bool(words))
        self.checkup.setVisible(bool(record.baseline_checkup))
        self.session.setVisible(bool(record.baseline_session))
        self.no_baseline.setVisible(not (record.baseline_checkup or record.baseline_session))

    def show_more(
        self,
        readings: Sequence[OdometerReading],
        adapter: KnownAdapter | None,
        car: KnownCar | None,
    ) -> None:
        """Show readings of the odometer, and through what the car was met last."""
        lines = map(reading_words, readings)
        self.readings.setText("\n".join(lines) or "Never read.")
        self.take_back.setVisible(bool(readings))
        words = met_words(adapter, car)
        say(self.met, words)
        self.met_heading.setVisible(bool(words))


def met_words(adapter: KnownAdapter | None, car: KnownCar | None) -> str:
    """Say through what a car was met last."""
    said = []
    if adapter is not None:
        said.append(f"Last met through {wire_name(adapter.url)}, {local_time(adapter.seen)}.")
    elif car is not None:
        said.append(f"Last met {local_time(car.seen)}.")
    if car is not None:
        link = car.identification.get("link")
        protocol = link.get("protocol", "") if isinstance(link, dict) else ""
        if protocol:
            said.append(f"{protocol}.")
        said.append("The next connection begins with what is known of it.")
        said += car.quirks
    return " ".join(said)
