"""Where a backup may lie, and what lies there."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.store.backup_manifest import KEPT_FOLDERS, LOGO, BackupNewer, BackupRefused
from cartech_desk.store.backup_reading import manifest_of

if TYPE_CHECKING:
    from cartech_desk.store.backup_manifest import Manifest

_ENDING: Final = ".zip"
_OWN: Final = (
    *KEPT_FOLDERS,
    *(LOGO, "keys", "logs", "demo", "before-restore-", "restoring-"),
)
"""How folders within that of the databases begin in which no backup can be."""


class PlaceRefused(CarTechError):
    """A backup would be written over something that is none, or among the desk's own files."""

    code: ClassVar[str] = "backup_place"


def refuse_place(path: Path, data: Path, settings: Path | None) -> None:
    """Refuse a file among those of the desk, and one that is there and is no backup.

    Errors: PlaceRefused.
    """
    place, own = path.resolve(), data.resolve()
    if settings is not None and place == settings.resolve():
        raise _own_file(path)
    if place.is_relative_to(own):
        first, *more = place.relative_to(own).parts
        if first.startswith(_OWN) if more else place.suffix.casefold() != _ENDING:
            raise _own_file(path)
    if path.exists() and not _is_backup(path):
        raise PlaceRefused(
            f"{path} is there and is no backup: it would be lost.",
            kept=NOTHING_CHANGED,
            to_do="Choose another name, or remove that file first.",
        )


def is_of_desk(path: Path, desk: str) -> "Manifest | None":
    """Return what the backup in a daily copy's place says of itself; None where it is damaged.

    Errors: PlaceRefused where it is of another desk, since it would be written over.
    """
    try:
        manifest = manifest_of(path)
    except (BackupRefused, BackupNewer, OSError):
        return None
    if manifest.head.desk != desk:
        raise PlaceRefused(
            f"{path} is a backup of another desk.",
            kept="It was left as it is; the copy of today is not made.",
            to_do="Move it elsewhere, or choose another folder under Settings, Backup.",
        )
    return manifest


def _is_backup(path: Path) -> bool:
    if path.suffix.casefold() == _ENDING:
        return True  # perhaps a damaged one
    try:
        manifest_of(path)
    except (CarTechError, OSError):
        return False
    return True


def _own_file(path: Path) -> PlaceRefused:
    return PlaceRefused(
        f"{path} is among the desk's own files, where no backup can be.",
        kept=NOTHING_CHANGED,
        to_do="Choose another folder, best on another disk.",
    )
