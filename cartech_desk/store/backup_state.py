"""What a desk holds now, as far as a restore has to know: whether it is newer than a backup."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit import GENESIS
from cartech_desk.domain.audit_chain import Anchor, MacKey, Verdict
from cartech_desk.store.audit_anchor import AnchorFile
from cartech_desk.store.audit_keeper import Known
from cartech_desk.store.audit_verifying import verify
from cartech_desk.store.backup_manifest import Manifest
from cartech_desk.store.database import Database, connect

_NO_WORK: Final = (
    "desk.backup",
    "desk.restore",
    "audit.key",
    "audit.keyed",
    "audit.unkeyed",
    "audit.export",
)
"""Records that stand for no work which a restore would put aside; nor do those of signing in."""
_WORK: Final = (
    "coalesce(action, '') NOT LIKE 'session.%' AND coalesce(action, '') NOT IN "
    f"({', '.join(map(repr, _NO_WORK))})"
)


@dataclass(frozen=True, slots=True)
class Newer:
    """What a desk holds that a backup does not.

    `same` is True where the backup is of this very desk, `another` where it is not and this one
    holds records, `diverged` where both went on from an earlier state, `unreadable` where a
    database here is damaged, and then whose it is may be unknown; `acts` counts audited work and
    `recordings` recordings since the backup was made.
    """

    same: bool = False
    another: bool = False
    unreadable: bool = False
    acts: int = 0
    recordings: int = 0
    diverged: bool = False

    def __bool__(self) -> bool:
        found = self.another or self.unreadable or self.diverged
        return found or self.acts > 0 or self.recordings > 0


def head_of(path: Path) -> Anchor:
    """Return where the audit log of this `desk.db` ends. Errors: sqlite3.Error."""
    with closing(connect(path, read_only=True)) as driver:
        row = driver.execute(
            "SELECT desk, coalesce((SELECT max(sequence) FROM audit), 0), "
            "(SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1) FROM audit_head"
        ).fetchone()
    if row is None:
        return Anchor(0, GENESIS)
    desk, sequence, digest = row
    return Anchor(int(sequence), digest if isinstance(digest, bytes) else GENESIS, desk=str(desk))


def newer_than(folder: Path, manifest: Manifest) -> Newer:
    """Return what would be put aside; nothing where the desk is new and empty."""
    desk, samples = folder / "desk.db", folder / "recordings.db"
    try:
        head = head_of(desk) if desk.exists() else Anchor(0, GENESIS)
        same = bool(head.desk) and head.desk == manifest.head.desk
        since = manifest.made.astimezone(UTC).isoformat() if same else ""
        recordings = _recordings(samples, since) if samples.exists() else 0
        acts = _acts(desk, manifest.head.sequence if same else 0) if desk.exists() else 0
        diverged = same and not _holds(desk, manifest.head)
    except sqlite3.Error:
        return Newer(_is_of(desk, manifest), unreadable=True)
    return Newer(same, not same and head.sequence > 0, False, acts, recordings, diverged)


def _is_of(desk: Path, manifest: Manifest) -> bool:
    """Tell whether a backup is of a desk whose file is damaged, as far as that can be read."""
    try:
        with closing(connect(desk, read_only=True)) as driver:
            rows = driver.execute("SELECT desk FROM audit_head").fetchall()
    except sqlite3.Error:
        return False
    return [(manifest.head.desk,)] == rows and bool(manifest.head.desk)


def acts_beyond(desk: Path, restored: Path) -> int:
    """Count the audited work in a `desk.db` that another one of the same desk does not hold.

    Errors: sqlite3.Error.
    """
    with closing(connect(desk, read_only=True)) as driver:
        driver.execute("ATTACH ? AS other", (f"{restored.resolve().as_uri()}?mode=ro",))
        ((many,),) = driver.execute(
            f"SELECT count(*) FROM main.audit AS here WHERE {_WORK} AND NOT EXISTS "  # noqa: S608 - words of ours
            "(SELECT 1 FROM other.audit AS there WHERE there.sequence = here.sequence "
            "AND there.hash = here.hash)"
        ).fetchall()
    return int(many)


def _acts(desk: Path, since: int) -> int:
    with closing(connect(desk, read_only=True)) as driver:
        ((many,),) = driver.execute(
            f"SELECT count(*) FROM audit WHERE sequence > ? AND {_WORK}",  # noqa: S608 - words of ours
            (since,),
        ).fetchall()
    return int(many)


def _holds(desk: Path, head: Anchor) -> bool:
    """Tell whether the log of this `desk.db` goes on from there."""
    if head.sequence == 0:
        return True
    with closing(connect(desk, read_only=True)) as driver:
        rows = driver.execute(
            "SELECT 1 FROM audit WHERE sequence = ? AND hash = ?", (head.sequence, head.hash)
        ).fetchall()
    return bool(rows)


def _recordings(path: Path, since: str) -> int:
    with closing(connect(path, read_only=True)) as driver:
        rows = driver.execute("SELECT anchor FROM recording WHERE deleted IS NULL").fetchall()
    if not since:
        return len(rows)
    edge = datetime.fromisoformat(since)
    return sum(datetime.fromisoformat(anchor).astimezone(UTC) > edge for (anchor,) in rows)


def verify_staged(stage: Path, manifest: Manifest, keys: tuple[MacKey, ...]) -> Verdict:
    """Verify the audit log of an unpacked `desk.db` up to the head that its manifest names.

    With the keys of the desk that it comes from also its signatures are checked.
    """
    database = Database(stage / "desk.db")
    try:
        rows = database.glance("SELECT coalesce(max(number), 0) FROM audit_key")
        known = tuple(key for key in keys if key.number <= int(rows[0][0]))
        # The anchor of that moment: what lies outside now may be of a later one.
        anchor = AnchorFile(stage / "keys")
        head = manifest.head
        secret = known[-1].secret if known else None
        if head.desk:
            anchor.write(head.desk, head.sequence, head.hash, secret)
        return verify(database, Known(known), anchor, None)
    finally:
        database.close()
