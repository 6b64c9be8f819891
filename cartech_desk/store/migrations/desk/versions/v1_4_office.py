"""The office: customers, jobs, appointments, parts, and the search over all of it."""

from cartech_desk.store.migrations.desk.office_tables import (
    appointments,
    finding,
    jobs,
    parts,
    performance,
    vehicles,
)

revision = "desk_1_4"
down_revision = "desk_1_3"
version = (1, 4)

STATEMENTS = (
    *vehicles.STATEMENTS,
    *jobs.STATEMENTS,
    *appointments.STATEMENTS,
    *parts.STATEMENTS,
    *performance.STATEMENTS,
    *finding.STATEMENTS,
)


def upgrade() -> None:
    """Add the tables, and let search find what is there."""
    from alembic import op  # half a second that only an older file has to wait for

    from cartech_desk.store.migrations.desk.office_tables.finding_fill import fill

    for statement in STATEMENTS:
        op.execute(statement)
    fill(op.get_bind())
