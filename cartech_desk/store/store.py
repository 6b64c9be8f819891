"""Both databases of one desk behind one door."""

from pathlib import Path

from cartech_desk.store.layouts import LayoutStore
from cartech_desk.store.recordings import RecordingStore
from cartech_desk.store.vehicles import VehicleStore


class Store:
    """`desk.db` and `recordings.db` in one folder. Thread-safe; one writer lock for each file."""

    recordings: RecordingStore
    vehicles: VehicleStore
    layouts: LayoutStore

    def __init__(self, folder: Path) -> None:
        """Open, migrating after a backup copy where an older version is found.

        Errors: DatabaseNewer, DatabaseReadOnly, DatabaseCorrupt, DiskFull, DatabaseLocked; each
        leaves the files as they were.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close both files; may be called twice."""
        raise NotImplementedError
