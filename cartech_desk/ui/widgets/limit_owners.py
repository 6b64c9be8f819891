"""The list of those whose limits can be shown, with a search."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScroller,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.limits import Owner
from cartech_desk.domain.alarms.profiles import Profile
from cartech_desk.store.vehicles import Vehicle, VehicleStore
from cartech_desk.ui.models.limit_owners import owner_lines
from cartech_desk.ui.models.limit_reading import VEHICLES
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.tokens import Size, Space, Type

_OWNER = Qt.ItemDataRole.UserRole


class LimitOwners(QWidget):
    """The vehicle at hand first, then profiles, then the other vehicles used last.

    The search narrows them, and reads those of long ago in the background.
    """

    chosen = Signal(object)
    """The `Owner` whose limits shall be shown."""

    def __init__(
        self,
        vehicles: VehicleStore,
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kept = vehicles
        self._looking = NewestOnly(self, failed)
        self.owner: Owner | None = None
        self._at_hand: Vehicle | None = None
        self._vehicles: Sequence[Vehicle] = ()
        self._profiles: Sequence[Profile] = ()
        self._showing = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search vehicle or profile")
        self.search.setAccessibleName("Search vehicle or profile")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Whose limits")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._take)
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)

    def show_owners(
        self,
        at_hand: Vehicle | None,
        vehicles: Sequence[Vehicle],
        profiles: Sequence[Profile],
        owner: Owner,
    ) -> None:
        """List these, with `owner` chosen; nothing is told."""
        self.owner = owner
        self._at_hand, self._vehicles, self._profiles = at_hand, vehicles, profiles
        self._fill()

    def _search(self, typed: str) -> None:
        self._fill()
        words, kept = typed.strip(), self._kept
        if not words:
            self._looking.forget()
            return

        def came(found: Sequence[Vehicle]) -> None:
            known = {one.id for one in self._vehicles}
            new = [one for one in found if one.id not in known]
            if new:
                self._vehicles = (*self._vehicles, *new)
                self._fill()

        self._looking.ask(lambda: kept.list(words, limit=VEHICLES), came)

    def _fill(self) -> None:
        self._showing = True
        self.list.clear()
        lines = owner_lines(self._at_hand, self._vehicles, self._profiles, self.search.text())
        for line in lines:
            item = QListWidgetItem(line.words)
            item.setToolTip(line.tip)
            if line.owner is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(text_font(Type.SMALL, bold=True))
            else:
                item.setData(_OWNER, line.owner)
                item.setSizeHint(item.sizeHint().expandedTo(self._touch()))
            self.list.addItem(item)
            if line.owner is not None and line.owner == self.owner:
                self.list.setCurrentItem(item)
        self._showing = False

    def _touch(self):
        size = self.list.viewport().size()
        size.setWidth(0)
        size.setHeight(Size.CONTROL_BAY)
        return size

    def _take(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        owner = item.data(_OWNER) if item is not None else None
        if not self._showing and owner is not None and owner != self.owner:
            self.owner = owner
            self.chosen.emit(owner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk from the search field into the list."""
        if (
            watched is self.search
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.list.setFocus()
            return True
        return super().eventFilter(watched, event)
