"""What Ctrl+K offers where a word was mistyped, and what of all that fits but nearly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.vehicles.search_words import words_typed
from cartech_desk.ui.shell.finder import Found

if TYPE_CHECKING:
    from cartech_desk.store.finding import Entry

_MOST: Final = 8


def nearly(found: Sequence[Found], typed: str) -> list[Found]:
    """Return what every typed word is near to, the nearest first; what fits it all is left out.

    For few things: each is looked at. As many typing errors are forgiven as in what is kept.
    """
    from cartech_desk.store.finding_spelling import nearness

    words = words_typed(typed)
    held = [_words(item) for item in found]
    every = {word for one in held for word in one}
    near = [nearness(word, every) for word in words]
    ranked: list[tuple[int, bool, int, Found]] = []
    for order, (item, own) in enumerate(zip(found, held, strict=True)):
        errors = [min((known[one] for one in own if one in known), default=None) for known in near]
        given = [each for each in errors if each is not None]
        if not words or len(given) < len(errors) or not any(given):
            continue
        title = words_typed(item.title)
        untitled = not all(any(one in known for one in title) for known in near)
        ranked.append((sum(given), untitled, order, item))
    return [item for *_rank, item in sorted(ranked, key=lambda one: one[:3])[:_MOST]]


def fits(entry: "Entry", typed: str) -> bool:
    """Tell whether every typed word stands in what was found; else it is only near to it."""
    return all(word in entry.words for word in words_typed(typed))


def _words(item: Found) -> tuple[str, ...]:
    # What stands beside a channel is where it comes from: half of all words there are alike.
    more = "" if item.kind == "channel" else item.words
    return (*words_typed(item.title), *words_typed(more))
