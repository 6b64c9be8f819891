"""Barcodes as a scanner types them, and the check digit of those for goods."""

import re
from collections.abc import Mapping
from typing import Final

_IDENTIFIER: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What a scanner may be set to type before a code: its kind (ISO/IEC 15424)."""
_LENGTHS: Final[Mapping[int, str]] = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13", 14: "GTIN-14"}
LONGEST: Final = 80
"""Most characters of a code that is kept."""


def code_key(typed: str) -> str:
    """Return what was scanned as it is kept and looked up.

    Blanks, control characters and the scanner's identifier go. A UPC-A, and a GTIN-14 that only
    has a zero before it, become the EAN-13 of the same goods (GS1 General Specifications, 3.3),
    so that either scanner finds the part.
    """
    code = cleaned(typed)
    if not (code.isascii() and code.isdigit()) or check_digit_wrong(code):
        return code
    if len(code) == 12:
        return f"0{code}"
    return code[1:] if len(code) == 14 and code[0] == "0" else code


def scan_key(typed: str) -> str:
    """Return a number or a code as a scan is compared with it: whatever its case and blanks."""
    return code_key("".join(typed.casefold().split()))


def writings(key: str) -> tuple[str, ...]:
    """Return all that a scanner may type for a code: an EAN-13 also as its UPC-A and GTIN-14."""
    shorter = key.removeprefix("0")
    return tuple(dict.fromkeys(one for one in (key, shorter, f"0{key}") if code_key(one) == key))


def cleaned(typed: str) -> str:
    """Return what was scanned without what the scanner adds: blanks, ends of lines, its kind."""
    code = "".join(letter for letter in typed if letter.isprintable()).strip()
    return code[3:] if _IDENTIFIER.match(code) else code


def check_digit(digits: str) -> int:
    """Return the check digit that follows these digits (GS1 General Specifications, 7.9).

    From the right, digits weigh 3 and 1 in turn; the sum is filled up to a multiple of ten.
    """
    weighed = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return -weighed % 10


def check_digit_wrong(code: str) -> str:
    """Say what is wrong with the check digit; empty where it is right or the code has none.

    Codes of other kinds and lengths have no check digit that is known here, and are as good.
    """
    kind = _LENGTHS.get(len(code))
    if kind is None or not (code.isascii() and code.isdigit()):
        return ""
    right = check_digit(code[:-1])
    if int(code[-1]) == right:
        return ""
    return (
        f"As an {kind} its last digit would be {right}, not {code[-1]}: scan it again; "
        "if it is a code of another kind, it may stay."
    )
