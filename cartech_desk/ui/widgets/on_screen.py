"""Dialogs that stand on the screen whole, however low it is."""

from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

TITLE_BAR: Final = 48
"""What the system puts above a dialog, at most, in pixels."""


def available(widget: QWidget) -> QRect:
    """Return what the screen of a widget leaves to windows, in pixels."""
    screen = widget.screen() or QGuiApplication.primaryScreen()
    return screen.availableGeometry()


def most_high(dialog: QDialog) -> int:
    """Return how high a dialog may be below its title bar, in pixels."""
    return available(dialog).height() - TITLE_BAR


def stand(dialog: QDialog, high: int) -> None:
    """Make a dialog that high, where the screen lets it, and move it onto the screen whole."""
    dialog.resize(dialog.width(), min(high, most_high(dialog)))
    on_screen(dialog)


def on_screen(dialog: QDialog) -> None:
    """Move a dialog onto the screen where a part of it, or of its title bar, lies beyond."""
    room = available(dialog)
    # The title bar may not be there yet: the place of a dialog is where its frame begins.
    needed = QRect(dialog.pos(), dialog.size()).adjusted(0, 0, 0, TITLE_BAR)
    if room.contains(needed):
        return
    left = min(needed.left(), room.right() + 1 - needed.width())
    top = min(needed.top(), room.bottom() + 1 - needed.height())
    dialog.move(QPoint(max(room.left(), left), max(room.top(), top)))


def middle(dialog: QDialog) -> None:
    """Move a dialog over the middle of the window it belongs to, as far as the screen lets it."""
    above = dialog.parentWidget()
    place = above.window().frameGeometry() if above is not None else available(dialog)
    half = QPoint(dialog.width() // 2, (dialog.height() + TITLE_BAR) // 2)
    dialog.move(place.center() - half)
    on_screen(dialog)
