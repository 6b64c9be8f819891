"""What happens at a car, by name: which alarms must come, when, and which must not."""

import math
from dataclasses import replace

import pytest

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit, LimitRefused
from cartech_desk.domain.alarms.state import AlarmState, Happening
from cartech_desk.domain.alarms.watch import (
    FIRST_VALUE_NS,
    STALE_MOST_NS,
    LimitWatch,
    SignalFault,
    limit_alarm,
    signal_alarm,
)
from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.expressions import ExpressionError

ABOVE, BELOW = Comparison.ABOVE, Comparison.BELOW
NONE, WARNING, TRIP = Level.NONE, Level.WARNING, Level.TRIP
H, S = Happening, AlarmState
MS = 1_000_000
SECOND = 1000 * MS
NAN = math.nan

BOOST = Limit("boost_high", "boost", ABOVE, 130, 150, deadband=10, off_delay_s=1.0)
COOLANT = Limit("coolant", "temp", ABOVE, 110, 115, deadband=3, warning_delay_s=3, trip_delay_s=1)
LEAN = Limit(
    "lean",
    "lambda",
    ABOVE,
    0.97,
    1.02,
    deadband=0.02,
    trip_delay_s=0.5,
    off_delay_s=0.2,
    gate="map > 95 and rpm > 2000",
)


class Car:
    """A watch that is connected at 100 s, and what it told, in seconds from there."""

    def __init__(self, *limits, **periods_s):
        self.start = 100 * SECOND
        self.watch = LimitWatch(limits)
        self.watch.expect(periods_s, self.start)
        self.watch.listen(self.start, on=True)
        self.told = []

    def ns(self, seconds):
        return self.start + round(seconds * SECOND)

    def hear(self, changes):
        self.told += [
            (round((one.t_ns - self.start) / SECOND, 3), one.key, one.happening, one.level)
            for one in changes
        ]

    def read(self, seconds, quality=Quality.GOOD, **values):
        t_ns = self.ns(seconds)
        self.hear(
            self.watch.take(
                [Reading(name, t_ns, float(value), quality) for name, value in values.items()]
            )
        )

    def tick(self, seconds):
        self.hear(self.watch.tick(self.ns(seconds)))

    def state(self, key="limit"):
        return self.watch.alarms[key].state

    def happened(self, key):
        return [(seconds, happening) for seconds, name, happening, _ in self.told if name == key]


def span(first_s, last_s, step_s=0.01):
    """Times from first to last, both included."""
    count = round((last_s - first_s) / step_s)
    return [first_s + at * step_s for at in range(count + 1)]


# Values


def test_over_boost_warns_and_trips_at_once_and_goes_late():
    car = Car(BOOST)
    for t in span(0, 5):
        car.read(t, boost=140 if 1 <= t < 1.5 else 155 if 1.5 <= t < 2 else 100)
    assert car.happened("limit:boost_high") == [
        (1.0, H.RAISED),
        (1.5, H.ESCALATED),
        (3.0, H.RETURNED),
    ]


def test_over_boost_that_dips_for_less_than_the_off_delay_is_one_alarm():
    car = Car(BOOST)
    for t in span(0, 8):
        dip = 2 <= t < 2.9 or 4 <= t < 4.9
        car.read(t, boost=155 if 1 <= t < 6 and not dip else 100)
    assert car.happened("limit:boost_high") == [(1.0, H.RAISED), (7.0, H.RETURNED)]


def test_slow_overheating_waits_for_its_delays_and_for_the_deadband():
    car = Car(COOLANT)
    heat = {t: 100 + 0.25 * t for t in range(80)}  # 110 at 40 s, 115 at 60 s, 119.75 at 79 s
    cool = {80 + t: 120 - 0.5 * t for t in range(40)}  # 112 at 96 s, 107 at 106 s
    for t, temp in {**heat, **cool}.items():
        car.read(t, temp=temp)
    assert car.happened("limit:coolant") == [
        (44, H.RAISED),  # beyond 110 from 41 s on
        (62, H.ESCALATED),  # beyond 115 from 61 s on
        (106, H.RETURNED),  # within 107
    ]


