"""Makers' fault codes that the shop imported, in `desk.db`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.faults.meaning import MakerCode
from cartech_desk.domain.people import Actor

if TYPE_CHECKING:
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One imported table; `source` is the file's name."""

    id: str
    source: str
    makers: tuple[str, ...]
    codes: int
    imported: datetime
    operator: str


class CodeTableStore:
    """Imported tables. Thread-safe. Made lazily by `Store.code_tables`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def add(self, source: str, rows: Sequence[MakerCode], *, by: Actor) -> CodeTable:
        """Keep a whole table, with its audit record; one of the same source is replaced."""
        raise NotImplementedError

    def remove(self, table_id: str, *, by: Actor) -> None:
        """Remove a table. Errors: NotKept."""
        raise NotImplementedError

    def list(self) -> Sequence[CodeTable]:
        """Tables, the newest first."""
        raise NotImplementedError

    def rows(self, codes: Sequence[str]) -> dict[str, tuple[MakerCode, ...]]:
        """Return the rows of some codes, by code; none for a code that no table has."""
        raise NotImplementedError

    def find(self, search: str, limit: int = 100) -> Sequence[MakerCode]:
        """Rows whose code or description contains every word."""
        raise NotImplementedError
