"""What a person does with a job: its lines, status, approval, photos."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.domain.jobs.job import (
    Job,
    JobLine,
    JobRow,
    JobStatus,
    LineKind,
)
from cartech_desk.domain.jobs.states import NEXT, WORDS
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import Attachment, Customer, VehicleRecord
from cartech_desk.office.job_errors import AskedOfJob
from cartech_desk.store.errors import Changed
from cartech_desk.ui.models.job_words import money_step
from cartech_desk.ui.pages import jobs_forms as forms
from cartech_desk.ui.pages.customers_forms import customer_form
from cartech_desk.ui.pages.jobs_line_form import LineForm
from cartech_desk.ui.pages.jobs_paper_acts import JobsPaperActs
from cartech_desk.ui.pages.vehicles_forms import VehicleForm, customer_pick, vehicle_pick
from cartech_desk.ui.widgets.attachment_list import open_in_viewer
from cartech_desk.ui.widgets.record_form import RecordForm

if TYPE_CHECKING:
    from cartech_desk.ui.widgets.job_lines import JobLines


class JobsActs(JobsPaperActs):
    """The acts; the page that shows the jobs reads anew."""

    lines: "JobLines"
    shop = forms.Shop()

    def open_job(self, job_id: str) -> None:
        """Open a job on the whole page."""
        raise NotImplementedError

    def close_job(self) -> None:
        """Go back to the board or the list."""
        raise NotImplementedError

    # The job

    def new_job(self, job: Job | None = None) -> None:
        """Ask for a new job; `job` holds what is known of it."""
        if not self.refused(Act.KEEP_RECORDS):
            self._ask_job(job or Job())

    def edit(self) -> None:
        """Ask for other facts of the job in sight."""
        if self.job.id and not self.refused(Act.KEEP_RECORDS):
            self._ask_job(self.job)

    def _ask_job(self, job: Job) -> None:
        office, by = self.desk.office, self.acts.actor

        def ask(shop: forms.Shop) -> None:
            self.shop = shop
            self.ask(
                forms.job_form(
                    office,
                    by,
                    job,
                    shop,
                    done=self._opened,
                    bug=self.acts.tell,
                    drafts=self.drafts,
                    add_vehicle=self._ask_vehicle,
                    add_customer=self._ask_customer,
                    parent=self,
                )
            )

        self.do(lambda: forms.Shop.read(office), ask)

    def _opened(self, kept: object) -> None:
        job, recorded = kept if isinstance(kept, tuple) else (kept, "")
        if isinstance(job, Job):
            new = job.id != self.job.id
            said = f"Job {job.number} is {'open' if new else 'kept'}."
            self.acts.say(f"{said} {recorded}".rstrip())
            self.open_job(job.id)

    def _ask_vehicle(self, typed: str) -> None:
        """Ask for a new vehicle, which the job in the form is for then."""
        form, office = self.form, self.desk.office
        if not isinstance(form, RecordForm):
            return
        owner = form.pickers["customer"].chosen

        def chosen(record: object) -> None:
            if isinstance(record, VehicleRecord):
                form.pickers["vehicle"].choose(vehicle_pick(record))

        def take(number: str) -> None:
            self.do(lambda: office.vehicles.get(number), chosen)

        known = VehicleRecord(
            plate=typed, owner_id=owner.id if owner else "", owner=owner.title if owner else ""
        )
        VehicleForm(
            office.vehicles,
            office.customers,
            self.acts.actor,
            known,
            done=chosen,
            bug=self.acts.tell,
            drafts={},
            take=take,
            add_customer=None,
            parent=form,
        ).open()

    def _ask_customer(self, typed: str) -> None:
        """Ask for a new customer, whose job the one in the form is then."""
        form, customers = self.form, self.desk.office.customers
        if not isinstance(form, RecordForm):
            return

        def chosen(customer: object) -> None:
            if isinstance(customer, Customer):
                form.pickers["customer"].choose(customer_pick(customer))

        def take(number: str) -> None:
            self.do(lambda: customers.get(number), chosen)

        customer_form(
            customers,
            self.acts.actor,
            Customer(name=typed),
            done=chosen,
            bug=self.acts.tell,
            drafts={},
            take=take,
            parent=form,
        ).open()

    def delete(self) -> None:
        """Ask whether a job that was opened by mistake shall leave every list."""
        job, office, by = self.job, self.desk.office, self.acts.actor
        if not job.id or self.refused(Act.DELETE):
            return

        def restored(back: Job) -> None:
            self.acts.jobs_changed.emit()
            self.open_job(back.id)

        def undo() -> None:
            self.do(lambda: office.jobs.restore(job.id, by), restored)

        def deleted(_none: object) -> None:
            self.acts.say(f"Job {job.number} is deleted.", undo)
            self.close_job()

        self.ask(
            forms.reason_form(
                office,
                job,
                f"Delete job {job.number}",
                f"Delete job {job.number}",
                words="It leaves every list; parts that it took go back to the shelf. That can be "
                "undone. One with a paper or a payment stays: cancel that one instead.",
                act=lambda seen, why: office.jobs.delete(seen.id, by, why, version=seen.version),
                needed=False,
                done=deleted,
                bug=self.acts.tell,
                parent=self,
            )
        )

    # Status

    def next_step(self) -> None:
        """Take the job in sight to its usual next status; once it is done, to its money."""
        if money_step(self.job):
            (self.pay if self.job.invoice else self.invoice)()
            return
        following = NEXT[self.job.status]
        # A step that is being taken is none that somebody else took.
        if self.job.id and following and not self.under_way:
            self.set_status(following[0])

    def set_status(self, to: JobStatus) -> None:
        """Take the job in sight to another status."""
        if self.job.id:
            self._step(self.job, to)

    def carry(self, row: JobRow, to: JobStatus) -> None:
        """Take a job of the board to another status."""
        self._step(Job(row.id, row.number, bay_id=row.bay_id, version=row.version), to)

    def _step(self, job: Job, to: JobStatus) -> None:
        if self.refused(Act.KEEP_RECORDS):
            return
        office, by = self.desk.office, self.acts.actor

        def act(seen: Job, bay: str = "", note: str = "", *, even_so: bool = False) -> Job:
            return office.jobs.set_status(
                seen.id, to, by, note=note, bay_id=bay, version=seen.version, even_so=even_so
            )

        def done(kept: object) -> None:
            if isinstance(kept, Job):
                self.acts.say(f"Job {kept.number}: {WORDS[kept.status].lower()}.")
            self.took(kept)

        bays = [one for one in self.shop.resources if one.kind is ResourceKind.BAY]
        told = {"done": done, "bug": self.acts.tell, "parent": self}

        def refused(error: BaseException) -> None:
            if not isinstance(error, AskedOfJob):
                self._refused(error)
                return
            title = f"Job {job.number}: {WORDS[to].lower()}"
            even_so = partial(act, even_so=True)
            self.ask(forms.even_so_form(office, job, title, error.message, even_so, **told))

        if to is JobStatus.CANCELLED:
            self.ask(
                forms.reason_form(
                    office,
                    job,
                    f"Cancel job {job.number}",
                    f"Cancel job {job.number}",
                    words="The parts that it took go back to the shelf.",
                    act=lambda seen, reason: act(seen, note=reason),
                    needed=False,
                    **told,
                )
            )
        elif to is JobStatus.IN_BAY and not job.bay_id and len(bays) > 1:
            self.ask(forms.bay_form(office, self.shop, job, act, **told))
        else:
            only = bays[0].id if to is JobStatus.IN_BAY and not job.bay_id and bays else ""
            self.do(lambda: act(job, only), done, refused)

    def _refused(self, error: BaseException) -> None:
        self.acts.tell(error)
        if isinstance(error, Changed):
            self.refresh()

    # Lines

    def add_labour(self) -> None:
        """Ask for hours of work."""
        self._ask_line(JobLine(kind=LineKind.LABOUR))

    def add_part(self) -> None:
        """Ask for a part."""
        self._ask_line(JobLine(kind=LineKind.PART))

    def add_other(self) -> None:
        """Ask for a fee, a sublet or a flat price."""
        self._ask_line(JobLine(kind=LineKind.OTHER))

    def change_line(self) -> None:
        """Ask for other facts of the chosen line."""
        line = self.lines.chosen()
        if line is not None:
            self._ask_line(line)

    def _ask_line(self, line: JobLine) -> None:
        if self.job.id and not self.refused(Act.KEEP_RECORDS):
            self.ask(
                LineForm(
                    self.desk.office,
                    self.acts.actor,
                    self.job,
                    line,
                    self.shop,
                    done=self.took,
                    bug=self.acts.tell,
                    parent=self,
                )
            )

    def remove_line(self) -> None:
        """Take the chosen line off; it can be put back for a moment."""
        line, job, jobs, by = self.lines.chosen(), self.job, self.desk.office.jobs, self.acts.actor
        if line is None or self.refused(Act.KEEP_RECORDS):
            return

        def back() -> None:
            # It joins whatever stands there by now: no version is needed, nothing is overwritten.
            again = replace(line, id="")
            self._change(lambda: jobs.add_line(job.id, again, by))

        def removed(left: Job) -> None:
            self.acts.say(f"“{line.words}” is taken off the job.", back)
            self.took(left)

        self.do(
            lambda: jobs.remove_line(job.id, line.id, by, version=job.version),
            removed,
            self._refused,
        )

    def take_parts(self) -> None:
        """Take what lines still lack, as far as it is on the shelf."""
        jobs, by, job = self.desk.office.jobs, self.acts.actor, self.job
        if job.id and not self.refused(Act.KEEP_RECORDS):
            self._change(lambda: jobs.take_parts(job.id, by, version=job.version))

    def _change(self, act: Callable[[], object]) -> None:
        self.do(act, self.took, self._refused)

    # Approval

    def approve(self) -> None:
        """Ask who agreed to the job as it is now."""
        job = self.job
        if job.id and not self.refused(Act.KEEP_RECORDS):
            self.ask(
                forms.approve_form(
                    self.desk.office,
                    self.acts.actor,
                    job,
                    totals(job.lines, job.currency).gross,
                    done=self.took,
                    bug=self.acts.tell,
                    parent=self,
                )
            )

    def withdraw_approval(self) -> None:
        """Ask why the customer did not agree after all."""
        job, office, by = self.job, self.desk.office, self.acts.actor
        if job.id and not self.refused(Act.KEEP_RECORDS):
            self.ask(
                forms.reason_form(
                    office,
                    job,
                    f"Approval of job {job.number}",
                    "It is not approved",
                    words="It is noted that the customer did not agree after all.",
                    act=lambda seen, why: office.jobs.withdraw_approval(
                        seen.id, by, why, version=seen.version
                    ),
                    needed=False,
                    done=self.took,
                    bug=self.acts.tell,
                    parent=self,
                )
            )

    # Photos

    def attach(self, files: Sequence[Path]) -> None:
        """Keep photos and documents with the job, one after the other."""
        job, vehicles, by = self.job, self.desk.office.vehicles, self.acts.actor
        if not files or not job.id or self.refused(Act.KEEP_RECORDS):
            return
        first, rest = files[0], list(files[1:])

        def kept(_one: Attachment) -> None:
            self.attach(rest)
            self.refresh()

        def refused(error: BaseException) -> None:
            self.acts.tell(error)
            self.attach(rest)

        self.do(
            partial(vehicles.attach, by, first, vehicle_id=job.vehicle_id, job_id=job.id),
            kept,
            refused,
        )

    def detach(self, one: Attachment) -> None:
        """Take a photo or document away."""
        vehicles, by = self.desk.office.vehicles, self.acts.actor
        if not self.refused(Act.KEEP_RECORDS):
            self._change(lambda: vehicles.detach(by, one.id))

    def open_attachment(self, one: Attachment) -> None:
        """Open a photo or document in the system's viewer."""
        vehicles = self.desk.office.vehicles

        def opened(path: Path) -> None:
            if not open_in_viewer(path):
                self.acts.say(f"No program opens it. The file is here: {path}")

        self.do(lambda: vehicles.attachment_path(one.id), opened)
