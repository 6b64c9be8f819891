"""How the rows of the dyno tree are painted: two lines each, all within a narrow column."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cartech_desk.ui.models.dyno_run_tree import (
    BADGE_ROLE,
    FRONT_ROLE,
    PEAK_ROLE,
    SERIES_ROLE,
    SESSION_ROLE,
    session_words,
)
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.lamp import paint_lamp

if TYPE_CHECKING:
    from cartech_desk.ui.models.dyno_peaks import PeakWords

_SWATCH: Final = 4
_LAMP: Final = 12
_UPPER, _LOWER = 0.52, 0.48


class DynoTreeRows(QStyledItemDelegate):
    """A session: its car, below it when, how and by whom. A run: name and peak, below its badge."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Be as high as a gloved finger needs."""
        del option, index
        return QSize(120, Size.CONTROL_BAY)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground and box as the style does, and the words by hand."""
        filled = QStyleOptionViewItem(option)
        self.initStyleOption(filled, index)
        style = filled.widget.style() if filled.widget else QApplication.style()
        filled.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, filled, painter, filled.widget)
        painter.save()
        area = QRect(option.rect).adjusted(Space.XS, 0, -Space.S, 0)
        session = index.data(SESSION_ROLE)
        if session is not None:
            name, facts = session_words(session)
            self._line(painter, self._upper(area), name, "text", Type.BODY, bold=True)
            self._line(painter, self._lower(area), facts, "muted", Type.SMALL)
        else:
            box = style.subElementRect(
                QStyle.SubElement.SE_ItemViewItemCheckIndicator, filled, filled.widget
            )
            area.setLeft(box.right() + Space.S)
            self._run(painter, area, index)
        painter.restore()

    def _run(
        self, painter: QPainter, area: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        series = index.data(SERIES_ROLE)
        if series is not None:
            bar = QRect(area.left(), area.top() + Space.S, _SWATCH, area.height() - 2 * Space.S)
            painter.fillRect(bar, QColor(series_color(series)))
        area.setLeft(area.left() + _SWATCH + Space.S)
        peak: PeakWords = index.data(PEAK_ROLE)
        front = bool(index.data(FRONT_ROLE))
        upper, lower = self._upper(area), self._lower(area)
        font = text_font(Type.BODY, bold=True)
        number = f"{peak.number} {peak.symbol}".strip()
        wide = QFontMetrics(font).horizontalAdvance(number) + 1
        right = QRect(upper.right() - wide, upper.top(), wide + 1, upper.height())
        ink = "muted" if peak.note else "text"
        self._line(painter, right, number, ink, Type.BODY, bold=True)
        upper.setRight(right.left() - Space.S)
        self._line(painter, upper, str(index.data()), "text", Type.BODY, bold=front)
        state, word = index.data(BADGE_ROLE)
        middle = lower.center().y()
        lamp = QRectF(lower.left(), middle - _LAMP / 2 + 1, _LAMP, _LAMP)
        paint_lamp(painter, lamp, state)
        if peak.note:
            said = peak.note
            wide = QFontMetrics(text_font(Type.SMALL)).horizontalAdvance(said) + 1
            right = QRect(lower.right() - wide, lower.top(), wide + 1, lower.height())
            self._line(painter, right, said, "muted", Type.SMALL)
            lower.setRight(right.left() - Space.XS)
        lower.setLeft(lower.left() + _LAMP + Space.XS)
        self._line(painter, lower, word, "muted", Type.SMALL)

    @staticmethod
    def _upper(area: QRect) -> QRect:
        high = round(area.height() * _UPPER)
        return QRect(area.left(), area.top() + 3, area.width(), high - 3)

    @staticmethod
    def _lower(area: QRect) -> QRect:
        high = round(area.height() * _LOWER)
        return QRect(area.left(), area.bottom() - high, area.width(), high - 2)

    @staticmethod
    def _line(
        painter: QPainter, area: QRect, words: str, ink: str, size: int, *, bold: bool = False
    ) -> None:
        font = text_font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(getattr(tokens(), ink)))
        short = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), short
        )
