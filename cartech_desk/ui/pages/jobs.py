"""Jobs: the board of what needs somebody, a list of all, and one job with all about it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QStackedWidget, QWidget

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.jobs.job import (
    IssuedDocument,
    Job,
    JobRecord,
    JobRow,
    JobStatus,
    Payment,
    StatusChange,
)
from cartech_desk.domain.jobs.settling import Balance
from cartech_desk.domain.jobs.states import NEXT, UNFINISHED, WORDS
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import Attachment, Customer, VehicleRecord
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.job_words import JOB_COLUMNS, money_step
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.record_table import Asked, Query
from cartech_desk.ui.pages.jobs_acts import JobsActs
from cartech_desk.ui.pages.jobs_at_bay import JobAtBay
from cartech_desk.ui.pages.jobs_forms import Shop
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.attachment_list import AttachmentList
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.job_board import JobBoard
from cartech_desk.ui.widgets.job_card import JobActs, JobCard
from cartech_desk.ui.widgets.job_lines import JobLines, LineActs
from cartech_desk.ui.widgets.job_papers import JobPapers, PaperActs
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import RecordTabs
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.office import Office

_REFRESH_S: Final = 5.0
_BOARD, _LIST = "board", "list"


@dataclass(frozen=True, slots=True)
class _Kept:
    """All that belongs to one job."""

    job: Job
    shop: Shop
    history: tuple[StatusChange, ...]
    records: tuple[JobRecord, ...]
    papers: tuple[IssuedDocument, ...]
    payments: tuple[Payment, ...]
    balance: Balance
    attachments: tuple[Attachment, ...]


class JobsPage(JobsActs):
    """The board or the list; a job that is opened takes the whole page."""

    key = "jobs"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._boarding = NewestOnly(self, acts.tell)
        self._reading = NewestOnly(self, acts.tell)
        self._looked_s = 0.0
        self._wanted = ""
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.add_to_header(self.count, left=True)
        self.set_primary("New job…  Ctrl+N", self.new_job)
        # From the outside in: what is put into another parent later is styled once more.
        self.pages = QStackedWidget(self)
        self.views = RecordTabs("Board or list", self.pages)
        self._make_list()
        self._make_card()
        self.empty = EmptyPage(
            "Jobs will stand here. One is opened when a car comes, or from its appointment.",
            "Open a job",
            self.new_job,
        )
        self.views.put(_BOARD, "Board", self.board)
        self.views.put(_LIST, "All jobs", self.list)
        self.views.turned.connect(lambda _key: self._turned())
        for part in (self.views, self.card, self.empty):
            self.pages.addWidget(part)
        self.pages.currentChanged.connect(lambda at: self.lead(self.pages.widget(at) != self.card))
        self.body.addWidget(self.pages, 1)
        self.rights_changed()

    def _make_list(self) -> None:
        self.board = JobBoard(lambda number: self.shop.names.get(number, ""))
        self.board.opened.connect(self.open_job)
        self.board.moved.connect(self.carry)
        self.board.chosen_changed.connect(self.actions_changed)
        self.list: RecordList[JobRow] = RecordList(
            "jobs",
            JOB_COLUMNS,
            _job_query(self.desk.office),
            lambda row: row.id,
            self.acts.tell,
            search_words="Search number, plate, vehicle, customer or what was done",
            name="jobs",
            layouts=self.desk.store.layouts,
        )
        self.list.opened.connect(lambda row: self.open_job(row.id))
        self.list.chosen_changed.connect(self.actions_changed)
        self.list.listed.connect(self._listed)
        self.standing = QComboBox()
        self.standing.setAccessibleName("Which jobs")
        self.standing.addItem("Every status", "")
        self.standing.addItem("Unfinished", "unfinished")
        for status in JobStatus:
            self.standing.addItem(WORDS[status], status.value)
        self.standing.currentIndexChanged.connect(lambda _place: self._narrow())
        self.unpaid = QCheckBox("Done and not paid")
        self.unpaid.toggled.connect(lambda _on: self._narrow())
        self.list.bar.addWidget(self.standing)
        self.list.bar.addWidget(self.unpaid)

    def _make_card(self) -> None:
        self.lines = JobLines(
            LineActs(
                self.add_labour,
                self.add_part,
                self.add_other,
                self.change_line,
                self.remove_line,
                self.take_parts,
                self.approve,
                self.withdraw_approval,
            )
        )
        self.papers = JobPapers(
            PaperActs(
                self.estimate, self.invoice, self.credit, self.open_paper, self.pay, self.refund
            )
        )
        self.photos = AttachmentList(self.desk.office.vehicles.thumbnail, self.acts.tell)
        self.photos.added.connect(self.attach)
        self.photos.removed.connect(self.detach)
        self.photos.open_wanted.connect(self.open_attachment)
        self.card = JobCard(
            JobActs(self.close_job, self.edit, self.set_status, self.next_step, self.delete),
            self.lines,
            self.papers,
            self.photos,
            self.pages,
        )
        self.card.vehicle_wanted.connect(lambda number: self.acts.go_to("vehicles", number))
        self.card.customer_wanted.connect(lambda number: self.acts.go_to("customers", number))
        self.card.record_wanted.connect(self.acts.go_to)
        self.at_bay = JobAtBay(self, self.lines.table)

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [PageAction("New job", self.new_job, "Ctrl+N", "open work order")]
        if self.pages.currentWidget() is not self.card:
            found += [
                PageAction("Search jobs", self.search, "Ctrl+F", "find number plate"),
                PageAction("Board or list of jobs", self.turn, "Ctrl+B", "view table"),
                PageAction("Export the list of jobs", self.export_list, "Ctrl+E", "csv excel"),
                PageAction("Read the jobs anew", self.refresh, "F5", "refresh"),
            ]
            if self.chosen() is not None:
                found.append(PageAction("Open the job", self.open_chosen, "Ctrl+Return", "show"))
            return found
        found += [
            PageAction("Back to all jobs", self.close_job, "Esc", "board list"),
            PageAction("Edit the job", self.edit, "E", "change customer complaint promised"),
            PageAction("Add labour", self.add_labour, "L", "hours work line service"),
            PageAction("Add a part", self.add_part, "P", "stock line barcode scan"),
            PageAction("Add another line", self.add_other, "O", "fee sublet flat price"),
            PageAction("Approved by the customer", self.approve, "A", "agree estimate"),
            PageAction("Issue an estimate", self.estimate, "", "offer quote paper"),
            PageAction("Issue the invoice", self.invoice, "I", "bill paper"),
            PageAction("Note a payment", self.pay, "M", "money paid card cash"),
            PageAction("Show the chosen paper", self.open_paper, "", "invoice estimate print"),
            PageAction("Add photos or documents", self.photos.choose_files, "", "picture"),
            PageAction("Next part of the job", self.next_part, "Ctrl+PgDown", "tab"),
            PageAction("Part before of the job", self.part_before, "Ctrl+PgUp", "tab"),
            PageAction("Another status", self.card.steps.showMenu, "S", "waiting done cancel"),
            *self.at_bay.actions(),
        ]
        following = NEXT[self.job.status]
        if following:
            step = money_step(self.job) or f"Take the job on: {WORDS[following[0]].lower()}"
            found.append(PageAction(step, self.next_step, "N", "status arrived bay done"))
        return found

    def shown(self, what: object = None) -> None:
        """Show the jobs; `what` is a job's id, or ("new", whom for) to open one."""
        self.refresh()
        if isinstance(what, str) and what:
            self.open_job(what)
        elif isinstance(what, tuple) and what and what[0] == "new":
            self._new_for(what[1] if len(what) > 1 else None)

    def _new_for(self, whom: object) -> None:
        if isinstance(whom, VehicleRecord):
            self.new_job(
                Job(
                    vehicle_id=whom.id,
                    vehicle=whom.name,
                    customer_id=whom.owner_id,
                    customer=whom.owner,
                    odometer_km=None,
                )
            )
        elif isinstance(whom, Customer):
            self.new_job(Job(customer_id=whom.id, customer=whom.name or whom.company))
        else:
            self.new_job()

    def hidden(self) -> None:
        """Remember the columns."""
        self.list.keep_columns()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Look again now and then: the bay may have recorded something for the job."""
        del snapshot
        if time.monotonic() - self._looked_s > _REFRESH_S and self.form is None and not self.busy:
            self.refresh()

    # Reading

    @property
    def busy(self) -> bool:
        """Whether something is being read or done."""
        return (
            self.list.busy
            or self._boarding.busy
            or self._reading.busy
            or self.photos.busy
            or bool(self.under_way)
        )

    def refresh(self) -> None:
        """Read what is in sight anew, in the background."""
        self._looked_s = time.monotonic()
        office = self.desk.office
        if self.pages.currentWidget() is self.card:
            self.read_job()
        elif self.views.key == _LIST:
            self.list.refresh()
        else:
            self._boarding.ask(lambda: _board(office), self._show_board)

    def _show_board(self, found: tuple[Mapping[JobStatus, Sequence[JobRow]], Shop, int]) -> None:
        jobs, self.shop, everything = found
        here = sum(len(jobs.get(status, ())) for status in UNFINISHED)
        done = len(jobs.get(JobStatus.DONE, ()))
        said = (counted(here, "unfinished job"), f"{done} to be paid" if done else "")
        self.count.setText(", ".join(filter(None, said)) if here or done else "")
        wanted, self._wanted = self._wanted, ""
        self.board.show_jobs(jobs, wanted)
        if self.pages.currentWidget() is not self.card:
            self.pages.setCurrentWidget(self.views if everything else self.empty)

    def _listed(self) -> None:
        if self.views.key == _LIST and self.pages.currentWidget() is not self.card:
            self.count.setText(counted(self.list.total, "job") if self.list.total else "")
            self.pages.setCurrentWidget(self.empty if self.list.empty else self.views)

    def _narrow(self) -> None:
        self.list.narrow(
            status=self.standing.currentData(), unpaid=True if self.unpaid.isChecked() else None
        )

    def read_job(self) -> None:
        """Read the job in sight anew."""
        office, number = self.desk.office, self.job.id or self._wanted
        if number:
            self._reading.ask(lambda: _kept(office, number), self._show_kept)

    def _show_kept(self, kept: _Kept) -> None:
        other = kept.job.id != self.job.id
        self.job, self.shop, self._wanted = kept.job, kept.shop, kept.job.id
        self.card.show_job(kept.job, kept.shop.names)
        self.lines.show_job(kept.job)
        self.papers.show_all(kept.job, kept.papers, kept.payments, kept.balance)
        self.photos.show_all(kept.attachments)
        self.card.show_kept(kept.history, kept.records, len(kept.attachments))
        self.pages.setCurrentWidget(self.card)
        self.count.setText("")
        if other:
            self.lines.table.setFocus()
        self.actions_changed.emit()

    def rights_changed(self) -> None:
        """Show what may be done by whoever is at the desk now."""
        why = self.why_not(Act.KEEP_RECORDS)
        self.card.show_rights(why, self.why_not(Act.DELETE))
        self.lines.show_rights(why)
        self.papers.show_rights(self.why_not(Act.BILL))
        self.photos.show_rights(why)
        if self.primary is not None:
            self.primary.setEnabled(not why)
            self.primary.setToolTip(why or "Open a job at the counter (Ctrl+N)")

    # Where one is

    def chosen(self) -> JobRow | None:
        """Return the job that is chosen on the board or in the list."""
        return self.board.chosen() if self.views.key == _BOARD else self.list.chosen()

    def open_chosen(self) -> None:
        """Open the chosen job."""
        row = self.chosen()
        if row is not None:
            self.open_job(row.id)

    def open_job(self, job_id: str) -> None:
        """Open a job on the whole page."""
        self._wanted, self.job = job_id, Job()
        self.read_job()

    def close_job(self) -> None:
        """Go back to the board or the list."""
        self._reading.forget()
        self._wanted, self.job = self.job.id, Job()
        self.pages.setCurrentWidget(self.views)
        self.refresh()
        self.actions_changed.emit()
        if self.views.key == _BOARD:
            self.board.setFocus()

    def search(self) -> None:
        """Search in the list of all jobs."""
        self.views.turn(_LIST)
        self.list.go_to_search()

    def turn(self) -> None:
        """Show the board instead of the list, or the other way round."""
        self.views.turn_by(1)

    def _turned(self) -> None:
        self.refresh()
        self.actions_changed.emit()

    def next_part(self) -> None:
        """Bring the next part of the job to the front."""
        self.card.tabs.turn_by(1)

    def part_before(self) -> None:
        """Bring the part before to the front."""
        self.card.tabs.turn_by(-1)


def _board(office: "Office") -> tuple[Mapping[JobStatus, Sequence[JobRow]], Shop, int]:
    """Return the board, what forms choose from, and whether there is any job; blocking."""
    jobs = office.jobs.board()
    everything = sum(map(len, jobs.values())) or office.jobs.list(limit=1)[1]
    return jobs, Shop.read(office), everything


def _job_query(office: "Office") -> Query[JobRow]:
    """Return how the list of all jobs is asked for."""

    def query(asked: Asked) -> tuple[Sequence[JobRow], int]:
        filters = dict(asked.filters)
        status = filters.pop("status", "")
        statuses: tuple[JobStatus, ...] = ()
        if status:
            statuses = tuple(UNFINISHED) if status == "unfinished" else (JobStatus(status),)
        return office.jobs.list(
            asked.search,
            limit=asked.limit,
            offset=asked.offset,
            sort=asked.sort or "opened",
            descending=asked.descending if asked.sort else True,
            statuses=statuses,
            **filters,
        )

    return query


def _kept(office: "Office", number: str) -> _Kept:
    """Return all that belongs to a job; blocking."""
    job = office.jobs.get(number)
    return _Kept(
        job,
        Shop.read(office),
        office.jobs.history(job.id),
        office.jobs.records(job.id),
        office.papers.of_job(job.id),
        office.papers.payments(job.id),
        office.papers.balance(job.id),
        office.vehicles.attachments(job_id=job.id),
    )