@pytest.mark.parametrize(("lasts_s", "trips"), [(0.08, False), (0.49, False), (0.6, True)])
def test_a_lean_spike_warns_at_once_and_trips_after_half_a_second(lasts_s, trips):
    car = Car(LEAN)
    for t in span(0, 3):
        car.read(t, map=200, rpm=3400, **{"lambda": 1.15 if 1 <= t < 1 + lasts_s - 1e-9 else 0.86})
    came = car.happened("limit:lean")
    assert came[0] == (1.0, H.RAISED)
    assert [one for one in came if one[1] is H.ESCALATED] == ([(1.5, H.ESCALATED)] if trips else [])
    # The off-delay begins with the first value within.
    assert came[-1] == (pytest.approx(1 + lasts_s + 0.2, abs=0.011), H.RETURNED)


def test_flapping_at_the_limit_within_the_deadband_is_one_alarm():
    car = Car(replace(COOLANT, warning_delay_s=0))
    for t in span(0, 20, 0.4):
        flaps = 4 <= t < 12
        car.read(t, temp=(111 if round(t / 0.4) % 2 else 109) if flaps else 90)
    assert [happening for _, happening in car.happened("limit:coolant")] == [H.RAISED, H.RETURNED]


def test_a_value_upon_the_edge_is_not_beyond_it():
    car = Car(BOOST)
    car.read(0, boost=130)
    assert car.told == []
    car.read(1, boost=130.001)
    assert [one[2] for one in car.told] == [H.RAISED]


def test_a_limit_below_is_the_mirror_of_one_above():
    oil = Limit("oil", "oil_pressure", BELOW, 150, 100, deadband=20)
    car = Car(oil)
    for t, value in enumerate((300, 150, 149, 100, 99, 169, 170)):
        car.read(t, oil_pressure=value)
    assert car.happened("limit:oil") == [
        (2, H.RAISED),
        (4, H.ESCALATED),
        (6, H.RETURNED),
    ]


def test_every_sample_of_a_batch_counts():
    watch = LimitWatch([BOOST])
    batch = [Reading("boost", SECOND + at * MS, value) for at, value in enumerate((100, 155, 100))]
    assert [one.happening for one in watch.take(batch)] == [H.RAISED]


# Gates


def test_lean_off_boost_and_at_low_engine_speed_does_not_count():
    car = Car(LEAN)
    for t in span(0, 2):
        car.read(t, map=60, rpm=3000, **{"lambda": 1.3})
    for t in span(2.01, 4):
        car.read(t, map=200, rpm=1500, **{"lambda": 1.3})
    assert car.told == []


def test_a_gate_that_closes_ends_the_alarm_after_the_off_delay_and_flapping_does_not():
    car = Car(LEAN)
    for t in span(0, 2):
        closed = round(t * 10) % 2  # for 0.1 s of 0.2 s, less than the off-delay
        car.read(t, map=60 if t > 0.5 and closed else 200, rpm=3400, **{"lambda": 1.0})
    assert car.happened("limit:lean") == [(0.0, H.RAISED)]
    for t in span(2.01, 3):
        car.read(t, map=60, rpm=3400, **{"lambda": 1.0})
    assert car.happened("limit:lean")[-1][1] is H.RETURNED


def test_a_gate_that_cannot_be_told_ends_nothing_and_begins_nothing():
    car = Car(LEAN)
    car.read(0, rpm=3400, **{"lambda": 1.3})  # no manifold pressure yet
    assert car.told == []
    car.read(1, map=200, **{"lambda": 1.3})
    assert car.state("limit:lean") is S.ACTIVE_UNACKNOWLEDGED
    car.read(2, Quality.INVALID, map=NAN)
    for t in span(2.01, 4):
        car.read(t, rpm=3400, **{"lambda": 0.8})
    assert car.watch.alarms["limit:lean"].level is not NONE


def test_readings_of_one_instant_belong_together_in_any_order():
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        car = Car(LEAN)
        car.read(0, map=60, rpm=1000, **{"lambda": 0.9})
        batch = [Reading("lambda", car.ns(1), 1.1), Reading("map", car.ns(1), 200.0)]
        batch.append(Reading("rpm", car.ns(1), 3000.0))
        car.hear(car.watch.take([batch[at] for at in order]))
        assert car.happened("limit:lean") == [(1.0, H.RAISED)]


# Channels without a value


