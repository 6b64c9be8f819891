"""The icons of `resources/icons`, tinted with the theme's colours."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, QTemporaryDir
from PySide6.QtGui import QIcon, QPainter, QPixmap, Qt
from PySide6.QtSvg import QSvgRenderer

from cartech_desk.domain.resources import resource
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size

_PEN = "currentColor"
_SCALES = (1, 2)


@lru_cache(maxsize=256)
def _tinted(name: str, color: str) -> bytes:
    drawing = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    return drawing.replace(_PEN, color).encode()


@lru_cache(maxsize=512)
def _pixmap(name: str, color: str, side: int, scale: float) -> QPixmap:
    pixmap = QPixmap(round(side * scale), round(side * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(_tinted(name, color)))
    renderer.render(painter, QRectF(0, 0, side * scale, side * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def icon(name: str, color: str = "text", side: int = Size.ICON) -> QIcon:
    """Return an icon in a colour of the theme in force, named by its token.

    An icon that is kept is made anew when the theme changes.
    """
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_pixmap(name, getattr(tokens(), color), side, scale))
        made.addPixmap(
            _pixmap(name, tokens().edge, side, scale), QIcon.Mode.Disabled, QIcon.State.Off
        )
    return made


def pixmap(name: str, color: str = "text", side: int = Size.ICON, scale: float = 1.0) -> QPixmap:
    """Return one picture of an icon for a screen of this scale."""
    return _pixmap(name, getattr(tokens(), color), side, scale)


def icon_size(side: int = Size.ICON) -> QSize:
    """Size of a square icon."""
    return QSize(side, side)


class TintedFiles:
    """Icons as files for the style sheet, which can name a picture by its path alone."""

    def __init__(self) -> None:
        self._folder = QTemporaryDir()

    def path(self, name: str, color: str) -> str:
        """Write an icon in this colour (`#RRGGBB`); an empty text where no file can be written."""
        if not self._folder.isValid():
            return ""
        file = Path(self._folder.path()) / f"{name}-{color[1:]}.svg"
        try:
            file.write_bytes(_tinted(name, color))
        except OSError:
            # A full disk costs an arrow in a drop-down, not the window.
            return ""
        return file.as_posix()
