"""Suppliers, parts, the ledger of stock, purchase orders, counts, alerts.

An alert stands exactly while its part is at or below the level: triggers see to it, so that no
path (a move, another level, a part that goes out of use) passes them by, and none fires it twice.
"""

_WHEN = """
    CASE WHEN NEW.on_hand_milli <> OLD.on_hand_milli THEN NEW.moved
         WHEN NEW.changed <> OLD.changed THEN NEW.changed
         ELSE strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') END
"""
"""When a part crossed a level: the move's own instant, or that of the change."""

_MILLISECONDS = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
_ALERT_ID = f"""
    printf('%08x-%04x-7%03x-%04x-%012x', {_MILLISECONDS} >> 16, {_MILLISECONDS} & 65535,
           random() & 4095, 32768 | (random() & 16383), random() & 281474976710655)
"""
"""A UUIDv7 (RFC 9562, 5.7), as all ids are."""


def _low(row: str, level: str) -> str:
    """Whether a part is at or below a level: 1 or 0."""
    return (
        f"({row}.deleted IS NULL AND {row}.active "
        f"AND coalesce({row}.on_hand_milli <= {row}.{level}_milli, 0))"
    )


def _raised(level: str, when: str) -> str:
    return f"""
        INSERT INTO stock_alert (id, part_id, level, raised, on_hand_milli, limit_milli)
        SELECT {_ALERT_ID}, NEW.id, '{level}', {when}, NEW.on_hand_milli, NEW.{level}_milli
        WHERE {_low("NEW", level)} AND NOT EXISTS (
                SELECT 1 FROM stock_alert
                WHERE part_id = NEW.id AND level = '{level}' AND cleared IS NULL
            );
    """  # noqa: S608 - levels of our own


