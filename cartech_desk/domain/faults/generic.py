"""Generic codes: part, where and what, from the tables in `resources/codes`, and their texts.

`rows_*.csv` says for each code which part it is about (`components_*.csv`), which one of several,
and how it fails (`circuits*.csv`); the text is composed of these three, or stands in the row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.faults.code import NoCode, Origin, parse_code
from cartech_desk.domain.faults.code_files import Line, table_lines

_SKIPPED: Final = "-"
_SET: Final = "@"
_NUMBERED: Final = re.compile(r"[A-Z0-9]+(?![A-Za-z0-9])")
"""A letter or number right behind a part's name, as in "Wastegate actuator A"."""


@dataclass(frozen=True, slots=True)
class Component:
    """A part or function; `name` as in the middle of a sentence, `kind` chooses the advice."""

    key: str
    name: str
    system: str
    kind: str


@dataclass(frozen=True, slots=True)
class Failing:
    """A way to fail: `text` follows the part, `group` chooses the advice."""

    text: str
    group: str


@dataclass(frozen=True, slots=True)
class GenericCode:
    """What the tables say of one code."""

    code: str
    component: Component
    where: str
    what: str
    group: str
    description: str


@cache
def generic_table(folder: Path | None = None) -> Mapping[str, GenericCode]:
    """Return every code of the tables. Errors: CodeTablesDamaged names the line."""
    parts = _components(folder)
    failing, sets = _circuits(folder)
    found: dict[str, GenericCode] = {}
    columns = ("code", "component", "where", "what", "text")
    for line in table_lines("rows", columns, folder):
        for generic in _of_row(line, parts, failing, sets):
            if generic.code in found:
                raise line.damaged(f"{generic.code} is told already")
            found[generic.code] = generic
    return MappingProxyType(dict(sorted(found.items())))


def _components(folder: Path | None) -> dict[str, Component]:
    parts: dict[str, Component] = {}
    columns = ("component", "name", "system", "kind")
    for line in table_lines("components", columns, folder):
        key, name, system, kind = line.cells.values()
        if key in parts or not all((key, name, system, kind)):
            raise line.damaged(f"{key or 'a component'} is told already, or something is missing")
        parts[key] = Component(key, name, system, kind)
    return parts


def _circuits(folder: Path | None) -> tuple[dict[str, Failing], dict[str, list[str]]]:
    failing: dict[str, Failing] = {}
    sets: dict[str, list[str]] = {}
    for line in table_lines("circuits", ("what", "text", "group"), folder):
        what, text, group = line.cells.values()
        if what in failing or what in sets or not text:
            raise line.damaged(f"{what} is told already, or its text is missing")
        if what.startswith(_SET):
            sets[what] = text.split()
        else:
            failing[what] = Failing(text, group)
    return failing, sets


def _of_row(
    line: Line,
    parts: Mapping[str, Component],
    failing: Mapping[str, Failing],
    sets: Mapping[str, list[str]],
) -> list[GenericCode]:
    first, key, where, whats, text = line.cells.values()
    try:
        code = parse_code(first)
        component = parts[key]
        listed = [one for word in whats.split() for one in sets.get(word, [word])]
        ways = [(one, None if one == _SKIPPED else failing[one]) for one in listed]
    except NoCode as error:
        raise line.damaged(error.happened) from error
    except KeyError as error:
        raise line.damaged(f"nothing is known of {error.args[0]}") from error
    if not ways or (text and len(ways) > 1):
        raise line.damaged("a row needs one what at least, and a text of its own is for one code")
    letter, number = code.text[0], code.number
    names = [f"{letter}{number + place:04X}" for place in range(len(ways))]
    if code.origin is not Origin.GENERIC or names[-1][:2] != code.family:
        raise line.damaged(f"{names[-1]} is not generic, or of another family")
    return [
        GenericCode(
            name,
            component,
            where,
            what,
            way.group,
            text or composed(component.name, where, way.text),
        )
        for name, (what, way) in zip(names, ways, strict=True)
        if way is not None
    ]


def composed(part: str, where: str, what: str) -> str:
    """Put a text together: "Wastegate actuator A, bank 1: control circuit voltage too low"."""
    between = " " if _NUMBERED.match(where) else ", "
    named = f"{part}{between}{where}" if where else part
    return f"{named[0].upper()}{named[1:]}: {what}"
