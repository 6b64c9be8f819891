"""What can go wrong with what the desk remembers."""

from typing import ClassVar

from cartech_desk.domain.errors import CarTechError


class StoreError(CarTechError):
    """Base of everything that goes wrong with the databases."""

    code: ClassVar[str] = "store"


class NotKept(StoreError):
    """Nothing with this id is kept here."""

    code = "not_kept"


class Changed(StoreError):
    """Somebody else changed it since it was read."""

    code = "changed"


class DatabaseNewer(StoreError):
    """The file was written by a newer version of the desk."""

    code = "database_newer"


class DatabaseReadOnly(StoreError):
    """The file or its folder cannot be written."""

    code = "database_read_only"


class DatabaseCorrupt(StoreError):
    """The file is damaged or is no database of the desk."""

    code = "database_corrupt"


class DatabaseLocked(StoreError):
    """Another program holds the file."""

    code = "database_locked"


class DiskFull(StoreError):
    """The disk is full."""

    code = "disk_full"


class MigrationFailed(StoreError):
    """The file could not be brought to this version and is as it was."""

    code = "migration_failed"


class VehicleRefused(StoreError):
    """The VIN or name given cannot stand for a vehicle."""

    code = "vehicle_refused"


class AuditBroken(StoreError):
    """The audit log was damaged by hand so that no record can follow its last."""

    code = "audit_broken"


class KeyRefused(StoreError):
    """The key of the audit log cannot be renewed."""

    code = "key_refused"
