"""Connect: what was found, what it is, one press, and words that help when it fails."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.offers import (
    ON_ROLLERS,
    NotAnAddress,
    Offer,
    arranged,
    checked_url,
    remember,
    used_before,
    wifi_url,
)
from cartech_desk.ui.models.plugged_in import plugged_in, usual_wifi
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.connection_panel import ConnectionPanel
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.offer_row import OfferRow
from cartech_desk.ui.words import for_window

if TYPE_CHECKING:
    from cartech_desk.domain.vehicles.record import VehicleRecord
    from cartech_desk.store.vehicles import Vehicle

_LOOK_AGAIN_MS = 3000
_ADDRESS_WIDTH = 340
_FREE = (LinkState.DISCONNECTED,)


class ConnectPage(Page):
    """Ports are listed in the background while the page is in front and nothing is connected."""

    key = "connect"

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        parent: QWidget | None = None,
        *,
        find: Callable[[], Sequence[Offer]] = plugged_in,
    ) -> None:
        super().__init__(desk, acts, parent)
        self._find = find
        self._looking = False
        self._found: Sequence[Offer] = ()
        self._usual: Sequence[Offer] = ()
        self._used: list[str] = []
        self._offers: list[Offer] | None = None
        self._url = ""
        self._put_away: ConnectionStatus | None = None
        self._named: tuple[Vehicle | None, str] = (None, "")
        self._naming = NewestOnly(self, acts.tell)
        self.rows: list[OfferRow] = []
        self.panel = ConnectionPanel()
        self.panel.cancel_pressed.connect(self.let_go)
        self.panel.again_pressed.connect(lambda: self.connect_to(self._url))
        self.panel.disconnect_pressed.connect(self.let_go)
        self.panel.anew_pressed.connect(self.ask_anew)
        self.look_button = QPushButton("Look again")
        self.look_button.clicked.connect(self.look)
        self.add_to_header(self.look_button)
        self.live_button = self.set_primary("Go to Live", lambda: acts.go_to("live"))
        self.live_button.hide()
        columns = QHBoxLayout()
        columns.setSpacing(Space.L)
        columns.addWidget(self._left_column(), 6)
        columns.addWidget(self.panel, 5)
        self.body.addLayout(columns, 1)
        self._again = QTimer(self)
        self._again.setInterval(_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look_if_free)

    def _left_column(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, Space.S, 0)
        column.setSpacing(Space.M)
        head = QLabel("Found here")
        head.setProperty("role", "heading")
        column.addWidget(head)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.S)
        column.addLayout(self._list)
        self.nothing = QLabel(
            "No adapter is plugged in here. Plug one in: it appears by itself. "
            "A Wi-Fi adapter is reached by its address, below."
        )
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        column.addWidget(self.nothing)
        head = QLabel("Another way")
        head.setProperty("role", "heading")
        column.addWidget(head)
        self.wifi = self._address_field(
            "Wi-Fi adapter",
            "192.168.0.10:35000",
            "Join the adapter's own network first. Without a port, 35000 is taken.",
            self._connect_wifi,
        )
        self.address = self._address_field(
            "Adapter address",
            "can:slcan:/dev/ttyACM0?bitrate=500000",
            "A CAN interface (can:INTERFACE:CHANNEL), or a port by its name (elm327:COM5).",
            self._connect_address,
        )
        column.addWidget(self._card(self.wifi))
        column.addWidget(self._card(self.address))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        return scroll

    @staticmethod
    def _card(field: Field) -> QFrame:
        card = QFrame()
        card.setProperty("card", "true")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(Space.L, Space.M, Space.M, Space.M)
        inside.addWidget(field)
        return card

    @staticmethod
    def _address_field(
        label: str, example: str, help_words: str, connect: Callable[[], None]
    ) -> Field:
        line = QLineEdit()
        line.setPlaceholderText(example)
        line.setMinimumWidth(_ADDRESS_WIDTH)
        field = Field(label, line, help_words=help_words, error_below=True)
        button = QPushButton("Connect")
        button.setAccessibleName(f"Connect by {label}")
        button.clicked.connect(lambda _checked=False: connect())
        field.beside.setStretch(0, 1)
        field.beside.insertWidget(1, button)
        line.returnPressed.connect(connect)
        line.textEdited.connect(lambda _text: field.show_error(""))
        return field

    # Looking

    def shown(self, what: object = None) -> None:
        """Look at once, and again every few seconds."""
        del what
        self.look()
        self._again.start()

    def hidden(self) -> None:
        """Look no more."""
        self._again.stop()

    def _look_if_free(self) -> None:
        if self.desk.bay.snapshot().connection.state in _FREE:
            self.look()

    def look(self) -> None:
        """List ports in the background; a listing under way is not doubled."""
        if self._looking:
            return
        self._looking = True
        self.look_button.setEnabled(False)

        def read() -> tuple[Sequence[Offer], Sequence[Offer], list[str]]:
            return self._find(), usual_wifi(), used_before(self.desk.store.layouts)

        in_background(read, self, self._listed, self._not_listed)

    def _listed(self, read: tuple[Sequence[Offer], Sequence[Offer], list[str]]) -> None:
        self._done_looking()
        self._found, self._usual, self._used = read
        self._show_offers()

    def _not_listed(self, error: BaseException) -> None:
        self._done_looking()
        self._again.stop()
        self._show_offers()
        self.acts.tell(error)

    def _done_looking(self) -> None:
        self._looking = False
        self.look_button.setEnabled(True)

    def _show_offers(self) -> None:
        offers = arranged(self._found, self._used, self._usual)
        self.nothing.setVisible(not self._found)
        if offers == self._offers:
            self._lead_on()
            return  # rows that stand are left alone: somebody may be about to press one
        self._offers = offers
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [
            OfferRow(offer, first=index == 0 and offer.likely) for index, offer in enumerate(offers)
        ]
        for row in self.rows:
            row.chosen.connect(self.connect_to)
            self._list.addWidget(row)
        self._lead_on()
        self._allow_rows(self.desk.bay.snapshot().connection)

    def _lead_on(self) -> None:
        """Let Enter be enough where everything is as last time, and no other place has the keys."""
        free = self.desk.bay.snapshot().connection.state in _FREE
        if free and self.hasFocus() and self._offers and self._offers[0].likely:
            self.rows[0].button.setFocus()

    # Connecting

    def _connect_wifi(self) -> None:
        line: QLineEdit = self.wifi.editor
        try:
            url = wifi_url(line.text())
        except NotAnAddress as error:
            self.wifi.show_error(str(error))
            self._put_failure_away()
            return
        self.wifi.show_error("")
        self.connect_to(url)

    def _connect_address(self) -> None:
        line: QLineEdit = self.address.editor
        try:
            url = checked_url(line.text())
        except (NotAnAddress, CarTechError) as error:
            self.address.show_error(for_window(str(error)))
            self._put_failure_away()
            return
        self.address.show_error("")
        self.connect_to(url)

    def connect_to(self, url: str, *, anew: bool = False) -> None:
        """Connect; what is connected now is let go first. `anew` takes nothing from last time."""
        if self.desk.bay.snapshot().connection.state in _FREE:
            self._begin(url, anew=anew)
        else:
            when_done(
                self.desk.bay.disconnect(),
                self,
                lambda _done: self._begin(url, anew=anew),
                self.acts.tell,
            )

    def ask_anew(self) -> None:
        """Connect to the same car again and ask it everything."""
        snapshot = self.desk.bay.snapshot()
        if self.acts.locked:
            return
        if snapshot.connection.state is not LinkState.CONNECTED:
            self.acts.say("Connect to a car first.")
        elif snapshot.recording.id:
            self.acts.say("A recording runs: stop it first (Ctrl+R), asking would tear a gap.")
        else:
            self.connect_to(snapshot.connection.url, anew=True)

    def _begin(self, url: str, *, anew: bool = False) -> None:
        self._url = url
        try:
            future = self.desk.bay.connect(url, anew=anew)
        except CarTechError as error:
            self.acts.tell(error)
            self._put_failure_away()
            return
        self._put_away = None
        when_done(future, self, self._connected, self._failed)
        self.tick(self.desk.bay.snapshot())

    def _put_failure_away(self) -> None:
        """Take away how an older attempt failed: something new was tried since."""
        snapshot = self.desk.bay.snapshot()
        self._put_away = snapshot.connection
        self.tick(snapshot)

    def _connected(self, status: ConnectionStatus) -> None:
        url = status.url
        in_background(
            lambda: remember(self.desk.store.layouts, url),
            self,
            self._remembered,
            self.acts.tell,
        )
        self.tick(self.desk.bay.snapshot())
        if self.isVisible():
            self.live_button.setFocus()

    def _remembered(self, used: list[str]) -> None:
        self._used = used
        self._show_offers()

    def _failed(self, error: BaseException) -> None:
        # A person's error stands in the snapshot, with its words; only a bug is told apart.
        if isinstance(error, CarTechError):
            self.tick(self.desk.bay.snapshot())
            if self.isVisible():
                self.panel.failed.again.setFocus()
        else:
            self.acts.tell(error)

    def let_go(self) -> None:
        """Disconnect, or end the attempt under way."""
        when_done(self.desk.bay.disconnect(), self, lambda _done: None, self.acts.tell)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show the connection."""
        connection = snapshot.connection
        self._url = connection.url or self._url
        told = connection
        if connection.state is LinkState.DISCONNECTED and connection == self._put_away:
            told = ConnectionStatus()
        self.panel.show_connection(told, snapshot.now_ns, self._car_name(connection))
        self.live_button.setVisible(connection.state is LinkState.CONNECTED)
        self._allow_rows(connection)

    def _car_name(self, connection: ConnectionStatus) -> str:
        """Return name and plate of the car that is connected; empty while nobody knows them."""
        at_hand = self.acts.vehicle
        vin = connection.car.vin if connection.car is not None else None
        if at_hand is None or at_hand.vin != vin:
            return ""
        if self._named[0] != at_hand:
            named = "" if at_hand.name == vin else at_hand.name
            self._named = at_hand, named
            vehicles = self.desk.office.vehicles
            self._naming.ask(
                lambda: (at_hand, name_and_plate(vehicles.get(at_hand.id))), self._name_known
            )
        return self._named[1]

    def _name_known(self, found: "tuple[Vehicle, str]") -> None:
        if found[0] == self._named[0]:
            self._named = found
            self.tick(self.desk.bay.snapshot())

    def _allow_rows(self, connection: ConnectionStatus) -> None:
        busy = connection.state is LinkState.CONNECTING
        for row in self.rows:
            here = row.offer.url == connection.url and connection.state not in _FREE
            row.allow(possible=not busy and not here, connected=here and not busy)

    def actions(self) -> tuple[PageAction, ...]:
        """Return looking, the simulated car, and letting go."""
        return (
            PageAction("Look for adapters again", self.look, "F5", "refresh ports"),
            PageAction(
                "Ask the car everything anew",
                self.ask_anew,
                "Ctrl+Shift+F5",
                "forget known remembered identify again",
            ),
            PageAction("Connect to the simulated car", lambda: self.connect_to("sim:"), "", "demo"),
            PageAction(
                "Connect to the simulated car on the rollers",
                lambda: self.connect_to(ON_ROLLERS.url),
                "",
                "demo dyno",
            ),
        )


def name_and_plate(record: "VehicleRecord") -> str:
    """Return how people call a vehicle; empty where only its VIN is known."""
    name = "" if record.name == record.vin else record.name
    plate = "" if record.plate in name else record.plate
    return " · ".join(filter(None, (name, plate)))
