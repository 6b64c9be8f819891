"""Words that were kept, and which of them somebody may have meant who typed another."""

import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cartech_desk.store.finding_letters import LikeWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

_MOST_MEANT: Final = 8
_SHORTEST: Final = 3
_LONG: Final = 9
"""From so many letters on two errors are forgiven: of fewer hardly the same word is left."""
_LONG_MIXED: Final = 10
_SHORTEST_NUMBER: Final = 7
_SHORTEST_BEGINNING: Final = 4


class Meant(NamedTuple):
    """A word that may be meant; `begins`: how one begins that is not typed to its end."""

    word: str
    begins: bool


class Spelling:
    """All words that were ever kept, in memory; reads what is new alone. Thread-safe.

    Nothing is forgotten: a word that nothing holds any more finds nothing.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._last = 0
        self._every = "\n"
        self._by_length: dict[int, LikeWords] = {}
        self._beginnings: dict[int, LikeWords] = {}

    @property
    def known(self) -> bool:
        """Whether anything was read in yet."""
        return self._last > 0

    def take_in(self, connection: "Connection") -> None:
        """Read the words that were kept since."""
        with self._turn:
            rows: Sequence[Any] = connection.exec_driver_sql(
                "SELECT number, word, forgiving FROM find_vocabulary WHERE number > ? "
                "ORDER BY number",
                (self._last,),
            ).fetchall()
            if not rows:
                return
            self._last = rows[-1][0]
            self._every += "\n".join(row[1] for row in rows) + "\n"
            by_length: dict[int, list[str]] = {}
            for _number, word, forgiving in rows:
                if forgiving:
                    by_length.setdefault(len(word), []).append(word)
            for length, words in by_length.items():
                self._by_length.setdefault(length, LikeWords()).add(words)
            for length, known in self._beginnings.items():
                for at, words in by_length.items():
                    if at > length:
                        known.add(word[:length] for word in words)

    def holding(self, part: str, most: int) -> tuple[str, ...] | None:
        """Return the words in which a part stands, None for more than `most` of them."""
        every, found, at = self._every, list[str](), 0
        while (at := every.find(part, at)) >= 0:
            first, last = every.rfind("\n", 0, at) + 1, every.find("\n", at)
            if len(found) == most:
                return None
            found.append(every[first:last])
            at = last
        return tuple(found)

    def meant(self, typed: str) -> tuple[Meant, ...]:
        """Return the words that differ from what was typed by an error or two, the nearest first.

        An error is a letter too much, too few, another, or two that changed places.
        """
        errors = errors_forgiven(typed)
        if not errors:
            return ()
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        long = len(typed)
        lengths = range(max(_SHORTEST, long - errors), long + errors + 1)
        with self._turn:
            alike = [(self._by_length[at], False) for at in lengths if at in self._by_length]
            if long >= _SHORTEST_BEGINNING:
                alike += [(self._begun(at), True) for at in (long, long + 1)]
            looked = [(words.like(typed, errors), begins) for words, begins in alike]
        found: list[tuple[float, bool, str]] = []
        for words, begins in looked:
            hits = process.extract(
                typed, words, scorer=OSA.distance, score_cutoff=errors, limit=_MOST_MEANT
            )
            found += [(distance, begins, word) for word, distance, _place in hits if word != typed]
        return tuple(Meant(word, begins) for _, begins, word in sorted(found)[:_MOST_MEANT])

    def _begun(self, length: int) -> LikeWords:
        """Return how all longer words begin, each beginning once; made when first asked for."""
        if length not in self._beginnings:
            begun = LikeWords()
            for at, longer in self._by_length.items():
                if at > length:
                    begun.add(word[:length] for word in longer.words)
            self._beginnings[length] = begun
        return self._beginnings[length]


def nearness(typed: str, words: "Iterable[str]") -> dict[str, int]:
    """Return which of a few words may be meant, and how many errors are between; 0: it is in them.

    Errors are forgiven as in what is kept, also in a word that is not typed to its end.
    """
    from rapidfuzz.distance import OSA

    most = errors_forgiven(typed)
    ends = (0, 1) if len(typed) >= _SHORTEST_BEGINNING else ()
    letters = set(typed)
    found: dict[str, int] = {}
    for word in words:
        if typed in word:
            found[word] = 0
        elif most and len(letters.difference(word)) <= most:  # a letter more is an error more
            begun = (word[: len(typed) + more] for more in ends)
            errors = min(OSA.distance(typed, one, score_cutoff=most) for one in (word, *begun))
            if errors <= most:
                found[word] = errors
    return found


def errors_forgiven(typed: str) -> int:
    """Return how many errors a word may hold: none in a short number, which has neighbours."""
    if len(typed) < _SHORTEST:
        return 0
    if typed.isdecimal():
        return int(len(typed) >= _SHORTEST_NUMBER)
    if any(one.isdecimal() for one in typed):
        return 2 if len(typed) >= _LONG_MIXED else int(len(typed) > _SHORTEST)
    return 2 if len(typed) >= _LONG else 1
