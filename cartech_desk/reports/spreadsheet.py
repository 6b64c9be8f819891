"""Cells of a CSV file that no spreadsheet carries out.

What people write may begin like a formula (OWASP, CSV injection). A spreadsheet of a country whose
separator is the semicolon also splits a file of commas at each semicolon, tab and line end, quoted
or not, so that what stands behind one begins a cell too.
"""

import re
from typing import Final

_SIGNS: Final = r"=+\-@|%\uff1d\uff0b\uff0d\uff20"
_AT_ITS_BEGINNING: Final = re.compile(rf'[\t\r\n]|[\s"]*[{_SIGNS}]').match
_BEHIND_A_SEPARATOR: Final = re.compile(rf'([;\t\r\n])(?=[\s"]*[{_SIGNS}])').sub


def harmless(cell: str) -> str:
    """Return a text with an apostrophe before all that a spreadsheet would carry out."""
    text = _BEHIND_A_SEPARATOR(r"\1'", cell)
    return f"'{text}" if _AT_ITS_BEGINNING(cell) else text
