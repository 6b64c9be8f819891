"""What stands on an estimate, an invoice or a credit note, in words; from the paper's own body."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from cartech_desk.domain.money import Money, money_text, part_of

TITLES: Final = {"estimate": "Estimate", "invoice": "Invoice", "credit_note": "Credit note"}
_KINDS: Final = {"labour": "Labour", "part": "Parts", "other": "Other"}


@dataclass(frozen=True, slots=True)
class PaperWords:
    """A paper's body in the words that are printed."""

    body: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What it is, with its number; of one that is not issued, that it is a draft."""
        kind = TITLES[self.body["kind"]]
        number = self.body["number"]
        return f"{kind} {number}" if number else f"{kind} (draft, not issued)"

    @property
    def recipient(self) -> tuple[str, ...]:
        """Lines of the address that it goes to."""
        who = self.body["customer"]
        if not who:
            return ("Cash sale",)
        town = " ".join(filter(None, (who["postcode"], who["city"])))
        tax_id = f"Tax number {who['tax_id']}" if who["tax_id"] else ""
        lines = (who["company"], who["name"], who["street"], town, who["country"], tax_id)
        return tuple(dict.fromkeys(filter(None, lines)))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Names and values that stand beside the address."""
        body = self.body
        car = body["vehicle"]
        make = " ".join(str(car[name]) for name in ("make", "model", "year") if car.get(name))
        km, name, plate = car.get("odometer_km"), car.get("name", ""), car.get("plate", "")
        rows = (
            ("Number", body["number"]),
            ("Date", body["day"]),
            ("Done on", (body["job"]["done"] or "")[:10] if body["kind"] != "estimate" else ""),
            ("Due by", body["due"] or ""),
            ("Takes back", f"{body['credits']} of {body['credits_day']}" if self.credit else ""),
            ("Customer", str(body["customer"].get("number", ""))),
            ("Job", str(body["job"]["number"])),
            ("Vehicle", make or ("" if name == plate else name)),
            ("Plate", plate),
            ("VIN", car.get("vin") or ""),
            ("Odometer", f"{km:,} km" if km is not None else ""),
        )
        return tuple((name, value) for name, value in rows if value)

    @property
    def credit(self) -> bool:
        """Whether it takes an invoice back."""
        return bool(self.body["kind"] == "credit_note")

    @property
    def discounted(self) -> bool:
        """Whether any line has a discount, which then has its column."""
        return any(line["discount_bp"] for line in self.body["lines"])

    @property
    def taxed(self) -> bool:
        """Whether there is any tax, which then has its column."""
        return any(line["tax_bp"] for line in self.body["lines"])

    def rows(self) -> list[list[str]]:
        """Return the cells of each line: place, words, quantity, price, discount, tax, net."""
        found = []
        for line in self.body["lines"]:
            row = [
                str(line["place"]),
                line["words"],
                f"{line['quantity']} {line['unit']}".rstrip(),
                self.money(line["unit_price"]),
            ]
            if self.discounted:
                row.append(rate_text(line["discount_bp"]) if line["discount_bp"] else "")
            if self.taxed:
                row.append(rate_text(line["tax_bp"]))
            found.append([*row, self.money(line["net"])])
        return found

    def sums(self) -> list[tuple[str, str]]:
        """Return what stands under the lines before the total: kinds, net, tax by rate."""
        body = self.body
        kinds = [
            (_KINDS[kind], body[name])
            for kind, name in (("labour", "labour"), ("part", "parts"), ("other", "other"))
            if body[name]
        ]
        rows = [(name, self.money(sum_)) for name, sum_ in kinds] if len(kinds) > 1 else []
        word = body["tax_word"]
        taxes = [
            (f"{word} {rate_text(one['rate_bp'])} on {self.money(one['net'])}", one["tax"])
            for one in body["taxes"]
            if one["rate_bp"]
        ]
        if taxes or rows:
            rows.append((f"Total without {word}" if taxes else "Sum", self.money(body["net"])))
        return [*rows, *((name, self.money(tax)) for name, tax in taxes)]

    @property
    def rounding(self) -> str:
        """Why the tax is not that of the sum: each line's is rounded. Empty where it is."""
        if all(
            one["tax"] == part_of(self._money(one["net"]), one["rate_bp"]).minor
            for one in self.body["taxes"]
        ):
            return ""
        return f"{self.body['tax_word']} is reckoned and rounded for each line, then summed up."

    @property
    def total(self) -> tuple[str, str]:
        """The total's name and sum, with its currency."""
        name = {"credit_note": "Credited"}.get(self.body["kind"], "Total")
        return name, money_text(Money(self.body["gross"], self.body["currency"]))

    @property
    def paid(self) -> list[tuple[str, str]]:
        """What was paid before, and what is left; nothing where nothing was."""
        paid = self.body["paid"]
        if not paid or self.body["kind"] != "invoice":
            return []
        due = self.body["gross"] - paid
        left = ("Left to pay", due) if due >= 0 else ("To be given back", -due)
        return [("Paid already", self.money(paid)), (left[0], self.money(left[1]))]

    @property
    def terms(self) -> str:
        """What the reader is to do."""
        body = self.body
        if self.credit:
            return (
                f"This takes invoice {body['credits']} of {body['credits_day']} back in full: "
                f"{body['reason']}"
            )
        if body["kind"] == "estimate":
            return (
                "This estimate is what the work is expected to cost. We ask before it becomes more."
            )
        if body["gross"] <= body["paid"]:
            return "Paid in full. Thank you."
        bank = f" to {body['shop']['bank']}" if body["shop"]["bank"] else ""
        number = f", naming {body['number']}" if body["number"] else ""
        return f"Please pay by {body['due']}{bank}{number}. Thank you."

    def money(self, minor: int) -> str:
        """Return a sum without its currency, which the total says."""
        return money_text(self._money(minor), with_currency=False)

    def _money(self, minor: int) -> Money:
        return Money(minor, self.body["currency"])


def rate_text(basis_points: int) -> str:
    """Return a share as people read it: 19 %, 5.5 %."""
    return f"{(Decimal(basis_points) / 100).normalize():f} %"
