"""Customers, the full record of a vehicle, what was fitted to it, photos and documents."""

STATEMENTS = (
    """
    CREATE TABLE customer (
        id TEXT PRIMARY KEY NOT NULL,
        number INTEGER NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        company TEXT NOT NULL DEFAULT '',
        email TEXT NOT NULL DEFAULT '',
        email_key TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '',
        phone_key TEXT NOT NULL DEFAULT '',
        street TEXT NOT NULL DEFAULT '',
        postcode TEXT NOT NULL DEFAULT '',
        city TEXT NOT NULL DEFAULT '',
        country TEXT NOT NULL DEFAULT '',
        tax_id TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        joined_into TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX customer_name ON customer (name_key)",
    "CREATE INDEX customer_email ON customer (email_key) WHERE email_key <> ''",
    "CREATE INDEX customer_phone ON customer (phone_key) WHERE phone_key <> ''",
    "ALTER TABLE vehicle ADD COLUMN make TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN model TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN year INTEGER",
    "ALTER TABLE vehicle ADD COLUMN engine TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN fuel TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN plate TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN plate_key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN colour TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN owner_id TEXT REFERENCES customer (id)",
    "ALTER TABLE vehicle ADD COLUMN odometer_km INTEGER",
    "ALTER TABLE vehicle ADD COLUMN odometer_read TEXT",
    "ALTER TABLE vehicle ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN vin_kept TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN baseline_checkup TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vehicle ADD COLUMN baseline_session TEXT NOT NULL DEFAULT ''",
    # Of a vehicle that turned out to be another one: which. Its row stays, so that what names it
    # elsewhere (recordings lie in a file of their own) finds its way.
    "ALTER TABLE vehicle ADD COLUMN joined_into TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX vehicle_joined ON vehicle (joined_into) WHERE joined_into <> ''",
    "CREATE INDEX vehicle_owner ON vehicle (owner_id)",
    "CREATE INDEX vehicle_plate ON vehicle (plate_key)",
    "CREATE INDEX vehicle_name ON vehicle (name_key)",
    """
    CREATE TABLE modification (
        id TEXT PRIMARY KEY NOT NULL,
        vehicle_id TEXT NOT NULL REFERENCES vehicle (id),
        type TEXT NOT NULL,
        brand TEXT NOT NULL,
        model TEXT NOT NULL,
        fitted TEXT,
        removed TEXT,
        price INTEGER,
        currency TEXT NOT NULL DEFAULT '',
        done_by TEXT NOT NULL DEFAULT '',
        job_id TEXT NOT NULL DEFAULT '',
        odometer_km INTEGER,
        note TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX modification_vehicle ON modification (vehicle_id, fitted)",
    """
    CREATE TABLE odometer (
        id TEXT PRIMARY KEY NOT NULL,
        vehicle_id TEXT NOT NULL REFERENCES vehicle (id),
        km INTEGER NOT NULL CHECK (km >= 0),
        read TEXT NOT NULL,
        told TEXT NOT NULL,
        by_name TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX odometer_vehicle ON odometer (vehicle_id, read)",
    # Two of a kind that look alike and are two; the smaller id stands first.
    """
    CREATE TABLE told_apart (
        kind TEXT NOT NULL CHECK (kind IN ('vehicle', 'customer')),
        one TEXT NOT NULL,
        other TEXT NOT NULL,
        at TEXT NOT NULL,
        by_name TEXT NOT NULL,
        PRIMARY KEY (kind, one, other)
    ) WITHOUT ROWID
    """,
    # A vehicle's line of time asks for its alarms.
    "CREATE INDEX alarm_vehicle ON alarm (vehicle_id, raised)",
    # The files themselves lie in the data folder, named by their content.
    """
    CREATE TABLE attachment (
        id TEXT PRIMARY KEY NOT NULL,
        vehicle_id TEXT REFERENCES vehicle (id),
        job_id TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('photo', 'document')),
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        width INTEGER,
        height INTEGER,
        caption TEXT NOT NULL DEFAULT '',
        added TEXT NOT NULL,
        added_by TEXT NOT NULL,
        deleted TEXT
    )
    """,
    "CREATE INDEX attachment_vehicle ON attachment (vehicle_id, added)",
    "CREATE INDEX attachment_job ON attachment (job_id)",
    "CREATE INDEX attachment_file ON attachment (sha256)",
)
