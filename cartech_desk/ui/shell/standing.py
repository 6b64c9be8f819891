"""The window stands on the screen whole, its frame and title bar too, at the first start and later.

Before it is shown nobody knows how wide its frame will be: what it was the last time is taken, else
the most that systems put around a window.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.widgets.on_screen import TITLE_BAR, available

_BORDER: Final = 8
_WIDEST: Final = QMargins(_BORDER, TITLE_BAR, _BORDER, _BORDER)


class Standing(NamedTuple):
    """Where a window stands without its frame [px], and whether it fills the screen instead."""

    place: QRect
    maximised: bool


def standing(wanted: QRect, room: QRect) -> Standing:
    """Return how a window stands in what a screen leaves to it, without its frame.

    Where it would fill all of it, it is maximised; the place is what it has once it is not.
    """
    if room.contains(wanted):
        return Standing(wanted, maximised=False)
    size = wanted.size().boundedTo(room.size())
    left = min(max(wanted.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(wanted.top(), room.top()), room.bottom() + 1 - size.height())
    return Standing(QRect(QPoint(left, top), size), maximised=size == room.size())


def stand_on_screen(window: QWidget, frame: Sequence[int], *, kept: bool) -> None:
    """Let a window that is not shown yet stand on its screen whole.

    `frame` is what was around it the last time: left, top, right, bottom [px], or nothing. Without
    a `kept` place the system chooses one; only the size has to fit then.
    """
    wanted = window.geometry()
    screen = QGuiApplication.screenAt(wanted.center()) if kept else None
    free = screen.availableGeometry() if screen is not None else available(window)
    around = QMargins(*frame) if any(frame) else _WIDEST
    room = free.marginsRemoved(around)
    window.setMinimumSize(window.minimumSize().boundedTo(room.size()))
    if not kept:
        wanted.moveTopLeft(room.topLeft())
    found = standing(wanted, room)
    if found.place != wanted:
        window.setGeometry(found.place)
    if found.maximised:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def frame_of(window: QWidget) -> tuple[int, ...]:
    """Return what is around a window: left, top, right, bottom [px]; nothing for what has none."""
    inner, outer = window.geometry(), window.frameGeometry()
    around = (
        inner.left() - outer.left(),
        inner.top() - outer.top(),
        outer.right() - inner.right(),
        outer.bottom() - inner.bottom(),
    )
    return around if any(around) and min(around) >= 0 else ()
