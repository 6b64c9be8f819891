"""Customers as rows of `desk.db`, written within the transaction of whoever acts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.vehicles.record import Customer
from cartech_desk.domain.vehicles.search_words import compact, phone_key
from cartech_desk.store.deleted_rows import refuse_deleted
from cartech_desk.store.errors import NotKept
from cartech_desk.store.finding import Entry, drop_entry, keep_entries, keep_entry
from cartech_desk.store.instants import instant
from cartech_desk.store.joined_rows import Owned, give
from cartech_desk.store.versions import changed

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT: Final = (
    "id",
    "number",
    "name",
    "company",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "country",
    "tax_id",
    "note",
    "created",
    "version",
)
COLUMNS: Final = ", ".join(f"customer.{name}" for name in _KEPT)
_TYPED: Final = _KEPT[2:-2]
_OF_A_CUSTOMER: Final = (
    Owned("vehicle", "owner_id", versioned=True),
    Owned("job", "customer_id", versioned=True),
    Owned("appointment", "customer_id", versioned=True),
    Owned("waiting", "customer_id", versioned=True),
)
"""What moves where two customers are joined."""
_FIRST: Final = 1001
"""The number of the first customer."""
_OPEN_JOB: Final = (
    "SELECT number FROM job WHERE {} = ? AND deleted IS NULL "
    "AND status IN ('arrived', 'in_bay', 'waiting_for_parts') LIMIT 1"
)


def customer_of(row: Sequence[Any]) -> Customer:
    """Return the customer of a row of `COLUMNS`."""
    named = dict(zip(_KEPT, row, strict=True))
    return Customer(**{**named, "created": datetime.fromisoformat(named["created"])})


def customer_at(connection: "Connection", customer_id: str) -> Customer:
    """Return one customer, also a deleted one; of one that was joined, with whom. NotKept."""
    for _ in range(20):  # nobody was joined so often; a ring, which only a hand can make, ends
        row = connection.exec_driver_sql(
            f"SELECT {COLUMNS}, joined_into FROM customer WHERE id = ?",  # noqa: S608 - names of ours
            (customer_id,),
        ).fetchone()
        if row is None:
            break
        if not row[-1]:
            return customer_of(row[:-1])
        customer_id = row[-1]
    raise NotKept(
        f"No customer {customer_id!r} is kept here.", to_do="Look in the list of customers."
    )


def live_customer(connection: "Connection", customer_id: str) -> Customer:
    """Return one customer who is on the lists. Errors: NotKept, RecordDeleted."""
    customer = customer_at(connection, customer_id)
    refuse_deleted(connection, "customer", customer.id, customer.name)
    return customer


def insert_customer(
    connection: "Connection", customer: Customer, *, findable: bool = True
) -> Customer:
    """Keep a new customer; id, number and day are given where they are not.

    Without `findable` the caller lets search find it (`found_of`), with many others at once.
    """
    made = customer.created or datetime.now(UTC)
    kept = replace(
        customer,
        id=customer.id or str(uuid7()),
        number=customer.number or next_number(connection),
        created=made,
        version=1,
    )
    connection.exec_driver_sql(
        "INSERT INTO customer (id, number, name, company, email, phone, street, postcode, city, "
        "country, tax_id, note, name_key, email_key, phone_key, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kept.id,
            kept.number,
            *(getattr(kept, name) for name in _TYPED),
            *keys_of(kept),
            instant(made),
        ),
    )
    if findable:
        keep_entry(connection, found_of(kept))
    return kept


def update_customer(connection: "Connection", customer: Customer) -> Customer:
    """Keep what changed, if nobody else changed it since. Errors: Changed."""
    done = connection.exec_driver_sql(
        "UPDATE customer SET name = ?, company = ?, email = ?, phone = ?, street = ?, "
        "postcode = ?, city = ?, country = ?, tax_id = ?, note = ?, name_key = ?, email_key = ?, "
        "phone_key = ?, version = version + 1 WHERE id = ? AND version = ? AND deleted IS NULL",
        (
            *(getattr(customer, name) for name in _TYPED),
            *keys_of(customer),
            customer.id,
            customer.version,
        ),
    )
    if done.rowcount != 1:
        raise changed("The customer")
    kept = replace(customer, version=customer.version + 1)
    let_customer_be_found(connection, kept)
    return kept


def mark_customer(
    connection: "Connection", customer: Customer, *, deleted: bool, joined_into: str = ""
) -> None:
    """Take a customer off the lists, for good into another one, or put it back."""
    at = instant(datetime.now(UTC)) if deleted else None
    connection.exec_driver_sql(
        "UPDATE customer SET deleted = ?, joined_into = ?, version = version + 1 WHERE id = ?",
        (at, joined_into, customer.id),
    )
    if deleted:
        drop_entry(connection, "customer", customer.id)
    else:
        let_customer_be_found(connection, customer)


def give_to_customer(connection: "Connection", kept_id: str, other_id: str) -> dict[str, int]:
    """Let everything that is one customer's be another's; returns how much of what.

    Papers that were issued stay as they are: they name whom they were issued to.
    """
    return give(connection, "customer", _OF_A_CUSTOMER, kept_id, other_id)


def open_job_of(connection: "Connection", column: str, value: str) -> int | None:
    """Return the number of a job that is open: of a customer, or of a vehicle."""
    if column not in ("customer_id", "vehicle_id"):
        raise KeyError(column)
    row = connection.exec_driver_sql(_OPEN_JOB.format(column), (value,)).fetchone()
    return None if row is None else int(row[0])


def next_number(connection: "Connection") -> int:
    """Return the number of the next customer."""
    row = connection.exec_driver_sql("SELECT max(number) FROM customer").fetchone()
    return max(_FIRST, (row[0] or 0) + 1) if row else _FIRST


def keys_of(customer: Customer) -> tuple[str, str, str]:
    """Return name, e-mail and phone as they are compared."""
    return compact(customer.name), customer.email.strip().casefold(), phone_key(customer.phone)


def let_customer_be_found(connection: "Connection", customer: Customer) -> None:
    """Let search find a customer, also by name, phone and e-mail of those who were joined."""
    joined = connection.exec_driver_sql(
        "SELECT name, company, phone, email, number FROM customer WHERE joined_into = ?",
        (customer.id,),
    ).fetchall()
    once = " ".join(str(one) for row in joined for one in (*row, phone_key(row[2])))
    keep_entry(connection, found_of(customer, once))


def found_of(customer: Customer, once: str = "") -> Entry:
    """Return by what search finds a customer; `once` are words of those who turned out to be it."""
    return Entry(
        "customer",
        customer.id,
        " · ".join(filter(None, (customer.name, customer.company))),
        " · ".join(filter(None, (customer.city, customer.phone))),
        f"{customer.email} {customer.number} {customer.street} {customer.postcode} "
        f"{compact(customer.tax_id)} {phone_key(customer.phone)} {once}",
        customer.created.astimezone(UTC).isoformat() if customer.created else "",
    )


def let_customers_be_found(connection: "Connection", customers: Iterable[Customer]) -> None:
    """Let search find customers that were inserted without it."""
    keep_entries(connection, map(found_of, customers))
