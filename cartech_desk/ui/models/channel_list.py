"""Channels to choose from: found by any of their words."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.trace import shown_unit
from cartech_desk.ui.theme.theme import tokens

COLUMNS: Final = ("", "Channel", "Name", "Unit", "Where it comes from")
_Index = QModelIndex | QPersistentModelIndex


def matching(channels: Iterable[Channel], search: str) -> list[Channel]:
    """Return the channels in which every word of `search` occurs, best first.

    Looked in: label, name, unit and source, whatever the case. A channel whose name or label
    begins with the search comes before one that only contains it.
    """
    words = search.casefold().split()
    found = []
    for place, channel in enumerate(channels):
        text = f"{channel.label} {channel.name} {channel.unit} {channel.source}".casefold()
        if all(word in text for word in words):
            begins = bool(words) and (
                channel.name.casefold().startswith(words[0])
                or channel.label.casefold().startswith(words[0])
            )
            found.append((not begins, place, channel))
    return [channel for _, _, channel in sorted(found, key=lambda row: row[:2])]


class ChannelList(QAbstractTableModel):
    """A table of channels, each with a tick for those that are chosen."""

    chosen_changed = Signal()

    def __init__(
        self, channels: Sequence[Channel], chosen: Collection[str], system: UnitSystem
    ) -> None:
        super().__init__()
        self._all = list(channels)
        self._shown = list(channels)
        self._system = system
        self.chosen: list[str] = [c.name for c in channels if c.name in set(chosen)]

    def search(self, text: str) -> None:
        """Show only what matches."""
        self.beginResetModel()
        self._shown = matching(self._all, text)
        self.endResetModel()

    def channel(self, row: int) -> Channel:
        """Return the channel of a row."""
        return self._shown[row]

    def toggle(self, row: int) -> None:
        """Choose the channel of a row, or take it back."""
        name = self._shown[row].name
        if name in self.chosen:
            self.chosen.remove(name)
        else:
            self.chosen.append(name)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
        self.chosen_changed.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Rows that match."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Tick, label, name, unit, source."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts and ticks."""
        channel = self._shown[index.row()]
        if index.column() == 0:
            ticked = channel.name in self.chosen
            if role == Qt.ItemDataRole.DecorationRole:
                return tick_icon(ticked)
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return "chosen" if ticked else "not chosen"
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                "",
                channel.label,
                channel.name,
                shown_unit(channel, self._system).symbol,
                channel.source,
            )[index.column()]
        return None


def tick_icon(ticked: bool) -> QIcon:
    """Return the box as an icon that a chosen row does not tint."""
    picture = tick_picture(ticked)
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def tick_picture(ticked: bool, side: int = 20, scale: int = 2) -> QPixmap:
    """Return a box with a tick, or without: what the style draws is too faint on a dark ground."""
    colors = tokens()
    picture = QPixmap(side * scale, side * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.accent if ticked else colors.muted), 1.5))
    painter.setBrush(QColor(colors.accent if ticked else colors.surface))
    painter.drawRoundedRect(QRectF(1, 1, side - 2, side - 2), 4, 4)
    if ticked:
        painter.setPen(QPen(QColor(colors.on_accent), 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ends = ((0.25, 0.52), (0.43, 0.70), (0.76, 0.32))
        painter.drawPolyline(QPolygonF([QPointF(x * side, y * side) for x, y in ends]))
    painter.end()
    return picture
