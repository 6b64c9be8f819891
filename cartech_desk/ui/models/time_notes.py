"""What is noted along the time axis: gaps in the link, and marks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time that is told by a hatched ground: a gap in the link."""

    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Flag:
    """An instant that is told by an upright line with a word: a mark."""

    t_ns: int
    text: str
