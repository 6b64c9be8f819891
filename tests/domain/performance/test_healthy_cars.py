"""Healthy cars get no advice, and what could not be asked is never told as all clear."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.domain.alarms.profiles import profiles
from cartech_desk.domain.dyno.run import Ignition
from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.asking import ask
from cartech_desk.domain.performance.sampled import Sampled

T_S = np.arange(0.0, 8.0, 0.05)
RPM = np.linspace(1800.0, 6500.0, len(T_S))
BOOST = np.interp(RPM, [1800, 3000, 3500, 6500], [0.0, 90.0, 90.0, 63.0])


def run(number=1, *, peak=150.0, ignition=Ignition.SPARK, turbo=False, built="", **channels):
    """Return a pull from 1,800 to 6,500 rpm."""
    found = {name: np.broadcast_to(np.asarray(one, float), T_S.shape).copy()
             for name, one in channels.items()}  # fmt: skip
    return Sampled(
        f"r{number}", f"Run {number}", number, T_S, RPM, found, (), peak, ignition,
        np.ones(len(T_S), dtype=bool), turbo, built,
    )  # fmt: skip


def weights(runs, **known):
    advice, _ = ask(runs, **known)
    return {one.rule: one.weight for one in advice}


def whys(runs, **known):
    return {one.rule: one.why for one in ask(runs, **known)[1]}


@pytest.mark.parametrize(
    "one",
    [
        run(boost=BOOST * 0.0 + 90.0, **{"lambda": np.where(RPM < 2600, 1.0, 0.86)}),
        run(boost=BOOST * 0.0 + 90.0, **{"lambda": 1.0 + 0.02 * np.sin(T_S * 9)}),
        run(**{"lambda": np.where(RPM < 3000, 1.0, 0.88)}),
        run(voltage=12.3),
        run(throttle=78.0),
        run(throttle=12.0, ignition=Ignition.DIESEL),
        run(FRP=np.interp(RPM, [1800, 3500, 6500], [15000, 20000, 16000])),
        run(temp=106.0),
        run(knock=2.5),
    ],
    ids=["spools", "holds one", "enriches late", "alternator", "stop at 78 %", "diesel flap",
         "rail as commanded", "thermostat", "little knock"],
)  # fmt: skip
def test_a_healthy_car_gets_no_advice(one):
    assert weights([one]) == {}


def test_an_engine_that_holds_lambda_one_is_said_and_not_cleared():
    one = run(boost=90.0, **{"lambda": 1.0 + 0.02 * np.sin(T_S * 9)})
    assert "held at 1" in whys([one])["lean_boosted"]


def test_one_that_was_rich_and_goes_lean_is_told():
    one = run(boost=90.0, **{"lambda": np.where(RPM > 5000, 1.05, np.where(RPM < 2600, 1.0, 0.86))})
    assert weights([one]) == {"lean_boosted": Weight.STOP}


def test_a_turbo_without_a_boost_channel_has_the_boosted_limit():
    lean = np.where(RPM > 5000, 1.01, 0.86)
    assert weights([run(turbo=True, **{"lambda": lean})]) == {"lean_boosted": Weight.SOON}
    assert weights([run(map=190.0, **{"lambda": lean})]) == {"lean_boosted": Weight.SOON}


def test_knock_told_in_negative_degrees_is_found():
    assert weights([run(knock_retard=-6.5)]) == {"knock": Weight.STOP}


def test_lambda_that_is_told_slowly_is_judged_as_well():
    slow = np.full(len(T_S), np.nan)
    slow[::8] = 1.08
    assert weights([run(boost=90.0, **{"lambda": slow})]) == {"lean_boosted": Weight.STOP}


def test_boost_that_always_fell_is_no_finding_and_the_first_time_a_hint():
    assert weights([run(boost=BOOST)]) == {"boost_falls": Weight.HINT}
    assert weights([run(boost=BOOST)], before=[run(boost=BOOST)]) == {}


def test_boost_that_falls_further_than_before_or_than_in_other_runs_is_told():
    leaks = np.where(RPM > 3500, BOOST * np.interp(RPM, [3500, 6500], [1.0, 0.75]), BOOST)
    assert weights([run(boost=leaks)], before=[run(boost=BOOST)]) == {"boost_falls": Weight.SOON}
    said = ask([run(1, boost=BOOST), run(2, boost=BOOST), run(3, boost=leaks)])[0]
    assert said[0].weight is Weight.SOON
    assert "than in other runs" in said[0].seen


def test_boost_is_judged_by_what_was_wanted_where_that_is_told():
    assert weights([run(boost=BOOST, boost_target=BOOST)]) == {}
    wanted = run(boost=BOOST, boost_target=90.0)
    assert weights([wanted]) == {"boost_falls": Weight.SOON}
    assert "under what was wanted" in ask([wanted])[0][0].seen
    assert weights([run(boost=BOOST, BP_A_CMD=BOOST + 100.0)]) == {}


def test_a_rail_whose_command_is_told_is_judged_by_it():
    falls = np.interp(RPM, [1800, 3500, 6500], [15000, 20000, 16000])
    assert "commanded" in whys([run(FRP_A=falls)])["fuel_pressure_falls"]
    assert weights([run(FRP_A=falls, FRP_A_CMD=20000.0)]) == {"fuel_pressure_falls": Weight.SOON}


def test_a_throttle_that_closes_in_the_pull_is_told_and_a_lifted_pedal_is_not():
    shut = np.where((RPM > 4000) & (RPM < 5500), 40.0, 78.0)
    assert weights([run(throttle=shut)]) == {"throttle_shut": Weight.HINT}
    assert weights([run(throttle=shut, pedal=shut)]) == {}


def test_runs_of_another_set_up_are_not_set_against_each_other():
    runs = [run(1, timing=18.0, built="98"), run(2, peak=140.0, timing=12.0, built="95")]
    assert weights(runs) == {}
    same = [replace(one, built="98") for one in runs]
    assert weights(same) == {"timing_pulled": Weight.SOON, "power_fades": Weight.SOON}


def test_a_cars_own_limit_stands_above_that_of_its_kind():
    shipped = {one.key: one for one in profiles()["any"].limits}["coolant_high"]
    own = replace(shipped, warning=100.0, trip=105.0)
    advice, _ = ask([run(temp=106.0)], limits=[own])
    assert advice[0].weight is Weight.STOP
    assert "set for this car" in advice[0].source


def test_a_limit_out_of_service_is_not_asked():
    shipped = {one.key: one for one in profiles()["any"].limits}["coolant_high"]
    off = replace(shipped, in_service=False)
    assert "out of service" in whys([run(temp=120.0)], limits=[off])["coolant_hot"]


def test_a_gate_that_never_opened_is_said():
    one = run(map=80.0, **{"lambda": 0.9})
    assert "map > 95" in whys([one])["lean_aspirated"]


def test_figures_of_rules_are_those_of_the_limits():
    limit = {one.key: one for one in profiles()["turbo_petrol"].limits}["knock_high"]
    advice, _ = ask([run(turbo=True, knock=limit.warning + 0.5)])
    assert f"{limit.warning:.1f}" in advice[0].threshold
    slow, _ = ask([run(temp=112.0)])
    assert slow[0].threshold.endswith("for 3 s or half of the pull")
