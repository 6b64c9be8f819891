"""What search finds, and how."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.vehicles.search_words import folded, phone_key, words_kept
from cartech_desk.store.finding_spelling import Meant, Spelling
from cartech_desk.store.finding_ways import (
    Holding,
    Typed,
    Way,
    beginning_with,
    beginnings,
    begins_a_word,
    mended,
    parts,
    typed_of,
    whole_words,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

KINDS: Final = ("vehicle", "customer", "job", "appointment", "part", "order", "run", "recording")
"""What can be found, in the order in which it stands; a new kind comes last."""
_ROOM: Final = 40
"""Each kind has so many bits of numbers to itself."""
_INDEXES: Final = ("find_text", "find_word")

_FITS: Final = {
    table: "SELECT number, kind, ref, title, detail, words, used FROM find_entry "  # noqa: S608 - names of ours
    f"WHERE number IN (SELECT rowid FROM {table} WHERE {table} MATCH ? "
    "AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)"
    for table in _INDEXES
}
_NEWEST: Final = {
    table: f"SELECT rowid FROM {table} WHERE {table} MATCH ? "  # noqa: S608 - names of ours
    "ORDER BY rowid DESC LIMIT ?"
    for table in _INDEXES
}
_THESE: Final = (
    "SELECT number, kind, ref, title, detail, words, used FROM find_entry "
    "WHERE number IN (SELECT value FROM json_each(?))"
)
_BEGINS_ONE: Final = " AND instr(' ' || words, ' ' || ?)"
_NEWEST_FIRST: Final = " ORDER BY number DESC"
_FEW_WORDS: Final = 64
_MOST_MENDED: Final = 3
_ENOUGH: Final = 5
"""Where so many fit as they were typed, nothing that is only near is looked for."""
_WIDER: Final = 20
_SHORTEST: Final = 3
_LONGEST: Final = 25
_SHORT_NUMBER: Final = re.compile(r"\d{1,6}")
"""Each of these has neighbours: what is near to a job's number is another job's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: its id, how it is shown, and all words that it is found by.

    `kind` is "vehicle", "customer", "job", "part", "run", "appointment",
    "order" or "recording". Title and
    detail are found too: `words` need hold only what they do not. Of a plate, a VIN or a phone
    number the way in which it is written does not matter.
    """

    kind: str
    ref: str
    title: str
    detail: str = ""
    words: str = ""
    used: str = ""
    """UTC instant of its last use: the newer stands first among equals."""


def keep_entry(connection: "Connection", entry: Entry) -> None:
    """Let search find a thing by these words from now on, within the caller's transaction."""
    drop_entry(connection, entry.kind, entry.ref)
    _insert(connection, [entry])


def keep_entries(connection: "Connection", entries: Iterable[Entry]) -> None:
    """Let search find many things of which none is found yet; those last used come last."""
    for kind, those in groupby(entries, key=lambda entry: entry.kind):
        del kind
        _insert(connection, list(those))


def drop_entry(connection: "Connection", kind: str, ref: str) -> None:
    """Let search find a thing no more, within the caller's transaction."""
    row = connection.exec_driver_sql(
        "SELECT number, words FROM find_entry WHERE kind = ? AND ref = ?", (kind, ref)
    ).fetchone()
    if row is None:
        return
    for table in _INDEXES:
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?, ?)",  # noqa: S608 - names of ours
            (row[0], row[1]),
        )
    connection.exec_driver_sql("DELETE FROM find_entry WHERE number = ?", (row[0],))


def _insert(connection: "Connection", entries: list[Entry]) -> None:
    """Put entries of one kind in, the last of them as what was touched last."""
    first, last = numbers_of(entries[0].kind)
    highest = connection.exec_driver_sql(
        "SELECT max(number) FROM find_entry WHERE number BETWEEN ? AND ?", (first, last)
    ).scalar_one()
    rows = [
        (number, one.kind, one.ref, one.title, one.detail, _words(one), one.used)
        for number, one in enumerate(entries, (highest or first) + 1)
    ]
    connection.exec_driver_sql(
        "INSERT INTO find_entry (number, kind, ref, title, detail, words, used) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    indexed = [(row[0], row[5]) for row in rows]
    for table in _INDEXES:
        connection.exec_driver_sql(
            f"INSERT INTO {table} (rowid, words) VALUES (?, ?)",  # noqa: S608 - names of ours
            indexed,
        )
    known = dict.fromkeys(word for row in rows for word in row[5].split(" ") if word)
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO find_vocabulary (word, forgiving) VALUES (?, ?)",
        [(word, int(_may_be_mistyped(word))) for word in known] or [("", 0)],
    )


def _words(entry: Entry) -> str:
    return words_kept(entry.title, entry.detail, entry.words)


def numbers_of(kind: str) -> tuple[int, int]:
    """Return between which numbers the entries of a kind lie, so that each is searched alone."""
    first = KINDS.index(kind) << _ROOM
    return first, first + (1 << _ROOM) - 1


