"""A form of numbers: label above, unit at the side, what is wrong beside the field."""

import math

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cartech_desk.ui.theme.tokens import Size, Space


class NumberField(QWidget):
    """One number, or none where the field may stay empty; written as this locale writes it."""

    def __init__(
        self, label: str, symbol: str, value: float | None, decimals: int, help_text: str = ""
    ) -> None:
        super().__init__()
        self._label = label
        self.line = QLineEdit("" if value is None else self._written(value, decimals))
        self.line.setAccessibleName(f"{label} {symbol}".strip())
        self.line.setMaximumWidth(140)
        self.line.setMinimumHeight(Size.CONTROL_BAY)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.line.textEdited.connect(lambda _: self.refuse(""))
        title = QLabel(label)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.line)
        row.addWidget(QLabel(symbol))
        row.addWidget(self.wrong, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addWidget(title)
        layout.addLayout(row)
        if help_text:
            below = QLabel(help_text)
            below.setProperty("role", "help")
            below.setWordWrap(True)
            layout.addWidget(below)

    @staticmethod
    def _written(value: float, decimals: int) -> str:
        text = QLocale().toString(float(value), "f", decimals + 2)
        point = QLocale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text

    def number(self) -> float | None:
        """Return the number, None where the field is empty, NaN where it holds no number."""
        text = self.line.text().strip().replace("\u2212", "-")
        if not text:
            return None
        value, good = QLocale().toDouble(text)
        if not good:
            value, good = QLocale.c().toDouble(text)
        return value if good and math.isfinite(value) else math.nan

    def refuse(self, words: str) -> None:
        """Say beside the field what is wrong; empty to take it back."""
        self.wrong.setText(words)
        self.line.setProperty("wrong", bool(words))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
