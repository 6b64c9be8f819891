"""A booking that was left by Esc: all of what was typed is there again."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate

from cartech_desk.domain.appointments.booking import Appointment, Service
from cartech_desk.domain.appointments.calendar import Check
from cartech_desk.ui.widgets.calendar_booking_form import BookingForm, BookingNeeds
from cartech_desk.ui.widgets.record_picker import Pick

NINE = datetime(2026, 3, 16, 9, tzinfo=UTC)
SERVICES = (
    Service(id="oil", name="Oil service", minutes=90),
    Service(id="tyres", name="Tyres", minutes=45),
)
NEEDS = BookingNeeds(
    SERVICES, (), UTC, lambda _: (), lambda _: (), lambda _: None, lambda _: Check(), print, print
)


@pytest.fixture
def opened(qtbot):
    drafts = {}

    def make(starts=NINE):
        one = Appointment(starts=starts, ends=starts + timedelta(hours=1))
        form = BookingForm(one, NEEDS, lambda *_: None, lambda _: None, pytest.fail, drafts=drafts)
        qtbot.addWidget(form)
        form.show()
        return form

    return make


def test_services_and_their_length_are_there_again(opened):
    left = opened()
    left.vehicle.choose(Pick("golf", "Red Golf"))
    left.services.tick("oil")
    left.services.tick("tyres")
    left.confirm.setChecked(False)
    left.reject()
    form = opened()
    assert form.again.isVisible()
    assert form.services.ticked == ("oil", "tyres")
    assert form.when.length.text() == left.when.length.text() == "2 h 15 min"
    assert not form.confirm.isChecked()
    form.services.tick("tyres", ticked=False)
    assert form.when.length.text() == "1 h 30 min"  # nobody typed a length: services still give it


def test_a_time_and_a_length_that_were_typed_are_there_again(opened):
    left = opened()
    left.when.day.setDate(QDate(2026, 3, 18))
    left.when.time.setText("14:3")
    left.when.length.setText("20")
    left.when.length.textEdited.emit("20")
    left.reject()
    form = opened()
    assert form.when.typed == {"day": "2026-03-18", "time": "14:3", "length": "20"}
    form.services.tick("oil")
    assert form.when.length.text() == "20"
    form.start_anew()
    assert form.services.ticked == ()
    assert form.appointment().starts == NINE
    form.services.tick("oil")
    assert form.when.length.text() == "1 h 30 min"


def test_a_place_that_is_pressed_later_keeps_its_time_where_none_was_typed(opened):
    left = opened()
    left.services.tick("tyres")
    left.reject()
    form = opened(NINE + timedelta(hours=4))
    assert form.appointment().starts == NINE + timedelta(hours=4)
    assert form.services.ticked == ("tyres",)
