"""Everything in one file: made, checked, rotated, restored."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.backups import to_drop
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.domain.people import DESK, Act, Actor, require
from cartech_desk.store.backup_pending import untold
from cartech_desk.store.own_files import make_folder
from cartech_desk.store.schema import in_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.office.restoring import Ready, Restored
    from cartech_desk.store.backup import GoOn, Made
    from cartech_desk.store.backup_manifest import Manifest
    from cartech_desk.store.store import Store

FOLDER: Final = "backups"
"""Within the data folder, where no other is chosen."""

_DAILY: Final = re.compile(r"cartech-daily-(\d{4}-\d{2}-\d{2})-([0-9a-f]{12})\.zip")
_UNEXPECTED: Final = "Something went wrong that the desk has no words for"
_LOG = logging.getLogger(__name__)


class BackupExists(CarTechError):
    """A file lies where a backup is to be written."""

    code: ClassVar[str] = "backup_exists"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a folder. `day` is set for daily copies; `problem` where it cannot be read.

    `warnings` are sentences on what is not in it.
    """

    path: Path
    bytes: int
    day: date | None = None
    made: datetime | None = None
    shop: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()


class Backups:
    """Everything in one file: made, checked, rotated, restored.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.
    """

    def __init__(self, store: "Store", rules: "Callable[[], ShopRules]") -> None:
        self._store = store
        self._rules = rules
        self._problem = ""
        self._seen: tuple[Path, int, int] | None = None
        self._amiss = ""

    # Making

    @property
    def problem(self) -> str:
        """Why the last daily copy could not be made; empty where it could. Quick, any thread."""
        return self._problem

    def folder(self, chosen: Path | None) -> Path:
        """Return the folder of backups: the one of the settings, else one beside the databases."""
        return chosen if chosen is not None else self._store.folder / FOLDER

    def no_daily(self) -> None:
        """Take back what was said of daily copies: none are wanted any more."""
        self._problem = ""

    def sweep(self) -> None:
        """Remove what backups and restores that were killed left behind; raises nothing."""
        from cartech_desk.store import backup_drafts, backup_swap

        backup_drafts.sweep(self._store.folder)
        backup_swap.sweep(self._store.folder)

    def make(
        self,
        by: Actor,
        path: Path,
        *,
        settings: Path | None = None,
        logo: Path | None = None,
        even_so: bool = False,
        go_on: "GoOn | None" = None,
    ) -> "Made":
        """Write everything into one file, read it back, and record it; returns what was made.

        A folder gets a file named by the moment. `settings` is the settings file, with the signal
        sets that it names, and `logo` that of the sheets; None leaves it out.
        Errors: NotSignedIn, RightMissing; BackupExists without `even_so`; TargetRefused, DiskFull,
        StoreError; store.backup.Ended where `go_on` said no.
        """
        from cartech_desk.office.backup_places import refuse_place

        require(by, Act.BACK_UP)
        self._store.audit.admit(by)
        self._make_own_folder(path if path.is_dir() else path.parent)
        if path.is_dir():
            path /= f"cartech-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
        if path.exists() and not even_so:
            raise BackupExists(
                f"{path} is there already.",
                kept=NOTHING_CHANGED,
                to_do="Choose another name, or add --even-so to write it anew.",
            )
        refuse_place(path, self._store.folder, settings)
        with self._turn(go_on):
            return self._make(by, path, settings, logo, go_on)

    def daily(
        self,
        folder: Path,
        *,
        by: Actor = DESK,
        settings: Path | None = None,
        logo: Path | None = None,
        keep_days: int = 7,
        keep_weeks: int = 4,
        now: datetime | None = None,
        go_on: "GoOn | None" = None,
    ) -> "Made | None":
        """Make the copy of today where there is none yet, then drop those no longer kept.

        None where it was there. What went wrong, or is missing in it, is kept in `problem` too.
        Errors: as `make`.
        """
        from cartech_desk.office.backup_places import refuse_place
        from cartech_desk.store.backup import Ended

        require(by, Act.BACK_UP)
        self._store.audit.admit(by)
        today = (now or datetime.now(UTC)).astimezone(ZoneInfo(self._rules().zone)).date()
        try:
            desk = self._desk()
            path = folder / f"cartech-daily-{today.isoformat()}-{desk[:12]}.zip"
            made = None
            if not self._is_copy(path, desk):
                refuse_place(path, self._store.folder, settings)
                self._make_own_folder(folder)
                with self._turn(go_on):
                    if not self._is_copy(path, desk):  # another process may have been quicker
                        made = self._make(by, path, settings, logo, go_on)
        except Ended:
            raise
        except CarTechError as error:
            self._problem = str(error)
            raise
        except Exception as error:
            self._problem = f"{_UNEXPECTED} ({type(error).__name__}: {error})."
            raise
        if made is not None:
            self._problem = _amiss(made.manifest)
            self._rotate(folder, desk, keep_days, keep_weeks, today)
        return made

    def _make(
        self,
        by: Actor,
        path: Path,
        settings: Path | None,
        logo: Path | None,
        go_on: "GoOn | None",
    ) -> "Made":
        from cartech_desk.store.backup import Wish, always, drafted

        shop = self._store.people.shop()
        wish = Wish(self._store.folder, settings, logo, shop.name if shop is not None else "")
        with drafted(wish, path, go_on or always) as made:
            head = made.manifest.head
            after: dict[str, Any] = {
                "file": str(path),
                "bytes": made.bytes,
                "files": len(made.manifest.files),
                "head": f"{head.sequence}:{head.hash.hex()[:16]}",
            }
            # Recorded before it counts: what leaves the desk is never without a record.
            entity = Entity("backup", path.name, path.name)
            self._store.audit.note(by, Entry("desk.backup", entity, after=after))
        return replace(made, path=path)

    def _turn(self, go_on: "GoOn | None") -> "AbstractContextManager[None]":
        from cartech_desk.store.backup import Ended
        from cartech_desk.store.backup_drafts import turn

        def waiting() -> None:
            if go_on is not None and not go_on(0.0):
                raise Ended

        return turn(self._store.folder, waiting)

    def _desk(self) -> str:
        from cartech_desk.store.backup_state import head_of

        with in_words(self._store.folder / "desk.db"):
            return head_of(self._store.folder / "desk.db").desk

    def _is_copy(self, path: Path, desk: str) -> bool:
        """Tell whether a backup of this desk lies there, and keep what is to be said of it."""
        from cartech_desk.office.backup_places import is_of_desk

        try:
            found = path.stat()
        except OSError:
            return False
        sign = (path, found.st_size, found.st_mtime_ns)
        if sign != self._seen:
            manifest = is_of_desk(path, desk)
            if manifest is None:
                return False
            self._seen = sign
            self._amiss = _amiss(manifest)
        self._problem = self._amiss
        return True

    def _make_own_folder(self, folder: Path) -> None:
        """Make the desk's own folder of backups; one that somebody chose is never made."""
        if folder == self._store.folder / FOLDER:
            from cartech_desk.store.backup_drafts import in_words_of_target

            with in_words_of_target(folder):
                make_folder(folder)

    def _rotate(
        self, folder: Path, desk: str, keep_days: int, keep_weeks: int, today: date
    ) -> None:
        days = {_day_of(path): path for path in folder.glob(f"cartech-daily-*-{desk[:12]}.zip")}
        dated = {day: path for day, path in days.items() if day is not None}
        for day in to_drop(dated, keep_days, keep_weeks, today=today):
            try:
                dated[day].unlink()
            except OSError as error:
                _LOG.warning("an old daily copy cannot be removed: %s", error)

    # Looking

    def list(self, folder: Path) -> tuple[Kept, ...]:
        """Return the backups in a folder, the newest first, each with what it says of itself."""
        found = folder.glob("*.zip") if folder.is_dir() else ()
        kept = [_kept(path) for path in found if path.is_file()]  # a pipe would keep us waiting
        oldest = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted(kept, key=lambda one: (one.made or oldest, one.path), reverse=True))

    def check(self, path: Path) -> "Manifest":
        """Read every byte of a backup. Errors: BackupRefused, BackupNewer."""
        from cartech_desk.office.restoring import checked

        return checked(path)

    # Restoring

    def prepare(self, by: Actor, path: Path, *, even_so: bool = False) -> "Ready":
        """Unpack and check a backup whole, and say what it would replace; nothing counts yet.

        A desk that nobody has set up yet asks nobody. The store has to be closed before
        `restoring.put_in_place`. Errors: NotSignedIn, RightMissing, BackupRefused, BackupNewer,
        restoring.NewerState without `even_so`, DiskFull, StoreError.
        """
        from cartech_desk.office.restoring import prepared

        if self._store.people.shop() is not None:
            require(by, Act.RESTORE)
            self._store.audit.admit(by)
        keys = tuple(self._store.audit.keys())
        return prepared(self._store.folder, path, by, keys=keys, even_so=even_so)

    def settle(self) -> "Restored | None":
        """Let the audit log know of a restore that put other files in place; None where it does.

        It goes on with a new key and anchor, and says what was restored by whom. Errors:
        KeyRefused, StoreError; the next start tries again.
        """
        if not untold(self._store.folder):
            return None
        from cartech_desk.office.restoring import settled

        return settled(self._store)


def _amiss(manifest: "Manifest") -> str:
    if not manifest.warnings:
        return ""
    return f"Today's copy is made, but something is amiss: {' '.join(manifest.warnings)}"


def _day_of(path: Path) -> date | None:
    found = _DAILY.fullmatch(path.name)
    if found is not None:
        with suppress(ValueError):
            return date.fromisoformat(found[1])
    return None


def _kept(path: Path) -> Kept:
    from cartech_desk.store.backup_reading import manifest_of

    try:
        size = path.stat().st_size
        manifest = manifest_of(path)
    except CarTechError as error:
        return Kept(path, size, _day_of(path), problem=str(error))
    except OSError as error:
        return Kept(path, 0, _day_of(path), problem=error.strerror or str(error))
    return Kept(path, size, _day_of(path), manifest.made, manifest.shop, warnings=manifest.warnings)
