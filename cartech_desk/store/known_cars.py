"""What was found out about adapters and cars at the last connection, in `desk.db`."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.store.errors import StoreError
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from cartech_desk.store.database import Database


_SENSELESS: Final = (TypeError, ValueError, RecursionError)
"""What reading a damaged row raises."""


@dataclass(frozen=True, slots=True)
class KnownAdapter:
    """An adapter by its URL: what its driver had to find out (`Adapter.findings`), JSON values."""

    url: str
    findings: Mapping[str, Any]
    vin: str | None
    """The car that was behind it last."""
    seen: datetime


@dataclass(frozen=True, slots=True)
class KnownCar:
    """A car by its VIN: link, PIDs, scales, identity as JSON values, and when it was last met."""

    vin: str
    identification: Mapping[str, Any]
    seen: datetime
    quirks: tuple[str, ...] = field(default=())


class KnownCarStore:
    """Adapters and cars. Thread-safe. Made lazily by `Store.known_cars`.

    What is kept here is a convenience: a row that cannot be read is None, never an error.
    """

    def __init__(self, database: "Database") -> None:
        self._database = database

    def adapter(self, url: str) -> KnownAdapter | None:
        """Return what is known of the adapter at this URL."""
        row = self._row("SELECT findings, vin, seen FROM known_adapter WHERE url = ?", url)
        if row is None:
            return None
        try:
            findings, vin, seen = _object(row[0]), row[1], datetime.fromisoformat(row[2])
        except _SENSELESS:
            return None
        return KnownAdapter(url, findings, vin if isinstance(vin, str) else None, seen)

    def adapter_of(self, vin: str) -> KnownAdapter | None:
        """Return the adapter that stood before this car last."""
        row = self._row(
            "SELECT url FROM known_adapter WHERE vin = ? ORDER BY seen DESC LIMIT 1", vin
        )
        return self.adapter(str(row[0])) if row is not None else None

    def car(self, vin: str) -> KnownCar | None:
        """Return what is known of this car."""
        row = self._row("SELECT identification, quirks, seen FROM known_car WHERE vin = ?", vin)
        if row is None:
            return None
        try:
            identification, quirks = _object(row[0]), _texts(row[1])
            seen = datetime.fromisoformat(row[2])
        except _SENSELESS:
            return None
        return KnownCar(vin, identification, seen, quirks)

    def knows_cars(self) -> bool:
        """Tell whether any car is known."""
        return self._row("SELECT 1 FROM known_car WHERE vin > ? LIMIT 1", "") is not None

    def keep_adapter(self, known: KnownAdapter) -> None:
        """Remember this instead of what was known.

        Errors: TypeError where the findings hold what JSON does not; DiskFull, DatabaseLocked.
        """
        self._keep(
            "INSERT INTO known_adapter (url, vin, findings, seen) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (url) DO UPDATE SET vin = excluded.vin, findings = excluded.findings, "
            "seen = excluded.seen",
            (known.url, known.vin, _text(dict(known.findings)), instant(known.seen)),
        )

    def keep_car(self, known: KnownCar) -> None:
        """Remember this instead of what was known. Errors: as `keep_adapter`."""
        self._keep(
            "INSERT INTO known_car (vin, identification, quirks, seen) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (vin) DO UPDATE SET identification = excluded.identification, "
            "quirks = excluded.quirks, seen = excluded.seen",
            (
                known.vin,
                _text(dict(known.identification)),
                _text(list(known.quirks)),
                instant(known.seen),
            ),
        )

    def forget(self, *, url: str = "", vin: str = "") -> None:
        """Forget an adapter, a car, or both: what was remembered no longer holds.

        Errors: DiskFull, DatabaseLocked.
        """
        if url:
            self._keep("DELETE FROM known_adapter WHERE url = ?", (url,))
        if vin:
            self._keep("DELETE FROM known_car WHERE vin = ?", (vin,))

    def _row(self, statement: str, key: str) -> tuple[Any, ...] | None:
        try:
            rows = self._database.glance(statement, (key,))
        except (StoreError, sqlite3.Error):  # a text that is none has no result code
            return None
        return rows[0] if rows else None

    def _keep(self, statement: str, values: Sequence[Any]) -> None:
        with self._database.write_plainly() as connection:
            connection.execute(statement, values)


def _object(text: object) -> dict[str, Any]:
    document = json.loads(_string(text))
    if not isinstance(document, dict):
        raise TypeError
    return document


def _texts(text: object) -> tuple[str, ...]:
    document = json.loads(_string(text))
    if not isinstance(document, list) or not all(isinstance(one, str) for one in document):
        raise TypeError
    return tuple(document)


def _string(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError
    return text


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
