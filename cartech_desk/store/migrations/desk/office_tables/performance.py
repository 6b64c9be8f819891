"""What the list of vehicles that were on the dyno is read from: an index alone."""

STATEMENTS = (
    """
    CREATE INDEX dyno_session_driven ON dyno_session (vehicle_id, started) WHERE deleted IS NULL
    """,
)
