"""Jobs from arrival to payment: status, lines that take stock, approval."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cartech_desk.domain.clock import utc_now
from cartech_desk.domain.jobs.job import (
    Job,
    JobLine,
    JobRecord,
    JobRow,
    JobStatus,
    LineKind,
    StatusChange,
)
from cartech_desk.office import job_acts, job_deleting, job_line_acts, job_record_acts
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_doubts import recorded_words
from cartech_desk.office.job_line_acts import Blank, How, change_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from cartech_desk.domain.money import Money
    from cartech_desk.domain.people import Actor
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.store import Store


class Jobs:
    """Jobs from arrival to payment: status, lines that take stock, approval.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited; all need KEEP_RECORDS.
    What changes a job takes its `version` and raises Changed where somebody else changed it since;
    None for a version changes it as it is.
    """

    def __init__(
        self,
        store: "Store",
        rules: "Callable[[], ShopRules]",
        *,
        wall: "Callable[[], datetime]" = utc_now,
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall

    # Looking

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "opened",
        descending: bool = True,
        statuses: "Iterable[JobStatus]" = (),
        vehicle_id: str = "",
        customer_id: str = "",
        bay_id: str = "",
        technician_id: str = "",
        since: date | None = None,
        until: date | None = None,
        unpaid: bool = False,
    ) -> tuple[tuple[JobRow, ...], int]:
        """Return jobs and how many there are; `sort` is a name of `store.jobs.SORTS`.

        `since` and `until` are days in the shop's zone on which jobs were opened, the second one
        not included; `unpaid` are those that are done with something due.
        """
        from cartech_desk.store.jobs import JobQuery

        query = JobQuery(
            search,
            tuple(statuses),
            vehicle_id,
            customer_id,
            bay_id,
            technician_id,
            self._begin_of(since),
            self._begin_of(until),
            unpaid,
        )
        return self._store.jobs.list(
            query, limit=limit, offset=offset, sort=sort, descending=descending
        )

    def deleted(self, search: str = "", *, limit: int = 200) -> tuple[JobRow, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        return self._store.jobs.deleted(search, limit)

    def board(self, *, limit: int = 100) -> dict[JobStatus, tuple[JobRow, ...]]:
        """Return the jobs that need somebody: unfinished ones, and done ones not paid yet.

        By status in the order of the board; at most `limit` of each, the oldest first.
        """
        return self._store.jobs.board(limit)

    def standing(self) -> dict[JobStatus, int]:
        """Return how many jobs the board has of each status, whatever its limit."""
        return self._store.jobs.standing()

    def get(self, word: str) -> Job:
        """Return the job that a word means: "1042", an id, a start or end of one, or "last"."""
        return self._store.jobs.get(word)

    def history(self, job_id: str) -> tuple[StatusChange, ...]:
        """Return how a job's status changed, the first change first."""
        return self._store.jobs.history(job_id)

    def records(self, job_id: str) -> tuple[JobRecord, ...]:
        """Return what the bay recorded for a job, in the order of time."""
        return job_record_acts.records(self._store, job_id)

    def at_hand(self, vehicle_id: str) -> Job | None:
        """Return the job that what the bay records of a vehicle belongs to now; None for none."""
        return self._store.jobs.at_hand(vehicle_id)

    def recorded_words(self, job: Job) -> str:
        """Say to which of several open jobs of a car the bay's recordings belong; else nothing."""
        beside = self._store.jobs.beside(job)
        return recorded_words(job, self.at_hand(job.vehicle_id), beside) if beside else ""

    # Opening and changing

    def open(self, job: Job, by: "Actor", *, even_so: bool = False, asked: bool = False) -> Job:
        """Open a job at the counter; id, number, currency and time are given here.

        `status` may be ARRIVED, IN_BAY or BOOKED; without a customer it is the vehicle's owner's.
        `vehicle_id` may be a plate, a VIN or a name too. Its lines are put in as `set_lines` does.
        `asked` says that whoever opens it was asked about another job of the car and its odometer.
        Errors: JobOpenAlready where the car has one that is not done, OdometerBack where it had
        driven further before; FieldsRefused ("vehicle", "customer", "title", …), RightMissing.
        """
        return job_acts.open_job(self._doing(by), job, even_so=even_so, asked=asked)

    def open_from(self, appointment_id: str, by: "Actor", *, asked: bool = False) -> Job:
        """Open the job of an appointment, whose car has arrived; the one that it has already.

        The services that were booked become its lines. Errors: also JobOpenAlready, as `open`.
        """
        return self._shown(job_acts.open_from(self._doing(by), appointment_id, asked=asked))

    def change(self, job: Job, by: "Actor", *, reason: str = "", asked: bool = False) -> Job:
        """Keep new facts of a job: customer, title, complaint, bay, technician, promise, note.

        Lines, status and approval have their own acts. Errors: FieldsRefused, Changed,
        OdometerBack unless `asked`.
        """
        return job_acts.change(self._doing(by), job, reason, asked=asked)

    def new_line(
        self,
        kind: str = LineKind.LABOUR,
        words: str = "",
        *,
        part: str = "",
        service: str = "",
        quantity: "Decimal | None" = None,
        unit_price: "Money | None" = None,
        discount_bp: int = 0,
        tax_bp: int | None = None,
        technician_id: str = "",
        even_so: bool = False,
    ) -> JobLine:
        """Return a line with what the shop knows filled in; nothing is kept yet.

        `part` is an SKU, a barcode or an id, `service` a code or an id. Price, cost, tax and words
        come from the catalogue, labour's price from the rate for an hour, where none is given.
        Errors: NotKept, FieldsRefused, NoPrice (nobody gave it a price; `even_so` at nothing).
        """
        blank = Blank(
            kind, words, part, service, quantity, unit_price, discount_bp, tax_bp, technician_id
        )
        return job_line_acts.new_line(self._store, self._rules(), blank, even_so=even_so)

    @property
    def usual_tax_bp(self) -> int:
        """The rate of tax of a line whose part or service has none of its own. Quick."""
        return self._rules().tax_bp

    @property
    def labour_rate_minor(self) -> int:
        """The price of an hour of labour, in the smallest unit of the shop's currency. Quick."""
        return self._rules().labour_rate_minor

    def set_lines(
        self,
        job_id: str,
        lines: "Sequence[JobLine]",
        by: "Actor",
        *,
        version: int | None = None,
        even_so: bool = False,
        reason: str = "",
    ) -> Job:
        """Let a job have these lines, in this order; stock is taken and given back with it.

        A line with the id of one that is there changes that one. With `even_so` a part's line
        takes what is on the shelf, and the rest with `take_parts` once it is there.
        Errors: FieldsRefused, Changed, OutOfStock, JobClosed; nothing was changed then.
        """
        how = How(version, even_so, reason)
        return change_lines(self._doing(by), job_id, lambda _: tuple(lines), how)

    def add_line(
        self,
        job_id: str,
        line: JobLine,
        by: "Actor",
        *,
        version: int | None = None,
        even_so: bool = False,
    ) -> Job:
        """Add a line behind the others; as `set_lines`."""
        how = How(version, even_so)
        return change_lines(self._doing(by), job_id, job_line_acts.added(line), how)

    def change_line(
        self,
        job_id: str,
        line: JobLine,
        by: "Actor",
        *,
        version: int | None = None,
        even_so: bool = False,
    ) -> Job:
        """Keep a line, named by its id, as it is now; as `set_lines`. Errors: also NotKept."""
        how = How(version, even_so)
        return change_lines(self._doing(by), job_id, job_line_acts.changed_one(line), how)

    def remove_line(
        self, job_id: str, line_id: str, by: "Actor", *, version: int | None = None
    ) -> Job:
        """Take a line off a job, by its id or its place; what it took goes back to the shelf."""
        change = job_line_acts.without(line_id)
        return change_lines(self._doing(by), job_id, change, How(version))

    def take_parts(self, job_id: str, by: "Actor", *, version: int | None = None) -> Job:
        """Take what parts' lines still lack, as far as it is on the shelf now."""
        return job_line_acts.take_parts(self._doing(by), job_id, version)

    def set_status(
        self,
        job_id: str,
        to: JobStatus,
        by: "Actor",
        *,
        note: str = "",
        bay_id: str = "",
        version: int | None = None,
        even_so: bool = False,
    ) -> Job:
        """Take a job to another state (see `domain.jobs.states.NEXT`); its appointment follows.

        `bay_id` says into which bay. A job that is cancelled gives its parts back; one that comes
        back takes again what is there. Errors: StepRefused, PartsMissing (done, but a line has not
        taken its parts), JobClosed (an invoice stands on it, or money was paid), AboveApproval (it
        would be paid at once, without an invoice and not as approved; `even_so` all the same),
        CarBookedThen (it comes back, and its car is booked elsewhere then; likewise),
        FieldsRefused ("bay"), Changed.
        """
        step = job_acts.Step(to, note, bay_id, version, even_so)
        return self._shown(job_acts.set_status(self._doing(by), job_id, step))

    def approve(
        self, job_id: str, who: str, by: "Actor", *, how: str = "", version: int | None = None
    ) -> Job:
        """Note that the customer agreed to the job as it is now: who, and how (by phone).

        Errors: ApprovalRefused for a job without lines, JobClosed, FieldsRefused, Changed.
        """
        return job_acts.approve(self._doing(by), job_id, who, how, version)

    def withdraw_approval(
        self, job_id: str, by: "Actor", reason: str = "", *, version: int | None = None
    ) -> Job:
        """Note that the customer said no: billing it is asked from then on."""
        return job_acts.withdraw_approval(self._doing(by), job_id, reason, version)

    def give_record(
        self,
        job_id: str,
        kind: str,
        ref: str,
        by: "Actor",
        *,
        version: int | None = None,
        even_so: bool = False,
    ) -> None:
        """Let something that the bay recorded belong to a job, and to no other one.

        Errors: AnotherVehicle where it is of another car, which `even_so` allows; JobClosed for a
        job of which nothing came; NotKept, FieldsRefused, Changed.
        """
        job_record_acts.give(self._store, job_id, kind, ref, by, version=version, even_so=even_so)

    def drop_record(self, kind: str, ref: str, by: "Actor", *, version: int | None = None) -> None:
        """Let something that the bay recorded belong to no job; `version` is that job's."""
        job_record_acts.drop(self._store, kind, ref, by, version=version)

    def delete(
        self, job_id: str, by: "Actor", reason: str = "", *, version: int | None = None
    ) -> None:
        """Take a job off every list: one with no invoice and no payment; its parts go back.

        Needs DELETE. `restore` takes it back.
        """
        job_deleting.delete(self._doing(by), job_id, reason, version)

    def restore(self, job_id: str, by: "Actor") -> Job:
        """Put a deleted job back, with what it recorded and the parts that are there now.

        One that was done and lacks parts then waits for them. Its appointment is its own again
        unless another job was opened from it. Needs DELETE. Errors: NotKept, NotDeleted;
        RecordDeleted where its vehicle or customer is deleted too; Taken where it was booked and
        its place is another's by now.
        """
        return self._shown(job_deleting.restore(self._doing(by), job_id))

    def _shown(self, job: Job) -> Job:
        """Let who subscribes to the calendar see where a job's appointment stands now."""
        if job.appointment_id and self._rules().subscription:
            from cartech_desk.office.appointments import Appointments

            Appointments(self._store, self._rules).write_subscription()
        return job

    def _doing(self, by: "Actor") -> Doing:
        return Doing(self._store, self._rules(), by, self._wall)

    def _begin_of(self, day: date | None) -> datetime | None:
        return None if day is None else self._at_midnight(day)

    def _at_midnight(self, day: date) -> datetime:
        zone = ZoneInfo(self._rules().zone)
        return datetime.combine(day, time(), zone).astimezone(UTC)
