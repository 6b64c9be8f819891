"""Setting the mail server's password: typed here, kept in the keyring, shown nowhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.office_form import OfficeForm

if TYPE_CHECKING:
    from cartech_desk.office.office import Office


class MailPassword(QWidget):
    """Two buttons: one asks for the password, one takes it back."""

    def __init__(self, office: "Office", acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office, self._acts = office, acts
        self.form: OfficeForm | None = None
        self.change = QPushButton("Set the password…")
        self.change.clicked.connect(lambda _checked=False: self.ask())
        self.remove = QPushButton("Remove it")
        self.remove.clicked.connect(lambda _checked=False: self.forget())
        self.words = QLabel("Kept in the system's keyring, never among the settings.")
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.change)
        row.addWidget(self.remove)
        row.addWidget(self.words, 1)
        acts.operator_changed.connect(lambda _now: self._left())

    def show_rights(self, *, may: bool) -> None:
        """Let whoever may press the buttons."""
        self.change.setEnabled(may)
        self.remove.setEnabled(may)

    def ask(self) -> None:
        """Ask for the password and keep it."""
        office, by = self._office, self._acts.actor

        def keep(typed: Mapping[str, str]) -> object:
            office.mailing.set_password(by, typed["password"])
            return None

        form = OfficeForm(
            "Password of the mail server",
            "Keep the password",
            keep,
            lambda _done: self._acts.say("The mail server's password is kept."),
            self._acts.tell,
            parent=self.window(),
        )
        form.hidden_line("password", "Password", "Of the user above, as the mail server knows it.")
        form.finished.connect(lambda _result: form.deleteLater())
        form.finished.connect(lambda _result: setattr(self, "form", None))
        self.form = form
        form.open()

    def forget(self) -> None:
        """Take the password back."""
        office, by = self._office, self._acts.actor
        in_background(
            lambda: office.mailing.set_password(by, ""),
            self,
            lambda _done: self._acts.say("The mail server's password is removed."),
            self._acts.tell,
        )

    def _left(self) -> None:
        """Leave a question that was asked of somebody else."""
        if self.form is not None:
            self.form.reject()
