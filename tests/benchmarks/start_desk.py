"""The desk's own window, started as `cartech-desk` starts it; says "usable" and closes.

Usable: the window has been painted, the question of the first start stands or the names of those
who can sign in are read, and a key (F11) has hidden the rail, and that is painted too.
Arguments: the data folder, the settings file.
"""

# ruff: noqa: I001 - imports stand in the order in which the program makes them
import sys

import cartech_desk.app.window  # noqa: F401 - read before Qt is, as in the program
from cartech_desk.app.main import main
from cartech_desk.ui.shell.window import Window
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication


class Watcher(QObject):
    """Presses a key after the first paint, and waits until that is painted."""

    def __init__(self, window):
        super().__init__(window)
        self.window = window
        self.pressed = False
        window.centralWidget().installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 - as Qt spells it
        if event.type() == QEvent.Type.Paint:
            if self.pressed and not self.window.rail.isVisible():
                QTimer.singleShot(0, self.say)
            elif not self.pressed:
                self.pressed = True
                QTimer.singleShot(0, self.press_when_filled)
        return False

    def press_when_filled(self):
        gate = self.window.gate
        if gate.founding is not None or gate.panel.tiles:
            self.press()
        else:
            QTimer.singleShot(1, self.press_when_filled)

    def press(self):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
            QApplication.postEvent(self.window.windowHandle(), event)

    def say(self):
        sys.stdout.write("usable\n")
        sys.stdout.flush()
        self.window.close()


start = Window.start


def watched_start(window):
    start(window)
    window.watcher = Watcher(window)


Window.start = watched_start
sys.exit(main(["--data", sys.argv[1], "--settings", sys.argv[2]]))
