"""Toasts: a sentence for a moment at the lower right, often with a way back.

One toast lies over the bar at the foot and the margin of the page above it, so that it hides no
control. Those that can be undone stack upwards; a plain sentence makes room for the next one.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.tokens import Motion, Size, Space

_MOST = 6


class Toast(QFrame):
    """One sentence; it waits while the pointer or the focus is on it."""

    def __init__(
        self,
        parent: QWidget,
        sentence: str,
        button: tuple[str, Callable[[], None]] | None,
        milliseconds: int,
        gone: Callable[["Toast"], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAccessibleName(sentence)
        self.setFixedWidth(Size.TOAST_WIDTH)
        self._gone = gone
        self._left = milliseconds
        self.undo: Callable[[], None] | None = None
        """Takes back what the sentence tells; an offer of another kind has none."""
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.S, Space.XS)
        self.words = QLabel(sentence)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)  # a name may be anything
        row.addWidget(self.words, 1)
        self.button: QPushButton | None = None
        if button is not None:
            words, run = button
            self.button = QPushButton(words)
            self.button.clicked.connect(lambda _checked=False: self._act(run))
            row.addWidget(self.button)
        close = QToolButton()
        close.setProperty("role", "quiet")
        close.setIcon(icon("close", "muted"))
        close.setAccessibleName("Put this message away")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.leave)
        self.timer.start(milliseconds)

    def _act(self, run: Callable[[], None]) -> None:
        self.leave()
        run()

    def leave(self) -> None:
        """Go away."""
        self.timer.stop()
        self._gone(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the pointer is here."""
        self._left = self.timer.remainingTime()
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        self.timer.start(max(self._left, Motion.CHANGE * 10))
        super().leaveEvent(event)


class Toasts(QObject):
    """Stacks toasts at the lower right of a widget, the newest at the foot, over its bar."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._standing: list[Toast] = []
        self._held = False
        over.installEventFilter(self)

    def hold(self, held: bool) -> None:
        """Hide them while nobody may act, or show them again."""
        self._held = held
        for toast in self._standing:
            toast.setVisible(not held)

    @property
    def standing(self) -> tuple[Toast, ...]:
        """Toasts on the screen, the oldest first."""
        return tuple(self._standing)

    def say(self, sentence: str, undo: Callable[[], None] | None = None) -> Toast:
        """Show a sentence; with `undo` for ten seconds and with that button."""
        toast = self.offer(sentence, None if undo is None else ("Undo", undo))
        toast.undo = undo
        return toast

    def undo_newest(self) -> bool:
        """Press Undo of the newest toast that has it; False where none stands."""
        for toast in reversed(self._standing):
            if toast.undo is not None and toast.button is not None:
                toast.button.click()
                return True
        return False

    def offer(self, sentence: str, button: tuple[str, Callable[[], None]] | None) -> Toast:
        """Show a sentence with a button of any word."""
        time = Motion.TOAST if button is None else Motion.TOAST_UNDO
        toast = Toast(self._over, sentence, button, time, self._remove)
        for before in self.standing:
            if before.button is None:
                before.leave()
        self._standing.append(toast)
        if len(self._standing) > _MOST:
            self._standing[0].leave()
        toast.setVisible(not self._held)
        self._place()
        return toast

    def _remove(self, toast: Toast) -> None:
        if toast in self._standing:
            self._standing.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        foot = self._over.height() - Size.LINE
        for toast in reversed(self._standing):
            needed = toast.heightForWidth(toast.width())
            toast.setFixedHeight(max(needed, Size.STATUS_BAR + Space.L - Size.LINE))
            foot -= toast.height()
            toast.move(self._over.width() - toast.width() - Space.S, foot)
            toast.raise_()
            foot -= Space.S

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the widget below changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False
