"""Toasts: a sentence for a moment at the lower right, often with a way back.

One toast lies over the bar at the foot and the margin of the page above it, so that it hides no
control. Those that can be undone stack upwards; a plain sentence makes room for the next one. A
question stays until somebody answers it, at the foot: what stacks upon it goes by itself.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.tokens import Motion, Size, Space

_MOST = 6


class Answer(NamedTuple):
    """A button of a toast: its words, what it does, and the key that presses it, if any."""

    words: str
    run: Callable[[], None]
    key: str = ""


class Toast(QFrame):
    """One sentence; it waits while the pointer is on it, and for ever where it has no time."""

    def __init__(
        self,
        parent: QWidget,
        sentence: str,
        answers: Sequence[Answer],
        milliseconds: int | None,
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
        self.answers = [self._button(answer) for answer in answers]
        self.button: QPushButton | None = next(iter(self.answers), None)
        for made in self.answers:
            row.addWidget(made)
        close = QToolButton()
        close.setProperty("role", "quiet")
        close.setIcon(icon("close", "muted"))
        close.setAccessibleName("Put this message away")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.leave)
        if milliseconds is not None:
            self.timer.start(milliseconds)

    def _button(self, answer: Answer) -> QPushButton:
        made = QPushButton(f"{answer.words}  {answer.key}".rstrip())
        if answer.key:
            made.setShortcut(answer.key)  # dead while it is hidden or another window is above it
        made.clicked.connect(lambda _checked=False: self._act(answer.run))
        return made

    @property
    def stays(self) -> bool:
        """Whether it waits for an answer, however long."""
        return self._left is None

    def _act(self, run: Callable[[], None]) -> None:
        self.leave()
        run()

    def leave(self) -> None:
        """Go away."""
        self.timer.stop()
        self._gone(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the pointer is here."""
        if self._left is not None:
            self._left = self.timer.remainingTime()
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        if self._left is not None:
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
        return self._show(sentence, () if button is None else (Answer(*button),), time)

    def ask(self, sentence: str, answers: Sequence[Answer]) -> Toast:
        """Ask something: it stays until it is answered, put away, or left by who asked."""
        return self._show(sentence, answers, None)

    def _show(self, sentence: str, answers: Sequence[Answer], time: int | None) -> Toast:
        toast = Toast(self._over, sentence, answers, time, self._remove)
        for before in self.standing:
            if before.button is None:
                before.leave()
        self._standing.append(toast)
        if len(self._standing) > _MOST:
            next((one for one in self._standing if not one.stays), self._standing[0]).leave()
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
        # What stays may lie over no button of the page: it has the place over the bar.
        newest_first = self._standing[::-1]
        for toast in sorted(newest_first, key=lambda one: not one.stays):
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
