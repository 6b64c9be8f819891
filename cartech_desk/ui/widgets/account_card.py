"""Who is signed in, and what a person does for oneself: password and PIN."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from cartech_desk.office.people import Person
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel


class AccountCard(QFrame):
    """The own account; without one it offers to sign in."""

    password_wanted = Signal()
    pin_wanted = Signal()
    sign_in_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.XS)
        self.head = ElidedLabel("heading")
        self.words = ElidedLabel("muted")
        self.pin_words = QLabel()
        self.pin_words.setProperty("role", "muted")
        self.pin_words.setWordWrap(True)
        self.pin_words.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.head, self.words, self.pin_words):
            column.addWidget(label)
        self.password = QPushButton("Change password…")
        self.password.clicked.connect(lambda _checked=False: self.password_wanted.emit())
        self.pin = QPushButton("Set PIN…")
        self.pin.clicked.connect(lambda _checked=False: self.pin_wanted.emit())
        self.sign_in = QPushButton("Sign in…")
        self.sign_in.clicked.connect(lambda _checked=False: self.sign_in_wanted.emit())
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        for button in (self.password, self.pin, self.sign_in):
            foot.addWidget(button)
        foot.addStretch(1)
        column.addSpacing(Space.XS)
        column.addLayout(foot)
        self.show_person(None)

    def show_person(self, person: Person | None) -> None:
        """Show whose account it is."""
        there = person is not None
        self.password.setVisible(there)
        self.pin.setVisible(there)
        self.pin_words.setVisible(there)
        self.sign_in.setVisible(not there)
        if person is None:
            self.head.say("Nobody is signed in")
            self.words.say("Sign in to see your account and, as administrator, everybody.")
            return
        self.head.say(f"{person.name}, {person.role.value}")
        self.words.say(" · ".join(part for part in (person.email, person.certification) if part))
        self.pin.setText("Change PIN…" if person.has_pin else "Set PIN…")
        self.pin_words.setText(
            "The PIN works for 7 days after each sign-in with the password."
            if person.has_pin
            else "No PIN that works now: with one you take over at the bay in seconds."
        )
