"""The lines of a job with what they come to, and what the customer agreed to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.jobs.approval import approval_of, approval_words, withdrawn
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind, Totals
from cartech_desk.domain.jobs.states import LET_GO, WORDS
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money, money_text
from cartech_desk.ui.models.job_words import LINE_COLUMNS, line_cells, percent_words
from cartech_desk.ui.models.work_states import WorkState
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right

_WIDTHS: Final = (62, 184, 112, 78, 72, 56, 80, 96)
_RIGHT: Final = (2, 3, 4, 5, 6)
_GROWS: Final = (1,)
_AT_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class LineActs:
    """What the buttons do."""

    labour: Callable[[], None]
    part: Callable[[], None]
    other: Callable[[], None]
    change: Callable[[], None]
    remove: Callable[[], None]
    take_parts: Callable[[], None]
    approve: Callable[[], None]
    withdraw: Callable[[], None]


class JobLines(QWidget):
    """Labour, parts and other lines; sums at the right; the approval below."""

    def __init__(self, acts: LineActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = Job()
        self._why = ""
        self.labour = button("Labour  L", acts.labour)
        self.part = button("Part  P", acts.part)
        self.other = button("Other  O", acts.other)
        self.change = button("", acts.change)
        self.change.setAccessibleName("Change the line")
        self.remove = button("", acts.remove)
        self.remove.setAccessibleName("Take the line off the job")
        self.take = button("Take the parts", acts.take_parts)
        self.table = _Lines(acts.remove)
        self.table.opened.connect(lambda _place: acts.change())
        self.table.selection_told.connect(self._dress)
        self.nothing = plain_label(
            "muted", "No line yet: add labour (L) or a part (P), or scan the part's barcode."
        )
        self.sums = _Sums()
        self.mark = LampMark(State.OFF)
        self.approval = plain_label()
        self.approve = button("Approved by…  A", acts.approve)
        self.withdraw = button("Not approved after all", acts.withdraw, role="link")
        self._lay_out()
        theme_changed.connect(self._tint)
        self._tint()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for widget in (self.labour, self.part, self.other):
            bar.addWidget(widget)
        bar.addStretch(1)
        for widget in (self.change, self.remove):
            bar.addWidget(widget)
        agreed = QHBoxLayout()
        agreed.setSpacing(Space.S)
        agreed.addWidget(self.mark)
        agreed.addWidget(self.approval, 1)
        left = QVBoxLayout()
        left.setSpacing(Space.S)
        left.addLayout(agreed)
        for made in (self.take, self.approve, self.withdraw):
            left.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        left.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.L)
        foot.addLayout(left, 1)
        foot.addWidget(self.sums, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(bar)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        column.addLayout(foot)

    def _tint(self) -> None:
        for made in (self.labour, self.part, self.other):
            made.setIcon(icon("plus"))
        self.approve.setIcon(icon("check"))
        self.change.setIcon(icon("pencil"))
        self.remove.setIcon(icon("trash"))

    def show_job(self, job: Job) -> None:
        """Show the lines of this job; the same ones again cost nothing."""
        if job == self.job and job.id:
            return
        same = job.id == self.job.id
        chosen = self.chosen() if same else None
        grown = same and len(job.lines) > len(self.job.lines)
        self.job = job
        self.table.show_rows([line_cells(line) for line in job.lines])
        if job.lines:
            places = [i for i, line in enumerate(job.lines) if chosen and line.id == chosen.id]
            last = len(job.lines) - 1
            self.table.selectRow(last if grown or not places else places[0])
        self.table.setVisible(bool(job.lines))
        self.nothing.setVisible(not job.lines)
        self.sums.show_totals(totals(job.lines, job.currency))
        approval = approval_of(job)
        self.mark.show_state(_mark(job))
        self.approval.setText(approval_words(job))
        asked = bool(job.lines) and not withdrawn(job)
        self.withdraw.setVisible(asked and job.status not in LET_GO)
        self.withdraw.setText("Not approved after all" if approval else "The customer said no…")
        self._dress()

    def show_rights(self, why: str) -> None:
        """Let who may change it; `why` says why not."""
        self._why = why
        self._dress()

    def chosen(self) -> JobLine | None:
        """Return the chosen line."""
        places = [place for place in self.table.chosen() if place < len(self.job.lines)]
        return self.job.lines[places[0]] if places else None

    def _dress(self) -> None:
        let_go = _let_go_words(self.job)
        why = self._why or let_go or _closed_words(self.job)
        nothing = "" if self.chosen() is not None else "Choose a line first."
        show_right(self.labour, why, "Add hours of work (L)")
        show_right(self.part, why, "Add a part from stock (P)")
        show_right(self.other, why, "Add a fee, a sublet or a flat price (O)")
        show_right(self.change, why or nothing, "Change the line (Enter)")
        show_right(self.remove, why or nothing, "Take the line off the job (Delete)")
        may_agree = self._why or let_go
        no_lines = "" if self.job.lines else "Add what it costs first."
        agreed = "Note that the customer agreed to the job as it is (A)"
        show_right(self.approve, may_agree or no_lines, agreed)
        show_right(self.withdraw, self._why, "The customer did not agree")
        lacking = any(
            line.kind is LineKind.PART and line.part_id and line.taken < line.quantity
            for line in self.job.lines
        )
        self.take.setVisible(lacking and not let_go)
        show_right(self.take, may_agree, "Take what is on the shelf by now for lines that lack it")


def _closed_words(job: Job) -> str:
    """Say why the lines of a job stay as they are, as the office does; empty where they change."""
    if job.invoice:
        return f"Invoice {job.invoice} stands on them. Take it back with a credit note first."
    if job.status is JobStatus.PAID:
        return "The job is paid: its lines stay as they were paid."
    return ""


def _let_go_words(job: Job) -> str:
    """Say that nothing came of a job; empty where something did or may."""
    if job.status not in LET_GO:
        return ""
    return f"The job is {WORDS[job.status].lower()}. Take it up again first."


def _mark(job: Job) -> Lit:
    """Return the lamp of what the customer agreed to."""
    approval = approval_of(job)
    if withdrawn(job):
        return WorkState.SAID_NO
    if approval is None:
        return State.OFF
    return State.CONNECTED if approval.kept else State.WARNING


class _Lines(FaultTable):
    """The table; Delete takes a line off."""

    def __init__(self, remove: Callable[[], None]) -> None:
        super().__init__(
            "Lines of the job",
            LINE_COLUMNS,
            _WIDTHS,
            row_height=Size.CONTROL,
            right=_RIGHT,
            grows=_GROWS,
        )
        self._remove = remove

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the chosen line off by Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)


class _Sums(QFrame):
    """Net, tax by rate, and the total."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self._grid.setHorizontalSpacing(Space.XL)
        self._grid.setVerticalSpacing(Space.XS)
        self.gross = QLabel()

    def show_totals(self, found: Totals) -> None:
        """Show these sums; a kind of lines that is not there takes no room."""
        while self._grid.count():
            gone = self._grid.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        rows: list[tuple[str, Money]] = [
            (words, sum_)
            for words, sum_ in (
                ("Labour", found.labour),
                ("Parts", found.parts),
                ("Other", found.other),
            )
            if sum_.minor
        ]
        rows += [(f"Tax {percent_words(rate)}", sum_) for rate, sum_ in found.taxes if sum_.minor]
        self._put(rows)
        place = len(rows)
        head = QLabel("Total")
        head.setProperty("part", "headline")
        self.gross = QLabel(money_text(found.gross))
        self.gross.setProperty("part", "headline")
        self.gross.setAlignment(_AT_RIGHT)
        self._grid.addWidget(head, place, 0)
        self._grid.addWidget(self.gross, place, 1)

    def _put(self, rows: Sequence[tuple[str, Money]]) -> None:
        for place, (words, sum_) in enumerate(rows):
            label = QLabel(words)
            label.setProperty("role", "muted")
            value = QLabel(money_text(sum_))
            value.setAlignment(_AT_RIGHT)
            self._grid.addWidget(label, place, 0)
            self._grid.addWidget(value, place, 1)
