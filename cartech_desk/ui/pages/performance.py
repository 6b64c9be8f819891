"""Performance: what a vehicle has become, beside others, and what its runs advise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cartech_desk.domain.dyno.corrections import CORRECTIONS
from cartech_desk.domain.dyno.view import View
from cartech_desk.domain.performance.advice import Advice, NotAsked
from cartech_desk.domain.performance.history import PowerHistory
from cartech_desk.office.performance_words import DrivenVehicle
from cartech_desk.reports.dyno_units import SheetUnits
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.performance_words import (
    VEHICLE_COLUMNS,
    SessionRow,
    figures,
    heard,
    session_columns,
    session_rows,
)
from cartech_desk.ui.models.record_table import Asked, rows_query
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.pages.performance_report import ReportActs
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.performance_advice import AdviceList
from cartech_desk.ui.widgets.performance_compare import CompareView
from cartech_desk.ui.widgets.performance_time import PowerOverTime
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import RecordTabs, button
from cartech_desk.ui.widgets.revenue_figures import FigureRow
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from cartech_desk.office.performance import Performance
    from cartech_desk.reports.performance_report import PerformanceComparison

_TIME, _COMPARE, _ADVICE = "time", "compare", "advice"
_NOTHING: Final = (
    "Nothing was driven on a dyno yet. Power over time, comparisons and advice come from its runs."
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the runs of one session advise."""

    session_id: str
    advice: tuple[Advice, ...]
    not_asked: tuple[NotAsked, ...]


