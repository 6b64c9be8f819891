"""What is to be known of a code beside its text, from `resources/codes/notes*.csv`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cartech_desk.domain.faults.code_files import table_lines


def note_on(code: str) -> str:
    """Return the note on a code, empty where there is none. Errors: CodeTablesDamaged."""
    return notes().get(code, "")


@cache
def notes(folder: Path | None = None) -> Mapping[str, str]:
    """Return every note by its code. Errors: CodeTablesDamaged."""
    found: dict[str, str] = {}
    for line in table_lines("notes", ("code", "note"), folder):
        code, note = line.cells.values()
        if code in found or not note:
            raise line.damaged(f"{code} has a note already, or the note is missing")
        found[code] = note
    return found
