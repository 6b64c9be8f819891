"""Keys of the window that reach a text field, because a form or the gate is before the pages.

Qt would type the 4 of Alt+4 into the field, and with Ctrl+K delete the rest of its line.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_FIELDS: Final = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


class KeysInFields(QObject):
    """Holds these keys back from the text field in focus, and calls `told` where one was pressed.

    Where such a key acts, no field hears of it: this is for when it does not. A filter on the
    field alone: one on the application would be asked for every event of every widget.
    """

    def __init__(self, parent: QObject, keys: Sequence[str], told: Callable[[], None]) -> None:
        super().__init__(parent)
        self._keys = {QKeySequence(each).toString() for each in keys}
        self._told = told
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        if isinstance(old, _FIELDS):
            old.removeEventFilter(self)
        if isinstance(now, _FIELDS):
            now.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Hold back a key of the window."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        pad = Qt.KeyboardModifier.KeypadModifier
        pressed = QKeyCombination(event.modifiers() & ~pad, Qt.Key(event.key()))
        if QKeySequence(pressed).toString() not in self._keys:
            return False
        if not event.isAutoRepeat():
            self._told()
        return True
