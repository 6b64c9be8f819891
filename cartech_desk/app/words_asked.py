"""Words of a fixed list on the command line: as they are kept, or as the screen writes them."""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

_Word = TypeVar("_Word", bound=str)
_PARTED = re.compile(r"[\s_-]+")


def one_of(
    choices: Iterable[_Word], said: Mapping[_Word, str] | None = None
) -> Callable[[str], _Word]:
    """Return a reader for argparse of one of these; what is none of them is answered with them.

    `said` is how the screen writes them; case, and how words are parted, do not matter.
    """
    kept = tuple(choices)
    known = {_plain(words): one for one, words in (said or {}).items() if one in kept}
    known |= {_plain(one): one for one in kept}

    def read(text: str) -> _Word:
        found = known.get(_plain(text))
        if found is None:
            shown = text if len(text) <= 40 else f"{text[:39]}…"
            raise argparse.ArgumentTypeError(f"“{shown}” is none of {words_of(kept)}")
        return found

    return read


def words_of(choices: Iterable[str]) -> str:
    """List what may be given, for a help text."""
    return ", ".join(str(one) for one in choices)


def _plain(text: str) -> str:
    return _PARTED.sub(" ", text.strip().casefold())
