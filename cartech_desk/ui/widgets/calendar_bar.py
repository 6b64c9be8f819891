"""What the calendar looks at: earlier and later, a day, whose columns, whose week."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QDateEdit, QPushButton, QWidget

from cartech_desk.domain.appointments.booking import Resource
from cartech_desk.ui.models.calendar_columns import Plan
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed

_PLANS = ((Plan.BAYS, "Bays  D"), (Plan.TECHNICIANS, "Technicians  P"), (Plan.WEEK, "Week  W"))


class CalendarBar(QObject):
    """The controls above a calendar: `left` says when, `right` whose."""

    stepped = Signal(int)
    today_wanted = Signal()
    day_chosen = Signal(object)
    """A `date`."""
    plan_chosen = Signal(object)
    """A `Plan`."""
    whose_chosen = Signal(str)
    """Id of a resource, empty for everybody."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.before, self.after = QPushButton(), QPushButton()
        for button, by, words in (
            (self.before, -1, "Earlier (Page up)"),
            (self.after, 1, "Later (Page down)"),
        ):
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked=False, by=by: self.stepped.emit(by))
        self.today = QPushButton("Today  T")
        self.today.clicked.connect(lambda _checked=False: self.today_wanted.emit())
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setAccessibleName("Day")
        self.day.dateChanged.connect(
            lambda one: self.day_chosen.emit(date(one.year(), one.month(), one.day()))
        )
        self._plans = QButtonGroup(self)
        self.plans: dict[Plan, QPushButton] = {}
        for plan, words in _PLANS:
            button = QPushButton(words)
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, plan=plan: self.plan_chosen.emit(plan))
            self._plans.addButton(button)
            self.plans[plan] = button
        self.whose = QComboBox()
        self.whose.setAccessibleName("Whose week")
        self.whose.currentIndexChanged.connect(
            lambda _index: self.whose_chosen.emit(str(self.whose.currentData() or ""))
        )
        theme_changed.connect(self._tint)
        self._tint()

    @property
    def left(self) -> tuple[QWidget, ...]:
        """What says when."""
        return self.before, self.today, self.after, self.day

    @property
    def right(self) -> tuple[QWidget, ...]:
        """What says which columns, and whose."""
        return *self.plans.values(), self.whose

    def show_place(self, plan: Plan, day: date) -> None:
        """Show what is looked at, without telling of it."""
        self.plans[plan].setChecked(True)
        self.whose.setVisible(plan is Plan.WEEK)
        self.day.blockSignals(True)
        self.day.setDate(QDate(day.year, day.month, day.day))
        self.day.blockSignals(False)

    def show_resources(self, resources: Sequence[Resource], only: str) -> str:
        """Offer these for a week; returns whose week it is, empty where that one is gone."""
        wanted = [("", "Everybody"), *((one.id, one.name) for one in resources if one.active)]
        box = self.whose
        there = [(box.itemData(place), box.itemText(place)) for place in range(box.count())]
        if wanted != there:
            box.blockSignals(True)
            box.clear()
            for number, words in wanted:
                box.addItem(words, number)
            box.setCurrentIndex(max(0, box.findData(only)))
            box.blockSignals(False)
        return str(box.currentData() or "")

    def _tint(self) -> None:
        self.before.setIcon(icon("chevron-left"))
        self.after.setIcon(icon("chevron-right"))
