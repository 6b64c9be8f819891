"""Which services an appointment is for: a list to tick, with lengths and prices."""

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from cartech_desk.domain.appointments.booking import Booked, Service
from cartech_desk.domain.money import money_text, total
from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.theme.tokens import Space

_ROWS: Final = 6
_ROW: Final = 24
_ROLE: Final = Qt.ItemDataRole.UserRole


class ServiceChoice(QWidget):
    """A list to tick; what was agreed stays in it, also where it is offered no more."""

    changed = Signal()

    def __init__(
        self,
        offered: Sequence[Service],
        agreed: Sequence[Booked] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.list = _Ticks()
        self.list.setAccessibleName("Services")
        rows = min(_ROWS, max(2, len(offered) + 1))
        self.list.setFixedHeight(rows * _ROW + Space.S)
        self.list.setTabKeyNavigation(False)
        self.total = QLabel()
        self.total.setProperty("role", "muted")
        self.total.setTextFormat(Qt.TextFormat.PlainText)
        self.setFocusProxy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.list)
        column.addWidget(self.total)
        kept = {one.service_id: one for one in agreed if one.service_id}
        for one in agreed:
            self._add(one, ticked=True)
        for service in offered:
            if service.id not in kept:
                self._add(booked_of(service), ticked=False)
        self.list.itemChanged.connect(lambda _item: self._tell())
        self.list.itemActivated.connect(self._toggle)
        self._tell()

    def _add(self, one: Booked, *, ticked: bool) -> None:
        words = [one.name, length(one.minutes)]
        if one.price.minor:
            words.append(money_text(one.price))
        item = QListWidgetItem("  ·  ".join(words))
        item.setSizeHint(QSize(0, _ROW))
        item.setData(_ROLE, one)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    @property
    def services(self) -> tuple[Booked, ...]:
        """What is ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(
            item.data(_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(one.minutes for one in self.services)

    @property
    def ticked(self) -> tuple[str, ...]:
        """What is ticked, by the keys that `put` takes."""
        return tuple(_key(one) for one in self.services)

    def put(self, keys: Collection[str]) -> None:
        """Tick these, and no others."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            ticked = _key(item.data(_ROLE)) in keys
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def tick(self, service_id: str, ticked: bool = True) -> None:
        """Tick a service by its id."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ROLE).service_id == service_id:
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def _toggle(self, item: QListWidgetItem) -> None:
        ticked = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def _tell(self) -> None:
        chosen = self.services
        if not self.list.count():
            self.total.setText("No services are kept yet: Set up, Services.")
        elif not chosen:
            self.total.setText("Nothing ticked: Space ticks.")
        else:
            words = length(self.minutes)
            prices = [one.price for one in chosen if one.price.minor]
            if prices and len({one.currency for one in prices}) == 1:
                words += f", {money_text(total(prices, prices[0].currency))}"
            self.total.setText(f"Together {words}")
        self.changed.emit()


class _Ticks(QListWidget):
    """A list to tick by Space or a press."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the form: here it would take the tick off what is being booked."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)


def booked_of(service: Service) -> Booked:
    """Return a service as it is agreed now."""
    return Booked(service.id, service.name, service.minutes, service.price, service.tax_bp)


def _key(one: Booked) -> str:
    """Return what tells it from others: what was agreed freely has no id."""
    return one.service_id or one.name
