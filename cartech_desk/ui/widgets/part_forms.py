"""Forms of the stock: a part, what came in, what is adjusted, a supplier."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import Money, money_text, parse_money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import parse_quantity, quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor
from cartech_desk.domain.typed_numbers import typed_decimal
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.usual_rates import usual_tax
from cartech_desk.ui.widgets.part_scan import ScannedInto
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.parts import Parts

T = TypeVar("T")
Bug = Callable[[BaseException], None]
Done = Callable[[object], None]
_LEVELS: Final = (
    ("reorder_level", "Reorder level", "At or below it the part stands on the reorder list."),
    ("warning_level", "Warning level", "At or below it the shelf is nearly empty: usually lower."),
    ("reorder_quantity", "Usual quantity to order", "As the supplier packs it."),
)
REASONS: Final = ("Lost", "Broken", "Sent back", "Used in the shop", "Found", "Another reason")


class Typed:
    """Reads typed texts, and gathers what is wrong by its field."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self.wrong: dict[str, str] = {}

    def quantity(self, name: str) -> Decimal | None:
        """Return a quantity, None for an empty field."""
        return self._read(name, parse_quantity)

    def money(self, name: str, currency: str) -> Money | None:
        """Return a sum, None for an empty field."""
        return self._read(name, lambda text: parse_money(text, currency))

    def rate(self, name: str) -> int | None:
        """Return a rate of tax in hundredths of a per cent, None for an empty field."""
        return self._read(
            name, lambda text: int(typed_decimal(text.rstrip("% "), decimals=2) * 100)
        )

    def whole(self, name: str) -> int | None:
        """Return a whole number, None for an empty field."""
        return self._read(name, lambda text: int(typed_decimal(text, decimals=0)))

    def check(self) -> None:
        """Refuse what is wrong. Errors: FieldsRefused."""
        if self.wrong:
            raise FieldsRefused("part_refused", self.wrong)

    def _read(self, name: str, read: Callable[[str], T]) -> T | None:
        text = self.words.get(name, "").strip()
        if not text:
            return None
        try:
            return read(text)
        except CarTechError as error:
            self.wrong[name] = f"{error.happened} {error.to_do}"
            return None


def supplier_picks(parts: "Parts") -> Callable[[str], list[Pick]]:
    """Return how suppliers are found while one types."""

    def find(words: str) -> list[Pick]:
        found, _ = parts.suppliers.list(words, limit=12)
        return [Pick(one.id, one.name, one.contact) for one in found]

    return find


def part_form(
    parts: "Parts",
    by: Actor,
    part: Part,
    currency: str,
    *,
    usual_tax_bp: int,
    done: Done,
    bug: Bug,
    drafts: Drafts,
    parent: QWidget,
) -> RecordForm:
    """Ask for a part, new or other facts of one; one without a rate of tax has the usual one."""
    new = not part.id

    def keep(words: Mapping[str, str]) -> Part:
        typed = Typed(words)
        cost, price = typed.money("cost", currency), typed.money("price", currency)
        one = replace(
            part,
            sku=words["sku"],
            name=words["name"],
            category=words["category"],
            maker=words["maker"],
            barcodes=tuple(words["barcodes"].replace(",", " ").split()),
            supplier_id=words["supplier"],
            supplier_sku=words["supplier_sku"],
            cost=cost or Money(0, currency),
            price=price or Money(0, currency),
            tax_bp=typed.rate("tax"),
            unit=words["unit"],
            location=words["location"],
            warning_level=typed.quantity("warning_level"),
            reorder_level=typed.quantity("reorder_level"),
            reorder_quantity=typed.quantity("reorder_quantity"),
            active=words["active"] == "yes",
            note=words["note"],
        )
        on_hand = typed.quantity("on_hand") or Decimal(0)
        typed.check()
        return parts.add(one, by, on_hand=on_hand) if new else parts.change(one, by)

    form = RecordForm(
        "Add a part" if new else part.name,
        "Add" if new else "Keep",
        keep,
        done,
        bug,
        drafts=drafts,
        draft="part" if new else f"part {part.id}",
        parent=parent,
    )
    form.line("sku", "SKU", "The shop's own number, once for each part.", value=part.sku)
    form.line("name", "Name", value=part.name)
    barcodes = " ".join(part.barcodes)
    codes = form.line(
        "barcodes",
        "Barcodes",
        "Scan into it; several are parted by blanks.",
        needed=False,
        value=barcodes,
    )
    ScannedInto(codes)
    form.line(
        "location", "Place", "Where it lies, as on its label.", needed=False, value=part.location
    )
    form.line("unit", "Unit", "pc, l, m, kg.", value=part.unit)
    if new:
        form.line("on_hand", "On the shelf now", needed=False, value="")
    form.line(
        "price", f"Price in {currency}", "Without tax.", needed=False, value=_money(part.price)
    )
    form.line("cost", f"Cost in {currency}", needed=False, value=_money(part.cost))
    rate = "" if part.tax_bp is None else f"{Decimal(part.tax_bp) / 100:f}"
    form.line("tax", "Tax in %", usual_tax(usual_tax_bp), needed=False, value=rate)
    form.heading("When it runs low")
    for name, label, words in _LEVELS:
        level = getattr(part, name)
        form.line(name, label, words, needed=False, value=_quantity(level))
    form.heading("Where it comes from")
    chosen = Pick(part.supplier_id, part.supplier) if part.supplier_id else None
    form.pick("supplier", "Supplier", supplier_picks(parts), chosen)
    form.line("supplier_sku", "The supplier's number", needed=False, value=part.supplier_sku)
    form.line("maker", "Maker", needed=False, value=part.maker)
    form.line("category", "Category", needed=False, value=part.category)
    form.text("note", "Note", value=part.note)
    form.choice(
        "active",
        "In use",
        (("yes", "yes"), ("no", "no: kept for what was, told to run low no more")),
        "yes" if part.active else "no",
    )
    form.begin()
    return form


