"""A dyno sheet as JSON: what was measured, what was set, what it comes to; recomputable.

Canonical units, numbers as Python writes them, so that they read back bit for bit; null where a
number is not known. Raw samples are those of the recording, never resampled. What each field means
is written in `dyno_json_about` and stands in every file under "about".
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np

from cartech_desk import __version__
from cartech_desk.domain.channels import Channel, Quality
from cartech_desk.domain.dyno.result import QualityMark, RunResult
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track, View
from cartech_desk.domain.dyno.smoothing import LEVELS
from cartech_desk.domain.dyno.written import from_plain
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.units import UNITS
from cartech_desk.reports.dyno_json_about import ABOUT
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun

SCHEMA: Final = "cartech-desk/dyno-sheet"
VERSION: Final = 1

_LONGEST_NS: Final = 10**17
"""Three years: no run is as far from its anchor."""

_INFINITE: Final = {"Infinity": math.inf, "-Infinity": -math.inf}


class DocumentRefused(CarTechError):
    """A document is no dyno sheet that this version reads."""

    code = "document_refused"


def json_of(sheet: Sheet) -> bytes:
    """Return the sheet as a JSON file; runs without raw data say null there."""
    text = json.dumps(document_of(sheet), ensure_ascii=False, allow_nan=False, indent=None)
    return (text + "\n").encode()


def document_of(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as plain values."""
    return {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "software": f"CarTech Desk {__version__}",
        "about": dict(ABOUT),
        "issued": sheet.issued.isoformat(),
        "issued_by": sheet.issued_by,
        "shop": {"name": sheet.shop.name, "address": sheet.shop.address},
        "audit": {"sequence": sheet.audit_sequence, "hash": sheet.audit_hash},
        "notes": sheet.notes,
        "parameters": _plain(sheet.parameters),
        "runs": [_run(one) for one in sheet.runs],
        "comparison": _plain(sheet.comparison),
        "repeatability": _plain(sheet.repeatability),
    }


def _run(one: SheetRun) -> dict[str, Any]:
    run = _plain(one.run)
    setup = run.pop("setup")
    session = _plain(one.session)
    session.pop("setup")
    return {
        "run": run,
        "session": session,
        "vin": one.vin,
        "alarms": list(one.alarms),
        "device": _plain(one.device),
        "setup": setup,
        "view": _plain(one.result.view),
        "raw": None if one.raw is None else _raw(one.raw),
        "result": _result(one.result),
    }


def _result(result: RunResult) -> dict[str, Any]:
    document: dict[str, Any] = _plain(result)
    factor = result.factor.value
    document["corrected"] = {
        "peak_power_kw": None if result.peak_power is None else result.peak_power.value * factor,
        "peak_torque_nm": None if result.peak_torque is None else result.peak_torque.value * factor,
        "power_kw": _array(result.curve.power_kw * factor),
        "torque_nm": _array(result.curve.torque_nm * factor),
    }
    return document


def _raw(raw: RawRun) -> dict[str, Any]:
    return {
        "id": raw.id,
        "name": raw.name,
        "first_ns": raw.first_ns,
        "last_ns": raw.last_ns,
        "start_utc": raw.start_utc.isoformat() if raw.start_utc else None,
        "tier": raw.tier.value,
        "broken": [list(stretch) for stretch in raw.broken],
        "tracks": {
            name: {
                "channel": _plain(track.channel),
                "of_car": track.of_car,
                "t_ns": track.t_ns.tolist(),
                "values": _array(track.values),
                "quality": track.quality.tolist(),
            }
            for name, track in raw.tracks.items()
        },
    }


def _array(values: Any) -> list[Any]:
    plain: list[Any] = values.tolist()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return [_number(value) for value in plain]
    return plain


