"""The smallest window with one pyqtgraph plot; says "usable" once it is painted and a key came."""

import sys

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class Watcher(QObject):
    """Presses a key after the first paint, and waits until it has come."""

    def __init__(self, window, plot):
        super().__init__(window)
        self.window = window
        self.pressed = False
        plot.viewport().installEventFilter(self)
        plot.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 - as Qt spells it
        if event.type() == QEvent.Type.Paint and not self.pressed:
            self.pressed = True
            QTimer.singleShot(0, self.press)
        elif event.type() == QEvent.Type.KeyPress:
            QTimer.singleShot(0, self.say)
        return False

    def press(self):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
            QApplication.postEvent(self.window.windowHandle(), event)

    def say(self):
        sys.stdout.write("usable\n")
        sys.stdout.flush()
        self.window.close()


application = pg.mkQApp()
window = QMainWindow()
plot = pg.PlotWidget()
plot.plot(np.random.default_rng(1).normal(size=600))
window.setCentralWidget(plot)
window.resize(1366, 768)
plot.setFocus()
watcher = Watcher(window, plot)
window.show()
window.activateWindow()
plot.setFocus()
sys.exit(application.exec())
