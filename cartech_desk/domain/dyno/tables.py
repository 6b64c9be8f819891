"""Exports of other programs: columns, what they are proposed to be, and a run made of them.

WinPEP 8, Mustang PowerDyne, SuperFlow WinDyn and whatever has one header line and numbers.
`table_text` reads them, `table_proposal` proposes, `table_run` makes a run.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.table_text import FileRefused, Table
from cartech_desk.domain.dyno.written import as_plain, from_plain
from cartech_desk.domain.errors import CarTechError

__all__ = [
    "Column",
    "ColumnMeaning",
    "FileRefused",
    "Mapping",
    "MappingRefused",
    "Proposal",
    "fingerprint",
    "mapping_document",
    "mapping_from",
]


class MappingRefused(CarTechError):
    """Columns are not what they are said to be, or nobody said what they are."""

    code: ClassVar[str] = "mapping_refused"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its place from 0, its name as written, what its numbers look like."""

    index: int
    name: str
    filled: int
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What a column is taken for. `factor` turns its numbers into `unit` (1000 for krpm).

    `role` None keeps it under its own name; `unit` a key of `domain.units`; `sure` False where a
    person has to look at it, `why` says what made it so.
    """

    index: int
    role: Role | None
    unit: str
    factor: float = 1.0
    sure: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read: the column of time and its unit, and the meanings of others.

    Where no column tells the time, `time` is -1 and `time_unit` how many rows a second there are
    ("20 Hz"). Columns that are not named are left out.
    """

    time: int
    time_unit: str
    columns: tuple[ColumnMeaning, ...]
    delimiter: str = ","
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file looks like: its columns, the proposed mapping, where it is from in words."""

    program: str
    columns: tuple[Column, ...]
    mapping: Mapping
    rows: int
    remembered: bool = False
    warnings: tuple[str, ...] = ()
    preview: tuple[tuple[str, ...], ...] = field(default=())
    """The first rows as they are written."""
    started: datetime | None = None
    """When it was driven, as far as the file says so; else when the file was written."""
    started_is: str = ""
    """Where that is known from: a word of `store.dyno.StartedIs`."""
    day_only: bool = False
    twins: tuple[str, ...] = ()
    """Names of runs that are kept and were read from a file with the same content."""


ROWS_A_SECOND = re.compile(r"(\d+(?:\.\d+)?) ?hz", re.IGNORECASE | re.ASCII)
"""A time unit that counts rows instead of reading a column."""


def fingerprint(table: Table) -> str:
    """Return what tells whether two files have the same columns, written the same way."""
    head = json.dumps([table.names, table.units, table.delimiter, table.decimal])
    return hashlib.sha256(head.encode("utf-8")).hexdigest()


def mapping_document(mapping: Mapping, names: tuple[str, ...]) -> dict[str, Any]:
    """Return a mapping as it is remembered and exchanged: each column with its name."""
    document: dict[str, Any] = as_plain(mapping)
    document["time_name"] = names[mapping.time] if mapping.time >= 0 else ""
    for column, meaning in zip(document["columns"], mapping.columns, strict=True):
        column["name"] = names[meaning.index]
    return document


def mapping_from(document: dict[str, Any], names: tuple[str, ...]) -> Mapping:
    """Return the mapping of a document for a file with these columns; they are found by name.

    Errors: WrittenRefused; MappingRefused where the file has no such column.
    """
    if not isinstance(document, dict):
        return from_plain(Mapping, document, "The mapping")  # which says what is wrong with it
    plain = dict(document)
    time_name = str(plain.pop("time_name", ""))
    columns = []
    written = plain.get("columns")
    for column in written if isinstance(written, list) else ():
        if not isinstance(column, dict):
            continue  # `from_plain` says what is wrong with it
        one = dict(column)
        name = str(one.pop("name", ""))
        one["index"] = _place(name, one.get("index", -1), names)
        columns.append(one)
    if "columns" in plain and isinstance(plain["columns"], list):
        plain["columns"] = [*columns, *(c for c in plain["columns"] if not isinstance(c, dict))]
    if time_name:
        plain["time"] = _place(time_name, plain.get("time", -1), names)
    return from_plain(Mapping, plain, "The mapping")


def _place(name: str, index: Any, names: tuple[str, ...]) -> Any:
    """Return where the column of this name is; of several that one which `index` says."""
    if not name or (type(index) is int and 0 <= index < len(names) and names[index] == name):
        return index
    if names.count(name) == 1:
        return names.index(name)
    raise MappingRefused(
        f"The file has no column “{name[:60]}”."
        if name not in names
        else f"The file has several columns “{name[:60]}”.",
        kept="Nothing was imported.",
        to_do="Look at its columns, and say which of them is meant.",
    )
