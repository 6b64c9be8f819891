"""Exports of other programs: columns, what they are proposed to be, and a run made of them.

WinPEP 8, Mustang PowerDyne, SuperFlow WinDyn and whatever has one header line and numbers.
"""

from dataclasses import dataclass, field

from cartech_desk.domain.dyno.roles import Role


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
    """How a file is read: the column of time and its unit, and the meanings of others."""

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
