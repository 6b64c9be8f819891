"""Runs beside each other: range, averages, gain in area, doubts, which one does not fit."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.domain.dyno.compare import (
    Driven,
    NotComparable,
    compare,
    repeatability,
)
from cartech_desk.domain.dyno.corrections import Correction, Factor
from cartech_desk.domain.dyno.result import (
    Curve,
    Peak,
    QualityMark,
    RunResult,
    Smoothing,
    Uncertainty,
)
from cartech_desk.domain.dyno.run import Basis, Conditions, EstimateBy, RpmSource, View

SAE = Correction("sae", "SAE J1349, June 1990", "SAE", "", "")


def run(low=2000.0, high=6000.0, kw=lambda rpm: rpm / 50, *, factor=1.0, samples=200, **more):
    rpm = np.linspace(low, high, samples)
    power = np.asarray(kw(rpm), dtype=np.float64) + 0.0 * rpm
    curve = Curve(np.linspace(0.0, 8.0, samples), rpm / 40.0, rpm, power, power * 9549.297 / rpm)
    result = RunResult(
        "run",
        View(),
        Factor(SAE, factor, Conditions()),
        Smoothing(3, 0.3),
        Basis.DEVICE_POWER,
        RpmSource.TACH,
        EstimateBy.NONE,
        curve,
        (0.0, 8.0),
        None,
        None,
        (),
        (),
    )
    return replace(result, **more)


def without_rpm(result):
    curve = result.curve
    nothing = np.full(len(curve.rpm), np.nan)
    return replace(result, curve=replace(curve, rpm=nothing, torque_nm=nothing))


def test_the_range_is_what_both_runs_hold():
    found = compare(run(2005, 6000), run(2500, 6504))
    assert (found.axis, found.x[0], found.x[-1]) == ("rpm", 2500.0, 6000.0)


def test_the_gain_is_the_second_less_the_first_corrected():
    found = compare(run(), run(factor=1.1))
    assert found.power_gain_kw == pytest.approx(0.1 * found.x / 50)
    assert found.average_a_kw == pytest.approx(80.0)
    assert found.average_b_kw == pytest.approx(88.0)
    assert found.area_gain_kw_x == pytest.approx(8.0 * 4000)
    # The best and the worst 100 rpm: 500 rpm gain in a second, and 0.2 s are as much.
    assert (found.best_gain_at, found.worst_gain_at) == (5950.0, 2050.0)
    assert found.best_gain_kw == pytest.approx(0.1 * 5950 / 50)
    assert found.worst_gain_kw == pytest.approx(0.1 * 2050 / 50)
    assert found.average_b_nm == pytest.approx(1.1 * found.average_a_nm)


def test_a_run_beside_itself_gains_nothing():
    found = compare(run(), run())
    assert found.area_gain_kw_x == pytest.approx(0.0, abs=1e-9)
    assert found.warnings == ()


def test_noisy_engine_speed_makes_no_saw_of_the_curve():
    rng = np.random.default_rng(3)
    noisy = run(samples=8000)
    curve = replace(noisy.curve, rpm=noisy.curve.rpm + rng.normal(0, 15, 8000))
    found = compare(run(), replace(noisy, curve=curve))
    assert np.abs(found.power_gain_kw[5:-5]).max() < 0.3


def test_a_hole_in_a_curve_is_left_out_and_not_bridged():
    whole = run(samples=800)
    kept = (whole.curve.rpm < 3000) | (whole.curve.rpm > 4000)
    cut = Curve(*(getattr(whole.curve, name)[kept] for name in Curve.__slots__[:5]))
    found = compare(replace(whole, curve=cut), run(factor=2.0))
    assert np.isnan(found.power_gain_kw[(found.x > 3010) & (found.x < 3990)]).all()
    # What lies outside it: 2000 to 3000 and 4000 to 6000 rpm.
    assert found.average_a_kw == pytest.approx((50 * 1000 + 100 * 2000) / 3000, rel=0.01)


def test_runs_without_engine_speed_are_compared_over_road_speed():
    found = compare(without_rpm(run()), run())
    assert found.axis == "speed"
    assert (found.x[0], found.x[-1]) == (50.0, 150.0)
    assert np.isnan(found.average_a_nm)
    assert any("road speed" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("other", "driven", "word"),
    [
        ({"factor": Factor(Correction("std", "J607", "", "", ""), 1.0, Conditions())}, {}, "J607"),
        ({"smoothing": Smoothing(5, 1.0)}, {}, "smoothing"),
        ({"basis": Basis.SPEED}, {}, "bases"),
        ({"estimate": EstimateBy.FLAT_PERCENT}, {}, "estimated"),
        ({"ratio_rpm_per_kmh": 55.0}, {}, "gear"),
        ({"quality": (QualityMark("slips", "slips", "The wheels spun.", True),)}, {}, "spun"),
        ({}, {"dyno": "Mustang MD-250"}, "brands"),
        ({}, {"gear": "5"}, "gears"),
        ({}, {"vehicle": "Red Polo"}, "vehicles"),
    ],
)
def test_what_makes_a_comparison_doubtful_is_said(other, driven, word):
    first = run(ratio_rpm_per_kmh=40.0)
    second = replace(run(ratio_rpm_per_kmh=40.0), **other)
    known = Driven("Run 1", "Dynojet 224x", "4", "Blue Golf")
    found = compare(first, second, known, replace(known, **driven))
    assert len(found.warnings) == 1
    assert word in found.warnings[0]


def test_runs_without_a_common_range_are_refused_with_their_ranges():
    with pytest.raises(NotComparable, match=r"2000 to 3000 rpm.*4000 to 6000 rpm"):
        compare(run(2000, 3000), run(4000, 6000))


def test_a_run_without_a_curve_is_refused_by_its_name():
    empty = replace(run(), curve=Curve(*(np.empty(0) for _ in range(5))))
    with pytest.raises(NotComparable, match="Run 7 has no curve"):
        compare(run(), empty, Driven("Run 1"), Driven("Run 7"))


def test_repeating_runs_have_mean_spread_and_no_outlier():
    parts = (0.98, 1.0, 1.003)
    found = repeatability([run(kw=lambda rpm, k=k: rpm / 50 * k) for k in parts])
    assert found.mean_peak_kw == pytest.approx(120.0 * sum(parts) / 3)
    assert found.spread_peak_kw == pytest.approx(120.0 * np.std(parts, ddof=1))
    assert found.spread_pct == pytest.approx(1.26, abs=0.01)
    assert found.mean_power_kw == pytest.approx(found.x / 50 * sum(parts) / 3)
    # 2 % beside two that agree within 0.2 %: of three runs that is chance.
    assert found.outlier is None


def test_chance_alone_names_an_outlier_in_fewer_than_five_of_a_hundred():
    rng = np.random.default_rng(5)
    sizes, sets = (3, 4, 5, 6, 8, 14), 200
    named = dict.fromkeys(sizes, 0)
    for n in sizes * sets:
        runs = [run(samples=30, factor=1.0 + rng.normal(0.0, 0.01)) for _ in range(n)]
        named[n] += repeatability(runs).outlier is not None
    assert sum(named.values()) < 0.05 * len(sizes) * sets
    assert max(named.values()) < 0.09 * sets


@pytest.mark.parametrize(("n", "off", "least"), [(4, 0.10, 0.8), (6, 0.05, 0.8), (8, 0.04, 0.7)])
def test_a_run_far_beside_several_that_repeat_is_found(n, off, least):
    rng = np.random.default_rng(n)
    found = 0
    for _ in range(100):
        factors = 1.0 + rng.normal(0.0, 0.005, n)
        factors[1] -= off
        outlier = repeatability([run(samples=30, factor=float(k)) for k in factors]).outlier
        assert outlier in {1, None}
        found += outlier == 1
    assert found >= 100 * least


def test_a_run_within_its_own_doubt_is_no_outlier():
    def measured(factor, doubt):
        peak = Peak(120.0, 6000.0, 150.0, 8.0, 0.3, Uncertainty(doubt, sampling=doubt))
        return run(factor=factor, peak_power=peak)

    factors = (1.0, 1.0001, 0.9999, 1.0, 0.97)
    assert repeatability([measured(k, 0.5) for k in factors]).outlier == 4
    assert repeatability([measured(k, 5.0) for k in factors]).outlier is None


def test_a_single_place_that_stands_off_is_no_gain():
    rpm = np.linspace(2000.0, 6000.0, 801)
    bump = np.where(np.abs(rpm - 4000.0) < 12.0, 15.0, 0.0)
    found = compare(run(samples=801), run(samples=801, kw=lambda x: x / 50 + 3.0 + bump))
    assert found.power_gain_kw.max() > 10.0
    assert found.best_gain_kw < 3.0 + 0.35 * 15.0
    assert found.worst_gain_kw == pytest.approx(3.0)


def test_the_run_that_does_not_fit_is_named():
    runs = [run(kw=lambda rpm, k=k: rpm / 50 * k) for k in (1.0, 1.002, 0.93, 0.999)]
    found = repeatability(runs, [Driven(f"Pull {n}") for n in (1, 2, 3, 4)])
    assert found.outlier == 2
    assert "Pull 3" in found.why
    assert "below" in found.why


def test_two_runs_have_no_outlier():
    assert repeatability([run(), run(factor=1.3)]).outlier is None


def test_one_run_alone_tells_nothing_of_repeating():
    with pytest.raises(NotComparable, match="alone"):
        repeatability([run()])
