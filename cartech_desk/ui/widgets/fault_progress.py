"""What is being read, how far it is, and a way to end it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cartech_desk.bay.faults import Reading
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel

_FULL = 1000


class FaultProgress(QFrame):
    """A bar with words and a button that ends the reading."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "chosen")
        self.words = ElidedLabel("heading")
        self.words.say("Reading …")
        self.bar = QProgressBar()
        self.bar.setRange(0, _FULL)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel  Esc")
        self.cancel.clicked.connect(lambda _checked=False: self.cancelled.emit())
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.L)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)

    def begin(self, words: str) -> None:
        """Begin at nothing."""
        self.words.say(words)
        self.bar.setValue(0)
        self.cancel.setEnabled(True)
        self.show()

    def show_reading(self, reading: Reading) -> None:
        """Show how far it is; never backwards."""
        if reading.words:
            share = min(1.0, max(0.0, reading.share))
            self.words.say(f"{reading.words[:1].upper()}{reading.words[1:]} … {share:.0%}")
            self.bar.setValue(max(self.bar.value(), round(share * _FULL)))

    def ending(self) -> None:
        """Say that it is about to end."""
        self.words.say("Ending after the request under way …")
        self.cancel.setEnabled(False)
