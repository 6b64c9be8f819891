"""Takes the car that was met at hand; a VIN is never carried over to another car."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.people import Act
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.shell.toasts import Answer, Toast, Toasts

if TYPE_CHECKING:
    from cartech_desk.store.vehicles import Vehicle

_REASON: Final = "The car told its VIN when it was connected."


class Meeting(QObject):
    """Follows the snapshots.

    A car whose VIN is new here may be the one at hand, of which only plate or name is known: that
    is asked, and until somebody says so it is another one. The question stays until it is answered,
    the car is let go, or another vehicle is taken at hand.
    """

    def __init__(self, desk: DeskParts, acts: Acts, toasts: Toasts) -> None:
        super().__init__(acts)
        self._desk = desk
        self._acts = acts
        self._toasts = toasts
        self._met: ConnectionStatus | None = None
        self._asked: tuple[Toast, Vehicle] | None = None
        acts.vehicle_changed.connect(self._take_back)

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Look at who is connected."""
        connection = snapshot.connection
        before, self._met = self._met, connection
        if connection.state is LinkState.DISCONNECTED:
            self._take_back(None)
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

            def met(vehicle: "Vehicle") -> None:
                self._acts.take_vehicle(vehicle)
                # Nobody has said yet whose car it is: it is called by its VIN.
                if at_hand is not None and at_hand.vin is None and vehicle.name == vin:
                    self._ask(at_hand, vehicle)

            in_background(lambda: self._desk.store.vehicles.by_vin(vin), self, met, self._acts.tell)

    def _ask(self, known: "Vehicle", met: "Vehicle") -> None:
        """Ask whether the car that was met is the one that was at hand."""
        if why_not(self._desk.office.session.now, Act.KEEP_RECORDS):
            return
        asked = question(
            known.name,
            lambda: self._make_one(known, met),
            lambda: self._acts.say(f"It is another one, and called {met.name} until it is named."),
        )
        self._asked = self._toasts.ask(*asked), met

    def _take_back(self, at_hand: "Vehicle | None") -> None:
        """Ask no more once the car that was met is not the one at hand."""
        if self._asked is not None and (at_hand is None or at_hand.id != self._asked[1].id):
            toast, self._asked = self._asked[0], None
            if toast in self._toasts.standing:
                toast.leave()

    def _make_one(self, known: "Vehicle", met: "Vehicle") -> None:
        office, store, by = self._desk.office, self._desk.store, self._acts.actor

        def work() -> "Vehicle":
            office.vehicles.join(by, known.id, met.id, reason=_REASON)
            return store.vehicles.get(known.id)

        def done(vehicle: "Vehicle") -> None:
            self._acts.take_vehicle(vehicle)
            self._acts.say(f"{vehicle.name} is at hand, and its VIN is known now.")

        in_background(work, self, done, self._acts.tell)


def question(
    name: str, yes: Callable[[], None], no: Callable[[], None]
) -> tuple[str, tuple[Answer, ...]]:
    """Return what is asked, and its answers with their keys."""
    return (
        f"The car that is connected is new here. Is it {name}?",
        (Answer("Yes, it is", yes, "Alt+Y"), Answer("No", no, "Alt+N")),
    )
