"""The engine's power from that at the wheels, for a car and rollers whose engine is known."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.losses import fit_coast_down
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import (
    Conditions,
    EstimateBy,
    Losses,
    LossPart,
    TestType,
    View,
)
from tests.domain.dyno.driven import RATIO, at, move, none, steady
from tests.domain.dyno.runs import by_role, run_of

ENGINE_KW = 120.0
ENGINE = View("none", engine=True)
DRY = Conditions(20.0, 101.325, 0.0, "typed")
RHO = 101.325 / 0.287052874 / 293.15


def of_rollers(v):
    return 30.0 + 1.5 * v + 0.05 * v * v


def of_driveline(v):
    return 80.0 + 3.0 * v + 0.2 * v * v


def both(v):
    return of_rollers(v) + of_driveline(v)


def fitted(loss, mass, part, **setup):
    """Return what the desk fits to a coast-down of a mass under a loss."""
    t_s, speed, _gain = move(none, loss, mass, 180.0, 150.0 if mass > 500.0 else 40.0)
    times, speed = at(t_s, 20.0, speed)
    raw, made = run_of(
        by_role({Role.SPEED: (times, speed)}), test_type=TestType.COAST_DOWN, **setup
    )
    return fit_coast_down(raw, made, part)


def pulled(roles, *, rollers_kg=1200.0, wheels_kg=0.0, **setup):
    """Return a pull at constant power of the engine on rollers, by the columns of some roles."""
    seconds = 9.0 if rollers_kg > 500.0 else 4.0
    t_s, speed, gain = move(steady(ENGINE_KW), both, rollers_kg + wheels_kg, 60.0, seconds)
    times, speed, gain = at(t_s, 50.0, speed, gain)
    v = speed / 3.6
    # A device tells the force at its rollers' surface: what they gain, and what they take.
    force = rollers_kg * gain + of_rollers(v)
    columns = {
        Role.SPEED: speed,
        Role.RPM: speed * RATIO,
        Role.ACCELERATION: gain,
        Role.FORCE: force,
        Role.POWER: force * v / 1000.0,
    }
    return run_of(
        by_role({role: (times, columns[role]) for role in (Role.SPEED, Role.RPM, *roles)}),
        conditions=DRY,
        equivalent_mass_kg=rollers_kg,
        estimate_by=EstimateBy.MEASURED,
        **setup,
    )


def keys(result):
    return {one.key for one in result.quality}


def test_on_the_road_air_and_tyres_are_counted_once():
    mass, drag_m2, rolling = 1500.0, 0.65, 0.012

    def whole(v):
        return 60.0 + 2.0 * v + 0.5 * RHO * drag_m2 * v * v + rolling * mass * 9.80665

    road = {"road": True, "road_mass_kg": mass}
    losses = fitted(whole, mass, LossPart.DRIVELINE, **road)
    t_s, speed, _gain = move(steady(ENGINE_KW), whole, mass, 60.0, 20.0)
    times, speed = at(t_s, 20.0, speed)
    raw, setup = run_of(
        by_role({Role.SPEED: (times, speed), Role.RPM: (times, speed * RATIO)}),
        conditions=DRY,
        drag_area_m2=drag_m2,
        rolling=rolling,
        losses=(losses,),
        estimate_by=EstimateBy.MEASURED,
        **road,
    )
    result = analyse(raw, setup, ENGINE)
    assert result.estimate is EstimateBy.MEASURED
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.005)
    assert result.curve.power_kw[-3] == pytest.approx(ENGINE_KW, rel=0.005)


@pytest.mark.parametrize("role", [Role.POWER, Role.FORCE])
def test_a_device_with_acceleration_tells_its_rollers_losses_which_are_counted_once(role):
    losses = fitted(both, 1200.0, LossPart.DRIVELINE, equivalent_mass_kg=1200.0)
    result = analyse(*pulled([role, Role.ACCELERATION], losses=(losses,)), ENGINE)
    assert result.estimate is EstimateBy.MEASURED
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.005)


@pytest.mark.parametrize("role", [Role.POWER, Role.FORCE])
def test_a_device_whose_rollers_losses_nobody_knows_gives_no_measured_estimate(role):
    losses = fitted(both, 1200.0, LossPart.DRIVELINE, equivalent_mass_kg=1200.0)
    result = analyse(*pulled([role], losses=(losses,)), ENGINE)
    assert result.estimate is EstimateBy.NONE
    why = next(one.why for one in result.quality if one.key == "no_estimate")
    assert "rollers alone" in why


@pytest.mark.parametrize("roles", [[], [Role.ACCELERATION], [Role.POWER], [Role.FORCE]])
@pytest.mark.parametrize(("rollers_kg", "wheels_kg"), [(1200.0, 50.0), (300.0, 60.0)])
def test_wheels_and_driveline_accelerate_and_coast_with_their_own_mass(
    roles, rollers_kg, wheels_kg
):
    known = {"equivalent_mass_kg": rollers_kg, "wheel_mass_kg": wheels_kg}
    losses = (
        fitted(of_rollers, rollers_kg, LossPart.ROLLER, **known),
        fitted(both, rollers_kg + wheels_kg, LossPart.DRIVELINE, **known),
    )
    assert losses[0].c0_n + losses[0].c1_ns_m * 40 + losses[0].c2_ns2_m2 * 1600 == pytest.approx(
        of_rollers(40.0), rel=0.02
    )
    found = losses[1].c0_n + losses[1].c1_ns_m * 40 + losses[1].c2_ns2_m2 * 1600
    assert found == pytest.approx(both(40.0), rel=0.01)
    run = pulled(
        roles,
        rollers_kg=rollers_kg,
        wheels_kg=wheels_kg,
        losses=losses,
        wheel_mass_kg=wheels_kg,
    )
    result = analyse(*run, ENGINE)
    assert result.peak_power.value == pytest.approx(ENGINE_KW, rel=0.006)
    assert "no_inertia" not in keys(result)


def test_without_the_mass_of_the_wheels_the_estimate_says_what_it_lacks():
    losses = (
        fitted(of_rollers, 1200.0, LossPart.ROLLER, equivalent_mass_kg=1200.0),
        fitted(both, 1260.0, LossPart.DRIVELINE, equivalent_mass_kg=1200.0),
    )
    result = analyse(*pulled([], wheels_kg=60.0, losses=losses), ENGINE)
    assert "no_inertia" in keys(result)
    assert result.peak_power.value < ENGINE_KW


def test_losses_fitted_with_another_mass_than_the_typed_one_are_told():
    losses = (
        Losses(LossPart.ROLLER, 30.0, 1.5, 0.05),
        fitted(both, 1200.0, LossPart.DRIVELINE, equivalent_mass_kg=1200.0),
    )
    result = analyse(*pulled([], losses=losses, wheel_mass_kg=60.0), ENGINE)
    assert "odd_mass" in keys(result)


def test_the_doubt_of_a_flat_percentage_holds_what_percentages_differ_by():
    raw, setup = pulled([])
    chosen = [
        analyse(
            raw,
            replace(setup, estimate_by=EstimateBy.FLAT_PERCENT, driveline_pct=percent),
            ENGINE,
        ).peak_power
        for percent in (10.0, 15.0, 20.0)
    ]
    doubt = chosen[1].uncertainty
    assert doubt.estimate >= 0.95 * (chosen[1].value - chosen[0].value)
    assert doubt.estimate >= 0.9 * (chosen[2].value - chosen[1].value)
    assert doubt.total >= np.hypot(doubt.estimate, doubt.mass)