STATEMENTS = (
    """
    CREATE TABLE supplier (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        contact TEXT NOT NULL DEFAULT '',
        email TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '',
        customer_number TEXT NOT NULL DEFAULT '',
        lead_days INTEGER,
        note TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    # `on_hand_milli` is kept by the triggers below and by nothing else.
    """
    CREATE TABLE part (
        id TEXT PRIMARY KEY NOT NULL,
        sku TEXT NOT NULL,
        sku_key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        category TEXT NOT NULL DEFAULT '',
        maker TEXT NOT NULL DEFAULT '',
        supplier_id TEXT REFERENCES supplier (id),
        supplier_sku TEXT NOT NULL DEFAULT '',
        cost INTEGER NOT NULL CHECK (cost >= 0),
        price INTEGER NOT NULL CHECK (price >= 0),
        currency TEXT NOT NULL,
        tax_bp INTEGER,
        unit TEXT NOT NULL DEFAULT 'pc',
        location TEXT NOT NULL DEFAULT '',
        warning_milli INTEGER CHECK (warning_milli >= 0),
        reorder_milli INTEGER CHECK (reorder_milli >= 0),
        reorder_quantity_milli INTEGER CHECK (reorder_quantity_milli > 0),
        on_hand_milli INTEGER NOT NULL DEFAULT 0
            CONSTRAINT stock_never_below_zero CHECK (on_hand_milli >= 0),
        counted TEXT,
        active INTEGER NOT NULL DEFAULT 1,
        note TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL DEFAULT '',
        moved TEXT NOT NULL DEFAULT '',
        changed TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX part_name ON part (name_key)",
    "CREATE INDEX part_supplier ON part (supplier_id)",
    """
    CREATE TABLE part_barcode (
        barcode TEXT PRIMARY KEY NOT NULL,
        part_id TEXT NOT NULL REFERENCES part (id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX part_barcode_part ON part_barcode (part_id)",
    """
    CREATE TABLE stock_move (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        part_id TEXT NOT NULL REFERENCES part (id),
        kind TEXT NOT NULL CHECK (kind IN ('receipt', 'issue', 'return', 'adjustment', 'count')),
        quantity_milli INTEGER NOT NULL,
        unit_cost INTEGER,
        at TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        job_id TEXT NOT NULL DEFAULT '',
        job_line_id TEXT NOT NULL DEFAULT '',
        order_line_id TEXT NOT NULL DEFAULT '',
        count_id TEXT NOT NULL DEFAULT '',
        by_id TEXT NOT NULL,
        by_name TEXT NOT NULL
    )
    """,
    "CREATE INDEX stock_move_part ON stock_move (part_id, sequence, quantity_milli)",
    "CREATE INDEX stock_move_kind ON stock_move (kind, sequence)",
    "CREATE INDEX stock_move_job ON stock_move (job_id) WHERE job_id <> ''",
    "CREATE INDEX stock_move_job_line ON stock_move (job_line_id) WHERE job_line_id <> ''",
    "CREATE INDEX stock_move_order_line ON stock_move (order_line_id) WHERE order_line_id <> ''",
    """
    CREATE TRIGGER stock_move_stays BEFORE UPDATE ON stock_move
    BEGIN SELECT RAISE (ABORT, 'the ledger only grows'); END
    """,
    """
    CREATE TRIGGER stock_move_is_kept BEFORE DELETE ON stock_move
    BEGIN SELECT RAISE (ABORT, 'the ledger only grows'); END
    """,
    """
    CREATE TRIGGER stock_move_after_count BEFORE INSERT ON stock_move
    BEGIN
        SELECT RAISE (ABORT, 'dated before the last count')
        FROM part WHERE id = NEW.part_id AND counted IS NOT NULL AND NEW.at < counted;
    END
    """,
    """
    CREATE TRIGGER stock_move_counts AFTER INSERT ON stock_move
    BEGIN
        UPDATE part SET on_hand_milli = on_hand_milli + NEW.quantity_milli,
            moved = max(moved, NEW.at) WHERE id = NEW.part_id;
    END
    """,
    """
    CREATE TABLE purchase_order (
        id TEXT PRIMARY KEY NOT NULL,
        number INTEGER NOT NULL UNIQUE,
        supplier_id TEXT NOT NULL REFERENCES supplier (id),
        status TEXT NOT NULL,
        ordered TEXT,
        expected TEXT,
        currency TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        closed TEXT,
        by_name TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        deleted TEXT
    )
    """,
    "CREATE INDEX purchase_order_status ON purchase_order (status, number)",
    """
    CREATE TABLE order_line (
        id TEXT PRIMARY KEY NOT NULL,
        order_id TEXT NOT NULL REFERENCES purchase_order (id),
        place INTEGER NOT NULL,
        part_id TEXT NOT NULL REFERENCES part (id),
        quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
        received_milli INTEGER NOT NULL DEFAULT 0 CHECK (received_milli >= 0),
        unit_cost INTEGER NOT NULL CHECK (unit_cost >= 0)
    )
    """,
    "CREATE INDEX order_line_order ON order_line (order_id, place)",
    "CREATE INDEX order_line_part ON order_line (part_id)",
    """
    CREATE TABLE stock_count (
        id TEXT PRIMARY KEY NOT NULL,
        started TEXT NOT NULL,
        finished TEXT,
        location TEXT NOT NULL DEFAULT '',
        by_name TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        discarded TEXT,
        deleted TEXT
    )
    """,
    # `began` and `sequence` say when the part was first counted and what had moved by then.
    """
    CREATE TABLE count_line (
        count_id TEXT NOT NULL REFERENCES stock_count (id),
        part_id TEXT NOT NULL REFERENCES part (id),
        counted_milli INTEGER NOT NULL CHECK (counted_milli >= 0),
        before_milli INTEGER NOT NULL,
        at TEXT NOT NULL,
        began TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        by_name TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (count_id, part_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE stock_alert (
        id TEXT PRIMARY KEY NOT NULL,
        part_id TEXT NOT NULL REFERENCES part (id),
        level TEXT NOT NULL CHECK (level IN ('warning', 'reorder')),
        raised TEXT NOT NULL,
        on_hand_milli INTEGER NOT NULL,
        limit_milli INTEGER NOT NULL,
        cleared TEXT,
        acknowledged TEXT,
        acknowledged_by TEXT NOT NULL DEFAULT '',
        deleted TEXT
    )
    """,
    # One open alert for each level of a part: it fires once for each crossing.
    "CREATE UNIQUE INDEX stock_alert_open ON stock_alert (part_id, level) WHERE cleared IS NULL",
    "CREATE INDEX stock_alert_raised ON stock_alert (raised)",
    f"""
    CREATE TRIGGER stock_alert_follows
    AFTER UPDATE OF on_hand_milli, warning_milli, reorder_milli, active, deleted ON part
    WHEN {_low("NEW", "warning")} IS NOT {_low("OLD", "warning")}
        OR {_low("NEW", "reorder")} IS NOT {_low("OLD", "reorder")}
    BEGIN
        UPDATE stock_alert SET cleared = {_WHEN}
        WHERE part_id = NEW.id AND cleared IS NULL AND NOT CASE level
            WHEN 'warning' THEN {_low("NEW", "warning")} ELSE {_low("NEW", "reorder")} END;
        {_raised("warning", _WHEN)}
        {_raised("reorder", _WHEN)}
    END
    """,  # noqa: S608 - texts of our own
    f"""
    CREATE TRIGGER stock_alert_begins AFTER INSERT ON part
    BEGIN
        {_raised("warning", "NEW.changed")}
        {_raised("reorder", "NEW.changed")}
    END
    """,
)
