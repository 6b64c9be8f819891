"""Two people who change one row: the later one is refused, and looks at what stands there now."""

from cartech_desk.store.errors import Changed


def same_version(what: str, kept: int, given: int) -> None:
    """Refuse what was changed since the version that was `given`. Errors: Changed."""
    if kept != given:
        raise changed(what)


def changed(what: str) -> Changed:
    """Return the refusal of a change of an older version; `what` begins a sentence."""
    return Changed(
        f"{what} was changed by somebody else meanwhile.",
        kept="What they changed is kept; nothing of yours was written.",
        to_do="Look at it as it is now, then change it again.",
    )
