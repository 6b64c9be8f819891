"""Check-ups, makers' fault codes, and what was found out about adapters and cars."""

revision = "desk_1_3"
down_revision = "desk_1_2"
version = (1, 3)

STATEMENTS = (
    # `body` is the whole scan as JSON; what lists show of it stands beside it.
    """
    CREATE TABLE checkup (
        id TEXT PRIMARY KEY NOT NULL,
        vehicle_id TEXT NOT NULL,
        vehicle_name TEXT NOT NULL,
        vin TEXT,
        kind TEXT NOT NULL,
        taken TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        operator_name TEXT NOT NULL,
        codes TEXT NOT NULL,
        mil INTEGER,
        complete INTEGER NOT NULL,
        clean INTEGER NOT NULL,
        note TEXT NOT NULL,
        body TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX checkup_vehicle ON checkup (vehicle_id, taken)",
    "CREATE INDEX checkup_taken ON checkup (taken)",
    """
    CREATE TABLE code_table (
        id TEXT PRIMARY KEY NOT NULL,
        source TEXT NOT NULL UNIQUE,
        makers TEXT NOT NULL,
        codes INTEGER NOT NULL,
        imported TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        operator_name TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE maker_code (
        code_table TEXT NOT NULL REFERENCES code_table (id) ON DELETE CASCADE,
        maker TEXT NOT NULL,
        code TEXT NOT NULL,
        description TEXT NOT NULL,
        severity TEXT,
        system TEXT NOT NULL,
        causes TEXT NOT NULL,
        checks TEXT NOT NULL,
        PRIMARY KEY (code_table, maker, code)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX maker_code_code ON maker_code (code)",
    # Convenience only: what the next connection need not find out again.
    """
    CREATE TABLE known_adapter (
        url TEXT PRIMARY KEY NOT NULL,
        vin TEXT,
        findings TEXT NOT NULL,
        seen TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE known_car (
        vin TEXT PRIMARY KEY NOT NULL,
        identification TEXT NOT NULL,
        quirks TEXT NOT NULL,
        seen TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)


def upgrade() -> None:
    """Add the tables."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
