"""Set-ups, mappings and the like in writing: plain documents, as they are kept and exchanged.

One reader for all of them, led by the fields of the dataclass: names are those of the fields, a
word of an enumeration stands as its value, a tuple as a list. What is unknown, missing or of
another kind than it should be is refused and never guessed.
"""

import json
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import (
    Any,
    ClassVar,
    Final,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from cartech_desk.domain.errors import CarTechError

_T = TypeVar("_T")


class WrittenRefused(CarTechError):
    """What was written is not what it should be, or cannot be written."""

    code: ClassVar[str] = "written_refused"


def as_plain(value: object) -> Any:
    """Return plain values: dictionaries, lists, texts, numbers, None.

    Errors: WrittenRefused for a number that is not finite.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refused("A number is not finite.", "Give a number, or leave it empty.")
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(as_plain(key)): as_plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [as_plain(inner) for inner in value]
    if is_dataclass(value):
        return {
            one.name: as_plain(_sized(one.name, getattr(value, one.name), one.name))
            for one in fields(value)
        }
    raise TypeError(f"{type(value).__name__} has no place in a document")


def from_plain(kind: type[_T], document: object, name: str = "") -> _T:
    """Return what a document describes; fields that it lacks have their defaults.

    `kind` is a dataclass, `name` how it is called in a refusal. Errors: WrittenRefused.
    """
    read: _T = _record(kind, document, name or kind.__name__)
    return read


def canonical(value: object) -> str:
    """Return canonical JSON: keys sorted, no blanks, numbers that read back the same."""
    return json.dumps(
        as_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def read_json(text: str | bytes, name: str) -> dict[str, Any]:
    """Return the one object that a JSON text holds. Errors: WrittenRefused."""
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, TypeError, RecursionError) as error:
        raise _refused(f"{name} is no JSON.", "Look at it in an editor.") from error
    if not isinstance(document, dict):
        raise _refused(f"{name} is no JSON object.", "It begins with { and ends with }.")
    return document


def _record(kind: Any, document: object, name: str) -> Any:
    if not isinstance(document, Mapping):
        raise _refused(f"{name} is {_said(document)} and has to be a group of fields.", _ANEW)
    readers, known = _fields(kind)
    values: dict[str, Any] = {}
    for field, value in document.items():
        if field not in known:
            raise _refused(f"{name}: there is no field “{str(field)[:60]}”.", _known(known))
        place = f"{name}: {field}"
        values[field] = _sized(field, readers[field](value, place), place)
    for field, needed in known.items():
        if needed and field not in values:
            raise _refused(f"{name}: the field “{field}” is missing.", "Add it.")
    return kind(**values)


def _sized(field: str, value: Any, place: str) -> Any:
    """Return a value; refuse a mass or a length below zero, which nothing has."""
    if field in _NEVER_NEGATIVE and isinstance(value, int | float) and value < 0:
        raise _refused(f"{place} is {value:g} and cannot be negative.", "Type it anew.")
    return value


@cache
def _fields(kind: Any) -> tuple[dict[str, Callable[[object, str], Any]], dict[str, bool]]:
    """Return what reads the fields of a dataclass, and which of them have no default."""
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    needed = {
        one.name: one.default is MISSING and one.default_factory is MISSING for one in fields(kind)
    }
    return readers, needed


def _value(kind: Any, value: object, name: str) -> Any:
    return _reader(kind)(value, name)


@cache
def _reader(kind: Any) -> Callable[[object, str], Any]:
    """Return what reads a kind of field, found once: hundreds of runs have the same fields."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner, *_) = [_reader(one) for one in get_args(kind) if one is not type(None)]
        return lambda value, name: None if value is None else inner(value, name)
    if origin is tuple:
        return partial(_row, get_args(kind))
    if origin is not None:  # a mapping
        return partial(_table, get_args(kind))
    if is_dataclass(kind):
        return partial(_record, kind)
    if kind is object:
        return lambda value, _name: value
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if issubclass(kind, datetime):
        return partial(_time, kind)
    return partial(_word, {one.value: one for one in kind})


def _number(value: object, name: str) -> float:
    # True is a number to Python and to nobody else.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(f"{name} is {_said(value)} and has to be a number.", "Write it so.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refused(f"{name} is no finite number.", "Write it as a number.")
    return number


def _whole(value: object, name: str) -> int:
    number = _number(value, name)
    if number != int(number):
        raise _refused(f"{name} is {_said(value)} and has to be a whole number.", _ANEW)
    return int(number)


def _truth(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise _refused(f"{name} is {_said(value)} and has to be true or false.", _ANEW)
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _refused(f"{name} is {_said(value)} and has to be text.", "Write it in quotes.")
    return value


_SIMPLE: Final[Mapping[Any, Callable[[object, str], Any]]] = types.MappingProxyType(
    {float: _number, int: _whole, bool: _truth, str: _text}
)


def _time(kind: type[datetime], value: object, name: str) -> datetime:
    text = _text(value, name)
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise _refused(f"{name} is {_said(text)} and has to be a time.", _ANEW) from None


def _word(words: Mapping[str, StrEnum], value: object, name: str) -> StrEnum:
    found = words.get(_text(value, name))
    if found is None:
        raise _refused(f"{name} cannot be {_said(value)}.", f"Use one of: {', '.join(words)}.")
    return found


def _row(kinds: tuple[Any, ...], value: object, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _refused(f"{name} is {_said(value)} and has to be a list.", _ANEW)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], one, f"{name}, number {n}") for n, one in enumerate(value, 1))
    if len(value) != len(kinds):
        raise _refused(f"{name} has to be a list of {len(kinds)}.", _ANEW)
    return tuple(_value(kind, one, name) for kind, one in zip(kinds, value, strict=True))


def _table(kinds: tuple[Any, ...], value: object, name: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise _refused(f"{name} is {_said(value)} and has to be a group of fields.", _ANEW)
    return {
        _value(kinds[0], key, name): _value(kinds[1], inner, f"{name}, {str(key)[:60]}")
        for key, inner in value.items()
    }


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON's")


def _said(value: object) -> str:
    if isinstance(value, str):
        return f"the text “{value[:60]}”"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a group of fields"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "empty" if value is None else str(value)[:60]


def _known(known: Mapping[str, bool]) -> str:
    return f"Use only: {', '.join(known)}."


def _refused(happened: str, to_do: str) -> WrittenRefused:
    return WrittenRefused(happened, kept="Nothing was changed.", to_do=to_do)


_ANEW: Final = "Write it anew."
_NEVER_NEGATIVE: Final = frozenset(
    {
        "equivalent_mass_kg",
        "wheel_mass_kg",
        "road_mass_kg",
        "roller_m",
        "drag_area_m2",
        "ratio_rpm_per_kmh",
    }
)
