"""Failure type bytes in words: the third byte of a code in UDS (SAE J2012-DA)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cartech_desk.domain.faults.code_files import table_lines


@cache
def failure_types(folder: Path | None = None) -> Mapping[int, str]:
    """Return the table. Errors: CodeTablesDamaged."""
    found: dict[int, str] = {}
    for line in table_lines("failure_types", ("byte", "text"), folder):
        try:
            byte = int(line.cells["byte"], 16)
        except ValueError as error:
            raise line.damaged(f"{line.cells['byte']} is no byte") from error
        if byte in found or not 0 <= byte <= 0xFF:
            raise line.damaged(f"{byte:02X} is told already, or is no byte")
        found[byte] = line.cells["text"]
    return MappingProxyType(found)


def failure_words(byte: int | None) -> str:
    """Say what a failure type byte means; empty where there is none.

    A byte that is not in the table is named as it is, and nothing is guessed.
    """
    if byte is None:
        return ""
    return failure_types().get(byte, f"failure type {byte:02X}, of which nothing is known")
