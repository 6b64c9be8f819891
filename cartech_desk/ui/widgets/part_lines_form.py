"""Forms of many numbers: the lines of an order, what has come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.parts.quantity import parse_quantity
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_tabs import button

_NUMBER = 84


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line: its key, the part in words, what is told beside it, and what stands there first."""

    key: str
    words: str
    told: str = ""
    quantity: str = ""
    cost: str = ""


class PartLinesForm(RecordForm):
    """A form with a table of lines: how many, and what each costs.

    `values` gives what was typed by the line's key. A part that is scanned counts one more.
    """

    def __init__(
        self,
        title: str,
        word: str,
        act: Callable[[Mapping[str, str]], object],
        done: Callable[[object], None],
        bug: Callable[[BaseException], None],
        **more: Any,
    ) -> None:
        """Make it; what it takes is what `RecordForm` takes."""
        super().__init__(title, word, act, done, bug, **more)
        self.setMinimumWidth(640)
        self.form_lines: list[FormLine] = []
        self.scan: QWidget | None = None
        """The scan field, where scanning counts."""
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._removable = False

    def begin_lines(
        self, quantity: str, cost: str, lines: Sequence[FormLine], *, removable: bool
    ) -> None:
        """Put the table here: its headings and lines."""
        self._removable = removable
        for column, words in enumerate(("Part", "", quantity, cost)):
            head = QLabel(words)
            head.setProperty("role", "muted")
            self._grid.addWidget(head, 0, column)
        self.column.addLayout(self._grid)
        for line in lines:
            self.add_line(line)

    def add_line(self, line: FormLine) -> None:
        """Add a line; one that is there already counts one more."""
        if line.key in self._cells:
            self.count_one(line.key)
            return
        row = len(self.form_lines) + 1
        self.form_lines.append(line)
        words, told = ElidedLabel(), QLabel(line.told)
        words.say(line.words)
        words.setMinimumWidth(220)
        told.setProperty("role", "muted")
        quantity, cost = QLineEdit(line.quantity), QLineEdit(line.cost)
        for cell, name in ((quantity, "quantity"), (cost, "cost")):
            cell.setFixedWidth(_NUMBER)
            cell.setAccessibleName(f"{line.words}, {name}")
        parts: list[QWidget] = [words, told, quantity, cost]
        if self._removable:
            gone = button("✕", lambda: self._remove(line.key), f"Leave {line.words} out", "quiet")
            gone.setAccessibleName(f"Leave {line.words} out")
            gone.setAutoDefault(False)
            parts.append(gone)
        for column, widget in enumerate(parts):
            self._grid.addWidget(widget, row, column)
        self._cells[line.key] = (quantity, cost)
        self._rows[line.key] = tuple(parts)

    def count_one(self, key: str) -> bool:
        """Count one more of a line; False where there is none like it."""
        cells = self._cells.get(key)
        if cells is None:
            return False
        try:
            now = parse_quantity(cells[0].text() or "0")
        except CarTechError:
            return True  # what stands there is refused when it is kept
        cells[0].setText(f"{now + 1}")
        return True

    def values(self) -> dict[str, tuple[str, str]]:
        """Return quantity and cost of each line, as they were typed."""
        return {key: (a.text().strip(), b.text().strip()) for key, (a, b) in self._cells.items()}

    def typed(self) -> dict[str, str]:
        """Return what was typed, the lines as `quantity KEY` and `cost KEY`."""
        found = super().typed()
        for key, (quantity, cost) in self.values().items():
            found[f"quantity {key}"], found[f"cost {key}"] = quantity, cost
        return found

    def _remove(self, key: str) -> None:
        for widget in self._rows.pop(key, ()):
            widget.hide()
            widget.deleteLater()
        self._cells.pop(key, None)


def typed_lines(typed: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return quantity and cost by the keys of the lines, out of what was typed."""
    prefix = "quantity "
    keys = [name.removeprefix(prefix) for name in typed if name.startswith(prefix)]
    return {key: (typed[f"quantity {key}"], typed[f"cost {key}"]) for key in keys}
