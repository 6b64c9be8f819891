"""What the pages of customers and of vehicles share: every one left, the card of one right."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from cartech_desk.domain.people import Act
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.record_table import Column, forgiving, office_query
from cartech_desk.ui.pages.record_page import RecordPage
from cartech_desk.ui.pages.twice_here import Joinable, TwiceHere
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_picker import Pick
from cartech_desk.ui.widgets.record_tabs import button
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import counted


class CardPage(RecordPage):
    """A page of one `thing`: a list, the card of the chosen record, who is here twice.

    A kind of it makes the list with `make_list`, its `card`, then calls `put_together`; it gives
    what is below as well.
    """

    thing: ClassVar[str]
    """As in "Delete the customer"."""
    card: QWidget

    @property
    def room(self) -> Joinable:
        """The office's room of these records."""
        raise NotImplementedError

    def add(self) -> None:
        """Ask for a new record."""
        raise NotImplementedError

    def show_nothing(self) -> None:
        """Show that none is chosen."""
        raise NotImplementedError

    def show_record(self, record: Any) -> None:
        """Show this record; what is kept of it arrives later."""
        raise NotImplementedError

    def read(self, record_id: str) -> None:
        """Read what is kept of a record, in the background."""
        raise NotImplementedError

    def kept(self, record: object) -> None:
        """Say that a record is kept, and show it."""
        raise NotImplementedError

    def pick(self, row: Any) -> Pick:
        """Return a record as it is chosen in a form."""
        raise NotImplementedError

    # What stands where

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.reading = NewestOnly(self, acts.tell)
        self.twice = TwiceHere(self, self.thing, lambda: self.room, self.pick, self.kept)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.add_to_header(self.count, left=True)
        self.set_primary(f"New {self.thing}…  Ctrl+N", self.add)
        # Made from the outside in: what is put into another parent later is styled once more.
        self.pages = QStackedWidget(self)
        self.across = Split(Qt.Orientation.Horizontal, self.pages)

    def make_list(
        self,
        columns: Sequence[Column[Any]],
        ask: Callable[..., Any],
        get: Callable[[str], Any],
        search_words: str,
    ) -> None:
        """Make the list at the left; `ask` and `get` are the room's."""
        things = f"{self.thing}s"
        self.list = RecordList(
            things,
            columns,
            forgiving(office_query(ask), self.alike(self.thing), get),
            lambda row: row.id,
            self.acts.tell,
            search_words=search_words,
            name=things,
            layouts=self.desk.store.layouts,
            parent=self.across,
        )
        self.list.chosen_changed.connect(self._chosen_changed)
        self.list.listed.connect(self._listed)
        self.list.missed.connect(self.read)
        tip = f"{things.capitalize()} that may be one (D)"
        self.list.bar.addWidget(button("Twice here?", self.show_doubles, tip))

    def put_together(self, widths: Sequence[int], empty_words: str) -> None:
        """Put list and card side by side; `empty_words` stand there before the first record."""
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(Space.L)
        self.across.addWidget(self.list)
        self.across.addWidget(self.card)
        self.across.setSizes(list(widths))
        self.empty = EmptyPage(empty_words, f"Enter a {self.thing}", self.add)
        self.pages.addWidget(self.across)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)
        self.card.hide()
        self.rights_changed()

    # What the shell calls

    def shown(self, what: object = None) -> None:
        """Read the list; `what` is the id of a record."""
        self.list.refresh(what if isinstance(what, str) else "")

    def hidden(self) -> None:
        """Remember the columns."""
        self.list.keep_columns()

    # Reading

    @property
    def busy(self) -> bool:
        """Whether something is being read or done."""
        return self.list.busy or self.reading.busy or bool(self.under_way)

    def refresh(self, wanted: str = "") -> None:
        """Read the list anew, in the background."""
        self.list.refresh(wanted)

    def _listed(self) -> None:
        self.count.setText(counted(self.list.total, self.thing) if self.list.total else "")
        self.pages.setCurrentWidget(self.empty if self.list.empty else self.across)
        if not self.list.total:
            self.reading.forget()
            self.show_nothing()
            self.card.hide()
            self.actions_changed.emit()

    def _chosen_changed(self) -> None:
        row = self.list.chosen()
        if row is not None:
            self.show_record(row)
            self.read(row.id)

    # What a person does

    def show_primary_right(self, why: str, tip: str) -> None:
        """Let the primary button be pressed, or say by its tip why not."""
        if self.primary is not None:
            self.primary.setEnabled(not why)
            self.primary.setToolTip(why or tip)

    def show_doubles(self) -> None:
        """Show records that may be one."""
        self.twice.show()

    def take_off_the_lists(self, record_id: str, name: str) -> None:
        """Delete a record; it can be put back for a moment."""
        room, by = self.room, self.acts.actor
        if not record_id or self.refused(Act.DELETE):
            return

        def restore() -> None:
            self.do(lambda: room.restore(by, record_id), self.kept)

        def deleted(_none: None) -> None:
            self.acts.say(f"{name} is deleted.", restore)
            self.refresh()

        self.do(lambda: room.delete(by, record_id), deleted)
