"""A drawing as PDF: vector, faces embedded, the same bytes for the same drawing."""

import io
from collections.abc import Callable, Mapping
from typing import Any, Final

from cartech_desk.reports.drawing import Align, Area, Drawing, Item, Picture, Stroke, Text
from cartech_desk.reports.faces import faces


def pdf_of(drawing: Drawing) -> bytes:
    """Return the drawing as a PDF file."""
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    first = drawing.pages[0]
    canvas = Canvas(file, pagesize=(first.width, first.height), invariant=1, pageCompression=1)
    canvas.setTitle(drawing.title)
    canvas.setAuthor(drawing.author)
    canvas.setSubject(drawing.subject)
    canvas.setCreator("CarTech Desk")
    for page in drawing.pages:
        canvas.setPageSize((page.width, page.height))
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for item in page.items:
            _DRAW[type(item)](canvas, page.height, item)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _text(canvas: Any, height: float, item: Text) -> None:
    canvas.setFillColor(_color(item.color))
    canvas.setFont(faces()[item.bold], item.size)
    y = height - item.y
    if item.align is Align.LEFT:
        canvas.drawString(item.x, y, item.words)
    elif item.align is Align.RIGHT:
        canvas.drawRightString(item.x, y, item.words)
    else:
        canvas.drawCentredString(item.x, y, item.words)


def _stroke(canvas: Any, height: float, item: Stroke) -> None:
    canvas.setStrokeColor(_color(item.color))
    canvas.setLineWidth(item.width)
    canvas.setDash(*([list(item.dash)] if item.dash else []))
    path = canvas.beginPath()
    points = zip(item.xs.tolist(), (height - item.ys).tolist(), strict=True)
    path.moveTo(*next(points))
    for x, y in points:
        path.lineTo(x, y)
    canvas.drawPath(path)
    if item.dash:
        canvas.setDash()


def _area(canvas: Any, height: float, item: Area) -> None:
    if item.fill:
        canvas.setFillColor(_color(item.fill))
    if item.edge:
        canvas.setStrokeColor(_color(item.edge))
        canvas.setLineWidth(item.width)
    path = canvas.beginPath()
    (x, y), *others = item.corners
    path.moveTo(x, height - y)
    for x, y in others:
        path.lineTo(x, height - y)
    path.close()
    canvas.drawPath(path, stroke=int(bool(item.edge)), fill=int(bool(item.fill)))


def _picture(canvas: Any, height: float, item: Picture) -> None:
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(
        ImageReader(io.BytesIO(item.image)),
        item.x,
        height - item.y - item.height,
        item.width,
        item.height,
        mask="auto",
    )


_DRAW: Final[Mapping[type[Item], Callable[[Any, float, Any], None]]] = {
    Text: _text,
    Stroke: _stroke,
    Area: _area,
    Picture: _picture,
}


def _color(name: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(name)
