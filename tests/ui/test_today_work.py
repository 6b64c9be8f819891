"""The cars of today and what runs low, by what a person reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, Booked
from cartech_desk.domain.jobs.job import JobRow, JobStatus
from cartech_desk.domain.money import NOTHING
from cartech_desk.domain.parts.part import Level, StockAlert
from cartech_desk.ui.models.today_work import stock_lines, sum_words, work_lines
from cartech_desk.ui.models.work_states import WorkState
from cartech_desk.ui.theme.states import State

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NAMES = {"b1": "Bay 1", "t1": "Ada"}


def job(number, status, **more):
    words = {
        "id": f"job-{number}", "number": number, "title": "Oil change", "status": status,
        "vehicle_id": "v", "vehicle": "Civic", "plate": "AB 12", "customer_id": "c",
        "customer": "Weber", "bay_id": "b1", "technician_id": "t1",
        "opened": NOW - timedelta(hours=1), "promised": None, "done": None, "gross": NOTHING,
        "paid": NOTHING, "approved": False, "above_approval": False, "invoice": "", "version": 1,
    }  # fmt: skip
    return JobRow(**(words | more))


def booked(number, hour, status=AppointmentStatus.BOOKED, **more):
    starts = NOW.replace(hour=hour)
    return Appointment(
        id=f"a-{number}", vehicle="Supra", customer="Kern", starts=starts, status=status,
        ends=starts + timedelta(hours=2), bay_id="b1", zone="Europe/Berlin",
        services=(Booked("s", "Dyno", 120, NOTHING),), **more,
    )  # fmt: skip


def lines(appointments=(), **board):
    by_status = {JobStatus(status): tuple(jobs) for status, jobs in board.items()}
    return work_lines(appointments, by_status, NAMES, NOW, ZONE)


def test_cars_that_are_here_stand_first_then_those_expected_then_those_to_be_paid():
    found = lines(
        [booked(1, 13), booked(2, 11)],
        arrived=[job(2, JobStatus.ARRIVED)],
        in_bay=[job(1, JobStatus.IN_BAY)],
        done=[job(3, JobStatus.DONE)],
    )
    assert [line.opens for line in found] == ["job-1", "job-2", "a-2", "a-1", "job-3"]
    assert [line.page for line in found] == ["jobs", "jobs", "calendar", "calendar", "jobs"]
    assert "done, to be paid" in found[-1].beneath


def test_the_heading_counts_every_row_once():
    found = lines(
        [booked(1, 13), booked(2, 8, AppointmentStatus.ARRIVED)],
        in_bay=[job(1, JobStatus.IN_BAY)],
        waiting_for_parts=[job(2, JobStatus.WAITING)],
        done=[job(3, JobStatus.DONE), job(4, JobStatus.DONE)],
    )
    assert sum_words(found) == "3 cars in work · 1 expected · 2 to be paid"
    assert sum_words(found[:1]) == "1 car in work"
    beyond = {JobStatus.ARRIVED: 2, JobStatus.DONE: 40}
    assert sum_words(found, beyond) == "5 cars in work · 1 expected · 42 to be paid"
    assert sum_words(()) == ""


def test_a_job_tells_car_work_place_and_until_when():
    (line,) = lines(
        [booked(1, 8, AppointmentStatus.IN_BAY, job_id="job-1")],
        in_bay=[job(1, JobStatus.IN_BAY)],
    )
    assert line.words == "Civic · AB 12 · Oil change"
    assert line.beneath == "in the bay · Bay 1 · Ada · Weber · job 1"
    assert line.side == "until 11:00"
    assert line.state is WorkState.IN_BAY


@pytest.mark.parametrize(
    ("opened", "said"),
    [(NOW - timedelta(hours=1), "since 09:00"), (NOW - timedelta(days=2), "since Wed 18 Nov")],
)
def test_a_job_that_was_left_over_says_since_when(opened, said):
    (line,) = lines(arrived=[job(1, JobStatus.ARRIVED, opened=opened)])
    assert line.side == said


def test_who_has_not_come_is_told():
    late, early = lines([booked(1, 8), booked(2, 10)])
    assert late.beneath.startswith("was to be here")
    assert early.beneath.startswith("booked")
    assert early.side == "11:00"


def test_a_car_that_came_and_has_no_job_yet_is_told():
    come = booked(1, 8, AppointmentStatus.ARRIVED)
    (line,) = lines([come, booked(2, 9, AppointmentStatus.ARRIVED, job_id="job-7")])
    assert line.beneath == "arrived · no job yet · Bay 1 · Kern"
    assert (line.page, line.opens, line.state) == ("calendar", "a-1", WorkState.ARRIVED)


def test_a_job_to_which_the_customer_said_no_tells_it():
    (line,) = lines(arrived=[job(1, JobStatus.ARRIVED, said_no=True)])
    assert "customer said no" in line.beneath


def test_appointments_that_were_called_off_are_not_expected():
    those = [booked(1, 8), booked(2, 9, AppointmentStatus.CANCELLED)]
    assert [line.opens for line in lines(those)] == ["a-1"]


def test_a_part_that_runs_low_stands_once_with_its_lower_level():
    alert = StockAlert(
        "1", "p", "Oil 5W-30", Level.WARNING, NOW, Decimal(4), Decimal(5), now=Decimal("1.5")
    )
    lower = replace(alert, id="2", level=Level.REORDER, limit=Decimal(2))
    seen = replace(alert, id="3", part_id="q", part="Filter", now=Decimal(0), acknowledged=NOW)
    found = stock_lines([seen, alert, lower])
    assert [(line.words, line.beneath) for line in found] == [
        ("Oil 5W-30", "1.5 left, reorder at 2"),
        ("Filter", "none left"),
    ]
    assert [line.state for line in found] == [State.WARNING, State.TRIP_GONE]


def test_what_is_left_of_a_part_is_what_is_left_now_not_what_was_when_it_ran_low():
    alert = StockAlert("1", "p", "Oil", Level.REORDER, NOW, Decimal(5), Decimal(5), now=Decimal(0))
    (line,) = stock_lines([alert])
    assert (line.beneath, line.state) == ("none left", State.TRIP)
