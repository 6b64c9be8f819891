"""What a record of the audit log says changed, in people's words, local time and shown units.

The record itself is untouched: what it holds is for `as_recorded`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from cartech_desk.domain.audit import AuditRecord, Entry, body_of
from cartech_desk.domain.audit_words import change_rows
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown
from cartech_desk.ui.models.alarm_words import STATE_WORDS
from cartech_desk.ui.models.limit_words import ACTION_WORDS, difference
from cartech_desk.ui.models.value_scale import DASH, in_words

_NAMES: Final = {
    "worst_value": "worst value",
    "raised": "came",
    "times": "how often",
    "shelved": "put aside",
    "edge": "limit",
    "key": "name of the limit",
    "gate": "counts when",
    "latch": "stays until cleared",
    "to_do": "what to do",
    "rate_hz": "asked",
    "warning_delay_s": "warning after",
    "trip_delay_s": "trip after",
    "off_delay_s": "goes after",
    "deadband": "lets go within",
    "email": "e-mail",
    "proof": "proved by",
    "first_bad_sequence": "first broken record",
    "head": "head of the log",
    "bytes": "size in bytes",
    "done": "done",
}
_MEASURED: Final = frozenset({"value", "worst_value", "edge", "warning", "trip"})
_DISTANCES: Final = frozenset({"deadband"})
_SUFFIXES: Final = {"_s": "s", "_hz": "Hz", "_ms": "ms", "_min": "min"}
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {state.value: words for state, words in STATE_WORDS.items()},
    "action": {action.value: words for action, words in ACTION_WORDS.items()},
}


def said_rows(record: AuditRecord, system: UnitSystem) -> tuple[tuple[str, str, str], ...]:
    """Return name, before and after of what changed, one row for each value.

    Two values that differ as they are recorded are never said alike.
    """
    before, after = _said(record.before, system), _said(record.after, system)
    for name in before.keys() & after.keys() if before and after else ():
        raw = (record.before or {}).get(name), (record.after or {}).get(name)
        if before[name] == after[name] and raw[0] != raw[1]:
            before[name], after[name] = raw
    named = replace(record, before=_named(before), after=_named(after))
    return change_rows(named)


def as_recorded(record: AuditRecord) -> str:
    """Return the canonical body of a record: what its hash was made of, after the one before it."""
    if record.problem:
        return record.reason
    entry = Entry(record.action, record.entity, record.before, record.after, record.reason)
    return body_of(
        record.sequence, record.at, record.actor, entry, phase=record.phase, intent=record.intent
    )


def _named(change: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if change is None:
        return None
    return {_NAMES.get(name) or _plain_name(name): value for name, value in change.items()}


def _plain_name(name: str) -> str:
    ending = next((ending for ending in _SUFFIXES if name.endswith(ending)), "")
    return name.removesuffix(ending).replace("_", " ")


def _said(change: Mapping[str, Any] | None, system: UnitSystem) -> dict[str, Any] | None:
    if change is None:
        return None
    unit = _unit_of(change, system)
    found = {}
    for name, value in change.items():
        if name == "unit" and unit is not None and _MEASURED & change.keys():
            continue  # it stands beside the numbers
        found[name] = _value(name, value, unit)
    return found


def _unit_of(change: Mapping[str, Any], system: UnitSystem) -> ShownUnit | None:
    watches = str(change.get("watches", "")).strip()
    row = canonical().get(watches)
    key = row.unit if row is not None else change.get("unit")
    if not isinstance(key, str) or not key:
        return None
    try:
        return shown(key, system, watches if row is not None else "")
    except UnitError:
        return ShownUnit(key, key, 2)


def _value(name: str, value: Any, unit: ShownUnit | None) -> Any:
    if not isinstance(value, str):
        return value
    words = _WORDS.get(name, {}).get(value)
    if words is not None:
        return words
    if _INSTANT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone():%Y-%m-%d %H:%M:%S}"
    if unit is not None and name in _MEASURED:
        return _number(value, unit)
    if unit is not None and name in _DISTANCES:
        return _number(value, difference(unit))
    for ending, symbol in _SUFFIXES.items():
        if name.endswith(ending):
            return _number(value, ShownUnit(symbol, symbol, 0))
    return value


def _number(text: str, unit: ShownUnit) -> str:
    """Write a recorded number with its unit, with three decimals at most and none for nothing."""
    try:
        number = unit.to_shown(float(text))
    except ValueError:
        return text
    words = in_words(number, 3)
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return words if words == DASH else f"{words} {unit.symbol}".rstrip()
