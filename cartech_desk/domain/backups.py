"""Which of the daily copies are kept: the last ones, and one of each week before those."""

from collections.abc import Iterable
from datetime import date


def to_drop(
    days: Iterable[date], keep_days: int, keep_weeks: int, *, today: date
) -> tuple[date, ...]:
    """Return the days whose copies are no longer kept, the oldest first.

    The last `keep_days` copies stay, and of those before the newest one of each of the last
    `keep_weeks` weeks (ISO 8601) that have one. Days without a copy count for nothing: a desk that
    stood still for a month keeps what it has. Today's stays always; those of days to come, made
    while the clock was wrong, stay and push none out.
    """
    newest_first = sorted((day for day in set(days) if day <= today), reverse=True)
    before = newest_first[keep_days:]
    weekly: dict[tuple[int, int], date] = {}
    for day in before:
        year, week, _ = day.isocalendar()
        weekly.setdefault((year, week), day)
    kept = {today, *list(weekly.values())[:keep_weeks]}
    return tuple(day for day in reversed(before) if day not in kept)
