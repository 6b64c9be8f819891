"""A tile: one value that can be read from two metres, and where it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.bands import Bands, Edge
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.band_zones import Zone, zone_of, zone_spans
from cartech_desk.ui.models.columns import Columns, no_columns
from cartech_desk.ui.models.limit_alarms import AlarmFace
from cartech_desk.ui.models.trace import shown_decimals
from cartech_desk.ui.models.value_scale import DASH, in_words
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.lamp import paint_lamp
from cartech_desk.ui.widgets.polyline import Mapping, draw_columns

TILE_HEIGHT: Final = 126
TILE_WIDTH: Final = 196
SPARK_SECONDS: Final = 30
_CALLING_FRAME: Final = 4
_EDGE_HEIGHT: Final = 15
_HUGE_FROM: Final = 230  # pixels of height at which a reading of 64 px fits


@dataclass(frozen=True, slots=True)
class TileReading:
    """What a tile shows: `value` in the channel's unit is the last good one, NaN where none.

    `fresh` False with an `age_s` is a stale value; `invalid` an answer that is no value; `missing`
    a channel that this car does not deliver.
    """

    value: float = math.nan
    fresh: bool = False
    age_s: float = math.inf
    invalid: bool = False
    missing: bool = False


class Tile(QWidget):
    """Label, value and unit; below, the last 30 s and a gauge with the bands of its limits.

    An alarm of its channel frames it, with lamp and word.
    """

    def __init__(
        self,
        channel: Channel,
        unit: ShownUnit,
        bands: Bands | None,
        scale: tuple[float, float],
        *,
        color: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.channel = channel
        self.unit = unit
        self.bands = bands
        self.edges: tuple[Edge, ...] = ()
        """Edges of the limits in force, marked upon the gauge whatever its bands are."""
        self.alarm: AlarmFace | None = None
        """The alarm of this channel that stands."""
        self.scale = scale
        """Ends of the gauge in the channel's unit."""
        self.color = color
        self.reading = TileReading()
        self.spark: Columns = no_columns()
        self.with_spark = True
        """Without the last 30 s the gauge has the whole width."""
        self._foot = 0
        self._spark_right_ns = 0
        self._spark_scale: tuple[float, float] = (0.0, 1.0)
        self._texts: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 96)
        self.setToolTip(f"{channel.label} ({channel.name}), {channel.source or 'unknown source'}")
        theme_changed.connect(self.update)
        self._name()

    # What it shows

    @property
    def zone(self) -> Zone:
        """Where a fresh value stands between its limits."""
        return zone_of(self.reading.value, self.bands) if self.reading.fresh else Zone.GOOD

    @property
    def value_text(self) -> str:
        """The number as it stands on the tile; a dash where there is none."""
        reading = self.reading
        if reading.invalid or reading.missing:
            return DASH
        return in_words(self.unit.to_shown(reading.value), shown_decimals(self.channel, self.unit))

    @property
    def state_text(self) -> str:
        """The word beside the label: empty while all is well."""
        if self.alarm is not None and self.alarm.word:
            if self.reading.fresh:
                return self.alarm.word
            return f"{self.alarm.word}, {self._reading_text()}"
        return self._reading_text()

    def _reading_text(self) -> str:
        reading = self.reading
        if reading.missing:
            return "not from this car"
        if reading.invalid:
            return "no value"
        if not reading.fresh:
            if math.isfinite(reading.value) and math.isfinite(reading.age_s):
                return f"{_age(reading.age_s)} ago"
            return "waiting"
        return self.zone.word

    def show_reading(self, reading: TileReading) -> None:
        """Show a reading; painted only where something that can be seen changed."""
        self.reading = reading
        texts = (self.value_text, self.state_text)
        if texts != self._texts:
            self._texts = texts
            self._name()
            self.update()

    def show_limits(self, bands: Bands | None, edges: Sequence[Edge]) -> None:
        """Stand between these bands, and mark these edges of limits upon the gauge."""
        if (bands, tuple(edges)) != (self.bands, self.edges):
            self.bands, self.edges = bands, tuple(edges)
            self.show_reading(self.reading)
            self.update()

    def show_alarm(self, alarm: AlarmFace | None) -> None:
        """Tell the alarm of this channel, or that none stands."""
        if alarm != self.alarm:
            self.alarm = alarm
            self.show_reading(self.reading)
            self.update()

    def show_spark(self, columns: Columns, right_ns: int) -> None:
        """Show the last 30 s up to `right_ns`."""
        if not len(columns) and not len(self.spark):
            return
        self.spark = columns
        self._spark_right_ns = right_ns
        extent = columns.extent
        if extent is not None:
            middle, half = sum(extent) / 2, (extent[1] - extent[0]) / 2
            half = max(half, (self.scale[1] - self.scale[0]) / 40, 1e-9)
            self._spark_scale = (middle - half, middle + half)
        self.update()

    def keep_free(self, pixels: int) -> None:
        """Leave the foot to what lies upon the tile; name and value stand above it."""
        if pixels != self._foot:
            self._foot = pixels
            self.update()

    def _name(self) -> None:
        words = [self.channel.label, self.value_text, self.unit.symbol, self.state_text]
        self.setAccessibleName(" ".join(word for word in words if word))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tile."""
        del event
        colors = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.ground))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        inner = self.rect().adjusted(Space.M, Space.S, -Space.M, -Space.S)
        self._paint_words(painter, inner, self._paint_state(painter, inner))
        if self._foot:
            painter.end()
            return
        foot = QRect(inner.left(), inner.bottom() - 25, inner.width(), 26)
        share = int(foot.width() * 0.5) if self.with_spark else -Space.M
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_spark(painter, QRect(foot.left(), foot.top(), share, foot.height()))
        gauge_left = foot.left() + share + Space.M
        self._paint_gauge(
            painter, QRect(gauge_left, foot.top(), foot.right() - gauge_left + 1, foot.height())
        )
        painter.end()

    def _look(self) -> tuple[State | None, str]:
        """Return the lamp and the colour's token: the alarm's, else those of the zone."""
        if self.alarm is not None:
            return self.alarm.lamp, self.alarm.token
        zone = self.zone
        if zone is Zone.GOOD:
            return None, "muted"
        return (State.TRIP if zone.severity == 2 else State.WARNING), zone.token

    def _paint_frame(self, painter: QPainter) -> None:
        """Paint ground and frame: thick while an alarm calls, dashed once its cause is gone."""
        colors, alarm = tokens(), self.alarm
        lamp, token = self._look()
        plain = lamp is None or lamp is State.SHELVED
        pen = QPen(QColor(colors.line if plain else getattr(colors, token)), 1 if plain else 2)
        if alarm is not None and alarm.calls:
            pen.setWidth(_CALLING_FRAME)
        if alarm is not None and alarm.gone:
            pen.setStyle(Qt.PenStyle.DashLine)
        focused = self.hasFocus()
        if focused and plain:
            pen = QPen(QColor(colors.focus), Size.FOCUS)
        box = QRectF(self.rect())
        painter.setPen(pen)
        painter.setBrush(QColor(colors.surface))
        inset = pen.widthF() / 2
        painter.drawRoundedRect(
            box.adjusted(inset, inset, -inset, -inset), Size.RADIUS, Size.RADIUS
        )
        if focused and not plain:  # within the frame: where the keys go must not hide an alarm
            inset = pen.widthF() + Size.FOCUS / 2
            painter.setPen(QPen(QColor(colors.focus), Size.FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                box.adjusted(inset, inset, -inset, -inset), Size.RADIUS, Size.RADIUS
            )

    def _paint_state(self, painter: QPainter, inner: QRect) -> int:
        """Paint lamp and word at the right of the label; returns the width they take.

        Where the label would be cut by an alarm's, they stand on a line of their own below it.
        """
        state = self.state_text
        lamp, token = self._look()
        if not state and lamp is None:
            return 0
        colors = tokens()
        color = QColor(getattr(colors, token))
        painter.setFont(text_font(Type.BODY, bold=lamp is not None))
        metrics = QFontMetrics(painter.font())
        name = QFontMetrics(text_font(Type.BAY))
        top = name.height()
        width = metrics.horizontalAdvance(state)
        taken = width + 2 * Space.S + Type.BAY + name.horizontalAdvance(self.channel.label)
        below = self.alarm is not None and taken > inner.width()
        if below:
            inner = inner.translated(0, top)
        area = QRect(inner.right() + 1 - width, inner.top(), width, top)
        if self.alarm is not None and self.alarm.calls and state:
            badge = area.adjusted(-Space.XS - 2, 0, 0, 0).translated(-2, 0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(badge).adjusted(0, 0, 4, 0), 4, 4)
            area.translate(-3, 0)
            color = QColor(colors.on_state)
            width += Space.S
        painter.setPen(color)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, state)
        width += Space.S
        if lamp is not None:
            side = Type.BAY
            left = inner.right() - width - side + 4
            paint_lamp(painter, QRectF(left, inner.top() + 2, side, side), lamp)
            width += side
        return 0 if below else width

    def _paint_words(self, painter: QPainter, inner: QRect, state_width: int) -> None:
        colors = tokens()
        huge = self.height() - self._foot >= _HUGE_FROM
        muted = not self.reading.fresh
        top = QFontMetrics(text_font(Type.BAY)).height()
        painter.setFont(text_font(Type.BAY))
        painter.setPen(QColor(colors.muted))
        label = QFontMetrics(painter.font()).elidedText(
            self.channel.label, Qt.TextElideMode.ElideRight, inner.width() - state_width
        )
        painter.drawText(
            QRect(inner.left(), inner.top(), inner.width(), top),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            label,
        )
        foot = self._foot or (28 if self.with_spark else 18)
        area = QRect(inner.left(), inner.top() + top, inner.width(), inner.height() - top - foot)
        text, symbol = self.value_text, self.unit.symbol
        unit_font = text_font(Type.BAY)
        unit_width = QFontMetrics(unit_font).horizontalAdvance(symbol) + (Space.S if symbol else 0)
        size = Type.READING_HUGE if huge else Type.READING_LARGE
        font = text_font(size, bold=True)
        while QFontMetrics(font).horizontalAdvance(text) > area.width() - unit_width and size > 20:
            size -= 4
            font = text_font(size, bold=True)
        metrics = QFontMetrics(font)
        baseline = area.center().y() + (metrics.ascent() - metrics.descent()) // 2
        left = area.left() + max(
            0, (area.width() - metrics.horizontalAdvance(text) - unit_width) // 2
        )
        painter.setFont(font)
        painter.setPen(QColor(colors.muted if muted else colors.text))
        painter.drawText(left, baseline, text)
        painter.setFont(unit_font)
        painter.setPen(QColor(colors.muted))
        painter.drawText(left + metrics.horizontalAdvance(text) + Space.S, baseline, symbol)

    def _paint_spark(self, painter: QPainter, area: QRect) -> None:
        if not len(self.spark):
            return
        low, high = self._spark_scale
        per_value = (area.height() - 3) / (high - low)
        painter.setClipRect(area)
        color = QColor(series_color(self.color) if self.reading.fresh else tokens().muted)
        pen = QPen(color, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        span = SPARK_SECONDS * 1_000_000_000
        draw_columns(
            painter,
            self.spark,
            Mapping(
                self._spark_right_ns - span,
                area.width() / span,
                area.left(),
                area.bottom() - 2 + per_value * low,
                per_value,
            ),
            Size.SERIES_LINE,
        )
        painter.setClipping(False)

    def _paint_gauge(self, painter: QPainter, area: QRect) -> None:
        """Paint the zones as a bar (thicker the worse they are) and a pointer upon it."""
        colors = tokens()
        low, high = self.scale
        if not high > low:
            return
        per_value = area.width() / (high - low)
        bottom = area.bottom() - 1
        for zone, begin, end in zone_spans(low, high, self.bands):
            height = 4 + 3 * zone.severity
            color = colors.edge if self.bands is None else getattr(colors, zone.token)
            left = area.left() + (begin - low) * per_value
            painter.fillRect(
                QRectF(left, bottom - height, max(1.0, (end - begin) * per_value - 1), height),
                QBrush(QColor(color)),
            )
        self._paint_edges(painter, area, per_value)
        value = self.reading.value
        if not math.isfinite(value) or self.reading.invalid:
            return
        x = area.left() + (min(max(value, low), high) - low) * per_value
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.text if self.reading.fresh else colors.muted))
        tip = bottom - 8
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, tip - 10), QPointF(x + 6, tip - 10), QPointF(x, tip)])
        )
        painter.drawRect(QRectF(x - 1, tip - 1, 2, 9))

    def _paint_edges(self, painter: QPainter, area: QRect, per_value: float) -> None:
        """Mark where limits stand; those that count only at times are dotted."""
        low, high = self.scale
        for edge in self.edges:
            if not low <= edge.value <= high:
                continue
            token = "trip" if edge.level is Level.TRIP else "warn"
            style = Qt.PenStyle.DotLine if edge.gated else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(getattr(tokens(), token)), 2, style))
            x = area.left() + round((edge.value - low) * per_value)
            painter.drawLine(x, area.bottom() - _EDGE_HEIGHT, x, area.bottom())


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
