"""Instants as the tables keep them: text in UTC that is ordered as they are."""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """Return an instant as the tables keep it: ISO 8601 in UTC with microseconds."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def instant_or_none(at: datetime | None) -> str | None:
    """Return an instant as the tables keep it, None for none."""
    return None if at is None else instant(at)


def time_of(text: str) -> datetime:
    """Return the instant that the tables keep. Errors: ValueError for a row that is damaged."""
    return datetime.fromisoformat(text)


def time_or_none(text: str | None) -> datetime | None:
    """Return the instant that the tables keep, None for none."""
    return None if text is None else time_of(text)
