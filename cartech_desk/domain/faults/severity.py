"""How much a generic code matters and why: the rules in `resources/codes/severity*.csv`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from cartech_desk.domain.faults.code import Code, NoCode, parse_code
from cartech_desk.domain.faults.code_files import Line, table_lines
from cartech_desk.domain.faults.generic import GenericCode

_COLUMNS: Final = ("codes", "component", "what", "system", "severity", "reason")


class Severity(StrEnum):
    """How much a code matters."""

    CRITICAL = "critical"
    """Do not drive or load the engine before it was looked at."""
    WARNING = "warning"
    """To be mended soon; the car can be moved."""
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; what is empty fits everything. `first` and `last` are a range of codes."""

    severity: Severity
    reason: str
    first: str = ""
    last: str = ""
    components: frozenset[str] = frozenset()
    whats: frozenset[str] = frozenset()
    system: str = ""

    def fits(self, generic: GenericCode) -> bool:
        """Tell whether it speaks of this code."""
        return (
            (not self.first or self.first <= generic.code <= self.last)
            and (not self.components or generic.component.key in self.components)
            and (not self.whats or generic.what in self.whats)
            and (not self.system or generic.component.system == self.system)
        )

    @property
    def weight(self) -> tuple[int, int]:
        """How specific it is, the greater the more: what it names, then how narrow its range is."""
        named = (
            8 * bool(self.first)
            + 4 * bool(self.components)
            + 2 * bool(self.whats)
            + bool(self.system)
        )
        width = Code(self.last).number - Code(self.first).number if self.first else 0
        return named, -width


def severity_of(generic: GenericCode) -> tuple[Severity, str]:
    """Return how much a code matters and the reason. Errors: CodeTablesDamaged."""
    for rule in severity_rules():
        if rule.fits(generic):
            return rule.severity, rule.reason
    raise Line({}, "severity.csv", 0).damaged(f"no row fits {generic.code}")


@cache
def severity_rules(folder: Path | None = None) -> Sequence[Rule]:
    """Return the rules, the most specific first. Errors: CodeTablesDamaged."""
    rules = [_rule(line) for line in table_lines("severity", _COLUMNS, folder)]
    return sorted(rules, key=lambda rule: rule.weight, reverse=True)


def _rule(line: Line) -> Rule:
    cells = line.cells
    first, _, last = cells["codes"].partition("-")
    try:
        for code in filter(None, (first, last)):
            parse_code(code)
        severity = Severity(cells["severity"])
    except (NoCode, ValueError) as error:
        raise line.damaged(str(error)) from error
    if not cells["reason"]:
        raise line.damaged("the reason is missing")
    return Rule(
        severity=severity,
        reason=cells["reason"],
        first=first,
        last=last or first,
        components=frozenset(cells["component"].split()),
        whats=frozenset(cells["what"].split()),
        system=cells["system"],
    )
