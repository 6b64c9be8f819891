"""What comes from the dyno right now, as numbers that can be read across the bay."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cartech_desk.bay.dyno_status import DynoSnapshot, LiveValue
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.bench_words import DASH, shown_words
from cartech_desk.ui.models.dyno_units import RPM, DynoUnits
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type

_HIGH: Final = 88
_LEAST: Final = 104
_RATIO: Final = ShownUnit("ratio", "", 1)
_LAMBDA: Final = ShownUnit("ratio", "λ", 2)


@dataclass(frozen=True, slots=True)
class LiveNumber:
    """One number: what it is, as it is written, its unit; `note` where it is not of now."""

    label: str
    words: str
    unit: str
    note: str = ""

    @property
    def fresh(self) -> bool:
        """Whether it is of now."""
        return not self.note and self.words != DASH


def live_numbers(
    snapshot: DynoSnapshot, units: DynoUnits, factor: float, correction: str
) -> tuple[LiveNumber, ...]:
    """Return speed, engine speed, power, torque, mixture and boost as they are shown now.

    Power and torque are corrected by `factor`, whose name stands beside them.
    """
    values = snapshot.values
    lambda_only = Role.AFR not in values and Role.LAMBDA in values
    mixture = Role.LAMBDA if lambda_only else Role.AFR
    corrected = f" · {correction}" if correction else ""
    return (
        _of(values, Role.SPEED, "Speed", units.speed, 0),
        _of(values, Role.RPM, "Engine", RPM, 0),
        _sum(snapshot.power_kw * factor, f"Power{corrected}", units.power),
        _sum(snapshot.torque_nm * factor, f"Torque{corrected}", units.torque),
        _of(
            values,
            mixture,
            "Lambda" if lambda_only else "AFR",
            _LAMBDA if lambda_only else _RATIO,
            2 if lambda_only else 1,
        ),
        _of(values, Role.BOOST, "Boost", units.boost, units.boost.decimals),
    )


def _of(
    values: Mapping[Role, LiveValue], role: Role, label: str, unit: ShownUnit, places: int
) -> LiveNumber:
    value = values.get(role)
    if value is None:
        return LiveNumber(label, DASH, unit.symbol)
    note = ""
    if value.stale and math.isfinite(value.age_s):
        note = f"{value.age_s:.0f} s ago"
    return LiveNumber(label, shown_words(value.value, unit, places), unit.symbol, note)


def _sum(value: float, label: str, unit: ShownUnit) -> LiveNumber:
    return LiveNumber(label, shown_words(value, unit, 0), unit.symbol)


class LiveReadings(QWidget):
    """The numbers side by side; larger where the window has room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: tuple[LiveNumber, ...] = ()
        self.setFixedHeight(_HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_changed.connect(self.update)

    def show_numbers(self, numbers: tuple[LiveNumber, ...]) -> None:
        """Show these; the same ones again cost nothing."""
        if numbers == self.numbers:
            return
        self.numbers = numbers
        self.setAccessibleName(
            ", ".join(f"{one.label} {one.words} {one.unit} {one.note}".strip() for one in numbers)
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for what the numbers need at least."""
        return QSize(_LEAST * max(1, len(self.numbers)), _HIGH)

    def minimumSizeHint(self) -> QSize:
        """Ask for what they can be squeezed into."""
        return QSize(_LEAST * max(1, len(self.numbers)), _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint every number into its cell."""
        if not self.numbers:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = tokens()
        cell = (self.width() + Space.S) / len(self.numbers)
        large = Type.READING_HUGE if cell > 210 else Type.READING_LARGE
        for place, number in enumerate(self.numbers):
            box = QRectF(place * cell, 0, cell - Space.S, self.height())
            painter.setPen(QColor(colors.line))
            painter.setBrush(QColor(colors.surface))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), Size.RADIUS, Size.RADIUS)
            self._paint_number(painter, box.adjusted(Space.M, Space.XS, -Space.S, 0), number, large)
        painter.end()

    def _paint_number(self, painter: QPainter, box: QRectF, number: LiveNumber, large: int) -> None:
        colors = tokens()
        painter.setFont(text_font(Type.BODY))
        painter.setPen(QColor(colors.muted))
        head = f"{number.label} · {number.note}" if number.note else number.label
        cut = painter.fontMetrics().elidedText(head, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(QRectF(box.left(), box.top(), box.width(), 20), 0, cut)
        foot = QRectF(box.left(), box.top() + 18, box.width(), box.height() - 22)
        side = painter.fontMetrics().horizontalAdvance(number.unit)
        for pixels in (large, 48, Type.READING_LARGE, 36, Type.READING, 24, Type.TITLE):
            font = text_font(pixels, bold=True)
            metrics = QFontMetricsF(font)
            wide = metrics.horizontalAdvance(number.words)
            if pixels <= large and wide + Space.XS + side <= box.width():
                break
        painter.setFont(font)
        baseline = foot.center().y() + metrics.capHeight() / 2
        painter.setPen(QColor(colors.text if number.fresh else colors.muted))
        painter.drawText(int(foot.left()), int(baseline), number.words)
        painter.setFont(text_font(Type.BODY))
        painter.setPen(QColor(colors.muted))
        painter.drawText(int(foot.left() + wide + Space.XS), int(baseline), number.unit)
