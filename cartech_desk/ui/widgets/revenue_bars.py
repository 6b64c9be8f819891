"""Bars of revenue: upright over time, lying for services, technicians and bays."""

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cartech_desk.domain.counted import counted
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.revenue import Slice
from cartech_desk.ui.models.revenue_words import empty_words, short
from cartech_desk.ui.models.value_scale import round_step
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.painted_chart import PaintedChart

_PARTS: Final = (("Labour", "labour", 0), ("Parts", "parts", 2), ("Other", "other", 1))
_LEFT: Final = 74
_FOOT: Final = 20
_HEAD: Final = 22
_NAMES: Final = 190
_SUMS: Final = 116
_LYING: Final = 26
_MOST_WIDE: Final = 64.0
_BACK: Final = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON: Final = (Qt.Key.Key_Right, Qt.Key.Key_Down)


class RevenueBars(PaintedChart):
    """A bar for each slice, in labour, parts and other; a press or the arrows choose one.

    Escape chooses none. The parts of a bar stand in the legend's order, and parts are hatched.
    """

    chosen_changed = Signal(object)
    """The `Slice` that is chosen, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Bars of revenue", 150, 260, parent)
        self.slices: tuple[Slice, ...] = ()
        self.upright = True
        self.chosen = ""
        self._nothing = True

    def show_slices(self, slices: Sequence[Slice], *, upright: bool) -> None:
        """Show these; what was chosen stays chosen where it is among them."""
        self.slices, self.upright = tuple(slices), upright
        if not any(one.key == self.chosen for one in slices):
            self.chosen = ""
        self._nothing = True
        self.update()

    def choose(self, key: str, *, nothing: bool = False) -> None:
        """Choose a slice by its key, or (`nothing`) none, without telling."""
        self.chosen, self._nothing = key, nothing
        self.update()

    @property
    def chosen_slice(self) -> Slice | None:
        """The slice that is chosen."""
        if self._nothing:
            return None
        return next((one for one in self.slices if one.key == self.chosen), None)

    # What a person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the pointer; beside all of them, none."""
        place = self._place_at(event.position())
        self._tell(self.slices[place] if place is not None else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the figures of the bar under the pointer."""
        place = self._place_at(event.position())
        if place is None:
            QToolTip.hideText()
            return
        QToolTip.showText(event.globalPosition().toPoint(), tip_of(self.slices[place]), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the bars; Escape chooses none."""
        step = -1 if event.key() in _BACK else 1 if event.key() in _ON else 0
        if event.key() == Qt.Key.Key_Escape and not self._nothing:
            self._tell(None)
        elif step and self.slices:
            now = self.chosen_slice
            place = self.slices.index(now) + step if now is not None else (0 if step > 0 else -1)
            self._tell(self.slices[max(0, min(place, len(self.slices) - 1)) if now else place])
        else:
            super().keyPressEvent(event)

    def _tell(self, one: Slice | None) -> None:
        self.chosen, self._nothing = (one.key, False) if one is not None else ("", True)
        self.update()
        self.chosen_changed.emit(one)

    # Where things are

    def _field(self) -> QRectF:
        if self.upright:
            return QRectF(_LEFT, _HEAD, self.width() - _LEFT - Space.S,
                          self.height() - _HEAD - _FOOT)  # fmt: skip
        return QRectF(_NAMES, _HEAD, self.width() - _NAMES - _SUMS, self.height() - _HEAD)

    @property
    def _fit(self) -> int:
        """How many lying bars there is room for."""
        return max(1, int((self.height() - _HEAD) / _LYING))

    def _place_at(self, at: QPointF) -> int | None:
        field = self._field()
        if not self.slices or at.y() < _HEAD:
            return None
        if self.upright:
            if not field.left() <= at.x() <= field.right():
                return None
            place = int((at.x() - field.left()) / field.width() * len(self.slices))
            return min(place, len(self.slices) - 1)
        place = int((at.y() - field.top()) / _LYING)
        return place if place < min(len(self.slices), self._fit) else None

    # Painting

    def empty_words(self) -> str:
        """Say why there are no bars."""
        return empty_words(self.slices)

    def paint(self, painter: QPainter) -> None:
        """Paint the bars, their scale and the legend."""
        self._legend(painter)
        if self.upright:
            self._standing(painter)
        else:
            self._lying(painter)

    def _legend(self, painter: QPainter) -> None:
        x = float(_LEFT if self.upright else _NAMES)
        measure = QFontMetricsF(painter.font())
        for word, _name, series in _PARTS:
            box = QRectF(x, 5, 12, 10)
            self._fill(painter, box, series)
            painter.setPen(QColor(tokens().muted))
            painter.drawText(QPointF(x + 17, 14), word)
            x += 17 + measure.horizontalAdvance(word) + Space.L

    def _fill(self, painter: QPainter, box: QRectF, series: int) -> None:
        color = QColor(series_color(series))
        painter.fillRect(box, color)
        if series == _PARTS[1][2]:
            painter.fillRect(box, QBrush(QColor(tokens().surface), Qt.BrushStyle.BDiagPattern))

    def _highest(self) -> float:
        # What was taken back alone has no bar: its row in the list says it.
        return max(0.0, *(float(one.sums.net.major) for one in self.slices)) or 1.0

    def _standing(self, painter: QPainter) -> None:
        field, theme = self._field(), tokens()
        currency = self.slices[0].sums.net.currency
        step = round_step(self._highest(), 4)
        top = math.ceil(self._highest() / step - 1e-9) * step
        measure = QFontMetricsF(painter.font())
        tick = 0.0
        while tick <= top + step / 2:
            y = field.bottom() - tick / top * field.height()
            words = f"{tick:,.0f}" if tick else f"0 {currency}"
            self.paint_level(painter, field, y, words)
            tick += step
        wide = field.width() / len(self.slices)
        bar = min(_MOST_WIDE, wide * 0.72)
        said = field.left() - 1.0
        for place, one in enumerate(self.slices):
            middle = field.left() + (place + 0.5) * wide
            if not self._nothing and one.key == self.chosen:
                box = QRectF(middle - wide / 2, field.top(), wide, field.height())
                painter.fillRect(box, QColor(theme.selected))
            y = field.bottom()
            for _word, name, series in _PARTS:
                high = max(0.0, float(getattr(one.sums, name).major) / top * field.height())
                if high > 0.0:
                    y -= high
                    self._fill(painter, QRectF(middle - bar / 2, y, bar, high), series)
            label = _short_label(one)
            half = measure.horizontalAdvance(label) / 2
            if middle - half > said + 6 and middle + half <= field.right() + Space.S:
                painter.setPen(QColor(theme.muted))
                painter.drawText(QPointF(middle - half, self.height() - 5), label)
                said = middle + half

    def _lying(self, painter: QPainter) -> None:
        field, theme = self._field(), tokens()
        highest = self._highest()
        painter.setFont(text_font(Type.BODY))
        measure = QFontMetricsF(painter.font())
        fit = min(len(self.slices), self._fit)
        for place, one in enumerate(self.slices[:fit]):
            top = field.top() + place * _LYING
            if not self._nothing and one.key == self.chosen:
                box = QRectF(0, top, self.width(), _LYING)
                painter.fillRect(box, QColor(theme.selected))
            painter.setPen(QColor(theme.text))
            name = measure.elidedText(one.label, Qt.TextElideMode.ElideRight, _NAMES - Space.M)
            if place == fit - 1 and fit < len(self.slices):
                name = f"… and {len(self.slices) - fit + 1} more below"
                painter.setPen(QColor(theme.muted))
                painter.drawText(QPointF(Space.XS, top + 17), name)
                break
            painter.drawText(QPointF(Space.XS, top + 17), name)
            x = field.left()
            for _word, part, series in _PARTS:
                wide = float(getattr(one.sums, part).major) / highest * field.width()
                if wide > 0.0:
                    self._fill(painter, QRectF(x, top + 5, wide, _LYING - 10), series)
                    x += wide
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(x + Space.S, top + 17), short(one.sums.net))


def _short_label(one: Slice) -> str:
    """Return what stands under a bar: 11-22, W47, Nov."""
    if "-W" in one.key or len(one.key) == 10:
        return one.key[5:]
    return one.label[:3]


def tip_of(one: Slice) -> str:
    """Return the figures of a slice as a tip."""
    sums = one.sums
    lines = [f"{one.label}: {money_text(sums.net)}"]
    named: tuple[tuple[str, Money], ...] = (
        ("labour", sums.labour),
        ("parts", sums.parts),
        ("other", sums.other),
    )
    lines += [f"{word} {money_text(money)}" for word, money in named if money.minor]
    lines.append(counted(sums.jobs, "job"))
    return "\n".join(lines)
