"""Everything that is not known after a scan, to be read at leisure."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.lamp import LampMark

_SIZE: Final = (720, 480)


class FaultDoubts(QDialog):
    """A list of sentences."""

    def __init__(self, doubts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What is not known")
        self.setProperty("bay", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setSpacing(Space.S)
        for words in doubts:
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            row.addWidget(LampMark(State.WARNING), 0, Qt.AlignmentFlag.AlignTop)
            said = QLabel(words)
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row.addWidget(said, 1)
            lines.addLayout(row)
        lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        leave = QPushButton("Close  Esc")
        leave.setMinimumHeight(Size.CONTROL_BAY)
        leave.clicked.connect(lambda _checked=False: self.reject())
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(scroll, 1)
        column.addWidget(leave, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(*_SIZE)
