"""Likely causes and first checks of a generic code, from `resources/codes/advice*.csv`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cartech_desk.domain.faults.code_files import table_lines
from cartech_desk.domain.faults.generic import GenericCode

MOST: Final = 5
"""Causes, and checks, that are shown of one code."""

_ANY_PART: Final = "*"
_BETWEEN: Final = " | "


@dataclass(frozen=True, slots=True)
class Advice:
    """What is likely, and what to look at first."""

    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


def advice_on(generic: GenericCode) -> Advice:
    """Return the advice on a code. Errors: CodeTablesDamaged."""
    rows = advice_rows()
    own = rows.get((f"code:{generic.code}", ""))
    found = [own] if own is not None else _of_part(rows, generic)
    part = generic.component.name
    return Advice(
        _some([cause for one in found for cause in one.causes], part),
        _some([check for one in found for check in one.checks], part),
    )


@cache
def advice_rows(folder: Path | None = None) -> Mapping[tuple[str, str], Advice]:
    """Return the rows by whom they are for and the group. Errors: CodeTablesDamaged."""
    rows: dict[tuple[str, str], Advice] = {}
    for line in table_lines("advice", ("for", "group", "causes", "checks"), folder):
        whom, group, causes, checks = line.cells.values()
        if (whom, group) in rows or not (causes or checks):
            raise line.damaged(f"{whom} {group} is told already, or is empty")
        rows[whom, group] = Advice(_parts(causes), _parts(checks))
    return rows


def _of_part(rows: Mapping[tuple[str, str], Advice], generic: GenericCode) -> list[Advice]:
    component, group = generic.component, generic.group
    for whom in (f"component:{component.key}", f"kind:{component.kind}"):
        found = [rows[whom, one] for one in (group, "") if (whom, one) in rows]
        if found:
            break
    general = rows.get((_ANY_PART, group))
    return [*found, general] if general is not None else found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(_BETWEEN) if part.strip())


def _some(sentences: list[str], part: str) -> tuple[str, ...]:
    filled = (sentence.replace("{part}", part) for sentence in sentences)
    return tuple(dict.fromkeys(filled))[:MOST]
