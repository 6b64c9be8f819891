"""The page of alarms, by what a person does and sees."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.people import NOBODY, Actor, Role
from cartech_desk.ui.models.alarm_words import ADVISORY
from cartech_desk.ui.pages.alarms import AlarmsPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import choose_theme, theme_changed
from cartech_desk.ui.widgets import alarm_list
from cartech_desk.ui.widgets.alarm_shelve_form import ShelveForm

LEFT = Qt.MouseButton.LeftButton
TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Let rows take presses at once, but where a test is about that."""
    monkeypatch.setattr(alarm_list, "_SETTLED_S", 0.0)


@pytest.fixture
def page(qtbot, desk, acts):
    made = AlarmsPage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    return made


@pytest.fixture
def show(page, bay, qtbot):
    """Show these standing alarms."""

    def make(*alarms, **words):
        bay.alarms.now = AlarmsSnapshot(tuple(alarms), armed=words.pop("armed", 14), **words)
        page.tick(bay.snapshot())
        qtbot.wait(1)
        return page.list

    return make


def shown_ids(page):
    return [card.alarm.id for card in page.list.cards]


def action(page, words):
    return next(one for one in page.actions() if words in one.name)


# What stands


def test_each_alarm_has_a_card_in_the_order_of_the_bay(page, show, standing_alarm):
    show(standing_alarm("b"), standing_alarm("a"), standing_alarm("c"))
    assert shown_ids(page) == ["b", "a", "c"]
    assert page.standing_tab.text() == "Standing  3"


def test_a_card_tells_lamp_value_edge_and_what_to_do(page, show, standing_alarm):
    show(standing_alarm(first_out=True))
    card = page.list.cards[0]
    assert card.lamp.state is State.TRIP
    assert card.lamp.flashing
    assert card.texts.value == "117 °C"
    assert card.texts.value_beneath == "worst 119 °C\ntrip above 115 °C"
    assert card.texts.to_do == "Lift off and let the engine idle."
    assert card.texts.first_out
    assert card.accessibleName().startswith("Trip, not acknowledged: Coolant")


@pytest.mark.parametrize(
    ("state", "main", "can_be_shelved"),
    [
        (AlarmState.ACTIVE_UNACKNOWLEDGED, "Acknowledge", True),
        (AlarmState.ACTIVE_ACKNOWLEDGED, "", True),
        (AlarmState.RETURNED_UNACKNOWLEDGED, "Acknowledge", True),
        (AlarmState.LATCHED, "Clear", True),
        (AlarmState.SHELVED, "Unshelve", False),
        (AlarmState.OUT_OF_SERVICE, "Limit…", False),
    ],
)
def test_each_state_offers_what_makes_sense(
    page, show, standing_alarm, state, main, can_be_shelved
):
    show(standing_alarm(state=state))
    card = page.list.cards[0]
    assert (card.main.text() if card.main.isVisible() else "") == main
    assert card.shelve.isVisible() == can_be_shelved


def test_buttons_are_large_enough_for_gloves(page, show, standing_alarm):
    show(standing_alarm())
    card = page.list.cards[0]
    assert card.main.height() >= 44
    assert card.shelve.height() >= 44


def test_a_long_text_of_what_to_do_is_read_whole(page, show, standing_alarm):
    long = "Lift off, let it idle, watch the gauge, and call for help. " * 5
    short, tall = show(standing_alarm("a"), standing_alarm("b", to_do=long[:300])).cards
    assert tall.height() > short.height() + 20


def test_values_are_shown_in_the_units_of_the_shop(page, show, settings, acts, standing_alarm):
    show(standing_alarm())
    values = settings.values
    screen = values.screen.model_copy(update={"units": "imperial"})
    settings.save(values.model_copy(update={"screen": screen}))
    acts.settings_changed.emit()
    assert page.list.cards[0].texts.value == "243 °F"


def test_a_change_of_theme_paints_the_cards_anew(page, show, standing_alarm, qtbot):
    show(standing_alarm())
    dark = page.list.cards[0].grab().toImage()
    choose_theme("light")
    try:
        light = page.list.cards[0].grab().toImage()
        assert light != dark
    finally:
        choose_theme("dark")
    theme_changed.emit()


