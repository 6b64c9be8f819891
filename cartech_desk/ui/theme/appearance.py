"""Dress the application: Fusion, our palette, our face, and one style sheet for each window."""

from weakref import WeakSet

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cartech_desk.ui.theme.fonts import load_fonts, text_font
from cartech_desk.ui.theme.icons import TintedFiles
from cartech_desk.ui.theme.style_sheet import style_sheet
from cartech_desk.ui.theme.theme import choose_theme, theme_changed, tokens
from cartech_desk.ui.theme.tokens import Tokens

_Role = QPalette.ColorRole

_ROLES = {
    _Role.Window: "ground",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "raised",
    _Role.Text: "text",
    _Role.PlaceholderText: "muted",
    _Role.Button: "raised",
    _Role.ButtonText: "text",
    _Role.BrightText: "trip",
    _Role.Highlight: "selected",
    _Role.HighlightedText: "text",
    _Role.Accent: "accent",
    _Role.Link: "accent",
    _Role.LinkVisited: "accent",
    _Role.ToolTipBase: "raised",
    _Role.ToolTipText: "text",
    _Role.Light: "hover",
    _Role.Midlight: "hover",
    _Role.Mid: "line",
    _Role.Dark: "line",
    _Role.Shadow: "ground",
}


def _palette(colors: Tokens) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(getattr(colors, name)))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.edge))
    return palette


class Appearance:
    """Keeps an application dressed in the theme in force. One for each QApplication.

    The sheet is put on windows, not on the application: under the application's own sheet Qt tells
    every part of a page its style again at each level at which it is put together, and pages open
    two to three times slower. Dialogs and menus wear what their parent wears.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._files = TintedFiles()
        self._worn: WeakSet[QWidget] = WeakSet()
        application.setStyle("Fusion")
        load_fonts()
        application.setFont(text_font())
        theme_changed.connect(self._dress)
        self._dress()

    def choose(self, name: str) -> None:
        """Change to the theme of this name."""
        choose_theme(name)

    def put_on(self, top_level: QWidget) -> None:
        """Dress a window, or a dialog without a parent, and all in it, now and in later themes."""
        self._worn.add(top_level)
        top_level.setStyleSheet(self._sheet)

    def _dress(self) -> None:
        colors = tokens()
        self._application.setPalette(_palette(colors))
        self._sheet = style_sheet(colors, self._files)
        for top_level in self._worn:
            if isValid(top_level):
                top_level.setStyleSheet(self._sheet)
