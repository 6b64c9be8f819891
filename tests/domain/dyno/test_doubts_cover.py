"""The plus-minus of a peak is what it says: true peaks lie within it about as often as not to.

Runs whose true peaks are known, with noise of several kinds: white, surging slowly as engines do,
and of the speed that power is computed from.
"""

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import View
from tests.domain.dyno.runs import GEAR, MASS_KG, by_role, pull, run_of

TRUE_KW, TRUE_NM = 130.40, 260.0


def white(rate_hz, part):
    def made(rng):
        t_s, speed, _gain, power = pull(rate_hz)
        return of_power(t_s, speed, power * (1.0 + rng.normal(0.0, part, len(t_s))))

    return made


def surging(rate_hz, part, for_s):
    def made(rng):
        t_s, speed, _gain, power = pull(rate_hz)
        n = int(for_s * rate_hz)
        noise = rng.normal(0.0, 1.0, len(t_s) + n)
        surge = np.convolve(noise, np.ones(n) / np.sqrt(n), "valid")[: len(t_s)]
        return of_power(t_s, speed, power * (1.0 + part * surge))

    return made


def of_power(t_s, speed, power):
    return run_of(
        by_role({Role.SPEED: (t_s, speed), Role.POWER: (t_s, power), Role.RPM: (t_s, speed * GEAR)})
    )


def from_speed(rate_hz, noise_kmh):
    def made(rng):
        t_s, speed, _gain, _power = pull(rate_hz)
        noisy = speed + rng.normal(0.0, noise_kmh, len(t_s))
        return run_of(
            by_role({Role.SPEED: (t_s, noisy), Role.RPM: (t_s, speed * GEAR)}),
            equivalent_mass_kg=MASS_KG,
        )

    return made


KINDS = {
    "white, 20 Hz, 3 %": white(20.0, 0.03),
    "white, 100 Hz, 2 %": white(100.0, 0.02),
    "surging for 0.4 s, 20 Hz, 1 %": surging(20.0, 0.01, 0.4),
    "surging for 0.5 s, 100 Hz, 1 %": surging(100.0, 0.01, 0.5),
    "surging for 1 s, 100 Hz, 1 %": surging(100.0, 0.01, 1.0),
    "speed, 20 Hz, 0.05 km/h": from_speed(20.0, 0.05),
    "speed, 100 Hz, 0.1 km/h": from_speed(100.0, 0.1),
}


def tried(kind, level, n):
    """Return errors and doubts (scatter and windows alone) of both peaks, as parts of them."""
    errors, doubts = [], []
    for seed in range(n):
        result = analyse(*KINDS[kind](np.random.default_rng(seed)), View("none", level))
        for peak, true in ((result.peak_power, TRUE_KW), (result.peak_torque, TRUE_NM)):
            unsure = peak.uncertainty
            errors.append(peak.value / true - 1.0)
            doubts.append(float(np.hypot(unsure.sampling, unsure.smoothing)) / true)
    return np.array(errors), np.array(doubts)


@pytest.mark.parametrize("level", [0, 3, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_a_doubt_covers_the_true_peak_and_is_not_far_too_wide(kind, level):
    errors, doubts = tried(kind, level, 12)
    assert (np.abs(errors) <= doubts).mean() >= 0.75
    assert np.median(doubts) < 8.0 * np.sqrt((errors**2).mean())


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_highest_of_many_values_that_scatter_is_hardly_too_high(kind, level):
    errors, _doubts = tried(kind, level, 12)
    assert errors.mean() < 0.009


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("level", range(6))
@pytest.mark.parametrize("kind", KINDS)
def test_doubts_cover_true_peaks_in_about_95_of_100_runs(kind, level):
    errors, doubts = tried(kind, level, 150)
    inside = (np.abs(errors) <= doubts).mean()
    assert inside >= 0.85
    assert inside <= 0.99 or np.median(doubts) < 5.0 * errors.std() or np.median(doubts) < 0.006
