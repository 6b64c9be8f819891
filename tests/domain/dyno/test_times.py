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


@pytest.mark.parametrize("step_s", [0.2, 0.05, 0.01, 0.001])
@pytest.mark.parametrize("wait_s", [1.0, 1.03, 1.33])
def test_from_standstill_counts_from_where_the_first_moving_values_come_from(step_s, wait_s):
    found = times_of(*steady(14.4, 11.0, step_s=step_s, wait_s=wait_s))
    assert found["0-100kmh_s"].seconds == pytest.approx(100.0 / 14.4, abs=1e-3)


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_noise_and_creeping_do_not_move_a_standing_start(rate_hz):
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        t_s = np.arange(0.0, 12.0, 1.0 / rate_hz)
        kmh = np.maximum(0.5, 14.4 * (t_s - 1.0 - rng.random()))
        kmh = kmh + rng.normal(0.0, 0.2, len(t_s)) * (kmh > 0.5)
        errors.append(times_of(t_s, kmh)["0-100kmh_s"].seconds - 100.0 / 14.4)
    assert np.mean(errors) == pytest.approx(0.0, abs=0.012)
    assert np.abs(errors).max() < 0.06


@pytest.mark.parametrize(
    ("rate_hz", "noise_kmh", "whole", "rate"),
    [
        (20.0, 0.2, False, 7.2),
        (20.0, 0.2, False, 3.6),
        (45.0, 0.3, False, 3.6),
        (60.0, 0.3, False, 3.6),
        (100.0, 0.5, False, 3.6),
        (5.0, 0.0, True, 7.2),
        (10.0, 0.0, True, 3.6),
    ],
)
def test_neither_noise_nor_whole_numbers_shorten_a_time(rate_hz, noise_kmh, whole, rate):
    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        t_s = np.arange(0.0, 150.0 / rate, 1.0 / rate_hz)
        kmh = (t_s + rng.random() / rate_hz) * rate + rng.normal(0.0, noise_kmh, len(t_s))
        kmh = np.floor(kmh) if whole else kmh
        errors.append(times_of(t_s, kmh)["80-120kmh_s"].seconds - 40.0 / rate)
    assert np.mean(errors) == pytest.approx(0.0, abs=0.015)
    assert np.abs(errors).max() < 0.08


def test_a_distance_is_covered_in_the_time_that_physics_says():
    rate = 20.0 / 3.6
    found = times_of(*steady(20.0, 14.0))["quarter_mile_s"]
    assert found.seconds == pytest.approx((2.0 * 402.336 / rate) ** 0.5, abs=2e-3)


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
