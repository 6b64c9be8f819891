"""What narrows the audit log: words, person, act, vehicle, time."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QLineEdit, QWidget

from cartech_desk.domain.audit_words import action_words
from cartech_desk.office.audit_book import Query
from cartech_desk.store.vehicles import VehicleStore
from cartech_desk.ui.models.audit_choices import Choices
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.vehicle_box import LISTED, VehicleBox

_SETTLE_MS: Final = 250
_ALL_TIME, _TODAY, _WEEK, _MONTH, _BETWEEN = range(5)
_PERIODS: Final = ("All time", "Today", "Last 7 days", "Last 30 days", "Between …")


class AuditFilter(QWidget):
    """`changed` comes once a person has stopped typing, and at once for a choice."""

    changed = Signal()

    def __init__(
        self,
        vehicles: VehicleStore,
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.offered = False
        """Whether the choices were read already."""
        self._choosing = NewestOnly(self, failed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.changed)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Search names, reasons, values")
        self.words.setAccessibleName("Search the audit log")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(lambda _: self._settle.start())
        row.addWidget(self.words, 1)
        self.person = self._choice("Everybody", "Person")
        self.act = self._choice("Every act", "Act")
        self.vehicle = VehicleBox("Every vehicle", "Vehicle")
        self.vehicle.find = lambda typed, most: vehicles.list(typed, limit=most)
        self.vehicle.failed = failed
        self._lay_out(self.vehicle)
        self.period = self._choice(_PERIODS[0], "Time")
        for words in _PERIODS[1:]:
            self.period.addItem(words)
        today = QDate.currentDate()
        self.first, self.last = self._day(today.addDays(-7), "From"), self._day(today, "To")
        self.to = QLabel("to")
        for widget in (self.person, self.act, self.vehicle, self.period):
            row.addWidget(widget)
        for widget in (self.first, self.to, self.last):
            row.addWidget(widget)
            widget.hide()
        self.period.currentIndexChanged.connect(self._show_days)

    def _choice(self, words: str, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.addItem(words, "")
        self._lay_out(box)
        return box

    def _lay_out(self, box: QComboBox) -> None:
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(220)
        box.currentIndexChanged.connect(lambda _: self.changed.emit())

    def _day(self, day: QDate, name: str) -> QDateEdit:
        edit = QDateEdit(day)
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setCalendarPopup(True)
        edit.setAccessibleName(name)
        edit.dateChanged.connect(lambda _: self.changed.emit())
        return edit

    def _show_days(self, period: int) -> None:
        for widget in (self.first, self.to, self.last):
            widget.setVisible(period == _BETWEEN)

    @property
    def query(self) -> Query:
        """What is looked for."""
        since, until = self._times()
        return Query(
            actor=self.person.currentData() or "",
            action=self.act.currentData() or "",
            vehicle=self.vehicle.vehicle_id,
            since=since,
            until=until,
            text=self.words.text().strip(),
        )

    def _times(self) -> tuple[datetime | None, datetime | None]:
        today = date.today()
        period = self.period.currentIndex()
        if period == _BETWEEN:
            first, last = sorted((_date(self.first), _date(self.last)))
            return _midnight(first), _midnight(last + timedelta(days=1))
        days = {_TODAY: 0, _WEEK: 6, _MONTH: 29}.get(period)
        return (None if days is None else _midnight(today - timedelta(days=days))), None

    @property
    def narrow(self) -> bool:
        """Whether anything is narrowed."""
        return self.query != Query()

    def clear(self) -> None:
        """Look for all again."""
        for box in (self.person, self.act, self.vehicle, self.period):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self._show_days(_ALL_TIME)
        self.words.blockSignals(True)
        self.words.clear()
        self.words.blockSignals(False)
        self.changed.emit()

    def read_choices(self, read: Callable[[], Choices]) -> None:
        """Read what can be chosen in the background, apart from the records: it takes longer."""
        self._choosing.ask(read, self.offer)

    def offer(self, choices: Choices) -> None:
        """Offer these to choose from; what was chosen stays chosen."""
        self.offered = True
        actions, vehicles = choices.actions, choices.vehicles
        groups = sorted({action.partition(".")[0] for action in actions})
        acts: list[tuple[str, str]] = []
        for group in groups:
            within = [action for action in actions if action.partition(".")[0] == group]
            if len(within) > 1:
                acts.append((group, f"{group.capitalize()}: every act"))
            acts += [(action, action_words(action)) for action in within]
        _fill(self.person, [(one.id or one.name, one.name) for one in choices.actors])
        _fill(self.act, acts)
        self.vehicle.offer(vehicles[:LISTED], more=len(vehicles) > LISTED)


def _fill(box: QComboBox, offers: Sequence[tuple[str, str]]) -> None:
    chosen = box.currentData()
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    for value, words in offers:
        box.addItem(words, value)
        box.setItemData(box.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def _date(edit: QDateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())


def _midnight(day: date) -> datetime:
    """Return the beginning of a day here, whatever the clock does in between."""
    return datetime.combine(day, time()).astimezone()
