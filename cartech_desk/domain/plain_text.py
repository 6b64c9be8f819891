"""What counts as text that can be shown on a screen and written into any file."""

import re
import unicodedata
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError

LONGEST_REASON: Final = 500
"""Most characters of a reason or a note in the audit log."""

# Control characters, line and paragraph ends, what turns the direction of writing (and so shows
# other words than are there), halves of surrogate pairs.
_TURNS: Final = "\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_NO_TEXT: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{_TURNS}]")
_NOT_SHOWN: Final = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNS}]")
"""The same without tabulators and ends of lines."""


class TextRefused(CarTechError):
    """A reason or a note is too long, or cannot be shown."""

    code: ClassVar[str] = "text_refused"


def printable(text: str) -> bool:
    """Tell whether a text can be shown and written: no control characters, no half of a pair."""
    return _NO_TEXT.search(text) is None


def checked_reason(text: str) -> str:
    """Return a reason or a note as the audit log keeps it: one line with single blanks.

    Errors: TextRefused.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > LONGEST_REASON or not printable(line):
        raise TextRefused(
            f"A reason has at most {LONGEST_REASON} characters, all of them printable.",
            kept="Nothing was changed.",
            to_do="Shorten it, or type it anew.",
        )
    return line


def masked(text: str) -> str:
    """Return a text for a terminal: what would steer it is shown as code writes it."""
    return _NOT_SHOWN.sub(lambda found: ascii(found.group())[1:-1], text)
