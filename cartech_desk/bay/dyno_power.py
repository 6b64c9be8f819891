"""What lacks so that power can be computed, told before anybody drives for nothing."""

from collections.abc import Mapping

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup


def lacking_for_power(setup: RunSetup, roles: Mapping[Role, str]) -> str:
    """Return a sentence where a run would be kept without power; empty where it would have some."""
    if setup.road or not roles:
        return ""
    there = roles.keys()
    turning = there & {Role.SPEED, Role.ROLLER_RPM}
    if (
        Role.POWER in there
        or {Role.TORQUE, Role.RPM} <= there
        or {Role.BRAKE_TORQUE, Role.BRAKE_RPM} <= there
        or (Role.FORCE in there and turning)
    ):
        return ""
    if not turning:
        return "Only engine speed comes from the dyno: a run is kept, and no power can be computed."
    lacks = []
    if not setup.equivalent_mass_kg:
        lacks.append("the equivalent mass of the rollers (--mass)")
    if Role.SPEED not in there and not setup.roller_m:
        lacks.append("the circumference of the roller (--roller)")
    if not lacks:
        return ""
    return (
        f"Power cannot be computed yet: this dyno needs {' and '.join(lacks)}. Type it in the "
        "session; a run that is driven now can be given it afterwards."
    )
