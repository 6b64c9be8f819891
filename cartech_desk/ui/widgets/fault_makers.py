"""Makers' tables of fault codes: what was imported, taking one more in, removing one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.ui.background import in_background
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.words import counted, for_window

if TYPE_CHECKING:
    from cartech_desk.bay.code_book import CodeBook, Imported
    from cartech_desk.store.code_tables import CodeTable

_SIZE: Final = (860, 560)
_COLUMNS: Final = ("Table", "Codes of", "Codes", "Imported", "By")
_WIDTHS: Final = (220, 190, 70, 150, 150)
_KINDS: Final = "Tables of codes (*.csv *.yaml *.yml);;All files (*)"
_LONGEST_MAKER: Final = 60
_WHAT: Final = (
    "A table tells what a maker's own codes mean (as P1…): CSV or YAML with the columns code and "
    "description; maker, severity, system, causes and checks where they are known. It is taken in "
    "whole or not at all. Generic codes keep their meaning."
)
_NONE: Final = "No maker's table is imported yet."


class MakersTables(QDialog):
    """Lists the tables of a CodeBook, imports and removes them in the background.

    `changed` where meanings may be others now; `by` tells who acts; `bug` gets what no person can
    mend. `ask_open` asks for a file; replaceable where nobody can be asked.
    """

    changed = Signal()

    def __init__(
        self,
        book: "CodeBook",
        by: Callable[[], Actor],
        bug: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Makers' tables of fault codes")
        self.setProperty("bay", True)
        self.resize(*_SIZE)
        self._book, self._by, self._bug = book, by, bug
        self.ask_open: Callable[[], Path | None] = self._ask_open
        self.tables: tuple[CodeTable, ...] = ()
        self.working = False
        self._sure = ""
        """The table that is removed where it is pressed once more."""
        self.table = FaultTable("Tables that were imported", _COLUMNS, _WIDTHS)
        self.table.selection_told.connect(self._chosen_changed)
        self.none = _label("muted", _NONE)
        self.maker = QLineEdit()
        self.maker.setMaxLength(_LONGEST_MAKER)
        self.maker.setPlaceholderText("For example: Subaru")
        self.field = Field(
            "Maker, for rows that name none", self.maker, help_words="Else leave it empty."
        )
        self.mark = LampMark(State.OFF)
        self.words = _label("")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.take = _button("Import a maker's table…  Ctrl+I", self.import_table)
        self.take.setShortcut("Ctrl+I")
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.remove = _button("Remove…", self.remove_table)
        self.keep = _button("Keep it", self._unsure)
        self.leave = _button("Close  Esc", self.reject)
        self._lay_out()
        theme_changed.connect(self._dress)
        self._dress()
        self._say(State.OFF, "")
        self._chosen_changed()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(_label("help", _WHAT))
        column.addWidget(self.none)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        column.addWidget(self.field)
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self.words, 1)
        column.addLayout(told)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.remove)
        foot.addWidget(self.keep)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        column.addLayout(foot)

    def _dress(self) -> None:
        self.remove.setIcon(icon("trash"))

    # What is there

    def refresh(self) -> None:
        """Read the list, in the background."""
        in_background(lambda: tuple(self._book.tables()), self, self._listed, self._failed)

    def _listed(self, tables: "Sequence[CodeTable]") -> None:
        self.tables = tuple(tables)
        self.table.show_rows([list(_cells(one)) for one in self.tables])
        if self.tables and not self.table.chosen():
            self.table.selectRow(0)
        self.table.setVisible(bool(self.tables))
        self.none.setVisible(not self.tables)
        self._chosen_changed()

    def chosen(self) -> "CodeTable | None":
        """Return the chosen table."""
        places = self.table.chosen()
        return self.tables[places[0]] if places and places[0] < len(self.tables) else None

    def choose(self, source: str) -> None:
        """Choose the table of a file's name."""
        for place, one in enumerate(self.tables):
            if one.source == source:
                self.table.selectRow(place)

    # Importing

    def import_table(self) -> None:
        """Ask for a file and take it in."""
        if self.working:
            return
        path = self.ask_open()
        if path is None:
            return
        maker, by = " ".join(self.maker.text().split()), self._by()
        self._work(f"Reading {path.name} …")
        in_background(
            lambda: self._book.import_table(path, by=by, maker=maker),
            self,
            self._imported,
            self._failed,
        )

    def _imported(self, done: "Imported") -> None:
        self._end()
        how = " in the place of the one before" if done.replaced else ""
        said = f"{_named(done.table)} imported{how}."
        self._say(
            State.WARNING if done.warnings else State.CONNECTED, "\n".join((said, *done.warnings))
        )
        self.maker.clear()
        self._changed(done.table.source)

    # Removing

    def remove_table(self) -> None:
        """Ask whether the chosen table shall go, naming it; at the second press remove it."""
        table = self.chosen()
        if table is None or self.working:
            return
        if self._sure != table.id:
            self._sure = table.id
            self.remove.setText(f"Remove {table.source}")
            self.remove.setProperty("role", "danger")
            self._polish()
            self.keep.show()
            self._say(
                State.WARNING,
                f"Remove {_named(table)}? These codes mean nothing here then, also in check-ups "
                "that are kept; import the file again to have them back.",
            )
            return
        by = self._by()
        self._unsure()
        self._work(f"Removing {table.source} …")
        in_background(lambda: self._book.remove(table.id, by=by), self, self._removed, self._failed)

    def _removed(self, table: "CodeTable") -> None:
        self._end()
        self._say(State.CONNECTED, f"{_named(table)} removed.")
        self._changed("")

    def _unsure(self) -> None:
        """Remove nothing."""
        if self._sure:
            self._sure = ""
            self._say(State.OFF, "")
        self.remove.setText("Remove…")
        self.remove.setProperty("role", "")
        self._polish()
        self.keep.hide()

    def reject(self) -> None:
        """Leave the question first, then the dialog."""
        if self._sure:
            self._unsure()
        else:
            super().reject()

    # Words

    def _changed(self, source: str) -> None:
        def listed(tables: "Sequence[CodeTable]") -> None:
            self._listed(tables)
            self.choose(source)

        in_background(lambda: tuple(self._book.tables()), self, listed, self._failed)
        self.changed.emit()

    def _chosen_changed(self) -> None:
        table = self.chosen()
        if self._sure and (table is None or table.id != self._sure):
            self._unsure()
        self.keep.setVisible(bool(self._sure))
        self.remove.setEnabled(table is not None and not self.working)

    def _work(self, words: str) -> None:
        self.working = True
        self.take.setEnabled(False)
        self._say(State.CONNECTING, words)
        self._chosen_changed()

    def _end(self) -> None:
        self.working = False
        self.take.setEnabled(True)
        self._chosen_changed()

    def _failed(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, CarTechError):
            self._say(State.TRIP, for_window(error.message))
        else:
            self._say(State.OFF, "")
            self._bug(error)

    def _say(self, state: State, words: str) -> None:
        self.mark.show_state(state)
        self.mark.setVisible(bool(words))
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _polish(self) -> None:
        self.remove.style().unpolish(self.remove)
        self.remove.style().polish(self.remove)

    def _ask_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self, "Import a maker's table", "", _KINDS)
        return Path(name) if name else None


def _named(table: Any) -> str:
    return f"{table.source} with {counted(table.codes, 'code')} of {', '.join(table.makers)}"


def _cells(table: Any) -> tuple[str, ...]:
    return (
        table.source,
        ", ".join(table.makers),
        str(table.codes),
        f"{table.imported.astimezone():%Y-%m-%d %H:%M}",
        table.operator,
    )


def _button(words: str, run: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.setAutoDefault(False)
    button.setMinimumHeight(Size.CONTROL_BAY)
    button.clicked.connect(lambda _checked=False: run())
    return button


def _label(role: str, words: str = "") -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label
