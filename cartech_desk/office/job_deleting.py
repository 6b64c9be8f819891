"""A job that was opened by mistake leaves every list, and comes back."""

from dataclasses import replace

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.states import LET_GO
from cartech_desk.domain.people import Act, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_errors import JobClosed
from cartech_desk.office.job_settling import settle
from cartech_desk.office.job_stock import give_all_back, lacking, take_what_is_there
from cartech_desk.office.job_told import told_job, told_lines
from cartech_desk.store.job_act import JobAct, entity_of
from cartech_desk.store.job_appointments import unlink


def delete(doing: Doing, job_id: str, reason: str, version: int | None) -> None:
    """Take a job off every list. Errors: JobClosed, NotKept, Changed."""
    require(doing.by, Act.DELETE)
    why = checked_reason(reason)
    with doing.act() as act:
        job = act.job(job_id, version)
        if act.papers(job.id) or act.payments(job.id):
            raise JobClosed(
                f"Job {job.number} has papers or payments, which are kept.",
                kept="Nothing was changed.",
                to_do="Cancel it instead; take back its invoice and its payments first.",
            )
        give_all_back(act, job, doing.now)
        act.delete(job, doing.now)
        unlink(act.connection, job.id)
        before = told_job(job) | told_lines(job.lines)
        act.record(Entry("job.delete", entity_of(job), before, reason=why))


def restore(doing: Doing, job_id: str) -> Job:
    """Put a deleted job back. Errors: as `Jobs.restore`."""
    require(doing.by, Act.DELETE)
    with doing.act() as act:
        job = act.restore(act.deleted(job_id))
        if job.status not in LET_GO:
            take_what_is_there(act, job, doing.now)
            job = _waiting(act, doing, act.job(job.id))
        after = told_job(job) | told_lines(job.lines)
        act.record(Entry("job.restore", entity_of(job), after=after))
        return settle(act, job, doing.rules, doing.now)


def _waiting(act: JobAct, doing: Doing, job: Job) -> Job:
    """Let a job wait for its parts that was done with parts which are not there any more."""
    if job.status is not JobStatus.DONE or not lacking(job):
        return job
    waits = act.update(replace(job, status=JobStatus.WAITING, done=None))
    act.note_status(waits, doing.now, "restored without its parts")
    return waits
