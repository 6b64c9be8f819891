"""Today, by what a person sees at a glance and where each press leads."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.bay.status import LinkState, RecordingStatus
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor, Role
from cartech_desk.office.audit_book import Verdict
from cartech_desk.office.people import Person, Standing
from cartech_desk.office.session import AtDesk
from cartech_desk.store.recordings import Columns, Ending
from cartech_desk.ui.models.today_words import audit_words, desk_words, link_words
from cartech_desk.ui.models.today_work import StockLine
from cartech_desk.ui.pages import today_cards
from cartech_desk.ui.pages.today import TodayPage
from cartech_desk.ui.pages.today_office import _Day
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import choose_theme

LEFT = Qt.MouseButton.LeftButton
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(today_cards, "_SETTLED_S", 0.0)


@pytest.fixture
def page(qtbot, desk, acts, bay):
    made = TodayPage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    made.tick(bay.snapshot())
    return made


@pytest.fixture
def show(page, bay, qtbot):
    def make(*alarms, **words):
        bay.alarms.now = AlarmsSnapshot(tuple(alarms), armed=words.pop("armed", 14), **words)
        page.tick(bay.snapshot())
        qtbot.wait(1)

    return make


def recorded(store, vehicle, seconds, ending=Ending.STOPPED, note=""):
    anchor = monotonic_ns() - seconds * 10**9
    number = store.vehicles.by_name(vehicle).id
    writer = store.recordings.begin(number, (RPM,), anchor_ns=anchor, note=note)
    t_ns = anchor + np.arange(0, seconds + 1) * 10**9
    writer.write({"rpm": Columns(t_ns, np.ones(len(t_ns)), np.zeros(len(t_ns), np.uint8))})
    return writer.close(ending)


def visible(rows):
    return [row for row in rows if row.isVisible()]


# Calm


def test_a_first_look_says_what_to_do(page, acts, qtbot):
    assert page.link.words == "No car is connected"
    assert page.recording.words == "Not recording"
    assert page.alarms.title.text() == "No alarm"
    assert page.watch.words == "No limits are armed."
    qtbot.waitUntil(page.none_recorded.isVisible)
    qtbot.mouseClick(page.go, LEFT)
    assert acts.told.pages == [("connect", None)]


def test_all_well_is_calm(page, bay, show, acts, store, office):
    bay.connected()
    acts.take_vehicle(store.vehicles.by_name("Blue Civic"))
    office.audit.last_verdict = Verdict(True, 1204, at=datetime.now(UTC))
    show()
    assert page.link.state is State.CONNECTED
    assert page.vehicle.words == "Blue Civic"
    assert page.watch.words == "14 limits are watched."
    assert page.verdict.words.startswith("Whole: 1204 records verified, today")
    cards = (page.alarms, page.bay, page.recordings, page.people, page.audit)
    assert {card.property("card") for card in cards} == {"true"}
    assert page.go.text() == "Go to Live"


def test_a_recording_under_way_is_told(page, bay, show):
    bay.connected()
    bay.start_recording("v1")
    show()
    assert page.recording.state is State.RECORDING
    assert page.recording.words == "Recording 00:00:00"
    bay.recording = replace(bay.recording, problem="The disk is full.")
    show()
    assert page.recording.state is State.WARNING
    assert page.recording.words.endswith("The disk is full.")


# Not calm


def test_alarms_are_unmistakable_and_the_worst_comes_first(page, show, standing_alarm):
    warning = standing_alarm("b", label="Voltage", level=Level.WARNING, worst=Level.WARNING)
    show(standing_alarm("a", first_out=True), warning)
    assert page.alarms.property("card") == "trip"
    assert page.alarms.title.text() == "2 alarms"
    first, second = visible(page.alarm_rows)
    assert first.words.whole == "Coolant 117 °C, trip above 115 °C"
    assert first.to_do.whole == "Lift off and let the engine idle."
    assert first.beneath.whole == "1st · Trip, not acknowledged · for 12 s · Blue Civic"
    assert first.lamp.state is State.TRIP
    assert second.lamp.state is State.WARNING
    show(warning)
    assert page.alarms.property("card") == "warn"
    show()
    assert page.alarms.property("card") == "true"
    assert visible(page.alarm_rows) == []


def test_more_alarms_than_there_is_room_for_are_counted(page, show, standing_alarm):
    alarms = [standing_alarm(f"a{n}") for n in range(9)]
    show(*alarms, standing_alarm("s", AlarmState.SHELVED))
    rows = len(visible(page.alarm_rows))
    assert 2 <= rows <= 4
    assert page.more.text() == f"and {9 - rows} more, 1 shelved or out of service"


def test_limits_that_are_not_watched_are_said(page, show):
    egt = Limit("egt_high", "egt", Comparison.ABOVE, 900, label="Exhaust temperature")
    show(unwatched=(Unwatched(egt, "This car does not tell it."),))
    assert page.watch.state is State.WARNING
    assert "Exhaust temperature" in page.watch.words


def test_silence_is_told_for_as_long_as_it_lasts(page, show, bay):
    show(sound_problem="No loudspeaker.")
    assert page.sound.isVisible()
    show()
    assert not page.sound.isVisible()


def test_a_broken_audit_log_is_unmistakable(page, show, office):
    office.audit.last_verdict = Verdict(
        False, 1204, first_bad_sequence=812, problem="It was changed."
    )
    show()
    assert page.audit.property("card") == "trip"
    assert page.verdict.words == "Audit log broken at record 812: It was changed."


# Acknowledging


def test_an_alarm_is_acknowledged_from_here(page, show, bay, office, standing_alarm, qtbot):
    show(standing_alarm("a"), standing_alarm("b", AlarmState.ACTIVE_ACKNOWLEDGED))
    first, second = visible(page.alarm_rows)
    assert not second.button.isVisible()
    assert first.button.height() >= 44
    qtbot.mouseClick(first.button, LEFT)
    assert bay.alarms.calls[-1] == ("acknowledge", "a", office.session.actor)


def test_the_key_acknowledges_the_worst(page, show, bay, standing_alarm):
    show(standing_alarm("a"), standing_alarm("b"))
    next(one for one in page.actions() if one.shortcut == "A").run()
    assert bay.alarms.calls[-1][:2] == ("acknowledge", "a")


def test_a_press_acts_on_the_alarm_that_stood_there(page, show, bay, standing_alarm, qtbot):
    a, b = standing_alarm("a"), standing_alarm("b")
    show(a)
    button = page.alarm_rows[0].button
    qtbot.mousePress(button, LEFT)
    show(b, a)
    qtbot.mouseRelease(button, LEFT)
    assert bay.alarms.calls[-1][:2] == ("acknowledge", "a")


def test_a_row_that_has_just_changed_takes_no_press(
    page, show, bay, acts, standing_alarm, qtbot, monkeypatch
):
    monkeypatch.setattr(today_cards, "_SETTLED_S", 60.0)
    show(standing_alarm("a"))
    show(standing_alarm("b"), standing_alarm("a"))
    qtbot.mouseClick(page.alarm_rows[0].button, LEFT)
    assert bay.alarms.calls == []
    assert "press again" in acts.told.toasts[-1][0]


def test_with_nobody_signed_in_nothing_is_acknowledged(
    page, show, bay, office, acts, standing_alarm, qtbot
):
    asked = []
    acts.sign_in_wanted.connect(lambda: asked.append(True))
    office.session.leave()
    show(standing_alarm())
    button = visible(page.alarm_rows)[0].button
    assert not button.isEnabled()
    assert "A technician, manager or administrator may" in button.toolTip()
    page._acknowledge("a1")
    assert bay.alarms.calls == []
    assert page.who.words == "Nobody is signed in"
    qtbot.mouseClick(page.sign_in, LEFT)
    assert asked == [True]
    assert acts.told.pages == []


# Where presses lead


@pytest.mark.parametrize(
    ("card", "leads_to"),
    [
        ("alarms", "alarms"),
        ("bay", "live"),
        ("recordings", "recordings"),
        ("people", "people"),
        ("audit", "audit"),
    ],
)
def test_a_press_on_a_card_opens_its_page(page, acts, qtbot, card, leads_to):
    widget = getattr(page, card)
    qtbot.mouseClick(widget.title, LEFT)
    assert acts.told.pages == [(leads_to, None)]
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert acts.told.pages == [(leads_to, None)] * 2


def test_a_press_on_an_alarm_opens_the_page_at_it(page, show, acts, standing_alarm, qtbot):
    show(standing_alarm("a"), standing_alarm("b"))
    qtbot.mouseClick(visible(page.alarm_rows)[1], LEFT)
    assert acts.told.pages == [("alarms", "b")]


def test_the_last_recordings_open_with_a_press(page, store, acts, qtbot):
    recorded(store, "Golf", 30, Ending.POWER_CUT)
    newest = recorded(store, "Civic", 20, note="third gear")
    page.refresh()
    qtbot.waitUntil(lambda: len(visible(page.recording_rows)) == 2)
    first, second = visible(page.recording_rows)
    assert first.words.whole.startswith("Civic, today ")
    assert first.beneath.whole.endswith("third gear")
    assert first.side.text() == "20 s"
    assert second.beneath.whole == "power cut"
    assert second.mark.state is State.WARNING
    qtbot.mouseClick(first, LEFT)
    assert acts.told.pages == [("recordings", newest.id)]


def test_a_recording_that_ended_is_listed_at_once(page, store, acts, qtbot):
    qtbot.waitUntil(page.none_recorded.isVisible)
    recorded(store, "Civic", 20)
    acts.recording_stopped.emit("any")
    qtbot.waitUntil(lambda: len(visible(page.recording_rows)) == 1)
    assert not page.none_recorded.isVisible()


# People


def newcomer(name, standing=Standing.WAITING):
    return Person(
        name, f"{name}@shop.example", name, "", Role.TECHNICIAN, standing, datetime.now(UTC)
    )


def test_an_administrator_sees_who_waits_for_approval(page, office, qtbot):
    office.people.everybody = [newcomer("Nora"), newcomer("Old", Standing.ACTIVE)]
    page.refresh()
    qtbot.waitUntil(page.waiting.isVisible)
    assert page.waiting.words == "1 person waits for approval: Nora"
    assert page.who.words == "Ada Administrator, administrator"


def test_a_technician_is_not_told_who_waits(page, office, qtbot):
    office.people.everybody = [newcomer("Nora")]
    page.refresh()
    qtbot.waitUntil(page.waiting.isVisible)
    office.session.enter(Actor("t", "Tom Technician", Role.TECHNICIAN))
    qtbot.waitUntil(lambda: not page.waiting.isVisible())


def test_a_locked_desk_says_whose_it_is(page, office, show):
    office.session.lock()
    show()
    assert page.who.words == "Locked: Ada Administrator, administrator"
    assert page.sign_in.isVisible()
    assert page.sign_in.text() == "Unlock"


# Words


@pytest.mark.parametrize(
    ("verdict", "key_problem", "state", "words"),
    [
        (None, "", State.OFF, "Not verified yet"),
        (Verdict(True, 1), "", State.CONNECTED, "Whole: 1 record verified"),
        (
            Verdict(True, 9, keyed=False),
            "",
            State.WARNING,
            "Whole: 9 records verified, without the key",
        ),
        (
            Verdict(True, 9, warnings=("There is no anchor here.",)),
            "",
            State.WARNING,
            "Whole: 9 records verified. There is no anchor here.",
        ),
        (
            Verdict(True, 9),
            "the keyring is locked.",
            State.WARNING,
            "New records are not keyed: the keyring is locked.",
        ),
    ],
)
def test_the_audit_log_in_a_line(verdict, key_problem, state, words):
    assert audit_words(verdict, key_problem)[:2] == (state, words)


def test_the_link_in_a_line(bay):
    assert link_words(bay.connection) == (State.OFF, "No car is connected")
    assert link_words(bay.connected())[1] == "Connected, ELM327, simulated car"
    bay.link(LinkState.RECONNECTING)
    assert link_words(bay.connection) == (
        State.WARNING,
        "Link lost, simulated car: trying again",
    )
    bay.link(LinkState.CONNECTED, ignition_on=False)
    assert link_words(bay.connection)[1].startswith("Ignition off")


def test_nobody_at_the_desk_in_a_line():
    assert desk_words(AtDesk()) == (State.OFF, "Nobody is signed in")


def test_nobody_at_the_desk_is_a_warning_while_a_recording_runs(page, bay, desk):
    desk.office.session.leave()
    page.tick(bay.snapshot())
    assert page.people.property("card") == "true"
    bay.recording = RecordingStatus("r", 1)
    page.tick(bay.snapshot())
    assert page.who.state is State.WARNING
    assert page.who.words == "A recording runs and NOBODY IS SIGNED IN"
    assert page.people.property("card") == "warn"
    assert page.sign_in.text() == "Sign in"


# Room and time


@pytest.mark.parametrize("size", [(1294, 692), (1294, 600), (1848, 1004)])
def test_all_of_it_fits_without_scrolling(page, show, standing_alarm, store, qtbot, size):
    for number in range(9):
        recorded(store, f"Car {number}", 3)
    page.refresh()
    page.resize(*size)
    show(*(standing_alarm(f"a{n}") for n in range(9)))
    show(*(standing_alarm(f"a{n}") for n in range(9)))
    qtbot.waitUntil(lambda: len(visible(page.recording_rows)) >= 1)
    qtbot.wait(1)
    assert page.minimumSizeHint().height() <= size[1]
    bottom = max(card.geometry().bottom() for card in (page.recordings, page.audit))
    assert bottom <= size[1]
    for row in visible(page.recording_rows):
        assert row.geometry().bottom() <= page.recording_list.height()


def test_the_page_follows_the_theme_and_the_units(page, show, settings, acts, standing_alarm):
    show(standing_alarm())
    dark = page.grab().toImage()
    choose_theme("light")
    try:
        assert page.grab().toImage() != dark
    finally:
        choose_theme("dark")
    values = settings.values
    screen = values.screen.model_copy(update={"units": "imperial"})
    settings.save(values.model_copy(update={"screen": screen}))
    acts.settings_changed.emit()
    show(standing_alarm())
    assert page.alarm_rows[0].words.whole == "Coolant 243 °F, trip above 239 °F"


def test_ten_pictures_a_second_cost_little(page, show, bay, standing_alarm):
    show(*(standing_alarm(f"n{n:03d}") for n in range(200)))
    times = []
    for _ in range(50):
        snapshot = bay.snapshot()
        begun = time.perf_counter()
        page.tick(snapshot)
        times.append(time.perf_counter() - begun)
    times.sort()
    assert times[len(times) // 2] < 0.005


def test_the_vehicle_at_hand_is_not_named_on_every_alarm(page, bay, standing_alarm):
    bay.alarms.now = AlarmsSnapshot((standing_alarm("a"),), vehicle_id="v1")
    page.tick(bay.snapshot())
    assert "Blue Civic" not in visible(page.alarm_rows)[0].beneath.whole


def test_a_vehicle_without_a_profile_leads_to_its_choice(page, acts, show):
    show(vehicle_id="v", profile="turbo_petrol", limits=(object(),))
    assert page.profile.isHidden()
    show(vehicle_id="v", limits=(object(),))
    assert not page.profile.isHidden()
    page.profile.click()
    assert acts.told.pages[-1] == ("limits", None)


def test_the_heading_of_the_day_s_work_stands_on_top_where_there_is_none(page, qtbot):
    work = page.office.work
    qtbot.waitUntil(page.office.nothing.isVisible)
    assert work.title.mapTo(work, work.title.rect().topLeft()).y() < work.height() // 4


def test_rows_without_room_are_counted_as_a_way_to_their_page(page, qtbot):
    page.refresh()
    qtbot.waitUntil(page.office.nothing.isVisible)
    line = StockLine(State.WARNING, "Oil", "1 left, low at 2", "p", seen=False)
    page.office._show(_Day((), 0, "", (line,) * 9, 9))
    qtbot.waitUntil(lambda: bool(visible(page.office.stock_rows)))
    seen = len(visible(page.office.stock_rows))
    assert seen < 9
    assert page.office.stock.opens.text() == f"{9 - seen} more: all parts  \u203a"
    assert page.office.stock.title.text() == "Low stock · 9 parts"
    page.office._show(_Day((), 0, "", (), 0))
    assert page.office.stock.opens.text() == "all parts  \u203a"
