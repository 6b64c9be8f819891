"""From results to lines: thinning, gaps, scales that cross, corrections without a new curve."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.ui.models.dyno_lines import RunLines, breaks, mixture_of, thinned
from cartech_desk.ui.models.dyno_picture import DynoPicture
from cartech_desk.ui.models.dyno_span import LEAST, AxisSpan
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.equal_scales import (
    NumberedScale,
    PairedScale,
    fitting_ratio,
    rounded_about,
    rounded_from_nought,
)
from cartech_desk.ui.models.value_scale import ValueScale
from tests.ui.dyno_results import NONE, factor, no_pull, pull, shown, slip


def picture(*runs, units=("metric", "hp"), axis="rpm"):
    made = DynoPicture(dyno_units(*units))
    made.set_axis(axis)
    made.set_runs(runs)
    return made


def pane(made, key="power", stretch=None, most=900):
    return next(each for each in made.panes(stretch, most) if each.key == key)


def test_hp_and_lbft_are_equal_at_5252():
    units = dyno_units("metric", "hp")
    assert units.crossing_rpm == pytest.approx(5252.113, abs=0.001)


def test_curves_in_hp_and_lbft_cross_at_5252_on_the_one_scale():
    made = picture(shown(pull()))
    torque, power = pane(made).lines
    assert made.ratio == 1.0
    at = np.interp(5252.113, power.x, power.y)
    assert np.interp(5252.113, torque.x, torque.y) == pytest.approx(at, rel=0.002)


def test_kw_and_nm_stand_on_scales_of_a_round_ratio_that_the_heading_says():
    made = picture(shown(pull()), units=("metric", "kW"))
    both = pane(made)
    assert made.ratio == 2.0
    assert "Nm (scale 2 : 1)" in both.second
    assert made.crossing_rpm == pytest.approx(9549.2966 / 2)


def test_every_tick_of_torque_stands_beside_one_of_power():
    base = ValueScale(0.0, 250.0, fits=False)
    paired = PairedScale(base, 2.0)
    assert [(a * 2, b) for a, _ in base.ticks(6) for b in ["x"]] == [
        (value, "x") for value, _ in paired.ticks(6)
    ]


@given(st.floats(1, 2000), st.floats(1, 2000))
def test_a_fitting_ratio_lets_both_highest_values_lie_on_the_scale(power, torque):
    ratio = fitting_ratio(power, torque)
    assert ratio in {0.5, 1.0, 2.0, 4.0, 5.0, 10.0}
    _, high = rounded_from_nought(max(power, torque / ratio))
    assert high >= power
    assert high * ratio >= torque


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4))
def test_a_rounded_stretch_holds_what_it_is_about(low, length):
    bottom, top = rounded_about(low, low + length, 1.0)
    assert bottom <= low
    assert top >= low + length


def test_values_are_shown_corrected():
    result = pull(value=1.222)
    uncorrected = dataclasses.replace(result, factor=factor(1.0, NONE))
    one = pane(picture(shown(result))).lines[1]
    other = pane(picture(shown(uncorrected))).lines[1]
    assert one.y == pytest.approx(other.y * 1.222)


def test_another_correction_thins_no_curve_anew():
    result = pull()
    made = picture(shown(result))
    before = pane(made).lines[1]
    made.set_runs([shown(dataclasses.replace(result, factor=factor(1.05)))])
    after = pane(made).lines[1]
    assert after.x is before.x
    assert after.y == pytest.approx(before.y * 1.05 / 1.222)


def test_mixture_under_another_correction_is_the_very_same_line():
    result = pull()
    made = picture(shown(result))
    before = pane(made, "boost").lines[0]
    made.set_runs([shown(dataclasses.replace(result, factor=factor(1.05)))])
    assert pane(made, "boost").lines[0].same_as(before)


@given(st.integers(0, 2**32 - 1), st.integers(10, 400))
def test_thinning_keeps_the_highest_and_the_lowest(seed, most):
    rng = np.random.default_rng(seed)
    y = rng.normal(0, 1, 5000)
    x = np.arange(5000.0)
    line = thinned(x, y, breaks(x / 100), most)
    assert len(line) <= most + 2
    assert line.y.max() == y.max()
    assert line.y.min() == y.min()
    assert (line.x[0], line.x[-1]) == (0.0, 4999.0)


def test_a_gap_breaks_the_line_however_it_is_thinned():
    result = pull(gap=(4.0, 5.0))
    lines = RunLines(result.curve, "time")
    for most in (50, 5000):
        points = lines.points(result.curve.power_kw, None, most)
        (broken,) = np.flatnonzero(~points.joined[:-1])
        assert points.x[broken] < 4.0
        assert points.x[broken + 1] > 5.0


def test_a_hole_in_the_values_breaks_the_line():
    result = pull()
    power = result.curve.power_kw.copy()
    power[300:320] = np.nan
    points = RunLines(result.curve, "time").points(power, None, 5000)
    assert np.isfinite(points.y).all()
    assert np.count_nonzero(~points.joined) == 2  # the hole, and the end


def test_a_run_without_engine_speed_is_drawn_over_speed_and_says_why_not_over_rpm():
    run = shown(pull(has_rpm=False), "Run 7")
    over_rpm = picture(run)
    assert over_rpm.empty
    (said,) = over_rpm.missing()
    assert said.startswith("Run 7 has no engine speed: look at it over speed.")
    over_speed = picture(run, axis="speed")
    assert over_speed.missing() == ()
    assert len(pane(over_speed).lines[1].x) > 100


def test_a_run_without_a_pull_says_why_nothing_is_drawn():
    (said,) = picture(shown(no_pull(), "Run 9")).missing()
    assert said == "Run 9 has no pull to draw. Speed never rose: nothing was pulled."


def test_panes_of_mixture_and_boost_are_there_only_where_a_run_has_them():
    keys = [each.key for each in picture(shown(pull(mixture="", boost=False))).panes(None, 900)]
    assert keys == ["power"]
    keys = [each.key for each in picture(shown(pull())).panes(None, 900)]
    assert keys == ["power", "afr", "boost"]


def test_mixture_is_told_in_lambda_where_it_was_measured_so():
    measured = dataclasses.replace(pull(mixture="lambda"), roles={Role.LAMBDA: "dyno_lambda"})
    assert mixture_of([measured]) == (Role.LAMBDA,)
    assert mixture_of([measured, pull()]) == (Role.AFR, Role.LAMBDA)


def test_boost_is_in_the_shops_unit():
    highest = [
        pane(picture(shown(pull()), units=(system, "hp")), "boost").lines[0].y.max()
        for system in ("metric", "imperial")
    ]
    assert highest[0] == pytest.approx(1.28, abs=0.05)
    assert highest[1] == pytest.approx(18.6, abs=0.6)


def test_a_ghost_lies_behind_and_is_muted():
    made = picture(shown(pull("a"), "Run 3", ghost=True), shown(pull("b"), "Run 4", 1))
    colors = [line.color for line in pane(made).lines]
    assert colors == [None, None, 1, 1]
    assert {said.mark.color for said in pane(made).peaks} == {1}


def test_the_run_being_driven_has_a_colour_of_its_own():
    made = picture(shown(pull("a"), "Run 3", 0))
    made.set_live(pull("b", upto=0.5))
    assert {line.color for line in pane(made).live} == {1}
    assert pane(made).live[0].width > max(line.width for line in pane(made).lines)


def test_the_axis_reaches_over_the_ghost_while_the_run_is_being_driven():
    made = picture(shown(pull("a"), "Run 3", ghost=True))
    made.set_live(pull("b", upto=0.3))
    assert made.bounds()[1] == pytest.approx(7499, abs=10)


def test_peaks_are_marked_with_their_corrected_value():
    power, torque = pane(picture(shown(pull()))).peaks
    result = pull()
    assert power.words == f"{result.peak_power.value / 0.7456998715822702 * 1.222:.1f} hp"
    assert torque.words.endswith("lb·ft")
    assert power.mark.x == result.peak_power.rpm
    assert not power.mark.ring
    assert torque.mark.ring


def test_a_crowd_has_the_peak_of_the_front_run_alone():
    made = picture(*(shown(pull(str(n), seed=n), f"Run {n}", n) for n in range(8)))
    assert {said.mark.color for said in pane(made).peaks} == {0}


def test_pulls_lie_over_each_other_by_their_begin_over_time():
    later = pull("b")
    curve = dataclasses.replace(later.curve, t_s=later.curve.t_s + 3.0)
    peaks = [dataclasses.replace(later.peak_power, t_s=later.peak_power.t_s + 3.0)]
    late = dataclasses.replace(later, curve=curve, peak_power=peaks[0], peak_torque=None)
    made = picture(shown(pull("a")), shown(late, "Run 2", 1), axis="time")
    assert made.bounds()[0] == 0.0
    first, second = (said for said in pane(made).peaks if not said.mark.ring)
    assert first.mark.x == pytest.approx(second.mark.x)


def test_negative_power_is_not_cut_off():
    result = pull()
    curve = dataclasses.replace(result.curve, power_kw=-result.curve.power_kw)
    made = picture(shown(dataclasses.replace(result, curve=curve)))
    assert pane(made).low <= -270


def test_a_slip_of_the_run_in_front_is_shaded_with_its_word():
    (shade,) = pane(picture(shown(pull(slips=(slip(4.9),))))).shades
    assert shade[2] == "time glitch"
    assert shade[0] < shade[1]


def test_the_bars_of_the_last_run_are_not_those_of_the_run_under_way():
    made = picture(shown(pull(slips=(slip(4.9),)), ghost=True))
    made.set_live(pull("now"))
    assert pane(made).shades == ()


@given(
    low=st.floats(-50.0, 200.0),
    span=st.floats(0.05, 500.0),
    most=st.integers(2, 8),
)
def test_a_numbered_scale_writes_two_numbers_at_least(low, span, most):
    ticks = NumberedScale(low, low + span, fits=False).ticks(most)
    assert 2 <= len(ticks) <= most + 1
    assert all(low - 1e-6 * span <= value <= low + span * (1 + 1e-6) for value, _ in ticks)


def test_zoomed_in_the_scale_follows_what_is_seen():
    made = picture(shown(pull()))
    whole, near = pane(made), pane(made, stretch=(6500.0, 7000.0))
    assert (whole.low, near.low > 100) == (0.0, True)
    assert near.high - near.low < (whole.high - whole.low) / 2


def test_the_difference_over_another_axis_is_said_and_not_drawn():
    from cartech_desk.domain.dyno.compare import compare

    runs = (shown(pull("a"), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1))
    made = picture(*runs, axis="time")
    made.difference = True
    made.comparison = compare(runs[0].result, runs[1].result)
    gained = pane(made, "difference")
    assert gained.lines == ()
    assert "over engine speed" in gained.note


def test_a_comparison_that_outlives_its_runs_is_not_drawn():
    from cartech_desk.domain.dyno.compare import compare

    runs = (shown(pull("a"), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1))
    made = picture(*runs)
    made.difference = True
    made.comparison = compare(runs[0].result, runs[1].result)
    made.set_runs(runs[:1])
    assert pane(made, "difference").lines == ()
    made.set_runs(())
    made.set_live(runs[0].result)
    assert pane(made, "difference").lines == ()


def test_the_difference_is_the_second_run_less_the_first_with_a_line_of_nought():
    from cartech_desk.domain.dyno.compare import compare

    runs = (shown(pull("a"), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1))
    made = picture(*runs)
    made.difference = True
    made.comparison = compare(runs[0].result, runs[1].result)
    gained = pane(made, "difference")
    assert gained.nought
    assert gained.low <= 0 <= gained.high
    assert gained.lines[1].y[gained.lines[1].joined].max() > 5
    assert gained.heading == "Run 2 less Run 1: power hp"


def test_a_span_keeps_within_the_runs_and_fits_again():
    span = AxisSpan(LEAST["rpm"])
    span.set_bounds(2000.0, 7000.0)
    span.zoom(0.2, 3000.0)
    assert span.length == pytest.approx(0.2 * 5200)
    assert span.left == pytest.approx(3000 - 0.2 * (3000 - 1900))
    span.pan(-1e6)
    assert span.left == 1900.0
    span.pan(1e6)
    assert span.right == 7100.0
    for _ in range(30):
        span.zoom(0.5, 4000.0)
    assert span.length == LEAST["rpm"]
    for _ in range(30):
        span.zoom(2.0, 4000.0)
    assert span.fitted
