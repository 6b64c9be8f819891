import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.dyno.series import Series
from cartech_desk.domain.dyno.slips import hidden_s, repair
from cartech_desk.domain.dyno.spikes import bridged, spikes
from tests.domain.dyno.runs import GEAR, MASS_KG, by_role, pull, run_of


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


@pytest.mark.parametrize(
    ("rate_hz", "noise_kmh", "by_s"),
    [
        (20.0, 0.02, 0.03),
        (50.0, 0.02, 0.03),
        (100.0, 0.02, 0.03),
        (100.0, 0.1, 0.05),
        (100.0, 0.1, -0.05),
        (1000.0, 0.3, 0.05),
        (1000.0, 0.3, -0.05),
    ],
)
def test_slips_in_noise_are_found_and_read_as_no_power(rate_hz, noise_kmh, by_s):
    t_s, speed, _gain, power = pull(rate_hz)
    true = power[t_s < 9.5].max()
    for seed, at_s in enumerate((1.52, 3.77, 6.6, 6.623)):
        column, _speed = slipped(rate_hz, (at_s,), by_s, noise_kmh, seed)
        _repaired, found = repair(column)
        assert [one.t_s for one in found] == pytest.approx([at_s], abs=0.06)
        assert found[0].by_s == pytest.approx(by_s, abs=0.02)
        raw, setup = run_of(
            by_role({Role.SPEED: (t_s, column.x), Role.RPM: (t_s, speed * GEAR)}),
            equivalent_mass_kg=MASS_KG,
        )
        peak = analyse(raw, setup, View("none", 3)).peak_power
        assert peak.value == pytest.approx(true, rel=0.045)


@pytest.mark.parametrize(("rate_hz", "noise_kmh"), [(20.0, 0.1), (100.0, 0.1), (1000.0, 0.5)])
def test_no_steps_are_found_in_forty_clean_noisy_runs(rate_hz, noise_kmh):
    assert not any(repair(slipped(rate_hz, (), 0.0, noise_kmh, seed)[0])[1] for seed in range(40))


@pytest.mark.parametrize("for_s", [0.15, 0.2, 0.3])
def test_a_surge_of_the_engine_is_no_slip(for_s):
    t_s = np.arange(0.0, 10.0, 0.01)
    surging = (t_s > 5.0) & (t_s < 5.0 + for_s)
    kmh = 50.0 + np.cumsum(np.where(surging, 12.0, 10.0)) * 0.01
    noise = np.random.default_rng(1).normal(0.0, 0.02, len(t_s))
    assert repair(Series(t_s, kmh + noise))[1] == ()


def test_what_slip_the_noise_may_hide_is_known():
    quiet, noisy = (hidden_s(slipped(100.0, (), 0.0, noise)[0]) for noise in (0.02, 0.3))
    assert 0.0 < quiet < 0.012
    assert 0.06 < noisy < 0.15


def test_noise_that_hides_slips_is_told_and_doubted():
    t_s, speed, _gain, _power = pull(100.0)
    results = []
    for noise_kmh in (0.02, 0.1, 0.3):
        noise = np.random.default_rng(1).normal(0.0, noise_kmh, len(t_s))
        raw, setup = run_of(by_role({Role.SPEED: (t_s, speed + noise)}), equivalent_mass_kg=MASS_KG)
        results.append(analyse(raw, setup, View("none", 3)))
    keys = [{one.key for one in result.quality} for result in results]
    assert ["slips_hidden" in one for one in keys] == [False, True, True]
    assert results[2].peak_power.uncertainty.sampling > 0.1 * results[2].peak_power.value


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
