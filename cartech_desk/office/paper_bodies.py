"""What stands on a paper, gathered whole when it is issued: later changes do not touch it."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, Job, JobLine
from cartech_desk.domain.jobs.totals import line_net, line_tax, totals
from cartech_desk.domain.money import Money, total
from cartech_desk.domain.parts.quantity import milli_of, quantity_of

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules


def body_of(
    told: tuple[dict[str, Any], dict[str, Any]],
    job: Job,
    kind: DocumentKind,
    rules: "ShopRules",
    *,
    shop: str,
    number: str,
    day: date,
    due: date | None,
    by: str,
    logo: str = "",
) -> dict[str, Any]:
    """Return a paper of a job as it is now. Sums are whole minor units of `currency`.

    `told` is what it says of customer and vehicle (`JobStore.told`), `logo` the key of its logo.
    """
    customer, vehicle = told
    sums = totals(job.lines, job.currency)
    return {
        "kind": kind.value,
        "number": number,
        "day": day.isoformat(),
        "due": None if due is None else due.isoformat(),
        "by": by,
        "currency": job.currency,
        "shop": {
            "name": shop,
            "address": rules.address,
            "phone": rules.phone,
            "email": rules.email,
            "tax_id": rules.tax_id,
            "bank": rules.bank,
        },
        "tax_word": rules.tax_word,
        "customer": customer,
        "vehicle": vehicle | {"odometer_km": job.odometer_km},
        "job": {
            "number": job.number,
            "title": job.title,
            "complaint": job.complaint,
            "done": None if job.done is None else _day_of(job.done, rules),
        },
        "lines": [_line(place, line) for place, line in enumerate(job.lines, 1)],
        "taxes": [
            {"rate_bp": rate, "net": _net_at(job, rate).minor, "tax": tax.minor}
            for rate, tax in sums.taxes
        ],
        "labour": sums.labour.minor,
        "parts": sums.parts.minor,
        "other": sums.other.minor,
        "net": sums.net.minor,
        "tax": sums.tax.minor,
        "gross": sums.gross.minor,
        "paid": 0 if job.paid is None else job.paid.minor,
        "paper": rules.paper,
        "logo": logo,
    }


def body_taken_back(
    invoice: IssuedDocument, *, number: str, day: date, by: str, reason: str
) -> dict[str, Any]:
    """Return a credit note that takes back the whole of an invoice.

    Quantities and sums stand below zero: quantity times price is the sum on it too.
    """
    body = dict(invoice.body)
    lines: Any = body["lines"]
    taxes: Any = body["taxes"]
    body |= {
        "kind": DocumentKind.CREDIT_NOTE.value,
        "number": number,
        "day": day.isoformat(),
        "due": None,
        "by": by,
        "credits": invoice.number,
        "credits_day": invoice.issued_day.isoformat(),
        "reason": reason,
        "lines": [
            each | {"quantity": f"-{each['quantity']}", "net": -each["net"], "tax": -each["tax"]}
            for each in lines
        ],
        "taxes": [each | {"net": -each["net"], "tax": -each["tax"]} for each in taxes],
        "paid": 0,
    }
    for name in ("labour", "parts", "other", "net", "tax", "gross"):
        body[name] = -int(str(body[name]))
    return body


def _day_of(at: datetime, rules: "ShopRules") -> str:
    return at.astimezone(ZoneInfo(rules.zone)).date().isoformat()


def _line(place: int, line: JobLine) -> dict[str, Any]:
    return {
        "place": place,
        "kind": line.kind.value,
        "words": line.words,
        "quantity": str(quantity_of(milli_of(line.quantity))),
        "unit": line.unit,
        "unit_price": line.unit_price.minor,
        "discount_bp": line.discount_bp,
        "tax_bp": line.tax_bp,
        "net": line_net(line).minor,
        "tax": line_tax(line).minor,
    }


def _net_at(job: Job, rate: int) -> Money:
    return total((line_net(line) for line in job.lines if line.tax_bp == rate), job.currency)


def logo_of(rules: "ShopRules") -> bytes:
    """Return the shop's logo of now; none where it cannot be read, which keeps no paper back.

    Whoever issues one is told so before: `logo_told`.
    """
    from cartech_desk.reports.logo import LogoRefused, read_logo

    try:
        return read_logo(Path(rules.logo)) if rules.logo else b""
    except LogoRefused:
        return b""


def logo_told(rules: "ShopRules") -> str:
    """Return in a sentence that papers go without the logo that is set; empty where it is there."""
    from cartech_desk.reports.logo import LogoRefused, read_logo

    try:
        if rules.logo:
            read_logo(Path(rules.logo))
    except LogoRefused as error:
        return f"{error.happened} This paper goes without it."
    return ""
