"""The car that was met comes to hand; one that is new here may be the one that was booked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.office.session import NOBODY
from cartech_desk.ui.shell.meeting import Meeting
from cartech_desk.ui.shell.toasts import Toasts
from tests.ui.counter import BY, GOLF_VIN

MET = "WBA00000000000000"


@pytest.fixture
def meeting(desk, acts, qtbot):
    below = QWidget()
    qtbot.addWidget(below)
    made = Meeting(desk, acts, Toasts(below))
    made.below = below
    return made


@pytest.fixture
def meet(meeting, bay, acts, qtbot):
    """Connect the car, and wait until it is at hand."""

    def act():
        bay.connected()
        meeting.show_snapshot(bay.snapshot())
        qtbot.waitUntil(lambda: acts.vehicle is not None and acts.vehicle.vin == MET)

    return act


def booked(desk, acts, **known):
    """Take a vehicle at hand of which the telephone told the plate."""
    record = desk.office.vehicles.add(BY, VehicleRecord(plate="B LU 42", **known))
    acts.take_vehicle(desk.store.vehicles.get(record.id))
    return record


def offers(meeting):
    return [one for one in meeting._toasts.standing if one.button is not None]


def test_a_booked_car_whose_vin_is_new_here_is_asked_for_and_becomes_one(
    meeting, meet, desk, acts, qtbot
):
    record = booked(desk, acts)
    meet()
    (asked,) = offers(meeting)
    assert record.name in asked.words.text()
    assert acts.vehicle.id != record.id  # until somebody says so
    asked.button.click()
    qtbot.waitUntil(lambda: acts.vehicle.id == record.id)
    assert desk.office.vehicles.get(record.id).vin == MET
    assert desk.office.vehicles.list()[1] == 1


def test_a_car_that_is_known_here_is_no_question(meeting, meet, desk, acts):
    known = desk.office.vehicles.add(BY, VehicleRecord(vin=MET, name="Red Golf", vin_kept="so"))
    booked(desk, acts)
    meet()
    assert offers(meeting) == []
    assert acts.vehicle.id == known.id


def test_a_vehicle_with_a_vin_of_its_own_is_never_the_one_that_was_met(meeting, meet, desk, acts):
    booked(desk, acts, vin=GOLF_VIN)
    meet()
    assert offers(meeting) == []


def test_where_nobody_may_change_records_nothing_is_asked(meeting, meet, desk, acts):
    booked(desk, acts)
    desk.office.session.enter(NOBODY)
    meet()
    assert offers(meeting) == []


def test_the_question_stays_until_it_is_answered_and_has_keys(meeting, meet, desk, acts, qtbot):
    record = booked(desk, acts)
    meet()
    (asked,) = offers(meeting)
    assert asked.stays
    assert not asked.timer.isActive()
    assert [one.text() for one in asked.answers] == ["Yes, it is  Alt+Y", "No  Alt+N"]
    with qtbot.waitActive(meeting.below):
        meeting.below.show()
        meeting.below.activateWindow()
    meeting.below.setFocus()
    qtbot.keyClick(meeting.below, Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: acts.vehicle.id == record.id)
    assert offers(meeting) == []


def test_no_leaves_two_vehicles(meeting, meet, desk, acts):
    booked(desk, acts)
    meet()
    offers(meeting)[0].answers[1].click()
    assert offers(meeting) == []
    assert desk.office.vehicles.list()[1] == 2


def test_the_question_goes_with_the_car(meeting, meet, desk, acts, bay):
    booked(desk, acts)
    meet()
    assert offers(meeting)
    bay.link(LinkState.DISCONNECTED, car=None)
    meeting.show_snapshot(bay.snapshot())
    assert offers(meeting) == []


def test_the_question_goes_once_another_vehicle_is_at_hand(meeting, meet, desk, acts):
    record = booked(desk, acts)
    meet()
    acts.take_vehicle(desk.store.vehicles.get(record.id))
    assert offers(meeting) == []
