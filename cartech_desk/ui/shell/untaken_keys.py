"""Keys of the window that nobody takes, because a form or the gate is before the pages.

Qt would type the 4 of Alt+4 into a text field or a PIN, and with Ctrl+K delete the rest of a line.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication

_NO_MORE_THAN_LETTERS: Final = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class UntakenKeys(QObject):
    """Lets these keys do nothing where they do not act; `told` is called in a form.

    Where such a key acts, no window hears of it. A filter on the window in focus, as of `Idle`:
    what a list under a field hands on to the field passes here too.
    """

    def __init__(self, parent: QObject, keys: Sequence[str], told: Callable[[], None]) -> None:
        super().__init__(parent)
        self._keys = {QKeySequence(each).toString() for each in keys}
        self._told = told
        self._watched: QWindow | None = None
        QGuiApplication.instance().focusWindowChanged.connect(self._watch)
        self._watch(QGuiApplication.focusWindow())

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
        """Hold back a key of the window; one without Ctrl or Alt types nothing and goes on."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeyCombination(modifiers, Qt.Key(event.key()))
        if QKeySequence(pressed).toString() not in self._keys:
            return False
        if QApplication.activeModalWidget() is not None and not event.isAutoRepeat():
            self._told()
        return modifiers not in _NO_MORE_THAN_LETTERS
