"""Putting an unpacked backup in the place of what a desk keeps: all of it or nothing.

Once the plan is on the disk the swap is decided: a kill or a power cut at any point later leaves it
to the next start, which goes on where it was broken off. Each step can be done twice. What was
there is moved aside, never removed.
"""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cartech_desk.store.backup import SPARE_BYTES, settle_folder
from cartech_desk.store.backup_manifest import DATABASES, KEPT_FOLDERS, NAMED_FOLDERS, SETTINGS
from cartech_desk.store.backup_pending import DONE, PLAN, undecided
from cartech_desk.store.errors import DatabaseLocked, StoreError
from cartech_desk.store.faults import disk_full
from cartech_desk.store.folder_locks import BUSY, OPEN, RESTORE, Held, hold
from cartech_desk.store.own_files import make_folder, opener
from cartech_desk.store.schema import in_words

_BESIDE: Final = ("-wal", "-shm")
_STAGE: Final = re.compile(r"restoring-[0-9A-Za-z-]{1,40}")
_ASIDE: Final = re.compile(r"before-restore-[0-9A-Za-z-]{1,40}")
_PATIENCE_S: Final = 30.0
_ALONE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Swap:
    """What is to be put in place: `stage` and `aside` are folders within the data folder.

    `told` is what the audit log will say of it.
    """

    stage: str
    aside: str
    told: dict[str, Any]


def stage_folder(folder: Path, stamp: str) -> Path:
    """Return where a backup is unpacked before it counts: beside what it will replace."""
    return folder / f"restoring-{stamp}"


def aside_name(stamp: str) -> str:
    """Return the name of the folder that keeps what was there."""
    return f"before-restore-{stamp}"


def begin(folder: Path) -> Held:
    """Let one restore at a time at this folder, from unpacking on, and sweep what others left.

    Errors: DatabaseLocked, StoreError.
    """
    held = _held(folder / RESTORE, 0.0)
    if held is None:
        raise DatabaseLocked(
            f"Another backup is being restored into {folder}.",
            kept="Nothing was changed.",
            to_do="Wait until that is done or given up, then restore again.",
        )
    _drop_stale_stages(folder)
    return held


def sweep(folder: Path) -> None:
    """Remove what an unpacking that was killed left, where none is under way; raises nothing."""
    try:
        begin(folder).release()
    except StoreError:
        return


@contextmanager
def nobody_else(folder: Path, patience_s: float = _ALONE_S) -> Iterator[None]:
    """Keep every desk out of this folder. Errors: DatabaseLocked where one has it open."""
    held = _held(folder / OPEN, patience_s)
    if held is None:
        raise _open_elsewhere(folder)
    try:
        yield
    finally:
        held.release()


def decide(folder: Path, swap: Swap, settings: Path | None = None) -> None:
    """Put the plan on the disk, within `nobody_else`; `go_on` does it.

    `settings` is the settings file, replaced where the backup holds one. Errors: DatabaseLocked
    where another program has one of the files open; StoreError.
    """
    if not all((folder / swap.stage / name).exists() for name in DATABASES):
        raise StoreError(
            f"What was unpacked in {folder / swap.stage} is gone.",
            kept="Nothing was changed.",
            to_do="Restore again.",
        )
    for name in DATABASES:
        _refuse_open(folder / name)
    place = None if settings is None else str(settings.absolute())
    document = {"stage": swap.stage, "aside": swap.aside, "told": swap.told, "settings": place}
    _write(folder / PLAN, document)


def finish(folder: Path) -> bool:
    """Do what is decided and not done yet; False where there is nothing.

    To be called before the databases are opened. Errors: StoreError; the next call goes on.
    """
    if undecided(folder):
        return False
    held = _held(folder / RESTORE, _PATIENCE_S)
    if held is None:
        raise DatabaseLocked(
            "Another program is at putting a backup in place.",
            kept="Nothing was changed.",
            to_do="Wait until it is done, then start again.",
        )
    try:
        with nobody_else(folder, _PATIENCE_S):
            return go_on(folder)
    finally:
        held.release()


def go_on(folder: Path) -> bool:
    """As `finish`, for whoever has begun the restore and keeps everybody else out."""
    if undecided(folder):
        return False  # another process was quicker
    swap, settings = _read_plan(folder / PLAN)
    if not (folder / swap.stage).is_dir():
        raise StoreError(
            f"A restore was broken off, and what it was to put in place is gone "
            f"({folder / swap.stage}).",
            kept=f"What was there before is in {folder / swap.aside} or still in its place.",
            to_do=f"Put back by hand what lies in {swap.aside}, then remove {folder / PLAN} and "
            "start again; restore the backup anew.",
        )
    try:
        _put(folder, swap, settings)
    except OSError as error:
        raise StoreError(
            f"The backup could not be put in place yet ({error.strerror or error}).",
            kept=f"What was there before is in {folder / swap.aside} or still in its place; "
            f"what is restored waits in {folder / swap.stage}.",
            to_do="Close other programs that use these files and start again: it goes on.",
        ) from error
    return True


