"""The buttons that lie over a tile or a chart while a layout is edited."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space

EditButton = tuple[str, str, Callable[[], None]]
"""Name of its icon, what it does in words, and the act."""


class EditButtons(QWidget):
    """Large buttons over their parent, which stays readable; presses beside them pass."""

    def __init__(self, buttons: Sequence[EditButton], parent: QWidget, *, columns: int = 4) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(Space.XS, Space.XS, Space.XS, Space.XS)
        layout.setSpacing(Space.XS)
        self._signs: list[tuple[QPushButton, str]] = []
        for place, (sign, words, act) in enumerate(buttons):
            button = QPushButton()
            self._signs.append((button, sign))
            button.setFixedSize(Size.CONTROL_BAY, Size.CONTROL_BAY)
            button.setStyleSheet("padding: 0")  # the icon alone, centred
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked=False, act=act: act())
            layout.addWidget(button, place // columns, place % columns)
        self._tint()
        theme_changed.connect(self._tint)
        self.adjustSize()
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def _tint(self) -> None:
        for button, sign in self._signs:
            button.setIcon(icon(sign))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below the buttons, so that they stand out."""
        del event
        painter = QPainter(self)
        color = QColor(tokens().surface)
        color.setAlpha(170)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(self.rect(), Size.RADIUS, Size.RADIUS)
        painter.end()
