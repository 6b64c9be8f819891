"""Parts and their stock: the catalogue, what comes and goes, what runs low."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from cartech_desk.domain.clock import utc_now
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.barcode import check_digit_wrong, cleaned
from cartech_desk.domain.parts.part import (
    LedgerLine,
    Level,
    MoveKind,
    Part,
    Scan,
    StockAlert,
    StockMove,
)
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.part_fields import (
    PartRefused,
    checked_move,
    checked_part,
    quantity_refused,
    taken_refused,
)
from cartech_desk.office.record_found import forgiven

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.office.part_counts import PartCounts
    from cartech_desk.office.part_files import PartFiles
    from cartech_desk.office.part_orders import PartOrders
    from cartech_desk.office.suppliers import Suppliers
    from cartech_desk.store.store import Store

__all__ = ["PartRefused", "Parts"]


class Parts:
    """Parts and their stock: moves, suppliers, orders, counts, alerts.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.
    """

    def __init__(
        self,
        store: "Store",
        rules: "Callable[[], ShopRules]",
        *,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall

    @cached_property
    def suppliers(self) -> "Suppliers":
        """Who the shop buys from."""
        from cartech_desk.office.suppliers import Suppliers

        return Suppliers(self._store)

    @cached_property
    def orders(self) -> "PartOrders":
        """Purchase orders, and the list of what to reorder."""
        from cartech_desk.office.part_orders import PartOrders

        return PartOrders(self._store, self._rules, wall=self._wall)

    @cached_property
    def counts(self) -> "PartCounts":
        """Stock counts."""
        from cartech_desk.office.part_counts import PartCounts

        return PartCounts(self._store, wall=self._wall)

    @cached_property
    def files(self) -> "PartFiles":
        """CSV in and out, labels."""
        from cartech_desk.office.part_files import PartFiles

        return PartFiles(self._store, self._rules, wall=self._wall)

    # Looking

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
        """Return parts and how many there are; each word of `search` has to be found in one.

        Where no part has all of the words and nothing else is asked for, those are returned that
        have them with a typing error.
        `sort` is "sku", "name", "category", "maker", "supplier", "location", "on_hand", "cost",
        "price" or "moved". `low` leaves those at or below one of their levels, `active` those in
        or out of use.
        """
        rows, total = self._store.parts.list(
            search,
            limit=limit,
            offset=offset,
            sort=sort,
            descending=descending,
            category=category,
            supplier_id=supplier_id,
            location=location,
            low=low,
            active=active,
        )
        plain = not (category or supplier_id or location or low or active is not None)
        if total or not plain:
            return rows, total
        return forgiven(
            self._store, "part", search, self._store.parts.of, limit=limit, offset=offset
        )

    def deleted(self, search: str = "", *, limit: int = 200) -> tuple[Part, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        return self._store.parts.deleted(search, limit)

    def get(self, part_id: str) -> Part:
        """Return one part by its id. Errors: NotKept."""
        return self._store.parts.get(part_id)

    def named(self, word: str) -> Part:
        """Return the part that a word means: SKU, barcode, id or an end of one. Errors: NotKept."""
        return self._store.parts.named(word)

    def scan(self, typed: str) -> Scan:
        """Return what a scanner typed: a part by its barcode, SKU or supplier's number.

        Of a code that nobody here knows it is said why, as where its check digit is wrong.
        """
        code = cleaned(typed)
        if not code:
            return Scan(code, words="Nothing was scanned.")
        part, how = self._store.parts.by_code(code)
        if part is not None:
            return Scan(code, part, how)
        several = self._store.parts.with_supplier_sku(code)
        if several:
            names = ", ".join(f"{one.sku} {one.name}" for one in several)
            return Scan(code, words=f"{code} is the supplier's number of several parts: {names}.")
        said = f"No part has the code {code}."
        return Scan(code, words=f"{said} {check_digit_wrong(code)}".rstrip())

    def categories(self) -> tuple[str, ...]:
        """Return the categories in use, in alphabetical order."""
        return self._store.parts.categories()

    def locations(self) -> tuple[str, ...]:
        """Return the places in use, in alphabetical order."""
        return self._store.parts.locations()

    def ledger(
        self,
        part_id: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        kind: MoveKind | None = None,
        job_id: str = "",
    ) -> tuple[tuple[LedgerLine, ...], int]:
        """Return moves, the newest first, and how many there are; of one part or of all."""
        return self._store.parts.stock.ledger(
            part_id, limit=limit, offset=offset, kind=kind, job_id=job_id
        )

    # The catalogue

    def add(self, part: Part, by: Actor, *, on_hand: Decimal = Decimal(0)) -> Part:
        """Add a part; what is on the shelf already becomes the first move of its ledger.

        Errors: PartRefused naming each wrong field, NotSignedIn, RightMissing.
        """
        require(by, Act.KEEP_PARTS)
        part = checked_part(part, self.currency, on_hand=on_hand)
        with taken_refused():
            return self._store.parts.add(part, on_hand, self._wall(), by=by)

    def change(self, part: Part, by: Actor, *, reason: str = "") -> Part:
        """Change a part's record; its stock is changed by moves alone.

        Errors: as `add`, NotKept, Changed.
        """
        require(by, Act.KEEP_PARTS)
        reason = checked_reason(reason)
        part = checked_part(part, self.currency)
        with taken_refused():
            return self._store.parts.change(part, self._wall(), by=by, reason=reason)

    def delete(self, part_id: str, by: Actor, *, reason: str = "") -> None:
        """Delete a part that nothing needs any more; its ledger stays.

        What is on the shelf or on order, stands on a job that is not paid, on a count that goes on
        or on a draft of an order is refused.

        Errors: NotKept, PartRefused, NotSignedIn, RightMissing.
        """
        require(by, Act.DELETE)
        with taken_refused():
            self._store.parts.delete(part_id, self._wall(), by=by, reason=checked_reason(reason))

    def restore(self, part_id: str, by: Actor) -> Part:
        """Bring a deleted part back by its id or its SKU; one that is there stays as it is.

        Errors: NotKept, Changed, NotSignedIn, RightMissing.
        """
        require(by, Act.DELETE)
        store = self._store.parts
        return store.restore(store.deleted_as(part_id), self._wall(), by=by)

    # Stock

    def receive(
        self,
        part_id: str,
        quantity: Decimal,
        by: Actor,
        *,
        unit_cost: Money | None = None,
        at: datetime | None = None,
        reason: str = "",
    ) -> Part:
        """Note that a part has come in without an order.

        Errors: PartRefused ("quantity", "unit_cost", "at"), NotKept, DatedBeforeCount.
        """
        require(by, Act.KEEP_PARTS)
        move = StockMove(
            part_id,
            MoveKind.RECEIPT,
            quantity,
            at or self._wall(),
            checked_reason(reason),
            unit_cost,
        )
        return self._move(move, by, now=at is None)

    def adjust(
        self,
        part_id: str,
        quantity: Decimal,
        by: Actor,
        *,
        reason: str,
        at: datetime | None = None,
    ) -> Part:
        """Note what was found (positive) or is gone (negative), with the reason.

        Errors: PartRefused ("quantity", "reason", "at"), NotKept, OutOfStock, DatedBeforeCount.
        """
        require(by, Act.KEEP_PARTS)
        move = StockMove(
            part_id, MoveKind.ADJUSTMENT, quantity, at or self._wall(), checked_reason(reason)
        )
        return self._move(move, by, now=at is None)

    # Alerts

    def alerts(
        self,
        *,
        open_only: bool = True,
        level: Level | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> tuple[tuple[StockAlert, ...], int]:
        """Return alerts of low stock, the newest first, and how many there are.

        One stands until the part is above its level again, acknowledged or not.
        """
        return self._store.parts.stock.alerts(
            open_only=open_only, level=level, limit=limit, offset=offset
        )

    def parts_low(self) -> int:
        """Return how many parts run low; one that crossed both of its levels counts once."""
        return self._store.parts.stock.parts_low()

    def acknowledge(self, alert_id: str, by: Actor, *, note: str = "") -> StockAlert:
        """Say that somebody has seen an alert. Errors: NotKept, NotSignedIn, RightMissing."""
        require(by, Act.KEEP_RECORDS)
        return self._store.parts.stock.acknowledge(
            alert_id, self._wall(), by=by, note=checked_reason(note)
        )

    @property
    def currency(self) -> str:
        """The shop's currency; EUR before the shop is set up. Quick."""
        return self._store.people.currency()

    def _move(self, move: StockMove, by: Actor, *, now: bool) -> Part:
        move = checked_move(move, self.currency, self._wall())
        with quantity_refused():
            return self._store.parts.stock.move(move, by=by, now=self._wall if now else None)
