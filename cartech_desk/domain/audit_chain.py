"""Verifying the audit log: one walk over its rows, then its head and the anchors outside.

The chain alone shows what was changed by somebody who did not write all hashes anew; the MACs show
that too, as long as the key stayed secret; the head and the anchors show what was cut off the end.
It makes tampering evident, it does not prevent it.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from cartech_desk.domain.audit import GENESIS, BodyRefused, checked
from cartech_desk.domain.audit_proof import proven

Row = tuple[Any, Any, Any, Any, Any]
"""Sequence, body, previous, hash and MAC as they come from the file: of any type at all."""

# A tag before what is signed, so that the MAC of one kind can never stand for one of another.
_RECORD: Final = b"CarTech Desk audit record\0"
_HEAD: Final = b"CarTech Desk audit head\0"
_UNKEYED: Final = '{"action":"audit.unkeyed",'
_ANCHOR: Final = b"CarTech Desk audit anchor\0"


@dataclass(frozen=True, slots=True)
class MacKey:
    """A key of the desk: `since` is the first record that carries its MAC, None if not known."""

    secret: bytes = field(repr=False)
    since: int | None
    number: int = 1


def record_mac(secret: bytes, digest: bytes) -> bytes:
    """Return the MAC of a record with this hash."""
    return _signed(_begun(secret, _RECORD), digest)


def head_mac(secret: bytes, desk: str, sequence: int, digest: bytes) -> bytes:
    """Return the MAC of the head."""
    return _signed(_begun(secret, _HEAD), f"{desk}\0{sequence}\0".encode() + digest)


def anchor_mac(secret: bytes, desk: str, sequence: int, digest: bytes) -> bytes:
    """Return the MAC of an anchor."""
    return hmac.digest(secret, _ANCHOR + f"{desk}\0{sequence}\0".encode() + digest, "sha256")


@lru_cache(maxsize=16)
def _begun(secret: bytes, tag: bytes) -> hmac.HMAC:
    """Begin a MAC: going on from a copy costs half of beginning."""
    return hmac.new(secret, tag, "sha256")


def _signed(begun: hmac.HMAC, words: bytes) -> bytes:
    own = begun.copy()
    own.update(words)
    return own.digest()


class Fault(StrEnum):
    """What is wrong with a record."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNREADABLE = "unreadable"
    """Its body is no text, no JSON, or not as the desk writes it."""
    REWRITTEN = "rewritten"
    """Its MAC or an anchor shows that somebody without the key wrote it."""
    CUT = "cut"
    """The end of the log was cut off."""
    REPLACED = "replaced"
    """Another log lay in this folder."""
    ANCHOR = "anchor"
    """The anchor outside is missing or none: the end cannot be proven."""
    GUARDS = "guards"
    """The triggers that keep the log from being edited are gone or altered."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken record, and what is wrong with it in words.

    `sequence` is None for what is wrong with no single record.
    """

    sequence: int | None
    fault: Fault
    words: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head as `desk.db` keeps it beside the records."""

    desk: str
    sequence: int
    hash: bytes
    mac: bytes | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A sequence and its hash, kept outside `desk.db` or printed on a report.

    `hash` may be the beginning of one (printed ones are typed by hand). `desk` is empty where it
    was not said.
    """

    sequence: int
    hash: bytes
    desk: str = ""
    at: datetime | None = None
    mac: bytes | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    `ok` False names the first broken record in `first_bad_sequence` and says in `problem` what is
    wrong with it. `warnings` are what does not break the chain (records that are not keyed, no
    anchor here). Head is the last record that was whole; `head_hash` is hex, empty for none.
    """

    ok: bool
    records: int
    first_bad_sequence: int | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()
    head_sequence: int = 0
    head_hash: str = ""
    keyed: bool = True
    """Whether the key was there to check with."""
    at: datetime | None = None
    fault: Fault | None = None


@dataclass(slots=True)
class Walked:
    """What a walk found. It stops at the first broken record; `records` counts those before it.

    `sequence` and `digest` are the last record's that was whole. `seen` holds the hashes at the
    sequences that were asked for. `unchecked` counts MACs whose key is not here.
    """

    records: int = 0
    sequence: int = 0
    digest: bytes = GENESIS
    broken: Break | None = None
    unkeyed: list[tuple[int, int]] = field(default_factory=list)
    unchecked: int = 0
    last_keyed: bool = False
    seen: dict[int, bytes] = field(default_factory=dict)


def walk(rows: Iterable[Row], keys: Sequence[MacKey] = (), marks: Collection[int] = ()) -> Walked:
    """Walk over the rows in order of their sequence until one is broken. Raises nothing."""
    rows = iter(rows)
    found = Walked()
    found.seen = {0: GENESIS}
    wanted = frozenset(marks)
    turns = {key.since for key in keys if key.since is not None}
    signers = _signers(keys, 1)
    previous, expected = GENESIS, 1
    sha256 = hashlib.sha256
    for row in rows:
        sequence, body, before, digest, mac = row
        if expected in turns:
            signers = _signers(keys, expected)
        try:
            fits = (
                sequence == expected
                and type(body) is str
                and proven(body) == str(expected)
                and before == previous
                and sha256(previous + body.encode()).digest() == digest
            )
        except UnicodeEncodeError:
            fits = False
        if not fits:
            found.broken = _broken(row, expected, previous, rows, found)
            break
        if mac is None:
            turned = expected in turns or (found.last_keyed and bool(keys))
            if turned and not body.startswith(_UNKEYED):
                found.broken = _not_keyed(expected)
                break
            _add_unkeyed(found.unkeyed, expected)
        elif not signers:
            found.unchecked += 1
        elif not _is_signed(signers, digest, mac):
            found.broken = Break(
                expected,
                Fault.REWRITTEN,
                f"The signature of record {expected} was not made with this desk's key: the "
                "record was written anew, or its signature changed, by somebody without the key.",
            )
            break
        if expected in wanted:
            found.seen[expected] = digest
        previous = digest
        found.last_keyed = mac is not None
        found.records = found.sequence = expected
        expected += 1
    found.digest = previous
    return found


def _signers(keys: Sequence[MacKey], sequence: int) -> tuple[hmac.HMAC, ...]:
    """Begin the MAC with each key that may have signed this record.

    More than one where none knows since.
    """
    found: list[hmac.HMAC] = []
    for key in sorted(keys, key=lambda key: -key.number):
        if key.since is None or key.since <= sequence:
            found.append(_begun(key.secret, _RECORD))
        if key.since is not None and key.since <= sequence:
            break
    return tuple(found)


def _is_signed(signers: Sequence[hmac.HMAC], digest: bytes, mac: object) -> bool:
    for signer in signers:
        own = signer.copy()
        own.update(digest)
        if own.digest() == mac:
            return True
    return False


def _add_unkeyed(runs: list[tuple[int, int]], sequence: int) -> None:
    if runs and runs[-1][1] == sequence - 1:
        runs[-1] = (runs[-1][0], sequence)
    else:
        runs.append((sequence, sequence))


def _not_keyed(sequence: int) -> Break:
    return Break(
        sequence,
        Fault.REWRITTEN,
        f"Record {sequence} carries no signature, although the desk's key was in use there and "
        "nothing says that it was away: it was written anew by somebody without the key.",
    )


def _broken(
    row: Row, expected: int, previous: bytes, following: Iterator[Row], found: Walked
) -> Break:
    """Say what is wrong with a row that does not fit."""
    sequence, body, before, digest, _mac = row
    if sequence != expected:
        return _out_of_line(sequence, expected)
    if type(body) is not str:
        kind = "nothing" if body is None else "no text"
        return Break(expected, Fault.UNREADABLE, f"Record {expected} holds {kind}.")
    try:
        own = int(checked(body)["sequence"])
    except BodyRefused as refused:
        return Break(expected, Fault.UNREADABLE, f"Record {expected} was changed: {refused.why}.")
    if own != expected:
        return _holds_another(expected, own, following, found)
    try:
        whole = type(before) is bytes and (
            hashlib.sha256(before + body.encode()).digest() == digest
        )
    except UnicodeEncodeError:
        return Break(expected, Fault.UNREADABLE, f"Record {expected} was changed: it is not UTF-8.")
    if whole and before != previous:
        return Break(
            expected,
            Fault.CHANGED,
            f"Record {expected} does not follow record {expected - 1}: one of them was changed and "
            "given a new hash.",
        )
    if hashlib.sha256(previous + body.encode()).digest() == digest:
        return Break(
            expected,
            Fault.CHANGED,
            f"Record {expected} was changed: it names another hash for the record before it.",
        )
    return Break(
        expected,
        Fault.CHANGED,
        f"Record {expected} was changed: its hash does not fit its words.",
    )


def _out_of_line(sequence: object, expected: int) -> Break:
    if isinstance(sequence, int) and sequence > expected:
        last = sequence - 1
        words = (
            f"Record {expected} is missing."
            if last == expected
            else f"Records {expected} to {last} are missing."
        )
        return Break(expected, Fault.MISSING, words)
    number = sequence if isinstance(sequence, int) else expected
    return Break(
        number, Fault.INSERTED, f"Record {number} was put in: the log begins with record 1."
    )


def _holds_another(expected: int, own: int, following: Iterator[Row], found: Walked) -> Break:
    says = f"Record {expected} holds the words of record {own}"
    if own == expected - 1:
        # What stands before it is whole and unsigned, or a MAC would have given it away.
        first = own if found.unkeyed and found.unkeyed[-1][1] == own else expected
        return Break(first, Fault.INSERTED, f"{says}: a record was put in before it.")
    if own == expected + 1 and _own_sequence(next(following, None)) != expected:
        return Break(
            expected,
            Fault.MISSING,
            f"{says}: record {expected} is missing, and those after it were numbered anew.",
        )
    return Break(expected, Fault.REORDERED, f"{says}: the records stand in another order.")


def _own_sequence(row: Row | None) -> int | None:
    try:
        return int(checked(row[1])["sequence"]) if row and type(row[1]) is str else None
    except BodyRefused:
        return None
