"""The shop, people, limits, alarms, and the audit log that only grows."""

revision = "desk_1_1"
down_revision = "desk_1_0"
version = (1, 1)

STATEMENTS = (
    """
    CREATE TABLE shop (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        units TEXT NOT NULL,
        currency TEXT NOT NULL,
        founded TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE person (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        certification TEXT NOT NULL,
        role TEXT NOT NULL,
        standing TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        pin_hash TEXT,
        registered TEXT NOT NULL,
        decided TEXT,
        decided_by TEXT,
        password_used TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        failed TEXT,
        pin_failures INTEGER NOT NULL DEFAULT 0,
        version INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE former_password (
        person TEXT NOT NULL REFERENCES person (id),
        hash TEXT NOT NULL,
        changed TEXT NOT NULL
    )
    """,
    # Attempts to sign in under an address that nobody has; `key` is its hash, since it may be a
    # password that was typed into the wrong field.
    """
    CREATE TABLE stranger (
        key TEXT PRIMARY KEY NOT NULL,
        failures INTEGER NOT NULL,
        failed TEXT NOT NULL
    )
    """,
    "CREATE INDEX former_password_person ON former_password (person, changed)",
    "ALTER TABLE vehicle ADD COLUMN profile TEXT NOT NULL DEFAULT ''",
    # `owner` is the id of a vehicle or the name of a profile, `kind` says which.
    """
    CREATE TABLE safety_limit (
        kind TEXT NOT NULL CHECK (kind IN ('profile', 'vehicle')),
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        body TEXT NOT NULL,
        changed TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (kind, owner, key)
    )
    """,
    # One row for each occurrence, from raised to normal again.
    """
    CREATE TABLE alarm (
        id TEXT PRIMARY KEY NOT NULL,
        key TEXT NOT NULL,
        vehicle_id TEXT NOT NULL,
        vehicle_name TEXT NOT NULL,
        recording_id TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        operator_name TEXT NOT NULL,
        label TEXT NOT NULL,
        to_do TEXT NOT NULL,
        priority INTEGER NOT NULL,
        level INTEGER NOT NULL,
        state TEXT NOT NULL,
        channel TEXT NOT NULL,
        unit TEXT NOT NULL,
        edge REAL,
        comparison TEXT,
        value REAL,
        worst_value REAL,
        times INTEGER NOT NULL DEFAULT 1,
        first_out INTEGER NOT NULL,
        raised TEXT NOT NULL,
        returned TEXT,
        acknowledged TEXT,
        acknowledged_by TEXT,
        cleared TEXT,
        cleared_by TEXT,
        shelved_until TEXT
    )
    """,
    "CREATE INDEX alarm_raised ON alarm (raised)",
    "CREATE INDEX alarm_standing ON alarm (cleared) WHERE cleared IS NULL",
    """
    CREATE TABLE shelf (
        vehicle_id TEXT NOT NULL,
        key TEXT NOT NULL,
        shelved TEXT NOT NULL,
        until TEXT NOT NULL,
        reason TEXT NOT NULL,
        by_id TEXT NOT NULL,
        by_name TEXT NOT NULL,
        PRIMARY KEY (vehicle_id, key)
    )
    """,
    # `body` is the record as it is hashed; every other word of it is derived from there, so that
    # nothing beside it can say something else. A body that is no JSON, which only a hand could have
    # put there, has none of these words and breaks no query. Only what is unsettled is indexed:
    # an index costs every act a page to sync, and a search walks 100,000 rows in a second.
    """
    CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        previous BLOB NOT NULL,
        hash BLOB NOT NULL,
        mac BLOB,
        at TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.at') END) VIRTUAL,
        actor TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.actor.id') END) VIRTUAL,
        action TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.action') END) VIRTUAL,
        vehicle TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.entity.vehicle') END) VIRTUAL,
        phase TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.phase') END) VIRTUAL,
        intent INTEGER GENERATED ALWAYS AS (
            CASE WHEN json_valid(body) THEN json_extract(body, '$.intent') END) VIRTUAL
    )
    """,
    "CREATE INDEX audit_intent ON audit (phase, intent) WHERE phase IN ('intent', 'result')",
    # `desk` is the desk's own id, made with the file; the key and the anchor outside go by it.
    """
    CREATE TABLE audit_head (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        desk TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        hash BLOB NOT NULL,
        mac BLOB
    )
    """,
    """
    INSERT INTO audit_head (only_one, desk, sequence, hash)
    VALUES (1, lower(hex(randomblob(16))), 0, zeroblob(32))
    """,
    # Where the key is kept ("keyring" or "file"), and which one it is: renewing it counts on.
    """
    CREATE TABLE audit_key (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        place TEXT NOT NULL,
        number INTEGER NOT NULL,
        made TEXT NOT NULL
    )
    """,
    """
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
    """,
    """
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
    """,
    # INSERT OR REPLACE passes the trigger for deletions unless recursive triggers are on.
    """
    CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
        OR NEW.previous IS NOT coalesce(
            (SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1), zeroblob(32))
    BEGIN SELECT RAISE(ABORT, 'a record of the audit log follows the one before'); END
    """,
    """
    CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
    """,
    """
    CREATE TRIGGER audit_head_grows BEFORE UPDATE ON audit_head
    WHEN NEW.sequence <= OLD.sequence OR NEW.desk IS NOT OLD.desk
        OR NEW.only_one IS NOT OLD.only_one
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
    """,
    # The one head was made above; INSERT OR REPLACE would pass the triggers for the other two.
    """
    CREATE TRIGGER audit_head_alone BEFORE INSERT ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the audit log has one head'); END
    """,
    """
    CREATE TRIGGER audit_key_alone BEFORE INSERT ON audit_key
    WHEN EXISTS (SELECT 1 FROM audit_key)
    BEGIN SELECT RAISE(ABORT, 'the audit log has one key'); END
    """,
    """
    CREATE TRIGGER audit_key_stays BEFORE DELETE ON audit_key
    BEGIN SELECT RAISE(ABORT, 'the key of the audit log is only renewed'); END
    """,
    """
    CREATE TRIGGER audit_key_renewed BEFORE UPDATE ON audit_key
    WHEN NEW.number <= OLD.number OR NEW.only_one IS NOT OLD.only_one
    BEGIN SELECT RAISE(ABORT, 'the key of the audit log is only renewed'); END
    """,
)


def upgrade() -> None:
    """Add the tables."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