def test_a_sensor_that_dies_alarms_and_the_limit_keeps_its_state():
    car = Car(BOOST, boost=0.1)
    for t in span(0, 2, 0.1):
        car.read(t, boost=140)
    for t in span(2.05, 4, 0.05):
        car.tick(t)
    assert car.happened("signal:boost") == [(2.55, H.RAISED)]
    assert car.state("limit:boost_high") is S.ACTIVE_UNACKNOWLEDGED
    assert [one.fault for one in car.watch.standing() if one.key == "signal:boost"] == [
        SignalFault.STALE
    ]
    car.read(4.1, boost=100)
    car.tick(4.15)
    assert car.happened("signal:boost")[-1] == (4.15, H.RETURNED)
    car.read(5.0, boost=100)
    assert car.watch.alarms["limit:boost_high"].level is not NONE  # the off-delay began anew
    car.read(5.1, boost=100)
    assert car.watch.alarms["limit:boost_high"].level is NONE


def test_a_sensor_that_answers_without_a_value_alarms_as_invalid():
    car = Car(BOOST, boost=0.1)
    for t in span(0, 1, 0.1):
        car.read(t, boost=100)
    for t in span(1.1, 3, 0.1):
        car.read(t, Quality.INVALID, boost=NAN)
        car.tick(t)
    assert car.happened("signal:boost") == [(1.6, H.RAISED)]
    assert car.watch.standing()[0].fault is SignalFault.INVALID


@pytest.mark.parametrize("value", [NAN, math.inf, -math.inf])
def test_a_good_reading_that_is_no_number_is_none(value):
    car = Car(BOOST, replace(BOOST, key="low", comparison=BELOW, warning=5, trip=1), boost=0.1)
    car.read(0, boost=140)
    for t in span(0.1, 3, 0.1):
        car.read(t, boost=value)
        car.tick(t)
    assert car.state("limit:boost_high") is S.ACTIVE_UNACKNOWLEDGED
    assert car.state("limit:low") is S.NORMAL
    assert car.watch.standing()[-1].fault is SignalFault.INVALID


@pytest.mark.parametrize("quality", [Quality.INVALID, Quality.STALE, 7])
def test_a_value_of_any_other_quality_never_counts(quality):
    car = Car(BOOST)
    car.read(0, quality, boost=155)
    assert car.told == []
    car.read(1, boost=155)
    for t in span(2, 5):
        car.read(t, quality, boost=100)
    assert car.watch.alarms["limit:boost_high"].level is TRIP


def test_an_on_delay_runs_on_through_invalid_readings():
    car = Car(LEAN)
    car.read(0, map=200, rpm=3000, **{"lambda": 1.1})
    for t in span(0.01, 0.5):
        car.read(t, Quality.INVALID, **{"lambda": NAN})
    assert [one[2] for one in car.told] == [H.RAISED]
    car.read(0.51, **{"lambda": 1.1})
    assert car.told[-1][2:] == (H.ESCALATED, TRIP)


def test_a_first_value_has_time_and_then_is_missed():
    car = Car(BOOST, boost=0.1)
    car.tick(FIRST_VALUE_NS / SECOND)
    assert car.told == []
    car.tick(FIRST_VALUE_NS / SECOND + 0.05)
    assert [one[1:3] for one in car.told] == [("signal:boost", H.RAISED)]


def test_a_channel_of_the_gate_is_missed_too():
    car = Car(LEAN, map=0.1)
    car.tick(5.05)
    assert [one[1] for one in car.told] == ["signal:map"]


def test_nobody_is_missed_that_is_not_asked_for_or_while_nobody_listens():
    car = Car(BOOST, temp=0.1)
    car.tick(60)
    assert car.told == []
    car.hear(car.watch.expect({"boost": 0.1}, car.ns(61)))
    car.watch.listen(car.ns(62), on=False)
    for t in span(62, 80, 1):
        car.tick(t)
    assert car.told == []


def test_a_channel_whose_only_limits_are_out_of_service_is_not_missed():
    car = Car(replace(BOOST, in_service=False), boost=0.1)
    for t in span(0, 20, 1):
        car.tick(t)
    assert [key for _, key, _, _ in car.told] == []
    assert car.state("limit:boost_high") is S.OUT_OF_SERVICE


def test_a_missing_channel_is_let_go_when_its_limit_goes_out_of_service():
    car = Car(BOOST, boost=0.1)
    car.tick(6)
    car.hear(car.watch.use([replace(BOOST, in_service=False)], car.ns(7)))
    assert car.happened("signal:boost")[-1][1] is H.RETURNED
    assert signal_alarm("boost") not in car.watch.alarms


