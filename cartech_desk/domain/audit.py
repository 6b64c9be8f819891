"""A record of the audit log: its words, its canonical form, its hash.

hash n = SHA-256(hash n-1 ‖ canonical JSON of record n); the first follows 32 zero bytes. Canonical
JSON: UTF-8, keys sorted, no blanks, and no numbers: they are written as strings, so that no reader
can round them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.domain.people import Actor

GENESIS: Final = bytes(32)
"""What the first record follows."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What an act was done to: `kind` ("person", "limit", "alarm", "recording", …), id and name.

    `vehicle` is the id of the vehicle that it concerns, empty for none.
    """

    kind: str
    id: str = ""
    name: str = ""
    vehicle: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of one act.

    `action` is a word of the table in `docs` of the page ("limit.edit", "person.approve",
    "alarm.acknowledge"); `before` and `after` hold what changed, as plain values.
    """

    action: str
    entity: Entity
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record as it is kept. `keyed` tells whether a MAC of the desk's key stands beside it."""

    sequence: int
    at: datetime
    actor: Actor
    action: str
    entity: Entity
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    hash: bytes = field(default=b"", repr=False)
    keyed: bool = False


def canonical(value: object) -> str:
    """Return canonical JSON. Errors: TypeError for what has no plain form."""
    return json.dumps(
        _plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def body_of(sequence: int, at: datetime, actor: Actor, entry: Entry) -> str:
    """Return the canonical form of a record."""
    return canonical(
        {
            "sequence": sequence,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": {
                "id": actor.id,
                "name": actor.name,
                "role": actor.role.value if actor.role is not None else None,
            },
            "action": entry.action,
            "entity": {
                "kind": entry.entity.kind,
                "id": entry.entity.id,
                "name": entry.entity.name,
                "vehicle": entry.entity.vehicle,
            },
            "before": entry.before,
            "after": entry.after,
            "reason": entry.reason,
        }
    )


def chained(previous: bytes, body: str) -> bytes:
    """Return the hash of a record that follows `previous` (32 bytes)."""
    return hashlib.sha256(previous + body.encode("utf-8")).digest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no place in the audit log")
