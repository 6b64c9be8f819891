"""Labels for parts: name, place and the number as bars or QR, on sheets and rolls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.parts.part import Part
from cartech_desk.reports.barcodes import (
    FINEST_MM,
    QUIET,
    QUIET_QR,
    WIDEST_MM,
    CodeRefused,
    code128,
    draw_bars,
    draw_qr,
    fits_code128,
    qr,
)
from cartech_desk.reports.drawing import INK, MUTED, Align, Drawing, Page, Sketch
from cartech_desk.reports.faces import fitted, wrapped
from cartech_desk.reports.label_sheets import MM, SHEETS, LabelSheet

MOST_LABELS: Final = 2000
_EDGE: Final = 2.0 * MM
_LOWEST_BARS: Final = 5.0 * MM

__all__ = ["MOST_LABELS", "SHEETS", "Label", "LabelSheet", "draw_labels"]


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the part, and its price in words where it is to stand there."""

    part: Part
    price: str = ""

    @property
    def number(self) -> str:
        """What is printed as bars: the SKU, or a barcode where the SKU has no bars."""
        codes = (self.part.sku, *self.part.barcodes)
        return next(filter(fits_code128, codes), self.part.sku)


def draw_labels(
    labels: Sequence[Label], sheet: LabelSheet, *, skip: int = 0, code: str = "code128"
) -> Drawing:
    """Lay labels out after `skip` places that are used already. Errors: CodeRefused."""
    draw = _with_qr if code == "qr" else _with_bars
    pages: list[Page] = []
    sketch: Sketch | None = None
    for place, label in enumerate(labels, skip):
        at = place % sheet.places
        if sketch is None or at == 0:
            if sketch is not None:
                pages.append(sketch.page())
            sketch = Sketch(sheet.page[0] * MM, sheet.page[1] * MM)
        x, y = (edge * MM for edge in sheet.corner(at))
        wide, high = (edge * MM for edge in sheet.label)
        draw(sketch, label, (x + _EDGE, y + _EDGE / 2), (wide - 2 * _EDGE, high - _EDGE))
    if sketch is not None:
        pages.append(sketch.page())
    return Drawing(tuple(pages), "Part labels", "CarTech Desk", sheet.words)


def _with_bars(
    sketch: Sketch, label: Label, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    (x, y), (wide, high) = corner, size
    small = high < 22 * MM
    name_size = 6.5 if small else 8.5
    bars = code128(label.number)
    module = min(wide / (sum(bars) + 2 * QUIET), WIDEST_MM * MM)
    if module < FINEST_MM * MM:
        raise CodeRefused(
            f"The bars of {label.number} are too fine for a label of this width.",
            to_do="Choose a wider label, or a QR code.",
        )
    middle, base = x + wide / 2, y
    for line in _lines(label.part.name, name_size, wide, 1 if small else 2, bold=True):
        base += name_size * 1.15
        sketch.text(middle, base, line, name_size, bold=True, align=Align.CENTER, most=wide)
    beside = " · ".join(filter(None, (label.part.location, label.price)))
    foot = y + high
    if beside and not small:
        sketch.text(middle, foot - 1.5, beside, 7, color=MUTED, align=Align.CENTER, most=wide)
        foot -= 9
    number_size = 7.0 if small else 8.5
    words = " · ".join(filter(None, (label.number, label.price if small else "")))
    sketch.text(middle, foot - 1.5, words, number_size, bold=True, align=Align.CENTER, most=wide)
    top, bottom = base + 3, foot - number_size - 1
    draw_bars(
        sketch,
        bars,
        middle - sum(bars) * module / 2,
        top,
        module=module,
        high=max(bottom - top, min(_LOWEST_BARS, high / 3)),
    )


def _with_qr(
    sketch: Sketch, label: Label, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    (x, y), (wide, high) = corner, size
    rows = qr(label.part.sku)
    side = min(high, wide * 0.45)
    module = side / (len(rows) + 2 * QUIET_QR)
    if module < FINEST_MM * 1.3 * MM:
        raise CodeRefused(
            f"The QR code of {label.part.sku} is too fine for a label of this size.",
            to_do="Choose a larger label.",
        )
    quiet = QUIET_QR * module
    draw_qr(sketch, rows, x + quiet - _EDGE / 2, y + (high - side) / 2 + quiet, module=module)
    left, room = x + side, wide - side
    small = high < 22 * MM
    sku_size, name_size = (8.0, 6.5) if small else (11.0, 8.5)
    lines = [(label.part.sku, sku_size, True, INK)]
    names = _lines(label.part.name, name_size, room, 2 if small else 3)
    lines += [(line, name_size, False, INK) for line in names]
    if label.part.location:
        lines.append((label.part.location, name_size, False, MUTED))
    if label.price:
        lines.append((label.price, name_size + 1, True, INK))
    tall = sum(each[1] * 1.25 for each in lines)
    base = y + max(0.0, (high - tall) / 2)
    for words, height, bold, color in lines:
        base += height * 1.15
        if base > y + high:
            break
        sketch.text(left, base, words, height, bold=bold, color=color, most=room)
        base += height * 0.1


def _lines(words: str, size: float, wide: float, most: int, *, bold: bool = False) -> list[str]:
    """Return words in at most so many lines; where they go on, the last one shows it."""
    lines = wrapped(words, size, wide, bold=bold)
    if len(lines) <= most:
        return lines
    rest = " ".join(lines[most - 1 :])
    return [*lines[: most - 1], fitted(rest, size, wide, bold=bold)]
