"""A job as the bay uses it: its car at hand, a part scanned onto it, what was fitted noted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from cartech_desk.domain.jobs.job import OPEN, Job, JobLine, LineKind
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import Modification, ModificationType, VehicleRecord
from cartech_desk.ui.models.vehicle_words import type_words
from cartech_desk.ui.pages import vehicles_forms
from cartech_desk.ui.pages.page import PageAction

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cartech_desk.store.vehicles import Vehicle
    from cartech_desk.ui.pages.jobs import JobsPage

_HELD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_NONE: Final = Qt.KeyboardModifier.NoModifier
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TYPED_MS: Final = 400
"""So long after the last letter a person is typing: scanners are faster."""


class JobAtBay(QObject):
    """The acts upon the job in sight of a page.

    A scanner types digits wherever the focus is, and Enter behind them: they are gathered until
    then, for what is typed while a window opens is lost. Where no Enter comes, a person types.
    """

    def __init__(self, page: "JobsPage", *watched: "QWidget") -> None:
        super().__init__(page)
        self._page = page
        self._code = ""
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED_MS)
        self._typed.timeout.connect(lambda: self._ask_for_part(""))
        page.card.at_hand_wanted.connect(self.take_vehicle)
        for widget in (page, *watched):
            widget.installEventFilter(self)

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done for the bay."""
        return (
            PageAction("Make its vehicle the one at hand", self.take_vehicle, "H", "choose car"),
            PageAction("Note the part as fitted", self.note_fitted, "F", "modification turbo"),
        )

    def take_vehicle(self) -> None:
        """Make the job's vehicle the one at hand: what the bay records belongs to the job then."""
        page = self._page
        store, jobs, job = page.desk.store, page.desk.office.jobs, page.job
        if not job.id or page.acts.locked:
            return

        def take(found: "tuple[Vehicle, Job | None]") -> None:
            vehicle, at_hand = found
            page.acts.take_vehicle(vehicle)
            words = f"{vehicle.name} is at hand"
            if at_hand is not None:
                words += f": what is recorded now belongs to job {at_hand.number}"
            if at_hand is not None and at_hand.id != job.id and job.status in OPEN:
                words += f" and not to job {job.number}"
            page.acts.say(f"{words}.")

        page.do(lambda: (store.vehicles.get(job.vehicle_id), jobs.at_hand(job.vehicle_id)), take)

    def note_fitted(self) -> None:
        """Note the part of the chosen line as a modification of the vehicle."""
        page = self._page
        line, job, office = page.lines.chosen(), page.job, page.desk.office
        if page.refused(Act.KEEP_RECORDS):
            return
        if line is None or line.kind is not LineKind.PART:
            page.acts.say("Choose the line of the part that was fitted.")
            return

        def done(result: object) -> None:
            found = len(getattr(result, "recommendations", ()))
            more = f" {found} things are to be seen to because of it." if found else ""
            page.acts.say(f"{line.words} is noted as fitted.{more}")
            page.acts.go_to("vehicles", ("fitted", job.vehicle_id))

        def look() -> tuple[VehicleRecord, Modification]:
            part = office.parts.get(line.part_id) if line.part_id else None
            return office.vehicles.get(job.vehicle_id), fitted_from(line, part, job.id)

        def ask(found: tuple[VehicleRecord, Modification]) -> None:
            record, fitted = found
            page.ask(
                vehicles_forms.modification_form(
                    office.vehicles,
                    page.acts.actor,
                    record,
                    fitted,
                    job.currency,
                    done=done,
                    bug=page.acts.tell,
                    drafts={},
                    parent=page,
                )
            )

        page.do(look, ask)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Gather what a scanner types; a letter within it is none of the page's keys."""
        if not isinstance(event, QKeyEvent) or event.modifiers() & _HELD:
            return super().eventFilter(watched, event)
        letters = event.text()
        wanted = letters.isalnum() if self._code else letters.isdecimal()
        if event.type() == QEvent.Type.ShortcutOverride and self._code and wanted:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress or not self._page.job.id:
            return False
        if wanted:
            self._code += letters
            self._typed.start()
            return True
        if self._code and event.key() in _ENTER:
            self._ask_for_part("\r")
            return True
        return False

    def _ask_for_part(self, end: str) -> None:
        """Open the question for a part with what was typed, and with the Enter behind it."""
        self._typed.stop()
        code, self._code = self._code, ""
        page = self._page
        page.add_part()
        picker = getattr(page.form, "pickers", {}).get("part")
        if picker is None:
            return  # refused, and said so
        picker.line.insert(code)
        if end:
            enter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, _NONE, end)
            QCoreApplication.sendEvent(picker.line, enter)


def fitted_from(line: JobLine, part: Part | None, job_id: str) -> Modification:
    """Return what a line of a job tells of what was fitted; its type where the words name one."""
    named = part.name if part is not None else line.words
    kinds = (one for one in ModificationType if type_words(one).casefold() in named.casefold())
    kind = next(kinds, ModificationType.OTHER)
    said = type_words(kind)
    if named.casefold().startswith(said.casefold()):
        named = named[len(said) :].strip()  # the type stands before it wherever it is told
    return Modification(
        type=kind,
        brand=part.maker if part is not None else "",
        model=named,
        price=line.unit_price,
        job_id=job_id,
    )
