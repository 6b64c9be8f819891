"""Parts of a card behind tabs, and small pieces that cards of records are made of."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.theme.tokens import Space


class RecordTabs(QWidget):
    """Tabs with one part each; `corner` is the row beside the tabs."""

    turned = Signal(str)
    """The key of the part that came to the front."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._words: list[str] = []
        self._later: dict[str, Callable[[], QWidget]] = {}
        self.bar = QTabBar()
        self.bar.setAccessibleName(name)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setUsesScrollButtons(False)
        self.parts = QStackedWidget(self)
        self.corner = QHBoxLayout()
        self.corner.setSpacing(Space.S)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.bar)
        row.addStretch(1)
        row.addLayout(self.corner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.parts, 1)
        self.bar.currentChanged.connect(self._turned)

    def put(self, key: str, words: str, part: QWidget) -> None:
        """Add a part."""
        self._keys.append(key)
        self._words.append(words)
        self.parts.addWidget(part)
        self.bar.addTab(words)

    def put_later(self, key: str, words: str, make: Callable[[], QWidget]) -> None:
        """Add a part that is made when somebody first turns to it, so that a page opens sooner."""
        self._later[key] = make
        self.put(key, words, QWidget())

    @property
    def key(self) -> str:
        """The key of the part in front."""
        return self._keys[self.parts.currentIndex()] if self._keys else ""

    def turn(self, key: str) -> None:
        """Bring a part to the front."""
        self.bar.setCurrentIndex(self._keys.index(key))

    def turn_by(self, steps: int) -> None:
        """Bring the next or an earlier part to the front."""
        self.bar.setCurrentIndex((self.bar.currentIndex() + steps) % len(self._keys))

    def count(self, key: str, number: int) -> None:
        """Say how much there is in a part, beside its word."""
        place = self._keys.index(key)
        words = self._words[place]
        self.bar.setTabText(place, f"{words} {number}" if number else words)

    def _turned(self, place: int) -> None:
        if 0 <= place < self.parts.count():
            make = self._later.pop(self._keys[place], None)
            if make is not None:
                empty = self.parts.widget(place)
                self.parts.insertWidget(place, make())
                self.parts.removeWidget(empty)
                empty.deleteLater()
            self.parts.setCurrentIndex(place)
            self.turned.emit(self._keys[place])


def row_of(*widgets: QWidget) -> QHBoxLayout:
    """Put widgets in a row, from the left."""
    made = QHBoxLayout()
    made.setSpacing(Space.S)
    for widget in widgets:
        made.addWidget(widget)
    made.addStretch(1)
    return made


def head_card(
    head: Sequence[QWidget], parts: Sequence[QWidget | QLayout], acts: Sequence[QWidget]
) -> QFrame:
    """Make the card that says who a record is: the name first, facts below, buttons last."""
    top = QHBoxLayout()
    top.setSpacing(Space.S)
    for place, widget in enumerate(head):
        top.addWidget(widget, 0 if place else 1)
    card = QFrame()
    card.setProperty("card", True)
    inner = QVBoxLayout(card)
    inner.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
    inner.setSpacing(Space.XS)
    inner.addLayout(top)
    for part in parts:
        if isinstance(part, QWidget):
            inner.addWidget(part)
        else:
            inner.addLayout(part)
    inner.addSpacing(Space.XS)
    inner.addLayout(row_of(*acts))
    return card


def stacked(whole: QWidget, card: QWidget, below: QWidget) -> None:
    """Lay a record out: its card above, all else below it."""
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.M)
    column.addWidget(card)
    column.addWidget(below, 1)


def plain_label(role: str = "", words: str = "") -> QLabel:
    """Make a label that shows words as they are, over as many lines as they need."""
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


def say(label: QLabel, words: str) -> None:
    """Let a label say this; without words it is not there."""
    label.setText(words)
    label.setVisible(bool(words))


def button(words: str, run: Callable[[], object], tip: str = "", role: str = "") -> QPushButton:
    """Make a button."""
    made = QPushButton(words)
    made.setToolTip(tip)
    if role:
        made.setProperty("role", role)
    made.clicked.connect(lambda _checked=False: run())
    return made


def menu_button(
    words: str, choices: Sequence[tuple[str, Callable[[], object]]], tip: str = ""
) -> QPushButton:
    """Make a button with a menu of these."""
    made = QPushButton(words)
    made.setToolTip(tip)
    menu = QMenu(made)
    for name, run in choices:
        menu.addAction(name).triggered.connect(lambda _checked=False, run=run: run())
    made.setMenu(menu)
    return made


def show_choice_rights(made: QPushButton, whys: Sequence[str]) -> None:
    """Let the choices of a menu button be taken or say by their tips why not, in their order."""
    menu = made.menu()
    menu.setToolTipsVisible(True)
    for action, why in zip(menu.actions(), whys, strict=True):
        action.setEnabled(not why)
        action.setToolTip(why)


def show_right(widget: QWidget, why: str, tip: str) -> None:
    """Let a button be pressed or say by its tip why not."""
    widget.setEnabled(not why)
    widget.setToolTip(why or tip)
