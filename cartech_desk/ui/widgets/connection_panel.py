"""The connection in words: what is being done, what went wrong, or who is connected."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.ui.theme.states import LINK_STATES, State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.words import for_window, wire_name

_NOT_TOLD = "not told by the car"


def _label(words: str = "", role: str = "") -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


class _Idle(QWidget):
    """Nothing is connected."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(LampLabel(State.OFF, "Nothing is connected"))
        for number, step in enumerate(
            (
                "Plug the adapter into the car's OBD socket, and into this computer.",
                "Switch the ignition on; the engine may stay off.",
                "Press Connect beside the adapter. The rest is found by itself.",
            ),
            1,
        ):
            column.addWidget(_label(f"{number}.  {step}", "muted"))
        column.addStretch(1)


class _Working(QWidget):
    """An attempt under way: the steps so far, and a way out."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self.lamp = LampLabel(State.CONNECTING)
        column.addWidget(self.lamp)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName("Connecting")
        column.addWidget(bar)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(Space.XS)
        column.addLayout(self._steps)
        self.cancel = QPushButton("Cancel")
        column.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._shown: list[tuple[str, LampLabel]] = []

    def show_connection(self, connection: ConnectionStatus, now_ns: int) -> None:
        seconds = max(0, int((now_ns - connection.since_ns) / 1e9))
        self.lamp.show_state(
            State.CONNECTING, f"Connecting to {wire_name(connection.url)}, {seconds} s"
        )
        step = connection.step
        if step and (not self._shown or self._shown[-1][0] != step):
            if self._shown:
                done, line = self._shown[-1]
                line.show_state(State.CONNECTED, done)
            line = LampLabel(State.CONNECTING, step)
            self._steps.addWidget(line)
            self._shown.append((step, line))

    def begin(self) -> None:
        for _, line in self._shown:
            self._steps.removeWidget(line)
            line.deleteLater()
        self._shown.clear()


class _Failed(QWidget):
    """What went wrong and what to do."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self.lamp = LampLabel(State.WARNING)
        column.addWidget(self.lamp)
        self.happened = _label(role="title")
        self.to_do = _label()
        column.addWidget(self.happened)
        column.addWidget(self.to_do)
        self.again = QPushButton("Try again")
        self.again.setProperty("role", "primary")
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_connection(self, connection: ConnectionStatus) -> None:
        self.lamp.show_state(State.WARNING, f"{wire_name(connection.url)} is not connected")
        self.happened.setText(connection.happened)
        self.to_do.setText(for_window(connection.to_do))


class _Connected(QWidget):
    """Who is connected: the adapter, the way to the car, the car."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self.lamp = LampLabel(State.CONNECTED)
        column.addWidget(self.lamp)
        self.name = _label(role="reading")
        self.vin = _label(role="muted")
        for line in (self.name, self.vin):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(line)
        inner = QWidget()
        facts = QVBoxLayout(inner)
        facts.setContentsMargins(0, 0, Space.S, 0)
        facts.setSpacing(Space.M)
        self.warnings = _label(role="warning")
        self.warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts.addWidget(self.warnings)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(1, 1)
        facts.addLayout(self._grid)
        facts.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("What is known of adapter and car")
        scroll.setWidget(inner)
        column.addWidget(scroll, 1)
        self.disconnect_button = QPushButton("Disconnect")
        self.anew = QPushButton("Ask the car everything anew")
        self.anew.setToolTip(
            "A car that was met before is not asked all of it again: after a control unit was "
            "changed or written, ask (Ctrl+Shift+F5)"
        )
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.disconnect_button)
        foot.addWidget(self.anew)
        foot.addStretch(1)
        column.addLayout(foot)
        self._shown: object = None

    def show_connection(self, connection: ConnectionStatus, name: str) -> None:
        state = LINK_STATES[connection.state]
        words = f"{connection.state.value.capitalize()}: {wire_name(connection.url)}"
        if connection.state is LinkState.CONNECTED and connection.polling_rests:
            state, words = State.CONNECTING, f"Reading faults: {wire_name(connection.url)}"
        self.lamp.show_state(state, words)
        self.anew.setEnabled(connection.state is LinkState.CONNECTED)
        facts = (connection.adapter, connection.link, connection.car, name)
        if facts == self._shown:
            return
        self._shown = facts
        car = connection.car
        vin = car.vin if car is not None else None
        self.name.setText(name or vin or "No VIN")
        self.vin.setText(f"VIN {vin}" if vin else "No VIN")
        self.vin.setVisible(bool(name))
        warnings = list(car.warnings) if car is not None else []
        if not vin and not name:
            warnings.insert(0, "This car does not tell its VIN: name the vehicle in the top bar.")
        self.warnings.setText("\n".join(f"▲ {warning}" for warning in warnings))
        self.warnings.setVisible(bool(warnings))
        self._fill(connection)

    def _fill(self, connection: ConnectionStatus) -> None:
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(connection_facts(connection)):
            self._grid.addWidget(_label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            words = _label(value)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(words, row, 1)


def connection_facts(connection: ConnectionStatus) -> list[tuple[str, str]]:
    """Return what is known of adapter, link and ECUs, as name and words."""
    facts: list[tuple[str, str]] = []
    adapter, link, car = connection.adapter, connection.link, connection.car
    if adapter is not None:
        facts.append(("Adapter", f"{adapter.chip}, firmware {adapter.firmware or 'not told'}"))
        facts.append(("Its quirks", "; ".join(adapter.quirks) or "none met"))
    if link is not None:
        facts.append(("Protocol", link.protocol))
    for ecu in car.ecus if car is not None else ():
        ids = ", ".join(ecu.calibration_ids) or _NOT_TOLD
        cvns = f"\nCVN {', '.join(ecu.cvns)}" if ecu.cvns else ""
        name = f"{ecu.name}  " if ecu.name else ""
        facts.append((f"ECU {ecu.address:X}", f"{name}calibration {ids}{cvns}"))
    return facts


class ConnectionPanel(QFrame):
    """Shows one of the four; asks for a cancel, another try, a disconnection, or all anew."""

    cancel_pressed = Signal()
    again_pressed = Signal()
    disconnect_pressed = Signal()
    anew_pressed = Signal()
    """The car shall be asked everything again, nothing taken from the last time."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.stack = QStackedWidget()
        row.addWidget(self.stack)
        self.idle, self.working = _Idle(), _Working()
        self.failed, self.connected = _Failed(), _Connected()
        for part in (self.idle, self.working, self.failed, self.connected):
            self.stack.addWidget(part)
        self.working.cancel.clicked.connect(self.cancel_pressed)
        self.failed.again.clicked.connect(self.again_pressed)
        self.connected.disconnect_button.clicked.connect(self.disconnect_pressed)
        self.connected.anew.clicked.connect(lambda _checked=False: self.anew_pressed.emit())

    def show_connection(self, connection: ConnectionStatus, now_ns: int, name: str = "") -> None:
        """Show the connection as of `now_ns`; `name` is the car's, empty where nobody knows it."""
        if connection.state is LinkState.DISCONNECTED:
            self.stack.setCurrentWidget(self.failed if connection.happened else self.idle)
            self.failed.show_connection(connection)
        elif connection.state is LinkState.CONNECTING:
            if self.stack.currentWidget() is not self.working:
                self.working.begin()
                self.stack.setCurrentWidget(self.working)
            self.working.show_connection(connection, now_ns)
        else:
            self.connected.show_connection(connection, name)
            self.stack.setCurrentWidget(self.connected)
