"""Barcodes as boxes: Code 128 and QR, in modules, for a drawing at any size."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.reports.drawing import INK, Sketch

QUIET: Final = 10
"""Modules that stay white on either side of a Code 128 (ISO/IEC 15417)."""
QUIET_QR: Final = 4
"""The same around a QR code (ISO/IEC 18004)."""
FINEST_MM: Final = 0.19
"""A module that a hand scanner and an office printer still manage."""
WIDEST_MM: Final = 0.5
_FIRST, _LAST = " ", "~"
LONGEST: Final = 48


class CodeRefused(CarTechError):
    """A text cannot be printed as a barcode here."""

    code = "code_refused"


def fits_code128(text: str) -> bool:
    """Tell whether a text can be a Code 128: printable ASCII, not too long."""
    return 0 < len(text) <= LONGEST and all(_FIRST <= one <= _LAST for one in text)


def code128(text: str) -> tuple[int, ...]:
    """Return widths of bars and gaps in turn, in modules, beginning with a bar.

    Errors: CodeRefused for what has no place in it.
    """
    if not fits_code128(text):
        raise CodeRefused(
            f"“{text[:LONGEST]}” cannot be printed as bars: they hold letters from A to Z, digits "
            f"and signs, at most {LONGEST}.",
            to_do="Print a QR code instead.",
        )
    from reportlab.graphics.barcode.code128 import Code128

    made = Code128(text, quiet=0)
    made.validate()
    made.encode()
    made.decompose()
    return tuple("abcd".index(one.lower()) + 1 for one in made.decomposed)


def qr(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code by row, dark ones true; level M. Errors: CodeRefused."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    if len(text.encode()) > LONGEST * 4:
        raise CodeRefused(f"“{text[:40]}…” is too long for a label.", to_do="Shorten it.")
    made = QRCode(None, QRErrorCorrectLevel.M)
    made.addData(text)
    made.make()
    size = made.getModuleCount()
    return tuple(tuple(bool(made.isDark(row, at)) for at in range(size)) for row in range(size))


def draw_bars(
    sketch: Sketch, bars: Sequence[int], x: float, y: float, *, module: float, high: float
) -> None:
    """Draw bars from their top left corner; `module` is the width of one [pt]."""
    for place, wide in enumerate(bars):
        if place % 2 == 0:
            sketch.box(x, y, wide * module, high, fill=INK)
        x += wide * module


def draw_qr(
    sketch: Sketch, rows: Sequence[Sequence[bool]], x: float, y: float, *, module: float
) -> None:
    """Draw a QR code from its top left corner, dark modules of a row that touch as one box."""
    for down, row in enumerate(rows):
        begin = None
        for at, dark in enumerate([*row, False]):
            if dark and begin is None:
                begin = at
            elif not dark and begin is not None:
                sketch.box(
                    x + begin * module, y + down * module, (at - begin) * module, module, fill=INK
                )
                begin = None
