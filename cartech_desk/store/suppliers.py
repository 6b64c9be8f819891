"""Suppliers in `desk.db`."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.search_words import folded
from cartech_desk.store.instants import instant
from cartech_desk.store.like_words import holds
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.part_rows import Taken, not_kept
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

_SELECT: Final = (
    "SELECT id, name, contact, email, phone, customer_number, lead_days, note, version "
    "FROM supplier"
)
_NAMED: Final = Named("supplier", "supplier", "name")
_SORTS: Final = {"name": "name_key", "lead_days": "lead_days", "contact": "contact"}


class SupplierStore:
    """Suppliers. Thread-safe. Errors: those of `PartStore`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "name",
        descending: bool = False,
    ) -> tuple[tuple[Supplier, ...], int]:
        """Return suppliers, and how many there are in all."""
        where, values = ["deleted IS NULL"], list[Any]()
        for word in search[:200].split():
            condition, some = holds(("contact", "email"), word)
            where.append(f"(instr(name_key, ?) OR {condition})")
            values += [folded(word), *some]
        condition = " AND ".join(where)
        order = f"{_SORTS.get(sort, 'name_key')} {'DESC' if descending else 'ASC'}, name_key"
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_SELECT} WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM supplier WHERE {condition}",  # noqa: S608 - of our own
                tuple(values),
            ).one()
        return tuple(Supplier(*row) for row in rows), int(total)

    def get(self, supplier_id: str) -> Supplier:
        """Return one supplier. Errors: NotKept."""
        with self._database.read() as connection:
            return read_supplier(connection, supplier_id)

    def get_even_deleted(self, supplier_id: str) -> Supplier:
        """Return one supplier of an older order. Errors: NotKept."""
        with self._database.read() as connection:
            return read_supplier(connection, supplier_id, deleted=True)

    def named(self, word: str) -> Supplier:
        """Return the supplier with this name or id (or an end of one). Errors: NotKept."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_SELECT} WHERE name_key = ? AND deleted IS NULL", (name_key(word),)
            ).fetchall()
            return Supplier(*(rows[0] if rows else row_of(connection, _SELECT, _NAMED, word)))

    def keep(self, supplier: Supplier, *, by: Actor) -> Supplier:
        """Add or change a supplier. Errors: NotKept, Changed, Taken."""
        with self._audit.act(by) as act:
            before, kept = put_supplier(act.connection, supplier)
            act.record(
                Entry(
                    "supplier.change",
                    Entity("supplier", kept.id, kept.name),
                    None if before is None else asdict(before),
                    asdict(kept),
                )
            )
        return kept

    def delete(self, supplier_id: str, *, by: Actor, reason: str = "") -> None:
        """Mark a supplier as deleted. Errors: NotKept; Taken while something is on order there."""
        with self._audit.act(by) as act:
            supplier = read_supplier(act.connection, supplier_id)
            coming = act.connection.exec_driver_sql(
                "SELECT number FROM purchase_order WHERE supplier_id = ? AND deleted IS NULL "
                "AND status IN ('draft', 'ordered', 'partly_received') ORDER BY number LIMIT 1",
                (supplier_id,),
            ).fetchone()
            if coming is not None:
                raise Taken(
                    "orders",
                    f"Order {coming[0]} to {supplier.name} is not finished.",
                    "Receive or cancel it first.",
                )
            now = instant(datetime.now(UTC))
            # The name is free again: a mark behind it keeps it apart from a new one's.
            act.connection.exec_driver_sql(
                "UPDATE supplier SET deleted = ?, name_key = name_key || char(10) || id, "
                "version = version + 1 WHERE id = ?",
                (now, supplier_id),
            )
            act.connection.exec_driver_sql(
                "UPDATE part SET supplier_id = NULL, version = version + 1 WHERE supplier_id = ?",
                (supplier_id,),
            )
            act.record(
                Entry(
                    "supplier.change",
                    Entity("supplier", supplier.id, supplier.name),
                    {**asdict(supplier), "deleted": False},
                    {**asdict(supplier), "deleted": True},
                    reason,
                )
            )


def put_supplier(connection: "Connection", supplier: Supplier) -> tuple[Supplier | None, Supplier]:
    """Write a supplier within somebody's transaction; returns it as it was and as it is.

    Errors: NotKept, Changed, Taken.
    """
    before = read_supplier(connection, supplier.id) if supplier.id else None
    if before is not None:
        same_version(before.name, before.version, supplier.version)
    kept = replace(
        supplier,
        id=supplier.id or str(uuid7()),
        version=1 if before is None else supplier.version + 1,
    )
    if connection.exec_driver_sql(
        "SELECT 1 FROM supplier WHERE name_key = ? AND id <> ?", (name_key(kept.name), kept.id)
    ).fetchone():
        raise Taken(
            "name", f"A supplier {kept.name} is kept here already.", "Choose that one instead."
        )
    connection.exec_driver_sql(
        "INSERT INTO supplier (id, name, name_key, contact, email, phone, customer_number, "
        "lead_days, note, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, "
        "contact = excluded.contact, email = excluded.email, phone = excluded.phone, "
        "customer_number = excluded.customer_number, lead_days = excluded.lead_days, "
        "note = excluded.note, version = excluded.version",
        (
            kept.id,
            kept.name,
            name_key(kept.name),
            kept.contact,
            kept.email,
            kept.phone,
            kept.customer_number,
            kept.lead_days,
            kept.note,
            kept.version,
        ),
    )
    return before, kept


def named_supplier(act: "AuditedAct", name: str) -> Supplier:
    """Return the supplier with this name, adding one where it is new."""
    row = act.connection.exec_driver_sql(
        f"{_SELECT} WHERE name_key = ? AND deleted IS NULL", (name_key(name),)
    ).fetchone()
    if row is not None:
        return Supplier(*row)
    _, kept = put_supplier(act.connection, Supplier(name=" ".join(name.split())))
    entity = Entity("supplier", kept.id, kept.name)
    act.record(Entry("supplier.change", entity, None, asdict(kept)))
    return kept


def read_supplier(connection: "Connection", supplier_id: str, *, deleted: bool = False) -> Supplier:
    """Return one supplier; one that is deleted only where asked for. Errors: NotKept."""
    there = "" if deleted else " AND deleted IS NULL"
    row = connection.exec_driver_sql(f"{_SELECT} WHERE id = ?{there}", (supplier_id,)).fetchone()
    if row is None:
        raise not_kept("supplier", supplier_id)
    return Supplier(*row)


def name_key(name: str) -> str:
    """Return a supplier's name as it is compared."""
    return " ".join(folded(name).split())
