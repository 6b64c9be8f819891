"""Named layouts of pages, and other small memories (last adapter, window geometry)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cartech_desk.store.database import Database


class LayoutStore:
    """Named JSON documents by kind ("live", "window", "adapter"), kept in `desk.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self, kind: str) -> tuple[str, ...]:
        """Names kept of this kind, in alphabetical order."""
        rows = self._database.glance("SELECT name FROM document WHERE kind = ?", (kind,))
        return tuple(sorted((str(name) for (name,) in rows), key=lambda n: (n.casefold(), n)))

    def load(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return one document; None where there is none of this name."""
        rows = self._database.glance(
            "SELECT body FROM document WHERE kind = ? AND name = ?", (kind, name)
        )
        if not rows:
            return None
        document: dict[str, Any] = json.loads(rows[0][0])
        return document

    def save(self, kind: str, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document under a name, replacing the one before.

        Errors: TypeError where the document holds what JSON does not; DiskFull, DatabaseLocked.
        """
        body = json.dumps(dict(document), ensure_ascii=False)
        changed = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO document (kind, name, body, changed) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body, "
                "changed = excluded.changed",
                (kind, name, body, changed),
            )

    def delete(self, kind: str, name: str) -> None:
        """Forget a document; nothing happens where there is none."""
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "DELETE FROM document WHERE kind = ? AND name = ?", (kind, name)
            )
