"""Limits and alarms upon the live page: bands, lines, frames and words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QColor

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.alarms.watch import SignalFault
from cartech_desk.domain.bands import Bands, edges_of, limit_bands
from cartech_desk.ui.models.limit_alarms import face_of
from cartech_desk.ui.models.live_layout import TileSpec
from cartech_desk.ui.pages.live import LivePage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.widgets.tile_form import TileForm

HOT = Limit("temp_high", "temp", Comparison.ABOVE, warning=98.0, trip=108.0, deadband=3.0)
BOOST = Limit("boost_high", "boost", Comparison.ABOVE, warning=110.0, trip=145.0, deadband=5.0)
LEAN = Limit("afr_high", "afr", Comparison.ABOVE, warning=12.5, trip=13.0, gate="rpm > 2000")
VALUES = {
    "rpm": 4200.0,
    "boost": 120.0,
    "temp": 93.0,
    "timing": 12.5,
    "afr": 11.8,
    "speed": 88.0,
    "throttle": 71.0,
    "map": 220.0,
}


def standing(watched=BOOST, state=AlarmState.ACTIVE_UNACKNOWLEDGED, level=Level.TRIP, **changes):
    alarm = StandingAlarm(
        "0001",
        f"limit:{watched.key}",
        state,
        level,
        level,
        Priority.HIGH,
        "Boost",
        "Lift off the throttle.",
        Action.SOUND,
        watched.watches,
        "kPa",
        "",
        "",
        1,
        datetime(2026, 1, 5, tzinfo=UTC),
        value=150.0,
        worst_value=152.0,
        edge=145.0,
        comparison=watched.comparison,
        limit=watched,
    )
    return replace(alarm, **changes)


@pytest.fixture
def live(qtbot, desk, acts, bay):
    made = LivePage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.layouts.loaded)
    bay.connected()
    made.tick(bay.snapshot())
    bay.feed(VALUES)
    made.tick(bay.snapshot())
    return made


def use(live, bay, *limits, alarms=()):
    bay.alarms.now = AlarmsSnapshot(limits=limits, standing=tuple(alarms))
    live.tick(bay.snapshot())


def tile(live, name):
    return live.board.grid.tiles[name]


def chart_of(live, name):
    return next(
        chart
        for chart in live.board.stack.charts
        if any(trace.channel.name == name for trace in chart.traces)
    )


def words_in(chart):
    return [line.words for lines in chart.limits.values() for line in lines]


def test_a_channel_without_a_limit_keeps_its_default_bands(live, bay):
    use(live, bay, BOOST)
    assert tile(live, "temp").bands == Bands(warn_high=105, trip_high=115)


def test_a_limit_replaces_the_default_bands_of_its_channel(live, bay):
    use(live, bay, HOT)
    assert tile(live, "temp").bands == Bands(warn_high=98.0, trip_high=108.0)


def test_bands_follow_a_limit_that_is_edited_at_once(live, bay):
    use(live, bay, HOT)
    bay.feed({"temp": 93.0})
    use(live, bay, replace(HOT, warning=90.0))
    assert tile(live, "temp").state_text == "high"


def test_bands_set_by_hand_stay_and_the_limit_is_marked_beside_them(live, bay):
    use(live, bay, BOOST)
    by_hand = Bands(warn_high=60.0)
    live._change(live.shown_layout.with_tiles([TileSpec("boost", bands=by_hand)]))
    assert tile(live, "boost").bands == by_hand
    assert [edge.value for edge in tile(live, "boost").edges] == [110.0, 145.0]


def test_a_limit_out_of_service_is_not_shown(live, bay):
    use(live, bay, replace(BOOST, in_service=False))
    assert tile(live, "boost").edges == ()
    assert words_in(chart_of(live, "boost")) == []


def test_a_limit_that_counts_only_at_times_makes_no_band_and_is_marked_as_gated(live, bay):
    use(live, bay, LEAN)
    assert tile(live, "afr").bands is None
    assert [edge.gated for edge in tile(live, "afr").edges] == [True, True]


def test_charts_draw_the_limits_in_the_units_of_the_shop(live, bay):
    use(live, bay, BOOST)
    assert words_in(chart_of(live, "boost")) == [
        "Boost warning 1.10 bar",
        "Boost trip 1.45 bar",
    ]
    lines = next(iter(chart_of(live, "boost").limits.values()))
    assert [round(line.value, 3) for line in lines] == [1.1, 1.45]


def test_a_gated_limit_is_dotted_in_its_chart(live, bay):
    use(live, bay, LEAN)
    lines = next(iter(chart_of(live, "afr").limits.values()))
    assert all(line.gated for line in lines)


def test_a_limit_never_widens_the_scale_of_a_chart(qtbot, live, bay):
    chart = chart_of(live, "afr")

    def fitted():  # to the reading, which may be too young for a column of its own
        use(live, bay)
        return all(trace.scale._fitted for trace in chart.traces)

    qtbot.waitUntil(fitted)
    before = [(t.scale.low, t.scale.high) for t in chart.traces]
    use(live, bay, replace(LEAN, warning=None, trip=400.0))
    assert [(t.scale.low, t.scale.high) for t in chart.traces] == before


def test_a_line_in_the_scale_is_painted_and_one_beyond_it_is_not(live, bay):
    chart = chart_of(live, "boost")
    trace = next(t for t in chart.traces if t.channel.name == "boost")
    trace.scale.fix(0.0, 2.0)
    chart.refresh()
    use(live, bay, BOOST)
    assert painted(chart, tokens().trip)
    use(live, bay, replace(BOOST, trip=900.0))
    assert not painted(chart, tokens().trip)


def painted(chart, color):
    picture = chart.grab().toImage()
    wanted, plot = QColor(color).rgb(), chart.plot
    return any(
        picture.pixel(x, y) == wanted
        for x in range(plot.left() + 200, plot.right())
        for y in range(plot.top() + 1, plot.bottom())
    )


def test_lines_stay_after_the_layout_changed(live, bay):
    use(live, bay, BOOST)
    live.board.move_chart(0, 1)
    live.tick(bay.snapshot())
    assert words_in(chart_of(live, "boost"))


@pytest.mark.parametrize(
    ("state", "level", "word", "lamp"),
    [
        (AlarmState.ACTIVE_UNACKNOWLEDGED, Level.TRIP, "TRIP", State.TRIP),
        (AlarmState.ACTIVE_UNACKNOWLEDGED, Level.WARNING, "WARN", State.WARNING),
        (AlarmState.ACTIVE_ACKNOWLEDGED, Level.TRIP, "TRIP ack.", State.TRIP),
        (AlarmState.RETURNED_UNACKNOWLEDGED, Level.WARNING, "was WARN", State.WARNING_GONE),
        (AlarmState.LATCHED, Level.TRIP, "TRIP latched", State.LATCHED),
        (AlarmState.SHELVED, Level.TRIP, "shelved", State.SHELVED),
    ],
)
def test_a_tile_tells_the_alarm_of_its_channel_by_lamp_and_word(
    live, bay, state, level, word, lamp
):
    use(live, bay, BOOST, alarms=[standing(state=state, level=level)])
    assert tile(live, "boost").state_text == word
    assert tile(live, "boost").alarm.lamp is lamp
    assert word in tile(live, "boost").accessibleName()


def test_an_alarm_that_was_acknowledged_looks_otherwise_than_one_that_calls(live, bay):
    pictures = []
    for state in (AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmState.ACTIVE_ACKNOWLEDGED):
        use(live, bay, BOOST, alarms=[standing(state=state)])
        picture = tile(live, "boost").grab().toImage()
        pictures.append(picture)
        trip = QColor(tokens().trip).rgb()
        inside_frame = picture.pixel(2, picture.height() // 2)
        assert (inside_frame == trip) is (state is AlarmState.ACTIVE_UNACKNOWLEDGED)
    assert pictures[0] != pictures[1]


def test_an_alarm_that_is_over_leaves_its_tile(live, bay):
    use(live, bay, BOOST, alarms=[standing()])
    use(live, bay, BOOST)
    assert tile(live, "boost").alarm is None
    assert tile(live, "boost").state_text == "high"


def test_a_channel_without_values_keeps_its_words_and_gets_the_alarms_frame(live, bay):
    lost = standing(
        key="signal:afr",
        channel="afr",
        limit=None,
        fault=SignalFault.INVALID,
        level=Level.WARNING,
        worst=Level.WARNING,
    )
    bay.feed({}, invalid=("afr",))
    use(live, bay, LEAN, alarms=[lost])
    assert tile(live, "afr").state_text == "no value"
    assert tile(live, "afr").alarm.lamp is State.WARNING


def test_a_stale_value_under_an_alarm_tells_both(live, bay):
    bay.values["boost"] = (bay.values["boost"][0] - 5_200_000_000, 150.0)
    use(live, bay, BOOST, alarms=[standing()])
    assert tile(live, "boost").state_text.startswith("TRIP, ")


def test_the_worst_of_two_alarms_of_a_channel_is_the_one_that_is_told(live, bay):
    late = standing(replace(BOOST, key="boost_warm"), level=Level.WARNING, worst=Level.WARNING)
    use(live, bay, BOOST, alarms=[standing(), late])
    assert tile(live, "boost").state_text == "TRIP"


def test_the_bar_tells_the_worst_alarm(live, bay):
    use(live, bay, BOOST, alarms=[standing()])
    assert live.bar.alarm.words == "Boost 1.50 bar"
    assert live.bar.alarm.state is State.TRIP


def test_an_alarm_out_of_service_is_not_told(live):
    assert face_of(standing(state=AlarmState.OUT_OF_SERVICE)) is None


def test_nothing_is_rebuilt_while_limits_and_alarms_stay_the_same(live, bay, monkeypatch):
    use(live, bay, BOOST, HOT, alarms=[standing()])
    chart = chart_of(live, "boost")
    calls = []
    monkeypatch.setattr(chart, "set_limits", lambda *words: calls.append(words))
    monkeypatch.setattr(tile(live, "boost"), "show_limits", lambda *words: calls.append(words))
    for _ in range(5):
        live.tick(bay.snapshot())
    assert calls == []


def test_a_form_that_is_kept_as_it_was_leaves_the_bands_to_the_limits(live, bay):
    use(live, bay, BOOST)
    live.edit_tile("boost")
    form = live.findChild(TileForm)
    form._take()
    assert form.spec.bands is None


def test_of_two_limits_the_edge_counts_that_is_passed_first():
    two = (HOT, replace(HOT, key="temp_high_2", warning=95.0, trip=104.0))
    assert limit_bands(edges_of(two, "temp")) == Bands(warn_high=95.0, trip_high=104.0)


def test_a_warning_beyond_another_limits_trip_has_no_band():
    two = (
        replace(HOT, trip=None, warning=110.0),
        replace(HOT, key="temp_high_2", warning=None, trip=104.0),
    )
    assert limit_bands(edges_of(two, "temp")) == Bands(trip_high=104.0)


def test_limits_of_an_expression_belong_to_no_channel():
    assert edges_of([replace(HOT, watches="temp - iat")], "temp") == ()


def test_words_of_limits_are_painted_over_the_curves_of_every_box(live, bay):
    use(live, bay, HOT, BOOST)
    drawn = [chart._drawing for chart in live.board.stack.charts]
    plots = [plot for plot in drawn if plot is not None and plot._limits]
    assert plots
    for plot in plots:
        assert plot._limit_words is not None
        assert plot._limit_words.parentItem() is plot._boxes[0].childGroup
        assert plot._limit_words.zValue() > max(one.zValue() for one in plot._limits.values())


def test_a_long_name_has_the_badge_of_its_alarm_below_it(live, bay):
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter, QPixmap

    use(live, bay, BOOST, alarms=[standing()])
    picture = QPixmap(400, 200)
    with QPainter(picture) as painter:
        assert tile(live, "boost")._paint_state(painter, QRect(0, 0, 380, 180)) > 0
        assert tile(live, "boost")._paint_state(painter, QRect(0, 0, 60, 180)) == 0
