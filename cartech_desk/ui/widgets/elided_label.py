"""A line that is cut where there is no room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from cartech_desk.ui.words import plain_tip


class ElidedLabel(QLabel):
    """Asks for no width of its own; what was cut is told in full by its tooltip."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)

    @property
    def whole(self) -> str:
        """All of the line."""
        return self._whole

    def say(self, words: str) -> None:
        """Show other words; the same ones again cost nothing."""
        if words != self._whole:
            self._whole = words
            self.setAccessibleName(words)
            self._cut()

    def _cut(self) -> None:
        cut = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(0, self.width())
        )
        self.setText(cut)
        self.setToolTip(plain_tip(self._whole) if cut != self._whole else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()
