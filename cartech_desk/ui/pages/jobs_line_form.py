"""The question for one line of a job: labour, a part, something else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import QuantityRefused, parse_quantity, quantity_text
from cartech_desk.domain.people import Actor
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import NoPrice
from cartech_desk.store.stock import OutOfStock
from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.models.job_words import KINDS, quantity_words, service_minutes
from cartech_desk.ui.models.usual_rates import usual_price, usual_tax
from cartech_desk.ui.pages.jobs_forms import Bug, Done, Shop, typed_money
from cartech_desk.ui.pages.jobs_seen import SeenForm
from cartech_desk.ui.widgets.record_form import even_so_words
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.office import Office
    from cartech_desk.office.parts import Parts

_CODE: Final = "job_refused"
_SHOWN: Final = 12


def part_picks(parts: "Parts") -> Callable[[str], Sequence[Pick]]:
    """Return how parts are found while one types; a scanned barcode finds its part alone."""

    def find(typed: str) -> Sequence[Pick]:
        scanned = parts.scan(typed).part
        if scanned is not None:
            return [part_pick(scanned)]
        rows, _ = parts.list(typed, limit=_SHOWN, active=True)
        return [part_pick(row) for row in rows]

    return find


def part_pick(row: Part) -> Pick:
    """Return a part as it is chosen."""
    there = f"{quantity_text(row.on_hand, row.unit)} on the shelf"
    detail = " · ".join(filter(None, (row.name, money_text(row.price), there, row.location)))
    return Pick(row.id, row.sku, detail)


class LineForm(SeenForm):
    """One line of a job: new, or changed where it has an id."""

    def __init__(
        self,
        office: "Office",
        by: Actor,
        job: Job,
        line: JobLine,
        shop: Shop,
        *,
        done: Done,
        bug: Bug,
        parent: QWidget,
    ) -> None:
        self._office, self._by, self._job, self._line, self._shop = office, by, job, line, shop
        kind = KINDS[line.kind].lower()
        super().__init__(
            office,
            job,
            f"{'Change' if line.id else 'Add'} {kind} · job {job.number}",
            "Keep the line" if line.id else "Add the line",
            self._keep,
            done=done,
            bug=bug,
            again=not line.id,
            even_so=line_even_so,
            parent=parent,
        )
        self._ask()
        self.begin()

    def _ask(self) -> None:
        line, new = self._line, not self._line.id
        if line.kind is LineKind.PART and new:
            self.pick(
                "part",
                "Part",
                part_picks(self._office.parts),
                help_words="SKU or name, or scan its barcode. Empty for one that is not in stock.",
            )
        if line.kind is LineKind.LABOUR and new and self._shop.services:
            services = [("", "none: as typed below")]
            services += [(one.id, one.name) for one in self._shop.services]
            chosen = self.choice("service", "Service", services)
            chosen.currentIndexChanged.connect(lambda _place: self._say_unit())
        help_words = "Empty: as the catalogue says." if new else ""
        self.line("words", "What", help_words, needed=not new, value=line.words)
        quantity = quantity_words(line.quantity)
        self.line("quantity", "Quantity", needed=False, value=quantity)
        self._say_unit()
        price = "" if new else str(line.unit_price.major)
        currency = self._job.currency
        rate = Money(self._office.jobs.labour_rate_minor, currency)
        usual = usual_price(line.kind, rate) if new else ""
        self.line("unit_price", f"Price of one ({currency})", usual, needed=False)
        self.lines["unit_price"].setText(price)
        discount = _percent(line.discount_bp) if line.discount_bp else ""
        self.line("discount", "Discount (%)", needed=False, value=discount)
        tax = "" if new else _percent(line.tax_bp)
        self.line("tax", "Tax (%)", self._usual_tax() if new else "", needed=False)
        self.lines["tax"].setText(tax)
        if line.kind is LineKind.LABOUR:
            technicians = self._shop.choices(ResourceKind.TECHNICIAN, "nobody named")
            self.choice("technician", "Who does it", technicians, line.technician_id)

    def _usual_tax(self) -> str:
        own = {LineKind.PART: "the part's own", LineKind.LABOUR: "the service's own"}
        return usual_tax(self._office.jobs.usual_tax_bp, own.get(self._line.kind, ""))

    def _say_unit(self) -> None:
        """Say what the quantity counts: hours, pieces, or how often a service is done."""
        line, service = self._line, self.choices.get("service")
        minutes = service_minutes(line)
        if service is not None and service.currentData():
            named = (one for one in self._shop.services if one.id == service.currentData())
            minutes = next((one.minutes for one in named), None)
        usual = "hours" if line.kind is LineKind.LABOUR else line.unit or "pieces"
        unit = usual if minutes is None else f"times {length(minutes)}"
        self.fields["quantity"].label.setText(f"Quantity ({unit})")

    def _keep(self, seen: Job, typed: Mapping[str, str]) -> object:
        wrong: dict[str, str] = {}
        quantity = _quantity(typed["quantity"], wrong)
        price = typed_money(typed["unit_price"], self._job.currency, "unit_price", wrong)
        discount = _basis_points(typed["discount"], "discount", wrong) or 0
        tax = _basis_points(typed["tax"], "tax", wrong)
        if wrong:
            raise FieldsRefused(_CODE, wrong)
        jobs, even_so = self._office.jobs, "even_so" in typed
        words, technician = typed["words"].strip(), typed.get("technician", "")
        if not self._line.id:
            service = typed.get("service", "")
            # A service has its own length: one that was typed counts before it.
            usual = bool(service) and quantity == 1
            line = jobs.new_line(
                self._line.kind.value,
                words,
                part=typed.get("part", ""),
                service=service,
                quantity=None if usual else quantity,
                unit_price=price,
                discount_bp=discount,
                tax_bp=tax,
                technician_id=technician,
                even_so=even_so,
            )
            return jobs.add_line(seen.id, line, self._by, version=seen.version, even_so=even_so)
        line = replace(
            self._line,
            words=words,
            quantity=quantity if quantity is not None else self._line.quantity,
            unit_price=price if price is not None else self._line.unit_price,
            discount_bp=discount,
            tax_bp=tax if tax is not None else self._line.tax_bp,
            technician_id=technician,
        )
        return jobs.change_line(seen.id, line, self._by, version=seen.version, even_so=even_so)


def line_even_so(error: CarTechError) -> str:
    """Return the words of the button that keeps a line even so."""
    if isinstance(error, OutOfStock):
        return "Add it even so: take what is there, the rest when it comes"
    if isinstance(error, NoPrice):
        return "Add it even so: at nothing"
    return even_so_words(error)


def _quantity(text: str, wrong: dict[str, str]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return parse_quantity(text)
    except QuantityRefused as error:
        wrong["quantity"] = error.message
        return None


def _basis_points(text: str, field: str, wrong: dict[str, str]) -> int | None:
    """Return a typed share in hundredths of a per cent."""
    words = text.replace("%", "").replace(",", ".").strip()
    if not words:
        return None
    try:
        points = Decimal(words) * 100
        if points.is_finite() and points == points.to_integral_value():
            return int(points)
    except ArithmeticError:
        pass  # said below, as anything that is no share
    wrong[field] = "This is no share. Type it as 19 or 5.5."
    return None


def _percent(points: int) -> str:
    return quantity_words(Decimal(points) / 100)