def test_the_page_always_says_that_it_is_no_emergency_stop(page, show, standing_alarm):
    show()
    assert page.advice.isVisible()
    assert page.advice.text() == ADVISORY
    show(standing_alarm())
    assert page.advice.isVisible()
    page.turn()
    assert page.advice.isVisible()


def test_limits_that_are_not_watched_are_named(page, show):
    egt = Limit("egt_high", "egt", Comparison.ABOVE, 900, label="Exhaust temperature")
    show(unwatched=(Unwatched(egt, "This car does not tell it."),))
    assert page.watch.state is State.WARNING
    assert "1 limit is not: Exhaust temperature" in page.watch.words
    assert "does not tell it" in page.watch.toolTip()


# Nothing stands


def test_an_empty_page_says_how_many_limits_are_watched(page, show, bay):
    bay.connected()
    show()
    assert page.empty.isVisible()
    assert page.empty.words.text() == "No alarm stands. 14 limits are watched."


def test_without_a_car_the_page_leads_to_one(page, show, acts, qtbot):
    show(armed=0)
    assert page.empty.words.text() == "No limits are armed: connect a car."
    qtbot.mouseClick(page.empty.button, LEFT)
    assert acts.told.pages == [("connect", None)]


# Acts


def test_acknowledging_asks_the_bay_as_whoever_is_signed_in(
    page, show, bay, standing_alarm, office, qtbot
):
    show(standing_alarm("a"), standing_alarm("b"))
    qtbot.mouseClick(page.list.card("b").main, LEFT)
    assert bay.alarms.calls[-1] == ("acknowledge", "b", office.session.actor)


def test_keys_act_on_the_chosen_alarm(page, show, bay, standing_alarm, qtbot):
    show(
        standing_alarm("a"),
        standing_alarm("b", AlarmState.LATCHED),
        standing_alarm("c", AlarmState.SHELVED),
    )
    assert page.list.chosen_id == "a"
    action(page, "Acknowledge the chosen").run()
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    action(page, "Clear").run()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    action(page, "from the shelf").run()
    asked = [call[:2] for call in bay.alarms.calls]
    assert asked == [("acknowledge", "a"), ("clear", "b"), ("unshelve", "c")]


def test_every_act_has_a_key(page):
    keys = {one.shortcut for one in page.actions()}
    assert keys == {"A", "S", "C", "U", "L", "Shift+A", "H"}


def test_a_key_that_does_not_fit_says_why(page, show, bay, acts, standing_alarm):
    show(standing_alarm(state=AlarmState.ACTIVE_ACKNOWLEDGED))
    action(page, "Clear").run()
    assert bay.alarms.calls == []
    assert acts.told.toasts[-1][0] == (
        "“Coolant” is not latched, so there is nothing to clear: it is acknowledged."
    )


def test_a_key_without_an_alarm_says_so(page, show, acts):
    show()
    action(page, "Acknowledge the chosen").run()
    assert acts.told.toasts[-1][0] == "No alarm stands."


def test_a_refusal_is_told_and_the_row_can_be_pressed_again(
    page, show, bay, acts, standing_alarm, qtbot
):
    show(standing_alarm())
    bay.alarms.refuse = AlarmRefused(
        "It is gone.", kept="Nothing was changed.", to_do="Look again."
    )
    qtbot.mouseClick(page.list.cards[0].main, LEFT)
    qtbot.waitUntil(lambda: len(acts.told.refused) == 1)
    assert page.list.cards[0].main.isEnabled()
    assert not page.list.rows.held


def test_all_are_acknowledged_at_once_and_counted(page, show, bay, acts, standing_alarm, qtbot):
    show(standing_alarm("a"), standing_alarm("b"))
    qtbot.mouseClick(page.everything, LEFT)
    qtbot.waitUntil(lambda: len(acts.told.toasts) == 1)
    assert bay.alarms.calls[-1][0] == "acknowledge_all"
    assert acts.told.toasts[0][0] == "2 alarms were acknowledged."


def test_all_cannot_be_acknowledged_where_none_asks(page, show, standing_alarm):
    show(standing_alarm(state=AlarmState.ACTIVE_ACKNOWLEDGED))
    assert not page.everything.isEnabled()


