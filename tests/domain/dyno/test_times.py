import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.series import Series
from cartech_desk.domain.dyno.times import acceleration_times


def times_of(t_s, kmh, **more):
    return {one.key: one for one in acceleration_times(Series(t_s, kmh), **more)}


def steady(rate_kmh_s, seconds, *, start=0.0, step_s=0.05, wait_s=1.0):
    """Return a speed that waits and then gains evenly."""
    t_s = np.arange(0.0, seconds + wait_s, step_s)
    return t_s, np.maximum(start, start + rate_kmh_s * (t_s - wait_s))


def test_an_even_gain_takes_its_time_between_two_speeds():
    times = times_of(*steady(20.0, 11.0))
    assert times["100-200kmh_s"].seconds == pytest.approx(5.0, abs=1e-6)
    assert times["80-120kmh_s"].seconds == pytest.approx(2.0, abs=1e-6)
    assert times["60-100mph_s"].seconds == pytest.approx(40 * 1.609344 / 20.0, abs=1e-6)


def test_from_standstill_counts_from_the_last_standing_value():
    assert times_of(*steady(20.0, 11.0))["0-100kmh_s"].seconds == pytest.approx(5.0, abs=0.06)


def test_a_distance_is_covered_in_the_time_that_physics_says():
    rate = 20.0 / 3.6
    found = times_of(*steady(20.0, 14.0))["quarter_mile_s"]
    assert found.seconds == pytest.approx((2.0 * 402.336 / rate) ** 0.5, abs=0.06)


def test_a_run_that_starts_too_fast_says_so():
    found = times_of(*steady(10.0, 10.0, start=56.9))["0-100kmh_s"]
    assert found.seconds is None
    assert found.why_not == "The run starts at 56.9 km/h."


def test_a_run_that_ends_too_slow_says_so():
    found = times_of(*steady(10.0, 10.0, start=20.0))["100-200kmh_s"]
    assert found.seconds is None
    assert "ends at 11" in found.why_not


def test_a_gap_where_a_time_would_begin_makes_it_none():
    t_s, kmh = steady(20.0, 11.0)
    keep = (kmh < 95.0) | (kmh > 105.0)
    found = times_of(t_s[keep], kmh[keep])
    assert found["100-200kmh_s"].seconds is None
    assert "gap" in found["100-200kmh_s"].why_not
    assert found["80-120kmh_s"].seconds == pytest.approx(2.0, abs=1e-6)


def test_a_clock_that_jumped_times_nothing():
    assert all(
        one.seconds is None for one in times_of(*steady(20.0, 11.0), clock_jumped=True).values()
    )


def test_slowing_down_through_two_speeds_is_no_acceleration():
    t_s = np.arange(0.0, 10.0, 0.05)
    assert times_of(t_s, 210.0 - 20.0 * t_s)["80-120kmh_s"].seconds is None


def test_noise_at_a_kilohertz_moves_a_time_by_little():
    t_s, kmh = steady(20.0, 11.0, step_s=0.001)
    noisy = kmh + np.random.default_rng(6).normal(0.0, 0.3, len(t_s))
    assert times_of(t_s, noisy)["100-200kmh_s"].seconds == pytest.approx(5.0, abs=0.03)


def test_no_speed_no_times():
    found = acceleration_times(Series(np.empty(0), np.empty(0)))
    assert {one.seconds for one in found} == {None}
    assert {one.why_not for one in found} == {"The speed is not known."}


@given(st.floats(8.0, 40.0), st.floats(0.0, 3.0))
def test_times_follow_from_the_gain_and_not_from_when_it_began(rate, wait_s):
    times = times_of(*steady(rate, 210.0 / rate, wait_s=wait_s + 0.5))
    assert times["100-200kmh_s"].seconds == pytest.approx(100.0 / rate, rel=1e-6)
