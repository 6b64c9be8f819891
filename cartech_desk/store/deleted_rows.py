"""Rows that were taken off the lists: nothing is done to them until they are put back."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from cartech_desk.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_Row = TypeVar("_Row")
_TABLES: Final = frozenset({"vehicle", "customer"})


class RecordDeleted(StoreError):
    """A record is deleted; `id` is the one to restore."""

    code = "record_deleted"

    def __init__(self, what: str, key: str, name: str) -> None:
        super().__init__(
            f"The {what} {name} is deleted.",
            kept="Nothing was changed.",
            to_do=f"Restore it first ({what}s restore {key}).",
        )
        self.id = key


class NotDeleted(StoreError):
    """A record is on the lists already."""

    code = "not_deleted"

    def __init__(self, what: str, name: str) -> None:
        super().__init__(
            f"The {what} {name} is not deleted.",
            kept="Nothing was changed.",
            to_do=f"Look in the list of {what}s.",
        )


def on_lists(table: str, *, deleted: bool) -> str:
    """Return the condition that a row is on the lists; or that it is off them, and may come back.

    What was joined into another one is neither.
    """
    if table not in _TABLES:
        raise KeyError(table)
    if not deleted:
        return f"{table}.deleted IS NULL"
    return f"{table}.deleted IS NOT NULL AND coalesce({table}.joined_into, '') = ''"


def having(
    rows: Iterable[_Row], search: str, told: Callable[[_Row], Iterable[str]], limit: int
) -> tuple[_Row, ...]:
    """Return rows in whose words every word of `search` stands, at most `limit`."""
    words = search.casefold().split()
    found = (row for row in rows if all(word in " ".join(told(row)).casefold() for word in words))
    return tuple(islice(found, None if limit < 0 else limit))


def is_deleted(connection: "Connection", table: str, key: str) -> bool:
    """Tell whether a vehicle or customer is off the lists."""
    if table not in _TABLES:
        raise KeyError(table)
    row = connection.exec_driver_sql(
        f"SELECT 1 FROM {table} WHERE id = ? AND deleted IS NOT NULL",  # noqa: S608 - names of ours
        (key,),
    ).fetchone()
    return row is not None


def refuse_deleted(connection: "Connection", table: str, key: str, name: str) -> None:
    """Refuse what would be done to a deleted row. Errors: RecordDeleted."""
    if is_deleted(connection, table, key):
        raise RecordDeleted(table, key, name)


def refuse_listed(connection: "Connection", table: str, key: str, name: str) -> None:
    """Refuse to put back a row that is on the lists. Errors: NotDeleted."""
    if not is_deleted(connection, table, key):
        raise NotDeleted(table, name)
