"""Earlier check-ups of the vehicle: open one, compare two, print and export."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.store.checkups import CheckupSummary
from cartech_desk.ui.models.checkup_rows import COLUMNS, Severities, cells, found_words
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.fault_table import Cell, FaultTable

_WIDTHS: Final = (150, 140, 156, 120, 280, 130, 160)


class CheckupList(QWidget):
    """A row for each check-up, the newest first."""

    open_wanted = Signal(object)
    """The CheckupSummary to be opened."""
    compare_wanted = Signal(object, object)
    """Two of them, the earlier first."""
    sheet_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summaries: tuple[CheckupSummary, ...] = ()
        self.table = FaultTable("Earlier check-ups", COLUMNS, _WIDTHS, many=True)
        self.table.opened.connect(lambda place: self.open_wanted.emit(self.summaries[place]))
        self.table.selection_told.connect(self._enable)
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.open = self._button("Open  Enter", self.open_chosen)
        self.compare = self._button("Compare  C", self.compare_chosen)
        self.sheet = self._button("Sheet…  Ctrl+P", self.sheet_of_chosen)
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for button in (self.open, self.compare, self.sheet):
            bar.addWidget(button)
        bar.addWidget(self.hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        theme_changed.connect(self._dress)
        self._dress()
        self._enable()

    def _button(self, words: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _dress(self) -> None:
        self.compare.setIcon(icon("higher"))
        self.sheet.setIcon(icon("export"))

    def show_checkups(
        self, summaries: Sequence[CheckupSummary], severities: Severities, why_none: str = ""
    ) -> None:
        """List these, each with the mark of its worst code."""
        chosen = {one.id for one in self.chosen()}
        self.summaries = tuple(summaries)
        self.table.show_rows([_row(one, severities) for one in self.summaries])
        self.table.setVisible(bool(self.summaries))
        for button in (self.open, self.compare, self.sheet):
            button.setVisible(bool(self.summaries))
        for place, one in enumerate(self.summaries):
            if one.id in chosen and place not in self.table.chosen():
                self.table.selectRow(place)
        if self.summaries and not self.table.chosen():
            self.table.selectRow(0)
        self._why_none = why_none
        self._enable()

    _why_none = ""

    def chosen(self) -> list[CheckupSummary]:
        """Return the chosen check-ups, the newest first."""
        return [self.summaries[n] for n in self.table.chosen() if n < len(self.summaries)]

    def open_chosen(self) -> None:
        """Open the chosen one."""
        chosen = self.chosen()
        if chosen:
            self.open_wanted.emit(chosen[0])

    def compare_chosen(self) -> None:
        """Compare the two that are chosen; of one, with the one before."""
        pair = self._pair()
        if pair is not None:
            self.compare_wanted.emit(*pair)

    def sheet_of_chosen(self) -> None:
        """Show the sheet of the chosen one."""
        chosen = self.chosen()
        if chosen:
            self.sheet_wanted.emit(chosen[0])

    def _pair(self) -> tuple[CheckupSummary, CheckupSummary] | None:
        chosen = self.table.chosen()
        if len(chosen) == 1 and chosen[0] + 1 < len(self.summaries):
            chosen = [chosen[0], chosen[0] + 1]
        if len(chosen) != 2:
            return None
        now, before = (self.summaries[place] for place in chosen)
        return before, now

    def _enable(self) -> None:
        number = len(self.table.chosen())
        self.open.setEnabled(number == 1)
        self.sheet.setEnabled(number == 1)
        self.compare.setEnabled(self._pair() is not None)
        if not self.summaries:
            self.hint.setText(self._why_none)
        elif number == 1 and self._pair() is not None:
            self.hint.setText("Compares with the one before; Ctrl and a press choose two.")
        else:
            self.hint.setText("" if number == 2 else "Choose two to compare them.")


def _row(summary: CheckupSummary, severities: Severities) -> list[Cell]:
    words: list[Cell] = list(cells(summary, severities))
    words[COLUMNS.index("Found")] = found_words(summary, severities)
    if summary.mil is not None:
        state = State.WARNING if summary.mil else State.OFF
        words[COLUMNS.index("Engine lamp")] = (state, "lit" if summary.mil else "off")
    return words
