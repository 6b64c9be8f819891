"""The list of people with its search."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cartech_desk.office.people import Person
from cartech_desk.ui.models.people_table import PeopleRows, people_columns
from cartech_desk.ui.models.record_table import rows_query
from cartech_desk.ui.widgets.record_list import RecordList


class PeopleList(RecordList[Person]):
    """Everybody of the shop, those who wait on top."""

    def __init__(
        self, failed: Callable[[BaseException], None], parent: QWidget | None = None
    ) -> None:
        self._rows = PeopleRows()
        columns = people_columns(self._rows)
        super().__init__(
            "people",
            columns,
            rows_query(self._rows.read, columns),
            lambda one: one.id,
            failed,
            search_words="Search name, e-mail, role, certification or standing",
            at_once=True,
            parent=parent,
        )
        self.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)

    def show_people(self, people: Sequence[Person], yours: str) -> None:
        """List these; who was chosen stays chosen, at first oneself."""
        first = not self._rows.people
        if list(people) == list(self._rows.people) and yours == self._rows.yours:
            return
        self._rows.people, self._rows.yours = tuple(people), yours
        self.refresh(yours if first and any(one.id == yours for one in people) else "")
