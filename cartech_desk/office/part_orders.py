"""Purchase orders: put together, sent, received in parts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cartech_desk.domain.parts.order import (
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    Received,
    ToReorder,
)
from cartech_desk.domain.people import Act, Actor, require, require_cost
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.paper_letters import letters_told
from cartech_desk.office.part_fields import (
    checked_expected,
    checked_lines,
    checked_received,
    quantity_refused,
    taken_refused,
)

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.reports.drawing import Drawing
    from cartech_desk.store.store import Store


class PartOrders:
    """Purchase orders. Thread-safe; not in the GUI thread. All changes need KEEP_PARTS.

    `version` is that of the order as it was seen; one that was changed since is refused.
    Errors of all changes: NotSignedIn, RightMissing, NotKept, Changed, PartRefused.
    """

    def __init__(
        self, store: "Store", rules: "Callable[[], ShopRules]", *, wall: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall

    def to_reorder(self, *, supplier_id: str = "") -> tuple[ToReorder, ...]:
        """Return what is at or below its reorder level and not on order yet, by supplier."""
        return self._store.parts.orders.to_reorder(supplier_id)

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "number",
        descending: bool = True,
        status: OrderStatus | None = None,
        supplier_id: str = "",
        coming: bool = False,
    ) -> tuple[tuple[PurchaseOrder, ...], int]:
        """Return orders without their lines, and how many there are.

        `coming` leaves those of which something is still to come. `sort` is "number", "supplier",
        "status", "ordered" or "expected".
        """
        return self._store.parts.orders.list(
            search,
            limit=limit,
            offset=offset,
            sort=sort,
            descending=descending,
            status=status,
            supplier_id=supplier_id,
            coming=coming,
        )

    def get(self, order_id: str) -> PurchaseOrder:
        """Return one order with its lines. Errors: NotKept."""
        return self._store.parts.orders.get(order_id)

    def named(self, word: str) -> PurchaseOrder:
        """Return the order with a number (“12”), an id or an end of one. Errors: NotKept."""
        return self._store.parts.orders.named(word)

    def draft(
        self, supplier_id: str, lines: Sequence[OrderLine], by: Actor, *, note: str = ""
    ) -> PurchaseOrder:
        """Begin an order; it counts as on order when it is placed."""
        require(by, Act.KEEP_PARTS)
        checked = checked_lines(lines, self._store.people.currency())
        with taken_refused(), quantity_refused():
            return self._store.parts.orders.draft(
                supplier_id,
                checked,
                self._store.people.currency(),
                checked_reason(note),
                self._wall(),
                by=by,
            )

    def draft_reorders(self, by: Actor, *, supplier_id: str = "") -> tuple[PurchaseOrder, ...]:
        """Begin one order for each supplier with what is to be reordered there.

        Parts without a supplier are left out: `to_reorder` lists them.
        """
        require(by, Act.KEEP_PARTS)
        return self._store.parts.orders.draft_reorders(
            supplier_id, self._store.people.currency(), self._wall(), by=by
        )

    def change(
        self,
        order: PurchaseOrder,
        lines: Sequence[OrderLine],
        by: Actor,
        *,
        note: str | None = None,
    ) -> PurchaseOrder:
        """Change the lines and the note of a draft."""
        require(by, Act.KEEP_PARTS)
        checked = checked_lines(lines, self._store.people.currency())
        kept = None if note is None else checked_reason(note)
        with quantity_refused():
            return self._store.parts.orders.change(order, checked, kept, by=by)

    def place(
        self,
        order_id: str,
        by: Actor,
        *,
        expected: date | None = None,
        version: int | None = None,
    ) -> PurchaseOrder:
        """Note that an order was sent; it is expected after the supplier's usual days.

        Errors: also PartRefused ("expected") for a day before the order, OrderRefused.
        """
        require(by, Act.KEEP_PARTS)
        zone = self._rules().zone
        begun = self.get(order_id).created or self._wall()
        checked_expected(expected, begun.astimezone(ZoneInfo(zone)).date())
        return self._store.parts.orders.place(
            order_id, expected, self._wall(), zone, by=by, version=version
        )

    def receive(
        self,
        order_id: str,
        received: Sequence[Received],
        by: Actor,
        *,
        even_so: bool = False,
        keep_cost: bool = False,
        version: int | None = None,
    ) -> PurchaseOrder:
        """Take what has come into stock, all of it in one transaction.

        More than was ordered is refused unless `even_so`. The part's cost becomes the price that
        was paid, unless `keep_cost`.
        """
        require(by, Act.KEEP_PARTS)
        checked = checked_received(received, self._store.people.currency())
        with quantity_refused():
            return self._store.parts.orders.receive(
                order_id,
                checked,
                self._wall,
                by=by,
                even_so=even_so,
                keep_cost=keep_cost,
                version=version,
            )

    def cancel(
        self, order_id: str, by: Actor, *, reason: str = "", version: int | None = None
    ) -> PurchaseOrder:
        """Expect nothing more of an order: cancelled, or closed where some of it has come."""
        require(by, Act.KEEP_PARTS)
        return self._store.parts.orders.cancel(
            order_id, self._wall(), by=by, reason=checked_reason(reason), version=version
        )

    def paper(self, order_id: str, by: Actor) -> "Drawing":
        """Return the order as pages: for the preview, the printer or `pdf_of`.

        It tells what the shop pays. Errors: NotSignedIn, RightMissing, NotKept, LogoRefused.
        """
        from cartech_desk.reports.logo import read_logo
        from cartech_desk.reports.purchase_order import purchase_order_pages

        require_cost(by)
        rules = self._rules()
        order = self.get(order_id)
        shop = self._store.people.shop()
        return purchase_order_pages(
            order,
            self._store.parts.suppliers.get_even_deleted(order.supplier_id),
            rules,
            shop.name if shop is not None else "",
            read_logo(Path(rules.logo)) if rules.logo else b"",
        )

    def doubts(self, order_id: str, by: Actor) -> tuple[str, ...]:
        """Return what to look at before an order's paper is sent. Errors: as `paper`, but the logo.

        Nothing is refused.
        """
        require_cost(by)
        rules, shop, order = self._rules(), self._store.people.shop(), self.get(order_id)
        supplier = self._store.parts.suppliers.get_even_deleted(order.supplier_id)
        words = (shop.name if shop is not None else "", rules.address, rules.phone, rules.email)
        told = letters_told((words, asdict(order), asdict(supplier)))
        return (told,) if told else ()
