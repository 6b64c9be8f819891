"""Meanings of codes with the makers' tables that were imported, and importing them (CSV, YAML)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.bay.code_file import CodeTableRefused, TableRow, read_code_table
from cartech_desk.domain.faults.code import Code, Origin, parse_code
from cartech_desk.domain.faults.generic import GenericCode, generic_table
from cartech_desk.domain.faults.meaning import (
    MakerCode,
    Meaning,
    is_known_generic,
    meaning_of,
    same_maker,
)
from cartech_desk.domain.people import Actor
from cartech_desk.store.code_tables import CodeTable

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

__all__ = ["CodeBook", "CodeTableRefused", "Imported"]

_WORD: Final = re.compile(r"\w+")
_NAMED: Final = 5
"""Codes that a warning names."""


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

    def meaning(self, code: str, vin: str | None = None, *, maker: str = "") -> Meaning:
        """Return what a code means. `vin`, or `maker` itself, chooses the maker's table.

        Errors: NoCode; StoreError.
        """
        read = parse_code(code)
        if is_known_generic(read.text):
            return meaning_of(read)
        rows = self._store.code_tables.rows([read.text]).get(read.text, ())
        return meaning_of(read, rows, maker or (self.maker_of(vin) if rows and vin else ""))

    def maker_of(self, vin: str) -> str:
        """Return the maker that a VIN is taken for, empty where it tells none.

        It is what a library says of the VIN's beginning, and can be wrong: say it where it counts.
        """
        from cartech_desk.bay.vin_facts import vin_facts

        return vin_facts(vin).maker

    def find(self, words: str, limit: int = 100) -> Sequence[Meaning]:
        """Codes whose text or description contains every word; those that fit best stand first.

        Best fits the code itself, then a description with every word whole, then one with parts of
        words. Of those that fit alike the shop's own tables come first: it imported them.
        """
        wanted = words.casefold().split()
        rows = self._store.code_tables.find(words, limit)
        generic = [
            one
            for one in generic_table().values()
            if all(word in f"{one.code} {one.description}".casefold() for word in wanted)
        ]
        both: list[MakerCode | GenericCode] = [*rows, *generic]
        both.sort(key=lambda one: _fit(wanted, one))
        return tuple(map(_meant, both[:limit]))

    def tables(self) -> Sequence[CodeTable]:
        """Tables that were imported, the newest first."""
        return self._store.code_tables.list()

    def import_table(self, path: Path, *, by: Actor, maker: str = "") -> Imported:
        """Import a CSV or YAML table of a maker's codes; `maker` is for rows that name none.

        Codes that SAE J2012 defines, and whose meaning is known here, keep that meaning: they are
        left out and told in `warnings`. Errors: CodeTableRefused names file, line and column;
        nothing is kept then. NotSignedIn once the shop is set up.
        """
        _require_person(self._store, by)
        rows = read_code_table(path, maker)
        kept = [row.code for row in rows if not is_known_generic(row.code.code)]
        if not kept:
            raise CodeTableRefused(
                f"{path.name} holds only generic codes, which mean the same in every car.",
                kept="Nothing was imported.",
                to_do="Choose a table of a maker's own codes.",
            )
        tables = self._store.code_tables
        warnings = (*_left_out(rows), *_unusual(kept), *self._twice(path.name, kept))
        before = next((table for table in tables.list() if table.source == path.name), None)
        if before is not None:
            _refuse_another(before, kept)
        return Imported(tables.add(path.name, kept, by=by), before is not None, warnings)

    def remove(self, table: str, *, by: Actor) -> CodeTable:
        """Remove a table by its id, an end of it or its file's name, and return what it was.

        Errors: NotKept; NotSignedIn once the shop is set up.
        """
        _require_person(self._store, by)
        found = self._store.code_tables.get(table)
        self._store.code_tables.remove(found.id, by=by)
        return found

    def _twice(self, source: str, rows: Sequence[MakerCode]) -> list[str]:
        there = self._store.code_tables.rows([row.code for row in rows])
        others = {
            other.source
            for row in rows
            for other in there.get(row.code, ())
            if other.source != source and same_maker(other.maker, row.maker)
        }
        if not others:
            return []
        return [f"Some of these codes are in {', '.join(sorted(others))} too; this table counts."]


def _fit(wanted: Sequence[str], one: MakerCode | GenericCode) -> int:
    """Return how well a code fits words, 0 the best."""
    maker = one.maker if isinstance(one, MakerCode) else ""
    text = f"{one.code} {maker} {one.description}".casefold()
    if one.code.casefold() in wanted:
        return 0
    whole = set(_WORD.findall(text))
    return 1 if all(word in whole for word in wanted) else 2


def _meant(row: MakerCode | GenericCode) -> Meaning:
    if isinstance(row, MakerCode):
        return meaning_of(Code(row.code), (row,), row.maker)
    return meaning_of(Code(row.code))


def _refuse_another(before: CodeTable, rows: Sequence[MakerCode]) -> None:
    """Refuse to replace a table by one of the same name that is of other makers."""
    if any(same_maker(row.maker, maker) for row in rows for maker in before.makers):
        return
    raise CodeTableRefused(
        f"A table {before.source} of {', '.join(before.makers)} is kept here already.",
        kept="Nothing was imported; that table is as it was.",
        to_do="Give the file another name, or remove that table first.",
    )


def _require_person(store: "Store", by: Actor) -> None:
    from cartech_desk.bay.dyno_beside import require_person

    require_person(store, by)


def _left_out(rows: Sequence[TableRow]) -> list[str]:
    generic = [row for row in rows if is_known_generic(row.code.code)]
    if not generic:
        return []
    named = ", ".join(f"{row.code.code} in line {row.line}" for row in generic[:_NAMED])
    more = f" and {len(generic) - _NAMED} more" if len(generic) > _NAMED else ""
    return [f"Generic codes keep their generic meaning and were left out: {named}{more}."]


def _unusual(rows: Sequence[MakerCode]) -> list[str]:
    generic = [row.code for row in rows if Code(row.code).origin is Origin.GENERIC]
    if not generic:
        return []
    named = ", ".join(generic[:_NAMED]) + (" and more" if len(generic) > _NAMED else "")
    return [f"{named}: in a generic range, and yet unknown here; the table's words are used."]
