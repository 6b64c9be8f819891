"""Vehicles that this desk has met, and what is kept of each: check-ups, recordings, runs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.vin import check_vin
from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.store.store import Store
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.checkup_rows import Explain, severities_of
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.vehicle_list import VehicleRow
from cartech_desk.ui.models.vehicle_timeline import TimelineRow, timeline
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.name_form import NameForm
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.widgets.vehicle_card import VehicleCard
from cartech_desk.ui.widgets.vehicle_list import VehicleList
from cartech_desk.ui.words import counted

_KEPT: Final = ("columns", "vehicles")
_WIDTHS: Final = (630, 632)
_MOST: Final = 20_000
"""Check-ups that are counted; more would be years of a large shop."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of one vehicle."""

    rows: tuple[TimelineRow, ...]
    adapter: KnownAdapter | None
    car: KnownCar | None


class VehiclesPage(Page):
    """Left every vehicle, right the chosen one with what is kept of it, in the order of time."""

    key = "vehicles"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._listing = NewestOnly(self, acts.tell)
        self._reading = NewestOnly(self, acts.tell)
        self._columns = ""
        self._remembered = False
        self._wanted = ""
        self._in_sight = ""
        self.form: NameForm | None = None
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.add_to_header(self.count, left=True)
        self.list = VehicleList()
        self.list.chosen_changed.connect(self._chosen_changed)
        self.card = VehicleCard(self.rename, self.take_at_hand)
        self.card.open_wanted.connect(lambda row: acts.go_to(row.page, row.opens))
        self.across = Split(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(Space.L)
        self.across.addWidget(self.list)
        self.across.addWidget(self.card)
        self.across.setSizes(list(_WIDTHS))
        self.empty = EmptyPage(
            "Every vehicle that is connected, recorded or checked up here will be listed, with "
            "all that is kept of it.",
            "Connect to a car",
            lambda: acts.go_to("connect"),
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.across)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)
        acts.vehicle_changed.connect(lambda _vehicle: self._at_hand_changed())

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Search vehicles", self.search, "Ctrl+F", "find filter vin name"),
            PageAction("Read the list of vehicles anew", self.refresh, "F5", "refresh"),
        ]
        if self.list.chosen() is not None:
            found += [
                PageAction("Make it the vehicle at hand", self.take_at_hand, "H", "choose use"),
                PageAction("Rename the vehicle", self.rename, "R", "name plate"),
                PageAction("Open what is chosen", self.card.open_chosen, "Ctrl+Return", "show"),
            ]
        return found

    def shown(self, what: object = None) -> None:
        """Read the list; `what` is the id of a vehicle."""
        if isinstance(what, str):
            self._wanted = what
        elif not self._in_sight and self.acts.vehicle is not None:
            self._wanted = self.acts.vehicle.id
        self.refresh()

    def hidden(self) -> None:
        """Remember the columns."""
        columns = self.list.columns_state()
        if self._remembered and columns != self._columns:
            self._columns = columns
            try:
                # At once, not in the background: the desk may be closing.
                self.desk.store.layouts.save(*_KEPT, {"columns": columns})
            except CarTechError as error:
                self.acts.tell(error)

    # Reading

    def refresh(self) -> None:
        """Read the list anew, in the background."""
        store, first = self.desk.store, not self._remembered

        def work() -> tuple[tuple[VehicleRow, ...], str]:
            found = (store.layouts.load(*_KEPT) or {}).get("columns", "") if first else ""
            return _rows(store), found if isinstance(found, str) else ""

        self._listing.ask(work, self._listed)

    def _listed(self, found: tuple[tuple[VehicleRow, ...], str]) -> None:
        rows, columns = found
        if not self._remembered:
            self._remembered = True
            if columns:
                self.list.restore_columns(columns)
            self._columns = self.list.columns_state()
        self.count.setText(counted(len(rows), "vehicle") if rows else "")
        wanted, self._wanted = self._wanted, ""
        self.list.show_vehicles(rows, wanted)
        self.pages.setCurrentWidget(self.across if rows else self.empty)
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        row = self.list.chosen()
        self.card.setVisible(row is not None)
        self.actions_changed.emit()
        if row is None:
            self._in_sight = ""
            return
        at_hand = self.acts.vehicle is not None and self.acts.vehicle.id == row.vehicle.id
        self.card.show_vehicle(row, at_hand=at_hand)
        if row.vehicle.id != self._in_sight:
            self.card.show_kept((), None, None)
            self.card.nothing.hide()
        self._in_sight = row.vehicle.id
        store, bay, vehicle = self.desk.store, self.desk.bay, row.vehicle
        self._reading.ask(
            lambda: _kept(store, vehicle, lambda: bay.faults.meaning),
            lambda kept: self.card.show_kept(kept.rows, kept.adapter, kept.car),
        )

    def _at_hand_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    # What a person does

    def search(self) -> None:
        """Go to the search field."""
        self.list.search.setFocus()
        self.list.search.selectAll()

    def take_at_hand(self) -> None:
        """Make the chosen vehicle the one at hand."""
        row = self.list.chosen()
        if row is None or self.acts.locked:
            return
        self.acts.take_vehicle(row.vehicle)
        self.acts.say(f"{row.name} is at hand now.")
        self._chosen_changed()

    def rename(self) -> None:
        """Give the chosen vehicle another name."""
        row = self.list.chosen()
        if row is None or self.acts.locked:
            return
        vehicle, store = row.vehicle, self.desk.store

        def take(name: str) -> None:
            in_background(
                lambda: store.vehicles.rename(vehicle.id, name),
                self,
                self._renamed,
                self.acts.tell,
            )

        self.form = NameForm(f"Rename {row.name}", row.name, take, self)
        self.form.open()

    def _renamed(self, vehicle: Vehicle) -> None:
        if self.acts.vehicle is not None and self.acts.vehicle.id == vehicle.id:
            self.acts.take_vehicle(vehicle)
        self.acts.say(f"It is called {vehicle.name} now.")
        self.refresh()