def test_the_sound_is_silenced_and_its_end_is_told(page, show, bay, standing_alarm, qtbot):
    show(standing_alarm(), sounding=Level.TRIP)
    qtbot.mouseClick(page.silence, LEFT)
    assert bay.alarms.calls[-1][0] == "silence"
    now = bay.snapshot().now_ns
    show(standing_alarm(), sounding=Level.TRIP, silent_until_ns=now + 90_000_000_000)
    assert page.sound.words == "Silent for 2 min more."
    assert not page.silence.isEnabled()


def test_the_limit_of_an_alarm_out_of_service_is_one_press_away(
    page, show, acts, standing_alarm, qtbot
):
    show(standing_alarm(state=AlarmState.OUT_OF_SERVICE))
    qtbot.mouseClick(page.list.cards[0].main, LEFT)
    assert acts.told.pages == [("limits", "temp_high")]


def test_the_channel_of_an_alarm_is_shown_live(page, show, acts, standing_alarm):
    show(standing_alarm())
    action(page, "live").run()
    assert acts.told.pages == [("live", "temp")]
    show(standing_alarm("b", channel="map - barometer"))
    action(page, "live").run()
    assert acts.told.toasts[-1][0] == "“Coolant” is about no single channel."


# Shelving


@pytest.fixture
def form(page, show, standing_alarm, qtbot):
    show(standing_alarm())
    qtbot.mouseClick(page.list.cards[0].shelve, LEFT)
    return page.list.window().findChild(ShelveForm)


def press(form, words, qtbot):
    button = next(button for button, _ in form.times if button.text().startswith(words))
    qtbot.mouseClick(button, LEFT)
    return button


def test_shelving_needs_a_reason(form, bay, qtbot):
    qtbot.mouseClick(form.take, LEFT)
    assert "Say why" in form.reason_field.error
    assert form.isVisible()
    assert not bay.alarms.calls


def test_shelving_hands_time_and_reason_to_the_bay(form, bay, office, qtbot):
    qtbot.keyClicks(form.reason, "sensor unplugged")
    press(form, "1 h", qtbot)
    with qtbot.waitSignal(form.accepted):
        qtbot.mouseClick(form.take, LEFT)
    assert bay.alarms.calls == [("shelve", "a1", 3600.0, "sensor unplugged", office.session.actor)]


def test_an_own_time_is_typed(form, bay, qtbot):
    form.number.clear()
    qtbot.keyClicks(form.number, "45")
    assert form.own.isChecked()
    assert form.back.text().startswith("Comes back in 45 min, at ")
    qtbot.keyClicks(form.reason, "warm-up")
    with qtbot.waitSignal(form.accepted):
        qtbot.mouseClick(form.take, LEFT)
    assert bay.alarms.calls[0][2] == 2700.0


def test_no_time_is_no_time(form, qtbot):
    form.number.clear()
    qtbot.keyClick(form.number, Qt.Key.Key_Backspace)
    form._own_typed()
    assert form.back.text() == "Type a time."
    assert not form.take.isEnabled()


def test_a_refused_shelving_stays_open_with_its_reason(form, bay, qtbot):
    bay.alarms.refuse = AlarmRefused("It is out of service.", to_do="Look at its limit.")
    qtbot.keyClicks(form.reason, "later")
    qtbot.mouseClick(form.take, LEFT)
    qtbot.waitUntil(form.wrong.isVisible)
    assert form.wrong.text() == "It is out of service. Look at its limit."
    assert form.take.isEnabled()


def test_a_time_that_is_not_ones_own_to_give_is_grey_and_says_whose(
    page, show, office, standing_alarm, qtbot
):
    office.session.enter(TECHNICIAN)
    show(standing_alarm())
    qtbot.mouseClick(page.list.cards[0].shelve, LEFT)
    form = page.list.window().findChild(ShelveForm)
    allowed = {button.text(): button.isEnabled() for button, _ in form.times}
    assert allowed["8 h"]
    form.unit.setCurrentIndex(2)
    form.number.clear()
    qtbot.keyClicks(form.number, "1")
    assert "Ask a manager or administrator." in form.back.text()
    assert not form.take.isEnabled()


