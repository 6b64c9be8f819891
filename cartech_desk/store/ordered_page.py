"""One page of a long list in its order: first which rows, by what they are sorted by alone."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MANY: Final = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """A table of rows that belong to cars and customers: what equals are told apart by, its time.

    Two indexes that begin with `vehicle_id` and `customer_id` go on with the time.
    """

    table: str
    equals: str
    time: str


def page_of(
    connection: "Connection",
    listed: Listed,
    by: str,
    where: str,
    parameters: Sequence[Any],
    *,
    descending: bool,
    limit: int,
    offset: int,
    total: int,
) -> list[str]:
    """Return the ids of a page, sorted by a column of the table, of the car or of the customer.

    `total` is how many rows there are: a page that is nearer to the end is looked for from there.
    """
    limit = max(0, min(limit, total - offset))
    from_end = offset > total - offset - limit
    if from_end:
        descending, offset = not descending, max(0, total - offset - limit)
    found: list[str] = []
    for source, order in _stretches(listed, by, descending=descending):
        asked = f"FROM {source} AND {where}"
        keys = connection.exec_driver_sql(
            f"SELECT {listed.table}.id {asked} ORDER BY {order} LIMIT ? OFFSET ?",
            (*parameters, limit - len(found), offset),
        ).fetchall()
        found += [str(key) for (key,) in keys]
        if keys or not offset:
            offset = 0
        else:
            offset -= connection.exec_driver_sql(
                f"SELECT count(*) {asked}", tuple(parameters)
            ).scalar_one()
    return found[::-1] if from_end else found


def _stretches(listed: Listed, by: str, *, descending: bool) -> Iterator[tuple[str, str]]:
    """Return what makes up a list in its order: the tables of each stretch, and its order.

    By the car or the customer: these in their order, then the rows of each; an index gives both.
    Rows without one stand before all others.
    """
    way = "DESC" if descending else "ASC"
    own, beside = listed.table, by.partition(".")[0]
    if beside == own:
        yield f"{own} WHERE 1", f"{by} {way}, {own}.{listed.equals} {way}"
        return
    within = f"{own}.{listed.time} {way}, {own}.rowid {way}"
    stretches = [
        (f"{own} WHERE {own}.{beside}_id IS NULL", within),
        (
            f"{beside} CROSS JOIN {own} WHERE {own}.{beside}_id = {beside}.id",
            f"{by} {way}, {beside}.rowid {way}, {within}",
        ),
    ]
    yield from reversed(stretches) if descending else stretches


def rowids(connection: "Connection", select: str, values: Sequence[Any] = ()) -> list[int]:
    """Return the numbers that a statement selects; many of them quickly, in one row."""
    text = connection.exec_driver_sql(
        f"SELECT json_group_array(rowid) FROM ({select})",  # noqa: S608 - words of ours
        tuple(values),
    ).scalar_one()
    found: list[int] = json.loads(text)
    return found


def among(table: str, found: set[int]) -> tuple[str, str]:
    """Return the condition that a row is among those that were found, and its parameter.

    Where many were found rows are walked in their order: what is shown first is there first.
    """
    plus = "+" if len(found) > _MANY else ""
    condition = f"{plus}{table}.rowid IN (SELECT value FROM json_each(?))"  # noqa: S608 - ours
    return condition, json.dumps(list(found))
