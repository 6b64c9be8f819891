"""The bar at the foot: adapter, dyno, recording, safety, each with shape, colour and word."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState, RecordingStatus
from cartech_desk.ui.models.alarm_words import ADVISORY
from cartech_desk.ui.models.bench_lamp import bench_state
from cartech_desk.ui.theme.states import LINK_STATES, State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import counted, elapsed, wire_name

_LAMP = 12
READING_FAULTS: Final = "Reading faults"
"""While it is read, live values wait; the link is well."""
_NAMES: Final = {
    LinkState.DISCONNECTED: "no adapter",
    LinkState.CONNECTING: "connecting",
    LinkState.LOST: "lost",
    LinkState.RECONNECTING: "reconnecting",
}


def adapter_words(connection: ConnectionStatus) -> tuple[State, str]:
    """Lamp and words of the connection: chip, port and requests a second."""
    state = LINK_STATES[connection.state]
    wire = wire_name(connection.url)
    if connection.state is LinkState.CONNECTED:
        chip = connection.adapter.chip if connection.adapter else ""
        name = " ".join(part for part in (chip, wire) if part)
        if connection.engine_gone:
            return State.TRIP, f"{name} · engine's unit silent"
        if not connection.ignition_on:
            return State.WARNING, f"{name} · ignition off"
        if connection.polling_rests:
            return State.CONNECTING, f"{name} · {READING_FAULTS}"
        return state, f"{name} · {connection.requests_per_s:.0f} req/s"
    words = _NAMES[connection.state]
    if connection.state is LinkState.DISCONNECTED:
        return state, words
    return state, f"{wire} · {words}" if wire else words


def recording_words(
    recording: RecordingStatus, now_ns: int, *, nobody: bool = False
) -> tuple[State, str]:
    """Lamp and words of the recording; `nobody` is signed in who would answer for it."""
    if not recording.id:
        return State.OFF, "not recording"
    words = f"REC {elapsed((now_ns - recording.started_ns) / 1e9)}"
    if nobody:
        words += " · NOBODY IS SIGNED IN"
    if recording.problem:
        return State.WARNING, f"{words} · {recording.problem}"
    return State.WARNING if nobody else State.RECORDING, words


def safety_words(
    alarms: AlarmsSnapshot, *, connected: bool, resting: bool = False
) -> tuple[State, str]:
    """Lamp and words of the limits: how many are watched, how many cannot be.

    Those on channels that the car has not are no warning where others are watched; none is while
    live values are `resting`.
    """
    if resting and connected:
        return State.WARNING, "limits wait: no values"
    missing = len(alarms.missed)
    if missing and (alarms.armed or connected):
        total = alarms.armed + missing
        return State.WARNING, f"{missing} of {counted(total, 'limit')} cannot be watched"
    if alarms.armed and alarms.only_any and alarms.vehicle_id:
        return State.WARNING, f"{counted(alarms.armed, 'limit')} armed, no profile"
    if alarms.armed:
        return State.CONNECTED, f"{counted(alarms.armed, 'limit')} armed"
    if alarms.absent and connected:
        return State.WARNING, "none of the limits is for this car"
    return State.OFF, "limits not armed"


class StatusBar(QFrame):
    """28 px; a press on a part opens its page."""

    page_wanted = Signal(str)
    sources_wanted = Signal()
    """The dyno's part was pressed: the panel of its sources."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusBar")
        self.setFixedHeight(Size.STATUS_BAR)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.adapter = self._part("connect", "Adapter")
        self.recording = self._part("recordings", "Recording")
        self.dyno = self._part("", "Dyno")
        self.dyno.setToolTip("Dyno, wideband and weather station: press for their sources")
        self.dyno.clicked.connect(lambda _checked=False: self.sources_wanted.emit())
        row.addWidget(self.adapter)
        row.addWidget(self.dyno)
        row.addWidget(self.recording)
        self.safety = self._part("limits", "Safety")
        self.safety.setToolTip(ADVISORY)
        row.addWidget(self.safety)
        row.addStretch(1)
        self.message = QLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.message)
        self._states: dict[QPushButton, State] = {}
        theme_changed.connect(self._states.clear)

    def _part(self, page: str, name: str) -> QPushButton:
        button = QPushButton()
        button.setIconSize(QSize(_LAMP, _LAMP))
        button.setFixedHeight(Size.STATUS_BAR - Size.LINE)
        button.setProperty("part", name)
        if page:
            button.clicked.connect(lambda _checked=False: self.page_wanted.emit(page))
        return button

    def hold(self, held: bool) -> None:
        """Open no page while nobody may act; what the parts say stays."""
        for part in (self.adapter, self.dyno, self.recording, self.safety):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus if held else Qt.FocusPolicy.StrongFocus)

    def show_snapshot(self, snapshot: BaySnapshot, *, nobody: bool = False) -> None:
        """Show this picture of the bay; `nobody` is signed in."""
        self._show(self.adapter, *adapter_words(snapshot.connection))
        self._show(self.dyno, *bench_state(snapshot.dyno))
        now_ns = snapshot.now_ns
        self._show(self.recording, *recording_words(snapshot.recording, now_ns, nobody=nobody))
        connected = snapshot.connection.state is LinkState.CONNECTED
        link = snapshot.connection
        resting = link.polling_rests and not link.limits_asked
        safety = safety_words(snapshot.alarms, connected=connected, resting=resting)
        self._show(self.safety, *safety)

    def _show(self, part: QPushButton, state: State, words: str) -> None:
        if self._states.get(part) is not state:
            self._states[part] = state
            part.setIcon(lamp_icon(state, _LAMP))
        # The space parts the lamp from its words; Qt puts nothing between icon and text.
        if part.text() != f" {words}":
            part.setText(f" {words}")
            word = "busy" if words.endswith(READING_FAULTS) else state.lamp.word
            part.setAccessibleName(f"{part.property('part')}: {word}, {words}")

    def show_message(self, sentence: str) -> None:
        """Show a sentence of the page in front."""
        self.message.setText(sentence)
