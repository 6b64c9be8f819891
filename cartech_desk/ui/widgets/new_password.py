"""A new password typed twice, with advice while one types."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cartech_desk.ui.background import in_background
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field

_PAUSE_MS = 250
_HELP = "A few words that nobody else would put together are strong and easy to keep."
_GOOD = "This one is strong enough."


def _advise(password: str, known: tuple[str, ...]) -> str:
    from cartech_desk.office.passwords import weakness

    return weakness(password, known).replace("\n", " ") or _GOOD


class NewPassword(QWidget):
    """Two fields; `about` gives words of the person that a password must not be made of."""

    returned = Signal()

    def __init__(self, about: Callable[[], tuple[str, ...]] = tuple) -> None:
        super().__init__()
        self._about = about
        self.first = _secret("Password")
        self.second = _secret("Password repeated")
        self.password = Field("Password", self.first, help_words=_HELP, error_below=True)
        self.repeated = Field("Repeat the password", self.second, error_below=True)
        for field in (self.password, self.repeated):
            field.beside.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.password)
        column.addWidget(self.repeated)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.first.textEdited.connect(self._typed)
        self.second.textEdited.connect(lambda _text: self.repeated.show_error(""))
        self.second.editingFinished.connect(self._compare)
        for line in (self.first, self.second):
            line.returnPressed.connect(self.returned)

    def text(self) -> str:
        """Return the password."""
        return self.first.text()

    def clear(self) -> None:
        """Forget what was typed."""
        for line in (self.first, self.second):
            line.clear()
        self.password.show_error("")
        self.repeated.show_error("")
        self.password.help_label.setText(_HELP)

    def complete(self) -> bool:
        """Tell whether both are there and alike; says beside the field what is not."""
        if not self.first.text():
            self.password.show_error("Choose a password.")
            return False
        return self._compare()

    def _compare(self) -> bool:
        alike = self.first.text() == self.second.text()
        waiting = not self.second.text() and self.second.hasFocus()
        self.repeated.show_error("" if alike or waiting else "The two passwords differ.")
        return alike

    def _typed(self, _text: str) -> None:
        self.password.show_error("")
        self._pause.start()

    def _ask(self) -> None:
        typed, known = self.first.text(), self._about()
        if not typed:
            self.password.help_label.setText(_HELP)
            return

        def say(words: str) -> None:
            if self.first.text() == typed:
                self.password.help_label.setText(words)

        # Advice that does not come costs nothing: the office checks the password anyway.
        in_background(lambda: _advise(typed, known), self, say, lambda _error: None)


def _secret(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setAccessibleName(name)
    return line
