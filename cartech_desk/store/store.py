"""Both databases of one desk behind one door."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.alarms import AlarmStore
from cartech_desk.store.audit_key import SystemKeyring
from cartech_desk.store.desk_secret import DeskSecret
from cartech_desk.store.layouts import LayoutStore
from cartech_desk.store.limits import LimitStore
from cartech_desk.store.migrations.desk.versions import STEPS as DESK_STEPS
from cartech_desk.store.migrations.recordings.versions import STEPS as RECORDINGS_STEPS
from cartech_desk.store.people import PeopleStore
from cartech_desk.store.recordings import RecordingStore
from cartech_desk.store.schema import Plan, open_database
from cartech_desk.store.vehicles import VehicleStore

if TYPE_CHECKING:
    from cartech_desk.store.checkups import CheckupStore
    from cartech_desk.store.code_tables import CodeTableStore
    from cartech_desk.store.dyno import DynoStore
    from cartech_desk.store.known_cars import KnownCarStore

DESK: Final = Plan(0x43544431, DESK_STEPS)
"""`desk.db`; its application id spells CTD1."""
RECORDINGS: Final = Plan(0x43545231, RECORDINGS_STEPS, page_bytes=8192)
"""`recordings.db`; its application id spells CTR1."""


class Store:
    """`desk.db` and `recordings.db` in one folder. Thread-safe; one writer lock for each file."""

    recordings: RecordingStore
    vehicles: VehicleStore
    layouts: LayoutStore
    audit: AdmittingLog
    alarms: AlarmStore
    limits: LimitStore
    people: PeopleStore

    def __init__(self, folder: Path, keys: Path | None = None) -> None:
        """Open, migrating after a backup copy where an older version is found.

        `keys` is the folder of the audit log's anchor, and of its key where the system has no
        keyring; without it both lie beside the databases and the keyring is left alone.

        Errors: DatabaseNewer, DatabaseReadOnly, DatabaseCorrupt, DiskFull, DatabaseLocked,
        MigrationFailed; each leaves the files as they were.
        """
        self.folder = Path(folder)
        self._desk = open_database(self.folder / "desk.db", DESK)
        self._samples = open_database(self.folder / "recordings.db", RECORDINGS)
        secrets = keys if keys is not None else self.folder / "keys"
        keyring = SystemKeyring() if keys is not None else None
        self.audit = AdmittingLog(self._desk, secrets, keyring)
        self.people = PeopleStore(self._desk, self.audit, DeskSecret(secrets))
        self.alarms = AlarmStore(self._desk, self.audit)
        self.limits = LimitStore(self._desk, self.audit)
        self.vehicles = VehicleStore(self._desk)
        self.layouts = LayoutStore(self._desk)
        self.recordings = RecordingStore(self._samples, self.vehicles)

    @cached_property
    def dyno(self) -> "DynoStore":
        """Dyno sessions and runs; read in when first asked for, which no start waits for."""
        from cartech_desk.store.dyno import DynoStore

        return DynoStore(self._desk, self.audit)

    @cached_property
    def checkups(self) -> "CheckupStore":
        """Check-ups of vehicles; read in when first asked for."""
        from cartech_desk.store.checkups import CheckupStore

        return CheckupStore(self._desk, self.audit)

    @cached_property
    def code_tables(self) -> "CodeTableStore":
        """Makers' fault codes that were imported; read in when first asked for."""
        from cartech_desk.store.code_tables import CodeTableStore

        return CodeTableStore(self._desk, self.audit)

    @cached_property
    def known_cars(self) -> "KnownCarStore":
        """What was found out about adapters and cars; read in when first asked for."""
        from cartech_desk.store.known_cars import KnownCarStore

        return KnownCarStore(self._desk)

    def close(self) -> None:
        """Close both files; may be called twice."""
        self.alarms.leave_watch()
        self.audit.close()
        self._samples.close()
        self._desk.close()
