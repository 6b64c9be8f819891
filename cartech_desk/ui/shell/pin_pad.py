"""A pad for a PIN: pressed with gloves, or typed."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.tokens import Space

_LONGEST: Final = 8
_DOT, _GAP = "●", "○"
_LEAST: Final = 4
_ROWS: Final = ("123", "456", "789")


class PinPad(QWidget):
    """Digits, a key that takes the last one back, and one that hands the PIN over.

    The PIN is never shown; `entered` carries it once. `hold` while it is being checked.
    """

    entered = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("PIN pad")
        self._typed = ""
        self._held = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self.dots = QLabel()
        self.dots.setProperty("role", "reading")
        self.dots.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.dots)
        grid = QGridLayout()
        grid.setSpacing(Space.S)
        self.keys: dict[str, QPushButton] = {}
        for row, digits in enumerate(_ROWS):
            for place, digit in enumerate(digits):
                grid.addWidget(self._key(digit), row, place)
        self.back = self._key("back", "⌫", "Take the last digit back")
        self.enter = self._key("enter", "OK", "Hand the PIN over")
        self.enter.setProperty("role", "primary")
        grid.addWidget(self.back, len(_ROWS), 0)
        grid.addWidget(self._key("0"), len(_ROWS), 1)
        grid.addWidget(self.enter, len(_ROWS), 2)
        column.addLayout(grid)
        self._show()

    def _key(self, key: str, words: str = "", told: str = "") -> QPushButton:
        button = QPushButton(words or key)
        button.setProperty("pad", True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the pad itself hears the keyboard
        button.setAccessibleName(told or key)
        button.clicked.connect(lambda _checked=False: self.press(key))
        self.keys[key] = button
        return button

    def press(self, key: str) -> None:
        """Press one key: a digit, `back` or `enter`."""
        if self._held:
            return
        if key == "back":
            self._typed = self._typed[:-1]
        elif key == "enter":
            if len(self._typed) >= _LEAST:
                typed, self._typed = self._typed, ""
                self._show()
                self.entered.emit(typed)
                return
        elif len(self._typed) < _LONGEST:
            self._typed += key
        self._show()

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed = ""
        self._show()

    def hold(self, held: bool, words: str = "OK") -> None:
        """Take no key, or take them again; `words` stand on the key that hands it over."""
        self._held = held
        for button in self.keys.values():
            button.setEnabled(not held)
        self.enter.setText(words)
        self._show()

    def _show(self) -> None:
        empty = max(0, _LEAST - len(self._typed))
        self.dots.setText(" ".join(_DOT * len(self._typed) + _GAP * empty))
        self.dots.setAccessibleName(f"{len(self._typed)} digits typed")
        self.enter.setEnabled(not self._held and len(self._typed) >= _LEAST)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type on the keyboard."""
        key, text = event.key(), event.text()
        if key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.press("enter")
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.press("back")
        elif len(text) == 1 and text in "0123456789":
            self.press(text)
        else:
            super().keyPressEvent(event)
