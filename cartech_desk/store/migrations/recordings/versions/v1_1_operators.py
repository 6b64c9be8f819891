"""Who recorded each recording."""

revision = "recordings_1_1"
down_revision = "recordings_1_0"
version = (1, 1)

STATEMENTS = (
    "ALTER TABLE recording ADD COLUMN operator_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE recording ADD COLUMN operator_name TEXT NOT NULL DEFAULT ''",
)


def upgrade() -> None:
    """Add the columns; recordings made before have no operator."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
