"""Which vehicle is at hand: pick one that the desk has met, or type a name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.finder import Finder, Found, matching
from cartech_desk.ui.shell.office_search import OfficeSearch
from cartech_desk.ui.shell.top_bar import vehicle_words
from cartech_desk.ui.words import local_time

if TYPE_CHECKING:
    from cartech_desk.store.finding import Entry

_LAST_USED: Final = 60


class VehicleChoice(QObject):
    """Asks in the finder; the typed name stands first unless it is a known one's.

    The vehicles used last are there at once; all others are searched for each key.
    """

    def __init__(self, finder: Finder, desk: DeskParts, acts: Acts) -> None:
        super().__init__(finder)
        self._finder = finder
        self._desk = desk
        self._acts = acts
        self._known: tuple[Vehicle, ...] = ()
        self._office = OfficeSearch(finder, desk, acts, kinds=("vehicle",))
        acts.vehicle_changed.connect(self._answered)

    def open(self) -> None:
        """Ask for the vehicle at hand."""
        self._finder.open(
            self._find, "Type a name: a plate, a customer, a model.", self._acts.forget_waiting
        )
        self._office.make_ready()
        vehicles = self._desk.store.vehicles
        in_background(lambda: vehicles.list(limit=_LAST_USED), self, self._arrived, self._acts.tell)

    def _answered(self, vehicle: Vehicle | None) -> None:
        """Close where the car has told its VIN while a recording waited for a name."""
        if vehicle is not None and self._acts.waiting_for_vehicle and self._finder.asks(self._find):
            self._finder.close_answered()

    def _arrived(self, vehicles: tuple[Vehicle, ...]) -> None:
        self._known = vehicles
        if self._finder.isVisible():
            self._finder.refresh()

    def _find(self, typed: str) -> Sequence[Found]:
        name = " ".join(typed.split())
        known = matching([self._line(vehicle) for vehicle in self._known], typed)
        taken = {vehicle.name.casefold() for vehicle in self._known}
        listed = {vehicle.id for vehicle in self._known}
        others = [entry for entry in self._office.found(typed) if entry.ref not in listed]
        known += [self._kept_line(entry) for entry in others]
        taken |= {entry.title.casefold() for entry in others}
        if not name or name.casefold() in taken:
            return known
        new = Found(
            f"Use “{name}”",
            lambda: self._use(name),
            detail="a new vehicle of this name",
            icon="plus",
        )
        at_hand = self._acts.vehicle
        lines = [*known, new] if known else [new]
        if at_hand is not None:
            rename = Found(
                f"Call this vehicle “{name}”",
                lambda: self._acts.rename_vehicle(name),
                detail=vehicle_words(at_hand),
                icon="car",
            )
            # Whoever has read a VIN and types a name mostly wants to name that very car.
            lines.insert(0 if at_hand.vin == at_hand.name else len(lines), rename)
        return lines

    def _kept_line(self, entry: "Entry") -> Found:
        return Found(
            entry.title,
            lambda: self._take(entry.ref),
            detail=entry.detail,
            kind="vehicle",
            icon="car",
        )

    def _take(self, vehicle_id: str) -> None:
        vehicles = self._desk.store.vehicles
        in_background(
            lambda: vehicles.get(vehicle_id), self, self._acts.take_vehicle, self._acts.tell
        )

    def _use(self, name: str) -> None:
        """Take the vehicle of this name: one of long ago may not have been found so quickly."""
        vehicles = self._desk.store.vehicles

        def came(vehicle: Vehicle | None) -> None:
            if vehicle is not None:
                self._acts.take_vehicle(vehicle)
            else:
                self._acts.name_vehicle(name)

        in_background(lambda: vehicles.called_so(name), self, came, self._acts.tell)

    def _line(self, vehicle: Vehicle) -> Found:
        return Found(
            vehicle_words(vehicle),
            lambda: self._acts.take_vehicle(vehicle),
            detail=f"since {local_time(vehicle.created)}",
            kind="vehicle",
            icon="car",
            words=vehicle.vin or "",
        )
