import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.series import Series
from cartech_desk.domain.dyno.slips import repair
from cartech_desk.domain.dyno.spikes import bridged, spikes
from tests.domain.dyno.runs import pull


def slipped(rate_hz, at_s, by_s=0.05, noise_kmh=0.0, seed=1):
    """Return a speed column whose time base jumps ahead at `at_s`, and the true speed."""
    t_s, speed, _gain, _power = pull(rate_hz)
    base = t_s.copy()
    for when in at_s:
        base[t_s >= when] += by_s
    rng = np.random.default_rng(seed)
    column = np.interp(base, t_s, speed) + rng.normal(0.0, noise_kmh, len(t_s))
    return Series(t_s, column), speed


@pytest.mark.parametrize("rate_hz", [10.0, 20.0, 50.0, 100.0, 1000.0])
@pytest.mark.parametrize("by_s", [0.05, -0.05, 0.08])
def test_slips_are_found_where_they_are_and_how_long(rate_hz, by_s):
    column, _speed = slipped(rate_hz, (3.03, 8.02), by_s)
    _repaired, found = repair(column)
    assert [one.t_s for one in found] == pytest.approx([3.03, 8.02], abs=0.11)
    assert [one.by_s for one in found] == pytest.approx([by_s, by_s], abs=0.012)


@pytest.mark.parametrize("rate_hz", [20.0, 100.0, 1000.0])
def test_repaired_speed_gains_as_the_car_did(rate_hz):
    column, speed = slipped(rate_hz, (3.03, 8.02))
    repaired, _found = repair(column)
    inner = (column.t_s > 0.5) & (column.t_s < 9.5)
    span = max(1, round(0.1 * rate_hz))

    def gain(x):
        return (x[2 * span :] - x[: -2 * span])[inner[span:-span]]

    assert np.abs(gain(repaired.x) - gain(speed)).max() < 0.12
    assert np.abs(gain(column.x) - gain(speed)).max() > 0.4


def test_speed_before_the_first_slip_is_untouched():
    column, _speed = slipped(20.0, (6.0,))
    repaired, _found = repair(column)
    before = column.t_s < 5.8
    assert np.array_equal(repaired.x[before], column.x[before])


def test_what_was_measured_is_not_changed():
    column, _speed = slipped(20.0, (6.0,))
    kept = column.x.copy()
    repaired, found = repair(column)
    assert found
    assert repaired.x is not column.x
    assert np.array_equal(column.x, kept)


@pytest.mark.parametrize("rate_hz", [5.0, 10.0, 20.0, 50.0, 100.0, 333.0, 1000.0])
def test_no_slips_are_found_in_a_clean_pull_and_its_lift(rate_hz):
    t_s, speed, _gain, _power = pull(rate_hz)
    assert repair(Series(t_s, speed))[1] == ()


@given(
    st.sampled_from([10.0, 20.0, 100.0, 1000.0]),
    st.floats(0.0, 0.3),
    st.sampled_from([0.0, 0.01, 0.1, 1.0]),
    st.integers(0, 2**32 - 1),
)
def test_no_slips_are_found_in_noise_or_steps_of_resolution(rate_hz, noise_kmh, step_kmh, seed):
    t_s, speed, _gain, _power = CLEAN[rate_hz]
    speed = speed + np.random.default_rng(seed).normal(0.0, noise_kmh, len(speed))
    if step_kmh:
        speed = np.round(speed / step_kmh) * step_kmh
    assert repair(Series(t_s, speed))[1] == ()


CLEAN = {rate: pull(rate) for rate in (10.0, 20.0, 100.0, 1000.0)}


def test_slips_are_found_in_moderate_noise_too():
    column, _speed = slipped(100.0, (3.03, 6.02), noise_kmh=0.03)
    assert len(repair(column)[1]) == 2


def test_a_shift_of_gears_is_no_slip():
    t_s = np.arange(0.0, 10.0, 0.05)
    rate = np.where((t_s > 4.0) & (t_s < 4.3), -1.0, np.where(t_s < 4.0, 12.0, 8.0))
    assert repair(Series(t_s, 30.0 + np.cumsum(rate) * 0.05))[1] == ()


def test_a_spike_is_found_and_bridged():
    t_s = np.arange(0.0, 5.0, 0.05)
    power = 100.0 + 10.0 * t_s
    measured = power.copy()
    measured[40:42] = 400.0
    out = spikes(t_s, measured)
    assert np.flatnonzero(out).tolist() == [40, 41]
    assert bridged(t_s, measured, out) == pytest.approx(power)


@pytest.mark.parametrize("step_s", [0.001, 0.01, 0.05])
def test_what_stands_for_a_quarter_of_a_second_is_no_spike(step_s):
    t_s = np.arange(0.0, 5.0, step_s)
    power = 100.0 + np.where((t_s > 2.0) & (t_s < 2.25 + step_s), 40.0, 0.0)
    assert not spikes(t_s, power).any()


@pytest.mark.parametrize("step_s", [0.001, 0.01, 0.05])
def test_a_curve_without_spikes_keeps_all_its_values(step_s):
    t_s = np.arange(0.0, 5.0, step_s)
    power = 200.0 - 8.0 * (t_s - 3.5) ** 2 + np.where(t_s > 1.0, 20.0 * np.tanh(t_s - 1.0), 0.0)
    assert not spikes(t_s, power).any()


def test_noise_is_no_spikes():
    t_s = np.arange(0.0, 5.0, 0.01)
    power = 200.0 + np.random.default_rng(2).normal(0.0, 20.0, len(t_s))
    assert not spikes(t_s, power).any()
