"""Registering oneself: name, e-mail, certification, password; then an administrator approves."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.errors import PersonRefused
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.new_password import NewPassword


class Registration(QWidget):
    """One column; what was typed stays when one leaves it, but for the password."""

    registered = Signal(str)
    """The name of who waits for approval now."""
    left = Signal()

    def __init__(self, desk: DeskParts, tell: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._desk = desk
        self._tell = tell
        self.lines = {name: QLineEdit() for name in ("name", "email", "certification")}
        self.fields = {
            "name": Field("Name", self.lines["name"], error_below=True),
            "email": Field("E-mail", self.lines["email"], error_below=True),
            "certification": Field(
                "Certification",
                self.lines["certification"],
                help_words="As on your certificate; may stay empty.",
                error_below=True,
            ),
        }
        self.secret = NewPassword(lambda: (self._typed("name"), self._typed("email")))
        self.fields["password"] = self.secret.password
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        for name in self.lines:
            self.fields[name].beside.setStretch(0, 1)
            column.addWidget(self.fields[name])
        column.addWidget(self.secret)
        self.send = QPushButton("Register")
        self.send.setProperty("role", "primary")
        self.send.clicked.connect(lambda _checked=False: self.submit())
        leave = QPushButton("Back")
        leave.setProperty("role", "quiet")
        leave.clicked.connect(lambda _checked=False: self.left.emit())
        column.addSpacing(Space.S)
        column.addWidget(self.send)
        column.addWidget(leave)
        column.addStretch(1)
        for name, line in self.lines.items():
            line.returnPressed.connect(self.submit)
            line.textEdited.connect(lambda _text, field=self.fields[name]: field.show_error(""))
        self.secret.returned.connect(self.submit)

    def _typed(self, name: str) -> str:
        return self.lines[name].text().strip()

    def submit(self) -> None:
        """Register with what was typed; says beside each field what is missing."""
        if not self.send.isEnabled():
            return
        missing = [name for name in ("name", "email") if not self._typed(name)]
        for name in ("name", "email"):
            self.fields[name].show_error("This is needed." if name in missing else "")
        if not self.secret.complete() or missing:
            return
        typed = {name: self._typed(name) for name in self.lines}
        password = self.secret.text()
        self._hold(True)
        in_background(
            lambda: self._desk.office.people.register(**typed, password=password),
            self,
            lambda _person: self._done(typed["name"]),
            self._refused,
        )

    def _hold(self, held: bool) -> None:
        self.send.setEnabled(not held)
        self.send.setText("Registering …" if held else "Register")

    def _done(self, name: str) -> None:
        self._hold(False)
        self.secret.clear()
        for line in self.lines.values():
            line.clear()
        self.registered.emit(name)

    def _refused(self, error: BaseException) -> None:
        self._hold(False)
        if isinstance(error, PersonRefused):
            for name, sentence in error.wrong.items():
                self.fields.get(name, self.fields["email"]).show_error(sentence)
        elif isinstance(error, CarTechError):
            self.fields["email"].show_error(f"{error.happened} {error.to_do}".strip())
        else:
            self._tell(error)
