"""Recordings, their channels and marks, and samples as journal, clocks, blocks and stretches."""

revision = "recordings_1_0"
down_revision = None
version = (1, 0)

STATEMENTS = (
    """
    CREATE TABLE recording (
        no INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        vehicle_id TEXT NOT NULL,
        vehicle_name TEXT NOT NULL,
        vin TEXT,
        note TEXT NOT NULL,
        anchor TEXT NOT NULL,
        first_ns INTEGER NOT NULL DEFAULT 0,
        last_ns INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        ending TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX recording_open ON recording (ending) WHERE ending = 'open'",
    """
    CREATE TABLE channel (
        no INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recording (no) ON DELETE CASCADE,
        code INTEGER NOT NULL,
        name TEXT NOT NULL,
        label TEXT NOT NULL,
        unit TEXT NOT NULL,
        scale_minimum REAL,
        scale_maximum REAL,
        decimals INTEGER NOT NULL,
        source TEXT NOT NULL,
        derived INTEGER NOT NULL,
        samples INTEGER NOT NULL DEFAULT 0,
        minimum REAL,
        maximum REAL,
        UNIQUE (recording, code),
        UNIQUE (recording, name)
    )
    """,
    """
    CREATE TABLE mark (
        no INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recording (no) ON DELETE CASCADE,
        t_ns INTEGER NOT NULL,
        t_end_ns INTEGER,
        kind TEXT NOT NULL,
        note TEXT NOT NULL
    )
    """,
    "CREATE INDEX mark_recording ON mark (recording, t_ns)",
    """
    CREATE TABLE journal (
        no INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recording (no) ON DELETE CASCADE,
        first_ns INTEGER NOT NULL,
        last_ns INTEGER NOT NULL,
        directory BLOB NOT NULL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE INDEX journal_recording ON journal (recording, no)",
    """
    CREATE TABLE clock (
        no INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recording (no) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE INDEX clock_recording ON clock (recording, n)",
    """
    CREATE TABLE block (
        no INTEGER PRIMARY KEY,
        channel INTEGER NOT NULL REFERENCES channel (no) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        clock INTEGER NOT NULL,
        first_ns INTEGER NOT NULL,
        last_ns INTEGER NOT NULL,
        samples INTEGER NOT NULL,
        minimum REAL,
        maximum REAL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX block_channel ON block (channel, n)",
    """
    CREATE TABLE stretch (
        no INTEGER PRIMARY KEY,
        channel INTEGER NOT NULL REFERENCES channel (no) ON DELETE CASCADE,
        level INTEGER NOT NULL,
        n INTEGER NOT NULL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX stretch_channel ON stretch (channel, level, n)",
)


def upgrade() -> None:
    """Make the first tables."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
