"""The right half of the link editor: listen to a port, see its bytes, keep them, try on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.link_definition import LinkDefinition, SerialLine
from cartech_desk.domain.dyno.link_packets import Packets
from cartech_desk.domain.dyno.link_trial import Trial, try_on
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.dyno.capture import Piece, read_capture, write_capture
from cartech_desk.hardware.dyno.listening import Listener, link_to
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models import link_bytes
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import MONOSPACE, Space, Type
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_MS: Final = 200
_LINES: Final = 60
_PORT_WIDTH: Final = 280
_LATEST_BYTES: Final = 8192
"""So much of the latest bytes is looked at for the lines on the screen."""


class LinkWire(QWidget):
    """Bytes of a port or of a capture, under the definition of now (None while it cannot work)."""

    heard = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._definition: LinkDefinition | None = None
        self._line = SerialLine()
        self._listener: Listener | None = None
        self._opening = False
        self._pieces: tuple[Piece, ...] = ()
        self._seen = 0
        self.trial: Trial | None = None
        self.ask_open: Callable[[], Path | None] = self._ask_open
        self.ask_save: Callable[[], Path | None] = self._ask_save

        self.port = QLineEdit()
        self.port.setPlaceholderText("/dev/ttyUSB0, COM5, tcp://HOST:PORT")
        self.port.setMinimumWidth(_PORT_WIDTH)
        self.port_field = Field("Port", self.port, error_below=True)
        self.listen_button = QPushButton("Listen")
        self.listen_button.clicked.connect(lambda: self.stop() if self.listening else self.listen())
        self.port_field.beside.insertWidget(1, self.listen_button)
        self.port_field.beside.setStretch(0, 1)
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        face = QFont()
        face.setFamilies(MONOSPACE)
        face.setPixelSize(Type.BODY)
        self.view.setFont(face)
        self.view.setPlaceholderText(
            "The bytes that come are shown here: packets with their values once the definition "
            "finds any, else as they are."
        )
        self.view.setAccessibleName("Bytes of the link")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.save_button = QPushButton("Save capture…")
        self.save_button.clicked.connect(self.save)
        self.open_button = QPushButton("Open capture…")
        self.open_button.clicked.connect(self.open)
        self.test_button = QPushButton("Test against it")
        self.test_button.clicked.connect(self.test)
        self._mark = LampMark(State.OFF)
        self.verdict = QLabel("Listen or open a capture, then test the definition against it.")
        self.verdict.setWordWrap(True)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.port_field)
        column.addWidget(self.view, 1)
        column.addWidget(self.count)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in (self.save_button, self.open_button, self.test_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.listen_button.setAutoDefault(False)
        row.addStretch(1)
        column.addLayout(row)
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self._mark)
        told.addWidget(self.verdict, 1)
        column.addLayout(told)
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._show()

    @property
    def listening(self) -> bool:
        """Whether a port is open."""
        return self._listener is not None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What has come, or what the capture holds."""
        return self._pieces

    def use(self, definition: LinkDefinition | None) -> None:
        """Look at the bytes through this definition from now on."""
        self._definition = definition
        if definition is not None:
            self._line = definition.line
        self.trial = None
        self._show()

    def listen(self) -> None:
        """Open the port and show what comes; the definition's start-up and poll are sent."""
        if self._opening or self.listening:
            return
        self.port_field.show_error("")
        try:
            listener = Listener(link_to(self.port.text().strip(), self._line), self._definition)
        except CarTechError as error:
            self.port_field.show_error(error.message)
            return
        self._opening = True
        self.listen_button.setEnabled(False)

        def opened(_none: None) -> None:
            self._opening = False
            self._listener, self._pieces, self._seen = listener, (), 0
            self._clock.start()
            self._show()

        def failed(error: BaseException) -> None:
            self._opening = False
            self.port_field.show_error(getattr(error, "message", str(error)))
            self._show()

        in_background(listener.start, self, opened, failed)

    def stop(self) -> None:
        """Let the port go; what came stays."""
        listener, self._listener = self._listener, None
        self._clock.stop()
        if listener is not None:
            self._take(listener)
            in_background(listener.stop, self, lambda _none: None, lambda _error: None)
        self._show()

    def test(self) -> None:
        """Try the definition on everything that came."""
        definition, pieces = self._definition, self._pieces
        if definition is None:
            self._tell(State.WARNING, "The definition cannot be used yet: see below.")
            return

        def tried(trial: Trial) -> None:
            self.trial = trial
            values = "; ".join(
                f"{one.label} {one.lowest:.5g} to {one.highest:.5g} {one.unit}"
                for one in trial.fields
                if one.values
            )
            state = State.CONNECTED if trial.fits else State.WARNING
            self._tell(state, f"{trial.verdict} {values}".strip())

        in_background(
            lambda: try_on(definition, pieces),
            self,
            tried,
            lambda error: self._tell(State.WARNING, str(error)),
        )

    def save(self) -> None:
        """Write what came to a file."""
        path = self.ask_save()
        if path is not None:
            pieces, port = self._pieces, self.port.text().strip()
            in_background(
                lambda: write_capture(path, pieces, port),
                self,
                lambda done: self._tell(State.CONNECTED, f"Saved as {done.name}."),
                self._refused,
            )

    def open(self) -> None:
        """Look at a capture instead of a port."""
        path = self.ask_open()
        if path is not None:
            in_background(lambda: read_capture(path), self, self.take, self._refused)

    def take(self, pieces: tuple[Piece, ...]) -> None:
        """Look at these bytes."""
        if self.listening:
            self.stop()
        self._pieces = pieces
        self._show()
        self.test()

    def _look(self) -> None:
        listener = self._listener
        if listener is None:
            return
        self._take(listener)
        if listener.problem:
            self.port_field.show_error(listener.problem)
            self.stop()
        self._show()

    def _take(self, listener: Listener) -> None:
        self._seen, came = listener.pieces(self._seen)
        if came:
            self._pieces += came
            self.heard.emit()

    def _show(self) -> None:
        total = sum(len(data) for _, data in self._pieces)
        self.listen_button.setText("Stop" if self.listening else "Listen")
        self.listen_button.setEnabled(not self._opening)
        self.save_button.setEnabled(bool(total))
        self.test_button.setEnabled(bool(total))
        self.count.setText(counted(total, "byte") + (" so far" if self.listening else ""))
        lines = self._shown_lines()
        text = "\n".join(lines)
        if text != self.view.toPlainText():
            self.view.setPlainText(text)
            bar = self.view.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _shown_lines(self) -> list[str]:
        latest: list[Piece] = []
        held = 0
        for piece in reversed(self._pieces):
            latest.insert(0, piece)
            held += len(piece[1])
            if held > _LATEST_BYTES:
                break
        if self._definition is not None:
            packets = Packets(self._definition)
            found = [one for t_ns, data in latest for one in packets.feed(data, t_ns)]
            found += packets.quiet()
            if any(not one.why for one in found):
                return link_bytes.packets(self._definition, found, _LINES)
        return link_bytes.dump(latest, _LINES)

    def _tell(self, state: State, words: str) -> None:
        self._mark.show_state(state)
        self.verdict.setText(words)

    def _refused(self, error: BaseException) -> None:
        self._tell(State.WARNING, getattr(error, "message", str(error)))

    def _ask_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a capture", "", "Captures (*.capture)")
        return Path(name) if name else None

    def _ask_save(self) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the capture", "link.capture", "Captures (*.capture)"
        )
        return Path(name) if name else None
