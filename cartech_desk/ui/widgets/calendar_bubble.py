"""What is said where a drag ended: why it was refused, and whether it may be done even so."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampMark

_WIDTH = 320


class CalendarBubble(QFrame):
    """Stands beside the place where something was put down, until it is answered.

    Esc puts it back. `even_so` is offered where the office asks rather than refuses, `other` where
    there is another way.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", "warn")
        self.setAutoFillBackground(True)
        self.setFixedWidth(_WIDTH)
        self._even_so: Callable[[], None] | None = None
        self._other: Callable[[], None] | None = None
        self._back: Callable[[], None] | None = None
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.back = QPushButton("Put it back  Esc")
        self.back.clicked.connect(lambda _checked=False: self.put_back())
        self.even_so = QPushButton("Do it even so")
        self.even_so.clicked.connect(lambda _checked=False: self._end(self._even_so))
        self.other = QPushButton()
        self.other.clicked.connect(lambda _checked=False: self._end(self._other))
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(LampMark(State.WARNING), 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.words, 1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.even_so)
        foot.addWidget(self.other)
        foot.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addLayout(foot)
        self.hide()

    def say(
        self,
        sentence: str,
        near: QPoint,
        *,
        back: Callable[[], None],
        even_so: Callable[[], None] | None = None,
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Say why, beside a point of the parent; `other` is another way with its words."""
        self._back, self._even_so = back, even_so
        words, self._other = other if other is not None else ("", None)
        self.other.setText(words)
        self.other.setVisible(other is not None)
        self.words.setText(sentence)
        self.setAccessibleName(sentence)
        self.even_so.setVisible(even_so is not None)
        self.layout().activate()
        self.resize(
            _WIDTH,
            self.heightForWidth(_WIDTH) if self.hasHeightForWidth() else self.sizeHint().height(),
        )
        self.put(near)
        self.show()
        self.raise_()
        self.back.setFocus()

    def put(self, near: QPoint) -> None:
        """Stand at a point of the parent, wholly within it."""
        room = self.parentWidget().rect()
        x = min(max(0, near.x()), max(0, room.width() - self.width() - Space.S))
        y = min(max(0, near.y()), max(0, room.height() - self.height() - Space.S))
        self.move(x, y)

    def put_back(self) -> None:
        """Leave everything as it was."""
        self._end(self._back)

    def _end(self, then: Callable[[], None] | None) -> None:
        self.hide()
        self._back = self._even_so = self._other = None
        if then is not None:
            then()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it back."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_back()
        else:
            super().keyPressEvent(event)
