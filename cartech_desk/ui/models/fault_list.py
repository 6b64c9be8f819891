"""The codes of a scan as a list: grouped, with what changed since the last check-up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import CodeFound, FaultScan
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.ui.models.fault_words import (
    SEVERITY_ORDER,
    ecu_words,
    full_code,
    status_words,
)


class Grouping(StrEnum):
    """By what codes stand together."""

    SEVERITY = "severity"
    ECU = "control unit"


class Badge(StrEnum):
    """What became of a code since the check-up before."""

    NONE = ""
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    UNTOLD = "not told"
    """Its control unit did not tell its list this time: it may still be there."""


SIGNS: Final[Mapping[Badge, str]] = {
    Badge.NONE: "",
    Badge.NEW: "+",
    Badge.CHANGED: "~",
    Badge.GONE: "\N{MINUS SIGN}",
    Badge.UNTOLD: "?",
}
"""The shape beside a badge's word."""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One code of one control unit; `was` is its status of last time where that changed."""

    found: CodeFound
    meaning: Meaning | None
    ecu: str
    badge: Badge = Badge.NONE
    was: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from others of the same list."""
        return full_code(self.found), self.found.ecu

    @property
    def code(self) -> str:
        """The code with its failure type."""
        return full_code(self.found)

    @property
    def description(self) -> str:
        """What it means, in a line."""
        return self.meaning.description if self.meaning is not None else ""

    @property
    def severity(self) -> Severity:
        """How bad it is; what nobody knows counts as a warning."""
        return self.meaning.severity if self.meaning is not None else Severity.WARNING

    @property
    def present(self) -> bool:
        """Whether the car has it now."""
        return self.badge not in (Badge.GONE, Badge.UNTOLD)

    @property
    def status(self) -> str:
        """Where it stands, and where it stood."""
        if self.badge is Badge.GONE:
            return f"was {status_words(self.found)}"
        if self.badge is Badge.UNTOLD:
            return f"was {status_words(self.found)}; not told this time"
        now = status_words(self.found)
        return f"{now} (was {self.was})" if self.was else now


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """Rows under one heading."""

    title: str
    rows: tuple[FaultRow, ...]


def fault_groups(
    scan: FaultScan,
    meanings: Mapping[str, Meaning],
    difference: Difference | None = None,
    by: Grouping = Grouping.SEVERITY,
) -> tuple[FaultGroup, ...]:
    """Return the codes in groups, the gravest first; what is gone or was not told stands last."""
    badges: dict[tuple[str, int], tuple[Badge, str]] = {}
    if difference is not None:
        for one in difference.new:
            badges[full_code(one), one.ecu] = (Badge.NEW, "")
        for change in difference.changed:
            badges[full_code(change.now), change.now.ecu] = (
                Badge.CHANGED,
                status_words(change.before),
            )

    def row(found: CodeFound, badge: Badge = Badge.NONE) -> FaultRow:
        what, was = badges.get((full_code(found), found.ecu), (badge, ""))
        if badge is not Badge.NONE:
            what, was = badge, ""
        meaning = meanings.get(full_code(found))
        return FaultRow(found, meaning, ecu_words(scan, found.ecu), what, was)

    rows = _sorted(row(one) for one in scan.codes)
    groups = _by_severity(rows) if by is Grouping.SEVERITY else _by_ecu(rows)
    if difference is not None:
        gone = _sorted(row(one, Badge.GONE) for one in difference.gone)
        untold = _sorted(row(one, Badge.UNTOLD) for one in difference.untold)
        if untold:
            groups.append(FaultGroup("There before, not told this time", untold))
        if gone:
            groups.append(FaultGroup(f"Gone ({len(gone)})", gone))
    return tuple(groups)


def _sorted(rows: Iterable[FaultRow]) -> tuple[FaultRow, ...]:
    return tuple(
        sorted(
            rows,
            key=lambda row: (SEVERITY_ORDER.index(row.severity), row.code, row.found.ecu),
        )
    )


def _by_severity(rows: tuple[FaultRow, ...]) -> list[FaultGroup]:
    groups = []
    for severity in SEVERITY_ORDER:
        some = tuple(row for row in rows if row.severity is severity)
        if some:
            groups.append(FaultGroup(f"{severity.value.capitalize()} ({len(some)})", some))
    return groups


def _by_ecu(rows: tuple[FaultRow, ...]) -> list[FaultGroup]:
    found: dict[str, list[FaultRow]] = {}
    for row in sorted(rows, key=lambda one: one.found.ecu):
        found.setdefault(row.ecu, []).append(row)
    return [FaultGroup(f"{ecu} ({len(some)})", tuple(some)) for ecu, some in found.items()]
