"""Parts that hurt people, or the engine, when they are worked on as others are: `dangers*.csv`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cartech_desk.domain.faults.code_files import Line, table_lines, table_parts
from cartech_desk.domain.faults.generic import Component, GenericCode

_COLUMNS: Final = ("danger", "systems", "components", "codes", "checks")
_ANY_END: Final = "*"


@dataclass(frozen=True, slots=True)
class Danger:
    """One danger, whom it concerns, and the checks that stand before all others."""

    name: str
    systems: frozenset[str]
    components: frozenset[str]
    beginnings: tuple[str, ...]
    codes: frozenset[str]
    checks: tuple[str, ...]

    def of_component(self, component: Component) -> bool:
        """Tell whether it names this part."""
        return component.key in self.components or component.key.startswith(self.beginnings)


def danger_of(generic: GenericCode) -> Danger | None:
    """Return the danger of the part that a code is about, None for harmless ones.

    A code that is named counts before a part, and a part before a system. Errors:
    CodeTablesDamaged.
    """
    for danger in dangers():
        if generic.code in danger.codes:
            return danger
    return _of_part(generic.component)


@cache
def dangers(folder: Path | None = None) -> Sequence[Danger]:
    """Return every danger. Errors: CodeTablesDamaged."""
    return [_danger(line) for line in table_lines("dangers", _COLUMNS, folder)]


@cache
def _of_part(component: Component) -> Danger | None:
    for danger in dangers():
        if danger.of_component(component):
            return danger
    for danger in dangers():
        if component.system in danger.systems:
            return danger
    return None


def _danger(line: Line) -> Danger:
    name, systems, components, codes, checks = line.cells.values()
    named = table_parts(components)
    found = Danger(
        name=name,
        systems=frozenset(table_parts(systems)),
        components=frozenset(one for one in named if not one.endswith(_ANY_END)),
        beginnings=tuple(one.removesuffix(_ANY_END) for one in named if one.endswith(_ANY_END)),
        codes=frozenset(table_parts(codes)),
        checks=table_parts(checks),
    )
    if not (name and found.checks and (named or found.systems or found.codes)):
        raise line.damaged("a danger needs a name, somebody whom it concerns, and a check")
    return found
