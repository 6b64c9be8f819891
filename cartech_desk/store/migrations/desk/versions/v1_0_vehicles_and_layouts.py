"""Vehicles by VIN or typed name, and named documents by kind."""

revision = "desk_1_0"
down_revision = None
version = (1, 0)

STATEMENTS = (
    """
    CREATE TABLE vehicle (
        id TEXT PRIMARY KEY NOT NULL,
        vin TEXT UNIQUE,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        created TEXT NOT NULL,
        used TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE UNIQUE INDEX vehicle_typed_name ON vehicle (name_key) WHERE vin IS NULL",
    "CREATE INDEX vehicle_used ON vehicle (used)",
    """
    CREATE TABLE document (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        changed TEXT NOT NULL,
        PRIMARY KEY (kind, name)
    )
    """,
)


def upgrade() -> None:
    """Make the first tables."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
