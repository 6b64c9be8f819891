"""The rail on the left: one press opens a page. What does not fit gets smaller, then scrolls."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.pages.index import Group, PageEntry
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_TALL = 60
_FLAT = 44
"""Still what a gloved finger hits."""
_LOW = 34
"""Of pages at the counter, where a mouse is at hand."""
_LOW_ICON = 16


class _PageButton(QToolButton):
    """As high as the rail has room for; a style sheet that comes later changes nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self._height = _TALL
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def be_high(self, height: int, *, low: bool = False) -> None:
        """Take another height; `low` is less than the style gives what a glove presses."""
        if bool(self.property("low")) != low:
            self.setProperty("low", low)
            self.style().unpolish(self)
            self.style().polish(self)
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height, and a width that the rail decides upon."""
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        """Let the rail be as narrow as it is: a long word must not push the others aside."""
        return QSize(0, self._height)


class Rail(QFrame):
    """Icon above word at 72 px, beside it at 200 px when pinned."""

    page_chosen = Signal(str)
    pin_changed = Signal(bool)

    def __init__(self, entries: Sequence[PageEntry], *, pinned: bool = False) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAccessibleName("Pages")
        self._entries = {entry.key: entry for entry in entries}
        self._buttons: dict[str, _PageButton] = {}
        self._choice = QButtonGroup(self)
        self._current = ""
        self._words: list[QLabel] = []
        pages = QWidget()
        inner = QVBoxLayout(pages)
        foot = QVBoxLayout(self)
        for column in (inner, foot):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidget(pages)
        foot.addWidget(self.scroll, 1)
        for group, members in groupby(entries, lambda entry: entry.group):
            column = foot if group is Group.FOOT else inner
            if group is not Group.FOOT:
                word = QLabel(group.value.upper())
                word.setContentsMargins(0, Space.S, 0, Space.XS)
                word.setMinimumWidth(1)
                self._words.append(word)
                column.addWidget(word)
            for entry in members:
                column.addWidget(self._button(entry))
        inner.addStretch(1)
        self._pin = _PageButton()
        self._pin.clicked.connect(lambda _checked=False: self.set_pinned(not self._pinned))
        foot.addWidget(self._pin)
        theme_changed.connect(self._tint)
        self._pinned = not pinned
        self.set_pinned(pinned)

    def _button(self, entry: PageEntry) -> _PageButton:
        button = _PageButton()
        button.setText(entry.title)
        button.setCheckable(True)
        button.setAccessibleName(f"Open {entry.title}")
        button.setToolTip(f"{entry.title}  ({entry.shortcut})")
        button.clicked.connect(lambda _checked=False, key=entry.key: self._pressed(key))
        self._choice.addButton(button)
        self._buttons[entry.key] = button
        return button

    def _pressed(self, key: str) -> None:
        self.set_current(self._current)  # the shell says which page is open, not the press
        self.page_chosen.emit(key)

    @property
    def pinned(self) -> bool:
        """Whether the words stand beside the icons."""
        return self._pinned

    def button(self, key: str) -> QToolButton:
        """Return the button of one page."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Show which page is open."""
        self._current = key
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            self.scroll.ensureWidgetVisible(self._buttons[key], 0, 0)
        self._tint()

    def set_pinned(self, pinned: bool) -> None:
        """Pin the rail wide, or let it be narrow."""
        if pinned == self._pinned:
            return
        self._pinned = pinned
        self.setProperty("pinned", pinned)
        self.setFixedWidth(Size.RAIL_PINNED if pinned else Size.RAIL)
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if pinned
            else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        )
        for button in (*self._buttons.values(), self._pin):
            button.setToolButtonStyle(style)
        self._size_buttons()
        self._pin.setText("Narrow" if pinned else "Pin")
        side = Qt.AlignmentFlag.AlignLeft if pinned else Qt.AlignmentFlag.AlignHCenter
        for word in self._words:
            word.setAlignment(side)
        words = "Make the rail narrow" if pinned else "Keep the rail wide"
        self._pin.setToolTip(words)
        self._pin.setAccessibleName(words)
        self.style().unpolish(self)
        self.style().polish(self)
        self._tint()
        self.pin_changed.emit(pinned)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for every page where the window is low."""
        super().resizeEvent(event)
        self._size_buttons()

    def _size_buttons(self) -> None:
        count = len(self._buttons) + 1
        in_bay = [key for key, entry in self._entries.items() if entry.group is Group.BAY]
        # Their own size hints change with the margins that are given below.
        around = Space.S + Space.XS
        words = sum(word.fontMetrics().height() + around for word in self._words)
        tall = words + count * _TALL <= self.height() and not self._pinned
        low = not tall and words + count * _FLAT > self.height()
        for key, button in (*self._buttons.items(), ("", self._pin)):
            flat = _LOW if low and key not in in_bay else _FLAT
            button.be_high(_TALL if tall else flat, low=flat == _LOW)
            side = Size.RAIL_ICON if tall or self._pinned else Size.ICON
            if flat == _LOW:
                side = _LOW_ICON
            button.setIconSize(QSize(side, side))
        for word in self._words:
            word.setContentsMargins(0, 0 if low else Space.S, 0, 0 if low else Space.XS)

    def _tint(self) -> None:
        for key, button in self._buttons.items():
            color = "accent" if key == self._current else "muted"
            button.setIcon(icon(self._entries[key].icon, color, Size.RAIL_ICON))
        self._pin.setIcon(icon("pin", "muted", Size.RAIL_ICON))
