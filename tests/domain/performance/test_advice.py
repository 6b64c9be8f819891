"""The rules by which runs advise: where each holds, where it does not, and in which words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.run import Ignition
from cartech_desk.domain.performance.advice import NO_RUN, Weight
from cartech_desk.domain.performance.asking import ask, runs_words
from cartech_desk.domain.performance.rules import RULES, Engine, Look
from cartech_desk.domain.performance.sampled import Sampled
from cartech_desk.domain.units import UnitSystem

T_S = np.arange(0.0, 8.0, 0.02)
RPM = 2500.0 + 4500.0 * T_S / 8.0
_CHANNELS = sorted({name for rule in RULES if rule.look is not Look.MARK for name in rule.channels})
BOOST = np.full(len(T_S), 110.0)


def run(number=1, *, peak=200.0, quality=(), ignition=Ignition.SPARK, boost=BOOST, **channels):
    """Return a pull from 2,500 to 7,000 rpm under boost; channels are values or arrays."""
    found = {name: np.broadcast_to(np.asarray(values, float), T_S.shape).copy()
             for name, values in channels.items()}  # fmt: skip
    if boost is not None:
        found["boost"] = boost
    return Sampled(
        f"r{number}", f"Run {number}", number, T_S, RPM, found, tuple(quality), peak, ignition,
        np.ones(len(T_S), dtype=bool),
    )  # fmt: skip


def found(runs, rule, units=UnitSystem.METRIC):
    advice, _ = ask(runs, units)
    return next((one for one in advice if one.rule == rule), None)


def lean_above(rpm, value=0.99):
    return np.where(rpm <= RPM, value, 0.82)


def test_lean_above_an_engine_speed_names_it_and_the_runs():
    sound = {"lambda": 0.82}
    runs = [
        run(1, **sound),
        run(2, **sound),
        *(run(number, **{"lambda": lean_above(4960)}) for number in (3, 4, 5)),
    ]
    one = found(runs, "lean_boosted")
    assert one.seen == "Lean under boost above 5,000 rpm in runs 3 to 5: lambda up to 0.99."
    assert one.weight is Weight.SOON
    assert [each.number for each in one.evidence] == [3, 4, 5]
    assert one.evidence[0].words.startswith("lambda 0.99 at ")
    assert one.evidence[0].low_rpm == pytest.approx(5000, abs=60)


def test_lean_beyond_one_stops_the_pulls():
    one = found([run(**{"lambda": lean_above(6000, 1.05)})], "lean_boosted")
    assert one.weight is Weight.STOP
    assert one.todo[0].startswith("Make no further pull")


def test_a_glitch_of_the_probe_is_no_lean_run():
    values = np.full(len(T_S), 0.82)
    values[200:204] = 1.4
    assert found([run(**{"lambda": values})], "lean_boosted") is None


def test_an_engine_without_boost_has_its_own_threshold():
    one = run(boost=None, **{"lambda": 0.94})
    assert found([one], "lean_boosted") is None
    assert found([one], "lean_aspirated") is None
    assert found([run(boost=None, **{"lambda": lean_above(5000)})], "lean_aspirated") is not None


def test_a_diesel_runs_lean_by_nature():
    one = run(ignition=Ignition.DIESEL, **{"lambda": 1.4})
    advice, not_asked = ask([one])
    assert not any("lean" in each.rule for each in (*advice, *not_asked))


def test_boost_that_falls_to_the_limit_says_by_how_much():
    falling = np.interp(RPM, [2500, 4000, 7000], [60.0, 100.0, 88.0])
    one = found([run(boost=falling)], "boost_falls")
    assert one.seen.startswith("Boost falls to the limit from 4,100 to 7,000 rpm in run 1:")
    assert "by 11 %" in one.seen
    assert "1.00 bar" in one.seen
    assert found([run(boost=np.interp(RPM, [2500, 4000, 7000], [60.0, 100.0, 94.0]))],
                 "boost_falls") is None  # fmt: skip


def test_boost_is_told_in_psi_where_the_shop_reads_psi():
    falling = np.interp(RPM, [2500, 4000, 7000], [60.0, 100.0, 70.0])
    assert "psi" in found([run(boost=falling)], "boost_falls", UnitSystem.IMPERIAL).seen


def test_ignition_that_one_run_pulls_back_is_told_against_the_others():
    usual = np.interp(RPM, [2500, 7000], [8.0, 20.0])
    pulled = np.where((RPM > 5000) & (RPM < 6000), usual - 4.5, usual)
    one = found([run(1, timing=usual), run(2, timing=usual), run(3, timing=pulled)],
                "timing_pulled")  # fmt: skip
    assert [each.number for each in one.evidence] == [3]
    assert one.evidence[0].low_rpm == pytest.approx(5000, abs=101)
    assert "4.5° below the others" in one.seen


def test_ignition_of_one_run_alone_cannot_be_asked():
    _, not_asked = ask([run(timing=12.0)])
    assert next(one for one in not_asked if one.rule == "timing_pulled").why.startswith("It takes")


def test_a_channel_that_no_run_has_is_said():
    _, not_asked = ask([run()])
    why = {one.rule: one.why for one in not_asked}
    assert why["injectors_full"] == "No run tells injector duty."
    assert why["lean_boosted"] == "No run tells lambda."


@pytest.mark.parametrize(
    ("rule", "channel", "values", "weight"),
    [
        ("intake_hot", "iat", 66.0, Weight.SOON),
        ("intake_hot", "iat", 84.0, Weight.STOP),
        ("injectors_full", "injector_duty", 91.0, Weight.SOON),
        ("injectors_full", "injector_duty", 99.0, Weight.STOP),
        ("coolant_hot", "temp", 112.0, Weight.SOON),
        ("oil_hot", "oil_temp", 146.0, Weight.STOP),
        ("voltage_low", "voltage", 11.6, Weight.SOON),
        ("throttle_shut", "throttle", 52.0, Weight.HINT),
        ("rich", "lambda", 0.70, Weight.HINT),
        ("knock", "knock_retard", 3.5, Weight.SOON),
        ("knock", "knock_retard", -6.5, Weight.STOP),
    ],
)
def test_each_threshold_has_its_weight(rule, channel, values, weight):
    assert found([run(**{channel: values})], rule).weight is weight


@pytest.mark.parametrize(
    ("rule", "channel", "values"),
    [
        ("intake_hot", "iat", 55.0),
        ("injectors_full", "injector_duty", 80.0),
        ("coolant_hot", "temp", 106.0),
        ("voltage_low", "voltage", 12.3),
        ("throttle_shut", "throttle", 78.0),
        ("rich", "lambda", 0.80),
        ("lean_boosted", "lambda", 0.86),
    ],
)
def test_what_is_as_it_should_be_advises_nothing(rule, channel, values):
    assert found([run(**{channel: values})], rule) is None


def test_intake_air_that_heats_up_is_told_from_where_to_where():
    one = found([run(iat=np.interp(RPM, [2500, 7000], [28.0, 55.0]))], "intake_rises")
    assert "from 28 °C to 5" in one.seen
    assert "20 °C" in one.threshold


def test_a_difference_of_temperatures_has_no_offset_in_fahrenheit():
    one = found([run(iat=np.interp(RPM, [2500, 7000], [28.0, 55.0]))], "intake_rises",
                UnitSystem.IMPERIAL)  # fmt: skip
    assert "36 °F" in one.threshold


def test_fuel_pressure_is_found_under_its_names():
    falling = np.interp(RPM, [2500, 7000], [400.0, 330.0])
    assert found([run(FRP=falling)], "fuel_pressure_falls") is not None


def test_slip_comes_from_the_mark_of_the_run():
    slipped = mark("wheel_spin", "Engine speed over road speed rises by 6 %.")
    one = found([run(2, quality=(slipped,))], "wheel_spin")
    assert one.seen == "Wheels slip on the rollers in run 2: " + slipped.why


def test_power_that_fades_is_told_against_the_best_run_before():
    runs = [run(1, peak=200.0), run(2, peak=203.0), run(3, peak=195.0), run(4, peak=201.0)]
    one = found(runs, "power_fades")
    assert [each.number for each in one.evidence] == [3]
    assert "3.9 % less than Run 2" in one.seen


def test_a_run_with_a_grave_mark_fades_nothing():
    spun = mark("wheel_spin", "It slips.")
    assert found([run(1, peak=200.0), run(2, peak=150.0, quality=(spun,))], "power_fades") is None


def test_the_weightiest_stands_first():
    advice, _ = ask([run(iat=66.0, injector_duty=99.0)])
    assert [one.weight for one in advice][:2] == [Weight.STOP, Weight.SOON]


def test_a_run_without_engine_speed_is_told_without_one():
    one = run(iat=66.0)
    without = Sampled(one.run_id, one.run, 1, T_S, np.full(len(T_S), np.nan), one.channels,
                      full=one.full)  # fmt: skip
    assert found([without], "intake_hot").seen == (
        "Hot intake air in run 1: intake temperature up to 66 °C."
    )


def test_a_channel_with_holes_is_asked_of_what_is_there():
    values = np.where(RPM > 6000, np.nan, 66.0)
    assert found([run(iat=values)], "intake_hot") is not None
    assert found([run(iat=np.full(len(T_S), np.nan))], "intake_hot") is None


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((2,), "run 2"),
        ((3, 4, 5), "runs 3 to 5"),
        ((1, 3, 4), "runs 1, 3 and 4"),
        ((1, 2), "runs 1 and 2"),
    ],
)
def test_runs_are_named_as_people_say_it(numbers, words):
    assert runs_words([(number, f"Run {number}") for number in numbers]) == words


_VALUES = st.one_of(st.just(float("nan")), st.floats(-300, 9000))


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.lists(st.sampled_from(_CHANNELS), max_size=4, unique=True),
            st.integers(0, 2**32),
            st.one_of(st.none(), st.floats(0, 900)),
        ),
        max_size=4,
    ),
    st.lists(_VALUES, min_size=1, max_size=8),
)
def test_whatever_the_samples_are_each_finding_says_a_figure(runs, values):
    made = []
    for number, (length, names, seed, peak) in enumerate(runs, 1):
        draw = np.random.default_rng(seed)
        drawn = {name: draw.choice(values, length) for name in names}
        rpm, full = draw.choice(values, length), draw.random(length) < 0.8
        t_s = np.arange(length) * 0.05
        made.append(Sampled(f"r{number}", f"Run {number}", number, t_s, rpm, drawn, (), peak,
                            full=full))  # fmt: skip
    advice, not_asked = ask(made)
    assert not {one.rule for one in advice} & {one.rule for one in not_asked}
    for one in advice:
        assert one.evidence
        assert "nan" not in one.seen
        assert all("nan" not in each.words for each in one.evidence)


def test_no_run_is_no_all_clear():
    assert ask([]) == ((), (NO_RUN,))


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.key)
def test_each_rule_says_what_to_do_and_where_its_figure_comes_from(rule):
    assert rule.todo
    assert rule.source
    assert bool(rule.levels) is not bool(rule.limit)
    limits = [limit for limit, _ in rule.levels]
    assert limits == sorted(limits)
    assert rule.engine in Engine
    assert rule.channels or rule.look is Look.FADES
