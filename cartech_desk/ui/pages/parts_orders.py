"""Purchase orders from the page: drafted, changed, sent, received in parts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import Money, money_text, parse_money
from cartech_desk.domain.parts.order import OrderLine, PurchaseOrder, Received
from cartech_desk.domain.parts.part import Part, Scan
from cartech_desk.domain.parts.quantity import parse_quantity, quantity_text
from cartech_desk.domain.people import Act
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.part_forms import supplier_picks
from cartech_desk.ui.widgets.part_lines_form import FormLine, PartLinesForm, typed_lines
from cartech_desk.ui.widgets.part_scan import ScanField
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.reports.drawing import Drawing
    from cartech_desk.ui.pages.parts import PartsPage
    from cartech_desk.ui.widgets.part_order_tab import PartOrderTab

_FOUND = 12


class PartsOrders:
    """The acts on orders of one page; all of them the office's."""

    def __init__(self, page: "PartsPage") -> None:
        self._page = page

    def connect_tab(self, tab: "PartOrderTab") -> None:
        """Do what the tab asks for."""
        tab.list.chosen_changed.connect(self._chosen)
        tab.new_wanted.connect(self.new)
        tab.reorder_wanted.connect(self.draft_reorders)
        tab.change_wanted.connect(self.change)
        tab.place_wanted.connect(self.place)
        tab.receive_wanted.connect(self.receive)
        tab.paper_wanted.connect(self.paper)
        tab.cancel_wanted.connect(self.cancel)

    def _chosen(self) -> None:
        order = self._page.order_tab.list.chosen()
        if order is not None:
            self._read(order.id)

    def _read(self, order_id: str) -> None:
        page = self._page
        page.do(
            lambda: page.parts.orders.get(order_id),
            lambda order: page.order_tab.show_order(order, page.why_not(Act.KEEP_PARTS)),
        )

    def go_to(self, order_id: str) -> None:
        """Bring an order to the front."""
        self._page.tabs.turn("orders")
        self._page.order_tab.list.refresh(order_id)
        self._read(order_id)

    def _done(self, order: object) -> None:
        if isinstance(order, PurchaseOrder):
            self.go_to(order.id)
            self._page.refresh()

    # Drafts

    def draft_reorders(self) -> None:
        """Draft one order for each supplier with what runs low."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        orders, by = page.parts.orders, page.acts.actor

        def work() -> tuple[tuple[PurchaseOrder, ...], int]:
            made = orders.draft_reorders(by)
            return made, sum(not one.supplier_id for one in orders.to_reorder())

        def done(found: tuple[tuple[PurchaseOrder, ...], int]) -> None:
            made, homeless = found
            words = (
                f"{counted(len(made), 'order')} drafted." if made else "Nothing is to be ordered."
            )
            if homeless:
                words += f" {counted(homeless, 'part')} without a supplier left out."
            page.acts.say(words)
            if made:
                self.go_to(made[0].id)
            page.refresh()

        page.do(work, done)

    def new(self) -> None:
        """Ask for an order put together by hand, with the chosen part in it."""
        part = self._page.chosen
        lines = [(part, "1")] if part is not None else []
        supplier = Pick(part.supplier_id, part.supplier) if part and part.supplier_id else None
        self._ask_lines(None, lines, supplier)

    def change(self, order: PurchaseOrder) -> None:
        """Ask for other lines of a draft."""
        page = self._page

        def arrived(parts: Sequence[Part]) -> None:
            found = {part.id: part for part in parts}
            lines = [
                (found[line.part_id], quantity_text(line.quantity))
                for line in order.lines
                if line.part_id in found
            ]
            self._ask_lines(order, lines, Pick(order.supplier_id, order.supplier))

        page.do(lambda: [page.parts.get(line.part_id) for line in order.lines], arrived)

    def _ask_lines(
        self,
        order: PurchaseOrder | None,
        lines: Sequence[tuple[Part, str]],
        supplier: Pick | None,
    ) -> None:
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        orders, by = page.parts.orders, page.acts.actor
        costs = {line.part_id: line.unit_cost for line in order.lines} if order else {}

        def keep(typed: Mapping[str, str]) -> PurchaseOrder:
            currency = order.currency if order is not None else page.parts.currency
            wanted = [
                OrderLine(part_id=key, quantity=quantity, unit_cost=cost or Money(0, currency))
                for key, (quantity, cost) in _numbers(typed, currency).items()
            ]
            if order is not None:
                return orders.change(order, wanted, by, note=typed["note"])
            if not typed["supplier"]:
                raise FieldsRefused("part_refused", {"supplier": "Choose whom to order from."})
            return orders.draft(typed["supplier"], wanted, by, note=typed["note"])

        form = PartLinesForm(
            "New order" if order is None else f"Order {order.number}",
            "Keep as a draft" if order is None else "Keep",
            keep,
            self._done,
            page.acts.tell,
            parent=page,
        )

        def find_part(words: str) -> list[Pick]:
            found, _ = page.parts.list(words, limit=_FOUND)
            return [Pick(one.id, f"{one.sku} {one.name}") for one in found]

        def add(part: Part, quantity: str = "1") -> None:
            cost = costs.get(part.id, part.cost)
            told = f"{quantity_text(part.on_hand, part.unit)} left"
            text = money_text(cost, with_currency=False)
            form.add_line(FormLine(part.id, f"{part.sku} {part.name}", told, quantity, text))

        if order is None:
            form.pick("supplier", "Supplier", supplier_picks(page.parts), supplier)
        picker = form.pick("part", "Add a part", find_part)

        def picked() -> None:
            if picker.id:
                page.do(lambda number=picker.id: page.parts.get(number), add)
                picker.choose(None)

        picker.changed.connect(picked)
        form.begin_lines("How many", "Each", [], removable=True)
        for part, quantity in lines:
            add(part, quantity)
        form.text("note", "Note", value=order.note if order is not None else "")
        form.begin()
        page.ask(form)

    # Sent, received, ended

    def place(self, order: PurchaseOrder) -> None:
        """Note that an order was sent: what is to come counts from then on."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        orders, by = page.parts.orders, page.acts.actor

        def done(kept: PurchaseOrder) -> None:
            expected = f" It is expected on {kept.expected}." if kept.expected else ""
            page.acts.say(f"Order {kept.number} is noted as sent.{expected}")
            self._done(kept)

        def failed(error: BaseException) -> None:
            page.acts.tell(error)
            self._show_anew(order)

        page.do(lambda: orders.place(order.id, by, version=order.version), done, failed)

    def receive(self, order: PurchaseOrder) -> None:
        """Ask how much of each line has come; scanning counts what is unpacked."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        orders, by = page.parts.orders, page.acts.actor

        def keep(typed: Mapping[str, str]) -> PurchaseOrder:
            first = {line.id: line.unit_cost for line in order.lines}
            received = [
                Received(key, quantity, cost if cost != first.get(key) else None)
                for key, (quantity, cost) in _numbers(typed, order.currency).items()
                if quantity
            ]
            if not received:
                raise FieldsRefused(
                    "part_refused", {"lines": "Say how much of at least one line has come."}
                )
            return orders.receive(
                order.id, received, by, even_so="even_so" in typed, version=order.version
            )

        form = PartLinesForm(
            f"Receive order {order.number}",
            "Take into stock",
            keep,
            self._done,
            page.acts.tell,
            words=f"{order.supplier}. What has come now; the rest stays to come.",
            even_so=_even_so,
            parent=page,
        )
        self._count_scans(order, form)
        form.begin_lines(
            "Came now",
            "Each",
            [
                FormLine(
                    line.id,
                    f"{line.sku} {line.name}",
                    f"{quantity_text(line.missing, line.unit)} missing",
                    quantity_text(line.missing),
                    money_text(line.unit_cost, with_currency=False),
                )
                for line in order.lines
                if line.missing
            ],
            removable=False,
        )
        form.begin()
        form.rejected.connect(lambda: self._show_anew(order))
        page.ask(form)

    def _count_scans(self, order: PurchaseOrder, form: PartLinesForm) -> None:
        """Put a scan field into a receipt: what is unpacked counts one more of its line."""
        page = self._page
        field = ScanField(page.parts.scan, page.acts.tell)
        form.column.addWidget(field)
        form.scan = field

        def scanned(scan: Scan) -> None:
            part = scan.part
            if part is None:
                return
            line = next((one for one in order.lines if one.part_id == part.id), None)
            known = line is not None and form.count_one(line.id)
            words = "one more counted" if known else f"is not missing of order {order.number}"
            state = State.CONNECTED if known else State.WARNING
            field.say(state, f"{part.sku} {part.name}: {words}.")

        field.scanned.connect(scanned)

    def cancel(self, order: PurchaseOrder) -> None:
        """Ask whether nothing more of an order is expected."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        orders, by = page.parts.orders, page.acts.actor
        form = RecordForm(
            f"Expect no more of order {order.number}",
            "Expect no more",
            lambda typed: orders.cancel(
                order.id, by, reason=typed["reason"], version=order.version
            ),
            self._done,
            page.acts.tell,
            words="What has come stays in stock.",
            parent=page,
        )
        form.line("reason", "Reason", needed=False)
        form.take.setProperty("role", "danger")
        form.begin()
        form.rejected.connect(lambda: self._show_anew(order))
        page.ask(form)

    def _show_anew(self, order: PurchaseOrder) -> None:
        """Show an order as it is now: another desk may have changed it."""
        self._page.order_tab.list.refresh(order.id)
        self._read(order.id)

    def paper(self, order: PurchaseOrder) -> None:
        """Show an order as it is printed and sent."""
        from cartech_desk.ui.widgets.part_order_paper import PartOrderPaper

        page, by = self._page, self._page.acts.actor
        orders = page.parts.orders

        def arrived(found: tuple["Drawing", tuple[str, ...]]) -> None:
            drawing, doubts = found
            shown = PartOrderPaper(
                f"Order {order.number}, {order.supplier}",
                drawing,
                f"order-{order.number}.pdf",
                page.acts.tell,
                parent=page,
            )
            shown.words.setText(" ".join(doubts))
            page.ask(shown)

        page.do(lambda: (orders.paper(order.id, by), orders.doubts(order.id, by)), arrived)


def _numbers(typed: Mapping[str, str], currency: str) -> dict[str, tuple[Decimal, Money | None]]:
    """Return quantity and cost by line. Errors: FieldsRefused naming what cannot be read."""
    found: dict[str, tuple[Decimal, Money | None]] = {}
    wrong: list[str] = []
    for key, (quantity, cost) in typed_lines(typed).items():
        try:
            price = parse_money(cost, currency) if cost else None
            found[key] = (parse_quantity(quantity) if quantity else Decimal(0), price)
        except CarTechError as error:
            wrong.append(f"{error.happened} {error.to_do}")
    if wrong:
        raise FieldsRefused("part_refused", {"lines": " ".join(wrong)})
    return found


def _even_so(error: CarTechError) -> str:
    return "Take more than was ordered" if error.code == "order_refused" else ""
