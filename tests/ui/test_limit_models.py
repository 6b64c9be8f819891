"""Limits in words, as drafts, as changes, and tried on what was recorded."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.trial import Occurrence, Trial
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.recordings import ChannelSummary, Ending, RecordingSummary, Samples
from cartech_desk.ui.models.limit_changes import Kind, limit_changes
from cartech_desk.ui.models.limit_draft import draft_of, free_key, read_draft, read_number
from cartech_desk.ui.models.limit_trial import fitting, passings, tried_scale, watched_curve
from cartech_desk.ui.models.limit_words import (
    aloud,
    delay_words,
    difference,
    gate_words,
    limit_unit,
    seconds_words,
    trial_words,
)
from tests.ui.limits_double import BOOST, CHANNELS, HOT, OIL

METRIC, IMPERIAL = UnitSystem.METRIC, UnitSystem.IMPERIAL
SECOND = 1_000_000_000


def unit_of(limit, system=METRIC):
    return limit_unit(limit, limit.unit, CHANNELS, system)


def said(limit, system=METRIC):
    return aloud(limit, unit_of(limit, system), CHANNELS, system)


def read(draft, system=METRIC):
    return read_draft(draft, lambda limit: unit_of(limit, system), CHANNELS)


def typed(limit, system=METRIC, **texts):
    draft = draft_of(limit, unit_of(limit, system))
    numbers = {**draft.numbers, **{k: v for k, v in texts.items() if k in draft.numbers}}
    words = {**draft.texts, **{k: v for k, v in texts.items() if k in draft.texts}}
    return replace(draft, numbers=numbers, texts=words)


# In words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (
            replace(HOT, warning_delay_s=0.0, off_delay_s=0.0, latch=False),
            "Warns when coolant is above 105 °C, trips above 112 °C; goes 3 °C below that. "
            "Priority medium: lamp and sound.",
        ),
        (
            HOT,
            "Warns when coolant is above 105 °C after 3 s, trips above 112 °C; goes 3 °C below "
            "that for 2 s; stays until somebody clears it. Priority medium: lamp and sound.",
        ),
        (
            replace(OIL, warning=None, off_delay_s=1.0),
            "Trips when oil pressure is below 110 kPa; goes once it is back for 1 s. "
            "Priority critical: lamp and sound.",
        ),
        (
            replace(OIL, deadband=20.0, action=Action.LAMP),
            "Warns when oil pressure is below 150 kPa, trips below 110 kPa; goes 20 kPa above "
            "that. Priority critical: lamp.",
        ),
        (
            replace(HOT, in_service=False, warning_delay_s=0, off_delay_s=0, latch=False),
            "Warns when coolant is above 105 °C, trips above 112 °C; goes 3 °C below that. "
            "Out of service: it is not watched until it is put in service.",
        ),
        (
            Limit("heat", "temp - iat", Comparison.ABOVE, trip=60.0, unit="degC"),
            "Trips when “temp - iat” is above 60 °C; goes as soon as it is back. "
            "Priority medium: lamp and sound.",
        ),
    ],
)
def test_a_limit_is_read_aloud(limit, words):
    assert said(limit) == words


def test_a_deadband_is_a_distance_and_not_a_temperature():
    assert "goes 5.4 °F below that" in said(HOT, IMPERIAL)
    assert difference(unit_of(HOT, IMPERIAL)).to_shown(10.0) == pytest.approx(18.0)


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ("rpm > 2000", "above 2\u202f000 rpm"),
        (
            "rpm >= 2000 and map > 95",
            "above 2\u202f000 rpm and while manifold pressure is above 95 kPa",
        ),
        ("temp < 70", "while coolant is below 70 °C"),
        ("rpm > 2000 or map > 95", "while rpm > 2000 or map > 95"),
        ("load > 50", "while load > 50"),
    ],
)
def test_a_gate_is_read_in_the_words_of_the_trade(gate, words):
    assert gate_words(gate, CHANNELS, METRIC) == words


def test_a_gate_is_read_in_the_units_of_the_shop():
    assert gate_words("temp > 100", CHANNELS, IMPERIAL) == "while coolant is above 212 °F"


def test_delays_are_told_only_where_there_are_any():
    assert delay_words(HOT) == "warns 3 s, goes 2 s"
    assert delay_words(OIL) == ""
    assert [seconds_words(s) for s in (0.08, 0.5, 90.0)] == ["80 ms", "0.5 s", "1 min 30 s"]


def test_a_unit_that_the_desk_does_not_know_is_shown_as_it_is():
    strange = Limit("x", "a + b", Comparison.ABOVE, trip=1.0, unit="furlong")
    assert unit_of(strange).symbol == "furlong"


# Drafts


LIMITS = st.builds(
    Limit,
    key=st.just("x_high"),
    watches=st.sampled_from(["rpm", "boost", "temp"]),
    comparison=st.just(Comparison.ABOVE),
    warning=st.floats(60, 100),
    trip=st.floats(200, 299),
    deadband=st.floats(0, 50),
    warning_delay_s=st.floats(0, 3600),
    trip_delay_s=st.floats(0, 3600),
    off_delay_s=st.floats(0, 3600),
    latch=st.booleans(),
    priority=st.sampled_from(Priority),
    action=st.sampled_from(Action),
    gate=st.sampled_from(["", "rpm > 2000"]),
    rate_hz=st.floats(0.01, 1000),
    in_service=st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(LIMITS, st.sampled_from(UnitSystem))
def test_a_draft_that_nobody_touched_is_the_very_limit(limit, system):
    assert read(draft_of(limit, unit_of(limit, system)), system).limit == limit


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e6, 1e6))
def test_a_number_is_read_back_as_it_was_written(number):
    assert read_number(QLocale().toString(number, "f", 6)) == pytest.approx(number, abs=1e-5)


def test_what_is_typed_in_psi_is_kept_in_kilopascal():
    found = read(typed(BOOST, IMPERIAL, trip="22"), IMPERIAL)
    assert found.limit.trip == pytest.approx(151.68, abs=0.01)
    assert found.limit.warning == BOOST.warning


def test_a_number_keeps_its_text_when_another_channel_is_watched():
    found = read(typed(replace(HOT, deadband=0.0), watches="iat", warning="50", trip="60"))
    assert (found.limit.watches, found.limit.warning) == ("iat", 50.0)


def test_empty_delays_and_deadband_are_nought():
    found = read(typed(HOT, deadband="", warning_delay_s="", off_delay_s=""))
    assert (found.limit.deadband, found.limit.warning_delay_s) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"warning": "", "trip": ""}, "warning"),
        ({"warning": "120"}, "trip"),
        ({"deadband": "8"}, "deadband"),
        ({"deadband": "inf"}, "deadband"),
        ({"warning_delay_s": "-1"}, "warning_delay_s"),
        ({"rate_hz": ""}, "rate_hz"),
        ({"gate": "rpm >> 3"}, "gate"),
        ({"gate": "5"}, "gate"),
        ({"watches": "7 + 1"}, "watches"),
        ({"key": "käse"}, "key"),
        ({"unit": "furlong"}, "unit"),
        ({"label": "x" * 301}, "label"),
    ],
)
def test_each_mistake_stands_at_its_field(texts, field):
    found = read(typed(HOT, **texts))
    assert found.limit is None
    assert found.wrong[field]


def test_a_deadband_that_the_alarm_could_never_leave_stands_at_the_deadband():
    low = Limit("map_low", "map", Comparison.BELOW, trip=200.0)
    found = read(typed(low, deadband="90"))
    assert found.wrong["deadband"] == (
        "With this deadband the alarm could never go: manifold pressure ranges from 0 kPa to "
        "255 kPa. Give a smaller one."
    )


def test_a_short_name_is_free_and_plain():
    taken = {"boost_high", "boost_high_2"}
    assert free_key(taken, "boost", Comparison.ABOVE) == "boost_high_3"
    assert free_key((), "temp - iat", Comparison.BELOW) == "temp_iat_low"
    assert free_key((), "", Comparison.ABOVE) == "limit_high"


# Changes


def test_changes_come_first_and_say_what_is_otherwise():
    other = replace(HOT, warning=100.0, latch=False, priority=Priority.CRITICAL)
    found = limit_changes({"coolant_high": HOT, "x": OIL}, [OIL, BOOST, other], CHANNELS, METRIC)
    assert [one.kind for one in found] == [Kind.CHANGED, Kind.NEW, Kind.NEW]
    assert found[0].words == (
        "warning 105 °C \u2192 100 °C; latch yes \u2192 no; priority medium \u2192 critical"
    )


def test_a_limit_that_is_there_already_changes_nothing():
    found = limit_changes({HOT.key: HOT}, [HOT], CHANNELS, METRIC)
    assert found[0].kind is Kind.SAME


# Trials


def summary(number, vehicle, *names, samples=10):
    channels = tuple(ChannelSummary(CHANNELS[name], samples, 0.0, 1.0) for name in names)
    return RecordingSummary(
        number, vehicle, vehicle, "", datetime(2026, 1, 5, tzinfo=UTC), 0, 10 * SECOND,
        Ending.STOPPED, channels, (), 0,
    )  # fmt: skip


def test_recordings_of_this_vehicle_come_first_and_those_that_lack_a_channel_not_at_all():
    kept = (
        summary("a", "miata", "rpm", "boost"),
        summary("b", "civic", "rpm"),
        summary("c", "civic", "rpm", "boost"),
        summary("d", "civic", "rpm", "boost", samples=0),
    )
    assert [one.id for one in fitting(BOOST, kept, "civic")] == ["c", "a"]
    assert fitting(replace(BOOST, gate="rpm >"), kept, "civic") == ()
    assert fitting(None, kept, "civic") == ()


def test_a_trial_is_said_in_one_sentence():
    warned = Occurrence(Level.WARNING, 12_400_000_000, 13 * SECOND, None, 1.0, 0.1)
    tripped = Occurrence(Level.TRIP, 20 * SECOND, None, 21 * SECOND, 2.0, 0.1)
    trial = Trial((warned, warned, tripped), 0, 30 * SECOND, 300, 0, 0)
    assert trial_words(trial) == (
        "Would have gone off 3 times: 2 warnings, 1 trip; first at 0:12.4, 11.2 s in all."
    )
    assert trial_words(Trial((), 0, 30 * SECOND, 300, 30, 150)) == (
        "Would not have gone off in this recording of 30 s. "
        "50 % of the samples did not count by its gate, 10 % of the samples told nothing."
    )


def test_an_occurrence_is_shaded_as_a_warning_until_it_trips():
    tripped = Occurrence(Level.TRIP, 20 * SECOND, None, 21 * SECOND, 2.0, 0.1)
    found = passings(Trial((tripped,), 0, 30 * SECOND, 300, 0, 0))
    assert [(one.first_ns // SECOND, one.last_ns // SECOND, one.level) for one in found] == [
        (20, 21, Level.WARNING),
        (21, 30, Level.TRIP),
    ]


def samples(t_s, values, quality=0):
    t_ns = (np.asarray(t_s) * SECOND).astype(np.int64)
    return Samples(t_ns, np.asarray(values, float), np.full(len(t_ns), quality, np.uint8))


def test_an_expressions_curve_holds_the_last_value_of_each_input():
    heat = Limit("heat", "temp - iat", Comparison.ABOVE, trip=60.0)
    curve = watched_curve(
        heat, {"temp": samples([0, 1, 2], [80, 90, 100]), "iat": samples([0.5, 1.5], [30, 40])}
    )
    assert list(curve.t_ns / SECOND) == [0.5, 1.0, 1.5, 2.0]
    assert list(curve.low) == [50.0, 60.0, 50.0, 60.0]


def test_a_curve_of_nothing_is_empty():
    heat = Limit("heat", "temp - iat", Comparison.ABOVE, trip=60.0)
    assert not len(watched_curve(heat, {"temp": samples([], []), "iat": samples([], [])}))


def test_the_scale_of_a_trial_shows_curve_and_edges():
    curve = watched_curve(replace(HOT, watches="temp"), {"temp": samples([0, 1], [80, 90])})
    low, high = tried_scale(curve, [105.0, 112.0])
    assert low < 80
    assert high > 112


def test_a_channel_is_named_by_its_label_in_the_words():
    named = {"temp": Channel("temp", "ECT", "degC", -40, 130)}
    assert "when ECT is above" in aloud(HOT, limit_unit(HOT, "", named, METRIC), named, METRIC)
