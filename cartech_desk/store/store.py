"""Both databases of one desk behind one door."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.alarms import AlarmStore
from cartech_desk.store.audit_key import SystemKeyring
from cartech_desk.store.desk_secret import DeskSecret
from cartech_desk.store.folder_locks import attend
from cartech_desk.store.layouts import LayoutStore
from cartech_desk.store.limits import LimitStore
from cartech_desk.store.migrations.desk.versions import STEPS as DESK_STEPS
from cartech_desk.store.migrations.recordings.versions import STEPS as RECORDINGS_STEPS
from cartech_desk.store.people import PeopleStore
from cartech_desk.store.recording_jobs import RecordingJobs
from cartech_desk.store.recordings import RecordingStore
from cartech_desk.store.schema import Plan, open_database
from cartech_desk.store.vehicles import VehicleStore

if TYPE_CHECKING:
    from cartech_desk.store.appointments import AppointmentStore
    from cartech_desk.store.attachments import AttachmentStore
    from cartech_desk.store.checkups import CheckupStore
    from cartech_desk.store.code_tables import CodeTableStore
    from cartech_desk.store.customers import CustomerStore
    from cartech_desk.store.dyno import DynoStore
    from cartech_desk.store.finding import FindStore
    from cartech_desk.store.jobs import JobStore
    from cartech_desk.store.known_cars import KnownCarStore
    from cartech_desk.store.mail import MailStore
    from cartech_desk.store.mail_password import MailPassword
    from cartech_desk.store.papers import PaperStore
    from cartech_desk.store.parts import PartStore
    from cartech_desk.store.performance import PerformanceStore
    from cartech_desk.store.revenue import RevenueStore
    from cartech_desk.store.vehicle_records import VehicleRecordStore

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
        self._attending = attend(self.folder)  # before a restore puts other files in their place
        try:
            self._desk = open_database(self.folder / "desk.db", DESK)
            self._samples = open_database(self.folder / "recordings.db", RECORDINGS)
        except BaseException:
            self._leave()
            raise
        secrets = keys if keys is not None else self.folder / "keys"
        keyring = SystemKeyring() if keys is not None else None
        self._secrets, self._in_keyring = secrets, keyring is not None
        self.audit = AdmittingLog(self._desk, secrets, keyring)
        self.people = PeopleStore(self._desk, self.audit, DeskSecret(secrets))
        self.alarms = AlarmStore(self._desk, self.audit)
        self.limits = LimitStore(self._desk, self.audit)
        self.vehicles = VehicleStore(self._desk)
        self.layouts = LayoutStore(self._desk)
        self.recordings = RecordingStore(
            self._samples, self.vehicles, RecordingJobs(self._desk, self._samples), self._desk
        )

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

    @cached_property
    def customers(self) -> "CustomerStore":
        """Customers in `desk.db`."""
        from cartech_desk.store.customers import CustomerStore

        return CustomerStore(self._desk, self.audit)

    @cached_property
    def vehicle_records(self) -> "VehicleRecordStore":
        """The office's half of a vehicle: record and modifications."""
        from cartech_desk.store.vehicle_records import VehicleRecordStore

        return VehicleRecordStore(self._desk, self.audit, self._samples)

    @cached_property
    def attachments(self) -> "AttachmentStore":
        """Photos and documents: rows in `desk.db`, files in the data folder."""
        from cartech_desk.store.attachments import AttachmentStore

        return AttachmentStore(self.folder / "attachments", self._desk, self.audit)

    @cached_property
    def jobs(self) -> "JobStore":
        """Jobs, their lines, history and what the bay recorded for them."""
        from cartech_desk.store.jobs import JobStore

        return JobStore(self._desk, self.audit)

    @cached_property
    def papers(self) -> "PaperStore":
        """Estimates, invoices, credit notes, payments, and the series of their numbers."""
        from cartech_desk.store.papers import PaperStore

        return PaperStore(self._desk, self.audit)

    @cached_property
    def appointments(self) -> "AppointmentStore":
        """Services, resources, appointments and what they hold."""
        from cartech_desk.store.appointments import AppointmentStore

        return AppointmentStore(self._desk, self.audit)

    @cached_property
    def mail(self) -> "MailStore":
        """The outbox."""
        from cartech_desk.store.mail import MailStore

        return MailStore(self._desk, self.audit)

    @cached_property
    def mail_password(self) -> "MailPassword":
        """The mail server's password, in the keyring or beside the audit log's key."""
        from cartech_desk.store.mail_password import MailPassword, system_keyring

        return MailPassword(self._secrets, system_keyring() if self._in_keyring else None)

    @cached_property
    def parts(self) -> "PartStore":
        """Parts, suppliers, the ledger of stock, orders, counts, alerts."""
        from cartech_desk.store.parts import PartStore

        return PartStore(self._desk, self.audit)

    @cached_property
    def revenue(self) -> "RevenueStore":
        """Sums over jobs that are done and paid."""
        from cartech_desk.store.revenue import RevenueStore

        return RevenueStore(self._desk, self.audit)

    @cached_property
    def performance(self) -> "PerformanceStore":
        """Runs of vehicles over time."""
        from cartech_desk.store.performance import PerformanceStore

        return PerformanceStore(self._desk)

    @cached_property
    def finding(self) -> "FindStore":
        """What search finds, and how."""
        from cartech_desk.store.finding import FindStore

        return FindStore(self._desk, self.audit)

    def close(self) -> None:
        """Close both files; may be called twice."""
        self.alarms.leave_watch()
        self.audit.close()
        self._samples.close()
        self._desk.close()
        self._leave()

    def _leave(self) -> None:
        if self._attending is not None:
            self._attending.release()
