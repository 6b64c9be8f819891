"""The left half of the link editor: who the device is, its line, its packets, its fields."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.link_definition import CHECKSUMS, Coding, Order, Parity
from cartech_desk.domain.dyno.link_document import KINDS
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.ui.models.link_draft import COLUMNS, LinkDraft
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.draft_fields import CalmCombo
from cartech_desk.ui.widgets.field import Field

_GENERAL: Final = (("name", "Name"), ("make", "Make"), ("model", "Model"))
_PORT: Final = (("baud", "Speed", "baud"), ("bits", "Bits", ""), ("stop", "Stop bits", ""))
_PACKET: Final = (
    ("sync", "Begins with", "text, or hex:80 A5"),
    ("terminator", "Ends with", "\\r\\n, or hex:40"),
    ("length", "Length in bytes", "if fixed: 14"),
    ("separator", "Columns parted by", "a comma"),
)
_CHECK: Final = (
    ("at", "Stands at", "-1: last"),
    ("total", "Or all come to", "255"),
    ("first", "From byte", "0"),
    ("last", "To byte", ""),
)
_CHOICES: Final = {
    "role": ("", *(role.value for role in Role if role is not Role.CLOCK)),
    "coding": ("", *(coding.value for coding in Coding)),
    "order": ("", *(order.value for order in Order)),
}
_WIDTHS: Final = {
    "name": 100,
    "role": 136,
    "unit": 68,
    "coding": 106,
    "column": 76,
    "bit": 84,
    "order": 84,
}
_OF_BITS: Final = ("bits", "bit", "order")
_NARROW: Final = 64
_ROWS_SHOWN: Final = 4


class LinkFields(QWidget):
    """Shows a draft and gives it back as typed."""

    touched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, QLineEdit] = {}
        self.combos: dict[str, QComboBox] = {}
        self._never: dict[str, list[float]] = {}
        self._quiet = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, Space.S, 0)
        column.setSpacing(Space.M)
        self.note = self._several_lines("What should be known", 2)
        self.verified = QCheckBox("Checked on the device by this shop")
        self.verified.toggled.connect(self._typed)
        self.start_up = self._several_lines("Sent once at the start, one command a line", 2)
        column.addLayout(
            self._row(
                *(self._line(key, words) for key, words in _GENERAL),
                self._combo("kind", "Kind", KINDS),
            )
        )
        column.addLayout(
            self._row(
                *(self._line(key, words, unit=unit) for key, words, unit in _PORT),
                self._combo("parity", "Parity", tuple(parity.value for parity in Parity)),
            )
        )
        column.addLayout(self._row(*(self._line(*each) for each in _PACKET)))
        column.addLayout(self._table_part())
        column.addLayout(
            self._row(
                self._combo("checksum", "Checksum", ("", *CHECKSUMS)),
                *(self._line(key, words, shown) for key, words, shown in _CHECK),
                self._combo("checksum_order", "Its bytes", _CHOICES["order"]),
            )
        )
        column.addLayout(
            self._row(
                self._line("poll", "Asked again and again", "OD\\r\\n, or hex:01"),
                self._line("every_ms", "Every", unit="ms"),
            )
        )
        column.addWidget(self.start_up[0])
        column.addWidget(self.note[0])
        column.addWidget(self.verified)
        column.addStretch(1)

    @property
    def draft(self) -> LinkDraft:
        """What is typed."""
        checksum = {"kind": self.combos["checksum"].currentText()}
        if checksum["kind"]:
            checksum |= {key: self.lines[key].text() for key, _, _ in _CHECK}
            checksum["order"] = self.combos["checksum_order"].currentText()
        return LinkDraft(
            general={key: self.lines[key].text() for key, _ in _GENERAL}
            | {"kind": self.combos["kind"].currentText(), "note": self._text(self.note)},
            verified=self.verified.isChecked(),
            port={key: self.lines[key].text() for key, _, _ in _PORT}
            | {"parity": self.combos["parity"].currentText()},
            start_up=self.start_up[1].toPlainText(),
            poll=self.lines["poll"].text(),
            every_ms=self.lines["every_ms"].text(),
            packet={key: self.lines[key].text() for key, _, _ in _PACKET},
            checksum=checksum,
            fields=[self._field_row(row) for row in range(self.table.rowCount())],
            never=self._never,
        )

    def show_draft(self, draft: LinkDraft) -> None:
        """Show these texts."""
        self._quiet = True
        for key, line in self.lines.items():
            texts = {**draft.general, **draft.port, **draft.packet, **draft.checksum}
            line.setText(texts.get(key, ""))
        self.lines["poll"].setText(draft.poll)
        self.lines["every_ms"].setText(draft.every_ms)
        self.combos["kind"].setCurrentText(draft.general.get("kind", KINDS[0]))
        self.combos["parity"].setCurrentText(draft.port.get("parity", "none"))
        self.combos["checksum"].setCurrentText(draft.checksum.get("kind", ""))
        self.combos["checksum_order"].setCurrentText(draft.checksum.get("order", ""))
        self.note[1].setPlainText(draft.general.get("note", ""))
        self.start_up[1].setPlainText(draft.start_up)
        self.verified.setChecked(draft.verified)
        self._never = draft.never
        self.table.setRowCount(0)
        for row in draft.fields:
            self._add_row(row)
        self._quiet = False
        self._show_columns()

    def add_field(self) -> None:
        """Add an empty field."""
        self._add_row({})
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self._typed()

    def remove_field(self) -> None:
        """Take the field away that is chosen."""
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())
            self._typed()

    def _row(self, *fields: QWidget) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        for place, field in enumerate(fields):
            grid.addWidget(field, 0, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        return grid

    def _line(self, key: str, words: str, shown: str = "", *, unit: str = "") -> Field:
        line = QLineEdit()
        line.setPlaceholderText(shown)
        line.setMinimumWidth(60)
        line.textEdited.connect(self._typed)
        self.lines[key] = line
        return _filling(Field(words, line, unit=unit))

    def _combo(self, key: str, words: str, choices: tuple[str, ...]) -> Field:
        combo = CalmCombo()
        for choice in choices:
            combo.addItem(choice)
        combo.currentTextChanged.connect(self._typed)
        self.combos[key] = combo
        return _filling(Field(words, combo))

    def _several_lines(self, words: str, lines: int) -> tuple[Field, QPlainTextEdit]:
        editor = QPlainTextEdit()
        editor.setFixedHeight(lines * Size.CONTROL)
        editor.setTabChangesFocus(True)
        editor.textChanged.connect(self._typed)
        return Field(words, editor), editor

    @staticmethod
    def _text(part: tuple[Field, QPlainTextEdit]) -> str:
        return " ".join(part[1].toPlainText().split())

    def _table_part(self) -> QVBoxLayout:
        part = QVBoxLayout()
        part.setSpacing(Space.S)
        head = QHBoxLayout()
        title = QLabel("Fields of a packet")
        title.setProperty("role", "heading")
        head.addWidget(title)
        head.addStretch(1)
        for words, act in (("+ Field", self.add_field), ("Remove field", self.remove_field)):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            head.addWidget(button)
        part.addLayout(head)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([heading for _, heading, _ in COLUMNS])
        self.table.setAccessibleName("Fields of a packet")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(Size.CONTROL_BAY)
        self.table.setMinimumHeight(_ROWS_SHOWN * Size.CONTROL_BAY)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, (key, _, _) in enumerate(COLUMNS):
            header.resizeSection(place, _WIDTHS.get(key, _NARROW))
        self.table.itemChanged.connect(self._typed)
        part.addWidget(self.table)
        return part

    def _add_row(self, texts: dict[str, str]) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for place, (key, heading, kind) in enumerate(COLUMNS):
            if kind == "choice":
                combo = CalmCombo()
                combo.addItems(_CHOICES[key])
                combo.setCurrentText(texts.get(key, ""))
                combo.setAccessibleName(heading)
                combo.currentTextChanged.connect(self._typed)
                self.table.setCellWidget(row, place, combo)
            else:
                self.table.setItem(row, place, QTableWidgetItem(texts.get(key, "")))

    def _field_row(self, row: int) -> dict[str, str]:
        texts = {}
        for place, (key, _, kind) in enumerate(COLUMNS):
            if kind == "choice":
                combo = self.table.cellWidget(row, place)
                texts[key] = combo.currentText() if isinstance(combo, QComboBox) else ""
            else:
                item = self.table.item(row, place)
                texts[key] = item.text() if item is not None else ""
        # A field in text has no bits: what a template left there would be refused.
        if texts["column"].strip() or texts["coding"] == Coding.TEXT.value:
            texts |= {"bits": "", "bit": "", "order": ""}
        return texts

    def _typed(self, *_what: object) -> None:
        if not self._quiet:
            self._show_columns()
            self.touched.emit()

    def _show_columns(self) -> None:
        """Show the columns that such packets have; one that something stands in stays."""
        rows = [self._field_row(row) for row in range(self.table.rowCount())]
        texts = bool(rows) and all(row["coding"] == Coding.TEXT.value for row in rows)
        if self.lines["separator"].text():
            idle = {"offset", "characters", *_OF_BITS}
        else:
            idle = {"column", *(_OF_BITS if texts else ())}
        for place, (key, _, _) in enumerate(COLUMNS):
            used = any(row[key].strip() for row in rows)
            self.table.setColumnHidden(place, key in idle and not used)


def _filling(field: Field) -> Field:
    """Let an editor take the whole width of its column."""
    field.beside.setStretch(0, 1)
    return field
