"""A dialog that asks for one line: a name, or a note."""

from collections.abc import Callable

from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.theme.tokens import Space


class NameForm(QDialog):
    """One name. `take` may refuse it with a CarTechError, which then stands below the field."""

    def __init__(
        self,
        title: str,
        name: str,
        take: Callable[[str], None],
        parent: QWidget | None = None,
        *,
        label: str = "Name",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.setMinimumWidth(380)
        self._take_name = take
        self.line = QLineEdit(name)
        self.line.setAccessibleName(label)
        self.line.selectAll()
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        take_button = QPushButton("Keep")
        take_button.setProperty("role", "primary")
        take_button.setDefault(True)
        take_button.clicked.connect(self._take)
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(take_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(QLabel(label))
        layout.addWidget(self.line)
        layout.addWidget(self.wrong)
        layout.addLayout(foot)

    def _take(self) -> None:
        try:
            self._take_name(self.line.text())
        except CarTechError as error:
            self.wrong.setText(error.message)
            self.wrong.show()
            self.line.setProperty("wrong", True)
            self.line.style().polish(self.line)
            return
        self.accept()
