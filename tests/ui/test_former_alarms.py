"""Alarms that a desk left unacknowledged when it was closed or cut off: they are still told."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.domain.alarms.limit import Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.store.alarms import CLOSED, AlarmRecord
from cartech_desk.ui.models.former_alarms import former_words
from cartech_desk.ui.pages.alarms import NEVER_SEEN, AlarmsPage
from cartech_desk.ui.pages.today import TodayPage
from cartech_desk.ui.shell.gate import Asking
from cartech_desk.ui.shell.window import Window

CAME = datetime(2026, 3, 1, 12, tzinfo=UTC)
TWO = "2 alarms of before the desk was closed were never acknowledged"


def left(number):
    return AlarmRecord(
        id=str(UUID(int=number + (1 << 120))),
        key="limit:temp_high",
        vehicle_id="v",
        vehicle_name="Blue Civic",
        label="Coolant hot",
        to_do="Lift off.",
        priority=Priority.HIGH,
        level=Level.TRIP,
        state=AlarmState.ACTIVE_UNACKNOWLEDGED,
        raised=CAME,
        cleared=CAME,
        cleared_by=CLOSED,
    )


@pytest.fixture
def two(store):
    store.alarms.keep([left(1), left(2)])


def test_how_many_there_are_is_said_and_nothing_of_none():
    assert former_words(0) == ""
    assert former_words(1).startswith("1 alarm of before the desk was closed was never")
    assert former_words(2) == TWO


def test_today_tells_of_them_and_leads_to_them(desk, acts, two, qtbot):
    page = TodayPage(desk, acts)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: not page.former.isHidden())
    assert page.former.text().startswith(f"{TWO}: look")
    page.former.click()
    assert acts.told.pages == [("alarms", NEVER_SEEN)]


def test_the_page_of_alarms_tells_of_them_and_shows_them_alone(desk, acts, store, two, qtbot):
    page = AlarmsPage(desk, acts)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: not page.former.isHidden())
    page.former.click()
    assert page.in_history
    assert page.former.isHidden()
    assert page.history.unseen.isChecked()
    qtbot.waitUntil(lambda: len(page.history.table.rows) == 2)


def test_once_acknowledged_nothing_is_told_any_more(desk, acts, store, two, qtbot):
    from cartech_desk.domain.people import Actor, Role

    acts.former_alarms.read()
    qtbot.waitUntil(lambda: acts.former_alarms.count == 2)
    for number in (1, 2):
        store.alarms.acknowledge(left(number).id, Actor("t", "Tom", Role.TECHNICIAN))
    acts.acknowledge("any")
    qtbot.waitUntil(lambda: acts.former_alarms.count == 0)


def test_the_door_tells_of_them_too(desk, office, bay, two, qtbot):
    office.session.leave()
    window = Window(desk)
    qtbot.addWidget(window)
    window.start()
    window.show()
    assert window.gate.asking is Asking.SIGN_IN
    bay.alarms.now = AlarmsSnapshot()
    qtbot.waitUntil(lambda: window.gate.alarms.former.words == TWO)
    qtbot.waitUntil(window.gate.alarms.former.isVisible)
