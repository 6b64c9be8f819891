"""Which days revenue is told of, and what it is cut by."""

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QWidget

from cartech_desk.domain.revenue import Grouping, stretches
from cartech_desk.ui.models.revenue_words import GROUPINGS
from cartech_desk.ui.theme.tokens import Space

_OTHER = "other"


class StretchChoice(QWidget):
    """A stretch by its name or by two days, and a grouping."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = date(2000, 1, 1)
        self.named, self.grouping = QComboBox(), QComboBox()
        self.named.setAccessibleName("Stretch of days")
        self.grouping.setAccessibleName("Cut by")
        for grouping, words in GROUPINGS.items():
            self.grouping.addItem(words, grouping.value)
        self.grouping.setCurrentIndex(list(GROUPINGS).index(Grouping.MONTH))
        self.first, self.last = QDateEdit(), QDateEdit()
        for edit, words in ((self.first, "First day"), (self.last, "Last day")):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setAccessibleName(words)
            edit.setKeyboardTracking(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for widget in (self.named, self.first, QLabel("to"), self.last, self.grouping):
            row.addWidget(widget)
        self.named.activated.connect(lambda _: self._take_named())
        self.grouping.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.first.dateChanged.connect(lambda _: self._typed())
        self.last.dateChanged.connect(lambda _: self._typed())

    def begin(self, today: date, key: str = "year") -> None:
        """Offer the stretches of a day, and take one of them; tells nobody."""
        self._today = today
        self.named.clear()
        for one in stretches(today):
            self.named.addItem(one.words, one.key)
        self.named.addItem("Other days", _OTHER)
        self.choose(key, tell=False)

    def choose(self, key: str, *, tell: bool = True) -> None:
        """Take a stretch by its name."""
        self.named.setCurrentIndex(self.named.findData(key))
        self._take_named(tell=tell)

    def choose_grouping(self, grouping: Grouping) -> None:
        """Cut by something else."""
        self.grouping.setCurrentIndex(list(GROUPINGS).index(grouping))

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, in this order."""
        first, last = (_day(edit.date()) for edit in (self.first, self.last))
        return min(first, last), max(first, last)

    @property
    def cut_by(self) -> Grouping:
        """What it is cut by."""
        return Grouping(self.grouping.currentData())

    def _take_named(self, *, tell: bool = True) -> None:
        key = self.named.currentData()
        found = next((one for one in stretches(self._today) if one.key == key), None)
        if found is None:
            self.first.setFocus()
            return
        for edit, day in ((self.first, found.first), (self.last, found.last)):
            edit.blockSignals(True)
            edit.setDate(QDate(day.year, day.month, day.day))
            edit.blockSignals(False)
        if tell:
            self.changed.emit()

    def _typed(self) -> None:
        self.named.setCurrentIndex(self.named.findData(_OTHER))
        self.changed.emit()


def _day(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
