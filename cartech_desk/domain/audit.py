"""A record of the audit log: its words, its canonical form, its hash.

hash n = SHA-256(hash n-1 ‖ canonical JSON of record n); the first follows 32 zero bytes. Canonical
JSON: UTF-8, keys sorted, no blanks, and no numbers: they are written as strings, so that no reader
can round them. An act outside `desk.db` leaves two records: its intent before it begins, and its
result, which names the intent.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from json.scanner import make_scanner
from typing import Any, Final, cast

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor, Role

GENESIS: Final = bytes(32)
"""What the first record follows."""


_BLANK: Final = hashlib.sha256()


class BodyRefused(CarTechError):
    """A body of the audit log is not what a desk writes."""

    code = "audit_body_refused"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"A record of the audit log cannot be read: {why}.",
            to_do="Verify the audit log: it names the first record that is broken.",
        )
        self.why = why


class Phase(StrEnum):
    """What a record is of its act."""

    ACT = "act"
    """The act itself, in the transaction of what it changed."""
    INTENT = "intent"
    """Said before an act outside `desk.db` begins."""
    RESULT = "result"
    """How an act ended whose intent stands earlier."""


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

    `action` is a word of the table in `domain.audit_words` ("limit.set", "person.approve",
    "alarm.acknowledge"); `before` and `after` hold what changed, as plain values.
    """

    action: str
    entity: Entity
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record as it is kept. `keyed` tells whether a MAC of the desk's key stands beside it.

    `intent` is the sequence of the intent that a result ends. `problem` says why the body cannot
    be read, empty where it can; nothing else of such a record is known then.
    """

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
    phase: Phase = Phase.ACT
    intent: int | None = None
    problem: str = ""


def canonical(value: object) -> str:
    """Return canonical JSON. Errors: TypeError for what has no plain form."""
    return _written(json_of(_plain(value)))


def body_of(
    sequence: int,
    at: datetime,
    actor: Actor,
    entry: Entry,
    *,
    phase: Phase = Phase.ACT,
    intent: int | None = None,
) -> str:
    """Return the canonical form of a record."""
    # Put together by hand, keys in their order: an act on the desk waits for this.
    entity, role = entry.entity, actor.role
    return _written(
        f'{{"action":{_quoted(entry.action)},"actor":{{"id":{_quoted(actor.id)},'
        f'"name":{_quoted(actor.name)},"role":{_quoted(role) if role else "null"}}},'
        f'"after":{_change(entry.after)},'
        f'"at":"{_instant(at)}",'
        f'"before":{_change(entry.before)},'
        f'"entity":{{"id":{_quoted(entity.id)},"kind":{_quoted(entity.kind)},'
        f'"name":{_quoted(entity.name)},"vehicle":{_quoted(entity.vehicle)}}},'
        f'"intent":{"null" if intent is None else _quoted(str(intent))},'
        f'"phase":{_quoted(phase)},"reason":{_quoted(entry.reason)},"sequence":"{sequence}"}}'
    )


def chained(previous: bytes, body: str) -> bytes:
    """Return the hash of a record that follows `previous` (32 bytes)."""
    own = _BLANK.copy()
    own.update(previous)
    own.update(body.encode("utf-8"))
    return own.digest()


def checked(body: str) -> dict[str, Any]:
    """Return the document of a body that a desk wrote.

    Errors: BodyRefused where it is no JSON, not canonical, or lacks what a record has.
    """
    try:
        # Not `decode`, which looks for blanks around it: what has any is not canonical.
        document, _end = scan(body, 0)
        again = json_of(document)
    except (ValueError, RecursionError, StopIteration) as error:
        raise BodyRefused("it is not JSON as the desk writes it") from error
    if again != body:
        raise BodyRefused("its JSON is not canonical")
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise BodyRefused("it does not hold what a record holds")
    _check_parts(document)
    return document


def read_body(body: str, *, digest: bytes = b"", keyed: bool = False) -> AuditRecord:
    """Return the record that a body holds. Errors: BodyRefused."""
    document = checked(body)
    actor, entity = document["actor"], document["entity"]
    role, intent = actor["role"], document["intent"]
    return AuditRecord(
        sequence=int(document["sequence"]),
        at=datetime.fromisoformat(document["at"]),
        actor=Actor(actor["id"], actor["name"], Role(role) if role is not None else None),
        action=document["action"],
        entity=Entity(entity["kind"], entity["id"], entity["name"], entity["vehicle"]),
        before=document["before"],
        after=document["after"],
        reason=document["reason"],
        hash=digest,
        keyed=keyed,
        phase=Phase(document["phase"]),
        intent=None if intent is None else int(intent),
    )


def unreadable(sequence: int, body: object, problem: str, *, digest: bytes = b"") -> AuditRecord:
    """Return what stands for a record whose body cannot be read; the body is in its reason."""
    text = body if isinstance(body, str) else repr(body)
    return AuditRecord(
        sequence=sequence,
        at=datetime.min.replace(tzinfo=UTC),
        actor=Actor("", ""),
        action="",
        entity=Entity(""),
        reason=text[:_SHOWN],
        hash=digest,
        problem=problem,
    )


_SHOWN: Final = 2000
_KEYS: Final = frozenset(
    (
        "action",
        "actor",
        "after",
        "at",
        "before",
        "entity",
        "intent",
        "phase",
        "reason",
        "sequence",
    )
)
_ACTOR_KEYS: Final = frozenset(("id", "name", "role"))
_ENTITY_KEYS: Final = frozenset(("kind", "id", "name", "vehicle"))
_ROLES: Final = frozenset({None, *(role.value for role in Role)})
_CHANGE: Final = frozenset({dict, type(None)})
_PHASES: Final = frozenset(phase.value for phase in Phase)
_AT_LENGTH: Final = len("2026-01-05T08:00:00.000000+00:00")


def _check_parts(document: dict[str, Any]) -> None:
    """Refuse what is no record; a hundred thousand are looked at in a row, so in few steps."""
    actor, entity, intent = document["actor"], document["entity"], document["intent"]
    if (
        type(actor) is not dict
        or type(entity) is not dict
        or actor.keys() != _ACTOR_KEYS
        or entity.keys() != _ENTITY_KEYS
    ):
        raise BodyRefused("it does not say who did what to what")
    try:
        "".join((document["action"], document["reason"], actor["id"], actor["name"]))
        "".join(entity.values())
    except TypeError:
        raise BodyRefused("one of its texts is none") from None
    if type(document["before"]) not in _CHANGE or type(document["after"]) not in _CHANGE:
        raise BodyRefused("what was before and after is no list of words and values")
    # A list of texts would not hash: the type is asked first.
    if not _is_word(actor["role"], _ROLES) or not _is_word(document["phase"], _PHASES):
        raise BodyRefused("its role or phase is unknown")
    if not _is_number(document["sequence"]):
        raise BodyRefused("its sequence is no number")
    if (intent is None) is (document["phase"] == "result") or not (
        intent is None or _is_number(intent)
    ):
        raise BodyRefused("a result names its intent, and nothing else does")
    _check_time(document["at"])


def _is_word(value: object, words: frozenset[Any]) -> bool:
    return (value is None or type(value) is str) and value in words


def _is_number(value: object) -> bool:
    return (
        type(value) is str
        and len(value) < 20  # nothing above 2 ** 63
        and value.isascii()
        and value.isdigit()
        and value[0] != "0"
    )


def _check_time(at: object) -> None:
    try:
        if (
            type(at) is str
            and len(at) == _AT_LENGTH
            and at.endswith("+00:00")
            and datetime.fromisoformat(at).isoformat(timespec="microseconds") == at
        ):
            return
    except ValueError:
        pass
    raise BodyRefused("its time is none in UTC")


def _refuse_number(_text: str) -> Any:
    raise ValueError("a number that is no text")


def _no_json(value: object) -> Any:
    raise TypeError(f"{type(value).__name__} has no place in the audit log")


# The parts of the library's own encoder and decoder, made once: each call of theirs makes them
# anew, and a hundred thousand records are looked at in a row.
_MADE: Final[Any] = vars(json.encoder)["c_make_encoder"]
_quoted: Final = json.encoder.encode_basestring
_CHUNKS: Final[Any] = _MADE(None, _no_json, _quoted, None, ":", ",", True, False, False)
_DECODER: Final[Any] = json.JSONDecoder(
    parse_int=_refuse_number, parse_float=_refuse_number, parse_constant=_refuse_number
)
scan: Final = make_scanner(_DECODER)
"""Read the value that begins at an index; returns it and where it ends. Errors: ValueError,
StopIteration, RecursionError."""


def json_of(value: object) -> str:
    """Write plain values: keys sorted, no blanks, nothing escaped that need not be."""
    return "".join(_CHUNKS(value, 0))


_AS_THEY_ARE: Final = frozenset({str, bool, type(None)})


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is float or kind is int:
        return repr(value)
    # Not `repr`: numbers of NumPy and enumerations are numbers too, and say their type there.
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if kind is dict or isinstance(value, Mapping):
        mapping = cast("Mapping[Any, Any]", value)
        return {
            str(key): inner if type(inner) in _AS_THEY_ARE else _plain(inner)
            for key, inner in mapping.items()
        }
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{kind.__name__} has no place in the audit log")


def _change(values: Mapping[str, Any] | None) -> str:
    return "null" if values is None else json_of(_plain(values))


def _instant(at: datetime) -> str:
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")


def _written(text: str) -> str:
    """Return JSON that UTF-8 can write: half a surrogate pair, which it has not, as an escape."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json_of(_mended(json.loads(text)))
    return text


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mended(inner) for inner in value]
    return value
