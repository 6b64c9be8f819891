"""The base of every page: a title, one primary action, and a place for the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import Group, page_entry
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.tokens import Space, Type


@dataclass(frozen=True, slots=True)
class PageAction:
    """Something to do, found by Ctrl+K and by its key while the page is in front.

    `shortcut` in Qt's portable words ("Space", "Ctrl+E"), empty for none; the shell makes the
    key work, so a page makes no QShortcut of its own. `words` are other words to find it by.
    """

    name: str
    run: Callable[[], None]
    shortcut: str = ""
    words: str = ""


class Page(QWidget):
    """A page. `key` names its entry in `pages.index`; content goes into `self.body`.

    `self.header` is the row of the title; a page puts its own controls between title and primary
    action with `add_to_header`. Nothing is read from disk or wire in the constructor.
    """

    key: ClassVar[str]

    status_message = Signal(str)
    """A sentence for the status bar, empty to take it back."""
    actions_changed = Signal()
    """`actions()` answers otherwise than before."""

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = page_entry(self.key)
        self.desk = desk
        self.acts = acts
        self.primary: QPushButton | None = None
        self.setObjectName(f"page-{self.key}")
        self.setAccessibleName(self.entry.title)
        # Type and controls are larger in the bay; the style sheet reads this property, and what is
        # painted by hand takes this font.
        in_bay = self.entry.group is Group.BAY
        self.setProperty("bay", in_bay)
        self.setFont(text_font(Type.BAY if in_bay else Type.BODY))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # A press on the bare page takes the focus out of a field: its letters are keys again.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        outer.setSpacing(Space.M)
        self.header = QHBoxLayout()
        self.header.setSpacing(Space.S)
        self.title_label = QLabel(self.entry.title)
        self.title_label.setProperty("role", "title")
        self.header.addWidget(self.title_label)
        self.header.addSpacing(Space.M)
        self.header.addStretch(1)
        outer.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        outer.addLayout(self.body, 1)

    @property
    def title(self) -> str:
        """Title of the page."""
        return self.entry.title

    @property
    def icon(self) -> str:
        """Name of its icon."""
        return self.entry.icon

    @property
    def shortcut(self) -> str:
        """Key that opens it."""
        return self.entry.shortcut

    @property
    def group(self) -> Group:
        """Group of the rail that it stands in."""
        return self.entry.group

    def add_to_header(self, widget: QWidget, *, left: bool = False) -> None:
        """Put a control into the title's row, at its right end or (`left`) beside the title."""
        if left:
            # title, gap, what was put left before, stretch
            self.header.insertWidget(self._stretch_index(), widget)
        elif self.primary is not None:
            self.header.insertWidget(self.header.count() - 1, widget)
        else:
            self.header.addWidget(widget)

    def _stretch_index(self) -> int:
        return next(
            index
            for index in range(2, self.header.count())
            if self.header.itemAt(index).spacerItem() is not None
        )

    def set_primary(self, words: str, run: Callable[[], None]) -> QPushButton:
        """Give the page its one primary action, at the right end of the title's row."""
        button = QPushButton(words)
        button.setProperty("role", "primary")
        button.clicked.connect(lambda _checked=False: run())
        if self.primary is not None:
            self.primary.deleteLater()
        self.primary = button
        self.header.addWidget(button)
        return button

    def lead(self, leads: bool) -> None:
        """Let the primary action look like one, or plain where what is shown has one of its own."""
        role = "primary" if leads else ""
        if self.primary is not None and self.primary.property("role") != role:
            self.primary.setProperty("role", role)
            self.primary.style().unpolish(self.primary)
            self.primary.style().polish(self.primary)

    def actions(self) -> Sequence[PageAction]:  # type: ignore[override]
        """Return what can be done here, for Ctrl+K and for keys (not QWidget's actions)."""
        return ()

    def shown(self, what: object = None) -> None:
        """Come to the front; `what` is what the page was opened for (or None)."""

    def hidden(self) -> None:
        """Another page came to the front, or the window closes: keep what must be kept."""

    def tick(self, snapshot: BaySnapshot) -> None:
        """Ten times a second while in front: show this picture of the bay."""
