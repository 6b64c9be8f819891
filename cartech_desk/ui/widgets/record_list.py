"""A list of records with its search: the one way in which the office's pages list anything."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic

from PySide6.QtCore import QByteArray, QEvent, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.record_table import Column, Query, RecordTable, Row
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows

if TYPE_CHECKING:
    from cartech_desk.store.layouts import LayoutStore

Allowed = Callable[[str, Path, str], AbstractContextManager[None]]
"""Lets a list of things be written to a file as it is searched, or refuses; records that it was."""
_KIND: Final = "columns"
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RecordList(QWidget, Generic[Row]):
    """Search field, list, and a line where nothing matches.

    Narrows as one types, sorts by a press on a heading; a third press gives the query's own order
    back. Down and Enter walk from the search into the list, Up from its first row back; Enter or a
    double press opens a row; Ctrl+C copies what is chosen as text. Columns are remembered under
    `name` where `layouts` is given. `export` writes what matches to a CSV file (`ask_path` is
    replaceable where nobody can be asked). `bar` is the search field's row: put filters and
    buttons there.
    """

    chosen_changed = Signal()
    """Another record is chosen, or the chosen one was fetched anew."""
    opened = Signal(object)
    """The row that was opened."""
    listed = Signal()
    """The list was fetched anew; `total` and `empty` tell what came."""
    missed = Signal(str)
    """The id that was wanted is not among the first rows: whoever wants it shows it alone."""

    def __init__(
        self,
        things: str,
        columns: Sequence[Column[Row]],
        query: Query[Row],
        identity: Callable[[Row], str],
        failed: Callable[[BaseException], None],
        *,
        search_words: str = "",
        empty_words: str = "",
        name: str = "",
        layouts: "LayoutStore | None" = None,
        row_height: int = Size.CONTROL,
        choose_first: bool = True,
        at_once: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`things` in the plural: "vehicles"; `search_words` say what is searched.

        `empty_words` stand there as long as there is nothing to list, whatever is searched.
        """
        super().__init__(parent)
        self._things, self._name, self._layouts = things, name, layouts
        self._empty_words = empty_words
        self._failed, self._choose_first = failed, choose_first
        self._columns, self._remembered = "", layouts is None or not name
        self._restoring = False
        self._withheld: frozenset[str] = frozenset()
        self.ask_path: Callable[[Path], Path | None] = self._ask_path
        self._wanted = self._keep = ""
        self._told: tuple[str, object] = ("", None)
        self.table: RecordTable[Row] = RecordTable(
            columns, query, identity, failed, self, at_once=at_once
        )
        self.table.look_around(self._place_in_sight)
        self.table.modelAboutToBeReset.connect(self._remember_choice)
        self.table.listed.connect(self._listed)
        self.table.filled.connect(self._tell)
        self.search = QLineEdit()
        self.search.setPlaceholderText(search_words or f"Search {things}")
        self.search.setAccessibleName(f"Search {things}")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view = QTableView()
        self.view.setModel(self.table)
        self.view.setAccessibleName(things.capitalize())
        self.view.setProperty("aligned", True)
        header = self.view.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSortingEnabled(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setTabKeyNavigation(False)
        widths = [column.width for column in columns]
        # A number that is set to the right would stand far from its neighbours.
        last = not columns[-1].right
        grows = [place for place, column in enumerate(columns) if column.grows]
        self._room = lay_out_rows(self.view, widths, row_height, stretch_last=last, grows=grows)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.view.doubleClicked.connect(lambda index: self._open(index.row()))
        self.view.installEventFilter(self)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        self.bar = QHBoxLayout()
        self.bar.setSpacing(Space.S)
        self.bar.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addLayout(self.bar)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)

    # What is listed

    @property
    def busy(self) -> bool:
        """Whether rows are being fetched."""
        return self.table.busy or self._restoring

    @property
    def total(self) -> int:
        """How many rows there are for what was asked."""
        return self.table.total

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all, whatever is searched for."""
        asked = self.table.shown
        return not self.table.total and not asked.search and not asked.filters

    def refresh(self, wanted: str = "") -> None:
        """Fetch the list anew; the chosen record stays chosen, unless another is wanted by its id.

        The first time, the columns are brought back as they were kept.
        """
        self._wanted = wanted or self._wanted
        if self._remembered or self._layouts is None:
            self.table.refresh()
            return
        layouts, name = self._layouts, self._name
        self._remembered = self._restoring = True
        in_background(
            lambda: layouts.load(_KIND, name) or {}, self, self._restore, self._unrestored
        )

    def narrow(self, **filters: Any) -> None:
        """Narrow the list by what the query knows as filters; what is None or "" is left out."""
        self.table.ask(filters={k: v for k, v in filters.items() if v is not None and v != ""})

    def clear_search(self) -> None:
        """Search for nothing."""
        self.search.clear()

    # What is chosen

    def chosen(self) -> Row | None:
        """Return the chosen record; None also while its row is being fetched."""
        rows = self.view.selectionModel().selectedRows()
        return self.table.row(rows[0].row()) if rows else None

    def chosen_id(self) -> str:
        """Return the chosen record's id, or an empty text."""
        row = self.chosen()
        return self.table.identity(row) if row is not None else ""

    def choose(self, identity: str) -> bool:
        """Choose a record by its id; False where it is not among the fetched rows."""
        place = self.table.place_of(identity)
        if place >= 0:
            self.view.selectRow(place)
        return place >= 0

    def go_to_search(self) -> None:
        """Go to the search field."""
        self.search.setFocus()
        self.search.selectAll()

    # Columns

    def keep_columns(self) -> None:
        """Keep the columns where they were changed; at once, since the desk may be closing."""
        state = self.columns_state()
        if self._layouts is None or not self._name or not self._columns or state == self._columns:
            return
        self._columns = state
        try:
            self._layouts.save(_KIND, self._name, {"columns": state, "keys": self._keys()})
        except CarTechError as error:
            self._failed(error)

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        self.view.horizontalHeader().restoreState(QByteArray.fromBase64(state.encode()))
        if self._room is not None:
            self._room.restored()

    def _restore(self, kept: dict[str, Any]) -> None:
        self._restoring = False
        state = kept.get("columns", "")
        # Columns of an older or newer desk would come back in each other's places.
        if isinstance(state, str) and state and kept.get("keys") == self._keys():
            self.restore_columns(state)
        self._hide_withheld()
        self._columns = self.columns_state()
        if not self.table.busy:  # the sorting that came back has asked already
            self.table.refresh()

    def _unrestored(self, error: BaseException) -> None:
        """Go on with the columns as declared: the list is worth more than their widths."""
        self._failed(error)
        self._restore({})

    def withhold(self, keys: Iterable[str]) -> None:
        """Neither show, copy nor export these columns; all others as before."""
        if self._withheld != frozenset(keys):
            self._withheld = frozenset(keys)
            self._hide_withheld()

    def _hide_withheld(self) -> None:
        for place, column in enumerate(self.table.columns):
            self.view.setColumnHidden(place, column.key in self._withheld)
        if self._room is not None:
            self._room.fit()

    def _given(self) -> tuple[Column[Row], ...]:
        return tuple(one for one in self.table.columns if one.key not in self._withheld)

    def _keys(self) -> list[str]:
        return [column.key for column in self.table.columns]

    def columns_state(self) -> str:
        """Return widths, order and sorting of the columns, to be kept."""
        with self._room.own_widths() if self._room is not None else nullcontext():
            state = self.view.horizontalHeader().saveState()
        return bytes(state.toBase64().data()).decode()

    # Copying

    def copy(self) -> None:
        """Copy what is chosen as text, with the headings."""
        chosen = [self.table.row(one.row()) for one in self.view.selectionModel().selectedRows()]
        lines = [[column.title for column in self.table.columns]]
        lines += [self.table.cells(row) for row in chosen if row is not None]
        given = [one.key not in self._withheld for one in self.table.columns]
        lines = [list(compress(line, given)) for line in lines]
        QApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    # Exporting

    def export(self, told: Callable[[str], None], allowed: Allowed) -> None:
        """Ask for a file and write all rows that match to it as CSV; `told` hears of it.

        It is written within what `allowed` gives for the things, the file and what was searched.
        """
        path = self.ask_path(Path(f"{self._things}.csv"))
        if path is None:
            return
        path = path if path.suffix else path.with_suffix(".csv")
        columns, query, asked = self._given(), self.table.query, self.table.asked

        def work() -> int:
            from cartech_desk.ui.models.record_csv import write_records

            with allowed(self._things, path, asked.search):
                return write_records(path, columns, query, asked)

        in_background(
            work, self, lambda number: told(f"{number} {self._things}: {path}"), self._failed
        )

    def _ask_path(self, usual: Path) -> Path | None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents) or ".")
        name, _ = QFileDialog.getSaveFileName(
            self, f"Export {self._things}", str(folder / usual), "CSV, for spreadsheets (*.csv)"
        )
        return Path(name) if name else None

    # How it keeps its place

    def _place_in_sight(self) -> int:
        return max(0, self.view.rowAt(0))

    def _remember_choice(self) -> None:
        self._keep = self._keep or self.chosen_id()

    def _listed(self) -> None:
        wanted, self._wanted = self._wanted, ""
        keep, self._keep = self._keep or self._told[0], ""
        if wanted and not self.choose(wanted):
            if self.search.text():
                self._wanted = wanted
                self.search.clear()  # it is there, and the search hides it
                return
            self.view.clearSelection()
            self.missed.emit(wanted)
        elif not wanted and not (keep and self.choose(keep)):
            self._fall_back()
        said = self._nothing_words()
        self.nothing.setText(said)
        self.nothing.setVisible(bool(said))
        self._tell()
        self.listed.emit()

    def _nothing_words(self) -> str:
        search, filters = self.table.shown.search, self.table.shown.filters
        if self.table.total:
            return ""
        if search:
            none = f"None of the {self._things} matches “{search}”."
            return f"{none} Search for less, or clear the search."
        return (
            f"None of the {self._things} matches what is chosen above."
            if filters
            else (self._empty_words)
        )

    def _fall_back(self) -> None:
        if self._choose_first and self.table.total:
            self.view.selectRow(0)
        else:
            self.view.clearSelection()

    def _tell(self) -> None:
        """Tell of another choice, or of the same one with other words; never twice of one."""
        row = self.chosen()
        now = (self.table.identity(row) if row is not None else "", row)
        if now != self._told:
            self._told = now
            self.chosen_changed.emit()

    # What a person does

    def _search(self, text: str) -> None:
        self.table.ask(search=" ".join(text.split()))

    def _open(self, place: int) -> None:
        row = self.table.row(place)
        if row is not None:
            self.opened.emit(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk between search and list, open and copy by keys."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.search:
                return self._search_key(event)
            return self._list_key(event)
        return super().eventFilter(watched, event)

    def _search_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if event.key() != Qt.Key.Key_Down and event.key() not in _ENTER:
            return False
        self.view.setFocus()
        if self.table.total and not self.view.selectionModel().hasSelection():
            self.view.selectRow(0)
        return True

    def _list_key(self, event: QKeyEvent) -> bool:
        place = self.view.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return True
        if event.key() in _ENTER and not event.modifiers() and place >= 0:
            self._open(place)
            return True
        if event.key() == Qt.Key.Key_Up and place <= 0:
            self.go_to_search()
            return True
        return False
