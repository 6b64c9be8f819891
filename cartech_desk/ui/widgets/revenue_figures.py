"""The figures above a page: a card for each, with its word, its value and a line below."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.ui.models.revenue_words import Figure
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel


class FigureRow(QWidget):
    """Cards beside each other, filled anew with each report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.S)
        self.cards: list[FigureCard] = []

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show these."""
        while len(self.cards) < len(figures):
            card = FigureCard()
            self.cards.append(card)
            self._row.addWidget(card, 1)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(figures))
            if place < len(figures):
                card.show_figure(figures[place])


class FigureCard(QFrame):
    """One figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.word, self.value = QLabel(), QLabel()
        self.below = ElidedLabel("muted")
        self.word.setProperty("role", "muted")
        self.value.setProperty("role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(0)
        for label in (self.word, self.value, self.below):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)

    def show_figure(self, figure: Figure) -> None:
        """Show a figure; what warns says so by a sign before its words."""
        self.word.setText(figure.word)
        self.value.setText(figure.value)
        self.below.say(f"▲ {figure.below}" if figure.warns else figure.below)
        role = "warning" if figure.warns else "muted"
        if self.below.property("role") != role:
            self.below.setProperty("role", role)
            self.below.style().unpolish(self.below)
            self.below.style().polish(self.below)
        self.setAccessibleName(f"{figure.word} {figure.value} {figure.below}")
