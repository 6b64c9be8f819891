"""A purchase order as pages: what is ordered from whom, at which price."""

from typing import Final

from cartech_desk.domain.money import money_text, total
from cartech_desk.domain.parts.order import OrderStatus, PurchaseOrder
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.reports.drawing import INK, MUTED, Align, Drawing, Sketch
from cartech_desk.reports.dyno_flow import LEADING, MARGIN, TYPE, Column, Flow
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.faces import wrapped
from cartech_desk.reports.letterhead import put_logo

TITLE: Final = "Purchase order"
_COLUMNS: Final = (
    Column("#", 0.4),
    Column("Your number", 1.4, Align.LEFT),
    Column("Our number", 1.6, Align.LEFT),
    Column("Part", 3.1, Align.LEFT),
    Column("Quantity", 1.0),
    Column("Price each", 1.2),
    Column("Sum", 1.2),
)


def purchase_order_pages(
    order: PurchaseOrder, supplier: Supplier, rules: ShopRules, shop: str, logo: bytes = b""
) -> Drawing:
    """Lay an order out. The same order always gives the same drawing."""
    name = shop or "CarTech Desk"
    words = f"{TITLE} {order.number}"

    def further(sketch: Sketch) -> float:
        right = sketch.width - MARGIN
        sketch.text(MARGIN, MARGIN + 8, name, 9, bold=True, most=right / 2)
        sketch.text(right, MARGIN + 8, words, 9, align=Align.RIGHT)
        sketch.line(MARGIN, MARGIN + 13, right, MARGIN + 13, color=INK, width=0.8)
        return 20.0

    flow = Flow(Paper.LETTER if rules.paper == "letter" else Paper.A4, further)
    _head(flow, name, rules, logo, words)
    _parties(flow, order, supplier)
    flow.y += 10
    flow.table(
        _COLUMNS,
        [
            (
                str(place),
                line.supplier_sku,
                line.sku,
                line.name,
                quantity_text(line.quantity, line.unit),
                money_text(line.unit_cost, with_currency=False),
                money_text(line.sum, with_currency=False),
            )
            for place, line in enumerate(order.lines, 1)
        ],
        bold=(3,),
    )
    _sum(flow, order)
    if order.note:
        flow.heading("Note")
        flow.lines(order.note)

    def foot(sketch: Sketch, page: int, pages: int) -> None:
        right, y = sketch.width - MARGIN, sketch.height - MARGIN - 6
        sketch.line(MARGIN, y - 10, right, y - 10)
        reach = " · ".join(filter(None, (rules.phone, rules.email, rules.tax_id)))
        sketch.text(MARGIN, y, reach, TYPE - 0.5, color=MUTED, most=right - MARGIN - 80)
        sketch.text(right, y, f"Page {page} of {pages}", TYPE - 0.5, align=Align.RIGHT)

    return Drawing(flow.pages(foot), f"{words}, {order.supplier}", name, words)


def _head(flow: Flow, name: str, rules: ShopRules, logo: bytes, words: str) -> None:
    sketch, top = flow.sketch, flow.y
    wide, high = put_logo(sketch, flow.left, top, logo)
    x = flow.left + (wide + 12 if logo else 0)
    room = flow.right - 200 - x
    y = top
    for line in wrapped(name, 15, room, bold=True)[:2]:
        y += 16
        sketch.text(x, y, line, 15, bold=True, most=room)
    for line in rules.address.splitlines()[:4]:
        y += LEADING
        sketch.text(x, y, line.strip(), TYPE, color=MUTED, most=room)
    sketch.text(flow.right, top + 16, words, 15, bold=True, align=Align.RIGHT)
    flow.y = max(top + high, y, top + 20) + 8
    sketch.line(flow.left, flow.y, flow.right, flow.y, color=INK, width=1.0)


def _parties(flow: Flow, order: PurchaseOrder, supplier: Supplier) -> None:
    sketch, top = flow.sketch, flow.y + 6
    y = top + 10
    sketch.text(flow.left, y, "To", TYPE, color=MUTED)
    for words, bold in (
        (supplier.name, True),
        (supplier.contact, False),
        (supplier.email, False),
        (supplier.phone, False),
    ):
        if words:
            y += LEADING + (3 if bold else 1)
            size = TYPE + (3 if bold else 1)
            sketch.text(flow.left, y, words, size, bold=bold, most=flow.width / 2 - 10)
    left, right_y = flow.left + flow.width * 0.62, top + 10
    for label, words in (
        ("Date", f"{order.ordered or order.created:%Y-%m-%d}"),
        ("Wanted by", order.expected.isoformat() if order.expected else ""),
        ("Our customer number", supplier.customer_number),
        ("Ordered by", order.by),
        ("State", _state(order)),
    ):
        if words:
            sketch.text(left, right_y, label, TYPE, color=MUTED)
            sketch.text(flow.right, right_y, words, TYPE + 0.5, align=Align.RIGHT, most=110)
            right_y += LEADING + 2
    flow.y = max(y, right_y)


def _state(order: PurchaseOrder) -> str:
    """Say what a reader must not take for an order in force."""
    if order.status is OrderStatus.DRAFT:
        return "DRAFT, not ordered yet"
    return "CANCELLED" if order.status is OrderStatus.CANCELLED else ""


def _sum(flow: Flow, order: PurchaseOrder) -> None:
    flow.room(2 * LEADING + 8)
    flow.y += LEADING + 6
    whole = total((line.sum for line in order.lines), order.currency)
    words = f"Total without tax  {money_text(whole)}"
    flow.sketch.text(flow.right - 3, flow.y, words, TYPE + 3, bold=True, align=Align.RIGHT)
    flow.y += 6
