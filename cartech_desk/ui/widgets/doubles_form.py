"""Pairs of records that may be one: joined, or told apart."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right


class DoublesForm(QDialog):
    """Cards of pairs; `join` asks how, `apart` says that they are two.

    `why_not_join` says why whoever is at the desk may not join.
    """

    def __init__(
        self,
        thing: str,
        pairs: Sequence[Pair],
        join: Callable[[Pair], None],
        apart: Callable[[Pair], None],
        parent: QWidget | None = None,
        *,
        why_not_join: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Two that may be one {thing}")
        self.resize(Size.FORM_WIDTH, Size.FORM_WIDTH * 2 // 3)
        self._join, self._apart, self._why_not_join = join, apart, why_not_join
        self.cards: dict[tuple[str, str], QFrame] = {}
        self.joins: dict[tuple[str, str], QPushButton] = {}
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, Space.M, 0)
        self._column.setSpacing(Space.S)
        for pair in pairs:
            self._add(pair)
        self.nothing = plain_label("muted", f"No {thing} seems to be here twice.")
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        leave = QPushButton("Close")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(scroll, 1)
        column.addLayout(foot)
        self.nothing.setVisible(not pairs)

    def _add(self, pair: Pair) -> None:
        card = QFrame()
        card.setProperty("card", True)
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addWidget(plain_label("heading", f"{pair.title}  and  {pair.other.title}"))
        column.addWidget(plain_label("muted", ", ".join(pair.other.reasons)))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        join = button("Join them…", partial(self._join, pair))
        show_right(join, self._why_not_join, "It cannot be undone")
        row.addWidget(join)
        apart = button("They are two", partial(self._told_apart, pair))
        row.addWidget(apart)
        row.addStretch(1)
        column.addLayout(row)
        self._column.addWidget(card)
        self.cards[pair.id, pair.other.id] = card
        self.joins[pair.id, pair.other.id] = join

    def _told_apart(self, pair: Pair) -> None:
        self._apart(pair)
        self.drop(pair)

    def drop(self, pair: Pair) -> None:
        """Take a pair off: it was joined, or told apart."""
        card = self.cards.pop((pair.id, pair.other.id), None)
        if card is not None:
            card.hide()
            card.deleteLater()
        self.nothing.setVisible(not self.cards)
