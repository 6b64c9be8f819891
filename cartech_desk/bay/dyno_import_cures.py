"""What is to be typed where a file cannot be imported as it is, with the names of its columns."""

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup
from cartech_desk.domain.dyno.table_run import TableRun
from cartech_desk.domain.dyno.tables import MappingRefused, Proposal


def refuse_corrected_alone(found: TableRun, setup: RunSetup) -> None:
    """Refuse a file whose only power was corrected by who wrote it: no sum could be made of it."""
    if not found.roles.keys() & {Role.CORRECTED_POWER, Role.CORRECTED_TORQUE}:
        return
    roles = found.roles.keys()
    if roles & {Role.POWER, Role.FORCE, Role.BRAKE_TORQUE} or {Role.TORQUE, Role.RPM} <= roles:
        return
    if roles & {Role.SPEED, Role.ROLLER_RPM} and (
        setup.equivalent_mass_kg or setup.road_mass_kg or setup.basis is not None
    ):
        return
    raise MappingRefused(
        "All the power in the file was corrected for the weather by the program that wrote it, and "
        "there is nothing else to compute power from: it would be corrected twice, or not be "
        "comparable with any other run.",
        kept="Nothing was imported.",
        to_do="Export the uncorrected power as well, or force and speed; or give the rollers' mass "
        "(--mass) where the file has speed. If the column is uncorrected after all, say so "
        '(--column "NAME=power").',
    )


def cure_of(proposal: Proposal) -> str:
    """Say what to type so that a file is beyond doubt, with the names of its own columns."""
    told = []
    for one in proposal.mapping.columns:
        name = proposal.columns[one.index].name
        plain = {
            Role.POWER: (Role.CORRECTED_POWER, "hp"),
            Role.TORQUE: (Role.CORRECTED_TORQUE, "lbft"),
        }
        if one.sure or one.role is None:
            continue
        unit = f":{one.unit}" if one.factor == 1.0 else ""
        if one.role is Role.RPM and one.factor == 1000.0:
            unit = ":krpm"
        if one.role in plain:
            other = plain[one.role][0].value
            told.append(
                f'--column "{name}={one.role.value}{unit}" where it is uncorrected (corrected for '
                f'the weather already: "{name}={other}{unit}")'
            )
        else:
            told.append(f'--column "{name}={one.role.value}{unit}"')
    if not proposal.mapping.time_unit:
        told.append('--time "NAME:UNIT", or --time "20 Hz"')
    said = "; ".join(told) or '--column "NAME=ROLE:UNIT"'
    return (
        "Look at the proposal (cartech-desk dyno columns FILE), and say what they are, with the "
        f"unit that is right: {said}."
    )
