"""One thing to connect to: what it is, where it is, and one big press."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from cartech_desk.ui.models.offers import Offer
from cartech_desk.ui.theme.icons import pixmap
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_PRESS_WIDTH = 128


class OfferRow(QFrame):
    """Shows an offer; `chosen` with its URL on a press."""

    chosen = Signal(str)

    def __init__(self, offer: Offer, *, first: bool = False) -> None:
        super().__init__()
        self.offer = offer
        self.setProperty("card", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.M, Space.S)
        row.setSpacing(Space.M)
        self._icon = QLabel()
        self._icon.setFixedWidth(Size.RAIL_ICON)
        row.addWidget(self._icon)
        words = QVBoxLayout()
        words.setSpacing(0)
        what = QLabel(offer.what)
        what.setProperty("role", "heading")
        what.setTextFormat(Qt.TextFormat.PlainText)
        words.addWidget(what)
        beneath = " · ".join(part for part in (offer.place, offer.note) if part)
        self.beneath = QLabel(beneath)
        self.beneath.setProperty("role", "help")
        self.beneath.setTextFormat(Qt.TextFormat.PlainText)
        self.beneath.setWordWrap(True)
        words.addWidget(self.beneath)
        row.addLayout(words, 1)
        self.button = QPushButton("Connect")
        self.button.setAutoDefault(True)  # Enter presses it as well as Space
        if first:
            self.button.setProperty("role", "primary")
        self.button.setMinimumWidth(_PRESS_WIDTH)
        self.button.setAccessibleName(f"Connect to {offer.what}, {offer.place}")
        self.button.clicked.connect(lambda _checked=False: self.chosen.emit(offer.url))
        row.addWidget(self.button)
        theme_changed.connect(self._tint)
        self._tint()

    def allow(self, *, possible: bool, connected: bool) -> None:
        """Let it be pressed or not; `connected` says that this is the one in use."""
        self.button.setEnabled(possible)
        self.button.setText("In use" if connected else "Connect")

    def _tint(self) -> None:
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self.offer.icon, "muted", Size.RAIL_ICON, scale))
