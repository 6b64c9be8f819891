"""Cells of a table as a file that no spreadsheet carries out, and back.

What people write may begin like a formula (OWASP, CSV injection). A spreadsheet of a country whose
separator is the semicolon also splits a file of commas at each semicolon, tab and line end, quoted
or not, so that what stands behind one begins a cell too. An apostrophe before it makes a text of
it. Where apostrophes stand there already one more comes before them, so that each text comes back
as it was.
"""

import re
from typing import Final

_FORMULA: Final = r"""[\s"']*[=+\-@|%\uff1d\uff0b\uff0d\uff20]"""
_AT_ITS_BEGINNING: Final = re.compile(rf"[\t\r\n]|'+[\t\r\n]|{_FORMULA}").match
_BEHIND_A_SEPARATOR: Final = re.compile(rf"([;\t\r\n])(?={_FORMULA})").sub
_DEFUSED: Final = re.compile(rf"(^|[;\t\r\n])'(?={_FORMULA})|^'(?='*[\t\r\n])").sub


def harmless(cell: str) -> str:
    """Return a text with an apostrophe before all that a spreadsheet would carry out."""
    text = _BEHIND_A_SEPARATOR(r"\1'", cell)
    return f"'{text}" if _AT_ITS_BEGINNING(cell) else text


def as_written(cell: str) -> str:
    """Return the text of which `harmless` made this cell."""
    return _DEFUSED(lambda found: found[1] or "", cell)