class PerformancePage(Page):
    """Left the vehicles that were on a dyno, right the chosen one over time, beside others."""

    key = "performance"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._history = NewestOnly(self, self._failed)
        self._comparing = NewestOnly(self, self._compare_failed)
        self._asking = NewestOnly(self, self._failed)
        self.history: PowerHistory | None = None
        self.compared: list[str] = []
        """Ids of the runs that are compared, chosen by hand; empty: the first and last session."""
        self.units = self._units()
        self.reports = ReportActs(self)
        self.correction = QComboBox()
        self.correction.setAccessibleName("Correction of all runs")
        for one in CORRECTIONS.values():
            self.correction.addItem(one.short, one.key)
            self.correction.setItemData(
                self.correction.count() - 1, one.name, Qt.ItemDataRole.ToolTipRole
            )
        dyno = getattr(desk.settings.values, "dyno", None)
        self.correction.setCurrentIndex(
            max(0, self.correction.findData(getattr(dyno, "correction", "sae")))
        )
        self.correction.currentIndexChanged.connect(lambda _: self._recorrect())
        self.add_to_header(self.correction)
        self.set_primary("Report  Ctrl+P", self.reports.write)
        self._build()
        acts.settings_changed.connect(self._settings_changed)

    def _build(self) -> None:
        self.vehicles: RecordList[DrivenVehicle] = RecordList(
            "vehicles",
            VEHICLE_COLUMNS,
            self._read_vehicles,
            lambda one: one.vehicle_id,
            self.acts.tell,
            search_words="Search vehicle, plate, owner",
            name="performance-vehicles",
            layouts=self.desk.store.layouts,
        )
        self.vehicles.chosen_changed.connect(self._vehicle_chosen)
        self.vehicles.listed.connect(self._listed)
        self.vehicles.missed.connect(self.show_vehicle)
        self.name = QLabel()
        self.name.setProperty("role", "title")
        self.told = QLabel()
        self.told.setProperty("role", "muted")
        for label in (self.name, self.told):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.warnings = QLabel()
        self.warnings.setProperty("role", "warning")
        self.warnings.setWordWrap(True)
        self.warnings.setTextFormat(Qt.TextFormat.PlainText)
        self.figures = FigureRow()
        self.chart = PowerOverTime()
        self.chart.chosen_changed.connect(self._session_chosen)
        self.sessions = self._session_list()
        self.compare_view = CompareView(self.units)
        self.compare_view.removed.connect(self.drop)
        self.compare_view.cleared.connect(self.clear_comparison)
        self.compare_view.opened.connect(lambda run: self.acts.go_to("dyno", run))
        self.advice = AdviceList()
        self.advice.run_wanted.connect(lambda run: self.acts.go_to("dyno", run))
        self.tabs = RecordTabs("Performance of the vehicle")
        over_time = Split(Qt.Orientation.Vertical)
        over_time.addWidget(self.chart)
        over_time.addWidget(self.sessions)
        over_time.setSizes([300, 200])
        self.tabs.put(_TIME, "Over time", over_time)
        self.tabs.put(_COMPARE, "Compare", self.compare_view)
        self.tabs.put(_ADVICE, "Advice", self.advice)
        self.tabs.turned.connect(lambda _: self._turned())
        self.tabs.corner.addWidget(
            button("Compare  C", self.compare_chosen, "Put the chosen session beside others")
        )
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(Space.S, 0, 0, 0)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.name)
        head.addWidget(self.told, 1, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(head)
        for widget in (self.figures, self.warnings):
            column.addWidget(widget)
        column.addWidget(self.tabs, 1)
        split = Split(Qt.Orientation.Horizontal)
        split.addWidget(self.vehicles)
        split.addWidget(right)
        split.setSizes([340, 930])
        split.setStretchFactor(1, 1)
        self.empty = EmptyPage(_NOTHING, "Go to the dyno", lambda: self.acts.go_to("dyno"))
        self.pages = QStackedWidget()
        self.pages.addWidget(split)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)

    def _session_list(self) -> RecordList[SessionRow]:
        found: RecordList[SessionRow] = RecordList(
            "sessions",
            session_columns(self.units),
            self._read_sessions,
            lambda one: one.point.session_id,
            self.acts.tell,
            name="performance-sessions",
            layouts=self.desk.store.layouts,
        )
        found.search.hide()
        found.chosen_changed.connect(self._row_chosen)
        found.opened.connect(lambda one: self.acts.go_to("dyno", one.point.run_id))
        return found

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        return [
            PageAction("Write a performance report", self.reports.write, "Ctrl+P", "pdf excel"),
            PageAction("Search vehicles", self.vehicles.go_to_search, "Ctrl+F", "find"),
            PageAction("Read the runs anew", self.refresh, "F5", "refresh"),
            PageAction("Power over time", lambda: self.tabs.turn(_TIME), "1", "history gain"),
            PageAction("Runs beside each other", lambda: self.tabs.turn(_COMPARE), "2", "overlay"),
            PageAction("What the runs advise", lambda: self.tabs.turn(_ADVICE), "3", "recommend"),
            PageAction("Compare the chosen session", self.compare_chosen, "C", "beside add take"),
            PageAction("Compare nothing any more", self.clear_comparison, "X", "clear"),
            PageAction("Open the chosen run", self.open_run, "Return", "dyno show"),
            PageAction("Open the vehicle", self.open_vehicle, "V", "record modifications"),
        ]

    def shown(self, what: object = None) -> None:
        """Read the list of vehicles; `what` is the id of one."""
        self._through()
        wanted = what if isinstance(what, str) else ""
        if not wanted and self.history is None and self.acts.vehicle is not None:
            wanted = self.acts.vehicle.id
        self.vehicles.refresh(wanted)

    def hidden(self) -> None:
        """Remember the columns."""
        self.vehicles.keep_columns()
        self.sessions.keep_columns()

    @property
    def busy(self) -> bool:
        """Whether something is being read, computed or written."""
        return (
            self.vehicles.busy
            or self.sessions.busy
            or self._history.busy
            or self._comparing.busy
            or self._asking.busy
            or self.reports.busy
        )

    @property
    def view(self) -> View:
        """How all runs are looked at."""
        dyno = getattr(self.desk.settings.values, "dyno", None)
        return View(self.correction.currentData(), getattr(dyno, "smoothing", 3))

    # Reading

    def _through(self) -> "Performance":
        """Return the office's room, with the bay's runs, whose results both keep."""
        return self.desk.office.performance.through(self.desk.bay.runs)

    def _units(self) -> SheetUnits:
        values = self.desk.settings.values
        dyno = getattr(values, "dyno", None)
        return SheetUnits(unit_system(values), getattr(dyno, "power_unit", "hp"))

    def _read_vehicles(self, asked: Asked) -> tuple[Sequence[DrivenVehicle], int]:
        return self._through().vehicles(asked.search, limit=asked.limit, offset=asked.offset)

    def _read_sessions(self, asked: Asked) -> tuple[Sequence[SessionRow], int]:
        history = self.history
        rows = () if history is None else session_rows(history, set(self.compared))
        return rows_query(lambda: rows, self.sessions.table.columns)(asked)

    def refresh(self) -> None:
        """Read all of it anew."""
        self.vehicles.refresh()
        if self.history is not None:
            self.show_vehicle(self.history.vehicle_id)

    def _listed(self) -> None:
        self.pages.setCurrentIndex(1 if self.vehicles.empty else 0)

    def _vehicle_chosen(self) -> None:
        chosen = self.vehicles.chosen_id()
        if chosen and (self.history is None or chosen != self.history.vehicle_id):
            self.show_vehicle(chosen)

    def show_vehicle(self, vehicle_id: str) -> None:
        """Show a vehicle over time."""
        room, correction = self._through(), self.correction.currentData()
        self._history.ask(lambda: room.history(vehicle_id, correction=correction), self._show)

    def _recorrect(self) -> None:
        if self.history is not None:
            self.show_vehicle(self.history.vehicle_id)

    def _show(self, history: PowerHistory) -> None:
        self.history = history
        self.name.setText(history.vehicle)
        self.told.setText(heard(history))
        self.warnings.setText("\n".join(f"▲ {words}" for words in history.warnings))
        self.warnings.setVisible(bool(history.warnings))
        self.figures.show_figures(figures(history, self.units))
        self.chart.show_history(history, self.units)
        self.sessions.refresh(self.chart.chosen)
        self._turned()

    def _failed(self, error: BaseException) -> None:
        self.acts.tell(error)

    def _settings_changed(self) -> None:
        units = self._units()
        if units == self.units:
            return
        self.units = units
        self.sessions.table.columns = session_columns(units)
        self.compare_view.set_units(units)
        self._recorrect()

    # What is chosen

    def _session_chosen(self, session_id: str) -> None:
        self.sessions.choose(session_id)
        self._ask_advice()

    def _row_chosen(self) -> None:
        chosen = self.sessions.chosen_id()
        if chosen and chosen != self.chart.chosen:
            self.chart.choose(chosen)
            self._ask_advice()

    def _turned(self) -> None:
        """Compute what is in front: comparisons and advice read samples."""
        # Curves need the room more than figures that stand in the list as well.
        self.figures.setVisible(self.tabs.key != _COMPARE)
        if self.tabs.key == _COMPARE:
            self._compare()
        elif self.tabs.key == _ADVICE:
            self._ask_advice()

    def _ask_advice(self) -> None:
        history = self.history
        if self.tabs.key != _ADVICE or history is None:
            return
        if not history.points:
            self.advice.show_advice((), (), "")
            return
        room, session, units = self._through(), self.chart.chosen, self.units.system
        vehicle = history.vehicle_id

        def work() -> _Told:
            return _Told(session, *room.advice(vehicle, session_id=session, units=units))

        self._asking.ask(work, self._show_advice)

    def _show_advice(self, told: _Told) -> None:
        history = self.history
        if history is None:
            return
        days = [one.day for one in history.points if one.session_id == told.session_id]
        whose = f"{history.vehicle}, session of {days[0]}" if days else history.vehicle
        self.advice.show_advice(told.advice, told.not_asked, whose)

    # Beside each other

    def compare_chosen(self) -> None:
        """Put the chosen session's best run beside others, or take it away again."""
        row = self.sessions.chosen()
        if row is None:
            return
        run = row.point.run_id
        if run in self.compared:
            self.compared.remove(run)
        else:
            self.compared.append(run)
        self._comparison_changed()

    def drop(self, run_id: str) -> None:
        """Take a run out of the comparison."""
        if run_id in self.compared:
            self.compared.remove(run_id)
            self._comparison_changed()

    def clear_comparison(self) -> None:
        """Compare nothing by hand: the first and the last session again."""
        self.compared.clear()
        self._comparison_changed()

    def _comparison_changed(self) -> None:
        self.tabs.count(_COMPARE, len(self.compared))
        self.sessions.refresh()
        if self.tabs.key == _COMPARE:
            self._compare()
        elif self.compared:
            self.acts.say(f"{len(self.compared)} to compare: choose another, or look (2).")

    def _wanted(self) -> tuple[str, ...]:
        if self.compared:
            return tuple(self.compared)
        points = () if self.history is None else self.history.points
        alike = [one for one in points if not one.unlike] or list(points)
        return tuple(dict.fromkeys((alike[0].run_id, alike[-1].run_id))) if alike else ()

    def _compare(self) -> None:
        room, view, units, wanted = self._through(), self.view, self.units.system, self._wanted()
        if not wanted:
            self.compare_view.show_nothing("Choose sessions to compare: C adds the chosen one.")
            return
        by_hand = bool(self.compared)

        def show(found: "PerformanceComparison") -> None:
            self.compare_view.show_comparison(found, by_hand=by_hand)

        self._comparing.ask(
            lambda: room.compare(run_ids=wanted, view=view, advice=False, units=units), show
        )

    def _compare_failed(self, error: BaseException) -> None:
        self.compare_view.show_nothing("")
        self.acts.tell(error)

    # Elsewhere

    def open_run(self) -> None:
        """Open the best run of the chosen session on the Dyno page."""
        row = self.sessions.chosen()
        if row is not None:
            self.acts.go_to("dyno", row.point.run_id)

    def open_vehicle(self) -> None:
        """Open the record of the vehicle."""
        if self.history is not None:
            self.acts.go_to("vehicles", self.history.vehicle_id)
