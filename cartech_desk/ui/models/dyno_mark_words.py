"""What a mark of quality is called on the screens, whenever its run was summed up."""

from cartech_desk.domain.dyno.marks import WORDS


def mark_word(key: str, word: str) -> str:
    """Return the word of a mark; `word` is what it was called when it was kept."""
    known = WORDS.get(key)
    return known[0] if known is not None else word
