"""Named layouts of pages, and other small memories (last adapter, window geometry)."""

from collections.abc import Mapping
from typing import Any


class LayoutStore:
    """Named JSON documents by kind ("live", "window", "adapter"), kept in `desk.db`."""

    def names(self, kind: str) -> tuple[str, ...]:
        """Names kept of this kind, in alphabetical order."""
        raise NotImplementedError

    def load(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return one document; None where there is none of this name."""
        raise NotImplementedError

    def save(self, kind: str, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document under a name, replacing the one before."""
        raise NotImplementedError

    def delete(self, kind: str, name: str) -> None:
        """Forget a document; nothing happens where there is none."""
        raise NotImplementedError
