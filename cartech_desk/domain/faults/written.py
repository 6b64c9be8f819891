"""A scan as JSON: for the database, the check-up's file and the command line, and back.

`scan_document` writes the dataclasses of `found` field by field under their own names: ECUs as hex
text ("7E8"), times as ISO 8601, states by their values, "no number" as null. `scan_of` checks every
field by its type and what it may be, and takes the document whole or not at all. A field that
version 1 has is never left out: a list of codes that is missing is not an empty one. A field that
comes later needs a new version, and what older documents mean by its absence.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Final, Union, get_args, get_origin, get_type_hints

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.code import NoCode, parse_code
from cartech_desk.domain.faults.found import (
    CodeFound,
    CodeStatus,
    Counters,
    FaultScan,
    FreezeFrame,
    Lamp,
    TestResult,
)
from cartech_desk.domain.faults.told import ecu_text, told_scan

__all__ = ["VERSION", "ScanUnreadable", "ecu_text", "scan_document", "scan_of", "told_scan"]

VERSION: Final = 1
_VERSION_KEY: Final = "version"
_LAST_VERSION: Final = 9999
"""What is beyond was not written by any program of ours."""
_ADDRESSES: Final = frozenset(("ecu", "address"))
_HEXADECIMAL: Final = re.compile(r"[0-9A-F]{1,8}")
_MOST_SHOWN: Final = 60
_BYTE: Final = (0, 0xFF)
_MOST: Final = 2**31 - 1
_RANGES: Final[Mapping[tuple[type, str], tuple[float, float]]] = {
    (Lamp, "codes"): (0, 0x7F),
    (CodeFound, "failure_type"): _BYTE,
    (CodeFound, "status_byte"): _BYTE,
    (FreezeFrame, "frame"): _BYTE,
    (TestResult, "monitor"): _BYTE,
    (TestResult, "test"): _BYTE,
    (Counters, "warm_ups"): _BYTE,
    (Counters, "lamp_km"): (0, math.inf),
    (Counters, "lamp_min"): (0, math.inf),
    (Counters, "cleared_km"): (0, math.inf),
    (Counters, "cleared_min"): (0, math.inf),
    (FaultScan, "requests"): (0, _MOST),
    (FaultScan, "seconds"): (0, math.inf),
}
"""What numbers may be; no number at all (NaN) lies in none of these."""


class ScanUnreadable(CarTechError):
    """A document that is no scan, or one of a newer program."""

    code: ClassVar[str] = "scan_unreadable"


def scan_document(scan: FaultScan) -> dict[str, Any]:
    """Return the whole scan as plain JSON values, exact enough for `scan_of`; NaN is null."""
    return {_VERSION_KEY: VERSION, **_written(scan)}


def _written(value: Any) -> Any:
    """Return a value of `found` as JSON values."""
    if is_dataclass(value):
        return {
            one.name: ecu_text(part) if one.name in _ADDRESSES else _written(part)
            for one in fields(value)
            for part in (getattr(value, one.name),)
        }
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def scan_of(document: Mapping[str, Any]) -> FaultScan:
    """Read what `scan_document` wrote. Errors: ScanUnreadable names what is wrong."""
    if not isinstance(document, Mapping):
        raise _wrong("the document", "no object", document)
    version = document.get(_VERSION_KEY)
    if type(version) is not int or not 1 <= version <= _LAST_VERSION:
        raise _wrong(_VERSION_KEY, "no version of a scan", version)
    if version > VERSION:
        raise ScanUnreadable(
            f"The scan was written by a newer program (version {version} of its form).",
            kept="It was not touched.",
            to_do="Update CarTech Desk to see it.",
        )
    content = {key: value for key, value in document.items() if key != _VERSION_KEY}
    scan = _read(FaultScan, content, "the scan")
    assert isinstance(scan, FaultScan)  # noqa: S101 - for the type checker
    return scan


def _read(kind: Any, value: Any, place: str) -> Any:
    """Read a value as a type of `found`; ScanUnreadable names the place."""
    if get_origin(kind) in (Union, UnionType):
        inner = next(one for one in get_args(kind) if one is not type(None))
        return None if value is None else _read(inner, value, place)
    if get_origin(kind) is tuple:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise _wrong(place, "no list", value)
        inner = get_args(kind)[0]
        return tuple(_read(inner, one, f"{place}, {at}") for at, one in enumerate(value, 1))
    if is_dataclass(kind):
        return _read_fields(kind, value, place)
    return _read_plain(kind, value, place)


def _read_fields(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong(place, "no object", value)
    types = _types(kind)
    strange = [key for key in value if key not in types]
    if strange:
        raise _wrong(place, "holding what no scan has", strange[0])
    given: dict[str, Any] = {}
    for one in fields(kind):
        inside = f"{place}, {one.name}"
        if one.name in value:
            reader = _read_address if one.name in _ADDRESSES else _read
            given[one.name] = reader(types[one.name], value[one.name], inside)
            _check(kind, one.name, given[one.name], inside)
        else:
            raise _wrong(inside, "missing")
    return kind(**given)


def _check(kind: Any, name: str, value: Any, place: str) -> None:
    """Check what a value of the right type says. Errors: ScanUnreadable."""
    least, most = _RANGES.get((kind, name), (None, None))
    if least is not None and most is not None and value is not None and not least <= value <= most:
        raise _wrong(place, "a number that there cannot be", value)
    if name == "code" and kind in (CodeFound, FreezeFrame):
        _check_code(value, place, empty=kind is FreezeFrame)
    if (kind, name) == (CodeFound, "status"):
        if not value:
            raise _wrong(place, f"empty where one of {', '.join(CodeStatus)} is due")
        if len(set(value)) != len(value):
            raise _wrong(place, "the same twice", [one.value for one in value])


def _check_code(text: str, place: str, *, empty: bool) -> None:
    """Check a code of five characters, as control units tell them; also none where `empty`."""
    if empty and not text:
        return
    try:
        right = parse_code(text).text == text
    except NoCode:
        right = False
    if not right:
        raise _wrong(place, "no trouble code", text)


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read_address(_: Any, value: Any, place: str) -> int:
    if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
        raise _wrong(place, "no address of an ECU", value)
    return int(value, 16)


def _read_plain(kind: Any, value: Any, place: str) -> Any:
    if kind is float:
        if value is None:
            return math.nan
        if type(value) not in (int, float):
            raise _wrong(place, "no number", value)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise _wrong(place, "no number", value)
        return number
    if kind is datetime:
        return _read_time(value, place)
    if issubclass(kind, StrEnum):
        try:
            return kind(value)
        except ValueError:
            raise _wrong(place, "none of " + ", ".join(kind), value) from None
    if type(value) is not kind:
        words = {bool: "neither true nor false", int: "no whole number", str: "no text"}
        raise _wrong(place, words.get(kind, "of another kind"), value)
    return value


def _read_time(value: Any, place: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(place, "no time", value) from None
    raise _wrong(place, "a time without its zone", value)


def _wrong(place: str, what: str, value: Any = MISSING) -> ScanUnreadable:
    shown = "" if value is MISSING else f" ({_shown(value)})"
    return ScanUnreadable(
        f"The scan cannot be read: {place} is {what}{shown}.",
        kept="It was not touched.",
        to_do="Use a copy from a backup, or check the car again.",
    )


def _shown(value: Any) -> str:
    try:
        return f"{value!r:.{_MOST_SHOWN}}"
    except ValueError:  # Python writes no number of more than some thousand digits
        return "a number of very many digits"
