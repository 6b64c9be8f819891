"""Writing one recording: every write is durable when it returns."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.channels import Channel
from cartech_desk.store.blocks import BLOCK_NS
from cartech_desk.store.compaction import compact
from cartech_desk.store.database import Database
from cartech_desk.store.errors import StoreError
from cartech_desk.store.journal import JournalRow, pack
from cartech_desk.store.presence import Presence
from cartech_desk.store.recording_words import (
    Columns,
    Ending,
    Mark,
    RecordingSummary,
    storable,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = logging.getLogger(__name__)

_NO_ALARMS: Final[Mapping[str, Mark]] = MappingProxyType({})
_LATE_NS: Final = 2_000_000_000
"""A block is closed this long after its end: later samples have to be merged into it."""
_JOURNAL_ROWS: Final = 600
"""At this length the journal is emptied whatever the times of its samples say."""
_JOURNAL_SAMPLES: Final = 4_000_000
"""At this many samples blocks are made of the journal, however much else waits."""
_EDGES_IN_A_WRITE: Final = 8
"""A write over more edges of blocks than these stays one row: its times are out of all order."""
_RETRY_S: Final = 2.0
"""What could not become blocks is tried again after this long."""
_PATIENCE_S: Final = 0.4
"""Shorter than a stop may take: the recorder keeps what was refused and tries again."""


class RecordingWriter:
    """Writes one recording; used by one thread."""

    def __init__(
        self,
        database: Database,
        presence: Presence,
        *,
        recording_id: str,
        number: int,
        anchor_ns: int,
        summarise: Callable[[str], RecordingSummary],
    ) -> None:
        self.id = recording_id
        self.postponed: StoreError | None = None
        """Why the journal could not be turned into blocks lately; nothing is lost by that."""
        self._database = database
        self._presence = presence
        self._number = number
        self._anchor_ns = anchor_ns
        self._summarise = summarise
        self._codes: dict[str, int] = {}
        self._alarm_rows: dict[str, int] = {}
        self._newest_ns = -(1 << 62)
        self._closed_until_ns = -(1 << 62)
        self._rows = 0
        self._samples = 0
        self._retry_at = 0.0
        self._ended = False
        self._left = False

    def add_channel(self, channel: Channel) -> None:
        """Make a channel known; nothing happens where its name is known already."""
        self.add_channels((channel,))

    def add_channels(self, channels: Sequence[Channel]) -> None:
        """Make channels known, those of names not known yet.

        Errors: DiskFull, DatabaseLocked, DatabaseReadOnly.
        """
        new = [c for c in {c.name: c for c in channels}.values() if c.name not in self._codes]
        if not new:
            return
        codes = {channel.name: len(self._codes) + i for i, channel in enumerate(new)}
        with self._database.write(_PATIENCE_S) as connection:
            connection.exec_driver_sql(
                "INSERT INTO channel (recording, code, name, label, unit, scale_minimum, "
                "scale_maximum, decimals, source, derived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        self._number,
                        codes[c.name],
                        c.name,
                        storable(c.label),
                        storable(c.unit),
                        c.minimum,
                        c.maximum,
                        c.decimals,
                        storable(c.source),
                        int(c.derived),
                    )
                    for c in new
                ],
            )
        self._codes.update(codes)

    def write(
        self,
        columns: Mapping[str, Columns],
        marks: Sequence[Mark] = (),
        *,
        alarms: Mapping[str, Mark] = _NO_ALARMS,
        hurried: bool = False,
    ) -> int:
        """Make these samples and marks durable in one transaction; returns samples written.

        `alarms` are marks by a name of the caller's: one that was written before gets the new
        end.
        They are durable in the journal; `hurried` leaves making blocks of it for a calmer moment,
        up to a bound, so that what waits to be written is not lost meanwhile.
        Errors: DiskFull, DatabaseLocked, DatabaseReadOnly; then nothing of this call is kept and
        the call may be made again.
        """
        self.add_channels(
            [
                Channel(name, name, "", float("nan"), float("nan"))
                for name in columns
                if name not in self._codes
            ]
        )
        rows = self._pack({self._codes[name]: c for name, c in columns.items()})
        if not rows and not marks and not alarms:
            return 0
        with self._database.write(_PATIENCE_S) as connection:
            for row in rows:
                connection.exec_driver_sql(
                    "INSERT INTO journal (recording, first_ns, last_ns, directory, payload) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (self._number, row.first_ns, row.last_ns, row.directory, row.payload),
                )
            if marks:
                connection.exec_driver_sql(
                    "INSERT INTO mark (recording, t_ns, t_end_ns, kind, note) "
                    "VALUES (?, ?, ?, ?, ?)",
                    [
                        (self._number, m.t_ns, m.t_end_ns, m.kind.value, storable(m.note))
                        for m in marks
                    ],
                )
            alarm_rows = {name: self._put(connection, name, m) for name, m in alarms.items()}
        self._alarm_rows.update(alarm_rows)
        if not rows:
            return 0
        if self._newest_ns < rows[0].first_ns and self._rows == 0:
            self._closed_until_ns = rows[0].first_ns // BLOCK_NS * BLOCK_NS
        samples = sum(row.samples for row in rows)
        self._rows += len(rows)
        self._samples += samples
        self._newest_ns = max(self._newest_ns, rows[-1].last_ns)
        if not hurried or self._samples >= _JOURNAL_SAMPLES:
            self._close_blocks()
        return samples

    def _put(self, connection: "Connection", name: str, mark: Mark) -> int:
        """Write the mark of an alarm, or its new end; returns its row."""
        row = self._alarm_rows.get(name)
        if row is not None:
            connection.exec_driver_sql(
                "UPDATE mark SET t_end_ns = ? WHERE no = ?", (mark.t_end_ns, row)
            )
            return row
        return int(
            connection.exec_driver_sql(
                "INSERT INTO mark (recording, t_ns, t_end_ns, kind, note) VALUES (?, ?, ?, ?, ?)",
                (self._number, mark.t_ns, mark.t_end_ns, mark.kind.value, storable(mark.note)),
            ).lastrowid
        )

    def _pack(self, columns: Mapping[int, Columns]) -> list[JournalRow]:
        """Pack into rows that do not cross the edges of blocks, where those are few."""
        whole = pack(columns, self._anchor_ns)
        if whole is None:
            return []
        first, last = whole.first_ns // BLOCK_NS, whole.last_ns // BLOCK_NS
        if not 0 < last - first <= _EDGES_IN_A_WRITE:
            return [whole]
        edges = [self._anchor_ns + n * BLOCK_NS for n in range(first, last + 2)]
        rows = (pack(_between(columns, *both), self._anchor_ns) for both in pairwise(edges))
        return [row for row in rows if row is not None]

    def close(self, ending: Ending = Ending.STOPPED) -> RecordingSummary:
        """End the recording and put it in order.

        Errors: those of `finish`.
        """
        self.finish(ending)
        self.put_in_order()
        return self._summarise(self.id)

    def finish(self, ending: Ending = Ending.STOPPED) -> None:
        """Write the ending: all of the recording is durable then, and nothing comes after it.

        Errors: DiskFull, DatabaseLocked, DatabaseReadOnly; the call may then be made again, or
        `abandon` leaves it to the next start.
        """
        if self._ended:
            return
        with self._database.write(_PATIENCE_S) as connection:
            connection.exec_driver_sql(
                "UPDATE recording SET ending = ?, version = version + 1 WHERE no = ?",
                (ending.value, self._number),
            )
        self._ended = True

    def put_in_order(self) -> None:
        """Make blocks of what is still in the journal of a recording that has ended; never raises.

        The samples are durable in the journal as well: what cannot become blocks now does so at
        the next start.
        """
        if self._ended and not self._left:
            self._left = True
            self._compact(None)
            self._presence.leave()

    def abandon(self, ending: Ending = Ending.DISK_FULL) -> None:
        """Let go of a recording whose end does not get into the file; the next look marks it."""
        if not self._ended:
            self._ended = self._left = True
            with suppress(OSError):
                self._presence.note(ending)
            self._presence.leave(keep_word=True)

    def _close_blocks(self) -> None:
        if self.postponed is not None and time.monotonic() < self._retry_at:
            return  # else a long journal would be gone through with every write
        edge = (self._newest_ns - _LATE_NS) // BLOCK_NS * BLOCK_NS
        if self._rows >= _JOURNAL_ROWS:
            self._compact(None)
        elif edge > self._closed_until_ns:
            self._closed_until_ns = edge
            self._compact(edge)
        elif self.postponed is not None:
            self._compact(self._closed_until_ns)

    def _compact(self, before_ns: int | None) -> None:
        """Turn the journal into blocks, now or later: what is in it is durable, so never raise.

        An error that came out of `write` from here would have the same samples written again.
        """
        try:
            compact(self._database, self._number, before_ns=before_ns, patience_s=_PATIENCE_S)
        except Exception as error:
            if not isinstance(error, StoreError):
                _log.exception("the journal of recording %s could not become blocks", self.id)
            self.postponed = error if isinstance(error, StoreError) else _fault()
            self._retry_at = time.monotonic() + _RETRY_S
        else:
            self.postponed = None
            self._rows = 0
            self._samples = 0


def _fault() -> StoreError:
    return StoreError(
        "A fault of the desk keeps samples from being put in order; they stay in the journal.",
        kept="All of them are kept.",
        to_do="Look into the log.",
    )


def _between(columns: Mapping[int, Columns], start_ns: int, stop_ns: int) -> dict[int, Columns]:
    found = {}
    for code, column in columns.items():
        inside = (column.t_ns >= start_ns) & (column.t_ns < stop_ns)
        found[code] = Columns(column.t_ns[inside], column.values[inside], column.quality[inside])
    return found
