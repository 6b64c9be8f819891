"""A drawing painted by Qt: on the screen, on paper, as a picture; the same as in the PDF."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from cartech_desk.reports.drawing import (
    PAPER,
    Align,
    Area,
    Drawing,
    Item,
    Page,
    Picture,
    Stroke,
    Text,
)
from cartech_desk.ui.theme.tokens import FAMILY

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_POINTS_PER_INCH: Final = 72.0
_EM: Final = 100
"""Words are measured and drawn at this height and scaled: whole pixels alone would shift them."""


def paint(painter: QPainter, page: Page) -> None:
    """Draw a page; the painter's unit is the point, its origin the page's top left corner."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for item in page.items:
        _DRAW[type(item)](painter, item)


def image(page: Page, scale: float) -> QImage:
    """Return a page as a picture of so many points of the screen for one of paper; any thread."""
    made = QImage(
        max(1, round(page.width * scale)),
        max(1, round(page.height * scale)),
        QImage.Format.Format_RGB32,
    )
    made.fill(QColor(PAPER))
    painter = QPainter(made)
    painter.scale(scale, scale)
    paint(painter, page)
    painter.end()
    return made


def pngs(drawing: Drawing, dpi: float = 150.0) -> list[bytes]:
    """Return a PNG for each page."""
    return [_png(image(page, dpi / _POINTS_PER_INCH), dpi) for page in drawing.pages]


def _png(picture: QImage, dpi: float) -> bytes:
    per_metre = round(dpi / 0.0254)
    picture.setDotsPerMeterX(per_metre)
    picture.setDotsPerMeterY(per_metre)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(content.data())


def set_up(printer: "QPrinter", drawing: Drawing) -> None:
    """Give a printer the paper and the name of a drawing."""
    first = drawing.pages[0]
    size = QPageSize(QSizeF(first.width, first.height), QPageSize.Unit.Point)
    printer.setPageLayout(
        QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Point)
    )
    printer.setFullPage(True)
    printer.setDocName(drawing.title)


def print_pages(printer: "QPrinter", drawing: Drawing) -> bool:
    """Print the pages that the printer was asked for; False where it takes none."""
    first, last = printer.fromPage() or 1, printer.toPage() or len(drawing.pages)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    scale = printer.logicalDpiX() / _POINTS_PER_INCH
    for place, page in enumerate(drawing.pages[first - 1 : last]):
        if place:
            printer.newPage()
        painter.save()
        painter.scale(scale, scale)
        paint(painter, page)
        painter.restore()
    return painter.end()


def _text(painter: QPainter, item: Text) -> None:
    painter.save()
    painter.setPen(QColor(item.color))
    font = _font(item.bold)
    painter.setFont(font)
    # Where the words begin is measured as in the PDF; Qt's own widths differ by a hair.
    left = item.left if item.align is not Align.LEFT else item.x
    painter.translate(left, item.y)
    painter.scale(item.size / _EM, item.size / _EM)
    painter.drawText(QPointF(0.0, 0.0), item.words)
    painter.restore()


def _stroke(painter: QPainter, item: Stroke) -> None:
    pen = QPen(QColor(item.color), item.width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if item.dash:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([length / item.width for length in item.dash])
    painter.setPen(pen)
    points = [QPointF(x, y) for x, y in zip(item.xs.tolist(), item.ys.tolist(), strict=True)]
    painter.drawPolyline(QPolygonF(points))


def _area(painter: QPainter, item: Area) -> None:
    painter.setPen(QPen(QColor(item.edge), item.width) if item.edge else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QBrush(QColor(item.fill)) if item.fill else QBrush())
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in item.corners]))
    path.closeSubpath()
    painter.drawPath(path)


def _picture(painter: QPainter, item: Picture) -> None:
    painter.drawImage(QRectF(item.x, item.y, item.width, item.height), QImage.fromData(item.image))


_DRAW: Final[Mapping[type[Item], Callable[[QPainter, Item], None]]] = {
    Text: _text,
    Stroke: _stroke,
    Area: _area,
    Picture: _picture,
}


@lru_cache(maxsize=2)
def _font(bold: bool) -> QFont:
    font = QFont(FAMILY)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(_EM)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if bold:
        font.setWeight(QFont.Weight.Medium)
    return font