def _number(value: float) -> Any:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _plain(value: object) -> Any:
    """Return plain values of whatever a sheet holds."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(inner) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return str(value)


# And back


def recompute(document: Mapping[str, Any], place: int = 0) -> RunResult:
    """Compute the run at this place of a document anew, from its raw data and parameters.

    Errors: DocumentRefused; WrittenRefused where a parameter is not what it should be.
    """
    from cartech_desk.domain.dyno.analysis import analyse
    from cartech_desk.domain.dyno.marks import with_marks

    raw, setup, view = parts_of(document, place)
    try:
        marks = document["runs"][place]["result"].get("quality", ())
        kept = [
            QualityMark(str(one["key"]), str(one["word"]), str(one["why"]), bool(one["grave"]))
            for one in marks
        ]
        return with_marks(analyse(raw, setup, view), *kept)
    except CarTechError:
        raise
    except _MALFORMED as error:
        raise _not_whole() from error


def parts_of(document: Mapping[str, Any], place: int = 0) -> tuple[RawRun, RunSetup, View]:
    """Return what was measured, what was set and how it was looked at. Errors as `recompute`."""
    if not isinstance(document, Mapping):
        raise _not_whole()
    if document.get("schema") != SCHEMA or document.get("schema_version") != VERSION:
        raise DocumentRefused(
            "This is no dyno sheet of a version that can be read here.",
            to_do=f"Export it anew as JSON ({SCHEMA}, version {VERSION}).",
        )
    try:
        run = document["runs"][place]
        if run["raw"] is None:
            raise DocumentRefused(
                "This sheet holds no raw data.", to_do="Export it anew as JSON with its raw data."
            )
        raw = _raw_of(run["raw"])
        setup, view = from_plain(RunSetup, run["setup"]), from_plain(View, run["view"])
        for name in setup.roles.values():
            track = raw.tracks.get(name)
            if track is not None and track.channel.unit not in UNITS:
                raise _not_whole(f"{name} has the unit “{str(track.channel.unit)[:20]}”")
        if not 0 <= view.smoothing < len(LEVELS):
            raise _not_whole(f"there is no smoothing {view.smoothing}")
        return raw, setup, view
    except _MALFORMED as error:
        raise _not_whole() from error


_MALFORMED: Final = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What Python says where a document holds something else than it should."""


def _not_whole(why: str = "") -> DocumentRefused:
    return DocumentRefused(
        f"This dyno sheet is not whole{': ' if why else ''}{why}.", to_do="Export it anew as JSON."
    )


def _raw_of(written: Mapping[str, Any]) -> RawRun:
    start = written["start_utc"]
    return RawRun(
        written["id"],
        written["name"],
        {name: _track(track) for name, track in written["tracks"].items()},
        int(written["first_ns"]),
        int(written["last_ns"]),
        None if start is None else datetime.fromisoformat(start),
        Tier(written["tier"]),
        tuple((int(first), int(last)) for first, last in written["broken"]),
    )


def _track(written: Mapping[str, Any]) -> Track:
    values = [
        math.nan if one is None else _INFINITE[one] if isinstance(one, str) else one
        for one in written["values"]
    ]
    said = {name: _back(value) for name, value in written["channel"].items()}
    channel = Channel(**said)
    t_ns = np.array(written["t_ns"], dtype=np.int64)
    found = np.array(values, dtype=np.float64)
    quality = np.array(written["quality"], dtype=np.uint8)
    if not (t_ns.ndim == found.ndim == quality.ndim == 1 and len(t_ns) == len(found)):
        raise _not_whole(f"{channel.name} has not as many values as times")
    if len(quality) != len(t_ns) or not np.isin(quality, list(Quality)).all():
        raise _not_whole(f"{channel.name} does not say how good each value is")
    if len(t_ns) and ((np.diff(t_ns) < 0).any() or max(-t_ns[0], t_ns[-1]) > _LONGEST_NS):
        raise _not_whole(f"the times of {channel.name} do not follow each other")
    return Track(channel, t_ns, found, quality, bool(written["of_car"]))


def _back(value: Any) -> Any:
    return _INFINITE.get(value, value) if isinstance(value, str) else value
