"""What a verification found broken, and the way to it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from cartech_desk.office.audit_book import Verdict
from cartech_desk.ui.theme.tokens import Space


class AuditProblem(QFrame):
    """Stands above the list while the log is broken; `open` leads to the first broken record."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("role", "error")
        self.open = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(self.words, 1)
        row.addWidget(self.open)
        self.hide()

    def show_verdict(self, verdict: Verdict | None, *, may_open: bool) -> None:
        """Show what is broken, or nothing where nothing is."""
        broken = verdict is not None and not verdict.ok
        self.setVisible(broken)
        if verdict is not None and broken:
            self.words.setText(verdict.problem)
            record = verdict.first_bad_sequence
            self.open.setText(f"Open record {record}")
            self.open.setVisible(may_open and record is not None)
