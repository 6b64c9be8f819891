"""The sums of a job: each line rounded once, half up; everything else is a sum of lines."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Final

from cartech_desk.domain.jobs.job import JobLine, LineKind, Totals
from cartech_desk.domain.money import Money, half_up, part_of, times, total

_DIGITS: Final = 60
"""No product of a line has more: it is exact before it is rounded, whatever the context."""


def line_net(line: JobLine) -> Money:
    """Return quantity times unit price less the discount, without tax, rounded once."""
    price = line.unit_price
    with localcontext(prec=_DIGITS):
        share = Decimal(10_000 - line.discount_bp) / 10_000
        return Money(half_up(price.minor * line.quantity * share), price.currency)


def line_tax(line: JobLine) -> Money:
    """Return the tax of a line by its own rate, rounded once."""
    return part_of(line_net(line), line.tax_bp)


def cost_known(line: JobLine) -> bool:
    """Tell whether anybody noted what a line cost the shop; nothing is no cost of a part."""
    return line.unit_cost is not None and line.unit_cost.minor > 0


def line_cost(line: JobLine) -> Money:
    """Return what a line cost the shop; nothing where that is not known."""
    currency = line.unit_price.currency
    return Money(0, currency) if line.unit_cost is None else times(line.unit_cost, line.quantity)


def totals(lines: Sequence[JobLine], currency: str) -> Totals:
    """Return the sums of a job's lines. Errors: MoneyRefused for a line in another currency."""
    nets = {kind: total(map(line_net, _of(lines, kind)), currency) for kind in LineKind}
    rates = sorted({line.tax_bp for line in lines}, reverse=True)
    taxes = tuple(
        (rate, total((line_tax(each) for each in lines if each.tax_bp == rate), currency))
        for rate in rates
    )
    net = total(nets.values(), currency)
    tax = total((sum_ for _, sum_ in taxes), currency)
    return Totals(
        labour=nets[LineKind.LABOUR],
        parts=nets[LineKind.PART],
        other=nets[LineKind.OTHER],
        net=net,
        taxes=taxes,
        tax=tax,
        gross=net + tax,
        parts_cost=total(map(line_cost, _of(lines, LineKind.PART)), currency),
    )


def _of(lines: Iterable[JobLine], kind: LineKind) -> Iterable[JobLine]:
    return (line for line in lines if line.kind is kind)
