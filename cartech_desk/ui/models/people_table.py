"""The list of people: a table that sorts, and is narrowed as one types."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from cartech_desk.domain.people import Role
from cartech_desk.office.people import Person, Standing
from cartech_desk.ui.models.word_filter import WordFilter
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import local_time, plain_tip

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = ("Name", "Standing", "Role", "Certification", "E-mail", "Registered")
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
PERSON_ROLE: Final = Qt.ItemDataRole.UserRole + 2

STANDINGS: Final[Mapping[Standing, tuple[State, str]]] = {
    Standing.WAITING: (State.WARNING, "waits for approval"),
    Standing.ACTIVE: (State.CONNECTED, "active"),
    Standing.DISABLED: (State.OUT_OF_SERVICE, "disabled"),
}
"""Shape, colour and word of each standing."""
_STANDING_ORDER: Final = list(STANDINGS)
_ROLE_ORDER: Final = list(Role)


class PeopleTable(QAbstractTableModel):
    """One row for each person; `yours` is the id of who looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Person] = []
        self._yours = ""
        theme_changed.connect(self._repaint)

    @property
    def rows(self) -> Sequence[Person]:
        """Who is listed, in the office's order."""
        return self._rows

    def show(self, people: Sequence[Person], yours: str) -> None:
        """List these."""
        if list(people) == self._rows and yours == self._yours:
            return
        self.beginResetModel()
        self._rows, self._yours = list(people), yours
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def words(self, row: int) -> str:
        """Return all that a row can be found by, in lower case."""
        return " ".join(self._text(self._rows[row], column) for column in range(6)).casefold()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each person."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Name, standing, role, certification, e-mail, registration."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the lamp of the standing, and what each column is sorted by."""
        person = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(person, column)
        if role == Qt.ItemDataRole.DecorationRole and column == 1:
            return lamp_icon(STANDINGS[person.standing][0])
        if role == Qt.ItemDataRole.ToolTipRole and column == 1 and person.decided_by:
            return plain_tip(f"Decided by {person.decided_by}")
        if role == PERSON_ROLE:
            return person
        if role == SORT_ROLE:
            return (
                person.name.casefold(),
                # Those of one standing stand by their names.
                f"{_STANDING_ORDER.index(person.standing)}{person.name.casefold()}",
                f"{_ROLE_ORDER.index(person.role)}{person.name.casefold()}",
                person.certification.casefold(),
                person.email.casefold(),
                person.registered.timestamp(),
            )[column]
        return None

    def _text(self, person: Person, column: int) -> str:
        if column == 0:
            return f"{person.name} (you)" if person.id == self._yours else person.name
        if column == 5:
            return local_time(person.registered)
        return (
            STANDINGS[person.standing][1],
            person.role.value,
            person.certification or "\N{EN DASH}",
            person.email,
        )[column - 1]


class PeopleFilter(WordFilter):
    """Rows in which every word that was typed occurs."""

    def __init__(self, table: PeopleTable) -> None:
        super().__init__(table, SORT_ROLE)

    def person(self, row: int) -> Person:
        """Return the person of a shown row."""
        found: Person = self.index(row, 0).data(PERSON_ROLE)
        return found
