"""Bringing a backup back: checked whole first, then all of it or nothing, and recorded.

The audit log of a backup ends before what was done since. So a restored desk begins with a new key,
head and anchor, as after any older copy of `desk.db`: the record of the new key says what head and
anchor were before, and the log verifies again. What was there is kept aside with its own log.
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.audit_chain import MacKey, Verdict
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.domain.people import DESK, Actor, Role
from cartech_desk.store import backup_swap
from cartech_desk.store.backup_manifest import (
    DATABASES,
    NAMED_FOLDERS,
    SETTINGS,
    BackupRefused,
    Manifest,
    no_backup,
)
from cartech_desk.store.backup_papers import Issued, carry, ends_with, issued_beyond
from cartech_desk.store.backup_pending import undecided
from cartech_desk.store.backup_reading import (
    check_database,
    check_whole,
    manifest_of,
    unpack,
    unpack_one,
)
from cartech_desk.store.backup_state import Newer, acts_beyond, newer_than, verify_staged
from cartech_desk.store.folder_locks import Held
from cartech_desk.store.schema import in_words, open_database
from cartech_desk.store.store import Store

__all__ = [
    "NewerState",
    "Ready",
    "Restored",
    "checked",
    "looked",
    "prepared",
    "put_in_place",
    "settled",
]


class NewerState(CarTechError):
    """A restore would put newer records aside, or those of another desk."""

    code: ClassVar[str] = "newer_state"


@dataclass(frozen=True, slots=True)
class Ready:
    """A backup that is unpacked and checked; `warnings` are sentences on what to know of it.

    `issued` are the papers that are here and not in it.
    No other can be prepared for this folder until it is put in place or dropped.
    """

    folder: Path
    manifest: Manifest
    swap: backup_swap.Swap
    newer: Newer
    held: Held = field(repr=False)
    warnings: tuple[str, ...] = ()
    issued: Issued = field(default_factory=Issued)

    @property
    def stage(self) -> Path:
        """Where it is unpacked."""
        return self.folder / self.swap.stage

    @property
    def aside(self) -> Path:
        """Where what is there now will be kept."""
        return self.folder / self.swap.aside

    def leave_settings(self) -> None:
        """Let the settings of this machine stay as they are."""
        (self.stage / SETTINGS).unlink(missing_ok=True)
        for name in NAMED_FOLDERS:
            with suppress(FileNotFoundError):
                shutil.rmtree(self.stage / name)

    def drop(self) -> None:
        """Give up: what was unpacked is removed."""
        backup_swap.drop_stage(self.stage)
        self.held.release()


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that the audit log knows of; `record` is the number of its record there."""

    file: str
    made: str
    aside: str
    record: int


def checked(path: Path) -> Manifest:
    """Read every byte of a backup. Errors: BackupRefused, BackupNewer, StoreError."""
    _is_there(path)
    with in_words(path):
        return check_whole(path, path.name)


def looked(folder: Path, path: Path) -> tuple[Manifest, Newer, Issued]:
    """Read every byte of a backup, and tell what it would replace in `folder`.

    Errors: as `prepared`; nothing is changed.
    """
    manifest = checked(path)
    newer = newer_than(folder, manifest)
    if not newer:
        return manifest, newer, Issued()
    held = backup_swap.begin(folder)
    stage = backup_swap.stage_folder(folder, _stamp())
    try:
        with in_words(path):
            size = next(one.bytes for one in manifest.files if one.name == "desk.db")
            backup_swap.need_room(folder, size)
            unpack_one(path, "desk.db", stage)
        check_database(stage / "desk.db", path.name)
        open_database(stage / "desk.db", DATABASES["desk.db"]).close()
        return manifest, newer, _issued(folder, stage, newer)
    finally:
        backup_swap.drop_stage(stage)
        held.release()


def prepared(
    folder: Path,
    path: Path,
    by: Actor,
    *,
    keys: Sequence[MacKey] = (),
    even_so: bool = False,
) -> Ready:
    """Unpack a backup beside the databases of `folder`, and check all of it.

    `keys` are those of the desk that is there. Errors: as `Backups.prepare`; nothing is left then.
    """
    _is_there(path)
    held = backup_swap.begin(folder)
    try:
        return _unpacked(folder, path, by, tuple(keys), held, even_so=even_so)
    except BaseException:
        held.release()
        raise


