"""What stands on a page that has nothing to show yet: one line, and the action that fills it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.tokens import Size, Space


class EmptyPage(QWidget):
    """One line of what will be here, and one button."""

    def __init__(
        self, words: str, button: str, run: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.words = QLabel(words)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("role", "muted")
        self.words.setMaximumWidth(Size.FORM_WIDTH)
        self.button = QPushButton(button)
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(Size.CONTROL_BAY)
        self.button.clicked.connect(lambda _checked=False: run())
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.L)
        layout.addStretch(2)
        # By an alignment in the middle it would be asked how high it is over the page's width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.words, Size.FORM_WIDTH)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def say(self, words: str, button: str = "") -> None:
        """Say something else; without words for the button it is hidden."""
        self.words.setText(words)
        self.button.setVisible(bool(button))
        self.button.setText(button)
