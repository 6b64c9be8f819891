"""The list of people with its search."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.office.people import Person
from cartech_desk.ui.models.people_table import COLUMNS, PeopleFilter, PeopleTable
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows

_WIDTHS = (175, 150, 105, 95, 205, 120)


class PeopleList(QWidget):
    """Narrows as one types, sorts by a press on a heading, copies rows as text (Ctrl+C)."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = PeopleTable()
        self.filter = PeopleFilter(self.table)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search name, e-mail, role, certification or standing")
        self.search.setAccessibleName("Search people")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view = QTableView()
        self.view.setModel(self.filter)
        self.view.setAccessibleName("People")
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        lay_out_rows(self.view, _WIDTHS, Size.CONTROL)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.view.installEventFilter(self)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)

    def show_people(self, people: Sequence[Person], yours: str) -> None:
        """List these; who was chosen stays chosen."""
        chosen = self.chosen()
        self.table.show(people, yours)
        self._choose(chosen.id if chosen is not None else yours)
        self._count()
        self.chosen_changed.emit()

    def chosen(self) -> Person | None:
        """Return who is chosen."""
        rows = self.view.selectionModel().selectedRows()
        return self.filter.person(rows[0].row()) if rows else None

    def choose(self, person_id: str) -> None:
        """Choose a person, whatever was searched for."""
        self.search.clear()
        self._choose(person_id)

    def columns_state(self) -> str:
        """Return widths, order and sorting of the columns, to be kept."""
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        header = self.view.horizontalHeader()
        header.restoreState(QByteArray.fromBase64(state.encode()))
        self.view.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def copy(self) -> None:
        """Copy what is shown as text, with the headings."""
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(str(self.filter.index(row, c).data()) for c in range(len(COLUMNS)))
            for row in range(self.filter.rowCount())
        ]
        QApplication.clipboard().setText("\n".join(lines))

    def _choose(self, person_id: str) -> None:
        for row in range(self.filter.rowCount()):
            if self.filter.person(row).id == person_id:
                self.view.selectRow(row)
                return
        if self.filter.rowCount() and self.chosen() is None:
            self.view.selectRow(0)

    def _search(self, text: str) -> None:
        self.filter.search(text)
        if self.filter.rowCount() and self.chosen() is None:
            self.view.selectRow(0)
        self._count()
        self.chosen_changed.emit()

    def _count(self) -> None:
        nothing = not self.filter.rowCount() and bool(self.table.rows)
        self.nothing.setVisible(nothing)
        self.nothing.setText(
            f"Nobody matches “{self.search.text()}”. Search for less, or clear the search."
            if nothing
            else ""
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy rows; walk from the search field into the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.view and event.matches(QKeySequence.StandardKey.Copy):
                self.copy()
                return True
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.view.setFocus()
                return True
        return super().eventFilter(watched, event)