def test_a_slow_wire_is_granted_patience_and_not_without_end():
    car = Car(BOOST, boost=0.02)
    for t in (0, 4, 8, 12):
        car.read(t, boost=100)
        for at in span(t + 0.5, t + 3.5, 0.5):
            car.tick(at)
    raised = [at for at, happening in car.happened("signal:boost") if happening is H.RAISED]
    assert [at for at in raised if at > 8] == []
    for at in span(12.5, 30, 0.5):
        car.tick(at)
    died = car.happened("signal:boost")[-1]
    assert died == (12 + STALE_MOST_NS / SECOND + 0.5, H.RAISED)


def test_an_expression_is_not_known_while_one_input_is_stale():
    feed = Limit("fuel", "fuel_pressure - boost", BELOW, 260, 230)
    car = Car(feed, fuel_pressure=0.1, boost=0.1)
    car.read(0, fuel_pressure=300, boost=0)
    for t in span(0.1, 2, 0.1):
        car.read(t, fuel_pressure=100)  # the boost sensor is dead: nobody knows the difference
        car.tick(t)
        if t > 0.6:
            assert car.watch.alarms["signal:boost"].level is not NONE
    before = len(car.happened("limit:fuel"))
    car.read(2.1, fuel_pressure=300)
    assert len(car.happened("limit:fuel")) == before  # nothing in range is assumed either
    car.read(2.2, fuel_pressure=300, boost=10)
    assert car.watch.alarms["limit:fuel"].level is NONE


# Time


def test_readings_out_of_order_do_not_shorten_a_delay():
    car = Car(replace(BOOST, warning_delay_s=0.5, trip=None))
    car.read(1.0, boost=100)
    car.read(0.5, boost=140)  # late
    car.read(1.1, boost=140)
    assert car.told == []
    car.read(1.5, boost=140)
    assert car.happened("limit:boost_high") == [(1.5, H.RAISED)]


def test_a_stamp_far_in_the_future_does_not_blind_the_watch():
    car = Car(replace(BOOST, warning_delay_s=0.5, trip=None))
    car.read(1_000_000, boost=140)
    for t in span(1, 2):
        car.read(t, boost=140)
    assert [one[2] for one in car.told] == [H.RAISED]


def test_a_channel_stamped_in_the_future_is_missed_like_any_other():
    car = Car(BOOST, boost=0.1)
    car.read(0, boost=100)
    car.tick(0.05)
    car.read(3600, boost=100)
    for t in span(0.1, 8, 0.1):
        car.tick(t)
    assert car.happened("signal:boost") == [(pytest.approx(0.7), H.RAISED)]


def test_two_values_of_one_channel_at_one_instant_both_count():
    for limit in (BOOST, replace(BOOST, gate="rpm > 1000"), replace(BOOST, watches="boost + 0")):
        car = Car(limit)
        car.read(0, rpm=2000, boost=100)
        t_ns = car.ns(1)
        car.hear(car.watch.take([Reading("boost", t_ns, 155.0), Reading("boost", t_ns, 100.0)]))
        assert car.happened("limit:boost_high") == [(1.0, H.RAISED)]


def test_a_night_asleep_neither_trips_nor_floods_and_ends_the_shelf():
    limit = replace(BOOST, warning_delay_s=0.5, trip=None)
    car = Car(limit, boost=0.1)
    for t in span(0, 1, 0.1):
        car.read(t, boost=100)
        car.tick(t)
    car.read(1.1, boost=140)
    car.hear(car.watch.alarms["limit:boost_high"].shelve(car.ns(1.2), car.ns(3600)))
    car.tick(1.2)
    morning = 3 * 86400
    car.tick(morning)
    car.read(morning + 0.05, boost=140)
    assert [one[2] for one in car.told] == [H.SHELVED, H.UNSHELVED]  # two values, days apart
    car.read(morning + 0.55, boost=140)
    assert car.told[-1][2] is H.RAISED


def test_a_night_asleep_is_noticed_by_the_first_reading_too():
    car = Car(replace(BOOST, warning_delay_s=0.5, trip=None), boost=0.1)
    car.tick(0)
    car.read(0.1, boost=140)
    car.read(86400, boost=140)
    assert car.told == []


def test_a_lost_link_keeps_what_is_out_and_begins_delays_anew():
    car = Car(LEAN)
    car.read(0, map=200, rpm=3000, **{"lambda": 1.1})
    car.watch.listen(car.ns(0.1), on=False)
    car.watch.listen(car.ns(60), on=True)
    car.read(60.1, map=200, rpm=3000, **{"lambda": 1.1})
    assert [one[2] for one in car.told] == [H.RAISED]


