"""A scan in sight: its verdict, and codes, readiness, tests and control units behind tabs."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.fault_frame import frames_of
from cartech_desk.ui.models.fault_list import FaultRow, fault_groups
from cartech_desk.ui.models.fault_readiness import not_complete
from cartech_desk.ui.models.fault_shown import KINDS, ShownFaults
from cartech_desk.ui.models.fault_tests import failed
from cartech_desk.ui.models.fault_words import change_words, verdict_of
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.checkup_comparison import CheckupComparison
from cartech_desk.ui.widgets.checkup_list import CheckupList
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.fault_cleared import FaultCleared
from cartech_desk.ui.widgets.fault_frame import FaultFrame
from cartech_desk.ui.widgets.fault_list import FaultList
from cartech_desk.ui.widgets.fault_meaning import FaultMeaning
from cartech_desk.ui.widgets.fault_readiness import FaultReadiness
from cartech_desk.ui.widgets.fault_tests import FaultTests
from cartech_desk.ui.widgets.fault_units import FaultUnits
from cartech_desk.ui.widgets.fault_verdict import FaultVerdict
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import counted, local_time

CODES, READINESS, TESTS, UNITS, EARLIER = range(5)
WIDTHS: Final = (380, 420, 460)


class _Tabs(QTabBar):
    """As high as a gloved finger needs."""

    def tabSizeHint(self, index: int) -> QSize:
        size = super().tabSizeHint(index)
        return QSize(size.width(), max(size.height(), Size.CONTROL_BAY))


class FaultView(QWidget):
    """Shows a ShownFaults; `back_pressed` where somebody wants to see the car as it is now."""

    back_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: ShownFaults | None = None
        self._system = UnitSystem.METRIC
        self.verdict = FaultVerdict()
        self.cleared = FaultCleared()
        self.past = self._make_past()
        self.tabs = _Tabs()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Parts of the scan")
        self.list, self.meaning, self.frame = FaultList(), FaultMeaning(), FaultFrame()
        self.readiness, self.tests, self.units = FaultReadiness(), FaultTests(), FaultUnits()
        self.checkups, self.comparison = CheckupList(), CheckupComparison()
        self.none = QLabel()
        self.none.setProperty("role", "muted")
        self.none.setWordWrap(True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.list.chosen.connect(self._choose)
        self.list.grouping_changed.connect(lambda _by: self._show_codes())
        self.comparison.back.connect(self.leave_comparison)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)

    def _lay_out(self) -> None:
        self.across = Split(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(Space.M)
        for part, least in ((self.list, 230), (self.meaning, 210), (self.frame, 320)):
            part.setMinimumWidth(least)
            self.across.addWidget(part)
        self.across.setStretchFactor(1, 1)
        self.across.setStretchFactor(2, 1)
        self.across.setSizes(list(WIDTHS))
        self.codes = QStackedWidget()
        self.codes.addWidget(self.across)
        self.codes.addWidget(self.none)
        self.earlier = QStackedWidget()
        self.earlier.addWidget(self.checkups)
        self.earlier.addWidget(self.comparison)
        self.stack = QStackedWidget()
        for title, widget in (
            ("Codes", self.codes),
            ("Readiness", self.readiness),
            ("Tests", self.tests),
            ("Control units", self.units),
            ("Earlier check-ups", self.earlier),
        ):
            self.tabs.addTab(title)
            self.stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for widget in (self.past, self.cleared, self.verdict, self.tabs):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)

    def _make_past(self) -> QFrame:
        made = QFrame()
        made.setProperty("card", "chosen")
        self.past_words = ElidedLabel("heading")
        self.to_now = QPushButton("Back to the car now  Esc")
        self.to_now.clicked.connect(lambda _checked=False: self.back_pressed.emit())
        row = QHBoxLayout(made)
        row.setContentsMargins(Space.L, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.M)
        row.addWidget(LampMark(State.OFF))
        row.addWidget(self.past_words, 1)
        row.addWidget(self.to_now)
        made.hide()
        return made

    @property
    def comparing(self) -> bool:
        """Whether two check-ups stand beside each other."""
        return self.tabs.currentIndex() == EARLIER and self.earlier.currentIndex() == 1

    # What it shows

    def show_faults(
        self, shown: ShownFaults | None, system: UnitSystem, *, can_go_back: bool
    ) -> None:
        """Show this scan; None leaves the earlier check-ups alone in sight."""
        first, other = self.shown is None, self.shown is not shown
        self.shown, self._system = shown, system
        there = shown is not None
        self.verdict.setVisible(there)
        for place in (CODES, READINESS, TESTS, UNITS):
            self.tabs.setTabEnabled(place, there)
        past = there and not shown.now
        if there and first:
            self.tabs.setCurrentIndex(CODES)
        self.past.setVisible(past)
        if not there:
            self.cleared.hide()
            self.tabs.setCurrentIndex(EARLIER)
            return
        if past:
            self._say_past(shown)
            self.to_now.setText("Back to the car now  Esc" if can_go_back else "Close  Esc")
        self._show_verdict(shown)
        self._show_codes(anew=other)
        self.readiness.show_scan(shown.scan, system)
        self.tests.show_scan(shown.scan, system)
        self.units.show_scan(shown.scan)
        self._title_tabs(shown.scan)

    def _say_past(self, shown: ShownFaults) -> None:
        kind = KINDS[shown.kept.kind] if shown.kept is not None else "reading"
        what = {"check-up": "A check-up", "reading": "A reading"}.get(
            kind, f"What was there {kind}"
        )
        self.past_words.say(
            f"{what} of {shown.vehicle_name or 'this car'}, "
            f"{shown.scan.at.astimezone():%Y-%m-%d %H:%M}: not the car as it is now."
        )

    def _show_verdict(self, shown: ShownFaults) -> None:
        change = ""
        if shown.difference is not None:
            since = "before clearing" if shown.cleared else _read_when(shown.before)
            change = f"Since {since}: {change_words(shown.difference, shown.scan)}"
        elif shown.kept is not None and shown.kept.kind.value == "checkup":
            change = "First check-up of this vehicle"
        self.verdict.show_verdict(
            verdict_of(shown.scan, shown.meanings, self._system), when_words(shown), change
        )

    def _show_codes(self, *, anew: bool = False) -> None:
        shown = self.shown
        if shown is None:
            return
        groups = fault_groups(shown.scan, shown.meanings, shown.difference, self.list.grouping)
        self.list.show_groups(groups, anew=anew)
        clean = "This car has no fault codes; each of its control units said so."
        unsure = "No code was told. Above stands why that does not mean that there is none."
        self.none.setText(clean if shown.scan.clean else unsure)
        self.codes.setCurrentWidget(self.across if groups else self.none)

    def _title_tabs(self, scan: FaultScan) -> None:
        left, bad = not_complete(scan.since_clear), failed(scan)
        for place, words in (
            (CODES, f"Codes ({len(scan.codes) if scan.codes or scan.clean else '?'})"),
            (READINESS, f"Readiness ({left} not complete)" if left else "Readiness"),
            (TESTS, f"Tests ({bad} failed)" if bad else "Tests"),
            (UNITS, f"Control units ({len(scan.ecus)})"),
        ):
            self.tabs.setTabText(place, words)

    def _choose(self, row: FaultRow | None) -> None:
        self.meaning.show_row(row)
        shown = self.shown
        if row is None or shown is None:
            self.frame.show_frames((), self._system, live=False)
            return
        frames = frames_of(shown.scan, row.code, row.found.ecu) if row.present else ()
        # Without a frame its room is the meaning's, which says so.
        self.frame.setVisible(bool(frames))
        self.frame.show_frames(frames, self._system, live=shown.now)
        if not frames:
            self.meaning.show_no_frame(
                "No freeze frame was told for this code."
                if row.present
                else "It is not in the car's list now; the check-up before holds its freeze frame."
            )

    def widths(self) -> list[int] | None:
        """Return the widths of list, meaning and frame; None while not all are in sight."""
        return self.across.sizes() if self.frame.isVisibleTo(self.across) else None

    # Earlier check-ups

    def show_comparison(self) -> None:
        """Bring the comparison to the front."""
        self.tabs.setCurrentIndex(EARLIER)
        self.earlier.setCurrentWidget(self.comparison)

    def leave_comparison(self) -> None:
        """Go back to the list of check-ups."""
        self.earlier.setCurrentWidget(self.checkups)

    def title_earlier(self, number: int) -> None:
        """Say how many check-ups there are."""
        words = f"Earlier check-ups ({number})" if number else "Earlier check-ups"
        self.tabs.setTabText(EARLIER, words)


def _read_when(taken: datetime | None) -> str:
    """Name what is compared with: a check-up, or what stood after a clearing."""
    if taken is None:
        return "what was read before"
    at = taken.astimezone()
    today = at.date() == datetime.now().astimezone().date()
    return f"what was read {f'today at {at:%H:%M}' if today else f'on {at:%Y-%m-%d %H:%M}'}"


def when_words(shown: ShownFaults) -> str:
    """Say when and by whom it was read, and whether it is kept."""
    scan, kept = shown.scan, shown.kept
    ecus = counted(len(scan.ecus), "control unit")
    if kept is None:
        return f"Read {local_time(scan.at)} from {ecus}, not kept."
    by = f" by {kept.operator.name}" if kept.operator is not None else ""
    note = f" Note: {kept.note}" if kept.note else ""
    return f"Read {local_time(scan.at)}{by} from {ecus}, kept.{note}"
