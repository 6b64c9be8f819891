"""What the settings model says of a setting, in words: its range, unit, default, and refusals."""

from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import QLocale

_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_NOT_A_NUMBER = frozenset({"int_parsing", "float_parsing", "int_type", "float_type"})


def range_words(field: FieldInfo) -> str:
    """Say the range of a number: `1 to 2 000`, `more than 0`; empty where there is none."""
    limits = {
        kind: value
        for limit in field.metadata
        for kind in _LIMITS
        if (value := getattr(limit, kind, None)) is not None
    }
    if limits.keys() == {"ge", "le"}:
        return f"{number_words(limits['ge'])} to {number_words(limits['le'])}"
    return ", ".join(
        f"{words} {number_words(limits[kind])}" for kind, words in _LIMITS.items() if kind in limits
    )


def number_words(value: float) -> str:
    """Write a number as people of this place write it."""
    return QLocale().toString(float(value), "g", 10)


def default_of(field: FieldInfo) -> Any:
    """Return a field's default; PydanticUndefined where it has none."""
    return field.get_default(call_default_factory=True)


def unit_of(field: FieldInfo) -> str:
    """Return the unit of a setting; empty where it has none."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def group_of(field: FieldInfo) -> str:
    """Return the words of what a setting belongs together with; empty where it stands alone."""
    extra = field.json_schema_extra
    return str(extra.get("group", "")) if isinstance(extra, dict) else ""


def refusal_words(error: ValidationError, field: FieldInfo) -> str:
    """Say why a value is refused, and what to give instead."""
    first = error.errors()[0]
    limits = range_words(field)
    if limits and first["type"].startswith(("greater_than", "less_than")):
        return f"Give a number: {limits} {unit_of(field)}".rstrip() + "."
    if first["type"] in _NOT_A_NUMBER:
        return "Give a number here."
    message = first["msg"].removeprefix("Value error, ")
    return f"{message[:1].upper()}{message[1:]}."
