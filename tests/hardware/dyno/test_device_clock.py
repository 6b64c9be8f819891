"""Device time on our clock: drift, wraps, and when a time is not believed."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.hardware.dyno.device_clock import DeviceClock

MS = 1_000_000
BEGAN = 7_000_000 * MS


@pytest.mark.parametrize("drift", [-0.005, -1e-4, 0.0, 1e-4, 0.005])
def test_drift_is_followed(drift):
    clock = DeviceClock(1000)
    noise = random.Random(4)  # noqa: S311 - noise
    worst = 0.0
    for place in range(6000):
        at = BEGAN + place * 10 * MS
        micros = round(place * 10_000 * (1 + drift))
        arrival = at + round(noise.expovariate(1 / 2.0) * MS)
        placed = clock.place(clock.count(micros & 0xFFFFFFFF), arrival)
        assert placed is not None
        if place > 2000:
            worst = max(worst, abs(placed - at) / MS)
    assert worst < 1.0
    assert clock.jumps == 0


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(1, 1 << 24), max_size=60))
def test_counts_go_on_through_wraps(first, steps):
    clock = DeviceClock(MS)
    tick, at = first, BEGAN
    begin = clock.count(first)
    clock.place(begin, at)
    passed = 0
    for step in steps:
        passed += step
        at += step * MS
        tick = (first + passed) & 0xFFFFFFFF
        count = clock.count(tick)
        assert count - begin == passed
        assert clock.place(count, at) is not None


def test_half_a_round_trip_is_taken_off_and_the_least_one_stays():
    clock = DeviceClock(MS)
    assert math.isnan(clock.latency_s)
    for round_trip in (8, 4, 30, -5):
        clock.measured(round_trip * MS)
    assert clock.latency_s == 0.002
    assert clock.place(clock.count(5), BEGAN) == BEGAN - 2 * MS


def test_one_answer_alone_or_a_late_one_tells_no_latency():
    clock = DeviceClock(MS)
    for round_trip in (1000, 999, 201, 150):
        clock.measured(round_trip * MS)
    assert math.isnan(clock.latency_s)
    clock.measured(20 * MS)
    assert math.isnan(clock.latency_s)
    clock.measured(22 * MS)
    assert clock.latency_s == 0.010


def test_no_sample_is_from_the_future():
    clock = DeviceClock(MS)
    for place in range(300):
        late = 200 if place < 50 else 0
        placed = clock.place(clock.count(place * 10), BEGAN + (place * 10 + late) * MS)
        assert placed is None or placed <= BEGAN + (place * 10 + late) * MS


def test_a_long_silence_after_which_wraps_may_be_missing_begins_anew():
    clock = DeviceClock(1000)
    clock.place(clock.count(5), BEGAN)
    era = clock.era
    at = BEGAN + 3600 * 1000 * MS
    assert clock.place(clock.count(77), at) == at
    assert clock.era == era + 1
