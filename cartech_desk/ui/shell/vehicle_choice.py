"""Which vehicle is at hand: pick one that the desk has met, or type a name."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.finder import Finder, Found, matching
from cartech_desk.ui.shell.top_bar import vehicle_words
from cartech_desk.ui.words import local_time


class VehicleChoice(QObject):
    """Asks in the finder; the typed name stands first unless it is a known one's."""

    def __init__(self, finder: Finder, desk: DeskParts, acts: Acts) -> None:
        super().__init__(finder)
        self._finder = finder
        self._desk = desk
        self._acts = acts
        self._known: tuple[Vehicle, ...] = ()
        acts.vehicle_changed.connect(self._answered)

    def open(self) -> None:
        """Ask for the vehicle at hand."""
        self._finder.open(
            self._find, "Type a name: a plate, a customer, a model.", self._acts.forget_waiting
        )
        in_background(self._desk.store.vehicles.list, self, self._arrived, self._acts.tell)

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
        if not name or name.casefold() in taken:
            return known
        new = Found(
            f"Use “{name}”",
            lambda: self._acts.name_vehicle(name),
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

    def _line(self, vehicle: Vehicle) -> Found:
        return Found(
            vehicle_words(vehicle),
            lambda: self._acts.take_vehicle(vehicle),
            detail=f"since {local_time(vehicle.created)}",
            kind="vehicle",
            icon="car",
            words=vehicle.vin or "",
        )
