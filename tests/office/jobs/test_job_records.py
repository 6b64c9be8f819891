"""What the bay records while a job of the car is open belongs to that job."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.run import TestType
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.jobs.job import OPEN, Job, JobStatus
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import JobOpenAlready, OdometerBack
from cartech_desk.store.dyno import DynoSession, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_at_hand import AT_HAND
from cartech_desk.store.recording_jobs import AT_HAND_THEN
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter
from tests.store.test_alarms import alarm
from tests.store.test_dyno_store import SETUP, SOURCE, driven

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def scan() -> FaultScan:
    return FaultScan(AT, "sim:", "ELM327", "ISO 15765-4 CAN")


def record(counter: Counter, vehicle_id: str) -> str:
    channel = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    writer = counter.store.recordings.begin(vehicle_id, [channel], anchor_ns=monotonic_ns())
    writer.finish()
    return writer.id


def kinds(counter: Counter, job_id: str) -> list[str]:
    return [each.kind for each in counter.jobs.records(job_id)]


def test_the_statement_names_every_state_in_which_the_car_is_here() -> None:
    assert all(f"'{status.value}'" in AT_HAND for status in OPEN)
    assert AT_HAND.count("'") == 2 * len(OPEN) + 2
    assert all(f"'{status.value}'" in AT_HAND_THEN for status in OPEN)
    assert AT_HAND_THEN.count("'") == 2 * len(OPEN) + 2


def test_a_check_up_and_a_recording_belong_to_the_open_job(counter: Counter) -> None:
    car = counter.car()
    before = record(counter, car)
    job = counter.open()
    counter.store.checkups.add(car, scan(), by=TECHNICIAN)
    record(counter, car)
    record(counter, counter.car("Another car"))
    assert sorted(kinds(counter, job.id)) == ["checkup", "recording"]
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    record(counter, car)
    assert before not in [each.ref for each in counter.jobs.records(job.id)]
    assert len(kinds(counter, job.id)) == 2


def test_of_several_open_jobs_it_is_the_one_in_the_bay_else_the_newest(counter: Counter) -> None:
    car = counter.car()
    first, second = counter.open(), counter.open()
    assert counter.jobs.at_hand(car).id == second.id
    counter.jobs.set_status(first.id, JobStatus.IN_BAY, TECHNICIAN)
    assert counter.jobs.at_hand(car).id == first.id
    record(counter, car)
    assert (kinds(counter, first.id), kinds(counter, second.id)) == (["recording"], [])
    assert counter.jobs.at_hand(counter.car("Another car")) is None


def test_another_open_job_of_a_car_is_asked_about_and_told_whose_recordings_are(
    counter: Counter,
) -> None:
    first = counter.open()
    assert counter.jobs.recorded_words(first) == ""
    new = Job(vehicle_id=counter.car(), title="Intake")
    with pytest.raises(JobOpenAlready, match=rf"Job {first.number} .* is open already \(arrived"):
        counter.jobs.open(new, TECHNICIAN)
    assert counter.jobs.list()[1] == 1
    later = counter.jobs.open(replace(new, status=JobStatus.BOOKED), TECHNICIAN)
    with pytest.raises(JobOpenAlready, match=f"Job {later.number} of this car is booked already"):
        counter.jobs.open(replace(new, status=JobStatus.BOOKED), TECHNICIAN)
    second = counter.jobs.open(new, TECHNICIAN, asked=True)
    told = f"belongs to job {second.number}, the one opened last"
    assert told in counter.jobs.recorded_words(second)
    assert told in counter.jobs.recorded_words(counter.jobs.get(first.id))
    counter.jobs.set_status(first.id, JobStatus.IN_BAY, TECHNICIAN)
    assert f"to job {first.number}, in the bay." in counter.jobs.recorded_words(second)
    counter.jobs.set_status(first.id, JobStatus.DONE, TECHNICIAN)
    assert counter.jobs.recorded_words(second) == ""
    other = counter.car("Another car")
    assert counter.jobs.open(replace(new, vehicle_id=other), TECHNICIAN).vehicle_id == other


def test_an_odometer_that_goes_back_is_asked_about(counter: Counter) -> None:
    car = counter.car()
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO odometer (id, vehicle_id, km, read, told, by_name) VALUES "
            "('o', ?, 100000, '2026-01-01T00:00:00.000000+00:00', 'typed', 'Tom')",
            (car,),
        )
    new = Job(vehicle_id=car, title="Intake", odometer_km=90_000)
    with pytest.raises(OdometerBack, match="showed 100,000 km before, and 90,000 km is less"):
        counter.jobs.open(new, TECHNICIAN)
    assert counter.jobs.list()[1] == 0
    job = counter.jobs.open(replace(new, odometer_km=100_000), TECHNICIAN)
    with pytest.raises(JobOpenAlready, match=r"open already.* The odometer showed 100,000 km"):
        counter.jobs.open(new, TECHNICIAN)
    with pytest.raises(OdometerBack, match="99 km is less"):
        counter.jobs.change(replace(job, odometer_km=99), TECHNICIAN)
    assert counter.jobs.get(job.id).odometer_km == 100_000
    job = counter.jobs.change(replace(job, odometer_km=99), TECHNICIAN, asked=True)
    assert counter.jobs.change(replace(job, title="Inlet"), TECHNICIAN).odometer_km == 99


def test_a_record_is_given_to_another_job_by_hand_and_to_none(counter: Counter) -> None:
    first = counter.open()
    counter.store.checkups.add(counter.car(), scan(), by=TECHNICIAN)
    second = counter.open()
    (kept,) = counter.jobs.records(first.id)
    assert kept.words == "no codes read"
    counter.jobs.give_record(second.id, "checkup", kept.ref, TECHNICIAN)
    assert (kinds(counter, first.id), kinds(counter, second.id)) == ([], ["checkup"])
    counter.jobs.drop_record("checkup", kept.ref, TECHNICIAN)
    assert kinds(counter, second.id) == []
    with pytest.raises(NotKept, match="no job"):
        counter.jobs.drop_record("checkup", kept.ref, TECHNICIAN)
    with pytest.raises(FieldsRefused, match="nothing that is recorded"):
        counter.jobs.give_record(second.id, "thought", "x", TECHNICIAN)
    assert counter.actions()[-2:] == ["job.record", "job.record"]


def test_a_deleted_job_holds_no_records(counter: Counter) -> None:
    job = counter.open()
    counter.store.checkups.add(counter.car(), scan(), by=TECHNICIAN)
    counter.jobs.delete(job.id, MANAGER)
    other = counter.open()
    (kept,) = counter.store.checkups.list()
    counter.jobs.give_record(other.id, "checkup", kept.id, TECHNICIAN)
    assert kinds(counter, other.id) == ["checkup"]


def session_of(vehicle_id: str) -> DynoSession:
    return DynoSession(
        "", vehicle_id, "", TECHNICIAN, AT, None, TestType.POWER_PULL, SETUP, (SOURCE,)
    )


def test_a_session_that_begins_belongs_to_the_open_job(counter: Counter) -> None:
    job = counter.open()
    session = counter.store.dyno.begin_session(session_of(counter.car()), TECHNICIAN)
    assert [(each.kind, each.ref) for each in counter.jobs.records(job.id)] == [
        ("session", session.id)
    ]


def test_a_run_that_begins_belongs_to_the_open_job_and_one_from_elsewhere_does_not(
    counter: Counter,
) -> None:
    session = counter.store.dyno.begin_session(session_of(counter.car()), TECHNICIAN)
    job = counter.open()
    run = counter.store.dyno.add_run(driven(session), TECHNICIAN)
    elsewhere = driven(session, ending=RunEnding.IMPORTED, file="a.csv")
    counter.store.dyno.add_run(elsewhere, TECHNICIAN)
    assert [(each.kind, each.ref) for each in counter.jobs.records(job.id)] == [("run", run.id)]


def test_an_alarm_belongs_to_the_job_that_was_open_when_it_came(counter: Counter) -> None:
    job = counter.open()
    raised = alarm(vehicle_id=counter.car())
    counter.store.alarms.keep([raised])
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    counter.open()
    counter.store.alarms.keep([replace(raised, times=2)])
    assert [(each.kind, each.ref) for each in counter.jobs.records(job.id)] == [
        ("alarm", raised.id)
    ]