def _unpacked(
    folder: Path, path: Path, by: Actor, keys: tuple[MacKey, ...], held: Held, *, even_so: bool
) -> Ready:
    with in_words(path):
        manifest = manifest_of(path)
    newer = newer_than(folder, manifest)
    stamp = _stamp()
    stage = backup_swap.stage_folder(folder, stamp)
    try:
        with in_words(path):
            backup_swap.need_room(folder, manifest.bytes)
            unpack(path, stage)
        own = keys if newer.same else ()
        warnings, verdict = _look_through(stage, manifest, path.name, own)
        issued = _issued(folder, stage, newer)
        if not even_so:
            # Asked only of a file that is whole: nobody decides on one that cannot come back.
            if newer or issued.papers:
                raise _newer_state(newer, manifest, issued, verdict)
            if not verdict.ok:
                raise _log_broken(path, verdict)
        if newer.diverged:
            with in_words(folder / "desk.db"):
                newer = replace(newer, acts=acts_beyond(folder / "desk.db", stage / "desk.db"))
        warnings = (*warnings, *_told_of_papers(issued, same=newer.same))
        if not newer.same:
            warnings = (*warnings, *_told_of_later(stage))
    except BaseException:
        backup_swap.drop_stage(stage)
        raise
    said = {
        "file": str(path),
        "made": manifest.made.isoformat(),
        "shop": manifest.shop,
        "head": f"{manifest.head.sequence}:{manifest.head.hash.hex()}",
        "aside": backup_swap.aside_name(stamp),
        "acts_put_aside": newer.acts,
        "recordings_put_aside": newer.recordings,
        "by": {"id": by.id, "name": by.name, "role": by.role.value if by.role else ""},
    }
    swap = backup_swap.Swap(stage.name, backup_swap.aside_name(stamp), said)
    return Ready(folder, manifest, swap, newer, held, (*manifest.warnings, *warnings), issued)


def _is_there(path: Path) -> None:
    if not path.exists():
        raise BackupRefused(
            f"There is no file {path}.",
            kept=NOTHING_CHANGED,
            to_do="Look at its name: cartech-desk backup --list names those that are there.",
        )
    if not path.is_file():
        raise no_backup(str(path))


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def put_in_place(ready: Ready, settings: Path | None) -> Issued:
    """Put a prepared backup in place; the desk of its folder has to be closed.

    Returns the papers that it does not hold; they stand in it as lost. Errors: DatabaseLocked where
    another program has it open, nothing is changed then; StoreError where it could not be ended,
    and the next start goes on.
    """
    try:
        with backup_swap.nobody_else(ready.folder):
            # Nobody issues a paper from here on, and what is carried over counts with the plan.
            issued = _carried(ready)
            told = {**ready.swap.told, "papers_put_aside": issued.words}
            if issued.unread:
                told["papers_unreadable"] = True
            swap = replace(ready.swap, told=told)
            backup_swap.decide(ready.folder, swap, settings)
            backup_swap.go_on(ready.folder)
            return issued
    finally:
        if undecided(ready.folder):
            ready.drop()
        ready.held.release()


def _carried(ready: Ready) -> Issued:
    """Keep in what is restored the papers that this desk has issued since, and their numbers."""
    staged = ready.stage / "desk.db"
    if not (ready.newer.same and staged.exists()):
        return ready.issued
    with in_words(staged):
        return carry(ready.folder / "desk.db", staged, ready.manifest.made, datetime.now(UTC))


def settled(store: Store) -> Restored | None:
    """Begin the log anew behind a restore, and record it. Errors: as `Backups.settle`."""
    said = backup_swap.told(store.folder)
    if said is None:
        return None
    file, made = Path(str(said.get("file", ""))).name, str(said.get("made", ""))
    who = said.get("by")
    actor = _actor(who if isinstance(who, dict) else {})
    store.audit.renew_key(DESK, f"Restored by {actor.name} from {file} of {made}.")
    kept = {name: value for name, value in said.items() if name not in ("by", "made")}
    entry = Entry("desk.restore", Entity("backup", file, file), after={"made": made, **kept})
    # Whoever restored may be nobody in what was restored: the right was asked before.
    with store.audit.act_of_anybody(actor) as act:
        record = act.record(entry)
    backup_swap.forget(store.folder)
    return Restored(file, made, str(store.folder / str(said.get("aside", ""))), record)


def _actor(who: dict[str, Any]) -> Actor:
    role = str(who.get("role", ""))
    known = Role(role) if role in list(Role) else None
    return Actor(str(who.get("id", "")), str(who.get("name", "")) or DESK.name, known)


