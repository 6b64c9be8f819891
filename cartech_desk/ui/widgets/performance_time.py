"""Power and torque over time: a point for each session, modifications as lines across."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cartech_desk.domain.performance.history import PowerHistory, SessionPower
from cartech_desk.domain.units import UnitSystem, convert
from cartech_desk.reports.dyno_units import SheetUnits, symbol
from cartech_desk.reports.performance_time_chart import beside_each_other, month_ticks
from cartech_desk.reports.performance_words import power, torque
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.painted_chart import PaintedChart

_LEFT: Final = 46
_FOOT: Final = 22
_HEAD: Final = 26
_ARM: Final = 5.0
_NEAR: Final = 14.0
_ASIDE: Final = 20.0
"""Sessions of one day stand so far beside each other, in pixels."""
_TAG_MOST: Final = 170.0
_LETTERS_LEAST: Final = 5
"""Fewer letters of a modification than these say less than its number alone."""
_LEAST_DAYS: Final = 30
_POWER, _TORQUE = 5, 0
"""Places in the theme's colours: as the Dyno page has power and torque apart."""
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PowerOverTime(PaintedChart):
    """A filled diamond (power) and dot (torque) for each session; hollow ones are not comparable.

    A press or the arrows choose a session; pointing at one, or at the tag of a modification, tells
    of it.
    """

    chosen_changed = Signal(str)
    """The id of the session that is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Power over time", 170, 280, parent)
        self.history = PowerHistory("", "", "")
        self.units = SheetUnits(UnitSystem.METRIC, "hp")
        self.chosen = ""
        self._beside: tuple[list[float], list[float]] = [], []

    def show_history(self, history: PowerHistory, units: SheetUnits) -> None:
        """Show a history; the last session is chosen where the chosen one is not in it."""
        self.history, self.units = history, units
        self._beside = beside_each_other(history)
        if not any(one.session_id == self.chosen for one in history.points):
            self.chosen = history.points[-1].session_id if history.points else ""
        self.setAccessibleName(f"Power over time of {history.vehicle}")
        self.update()

    def choose(self, session_id: str) -> None:
        """Choose a session, without telling."""
        self.chosen = session_id
        self.update()

    # What a person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the session next to the pointer."""
        found = self._point_at(event.position())
        if found is not None:
            self._tell(found.session_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of the point or the modification under the pointer."""
        at = event.position()
        found = self._point_at(at)
        words = self._fitted_at(at) if found is None else self._words(found)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), words, self)
        else:
            QToolTip.hideText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the sessions."""
        step = _STEPS.get(Qt.Key(event.key()), 0)
        points = self.history.points
        if not step or not points:
            super().keyPressEvent(event)
            return
        ids = [one.session_id for one in points]
        place = ids.index(self.chosen) + step if self.chosen in ids else 0
        self._tell(ids[max(0, min(place, len(ids) - 1))])

    def _tell(self, session_id: str) -> None:
        self.chosen = session_id
        self.update()
        self.chosen_changed.emit(session_id)

    def _words(self, one: SessionPower) -> str:
        lines = [
            f"{one.day} {one.at:%H:%M}: {power(one.power_kw, self.units)}, "
            f"{torque(one.torque_nm, self.units)}",
            f"{one.run}, {one.bench or 'dyno not named'}",
            *one.mods,
            one.unlike,
        ]
        return "\n".join(filter(None, lines))

    def _point_at(self, at: QPointF) -> SessionPower | None:
        field = self._field()
        near = [
            (abs(self._x(one.day, field, beside) - at.x()), place)
            for place, (one, beside) in enumerate(
                zip(self.history.points, self._beside[0], strict=True)
            )
        ]
        away, place = min(near, default=(_NEAR + 1, 0))
        if away > _NEAR or at.y() < field.top():
            return None
        return self.history.points[place]

    def _fitted_at(self, at: QPointF) -> str:
        field = self._field()
        return "\n".join(
            f"{place} · {one.fitted}: {one.words}"
            for place, (one, beside) in enumerate(
                zip(self.history.fitted, self._beside[1], strict=True), 1
            )
            if one.fitted is not None
            and abs(self._x(one.fitted, field, beside) - at.x()) < _NEAR / 2
        )

    # Where things are

    def _field(self) -> QRectF:
        return QRectF(_LEFT, _HEAD, self.width() - _LEFT - Space.M, self.height() - _HEAD - _FOOT)

    def _ends(self) -> tuple[date, date]:
        days = [one.day for one in self.history.points]
        days += [one.fitted for one in self.history.fitted if one.fitted is not None]
        first, last = min(days), max(days)
        spare = max(4, (last - first).days // 25, (_LEAST_DAYS - (last - first).days) // 2)
        return first - timedelta(days=spare), last + timedelta(days=spare)

    def _x(self, day: date, field: QRectF, beside: float = 0.0) -> float:
        first, last = self._ends()
        x = field.left() + (day - first).days / max(1, (last - first).days) * field.width()
        return x + beside * _ASIDE

    # Painting

    def empty_words(self) -> str:
        """Say when there will be something."""
        if self.history.points:
            return ""
        return "Power over time stands here once a run of this vehicle has a peak."

    def paint(self, painter: QPainter) -> None:
        """Paint the scale, the modifications and the points."""
        field = self._field()
        powers = [self._of(one.power_kw, "kW", self.units.power) for one in self.history.points]
        torques = [self._of(one.torque_nm, "Nm", self.units.torque) for one in self.history.points]
        known = [value for value in (*powers, *torques) if value is not None]
        scale = ValueScale(0.0, 1.0)
        scale.fit((0.0, max(known, default=1.0) * 1.05))
        measure = QFontMetricsF(painter.font())
        for value, words in scale.ticks(5):
            self.paint_level(painter, field, self._y(value, scale, field), words)
        self._months(painter, field, measure)
        self._chosen_line(painter, field)
        self._fitted(painter, field, measure)
        for values, series, diamond in ((torques, _TORQUE, False), (powers, _POWER, True)):
            self._curve(painter, (field, scale), values, QColor(series_color(series)), diamond)
        self._legend(painter, measure)

    def _of(self, value: float | None, unit: str, to: str) -> float | None:
        return None if value is None else float(convert(value, unit, to))

    def _y(self, value: float, scale: ValueScale, field: QRectF) -> float:
        return field.bottom() - (value - scale.low) / (scale.high - scale.low) * field.height()

    def _months(self, painter: QPainter, field: QRectF, measure: QFontMetricsF) -> None:
        first, last = self._ends()
        painter.setPen(QColor(tokens().muted))
        for day, words in month_ticks(first, last, max(2, int(field.width() / 90))):
            half, x = measure.horizontalAdvance(words) / 2, self._x(day, field)
            if x + half <= self.width():
                painter.drawText(QPointF(x - half, self.height() - 6), words)

    def _chosen_line(self, painter: QPainter, field: QRectF) -> None:
        for one, beside in zip(self.history.points, self._beside[0], strict=True):
            if one.session_id == self.chosen:
                x = self._x(one.day, field, beside)
                box = QRectF(x - 9, field.top(), 18, field.height())
                painter.fillRect(box, QColor(tokens().selected))

    def _fitted(self, painter: QPainter, field: QRectF, measure: QFontMetricsF) -> None:
        """Draw each modification across, its number in a box; those of one place share it."""
        theme = tokens()
        of: dict[tuple[date, float], list[str]] = {}
        for place, one in enumerate(self.history.fitted, 1):
            if one.fitted is not None:
                key = one.fitted, self._beside[1][place - 1]
                of.setdefault(key, []).append(str(place))
        days = sorted(of)
        places = [self._x(day, field, beside) for day, beside in days]
        for x in places:
            painter.setPen(QPen(QColor(theme.muted), Size.LINE, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
        for at, day in enumerate(days):
            number = "+".join(of[day])
            least = measure.horizontalAdvance(number) + 8
            left = min(places[at] - 8, field.right() - least)
            # The words reach to the next tag, or to the edge.
            end = places[at + 1] - 12 if at + 1 < len(days) else field.right()
            words = f"{number} {self.history.fitted[int(of[day][0]) - 1].words}"
            room = max(0.0, min(end - left, _TAG_MOST) - 8)
            cut = measure.elidedText(words, Qt.TextElideMode.ElideRight, int(room))
            if len(cut) < len(number) + _LETTERS_LEAST:
                cut = number
            box = QRectF(left, field.top() + 2, measure.horizontalAdvance(cut) + 8, 16)
            painter.setPen(QPen(QColor(theme.edge), Size.LINE))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(left + 4, field.top() + 14), cut)

    def _curve(
        self,
        painter: QPainter,
        place: tuple[QRectF, ValueScale],
        values: Sequence[float | None],
        color: QColor,
        diamond: bool,
    ) -> None:
        field, scale = place
        points = [
            (
                QPointF(self._x(one.day, field, beside), self._y(value, scale, field)),
                bool(one.unlike),
            )
            for one, beside, value in zip(self.history.points, self._beside[0], values, strict=True)
            if value is not None
        ]
        painter.setPen(QPen(color, Size.SERIES_LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([at for at, unlike in points if not unlike]))
        for at, unlike in points:
            painter.setBrush(QColor(tokens().surface) if unlike else color)
            self._sign(painter, at, diamond)

    def _sign(self, painter: QPainter, at: QPointF, diamond: bool) -> None:
        if not diamond:
            painter.drawEllipse(at, _ARM - 1, _ARM - 1)
            return
        corners = ((-_ARM, 0.0), (0.0, -_ARM), (_ARM, 0.0), (0.0, _ARM))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))

    def _legend(self, painter: QPainter, measure: QFontMetricsF) -> None:
        x = float(_LEFT)
        for words, series, diamond in (
            (f"Power [{symbol(self.units.power)}]", _POWER, True),
            (f"Torque [{symbol(self.units.torque)}]", _TORQUE, False),
        ):
            color = QColor(series_color(series))
            painter.setPen(QPen(color, Size.SERIES_LINE))
            painter.setBrush(color)
            self._sign(painter, QPointF(x + 6, 12), diamond)
            painter.setPen(QColor(tokens().text))
            painter.drawText(QPointF(x + 16, 16), words)
            x += 16 + measure.horizontalAdvance(words) + Space.L
        painter.setPen(QColor(tokens().muted))
        painter.drawText(QPointF(x, 16), "hollow: not comparable with the others")