def receive_form(
    parts: "Parts", by: Actor, part: Part, *, done: Done, bug: Bug, parent: QWidget
) -> RecordForm:
    """Ask for what came in without an order."""
    currency = part.cost.currency

    def keep(words: Mapping[str, str]) -> Part:
        typed = Typed(words)
        quantity = typed.quantity("quantity")
        cost = typed.money("unit_cost", currency)
        typed.check()
        return parts.receive(
            part.id, quantity or Decimal(0), by, unit_cost=cost, reason=words["reason"]
        )

    form = RecordForm(
        f"Receive {part.name}",
        "Receive",
        keep,
        done,
        bug,
        words="For what came without an order; orders are received where they are listed.",
        parent=parent,
    )
    form.line("quantity", f"How many [{part.unit}]", value="1")
    form.line("unit_cost", f"Cost of each in {currency}", needed=False, value=_money(part.cost))
    form.line("reason", "Note", needed=False)
    form.begin()
    return form


def adjust_form(
    parts: "Parts", by: Actor, part: Part, *, done: Done, bug: Bug, parent: QWidget
) -> RecordForm:
    """Ask for what was found or is gone, with its reason."""

    def keep(words: Mapping[str, str]) -> Part:
        typed = Typed(words)
        quantity = typed.quantity("quantity")
        typed.check()
        reason = ": ".join(filter(None, (words["reason"], words["words"].strip())))
        gone = words["way"] == "gone"
        change = quantity or Decimal(0)
        return parts.adjust(part.id, -change if gone else change, by, reason=reason)

    form = RecordForm(
        f"Adjust {part.name}",
        "Put it into the ledger",
        keep,
        done,
        bug,
        words=f"{quantity_text(part.on_hand, part.unit)} by the ledger.",
        parent=parent,
    )
    form.choice("way", "What happened", (("gone", "Some are gone"), ("found", "Some are more")))
    form.line("quantity", f"How many [{part.unit}]", value="1")
    form.choice("reason", "Why", [(words, words) for words in REASONS])
    form.line("words", "In words", "Stands in the ledger and in the audit log.", needed=False)
    form.begin()
    return form


def supplier_form(
    parts: "Parts", by: Actor, supplier: Supplier, *, done: Done, bug: Bug, parent: QWidget
) -> RecordForm:
    """Ask for a supplier, new or other facts of one."""

    def keep(words: Mapping[str, str]) -> Supplier:
        typed = Typed(words)
        days = typed.whole("lead_days")
        typed.check()
        return parts.suppliers.keep(
            replace(
                supplier,
                name=words["name"],
                contact=words["contact"],
                email=words["email"],
                phone=words["phone"],
                customer_number=words["customer_number"],
                lead_days=days,
                note=words["note"],
            ),
            by,
        )

    new = not supplier.id
    form = RecordForm(
        "Add a supplier" if new else supplier.name,
        "Add" if new else "Keep",
        keep,
        done,
        bug,
        parent=parent,
    )
    form.line("name", "Name", value=supplier.name)
    form.line("contact", "Contact", needed=False, value=supplier.contact)
    form.line("phone", "Telephone", needed=False, value=supplier.phone)
    form.line("email", "E-mail", needed=False, value=supplier.email)
    form.line("customer_number", "Our number there", needed=False, value=supplier.customer_number)
    days = "" if supplier.lead_days is None else str(supplier.lead_days)
    form.line("lead_days", "Days to a delivery", needed=False, value=days)
    form.text("note", "Note", value=supplier.note)
    form.begin()
    return form


def _money(money: Money) -> str:
    return money_text(money, with_currency=False) if money.minor else ""


def _quantity(quantity: Decimal | None) -> str:
    return "" if quantity is None else quantity_text(quantity)
