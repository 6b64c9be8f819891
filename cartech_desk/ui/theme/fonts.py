"""Roboto for everything, from the `font-roboto` package; the system's face stands behind it."""

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from cartech_desk.ui.theme.tokens import FAMILY, MONOSPACE, Type

_FACES: Final = ("Roboto", "RobotoMedium", "RobotoBold")


def load_fonts() -> bool:
    """Register the faces with Qt; False where the package is missing and the system's face serves.

    Frozen programs may leave the package out; nothing but the look depends on it.
    """
    try:
        from font_roboto import font_files
    except ImportError:
        return False
    loaded = [QFontDatabase.addApplicationFont(font_files[face]) for face in _FACES]
    return all(number >= 0 for number in loaded)


def text_font(pixels: int = Type.BODY, *, bold: bool = False) -> QFont:
    """Return the desk's face at this height; its figures all have one width."""
    font = QFont(FAMILY)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(pixels)
    if bold:
        font.setWeight(QFont.Weight.Medium)
    return font


def report_font() -> QFont:
    """Return a face of one width for all letters, for reports and raw lines."""
    font = QFont()
    font.setFamilies(list(MONOSPACE))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(Type.BODY)
    return font
