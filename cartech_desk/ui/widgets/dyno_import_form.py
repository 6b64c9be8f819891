"""Importing another program's file: what each column is, corrected by hand and remembered."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.store.dyno import DynoRun, DynoSession
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.import_draft import (
    ROLE_WORDS,
    TIME_UNITS,
    ColumnChoice,
    choices_of,
    mapping_of,
    problems,
    units_for,
    with_role,
    with_unit,
)
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.draft_fields import CalmCombo
from cartech_desk.ui.widgets.dyno_import_whose import WhoseRun
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.words import for_window

_SIZE: Final = (1240, 720)
_HEADINGS: Final = ("Take", "Column of the file", "Its numbers", "Is the", "In", "Look at")
_WIDTHS: Final = (56, 260, 160, 310, 190)
_ITSELF: Final = "itself, under its own name"
_AGAIN: Final = "Import again"
_TAKE, _NAME, _NUMBERS, _ROLE, _UNIT, _LOOK = range(6)


class DynoImportForm(QDialog):
    """Shows the proposal for a file, lets it be put right, and imports the run.

    `imported` tells the run; what a person chose is remembered for files with the same head.
    """

    imported = Signal(object)

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        path: Path,
        proposal: Proposal,
        *,
        session: DynoSession | None = None,
        vehicle_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {path.name}")
        self.setProperty("bay", True)
        self.resize(*_SIZE)
        self._desk, self._acts, self._path, self._proposal = desk, acts, path, proposal
        self._session = session
        self._again = bool(proposal.twins)
        self.choices: list[ColumnChoice] = list(choices_of(proposal))
        self.running = False
        self._editors: dict[int, tuple[QCheckBox, QComboBox, QComboBox]] = {}

        known = "as it was read before" if proposal.remembered else "as the desk takes it"
        head = QLabel(f"{proposal.program}, {proposal.rows} rows, {known}.")
        head.setProperty("part", "headline")
        head.setWordWrap(True)
        head.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(head)
        if proposal.twins:
            names = " and ".join(proposal.twins[:3])
            layout.addWidget(_warning(f"This file was imported already: it is {names}."))
        for warning in proposal.warnings:
            layout.addWidget(_warning(warning))
        self.whose = WhoseRun(proposal, session, vehicle_id, self)
        layout.addWidget(self.whose)
        layout.addLayout(self._time_row())
        layout.addWidget(self._make_table(), 1)
        self._mark = LampMark(State.OFF)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self.words, 1)
        layout.addLayout(told)
        self.remember = QCheckBox("Read files with the same head so from now on")
        self.remember.setChecked(True)
        self.leave = QPushButton("Cancel  Esc")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self.take = QPushButton(_AGAIN if self._again else "Import")
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(self.begin)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.remember)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        layout.addLayout(foot)
        self.whose.date.textChanged.connect(lambda _text: self._look())
        in_background(desk.store.vehicles.list, self, self.whose.offer, self._failed)
        self._look()

    def choose_role(self, row: int, role: Role | None) -> None:
        """Take a column for something else."""
        self.choices[row] = with_role(self.choices[row], role)
        self._show_row(row)
        self._look()

    def choose_unit(self, row: int, words: str) -> None:
        """Take a column's numbers to be in another unit."""
        self.choices[row] = with_unit(self.choices[row], words)
        self._show_row(row)
        self._look()

    def choose_taken(self, row: int, *, taken: bool) -> None:
        """Take a column into the run or leave it out."""
        one = self.choices[row]
        self.choices[row] = ColumnChoice(one.column, one.meaning, taken)
        self._look()

    def begin(self) -> None:
        """Import the run as it is chosen."""
        if self.running or self._problems():
            return
        self.running = True
        self.take.setEnabled(False)
        self._tell(State.CONNECTING, f"Reading {self._path.name} …")
        mapping = mapping_of(
            self._proposal,
            self.choices,
            int(self.time.currentData()),
            self.time_unit.currentText(),
        )
        actor, remember, again = self._acts.actor, self.remember.isChecked(), self._again
        vehicle, name, dated = self.whose.vehicle_id, self.whose.vehicle_name, self.whose.dated
        customer = " ".join(self.whose.customer.text().split())

        def work() -> DynoRun:
            typed = self._desk.store.vehicles.by_name(name).id if name else ""
            return self._desk.bay.runs.import_file(
                self._path,
                mapping,
                actor,
                session=self._session,
                vehicle_id="" if self._session is not None else vehicle or typed,
                customer="" if self._session is not None else customer,
                started=None if dated is None else dated.instant(),
                day_only=dated is not None and dated.at is None,
                again=again,
                remember=remember,
            )

        in_background(work, self, self._done, self._failed)

    @property
    def _kept(self) -> list[ColumnChoice]:
        time = int(self.time.currentData())
        return [one for one in self.choices if one.column.index != time]

    def _time_row(self) -> QHBoxLayout:
        self.time = CalmCombo()
        for column in self._proposal.columns:
            self.time.addItem(column.name or f"column {column.index + 1}", column.index)
        self.time.addItem("rows, counted", -1)
        self.time.setCurrentIndex(self.time.findData(self._proposal.mapping.time))
        self.time.setAccessibleName("Column of time")
        self.time.setMinimumWidth(_WIDTHS[_NAME])
        self.time_unit = CalmCombo()
        self.time_unit.setAccessibleName("Unit of time")
        self.time_unit.setEditable(True)  # so many rows a second: "20 Hz"
        units = TIME_UNITS
        if self._proposal.mapping.time_unit not in units:
            units = (*units, self._proposal.mapping.time_unit)
        self.time_unit.addItems((*units, "10 Hz", "20 Hz", "50 Hz", "100 Hz", "1000 Hz"))
        self.time_unit.setCurrentText(self._proposal.mapping.time_unit)
        self.time.currentIndexChanged.connect(lambda _index: self._look())
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(QLabel("Time is"))
        row.addWidget(self.time)
        row.addWidget(QLabel("in"))
        row.addWidget(self.time_unit)
        row.addStretch(1)
        return row

    def _make_table(self) -> QTableWidget:
        self.table = QTableWidget(len(self.choices), len(_HEADINGS))
        self.table.setHorizontalHeaderLabels(list(_HEADINGS))
        self.table.setAccessibleName("Columns of the file")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes through what is in the cells
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(Size.CONTROL_BAY + Space.S)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in enumerate(_WIDTHS):
            header.resizeSection(place, width)
        for row, one in enumerate(self.choices):
            self._make_row(row, one)
        return self.table

    def _make_row(self, row: int, one: ColumnChoice) -> None:
        box = _WholeCell()
        box.setAccessibleName(f"Take {one.column.name}")
        box.setChecked(one.taken)
        box.toggled.connect(lambda on, row=row: self.choose_taken(row, taken=on))
        self.table.setCellWidget(row, _TAKE, box)
        for place, text in ((_NAME, one.column.name), (_NUMBERS, one.example)):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            self.table.setItem(row, place, item)
        role = _in_cell()
        role.setAccessibleName(f"What {one.column.name} is")
        role.addItem(_ITSELF, None)
        for each, words in ROLE_WORDS.items():
            role.addItem(words, each)
        role.activated.connect(
            lambda _index, row=row, role=role: self.choose_role(row, role.currentData())
        )
        self.table.setCellWidget(row, _ROLE, role)
        unit = _in_cell()
        unit.setAccessibleName(f"Unit of {one.column.name}")
        unit.textActivated.connect(lambda words, row=row: self.choose_unit(row, words))
        self.table.setCellWidget(row, _UNIT, unit)
        self.table.setItem(row, _LOOK, QTableWidgetItem())
        self._editors[row] = box, role, unit
        self._show_row(row)

    def _show_row(self, row: int) -> None:
        one = self.choices[row]
        box, role, unit = self._editors[row]
        box.setChecked(one.taken)
        role.setCurrentIndex(max(0, role.findData(one.meaning.role)))
        unit.clear()
        units = units_for(one.meaning.role)
        if one.unit_words not in units:
            units = (one.unit_words, *units)
        unit.addItems(units)
        unit.setCurrentText(one.unit_words)
        look = self.table.item(row, _LOOK)
        if look is not None:
            why = "" if one.meaning.sure else f"▲ {one.meaning.why}"
            look.setText(why)
            look.setToolTip(why)

    def _problems(self) -> tuple[str, ...]:
        return (*problems(self._kept), *filter(None, (self.whose.problem,)))

    def _look(self) -> None:
        told = self._problems()
        unsure = sum(one.taken and not one.meaning.sure for one in self._kept)
        if told:
            self._tell(State.WARNING, " ".join(told))
        elif unsure:
            words = "1 column is" if unsure == 1 else f"{unsure} columns are"
            self._tell(State.WARNING, f"{words} marked ▲: see whether they are taken right.")
        else:
            self._tell(State.CONNECTED, "It can be imported.")
        self.take.setEnabled(not told and not self.running)

    def _tell(self, state: State, words: str) -> None:
        self._mark.show_state(state)
        self.words.setText(words)

    def _done(self, run: DynoRun) -> None:
        self.running = False
        self.imported.emit(run)
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self.running = False
        self.take.setEnabled(True)
        if getattr(error, "code", "") == "already_imported":
            # Told once; whoever presses again means it.
            self._again = True
            self.take.setText(_AGAIN)
        said = getattr(error, "message", "") or f"It failed: {error}"
        self._tell(State.WARNING, for_window(said))


class _WholeCell(QCheckBox):
    """A tick that is hit anywhere in its cell."""

    def __init__(self) -> None:
        super().__init__()
        self.setStyleSheet(f"padding-left: {Space.M}px;")

    def hitButton(self, place: QPoint) -> bool:
        """Take a press anywhere."""
        return self.rect().contains(place)


def _in_cell() -> QComboBox:
    """Return a choice with a little room around it, so that no finger hits the next one."""
    combo = CalmCombo()
    combo.setStyleSheet(f"QComboBox {{ margin: 2px {Space.XS}px 2px 0px; }}")
    return combo


def _warning(words: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.S)
    row.addWidget(LampMark(State.WARNING), 0, Qt.AlignmentFlag.AlignTop)
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    row.addWidget(label, 1)
    return line
