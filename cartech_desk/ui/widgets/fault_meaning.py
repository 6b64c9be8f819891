"""What one code means: text, severity with its reason, likely causes and first checks."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.faults.code import Origin
from cartech_desk.domain.faults.found import CodeFound
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.ui.models.fault_list import FaultRow
from cartech_desk.ui.models.fault_words import SEVERITY_LAMPS, STATUS_HELP
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel, LampMark

_BESIDE: Final = 760
"""Width at which causes and checks stand beside each other."""


class FaultMeaning(QScrollArea):
    """Shows a Meaning, and where it was found the status of the code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName("What the code means")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.code = _label("reading")
        self.text = _label("title")
        self.severity = LampLabel(State.OFF, "")
        self.reason = _label("")
        self.status = _label("")
        self.status_help = _label("help")
        self.no_frame = _label("help")
        self.failure = _label("")
        self.note = _label("")
        """What else is to be known, as that some cars mean another thing by the code."""
        self.origin = _label("muted")
        self.causes_head = _label("heading", "Likely causes")
        self.causes = _label("")
        self.checks_head = _label("heading", "First checks")
        self.checks = _label("")
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.code)
        head.addWidget(self.severity)
        head.addStretch(1)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.S, 0, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        for widget in (self.text, self.failure):
            column.addWidget(widget)
        self.note_row = QWidget()
        beside = QHBoxLayout(self.note_row)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(Space.S)
        beside.addWidget(LampMark(State.WARNING), 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.note, 1)
        column.addWidget(self.note_row)
        for widget in (self.reason, self.status, self.status_help, self.no_frame):
            column.addWidget(widget)
        column.addSpacing(Space.XS)
        self._lists = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lists.setSpacing(Space.S)
        for head_of, lines in ((self.causes_head, self.causes), (self.checks_head, self.checks)):
            part = QVBoxLayout()
            part.setSpacing(Space.S)
            part.addWidget(head_of)
            part.addWidget(lines)
            part.addStretch(1)
            self._lists.addLayout(part, 1)
        column.addLayout(self._lists)
        column.addWidget(self.origin)
        column.addStretch(1)
        self.setWidget(inner)
        self.show_meaning(None)

    def show_row(self, row: FaultRow | None) -> None:
        """Show a code of the list."""
        if row is None:
            self.show_meaning(None)
            return
        self.show_meaning(row.meaning, code=row.code)
        self._say(self.status, f"{_capital(row.status)}, in {row.ecu}")
        self._say(self.status_help, _help(row.found) if row.present else "")

    def show_no_frame(self, words: str) -> None:
        """Say why no freeze frame stands beside."""
        self._say(self.no_frame, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay causes and checks beside each other where there is room for both."""
        super().resizeEvent(event)
        beside = self.viewport().width() >= _BESIDE
        directions = QBoxLayout.Direction
        self._lists.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._lists.setSpacing(Space.L if beside else Space.S)

    def show_meaning(self, meaning: Meaning | None, *, code: str = "") -> None:
        """Show a meaning alone."""
        self.widget().setVisible(meaning is not None or bool(code))
        self._say(self.code, code or (str(meaning.code) if meaning is not None else ""))
        self._say(self.status, "")
        self._say(self.status_help, "")
        self._say(self.no_frame, "")
        self.severity.setVisible(meaning is not None)
        if meaning is None:
            for label in (self.text, self.reason, self.failure, self.note, self.origin):
                self._say(label, "")
            self.note_row.hide()
            self._list(self.causes_head, self.causes, (), numbered=False)
            self._list(self.checks_head, self.checks, (), numbered=True)
            return
        known = SEVERITY_LAMPS[meaning.severity]
        self.severity.show_state(known, meaning.severity.value)
        self._say(self.text, meaning.description)
        self._say(self.reason, meaning.severity_reason)
        self._say(self.failure, f"Kind of failure: {meaning.failure}" if meaning.failure else "")
        self._say(self.note, meaning.note)
        self.note_row.setVisible(bool(meaning.note))
        self._list(self.causes_head, self.causes, meaning.causes, numbered=False)
        self._list(self.checks_head, self.checks, meaning.checks, numbered=True)
        self._say(self.origin, origin_words(meaning))
        self.verticalScrollBar().setValue(0)

    @staticmethod
    def _say(label: QLabel, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def _list(self, head: QLabel, label: QLabel, lines: Sequence[str], *, numbered: bool) -> None:
        head.setVisible(bool(lines))
        signs = (f"{place}." if numbered else "\N{BULLET}" for place in range(1, len(lines) + 1))
        words = "\n".join(f"{sign} {line}" for sign, line in zip(signs, lines, strict=True))
        self._say(label, words)


def origin_words(meaning: Meaning) -> str:
    """Say who says so: the standard, a table of a maker, or nobody."""
    system = f"System: {meaning.system}. " if meaning.system else ""
    if meaning.source:
        return f"{system}Maker's code, from the imported table {meaning.source}."
    if meaning.origin is Origin.MAKER:
        return (
            f"{system}Maker's code: each maker gives it a meaning of its own. Import the maker's "
            "table to read it."
        )
    if meaning.origin is Origin.RESERVED:
        return f"{system}The standard keeps this code free."
    return f"{system}Generic code: the same in every car."


def _label(role: str, words: str = "") -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    if role == "reading":
        label.setWordWrap(False)
    return label


def _help(found: CodeFound) -> str:
    return "\n".join(
        f"{_capital(status.value)}: {STATUS_HELP[status]}."
        for status in found.status
        if status in STATUS_HELP
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
