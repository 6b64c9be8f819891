"""Likely causes and first checks of a generic code, from `resources/codes/advice*.csv`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cartech_desk.domain.faults.code_files import table_lines, table_parts
from cartech_desk.domain.faults.dangers import danger_of
from cartech_desk.domain.faults.generic import GenericCode

MOST: Final = 5
"""Causes, and checks, that are shown of one code."""

_ANY_PART: Final = "*"


@dataclass(frozen=True, slots=True)
class Advice:
    """What is likely, and what to look at first."""

    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


def advice_on(generic: GenericCode) -> Advice:
    """Return the advice on a code: what its danger asks for stands first of the checks.

    Errors: CodeTablesDamaged.
    """
    rows = advice_rows()
    danger = danger_of(generic)
    own = rows.get((f"code:{generic.code}", ""))
    if own is not None:
        found = [own]
    elif danger is not None:
        found = _of_dangerous_part(rows, generic, f"danger:{danger.name}")
    else:
        found = _of_part(rows, generic)
    part = generic.component.name
    first = danger.checks if danger is not None else ()
    return Advice(
        _some([cause for one in found for cause in one.causes], part),
        _some([*first, *(check for one in found for check in one.checks)], part),
    )


@cache
def advice_rows(folder: Path | None = None) -> Mapping[tuple[str, str], Advice]:
    """Return the rows by whom they are for and the group. Errors: CodeTablesDamaged."""
    rows: dict[tuple[str, str], Advice] = {}
    for line in table_lines("advice", ("for", "group", "causes", "checks"), folder):
        whom, group, causes, checks = line.cells.values()
        if (whom, group) in rows or not (causes or checks):
            raise line.damaged(f"{whom} {group} is told already, or is empty")
        rows[whom, group] = Advice(table_parts(causes), table_parts(checks))
    return rows


def _of_part(rows: Mapping[tuple[str, str], Advice], generic: GenericCode) -> list[Advice]:
    component = generic.component
    found: list[Advice] = []
    for whom in (f"component:{component.key}", f"kind:{component.kind}"):
        found = found or _of_whom(rows, whom, generic)
    general = rows.get((_ANY_PART, generic.group))
    return [*found, general] if general is not None else found


def _of_dangerous_part(
    rows: Mapping[tuple[str, str], Advice], generic: GenericCode, danger: str
) -> list[Advice]:
    """Return the rows of the part itself, else of its danger alone: never a general one."""
    component = generic.component
    return _of_whom(rows, f"component:{component.key}", generic) or [
        *_of_whom(rows, f"{danger}/{component.kind}", generic),
        *_of_whom(rows, danger, generic),
    ]


def _of_whom(
    rows: Mapping[tuple[str, str], Advice], whom: str, generic: GenericCode
) -> list[Advice]:
    if generic.what != generic.group and (whom, generic.what) in rows:
        return [rows[whom, generic.what]]
    return [rows[whom, one] for one in dict.fromkeys((generic.group, "")) if (whom, one) in rows]


def _some(sentences: list[str], part: str) -> tuple[str, ...]:
    filled = (sentence.replace("{part}", part) for sentence in sentences)
    return tuple(dict.fromkeys(filled))[:MOST]
