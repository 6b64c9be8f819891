"""Revenue: what was earned, with what, by whom, and what is still to come."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cartech_desk.domain.people import Act, allowed
from cartech_desk.domain.revenue import IN_TIME, EarnedJob, Grouping, RevenueReport, Slice, Unpaid
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.record_table import Asked, rows_query
from cartech_desk.ui.models.revenue_words import (
    GROUPINGS,
    JOB_COLUMNS,
    figures,
    slice_columns,
    slice_words,
    unpaid_columns,
)
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import RecordTabs
from cartech_desk.ui.widgets.revenue_bars import RevenueBars
from cartech_desk.ui.widgets.revenue_figures import FigureRow
from cartech_desk.ui.widgets.revenue_stretch import StretchChoice
from cartech_desk.ui.widgets.split import Split

_JOBS: Final = "jobs"
_UNPAID: Final = "unpaid"
_KINDS: Final = "Excel, with charts (*.xlsx);;CSV, the slices (*.csv)"
_MAY_NOT: Final = (
    "What was earned is for managers and administrators. One of them can take over here."
)


class RevenuePage(Page):
    """Above the figures, left bars and slices, right the jobs behind the chosen slice."""

    key = "revenue"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._reading = NewestOnly(self, self._failed)
        self._exporting = False
        self.report: RevenueReport | None = None
        self.slice: Slice | None = None
        self.ask_save: Callable[[Path], Path | None] = self._ask_save
        self.stretch = StretchChoice()
        self.stretch.changed.connect(self.refresh)
        self.add_to_header(self.stretch)
        # The report takes longest: it is read while all else is made.
        self._reads_already = False
        self._begin()
        self.export_button = self.set_primary("Export  Ctrl+E", self.export)
        self.figures = FigureRow()
        self.warnings = QLabel()
        self.warnings.setProperty("role", "warning")
        self.warnings.setTextFormat(Qt.TextFormat.PlainText)
        self.warnings.setWordWrap(True)
        self.warnings.hide()
        self.bars = RevenueBars()
        self.bars.chosen_changed.connect(self._choose)
        self.slices: RecordList[Slice] | None = None
        self._slice_place = QVBoxLayout()
        self._slice_place.setContentsMargins(0, 0, 0, 0)
        self.whose = QLabel()
        self.whose.setProperty("role", "heading")
        self.whose.setTextFormat(Qt.TextFormat.PlainText)
        self.jobs: RecordList[EarnedJob] = RecordList(
            "jobs",
            JOB_COLUMNS,
            self._read_jobs,
            lambda one: one.job_id,
            acts.tell,
            search_words="Search title, customer, vehicle",
            name="revenue-jobs",
            layouts=desk.store.layouts,
            choose_first=False,
        )
        self.jobs.opened.connect(lambda one: self.acts.go_to("jobs", one.job_id))
        self.unpaid: RecordList[Unpaid] = RecordList(
            "unpaid jobs",
            unpaid_columns(date(2000, 1, 1)),
            self._read_unpaid,
            lambda one: one.job_id,
            acts.tell,
            empty_words="Every job that is done is paid.",
            choose_first=False,
        )
        self.unpaid.opened.connect(lambda one: self.acts.go_to("jobs", one.job_id))
        self._build()
        acts.operator_changed.connect(lambda _: self.refresh() if self.isVisible() else None)

    def _build(self) -> None:
        self.tabs = RecordTabs("Behind the sums")
        self.tabs.turned.connect(self._read_if_unpaid)
        behind = QWidget()
        column = QVBoxLayout(behind)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.whose)
        column.addWidget(self.jobs, 1)
        self.tabs.put(_JOBS, "Jobs", behind)
        self.tabs.put(_UNPAID, "Unpaid", self.unpaid)
        below = QWidget()
        below.setLayout(self._slice_place)
        left = Split(Qt.Orientation.Vertical)
        left.addWidget(self.bars)
        left.addWidget(below)
        left.setSizes([300, 240])
        split = Split(Qt.Orientation.Horizontal)
        split.addWidget(left)
        self.tabs.setContentsMargins(Space.S, 0, 0, 0)
        split.addWidget(self.tabs)
        split.setSizes([660, 600])
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Space.M)
        rows.addWidget(self.figures)
        rows.addWidget(self.warnings)
        rows.addWidget(split, 1)
        self.empty = EmptyPage(_MAY_NOT, "Take over", self.acts.ask_to_sign_in)
        self.pages = QStackedWidget()
        self.pages.addWidget(whole)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Export the revenue", self.export, "Ctrl+E", "excel csv spreadsheet"),
            PageAction("Read the revenue anew", self.refresh, "F5", "refresh"),
            PageAction("Show what is unpaid", self.show_unpaid, "U", "outstanding overdue owed"),
            PageAction("Show the jobs behind the sums", self.show_jobs, "J", "drill down"),
            PageAction("All jobs of the stretch", lambda: self._choose(None), "A", "whole clear"),
        ]
        found += [
            PageAction(f"Revenue {words}", partial(self.stretch.choose_grouping, one), key)
            for key, (one, words) in zip("123456", GROUPINGS.items(), strict=True)
        ]
        found += [
            PageAction(
                f"Revenue of {self.stretch.named.itemText(place).lower()}",
                partial(self.stretch.choose, self.stretch.named.itemData(place)),
                "",
                "days stretch period",
            )
            for place in range(max(0, self.stretch.named.count() - 1))
        ]
        return found

    def shown(self, what: object = None) -> None:
        """Read what was earned; `what` "unpaid" shows what is outstanding."""
        if what == _UNPAID:
            self.show_unpaid()
        self.refresh()

    def hidden(self) -> None:
        """Remember the columns."""
        self.jobs.keep_columns()

    @property
    def busy(self) -> bool:
        """Whether something is being read or written."""
        return (
            self._reading.busy
            or self.jobs.busy
            or self.unpaid.busy
            or (self.slices is not None and self.slices.busy)
            or self._exporting
        )

    # Reading

    def _begin(self) -> None:
        self.stretch.begin(self.desk.office.revenue.today)
        if allowed(self.acts.actor, Act.SEE_REVENUE):
            self._ask_report()
            self._reads_already = True

    def _ask_report(self) -> None:
        by, (first, last) = self.acts.actor, self.stretch.days
        grouping, revenue = self.stretch.cut_by, self.desk.office.revenue
        self._reading.ask(lambda: revenue.report(by, first, last, grouping), self._show)

    def refresh(self) -> None:
        """Read the report of the stretch that is chosen."""
        may = allowed(self.acts.actor, Act.SEE_REVENUE)
        self.pages.setCurrentIndex(0 if may else 1)
        self.stretch.setVisible(may)
        self.export_button.setEnabled(may)
        if not may:
            self._reading.forget()
            self._reads_already = False
            self.report = None
            return
        if not self._reads_already:
            self._ask_report()
        self._reads_already = False
        # The jobs of what is chosen do not wait for the sums.
        self._ask_jobs()

    def _show(self, report: RevenueReport) -> None:
        self._reads_already = False
        before, self.report = self.report, report
        self.figures.show_figures(figures(report))
        self.warnings.setText("\n".join(f"▲ {words}" for words in report.warnings))
        self.warnings.setVisible(bool(report.warnings))
        chosen = self.slice.key if self.slice is not None else None
        self.slice = next((one for one in report.slices if one.key == chosen), None)
        if before is None or before.grouping is not report.grouping:
            self._make_slices(report)
            self.slice = None
        self.bars.show_slices(report.slices, upright=report.grouping in IN_TIME)
        self.bars.choose(self.slice.key if self.slice else "", nothing=self.slice is None)
        if self.slices is not None:
            self.slices.refresh()
        self.unpaid.table.columns = unpaid_columns(report.today)
        self._read_if_unpaid(self.tabs.key)
        self.tabs.count(_UNPAID, report.still_open.jobs)
        self.whose.setText(slice_words(report, self.slice))
        if self.jobs.table.asked.filters.get("cut") != self._cut():
            self._ask_jobs()

    def _make_slices(self, report: RevenueReport) -> None:
        """Make the list of slices anew: each grouping has columns of its own."""
        if self.slices is not None:
            self._slice_place.removeWidget(self.slices)
            self.slices.hide()
            self.slices.deleteLater()
        columns = slice_columns(report)
        self.slices = RecordList(
            "slices",
            columns,
            rows_query(lambda: () if self.report is None else self.report.slices, columns),
            lambda one: one.key or "\0",
            self.acts.tell,
            choose_first=False,
        )
        self.slices.search.hide()
        self.slices.view.setAccessibleName("Slices of revenue")
        self.slices.view.clicked.connect(lambda _: self._choose_listed())
        self.slices.opened.connect(self._choose)
        self._slice_place.addWidget(self.slices)

    def _failed(self, error: BaseException) -> None:
        self.acts.tell(error)

    # What is chosen

    def _choose_listed(self) -> None:
        if self.slices is not None and self.slices.chosen() is not None:
            self._choose(self.slices.chosen())

    def _choose(self, one: Slice | None) -> None:
        self.slice = one
        self.bars.choose(one.key if one is not None else "", nothing=one is None)
        if self.slices is not None:
            if one is None:
                self.slices.view.clearSelection()
            else:
                self.slices.choose(one.key or "\0")
        self.show_jobs()
        self._show_jobs()

    def _show_jobs(self) -> None:
        if self.report is not None:
            self.whose.setText(slice_words(self.report, self.slice))
            self._ask_jobs()

    def _cut(self) -> tuple[Any, date, date, Grouping | None, str]:
        """Return what the jobs are asked by: a slice counts in the report that it is of."""
        (first, last), cut_by = self.stretch.days, self.stretch.cut_by
        report, one = self.report, self.slice
        grouping, key = None, ""
        if report is None or (report.first, report.last, report.grouping) != (first, last, cut_by):
            one = None
        if one is not None and cut_by in IN_TIME:
            first, last = one.first or first, one.last or last
        elif one is not None:
            grouping, key = cut_by, one.key
        return self.acts.actor, first, last, grouping, key

    def _ask_jobs(self) -> None:
        cut = self._cut()
        if self.jobs.table.asked.filters.get("cut") == cut:
            self.jobs.refresh()
        else:
            self.jobs.narrow(cut=cut)

    def _read_jobs(self, asked: Asked) -> tuple[Sequence[EarnedJob], int]:
        cut: tuple[Any, date, date, Grouping | None, str] | None = asked.filters.get("cut")
        if cut is None:
            return (), 0
        by, first, last, grouping, key = cut
        return self.desk.office.revenue.jobs(
            by,
            first,
            last,
            asked.search,
            grouping=grouping,
            key=key,
            limit=asked.limit,
            offset=asked.offset,
            sort=asked.sort,
            descending=asked.descending,
        )

    def _read_unpaid(self, asked: Asked) -> tuple[Sequence[Unpaid], int]:
        by, revenue = self.acts.actor, self.desk.office.revenue
        return rows_query(lambda: revenue.unpaid(by), self.unpaid.table.columns)(asked)

    def _read_if_unpaid(self, in_front: str) -> None:
        """Read what is unpaid where its tab is in front: thousands of jobs may be."""
        if in_front == _UNPAID and self.report is not None:
            self.unpaid.refresh()

    # What a person does

    def show_unpaid(self) -> None:
        """Show what is outstanding."""
        self.tabs.turn(_UNPAID)

    def show_jobs(self) -> None:
        """Show the jobs behind the sums."""
        self.tabs.turn(_JOBS)

    def export(self) -> None:
        """Write the report to a file of somebody's choice."""
        report, by = self.report, self.acts.actor
        if report is None or self._exporting:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        path = self.ask_save(Path(folder) / f"revenue_{report.first}_{report.last}.xlsx")
        if path is None:
            return
        self._exporting = True
        in_background(
            lambda: self.desk.office.revenue.export(by, report, path), self, self._exported,
            self._not_exported,
        )  # fmt: skip

    def _exported(self, path: Path) -> None:
        self._exporting = False
        self.acts.say(f"{path.name} is written.")

    def _not_exported(self, error: BaseException) -> None:
        self._exporting = False
        self.acts.tell(error)

    def _ask_save(self, usual: Path) -> Path | None:
        name, kind = QFileDialog.getSaveFileName(self, "Export revenue", str(usual), _KINDS)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix else path.with_suffix(".csv" if "CSV" in kind else ".xlsx")
