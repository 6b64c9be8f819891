"""Numbers on the command line: what is out of range is answered with the range."""

import argparse
import math
from collections.abc import Callable
from datetime import date
from typing import Final


def number(
    what: str, unit: str, lowest: float = -math.inf, highest: float = math.inf
) -> Callable[[str], float]:
    """Return a reader for argparse of finite numbers from `lowest` to `highest`, both allowed."""
    allowed = f"{what} is a number"
    if math.isfinite(lowest):
        allowed += f" from {lowest:g} to {highest:.9g}"
    allowed += f" {unit}" if unit else ""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and lowest <= value <= highest):
            raise argparse.ArgumentTypeError(f"“{text}” is not possible: {allowed}.")
        return value

    return read


def whole(what: str, lowest: int, highest: int) -> Callable[[str], int]:
    """Return a reader for argparse of whole numbers from `lowest` to `highest`, both allowed."""
    longest = len(str(highest))

    def read(text: str) -> int:
        typed = text.strip()
        possible = typed.isascii() and typed.isdecimal() and len(typed.lstrip("0")) <= longest
        if not (possible and lowest <= int(typed) <= highest):
            shown = text if len(text) <= 40 else f"{text[:39]}…"
            raise argparse.ArgumentTypeError(
                f"“{shown}” is not possible: {what} is a whole number from {lowest} to {highest}."
            )
        return int(typed)

    return read


def year_of(text: str) -> int:
    """Read a model year for argparse."""
    if not (text.isascii() and text.isdecimal() and 1900 <= int(text[:9]) <= 2100):
        raise argparse.ArgumentTypeError(
            f"“{text}” is not possible: a model year is a whole number from 1900 to 2100."
        )
    return int(text)


def day_of(text: str) -> date:
    """Read a day of a shop's life for argparse."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.min
    if not date(1970, 1, 1) <= day < date(2200, 1, 1):
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        raise argparse.ArgumentTypeError(
            f"“{shown}” is not possible: a day is written as in 2026-03-02, from 1970 to 2199."
        )
    return day


limit_of: Final = whole("the most that are listed", 1, 1_000_000)
"""Reads how many rows a list has at most."""
offset_of: Final = whole("what is left out", 0, 1_000_000_000)
"""Reads how many rows a list leaves out at its beginning."""
rate_of: Final = number("a rate", "Hz", 0.001, 1000)
"""Reads how often each channel is asked for, in Hz."""
seconds_of: Final = number("the length", "seconds", 0.001, 7 * 86400)
"""Reads how long something goes on; a week at most."""
moment_of: Final = number("a moment", "seconds from the start of the recording")
"""Reads a time in a recording; negative before Start was pressed."""
row_rate_of: Final = number("the rate of the rows", "Hz", 0.001, 100_000)
"""Reads how many rows a second an export has."""
