"""Clearing codes from the Faults page: who may, what speaks against it, and the dialog."""

from typing import TYPE_CHECKING

from cartech_desk.domain.people import Act
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.alarm_rights import why_not

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.bay.faults import Cleared, Faults
    from cartech_desk.ui.pages.faults import FaultsPage
    from cartech_desk.ui.widgets.fault_clear_form import ClearForm


class ClearingActs:
    """The act. `form` is the dialog that is open, or was last; `done` gets what came of it."""

    def __init__(self, page: "FaultsPage", done: "Callable[[Cleared], None]") -> None:
        self._page, self._done = page, done
        self.form: ClearForm | None = None

    def clear(self) -> None:
        """Ask for a reason, and clear."""
        page = self._page
        refusal = self._refusal()
        if refusal:
            page.acts.say(refusal)
            return
        bay = page.desk.bay
        in_background(lambda: bay.faults, page, self._ask, page.acts.tell)

    def _refusal(self) -> str:
        return why_not(self._page.desk.office.session.now, Act.CLEAR_CODES)

    def _ask(self, faults: "Faults") -> None:
        from cartech_desk.ui.models.fault_against import against_clearing, refused_words
        from cartech_desk.ui.widgets.fault_clear_form import ClearForm

        page = self._page
        page.faults = faults
        vehicle, read = page.acts.vehicle, page.latest
        scan = read.scan if read is not None else None
        number = vehicle.id if vehicle is not None else ""
        bay = page.desk.bay
        self.form = ClearForm(
            vehicle.name if vehicle is not None else "",
            len(scan.codes) if scan is not None else 0,
            lambda reason: faults.clear(number, by=page.acts.actor, reason=reason),
            reading=lambda: faults.reading,
            cancel=faults.cancel,
            done=self._done,
            bug=page.acts.tell,
            unread=lambda reason: faults.clear(
                number, by=page.acts.actor, reason=reason, unread=True
            ),
            against=lambda: against_clearing(bay.snapshot(), scan, self._refusal()),
            refused=lambda error: refused_words(error, scan),
            parent=page,
        )
        self.form.open()
