"""The fields of a limit as a form: two to a row where they belong together."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from cartech_desk.domain.alarms.limit import Action, Comparison, Limit, Priority
from cartech_desk.domain.channels import Channel
from cartech_desk.ui.models.alarm_words import PRIORITY_WORDS
from cartech_desk.ui.models.limit_draft import NUMBERS, TEXTS, Draft, free_key
from cartech_desk.ui.models.limit_words import ACTION_WORDS, COMPARISON_WORDS
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.field import Field

# name, label, unit ("=" for that of what is watched), help, row, column, columns
_LINES: Final = (
    ("label", "Name", "", "", 0, 0, 2),
    ("watches", "Watches", "", "", 1, 0, 1),
    ("warning", "Warning", "=", "", 2, 0, 1),
    ("trip", "Trip", "=", "", 2, 1, 1),
    ("deadband", "Deadband", "=", "So far back until it goes", 3, 0, 1),
    ("off_delay_s", "Goes after", "s", "Back for so long", 3, 1, 1),
    ("warning_delay_s", "Warns after", "s", "", 4, 0, 1),
    ("trip_delay_s", "Trips after", "s", "", 4, 1, 1),
    ("gate", "Counts only while", "", "", 5, 0, 2),
    ("unit", "Unit of the expression", "", "Such as kPa or degC", 6, 0, 1),
    ("rate_hz", "Asked at least at", "Hz", "", 10, 0, 1),
    ("key", "Short name", "", "For files and commands", 10, 1, 1),
)
_SHOWN_EMPTY: Final = {
    "label": "As it stands on the lamp: Boost high",
    "watches": "boost, or temp - iat",
    "gate": "always; or such as rpm > 2000 and map > 95",
}
_NAMES: Final = ("label", "watches", "unit", "key")
_LINE_HEIGHT: Final = 2 * Size.CONTROL_BAY


class _CalmCombo(QComboBox):
    """Lets the form scroll: the wheel changes nothing by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the form."""
        event.ignore()


class LimitFields(QWidget):
    """Shows a draft and gives it back as typed; what it makes is not its business."""

    touched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, QLineEdit] = {}
        self.fields: dict[str, Field] = {}
        self._units: dict[str, QLabel] = {}
        self._completes: dict[str, QCompleter] = {}
        self.taken_keys: Collection[str] = ()
        """Keys that a new limit may not have."""
        self._new = False
        self._key_by_hand = False
        self._channels: tuple[str, ...] = ()
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, Space.S, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        for name, label, unit, help_words, row, column, columns in _LINES:
            self._add_line(name, (label, unit, help_words), (row, column, columns))
        self.comparison = self._combo("comparison", "Wrong when it is", (1, 1), COMPARISON_WORDS)
        self.priority = self._combo("priority", "Priority", (7, 0), PRIORITY_WORDS)
        self.action = self._combo("action", "Then", (7, 1), ACTION_WORDS)
        self.latch = self._check("Latches: stays until somebody clears it", 8)
        self.to_do = QPlainTextEdit()
        self.to_do.setFixedHeight(_LINE_HEIGHT)
        self.to_do.setTabChangesFocus(True)
        self.to_do.textChanged.connect(self.touched)
        self._place("to_do", self.to_do, ("What to do", "", ""), (9, 0, 2))
        self.in_service = self._check("In service as soon as it is saved", 11)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(12, 1)
        self.lines["key"].textEdited.connect(self._key_typed)

    def _add_line(
        self,
        name: str,
        words: tuple[str, str, str],
        place: tuple[int, int, int],
    ) -> None:
        unit = words[1]
        line = QLineEdit()
        line.setMinimumWidth(60)
        line.setPlaceholderText(_SHOWN_EMPTY.get(name, ""))
        line.textEdited.connect(lambda _text: self._typed())
        self.lines[name] = line
        self._place(name, line, words, place)
        if unit == "=":
            self._units[name] = side = QLabel()
            side.setProperty("role", "muted")
            self.fields[name].beside.insertWidget(1, side)

    def _place(
        self,
        name: str,
        editor: QWidget,
        words: tuple[str, str, str],
        place: tuple[int, int, int],
    ) -> None:
        label, unit, help_words = words
        row, column, columns = place
        field = Field(
            label,
            editor,
            unit=unit.removeprefix("="),
            help_words=help_words,
            error_below=True,
        )
        field.beside.setStretch(0, 1)
        self.fields[name] = field
        self._grid.addWidget(field, row, column, 1, columns, Qt.AlignmentFlag.AlignTop)

    def _combo(
        self, name: str, label: str, place: tuple[int, int], options: Mapping[Any, str]
    ) -> QComboBox:
        combo = _CalmCombo()
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for option, words in options.items():
            combo.addItem(words[:1].upper() + words[1:], option)
        combo.activated.connect(lambda _index: self._typed())
        self._place(name, combo, (label, "", ""), (*place, 1))
        return combo

    def _check(self, words: str, row: int) -> QCheckBox:
        box = QCheckBox(words)
        box.setMinimumHeight(Size.CONTROL_BAY)
        box.clicked.connect(lambda _checked: self.touched.emit())
        self._grid.addWidget(box, row, 0, 1, 2)
        return box

    # What it shows

    def show_channels(self, channels: Mapping[str, Channel]) -> None:
        """Offer these channels as one types."""
        names = tuple(channels)
        if names == self._channels:
            return
        self._channels = names
        completer = QCompleter(sorted(names), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(lambda _text: self._typed())
        self.lines["watches"].setCompleter(completer)

    def show_draft(self, draft: Draft, *, new: bool) -> None:
        """Show what is typed; a `new` limit may still get another key."""
        self._new = new
        self._key_by_hand = not new
        for name, text in {**draft.numbers, **draft.texts}.items():
            if name in self.lines:
                self.lines[name].setText(text)
                self.lines[name].setCursorPosition(0)
        self.to_do.setPlainText(draft.texts["to_do"])
        for combo, value in (
            (self.comparison, draft.comparison),
            (self.priority, draft.priority),
            (self.action, draft.action),
        ):
            combo.setCurrentIndex(combo.findData(value))
        self.latch.setChecked(draft.latch)
        self.in_service.setChecked(draft.in_service)
        self.in_service.setVisible(new)
        self.lines["key"].setReadOnly(not new)

    def show_unit(self, symbol: str, *, expression: bool) -> None:
        """Put the unit beside the numbers; an `expression` has one that is typed."""
        for side in self._units.values():
            side.setText(symbol)
        self.fields["unit"].setVisible(expression)

    def show_errors(self, wrong: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for name, field in self.fields.items():
            if field.error != wrong.get(name, ""):
                field.show_error(wrong.get(name, ""))

    def go_to_wrong(self) -> None:
        """Put the focus into the first field that is wrong."""
        for field in self.fields.values():
            if field.error:
                field.editor.setFocus()
                return

    def set_read_only(self, read_only: bool) -> None:
        """Let nothing be typed; all can still be read and copied."""
        for name, line in self.lines.items():
            line.setReadOnly(read_only or (name == "key" and not self._new))
        self.to_do.setReadOnly(read_only)
        for widget in (self.comparison, self.priority, self.action, self.latch, self.in_service):
            widget.setEnabled(not read_only)

    # What is typed

    def draft(self, base: Limit) -> Draft:
        """Return what is typed as a draft of this limit."""
        return Draft(
            base,
            {name: self.lines[name].text() for name in NUMBERS},
            {
                name: self.to_do.toPlainText() if name == "to_do" else self.lines[name].text()
                for name in TEXTS
            },
            Comparison(self.comparison.currentData()),
            Priority(self.priority.currentData()),
            Action(self.action.currentData()),
            self.latch.isChecked(),
            self.in_service.isChecked(),
        )

    def typed(self, base: Limit) -> Limit:
        """Return the base with the texts that are typed, whatever is wrong with the rest."""
        texts = {name: " ".join(self.lines[name].text().split()) for name in _NAMES}
        return replace(base, comparison=Comparison(self.comparison.currentData()), **texts)

    def _key_typed(self) -> None:
        self._key_by_hand = True

    def _typed(self) -> None:
        if self._new and not self._key_by_hand:
            side = Comparison(self.comparison.currentData())
            self.lines["key"].setText(free_key(self.taken_keys, self.lines["watches"].text(), side))
        self.touched.emit()
