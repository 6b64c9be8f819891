"""An appointment and its job stand where the other stands."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.office.booking_errors import Overlap, StatusRefused
from cartech_desk.office.job_errors import JobOpenAlready
from cartech_desk.office.jobs import Jobs
from cartech_desk.store.errors import Changed

from .calendar_desk import CalendarDesk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = CalendarDesk(tmp_path_factory.mktemp("both"))
    yield made
    made.store.close()


@pytest.fixture
def jobs(desk):
    return Jobs(desk.store, lambda: desk.rules)


def test_the_job_of_an_appointment_follows_the_calendar_and_the_other_way_round(desk, jobs):
    vehicle = desk.store.vehicles.by_name("Golf R")
    kept = desk.book(services=desk.agreed(), vehicle_id=vehicle.id)
    job = jobs.open_from(kept.id, desk.boss)
    assert desk.calendar.get(kept.id).job_id == job.id
    desk.calendar.set_status(desk.boss, kept.id, AppointmentStatus.IN_BAY)
    assert jobs.get(job.id).status is JobStatus.IN_BAY
    jobs.set_status(job.id, JobStatus.WAITING, desk.boss)
    assert desk.calendar.get(kept.id).status is AppointmentStatus.WAITING
    with pytest.raises(StatusRefused, match="job"):
        desk.calendar.delete(desk.boss, kept.id, desk.calendar.get(kept.id).version)


def test_a_job_of_one_that_was_carried_over_moves_the_one_that_goes_on(desk, jobs):
    vehicle = desk.store.vehicles.by_name("Polo")
    kept = desk.book(3, vehicle_id=vehicle.id, bay_id=desk.other_bay.id)
    job = jobs.open_from(kept.id, desk.boss)
    on = desk.calendar.carry_over(desk.boss, kept.id)
    assert on.job_id == job.id
    jobs.set_status(job.id, JobStatus.IN_BAY, desk.boss)
    assert desk.calendar.get(on.id).status is AppointmentStatus.IN_BAY
    assert desk.calendar.get(kept.id).status is AppointmentStatus.ARRIVED


_DAYS = count(1)


def _later():
    """Return the hours until another working day, for each test its own."""
    return 24 * (7 * next(_DAYS))


@pytest.fixture
def with_job(desk, jobs):
    vehicle = desk.store.vehicles.by_name("Golf R")
    kept = desk.book(_later(), customer_id=desk.customer(), vehicle_id=vehicle.id)
    job = jobs.open_from(kept.id, desk.boss, asked=True)
    jobs.set_status(job.id, JobStatus.BOOKED, desk.boss)
    return desk.calendar.get(kept.id)


def test_an_older_version_of_one_with_a_job_is_refused(desk, with_job):
    later = with_job.starts + timedelta(hours=1)
    desk.calendar.move(desk.boss, with_job.id, with_job.version, starts=later)
    with pytest.raises(Changed):
        desk.calendar.set_status(
            desk.boss, with_job.id, AppointmentStatus.CANCELLED, version=with_job.version
        )


def test_the_customer_of_one_with_a_job_is_told(desk, with_job):
    desk.calendar.set_status(
        desk.boss, with_job.id, AppointmentStatus.CANCELLED, version=with_job.version, tell=True
    )
    assert [mail.kind for mail in desk.mailing.list(appointment_id=with_job.id)[0]] == ["cancelled"]


def test_one_with_a_job_that_cannot_come_back_names_what_is_in_the_way(desk, with_job):
    desk.calendar.set_status(desk.boss, with_job.id, AppointmentStatus.CANCELLED)
    desk.calendar.book(desk.boss, replace(with_job, id="", uid="", job_id="", notes="another"))
    with pytest.raises(Overlap, match="Bay 1 is taken"):
        desk.calendar.set_status(desk.boss, with_job.id, AppointmentStatus.BOOKED)


def test_the_car_of_an_appointment_that_has_a_job_is_asked_about(desk, jobs):
    vehicle = desk.store.vehicles.by_name("Lupo")
    first = jobs.open_from(desk.book(_later(), vehicle_id=vehicle.id).id, desk.boss)
    kept = desk.book(_later(), vehicle_id=vehicle.id)
    with pytest.raises(JobOpenAlready, match=f"Job {first.number} of this car is open already"):
        jobs.open_from(kept.id, desk.boss)
    assert not desk.calendar.get(kept.id).job_id
    second = jobs.open_from(kept.id, desk.boss, asked=True)
    assert jobs.open_from(kept.id, desk.boss) == second