def test_a_channel_that_died_is_missed_however_often_the_wire_pauses():
    car = Car(LEAN, **{"lambda": 0.1, "map": 0.1, "rpm": 0.1})
    car.read(0, map=200, rpm=3000, **{"lambda": 0.9})
    for turn in range(1, 20):
        car.read(turn, map=200, rpm=3000)
        car.tick(turn + 0.05)
        car.watch.hold(on=True)
        car.tick(turn + 0.5)
        car.tick(turn + 0.95)
        car.read(turn + 0.98, map=200, rpm=3000)
        car.watch.hold(on=False)
        car.watch.paused(car.ns(turn), car.ns(turn + 0.98))
        car.tick(turn + 0.99)
    assert car.happened("signal:lambda")[0][0] < 20
    assert {one[1] for one in car.told} == {"signal:lambda"}


def test_a_channel_that_never_came_is_missed_though_the_wire_pauses():
    car = Car(BOOST, boost=0.1)
    for turn in range(1, 7):
        car.watch.hold(on=True)
        car.tick(turn + 0.6)
        car.watch.hold(on=False)
        car.watch.paused(car.ns(turn), car.ns(turn + 0.7))
        car.tick(turn + 0.7)
    assert car.happened("signal:boost") == [(pytest.approx(5.7), H.RAISED)]


def test_a_pause_of_the_wire_lets_delays_run_on():
    car = Car(LEAN)
    car.read(0, map=200, rpm=3000, **{"lambda": 1.1})
    car.watch.hold(on=True)
    car.watch.hold(on=False)
    car.watch.paused(car.ns(0), car.ns(0.6))
    car.read(0.6, map=200, rpm=3000, **{"lambda": 1.1})
    assert [one[2] for one in car.told] == [H.RAISED, H.ESCALATED]


def test_a_pause_of_the_wire_makes_no_live_channel_missed():
    car = Car(BOOST, boost=0.1)
    car.read(0.1, boost=100)
    car.watch.hold(on=True)
    for t in span(0.6, 2.1, 0.05):
        car.tick(t)
    car.watch.hold(on=False)
    car.watch.paused(car.ns(0.15), car.ns(2.15))
    car.tick(2.2)
    assert car.told == []
    for t in span(2.25, 3, 0.05):
        car.tick(t)
    assert car.happened("signal:boost") == [(pytest.approx(2.65, abs=0.06), H.RAISED)]


def test_leaving_the_car_ends_every_condition_and_keeps_what_nobody_acknowledged():
    car = Car(BOOST, COOLANT, boost=0.1, temp=0.1)
    car.read(0, boost=140)
    car.tick(5.5)
    car.hear(car.watch.leave(car.ns(6)))
    assert car.state("limit:boost_high") is S.RETURNED_UNACKNOWLEDGED
    assert car.state("signal:temp") is S.RETURNED_UNACKNOWLEDGED
    for t in span(7, 20, 1):
        car.tick(t)
    assert all(alarm.level is NONE for alarm in car.watch.alarms.values())


# Limits that change


def test_words_and_priority_change_without_touching_a_standing_alarm():
    car = Car(BOOST)
    car.read(0, boost=140)
    car.read(0.1, boost=125)  # in the deadband
    assert car.watch.use([replace(BOOST, to_do="Lift off.", rate_hz=20)], car.ns(0.2)) == ()
    assert car.state("limit:boost_high") is S.ACTIVE_UNACKNOWLEDGED


def test_an_edge_moved_away_from_a_standing_alarm_returns_it_at_once():
    car = Car(BOOST)
    car.read(0, boost=140)
    changes = car.watch.use([replace(BOOST, warning=145)], car.ns(1))
    assert [one.happening for one in changes] == [H.RETURNED]


def test_an_edge_moved_and_still_passed_keeps_the_alarm():
    car = Car(BOOST)
    car.read(0, boost=140)
    assert car.watch.use([replace(BOOST, warning=135)], car.ns(1)) == ()
    car.read(2, boost=155)
    assert car.told[-1][2] is H.ESCALATED


def test_an_edge_moved_while_the_value_is_unknown_keeps_the_alarm():
    car = Car(BOOST)
    car.read(0, boost=140)
    car.read(1, Quality.INVALID, boost=NAN)
    assert car.watch.use([replace(BOOST, warning=145)], car.ns(1)) == ()
    assert car.watch.alarms["limit:boost_high"].level is WARNING


def test_a_delay_that_runs_goes_on_where_the_moved_edge_is_passed_too():
    slow = replace(BOOST, warning_delay_s=0.5, trip=None)
    car = Car(slow)
    car.read(0, boost=140)
    car.watch.use([replace(slow, warning=135)], car.ns(0.2))
    car.read(0.5, boost=140)
    assert [one[2] for one in car.told] == [H.RAISED]


