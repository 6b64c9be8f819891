"""The clock that every time stamp comes from."""

import sys
import time

import pytest

from cartech_desk.domain.clock import monotonic_ns


def test_it_never_goes_back():
    times = [monotonic_ns() for _ in range(10_000)]
    assert times == sorted(times)


def test_it_tells_instants_apart_that_are_much_nearer_than_a_millisecond():
    times = {monotonic_ns() for _ in range(10_000)}
    assert len(times) > 100


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="CLOCK_BOOTTIME is Linux's")
def test_it_goes_on_while_a_laptop_sleeps():
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    now = monotonic_ns()
    assert before <= now <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
