"""The list of vehicles with its search."""

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.models.vehicle_list import VehicleFilter, VehicleRow, VehicleTable
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows

_WIDTHS = (132, 172, 170, 120)


class VehicleList(QWidget):
    """Narrows as one types, sorts by a press on a heading; at first the newest met on top."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = VehicleTable()
        self.filter = VehicleFilter(self.table)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search name, VIN or maker")
        self.search.setAccessibleName("Search vehicles")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view = QTableView()
        self.view.setModel(self.filter)
        self.view.setAccessibleName("Vehicles")
        self.view.setProperty("aligned", True)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        lay_out_rows(self.view, _WIDTHS, Size.CONTROL)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)

    def show_vehicles(self, rows: tuple[VehicleRow, ...], wanted: str = "") -> None:
        """List these; the chosen one stays chosen, unless one is wanted by its id."""
        chosen = self.chosen()
        keep = wanted or (chosen.vehicle.id if chosen is not None else "")
        self.table.show(rows)
        if wanted and not self.choose(wanted):
            self.search.clear()  # it is there, and the search hides it
        if not self.choose(keep) and self.filter.rowCount():
            self.view.selectRow(0)
        self._count()

    def choose(self, vehicle_id: str) -> bool:
        """Choose a vehicle; False where it is not in sight."""
        for place in range(self.filter.rowCount()):
            if self.filter.row(place).vehicle.id == vehicle_id:
                self.view.selectRow(place)
                return True
        return False

    def chosen(self) -> VehicleRow | None:
        """Return the chosen vehicle."""
        rows = self.view.selectionModel().selectedRows()
        return self.filter.row(rows[0].row()) if rows else None

    def columns_state(self) -> str:
        """Return widths, order and sorting of the columns, to be kept."""
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        header = self.view.horizontalHeader()
        header.restoreState(QByteArray.fromBase64(state.encode()))
        self.view.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def _search(self, text: str) -> None:
        self.filter.search(text)
        if self.filter.rowCount() and self.chosen() is None:
            self.view.selectRow(0)
        self._count()
        self.chosen_changed.emit()

    def _count(self) -> None:
        nothing = not self.filter.rowCount() and bool(self.table.rows)
        self.nothing.setVisible(nothing)
        said = f"No vehicle matches “{self.search.text()}”. Search for less, or clear the search."
        self.nothing.setText(said if nothing else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk from the search field into the list."""
        if (
            watched is self.search
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.view.setFocus()
            return True
        return super().eventFilter(watched, event)
