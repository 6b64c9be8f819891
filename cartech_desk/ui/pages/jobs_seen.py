"""Questions about a job as it was seen: what another desk changed meanwhile is told first."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.jobs.settling import Balance
from cartech_desk.office.job_errors import AskedOfJob
from cartech_desk.store.errors import Changed
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.job_words import now_words
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm, even_so_words

if TYPE_CHECKING:
    from cartech_desk.office.office import Office

SeenAct = Callable[[Job, Mapping[str, str]], object]
"""What is done to a job as it was seen, with what was typed."""


class SeenForm(RecordForm):
    """A question about `seen`, the job as whoever answers it saw it last.

    Where the job was changed since, nothing is done: the form says how the job stands now, and
    with `again` the next press acts upon that. Without it the fields hold what the job was, and
    would overwrite what somebody else typed: the form has to be opened again.
    """

    changed = Signal()
    """The job is not as it was seen: what shows it reads it anew."""

    def __init__(
        self,
        office: "Office",
        seen: Job,
        title: str,
        button: str,
        act: SeenAct,
        *,
        done: Callable[[object], None],
        bug: Callable[[BaseException], None],
        words: str = "",
        again: bool = True,
        drafts: Drafts | None = None,
        draft: str = "",
        even_so: Callable[[CarTechError], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.seen = seen
        self._office_of, self._again = office, again
        super().__init__(
            title,
            button,
            lambda typed: act(self.seen, typed),
            done,
            bug,
            words=words,
            drafts=drafts,
            draft=draft,
            even_so=even_so or job_even_so,
            parent=parent,
        )

    def _refused(self, error: BaseException) -> None:
        super()._refused(error)
        if not isinstance(error, Changed):
            return
        self.changed.emit()
        if self._again:
            self._hold(True)
            in_background(self._look, self, partial(self._show_now, error), self._refused)

    def _look(self) -> tuple[Job, Balance]:
        office, number = self._office_of, self.seen.id
        return office.jobs.get(number), office.papers.balance(number)

    def _show_now(self, error: Changed, now: tuple[Job, Balance]) -> None:
        self._hold(False)
        self.seen, balance = now
        self._say(f"{error.happened} {now_words(self.seen, balance)} Press again to go on.")


def job_even_so(error: CarTechError) -> str:
    """Return the words of the button that does it although something about it is asked."""
    return "Do it even so" if isinstance(error, AskedOfJob) else even_so_words(error)
