"""A job that is made of an appointment, which stands where its job stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, Booked
from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.office.errors import FieldsRefused
from tests.office.jobs.counter_book import BEGIN, MANAGER, TECHNICIAN, Counter, eur


def booked(counter: Counter, **facts: object) -> Appointment:
    given: dict[str, object] = {
        "vehicle_id": counter.car(),
        "starts": BEGIN + timedelta(hours=1),
        "ends": BEGIN + timedelta(hours=3),
        "services": (
            Booked("s-1", "Dyno session", 120, eur(25000)),
            Booked("s-2", "Oil", 30, eur(5000), 700),
        ),
        "notes": "Pulls left",
    } | facts
    return counter.store.appointments.book(Appointment(**given), MANAGER)


def test_the_services_that_were_booked_are_the_jobs_lines(counter: Counter) -> None:
    appointment = booked(counter)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    assert (job.title, job.complaint, job.status) == (
        "Dyno session, Oil",
        "Pulls left",
        JobStatus.ARRIVED,
    )
    assert [(line.words, line.minutes, line.tax_bp) for line in job.lines] == [
        ("Dyno session", 120, 1900),
        ("Oil", 30, 700),
    ]
    assert job.promised == appointment.ends
    now = counter.store.appointments.get(appointment.id)
    assert (now.job_id, now.status) == (job.id, AppointmentStatus.ARRIVED)


def test_an_appointment_has_one_job(counter: Counter) -> None:
    appointment = booked(counter)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    assert counter.jobs.open_from(appointment.id, TECHNICIAN) == job
    assert counter.jobs.list()[1] == 1


def test_an_appointment_without_a_vehicle_is_asked_for_one(counter: Counter) -> None:
    with pytest.raises(FieldsRefused, match="names no vehicle"):
        counter.jobs.open_from(booked(counter, vehicle_id="").id, TECHNICIAN)


def test_the_appointment_stands_where_its_job_stands(counter: Counter) -> None:
    appointment = booked(counter)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    for to in (JobStatus.IN_BAY, JobStatus.WAITING, JobStatus.CANCELLED, JobStatus.BOOKED):
        counter.jobs.set_status(job.id, to, TECHNICIAN)
        assert counter.store.appointments.get(appointment.id).status.value == to.value


def test_a_deleted_job_leaves_its_appointment(counter: Counter) -> None:
    appointment = booked(counter)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    assert counter.store.appointments.get(appointment.id).job_id == ""
    assert counter.jobs.open_from(appointment.id, TECHNICIAN).number == job.number + 1


def test_a_car_that_comes_all_the_same_takes_nobodys_place(counter: Counter) -> None:
    from cartech_desk.domain.appointments.booking import Resource

    bay = counter.store.appointments.keep_resource(Resource(name="Bay 1"), MANAGER).id
    appointment = booked(counter, bay_id=bay)
    job = counter.jobs.open_from(appointment.id, TECHNICIAN)
    counter.jobs.set_status(job.id, JobStatus.CANCELLED, TECHNICIAN)
    other = booked(counter, bay_id=bay, vehicle_id=counter.car("Red Polo"))
    job = counter.jobs.set_status(job.id, JobStatus.ARRIVED, TECHNICIAN)
    assert job.status is JobStatus.ARRIVED
    stands = [counter.store.appointments.get(each.id).status for each in (appointment, other)]
    assert stands == [AppointmentStatus.CANCELLED, AppointmentStatus.BOOKED]
    assert replace(job, version=0).appointment_id == appointment.id
