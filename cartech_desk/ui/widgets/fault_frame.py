"""A freeze frame: how the car was when the code was stored, beside how it is now."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.faults.found import FreezeFrame
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.fault_frame import FrameRow, frame_rows, now_words
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Space, Type

_ROW: Final = 30
_THEN, _NOW = 100, 92
_STATES: Final = (130, 116)
"""Most of both where states stand in words; longer ones are told whole by their tooltip."""
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FaultFrame(QWidget):
    """Shows the frames of one code, one at a time, beside the values that are watched anyway."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames: tuple[FreezeFrame, ...] = ()
        self._rows: tuple[FrameRow, ...] = ()
        self._place = 0
        self._system = UnitSystem.METRIC
        self._live = True
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.other = QPushButton("Next frame")
        self.other.clicked.connect(lambda _checked=False: self.next_frame())
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.table = QTableWidget(0, 4)
        self.table.setAccessibleName("Freeze frame beside the live values")
        self.table.setProperty("aligned", True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(Space.S)
        header.setHighlightSections(False)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.other)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        theme_changed.connect(self._fill)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values in sight."""
        return tuple(row.name for row in self._rows)

    def texts(self) -> list[tuple[str, str, str]]:
        """Return what stands there: label, then, now."""
        return [
            (
                self.table.item(row, 0).text(),
                self.table.item(row, 1).text(),
                self.table.item(row, 2).text(),
            )
            for row in range(self.table.rowCount())
        ]

    def show_frames(
        self, frames: Sequence[FreezeFrame], system: UnitSystem, *, live: bool, why_none: str = ""
    ) -> None:
        """Show the first of these; `live` where the car beside it is the one of the scan."""
        self._frames, self._system, self._live = tuple(frames), system, live
        self._place = 0
        self.words.setText(why_none if not frames else "")
        self._show()

    def next_frame(self) -> None:
        """Show the next frame of this code."""
        if self._frames:
            self._place = (self._place + 1) % len(self._frames)
            self._show()

    def _show(self) -> None:
        there = bool(self._frames)
        self.table.setVisible(there)
        self.words.setVisible(not there)
        self.other.setVisible(len(self._frames) > 1)
        self.title.setText("Freeze frame")
        self._rows = ()
        if there:
            frame = self._frames[self._place]
            number = f" {frame.frame}" if len(self._frames) > 1 or frame.frame else ""
            said = "when it was stored, and now" if frame.code else "of which code is not told"
            self.title.setText(f"Freeze frame{number}: {said}")
            self._rows = frame_rows(frame, self._system)
        self._fill()

    def _fill(self) -> None:
        self.table.setColumnCount(4)
        self.table.setHorizontalHeaderLabels(("", "Then", "Now", ""))
        for column, wide in ((1, _THEN), (2, _NOW), (3, Space.S)):
            self.table.setColumnWidth(column, wide)
        for column in (1, 2):
            self.table.horizontalHeaderItem(column).setTextAlignment(_RIGHT)
        self.table.horizontalHeaderItem(2).setToolTip("Values that are watched on Live (F1)")
        self.table.setColumnHidden(2, not self._live)
        self.table.setRowCount(len(self._rows))
        for place, row in enumerate(self._rows):
            for column, words in enumerate((row.label, row.then, "", "")):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if column:
                    item.setTextAlignment(_RIGHT)
                if column == 1:
                    item.setFont(text_font(Type.BAY, bold=True))
                self.table.setItem(place, column, item)
        if any(row.state is not None for row in self._rows):
            metrics = QFontMetrics(text_font(Type.BAY, bold=True))
            widest = max(metrics.horizontalAdvance(row.then) for row in self._rows) + 2 * Space.M
            self.table.setColumnWidth(1, min(max(widest, _THEN), _STATES[0]))
            self.table.setColumnWidth(2, min(max(widest, _NOW), _STATES[1]))

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Show the live values of now."""
        if not self._live or not self._rows:
            return
        on = snapshot.connection.state is LinkState.CONNECTED
        for place, row in enumerate(self._rows):
            said = now_words(row, snapshot.channels if on else {})
            item = self.table.item(place, 2)
            if item is not None and item.text() != said.text:
                item.setText(said.text)
                item.setToolTip(said.text)
                item.setForeground(QColor(tokens().muted if said.old else tokens().accent))