def told(folder: Path) -> dict[str, Any] | None:
    """Return what a restore that the audit log does not know of yet left to be said; None else."""
    try:
        raw = (folder / DONE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        document = json.loads(raw)
    except ValueError:
        return {}
    said = document.get("told") if isinstance(document, dict) else None
    return said if isinstance(said, dict) else {}


def forget(folder: Path) -> None:
    """Put away what was left to be said: the audit log knows of the restore now."""
    (folder / DONE).unlink(missing_ok=True)


def need_room(folder: Path, bytes_: int) -> None:
    """Refuse where so much cannot be unpacked beside what is there. Errors: DiskFull."""
    if shutil.disk_usage(folder).free < bytes_ + SPARE_BYTES:
        raise disk_full(folder)


def drop_stage(stage: Path) -> None:
    """Remove what was unpacked and is not wanted; raises nothing."""
    if _STAGE.fullmatch(stage.name):
        shutil.rmtree(stage, ignore_errors=True)


def _drop_stale_stages(folder: Path) -> None:
    if undecided(folder):
        for stage in folder.glob("restoring-*"):
            drop_stage(stage)


def _put(folder: Path, swap: Swap, settings: Path | None) -> None:
    stage, aside = folder / swap.stage, folder / swap.aside
    make_folder(aside)
    for name in DATABASES:
        if (stage / name).exists():
            # A journal of the old file beside the new one would be taken for its own.
            for ending in _BESIDE:
                _move(folder / f"{name}{ending}", aside / f"{name}{ending}")
            _exchange(folder / name, stage / name, aside / name)
    # The folders' turn is over once the mark is there: theirs is not told by what is left.
    for name in (*KEPT_FOLDERS, *NAMED_FOLDERS):
        mark = stage / f".{name}-done"
        # A logo of this machine stays where the backup has none: its settings may stay too.
        if not mark.exists() and (name not in NAMED_FOLDERS or (stage / name).exists()):
            if (folder / name).exists() and not (aside / name).exists():
                (folder / name).replace(aside / name)
            if (stage / name).exists() and not (folder / name).exists():
                (stage / name).replace(folder / name)
            mark.touch()
    if settings is not None and (stage / SETTINGS).exists():
        _put_settings(settings, stage / SETTINGS, aside / SETTINGS)
    settle_folder(aside)
    settle_folder(folder)
    (folder / PLAN).replace(folder / DONE)
    settle_folder(folder)
    shutil.rmtree(stage, ignore_errors=True)


def _exchange(place: Path, staged: Path, aside: Path) -> None:
    """Move what is in its place aside, once, and put the staged file there."""
    _move(place, aside)
    staged.replace(place)


def _move(place: Path, aside: Path) -> None:
    if place.exists() and not aside.exists():
        place.replace(aside)


def _put_settings(place: Path, staged: Path, aside: Path) -> None:
    """They may lie on another disk: copied beside, then renamed; a link to them stays one."""
    place = place.resolve()
    if place.exists() and not aside.exists():
        draft = aside.with_name(f".{aside.name}.part")
        shutil.copyfile(place, draft)
        draft.replace(aside)
    make_folder(place.parent)
    draft = place.with_name(f".{place.name}.restoring")
    shutil.copyfile(staged, draft)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(place)
    staged.unlink()


def _read_plan(path: Path) -> tuple[Swap, Path | None]:
    try:
        document = json.loads(path.read_bytes())
        swap = Swap(document["stage"], document["aside"], dict(document["told"]))
        place = document["settings"]
        if not (_STAGE.fullmatch(swap.stage) and _ASIDE.fullmatch(swap.aside)):
            raise ValueError("names")
        settings = None if place is None else Path(place)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"{path} says that a restore was broken off, but cannot be read.",
            kept="Nothing was changed.",
            to_do="Move that file away to go on with what is there, and restore again.",
        ) from error
    return swap, settings


def _write(path: Path, document: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.part")
    try:
        with open(draft, "wb", opener=opener) as file:
            file.write(json.dumps(document, ensure_ascii=False).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        settle_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror or error}).",
            kept="Nothing was changed.",
            to_do="Make room or give yourself the right to write there, then restore again.",
        ) from error


def _refuse_open(path: Path) -> None:
    """Refuse where another connection has this file open, in any program.

    A connection that uses no shared memory needs the file alone (sqlite.org/wal.html, 6); it leaves
    the journal mode as it is, and brings all of the journal into the file as it closes. A file that
    cannot be read is nobody's any more.
    """
    if not path.exists():
        return
    try:
        with closing(_exclusive(path)) as driver:
            driver.execute("SELECT count(*) FROM sqlite_master").fetchall()
            driver.execute("BEGIN EXCLUSIVE")
            driver.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY:
            raise _open_elsewhere(path) from error


def _exclusive(path: Path) -> sqlite3.Connection:
    driver = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_ALONE_S, isolation_level=None
    )
    driver.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()  # before the file is first read
    return driver


def _open_elsewhere(path: Path) -> DatabaseLocked:
    return DatabaseLocked(
        f"Another program has {path} open.",
        kept="Nothing was changed.",
        to_do="Close every window and command of the desk that uses this folder, then restore "
        "again.",
    )


def _held(path: Path, patience_s: float) -> Held | None:
    with in_words(path):
        make_folder(path.parent)
        return hold(path, alone=True, patience_s=patience_s)