def _rows(store: Store) -> tuple[VehicleRow, ...]:
    """Return every vehicle with how much is kept of it; blocking."""
    from cartech_desk.bay.vin_facts import vin_facts  # its tables are read in with the first

    checkups = Counter(one.vehicle_id for one in store.checkups.list(limit=_MOST))
    recordings = Counter(one.vehicle_id for one in store.recordings.list())
    cars = {session.id: session.vehicle_id for session in store.dyno.sessions()}
    runs = Counter(cars.get(run.session, "") for run in store.dyno.all_runs())
    return tuple(
        VehicleRow(
            vehicle,
            check_vin(vehicle.vin) if vehicle.vin else None,
            vin_facts(vehicle.vin).words if vehicle.vin else "",
            checkups[vehicle.id],
            recordings[vehicle.id],
            runs[vehicle.id],
        )
        for vehicle in store.vehicles.list()
    )


def _kept(store: Store, vehicle: Vehicle, explain: Callable[[], Explain]) -> _Kept:
    """Return what is kept of a vehicle; blocking."""
    sessions = {one.id: one for one in store.dyno.sessions() if one.vehicle_id == vehicle.id}
    runs = [
        (run, sessions[run.session]) for run in store.dyno.all_runs() if run.session in sessions
    ]
    recordings = [one for one in store.recordings.list() if one.vehicle_id == vehicle.id]
    checkups = store.checkups.list(vehicle.id)
    rows = timeline(checkups, recordings, runs, severities_of(checkups, explain))
    adapter = store.known_cars.adapter_of(vehicle.vin) if vehicle.vin else None
    car = store.known_cars.car(vehicle.vin) if vehicle.vin else None
    return _Kept(rows, adapter, car)
