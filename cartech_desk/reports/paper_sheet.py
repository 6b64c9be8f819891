"""Estimates, invoices and credit notes as pages: one drawing for PDF, screen and printer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from cartech_desk.reports.drawing import INK, MUTED, SHADE, Align, Drawing, Sketch
from cartech_desk.reports.dyno_flow import LEADING, MARGIN, TYPE, Column, Flow
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.faces import width, wrapped
from cartech_desk.reports.letterhead import put_logo
from cartech_desk.reports.paper_words import PaperWords

_LOGO: Final = (160.0, 48.0)
_WINDOW: Final = 128.0
"""Where the address begins, so that a window of an envelope shows it (DIN 5008, form B)."""
_FACTS: Final = 218.0
_LABEL: Final = 70.0
_SUMS: Final = 230.0
_WHAT: Final = 1
"""The column of words; all others hold figures."""
_LEAST_WHAT: Final = 130.0
_MOST_FIGURE: Final = 84.0
_BESIDE: Final = 14.0


def paper_drawing(body: Mapping[str, Any], *, paper: str = "a4", logo: bytes = b"") -> Drawing:
    """Lay a paper out from its body (see `office.paper_bodies`)."""
    words = PaperWords(body)
    shop = body["shop"]["name"] or "CarTech Desk"

    def further(sketch: Sketch) -> float:
        right = sketch.width - MARGIN
        sketch.text(MARGIN, MARGIN + 8, shop, 9, bold=True, most=(right - MARGIN) / 2 - 8)
        sketch.text(right, MARGIN + 8, words.title, 9, align=Align.RIGHT)
        sketch.line(MARGIN, MARGIN + 13, right, MARGIN + 13, color=INK, width=0.8)
        return 20.0

    flow = Flow(Paper.LETTER if paper == Paper.LETTER.value else Paper.A4, further)
    flow.bottom -= 12
    _head(flow, words, shop, logo)
    _address(flow, words, shop)
    _heading(flow, words)
    _lines(flow, words)
    _sums(flow, words)
    flow.y += 8
    flow.lines(words.terms)
    if words.rounding:
        flow.lines(words.rounding)
    pages = flow.pages(lambda sketch, page, of: _foot(sketch, words, page, of))
    who = body["customer"].get("company") or body["customer"].get("name") or ""
    return Drawing(pages, title=f"{words.title}, {shop}", author=shop, subject=who)


def _head(flow: Flow, words: PaperWords, shop: str, logo: bytes) -> None:
    """Draw whose paper it is: logo, name, address."""
    sketch = flow.sketch
    wide, _tall = put_logo(sketch, flow.left, flow.y, logo, _LOGO)
    x = flow.left + (wide + 14 if logo else 0)
    room = flow.right - x
    y = flow.y + 14
    sketch.text(x, y, shop, 16, bold=True, most=room)
    address = _one_line(words.body["shop"]["address"])
    for line in wrapped(address, TYPE + 1, room)[:2] if address else []:
        y += 12
        sketch.text(x, y, line, TYPE + 1, color=MUTED)
    flow.y = max(y, flow.y + (_LOGO[1] if logo else 0)) + 8
    sketch.line(flow.left, flow.y, flow.right, flow.y, color=INK, width=1.0)


def _address(flow: Flow, words: PaperWords, shop: str) -> None:
    """Draw the address in the window, and what names paper and vehicle beside it."""
    sketch = flow.sketch
    top = max(_WINDOW, flow.y + 16)
    room = flow.width - _FACTS - 24
    sender = ", ".join(filter(None, (shop, _one_line(words.body["shop"]["address"]))))
    sketch.text(flow.left, top, sender, 6.5, color=MUTED, most=room)
    sketch.line(flow.left, top + 3, flow.left + room, top + 3)
    y = top + 6
    for place, each in enumerate(words.recipient):
        for line in wrapped(each, 10, room)[:2]:
            y += 13
            sketch.text(flow.left, y, line, 10, bold=place == 0)
    x, down = flow.right - _FACTS, top - 6
    rows = [
        (name if place == 0 else "", line)
        for name, value in words.facts
        for place, line in enumerate(wrapped(value, TYPE + 0.5, _FACTS - _LABEL - 12)[:2])
    ]
    sketch.box(x, down, _FACTS, len(rows) * 12 + 10, fill=SHADE)
    for name, value in rows:
        down += 12
        sketch.text(x + 8, down + 2, name, TYPE + 0.5, color=MUTED)
        sketch.text(x + 8 + _LABEL, down + 2, value, TYPE + 0.5)
    flow.y = max(y, down + 6) + 20


def _heading(flow: Flow, words: PaperWords) -> None:
    job = words.body["job"]
    flow.y += 16
    flow.sketch.text(flow.left, flow.y, words.title, 16, bold=True, most=flow.width)
    flow.y += 6
    for line in wrapped(job["title"], TYPE + 1.5, flow.width)[:2]:
        flow.y += 12
        flow.sketch.text(flow.left, flow.y, line, TYPE + 1.5, color=MUTED)
    flow.y += 10


def _lines(flow: Flow, words: PaperWords) -> None:
    """Draw the lines: each figure on one line of its column, what was done in what is left."""
    currency = words.body["currency"]
    columns = [
        Column(""),
        Column("What", align=Align.LEFT),
        Column("Quantity"),
        Column("Price", unit=currency),
        *([Column("Discount")] if words.discounted else []),
        *([Column(words.body["tax_word"])] if words.taxed else []),
        Column("Sum", unit=currency),
    ]
    rows = words.rows()
    wide = [_wide(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    wide[_WHAT] = 0.0
    size = TYPE * min(1.0, (flow.width - _LEAST_WHAT) / sum(wide))
    wide = [each * size / TYPE for each in wide]
    wide[_WHAT] = flow.width - sum(wide)
    columns = [replace(column, share=each) for column, each in zip(columns, wide, strict=True)]
    flow.table(columns, rows, size=size)


def _wide(column: Column, cells: Sequence[str]) -> float:
    """Return how wide a column of figures has to be; what follows a figure may be on the next."""
    heads = [width(each, TYPE, bold=True) for each in (column.title, column.unit)]
    whole = min(_MOST_FIGURE, max((width(cell, TYPE) for cell in cells), default=0.0))
    words = {word for cell in cells for word in cell.split() if any(map(str.isdigit, word))}
    return max([*heads, whole, *(width(word, TYPE) for word in words)]) + _BESIDE


def _sums(flow: Flow, words: PaperWords) -> None:
    """Draw the sums at the right: whoever looks for the total finds it at the end of the column."""
    rows, (name, total), paid = words.sums(), words.total, words.paid
    flow.room((len(rows) + len(paid)) * 13 + 34 + 3 * LEADING)
    left = flow.right - _SUMS

    def row(label: str, value: str, size: float, *, bold: bool = False) -> None:
        flow.sketch.text(left, flow.y, label, size, bold=bold, most=_SUMS - width(value, size) - 10)
        flow.sketch.text(flow.right - 3, flow.y, value, size, bold=bold, align=Align.RIGHT)

    for label, value in rows:
        flow.y += 13
        row(label, value, TYPE + 0.5)
    flow.y += 7
    flow.sketch.box(left - 8, flow.y, _SUMS + 8, 21, fill=SHADE)
    flow.y += 15
    row(name, total, 12, bold=True)
    flow.y += 6
    for label, value in paid:
        flow.y += 13
        row(label, value, TYPE + 0.5, bold=(label, value) == paid[-1])
    flow.y += 6


def _foot(sketch: Sketch, words: PaperWords, page: int, pages: int) -> None:
    """Draw what names the shop for whoever pays: on every page."""
    shop = words.body["shop"]
    right, y = sketch.width - MARGIN, sketch.height - MARGIN - 22
    sketch.line(MARGIN, y - 10, right, y - 10)
    number = sketch.text(
        right, y, f"Page {page} of {pages}", TYPE - 0.5, color=MUTED, align=Align.RIGHT
    )
    tax_id = f"Tax number {shop['tax_id']}" if shop["tax_id"] else ""
    told = (
        " · ".join(filter(None, (shop["name"], _one_line(shop["address"])))),
        " · ".join(filter(None, (shop["phone"], shop["email"], tax_id))),
        f"Bank: {shop['bank']}" if shop["bank"] else "",
    )
    room = number.left - 12 - MARGIN
    for place, line in enumerate(filter(None, told)):
        sketch.text(MARGIN, y + 9.5 * place, line, TYPE - 0.5, color=MUTED, most=room)


def _one_line(address: str) -> str:
    return ", ".join(part.strip() for part in address.splitlines() if part.strip())
