import numpy as np
import pytest

from cartech_desk.domain.dyno.drum import (
    drum_inertia_kgm2,
    drum_mass_kg,
    equivalent_inertia_kgm2,
    equivalent_mass_kg,
    hollow_drum_inertia_kgm2,
    inertia_torque_nm,
    shaft_power_kw,
)
from cartech_desk.domain.dyno.losses import NoLosses, fit_coast_down, loss_n, mass_and_losses
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Losses, LossPart, TestType
from tests.domain.dyno.runs import by_role, run_of

TRUE = Losses(LossPart.ROLLER, 60.0, 1.5, 0.12)


def coast(mass=1000.0, losses=TRUE, start_ms=50.0, seconds=120.0, rate_hz=20.0, noise=0.0):
    fine = np.arange(0.0, seconds, 0.002)
    v, speeds = start_ms, []
    for _ in fine:
        speeds.append(v)
        v = max(v - 0.002 * (losses.c0_n + losses.c1_ns_m * v + losses.c2_ns2_m2 * v * v) / mass, 0)
    t_s = np.arange(0.0, seconds - 0.1, 1.0 / rate_hz)
    rng = np.random.default_rng(3)
    kmh = np.interp(t_s, fine, speeds) * 3.6 + rng.normal(0.0, noise, len(t_s))
    return run_of(
        by_role({Role.SPEED: (t_s, kmh)}),
        run_id="coast",
        test_type=TestType.COAST_DOWN,
        equivalent_mass_kg=mass,
    )


def test_a_solid_steel_drum_has_the_published_mass_and_inertia():
    assert drum_mass_kg(0.36, 0.46) == pytest.approx(472.6, abs=0.05)
    assert drum_inertia_kgm2(0.36, 0.46) == pytest.approx(12.50, abs=0.005)


def test_a_drum_that_gains_speed_takes_the_published_torque_and_power():
    torque = inertia_torque_nm(drum_inertia_kgm2(0.36, 0.46), 50.0)
    assert torque == pytest.approx(625.0, abs=0.3)
    assert shaft_power_kw(torque, 1000.0) == pytest.approx(65.4, abs=0.1)


def test_a_tube_is_a_drum_without_its_core():
    whole = drum_inertia_kgm2(1.0, 0.5)
    assert hollow_drum_inertia_kgm2(1.0, 0.5, 0.0) == whole
    assert 0.0 < hollow_drum_inertia_kgm2(1.0, 0.5, 0.45) < whole


def test_geared_parts_count_with_the_square_of_their_speed():
    assert equivalent_inertia_kgm2([(10.0, 1.0), (2.0, 3.0)]) == 28.0
    assert equivalent_mass_kg(12.5, 0.23) == pytest.approx(236.3, abs=0.05)


def test_a_coast_down_gives_back_the_losses_that_slowed_it():
    fitted = fit_coast_down(*coast(), LossPart.WHEEL)
    v = np.linspace(8.0, 48.0, 20)
    assert loss_n(fitted, v) == pytest.approx(loss_n(TRUE, v), rel=0.01)
    assert (fitted.part, fitted.run_id) == (LossPart.WHEEL, "coast")
    assert fitted.rms_n < 1.0


def test_a_noisy_coast_down_gives_the_losses_nearly():
    fitted = fit_coast_down(*coast(noise=0.05, rate_hz=100.0), LossPart.ROLLER)
    v = np.linspace(10.0, 45.0, 20)
    assert loss_n(fitted, v) == pytest.approx(loss_n(TRUE, v), rel=0.06)
    assert fitted.rms_n > 1.0


def test_a_run_that_does_not_coast_tells_no_losses():
    t_s = np.arange(0.0, 20.0, 0.05)
    raw, setup = run_of(by_role({Role.SPEED: (t_s, 50.0 + 5.0 * t_s)}), equivalent_mass_kg=1000.0)
    with pytest.raises(NoLosses, match="does not fall"):
        fit_coast_down(raw, setup, LossPart.ROLLER)


def test_a_coast_down_without_the_mass_asks_for_it():
    raw, _setup = coast()
    with pytest.raises(NoLosses, match="mass"):
        fit_coast_down(raw, run_of({})[1], LossPart.ROLLER)


def test_an_empty_coast_down_is_refused():
    raw, setup = run_of({}, equivalent_mass_kg=1000.0)
    with pytest.raises(NoLosses, match="0 usable"):
        fit_coast_down(raw, setup, LossPart.ROLLER)


def test_mass_and_losses_are_found_from_a_devices_own_force():
    v = np.linspace(15.0, 50.0, 200)
    gain = 3.0 + np.sin(v / 5.0)
    force = 1310.0 * gain + loss_n(TRUE, v)
    found = mass_and_losses(force, gain, v)
    assert found is not None
    mass, losses = found
    assert mass == pytest.approx(1310.0, rel=1e-6)
    assert losses.c2_ns2_m2 == pytest.approx(TRUE.c2_ns2_m2, rel=1e-5)


def test_no_mass_is_found_where_force_does_not_follow_acceleration():
    rng = np.random.default_rng(1)
    v = np.linspace(15.0, 50.0, 200)
    assert mass_and_losses(rng.normal(0, 1000, 200), rng.normal(3, 1, 200), v) is None


def test_no_mass_is_found_where_acceleration_tells_no_more_than_speed():
    v = np.linspace(15.0, 50.0, 200)
    gain = 3.3 - 0.002 * (v - 30.0) ** 2
    assert mass_and_losses(1310.0 * gain + loss_n(TRUE, v), gain, v) is None
