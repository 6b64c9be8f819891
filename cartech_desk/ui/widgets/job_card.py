"""One job on the whole page: where it stands, its lines, its papers, what was recorded for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from cartech_desk.domain.jobs.job import Job, JobRecord, JobStatus, StatusChange
from cartech_desk.domain.jobs.states import NEXT
from cartech_desk.ui.models.job_words import RECORDS, money_step
from cartech_desk.ui.models.vehicle_words import kilometres, stamp
from cartech_desk.ui.models.work_states import JOBS, state_words
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_tabs import RecordTabs, button, plain_label, say, show_right
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import local_time

PAPERS: Final = "papers"
RECORDED: Final = "recorded"
HISTORY: Final = "history"
PHOTOS: Final = "photos"

STEPS: Final[Mapping[JobStatus, str]] = {
    JobStatus.BOOKED: "Back to booked",
    JobStatus.ARRIVED: "Arrived",
    JobStatus.IN_BAY: "Into the bay",
    JobStatus.WAITING: "Waits for parts",
    JobStatus.DONE: "Done",
    JobStatus.NO_SHOW: "Did not come",
    JobStatus.CANCELLED: "Cancel the job…",
}
"""What a button says that takes a job there."""


@dataclass(frozen=True, slots=True)
class JobActs:
    """What the card's buttons do."""

    back: Callable[[], None]
    edit: Callable[[], None]
    step: Callable[[JobStatus], None]
    next_step: Callable[[], None]
    delete: Callable[[], None]


