"""Takes the car that was met at hand; a VIN is never carried over to another car."""

from PySide6.QtCore import QObject

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts


class Meeting(QObject):
    """Follows the snapshots."""

    def __init__(self, desk: DeskParts, acts: Acts) -> None:
        super().__init__(acts)
        self._desk = desk
        self._acts = acts
        self._met: ConnectionStatus | None = None

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Look at who is connected."""
        connection = snapshot.connection
        before, self._met = self._met, connection
        if connection.state is not LinkState.CONNECTED or connection.car is None:
            return
        if before is not None and before.car == connection.car and before.url == connection.url:
            return
        vin, at_hand = connection.car.vin, self._acts.vehicle
        if vin is None:
            if at_hand is not None and at_hand.vin is not None:
                self._acts.take_vehicle(None)
                self._acts.say("This car does not tell its VIN: name the vehicle before recording.")
            return
        if at_hand is None or at_hand.vin != vin:
            in_background(
                lambda: self._desk.store.vehicles.by_vin(vin),
                self,
                self._acts.take_vehicle,
                self._acts.tell,
            )
