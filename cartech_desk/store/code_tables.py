"""Makers' fault codes that the shop imported, in `desk.db`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.faults.meaning import MakerCode, Severity
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import DatabaseCorrupt, NotKept
from cartech_desk.store.recording_words import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

_TABLE: Final = "id, source, makers, codes, imported, operator_name"
_ROW: Final = (
    "SELECT maker_code.maker, code, description, severity, system, causes, checks, source "
    "FROM maker_code JOIN code_table ON code_table.id = maker_code.code_table"
)
_NEWEST_FIRST: Final = "ORDER BY code, imported DESC, code_table.id DESC, maker_code.maker"
_AT_ONCE: Final = 500
"""Codes that one statement asks for."""
_FEWEST: Final = 4
"""Characters of an id's end that are enough to trust it."""


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
    """Imported tables. Thread-safe. Made lazily by `Store.code_tables`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged; of changes
    also those of the audit log. Nothing was changed then.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def add(self, source: str, rows: Sequence[MakerCode], *, by: Actor) -> CodeTable:
        """Keep a whole table, with its audit record; one of the same source is replaced.

        No maker may have one code twice in it: ValueError, and for a table without rows.
        """
        if not rows or len({(row.maker, row.code) for row in rows}) != len(rows):
            raise ValueError("a table needs rows, and each code of a maker once")
        table = CodeTable(
            id=str(uuid7()),
            source=storable(source),
            makers=tuple(sorted({row.maker for row in rows})),
            codes=len(rows),
            imported=datetime.now(UTC),
            operator=storable(by.name),
        )
        with self._audit.act(by) as act:
            before = _of_source(act.connection, table.source)
            if before is not None:
                _drop(act.connection, before.id)
            _insert(act.connection, table, rows, by)
            act.record(
                Entry(
                    "codes.import",
                    _entity(table),
                    None if before is None else _told(before),
                    _told(table),
                )
            )
        return table

    def remove(self, table_id: str, *, by: Actor) -> None:
        """Remove a table by its id, a unique end of it, or its source. Errors: NotKept."""
        with self._audit.act(by) as act:
            table = _meant(act.connection, table_id)
            _drop(act.connection, table.id)
            act.record(Entry("codes.remove", _entity(table), _told(table)))

    def get(self, table_id: str) -> CodeTable:
        """Return a table by its id, a unique end of it, or its source. Errors: NotKept."""
        with self._database.read() as connection:
            return _meant(connection, table_id)

    def list(self) -> Sequence[CodeTable]:
        """Tables, the newest first."""
        with self._database.read() as connection:
            return _tables(connection)

    def rows(self, codes: Sequence[str]) -> dict[str, tuple[MakerCode, ...]]:
        """Return the rows of some codes, by code; none for a code that no table has.

        Those of the table that was imported last stand first.
        """
        found: dict[str, list[MakerCode]] = {}
        wanted = list(dict.fromkeys(codes))
        with self._database.read() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                statement = f"{_ROW} WHERE code IN ({marks}) {_NEWEST_FIRST}"
                for row in connection.exec_driver_sql(statement, tuple(some)):
                    found.setdefault(str(row[1]), []).append(_maker_code(row))
        return {code: tuple(some) for code, some in found.items()}

    def find(self, search: str, limit: int = 100) -> Sequence[MakerCode]:
        """Rows whose code, maker or description contains every word."""
        words = search.casefold().split()
        found: list[MakerCode] = []
        with self._database.read() as connection:
            for row in connection.exec_driver_sql(f"{_ROW} {_NEWEST_FIRST}"):
                text = f"{row[1]} {row[0]} {row[2]}".casefold()
                if all(word in text for word in words):
                    found.append(_maker_code(row))
                    if len(found) >= limit:
                        break
        return tuple(found)


def _insert(
    connection: "Connection", table: CodeTable, rows: Sequence[MakerCode], by: Actor
) -> None:
    connection.exec_driver_sql(
        "INSERT INTO code_table (id, source, makers, codes, imported, operator_id, operator_name) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            table.id,
            table.source,
            json.dumps(table.makers),
            table.codes,
            table.imported.isoformat(timespec="microseconds"),
            by.id,
            table.operator,
        ),
    )
    connection.exec_driver_sql(
        "INSERT INTO maker_code (code_table, maker, code, description, severity, system, causes, "
        "checks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                table.id,
                row.maker,
                row.code,
                row.description,
                None if row.severity is None else row.severity.value,
                row.system,
                json.dumps(row.causes),
                json.dumps(row.checks),
            )
            for row in rows
        ],
    )


def _drop(connection: "Connection", table_id: str) -> None:
    connection.exec_driver_sql("DELETE FROM maker_code WHERE code_table = ?", (table_id,))
    connection.exec_driver_sql("DELETE FROM code_table WHERE id = ?", (table_id,))


def _tables(connection: "Connection") -> tuple[CodeTable, ...]:
    statement = f"SELECT {_TABLE} FROM code_table ORDER BY imported DESC, id DESC"  # noqa: S608 - ours
    return tuple(_table(row) for row in connection.exec_driver_sql(statement))


def _of_source(connection: "Connection", source: str) -> CodeTable | None:
    return next((table for table in _tables(connection) if table.source == source), None)


def _meant(connection: "Connection", word: str) -> CodeTable:
    wanted = word.strip()
    tables = _tables(connection)
    for fits in (
        [table for table in tables if wanted in (table.id, table.source)],
        [table for table in tables if len(wanted) >= _FEWEST and table.id.endswith(wanted.lower())],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise NotKept(f"Several tables end with {word!r}.", to_do="Give more of the id.")
    raise NotKept(
        f"No table {word!r} is kept here.", to_do="Look in the list: cartech-desk codes tables."
    )


def _table(row: Sequence[Any]) -> CodeTable:
    try:
        key, source, makers, codes, imported, operator = row
        return CodeTable(
            str(key),
            str(source),
            tuple(map(str, json.loads(makers))),
            int(codes),
            datetime.fromisoformat(imported),
            str(operator),
        )
    except (ValueError, TypeError) as error:
        raise _damaged(f"the table {row[0]}") from error


def _maker_code(row: Sequence[Any]) -> MakerCode:
    try:
        maker, code, description, severity, system, causes, checks, source = row
        return MakerCode(
            maker=str(maker),
            code=str(code),
            description=str(description),
            severity=None if severity is None else Severity(severity),
            system=str(system),
            causes=tuple(map(str, json.loads(causes))),
            checks=tuple(map(str, json.loads(checks))),
            source=str(source),
        )
    except (ValueError, TypeError) as error:
        raise _damaged(f"the maker's code {row[1]}") from error


def _damaged(what: str) -> DatabaseCorrupt:
    return DatabaseCorrupt(
        f"What is kept of {what} is damaged.",
        kept="It was not changed.",
        to_do="Remove its table (cartech-desk codes tables, codes remove) and import it again.",
    )


def _entity(table: CodeTable) -> Entity:
    return Entity("code_table", table.id, table.source)


def _told(table: CodeTable) -> dict[str, Any]:
    return {"source": table.source, "makers": list(table.makers), "codes": table.codes}
