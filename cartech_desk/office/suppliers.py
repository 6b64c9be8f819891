"""Suppliers: who the shop buys from."""

from typing import TYPE_CHECKING

from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.part_fields import checked_supplier, taken_refused

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


class Suppliers:
    """Suppliers. Thread-safe; not in the GUI thread."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "name",
        descending: bool = False,
    ) -> tuple[tuple[Supplier, ...], int]:
        """Return suppliers and how many there are."""
        return self._store.parts.suppliers.list(
            search, limit=limit, offset=offset, sort=sort, descending=descending
        )

    def get(self, supplier_id: str) -> Supplier:
        """Return one supplier. Errors: NotKept."""
        return self._store.parts.suppliers.get(supplier_id)

    def named(self, word: str) -> Supplier:
        """Return the supplier that a word means: a name, an id, an end of one; NotKept."""
        return self._store.parts.suppliers.named(word)

    def keep(self, supplier: Supplier, by: Actor) -> Supplier:
        """Add a supplier, or change the one with this id.

        Errors: PartRefused naming each wrong field, NotKept, Changed, NotSignedIn, RightMissing.
        """
        require(by, Act.KEEP_PARTS)
        with taken_refused():
            return self._store.parts.suppliers.keep(checked_supplier(supplier), by=by)

    def delete(self, supplier_id: str, by: Actor, *, reason: str = "") -> None:
        """Delete a supplier with whom nothing is on order; parts of it keep their records.

        Errors: NotKept, PartRefused, NotSignedIn, RightMissing.
        """
        require(by, Act.DELETE)
        with taken_refused():
            self._store.parts.suppliers.delete(supplier_id, by=by, reason=checked_reason(reason))
