"""The audit log beside bare hashlib and json, and beside a bare synchronous insert of SQLite.

The bare check is the least that any check of such a chain does: `json.loads` and `sha256` of each
body, over rows that lie in memory already. Ours reads them from the file, proves each body
canonical and complete, and checks its MAC. The bare insert has no chain, no MAC, no head and no
guards; its file has the same journal, page size and synchronous commits as `desk.db`.
"""

import hashlib
import json
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from table import Row

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.database import connect
from cartech_desk.store.store import Store

RECORDS = 100_000
APPENDS = 100
ROUNDS = 5
APPEND_ROUNDS = 48
BATCH = 5_000

_WHO = Actor("0192f3a4-7b1c-7def-8123-456789abcdef", "A technician", Role.TECHNICIAN)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        verified_s, bare_s = _verify(folder / "desk")
        ours, theirs = _append(folder)
    return [
        Row(
            f"verifying {RECORDS} audit records, s",
            f"{verified_s:.2f}",
            f"{bare_s:.2f}, bare json and hashlib in memory",
            verified_s / bare_s,
            "<= 3 times",
            verified_s <= 3 * bare_s,
        ),
        Row(
            "audit records appended, durable, records/s",
            f"{ours:.0f}",
            f"{theirs:.0f}, bare synchronous insert",
            ours / theirs,
            ">= 0.5 times",
            ours >= 0.5 * theirs,
        ),
    ]


def _entry(number: int) -> Entry:
    return Entry(
        "limit.set",
        Entity("limit", f"key-{number % 40}", "Boost above 180 kPa", f"vehicle-{number % 7}"),
        {"trip": 180.0, "warning": 170.0, "on_delay_s": 0.5, "priority": 2, "enabled": True},
        {"trip": 185.5, "warning": 172.5, "on_delay_s": 0.5, "priority": 2, "enabled": True},
        "The customer has fitted another wastegate",
    )


def _verify(folder: Path) -> tuple[float, float]:
    store = Store(folder)
    try:
        for first in range(0, RECORDS, BATCH):
            with store.audit.act(_WHO) as act:
                for number in range(first, first + BATCH):
                    act.record(_entry(number))
        verified_s = bare_s = float("inf")
        # Taken in turn, the best of each: the machine has other things to do.
        for _ in range(ROUNDS):
            start = time.perf_counter()
            verdict = store.audit.verify()
            verified_s = min(verified_s, time.perf_counter() - start)
            assert verdict.ok
            assert verdict.records == RECORDS
            bare_s = min(bare_s, _bare(folder / "desk.db"))
    finally:
        store.close()
    return verified_s, bare_s


def _bare(path: Path) -> float:
    """Parse and hash each body, the rows read beforehand."""
    with closing(sqlite3.connect(path)) as connection:
        records = connection.execute("SELECT body, hash FROM audit ORDER BY sequence").fetchall()
    start = time.perf_counter()
    previous = bytes(32)
    for body, digest in records:
        json.loads(body)
        previous = hashlib.sha256(previous + body.encode()).digest()
        assert previous == digest
    return time.perf_counter() - start


def _append(folder: Path) -> tuple[float, float]:
    """Acts in a second, and rows of the same bytes put into a bare table."""
    store = Store(folder / "appends")
    store.audit.note(_WHO, _entry(0))
    ((body, digest),) = store._desk.glance("SELECT body, hash FROM audit")
    bare = _bare_table(folder / "bare.db")
    entries = [_entry(number) for number in range(APPENDS)]
    ours, theirs = [], []
    try:
        # Short turns, the median of each: what else the machine does then falls on both alike,
        # and so do the turns in which a journal grows or is written back.
        for _ in range(APPEND_ROUNDS):
            start = time.perf_counter()
            for entry in entries:
                store.audit.note(_WHO, entry)
            ours.append(APPENDS / (time.perf_counter() - start))
            start = time.perf_counter()
            for _number in range(APPENDS):
                bare.execute(
                    "INSERT INTO entry (body, previous, hash, mac) VALUES (?, ?, ?, ?)",
                    (body, digest, digest, digest),
                )
            theirs.append(APPENDS / (time.perf_counter() - start))
    finally:
        bare.close()
        store.close()
    return statistics.median(ours), statistics.median(theirs)


def _bare_table(path: Path) -> sqlite3.Connection:
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute(
            "CREATE TABLE entry (sequence INTEGER PRIMARY KEY, body TEXT, previous BLOB, "
            "hash BLOB, mac BLOB)"
        )
    return connect(path)
