"""After each act: what is paid, whether the job is paid in full, and since when it counts."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.job import DocumentKind, Job, JobStatus
from cartech_desk.domain.jobs.settling import Balance, balance_of, counts, counts_since
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.store.job_act import JobAct, entity_of, status_told
from cartech_desk.store.job_appointments import follow
from cartech_desk.store.revenue_entries import count, counted, take_back

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules


def balance_in(act: JobAct, job: Job) -> Balance:
    """Return what a job comes to and what was paid, within a transaction."""
    gross = totals(job.lines, job.currency).gross
    return balance_of(gross, act.papers(job.id), act.payments(job.id))


def settle(
    act: JobAct, job: Job, rules: "ShopRules", at: datetime, *, paid_at: datetime | None = None
) -> Job:
    """Let a job that is done be paid or not as its money stands, and count as revenue or not.

    `paid_at` is when the money came that was noted with this act. Its appointment and what search
    finds of it follow. Returns the job as it is then.
    """
    balance = balance_in(act, job)
    if job.status is JobStatus.DONE and balance.settled:
        job = _become(act, job, JobStatus.PAID, at, "paid in full")
    elif job.status is JobStatus.PAID and not balance.settled:
        job = _become(act, job, JobStatus.DONE, at, "no longer paid in full")
    since, day = _earned(act, job, balance, rules, (at, paid_at))
    act.put_paid(job.id, balance.paid, since, day)
    follow(act.audited, job)
    act.let_find(job.id)
    return act.job(job.id)


def _earned(
    act: JobAct,
    job: Job,
    balance: Balance,
    rules: "ShopRules",
    when: tuple[datetime, datetime | None],
) -> tuple[datetime | None, date | None]:
    """Write what was earned, or taken back, by this act; returns since when the job counts.

    `when` is now, and when money came that it noted. A job that goes on to count stays where it was
    counted.
    """
    (now, paid_at), zone = when, ZoneInfo(rules.zone)
    entry = counted(act.connection, job.id)
    if not counts(job.status, balance, counted=entry is not None):
        if entry is not None:
            why = _why(act, job) if balance.taken_back else "money went back"
            take_back(act.connection, entry, now, now.astimezone(zone).date(), why)
        return None, None
    if entry is not None:
        return entry.at, entry.day
    since = counts_since(now, job.done, act.papers(job.id), act.payments(job.id), paid_at)
    day = since.astimezone(zone).date()
    count(act.connection, job, since, day)
    return since, day


def _why(act: JobAct, job: Job) -> str:
    notes = [p.number for p in act.papers(job.id) if p.kind is DocumentKind.CREDIT_NOTE]
    return f"credit note {notes[-1]}"


def _become(act: JobAct, job: Job, to: JobStatus, at: datetime, note: str) -> Job:
    was = job.status
    job = act.update(replace(job, status=to))
    act.note_status(job, at, note)
    act.record(
        Entry(
            "job.status",
            entity_of(job),
            {"status": status_told(was)},
            {"status": status_told(to)},
            note,
        )
    )
    return job
