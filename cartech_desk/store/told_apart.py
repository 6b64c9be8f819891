"""Vehicles and customers that look alike and are two, because somebody said so."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def tell_apart(connection: "Connection", kind: str, one: str, other: str, by: str) -> None:
    """Note that two are two; saying it again changes nothing."""
    first, second = sorted((one, other))
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO told_apart (kind, one, other, at, by_name) VALUES (?, ?, ?, ?, ?)",
        (kind, first, second, datetime.now(UTC).isoformat(timespec="microseconds"), by),
    )


def apart_from(connection: "Connection", kind: str, one: str) -> frozenset[str]:
    """Return the ids of those that are not this one, although they look like it."""
    rows = connection.exec_driver_sql(
        "SELECT one, other FROM told_apart WHERE kind = ? AND (one = ? OR other = ?)",
        (kind, one, one),
    ).fetchall()
    return frozenset(str(key) for row in rows for key in row if key != one)


def pairs_apart(connection: "Connection", kind: str) -> frozenset[frozenset[str]]:
    """Return every pair that was told apart."""
    rows = connection.exec_driver_sql(
        "SELECT one, other FROM told_apart WHERE kind = ?", (kind,)
    ).fetchall()
    return frozenset(frozenset((str(one), str(other))) for one, other in rows)
