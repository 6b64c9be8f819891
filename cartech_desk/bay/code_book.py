"""Meanings of codes with the makers' tables that were imported, and importing them (CSV, YAML)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.domain.people import Actor
from cartech_desk.store.code_tables import CodeTable

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class Imported:
    """A table that was kept whole; a file with any wrong row is refused as a whole."""

    table: CodeTable
    replaced: bool = False
    warnings: tuple[str, ...] = ()


class CodeBook:
    """What codes mean, here. Thread-safe."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def meaning(self, code: str, vin: str | None = None) -> Meaning:
        """Return what a code means. `vin` chooses the maker's table. Errors: NoCode."""
        raise NotImplementedError

    def find(self, words: str, limit: int = 100) -> Sequence[Meaning]:
        """Codes whose text or description contains every word, generic ones first."""
        raise NotImplementedError

    def import_table(self, path: Path, *, by: Actor, maker: str = "") -> Imported:
        """Import a CSV or YAML table of a maker's codes.

        Errors: CodeTableRefused names file, line and column; nothing is kept then.
        """
        raise NotImplementedError
