"""Finding the one row that a person means by a few characters.

Ids are ordered by time: those of one week begin alike, and it is their ends that differ.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.store.errors import NotKept
from cartech_desk.store.like_words import is_called

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST: Final = "last"
"""The word for the row that was kept last and is not deleted."""
_FEWEST: Final = 4
"""An end of an id that is shorter says too little to be trusted."""


@dataclass(frozen=True, slots=True)
class Named:
    """A table of rows with ids: its name, what a row is called, its column of names, if any.

    `many` is what several are called, where that is not `what` with an s; with `begun` the only
    name that begins so is meant as well.
    """

    table: str
    what: str
    called: str = ""
    many: str = ""
    begun: bool = False

    @property
    def all(self) -> str:
        """What several of them are called."""
        return self.many or f"{self.what}s"


def row_of(connection: "Connection", select: str, named: Named, word: str) -> tuple[Any, ...]:
    """Return the row that a word means: an id, a start or an end of one, “last”, or a name.

    `select` is a statement up to WHERE. Errors: NotKept for none, and for more than one.
    """
    several = ""
    for said, where, parameters in _ways(named, word.strip()):
        rows = connection.exec_driver_sql(f"{select} WHERE {where} LIMIT 2", parameters).fetchall()
        if len(rows) == 1:
            return tuple(rows[0])
        if rows:
            several = several or f"Several {named.all} {said} {word!r}."
    if several:
        raise NotKept(several, to_do="Give more of it.")
    raise NotKept(
        f"No {named.what} {word!r} is kept here.", to_do=f"Look in the list of {named.all}."
    )


def _ways(named: Named, typed: str) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return how a word may mean a row, the surest way first: words, condition, parameters."""
    wanted = typed.lower()
    if not wanted:
        return []
    key, there = f"{named.table}.id", f"{named.table}.deleted IS NULL"
    long = len(wanted)
    ways: list[tuple[str, str, tuple[Any, ...]]] = [
        ("are", f"{key} = ?", (wanted,)),
        ("begin with", f"substr({key}, 1, ?) = ?", (long, wanted)),
    ]
    if long >= _FEWEST:
        ways.append(("end with", f"substr({key}, ?) = ?", (-long, wanted)))
    if wanted == LAST:
        newest = f"SELECT max({key}) FROM {named.table} WHERE {there}"  # noqa: S608 - ours
        ways.insert(0, ("are", f"{key} = ({newest})", ()))
    column = f"{named.table}.{named.called}"
    if named.called:
        called, names = is_called(column, typed)
        ways.append(("are called", f"{called} AND {there}", tuple(names)))
    if named.begun:
        begins, names = is_called(column, typed, begun=True)
        ways.append(("begin with", f"{begins} AND {there}", tuple(names)))
    return ways
