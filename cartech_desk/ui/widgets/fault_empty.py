"""The Faults page before anything was read: what will be here, and what fills it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_CONNECTED = (
    "One press reads everything that the car tells of its faults: codes, freeze frames, readiness "
    "and on-board tests, compares it with its last check-up and keeps it. Nothing is changed in "
    "the car."
)
_ALONE = (
    "Fault codes with what they mean will be here, and each vehicle's check-ups. Connect to a car "
    "first; any code can be looked up without one."
)
_READING = "The car is being read."
_LINES = 68


class FaultsEmpty(QWidget):
    """A sentence and three ways on."""

    begin_pressed = Signal()
    connect_pressed = Signal()
    earlier_pressed = Signal()
    look_up_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(_ALONE)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("role", "muted")
        self.words.setMinimumHeight(_LINES)
        self.words.setFixedWidth(Size.FORM_WIDTH)  # a wrapped label alone knows no height
        self.begin = _button("Check up  F5", self.begin_pressed, primary=True)
        self.connect_button = _button("Connect to a car  F3", self.connect_pressed, primary=True)
        self.earlier = _button("", self.earlier_pressed)
        self.look_up = _button("Look up a code  Ctrl+F", self.look_up_pressed)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addStretch(1)
        for button in (self.begin, self.connect_button, self.earlier, self.look_up):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.L)
        layout.addStretch(2)
        layout.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(row)
        layout.addStretch(3)
        theme_changed.connect(self._dress)
        self._dress()
        self.show_state(connected=False, reading=False, earlier=0)

    def show_state(self, *, connected: bool, reading: bool, earlier: int) -> None:
        """Offer what fits: a check-up where a car is connected, else the way to one."""
        self.words.setText(_READING if reading else _CONNECTED if connected else _ALONE)
        self.begin.setVisible(connected and not reading)
        self.connect_button.setVisible(not connected and not reading)
        self.earlier.setVisible(bool(earlier) and not reading)
        self.earlier.setText(f"Earlier check-ups ({earlier})")
        self.look_up.setVisible(not reading)

    def _dress(self) -> None:
        self.begin.setIcon(icon("faults", "on_accent"))
        self.connect_button.setIcon(icon("connect", "on_accent"))
        self.look_up.setIcon(icon("search"))


def _button(words: str, pressed: Signal, *, primary: bool = False) -> QPushButton:
    button = QPushButton(words)
    button.setMinimumHeight(Size.CONTROL_BAY)
    button.clicked.connect(lambda _checked=False: pressed.emit())
    if primary:
        button.setProperty("role", "primary")
    return button
