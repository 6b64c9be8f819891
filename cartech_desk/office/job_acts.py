"""What is done to a job as a whole: opened, changed, taken from state to state, approved."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from uuid_utils import uuid7

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.approval import withdrawn
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.jobs.states import LET_GO, check_step
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import money_text
from cartech_desk.domain.people import Act, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_doubts import ask_before_back, ask_before_opened
from cartech_desk.office.job_fields import CODE, checked_beginning, checked_job, checked_text
from cartech_desk.office.job_line_acts import put_lines
from cartech_desk.office.job_names import check_bay, check_lines, check_names
from cartech_desk.office.job_odometer import ask_before_changed
from cartech_desk.office.job_refusals import (
    ask_before_paid,
    refuse_empty,
    refuse_invoiced,
    refuse_let_go,
    refuse_paid,
)
from cartech_desk.office.job_settling import settle
from cartech_desk.office.job_stock import give_all_back, refuse_lacking, take_what_is_there
from cartech_desk.office.job_told import changed, told_job, told_lines
from cartech_desk.store.appointment_rows import appointment_at
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_act import JobAct, entity_of, status_told
from cartech_desk.store.job_catalogue import is_kept, vehicle_offered

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules


@dataclass(frozen=True, slots=True)
class Step:
    """A step to another state, as it was asked for."""

    to: JobStatus
    note: str = ""
    bay_id: str = ""
    version: int | None = None
    even_so: bool = False


def open_job(doing: Doing, job: Job, *, even_so: bool, asked: bool) -> Job:
    """Open a job at the counter. Errors: as `Jobs.open`, OutOfStock."""
    require(doing.by, Act.KEEP_RECORDS)
    checked_beginning(job.status)
    checked = replace(checked_job(job, doing.now), currency=doing.currency)
    with doing.act() as act:
        check_names(act, checked)
        check_lines(act, checked.lines, ())
        return _opened(act, doing, checked, even_so=even_so, asked=asked)


def open_from(doing: Doing, appointment_id: str, *, asked: bool) -> Job:
    """Open the job of an appointment; return the one that it has already."""
    require(doing.by, Act.KEEP_RECORDS)
    currency = doing.currency
    try:
        with doing.act() as act:
            return _opened_from(act, doing, appointment_id, currency, asked=asked)
    except _Known as known:
        return doing.store.jobs.get(str(known))


def change(doing: Doing, job: Job, reason: str, *, asked: bool) -> Job:
    """Keep new facts of a job. Errors: as `Jobs.change`, NotKept."""
    require(doing.by, Act.KEEP_RECORDS)
    checked = checked_job(job, doing.now)
    why = checked_reason(reason)
    with doing.act() as act:
        before = act.job(job.id, job.version)
        vehicle_id, _ = _vehicle(act, job.vehicle_id)
        if vehicle_id != before.vehicle_id:
            _refuse_another_vehicle(act, before)
        _check_customer(act, checked.customer_id)
        _refuse_frozen(before, checked)
        check_names(act, checked, before)
        kept = replace(
            before,
            vehicle_id=vehicle_id,
            customer_id=checked.customer_id,
            title=checked.title,
            complaint=checked.complaint,
            bay_id=checked.bay_id,
            technician_id=checked.technician_id,
            promised=checked.promised,
            odometer_km=checked.odometer_km,
            note=checked.note,
        )
        if not asked:
            ask_before_changed(act, before, kept, doing.now)
        act.update(kept)
        if kept.status is JobStatus.IN_BAY and kept.bay_id != before.bay_id:
            act.note_status(kept, doing.now, "moved to another bay")
        after = act.job(job.id)
        act.record(
            Entry("job.change", entity_of(after), *changed(told_job(before), told_job(after)), why)
        )
        act.let_find(job.id)
        return after


def set_status(doing: Doing, job_id: str, step: Step) -> Job:
    """Take a job to another state. Errors: as `Jobs.set_status`."""
    require(doing.by, Act.KEEP_RECORDS)
    checked = replace(step, note=checked_reason(step.note))
    with doing.act() as act:
        return _stepped(act, doing, act.job(job_id, step.version), checked)


def approve(doing: Doing, job_id: str, who: str, how: str, version: int | None) -> Job:
    """Note that the customer agreed to the job as it is now. Errors: as `Jobs.approve`."""
    require(doing.by, Act.KEEP_RECORDS)
    name = checked_text(who, "who", "Who approved", needed=True)
    way = checked_text(how, "how", "How it was approved")
    with doing.act() as act:
        job = act.job(job_id, version)
        refuse_let_go(job)
        refuse_empty(job)
        gross = totals(job.lines, job.currency).gross
        kept = replace(
            job, approved_by=name, approved_at=doing.now, approved_gross=gross, approval_note=way
        )
        act.update(kept)
        after = {"approved_by": name, "how": way, "total": money_text(gross)}
        act.record(Entry("job.approve", entity_of(job), _approval(job), after))
        return act.job(job.id)


def withdraw_approval(doing: Doing, job_id: str, reason: str, version: int | None) -> Job:
    """Note that the customer said no. Errors: Changed, FieldsRefused."""
    require(doing.by, Act.KEEP_RECORDS)
    why = checked_reason(reason)
    with doing.act() as act:
        job = act.job(job_id, version)
        note = checked_text(why, "how", "Why the customer said no")
        kept = replace(
            job, approved_by="", approved_at=doing.now, approved_gross=None, approval_note=note
        )
        act.update(kept)
        act.record(Entry("job.approve", entity_of(job), _approval(job), _approval(kept), why))
        return act.job(job.id)


class _Known(Exception):
    """The appointment has its job already; rolls back what changes nothing."""


def _opened(
    act: JobAct, doing: Doing, job: Job, *, even_so: bool = False, asked: bool = False
) -> Job:
    vehicle_id, owner = _vehicle(act, job.vehicle_id)
    customer = job.customer_id or owner
    _check_customer(act, customer)
    new = replace(
        job,
        id=str(uuid7()),
        vehicle_id=vehicle_id,
        customer_id=customer,
        opened=doing.now,
        done=None,
    )
    if not asked:
        ask_before_opened(act, new, doing.now)
    kept = act.insert(new)
    if job.lines:
        put_lines(act, kept, job.lines, doing.now, even_so=even_so)
    kept = act.job(kept.id)
    act.record(Entry("job.open", entity_of(kept), after=told_job(kept) | told_lines(kept.lines)))
    return settle(act, kept, doing.rules, doing.now)


def _opened_from(
    act: JobAct, doing: Doing, appointment_id: str, currency: str, *, asked: bool
) -> Job:
    booking = appointment_at(act.connection, appointment_id)
    if booking.job_id:
        known = act.job(booking.job_id)
        if known.status is not JobStatus.BOOKED:
            raise _Known(known.id)
        return _stepped(act, doing, known, Step(JobStatus.ARRIVED))
    job = checked_job(_of_booking(booking, doing.rules, currency), doing.now)
    return _opened(act, doing, job, asked=asked)


def _stepped(act: JobAct, doing: Doing, job: Job, step: Step) -> Job:
    moved = job.status is step.to is JobStatus.IN_BAY and step.bay_id not in ("", job.bay_id)
    if not moved:
        check_step(job.number, job.status, step.to)
    if step.to in LET_GO or job.status is JobStatus.DONE:
        refuse_invoiced(job)
    if step.to in LET_GO:
        refuse_paid(job)
        give_all_back(act, job, doing.now)
    if job.status in LET_GO and step.to not in LET_GO:
        take_what_is_there(act, job, doing.now)
    if step.to is JobStatus.DONE:
        refuse_lacking(job)
    if step.bay_id and step.bay_id != job.bay_id:
        check_bay(act, step.bay_id)
    after = replace(
        job,
        status=step.to,
        bay_id=step.bay_id or job.bay_id,
        done=doing.now if step.to is JobStatus.DONE else None,
    )
    act.update(after)
    act.note_status(after, doing.now, step.note)
    told = {"status": status_told(step.to)}
    if step.bay_id and step.bay_id != job.bay_id:
        told["bay"] = step.bay_id
    act.record(
        Entry("job.status", entity_of(job), {"status": status_told(job.status)}, told, step.note)
    )
    settled = settle(act, act.job(job.id), doing.rules, doing.now)
    if job.status in LET_GO and not step.even_so:
        ask_before_back(act, settled, doing.rules)
    kept = f"It stays {status_told(job.status)}."
    ask_before_paid(job, settled, even_so=step.even_so, kept=kept, act="make it done")
    return settled


def _of_booking(booking: Appointment, rules: "ShopRules", currency: str) -> Job:
    if not booking.vehicle_id:
        raise FieldsRefused(
            CODE,
            {"vehicle": "The appointment names no vehicle.\nChoose the vehicle that came first."},
        )
    lines = tuple(
        JobLine(
            kind=LineKind.LABOUR,
            words=each.name,
            unit_price=each.price,
            tax_bp=rules.tax_bp if each.tax_bp is None else each.tax_bp,
            service_id=each.service_id,
            technician_id=booking.technician_id,
            minutes=each.minutes,
        )
        for each in booking.services
    )
    return Job(
        vehicle_id=booking.vehicle_id,
        customer_id=booking.customer_id,
        appointment_id=booking.id,
        title=", ".join(line.words for line in lines)[:200] or "Appointment",
        complaint=booking.notes,
        bay_id=booking.bay_id,
        technician_id=booking.technician_id,
        promised=booking.ends,
        currency=currency,
        lines=lines,
    )


def _vehicle(act: JobAct, word: str) -> tuple[str, str]:
    if not word.strip():
        raise FieldsRefused(CODE, {"vehicle": "No vehicle is chosen.\nChoose the one that came."})
    try:
        return vehicle_offered(act.connection, word)
    except NotKept as error:
        raise FieldsRefused(CODE, {"vehicle": f"{error.happened}\n{error.to_do}"}) from error


def _check_customer(act: JobAct, customer_id: str) -> None:
    if customer_id and not is_kept(act.connection, "customer", customer_id):
        raise FieldsRefused(
            CODE, {"customer": "This customer is not kept here any more.\nChoose another one."}
        )


def _refuse_another_vehicle(act: JobAct, job: Job) -> None:
    if act.papers(job.id) or act.has_records(job.id):
        raise FieldsRefused(
            CODE,
            {
                "vehicle": f"Job {job.number} has papers or recordings of {job.vehicle}.\n"
                "Open another job for the other vehicle."
            },
        )


def _refuse_frozen(before: Job, after: Job) -> None:
    """Refuse what an invoice and the sums of a month stand on. Errors: FieldsRefused."""
    if not (before.invoice or before.status is JobStatus.PAID or before.recognised_day):
        return
    if before.invoice:
        why = f"Invoice {before.invoice} stands on job {before.number}.\nTake it back first."
    else:
        why = f"Job {before.number} is paid and counted.\nIt stays as it was counted."
    wrong = {
        name: why
        for name, was, now in (
            ("customer", before.customer_id, after.customer_id),
            ("bay", before.bay_id, after.bay_id),
            ("technician", before.technician_id, after.technician_id),
        )
        if was != now
    }
    if wrong:
        raise FieldsRefused(CODE, wrong)


def _approval(job: Job) -> dict[str, str]:
    if withdrawn(job):
        return {"approved_by": "", "said_no": job.approval_note}
    if job.approved_gross is None:
        return {"approved_by": ""}
    return {
        "approved_by": job.approved_by,
        "how": job.approval_note,
        "total": money_text(job.approved_gross),
    }
