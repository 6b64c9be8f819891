"""Asking before limits are set: what would change, which of it, and whether it is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.ui.models.channel_list import tick_icon
from cartech_desk.ui.models.limit_changes import Kind, LimitChange
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.words import counted

_CHANGE = Qt.ItemDataRole.UserRole
_TICKED = Qt.ItemDataRole.UserRole + 1
_KIND_WORDS = {Kind.NEW: "New", Kind.CHANGED: "Changes", Kind.SAME: "Same"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where limits come from, and what setting them would change."""

    words: str
    changes: tuple[LimitChange, ...]


class LimitChangesForm(QDialog):
    """Lists what would change; `take` is called with what was ticked. Esc leaves all as it is.

    With `other_shop`, the name of another shop, one has to say a second time that it is meant.
    Without `pick` all of it is set, or nothing.
    """

    def __init__(
        self,
        title: str,
        sources: Sequence[Source],
        take: Callable[[Sequence[Limit]], None],
        parent: QWidget | None = None,
        *,
        verb: str = "Set these",
        pick: bool = True,
        other_shop: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.resize(Size.FORM_WIDTH + 60, 540)
        self._sources = tuple(sources)
        self._take_limits = take
        self._pick = pick
        self._verb = verb
        self.source = QComboBox()
        self.source.setAccessibleName("Where the limits come from")
        for one in sources:
            self.source.addItem(one.words)
        self.source.currentIndexChanged.connect(lambda _index: self._fill())
        only = QLabel(sources[0].words)
        only.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("What would change")
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(Size.ICON, Size.ICON))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.itemClicked.connect(self._toggle)
        self.list.installEventFilter(self)
        self.meant = QCheckBox("Import them all the same")
        self.meant.setMinimumHeight(Size.CONTROL_BAY)
        self.meant.toggled.connect(lambda _on: self._count())
        warning = QLabel(
            f"This file comes from another shop, {other_shop}: its limits were set for other cars "
            "and other parts."
        )
        warning.setProperty("role", "error")
        warning.setWordWrap(True)
        warning.setVisible(other_shop is not None)
        self.meant.setVisible(other_shop is not None)
        self._needs_meaning = other_shop is not None
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.take = QPushButton(verb)
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(lambda _checked=False: self._take())
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(leave)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(self.source if len(sources) > 1 else only)
        layout.addWidget(self.list, 1)
        layout.addWidget(warning)
        layout.addWidget(self.meant)
        layout.addLayout(foot)
        self._fill()

    @property
    def chosen(self) -> tuple[Limit, ...]:
        """The limits that would be set."""
        found = []
        for place in range(self.list.count()):
            item = self.list.item(place)
            if item.data(_TICKED):
                found.append(item.data(_CHANGE).limit)
        return tuple(found)

    def _fill(self) -> None:
        self.list.clear()
        for change in self._sources[max(0, self.source.currentIndex())].changes:
            name = change.limit.label or change.limit.key
            item = QListWidgetItem(f"{_KIND_WORDS[change.kind]}: {name}\n{change.words}")
            item.setData(_CHANGE, change)
            item.setSizeHint(QSize(0, Size.CONTROL_BAY + Space.XL))
            self._tick(item, on=not self._pick or change.kind is not Kind.SAME)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._count()

    def _tick(self, item: QListWidgetItem, *, on: bool) -> None:
        item.setData(_TICKED, on)
        if self._pick:
            item.setIcon(tick_icon(on))
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                f"{item.text()}, {'chosen' if on else 'not chosen'}",
            )

    def _toggle(self, item: QListWidgetItem) -> None:
        if self._pick:
            self._tick(item, on=not item.data(_TICKED))
            self._count()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tick with Space; Enter takes what is ticked."""
        if (
            watched is self.list
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and self.list.currentItem() is not None
        ):
            self._toggle(self.list.currentItem())
            return True
        return super().eventFilter(watched, event)

    def _count(self) -> None:
        number = len(self.chosen)
        self.count.setText(counted(number, "limit"))
        self.take.setEnabled(number > 0 and (self.meant.isChecked() or not self._needs_meaning))

    def _take(self) -> None:
        chosen = self.chosen
        self.accept()
        self._take_limits(chosen)


class Sure(QDialog):
    """One clear sentence, and whether it shall be done all the same."""

    def __init__(
        self,
        title: str,
        sentence: str,
        verb: str,
        take: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.setMinimumWidth(460)
        self.sentence = QLabel(sentence)
        self.sentence.setWordWrap(True)
        self.take = QPushButton(verb)
        self.take.clicked.connect(lambda _checked=False: self.accept())
        leave = QPushButton("Cancel")
        leave.setDefault(True)
        leave.clicked.connect(self.reject)
        self.accepted.connect(take)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.L)
        layout.addWidget(self.sentence)
        layout.addLayout(foot)
