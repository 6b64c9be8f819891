"""Sessions and runs of the dyno; their samples lie in recordings.db."""

revision = "desk_1_2"
down_revision = "desk_1_1"
version = (1, 2)

STATEMENTS = (
    """
    CREATE TABLE dyno_session (
        id TEXT PRIMARY KEY NOT NULL,
        vehicle_id TEXT NOT NULL,
        vehicle_name TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        operator_name TEXT NOT NULL,
        test_type TEXT NOT NULL,
        started TEXT NOT NULL,
        ended TEXT,
        body TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX dyno_session_vehicle ON dyno_session (vehicle_id, started)",
    "CREATE INDEX dyno_session_started ON dyno_session (started)",
    # `first_ns` and `last_ns` count from the recording's anchor; a run under way has no last one.
    # Its recording may be missing for the instant between both files: settled at the next start.
    """
    CREATE TABLE dyno_run (
        id TEXT PRIMARY KEY NOT NULL,
        session TEXT NOT NULL REFERENCES dyno_session (id),
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        recording_id TEXT NOT NULL,
        first_ns INTEGER,
        last_ns INTEGER,
        started TEXT NOT NULL,
        ending TEXT NOT NULL,
        tier TEXT NOT NULL,
        body TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT,
        UNIQUE (session, number)
    )
    """,
    "CREATE INDEX dyno_run_session ON dyno_run (session, number)",
    "CREATE INDEX dyno_run_recording ON dyno_run (recording_id)",
    "CREATE INDEX dyno_run_open ON dyno_run (ending) WHERE ending = 'open'",
)


def upgrade() -> None:
    """Add the tables."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
