"""Records that may be here twice: shown in pairs, joined, or told apart."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.people import Act, Actor
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.widgets.doubles_form import DoublesForm
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.ui.pages.record_page import RecordPage

_SHOWN: Final = 12


class Joinable(Protocol):
    """A room of the office whose records can be joined and deleted: customers, vehicles."""

    def list(self, search: str = "", *, limit: int = 200) -> tuple[Sequence[Any], int]:
        """Return records."""

    def doubles(self) -> tuple[Pair, ...]:
        """Return pairs that may be one."""

    def join(self, by: Actor, kept_id: str, other_id: str, *, reason: str = "") -> Any:
        """Make two records one; it cannot be undone."""

    def tell_apart(self, by: Actor, one_id: str, other_id: str, *, reason: str = "") -> None:
        """Say that two records are two."""

    def delete(self, by: Actor, record_id: str, /) -> None:
        """Take a record off the lists."""

    def restore(self, by: Actor, record_id: str, /) -> Any:
        """Put a deleted record back."""


def picks(
    room: Joinable, pick: Callable[[Any], Pick], but: str = ""
) -> Callable[[str], Sequence[Pick]]:
    """Return how records are found while one types, but the one of this id."""

    def find(typed: str) -> Sequence[Pick]:
        rows, _ = room.list(typed, limit=_SHOWN)
        return [pick(row) for row in rows if row.id != but]

    return find


class TwiceHere:
    """The acts on doubles of one page; `kept` hears of the record that is left of two."""

    def __init__(
        self,
        page: "RecordPage",
        thing: str,
        room: Callable[[], Joinable],
        pick: Callable[[Any], Pick],
        kept: Callable[[object], None],
    ) -> None:
        self._page, self._thing, self._room = page, thing, room
        self._pick, self._kept = pick, kept

    def why_not_join(self) -> str:
        """Return why whoever is at the desk may not join; empty where they may."""
        why = self._page.why_not(Act.DELETE)
        return f"Joining takes one of two off the lists. {why}" if why else ""

    def show(self) -> None:
        """Show pairs that may be one."""
        if not self._page.refused(Act.KEEP_RECORDS):
            self._page.do(self._room().doubles, self._show_pairs)

    def join(self, number: str, name: str) -> None:
        """Ask with which other record this one shall be joined."""
        why = self.why_not_join()
        if why:
            self._page.acts.say(why)
        elif number:
            self._ask(number, name, None)

    def _show_pairs(self, pairs: tuple[Pair, ...]) -> None:
        page = self._page
        if not pairs:
            page.acts.say(f"No {self._thing} seems to be here twice.")
            return
        room, by = self._room(), page.acts.actor

        def join(pair: Pair) -> None:
            self._ask(pair.id, pair.title, Pick(pair.other.id, pair.other.title), pair)

        def apart(pair: Pair) -> None:
            page.do(partial(room.tell_apart, by, pair.id, pair.other.id), lambda _none: None)

        why = self.why_not_join()
        page.ask(DoublesForm(self._thing, pairs, join, apart, page, why_not_join=why))

    def _ask(self, number: str, name: str, other: Pick | None, pair: Pair | None = None) -> None:
        page, room, by = self._page, self._room(), self._page.acts.actor
        above = page.form if isinstance(page.form, DoublesForm) else None

        def done(record: object) -> None:
            if above is not None and pair is not None:
                above.drop(pair)
            self._kept(record)

        form = join_form(
            self._thing,
            name,
            picks(room, self._pick, number),
            lambda other_id, reason: room.join(by, number, other_id, reason=reason),
            other=other,
            done=done,
            bug=page.acts.tell,
            parent=above or page,
        )
        if above is None:
            page.ask(form)
        else:
            form.open()


def join_form(
    thing: str,
    name: str,
    find: Callable[[str], Sequence[Pick]],
    join: Callable[[str, str], object],
    *,
    other: Pick | None = None,
    done: Callable[[object], None],
    bug: Callable[[BaseException], None],
    parent: QWidget,
) -> RecordForm:
    """Ask with which other one it shall be joined; `join` takes its id and the reason."""

    def keep(typed: Mapping[str, str]) -> object:
        if not typed["other"]:
            raise FieldsRefused("join_refused", {"other": f"Choose the other {thing}."})
        return join(typed["other"], typed["reason"].strip())

    form = RecordForm(
        f"Join {name}",
        "Make them one for good",
        keep,
        done,
        bug,
        words=f"All that belongs to the other {thing} belongs to {name} then, and the other one "
        "leaves the lists. A join cannot be undone: look twice whether both are one.",
        parent=parent,
    )
    form.pick("other", f"The other {thing}", find, other)
    form.line("reason", "Why", "May stay empty.", needed=False)
    form.take.setProperty("role", "danger")
    form.begin()
    return form
