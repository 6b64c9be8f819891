"""Verifying the audit log as it stands in the file: its rows, its head, its guards, its anchor."""

import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from cartech_desk.domain.audit_chain import (
    Anchor,
    Break,
    Fault,
    Head,
    MacKey,
    Verdict,
    Walked,
    walk,
)
from cartech_desk.domain.audit_ends import anchor_break, head_break
from cartech_desk.store.audit_anchor import AnchorFile
from cartech_desk.store.audit_keeper import Known
from cartech_desk.store.audit_seen import OUTSIDE, Seen, outside_breaks, pinned
from cartech_desk.store.database import Database
from cartech_desk.store.migrations.desk.versions import STEPS

__all__ = ["OUTSIDE", "guards", "triggers", "verify"]

_TABLES: Final = ("audit", "audit_head", "audit_key")


def verify(
    database: Database, known: Known, anchor_file: AnchorFile, printed: Anchor | None
) -> Verdict:
    """Verify the log. Errors: DatabaseLocked, DatabaseReadOnly; all else is in the verdict."""
    keys = known.keys
    # Before the log itself: what is outside may be older than what is compared, never newer.
    outside = Seen(database, anchor_file)
    with database.driver() as driver:
        driver.text_factory = _text
        driver.execute("BEGIN")  # head, rows and schema are those of one moment
        try:
            head = _head(driver)
            anchors = [*outside.anchors, *pinned(known, head), *([printed] if printed else ())]
            marks = [one.sequence for one in anchors]
            if head is not None:
                marks.append(head.sequence)
            walked = _walk(driver, keys, marks)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_THE_LOG:
                raise
            return _unreadable(error, bool(keys))
        altered, unguarded = _altered(driver)
    breaks = [walked.broken or head_break(walked, head, keys)]
    breaks += [anchor_break(walked, one) for one in anchors]
    breaks += outside_breaks(outside, known, head, walked, anchors)
    if unguarded:
        breaks.append(Break(None, Fault.GUARDS, " ".join(unguarded)))
    first = min((one for one in breaks if one is not None), key=_place, default=None)
    warnings = [known.problem] if walked.records and not keys and known.problem else []
    if first is not None and first.fault is not Fault.GUARDS:
        altered += unguarded
    warnings += [*altered, *_told(walked, bool(keys))]
    return _verdict(walked, first, warnings, bool(keys) or not walked.records)


_NOT_THE_LOG: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN)


def _walk(driver: sqlite3.Connection, keys: Sequence[MacKey], marks: Sequence[int]) -> Walked:
    """Walk over all rows: with the driver's own reading, or ours where that meets what is none."""
    statement = (
        "SELECT sequence, body, previous, hash, mac FROM audit NOT INDEXED ORDER BY sequence"
    )
    driver.text_factory = str
    try:
        return walk(driver.execute(statement), keys, marks)
    except sqlite3.OperationalError as error:
        if hasattr(error, "sqlite_errorcode"):
            raise  # SQLite's own; the driver's has none
    finally:
        driver.text_factory = _text
    return walk(driver.execute(statement), keys, marks)


def _place(broken: Break) -> float:
    return math.inf if broken.sequence is None else broken.sequence


def _verdict(walked: Walked, broken: Break | None, warnings: list[str], keyed: bool) -> Verdict:
    return Verdict(
        ok=broken is None,
        records=walked.records,
        first_bad_sequence=None if broken is None else broken.sequence,
        problem="" if broken is None else broken.words,
        warnings=tuple(warnings),
        head_sequence=walked.sequence,
        head_hash=walked.digest.hex() if walked.sequence else "",
        keyed=keyed,
        at=datetime.now(UTC),
        fault=None if broken is None else broken.fault,
    )


def _unreadable(error: sqlite3.DatabaseError, keyed: bool) -> Verdict:
    broken = Break(1, Fault.UNREADABLE, f"The audit log in desk.db cannot be read ({error}).")
    return _verdict(Walked(), broken, [], keyed)


def _head(driver: sqlite3.Connection) -> Head | None:
    row = driver.execute("SELECT desk, sequence, hash, mac FROM audit_head").fetchone()
    if row is None or not isinstance(row[1], int) or row[1] < 0:
        return None
    digest = row[2] if isinstance(row[2], bytes) else b"none"
    mac = row[3] if isinstance(row[3], bytes | None) else b"none"
    return Head(str(row[0]), row[1], digest, mac)


def _told(walked: Walked, keyed: bool) -> list[str]:
    """Say what does not break the chain: records without a MAC, MACs that cannot be checked."""
    told = []
    if walked.unkeyed and (keyed or walked.last_keyed or walked.unchecked):
        runs = [str(a) if a == b else f"{a} to {b}" for a, b in walked.unkeyed]
        shown = ", ".join(runs[:_RUNS]) + (" and others" if len(runs) > _RUNS else "")
        many = len(runs) > 1 or walked.unkeyed[0][0] != walked.unkeyed[0][1]
        told.append(
            f"{'Records' if many else 'Record'} {shown} {'carry' if many else 'carries'} no "
            "signature: the key was not at hand when they were written."
        )
    if walked.unchecked and keyed:
        told.append(
            f"{walked.unchecked} records carry the signature of a key that was lost and "
            "renewed; the chain alone proves them."
        )
    return told


_RUNS: Final = 5


def _altered(driver: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Compare tables, indices and triggers of the log with what the migrations make.

    Returns what is only told, and which triggers do not guard it as they should.
    """
    found = _structure(driver)
    made = _as_made()
    told: tuple[list[str], list[str]] = ([], [])
    for name in sorted(made.keys() | found.keys()):
        kind = (made.get(name) or found[name])[0]
        if name not in found:
            words = f"The {kind} {name} of the audit log is gone: desk.db was edited by hand."
        elif name not in made:
            words = f"The {kind} {name} was added to the audit log by hand."
        elif made[name] != found[name]:
            words = f"The {kind} {name} of the audit log was altered by hand."
        else:
            continue
        told[kind == "trigger"].append(words)
    return told


def triggers(driver: sqlite3.Connection) -> list[str]:
    """Return the names of all triggers on the tables of the log."""
    return [name for name, (kind, _) in _structure(driver).items() if kind == "trigger"]


def guards() -> dict[str, str]:
    """Return the statements of the triggers that guard the log, by name."""
    return {name: sql for name, (kind, sql) in _as_made().items() if kind == "trigger"}


@cache
def _as_made() -> dict[str, tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as driver:
        for step in STEPS:
            for statement in step.STATEMENTS:
                driver.execute(statement)
        return _structure(driver)


def _structure(driver: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    rows = driver.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND tbl_name COLLATE NOCASE IN (?, ?, ?)",
        _TABLES,
    )
    return {str(name): (str(kind), str(sql)) for kind, name, sql in rows}


def _text(raw: bytes) -> Any:
    """Read a text that a hand may have put there: what is not UTF-8 fails later, where it is told.

    The driver's own reading would end the whole walk.
    """
    return raw.decode("utf-8", "surrogateescape")
