"""What lacks for power is told before anybody drives for nothing."""

import pytest

from cartech_desk.bay.dyno_power import lacking_for_power
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup


@pytest.mark.parametrize(
    ("setup", "roles", "said"),
    [
        (RunSetup(), (Role.ROLLER_RPM,), "(--mass) and the circumference of the roller (--roller)"),
        (RunSetup(equivalent_mass_kg=900), (Role.ROLLER_RPM,), "(--roller)"),
        (RunSetup(), (Role.SPEED, Role.RPM), "(--mass)"),
        (RunSetup(), (Role.RPM,), "Only engine speed"),
    ],
)
def test_what_lacks_is_named(setup: RunSetup, roles: tuple[Role, ...], said: str) -> None:
    assert said in lacking_for_power(setup, dict.fromkeys(roles, "x"))


@pytest.mark.parametrize(
    ("setup", "roles"),
    [
        (RunSetup(equivalent_mass_kg=900, roller_m=1.5), (Role.ROLLER_RPM,)),
        (RunSetup(equivalent_mass_kg=900), (Role.SPEED,)),
        (RunSetup(), (Role.POWER,)),
        (RunSetup(), (Role.TORQUE, Role.RPM)),
        (RunSetup(), (Role.FORCE, Role.SPEED)),
        (RunSetup(road=True), (Role.SPEED,)),
        (RunSetup(), ()),
    ],
)
def test_nothing_is_said_where_power_can_be_computed(
    setup: RunSetup, roles: tuple[Role, ...]
) -> None:
    assert lacking_for_power(setup, dict.fromkeys(roles, "x")) == ""
