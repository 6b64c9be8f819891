"""Jobs, papers and payments within the transaction of one audited act.

What is allowed is decided above (`office.jobs`, `office.papers`), within this transaction.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import Entity
from cartech_desk.domain.jobs.job import IssuedDocument, Job, JobLine, JobStatus, Payment
from cartech_desk.domain.jobs.states import LET_GO, WORDS
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.parts.part import MoveKind, StockMove
from cartech_desk.domain.parts.quantity import quantity_of
from cartech_desk.store import job_records, paper_rows
from cartech_desk.store.deleted_rows import NotDeleted, refuse_deleted
from cartech_desk.store.errors import NotKept
from cartech_desk.store.finding import Entry as Findable
from cartech_desk.store.finding import drop_entry, keep_entry
from cartech_desk.store.instants import instant
from cartech_desk.store.job_appointments import relink
from cartech_desk.store.job_catalogue import told_of
from cartech_desk.store.job_rows import insert_job, job_at, update_job, write_lines
from cartech_desk.store.numbers import next_number
from cartech_desk.store.stock import move_stock
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.audit import Entry
    from cartech_desk.store.audit import AuditedAct

_FIRST: Final = 1001
"""The number of a shop's first job."""


class JobAct:
    """Jobs within one transaction, which nobody else writes beside."""

    def __init__(self, act: "AuditedAct") -> None:
        self._act = act

    @property
    def connection(self) -> "Connection":
        """The transaction's connection, for what belongs to it."""
        return self._act.connection

    @property
    def audited(self) -> "AuditedAct":
        """The act itself, for other tables' rows that change with it."""
        return self._act

    def record(self, entry: "Entry") -> None:
        """Describe what this transaction does."""
        self._act.record(entry)

    # Jobs

    def job(self, word: str, version: int | None = None) -> Job:
        """Return a job as it is now. Errors: NotKept; Changed where it has another version."""
        job = job_at(self.connection, word)
        if job.deleted is not None:
            raise NotKept(
                f"Job {job.number} was deleted.",
                kept="Nothing was changed.",
                to_do=f"Look at the list of jobs again, or restore it (jobs restore {job.number}).",
            )
        if version is not None:
            same_version(f"Job {job.number}", job.version, version)
        return job

    def insert(self, job: Job) -> Job:
        """Write a new job without lines under the next number; returns it."""
        kept = replace(job, number=self._next_job(), lines=(), version=1)
        insert_job(self.connection, kept, self._act.actor.name)
        self.note_status(kept, kept.opened, "")
        return kept

    def _next_job(self) -> int:
        """Return the next job's number, above that of every job there is."""
        last = self.connection.exec_driver_sql("SELECT max(number) FROM job").scalar()
        free = _FIRST if last is None else int(last) + 1
        number = next_number(self.connection, "job", free)
        if number < free:
            self.connection.exec_driver_sql(
                "UPDATE number_series SET next = ? WHERE name = 'job'", (free,)
            )
        return max(number, free)

    def update(self, job: Job) -> Job:
        """Write what may change of a job but its lines; returns it with its new version."""
        update_job(self.connection, job)
        return replace(job, version=job.version + 1)

    def note_status(self, job: Job, at: datetime | None, note: str) -> None:
        """Write the status of now into the job's history."""
        if at is None:
            raise ValueError("a status without its time")
        self.connection.exec_driver_sql(
            "INSERT INTO job_history (job_id, status, at, by_id, by_name, note, bay_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                job.id,
                job.status.value,
                instant(at),
                self._act.actor.id,
                self._act.actor.name,
                note,
                job.bay_id,
            ),
        )

    def put_lines(self, job: Job) -> None:
        """Write a job's lines and its sums; stock is moved by `take` and `give_back`."""
        write_lines(self.connection, job)

    def put_paid(
        self, job_id: str, paid: Money, recognised: datetime | None, day: date | None
    ) -> None:
        """Write what was paid, and since when the job counts as revenue."""
        self.connection.exec_driver_sql(
            "UPDATE job SET paid = ?, recognised = ?, recognised_day = ? WHERE id = ?",
            (
                paid.minor,
                None if recognised is None else instant(recognised),
                None if day is None else day.isoformat(),
                job_id,
            ),
        )

    def delete(self, job: Job, at: datetime) -> None:
        """Take a job off every list. What the bay recorded for it is free for another one."""
        self.connection.exec_driver_sql(
            "UPDATE job SET deleted = ?, version = version + 1 WHERE id = ?", (instant(at), job.id)
        )
        drop_entry(self.connection, "job", job.id)

    def deleted(self, word: str) -> Job:
        """Return a deleted job whose vehicle and customer are kept.

        Errors: NotKept; NotDeleted; RecordDeleted where its vehicle or customer is deleted too.
        """
        job = job_at(self.connection, word)
        if job.deleted is None:
            raise NotDeleted("job", str(job.number))
        refuse_deleted(self.connection, "vehicle", job.vehicle_id, job.vehicle)
        refuse_deleted(self.connection, "customer", job.customer_id, job.customer)
        return job

    def restore(self, job: Job) -> Job:
        """Put a deleted job back, with its appointment where no other job has that by now.

        Search finds it and its parts are taken by what else the act does.
        """
        kept = job if relink(self.connection, job) else replace(job, appointment_id="")
        self.connection.exec_driver_sql("UPDATE job SET deleted = NULL WHERE id = ?", (job.id,))
        update_job(self.connection, kept)
        return self.job(job.id)

    # Stock

    def on_hand(self, part_id: str) -> Decimal:
        """Return how much of a part is on the shelf; nothing for one that is not kept."""
        milli = self.connection.exec_driver_sql(
            "SELECT on_hand_milli FROM part WHERE id = ?", (part_id,)
        ).scalar()
        return quantity_of(int(milli or 0))

    def take(self, job: Job, line: JobLine, quantity: Decimal, at: datetime) -> None:
        """Take so much of a line's part from stock for it. Errors: those of `move_stock`."""
        move = StockMove(
            line.part_id,
            MoveKind.ISSUE,
            -quantity,
            at,
            reason=f"Job {job.number}",
            job_id=job.id,
            job_line_id=line.id,
        )
        move_stock(self._act, move)

    def give_back(self, job: Job, line: JobLine, quantity: Decimal, at: datetime) -> None:
        """Put so much of a line's part back to the shelf."""
        move = StockMove(
            line.part_id,
            MoveKind.RETURN,
            quantity,
            at,
            reason=f"Job {job.number}",
            job_id=job.id,
            job_line_id=line.id,
        )
        move_stock(self._act, move)

    # Papers and payments

    def told(self, job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a paper says of a job's customer and of its vehicle."""
        return told_of(self.connection, job.customer_id, job.vehicle_id)

    def papers(self, job_id: str) -> tuple[IssuedDocument, ...]:
        """Return a job's papers, the oldest first."""
        return paper_rows.papers_of(self.connection, job_id)

    def paper(self, word: str) -> IssuedDocument:
        """Return the paper that a word means. Errors: NotKept."""
        return paper_rows.paper_at(self.connection, word)

    def next_paper(self, series: str) -> int:
        """Take the next number of a series of papers; given back if this transaction fails."""
        return next_number(self.connection, series)

    def number_taken(self, paper: IssuedDocument) -> bool:
        """Tell whether another paper of its kind bears this number, or bore it and was lost."""
        row = self.connection.exec_driver_sql(
            "SELECT 1 FROM issued WHERE kind = ? AND number = ? "
            "UNION ALL SELECT 1 FROM lost_paper WHERE kind = ? AND number = ?",
            (paper.kind.value, paper.number) * 2,
        ).fetchone()
        return row is not None

    def issue(self, paper: IssuedDocument, series: str, sequence: int, customer_id: str) -> None:
        """Write a paper that is issued now."""
        paper_rows.insert_paper(
            self.connection,
            paper,
            series=series,
            sequence=sequence,
            customer_id=customer_id,
            by=self._act.actor,
        )

    def customer_of(self, paper_id: str) -> str:
        """Return the customer to whom a paper was issued; empty for none."""
        found = self.connection.exec_driver_sql(
            "SELECT customer_id FROM issued WHERE id = ?", (paper_id,)
        ).scalar()
        return str(found or "")

    def payments(self, job_id: str) -> tuple[Payment, ...]:
        """Return a job's payments, the oldest first."""
        return paper_rows.payments_of(self.connection, job_id)

    def pay(self, payment: Payment) -> None:
        """Write a payment."""
        paper_rows.insert_payment(self.connection, payment, self._act.actor)

    # What belongs to it

    def has_records(self, job_id: str) -> bool:
        """Tell whether the bay recorded anything for a job."""
        row = self.connection.exec_driver_sql(
            "SELECT 1 FROM job_record WHERE job_id = ? LIMIT 1", (job_id,)
        ).fetchone()
        return row is not None

    def give_record(self, kind: str, ref: str, job_id: str, at: datetime) -> str | None:
        """Let what the bay recorded belong to a job; returns the job that had it."""
        return job_records.give_record(self.connection, kind, ref, job_id, at)

    def drop_record(self, kind: str, ref: str) -> str | None:
        """Let what the bay recorded belong to no job; returns the job that had it."""
        return job_records.drop_record(self.connection, kind, ref)

    def let_find(self, job_id: str) -> None:
        """Let search find a job as it is now."""
        job = job_at(self.connection, job_id)
        row = self.connection.exec_driver_sql(
            "SELECT coalesce(vehicle.plate, ''), coalesce(vehicle.vin, ''), gross, "
            "coalesce(customer.company, '') FROM job "
            "LEFT JOIN vehicle ON vehicle.id = job.vehicle_id "
            "LEFT JOIN customer ON customer.id = job.customer_id WHERE job.id = ?",
            (job.id,),
        ).one()
        plate, vin, gross, company = row
        parts = [job.vehicle, plate, job.customer, WORDS[job.status]]
        if gross and job.status not in LET_GO:
            parts.append(money_text(Money(int(gross), job.currency)))
        keep_entry(
            self.connection,
            Findable(
                "job",
                job.id,
                f"Job {job.number} · {job.title}",
                " · ".join(part for part in dict.fromkeys(parts) if part),
                f"{vin} {company} {job.complaint[:300]} {job.invoice}",
                instant(job.opened) if job.opened is not None else "",
            ),
        )


def entity_of(job: Job) -> Entity:
    """Return what the audit log calls a job."""
    return Entity("job", job.id, f"Job {job.number}", job.vehicle_id)


def status_told(status: JobStatus) -> str:
    """Return a status as the audit log says it."""
    return WORDS[status].lower()
