"""From the journal to blocks, clocks and stretches: one transaction, so that no kill splits it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store import stretches
from cartech_desk.store.blocks import BLOCK_NS, pack_block, pack_clock, unpack_samples
from cartech_desk.store.database import PATIENCE_S, Database
from cartech_desk.store.journal import good_values, joined, pack, unpack
from cartech_desk.store.recording_words import Samples

if TYPE_CHECKING:
    from sqlalchemy import Connection


class _DoneElsewhere(Exception):
    """Another process moved the same rows of the journal; ours are taken back."""


_NEVER_NS: Final = (1 << 63) - 1

_ClockKey = tuple[int, int, int, int]
"""Block, count, first and last time: what clocks have in common before they are compared."""


@dataclass(slots=True)
class _Clock:
    """Times that channels of one block share."""

    n: int
    t_ns: NDArray[np.int64]
    payload: bytes
    no: int = 0


@dataclass(slots=True)
class _Work:
    """What one compaction reads and what it will write."""

    recording: int
    journal: list[int] = field(default_factory=list)
    channel_of: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, list[Samples]] = field(default_factory=dict)
    rest: dict[int, dict[int, Samples]] = field(default_factory=dict)
    merged: list[int] = field(default_factory=list)
    clocks: dict[_ClockKey, list[_Clock]] = field(default_factory=dict)
    blocks: list[tuple[Any, ...]] = field(default_factory=list)
    kept_blocks: dict[tuple[int, int], tuple[bytes, bytes, int]] = field(default_factory=dict)
    kept_rows: dict[tuple[int, int, int], bytes] = field(default_factory=dict)
    rows: dict[tuple[int, int, int], stretches.Bounds] = field(default_factory=dict)
    packed: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    totals: list[tuple[Any, ...]] = field(default_factory=list)


def compact(
    database: Database,
    recording: int,
    *,
    before_ns: int | None = None,
    patience_s: float = PATIENCE_S,
) -> bool:
    """Move the journal's samples before `before_ns` (all: None) into blocks.

    `recording` is the row's number; `before_ns` the edge of a block. Samples that come late for a
    block that is closed are merged into it. False where another process did it in between.
    """
    work = _Work(recording)
    with database.read() as connection:
        _gather(connection, work, before_ns)
        if not work.journal:
            return True
        whole = {work.channel_of[code]: joined(pieces) for code, pieces in work.fresh.items()}
        _look_up(connection, work, whole)
        for channel, samples in whole.items():
            _encode(work, channel, samples)
        work.packed = [(*key, bounds.pack()) for key, bounds in work.rows.items()]
    try:
        with database.write(patience_s) as connection:
            _store(connection, work)
    except _DoneElsewhere:
        return False
    return True


def _gather(connection: "Connection", work: _Work, before_ns: int | None) -> None:
    for no, code in connection.exec_driver_sql(
        "SELECT no, code FROM channel WHERE recording = ?", (work.recording,)
    ):
        work.channel_of[code] = no
    # Rows wholly behind the edge are left as they are.
    for no, last_ns, directory, payload in connection.exec_driver_sql(
        "SELECT no, last_ns, directory, payload FROM journal "
        "WHERE recording = ? AND first_ns < ? ORDER BY no",
        (work.recording, _NEVER_NS if before_ns is None else before_ns),
    ):
        work.journal.append(no)
        found = unpack(directory, payload)
        if before_ns is not None and last_ns >= before_ns:
            work.rest[no] = {}
            for code, samples in found.items():
                early = samples.t_ns < before_ns
                found[code], work.rest[no][code] = _where(samples, early), _where(samples, ~early)
        for code, samples in found.items():
            work.fresh.setdefault(code, []).append(samples)


def _look_up(connection: "Connection", work: _Work, fresh: Mapping[int, Samples]) -> None:
    """Read the blocks and stretches that the fresh samples fall into, all in two queries."""
    extents = [(int(s.t_ns[0]), int(s.t_ns[-1])) for s in fresh.values() if len(s.t_ns)]
    if not extents:
        return
    first, last = min(e[0] for e in extents), max(e[1] for e in extents)
    for channel, n, *rest in connection.exec_driver_sql(
        "SELECT block.channel, block.n, clock.payload, block.payload, block.samples FROM channel "
        "JOIN block ON block.channel = channel.no JOIN clock ON clock.no = block.clock "
        "WHERE channel.recording = ? AND block.n BETWEEN ? AND ?",
        (work.recording, first // BLOCK_NS, last // BLOCK_NS),
    ):
        work.kept_blocks[channel, n] = (rest[0], rest[1], rest[2])
    for level in range(stretches.LEVELS):
        row_ns = stretches.row_ns(level)
        for channel, n, payload in connection.exec_driver_sql(
            "SELECT stretch.channel, stretch.n, stretch.payload FROM channel "
            "JOIN stretch ON stretch.channel = channel.no WHERE channel.recording = ? "
            "AND stretch.level = ? AND stretch.n BETWEEN ? AND ?",
            (work.recording, level, first // row_ns, last // row_ns),
        ):
            work.kept_rows[channel, level, n] = payload


def _encode(work: _Work, channel: int, samples: Samples) -> None:
    if len(samples.t_ns) == 0:
        return
    low, high = _extremes(samples)
    work.totals.append((len(samples.t_ns), low, low, high, high, channel))
    for n, start, stop in _by_block(samples.t_ns):
        piece = _cut(samples, start, stop)
        there = work.kept_blocks.get((channel, n))
        if there is not None:
            piece = joined((unpack_samples(*there), piece))
            work.merged.append(n)
        _encode_block(work, channel, n, piece)


def _by_block(t_ns: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each block that the times fall into, and which of them do."""
    start = 0
    while start < len(t_ns):
        n = int(t_ns[start]) // BLOCK_NS
        stop = int(np.searchsorted(t_ns, (n + 1) * BLOCK_NS))
        yield n, start, stop
        start = stop


