"""Those who wait for approval, each with the answer beside the name."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from cartech_desk.domain.people import Role
from cartech_desk.office.people import Person
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.words import counted, local_time

_NAME_LEAST: Final = 140


class WaitingPeople(QFrame):
    """A card with a row for each; hidden while nobody waits."""

    approved = Signal(object, object)
    """The person, and the role that was chosen."""
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(LampMark(State.WARNING))
        self.head = QLabel()
        self.head.setProperty("role", "heading")
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        head.addWidget(self.head, 1)
        column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.S)
        column.addLayout(self._rows)
        self._shown: tuple[Person, ...] = ()
        self.rows: list[WaitingRow] = []
        self.hide()

    def show_people(self, people: Sequence[Person]) -> None:
        """Show these; a role that was chosen stays while its row does."""
        if tuple(people) == self._shown:
            return
        self._shown = tuple(people)
        for row in self.rows:
            row.setParent(None)
            row.deleteLater()
        self.rows = []
        for person in people:
            row = WaitingRow(person)
            row.approve.clicked.connect(
                lambda _checked=False, row=row: self.approved.emit(row.person, row.role)
            )
            row.refuse.clicked.connect(
                lambda _checked=False, row=row: self.refused.emit(row.person)
            )
            self._rows.addWidget(row)
            self.rows.append(row)
        self.head.setText(f"{counted(len(people), 'registration')} to approve")
        self.setVisible(bool(people))


class WaitingRow(QFrame):
    """One who waits: who it is, the role to be given, and the two answers."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person
        name, words = ElidedLabel("heading"), ElidedLabel("muted")
        name.setMinimumWidth(_NAME_LEAST)
        name.say(person.name)
        about = [person.email, person.certification, f"since {local_time(person.registered)}"]
        words.say(" · ".join(part for part in about if part))
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addWidget(name)
        who.addWidget(words)
        self._role = QComboBox()
        self._role.setAccessibleName(f"Role of {person.name}")
        for role in Role:
            self._role.addItem(f"as {role.value}", role)
        self._role.setCurrentIndex(list(Role).index(Role.TECHNICIAN))
        self.refuse = QPushButton("Refuse…")
        self.refuse.setProperty("role", "quiet")
        self.refuse.setAccessibleName(f"Refuse {person.name}")
        self.approve = QPushButton("Approve")
        self.approve.setAccessibleName(f"Approve {person.name}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addLayout(who, 1)
        for widget in (self._role, self.refuse, self.approve):
            widget.setMinimumHeight(Size.CONTROL)
            row.addWidget(widget)

    @property
    def role(self) -> Role:
        """The role to be given."""
        return Role(self._role.currentData())
