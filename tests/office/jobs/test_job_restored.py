"""A job that was deleted by mistake comes back as it was, as far as nobody took its things."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.domain.people import RightMissing
from cartech_desk.store.deleted_rows import NotDeleted, RecordDeleted
from cartech_desk.store.errors import NotKept
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter, fitted, work
from tests.office.jobs.test_job_of_appointment import booked
from tests.office.jobs.test_job_records import kinds, scan


def test_a_deleted_job_comes_back_with_its_parts_and_is_found(counter: Counter) -> None:
    part = counter.part("P1", 2)
    job = counter.open(work(), fitted(part, 2), title="Brakes")
    counter.jobs.delete(job.id, MANAGER, "typed twice")
    assert [row.number for row in counter.jobs.deleted("brakes golf")] == [job.number]
    assert counter.jobs.deleted("gearbox") == ()
    back = counter.jobs.restore(str(job.number), MANAGER)
    assert replace(back, version=0) == replace(job, version=0)
    assert back.version > job.version
    assert counter.on_hand(part) == 0
    assert [row.id for row in counter.jobs.list("brakes")[0]] == [job.id]
    assert counter.jobs.deleted() == ()
    assert [each.ref for each in counter.store.finding.find("brakes")] == [job.id]
    assert counter.actions()[-2:] == ["job.delete", "job.restore"]


def test_a_done_job_whose_parts_are_gone_waits_for_them(counter: Counter) -> None:
    part = counter.part("P1", 1)
    job = counter.done(fitted(part))
    counter.jobs.delete(job.id, MANAGER)
    counter.open(fitted(part))
    back = counter.jobs.restore(job.id, MANAGER)
    assert (back.status, back.done, back.lines[0].taken) == (JobStatus.WAITING, None, 0)
    assert counter.jobs.history(job.id)[-1].note == "restored without its parts"
    assert counter.on_hand(part) == 0


def test_a_cancelled_job_comes_back_and_takes_nothing(counter: Counter) -> None:
    part = counter.part("P1", 1)
    job = counter.open(fitted(part))
    counter.jobs.set_status(job.id, JobStatus.CANCELLED, TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    assert counter.jobs.restore(job.id, MANAGER).status is JobStatus.CANCELLED
    assert counter.on_hand(part) == 1


def test_its_appointment_is_its_own_again_and_what_that_was_carried_over_to(
    counter: Counter,
) -> None:
    first = booked(counter)
    job = counter.jobs.open_from(first.id, TECHNICIAN)
    first = counter.store.appointments.get(first.id)
    day = timedelta(days=1)
    later = replace(first, id="", uid="", starts=first.starts + day, ends=first.ends + day)
    later = counter.store.appointments.follow(first, later, MANAGER)

    def has() -> list[str]:
        return [counter.store.appointments.get(one.id).job_id for one in (first, later)]

    assert has() == [job.id, job.id]
    counter.jobs.delete(job.id, MANAGER)
    assert has() == ["", ""]
    assert counter.jobs.restore(job.id, MANAGER).appointment_id == first.id
    assert has() == [job.id, job.id]


def test_an_appointment_that_has_another_job_by_now_stays_with_that(counter: Counter) -> None:
    appointment = booked(counter)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    other = counter.jobs.open_from(appointment.id, TECHNICIAN)
    assert counter.jobs.restore(job.id, MANAGER).appointment_id == ""
    now = counter.store.appointments.get(appointment.id)
    assert (now.job_id, now.status) == (other.id, AppointmentStatus.ARRIVED)


def test_what_the_bay_recorded_comes_back_but_what_another_job_was_given(counter: Counter) -> None:
    job = counter.open()
    for _ in range(2):
        counter.store.checkups.add(counter.car(), scan(), by=TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    other = counter.open()
    given = counter.store.checkups.list()[0].id
    counter.jobs.give_record(other.id, "checkup", given, TECHNICIAN)
    counter.jobs.restore(job.id, MANAGER)
    assert kinds(counter, job.id) == kinds(counter, other.id) == ["checkup"]


def test_a_record_of_a_deleted_job_belongs_to_none(counter: Counter) -> None:
    job = counter.open()
    counter.store.checkups.add(counter.car(), scan(), by=TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    with pytest.raises(NotKept, match="belongs to no job"):
        counter.jobs.drop_record("checkup", "last", TECHNICIAN)


def test_what_is_on_the_lists_or_was_never_here_is_no_restored_job(counter: Counter) -> None:
    job = counter.open()
    with pytest.raises(NotDeleted, match="1001 is not deleted"):
        counter.jobs.restore(job.id, MANAGER)
    with pytest.raises(NotKept):
        counter.jobs.restore("1002", MANAGER)
    counter.jobs.delete(job.id, MANAGER)
    with pytest.raises(RightMissing):
        counter.jobs.restore(job.id, TECHNICIAN)
    assert counter.jobs.get(job.id).deleted is not None


def test_its_vehicle_comes_back_first(counter: Counter) -> None:
    job = counter.open()
    counter.jobs.delete(job.id, MANAGER)
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE vehicle SET deleted = '2026-03-03'")
    with pytest.raises(RecordDeleted, match="vehicle Blue Golf is deleted"):
        counter.jobs.restore(job.id, MANAGER)
    assert counter.jobs.get(job.id).deleted is not None