def _look_through(
    stage: Path, manifest: Manifest, named: str, keys: tuple[MacKey, ...]
) -> tuple[tuple[str, ...], Verdict]:
    """Check what was unpacked; returns what to know of it, and what its audit log is worth."""
    for name, plan in DATABASES.items():
        check_database(stage / name, named)
        # An older format is brought up here, before it counts.
        open_database(stage / name, plan).close()
    verdict = verify_staged(stage, manifest, keys)
    _clear(stage)
    broken = () if verdict.ok else (f"Its audit log is broken: {verdict.problem}",)
    return (*broken, _NO_KEYRING), verdict


def _issued(folder: Path, stage: Path, newer: Newer) -> Issued:
    """Return what was issued here and is not in what was unpacked."""
    found = issued_beyond(folder / "desk.db", stage / "desk.db")
    # Of a damaged file nobody can tell whose papers they are.
    return replace(found, unread=True) if newer.unreadable and not newer.same else found


def _told_of_papers(issued: Issued, *, same: bool) -> tuple[str, ...]:
    """Say what becomes of papers that were issued, and what of them cannot be told."""
    told = []
    if issued.papers and same:
        told.append(
            f"Put aside is what was issued since: {issued.words}. The restored desk keeps it as "
            "lost (jobs papers), as it was issued, and gives none of the numbers again; payments "
            "for it are not taken over."
        )
    elif issued.papers:
        told.append(
            f"Put aside with the desk that is here: {issued.words}. The restored desk knows "
            "nothing of them."
        )
    if issued.unread:
        told.append(
            "What the desk holds now is damaged: not every paper that was issued since can be "
            "read, and its number could come again. Compare the last invoice, credit note and "
            "estimate that went out with jobs papers, and let invoice numbers begin with something "
            "else, under Settings, Shop, where one is missing there."
        )
    return tuple(told)


def _told_of_later(stage: Path) -> tuple[str, ...]:
    """Say that papers of after the backup are not known here, so that their numbers may come."""
    with in_words(stage / "desk.db"):
        ends = ends_with(stage / "desk.db")
    if not ends:
        return ()
    return (
        f"The backup ends with {ends}. Where later ones went out, their numbers would come again: "
        "let invoice numbers begin with something else then, under Settings, Shop, before the next "
        "one.",
    )


_NO_KEYRING: Final = (
    "Passwords of the mail server and the key of the audit log are in no backup: the log goes on "
    "with a new key."
)


def _clear(stage: Path) -> None:
    """Remove what checking left beside the files."""
    for name in DATABASES:
        for ending in ("-wal", "-shm"):
            (stage / f"{name}{ending}").unlink(missing_ok=True)
        for copy in stage.glob(f"{Path(name).stem}-*-backup.db"):
            copy.unlink()


def _newer_state(newer: Newer, manifest: Manifest, issued: Issued, verdict: Verdict) -> NewerState:
    made = f"{manifest.made:%Y-%m-%d %H:%M} UTC"
    if newer.diverged:
        happened = (
            f"The desk has gone another way than the backup of {made}: its audit log does not "
            f"hold record {manifest.head.sequence}, with which the backup ends."
        )
    elif newer.unreadable:
        happened = "What the desk holds now cannot be read, so nobody can tell if it is newer."
    elif newer.another:
        whose = f" “{manifest.shop}”" if manifest.shop else ""
        happened = (
            f"The backup is of another desk{whose}; this one holds {_counted(newer)} of its own."
        )
    else:
        happened = f"The desk holds {_counted(newer)} since the backup was made ({made})."
    happened = " ".join((happened, *_told_of_papers(issued, same=newer.same)))
    if not verdict.ok:
        happened = f"{happened} And the audit log in the backup is broken: {verdict.problem}"
    return NewerState(
        happened,
        kept=NOTHING_CHANGED,
        to_do="Add --even-so to restore it: what is there now is moved aside and kept.",
    )


def _counted(newer: Newer) -> str:
    acts = f"{newer.acts} recorded act{'s' if newer.acts != 1 else ''}"
    if not newer.recordings:
        return acts
    plural = "s" if newer.recordings != 1 else ""
    return f"{acts} and {newer.recordings} recording{plural}"


def _log_broken(path: Path, verdict: Verdict) -> CarTechError:
    return BackupRefused(
        f"The audit log in {path.name} is broken: {verdict.problem}",
        kept=NOTHING_CHANGED,
        to_do="Take an older backup, or add --even-so to restore it with the broken log.",
    )
