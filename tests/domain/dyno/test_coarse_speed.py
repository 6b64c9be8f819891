"""Power from a speed in whole km/h, as cars tell it: not biased, and doubted as it should be."""

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.gain import quantum_of
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import View
from tests.domain.dyno.runs import MASS_KG, pull, run_of, track

PEAK = 130.40
TURNS = 24


def told(rate_hz, seed, *, hold_hz=None, by_rpm=False, whole=1.0):
    """Return a pull as a car's ECU tells it: whole km/h, maybe repeated between its own answers."""
    random = np.random.default_rng(seed)
    t_s = np.arange(random.random() / rate_hz, 12.0, 1.0 / rate_hz)
    at_s = np.floor(t_s * hold_hz) / hold_hz if hold_hz else t_s
    speed = pull(t_s=at_s)[1]
    kmh = np.floor((speed + random.random()) / whole) * whole
    tracks = {Role.SPEED: track("speed", "km/h", t_s, kmh, of_car=True)}
    if by_rpm:
        tracks[Role.RPM] = track("rpm", "rpm", t_s, np.round(speed * 42.0 * 4) / 4, of_car=True)
    return run_of(tracks, road=True, road_mass_kg=MASS_KG, ratio_rpm_per_kmh=42.0, ecu_offset_s=0.0)


def offs(rate_hz, **how):
    """Return how far peaks are off, and what their doubt is but for mass and road, as parts."""
    off, doubt = [], []
    for seed in range(TURNS):
        peak = analyse(*told(rate_hz, seed, **how), View("none")).peak_power
        unsure = peak.uncertainty
        off.append(peak.value / PEAK - 1.0)
        doubt.append(np.sqrt(unsure.total**2 - unsure.mass**2 - unsure.road**2) / PEAK)
    return np.array(off), np.array(doubt)


@pytest.mark.parametrize(
    ("rate_hz", "hold_hz"), [(2, None), (5, None), (10, None), (20, None), (20, 10), (20, 5)]
)
def test_whole_kmh_make_no_power(rate_hz, hold_hz):
    off, doubt = offs(float(rate_hz), hold_hz=hold_hz)
    assert abs(off.mean()) < 0.015
    assert (np.abs(off) <= doubt).mean() >= 0.95
    assert doubt.max() < 0.08


@pytest.mark.parametrize(("rate_hz", "hold_hz"), [(5, None), (10, None), (20, None), (20, 5)])
def test_finer_engine_speed_that_turns_with_the_wheels_is_taken_instead(rate_hz, hold_hz):
    off, doubt = offs(float(rate_hz), hold_hz=hold_hz, by_rpm=True)
    assert abs(off.mean()) < 0.005
    assert (np.abs(off) <= doubt).mean() >= 0.9
    assert doubt.max() < 0.02


def test_a_speed_in_steps_is_told():
    result = analyse(*told(10.0, 1), View("none"))
    assert "1 km/h" in next(one.why for one in result.quality if one.key == "coarse_speed")


def test_a_speed_too_coarse_for_power_makes_the_run_no_basis_to_compare_by():
    result = analyse(*told(10.0, 1, whole=8.0), View("none"))
    assert next(one for one in result.quality if one.key == "too_coarse").grave


def test_a_fine_speed_has_no_steps():
    random = np.random.default_rng(1)
    assert quantum_of(np.linspace(50.0, 150.0, 1000) + random.normal(0.0, 0.05, 1000)) < 0.05
    assert quantum_of(np.floor(np.linspace(50.0, 150.0, 1000))) == 1.0
