"""Recordings in `recordings.db`: compressed columns with minimum and maximum.

What is written goes into the `journal` at once (module `journal`) and every 64 s from there into
blocks (`blocks`) and stretches (`stretches`), one for each channel; see `compaction`. What was
deleted can be restored for 30 days; then the bay removes it for good while nothing is recorded.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from uuid_utils import uuid7

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor
from cartech_desk.store import presence
from cartech_desk.store.blocks import BLOCK_NS
from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept
from cartech_desk.store.faults import damaged, disk_full, read_only
from cartech_desk.store.overview import Span, envelopes, read_samples
from cartech_desk.store.purging import purge
from cartech_desk.store.recording_ends import settle
from cartech_desk.store.recording_list import (
    matching,
    number_of,
    summaries,
)
from cartech_desk.store.recording_search import (
    RecordingsAsked,
    RecordingsFound,
    channels_of,
    find,
)
from cartech_desk.store.recording_words import (
    ChannelSummary,
    Columns,
    Ending,
    Envelope,
    Mark,
    MarkKind,
    RecordingSummary,
    Samples,
    storable,
)
from cartech_desk.store.recording_writer import RecordingWriter
from cartech_desk.store.vehicles import VehicleStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.recording_jobs import RecordingJobs

__all__ = [
    "ChannelSummary",
    "Columns",
    "Ending",
    "Envelope",
    "Mark",
    "MarkKind",
    "RecordingStore",
    "RecordingSummary",
    "RecordingWriter",
    "RecordingsAsked",
    "RecordingsFound",
    "Samples",
]

KEPT_DELETED: Final = timedelta(days=30)
"""A deleted recording can be restored for so long."""


class RecordingStore:
    """Recordings kept here."""

    def __init__(
        self,
        database: Database,
        vehicles: VehicleStore,
        jobs: "RecordingJobs | None" = None,
        desk: Database | None = None,
    ) -> None:
        """`desk` is where search finds what is told to it; None tells it nothing."""
        self._database = database
        self._desk = desk
        self._vehicles = vehicles
        self._jobs = jobs
        self.settle()
        if jobs is not None:
            jobs.take_up()

    def begin(
        self,
        vehicle_id: str,
        channels: Sequence[Channel],
        *,
        anchor_ns: int,
        note: str = "",
        operator: Actor | None = None,
        anchor_utc: datetime | None = None,
        recording_id: str = "",
        deleted: bool = False,
    ) -> RecordingWriter:
        """Begin a recording whose anchor is monotonic `anchor_ns`, UTC now at that instant.

        `anchor_utc` is that instant where it is not now: of what was measured elsewhere and is
        imported. `recording_id` is its id where somebody has to know of it before it is there, a
        new UUID. `operator` is who records it, None where that is not known. Channels may be added
        later by writing them: `add_channel`. One that begins as `deleted` is on no list until it is
        restored. One that is recorded now is given to the open job of its vehicle, which it does
        not wait for (see `jobs_given`). Errors: NotKept where the vehicle is unknown; DiskFull,
        DatabaseLocked, DatabaseReadOnly.
        """
        vehicle = self._vehicles.get(vehicle_id)
        since = timedelta(microseconds=(monotonic_ns() - anchor_ns) / 1000)
        instant = (
            anchor_utc.astimezone(UTC) if anchor_utc is not None else datetime.now(UTC) - since
        )
        anchor = instant.isoformat(timespec="microseconds")
        recording_id = recording_id or str(uuid7())
        jobs = self._jobs if anchor_utc is None and not deleted else None
        sign = self._sign(recording_id)
        try:
            if jobs is not None:
                jobs.begins(recording_id)
            with self._database.write() as connection:
                number = connection.exec_driver_sql(
                    "INSERT INTO recording (id, vehicle_id, vehicle_name, vin, note, anchor, "
                    "ending, operator_id, operator_name, deleted) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        recording_id,
                        vehicle.id,
                        vehicle.name,
                        vehicle.vin,
                        storable(note),
                        anchor,
                        Ending.OPEN.value,
                        operator.id if operator is not None else "",
                        storable(operator.name) if operator is not None else "",
                        datetime.now(UTC).isoformat(timespec="microseconds") if deleted else None,
                    ),
                ).lastrowid
            writer = RecordingWriter(
                self._database,
                sign,
                recording_id=recording_id,
                number=number,
                anchor_ns=anchor_ns,
                summarise=self.get,
            )
            writer.add_channels(channels)
        except BaseException:
            sign.leave()
            if jobs is not None:
                jobs.began_not(recording_id)
            raise
        if jobs is not None:
            jobs.began(recording_id, vehicle.id, instant)
        return writer

    def jobs_given(self, within_s: float = 0.5) -> bool:
        """Wait until what has begun is given to the jobs; False where that takes longer."""
        return self._jobs is None or self._jobs.settled(within_s)

    def list(self, search: str = "") -> tuple[RecordingSummary, ...]:
        """Return recordings, newest first.

        `search` looks in vehicle, VIN, note, operator, channels, marks and date; each of its words
        must be found somewhere, whatever its case.
        """
        return self._listed("recording.deleted IS NULL", search)

    def find(self, asked: RecordingsAsked) -> RecordingsFound:
        """Return the first of those asked for, in their order; `list` reads all of them."""
        self.settle()
        with self._damage_told():
            return find(self._database, self._vehicles, asked)

    def newest(self, number: int) -> tuple[RecordingSummary, ...]:
        """Return the last recordings, the newest first."""
        return self.find(RecordingsAsked(limit=number)).rows

    def channels_of(self, vehicle_id: str) -> tuple[Channel, ...]:
        """Return every channel that was ever recorded of a vehicle, each as it was last."""
        with self._read() as connection:
            return channels_of(connection, vehicle_id)

    def deleted(self, search: str = "") -> tuple[RecordingSummary, ...]:
        """Return recordings that are deleted and can still be restored, as `list` does."""
        return self._listed("recording.deleted > ''", search)

    def get(self, recording_id: str) -> RecordingSummary:
        """Return one recording; a unique start of its id is enough, NotKept where there is none."""
        self.settle()
        with self._read() as connection:
            number = number_of(connection, recording_id)
            whose = connection.exec_driver_sql(
                "SELECT vehicle_id FROM recording WHERE no = ?", (number,)
            ).fetchall()
            vehicles = self._vehicles.known(str(row[0]) for row in whose)
            return summaries(connection, vehicles, "recording.no = ?", (number,))[0]

    def overview(
        self, recording_id: str, names: Sequence[str], first_ns: int, last_ns: int, stretches: int
    ) -> dict[str, Envelope]:
        """Envelope of each channel over a time range, in about `stretches` stretches.

        Errors: NotKept for a recording or channel that there is none of; DatabaseCorrupt.
        """
        span = Span(first_ns, last_ns)
        with self._read() as connection:
            number = number_of(connection, recording_id)
            channels = self._channels(connection, number, names)
            codes = dict(channels.values())
            found = envelopes(connection, number, codes, span, stretches)
        return {name: found[no] for name, (no, _code) in channels.items()}

    def read(self, recording_id: str, name: str, first_ns: int, last_ns: int) -> Samples:
        """All samples of one channel in a closed range of time."""
        return self.read_all(recording_id, (name,), first_ns, last_ns)[name]

    def read_all(
        self, recording_id: str, names: Sequence[str], first_ns: int, last_ns: int
    ) -> dict[str, Samples]:
        """All samples of several channels in a closed range of time, of one moment."""
        with self._read() as connection:
            number = number_of(connection, recording_id)
            channels = self._channels(connection, number, names)
            codes = dict(channels.values())
            found = read_samples(connection, number, codes, Span(first_ns, last_ns))
        return {name: found[no] for name, (no, _code) in channels.items()}

    def chunks(self, recording_id: str, name: str) -> Iterator[Samples]:
        """Yield one channel's samples in order, a piece at a time, for exports of any length."""
        for span in self.spans(recording_id):
            samples = self.read(recording_id, name, *span)
            if len(samples.t_ns):
                yield samples

    def spans(self, recording_id: str) -> Iterator[tuple[int, int]]:
        """First and last nanosecond of each block's length of time, as far as there are samples.

        `read_all` of one of them holds little in memory.
        """
        with self._read() as connection:
            number = number_of(connection, recording_id)
            numbers = {
                n
                for (n,) in connection.exec_driver_sql(
                    "SELECT DISTINCT n FROM clock WHERE recording = ?", (number,)
                )
            }
            for first, last in connection.exec_driver_sql(
                "SELECT first_ns, last_ns FROM journal WHERE recording = ?", (number,)
            ):
                numbers.update(range(first // BLOCK_NS, last // BLOCK_NS + 1))
        for n in sorted(numbers):
            yield n * BLOCK_NS, (n + 1) * BLOCK_NS - 1

    def set_note(self, recording_id: str, note: str) -> None:
        """Replace the note of a recording."""
        self._change(recording_id, "note = ?", storable(note))
        self._forget_words(recording_id)

    def delete(self, recording_id: str) -> None:
        """Mark as deleted: it leaves the list and can be restored until it is purged.

        The bay purges it `KEPT_DELETED` later, see `bay.removal`.
        """
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        self._change(recording_id, "deleted = coalesce(deleted, ?)", now)
        self._forget_words(recording_id)

    def restore(self, recording_id: str) -> None:
        """Take a deletion back. Errors: NotKept where its samples are being removed already."""
        self._change(recording_id, "deleted = ?", None)

    def let_be_found(self) -> bool:
        """Let search find what came since and not what went; returns whether there was any."""
        if self._desk is None:
            return False
        from cartech_desk.store.recording_finding import catch_up

        return catch_up(self._desk, self._database, self._vehicles)

    def _forget_words(self, recording_id: str) -> None:
        if self._desk is not None:
            from cartech_desk.store.recording_finding import forget

            forget(self._desk, recording_id.strip().lower())

    def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of recordings deleted longer than `KEPT_DELETED` ago or removed only in part.

        The oldest deletion first; none that is still being written.
        """
        return tuple(
            recording_id
            for (recording_id,) in self._database.glance(
                "SELECT id FROM recording WHERE deleted < ? AND ending <> ? ORDER BY deleted, no",
                (
                    (now.astimezone(UTC) - KEPT_DELETED).isoformat(timespec="microseconds"),
                    Ending.OPEN.value,
                ),
            )
        )

    def purge(self, recording_id: str, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Remove a deleted recording's samples for good.

        In small transactions, so that a recording under way is not held up; the file shrinks by
        what it held. `go_on` is asked before each of them: False leaves the rest for another
        call, and returns False; from the first one on the recording is no longer kept. Errors:
        NotKept; StoreError where it is not deleted or still being written.
        """
        self.settle()
        return purge(self._database, recording_id, go_on)

    def settle(self) -> None:
        """Mark the end of recordings whose writer is gone, and put their last minute in order."""
        settle(self._database, self._damage_told)

    def _listed(self, where: str, search: str) -> tuple[RecordingSummary, ...]:
        self.settle()
        vehicles = {vehicle.id: vehicle for vehicle in self._vehicles.list()}
        with self._read() as connection:
            found = summaries(connection, vehicles, where)
        return matching(found, vehicles, search)

    def _change(self, recording_id: str, assignment: str, value: str | None) -> None:
        with self._database.write() as connection:
            number = number_of(connection, recording_id)
            connection.exec_driver_sql(
                f"UPDATE recording SET {assignment}, version = version + 1 WHERE no = ?",  # noqa: S608
                (value, number),
            )

    def _sign(self, recording_id: str) -> presence.Presence:
        try:
            return presence.Presence(self._database.path, recording_id)
        except PermissionError as error:
            raise read_only(self._database.path) from error
        except OSError as error:
            raise disk_full(self._database.path) from error

    def _channels(
        self, connection: "Connection", number: int, names: Sequence[str]
    ) -> dict[str, tuple[int, int]]:
        known = {
            name: (no, code)
            for no, code, name in connection.exec_driver_sql(
                "SELECT no, code, name FROM channel WHERE recording = ?", (number,)
            )
        }
        missing = [name for name in names if name not in known]
        if missing:
            raise NotKept(
                f"The recording has no channel {', '.join(map(repr, missing))}.",
                to_do=f"It has: {', '.join(sorted(known)) or 'none'}.",
            )
        return {name: known[name] for name in names}

    @contextmanager
    def _read(self) -> Iterator["Connection"]:
        with self._damage_told(), self._database.read() as connection:
            yield connection

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        """Take a block that cannot be unpacked for what it is: a damaged file."""
        try:
            yield
        except (zlib.error, ValueError, KeyError, IndexError) as error:
            raise damaged(self._database.path) from error
