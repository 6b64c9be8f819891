"""Search over vehicles, customers, jobs, parts and runs, with typing errors."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cartech_desk.domain.people import Actor
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.finding import Entry
    from cartech_desk.store.store import Store


class Finding:
    """Search over vehicles, customers, jobs, parts and runs, with typing errors.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread.
    """

    def __init__(self, store: "Store", rules: "Callable[[], ShopRules]") -> None:
        self._store = store
        self._rules = rules

    def find(
        self, typed: str, *, kinds: tuple[str, ...] = (), limit: int = 50
    ) -> "tuple[Entry, ...]":
        """Return what fits what was typed, the best first; forgives a typing error in each word.

        Plates, VINs and phone numbers are found however they are written, and by their parts.
        """
        return self._store.finding.find(typed, kinds=kinds, limit=limit)

    def exporting(
        self, by: "Actor", things: str, path: "Path", search: str = ""
    ) -> "AbstractContextManager[None]":
        """Let a list of `things` be written to a file within the block, and record it.

        Errors: RightMissing, NotSignedIn.
        """
        from cartech_desk.office.record_export import list_exported

        return list_exported(self._store, by, things, path, search)

    def make_ready(self) -> None:
        """Read in what the first search would have to wait for."""
        self._store.finding.make_ready()
