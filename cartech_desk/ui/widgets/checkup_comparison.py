"""Two check-ups of one vehicle beside each other: what is new, gone, changed, still there."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import CodeFound, TestResult
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.store.checkups import KeptCheckup
from cartech_desk.ui.models.fault_shown import KINDS
from cartech_desk.ui.models.fault_words import (
    SEVERITY_LAMPS,
    ecu_words,
    full_code,
    status_words,
)
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.fault_table import Cell, FaultTable

_COLUMNS: Final = ("What", "Code", "Before", "After", "Meaning", "Control unit")
_WIDTHS: Final = (120, 90, 204, 204, 490, 130)

_CHANGED: Final = (State.WARNING, "~ changed")
_DOUBTED: Final = (State.WARNING, "? perhaps new")
_GONE: Final = (State.CONNECTED, "\N{MINUS SIGN} gone")
_UNTOLD: Final = (State.WARNING, "? not told")
_SAME: Final = (State.OFF, "= the same")
_FAILING: Final = (State.TRIP, "+ test fails")
_MENDED: Final = (State.CONNECTED, "\N{MINUS SIGN} test passes")
_ABSENT: Final = "not there"


class CheckupComparison(QWidget):
    """A row for each code and test that stands in either; sentences for all else."""

    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leave = QPushButton("Check-ups")
        self.leave.setToolTip("Back to the list (Esc)")
        self.leave.clicked.connect(lambda _checked=False: self.back.emit())
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.sentences = QLabel()
        self.sentences.setWordWrap(True)
        self.table = FaultTable("Comparison", _COLUMNS, _WIDTHS)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.leave)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.sentences)
        column.addWidget(self.table, 1)
        theme_changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.leave.setIcon(icon("chevron-left"))

    def show_difference(
        self,
        before: KeptCheckup,
        now: KeptCheckup,
        difference: Difference,
        meanings: Mapping[str, Meaning],
    ) -> None:
        """Show what changed from the earlier check-up to the later one."""
        self.title.setText(f"{_named(before)}  \N{RIGHTWARDS ARROW}  {_named(now)}")
        said = list(difference.sentences)
        if difference.untold:
            said.append(
                "A control unit did not tell its codes the second time: whether these are gone is "
                "not known."
            )
        if not said and not any((difference.new, difference.gone, difference.changed)):
            said = ["Nothing changed between the two."]
        self.sentences.setText("\n".join(said))
        self.sentences.setVisible(bool(said))

        def rows(what: Cell, codes: Sequence[CodeFound], *, was: bool, stays: bool) -> list[list]:
            return [
                [
                    what,
                    full_code(one),
                    status_words(one) if was else _ABSENT,
                    (status_words(one) if stays else _ABSENT)
                    if what is not _UNTOLD
                    else "not told",
                    _meaning(one, meanings),
                    ecu_words(now.scan, one.ecu),
                ]
                for one in codes
            ]

        listed = [
            row
            for one in difference.new
            for row in rows(_new(one, meanings), (one,), was=False, stays=True)
        ]
        listed += [
            [
                _DOUBTED,
                full_code(one),
                "not told",
                status_words(one),
                _meaning(one, meanings),
                ecu_words(now.scan, one.ecu),
            ]
            for one in difference.doubted
        ]
        listed += [
            [
                _CHANGED,
                full_code(one.now),
                status_words(one.before),
                status_words(one.now),
                _meaning(one.now, meanings),
                ecu_words(now.scan, one.now.ecu),
            ]
            for one in difference.changed
        ]
        listed += _tests(_FAILING, difference.failing, now)
        listed += rows(_UNTOLD, difference.untold, was=True, stays=False)
        listed += rows(_GONE, difference.gone, was=True, stays=False)
        listed += _tests(_MENDED, difference.mended, now)
        listed += rows(_SAME, difference.same, was=True, stays=True)
        self.table.show_rows(listed)
        self.table.setVisible(bool(listed))


def _named(kept: KeptCheckup) -> str:
    kind = KINDS[kept.kind]
    return f"{kept.taken.astimezone():%Y-%m-%d %H:%M} ({kind})"


def _new(found: CodeFound, meanings: Mapping[str, Meaning]) -> Cell:
    known = meanings.get(full_code(found))
    state = SEVERITY_LAMPS[known.severity] if known is not None else State.WARNING
    return state, "+ new"


def _meaning(found: CodeFound, meanings: Mapping[str, Meaning]) -> str:
    known = meanings.get(full_code(found))
    return known.description if known is not None else ""


def _tests(what: Cell, tests: Sequence[TestResult], now: KeptCheckup) -> list[list[Cell]]:
    passed, bad = ("failed", "passed") if what is _MENDED else ("passed", "failed")
    return [
        [what, "", passed, bad, f"{one.name}: {one.test_name}", ecu_words(now.scan, one.ecu)]
        for one in tests
    ]
