"""What stands on a page that has nothing to show yet: one line, and the action that fills it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

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
        self.words.setFixedWidth(Size.FORM_WIDTH)  # a wrapped label alone does not know its height
        self.button = QPushButton(button)
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(Size.CONTROL_BAY)
        self.button.clicked.connect(lambda _checked=False: run())
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.L)
        layout.addStretch(2)
        layout.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def say(self, words: str, button: str = "") -> None:
        """Say something else; without words for the button it is hidden."""
        self.words.setText(words)
        self.button.setVisible(bool(button))
        self.button.setText(button)