class JobCard(QWidget):
    """Shows a Job; lines, papers and photos are put in by the page."""

    vehicle_wanted = Signal(str)
    customer_wanted = Signal(str)
    at_hand_wanted = Signal()
    """Its vehicle shall be the one at hand."""
    record_wanted = Signal(str, str)
    """The page that shows it, and its id."""

    def __init__(
        self,
        acts: JobActs,
        lines: QWidget,
        papers: QWidget,
        photos: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self.job = Job()
        self.records: tuple[JobRecord, ...] = ()
        self._why = ""
        self._steps_shown: tuple[JobStatus | None, str, str] = (None, "", "")
        self.back = button("All jobs  Esc", acts.back, "Back to the board")
        self.name = ElidedLabel("title")
        self.status = LampLabel(State.OFF)
        self.step = button("", acts.next_step, role="primary")
        self.steps = QPushButton("Other status  S")
        self.steps.setMenu(QMenu(self.steps))
        self.edit = button("Edit…  E", acts.edit)
        self.delete = button("Delete", acts.delete, "Opened by mistake: take it off every list")
        self.vehicle = button(
            "", lambda: self.vehicle_wanted.emit(self.job.vehicle_id), role="link"
        )
        self.customer = button(
            "", lambda: self.customer_wanted.emit(self.job.customer_id), role="link"
        )
        self.at_hand = button(
            "At hand  H", self.at_hand_wanted.emit, "What the bay records now belongs to the job"
        )
        self.facts = plain_label("muted")
        self.complaint = plain_label()
        self.note = plain_label("muted")
        self.record_table = FaultTable(
            "What was recorded for the job",
            ("When", "What", "Which"),
            (128, 110, 180),
            row_height=Size.CONTROL,
        )
        self.record_table.opened.connect(self._open_record)
        self.no_records = plain_label(
            "muted",
            "What the bay records of this vehicle while the job is open will stand here: "
            "check-ups, recordings, dyno runs, alarms.",
        )
        self.history_table = FaultTable(
            "Status history",
            ("When", "Status", "By", "Note"),
            (124, 140, 104, 60),
            row_height=Size.CONTROL,
        )
        self.tabs = RecordTabs("Parts of the job", self)
        self.tabs.put(PAPERS, "Papers and payments", papers)
        self.tabs.put(RECORDED, "Recorded", _stacked(self.no_records, self.record_table))
        self.tabs.put(HISTORY, "History", _stacked(self.history_table))
        self.tabs.put(PHOTOS, "Photos", photos)
        self._lay_out(lines)
        theme_changed.connect(self._dress)
        self._dress()

    def _lay_out(self, lines: QWidget) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.back)
        head.addSpacing(Space.S)
        head.addWidget(self.name, 1)
        head.addWidget(self.status)
        head.addSpacing(Space.S)
        for widget in (self.step, self.steps, self.edit, self.delete):
            head.addWidget(widget)
        who = QHBoxLayout()
        who.setSpacing(Space.M)
        who.addWidget(self.vehicle)
        who.addWidget(self.customer)
        who.addWidget(self.facts, 1)
        who.addWidget(self.at_hand)
        card = QFrame()
        card.setProperty("card", True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(Space.M, Space.S, Space.L, Space.S)
        inner.setSpacing(Space.XS)
        inner.addLayout(who)
        inner.addWidget(self.complaint)
        inner.addWidget(self.note)
        across = Split(Qt.Orientation.Horizontal)
        across.setHandleWidth(Space.L)
        across.setChildrenCollapsible(False)
        across.addWidget(lines)
        across.addWidget(self.tabs)
        across.setSizes([760, 500])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(card)
        column.addWidget(across, 1)

    def _dress(self) -> None:
        self.back.setIcon(icon("chevron-left"))
        self.edit.setIcon(icon("pencil"))
        self.vehicle.setIcon(icon("car", "accent"))
        self.customer.setIcon(icon("customer", "accent"))

    def show_job(self, job: Job, names: Mapping[str, str]) -> None:
        """Show this job; `names` are those of bays and technicians by their ids."""
        self.job = job
        self.name.say(f"Job {job.number}: {job.title}")
        self.status.show_state(JOBS[job.status], state_words(job.status))
        plate = "" if job.plate in job.vehicle else job.plate
        self.vehicle.setText(" · ".join(dict.fromkeys(filter(None, (plate, job.vehicle)))))
        self.customer.setText(job.customer)
        self.customer.setVisible(bool(job.customer_id))
        bay = names.get(job.bay_id, "") if job.status is JobStatus.IN_BAY else ""
        said = (
            names.get(job.technician_id, ""),
            bay,
            kilometres(job.odometer_km) if job.odometer_km is not None else "",
            f"opened {local_time(job.opened)}" if job.opened is not None else "",
            f"promised {local_time(job.promised)}" if job.promised is not None else "",
            f"done {local_time(job.done)}" if job.done is not None else "",
        )
        self.facts.setText(" · ".join(filter(None, said)))
        say(self.complaint, job.complaint)
        say(self.note, job.note)
        self._show_steps()

    def _show_steps(self) -> None:
        next_ones, money = NEXT[self.job.status], money_step(self.job)
        if (self.job.status, money, self._why) == self._steps_shown:
            return  # a menu that is open stays
        self._steps_shown = (self.job.status, money, self._why)
        self.step.setVisible(bool(next_ones))
        if next_ones:
            words = money or STEPS[next_ones[0]]
            self.step.setText(f"{words}  N")
            show_right(self.step, self._why, f"{words.rstrip('…')}: the usual next step (N)")
        menu = self.steps.menu()
        menu.clear()
        others = next_ones if money else next_ones[1:]
        for status in others:
            menu.addAction(STEPS[status]).triggered.connect(partial(self._step_from_menu, status))
        self.steps.setVisible(bool(others))
        show_right(self.steps, self._why, "Another status (S)")

    def _step_from_menu(self, status: JobStatus, _checked: bool = False) -> None:
        self._acts.step(status)

    def show_kept(
        self, history: Sequence[StatusChange], records: Sequence[JobRecord], photos: int
    ) -> None:
        """Show how its status changed and what was recorded for it."""
        self.records = tuple(records)
        self.history_table.show_rows(
            [
                [stamp(one.at), (JOBS[one.status], state_words(one.status)), one.by, one.note]
                for one in history
            ]
        )
        self.record_table.show_rows(
            [
                [stamp(one.at), RECORDS.get(one.kind, (one.kind, ""))[0], one.words]
                for one in records
            ]
        )
        self.record_table.setVisible(bool(records))
        self.no_records.setVisible(not records)
        if records and not self.record_table.chosen():
            self.record_table.selectRow(0)
        self.tabs.count(RECORDED, len(records))
        self.tabs.count(PHOTOS, photos)

    def show_rights(self, why: str, why_delete: str) -> None:
        """Let who may change it; `why` says why not."""
        self._why = why
        show_right(self.edit, why, "Change what the job is about (E)")
        show_right(self.delete, why_delete, "Opened by mistake: take it off every list")
        self._show_steps()

    def open_record(self) -> None:
        """Open the chosen record at its place."""
        chosen = self.record_table.chosen()
        if chosen:
            self._open_record(chosen[0])

    def _open_record(self, place: int) -> None:
        one = self.records[place]
        page = RECORDS.get(one.kind, ("", ""))[1]
        if page:
            self.record_wanted.emit(page, one.ref)


def _stacked(*parts: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, FaultTable) else 0)
    column.addStretch(0)
    return made
