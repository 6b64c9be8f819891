"""Customers in `desk.db`."""

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.domain.vehicles.record import Customer
from cartech_desk.domain.vehicles.search_words import compact, words_typed
from cartech_desk.store.customer_doubles import like_pairs
from cartech_desk.store.customer_rows import COLUMNS, customer_at, customer_of
from cartech_desk.store.deleted_rows import having, on_lists
from cartech_desk.store.errors import NotKept
from cartech_desk.store.finding import numbers_of
from cartech_desk.store.named_rows import LAST, Named, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

_ORDERS: Final = {
    "": "customer.name_key",
    "name": "customer.name_key",
    "number": "customer.number",
    "company": "lower(customer.company)",
    "city": "lower(customer.city)",
    "created": "customer.created",
}
_MANY: Final = 2000
_NAMED: Final = Named("customer", "customer")


class CustomerStore:
    """Customers in `desk.db`.

    Thread-safe; made lazily by `Store.customers`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def act(self, by: "Actor") -> "AbstractContextManager[AuditedAct]":
        """One audited act on customers: all of it, its records included, or nothing."""
        return self._audit.act(by)

    def get(self, customer_id: str) -> Customer:
        """Return one customer, also a deleted one; of one that was joined, with whom. NotKept."""
        with self._database.read() as connection:
            return customer_at(connection, customer_id)

    def named(self, text: str, *, deleted: bool = False) -> Customer:
        """Return the customer of a number, e-mail, name, id, its start or end, or "last".

        With `deleted` of those that may be restored.
        """
        wanted = text.strip()
        with self._database.read() as connection:
            if wanted and wanted != LAST:
                rows = connection.exec_driver_sql(
                    f"SELECT {COLUMNS} FROM customer "  # noqa: S608 - names of ours
                    f"WHERE {on_lists('customer', deleted=deleted)} AND (CAST(number AS TEXT) = ? "
                    "OR (email_key <> '' AND email_key = ?) "
                    "OR name_key = ?) LIMIT 2",
                    (wanted, wanted.casefold(), compact(wanted)),
                ).fetchall()
                if len(rows) == 1:
                    return customer_of(tuple(rows[0]))
                if rows:
                    raise NotKept(
                        f"Several customers are called {wanted!r}.",
                        to_do="Give the customer's number.",
                    )
            select = f"SELECT {COLUMNS} FROM customer"  # noqa: S608 - names of ours
            found = customer_of(row_of(connection, select, _NAMED, wanted))
            return customer_at(connection, found.id)

    def list(
        self, search: str, *, limit: int, offset: int, sort: str, descending: bool
    ) -> tuple[tuple[Customer, ...], int]:
        """Return customers and how many there are; every word of `search` is found in each."""
        order = f"{_ORDERS[sort]} {'DESC' if descending else 'ASC'}, customer.id"
        with self._database.read() as connection:
            asked = searched(connection, "customer", search)
            total = asked.found
            if total is None:
                total = connection.exec_driver_sql(
                    "SELECT count(*) FROM customer WHERE deleted IS NULL"
                ).scalar_one()
            rows = connection.exec_driver_sql(
                f"SELECT {COLUMNS} FROM customer WHERE deleted IS NULL {asked.where} "  # noqa: S608 - names of ours
                f"ORDER BY {order} LIMIT ? OFFSET ?",
                (*asked.parameters, limit, offset),
            ).fetchall()
        return tuple(customer_of(tuple(row)) for row in rows), int(total)

    def deleted(self, search: str, limit: int) -> tuple[Customer, ...]:
        """Return who may be restored, deleted last first; every word of `search` is in each."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {COLUMNS} FROM customer "  # noqa: S608 - names of ours
                f"WHERE {on_lists('customer', deleted=True)} ORDER BY customer.deleted DESC"
            ).fetchall()
        found = (customer_of(tuple(row)) for row in rows)
        return having(
            found, search, lambda one: (str(one.number), one.name, one.company, one.email), limit
        )

    def pairs(self, limit: int) -> tuple[Pair, ...]:
        """Return customers that may be one, those that were told apart left out."""
        with self._database.read() as connection:
            return like_pairs(connection, limit)

    def of(self, ids: "Sequence[str]") -> tuple[Customer, ...]:
        """Return those of these customers who are on the lists, in this order."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {COLUMNS} FROM customer WHERE deleted IS NULL "  # noqa: S608 - names of ours
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps([*ids]),),
            ).fetchall()
        found = {one.id: one for one in (customer_of(tuple(row)) for row in rows)}
        return tuple(found[key] for key in ids if key in found)


class Searched(NamedTuple):
    """A condition that every word stands in what search keeps of a row, its words, and how many."""

    where: str = ""
    parameters: tuple[str, ...] = ()
    found: int | None = None
    """None where nothing was typed."""


def searched(connection: "Connection", kind: str, search: str) -> Searched:
    """Return how rows of a kind are asked for in which every typed word stands."""
    words = words_typed(search)
    if not words:
        return Searched("AND 0", (), 0) if search.strip() else Searched()
    joined = compact(search) if len(words) > 1 and any(map(str.isdecimal, search)) else ""
    each = " AND ".join("instr(words, ?) > 0" for _ in words)
    every = f"({each}{' OR instr(words, ?) > 0' * bool(joined)})"
    parameters = (*words, *([joined] if joined else []))
    first, last = numbers_of(kind)
    inside = f"FROM find_entry WHERE number BETWEEN {first} AND {last} AND {every}"
    found = connection.exec_driver_sql(f"SELECT count(*) {inside}", parameters).scalar_one()
    if found > _MANY:
        # Most fit: it is quicker to look at rows in their order until enough are there.
        looked = f"SELECT 1 FROM find_entry WHERE kind = '{kind}' AND ref = {kind}.id AND {every}"  # noqa: S608
        return Searched(f"AND EXISTS ({looked})", parameters, int(found))
    return Searched(f"AND {kind}.id IN (SELECT ref {inside})", parameters, int(found))
