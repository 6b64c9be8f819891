"""Jobs, their lines and history, papers with numbers, payments, revenue, and the bay's records."""

STATEMENTS = (
    # `next` is the number of each series that was given last: taken in the transaction that uses
    # it, so none is lost.
    "CREATE TABLE number_series (name TEXT PRIMARY KEY NOT NULL, next INTEGER NOT NULL)",
    # `words_key` is title and complaint as they are searched, whatever their case.
    # `recognised` is since when the job counts as revenue, NULL where it does not, and
    # `recognised_day` the day of that in the shop's own time zone; what counted when, and how much,
    # is kept in `revenue_entry`.
    """
    CREATE TABLE job (
        id TEXT PRIMARY KEY NOT NULL,
        number INTEGER NOT NULL UNIQUE,
        vehicle_id TEXT NOT NULL REFERENCES vehicle (id),
        customer_id TEXT REFERENCES customer (id),
        appointment_id TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL,
        complaint TEXT NOT NULL DEFAULT '',
        words_key TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL,
        bay_id TEXT NOT NULL DEFAULT '',
        technician_id TEXT NOT NULL DEFAULT '',
        opened TEXT NOT NULL,
        opened_by TEXT NOT NULL DEFAULT '',
        promised TEXT,
        done TEXT,
        odometer_km INTEGER,
        currency TEXT NOT NULL,
        approved_by TEXT NOT NULL DEFAULT '',
        approved_at TEXT,
        approved_gross INTEGER,
        approval_note TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        labour_net INTEGER NOT NULL DEFAULT 0,
        parts_net INTEGER NOT NULL DEFAULT 0,
        other_net INTEGER NOT NULL DEFAULT 0,
        parts_cost INTEGER NOT NULL DEFAULT 0,
        net INTEGER NOT NULL DEFAULT 0,
        tax INTEGER NOT NULL DEFAULT 0,
        gross INTEGER NOT NULL DEFAULT 0,
        paid INTEGER NOT NULL DEFAULT 0,
        recognised TEXT,
        recognised_day TEXT,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX job_vehicle ON job (vehicle_id, opened)",
    "CREATE INDEX job_customer ON job (customer_id, opened)",
    "CREATE INDEX job_status ON job (status, opened)",
    # With what a list sorts and leaves out, so that its last page is as near as its first.
    "CREATE INDEX job_opened ON job (opened, number, deleted)",
    *(
        f"CREATE INDEX job_{name} ON job ({column}, number, deleted)"
        for name, column in (
            ("state", "status"),
            ("words", "words_key"),
            ("promised", "promised"),
            ("done", "done"),
            ("gross", "gross"),
            ("paid", "paid"),
        )
    ),
    "CREATE INDEX job_deleted ON job (deleted) WHERE deleted IS NOT NULL",
    "CREATE INDEX job_recognised ON job (recognised_day) WHERE recognised_day IS NOT NULL",
    "CREATE INDEX job_overpaid ON job (number) WHERE paid > gross",
    """
    CREATE TABLE job_line (
        id TEXT PRIMARY KEY NOT NULL,
        job_id TEXT NOT NULL REFERENCES job (id),
        place INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('labour', 'part', 'other')),
        words TEXT NOT NULL,
        quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
        unit TEXT NOT NULL DEFAULT '',
        unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
        unit_cost INTEGER,
        discount_bp INTEGER NOT NULL DEFAULT 0 CHECK (discount_bp BETWEEN 0 AND 10000),
        tax_bp INTEGER NOT NULL DEFAULT 0 CHECK (tax_bp BETWEEN 0 AND 10000),
        net INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        service_id TEXT NOT NULL DEFAULT '',
        part_id TEXT NOT NULL DEFAULT '',
        technician_id TEXT NOT NULL DEFAULT '',
        minutes INTEGER
    )
    """,
    "CREATE INDEX job_line_job ON job_line (job_id, place)",
    "CREATE INDEX job_line_part ON job_line (part_id) WHERE part_id <> ''",
    """
    CREATE TABLE job_history (
        job_id TEXT NOT NULL REFERENCES job (id),
        status TEXT NOT NULL,
        at TEXT NOT NULL,
        by_id TEXT NOT NULL,
        by_name TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        bay_id TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX job_history_job ON job_history (job_id, at)",
    # When cars stood in a bay, and which jobs went across the beginning of a stretch of days.
    """
    CREATE INDEX job_history_in_bay ON job_history (job_id, at, bay_id, status)
    WHERE status = 'in_bay'
    """,
    "CREATE INDEX job_came ON job (opened, done, id, bay_id, status, deleted)",
    "CREATE INDEX job_stood ON job (done, opened, id, bay_id, status, deleted)",
    """
    CREATE TABLE job_record (
        kind TEXT NOT NULL,
        ref TEXT NOT NULL,
        job_id TEXT NOT NULL REFERENCES job (id),
        at TEXT NOT NULL,
        PRIMARY KEY (kind, ref)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX job_record_job ON job_record (job_id, at)",
    """
    CREATE TABLE issued (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('estimate', 'invoice', 'credit_note')),
        number TEXT NOT NULL,
        series TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        job_id TEXT NOT NULL REFERENCES job (id),
        customer_id TEXT,
        issued TEXT NOT NULL,
        issued_day TEXT NOT NULL,
        due_day TEXT,
        currency TEXT NOT NULL,
        net INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        gross INTEGER NOT NULL,
        body TEXT NOT NULL,
        credits TEXT NOT NULL DEFAULT '',
        by_id TEXT NOT NULL,
        by_name TEXT NOT NULL,
        UNIQUE (series, sequence),
        UNIQUE (kind, number)
    )
    """,
    "CREATE INDEX issued_job ON issued (job_id)",
    "CREATE INDEX issued_day ON issued (issued_day)",
    "CREATE INDEX issued_at ON issued (issued, id)",
    """
    CREATE TRIGGER issued_stays BEFORE UPDATE ON issued
    BEGIN SELECT RAISE (ABORT, 'a paper that was issued is never changed'); END
    """,
    """
    CREATE TRIGGER issued_is_kept BEFORE DELETE ON issued
    BEGIN SELECT RAISE (ABORT, 'a paper that was issued is never deleted'); END
    """,
    # What stands at the head of issued papers: each logo once, by what is in it.
    "CREATE TABLE paper_logo (sha256 TEXT PRIMARY KEY NOT NULL, content BLOB NOT NULL)",
    """
    CREATE TABLE payment (
        id TEXT PRIMARY KEY NOT NULL,
        job_id TEXT NOT NULL REFERENCES job (id),
        invoice_id TEXT NOT NULL DEFAULT '',
        amount INTEGER NOT NULL CHECK (amount <> 0),
        currency TEXT NOT NULL,
        method TEXT NOT NULL,
        at TEXT NOT NULL,
        by_id TEXT NOT NULL,
        by_name TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX payment_job ON payment (job_id)",
    """
    CREATE TRIGGER payment_stays BEFORE UPDATE ON payment
    BEGIN SELECT RAISE (ABORT, 'a payment is never changed'); END
    """,
    """
    CREATE TRIGGER payment_is_kept BEFORE DELETE ON payment
    BEGIN SELECT RAISE (ABORT, 'a payment is never deleted'); END
    """,
    # What was earned: an entry on the day on which a job came to be done and paid in full, and one
    # of the same sums below zero on the day on which it was taken back. Months that are over stay.
    """
    CREATE TABLE revenue_entry (
        number INTEGER PRIMARY KEY NOT NULL,
        job_id TEXT NOT NULL REFERENCES job (id),
        sign INTEGER NOT NULL CHECK (sign IN (1, -1)),
        at TEXT NOT NULL,
        day TEXT NOT NULL,
        why TEXT NOT NULL DEFAULT '',
        bay_id TEXT NOT NULL DEFAULT '',
        currency TEXT NOT NULL,
        net INTEGER NOT NULL,
        labour_net INTEGER NOT NULL,
        parts_net INTEGER NOT NULL,
        other_net INTEGER NOT NULL,
        parts_cost INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        without_cost INTEGER NOT NULL
    )
    """,
    "CREATE INDEX revenue_entry_day ON revenue_entry (day, currency)",
    "CREATE INDEX revenue_entry_job ON revenue_entry (job_id, sign)",
    # What of it each service and each technician brought, as the lines were then. `service` is
    # "parts", "labour" or "other" where a line names none.
    """
    CREATE TABLE revenue_share (
        entry INTEGER NOT NULL REFERENCES revenue_entry (number),
        service TEXT NOT NULL,
        technician_id TEXT NOT NULL,
        net INTEGER NOT NULL,
        labour_net INTEGER NOT NULL,
        parts_net INTEGER NOT NULL,
        other_net INTEGER NOT NULL,
        parts_cost INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        without_cost INTEGER NOT NULL,
        PRIMARY KEY (entry, service, technician_id)
    ) WITHOUT ROWID
    """,
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE (ABORT, 'what was earned is never {word}'); END"
        for table in ("revenue_entry", "revenue_share")
        for name, act, word in (("stays", "UPDATE", "changed"), ("is_kept", "DELETE", "deleted"))
    ),
    """
    CREATE TRIGGER revenue_entry_counts_once BEFORE INSERT ON revenue_entry
    WHEN new.sign + (
        SELECT coalesce(sum(sign), 0) FROM revenue_entry WHERE job_id = new.job_id
    ) NOT IN (0, 1)
    BEGIN SELECT RAISE (ABORT, 'a job counts as revenue once, and is taken back once'); END
    """,
)
