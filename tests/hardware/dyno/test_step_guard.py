"""What real engines do passes; what stands alone is marked."""

import math

import pytest

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.hardware.dyno.innovate import LAMBDA_STEP
from cartech_desk.hardware.dyno.step_guard import Step, StepGuard

PERIOD_NS = 82_000_000


def passed(values, step=LAMBDA_STEP):
    """Hand values on, a packet apart; return those that passed, and how many were marked."""
    guard = StepGuard({"x": step})
    out = []
    for n, value in enumerate([*values, values[-1], values[-1]]):
        quality = Quality.INVALID if math.isnan(value) else Quality.GOOD
        out += guard.take(Reading("x", n * PERIOD_NS, value, quality))
    good = [reading for reading in out if reading.quality is Quality.GOOD]
    assert [reading.t_ns for reading in out] == sorted(reading.t_ns for reading in out)
    return [reading.value for reading in good[:-2]], len(out) - len(good)


RICH = [0.86] * 6


def test_a_mixture_that_runs_away_over_several_packets_is_real():
    lean = [0.86, 1.01, 1.16, 1.31, 1.46]
    assert passed([*RICH, *lean]) == ([*RICH, *lean], 0)


def test_a_mixture_that_stays_lean_is_real_at_once():
    assert passed([*RICH, 1.25, 1.26, 1.24])[1] == 0


def test_a_mixture_that_swings_with_every_packet_is_real_once_it_is_usual():
    misfire = [0.86, 1.08] * 12
    good, marked = passed([*RICH, *misfire])
    assert marked <= 4
    assert good[-10:] == misfire[-10:]


def test_a_throttle_that_closes_within_two_samples_is_real():
    assert passed([100.0] * 6 + [58.0, 0.0, 0.0], Step(base=15.0))[1] == 0


def test_a_value_that_stands_alone_is_marked():
    assert passed([*RICH, 1.25, 0.87, 0.86]) == ([*RICH, 0.87, 0.86], 1)


@pytest.mark.parametrize("wrong", [300.0, -300.0, 95.0])
def test_a_value_far_off_is_marked_even_where_the_next_is_a_little_off_too(wrong):
    values = [10.0] * 6 + [wrong, 14.0, 14.0]
    assert wrong not in passed(values, Step(base=2.0))[0]
