"""How long nobody has touched the desk: keys, presses and touches of any of its windows."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

from cartech_desk.domain.clock import monotonic_ns

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class Idle(QObject):
    """Watches the window in focus, whichever it is; `clock` is monotonic nanoseconds.

    A filter on the windows alone sees each touch once. One on the application would be asked for
    every event of every widget, and paints are many.
    """

    def __init__(self, parent: QObject, clock: Callable[[], int] = monotonic_ns) -> None:
        super().__init__(parent)
        self._clock = clock
        self._touched_ns = clock()
        self._watched: QWindow | None = None
        application = QGuiApplication.instance()
        application.focusWindowChanged.connect(self._watch)
        self._watch(QGuiApplication.focusWindow())

    @property
    def seconds(self) -> float:
        """Time since the last touch."""
        return (self._clock() - self._touched_ns) / 1e9

    def touch(self) -> None:
        """Count from now on: somebody is here."""
        self._touched_ns = self._clock()

    def _watch(self, window: QWindow | None) -> None:
        if window is None or window is self._watched:
            return
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = window
        window.installEventFilter(self)
        window.destroyed.connect(self._gone)

    def _gone(self, _window: QObject) -> None:
        self._watched = None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a touch; nothing is held back."""
        if event.type() in _TOUCHES:
            self._touched_ns = self._clock()
        return False
