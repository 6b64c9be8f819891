"""Photos and documents: rows in `desk.db`, files in the data folder.

A file is named by the SHA-256 of its content, under the first two characters of it: the same photo
is kept once. It is written beside and renamed before its row is, so that no row is without its
file; a file without a row, which a kill or an act that failed may leave, is swept away.
"""

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.vehicles.record import Attachment
from cartech_desk.store.errors import DiskFull, NotKept, StoreError
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

_COLUMNS: Final = (
    "id, coalesce(vehicle_id, ''), coalesce(job_id, ''), kind, name, media_type, bytes, sha256, "
    "width, height, caption, added, added_by"
)
_NAMES: Final = tuple(one.name for one in fields(Attachment))
_PART: Final = ".part"
_YOUNG_S: Final = 3600.0
"""A file without a row that is younger may be about to get one."""


class AttachmentStore:
    """Photos and documents: rows in `desk.db`, files in the data folder.

    Thread-safe; made lazily by `Store.attachments`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, folder: "Path", database: "Database", audit: "AdmittingLog") -> None:
        self._folder = folder
        self._database = database
        self._audit = audit

    def act(self, by: "Actor") -> "AbstractContextManager[AuditedAct]":
        """One audited act on attachments: all of it, its records included, or nothing."""
        return self._audit.act(by)

    def list(self, *, vehicle_id: str = "", job_id: str = "") -> tuple[Attachment, ...]:
        """Return what belongs to a vehicle, or to a job, the newest first."""
        column, value = ("job_id", job_id) if job_id else ("vehicle_id", vehicle_id)
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM attachment "  # noqa: S608 - names of ours
                f"WHERE {column} = ? AND deleted IS NULL ORDER BY added DESC, id DESC",
                (value,),
            ).fetchall()
        return tuple(_attachment(tuple(row)) for row in rows)

    def get(self, attachment_id: str) -> Attachment:
        """Return one, also one that was taken away. Errors: NotKept."""
        with self._database.read() as connection:
            return attachment_at(connection, attachment_id)

    def path(self, attachment: Attachment) -> Path:
        """Return where the file of an attachment lies. Errors: NotKept where it is gone."""
        found = self._place(attachment.sha256)
        if not found.is_file():
            raise NotKept(
                f"The file of “{attachment.name}” is gone: {found}.",
                to_do="Put it back from a backup, or take the entry away and add the file anew.",
            )
        return found

    @contextmanager
    def put(self, content: Iterator[bytes], digest: str) -> Iterator[Path]:
        """Keep content under its SHA-256 for a row that is written within the block.

        Where the row is not written the file stays until it is swept away: another thread may be
        about to name it. Errors: DiskFull, StoreError where the folder cannot be written.
        """
        place = self._place(digest)
        try:
            if not place.is_file():
                _write(place, content)
            else:
                place.touch()
        except OSError as error:
            raise _not_written(place, error) from error
        yield place
        # It may have been an old one that was swept away in the same moment.
        if not place.is_file():
            try:
                _write(place, content)
            except OSError as error:
                raise _not_written(place, error) from error

    def sweep(self) -> int:
        """Take files away for good that nothing on the lists names; returns how many.

        Not in the hour in which they were written, as their row may be about to come.
        """
        if not self._folder.is_dir():
            return 0
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT DISTINCT sha256 FROM attachment WHERE deleted IS NULL"
            ).fetchall()
        named = {str(row[0]) for row in rows}
        now = datetime.now(UTC).timestamp()
        gone = 0
        for file in self._folder.glob("??/*"):
            with suppress(OSError):
                if file.name not in named and now - file.stat().st_mtime > _YOUNG_S:
                    file.unlink()
                    gone += 1
        return gone

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def insert_attachment(connection: "Connection", attachment: Attachment) -> Attachment:
    """Keep the row of an attachment; id and instant are given where they are not."""
    kept = replace(
        attachment,
        id=attachment.id or str(uuid7()),
        added=attachment.added or datetime.now(UTC),
    )
    added = kept.added or datetime.now(UTC)
    connection.exec_driver_sql(
        "INSERT INTO attachment (id, vehicle_id, job_id, kind, name, media_type, bytes, sha256, "
        "width, height, caption, added, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kept.id,
            kept.vehicle_id or None,
            kept.job_id or None,
            kept.kind,
            kept.name,
            kept.media_type,
            kept.bytes,
            kept.sha256,
            kept.width,
            kept.height,
            kept.caption,
            instant(added),
            kept.added_by,
        ),
    )
    return kept


def attachment_at(connection: "Connection", attachment_id: str) -> Attachment:
    """Return one, also one that was taken away. Errors: NotKept."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM attachment WHERE id = ?",  # noqa: S608 - names of ours
        (attachment_id,),
    ).fetchone()
    if row is None:
        raise NotKept(
            f"No photo or document {attachment_id!r} is kept here.",
            to_do="Look in the vehicle's photos and documents.",
        )
    return _attachment(tuple(row))


def mark_attachment(connection: "Connection", attachment_id: str) -> None:
    """Take an attachment off the lists; its file goes when it is swept away."""
    connection.exec_driver_sql(
        "UPDATE attachment SET deleted = ? WHERE id = ?",
        (instant(datetime.now(UTC)), attachment_id),
    )


def _attachment(row: Sequence[Any]) -> Attachment:
    named = dict(zip(_NAMES, row, strict=True))
    return Attachment(**{**named, "added": datetime.fromisoformat(named["added"])})


def _write(place: Path, content: Iterator[bytes]) -> None:
    """Write beside and rename: a file under its final name is whole."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=_PART, dir=place.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _not_written(place: Path, error: OSError) -> StoreError:
    kind = DiskFull if error.errno == errno.ENOSPC else StoreError
    return kind(
        f"{place.parent} cannot be written: {error.strerror or error}.",
        kept="The photo or document was not kept; the file that you gave is untouched.",
        to_do="Make room, or let the desk write there, and add it again.",
    )
