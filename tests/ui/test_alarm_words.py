"""An alarm in words: lamp, headline in the shop's units, age, and who may act on it."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.bay.status import BaySnapshot, ChannelStatus, ConnectionStatus, LinkState
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.alarms.watch import SignalFault
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import NOBODY, Act, Actor, Role
from cartech_desk.domain.units import UnitSystem
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.models.alarm_rights import (
    AlarmAct,
    fits,
    main_act,
    rights_of,
    shelf_too_long,
    shelvable,
    who_may,
    why_not,
)
from cartech_desk.ui.models.alarm_rows import AlarmRows
from cartech_desk.ui.models.alarm_texts import card_texts
from cartech_desk.ui.models.alarm_watch_words import nothing_stands, sound_words, watch_words
from cartech_desk.ui.models.alarm_words import (
    ADVISORY,
    asks,
    edge_words,
    headline,
    lamp_state,
    lamp_words,
    left_words,
    number_words,
    roughly,
    short_headline,
    since_words,
    spoken,
)
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.alarm_shelve_form import seconds_until_morning

METRIC, IMPERIAL = UnitSystem.METRIC, UnitSystem.IMPERIAL
LIMIT = Limit("temp_high", "temp", Comparison.ABOVE, 108.0, 115.0, label="Coolant")
TECHNICIAN = AtDesk(Actor("t", "Tom Technician", Role.TECHNICIAN))
MANAGER = AtDesk(Actor("m", "Mia Manager", Role.MANAGER))


# Lamps


@pytest.mark.parametrize(
    ("state", "worst", "lamp", "words"),
    [
        ("active_unacknowledged", Level.TRIP, State.TRIP, "Trip, not acknowledged"),
        ("active_unacknowledged", Level.WARNING, State.WARNING, "Warning, not acknowledged"),
        ("active_acknowledged", Level.TRIP, State.TRIP, "Trip, acknowledged"),
        ("active_acknowledged", Level.WARNING, State.WARNING, "Warning, acknowledged"),
        ("returned_unacknowledged", Level.TRIP, State.TRIP_GONE, "Trip, gone, not acknowledged"),
        (
            "returned_unacknowledged",
            Level.WARNING,
            State.WARNING_GONE,
            "Warning, gone, not acknowledged",
        ),
        ("latched", Level.TRIP, State.LATCHED, "Trip, latched until cleared"),
        ("shelved", Level.WARNING, State.SHELVED, "Warning, shelved"),
        ("out_of_service", Level.NONE, State.OUT_OF_SERVICE, "Out of service"),
    ],
)
def test_each_state_and_level_has_its_own_lamp_and_words(standing_alarm, state, worst, lamp, words):
    alarm = standing_alarm(state=AlarmState(state), level=Level.NONE, worst=worst)
    assert lamp_state(alarm) is lamp
    assert lamp_words(alarm) == words


def test_no_two_lamps_of_alarms_share_a_shape():
    lamps = (
        State.TRIP,
        State.WARNING,
        State.TRIP_GONE,
        State.WARNING_GONE,
        State.LATCHED,
        State.SHELVED,
        State.OUT_OF_SERVICE,
    )
    assert len({lamp.lamp.shape for lamp in lamps}) == len(lamps)


def test_only_what_is_not_acknowledged_asks(standing_alarm):
    asking = {state for state in AlarmState if asks(standing_alarm(state=state))}
    assert asking == {AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED}


# Headlines and numbers


@pytest.mark.parametrize(
    ("system", "words"),
    [
        (METRIC, "Coolant 117 °C, trip above 115 °C"),
        (IMPERIAL, "Coolant 243 °F, trip above 239 °F"),
        (UnitSystem.MIXED, "Coolant 117 °C, trip above 115 °C"),
    ],
)
def test_the_headline_says_value_and_edge_in_the_units_of_the_shop(standing_alarm, system, words):
    assert headline(standing_alarm(), system) == words


def test_boost_is_told_as_the_tile_tells_it(standing_alarm):
    boost = standing_alarm(
        label="Boost",
        channel="boost",
        unit="kPa",
        value=152.3,
        edge=150.0,
        level=Level.WARNING,
        worst=Level.WARNING,
    )
    assert headline(boost, METRIC) == "Boost 1.52 bar, warning above 1.50 bar"
    assert headline(boost, IMPERIAL) == "Boost 22.1 psi, warning above 21.8 psi"


def test_a_low_limit_is_told_from_its_side(standing_alarm):
    oil = standing_alarm(
        label="Oil pressure", channel="oil_pressure", unit="kPa", value=80, edge=100,
        comparison=Comparison.BELOW,
    )  # fmt: skip
    assert headline(oil, METRIC) == "Oil pressure 80 kPa, trip below 100 kPa"


def test_an_edge_that_needs_one_decimal_more_gets_it(standing_alarm):
    battery = standing_alarm(channel="voltage", unit="V", edge=11.75, comparison=Comparison.BELOW)
    assert edge_words(battery, METRIC) == "trip below 11.75 V"


def test_a_value_is_not_written_finer_than_it_is_worth(standing_alarm):
    assert short_headline(standing_alarm(value=117.43), METRIC) == "Coolant 117 °C"


def test_one_that_is_over_is_told_with_its_worst_value(standing_alarm):
    gone = standing_alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE, value=98.0)
    assert short_headline(gone, METRIC) == "Coolant 119 °C"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (SignalFault.STALE, "Air to fuel: no value comes"),
        (SignalFault.INVALID, "Air to fuel: answers that are no values"),
    ],
)
def test_a_channel_without_a_value_says_why(standing_alarm, fault, words):
    alarm = standing_alarm(
        label="Air to fuel", value=math.nan, worst_value=math.nan, edge=None, limit=None,
        fault=fault,
    )  # fmt: skip
    assert headline(alarm, METRIC) == words


def test_an_alarm_of_the_desk_is_its_label(standing_alarm):
    alarm = standing_alarm(
        label="Link lost", unit="", channel="", value=math.nan, worst_value=math.nan, edge=None,
        limit=None, comparison=None,
    )  # fmt: skip
    assert headline(alarm, METRIC) == "Link lost"


def test_a_unit_that_nobody_knows_is_shown_as_it_was_typed(standing_alarm):
    alarm = standing_alarm(label="Slip", channel="", unit="slips", value=3.25, edge=2.0)
    assert headline(alarm, METRIC) == "Slip 3.25 slips, trip above 2.00 slips"


def test_a_value_that_is_none_is_a_dash():
    from cartech_desk.domain.units import shown

    assert number_words(math.nan, shown("degC", METRIC)) == DASH


def test_a_screen_reader_hears_lamp_headline_and_what_to_do(standing_alarm):
    assert spoken(standing_alarm(), METRIC) == (
        "Trip, not acknowledged: Coolant 117 °C, trip above 115 °C. "
        "Lift off and let the engine idle."
    )


def test_the_advice_says_that_the_desk_is_no_emergency_stop():
    assert "no emergency stop" in ADVISORY


# Times


@pytest.mark.parametrize(
    ("seconds", "down", "up"),
    [
        (-3, "0 s", "0 s"),
        (12.9, "12 s", "13 s"),
        (61, "1 min", "2 min"),
        (3599, "59 min", "1 h 00 min"),
        (7500, "2 h 05 min", "2 h 05 min"),
        (14 * 86400, "14 days", "14 days"),
    ],
)
def test_a_length_is_told_roughly(seconds, down, up):
    assert roughly(seconds) == down
    assert roughly(seconds, up=True) == up


def test_the_age_counts_from_when_it_came(standing_alarm):
    assert since_words(standing_alarm(ago_s=185), monotonic_ns()) == "for 3 min"


def test_a_shelved_one_says_how_long_it_stays(standing_alarm):
    now = datetime.now(UTC)
    shelved = standing_alarm(
        state=AlarmState.SHELVED, shelved_until=now + timedelta(minutes=14, seconds=30)
    )
    until = (now + timedelta(minutes=14, seconds=30)).astimezone()
    words = left_words(shelved, now)
    assert words.startswith("15 min left, until ")
    assert words.endswith(f"{until:%H:%M}")
    assert left_words(standing_alarm(), now) == ""


def test_tomorrow_morning_is_seven_by_the_clock_here():
    now = datetime(2026, 3, 3, 21, 30).astimezone()
    assert seconds_until_morning(now) == 9.5 * 3600
    after_midnight = datetime(2026, 3, 3, 0, 30).astimezone()
    assert seconds_until_morning(after_midnight) == 30.5 * 3600


# Cards


def seen(alarm, value=math.nan, now=None, at_hand="v1"):
    status = ChannelStatus(
        Channel("temp", "Coolant", "degC", -40, 130), 1.0, 1.0, value, 0.1, False, False
    )
    now = now or monotonic_ns()
    alarms = AlarmsSnapshot(vehicle_id=at_hand)
    snapshot = BaySnapshot(now, ConnectionStatus(), {"temp": status}, alarms=alarms)
    return card_texts(alarm, snapshot, METRIC)


def test_a_card_shows_the_value_now_the_worst_and_the_edge(standing_alarm):
    texts = seen(standing_alarm(first_out=True, times=3), 116.0)
    assert (texts.title, texts.value) == ("Coolant", "116 °C")
    assert texts.value_beneath == "worst 119 °C\ntrip above 115 °C"
    assert texts.rest == " · for 12 s · came 3 times · high priority"
    assert texts.to_do == "Lift off and let the engine idle."
    assert texts.first_out


def test_a_card_names_its_vehicle_only_where_another_one_is_at_hand(standing_alarm):
    assert "Blue Civic" not in seen(standing_alarm()).rest
    assert seen(standing_alarm(), at_hand="another").rest.endswith(" · Blue Civic")


def test_a_card_whose_channel_has_gone_quiet_shows_no_old_value(standing_alarm):
    assert seen(standing_alarm(), math.nan).value == DASH


def test_where_nobody_asks_for_the_value_any_more_the_worst_stands_in_its_place(standing_alarm):
    gone = standing_alarm(
        state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE, channel="oil_temp"
    )
    texts = seen(gone)
    assert (texts.value, texts.value_beneath) == ("119 °C", "at worst\ntrip above 115 °C")


def test_one_that_never_came_has_its_limit_alone(standing_alarm):
    aside = standing_alarm(
        state=AlarmState.OUT_OF_SERVICE, level=Level.NONE, worst=Level.NONE, channel="egt",
        value=math.nan, worst_value=math.nan,
    )  # fmt: skip
    texts = seen(aside)
    assert (texts.value, texts.value_beneath) == ("", "limit above 115 °C")


def test_a_card_says_who_acknowledged_it_and_when(standing_alarm):
    now = datetime.now(UTC)
    texts = seen(
        standing_alarm(
            state=AlarmState.ACTIVE_ACKNOWLEDGED, acknowledged=now, acknowledged_by="Tom"
        )
    )
    assert f"by Tom, today {now.astimezone():%H:%M}" in texts.rest


def test_a_card_says_that_it_is_a_warning_now_after_a_trip(standing_alarm):
    assert "now warning" in seen(standing_alarm(level=Level.WARNING)).rest


def test_a_card_says_for_how_long_it_stood_and_since_when_it_is_gone(standing_alarm):
    alarm = standing_alarm(
        state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE,
        returned=datetime.now(UTC) - timedelta(seconds=1.5),
    )  # fmt: skip
    rest = seen(alarm).rest
    assert "stood 10 s, gone since today" in rest
    assert "for 12 s" not in rest


# Rights


def test_what_each_state_asks_for(standing_alarm):
    wanted = {state: main_act(standing_alarm(state=state)) for state in AlarmState}
    assert wanted == {
        AlarmState.NORMAL: None,
        AlarmState.ACTIVE_UNACKNOWLEDGED: AlarmAct.ACKNOWLEDGE,
        AlarmState.ACTIVE_ACKNOWLEDGED: None,
        AlarmState.RETURNED_UNACKNOWLEDGED: AlarmAct.ACKNOWLEDGE,
        AlarmState.LATCHED: AlarmAct.CLEAR,
        AlarmState.SHELVED: AlarmAct.UNSHELVE,
        AlarmState.OUT_OF_SERVICE: None,
    }
    aside = (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE, AlarmState.NORMAL)
    assert not any(shelvable(standing_alarm(state=state)) for state in aside)
    assert not fits(standing_alarm(), AlarmAct.CLEAR)


def test_who_may_not_is_told_who_may():
    assert rights_of(TECHNICIAN).acknowledge == ""
    assert why_not(TECHNICIAN, Act.EDIT_LIMITS) == (
        "A manager or administrator may edit limits. Tom Technician may not."
    )
    assert who_may(Act.MANAGE_PEOPLE) == "An administrator may manage people."


def test_nobody_and_a_locked_desk_may_do_nothing():
    assert rights_of(AtDesk(NOBODY)).acknowledge.startswith("Nobody is signed in. A technician")
    locked = rights_of(AtDesk(TECHNICIAN.person, locked=True))
    assert locked.acknowledge.startswith("The desk is locked.")
    assert locked.shelve.endswith("Unlock it first.")


def test_a_time_on_the_shelf_has_its_role():
    assert shelf_too_long(TECHNICIAN, 8 * 3600) == ""
    assert shelf_too_long(TECHNICIAN, 9 * 3600) == (
        "A technician may shelve an alarm for at most 8 h 00 min. Ask a manager or administrator."
    )
    assert shelf_too_long(MANAGER, 9 * 3600) == ""
    assert shelf_too_long(MANAGER, 15 * 86400).endswith("Choose a shorter time.")


# The watch


def test_the_watch_says_what_is_watched_and_what_is_not():
    egt = Limit("egt_high", "egt", Comparison.ABOVE, 900, label="Exhaust temperature")
    all_well = watch_words(AlarmsSnapshot(armed=1))
    assert all_well == (all_well.__class__)(State.CONNECTED, "1 limit is watched.")
    some = watch_words(
        AlarmsSnapshot(armed=14, unwatched=(Unwatched(egt, "This car does not tell it."),))
    )
    assert some.state is State.WARNING
    assert some.words == "14 limits are watched, 1 limit is not: Exhaust temperature."
    assert some.more == "Exhaust temperature: This car does not tell it."
    many = watch_words(AlarmsSnapshot(armed=14, unwatched=(Unwatched(egt, "No."),) * 5))
    assert many.words.endswith("Exhaust temperature, Exhaust temperature and 3 more.")
    assert watch_words(AlarmsSnapshot()).words == "No limits are armed."
    problem = watch_words(AlarmsSnapshot(armed=14, problem="The disk is full."))
    assert (problem.state, problem.words) == (State.TRIP, "The disk is full.")


def test_the_sound_says_why_it_is_not_heard():
    now = monotonic_ns()
    assert sound_words(AlarmsSnapshot(), now) is None
    silent = sound_words(AlarmsSnapshot(silent_until_ns=now + 80_000_000_000), now)
    assert silent is not None
    assert silent.words == "Silent for 2 min more."
    broken = sound_words(AlarmsSnapshot(sound_problem="No loudspeaker."), now)
    assert broken is not None
    assert broken.words == "No alarm can be heard: No loudspeaker."


@pytest.mark.parametrize(
    ("link", "alarms", "words", "page"),
    [
        (LinkState.DISCONNECTED, {}, "No limits are armed: connect a car.", "connect"),
        (LinkState.CONNECTED, {"armed": 3}, "No alarm stands. 3 limits are watched.", "limits"),
        (LinkState.CONNECTED, {}, "This car has no limits yet.", "limits"),
        (
            LinkState.CONNECTED,
            {"limits": (LIMIT,)},
            "No limits are armed: none of them can be watched now.",
            "limits",
        ),
        (
            LinkState.RECONNECTING,
            {"limits": (LIMIT,)},
            "No limits are armed: the car does not answer yet.",
            "connect",
        ),
    ],
)
def test_an_empty_page_says_what_to_do(link, alarms, words, page):
    snapshot = BaySnapshot(0, ConnectionStatus(state=link), alarms=AlarmsSnapshot(**alarms))
    nothing = nothing_stands(snapshot)
    assert (nothing.words, nothing.page) == (words, page)


# Rows that keep their places


def ids(rows):
    return [alarm.id for alarm in rows.rows]


def test_rows_follow_the_order_of_the_bay(standing_alarm):
    rows = AlarmRows()
    a, b, c = (standing_alarm(name) for name in "abc")
    assert rows.take((a, b))
    assert not rows.take((a, b))
    assert rows.take((c, b, a))
    assert ids(rows) == ["c", "b", "a"]


def test_held_rows_keep_their_places_and_new_ones_come_at_the_end(standing_alarm):
    rows = AlarmRows()
    a, b, c = (standing_alarm(name) for name in "abc")
    rows.take((a, b))
    rows.hold("a")
    assert rows.take((c, b))
    assert ids(rows) == ["a", "b", "c"]
    assert rows.gone == {"a"}
    rows.let_go("a")
    assert rows.take((c, b))
    assert ids(rows) == ["c", "b"]
    assert not rows.gone


def test_rows_stay_held_until_the_last_one_lets_go(standing_alarm):
    rows = AlarmRows()
    rows.take((standing_alarm("a"),))
    rows.hold("finger")
    rows.hold("a")
    rows.let_go("finger")
    rows.take(())
    assert ids(rows) == ["a"]
    rows.let_go("a")
    rows.take(())
    assert ids(rows) == []