def test_a_delay_that_runs_ends_where_the_moved_edge_is_not_passed():
    slow = replace(BOOST, warning_delay_s=0.5, trip=None)
    car = Car(slow)
    car.read(0, boost=140)
    car.watch.use([replace(slow, warning=145)], car.ns(0.2))
    car.read(0.5, boost=146)
    assert car.told == []


def test_another_channel_under_the_same_key_begins_anew():
    car = Car(BOOST)
    car.read(0, boost=140)
    changes = car.watch.use([replace(BOOST, watches="map", warning=230, trip=250)], car.ns(1))
    assert [one.happening for one in changes] == [H.RETURNED]
    car.read(2, map=240)
    assert car.told[-1][2] is H.RAISED


def test_a_limit_that_is_gone_takes_its_alarm_along():
    car = Car(BOOST)
    car.read(0, boost=140)
    changes = car.watch.use([], car.ns(1))
    assert [(one.happening, one.after) for one in changes] == [
        (H.RETURNED, S.RETURNED_UNACKNOWLEDGED)
    ]
    assert limit_alarm("boost_high") not in car.watch.alarms


def test_out_of_service_and_back_loses_no_alarm():
    car = Car(BOOST)
    car.read(0, boost=140)
    off = car.watch.use([replace(BOOST, in_service=False)], car.ns(1))
    assert [(one.happening, one.after) for one in off] == [
        (H.RETURNED, S.RETURNED_UNACKNOWLEDGED),  # and whoever tells of it keeps it
        (H.OUT_OF_SERVICE, S.OUT_OF_SERVICE),
    ]
    car.read(2, boost=155)
    assert car.state("limit:boost_high") is S.OUT_OF_SERVICE
    back = car.watch.use([BOOST], car.ns(3))
    assert back[-1].after is S.NORMAL
    car.read(4, boost=140)
    assert car.state("limit:boost_high") is S.ACTIVE_UNACKNOWLEDGED


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ([replace(BOOST, key="other", watches="boost +")], ExpressionError),
        ([replace(BOOST, warning=120)], LimitRefused),
    ],
)
def test_limits_are_put_in_force_all_or_none(bad, error):
    car = Car(BOOST)
    car.read(0, boost=140)
    with pytest.raises(error):
        car.watch.use([BOOST, COOLANT, *bad], car.ns(1))
    assert car.watch.limits == (BOOST,)
    assert car.state("limit:boost_high") is S.ACTIVE_UNACKNOWLEDGED


def test_a_new_limit_knows_how_often_its_channel_is_asked_for():
    car = Car(BOOST, boost=0.1, temp=1.0)
    car.watch.use([BOOST, COOLANT], car.ns(1))
    for t in span(2, 7, 0.5):
        car.read(t, boost=100)
        car.tick(t)
    assert [one[1] for one in car.told] == ["signal:temp"]


# Shelf, with limits underneath


def test_a_shelved_limit_is_followed_underneath_and_comes_back():
    car = Car(BOOST)
    alarm = car.watch.alarms["limit:boost_high"]
    alarm.shelve(car.ns(0), car.ns(10))
    car.read(1, boost=155)
    car.read(2, boost=100)
    car.read(3, boost=100)
    car.read(9, boost=140)
    assert car.told == []
    car.tick(10)
    assert [one[2] for one in car.told] == [H.UNSHELVED, H.RAISED]
    assert alarm.worst is TRIP


def test_a_desk_alarm_comes_and_goes_as_it_is_told():
    watch = LimitWatch()
    assert watch.desk("link", 1, NONE) == ()
    assert watch.desk("link", 2, WARNING)[0].happening is H.RAISED
    assert watch.desk("link", 3, NONE)[0].happening is H.RETURNED
    assert watch.limit("desk:link") is None
    assert watch.standing()[0].key == "desk:link"


def test_it_names_the_limit_of_an_alarm():
    watch = LimitWatch([BOOST])
    assert watch.limit("limit:boost_high") is BOOST
    assert watch.limit("signal:boost_high") is None
    assert watch.limit("limit:nothing") is None


def test_strangers_and_empty_batches_pass():
    watch = LimitWatch([BOOST])
    watch.tick(1)
    assert watch.take([]) == []
    assert watch.take([Reading("stranger", 5, 1e9)]) == []
