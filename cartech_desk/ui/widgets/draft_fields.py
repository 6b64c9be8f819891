"""Fields of a form over a draft of texts: one column, rows of what belongs together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field

_NARROW = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A field that is typed into. `unit` stands at its side."""

    name: str
    label: str
    unit: str = ""
    help: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that is chosen: the value kept, and its words."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A field that is ticked."""

    name: str
    label: str


Item = Line | Choice | Check


class CalmCombo(QComboBox):
    """Lets the form scroll: the wheel changes nothing by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the form."""
        event.ignore()


class DraftFields(QWidget):
    """Rows of fields; shows a draft and gives it back as typed."""

    touched = Signal()

    def __init__(self, rows: Sequence[Sequence[Item]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, QLineEdit] = {}
        self.combos: dict[str, QComboBox] = {}
        self.checks: dict[str, QCheckBox] = {}
        self.fields: dict[str, Field] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(Space.M)
        for items in rows:
            row = QHBoxLayout()
            row.setSpacing(Space.M)
            for item in items:
                row.addWidget(self._make(item), 1, Qt.AlignmentFlag.AlignTop)
            self.column.addLayout(row)

    def _make(self, item: Item) -> QWidget:
        if isinstance(item, Check):
            check = QCheckBox(item.label)
            check.toggled.connect(lambda _on: self.touched.emit())
            self.checks[item.name] = check
            return check
        if isinstance(item, Line):
            editor: QWidget = QLineEdit()
            editor.setPlaceholderText(item.hint)
            editor.setMinimumWidth(_NARROW)
            editor.textEdited.connect(lambda _text, name=item.name: self._typed(name))
            self.lines[item.name] = editor
            unit = item.unit
        else:
            editor, unit = CalmCombo(), ""
            for value, words in item.options:
                editor.addItem(words, value)
            editor.setMinimumContentsLength(8)
            editor.activated.connect(lambda _index, name=item.name: self._typed(name))
            self.combos[item.name] = editor
        made = Field(item.label, editor, unit=unit, help_words=item.help, error_below=True)
        made.beside.setStretch(0, 1)
        self.fields[item.name] = made
        return made

    def _typed(self, name: str) -> None:
        self.fields[name].show_error("")
        self.touched.emit()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all fields."""
        return (*self.lines, *self.combos, *self.checks)

    def show_draft(self, draft: Mapping[str, str]) -> None:
        """Show these texts; a field that the draft does not name is left as it is."""
        for name, line in self.lines.items():
            if name in draft:
                line.setText(draft[name])
        for name, combo in self.combos.items():
            if name in draft:
                combo.setCurrentIndex(max(0, combo.findData(draft[name])))
        for name, check in self.checks.items():
            if name in draft:
                check.setChecked(bool(draft[name]))

    def draft(self) -> dict[str, str]:
        """Return the fields as they are."""
        return {
            **{name: line.text() for name, line in self.lines.items()},
            **{name: str(combo.currentData() or "") for name, combo in self.combos.items()},
            **{name: "yes" if check.isChecked() else "" for name, check in self.checks.items()},
        }

    def show_wrong(self, wrong: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for name, made in self.fields.items():
            made.show_error(wrong.get(name, ""))


class Fold(QWidget):
    """Fields that few need, behind one line; opens by itself where something in it is wrong."""

    def __init__(self, title: str, fields: DraftFields, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = fields
        self.head = QPushButton(title)
        self.head.setProperty("role", "quiet")
        self.head.setCheckable(True)
        self.head.setStyleSheet("text-align: left;")
        self.head.toggled.connect(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.head)
        column.addWidget(fields)
        theme_changed.connect(self._dress)
        self._turn(on=False)

    def _turn(self, on: bool) -> None:
        self.fields.setVisible(on)
        self._dress()

    def _dress(self) -> None:
        self.head.setIcon(icon("chevron-down" if self.head.isChecked() else "chevron-right"))

    def show_wrong(self, wrong: Mapping[str, str]) -> None:
        """Say what is wrong, and be open where something is."""
        self.fields.show_wrong(wrong)
        if wrong.keys() & set(self.fields.names):
            self.head.setChecked(True)
