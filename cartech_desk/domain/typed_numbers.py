"""Numbers as people type them: point or comma, thousands apart or not; never guessed."""

import re
from decimal import Decimal
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError

_BLANKS: Final = " \u00a0\u2007\u2009\u202f'\u2019"
"""What parts thousands without being a decimal mark anywhere."""
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+")


class NumberRefused(CarTechError):
    """A text is no number, or could be two."""

    code: ClassVar[str] = "number_refused"


def typed_decimal(text: str, *, decimals: int, point_first: bool = False) -> Decimal:
    """Return a typed number of at most `decimals` decimals, exactly.

    “1250.5”, “1250,5”, “1 250,50”, “1,250.50” and “1'250.50” are read; further zeros at the end
    do no harm. “1,250” could be two numbers and is refused, unless only one of them is possible
    here; with `point_first` a single point is the decimal mark, whatever follows.
    Errors: NumberRefused.
    """
    shown = text.strip()
    sign, bare = _sign_of(shown)
    parts = _split(bare)
    if len(shown) > _LONGEST or parts is None:
        raise NumberRefused(f"{_short(shown)!r} is no number.", to_do="Type it as in 1250.50.")
    whole, fraction = _read(bare, parts, decimals, point_first)
    if len(fraction.rstrip("0")) > decimals:
        most = f"{decimals} decimals" if decimals != 1 else "one decimal"
        raise NumberRefused(
            f"{_short(shown)!r} has more decimals than count here.",
            to_do=f"Give it with at most {most}." if decimals else "Give it without decimals.",
        )
    return Decimal(f"{sign}{whole or '0'}.{fraction.rstrip('0') or '0'}")


def _sign_of(shown: str) -> tuple[str, str]:
    if shown[:1] in ("-", "\u2212"):
        return "-", shown[1:].lstrip()
    return "", shown[1:].lstrip() if shown[:1] == "+" else shown


def _split(bare: str) -> list[str] | None:
    """Return the number in its groups parted by blanks; None where it is none."""
    groups = re.split(f"[{re.escape(_BLANKS)}]", bare)
    if len(groups) > 1 and not (
        re.fullmatch("[0-9]{1,3}", groups[0])
        and all(re.fullmatch("[0-9]{3}", group) for group in groups[1:-1])
        and re.fullmatch(r"[0-9]{3}(?:[.,][0-9]+)?", groups[-1])
    ):
        return None
    joined = "".join(groups)
    return groups if _NUMBER.fullmatch(joined) else None


def _read(bare: str, groups: list[str], decimals: int, point_first: bool) -> tuple[str, str]:
    """Return the digits before and after the decimal mark. Errors: NumberRefused."""
    joined = "".join(groups)
    marks = re.findall("[.,]", joined)
    if not marks:
        return joined, ""
    last = marks[-1]
    whole, _, fraction = joined.rpartition(last)
    if len(set(marks)) == 2:
        other = marks[0]
        if marks.count(last) == 1 and _in_threes(whole, other):
            return whole.replace(other, ""), fraction
        raise _no_number(bare)
    if len(marks) > 1:
        if _in_threes(joined, last):
            return joined.replace(last, ""), ""
        raise _no_number(bare)
    could_be_thousands = len(groups) == 1 and _in_threes(joined, last) and whole[0] != "0"
    if not could_be_thousands or (point_first and last == "."):
        return whole, fraction
    if decimals == 0:
        return whole + fraction, ""
    raise NumberRefused(
        f"{bare!r} can be read as {whole}{fraction} and as {whole}.{fraction}.",
        to_do=f"Type {whole}{fraction} or {whole}.{_clear(fraction, decimals, point_first)}.",
    )


def _clear(fraction: str, decimals: int, point_first: bool) -> str:
    """Return three decimals so that they are read as decimals here, as far as they count."""
    return fraction[:decimals] if decimals < 3 or point_first else f"{fraction}0"


def _in_threes(number: str, mark: str) -> bool:
    first, *others = number.split(mark)
    return bool(re.fullmatch("[0-9]{1,3}", first)) and all(
        re.fullmatch("[0-9]{3}", each) for each in others
    )


def _no_number(bare: str) -> NumberRefused:
    return NumberRefused(f"{_short(bare)!r} is no number.", to_do="Type it as in 1250.50.")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
