"""Power where an absorber holds the rollers, and where the road does: no number of half a sum."""

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, Losses, LossPart, TestType, View
from tests.domain.dyno.driven import RATIO, at, move, steady
from tests.domain.dyno.runs import by_role, run_of

ENGINE_KW = 120.0
ROLLERS_KG = 1200.0
RADIUS_M = 0.25
HELD_N = 2000.0
ROLLERS = Losses(LossPart.ROLLER, 30.0, 1.5, 0.05)
DRY = Conditions(20.0, 101.325, 0.0, "typed")
RHO = 101.325 / 0.287052874 / 293.15


def held(*, gap=None, sign=1.0, **setup):
    """Return a sweep of a known power against an absorber, with a gap in the speed alone."""

    def whole(v):
        return 30.0 + 1.5 * v + 0.05 * v * v + HELD_N

    t_s, speed, _gain = move(steady(ENGINE_KW), whole, ROLLERS_KG, 60.0, 12.0)
    times, speed = at(t_s, 100.0, speed)
    there = np.ones(len(times), dtype=bool)
    if gap is not None:
        there = (times < gap[0]) | (times > gap[1])
    return run_of(
        by_role(
            {
                Role.SPEED: (times[there], speed[there]),
                Role.RPM: (times, speed * RATIO),
                Role.BRAKE_TORQUE: (times, np.full(len(times), sign * HELD_N * RADIUS_M)),
                Role.BRAKE_RPM: (times, speed / 3.6 / RADIUS_M * 30.0 / np.pi),
            }
        ),
        **setup,
    )


def keys(result):
    return {one.key for one in result.quality}


def test_where_the_speed_is_not_known_a_brake_tells_no_power():
    raw, setup = held(gap=(5.0, 6.0), equivalent_mass_kg=ROLLERS_KG, losses=(ROLLERS,))
    result = analyse(raw, setup, View("none", 0))
    power = result.curve.power_kw[np.isfinite(result.curve.power_kw)]
    assert power == pytest.approx(np.full(len(power), ENGINE_KW), rel=0.02)
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.005)
    assert "long_gap" in keys(result)


def test_a_sweep_against_a_brake_without_the_mass_says_that_it_reads_low():
    result = analyse(*held(), View("none"))
    assert result.peak_power.value < 0.7 * ENGINE_KW
    assert "no_inertia" in keys(result)
    known = analyse(*held(equivalent_mass_kg=ROLLERS_KG, losses=(ROLLERS,)), View("none"))
    assert "no_inertia" not in keys(known)


def test_a_speed_that_is_held_needs_no_mass():
    times = np.arange(0.0, 20.0, 0.02)
    rpm = np.full(len(times), 3000.0) + np.sin(times)
    raw, setup = run_of(
        by_role(
            {Role.BRAKE_RPM: (times, rpm), Role.BRAKE_TORQUE: (times, np.full(len(times), 200.0))}
        ),
        test_type=TestType.STEADY_STATE,
    )
    result = analyse(raw, setup, View("none"))
    assert result.peak_power.value == pytest.approx(200.0 * 3000.0 * np.pi / 30000.0, rel=0.005)
    assert "no_inertia" not in keys(result)


def test_a_torque_with_its_sign_turned_is_no_peak_and_says_so():
    times = np.arange(0.0, 10.0, 0.02)
    raw, setup = run_of(
        by_role(
            {
                Role.BRAKE_RPM: (times, 2000.0 + 300.0 * times),
                Role.BRAKE_TORQUE: (times, np.full(len(times), -200.0)),
            }
        )
    )
    result = analyse(raw, setup, View("none"))
    assert result.peak_power is None
    assert result.peak_torque is None
    assert next(one for one in result.quality if one.key == "no_drive").grave


def on_road(*, grade=0.0, mass=1200.0, **setup):
    def whole(v):
        return 0.5 * RHO * 0.65 * v * v + (0.012 + grade) * 1200.0 * 9.80665

    t_s, speed, _gain = move(steady(ENGINE_KW), whole, 1200.0, 60.0, 12.0)
    times, speed = at(t_s, 20.0, speed)
    return run_of(
        by_role({Role.SPEED: (times, speed), Role.RPM: (times, speed * RATIO)}),
        conditions=DRY,
        road=True,
        road_mass_kg=mass,
        drag_area_m2=0.65,
        rolling=0.012,
        **setup,
    )


def test_power_on_the_road_is_what_the_engine_gave():
    result = analyse(*on_road(), View("none"))
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.005)


@pytest.mark.parametrize("wrong", [{"grade": -0.01}, {"grade": 0.01}, {"mass": 1224.0}])
def test_the_doubt_on_the_road_holds_a_grade_and_a_mass_that_are_off(wrong):
    peak = analyse(*on_road(**wrong), View("none")).peak_power
    assert abs(peak.value - ENGINE_KW) > 0.01 * ENGINE_KW
    assert abs(peak.value - ENGINE_KW) <= peak.uncertainty.total
    assert peak.uncertainty.total < 0.07 * ENGINE_KW


@pytest.mark.parametrize("rollers", [900.0, 2500.0])
def test_the_mass_of_the_rollers_is_not_taken_for_the_cars(rollers):
    result = analyse(*on_road(equivalent_mass_kg=rollers), View("none"))
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.005)
    assert "odd_mass" in keys(result)


def test_a_mass_that_somebody_typed_leaves_two_percent_of_doubt():
    t_s, speed, _gain = move(steady(ENGINE_KW), lambda _v: 0.0, ROLLERS_KG, 60.0, 10.0)
    times, speed = at(t_s, 50.0, speed)
    columns = by_role({Role.SPEED: (times, speed), Role.RPM: (times, speed * RATIO)})
    peak = analyse(*run_of(columns, equivalent_mass_kg=1.02 * ROLLERS_KG), View("none")).peak_power
    assert abs(peak.value - ENGINE_KW) == pytest.approx(peak.uncertainty.mass, rel=0.1)


def test_zeros_of_a_source_that_lost_its_value_are_told():
    t_s, speed, _gain = move(steady(ENGINE_KW), lambda _v: 0.0, ROLLERS_KG, 60.0, 10.0)
    times, speed = at(t_s, 20.0, speed)
    power = np.full(len(times), ENGINE_KW)
    power[(times > 5.0) & (times < 5.6)] = 0.0
    columns = by_role({Role.SPEED: (times, speed), Role.POWER: (times, power)})
    result = analyse(*run_of(columns), View("none"))
    assert "dropout" in keys(result)
