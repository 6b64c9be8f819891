"""When two names or two VINs are near enough that a slip of the hand may part them."""

from typing import Final

from cartech_desk.domain.vehicles.search_words import without_spelling, words_typed

_SHORT: Final = 5
_LONG: Final = 10


def like_names(one: str, other: str) -> bool:
    """Tell whether two names are like each other: the same words in any order, but for slips.

    One slip is forgiven in a name of five letters or more, two in one of ten; initials are not
    enough.
    """
    for words in (sorted_words, _words):  # a slip in a first letter changes their order
        first, second = "".join(words(one)), "".join(words(other))
        shorter = min(len(first), len(second))
        slips = 0 if shorter < _SHORT else 1 if shorter < _LONG else 2
        if slips_between(first, second, slips) <= slips:
            return True
    return False


def like_vins(one: str, other: str) -> bool:
    """Tell whether two VINs differ by one character, or by two neighbours that changed places."""
    return one != other and slips_between(one, other, 1) <= 1


def sorted_words(name: str) -> list[str]:
    """Return the words of a name as they are compared, in one order, umlauts spelt out or not."""
    return sorted(_words(name))


def _words(name: str) -> tuple[str, ...]:
    return words_typed(without_spelling(name))


def slips_between(one: str, other: str, most: int) -> int:
    """Return by how many slips two texts differ; `most` + 1 where it is more.

    A slip is a letter too many, too few, another one, or two neighbours that changed places
    (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    line = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, line = before, line, [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, line[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, older[j - 2] + 1)
            line.append(cost)
        if min(line) > most and (not before or min(before) > most):
            return most + 1
    return min(line[-1], most + 1)
