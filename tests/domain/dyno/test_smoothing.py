from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.smoothing import LEVELS, averaged, smoothed, smoothing_of


@st.composite
def clocks(draw, least=3, most=120):
    """Return strictly rising times, even or not."""
    n = draw(st.integers(least, most))
    if draw(st.booleans()):
        return np.arange(n) * draw(st.sampled_from([0.001, 0.01, 0.05, 0.2]))
    steps = draw(st.lists(st.floats(1e-4, 0.5), min_size=n, max_size=n))
    return np.cumsum(steps)


@st.composite
def signals(draw):
    t_s = draw(clocks())
    x = draw(st.lists(st.floats(-1e4, 1e4), min_size=len(t_s), max_size=len(t_s)))
    return t_s, np.array(x)


def slow_average(t_s, x, width_s):
    """Average the line through the samples, sample by sample: plain and slow."""
    found = []
    for at, value in zip(t_s, x, strict=True):
        half = min(width_s / 2.0, at - t_s[0], t_s[-1] - at)
        if half < 1e-6:
            found.append(value)
            continue
        inner = t_s[(t_s > at - half) & (t_s < at + half)]
        when = np.concatenate(([at - half], inner, [at + half]))
        line = np.interp(when, t_s, x)
        area = sum(
            (line[i] + line[i + 1]) / 2.0 * (when[i + 1] - when[i]) for i in range(len(when) - 1)
        )
        found.append(area / (2.0 * half))
    return np.array(found)


@given(signals(), st.floats(0.01, 3.0))
def test_an_average_is_that_of_a_plain_slow_reference(signal, width_s):
    t_s, x = signal
    assert averaged(t_s, x, width_s) == pytest.approx(
        slow_average(t_s, x, width_s), abs=1e-6, rel=1e-7
    )


@given(clocks(), st.floats(-500.0, 500.0), st.floats(-50.0, 50.0), st.integers(0, 5))
def test_a_ramp_stays_a_ramp_at_every_level(t_s, start, slope, level):
    ramp = start + slope * t_s
    assert smoothed(t_s, ramp, level) == pytest.approx(ramp, abs=1e-7, rel=1e-9)


@given(signals())
def test_the_highest_value_never_rises_with_the_level(signal):
    t_s, x = signal
    highest = [smoothed(t_s, x, level).max() for level in range(6)]
    assert all(higher <= lower for lower, higher in pairwise(highest))


@given(signals())
def test_the_lowest_value_never_falls_with_the_level(signal):
    t_s, x = signal
    lowest = [smoothed(t_s, x, level).min() for level in range(6)]
    assert all(higher >= lower for lower, higher in pairwise(lowest))


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("step_s", [0.001, 0.05])
def test_a_bump_stays_where_it_is_and_even_on_both_sides(level, step_s):
    t_s = np.arange(0.0, 8.0 + step_s / 2.0, step_s)
    bump = np.exp(-(((t_s - 4.0) / 0.5) ** 2))
    found = smoothed(t_s, bump, level)
    assert t_s[np.argmax(found)] == pytest.approx(4.0, abs=step_s / 2.0)
    assert found == pytest.approx(found[::-1], abs=1e-12)
    assert found.max() < bump.max()


def test_even_and_uneven_samples_of_one_curve_agree():
    rng = np.random.default_rng(5)
    even = np.arange(0.0, 5.0, 0.01)
    uneven = np.sort(rng.uniform(0.0, 4.99, 1500))
    uneven[[0, -1]] = even[[0, -1]]

    def curve(t_s):
        return 100.0 + 30.0 * np.sin(t_s) + 5.0 * t_s

    there = np.interp(even, uneven, smoothed(uneven, curve(uneven), 3))
    assert there == pytest.approx(smoothed(even, curve(even), 3), abs=0.02)


def test_crowded_samples_weigh_no_more_than_the_time_they_cover():
    crowded = np.concatenate(
        (np.linspace(0.0, 0.5, 500, endpoint=False), np.arange(0.5, 1.01, 0.1))
    )
    x = np.where(crowded < 0.5, 0.0, 10.0)
    at = int(np.searchsorted(crowded, 0.5))
    assert averaged(crowded, x, 1.0)[at] == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize(("level", "most"), [(2, 0.7), (3, 0.5), (4, 0.35), (5, 0.3)])
@pytest.mark.parametrize("even", [True, False])
def test_the_ends_of_a_noisy_curve_are_smoothed_too(level, most, even):
    rng = np.random.default_rng(level)
    ends = []
    for _ in range(60):
        t_s = np.arange(0.0, 6.0, 0.01) + (0.0 if even else rng.uniform(0.0, 0.004, 600))
        found = smoothed(t_s, 100.0 + 5.0 * t_s + rng.normal(0.0, 8.0, 600), level)
        ends += [found[0] - 100.0, found[-1] - 100.0 - 5.0 * t_s[-1]]
    assert np.std(ends) < most * 8.0


def test_the_ends_of_a_bent_curve_stay_where_they_are():
    t_s = np.arange(0.0, 8.0, 0.01)
    bent = 130.0 - 2.0 * (t_s - 6.0) ** 2
    assert smoothed(t_s, bent, 4)[[0, -1]] == pytest.approx(bent[[0, -1]], abs=1.0)


def test_no_window_reaches_over_a_gap():
    t_s = np.concatenate((np.arange(0.0, 1.0, 0.01), np.arange(2.0, 3.0, 0.01)))
    x = np.where(t_s < 1.5, 100.0, 200.0)
    gaps = np.array([99])
    assert smoothed(t_s, x, 5, gaps) == pytest.approx(x, abs=1e-9)
    assert smoothed(t_s, x, 5)[99] != pytest.approx(100.0)


def test_rows_are_averaged_alike():
    t_s = np.arange(0.0, 2.0, 0.01)
    rows = np.stack((np.sin(t_s), 100.0 * t_s))
    together = averaged(t_s, rows, 0.3)
    assert np.array_equal(together[0], averaged(t_s, rows[0], 0.3))
    assert np.array_equal(together[1], averaged(t_s, rows[1], 0.3))


def test_each_level_is_named_with_its_width():
    assert [one.words for one in LEVELS] == [
        "0 (none)",
        "1 (0.1 s)",
        "2 (0.2 s)",
        "3 (0.4 s)",
        "4 (0.8 s)",
        "5 (1.6 s)",
    ]


def test_a_level_takes_in_no_more_than_its_width():
    t_s = np.arange(0.0, 6.0, 0.01)
    for level in LEVELS[1:]:
        pulse = np.where(np.isclose(t_s, 3.0), 1.0, 0.0)
        reached = t_s[smoothed(t_s, pulse, level.level) > 1e-12]
        assert np.ptp(reached) <= level.width_s + 0.0201
        assert np.ptp(reached) > 0.8 * level.width_s


@pytest.mark.parametrize(("asked", "given_level"), [(-3, 0), (0, 0), (5, 5), (99, 5)])
def test_a_level_that_there_is_not_is_the_nearest(asked, given_level):
    assert smoothing_of(asked).level == given_level
