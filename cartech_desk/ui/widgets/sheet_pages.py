"""Pages below one another, as they will be printed: zoomed, fitted, turned."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from cartech_desk.reports.drawing import Drawing, Page
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.sheet_painting import image

LEAST: Final = 0.35
MOST: Final = 4.0
_STEP: Final = 1.25
_KEPT: Final = 6
"""Pages whose pictures are kept."""


class _Pages(QWidget):
    """Paints the pages that are in sight; each picture is made once for a zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: tuple[Page, ...] = ()
        self.zoom = 1.0
        self._pictures: dict[tuple[int, float, float], QImage] = {}

    def take(self, pages: tuple[Page, ...]) -> None:
        self.pages = pages
        self._pictures.clear()
        self.lay_out()

    def lay_out(self) -> None:
        boxes = self.boxes()
        wide = max((box.right() for box in boxes), default=0) + Space.L
        high = max((box.bottom() for box in boxes), default=0) + Space.L
        self.setMinimumSize(int(wide), int(high))
        self.update()

    def boxes(self) -> list[QRect]:
        """Return where the pages are."""
        found, y = [], Space.L
        widest = max((page.width * self.zoom for page in self.pages), default=0.0)
        room = max(self.width(), int(widest) + 2 * Space.L)
        for page in self.pages:
            wide, high = round(page.width * self.zoom), round(page.height * self.zoom)
            found.append(QRect((room - wide) // 2, y, wide, high))
            y += high + Space.L
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        for place, box in enumerate(self.boxes()):
            if not box.intersects(event.rect()):
                continue
            painter.fillRect(box.adjusted(2, 3, 3, 4), QColor(tokens().shade))
            painter.drawImage(QRectF(box), self._picture(place, ratio))
            painter.setPen(QColor(tokens().line))
            painter.drawRect(box)
        painter.end()

    def _picture(self, place: int, ratio: float) -> QImage:
        key = (place, self.zoom, ratio)
        if key not in self._pictures:
            while len(self._pictures) >= _KEPT:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = image(self.pages[place], self.zoom * ratio)
        return self._pictures[key]


class SheetPages(QScrollArea):
    """Shows a drawing. Ctrl and the wheel zoom."""

    turned = Signal(int, int)
    """Page in front, from 1, and how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName("Pages of the sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fit = True
        self._inner = _Pages()
        self.setWidget(self._inner)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._tell())

    @property
    def zoom(self) -> float:
        """Points of the screen for one of paper."""
        return self._inner.zoom

    @property
    def page(self) -> int:
        """The page in front, from 1; 0 where there is none."""
        boxes = self._inner.boxes()
        middle = self.verticalScrollBar().value() + self.viewport().height() // 2
        return sum(box.top() <= middle for box in boxes) or min(1, len(boxes))

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._inner.pages)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show these pages; zoom and place stay."""
        self._inner.take(drawing.pages)
        if self._fit:
            self.fit_width()
        self._tell()

    def fit_width(self) -> None:
        """Let a page be as wide as there is room, also when the room changes."""
        self._fit = True
        if self._inner.pages:
            widest = max(page.width for page in self._inner.pages)
            bar = self.verticalScrollBar().sizeHint().width()
            self._set(max(LEAST, (self.width() - 2 * Space.L - bar - 4) / widest))

    def zoom_in(self) -> None:
        """Show the pages larger."""
        self._fit = False
        self._set(min(MOST, self.zoom * _STEP))

    def zoom_out(self) -> None:
        """Show the pages smaller."""
        self._fit = False
        self._set(max(LEAST, self.zoom / _STEP))

    def turn(self, by: int) -> None:
        """Bring another page to the front."""
        boxes = self._inner.boxes()
        if boxes:
            place = min(len(boxes), max(1, self.page + by)) - 1
            self.verticalScrollBar().setValue(boxes[place].top() - Space.L)

    def _set(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, self._inner.minimumHeight())
        self._inner.zoom = zoom
        self._inner.lay_out()
        bar.setValue(round(share * self._inner.minimumHeight()))
        self._tell()

    def _tell(self) -> None:
        self.turned.emit(self.page, self.count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a page as wide as there is room."""
        super().resizeEvent(event)
        if self._fit:
            self.fit_width()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y() > 0:
                self.zoom_in()
            else:
                self.zoom_out()
            event.accept()
            return
        super().wheelEvent(event)
