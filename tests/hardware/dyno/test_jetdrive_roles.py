"""What JETDRIVE's channels are taken for: the whole car, never one drum of several."""

import pytest

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import jetdrive_units as units
from cartech_desk.hardware.dyno.jetdrive_roles import guess_roles
from cartech_desk.hardware.dyno.jetdrive_wire import NamedChannel


def roles(*channels):
    named = [NamedChannel(n, 0, name, unit) for n, (name, unit) in enumerate(channels)]
    found = guess_roles("Some dyno", named)
    return {channels[n][0]: guess.role for n, guess in found.items()}


def test_one_drum_of_two_is_not_the_car():
    found = roles(
        ("Force Drum 1", units.FORCE),
        ("Force Drum 2", units.FORCE),
        ("Power Drum 1 (uncorrected)", units.POWER),
        ("Power Drum 2 (uncorrected)", units.POWER),
    )
    assert found == {}


def test_the_only_drum_is():
    found = roles(("Force Drum 1", units.FORCE), ("Power Drum 1 (uncorrected)", units.POWER))
    assert found["Force Drum 1"] is Role.FORCE
    assert found["Power Drum 1 (uncorrected)"] is Role.POWER


def test_the_sum_of_two_drums_is_the_car():
    found = roles(
        ("Force", units.FORCE), ("Force Drum 1", units.FORCE), ("Force Drum 2", units.FORCE)
    )
    assert found == {"Force": Role.FORCE}


@pytest.mark.parametrize("name", ["Wheel Torque", "Roller Torque", "Axle Torque (uncorrected)"])
def test_torque_at_the_wheels_is_not_torque_at_engine_speed(name):
    assert roles((name, units.TORQUE)) == {}
