"""Which words can be like one at all, told by their letters: most need not be compared then."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS: Final = 3
"""A letter is counted up to so often: in numbers the same ten come again and again."""
_CHANGES: Final = 2
"""An error takes a letter away, or adds one, or does both."""


class LikeWords:
    """Words of one length, each once, with a bit for each letter that stands in them."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._known: set[str] = set()
        self._letters: NDArray[Any] | None = None

    def add(self, words: Iterable[str]) -> None:
        """Take more words in; all of the length of those that are here."""
        for word in words:
            if word not in self._known:
                self._known.add(word)
                self.words.append(word)

    def like(self, typed: str, errors: int) -> list[str]:
        """Return at least every word that becomes `typed` by so many errors."""
        if not self.words:
            return []
        import numpy as np

        counted = 0 if self._letters is None else self._letters.shape[1]
        if counted < len(self.words):
            new = _letters_of(self.words[counted:])
            self._letters = (
                new if self._letters is None else np.concatenate((self._letters, new), axis=1)
            )
        letters: Any = self._letters
        differ = np.bitwise_count(letters ^ _letters_of([typed]))
        near = differ.sum(axis=0, dtype=np.uint8) <= _CHANGES * errors
        words = self.words
        return [words[at] for at in np.flatnonzero(near).tolist()]


def _letters_of(words: list[str]) -> "NDArray[Any]":
    """Return a row for each level, in it a number for each word: which letters come so often.

    Letters that share a bit are told apart less well, and no word is lost by it.
    """
    import numpy as np

    long = len(words[0])
    codes = np.array(words, dtype=f"U{long}").view(np.uint32).reshape(len(words), long)
    places = np.where(codes < ord("9") + 1, codes & 15, 10 + codes % 54).astype(np.uint64)
    bits = np.uint64(1) << places
    found = np.zeros((_LEVELS, len(words)), dtype=np.uint64)
    for column in range(long):
        bit = bits[:, column]
        for level in range(_LEVELS - 1, 0, -1):
            found[level] |= found[level - 1] & bit
        found[0] |= bit
    return found
