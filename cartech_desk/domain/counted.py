"""Counts in words: one thing, or more of them."""


def counted(number: int, thing: str) -> str:
    """Write how many there are: `1 channel`, `12 channels`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def listed(shown: int, total: int, thing: str) -> str:
    """Write how many of all are listed: `3 of 12 jobs`, `1 of 1 job`."""
    return f"{shown} of {counted(total, thing)}"


def agreed(number: int, one: str, more: str) -> str:
    """Return the word that agrees with a number: `lies` for one, `lie` for more."""
    return one if number == 1 else more
