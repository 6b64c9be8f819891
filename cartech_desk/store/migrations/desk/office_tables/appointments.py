"""Services, bays and technicians, time off, appointments and what they hold, the waiting list."""

_OVERLAP = """
    SELECT RAISE (ABORT, 'overlap') WHERE EXISTS (
        SELECT 1 FROM booking
        WHERE resource_id = NEW.resource_id AND appointment_id <> NEW.appointment_id
        AND starts < NEW.ends AND ends > NEW.starts
    )
"""

STATEMENTS = (
    """
    CREATE TABLE service (
        id TEXT PRIMARY KEY NOT NULL,
        code TEXT NOT NULL,
        code_key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        category TEXT NOT NULL DEFAULT '',
        minutes INTEGER NOT NULL CHECK (minutes > 0),
        price INTEGER NOT NULL CHECK (price >= 0),
        currency TEXT NOT NULL,
        tax_bp INTEGER,
        active INTEGER NOT NULL DEFAULT 1,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    """
    CREATE TABLE resource (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('bay', 'technician')),
        name TEXT NOT NULL,
        person_id TEXT NOT NULL DEFAULT '',
        place INTEGER NOT NULL DEFAULT 0,
        active INTEGER NOT NULL DEFAULT 1,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    # `resource_id` empty: the whole shop is closed.
    """
    CREATE TABLE time_off (
        id TEXT PRIMARY KEY NOT NULL,
        resource_id TEXT NOT NULL DEFAULT '',
        starts TEXT NOT NULL,
        ends TEXT NOT NULL CHECK (ends > starts),
        words TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX time_off_starts ON time_off (starts)",
    """
    CREATE TABLE appointment (
        id TEXT PRIMARY KEY NOT NULL,
        customer_id TEXT REFERENCES customer (id),
        vehicle_id TEXT REFERENCES vehicle (id),
        job_id TEXT NOT NULL DEFAULT '',
        starts TEXT NOT NULL,
        ends TEXT NOT NULL CHECK (ends > starts),
        zone TEXT NOT NULL,
        buffer_before_min INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_min >= 0),
        buffer_after_min INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after_min >= 0),
        bay_id TEXT NOT NULL DEFAULT '',
        technician_id TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL,
        services TEXT NOT NULL DEFAULT '[]',
        notes TEXT NOT NULL DEFAULT '',
        confirmation TEXT NOT NULL DEFAULT '',
        uid TEXT NOT NULL UNIQUE,
        sequence INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL,
        created_by TEXT NOT NULL DEFAULT '',
        carried_from TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX appointment_starts ON appointment (starts, id) WHERE deleted IS NULL",
    """
    CREATE INDEX appointment_unfinished ON appointment (starts)
    WHERE status IN ('arrived', 'in_bay', 'waiting_for_parts') AND deleted IS NULL
    """,
    """
    CREATE INDEX appointment_carried ON appointment (carried_from) WHERE carried_from <> ''
    """,
    "CREATE INDEX appointment_job ON appointment (job_id) WHERE job_id <> ''",
    "CREATE INDEX appointment_vehicle ON appointment (vehicle_id, starts)",
    "CREATE INDEX appointment_customer ON appointment (customer_id, starts)",
    # What an appointment holds, buffers included: a row for each bay and technician. The file
    # itself refuses two that overlap.
    """
    CREATE TABLE booking (
        appointment_id TEXT NOT NULL REFERENCES appointment (id),
        resource_id TEXT NOT NULL REFERENCES resource (id),
        starts TEXT NOT NULL,
        ends TEXT NOT NULL CHECK (ends > starts),
        PRIMARY KEY (appointment_id, resource_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX booking_resource ON booking (resource_id, starts, ends)",
    f"CREATE TRIGGER booking_free BEFORE INSERT ON booking BEGIN {_OVERLAP}; END",
    f"CREATE TRIGGER booking_stays_free BEFORE UPDATE ON booking BEGIN {_OVERLAP}; END",
    """
    CREATE TABLE waiting (
        id TEXT PRIMARY KEY NOT NULL,
        customer_id TEXT REFERENCES customer (id),
        vehicle_id TEXT REFERENCES vehicle (id),
        services TEXT NOT NULL DEFAULT '[]',
        minutes INTEGER NOT NULL CHECK (minutes > 0),
        earliest TEXT,
        latest TEXT,
        notes TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        appointment_id TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    # Others' calendars: shown beside our own, never in their way; what overlaps is a warning.
    """
    CREATE TABLE foreign_calendar (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        file TEXT NOT NULL,
        resource_id TEXT NOT NULL DEFAULT '',
        imported TEXT NOT NULL,
        deleted TEXT
    )
    """,
    """
    CREATE TABLE foreign_event (
        calendar_id TEXT NOT NULL REFERENCES foreign_calendar (id) ON DELETE CASCADE,
        uid TEXT NOT NULL,
        starts TEXT NOT NULL,
        ends TEXT NOT NULL,
        all_day INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL,
        PRIMARY KEY (calendar_id, uid, starts)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX foreign_event_starts ON foreign_event (starts)",
    """
    CREATE TABLE mail (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        appointment_id TEXT NOT NULL DEFAULT '',
        job_id TEXT NOT NULL DEFAULT '',
        to_address TEXT NOT NULL,
        to_name TEXT NOT NULL DEFAULT '',
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        attachments TEXT NOT NULL DEFAULT '[]',
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
        tries INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        created TEXT NOT NULL,
        sent TEXT,
        problem TEXT NOT NULL DEFAULT '',
        message_id TEXT NOT NULL UNIQUE,
        deleted TEXT
    )
    """,
    "CREATE INDEX mail_state ON mail (state, next_try)",
    "CREATE INDEX mail_created ON mail (created)",
    "CREATE INDEX mail_appointment ON mail (appointment_id) WHERE appointment_id <> ''",
)
