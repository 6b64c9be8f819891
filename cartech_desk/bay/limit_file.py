"""Limits in a file: one JSON document in UTF-8, to be carried to another desk.

    {"format": "cartech-desk limits", "version": 1, "desk": "0.3.0", "exported": "2026-…Z",
     "shop": {"id": "…", "name": "…"}, "for": {"kind": "vehicle", "name": "…", "vin": "…",
     "profile": "turbo_petrol"}, "units": "canonical", "limits": [{"key": "rpm_high", …}, …]}

Every limit has the fields of `domain.alarms.limit.Limit`, in canonical units.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cartech_desk import __version__
from cartech_desk.bay.limit_sheet import Owner, OwnerKind
from cartech_desk.domain.alarms.limit import Limit, LimitRefused, check_limit, check_together
from cartech_desk.domain.alarms.written import as_plain, from_plain
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.plain_text import printable
from cartech_desk.reports.selection import ExportFailed, ExportRefused

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

FORMAT: Final = "cartech-desk limits"
VERSION: Final = 1
LARGEST: Final = 1_000_000
"""Bytes that a file may have."""
MOST: Final = 1000
"""Limits that a file may have."""

_NOTHING: Final = "Nothing was imported."
_LONGEST_NAME: Final = 100


class LimitFileRefused(CarTechError):
    """A file that limits cannot be imported from."""

    code: ClassVar[str] = "limit_file_refused"


@dataclass(frozen=True, slots=True)
class LimitFile:
    """What a file holds: `shop_id` and `shop` name where it comes from, `whose` for what."""

    limits: tuple[Limit, ...]
    shop_id: str
    shop: str
    whose: Mapping[str, str]


def shop_of(store: "Store") -> tuple[str, str]:
    """Return id and name of this shop, both empty before it was founded."""
    shop = store.people.shop()
    return (shop.id, shop.name) if shop is not None else ("", "")


def written(limits: Sequence[Limit], store: "Store", owner: Owner) -> bytes:
    """Return the bytes of a file with these limits of an owner. Errors: NotKept."""
    shop_id, shop = shop_of(store)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "desk": __version__,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "shop": {"id": shop_id, "name": shop},
        "for": _whose(store, owner),
        "units": "canonical",
        "limits": [as_plain(limit) for limit in limits],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _whose(store: "Store", owner: Owner) -> dict[str, str]:
    whose = {"kind": owner.kind.value, "profile": owner.id}
    if owner.kind is OwnerKind.VEHICLE:
        vehicle = store.vehicles.get(owner.id) if owner.id else None
        whose["name"] = vehicle.name if vehicle is not None else ""
        whose["vin"] = (vehicle.vin or "") if vehicle is not None else ""
        whose["profile"] = store.limits.profile_of(owner.id)
    return whose


def meant_for(found: LimitFile, store: "Store", owner: Owner) -> str:
    """Say for what other vehicle or profile a file is; empty where it is for this one."""
    theirs, mine = found.whose, _whose(store, owner)
    if not theirs:
        return ""
    profile = theirs.get("profile", "")
    if theirs.get("kind") == OwnerKind.PROFILE:
        return "" if profile == mine["profile"] else f"the profile {profile}"
    same = (
        owner.kind is OwnerKind.VEHICLE
        and profile == mine["profile"]
        and all(theirs.get(field, "") == mine[field] for field in ("name", "vin"))
    )
    if same:
        return ""
    called = theirs.get("name") or theirs.get("vin") or "another vehicle"
    return f"{called}, profile {profile}" if profile else called


def check_place(path: Path) -> None:
    """Refuse what no file can be written to. Errors: ExportRefused."""
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder.", to_do="Name a file, such as limits.json.")
    if path.exists() and not path.is_file():
        raise ExportRefused(f"{path} is no file but a device or a pipe.", to_do="Name a file.")
    if not path.absolute().parent.is_dir():
        raise ExportRefused(
            f"The folder {path.absolute().parent} does not exist.",
            to_do="Make it, or name a file in another one.",
        )


def write(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all. Errors: ExportFailed."""
    part = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.absolute().parent, prefix=f".{path.name}.", delete=False
        ) as file:
            part = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise ExportFailed(
            f"{path} could not be written ({error.strerror or error}).",
            kept="No file was written.",
            to_do="Name a file in a folder that you may write to.",
        ) from error


