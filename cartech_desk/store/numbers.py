"""Numbers that never skip and never repeat: taken in the transaction that uses them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def next_number(connection: "Connection", series: str, first: int = 1) -> int:
    """Return the next number of a series, within the caller's writing transaction.

    A transaction that is rolled back or killed gives its number back: there is no gap.
    """
    row = connection.exec_driver_sql(
        "INSERT INTO number_series (name, next) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET next = next + 1 RETURNING next",
        (series, first),
    ).fetchone()
    if row is None:
        raise RuntimeError("SQLite returned no number")
    return int(row[0])
