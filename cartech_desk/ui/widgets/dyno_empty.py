"""The Dyno page before anything is there: what will be here, and what fills it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_WORDS = (
    "Power and torque of every run will be here, drawn as they are driven. Connect the dyno, or "
    "look at it with the simulated one first."
)
_LINES = 48
"""Room for two lines of it."""


class DynoEmpty(QWidget):
    """One line and three ways on."""

    sources_pressed = Signal()
    simulated_pressed = Signal()
    import_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setProperty("role", "muted")
        words.setMinimumHeight(_LINES)
        words.setFixedWidth(Size.FORM_WIDTH)  # a wrapped label alone does not know its height
        self.sources = _button("Connect a dyno  S", primary=True)
        self.simulated = _button("Try it with the simulated dyno")
        self.take_in = _button("Import a file…  Ctrl+I")
        self.sources.clicked.connect(lambda _checked=False: self.sources_pressed.emit())
        self.simulated.clicked.connect(lambda _checked=False: self.simulated_pressed.emit())
        self.take_in.clicked.connect(lambda _checked=False: self.import_pressed.emit())
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addStretch(1)
        for button in (self.sources, self.simulated, self.take_in):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.L)
        layout.addStretch(2)
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(row)
        layout.addStretch(3)
        theme_changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.sources.setIcon(icon("connect", "on_accent"))
        self.simulated.setIcon(icon("simulate"))


def _button(words: str, *, primary: bool = False) -> QPushButton:
    button = QPushButton(words)
    button.setMinimumHeight(Size.CONTROL_BAY)
    if primary:
        button.setProperty("role", "primary")
    return button
