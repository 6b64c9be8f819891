"""Choosing channels by searching: label, name, unit and where each comes from."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScroller,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.channel_list import ChannelList
from cartech_desk.ui.theme.tokens import Size, Space


class ChannelPicker(QDialog):
    """A list that narrows as one types. Enter or a press ticks a row, Ctrl+Enter takes them."""

    def __init__(
        self,
        channels: Sequence[Channel],
        chosen: Collection[str],
        system: UnitSystem,
        *,
        title: str,
        take: str = "Show these",
        most: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.setModal(True)
        self.resize(Size.FORM_WIDTH + 100, 560)
        self._most = most
        self.model = ChannelList(channels, chosen, system)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name, unit or source")
        self.search.setAccessibleName("Search channels")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.table = self._table()
        self.nothing = QLabel("")
        self.nothing.setProperty("role", "help")
        self.nothing.setWordWrap(True)
        self.take = QPushButton(take)
        self.take.setProperty("role", "primary")
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self.accept)
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(leave)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.nothing)
        layout.addLayout(foot)
        self.model.chosen_changed.connect(self._count)
        self._search("")
        self._count()
        self.search.setFocus()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the ticked channels, in the order in which they were ticked."""
        return tuple(self.model.chosen)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setIconSize(QSize(Size.ICON, Size.ICON))
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(Size.CONTROL_BAY)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, width in enumerate((40, 280, 130, 80)):
            header.resizeSection(column, width)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        table.setAccessibleName("Channels")
        table.clicked.connect(lambda index: self.model.toggle(index.row()))
        table.installEventFilter(self)
        QScroller.grabGesture(table.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        return table

    def _search(self, text: str) -> None:
        self.model.search(text)
        found = self.model.rowCount()
        self.nothing.setVisible(not found)
        self.nothing.setText(
            f"No channel of this car matches “{text}”. Try its name, its unit or its PID."
            if text
            else "This car has not told any channel yet. Connect to it first."
        )
        if found:
            self.table.selectRow(0)

    def _count(self) -> None:
        number = len(self.model.chosen)
        words = f"{number} chosen"
        if self._most is not None:
            words += f" of at most {self._most}"
        self.count.setText(words)
        self.take.setEnabled(self._most is None or 0 < number <= self._most)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list and tick from the search field too."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            row = self.table.currentIndex().row()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self.take.click()
                elif 0 <= row < self.model.rowCount():
                    self.model.toggle(row)
                return True
            if event.key() == Qt.Key.Key_Space and watched is self.table and row >= 0:
                self.model.toggle(row)
                return True
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if watched is self.search and event.key() in steps:
                last = self.model.rowCount() - 1
                self.table.selectRow(min(max(row + steps[event.key()], 0), last))
                return True
        return super().eventFilter(watched, event)
