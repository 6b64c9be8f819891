"""The parts of the dyno's numbers: a peak, badges, facts under a heading, the cursor's table."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.models.dyno_cursor import DynoCursorTable
from cartech_desk.ui.models.dyno_told import Badge, Fact, PeakTold, Section
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import series_color, theme_changed
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampMark

_ROW: Final = 26
_LAMP: Final = 12
_CELL: Final = 12
_BESIDE_NAME: Final = 12 + 3 * Space.XS
"""The piece of line before a run's name, and the room around both."""
_TYPES: Final = (Type.BAY, Type.BODY)


def words_label(role: str = "", *, wrap: bool = False) -> QLabel:
    """Return an empty label for words of a person's or a device's: never read as rich text."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def set_role(label: QLabel, role: str) -> None:
    """Dress a label as another role."""
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)


class Swatch(QWidget):
    """A piece of a run's line, in its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series = 0
        self.setFixedSize(Space.L, Space.XS)
        theme_changed.connect(self.update)

    def show_series(self, series: int) -> None:
        """Show the colour of a place in the theme's series."""
        self._series = series
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(series_color(self._series)))
        painter.end()


class PeakCard(QWidget):
    """A peak: its number read across the room, plus-minus, where, and what it was uncorrected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = words_label("help")
        self._number = words_label("reading")
        self._unit = words_label("help")
        self._doubt = ElidedLabel("help")
        self._at = ElidedLabel("help")
        self._raw = ElidedLabel("help")
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        row.addWidget(self._number)
        row.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self._unit.setContentsMargins(0, 0, 0, Space.XS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._label)
        layout.addLayout(row)
        for label in (self._doubt, self._at, self._raw):
            layout.addWidget(label)

    def show_peak(self, peak: PeakTold, *, corrected: bool) -> None:
        """Show a peak; one that is not corrected has nothing beside it."""
        self._label.setText(peak.label)
        self._number.setText(peak.number)
        self._unit.setText(peak.unit)
        self._doubt.say(" · ".join(part for part in (peak.plus_minus, peak.too) if part))
        self._at.say(peak.at)
        self._raw.say(
            f"{peak.uncorrected.split(' ')[0]} uncorrected"
            if corrected and peak.uncorrected
            else ""
        )
        self.setAccessibleName(f"{peak.label} {peak.words}")


class BadgeRow(QWidget):
    """The marks of a run: a lamp and a word, and below it the sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(Space.XS)
        self._rows: list[tuple[LampMark, QLabel, QWidget]] = []

    def show_badges(self, badges: Sequence[Badge]) -> None:
        """Show these."""
        while len(self._rows) < len(badges):
            self._rows.append(self._make())
        for place, (lamp, words, row) in enumerate(self._rows):
            row.setVisible(place < len(badges))
            if place < len(badges):
                badge = badges[place]
                lamp.show_state(badge.state)
                words.setText(
                    f"{badge.word.capitalize()}: {badge.why}" if badge.why else badge.word
                )

    def _make(self) -> tuple[LampMark, QLabel, QWidget]:
        lamp, words, row = LampMark(State.OFF, _LAMP), words_label("help", wrap=True), QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        side = QVBoxLayout()
        side.setContentsMargins(0, 3, 0, 0)
        side.addWidget(lamp)
        side.addStretch(1)
        line.addLayout(side)
        line.addWidget(words, 1)
        self._layout.addWidget(row)
        return lamp, words, row


class FactList(QWidget):
    """Facts under a heading; rows are made once and told anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = words_label("heading", wrap=True)
        self._title.setMinimumWidth(1)  # a run's long name makes no column wider
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self.section: Section | None = None

    def show_section(self, section: Section | None) -> None:
        """Show these facts; none: be gone."""
        self.section = section if section is not None and section.facts else None
        self.setVisible(self.section is not None)
        if self.section is None:
            return
        self._title.setText(self.section.title)
        while len(self._rows) < len(self.section.facts):
            self._rows.append(self._make())
        for place, row in enumerate(self._rows):
            facts = self.section.facts
            self._tell(row, facts[place] if place < len(facts) else None)

    def _make(self) -> tuple[QLabel, QLabel, QLabel]:
        at = len(self._rows) + 1
        label, value, alone = words_label("help"), words_label(wrap=True), words_label(wrap=True)
        value.setMinimumWidth(1)
        alone.setMinimumWidth(1)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, at, 1)
        self._grid.addWidget(alone, at, 0, 1, 2)
        return label, value, alone

    @staticmethod
    def _tell(row: tuple[QLabel, QLabel, QLabel], fact: Fact | None) -> None:
        label, value, alone = row
        label.setVisible(fact is not None and bool(fact.label))
        value.setVisible(fact is not None and bool(fact.label))
        alone.setVisible(fact is not None and not fact.label)
        if fact is None:
            return
        label.setText(fact.label)
        for words in (value, alone):
            words.setText(fact.value)
            set_role(words, fact.tone or "fact")
        if not fact.label:
            set_role(alone, "help" if fact.tone in {"", "muted"} else fact.tone)


class CursorGrid(QTableView):
    """The table at the cursor, as high as its rows: what holds it scrolls."""

    def __init__(self, model: DynoCursorTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._pixels = 0
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_ROW)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Values at the cursor")
        model.modelReset.connect(self._lay_out)

    def sizeHint(self) -> QSize:
        """Be as high as all rows are."""
        rows = self.model().rowCount() * _ROW
        return QSize(200, rows + self.horizontalHeader().sizeHint().height() + 2)

    def _lay_out(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        for pixels in _TYPES:  # smaller type where the names of runs would be cut
            name, widths = self._widths(pixels)
            left = self.viewport().width() - sum(widths) - Space.XS
            if name <= left:
                break
        self._dress(pixels)
        for column, width in enumerate(widths, 1):
            self.setColumnWidth(column, width)
        self.setColumnWidth(0, max(2 * _ROW, left))

    def _widths(self, pixels: int) -> tuple[int, list[int]]:
        """Return what the names need in a type of this height, and what the values need."""
        words = QFontMetrics(text_font(pixels)).horizontalAdvance
        headings = QFontMetrics(text_font(min(pixels, Type.BODY))).horizontalAdvance
        widths = []
        for column in range(1, self.model().columnCount()):
            heading, *extremes = self._table.extremes(column)
            wide = max(map(words, extremes), default=0) + _CELL
            widths.append(max(wide, headings(heading) + _CELL))
        names = (str(self.model().index(row, 0).data()) for row in range(self.model().rowCount()))
        return max(map(words, names), default=0) + _BESIDE_NAME, widths

    def _dress(self, pixels: int) -> None:
        if pixels != self._pixels:
            self._pixels = pixels
            small = min(pixels, Type.BODY)
            self.setStyleSheet(
                f"QTableView {{ font-size: {pixels}px; }}"
                f"QHeaderView::section {{ font-size: {small}px; padding: 4px 3px 4px 0px; }}"
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the values leave."""
        super().resizeEvent(event)
        self._lay_out()
