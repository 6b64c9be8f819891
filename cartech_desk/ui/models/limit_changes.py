"""What setting some limits would change of those in force, said before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitSystem
from cartech_desk.ui.models.alarm_words import PRIORITY_WORDS, number_words
from cartech_desk.ui.models.limit_words import (
    ACTION_WORDS,
    COMPARISON_WORDS,
    aloud,
    difference,
    limit_unit,
    seconds_words,
)


class Kind(StrEnum):
    """What would happen to a limit."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LimitChange:
    """One limit that would be set, and what it changes in words."""

    limit: Limit
    kind: Kind
    words: str


_NAMES: Final = {
    "watches": "watches",
    "comparison": "wrong when",
    "warning": "warning",
    "trip": "trip",
    "deadband": "deadband",
    "warning_delay_s": "warns after",
    "trip_delay_s": "trips after",
    "off_delay_s": "goes after",
    "latch": "latch",
    "priority": "priority",
    "gate": "counts only while",
    "action": "action",
    "label": "name",
    "to_do": "what to do",
    "unit": "unit",
    "rate_hz": "asked at [Hz]",
    "in_service": "in service",
}


def limit_changes(
    in_force: Mapping[str, Limit],
    limits: Sequence[Limit],
    channels: Mapping[str, Channel],
    system: UnitSystem,
) -> tuple[LimitChange, ...]:
    """Return what setting `limits` would change, the changes before what is the same already."""
    found = []
    for limit in limits:
        unit = limit_unit(limit, limit.unit, channels, system)
        before = in_force.get(limit.key)
        if before is None:
            found.append(LimitChange(limit, Kind.NEW, aloud(limit, unit, channels, system)))
        elif before == limit:
            found.append(LimitChange(limit, Kind.SAME, "as it is already"))
        else:
            words = "; ".join(_differences(before, limit, unit))
            found.append(LimitChange(limit, Kind.CHANGED, words))
    order = (Kind.CHANGED, Kind.NEW, Kind.SAME)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def _differences(before: Limit, after: Limit, unit: ShownUnit) -> list[str]:
    said = []
    for field in fields(Limit):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            first, last = (_said(field.name, value, unit) for value in (old, new))
            said.append(f"{_NAMES[field.name]} {first} \u2192 {last}")
    return said


def _said(name: str, value: object, unit: ShownUnit) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    words: Mapping[object, str] = {**COMPARISON_WORDS, **ACTION_WORDS}
    if name == "priority":
        words = dict(PRIORITY_WORDS)
    if name in ("comparison", "action", "priority"):
        return words[value]
    if isinstance(value, float | int):
        number = float(value)
        if name in ("warning", "trip"):
            return number_words(number, unit, exact=True)
        if name == "deadband":
            return number_words(number, difference(unit), exact=True)
        return seconds_words(number) if name.endswith("_s") else f"{number:g}"
    return f"“{value}”"
