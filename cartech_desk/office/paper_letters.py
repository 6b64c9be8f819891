"""What would not stand on a paper as it is written: letters that its face lacks."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_NAMED: Final = 3
_LATIN: Final = "\u00ff"
"""Up to here no face lacks a letter: nothing is to be looked up."""


def letters_told(body: Any) -> str:
    """Return in a sentence which words of a paper cannot be printed; empty where all can.

    `body` is whatever holds its words: mappings, sequences, strings.
    """
    from cartech_desk.reports.faces import unprintable

    found = {
        words: letters
        for words in _words(body)
        if max(words, default="") > _LATIN and (letters := unprintable(words))
    }
    if not found:
        return ""
    named = ", ".join(f"“{' '.join(words.split())}”" for words in list(found)[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    letters = ", ".join(map(_named, dict.fromkeys("".join(found.values()))))
    return f"{named}{more} cannot be printed as written: the face of papers lacks {letters}."


def _words(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for one in body.values():
            yield from _words(one)
    elif isinstance(body, list | tuple):
        for one in body:
            yield from _words(one)


def _named(letter: str) -> str:
    return letter if letter.isprintable() and letter.isalpha() else f"U+{ord(letter):04X}"