def _may_be_mistyped(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and not _SHORT_NUMBER.fullmatch(word)


class FindStore:
    """What search finds, and how.

    Thread-safe; made lazily by `Store.finding`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit
        self._spelling = Spelling()

    def find(
        self, typed: str, *, kinds: tuple[str, ...] = (), limit: int = 50
    ) -> tuple[Entry, ...]:
        """Return what fits what was typed, the best first; forgives a typing error in each word.

        Whole words stand before beginnings, these before parts, these before what is only near;
        of each the kinds in the order of `KINDS`, the last used first. No kind takes the place of
        all others. Within 50 ms at 20,000 vehicles, 100,000 jobs and 50,000 runs.
        """
        words = typed_of(typed)
        if not words.words or limit < 1:
            return ()
        search = _Search(words, kinds or KINDS, limit)
        with self._database.read() as connection:
            search.look(connection, 0, whole_words(words))
            begun = beginning_with(connection)
            begins = beginnings(words, begun)
            if begins is not None:
                search.look(connection, 1, begins)
            if len(search.found) < limit:
                for way in parts(words, self._holding(connection)):
                    search.look(connection, 2, way)
            if len(search.found) < _ENOUGH:
                self._spelling.take_in(connection)
                meant = self._meant(connection, words)
                near = mended(words, meant, begun)
                if near is not None:
                    search.look(connection, 3, near)
        return search.best()

    def _holding(self, connection: "Connection") -> Holding:
        """Return how words are found in which a part stands, once all words are in memory.

        Until then they count as many: the index of parts finds the same.
        """
        if not self._spelling.known:
            return lambda _part: None
        self._spelling.take_in(connection)
        return lambda part: self._spelling.holding(part, _FEW_WORDS)

    def _meant(self, connection: "Connection", typed: Typed) -> dict[str, tuple[Meant, ...]]:
        """Return what may be meant by words that nobody wrote, else by any of them."""
        words = [word for word in dict.fromkeys((*typed.words, typed.joined)) if word]
        unknown = [word for word in words if not begins_a_word(connection, word)]
        return {
            word: self._spelling.meant((phone_key(word) or word) if word.isdecimal() else word)
            for word in (unknown or words)[:_MOST_MENDED]
        }

    def make_ready(self) -> None:
        """Read in what the first search would have to wait for."""
        with self._database.read() as connection:
            self._spelling.take_in(connection)
        for letters in range(4, 12):
            self._spelling.meant("e" * letters)


class _Search:
    """One search: what was found of each kind, and how well it fits."""

    def __init__(self, typed: Typed, kinds: tuple[str, ...], limit: int) -> None:
        self._typed = typed
        self._kinds = kinds
        self._limit = limit
        self.found: dict[int, tuple[int, Entry]] = {}

    def look(self, connection: "Connection", way_number: int, way: Way) -> None:
        """Take in what fits in one way, of each kind the newest."""
        few = None if len(self._kinds) == 1 else self._few(connection, way)
        if few is None:
            for kind in self._kinds:
                most = self._limit * (_WIDER if way.also else 1)
                self._take(connection, way_number, way, (way.match, *numbers_of(kind), most))
        elif few:
            self._take(connection, way_number, way, (json.dumps(few),), _THESE)

    def _few(self, connection: "Connection", way: Way) -> list[int] | None:
        """Return what fits of all kinds where that is no more than is taken of one.

        So what is rare is looked for once, and not in each kind anew.
        """
        rows = connection.exec_driver_sql(
            _NEWEST[way.table], (way.match, self._limit + 1)
        ).fetchall()
        return [int(row[0]) for row in rows] if len(rows) <= self._limit else None

    def _take(
        self,
        connection: "Connection",
        way_number: int,
        way: Way,
        parameters: tuple[Any, ...],
        statement: str = "",
    ) -> None:
        # Thousands have a part of three letters: the database tells which fit the short words too.
        asked = (statement or _FITS[way.table]) + len(way.also) * _BEGINS_ONE + _NEWEST_FIRST
        rows = connection.exec_driver_sql(asked, (*parameters, *way.also)).fetchall()
        for number, *row in rows:
            if row[0] in self._kinds:
                self.found.setdefault(int(number), (way_number, Entry(*map(str, row))))

    def best(self) -> tuple[Entry, ...]:
        """Return what was found, the best first, with a share for each kind."""
        by_kind: dict[str, list[tuple[tuple[int, bool, int], Entry]]] = {}
        for number, (way, entry) in self.found.items():
            title = f" {folded(entry.title)}"
            untitled = not all(f" {word}" in title for word in self._typed.words)
            by_kind.setdefault(entry.kind, []).append(((way, untitled, -number), entry))
        ranked = []
        for kind, those in by_kind.items():
            those.sort(key=lambda one: one[0])
            place = self._kinds.index(kind)
            for nth, (rank, entry) in enumerate(those):
                way, untitled, number = rank
                ranked.append((nth, (way, untitled, place, number), entry))
        share = max(1, self._limit // max(1, len(by_kind)))
        kept = sorted((one for one in ranked if one[0] < share), key=lambda one: one[1])
        rest = sorted((one for one in ranked if one[0] >= share), key=lambda one: one[1])
        kept = sorted([*kept, *rest][: self._limit], key=lambda one: one[1])
        return tuple(entry for _, _, entry in kept)
