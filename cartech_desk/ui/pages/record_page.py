"""What the pages of the counter share: their forms with drafts, their acts, who may do them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from cartech_desk.domain.people import Act, Actor
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.pages.page import Page
from cartech_desk.ui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from cartech_desk.ui.widgets.record_form import Drafts

T = TypeVar("T")

_ALIKE: Final = 50
"""So many that are like what was typed are shown."""


class RecordPage(Page):
    """A page whose acts are the office's: done in the background, refused in words.

    `list` is its list of records. `form` is the dialog that is open; it is left when somebody
    else takes the desk over.
    """

    list: RecordList[Any]

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.drafts: Drafts = {}
        self.form: QDialog | None = None
        self._form_by: Actor | None = None
        self.under_way = 0
        """How many acts are being done."""
        acts.operator_changed.connect(lambda _now: self._operator_changed())

    def why_not(self, act: Act) -> str:
        """Return why whoever is at the desk may not do this; empty where they may."""
        return why_not(self.desk.office.session.now, act)

    def refused(self, act: Act) -> bool:
        """Tell whether this may not be done by whoever is at the desk; says why not."""
        why = self.why_not(act)
        if why:
            self.acts.say(why)
        return bool(why)

    def alike(self, kind: str) -> Callable[[str], Sequence[str]]:
        """Return how records of a kind are found although something is typed wrong."""
        office = self.desk.office

        def find(typed: str) -> Sequence[str]:
            return [one.ref for one in office.finding.find(typed, kinds=(kind,), limit=_ALIKE)]

        return find

    def export_list(self) -> None:
        """Ask for a file and write the list to it as it is narrowed."""
        if not self.refused(Act.EXPORT):
            self.list.export(
                self.acts.say, partial(self.desk.office.finding.exporting, self.acts.actor)
            )

    def do(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Do an act of the office in the background; a refusal is told unless `failed` takes it."""
        self.under_way += 1

        def ended(result: T) -> None:
            self.under_way -= 1
            done(result)

        def refused(error: BaseException) -> None:
            self.under_way -= 1
            (failed or self.acts.tell)(error)

        in_background(work, self, ended, refused)

    def ask(self, form: QDialog) -> None:
        """Open a form."""
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.finished.connect(lambda _result: self._left(form))
        self.form, self._form_by = form, self.acts.actor
        form.open()

    def _left(self, form: QDialog) -> None:
        if self.form is form:
            self.form = None

    def _operator_changed(self) -> None:
        if self.form is not None and self.acts.actor != self._form_by:
            self.form.reject()  # what it asks was asked of somebody else
        self.rights_changed()
        self.actions_changed.emit()

    def rights_changed(self) -> None:
        """Show what may be done by whoever is at the desk now."""
