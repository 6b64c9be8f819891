"""Words as SQLite's LIKE looks for them: beyond ASCII it knows no case, so each has its own."""

from collections.abc import Sequence
from typing import Final

_MARKS: Final = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_LONGEST: Final = 4000
"""LIKE takes no more than 50,000 bytes; so many letters tell any text from any other."""


def like_words(*words: str) -> list[str]:
    """Return what LIKE has to look for so that one of these stands anywhere, whatever its case."""
    return [*dict.fromkeys(f"%{one}%" for word in words for one in _marked(word))]


def holds(columns: Sequence[str], *words: str) -> tuple[str, list[str]]:
    """Return the condition that one of these words stands in one of the columns, and its values."""
    return _any(columns, like_words(*words))


def is_called(column: str, name: str, *, begun: bool = False) -> tuple[str, list[str]]:
    """Return the condition that a column is this name, or with `begun` begins so, and its values.

    Whatever the case of either.
    """
    return _any((column,), [f"{one}%" if begun else one for one in _marked(name)])


def cases(text: str) -> tuple[str, ...]:
    """Return a text in each case in which somebody may have written it; one for ASCII alone."""
    if text.isascii():
        return (text,)
    small = text.lower()
    return (text, small, text.upper(), small.title(), small.capitalize())


def _marked(text: str) -> list[str]:
    return [*dict.fromkeys(one.translate(_MARKS) for one in cases(text[:_LONGEST]))]


def _any(columns: Sequence[str], likes: Sequence[str]) -> tuple[str, list[str]]:
    ways = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns for _ in likes)
    return f"({ways})", [*likes] * len(columns)
