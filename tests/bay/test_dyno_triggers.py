"""When runs begin and end by themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.bay.dyno_settings import Triggers
from cartech_desk.bay.dyno_triggers import (
    Beginning,
    Ending,
    Why,
    only_by_hand,
    rolled_in,
)
from cartech_desk.domain.dyno.run import TestType

S = 1_000_000_000
PULL, COAST, STEADY, FREE = (
    TestType.POWER_PULL,
    TestType.COAST_DOWN,
    TestType.STEADY_STATE,
    TestType.FREE,
)


def samples(values, hz=10, start_s=0.0):
    return [(round((start_s + i / hz) * S), float(v)) for i, v in enumerate(values)]


def end_of(ending, speed=(), throttle=(), rpm=()):
    """Feed an ending sample by sample; return the end, if it comes."""
    times = sorted({t for some in (speed, throttle, rpm) for t, _ in some})
    for t_ns in times:
        at = [[one for one in some if one[0] == t_ns] for some in (speed, throttle, rpm)]
        end = ending.look(*at, heard_ns=t_ns, now_ns=t_ns)
        if end is not None:
            return end
    return None


def test_a_pull_begins_where_speed_rises_above_the_threshold():
    waiting = Beginning(PULL, Triggers())
    assert waiting.look(samples([20, 30, 39]), ()) == 0
    assert waiting.look(samples([41, 45], start_s=1), ()) == S


def test_one_sample_above_is_noise():
    waiting = Beginning(PULL, Triggers())
    assert waiting.look(samples([20, 300, 20, 20]), ()) == 0


def test_who_is_fast_already_has_to_slow_down_first():
    waiting = Beginning(PULL, Triggers())
    assert waiting.look(samples([80, 81, 82]), ()) == 0
    assert waiting.too_fast
    assert waiting.look(samples([30, 41, 42], start_s=1), ()) == 1.1 * S


def test_a_pull_begins_with_the_throttle_where_that_is_set():
    waiting = Beginning(PULL, Triggers(start_kmh=None, start_throttle_pct=80))
    assert waiting.look(samples([90] * 5), samples([10, 10, 95, 95])) == 0.2 * S


def test_a_coast_down_begins_where_speed_begins_to_fall():
    waiting = Beginning(COAST, Triggers())
    assert waiting.look(samples([30, 80, 120, 119.5, 119, 117]), ()) == 0.2 * S


def test_a_coast_down_from_a_crawl_is_none():
    assert Beginning(COAST, Triggers()).look(samples([30, 20, 10]), ()) == 0


def test_a_pull_ends_some_time_after_the_lift():
    ending = Ending(PULL, Triggers(tail_s=1.0), 0)
    end = end_of(ending, samples([50, 100, 150, 149, 140, 130, 120, 110, *[100] * 20]))
    assert (end.why, end.last_ns) == (Why.LIFT, round(1.4 * S))


def test_a_slip_of_the_speed_that_recovers_ends_nothing():
    ending = Ending(PULL, Triggers(tail_s=1.0), 0)
    assert end_of(ending, samples([50, 100, 150, 140, 155, 160, 165] + [170] * 20)) is None


def test_a_gear_change_with_the_throttle_shut_ends_nothing():
    ending = Ending(PULL, Triggers(tail_s=1.0), 0)
    speed = samples([50, 60, 70, 69, 69, 72, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170])
    throttle = samples([100, 100, 100, 0, 0, 100, 100, *[100] * 9])
    assert end_of(ending, speed, throttle) is None


def test_letting_go_of_the_throttle_ends_a_pull_at_constant_speed():
    ending = Ending(PULL, Triggers(tail_s=0.5), 0)
    end = end_of(ending, samples([100] * 20), samples([90, 90, 3, *[3] * 17]))
    assert (end.why, end.last_ns) == (Why.LIFT, round(0.7 * S))


def test_without_speed_a_pull_ends_by_engine_speed():
    ending = Ending(PULL, Triggers(tail_s=0.5), 0)
    end = end_of(ending, rpm=samples([2000, 4000, 6000, 7000, 5000, *[3000] * 10]))
    assert end.why is Why.LIFT


def test_silence_ends_with_the_last_that_was_heard():
    ending = Ending(PULL, Triggers(silence_s=3), 0)
    assert ending.look((), (), (), heard_ns=2 * S, now_ns=4 * S) is None
    end = ending.look((), (), (), heard_ns=2 * S, now_ns=6 * S)
    assert (end.why, end.last_ns) == (Why.SILENCE, 2 * S)


def test_no_pull_lasts_longer_than_the_longest():
    end = Ending(PULL, Triggers(longest_s=10), 0).look((), (), (), heard_ns=11 * S, now_ns=11 * S)
    assert end.why is Why.LONGEST


@pytest.mark.parametrize("test", [STEADY, FREE])
def test_what_is_no_pull_may_last_longer(test):
    ending = Ending(test, Triggers(longest_s=10), 0)
    assert ending.look((), (), (), heard_ns=600 * S, now_ns=600 * S) is None


def test_a_steady_state_ends_with_the_roll_out():
    ending = Ending(STEADY, Triggers(tail_s=0.5), 0)
    assert end_of(ending, samples([100, 90, 100, 80, *[60] * 20])) is None
    assert end_of(ending, samples([10] * 20, start_s=3)).why is Why.LIFT


def test_a_coast_down_ends_at_a_stand_and_where_it_is_driven_again():
    ending = Ending(COAST, Triggers(tail_s=0.1), 0)
    assert end_of(ending, samples([60, 40, 20, 10, 4, 3, 2])).why is Why.LIFT
    ending = Ending(COAST, Triggers(tail_s=0.1), 0)
    assert end_of(ending, samples([60, 50, 45, 47, 52, 60, 70])).last_ns == round(0.3 * S)


def test_what_can_begin_by_hand_only():
    assert only_by_hand(FREE, Triggers(), speed=True, throttle=True)
    assert only_by_hand(PULL, Triggers(), speed=False, throttle=True)
    assert only_by_hand(PULL, Triggers(start_kmh=None), speed=True, throttle=True)
    assert not only_by_hand(PULL, Triggers(), speed=True, throttle=False)
    assert not only_by_hand(
        PULL, Triggers(start_kmh=None, start_throttle_pct=80), speed=False, throttle=True
    )
    assert only_by_hand(COAST, Triggers(), speed=False, throttle=True)


def test_a_run_from_a_standstill_begins_with_the_launch():
    t_ns = np.arange(0, 10 * S, S // 20)
    kmh = np.clip((t_ns / S - 6.0) * 20.0, 0, None)
    assert rolled_in(t_ns, kmh, 8 * S) == pytest.approx(5.5 * S, abs=0.1 * S)


def test_a_run_out_of_a_steady_roll_begins_with_the_pull():
    t_ns = np.arange(0, 10 * S, S // 20)
    kmh = np.where(t_ns < 7 * S, 35.0, 35.0 + (t_ns / S - 7.0) * 15.0)
    assert rolled_in(t_ns, kmh, round(7.4 * S)) == pytest.approx(6.5 * S, abs=0.1 * S)


def test_a_run_holds_nothing_of_a_pull_that_was_driven_before_it():
    """Slower still before that pull, as a car that was just started: it begins after the pull."""
    t_ns = np.arange(0, 13 * S, S // 20)
    kmh = np.interp(t_ns / S, [0.0, 6.0, 8.0, 11.0, 13.0], [30.0, 105.0, 34.0, 34.0, 45.0])
    begun_ns = int(t_ns[np.flatnonzero((kmh >= 40.0) & (t_ns > 11 * S))[0]])
    assert rolled_in(t_ns, kmh, begun_ns) == pytest.approx(10.5 * S, abs=0.2 * S)


def test_where_speed_was_not_known_before_a_run_begins_just_before_its_trigger():
    assert rolled_in(np.empty(0, np.int64), np.empty(0), 8 * S) == 7.5 * S


@given(st.lists(st.floats(0, 400), min_size=1, max_size=200))
def test_an_end_is_never_before_the_begin_nor_after_now(values):
    ending = Ending(PULL, Triggers(tail_s=0.5), 0)
    speed = samples(values)
    end = end_of(ending, speed)
    if end is not None:
        assert 0 <= end.last_ns <= speed[-1][0]
