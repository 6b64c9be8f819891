"""PINs: four to eight digits for taking over at the bay, none that anybody would try first."""

from datetime import date
from itertools import pairwise
from typing import Final

LEAST: Final = 4
MOST: Final = 8

_COLUMNS: Final = frozenset({"2580", "0852", "1470", "0741", "3690", "0963", "1379", "1397"})
"""Ways over the keys of a telephone."""
_RUNS: Final = frozenset({0, 1, 9, 2, 8})
"""From digit to digit, beyond 9 from 0 on: 0000, 1234, 8901, 9876, 2468, 8642."""


def pin_refusal(pin: str) -> str:
    """Say why a PIN is not taken and, in a second line, what to do; empty where it is."""
    if not pin.isascii() or not pin.isdigit() or not LEAST <= len(pin) <= MOST:
        return f"A PIN has {LEAST} to {MOST} digits.\nType digits only."
    if _tried_first(pin):
        return (
            "This PIN is one of those that are tried first: a run, a repeat, a year, a date or a "
            "way over the keys.\nTake digits that follow no rule."
        )
    return ""


def _tried_first(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= _RUNS:
        return True
    if any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1)):
        return True  # 1212, 123123
    if len(pin) % 2 == 0 and pin[::2] == pin[1::2]:  # 1122, 334455
        return True
    return pin in _COLUMNS or _is_year(pin) or _is_date(pin)


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin[:2] in ("19", "20")


def _is_date(pin: str) -> bool:
    """Tell whether eight digits are a date as people of any country write it."""
    if len(pin) != 8:
        return False
    parts = (
        (pin[4:], pin[2:4], pin[:2]),  # day, month, year
        (pin[4:], pin[:2], pin[2:4]),  # month, day, year
        (pin[:4], pin[4:6], pin[6:]),  # year, month, day
    )
    return any(_stands(*(int(each) for each in part)) for part in parts)


def _stands(year: int, month: int, day: int) -> bool:
    if not 1900 <= year <= 2099:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
