"""What counts as text that can be shown on a screen and written into any file."""

import unicodedata
from typing import Final

_NO_TEXT: Final = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode categories of control characters, halves of surrogate pairs, line and paragraph ends."""


def printable(text: str) -> bool:
    """Tell whether a text can be shown and written: no control characters, no half of a pair."""
    return not any(unicodedata.category(letter) in _NO_TEXT for letter in text)
