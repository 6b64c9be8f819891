"""The bar on top, the strip and the bar at the foot: alarms and limits on every page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm, Unwatched
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import NotSignedIn
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.application import dress, make_window
from cartech_desk.ui.pages import index
from cartech_desk.ui.pages.index import Group, PageEntry
from cartech_desk.ui.pages.page import Page
from cartech_desk.ui.shell import alarm_place
from cartech_desk.ui.shell.alarm_place import bar_words
from cartech_desk.ui.shell.banner import Tone
from cartech_desk.ui.shell.rail import Rail
from cartech_desk.ui.shell.status_bar import safety_words
from cartech_desk.ui.shell.trip_strip import advice, also_words, urgent
from cartech_desk.ui.shell.window import Window
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import choose_theme

SECOND = 10**9


def alarm(**changes):
    now = monotonic_ns()
    made = StandingAlarm(
        id="a1",
        key="limit:temp_high",
        state=AlarmState.ACTIVE_UNACKNOWLEDGED,
        level=Level.WARNING,
        worst=Level.WARNING,
        priority=Priority.HIGH,
        label="Coolant",
        to_do="Reduce load and watch it.",
        action=Action.SOUND,
        channel="temp",
        unit="degC",
        vehicle_id="v",
        vehicle_name="Blue Civic",
        raised_ns=now - 12 * SECOND,
        raised=datetime.now(UTC),
        value=117.0,
        worst_value=118.0,
        edge=110.0,
        comparison=Comparison.ABOVE,
    )
    return replace(made, **changes)


def trip(**changes):
    return alarm(**{"id": "t1", "level": Level.TRIP, "worst": Level.TRIP, **changes})


def limit(key="rpm_high"):
    return Limit(key, "rpm", Comparison.ABOVE, warning=6000.0)


@pytest.fixture
def window(qtbot, desk, monkeypatch):
    monkeypatch.setattr(
        PageEntry, "page_class", lambda entry: type("PlainPage", (Page,), {"key": entry.key})
    )
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.clock.stop()


def show(window, bay, *alarms, **more):
    bay.alarms.now = AlarmsSnapshot(standing=alarms, armed=9, **more)
    window._tick()


# Words


def test_the_bar_says_how_many_and_the_worst_with_its_age():
    one = alarm()
    now = one.raised_ns + 12 * SECOND
    assert (
        bar_words(AlarmsSnapshot(standing=(one,)), now, UnitSystem.METRIC)
        == "1 alarm: Coolant 117 °C · 00:12"
    )
    two = AlarmsSnapshot(standing=(one, alarm(id="a2")))
    assert bar_words(two, now, UnitSystem.IMPERIAL).startswith("2 alarms: Coolant 243 °F")


def test_an_alarm_that_is_gone_or_latched_says_so():
    gone = alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE)
    latched = alarm(state=AlarmState.LATCHED, level=Level.NONE)
    for one, word in ((gone, "gone"), (latched, "latched")):
        words = bar_words(AlarmsSnapshot(standing=(one,)), one.raised_ns, UnitSystem.METRIC)
        assert words.endswith(f"· {word}")


def test_no_alarm_is_said_only_where_something_is_watched():
    assert bar_words(AlarmsSnapshot(armed=3), 0, UnitSystem.METRIC) == "no alarm"
    assert bar_words(AlarmsSnapshot(), 0, UnitSystem.METRIC) == "no limit is watched"


def test_no_alarm_names_what_is_shelved_and_a_missing_profile(window, bay):
    shelved = AlarmsSnapshot(armed=3, standing=(alarm(state=AlarmState.SHELVED),))
    assert bar_words(shelved, 0, UnitSystem.METRIC) == "no alarm · 1 shelved"
    show(window, bay, alarm(state=AlarmState.SHELVED))
    assert window.top_bar.alarms._shown[0] is State.SHELVED
    show(window, bay, limits=(limit(),), vehicle_id="v")
    assert "no alarm · no profile" in window.top_bar.alarms.worst.text()
    assert window.top_bar.alarms._shown[0] is State.WARNING
    assert "has no profile" in window.top_bar.alarms.worst.toolTip()


def test_the_foot_says_how_many_limits_are_armed():
    assert safety_words(AlarmsSnapshot(armed=9), connected=True) == (
        State.CONNECTED,
        "9 limits armed",
    )
    some = AlarmsSnapshot(armed=7, unwatched=(Unwatched(limit(), "x"), Unwatched(limit(), "y")))
    assert safety_words(some, connected=True) == (
        State.WARNING,
        "2 of 9 limits cannot be watched",
    )
    assert safety_words(
        AlarmsSnapshot(armed=4, limits=(limit(),), vehicle_id="v"), connected=True
    ) == (State.WARNING, "4 limits armed, no profile")
    none = AlarmsSnapshot(unwatched=(Unwatched(limit(), "not connected"),))
    assert safety_words(none, connected=False) == (State.OFF, "limits not armed")
    assert safety_words(none, connected=True)[0] is State.WARNING


def test_only_trips_press_on_every_page():
    stop = alarm(id="s", action=Action.STOP_RUN)
    over = trip(id="o", state=AlarmState.RETURNED_UNACKNOWLEDGED)
    latched = trip(id="l", state=AlarmState.LATCHED)
    shelved = trip(id="h", state=AlarmState.SHELVED)
    found = urgent(AlarmsSnapshot(standing=(trip(), stop, over, alarm(), latched, shelved)))
    assert [one.id for one in found] == ["t1", "o"]


def test_a_warning_never_advises_to_stop():
    assert advice(alarm(action=Action.STOP_RUN, to_do="Lift off.")) == "Lift off."


@pytest.mark.parametrize(
    ("to_do", "said"),
    [
        ("Lift off.", "Stop the run. Lift off."),
        ("Stop the run. Lift off.", "Stop the run. Lift off."),
        ("", "Stop the run."),
    ],
)
def test_a_stop_is_advised_once_and_first(to_do, said):
    assert advice(trip(action=Action.STOP_RUN, to_do=to_do)) == said


# The window


def test_an_alarm_that_asks_stands_on_a_filled_field_and_an_acknowledged_one_does_not(window, bay):
    place = window.top_bar.alarms
    show(window, bay, alarm())
    assert (place.worst.property("level"), place.worst.property("asks")) == ("warn", True)
    assert place.acknowledge.isVisible()
    show(window, bay, trip(state=AlarmState.ACTIVE_ACKNOWLEDGED))
    assert (place.worst.property("level"), place.worst.property("asks")) == ("trip", False)
    assert not place.acknowledge.isVisible()
    show(window, bay)
    assert place.worst.property("level") == ""


def test_the_lamp_of_what_asks_changes_its_size_and_stands_still_once_acknowledged(window, bay):
    place = window.top_bar.alarms

    def sizes(one):
        seen = set()
        for half in range(4):
            picture = replace(bay.snapshot(), now_ns=half * SECOND // 2)
            place.show_snapshot(
                replace(picture, alarms=AlarmsSnapshot(standing=(one,))), UnitSystem.METRIC
            )
            seen.add(place.worst.icon().cacheKey())
        return len(seen)

    assert sizes(alarm(raised_ns=0)) > 1
    assert sizes(alarm(raised_ns=0, state=AlarmState.ACTIVE_ACKNOWLEDGED)) == 1


def test_a_press_on_the_worst_alarm_opens_the_alarms(qtbot, window, bay):
    show(window, bay, alarm())
    qtbot.mouseClick(window.top_bar.alarms.worst, Qt.MouseButton.LeftButton)
    assert window.page.key == "alarms"


def test_f9_acknowledges_the_worst_that_asks_in_the_name_of_who_is_signed_in(
    qtbot, window, bay, desk
):
    show(window, bay, trip(state=AlarmState.ACTIVE_ACKNOWLEDGED), alarm())
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert bay.alarms.calls[-1] == ("acknowledge", "a1", desk.office.session.actor)


def test_f9_without_an_alarm_says_so(qtbot, window, bay):
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert "No alarm asks" in window.toasts.standing[-1].words.text()


def test_f10_silences_for_as_long_as_is_set_and_the_seconds_are_shown(qtbot, window, bay):
    show(window, bay, alarm(), sounding=Level.WARNING)
    assert window.top_bar.alarms.sound.text() == "Silence  F10"
    qtbot.keyClick(window, Qt.Key.Key_F10)
    assert ("silence", 120.0) in bay.alarms.calls
    show(window, bay, alarm(), silent_until_ns=monotonic_ns() + 87 * SECOND)
    assert window.top_bar.alarms.sound.text() in {"Silent 87 s", "Silent 86 s"}


def test_a_sound_that_cannot_be_heard_is_said_where_one_would_silence_it(qtbot, window, bay):
    show(window, bay, sound_problem="there is no sound device.")
    assert window.top_bar.alarms.sound.isVisible()
    assert window.top_bar.alarms.sound.text() == "No sound"
    assert "no sound device" in window.top_bar.alarms.sound.toolTip()


def test_a_trip_says_what_to_do_on_every_page_until_it_is_over_and_acknowledged(window, bay):
    for page in ("today", "settings"):
        window.open_page(page)
        show(window, bay, trip(action=Action.STOP_RUN, to_do="Lift off."))
        assert window.trip_strip.isVisible()
        assert window.trip_strip.to_do.text() == "Stop the run. Lift off."
    show(window, bay, trip(state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE))
    assert window.trip_strip.to_do.text() == "It is over now: acknowledge it."
    assert window.trip_strip.property("asks") is True
    show(window, bay, trip(state=AlarmState.ACTIVE_ACKNOWLEDGED))
    assert window.trip_strip.property("asks") is False
    show(window, bay, trip(state=AlarmState.LATCHED, level=Level.NONE))
    assert not window.trip_strip.isVisible()


def test_a_warning_presses_on_no_page(window, bay):
    show(window, bay, alarm())
    assert not window.trip_strip.isVisible()


def test_the_foot_opens_the_limits_and_says_what_the_desk_is_not(qtbot, window, bay):
    show(window, bay)
    assert "no emergency stop" in window.status_bar.safety.toolTip()
    qtbot.mouseClick(window.status_bar.safety, Qt.MouseButton.LeftButton)
    assert window.page.key == "limits"


def test_a_refusal_for_want_of_a_name_offers_to_sign_in(qtbot, window, bay):
    bay.alarms.refuse = NotSignedIn("Nobody is signed in who may do this.", to_do="Sign in.")
    show(window, bay, alarm())
    window.acts.acknowledge_worst()
    qtbot.waitUntil(lambda: window.banners.banner("refused-not_signed_in") is not None)
    banner = window.banners.banner("refused-not_signed_in")
    banner.buttons.itemAt(0).widget().click()
    assert window.gate.asking is window.gate.asking.TAKE_OVER


def test_alarms_that_cannot_be_kept_are_said_and_nobody_puts_that_away(window, bay):
    show(window, bay, problem="The history of alarms cannot be written: the disk is full.")
    banner = window.banners.banner("alarms-problem")
    assert "disk is full" in banner.headline.text()
    assert banner.buttons.count() == 0
    show(window, bay)
    assert window.banners.banner("alarms-problem") is None


# The vehicle at hand


def test_the_vehicle_at_hand_brings_its_limits(qtbot, window, bay, desk):
    vehicle = desk.store.vehicles.by_name("Blue Civic")
    window.acts.take_vehicle(vehicle)
    window.acts.take_vehicle(None)
    calls = [call for call in bay.alarms.calls if call[0] == "use_vehicle"]
    assert calls == [("use_vehicle", vehicle.id), ("use_vehicle", "")]


def test_what_is_pressed_in_the_bar_on_top_is_as_high_as_a_gloved_finger_needs(
    qtbot, qapp, desk, bay
):
    window = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(window)
    window.start()
    window.show()
    show(window, bay, trip(), sounding=Level.TRIP)
    place = window.top_bar.alarms
    for button in (place.worst, place.acknowledge, place.sound, window.top_bar.operator):
        assert button.height() >= 44
        assert button.mapTo(window.top_bar, button.rect().bottomLeft()).y() < 48
    window.clock.stop()


@pytest.mark.parametrize("width", [900, 1366])
def test_the_worst_alarm_is_read_in_every_width(qtbot, qapp, desk, bay, width):
    window = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(window)
    window.resize(width, 700)
    window.start()
    window.show()
    show(window, bay, trip(), sounding=Level.TRIP)
    qtbot.waitUntil(lambda: window.width() == width)
    window._tick()
    place = window.top_bar.alarms
    assert "Coolant 117 °C" in place.worst.text()
    for button in (place.worst, place.acknowledge, place.sound):
        assert button.width() >= button.sizeHint().width()
        assert button.mapTo(window, button.rect().topRight()).x() < width
    window.clock.stop()


# The rail


def many_pages(number):
    live = next(entry for entry in index.PAGES if entry.key == "live")
    foot = next(entry for entry in index.PAGES if entry.group is Group.FOOT)
    return (*(replace(live, key=f"page{place}") for place in range(number)), foot)


@pytest.mark.parametrize("number", [9, 19])
def test_every_page_of_the_rail_is_reached_in_a_low_window(qtbot, qapp, desk, number):
    rail = Rail(many_pages(number))
    dress(qapp, desk).put_on(rail)
    qtbot.addWidget(rail)
    rail.resize(72, 768)
    rail.show()
    qtbot.wait(20)
    for place in range(number):
        button = rail.button(f"page{place}")
        rail.set_current(f"page{place}")
        assert button.height() >= 44
        shown = button.mapTo(rail.scroll.viewport(), button.rect().center())
        assert rail.scroll.viewport().rect().contains(shown)
    foot = rail.button("settings")
    assert foot.mapTo(rail, foot.rect().bottomLeft()).y() < 768
    choose_theme("light")
    choose_theme("dark")
    qapp.processEvents()
    assert rail.button("page0").height() >= 44


# The strip


def strip_of(qtbot, window, bay, width, *alarms, **more):
    window.resize(width, 768)
    show(window, bay, *alarms, **more)
    strip = window.trip_strip
    qtbot.waitUntil(lambda: strip.width() > width - 250)
    return strip


@pytest.mark.parametrize("width", [1366, 1920])
def test_the_strip_stands_on_one_line_and_names_the_others(qtbot, window, bay, width):
    others = [trip(id=f"o{n}", label=label) for n, label in enumerate(("Over-boost", "Oil hot"))]
    first = trip(action=Action.STOP_RUN, to_do="Lift off and let it run at light load.")
    strip = strip_of(qtbot, window, bay, width, first, *others, vehicle_id="v")
    assert strip.lines == 1
    assert "also Over-boost, Oil hot" in strip.what.text()
    assert strip.what.fontMetrics().horizontalAdvance(strip.what.text()) <= strip.what.width()
    assert strip.to_do.fontMetrics().horizontalAdvance(strip.to_do.text()) <= strip.to_do.width()


def test_a_long_way_out_is_never_cut_and_the_names_stand_below(qtbot, window, bay):
    words = "Switch the engine off and check the regulator before anything boils or burns. " * 3
    others = [trip(id=f"o{n}", label=f"A rather long alarm {n}") for n in range(9)]
    strip = strip_of(qtbot, window, bay, 1366, trip(to_do=words.strip()), *others)
    assert strip.to_do.text() == words.strip()
    assert strip.to_do.height() >= strip.to_do.heightForWidth(strip.to_do.width())
    assert strip.lines == 2
    assert strip.what.geometry().bottom() <= strip.height()
    assert "A rather long alarm 0" in strip.what.text()


def test_the_strip_does_not_keep_the_window_wide(qtbot, window, bay):
    strip_of(qtbot, window, bay, 1920, trip(to_do="Lift off. " * 12))
    window.resize(1100, 768)
    qtbot.waitUntil(lambda: window.trip_strip.width() < 1100)
    assert window.width() == 1100


def test_another_vehicle_is_named_on_the_strip_and_the_one_at_hand_is_not(qtbot, window, bay):
    strip = strip_of(qtbot, window, bay, 1366, trip(), vehicle_id="v")
    assert "Blue Civic" not in strip.what.text()
    strip = strip_of(qtbot, window, bay, 1366, trip(), vehicle_id="another")
    assert strip.what.text().startswith("Blue Civic, Coolant")


def test_names_of_the_others_are_said_once_and_counted_where_they_are_many():
    others = [trip(id=str(n), label=label) for n, label in enumerate("AABC")]
    assert also_words(others, 9) == "also A, B, C"
    assert also_words(others, 1) == "also A and 2 more"
    assert also_words((), 3) == ""


def test_others_that_are_over_are_counted_apart():
    gone = trip(id="g", label="G", state=AlarmState.RETURNED_UNACKNOWLEDGED)
    assert also_words([trip(id="o", label="O"), gone], 3) == "also O; 1 over, not acknowledged"
    assert also_words([gone], 3) == "1 over, not acknowledged"


def test_the_finder_leaves_the_strip_to_be_seen(qtbot, window, bay):
    strip = strip_of(qtbot, window, bay, 1366, trip(to_do="Lift off."))
    window.palette_of_commands.open()
    place = strip.mapTo(window.centralWidget(), QPoint(0, 0)).y() + strip.height()
    assert window.finder.frame.y() >= place
    assert not window.finder.mask().contains(QPoint(700, place - 5))
    window.finder.close_quietly()


def test_a_lost_link_is_told_once_where_one_can_stop_trying(qtbot, window, bay):
    lost = trip(key="desk:link", label="The link to the car is lost", action=Action.SOUND)
    bay.link(LinkState.LOST, happened="The adapter's cable is out.", to_do="Put it back.")
    show(window, bay, lost)
    assert not window.trip_strip.isVisible()
    banner = window.banners.banner("link")
    assert banner.tone is Tone.ERROR
    assert banner.detail.text().startswith("End the run gently: no limit is watched.")
    show(window, bay, lost, trip(to_do="Lift off."))
    assert window.trip_strip.to_do.text() == "Lift off."
    assert "also" not in window.trip_strip.what.text()
    bay.link(LinkState.CONNECTED)
    show(window, bay, lost)
    assert window.trip_strip.isVisible(), "no banner tells of readings that do not come"


def test_an_alarm_in_a_crowded_bar_is_shortened_and_keeps_its_age(qtbot, monkeypatch):
    painted = []

    def draw(_painter, _part, option):
        painted.append(option.text)

    made = {"__init__": lambda _painter, _on: None, "drawControl": draw}
    monkeypatch.setattr(alarm_place, "QStylePainter", type("Painter", (), made))
    place = alarm_place.AlarmPlace()
    qtbot.addWidget(place)
    place.worst.setText("5 alarms: the link to the car is lost · 03:38")
    place.worst.setFixedWidth(place.worst.sizeHint().width())
    place.worst.grab()
    assert not painted  # all of it has room
    place.worst.setFixedWidth(place.worst.sizeHint().width() * 2 // 3)
    place.worst.grab()
    assert painted[-1].startswith("5 al")
    assert "…" in painted[-1]
    assert painted[-1].endswith("3:38")
