"""The theme in force: `tokens()`, `series_color(i)`, and a signal when it changes."""

from typing import Final

from PySide6.QtCore import QObject, Signal

from cartech_desk.ui.theme.tokens import DARK, THEMES, Tokens


class _Keeper(QObject):
    """Holds the theme in force; a QObject because only such a one can have a signal."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = DARK


_keeper: Final = _Keeper()

theme_changed: Final = _keeper.changed
"""Emitted after another theme came into force; who paints by hand repaints upon it."""


def tokens() -> Tokens:
    """Return the colours in force; ask anew at every paint rather than keeping them."""
    return _keeper.tokens


def series_color(index: int) -> str:
    """Colour of the series at `index`, from the start again after the last."""
    return _keeper.tokens.series[index % len(_keeper.tokens.series)]


def choose_theme(name: str) -> None:
    """Bring the theme of this name into force; KeyError where there is none."""
    chosen = THEMES[name]
    if chosen is not _keeper.tokens:
        _keeper.tokens = chosen
        theme_changed.emit()