def read(path: Path) -> LimitFile:
    """Read and check a file of limits. Errors: LimitFileRefused, LimitRefused."""
    document = _document(path)
    if document.get("format") != FORMAT:
        raise _refused(f"{path.name} is no file of limits.", "Choose one that a desk exported.")
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise _refused(f"{path.name} does not say of which version it is.", _EXPORT_AGAIN)
    if version > VERSION:
        raise _refused(
            f"{path.name} was exported by a newer desk.", "Bring this desk up to date first."
        )
    if document.get("units", "canonical") != "canonical":
        raise _refused(f"{path.name} is not in canonical units.", _EXPORT_AGAIN)
    shop = document.get("shop")
    if not isinstance(shop, dict):
        raise _refused(f"{path.name} does not say which shop it is of.", _EXPORT_AGAIN)
    shop_id, name = shop.get("id"), shop.get("name")
    if not (isinstance(shop_id, str) and isinstance(name, str) and printable(name)):
        raise _refused(f"{path.name} does not say which shop it is of.", _EXPORT_AGAIN)
    whose = document.get("for")
    words = {
        field: value[:_LONGEST_NAME]
        for field, value in (whose.items() if isinstance(whose, dict) else ())
        if isinstance(value, str) and printable(value)
    }
    limits = _limits(path, document.get("limits"))
    return LimitFile(limits, shop_id, name[:_LONGEST_NAME], words)


def _limits(path: Path, rows: Any) -> tuple[Limit, ...]:
    if not isinstance(rows, list) or not rows:
        raise _refused(f"{path.name} holds no limits.", "Choose another file.")
    if len(rows) > MOST:
        raise _refused(f"{path.name} holds more than {MOST} limits.", "Choose another file.")
    limits = []
    try:
        for at, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise _refused(f"Limit {at} of {path.name} is no group of fields.", _EXPORT_AGAIN)
            key = row.get("key")
            limit = from_plain(row, key[:60] if isinstance(key, str) and key else f"Limit {at}")
            check_limit(limit)
            limits.append(limit)
        check_together(limits)
    except LimitRefused as error:
        raise LimitRefused(
            f"{path.name} cannot be imported. {error.happened}", kept=_NOTHING, to_do=error.to_do
        ) from error
    return tuple(limits)


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise _refused(
            f"{path} cannot be read ({error.strerror or error}).", "Name the file that you mean."
        ) from error
    if len(content) > LARGEST:
        raise _refused(f"{path.name} is larger than 1 MB.", "Choose a file of limits.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            f"{path.name} is not written in UTF-8.", "Save it in UTF-8, or export it again."
        ) from error
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except _Wrong as error:
        raise _refused(f"{path.name} cannot be imported: {error}.", _EXPORT_AGAIN) from error
    except json.JSONDecodeError as error:
        raise _refused(
            f"{path.name} is no JSON: line {error.lineno}, character {error.colno}.", _EXPORT_AGAIN
        ) from error
    except (ValueError, RecursionError) as error:  # a number of a million digits, a deep nest
        raise _refused(f"{path.name} cannot be read as JSON.", _EXPORT_AGAIN) from error
    if not isinstance(document, dict):
        raise _refused(f"{path.name} is no file of limits.", "Choose one that a desk exported.")
    return document


class _Wrong(Exception):
    """What JSON's grammar lets pass and a file of limits must not hold."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Wrong(f"the field “{twice[:60]}” stands there twice")
    return document


def _no_number(text: str) -> float:
    raise _Wrong(f"{text} is no number")


def _refused(happened: str, to_do: str) -> LimitFileRefused:
    return LimitFileRefused(happened, kept=_NOTHING, to_do=to_do)


_EXPORT_AGAIN: Final = "Export it again on the desk that it comes from."
