"""Two records that turn out to be one: what was the one's becomes the other's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Owned:
    """A table with rows that are somebody's: its name, and the column that says whose."""

    table: str
    column: str
    versioned: bool = False
    """Whether its rows count their versions: who changes one meanwhile is told."""


def give(
    connection: "Connection", table: str, owned: Iterable[Owned], kept_id: str, other_id: str
) -> dict[str, int]:
    """Let rows of one record of `table` be another's; returns how many of which table.

    Those that were joined into the one before lead to the other now.
    """
    given = {}
    for one in owned:
        also = ", version = version + 1" if one.versioned else ""
        done = connection.exec_driver_sql(
            f"UPDATE {one.table} SET {one.column} = ?{also} WHERE {one.column} = ?",  # noqa: S608 - names of ours
            (kept_id, other_id),
        )
        if done.rowcount:
            given[one.table] = done.rowcount
    connection.exec_driver_sql(
        f"UPDATE {table} SET joined_into = ? WHERE joined_into = ?",  # noqa: S608 - names of ours
        (kept_id, other_id),
    )
    return given
