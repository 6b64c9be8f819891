"""One record of the audit log: who did what to what, before and after side by side."""

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_words import act_words
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.audit_said import as_recorded, said_rows
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel

_LONG: Final = re.compile(r"\S{17,}")
_RAW_HEIGHT: Final = 200


class AuditDetail(QScrollArea):
    """Shows one record, or asks to choose one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName("The chosen record")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(320)
        self.record: AuditRecord | None = None
        self.unfolded = False
        """Whether the raw record is seen too; it stays so from one record to the next."""
        self.fold: QPushButton | None = None
        self.show_record(None)

    def show_record(
        self,
        record: AuditRecord | None,
        *,
        vehicle: str = "",
        broken: str = "",
        proof: str = "",
        system: UnitSystem = UnitSystem.METRIC,
    ) -> None:
        """Show a record; `vehicle` is its vehicle's name, `broken` what a verification says.

        `proof` says how far that proves it, empty where it does not speak of it.
        """
        self.record = record
        self.fold = None
        card = QFrame()
        card.setProperty("card", "true")
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        if broken:
            column.addWidget(LampLabel(State.TRIP, "broken"))
            column.addWidget(_label(broken, "error"))
        if record is None:
            if not broken:
                column.addWidget(_label("Choose a record to see what changed.", "muted"))
        else:
            self._fill(column, record, vehicle, proof, system)
        column.addStretch(1)
        self.setWidget(card)

    def _fill(
        self,
        column: QVBoxLayout,
        record: AuditRecord,
        vehicle: str,
        proof: str,
        system: UnitSystem,
    ) -> None:
        title = _label(act_words(record), "title")
        column.addWidget(title)
        if record.problem:
            column.addWidget(_label(f"This record cannot be read: {record.problem}.", "error"))
            column.addWidget(_label(record.reason, ""))
            column.addWidget(_label(f"Record {record.sequence}", "muted"))
            return
        role = f", {record.actor.role.value}" if record.actor.role is not None else ""
        entity = record.entity
        facts = (
            ("What", entity.name or entity.id),
            ("Vehicle", vehicle or entity.vehicle),
            ("Person", f"{record.actor.name}{role}"),
            ("Time", f"{record.at.astimezone():%Y-%m-%d %H:%M:%S}"),
            ("Reason", record.reason),
            ("Result of", f"record {record.intent}" if record.intent is not None else ""),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        for name, words in facts:
            if words:
                row = grid.rowCount()
                grid.addWidget(_label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(_label(words, ""), row, 1)
        column.addLayout(grid)
        self._fill_changes(column, record, system)
        if not proof:
            proof = "signed by this desk" if record.keyed else "not signed: no key was at hand"
        column.addWidget(_label(f"Record {record.sequence}, {proof}", "muted"))
        self._fill_raw(column, record)

    def _fill_raw(self, column: QVBoxLayout, record: AuditRecord) -> None:
        """Put the record as it is kept under a fold, with its hash."""
        raw = QWidget()
        inner = QVBoxLayout(raw)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(Space.S)
        body = QPlainTextEdit(as_recorded(record))
        body.setReadOnly(True)
        body.setAccessibleName("The record as it is kept")
        body.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        body.setFixedHeight(_RAW_HEIGHT)
        inner.addWidget(body)
        inner.addWidget(_label("Hash (SHA-256, with that of the record before it)", "muted"))
        inner.addWidget(_label(_spaced(record.hash.hex()), "help"))
        fold = QPushButton()
        fold.setProperty("role", "link")
        fold.setCheckable(True)
        fold.setAccessibleName("The record as it is kept, with its hash")

        def turn(seen: bool) -> None:
            self.unfolded = seen
            raw.setVisible(seen)
            fold.setText("\u25be As recorded" if seen else "\u25b8 As recorded")

        fold.toggled.connect(turn)
        fold.setChecked(self.unfolded)
        turn(self.unfolded)
        self.fold = fold
        column.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(raw)

    @staticmethod
    def _fill_changes(column: QVBoxLayout, record: AuditRecord, system: UnitSystem) -> None:
        rows = said_rows(record, system)
        if not rows:
            if record.before is not None and record.after is not None:
                column.addWidget(_label("Nothing differs before and after.", "muted"))
            return
        rule = QFrame()
        rule.setProperty("rule", "true")
        column.addWidget(rule)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.S)
        # What has no before (something new) or no after (something gone) has one column of values.
        sides = [
            (title, place)
            for title, place, change in (("Before", 1, record.before), ("After", 2, record.after))
            if change is not None
        ]
        grid.setColumnStretch(0, 2)
        for side, (title, _) in enumerate(sides, 1):
            grid.setColumnStretch(side, 6 // len(sides))
            grid.addWidget(_label(title, "heading"), 0, side)
        for number, row in enumerate(rows, 1):
            grid.addWidget(_label(row[0], "muted"), number, 0, Qt.AlignmentFlag.AlignTop)
            for side, (_, place) in enumerate(sides, 1):
                cell = _label(_breakable(row[place]) or "\u2013", "")
                grid.addWidget(cell, number, side, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)


def _label(words: str, role: str) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(1)  # a long word is cut rather than the pane widened
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label


def _breakable(words: str) -> str:
    """Let a line break within long words: addresses, paths, ids."""
    return _LONG.sub(lambda word: re.sub(r"([@./\\_:-]|\w{16})", "\\1\u200b", word[0]), words)


def _spaced(digits: str) -> str:
    """Return a hash in groups that a line can break between."""
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))