# Who may not


def test_with_nobody_signed_in_everything_is_grey_and_says_who_may(
    page, show, bay, office, acts, standing_alarm, qtbot
):
    office.session.leave()
    asked = []
    acts.sign_in_wanted.connect(lambda: asked.append(True))
    show(standing_alarm("a"), standing_alarm("b", AlarmState.LATCHED), sounding=Level.TRIP)
    for card in page.list.cards:
        assert not card.main.isEnabled()
        assert not card.shelve.isEnabled()
        assert "A technician, manager or administrator may" in card.main.toolTip()
    assert not page.everything.isEnabled()
    assert page.who.text().startswith("Nobody is signed in.")
    action(page, "Acknowledge the chosen").run()
    action(page, "all alarms").run()
    assert bay.alarms.calls == []
    assert page.silence.isEnabled()
    qtbot.mouseClick(page.sign_in, LEFT)
    assert asked == [True]


def test_a_locked_desk_does_nothing(page, show, office, standing_alarm):
    show(standing_alarm())
    assert page.list.cards[0].main.isEnabled()
    office.session.lock()
    show(standing_alarm())
    assert not page.list.cards[0].main.isEnabled()
    assert page.who.text().startswith("The desk is locked.")
    assert page.sign_in.text() == "Unlock"


def test_signing_in_makes_the_buttons_work_at_once(page, show, office, standing_alarm, qtbot):
    office.session.enter(NOBODY)
    show(standing_alarm())
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(page.list.cards[0].main.isEnabled)
    assert not page.who.isVisible()


# Rows do not jump under a finger


def test_a_pressed_row_keeps_its_place_until_the_act_has_ended(
    page, show, bay, standing_alarm, qtbot, monkeypatch
):
    from concurrent.futures import Future

    a, b, c = (standing_alarm(name) for name in "abc")
    show(a, b)
    under_way = Future()
    monkeypatch.setattr(bay.alarms, "acknowledge", lambda *_: under_way)
    qtbot.mouseClick(page.list.card("a").main, LEFT)
    acknowledged = replace(a, state=AlarmState.ACTIVE_ACKNOWLEDGED)
    show(c, b, acknowledged)
    assert shown_ids(page) == ["a", "b", "c"]
    assert not page.list.card("a").main.isEnabled()
    under_way.set_result(None)
    qtbot.waitUntil(lambda: not page.list.rows.held)
    show(c, b, acknowledged)
    assert shown_ids(page) == ["c", "b", "a"]


def test_a_press_acts_on_what_stood_under_the_finger_as_it_went_down(
    page, show, bay, acts, standing_alarm, qtbot
):
    a, b = standing_alarm("a"), standing_alarm("b")
    show(a)
    button = page.list.card("a").main
    qtbot.mousePress(button, LEFT)
    show(b, replace(a, state=AlarmState.LATCHED))
    assert shown_ids(page) == ["a", "b"]
    qtbot.mouseRelease(button, LEFT)
    assert bay.alarms.calls == []  # nobody wanted to clear it
    assert "does not ask to be acknowledged" in acts.told.toasts[-1][0]


def test_an_alarm_that_ends_under_a_finger_stays_and_says_so(page, show, standing_alarm, qtbot):
    show(standing_alarm("a"), standing_alarm("b"))
    qtbot.mousePress(page.list.card("a"), LEFT)
    show(standing_alarm("b"))
    card = page.list.card("a")
    assert card.gone
    assert card.texts.state == "normal again"
    assert not card.main.isEnabled()
    qtbot.mouseRelease(card, LEFT)
    show(standing_alarm("b"))
    assert shown_ids(page) == ["b"]


def test_a_row_that_has_just_come_under_the_finger_takes_no_press(
    page, show, bay, acts, standing_alarm, qtbot, monkeypatch
):
    monkeypatch.setattr(alarm_list, "_SETTLED_S", 60.0)
    show(standing_alarm("a"))
    show(standing_alarm("b"), standing_alarm("a"))
    qtbot.mouseClick(page.list.card("b").main, LEFT)
    assert bay.alarms.calls == []
    assert "press again" in acts.told.toasts[-1][0]


