"""What a job takes from other lists: a service for a line, its vehicle."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cartech_desk.domain.money import Money
from cartech_desk.domain.vehicles.search_words import compact
from cartech_desk.store.errors import NotKept
from cartech_desk.store.instants import instant
from cartech_desk.store.like_words import is_called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Offered:
    """A service as a line has it; without `tax_bp` it has the shop's rate."""

    id: str
    words: str
    price: Money
    tax_bp: int | None
    minutes: int


def service_offered(connection: "Connection", word: str) -> Offered:
    """Return the service of an id, a code or a name. Errors: NotKept, also for several."""
    typed = word.strip()
    rows: Sequence[Any] = ()
    for where, values in (
        ("id = ?", [typed]),
        ("code_key = ?", [typed.casefold()]),
        is_called("name", typed),
    ):
        rows = connection.exec_driver_sql(
            "SELECT id, name, price, currency, tax_bp, minutes FROM service "  # noqa: S608 - ours
            f"WHERE deleted IS NULL AND {where} LIMIT 2",
            tuple(values),
        ).fetchall()
        if rows:
            break
    if not rows:
        raise _none("service", word)
    if len(rows) > 1:
        raise NotKept(
            f"Several services are called {typed[:60]!r}.",
            kept="Nothing was changed.",
            to_do="Give the service's code.",
        )
    row = rows[0]
    price = Money(int(row[2]), str(row[3]))
    return Offered(row[0], row[1], price, row[4], int(row[5]))


def vehicle_offered(connection: "Connection", word: str) -> tuple[str, str]:
    """Return id and owner of the vehicle of an id, a plate, a VIN or a name. Errors: NotKept."""
    typed = word.strip()
    key = compact(typed)
    rows: list[Any] = []
    for where, value in (
        ("id = ?", typed),
        ("plate_key = ? AND plate_key <> ''", key),
        ("vin = ?", typed.upper()),
        ("name_key = ?", " ".join(typed.split()).casefold()),
        ("substr(id, -length(?)) = ?", typed.lower()),
    ):
        if value:
            values = (value, value) if where.count("?") == 2 else (value,)
            rows = list(
                connection.exec_driver_sql(
                    "SELECT id, coalesce(owner_id, '') FROM vehicle "  # noqa: S608 - words of ours
                    f"WHERE {where} AND deleted IS NULL LIMIT 2",
                    values,
                )
            )
        if rows:
            break
    if len(rows) > 1:
        raise NotKept(
            f"Several vehicles are meant by {word!r}.",
            kept="Nothing was changed.",
            to_do="Give the plate, the VIN or the id.",
        )
    if not rows:
        raise _none("vehicle", word)
    return str(rows[0][0]), str(rows[0][1])


def odometer_before(connection: "Connection", vehicle_id: str, at: datetime) -> int | None:
    """Return what a vehicle's odometer showed last until then, in km; None where nobody read it."""
    km = connection.exec_driver_sql(
        "SELECT km FROM odometer WHERE vehicle_id = ? AND read <= ? "
        "ORDER BY read DESC, id DESC LIMIT 1",
        (vehicle_id, instant(at)),
    ).scalar()
    return None if km is None else int(km)


def vehicle_now(connection: "Connection", vehicle_id: str) -> str:
    """Return the vehicle that one is now: another one where they were joined."""
    joined = connection.exec_driver_sql(
        "SELECT nullif(joined_into, '') FROM vehicle WHERE id = ?", (vehicle_id,)
    ).scalar()
    return str(joined or vehicle_id)


def part_cost(connection: "Connection", part_id: str) -> Money | None:
    """Return what a part costs the shop now; None where it is not kept."""
    row = connection.exec_driver_sql(
        "SELECT cost, currency FROM part WHERE id = ? AND deleted IS NULL", (part_id,)
    ).fetchone()
    return None if row is None else Money(int(row[0]), str(row[1]))


def told_of(
    connection: "Connection", customer_id: str, vehicle_id: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a paper says of a customer and of a vehicle; empty for none."""
    return (
        _told(
            connection,
            "SELECT number, name, company, street, postcode, city, country, tax_id, email "
            "FROM customer WHERE id = ?",
            customer_id,
        ),
        _told(
            connection,
            "SELECT name, vin, make, model, year, plate FROM vehicle WHERE id = ?",
            vehicle_id,
        ),
    )


def _told(connection: "Connection", select: str, key: str) -> dict[str, Any]:
    row = connection.exec_driver_sql(select, (key,)).mappings().fetchone()
    return {} if row is None else dict(row)


def is_kept(connection: "Connection", table: str, key: str) -> bool:
    """Tell whether a row of one of our tables is there and not deleted."""
    row = connection.exec_driver_sql(
        f"SELECT 1 FROM {table} WHERE id = ? AND deleted IS NULL",  # noqa: S608 - a name of ours
        (key,),
    ).fetchone()
    return row is not None


def is_resource(connection: "Connection", kind: str, key: str) -> bool:
    """Tell whether a bay or a technician (`kind`) is kept."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM resource WHERE id = ? AND kind = ? AND deleted IS NULL", (key, kind)
    ).fetchone()
    return row is not None


def _none(what: str, word: str) -> NotKept:
    return NotKept(
        f"No {what} {word.strip()[:60]!r} is kept here.",
        kept="Nothing was changed.",
        to_do=f"Look in the list of {what}s.",
    )
