"""A limit in writing: a plain document, as it is kept, exported and brought along.

Names and units are those of `Limit`; the words of an enumeration stand as words.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from cartech_desk.domain.alarms.limit import Action, Comparison, Limit, LimitRefused, Priority

_NUMBERS: Final = frozenset(
    {
        "warning",
        "trip",
        "deadband",
        "warning_delay_s",
        "trip_delay_s",
        "off_delay_s",
        "rate_hz",
    }
)
_MAY_LACK: Final = frozenset({"warning", "trip"})
_SWITCHES: Final = frozenset({"latch", "in_service"})
_WORDS: Final[dict[str, dict[str, Any]]] = {
    "comparison": {one.value: one for one in Comparison},
    "action": {one.value: one for one in Action},
    "priority": {one.name.lower(): one for one in Priority},
}
_FIELDS: Final = {field.name: field.default for field in fields(Limit)}

PRIORITIES: Final = tuple(_WORDS["priority"])
"""The words of priorities, the lowest first."""


def as_plain(limit: Limit) -> dict[str, Any]:
    """Return every field of a limit as plain values."""
    document = {name: getattr(limit, name) for name in _FIELDS}
    document["comparison"] = limit.comparison.value
    document["action"] = limit.action.value
    document["priority"] = limit.priority.name.lower()
    return document


def from_plain(document: Mapping[str, Any], name: str = "") -> Limit:
    """Return the limit that a document describes; fields that it lacks have their defaults.

    `name` is how the limit is called in a refusal. Whether it makes sense is for `check_limit`.
    Errors: LimitRefused for a field that is unknown, missing, or of another kind than it should be.
    """
    called = name or str(document.get("key", ""))[:60] or "The limit"
    values: dict[str, Any] = {}
    for field, value in document.items():
        if field not in _FIELDS:
            raise _refused(f"{called}: there is no field “{str(field)[:60]}”.", _KNOWN)
        values[field] = _reader(field)(called, field, value)
    for field, default in _FIELDS.items():
        if default is MISSING and field not in values:
            raise _refused(f"{called}: the field “{field}” is missing.", "Add it.")
    return Limit(**values)


def canonical_body(limit: Limit) -> str:
    """Return a limit as canonical JSON: keys sorted, no blanks, numbers that read back the same."""
    return json.dumps(
        as_plain(limit), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def read_body(body: str) -> Limit:
    """Return the limit of a body. Errors: LimitRefused for what is no limit."""
    try:
        document = json.loads(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise _refused("What is kept of a limit is damaged.", "Set it anew.") from error
    if not isinstance(document, dict):
        raise _refused("What is kept of a limit is no limit.", "Set it anew.")
    return from_plain(document)


def _reader(field: str) -> Callable[[str, str, Any], Any]:
    if field in _NUMBERS:
        return _number
    if field in _SWITCHES:
        return _switch
    return _word if field in _WORDS else _text


def _number(called: str, field: str, value: Any) -> float | None:
    if value is None and field in _MAY_LACK:
        return None
    # True is a number to Python and to nobody else.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(
            f"{called}: {field} is {_said(value)} and has to be a number.",
            "Write it as a number, without quotes.",
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refused(f"{called}: {field} is no finite number.", "Write it as a number.")
    return number


def _switch(called: str, field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused(
            f"{called}: {field} is {_said(value)} and has to be true or false.",
            "Write true or false, without quotes.",
        )
    return value


def _word(called: str, field: str, value: Any) -> Any:
    words = _WORDS[field]
    if not isinstance(value, str) or value not in words:
        raise _refused(
            f"{called}: {field} cannot be {_said(value)}.", f"Use one of: {', '.join(words)}."
        )
    return words[value]


def _text(called: str, field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(
            f"{called}: {field} is {_said(value)} and has to be text.", "Write it in quotes."
        )
    return value


def _said(value: Any) -> str:
    if isinstance(value, str):
        return f"the text “{value[:60]}”"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a group of fields"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "empty" if value is None else str(value)[:60]


def _refused(happened: str, to_do: str) -> LimitRefused:
    return LimitRefused(happened, kept="Nothing was changed.", to_do=to_do)


_KNOWN: Final = f"Use only: {', '.join(_FIELDS)}."
