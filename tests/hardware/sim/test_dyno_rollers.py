"""The simulated car on the rollers: its pulls are believable, and its sums close."""

import numpy as np
import pytest

from cartech_desk.hardware.sim.car_data import car_data, scripts
from cartech_desk.hardware.sim.dyno_rollers import NotOnRollers, Resampled, Rollers
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.vehicle import Vehicle
from tests.hardware.sim.dyno_drive import BEGAN_NS, car, moments


@pytest.fixture(scope="module")
def pull():
    return [one for one in moments("dyno", 30.0) if one.throttle_pct > 95.0]


def test_a_pull_from_1900_to_6500_rpm_takes_believable_time(pull):
    assert pull[0].rpm == pytest.approx(1950, abs=60)
    assert pull[-1].rpm == pytest.approx(6500, abs=30)
    assert 14.0 < pull[-1].time_s - pull[0].time_s < 20.0


def test_the_wheels_make_what_a_two_litre_turbo_makes(pull):
    powers = np.convolve([one.power_kw for one in pull], np.ones(40) / 40, mode="valid")
    assert 135.0 < powers.max() < 150.0
    torques = np.convolve([one.torque_nm for one in pull], np.ones(40) / 40, mode="valid")
    assert 270.0 < torques.max() < 300.0


def test_the_work_at_the_wheels_is_in_the_rollers_and_their_brake(pull):
    dyno = car_data().dyno
    work = sum(one.force_n * one.speed_ms for one in pull[1:]) * 0.01
    kinetic = 0.5 * dyno.inertia_kg * (pull[-1].speed_ms ** 2 - pull[0].speed_ms ** 2)
    braked = sum(dyno.brake_n_per_ms * one.speed_ms**2 for one in pull[1:]) * 0.01
    assert work == pytest.approx(kinetic + braked, rel=2e-3)


def test_wheel_power_is_the_engines_less_what_the_driveline_takes():
    vehicle = Vehicle(CarOptions(script="dyno"))
    shares = []
    while vehicle.state.time_s < 22.0:
        vehicle.step()
        state = vehicle.state
        if state.pedal_pct == 100.0 and state.rpm > 3000.0:
            engine_kw = state.torque_nm * state.rpm / 9549.297
            shares.append(state.roller_n * state.speed_kmh / 3600.0 / engine_kw)
    # 7 % in the gears, the tyres' rolling, and what spins up engine and wheels
    assert 0.82 < np.mean(shares) < 0.90


@pytest.mark.parametrize("script", [name for name, one in scripts().items() if one.bench])
def test_engine_and_rollers_keep_the_ratio_of_the_gear_unless_the_tyres_slip(script):
    ratios = {
        round(one.rpm / (one.speed_ms * 3.6), 1)
        for one in moments(script, 16.0)
        if one.throttle_pct > 99.0 and one.speed_ms > 5.0
    }
    if script == "dyno_spin":
        assert max(ratios) > 1.04 * min(ratios)
    elif script != "dyno_coast":
        assert len(ratios) == 1


def test_slipping_tyres_add_nothing_to_the_force():
    gripping = [one for one in moments("dyno", 20.0) if one.throttle_pct > 99.0]
    slipping = [one for one in moments("dyno_spin", 20.0) if one.throttle_pct > 99.0]
    most = np.convolve([one.force_n for one in gripping], np.ones(40) / 40, mode="valid").max()
    spun = np.convolve([one.force_n for one in slipping], np.ones(40) / 40, mode="valid").max()
    assert spun < 1.02 * most  # the engine runs faster and breathes a little more


def test_coasting_down_tells_the_brake_of_rollers_and_tyres():
    data = car_data()
    coasting = [one for one in moments("dyno_coast", 60.0) if one.time_s > 6.0]
    speed = np.array([one.speed_ms for one in coasting])
    slowing = -np.array([one.acceleration_ms2 for one in coasting])
    mass = data.dyno.inertia_kg + data.drivetrain.wheels_kgm2 / data.drivetrain.tyre_radius_m**2
    slope, constant = np.polyfit(speed, mass * slowing, 1)
    assert slope == pytest.approx(data.dyno.brake_n_per_ms, rel=0.01)
    rolling = 0.8 * data.drivetrain.mass_kg * 9.80665 * data.drivetrain.rolling
    assert constant == pytest.approx(rolling, rel=0.01)


def test_a_short_pull_rolls_in_below_40_kmh_and_comes_again():
    seen = moments("dyno_short", 34.0)
    wide = np.array([one.throttle_pct > 95.0 for one in seen])
    assert np.count_nonzero(np.diff(wide.astype(int)) == 1) == 2
    between = [one.speed_ms * 3.6 for one in seen if 17.0 < one.time_s < 19.5]
    assert min(between) < 38.0


def test_the_same_seed_drives_the_same_and_another_does_not():
    assert moments("dyno_short", 6.0) == moments("dyno_short", 6.0)
    assert moments("dyno_short", 6.0, seed=2) != moments("dyno_short", 6.0)


def test_what_happens_does_not_depend_on_how_often_somebody_asks():
    often = Rollers(car("dyno_short"))
    seen = [one for tick in range(0, 501) for one in often.moments(BEGAN_NS + tick * 10_000_000)]
    assert seen == moments("dyno_short", 5.0)


def test_two_faces_of_one_car_see_the_same():
    one_car = car("dyno_short")
    first, second = Rollers(one_car), Rollers(one_car)
    first.moments(BEGAN_NS)
    assert first.moments(BEGAN_NS + 1_000_000_000) == second.moments(BEGAN_NS + 1_000_000_000)


def test_a_closed_face_sees_nothing_more():
    rollers = Rollers(car())
    rollers.moments(BEGAN_NS)
    rollers.close()
    assert rollers.moments(BEGAN_NS + 1_000_000_000) == []


def test_a_car_on_the_road_has_no_dyno():
    with pytest.raises(NotOnRollers, match="script “demo”") as refused:
        Rollers(car("demo"))
    assert "dyno_short" in refused.value.to_do


def test_a_car_whose_time_goes_faster_than_real_has_no_dyno():
    with pytest.raises(NotOnRollers, match="faster than real"):
        Rollers(car(clock=4))


@pytest.mark.parametrize("rate", [10, 100, 250, 1000])
def test_moments_come_at_the_rate_that_was_asked(rate):
    truth = moments("dyno_short", 3.0)
    steady = Resampled(rate).through(truth)
    assert len(steady) == pytest.approx(rate * 3, abs=1 + rate / 100)
    spaces = np.diff([one.t_ns for one in steady])
    assert spaces.min() == pytest.approx(spaces.max(), abs=1)


def test_a_car_that_stood_still_for_long_is_not_filled_up():
    truth = moments("dyno_short", 2.0)
    later = [one._replace(t_ns=one.t_ns + 60_000_000_000) for one in truth]
    steady = Resampled(1000).through(truth + later)
    assert len(steady) < 2 * 2000 + 10
