"""The base of what a person can mend."""

from typing import ClassVar, Final

NOTHING_CHANGED: Final = "Nothing was changed."
"""What was kept, where an act was refused whole."""


class CarTechError(Exception):
    """Something went wrong that a person can mend; all else is a bug.

    Three sentences in the words of the shop: what happened, what was kept (empty where nothing
    was at stake) and what to do. `code` is stable and goes into `--json`; it never changes with
    the wording. No exception name and no stack trace ever reaches the screen from here.
    """

    code: ClassVar[str] = "error"

    def __init__(self, happened: str, *, to_do: str, kept: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.kept = kept
        self.to_do = to_do

    @property
    def message(self) -> str:
        """All three parts as running text."""
        return " ".join(part for part in (self.happened, self.kept, self.to_do) if part)

    def __str__(self) -> str:
        return self.message
