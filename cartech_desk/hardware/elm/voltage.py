"""Battery voltage as the adapter measures it (AT RV)."""

import re
from collections.abc import Sequence

_VOLTS = re.compile(r"(\d{1,2}\.\d{1,2})V?")


def read_voltage(lines: Sequence[str]) -> float | None:
    """Read the one line that is a voltage; None where there is none or more than one."""
    found = [match[1] for match in map(_VOLTS.fullmatch, lines) if match is not None]
    return float(found[0]) if len(found) == 1 else None
