"""Banners below the top bar: what stays until it is mended or put away."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.lamp import LampMark


class Tone(StrEnum):
    """How urgent a banner is."""

    NEWS = "news"
    WARNING = "warning"
    ERROR = "error"


_LAMPS: Final = {
    Tone.NEWS: State.CONNECTING,
    Tone.WARNING: State.WARNING,
    Tone.ERROR: State.TRIP,
}


class Banner(QFrame):
    """One banner: a lamp, what happened, what to do, and up to two buttons."""

    def __init__(self, tone: Tone) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("tone", tone.value)
        self.setMinimumHeight(Size.BANNER)
        self.tone = tone
        self.page = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.M)
        row.addWidget(LampMark(_LAMPS[tone], Size.ICON))
        self.headline = QLabel()
        self.headline.setProperty("role", "heading")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.detail = QLabel()
        self.detail.setProperty("role", "muted")
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.headline, self.detail):
            label.setWordWrap(True)
            words.addWidget(label)
        row.addLayout(words, 1)
        self._side = QWidget()
        self.buttons = QHBoxLayout(self._side)
        self.buttons.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._side)

    def add_button(self, words: str, run: Callable[[], None]) -> QPushButton:
        """Add a button at the right end."""
        button = QPushButton(words)
        button.clicked.connect(lambda _checked=False: run())
        self.buttons.addWidget(button)
        return button

    def hold(self, held: bool) -> None:
        """Let its buttons rest, or work again."""
        self._side.setEnabled(not held)

    def say(self, happened: str, to_do: str) -> None:
        """Put the words in."""
        self.headline.setText(happened)
        self.detail.setText(to_do)
        self.detail.setVisible(bool(to_do))
        self.setAccessibleName(f"{happened} {to_do}".strip())


class Banners(QWidget):
    """All banners, one for each cause; one of a page is seen with that page alone."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._shown: dict[str, Banner] = {}
        self._held = False
        self._page = ""
        self.hide()

    def hold(self, held: bool) -> None:
        """Let all buttons rest while nobody may act; the words stay."""
        self._held = held
        for banner in self._shown.values():
            banner.hold(held)

    def show_banner(
        self,
        cause: str,
        tone: Tone,
        happened: str,
        to_do: str = "",
        *,
        button: tuple[str, Callable[[], None]] | None = None,
        dismiss: bool = False,
        of_page: bool = False,
    ) -> Banner:
        """Show the banner of a cause, or change the words of the one that stands.

        `of_page` shows it with the page alone that is in front now.
        """
        banner = self._shown.get(cause)
        if banner is not None and banner.tone is not tone:
            self.clear(cause)
            banner = None
        if banner is None:
            banner = Banner(tone)
            banner.hold(self._held)
            self._shown[cause] = banner
            if button is not None:
                banner.add_button(*button)
            if dismiss:
                banner.add_button("Dismiss", lambda: self.clear(cause))
            self._column.addWidget(banner)
        banner.page = self._page if of_page else ""
        banner.say(happened, to_do)
        self._put_in_sight()
        return banner

    def clear(self, cause: str) -> None:
        """Take the banner of a cause away."""
        banner = self._shown.pop(cause, None)
        if banner is not None:
            banner.hide()
            self._column.removeWidget(banner)
            banner.deleteLater()
            self._put_in_sight()

    def turn_to(self, page: str) -> None:
        """Show what belongs to this page, by its key, and to none; the others wait for theirs."""
        self._page = page
        self._put_in_sight()

    def _put_in_sight(self) -> None:
        seen = [one for one in self._shown.values() if one.page in ("", self._page)]
        for banner in self._shown.values():
            banner.setVisible(banner in seen)
        self.setVisible(bool(seen))

    def banner(self, cause: str) -> Banner | None:
        """Return the banner of a cause where one stands."""
        return self._shown.get(cause)
