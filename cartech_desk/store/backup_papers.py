"""Papers and their numbers across a restore: what was issued since is told, and never used again.

A number that was given out stays taken, whatever older copy is brought back: each series goes on
behind the highest of both, and a paper that the copy does not hold is kept as lost, whole.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from cartech_desk.domain.counted import counted
from cartech_desk.store.database import connect
from cartech_desk.store.errors import StoreError
from cartech_desk.store.instants import instant

_COLUMNS: Final = (
    "id, kind, number, series, sequence, job_id, customer_id, issued, issued_day, due_day, "
    "currency, net, tax, gross, body, credits, by_id, by_name"
)
_INTO: Final = (
    f"INSERT INTO lost_paper ({_COLUMNS}, copy_made, lost) "  # noqa: S608 - names of ours
    f"VALUES ({', '.join('?' * 20)})"
)
_KINDS: Final = {"invoice": "invoice", "credit_note": "credit note", "estimate": "estimate"}
_BEYOND: Final = (
    "FROM main.{table} AS here WHERE "
    "NOT EXISTS (SELECT 1 FROM other.issued AS there WHERE there.id = here.id) "
    "AND NOT EXISTS (SELECT 1 FROM other.lost_paper AS there WHERE there.id = here.id)"
)


_SELECTS: Final = {
    "number_series": "SELECT name, next FROM main.number_series",
    "issued": f"SELECT {_COLUMNS} {_BEYOND.format(table='issued')}",
    "lost_paper": f"SELECT {_COLUMNS}, copy_made, lost " + _BEYOND.format(table="lost_paper"),
    "paper_logo": "SELECT sha256, content FROM main.paper_logo AS here WHERE NOT EXISTS "
    "(SELECT 1 FROM other.paper_logo AS there WHERE there.sha256 = here.sha256)",
}
"""What is read of each table, of which `other` may hold some."""


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a paper: what it reads, and its place in its series."""

    kind: str
    series: str
    sequence: int
    number: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What a desk has issued and a backup does not hold.

    `papers` are told by their numbers; `unread` says that not all could be read, since the desk's
    own file is damaged. `series` holds the last number given of each, whatever it counts.
    """

    papers: tuple[Number, ...] = ()
    unread: bool = False
    series: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """Which they are: `2 invoices (0419 to 0420), 1 credit note (C-0003)`; empty for none."""
        return ", ".join(
            f"{counted(len(some), word)} ({', '.join(_runs(some))})"
            for kind, word in _KINDS.items()
            if (some := [one for one in self.papers if one.kind == kind])
        )


class _Beyond(NamedTuple):
    """What was found, with the rows of papers, of those lost before, and of logos."""

    found: Issued
    rows: list[tuple[Any, ...]]
    lost: list[tuple[Any, ...]]
    logos: list[tuple[Any, ...]]


def issued_beyond(desk: Path, restored: Path) -> Issued:
    """Return what a `desk.db` has issued and another one does not hold; damage raises nothing."""
    return _read(desk, restored).found


def ends_with(desk: Path) -> str:
    """Return the last number of each kind that a sound `desk.db` holds; empty for none.

    Reads `invoice 0418, credit note C-0003`. Errors: sqlite3.Error.
    """
    found = []
    with closing(connect(desk, read_only=True)) as driver:
        for kind, word in _KINDS.items():
            rows = driver.execute(
                "SELECT number FROM issued WHERE kind = ? ORDER BY issued DESC, id DESC LIMIT 1",
                (kind,),
            ).fetchall()
            found += [f"{word} {number}" for (number,) in rows]
    return ", ".join(found)


def carry(desk: Path, restored: Path, copy_made: datetime, now: datetime) -> Issued:
    """Write into an unpacked `desk.db` what that of the same desk has issued since, as lost.

    Each series goes on behind the highest number of both. In one transaction, and on the disk when
    it returns. `copy_made` is when the backup was made. Errors: sqlite3.Error, StoreError; what was
    unpacked must not be put in place then.
    """
    found, rows, lost, logos = _read(desk, restored)
    told = (instant(copy_made), instant(now))
    with closing(connect(restored)) as driver:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(_INTO, [*(row + told for row in rows), *lost])
        driver.executemany("INSERT OR IGNORE INTO paper_logo VALUES (?, ?)", logos)
        raised = [
            *found.series,
            *driver.execute("SELECT series, max(sequence) FROM lost_paper GROUP BY series"),
        ]
        driver.executemany(
            "INSERT INTO number_series (name, next) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)",
            raised,
        )
        driver.execute("COMMIT")
        ((busy, _pages, _done),) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:  # what lies in the journal would stay behind
        raise StoreError(
            f"Another program has {restored} open.",
            kept="Nothing was changed.",
            to_do="Close it, then restore again.",
        )
    return found


def _read(desk: Path, restored: Path) -> _Beyond:
    """Read what was issued since, and what was lost before that, as far as it can be read."""
    tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _SELECTS}
    if not desk.exists():
        return _Beyond(Issued(), [], [], [])
    unread = False
    try:
        with closing(connect(desk, read_only=True)) as driver:
            driver.execute("ATTACH ? AS other", (f"{restored.resolve().as_uri()}?mode=ro",))
            ((sound,),) = driver.execute("PRAGMA main.quick_check(1)").fetchall()
            unread = sound != "ok"
            known = {
                name for (name,) in driver.execute("SELECT name FROM main.sqlite_master").fetchall()
            }
            for table, select in _SELECTS.items():
                if table in known:  # an older desk may have none
                    unread |= not _filled(tables[table], driver, select)
    except sqlite3.DatabaseError:
        unread = True
    rows = [row for row in tables["issued"] if row[1] in _KINDS and isinstance(row[4], int)]
    unread |= len(rows) < len(tables["issued"])
    numbers = sorted((Number(row[1], row[3], row[4], row[2]) for row in rows), key=_order)
    given = tuple(
        (str(name), last) for name, last in tables["number_series"] if isinstance(last, int)
    )
    found = Issued(tuple(numbers), unread, given)
    return _Beyond(found, rows, tables["lost_paper"], tables["paper_logo"])


def _filled(into: list[tuple[Any, ...]], driver: sqlite3.Connection, select: str) -> bool:
    """Take the rows as far as they can be read; tell whether all could."""
    try:
        into.extend(driver.execute(select))
    except sqlite3.DatabaseError:
        return False
    return True


def _order(one: Number) -> tuple[str, str, int]:
    return one.kind, one.series, one.sequence


def _runs(papers: Sequence[Number]) -> Iterator[str]:
    """Give numbers that follow each other as `first to last`."""
    steps = enumerate(papers)
    for _, some in groupby(steps, key=lambda each: (each[1].series, each[1].sequence - each[0])):
        run = [one for _, one in some]
        first, last = run[0].number, run[-1].number
        yield first if len(run) == 1 else f"{first} to {last}"
