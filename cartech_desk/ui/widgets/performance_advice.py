"""What runs advise: a card for each finding, with its evidence, what to do and by which rule."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.performance.advice import NO_RUN, Advice, Evidence, NotAsked, Weight
from cartech_desk.reports.performance_words import WEIGHTS
from cartech_desk.ui.models.performance_words import LAMPS
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel

_CARDS = {Weight.STOP: "trip", Weight.SOON: "warn", Weight.HINT: "true"}


class AdviceList(QScrollArea):
    """Findings, the weightiest first; below them what could not be asked."""

    run_wanted = Signal(str)
    """The id of a run that somebody wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("What the runs advise")
        self.cards: list[QFrame] = []
        self.words = ""

    def show_advice(
        self, advice: Sequence[Advice], not_asked: Sequence[NotAsked], whose: str
    ) -> None:
        """Show what the runs of a session advise; `whose` says of which."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.S, 0)
        column.setSpacing(Space.S)
        column.addWidget(_label(whose, "heading"))
        self.cards = []
        for one in advice:
            card = self._card(one)
            self.cards.append(card)
            column.addWidget(card)
        self.words = "\n".join(one.seen for one in advice)
        if NO_RUN in not_asked:
            column.addWidget(_label("No run to ask: none with power is kept of it.", ""))
            not_asked = ()
        elif whose and not advice:
            column.addWidget(_label("None of the rules that could be asked found anything.", ""))
        if not_asked:
            whys = ((one.title.lower(), one.why.rstrip(".")) for one in not_asked)
            words = "; ".join(f"{what} ({why[:1].lower()}{why[1:]})" for what, why in whys)
            column.addWidget(_label(f"Could not be asked: {words}.", "muted"))
        if whose:
            said = "Rules advise; a person who knows the car decides."
            column.addWidget(_label(said, "muted"))
        column.addStretch(1)
        self.setWidget(inside)

    def _card(self, one: Advice) -> QFrame:
        card = QFrame()
        card.setProperty("card", _CARDS[one.weight])
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(LampLabel(LAMPS[one.weight], WEIGHTS[one.weight]))
        head.addStretch(1)
        for each in one.evidence[:6]:
            head.addWidget(self._run_button(each))
        column.addLayout(head)
        column.addWidget(_label(one.seen, "heading"))
        column.addWidget(_label("\n".join(f"·  {todo}" for todo in one.todo), ""))
        column.addWidget(_label(f"Rule: {one.threshold} ({one.source}).", "muted"))
        return card

    def _run_button(self, each: Evidence) -> QPushButton:
        button = QPushButton(each.run)
        button.setProperty("role", "link")
        button.setToolTip(f"{each.words}\nOpen the run on the Dyno page")
        button.clicked.connect(lambda _checked=False: self.run_wanted.emit(each.run_id))
        return button


def _label(words: str, role: str) -> QLabel:
    label = QLabel(words)
    if role:
        label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
