"""Papers that were issued and lost when an older copy was restored: their numbers stay taken."""

revision = "desk_1_5"
down_revision = "desk_1_4"
version = (1, 5)

STATEMENTS = (
    # As in `issued`; its job may be lost as well, and a number may stand in both where two desks
    # went on from one copy. `copy_made` is when the copy was made, `lost` when it was restored.
    """
    CREATE TABLE lost_paper (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('estimate', 'invoice', 'credit_note')),
        number TEXT NOT NULL,
        series TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        job_id TEXT NOT NULL,
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
        copy_made TEXT NOT NULL,
        lost TEXT NOT NULL
    )
    """,
    """
    CREATE TRIGGER lost_paper_stays BEFORE UPDATE ON lost_paper
    BEGIN SELECT RAISE (ABORT, 'a paper that was issued is never changed'); END
    """,
    """
    CREATE TRIGGER lost_paper_is_kept BEFORE DELETE ON lost_paper
    BEGIN SELECT RAISE (ABORT, 'a paper that was issued is never deleted'); END
    """,
)


def upgrade() -> None:
    """Add the table."""
    from alembic import op  # half a second that only an older file has to wait for

    for statement in STATEMENTS:
        op.execute(statement)
