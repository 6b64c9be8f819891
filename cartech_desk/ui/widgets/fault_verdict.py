"""The verdict of a scan for a glance: the engine lamp, how many codes, how bad, what is unknown."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.models.fault_words import Verdict, lamp_words
from cartech_desk.ui.theme.icons import pixmap
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampLabel, LampMark

_LAMP: Final = 64
_MARK: Final = 26
_ENGINE: Final = 44
_DOUBTS: Final = 2
"""Doubts in sight; the others are counted, and told where somebody asks."""
_CARDS: Final = {State.TRIP: "trip", State.WARNING: "warn"}


class EngineLamp(QWidget):
    """The lamp of the dashboard: filled when lit, an outline when off, a question when unknown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit: bool | None = None
        self.setFixedSize(QSize(_LAMP, _LAMP))
        theme_changed.connect(self.update)

    @property
    def lit(self) -> bool | None:
        """What it shows."""
        return self._lit

    def show_lit(self, lit: bool | None) -> None:
        """Show the lamp so."""
        self._lit = lit
        self.setAccessibleName(lamp_words(lit))
        self.setToolTip(lamp_words(lit))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lamp."""
        colors = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.warn))
        else:
            style = Qt.PenStyle.SolidLine if self._lit is False else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(colors.edge), 2, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, Size.RADIUS * 2, Size.RADIUS * 2)
        ink = "on_state" if self._lit else "muted"
        ratio = self.devicePixelRatioF()
        corner = QPointF((self.width() - _ENGINE) / 2, (self.height() - _ENGINE) / 2)
        painter.drawPixmap(corner, pixmap("faults", ink, _ENGINE, ratio))
        painter.end()


class FaultVerdict(QFrame):
    """Shows a Verdict. `note` says beside it what is in sight and when it was read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.lamp = EngineLamp()
        self.lamp_label = QLabel()
        self.lamp_label.setProperty("role", "heading")
        self.mark = LampMark(State.OFF, _MARK)
        self.headline = QLabel()
        self.headline.setProperty("role", "reading")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self._counts = QHBoxLayout()
        self._counts.setSpacing(Space.L)
        self.change = QLabel()
        self.change.setTextFormat(Qt.TextFormat.PlainText)
        self.change.setProperty("role", "heading")
        self.when = ElidedLabel("muted")
        self.told = ElidedLabel("muted")
        self._doubts = QVBoxLayout()
        self._doubts.setSpacing(2)
        self.doubts: tuple[str, ...] = ()
        self._lay_out()

    def _lay_out(self) -> None:
        lamp = QVBoxLayout()
        lamp.setSpacing(Space.XS)
        lamp.addWidget(self.lamp, 0, Qt.AlignmentFlag.AlignHCenter)
        lamp.addWidget(self.lamp_label, 0, Qt.AlignmentFlag.AlignHCenter)
        lamp.addStretch(1)
        first = QHBoxLayout()
        first.setSpacing(Space.M)
        first.addWidget(self.mark)
        first.addWidget(self.headline)
        first.addSpacing(Space.M)
        first.addLayout(self._counts)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(Space.L)
        second.addWidget(self.change)
        second.addWidget(self.when, 1)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addLayout(first)
        words.addLayout(second)
        words.addWidget(self.told)
        words.addLayout(self._doubts)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        row.setSpacing(Space.L)
        row.addLayout(lamp)
        row.addLayout(words, 1)

    def show_verdict(self, verdict: Verdict, when: str, change: str = "") -> None:
        """Show this; `when` says when it was read and by what, `change` what is new."""
        self._card(_CARDS.get(verdict.state, True))
        self.lamp.show_lit(verdict.lit)
        self.lamp_label.setText(lamp_words(verdict.lit))
        self.mark.show_state(verdict.state)
        self.headline.setText(verdict.headline)
        _clear(self._counts)
        for state, words in verdict.counts:
            self._counts.addWidget(LampLabel(state, words))
        self.change.setText(change)
        self.change.setVisible(bool(change))
        self.when.say(when)
        self.told.say(" ".join(verdict.told))
        self.told.setVisible(bool(verdict.told))
        self.doubts = verdict.doubts
        _clear(self._doubts)
        more = len(verdict.doubts) - _DOUBTS
        shown = verdict.doubts if more <= 1 else verdict.doubts[:_DOUBTS]
        for words in shown:
            self._doubts.addWidget(_doubt(words))
        if more > 1:
            rest = QPushButton(f"{more} more that is not known…")
            rest.setProperty("role", "link")
            rest.clicked.connect(lambda _checked=False: self.show_doubts())
            self._doubts.addWidget(rest, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(" ".join((verdict.headline, *verdict.doubts)))

    def show_doubts(self) -> None:
        """Show all that is not known."""
        from cartech_desk.ui.widgets.fault_doubts import FaultDoubts

        self.all_doubts = FaultDoubts(self.doubts, self)
        self.all_doubts.open()

    def _card(self, kind: object) -> None:
        if self.property("card") != kind:
            self.setProperty("card", kind)
            self.style().unpolish(self)
            self.style().polish(self)


def _doubt(words: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.S)
    row.addWidget(LampMark(State.WARNING))
    said = ElidedLabel()
    said.say(words)
    row.addWidget(said, 1)
    return line


def _clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    while layout.count():
        widget = layout.takeAt(0).widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
