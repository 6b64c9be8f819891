"""Parts in `desk.db`: the catalogue. Stock, suppliers, orders and counts stand beside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.parts.barcode import code_key
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.search_words import folded
from cartech_desk.store.deleted_rows import having
from cartech_desk.store.errors import NotKept
from cartech_desk.store.instants import instant
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.part_bulk import add_many, change_many
from cartech_desk.store.part_rows import (
    SELECT,
    drop_found,
    keep_found,
    no_such_part,
    part_of_row,
    sku_key,
    told,
)
from cartech_desk.store.part_uses import check_unused
from cartech_desk.store.part_writing import insert_part, read_part, update_part
from cartech_desk.store.suppliers import name_key, named_supplier
from cartech_desk.store.versions import changed, same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database
    from cartech_desk.store.part_counts import CountStore
    from cartech_desk.store.part_orders import OrderStore
    from cartech_desk.store.stock_ledger import StockLedger
    from cartech_desk.store.suppliers import SupplierStore

_PART: Final = Named("part", "part", "name")
_SORTS: Final = {
    "sku": "part.sku_key",
    "name": "part.name_key",
    "category": "part.category",
    "maker": "part.maker",
    "supplier": "coalesce(supplier.name_key, '')",
    "location": "part.location",
    "on_hand": "part.on_hand_milli",
    "cost": "part.cost",
    "price": "part.price",
    "moved": "part.moved",
}
_LOW: Final = (
    "part.active AND (part.on_hand_milli <= part.warning_milli "
    "OR part.on_hand_milli <= part.reorder_milli)"
)


class PartStore:
    """Parts, suppliers, the ledger of stock, orders, counts, alerts.

    Thread-safe; made lazily by `Store.parts`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    @cached_property
    def stock(self) -> "StockLedger":
        """Moves and alerts."""
        from cartech_desk.store.stock_ledger import StockLedger

        return StockLedger(self._database, self._audit)

    @cached_property
    def suppliers(self) -> "SupplierStore":
        """Who the shop buys from."""
        from cartech_desk.store.suppliers import SupplierStore

        return SupplierStore(self._database, self._audit)

    @cached_property
    def orders(self) -> "OrderStore":
        """Purchase orders."""
        from cartech_desk.store.part_orders import OrderStore

        return OrderStore(self._database, self._audit)

    @cached_property
    def counts(self) -> "CountStore":
        """Stock counts."""
        from cartech_desk.store.part_counts import CountStore

        return CountStore(self._database, self._audit)

    # Reading

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "sku",
        descending: bool = False,
        category: str = "",
        supplier_id: str = "",
        location: str = "",
        low: bool = False,
        active: bool | None = None,
    ) -> tuple[tuple[Part, ...], int]:
        """Return parts, and how many there are in all."""
        where, values = _where(
            search,
            category=category,
            supplier_id=supplier_id,
            location=location,
            low=low,
            active=active,
        )
        way = "DESC" if descending else "ASC"
        # The few columns of the order first: all of a part only for those that are shown.
        chosen = (
            "SELECT part.id FROM part LEFT JOIN supplier ON supplier.id = part.supplier_id "  # noqa: S608 - conditions of our own
            f"WHERE {where} ORDER BY {_SORTS.get(sort, _SORTS['sku'])} {way}, part.sku_key {way} "
            "LIMIT ? OFFSET ?"
        )
        with self._database.read() as connection:
            ids = [
                row[0]
                for row in connection.exec_driver_sql(chosen, (*values, limit, offset)).fetchall()
            ]
            (total,) = connection.exec_driver_sql(
                "SELECT count(*) FROM part LEFT JOIN supplier "  # noqa: S608 - as above
                f"ON supplier.id = part.supplier_id WHERE {where}",
                values,
            ).one()
            return tuple(_in_order(connection, ids)), int(total)

    def of(self, ids: Sequence[str]) -> tuple[Part, ...]:
        """Return the parts with these ids in their order, those that are deleted left out."""
        with self._database.read() as connection:
            return tuple(_in_order(connection, ids))

    def all(self, *, deleted: bool = False) -> Iterator[Part]:
        """Return every part that is not deleted, or all that are, by SKU, read in pieces."""
        after, kept = "", "NOT NULL" if deleted else "NULL"
        while True:
            with self._database.read() as connection:
                rows = connection.exec_driver_sql(
                    f"{SELECT} WHERE part.deleted IS {kept} AND sku_key > ? "
                    "ORDER BY sku_key LIMIT 500",
                    (after,),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                yield part_of_row(row)
            after = sku_key(str(rows[-1][1]))

    def deleted(self, search: str, limit: int) -> tuple[Part, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE part.deleted IS NOT NULL ORDER BY part.deleted DESC, sku_key"
            ).fetchall()
        found = (part_of_row(row) for row in rows)
        return having(
            found, search, lambda one: (one.sku, one.name, one.maker, *one.barcodes), limit
        )

    def get(self, part_id: str) -> Part:
        """Return one part, deleted or not. Errors: NotKept."""
        with self._database.read() as connection:
            return read_part(connection, part_id)

    def named(self, word: str) -> Part:
        """Return the part with this SKU, barcode, id (or an end) or name. Errors: NotKept."""
        found, _ = self.by_code(word.strip())
        if found is not None:
            return found
        several = self.with_supplier_sku(word.strip())
        if several:
            raise NotKept(
                f"Several parts have the supplier's number {word.strip()}: "
                f"{', '.join(part.sku for part in several)}.",
                to_do="Say which of them by its SKU.",
            )
        with self._database.read() as connection:
            return part_of_row(row_of(connection, SELECT, _PART, word))

    def by_code(self, code: str) -> tuple[Part | None, str]:
        """Return the part with this barcode, SKU or supplier's number, and which of them it is."""
        ways = (
            (
                "barcode",
                "part.id = (SELECT part_id FROM part_barcode WHERE barcode = ?)",
                code_key(code),
            ),
            ("sku", "part.sku_key = ?", sku_key(code)),
            ("supplier_sku", "part.supplier_sku = ?", code),
        )
        with self._database.read() as connection:
            for how, where, value in ways:
                rows = connection.exec_driver_sql(
                    f"{SELECT} WHERE part.deleted IS NULL AND {where} LIMIT 2", (value,)
                ).fetchall()
                if value and len(rows) == 1:
                    return part_of_row(rows[0]), how
        return None, ""

    def with_supplier_sku(self, code: str) -> tuple[Part, ...]:
        """Return the parts that suppliers have under this number, ten at most."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE part.deleted IS NULL AND part.supplier_sku = ? "
                "AND part.supplier_sku <> '' ORDER BY sku_key LIMIT 10",
                (code,),
            ).fetchall()
        return tuple(map(part_of_row, rows))

    def deleted_as(self, word: str) -> str:
        """Return the id of the deleted part with this SKU or whole id; the word for none."""
        rows = self._database.glance(
            "SELECT id FROM part WHERE sku_key = ? AND deleted IS NOT NULL", (sku_key(word),)
        )
        return str(rows[0][0]) if rows else word.strip()

    def categories(self) -> tuple[str, ...]:
        """Return the categories in use."""
        return self._words("category")

    def locations(self) -> tuple[str, ...]:
        """Return the places in use."""
        return self._words("location")

    # Writing

    def add(self, part: Part, on_hand: Decimal, at: datetime, *, by: Actor) -> Part:
        """Add a part with what is on the shelf. Errors: Taken."""
        with self._audit.act(by) as act:
            kept = insert_part(act.connection, part, at, by, on_hand=on_hand)
            act.record(
                Entry(
                    "part.add",
                    entity(kept),
                    after={**told(kept), "on_hand": str(kept.on_hand)},
                )
            )
        return kept

    def change(self, part: Part, at: datetime, *, by: Actor, reason: str = "") -> Part:
        """Change a part's record. Errors: NotKept, Changed, Taken."""
        with self._audit.act(by) as act:
            before = read_part(act.connection, part.id, deleted=False)
            same_version(f"{before.sku} {before.name}", before.version, part.version)
            kept = update_part(act.connection, part, at)
            act.record(Entry("part.change", entity(kept), told(before), told(kept), reason))
        return kept

    def delete(self, part_id: str, at: datetime, *, by: Actor, reason: str = "") -> None:
        """Mark a part as deleted. Errors: NotKept; Taken where something still needs it."""
        with self._audit.act(by) as act:
            part = read_part(act.connection, part_id, deleted=False)
            check_unused(act.connection, part)
            act.connection.exec_driver_sql(
                "UPDATE part SET deleted = ?, changed = ?, version = version + 1 WHERE id = ?",
                (instant(at), instant(at), part_id),
            )
            drop_found(act.connection, part_id)
            act.record(Entry("part.delete", entity(part), told(part), None, reason))

    def restore(self, part_id: str, at: datetime, *, by: Actor) -> Part:
        """Bring a deleted part back; one that is there stays as it is. Errors: NotKept."""
        with self._database.read() as connection:
            if _lives(connection, part_id):
                return read_part(connection, part_id)
        with self._audit.act(by) as act:
            if _lives(act.connection, part_id):
                raise changed("That part")
            act.connection.exec_driver_sql(
                "UPDATE part SET deleted = NULL, changed = ?, version = version + 1 WHERE id = ?",
                (instant(at), part_id),
            )
            part = read_part(act.connection, part_id)
            keep_found(act.connection, part, instant(at))
            act.record(Entry("part.restore", entity(part), after=told(part)))
        return part

    def take_in(
        self,
        rows: Sequence[tuple[Part, Decimal, str]],
        source: str,
        at: Callable[[], datetime],
        *,
        by: Actor,
    ) -> tuple[int, int, int]:
        """Add and change many parts at once; returns how many were added, changed and left.

        A part with an id is changed; a new one comes with what is on the shelf. Beside each
        stands its supplier's name, empty for none said: one that is new is added. All or none:
        errors Changed and Taken, then nothing was changed.
        """
        with self._audit.act(by) as act:
            now = at()
            houses = {
                key: named_supplier(act, name)
                for key, name in {name_key(row[2]): row[2] for row in rows if row[2]}.items()
            }
            placed = [
                (_bought(part, houses.get(name_key(name))), on_hand) for part, on_hand, name in rows
            ]
            new = [row for row in placed if not row[0].id]
            changed, left = change_many(act, [row[0] for row in placed if row[0].id], source, now)
            add_many(act, new, source, now)
            numbers = {"added": len(new), "changed": changed, "unchanged": left}
            told_numbers = {name: str(number) for name, number in numbers.items()}
            act.record(Entry("part.import", Entity("parts", "", source), after=told_numbers))
        return len(new), changed, left

    def _words(self, column: str) -> tuple[str, ...]:
        rows = self._database.glance(
            f"SELECT DISTINCT {column} FROM part WHERE deleted IS NULL AND {column} <> ''"  # noqa: S608 - of the two above
        )
        return tuple(sorted((str(word) for (word,) in rows), key=str.casefold))


def entity(part: Part) -> Entity:
    """Return a part as the audit log names it."""
    return Entity("part", part.id, f"{part.sku} {part.name}")


def _lives(connection: "Connection", part_id: str) -> bool:
    """Tell whether a part is not deleted. Errors: NotKept."""
    row = connection.exec_driver_sql("SELECT deleted FROM part WHERE id = ?", (part_id,)).fetchone()
    if row is None:
        raise no_such_part(part_id)
    return row[0] is None


def _bought(part: Part, house: Supplier | None) -> Part:
    """Return a part with the supplier that a file says; without one it stays as it is."""
    return part if house is None else replace(part, supplier_id=house.id, supplier=house.name)


def _where(
    search: str,
    *,
    category: str,
    supplier_id: str,
    location: str,
    low: bool,
    active: bool | None,
) -> tuple[str, tuple[Any, ...]]:
    where, values = ["part.deleted IS NULL"], list[Any]()
    for word in folded(search[:200]).split():
        where.append("(instr(part.words, ?) OR instr(coalesce(supplier.name_key, ''), ?))")
        values += [word, word]
    for column, wanted in (
        ("category", category),
        ("supplier_id", supplier_id),
        ("location", location),
    ):
        if wanted:
            where.append(f"part.{column} = ?")
            values.append(wanted)
    if low:
        where.append(_LOW)
    if active is not None:
        where.append("part.active = ?")
        values.append(int(active))
    return " AND ".join(where), tuple(values)


def _in_order(connection: "Connection", ids: Sequence[str]) -> Iterator[Part]:
    found: dict[str, Part] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        rows = connection.exec_driver_sql(
            f"{SELECT} WHERE part.id IN ({marks}) AND part.deleted IS NULL", tuple(some)
        )
        found.update((str(row[0]), part_of_row(row)) for row in rows)
    return (found[part_id] for part_id in ids if part_id in found)
