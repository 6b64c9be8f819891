"""Keys: those of the window, and those of the page in front."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from cartech_desk.ui.pages.page import PageAction

_PRESSING = QKeySequence(Qt.Key.Key_Space)
_BESIDE = frozenset({"F9", "F10"})
"""Keys of alarms: they act beside whatever is open, and leave it open."""


class Keys(QObject):
    """Makes keys work. A key that types a letter stays the text field's while one has the focus.

    `put_away` leaves what lies open over the page before a key acts on the page.
    """

    def __init__(self, window: QWidget, put_away: Callable[[], None] = lambda: None) -> None:
        super().__init__(window)
        self._put_away = put_away
        self._window = window
        self._of_page: list[QShortcut] = []
        self._of_window: list[QShortcut] = []
        self._held = False

    def add(self, keys: str, run: Callable[[], None], *, always: bool = False) -> QShortcut:
        """Make a key of the window; `always` lets it work while the others are held."""
        shortcut = self._make(keys, run, self._window)
        if not always:
            self._of_window.append(shortcut)
        return shortcut

    @property
    def held(self) -> bool:
        """Whether keys rest."""
        return self._held

    def hold(self, held: bool) -> None:
        """Let keys rest while nobody may act, but for those that always work."""
        self._held = held
        for shortcut in (*self._of_window, *self._of_page):
            shortcut.setEnabled(not held)

    def follow(self, page: QWidget, actions: Sequence[PageAction]) -> None:
        """Make the keys of the page in front, and let go of those of the page before."""
        for shortcut in self._of_page:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._of_page = [
            self._make(action.shortcut, action.run, page) for action in actions if action.shortcut
        ]
        for shortcut in self._of_page:
            shortcut.setEnabled(not self._held)

    def _make(self, keys: str, run: Callable[[], None], parent: QWidget) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), parent)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda: self._pressed(keys, run, shortcut.key()))
        return shortcut

    def _pressed(self, keys: str, run: Callable[[], None], key: QKeySequence) -> None:
        if keys not in _BESIDE:
            self._put_away()
        _press_or(run, key)


def _press_or(run: Callable[[], None], key: QKeySequence) -> None:
    focused = QApplication.focusWidget()
    if key == _PRESSING and isinstance(focused, QAbstractButton) and focused.isEnabled():
        # Space presses the button that a person has walked to with Tab, as everywhere.
        focused.click()
    else:
        run()