def _encode_block(work: _Work, channel: int, n: int, samples: Samples) -> None:
    work.blocks.append(
        (
            channel,
            n,
            _clock(work, n, samples.t_ns),
            int(samples.t_ns[0]),
            int(samples.t_ns[-1]),
            len(samples.t_ns),
            *_extremes(samples),
            pack_block(samples.values, samples.quality),
        )
    )
    for level, bounds in stretches.of_block(n, samples).items():
        key = (channel, level, bounds.first // stretches.STEPS)
        if key not in work.rows:
            work.rows[key] = _row(work, *key)
        work.rows[key].widen(bounds.first, bounds.minimum, bounds.maximum)


def _extremes(samples: Samples) -> tuple[float, float]:
    good = good_values(samples.values, samples.quality)
    return float(np.fmin.reduce(good)), float(np.fmax.reduce(good))


def _clock(work: _Work, n: int, t_ns: NDArray[np.int64]) -> _Clock:
    """Return the block's clock of these times, a new one where it has none."""
    alike = work.clocks.setdefault((n, len(t_ns), int(t_ns[0]), int(t_ns[-1])), [])
    for clock in alike:
        if np.array_equal(clock.t_ns, t_ns):
            return clock
    alike.append(_Clock(n, t_ns, pack_clock(t_ns)))
    return alike[-1]


def _store(connection: "Connection", work: _Work) -> None:
    run = connection.exec_driver_sql
    gone = sum(
        run("DELETE FROM journal WHERE no = ? AND recording = ?", (no, work.recording)).rowcount
        for no in work.journal
    )
    if gone != len(work.journal):
        raise _DoneElsewhere
    added = 0
    for clock in chain.from_iterable(work.clocks.values()):
        clock.no = run(
            "INSERT INTO clock (recording, n, payload) VALUES (?, ?, ?)",
            (work.recording, clock.n, clock.payload),
        ).lastrowid
        added += len(clock.payload)
    if work.blocks:
        run(
            "INSERT INTO block (channel, n, clock, first_ns, last_ns, samples, minimum, maximum, "
            "payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, n) DO UPDATE SET "
            "clock = excluded.clock, first_ns = excluded.first_ns, last_ns = excluded.last_ns, "
            "samples = excluded.samples, minimum = excluded.minimum, maximum = excluded.maximum, "
            "payload = excluded.payload",
            [(*block[:2], block[2].no, *block[3:]) for block in work.blocks],
        )
        run(
            "INSERT INTO stretch (channel, level, n, payload) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (channel, level, n) DO UPDATE SET payload = excluded.payload",
            work.packed,
        )
        run(
            "UPDATE channel SET samples = samples + ?, "
            "minimum = min(coalesce(minimum, ?), coalesce(?, minimum)), "
            "maximum = max(coalesce(maximum, ?), coalesce(?, maximum)) WHERE no = ?",
            [(t[0], t[1], t[2], t[3], t[4], t[5]) for t in work.totals],
        )
        added += sum(len(block[-1]) for block in work.blocks) + sum(
            len(row[-1]) for row in work.packed
        )
    for n in sorted(set(work.merged)):
        run(
            "DELETE FROM clock WHERE recording = ? AND n = ? AND no NOT IN (SELECT block.clock "
            "FROM block JOIN channel ON block.channel = channel.no "
            "WHERE channel.recording = ? AND block.n = ?)",
            (work.recording, n, work.recording, n),
        )
    for no, samples in work.rest.items():
        row = pack(samples)
        if row is not None:  # in the same place, so that samples of one time keep their order
            run(
                "INSERT INTO journal (no, recording, first_ns, last_ns, directory, payload) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (no, work.recording, row.first_ns, row.last_ns, row.directory, row.payload),
            )
    if work.blocks:
        _note_extent(connection, work, added)


def _note_extent(connection: "Connection", work: _Work, added: int) -> None:
    """Write the recording's first and last instant as far as blocks tell them, and its size."""
    first, last = min(b[3] for b in work.blocks), max(b[4] for b in work.blocks)
    connection.exec_driver_sql(
        "UPDATE recording SET first_ns = CASE WHEN bytes = 0 THEN ? ELSE min(first_ns, ?) END, "
        "last_ns = CASE WHEN bytes = 0 THEN ? ELSE max(last_ns, ?) END, bytes = bytes + ? "
        "WHERE no = ?",
        (first, first, last, last, added, work.recording),
    )


def _row(work: _Work, channel: int, level: int, n: int) -> stretches.Bounds:
    bounds = stretches.Bounds(n * stretches.STEPS, stretches.STEPS)
    there = work.kept_rows.get((channel, level, n))
    if there is not None:
        bounds.widen(bounds.first, *stretches.unpack(there))
    return bounds


def _cut(samples: Samples, start: int, stop: int) -> Samples:
    return Samples(
        samples.t_ns[start:stop], samples.values[start:stop], samples.quality[start:stop]
    )


def _where(samples: Samples, wanted: NDArray[np.bool_]) -> Samples:
    return Samples(samples.t_ns[wanted], samples.values[wanted], samples.quality[wanted])
