"""What is noted along the time axis: gaps in the link, and marks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, told by its ground: hatched for a gap in the link, shaded for an alarm."""

    first_ns: int
    last_ns: int
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """An instant that is told by an upright line with a word: a mark."""

    t_ns: int
    text: str
    first: bool = False
    """Whether its word comes before those of others where there is no room for all."""
