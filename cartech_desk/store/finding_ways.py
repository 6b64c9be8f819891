"""Ways in which what was typed may fit a thing, the surest first, as queries of SQLite's FTS5."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from cartech_desk.domain.vehicles.search_words import compact, words_typed
from cartech_desk.store.finding_spelling import Meant

if TYPE_CHECKING:
    from sqlalchemy import Connection

Begun = Callable[[str], str]
"""Gives how words are asked for that begin with one; empty where none does."""
Holding = Callable[[str], tuple[str, ...] | None]
"""Gives the words in which a part stands; None where they are many."""
_KNOWN_BEGINNINGS: Final = 15
"""As in the index: the table `find_word` is made with `prefix='1 2 … 15'`."""
_LAST: Final = chr(0x10FFFF)
_FEW: Final = 64
_TRIGRAM: Final = 3
_LONGEST_JOINED: Final = 25
_END_OF_NUMBER: Final = 7


class Typed(NamedTuple):
    """What was typed: its words, and letters and digits without anything between.

    `joined` is empty where it cannot be a plate, a VIN or a number.
    """

    words: tuple[str, ...]
    joined: str


class Way(NamedTuple):
    """One query: of the table of whole words or of that of their parts.

    `also` are words that are too short for a part and have to begin one of the thing's words.
    """

    table: str
    match: str
    also: tuple[str, ...] = ()


def typed_of(text: str) -> Typed:
    """Take what was typed apart."""
    words = words_typed(text)
    whole = compact(text[:100])
    number = any(one.isdecimal() for one in whole) and len(whole) <= _LONGEST_JOINED
    return Typed(words, whole if number and len(words) > 1 else "")


def whole_words(typed: Typed) -> Way:
    """Every word as it stands, or all of it as one: a plate, a number."""
    every = " AND ".join(map(_quoted, typed.words))
    return Way("find_word", _or(every, typed.joined and _quoted(typed.joined)))


def beginnings(typed: Typed, begun: Begun) -> Way | None:
    """Every word begins one; None where none begins more than itself."""
    words = [begun(word) for word in typed.words]
    match = _or(" AND ".join(words) if all(words) else "", typed.joined and begun(typed.joined))
    way = Way("find_word", match)
    return way if match and way != whole_words(typed) else None


def parts(typed: Typed, holding: Holding) -> tuple[Way, ...]:
    """Every word stands somewhere; a phone number whether or not it begins with its country."""
    ways: list[Way | None] = []
    long = [word for word in typed.words if len(word) >= _TRIGRAM]
    if long:
        short = tuple(word for word in typed.words if len(word) < _TRIGRAM)
        ways.append(_parts(long, short, holding))
    whole = typed.joined or "".join(typed.words)
    if whole.isdecimal():
        whole = whole.lstrip("0")
    if len(whole) >= _TRIGRAM and [whole] != long:
        ways.append(_parts([whole], (), holding))
    if whole.isdecimal() and len(whole) > _END_OF_NUMBER:
        ways.append(_parts([whole[-_END_OF_NUMBER:]], (), holding))
    return tuple(way for way in ways if way is not None)


def _parts(long: list[str], short: tuple[str, ...], holding: Holding) -> Way | None:
    """Every word stands somewhere; None where one stands nowhere.

    A few words by themselves are found at once, where what begins and ends alike would have to be
    looked through for their parts.
    """
    words = [holding(part) for part in long]
    if () in words:
        return None
    few = [each for each in words if each is not None]
    if len(few) < len(words):
        return Way("find_text", " AND ".join(map(_quoted, long)), short)
    return Way("find_word", " AND ".join(_or(*map(_quoted, each)) for each in few), short)


def mended(typed: Typed, meant: dict[str, tuple[Meant, ...]], begun: Begun) -> Way | None:
    """Every word begins one, or is near to one; None where nothing is near."""
    if not any(meant.values()):
        return None
    words = [
        _or(begun(word), *(_of_meant(one, begun) for one in meant.get(word, ())))
        for word in typed.words
    ]
    whole = (_of_meant(one, begun) for one in meant.get(typed.joined, ()))
    match = _or(" AND ".join(words) if all(words) else "", *whole)
    return Way("find_word", match) if match else None


def beginning_with(connection: "Connection") -> Begun:
    """Return how words are asked for that begin with one.

    Of up to fifteen letters FTS5 knows the beginnings itself. Beyond, a few words by themselves are
    found at once, where it would first join all that they are in.
    """

    def begun(word: str) -> str:
        if len(word) <= _KNOWN_BEGINNINGS:
            return f"{_quoted(word)}*" if begins_a_word(connection, word) else ""
        rows = connection.exec_driver_sql(
            "SELECT word FROM find_vocabulary WHERE word >= ? AND word < ? LIMIT ?",
            (word, word + _LAST, _FEW + 1),
        ).fetchall()
        if len(rows) > _FEW:
            return f"{_quoted(word)}*"
        return _or(*(_quoted(str(one)) for (one,) in rows))

    return begun


def begins_a_word(connection: "Connection", word: str) -> bool:
    """Tell whether any word that was ever kept begins so."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM find_vocabulary WHERE word >= ? AND word < ? LIMIT 1",
        (word, word + _LAST),
    ).fetchone()
    return row is not None


def _of_meant(one: Meant, begun: Begun) -> str:
    return begun(one.word) if one.begins else _quoted(one.word)


def _quoted(word: str) -> str:
    # Letters and digits alone by now; the quotes keep AND, OR and NOT from being words of FTS5's.
    return f'"{word}"'


def _or(*matches: str) -> str:
    given = [match for match in matches if match]
    if not given:
        return ""
    return given[0] if len(given) == 1 else f"({' OR '.join(f'({one})' for one in given)})"
