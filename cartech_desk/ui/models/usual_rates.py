"""What counts where a form is left empty: the shop's rate of tax, its price of an hour."""

from cartech_desk.domain.jobs.job import LineKind
from cartech_desk.domain.money import Money, money_text
from cartech_desk.ui.models.job_words import percent_words


def usual_tax(tax_bp: int, own: str = "") -> str:
    """Say what rate of tax counts where none is typed; `own` is asked first: "the part's own"."""
    usual = f"the shop's usual {percent_words(tax_bp)}"
    return f"Empty: {f'{own}, else {usual}' if own else usual}."


def usual_price(kind: LineKind, rate: Money) -> str:
    """Say what a new line costs where nothing is typed; `rate` is that of an hour of labour."""
    if kind is not LineKind.LABOUR:
        return "Empty: as the catalogue says." if kind is LineKind.PART else ""
    if not rate.minor:
        return "Empty: the service's own; the shop has no price for an hour."
    return f"Empty: the service's own, else {money_text(rate)} an hour."
