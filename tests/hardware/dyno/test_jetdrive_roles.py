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


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Intake Air Temp", units.TEMPERATURE),
        ("Intake Temperature", units.TEMPERATURE),
        ("Station Fuel Pressure", units.PRESSURE),
        ("Desired Engine RPM", units.ENGINE_SPEED),
        ("Idle Target RPM", units.ENGINE_SPEED),
        ("Alternator RPM", units.ENGINE_SPEED),
        ("Fan Engine Speed", units.ENGINE_SPEED),
        ("Shift Light RPM", units.ENGINE_SPEED),
        ("Wind Speed", units.SPEED),
        ("Speed Error", units.SPEED),
        ("Requested Throttle", units.PERCENT),
        ("Torque Demand", units.TORQUE),
        ("Lambda Correction", units.LAMBDA),
        ("AFR Target", units.AFR),
        ("Boost Desired", units.PRESSURE),
    ],
)
def test_what_is_wanted_or_of_something_else_plays_no_role(name, unit):
    assert roles((name, unit)) == {}


def test_a_fuels_correction_factor_is_not_powers_and_corrects_none():
    found = roles(("Fuel Correction Factor", units.NO_UNIT), ("Engine Power", units.POWER))
    assert found == {"Engine Power": Role.POWER}


@pytest.mark.parametrize("unit", [units.PERCENT, units.AFR])
def test_a_correction_factor_with_a_unit_is_none_of_power(unit):
    assert Role.DEVICE_FACTOR not in roles(("Correction Factor", unit)).values()


@pytest.mark.parametrize("name", ["(DWRT CPU) Correction Factor", "SAE Correction Factor", "CF"])
def test_the_whole_name_is_the_factor_of_power(name):
    assert roles((name, units.NO_UNIT)) == {name: Role.DEVICE_FACTOR}


@pytest.mark.parametrize(
    "name", ["non-corrected Power", "Power (not corrected)", "Un-corrected Power", "Uncorr. Power"]
)
def test_power_that_is_not_corrected_is_raw_however_it_is_written(name):
    assert roles((name, units.POWER), ("Power", units.POWER)) == {
        name: Role.POWER,
        "Power": Role.CORRECTED_POWER,
    }
