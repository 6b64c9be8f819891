"""Money: whole minor units with a currency, never a float; rounded once, half up.

A cent is the minor unit of EUR; JPY has none, KWD has three decimals (ISO 4217). Sums keep to the
unit, products are rounded once, at the line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.typed_numbers import NumberRefused, typed_decimal

_NO_DECIMALS: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905 - reads better
)
_THREE_DECIMALS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_SIGNS: Final = {
    "EUR": ("€",),
    "USD": ("US$", "$"),
    "AUD": ("A$", "$"),
    "CAD": ("CA$", "C$", "$"),
    "NZD": ("NZ$", "$"),
    "GBP": ("£",),
    "CHF": ("Fr.",),
    "JPY": ("¥",),
    "CNY": ("¥",),
    "PLN": ("zł",),
    "CZK": ("Kč",),
    "SEK": ("kr",),
    "NOK": ("kr",),
    "DKK": ("kr.", "kr"),
}
"""Signs that people type for the code; some stand for several currencies."""
MOST_MINOR: Final = 10**13
"""No sum of a shop is larger; what is typed above it is a slip."""


class MoneyRefused(CarTechError):
    """A text is no sum of money, or currencies are mixed."""

    code: ClassVar[str] = "money_refused"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """A sum: `minor` units of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        _same(self, other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        _same(self, other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    @property
    def major(self) -> Decimal:
        """The sum in whole units, exactly: Money(1250, "EUR") is 12.50."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))


NOTHING: Final = Money(0, "EUR")
"""Stands where a price is not given; whoever keeps it puts the shop's currency in."""


def decimals(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217)."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def half_up(value: Decimal) -> int:
    """Return the nearest whole number; a half goes away from zero, as tills round."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def times(unit_price: Money, quantity: Decimal) -> Money:
    """Return price times quantity, rounded once."""
    return Money(half_up(unit_price.minor * quantity), unit_price.currency)


def part_of(sum_: Money, basis_points: int) -> Money:
    """Return a share of a sum in hundredths of a per cent (tax, discount), rounded once."""
    return Money(half_up(sum_.minor * Decimal(basis_points) / 10_000), sum_.currency)


def total(sums: Iterable[Money], currency: str) -> Money:
    """Return the sum of sums; zero of `currency` for none. Errors: MoneyRefused when mixed."""
    found = Money(0, currency)
    for one in sums:
        found += one
    return found


def parse_money(text: str, currency: str) -> Money:
    """Return a typed sum: “12.50”, “12,50”, “1 250,00”, “1,250.00”; never a guess.

    The currency's code or sign may stand before or behind. A single separator followed by three
    digits is refused where both readings are possible; a point before the three decimals of KWD
    and its like is the decimal mark, as the desk itself writes it.
    Errors: MoneyRefused.
    """
    bare = without_currency(text.strip(), currency)
    places = decimals(currency)
    try:
        typed = typed_decimal(bare, decimals=places, point_first=places == 3)
    except NumberRefused as error:
        raise MoneyRefused(error.happened, to_do=error.to_do) from error
    # Not `scaleb`, which keeps to the precision of the context.
    minor = int(typed * 10**places)
    if abs(minor) > MOST_MINOR:
        raise MoneyRefused("No sum is as large as that.", to_do="Look at its digits again.")
    return Money(minor, currency)


def money_text(money: Money, *, with_currency: bool = True) -> str:
    """Return a sum as people read it: 1,250.00 EUR."""
    written = f"{money.major:,.{decimals(money.currency)}f}"
    return f"{written} {money.currency}" if with_currency else written


def without_currency(text: str, currency: str) -> str:
    """Return what stands beside the code or the sign of a currency; those of others stay."""
    for sign in (currency, currency.lower(), *_SIGNS.get(currency, ())):
        if text.startswith(sign):
            return text[len(sign) :].strip()
        if text.endswith(sign):
            return text[: -len(sign)].strip()
    return text


def is_of_another(sign: str, currency: str) -> bool:
    """Tell whether a sign stands for other currencies and not for this one."""
    known = {one for signs in _SIGNS.values() for one in signs}
    return sign in known and sign not in _SIGNS.get(currency, ())


def _same(one: Money, other: Money) -> None:
    if one.currency != other.currency:
        raise MoneyRefused(
            f"{one.currency} and {other.currency} cannot be added.",
            to_do="Keep one currency in a job.",
        )
