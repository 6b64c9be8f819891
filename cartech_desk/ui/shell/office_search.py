"""What the office's search finds for what stands in the finder's line, a moment after each key."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.shell.finder import Finder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartech_desk.store.finding import Entry

_MOST = 30


class OfficeSearch(QObject):
    """Asks in the background; the finder is filled again when the answer to its line is there."""

    def __init__(
        self, finder: Finder, desk: DeskParts, acts: Acts, kinds: tuple[str, ...] = ()
    ) -> None:
        super().__init__(finder)
        self._finder = finder
        self._desk = desk
        self._kinds = kinds
        self._work = NewestOnly(self, acts.tell)
        self._catching_up = NewestOnly(self, acts.tell)
        self._typed = ""
        self._found: tuple[Entry, ...] = ()
        self._asked = ""

    def make_ready(self) -> None:
        """Forget what was found before, and read in what the first key would wait for."""
        self._typed = self._asked = ""
        self._found = ()
        self._work.ask(self._desk.office.finding.make_ready, lambda _ready: None)
        if not self._kinds or "recording" in self._kinds:
            # Apart from the search, which does not wait for it.
            self._catching_up.ask(self._desk.store.recordings.let_be_found, self._caught_up)

    def _caught_up(self, anything: bool) -> None:
        if anything:
            self._typed = self._asked = ""
            if self._finder.isVisible() and self._finder.line.text().strip():
                self._finder.refresh()

    def found(self, typed: str) -> "Sequence[Entry]":
        """Return what fits these words; where that is not known yet it is asked for.

        The finder is filled again then. What other words found is not shown: Enter would choose it.
        """
        words = " ".join(typed.split())
        if not words:
            return ()
        if words == self._typed:
            return self._found
        if words != self._asked:
            self._asked = words
            finding, kinds = self._desk.office.finding, self._kinds
            self._work.ask(
                lambda: (words, finding.find(words, kinds=kinds, limit=_MOST)), self._arrived
            )
        return ()

    def answered(self, typed: str) -> bool:
        """Tell whether all that fits these words is known."""
        return " ".join(typed.split()) == self._typed

    @property
    def searching(self) -> bool:
        """Whether an answer is still to come."""
        asked = bool(self._asked) and self._asked != self._typed
        return asked or self._catching_up.busy

    def _arrived(self, answer: "tuple[str, tuple[Entry, ...]]") -> None:
        self._typed, self._found = answer
        if self._finder.isVisible() and " ".join(self._finder.line.text().split()) == self._typed:
            self._finder.refresh()