def test_a_finger_that_never_left_does_not_hold_the_rows_forever(
    page, show, standing_alarm, qtbot, monkeypatch
):
    show(standing_alarm("a"))
    qtbot.mousePress(page.list.card("a"), LEFT)
    monkeypatch.setattr(alarm_list, "_FINGER_S", 0.0)
    show(standing_alarm("b"))
    assert shown_ids(page) == ["b"]


def test_the_choice_goes_with_its_alarm_and_to_the_next_where_it_is_gone(
    page, show, standing_alarm
):
    show(standing_alarm("a"), standing_alarm("b"), standing_alarm("c"))
    page.list.choose("b")
    show(standing_alarm("d"), standing_alarm("a"), standing_alarm("b"), standing_alarm("c"))
    assert page.list.chosen_id == "b"
    show(standing_alarm("d"), standing_alarm("a"), standing_alarm("c"))
    assert page.list.chosen_id == "c"
    show()
    assert page.list.chosen is None


def test_the_page_opens_at_the_alarm_it_was_opened_for(page, bay, standing_alarm):
    alarms = tuple(standing_alarm(f"a{n}") for n in range(30))
    page.shown("a25")
    bay.alarms.now = AlarmsSnapshot(alarms, armed=1)
    page.tick(bay.snapshot())
    page.tick(bay.snapshot())
    assert page.list.chosen_id == "a25"
    assert "a25" in shown_ids(page)


# Two hundred of them


@pytest.fixture
def flood(standing_alarm):
    """Two hundred alarms of an engine that falls apart."""
    return tuple(standing_alarm(f"n{n:03d}", value=100.0 + n, ago_s=n) for n in range(200))


def test_only_the_cards_that_can_be_seen_exist(page, show, flood):
    show(*flood)
    assert 4 <= len(page.list.cards) <= 9
    page.list.verticalScrollBar().setValue(page.list.verticalScrollBar().maximum())
    assert shown_ids(page)[-1] == "n199"
    assert len(page.list.cards) + len(page.list._spare) <= 18


def test_the_last_of_two_hundred_is_reached_by_keys(page, show, flood, bay, qtbot):
    show(*flood)
    qtbot.keyClick(page.list, Qt.Key.Key_End)
    assert page.list.chosen_id == "n199"
    action(page, "Acknowledge the chosen").run()
    assert bay.alarms.calls[-1][1] == "n199"


def test_two_hundred_alarms_do_not_slow_the_clock(page, show, bay, flood):
    show(*flood)
    times = []
    for number in range(60):
        # Every value is another one at every tick, and now and then one comes or goes.
        alarms = tuple(replace(one, value=one.value + number) for one in flood[number % 3 :])
        bay.alarms.now = AlarmsSnapshot(alarms, armed=14)
        snapshot = bay.snapshot()
        begun = time.perf_counter()
        page.tick(snapshot)
        times.append(time.perf_counter() - begun)
    times.sort()
    # A tenth of the 100 ms between two pictures, with room for a busy machine.
    assert times[len(times) // 2] < 0.010
    assert times[-3] < 0.030


def test_a_picture_in_which_nothing_changed_paints_nothing(
    page, show, bay, standing_alarm, qtbot, monkeypatch
):
    show(standing_alarm("a", ago_s=300), standing_alarm("b", AlarmState.LATCHED, ago_s=300))
    snapshot = replace(bay.snapshot())
    page.tick(snapshot)
    qtbot.wait(20)
    painted = []
    for card in page.list.cards:
        monkeypatch.setattr(card, "update", lambda: painted.append("card"))
        monkeypatch.setattr(card.lamp, "update", lambda: painted.append("lamp"))
    for _ in range(20):
        page.tick(snapshot)
    assert painted == []


def test_a_lamp_that_asks_changes_its_size_once_a_second(page, bay, show, standing_alarm):
    show(standing_alarm("a"), standing_alarm("b", AlarmState.ACTIVE_ACKNOWLEDGED))
    seen = set()
    for half in range(4):
        page.tick(replace(bay.snapshot(), now_ns=half * 500_000_000))
        asking, acknowledged = (card.lamp._small for card in page.list.cards)
        seen.add(asking)
        assert not acknowledged
    assert seen == {False, True}
