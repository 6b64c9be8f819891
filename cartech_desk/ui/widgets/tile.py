"""A tile: one value that can be read from two metres, and where it stands."""

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.bands import Bands
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.band_zones import Zone, zone_of, zone_spans
from cartech_desk.ui.models.columns import Columns, no_columns
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
    """Label, value and unit; below, the last 30 s and a gauge with the bands of its limits."""

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
        zone = self.zone
        border = colors.line if zone is Zone.GOOD else getattr(colors, zone.token)
        width = 1 if zone is Zone.GOOD else 2
        if self.hasFocus():
            border, width = colors.focus, Size.FOCUS
        painter.setPen(QPen(QColor(border), width))
        painter.setBrush(QColor(colors.surface))
        inset = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), Size.RADIUS, Size.RADIUS
        )
        inner = self.rect().adjusted(Space.M, Space.S, -Space.M, -Space.S)
        self._paint_words(painter, inner, zone)
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

    def _paint_words(self, painter: QPainter, inner: QRect, zone: Zone) -> None:
        colors = tokens()
        huge = self.height() - self._foot >= _HUGE_FROM
        muted = not self.reading.fresh
        top = QFontMetrics(text_font(Type.BAY)).height()
        state = self.state_text
        state_width = 0
        if state:
            painter.setFont(text_font(Type.BODY, bold=zone is not Zone.GOOD))
            state_width = QFontMetrics(painter.font()).horizontalAdvance(state) + Space.S
            if zone is not Zone.GOOD:
                side = Type.BAY
                lamp = QRectF(inner.right() - state_width - side + 4, inner.top() + 2, side, side)
                paint_lamp(painter, lamp, State.TRIP if zone.severity == 2 else State.WARNING)
                state_width += side
            painter.setPen(
                QColor(colors.muted if zone is Zone.GOOD else getattr(colors, zone.token))
            )
            painter.drawText(
                QRect(inner.left(), inner.top(), inner.width(), top),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                state,
            )
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


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
