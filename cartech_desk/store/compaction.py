"""From the journal to blocks, clocks and stretches: one transaction, so that no kill splits it."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cartech_desk.store import stretches
from cartech_desk.store.blocks import BLOCK_NS, pack_block, pack_clock, unpack_samples
from cartech_desk.store.database import PATIENCE_S, Database
from cartech_desk.store.journal import good_values, joined, pack, unpack
from cartech_desk.store.recording_words import Samples

if TYPE_CHECKING:
    from sqlalchemy import Connection


class _DoneElsewhere(Exception):
    """Another process moved the same rows of the journal; ours are taken back."""


@dataclass(slots=True)
class _Work:
    """What one compaction reads and what it will write."""

    recording: int
    journal: list[int] = field(default_factory=list)
    channel_of: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, list[Samples]] = field(default_factory=dict)
    rest: dict[int, Samples] = field(default_factory=dict)
    merged: list[int] = field(default_factory=list)
    clocks: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    blocks: list[tuple[Any, ...]] = field(default_factory=list)
    rows: dict[tuple[int, int, int], stretches.Bounds] = field(default_factory=dict)
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
        for code, pieces in work.fresh.items():
            _encode(connection, work, work.channel_of[code], joined(pieces))
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
    for no, directory, payload in connection.exec_driver_sql(
        "SELECT no, directory, payload FROM journal WHERE recording = ? ORDER BY no",
        (work.recording,),
    ):
        work.journal.append(no)
        for code, samples in unpack(directory, payload).items():
            work.fresh.setdefault(code, []).append(samples)
    if before_ns is not None:
        for code, pieces in work.fresh.items():
            whole = joined(pieces)
            edge = int(np.searchsorted(whole.t_ns, before_ns))
            work.fresh[code] = [_cut(whole, 0, edge)]
            work.rest[code] = _cut(whole, edge, len(whole.t_ns))


def _encode(connection: "Connection", work: _Work, channel: int, samples: Samples) -> None:
    if len(samples.t_ns) == 0:
        return
    good = good_values(samples.values, samples.quality)
    low, high = float(np.fmin.reduce(good)), float(np.fmax.reduce(good))
    work.totals.append((len(samples.t_ns), low, low, high, high, channel))
    numbers = samples.t_ns // BLOCK_NS
    edges = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist(), len(numbers)]
    for start, stop in pairwise(edges):
        n = int(numbers[start])
        piece = _cut(samples, start, stop)
        there = _block(connection, channel, n)
        if there is not None:
            piece = joined((there, piece))
            work.merged.append(n)
        _encode_block(connection, work, channel, n, piece)


def _encode_block(
    connection: "Connection", work: _Work, channel: int, n: int, samples: Samples
) -> None:
    clock = (n, samples.t_ns.tobytes())
    if clock not in work.clocks:
        work.clocks[clock] = pack_clock(samples.t_ns)
    good = good_values(samples.values, samples.quality)
    work.blocks.append(
        (
            channel,
            n,
            clock,
            int(samples.t_ns[0]),
            int(samples.t_ns[-1]),
            len(samples.t_ns),
            float(np.fmin.reduce(good)),
            float(np.fmax.reduce(good)),
            pack_block(samples.values, samples.quality),
        )
    )
    for level, bounds in stretches.of_block(n, samples).items():
        key = (channel, level, bounds.first // stretches.STEPS)
        if key not in work.rows:
            work.rows[key] = _row(connection, *key)
        work.rows[key].widen(bounds.first, bounds.minimum, bounds.maximum)


def _store(connection: "Connection", work: _Work) -> None:
    run = connection.exec_driver_sql
    gone = run(
        "DELETE FROM journal WHERE recording = ? AND no BETWEEN ? AND ?",
        (work.recording, work.journal[0], work.journal[-1]),
    )
    if gone.rowcount != len(work.journal):
        raise _DoneElsewhere
    clock_no = {}
    added = 0
    for key, payload in work.clocks.items():
        clock_no[key] = run(
            "INSERT INTO clock (recording, n, payload) VALUES (?, ?, ?)",
            (work.recording, key[0], payload),
        ).lastrowid
        added += len(payload)
    if work.blocks:
        run(
            "INSERT INTO block (channel, n, clock, first_ns, last_ns, samples, minimum, maximum, "
            "payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, n) DO UPDATE SET "
            "clock = excluded.clock, first_ns = excluded.first_ns, last_ns = excluded.last_ns, "
            "samples = excluded.samples, minimum = excluded.minimum, maximum = excluded.maximum, "
            "payload = excluded.payload",
            [(*block[:2], clock_no[block[2]], *block[3:]) for block in work.blocks],
        )
        packed = [(*key, bounds.pack()) for key, bounds in work.rows.items()]
        run(
            "INSERT INTO stretch (channel, level, n, payload) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (channel, level, n) DO UPDATE SET payload = excluded.payload",
            packed,
        )
        run(
            "UPDATE channel SET samples = samples + ?, "
            "minimum = min(coalesce(minimum, ?), coalesce(?, minimum)), "
            "maximum = max(coalesce(maximum, ?), coalesce(?, maximum)) WHERE no = ?",
            [(t[0], t[1], t[2], t[3], t[4], t[5]) for t in work.totals],
        )
        added += sum(len(block[-1]) for block in work.blocks) + sum(len(row[-1]) for row in packed)
    for n in sorted(set(work.merged)):
        run(
            "DELETE FROM clock WHERE recording = ? AND n = ? AND no NOT IN (SELECT block.clock "
            "FROM block JOIN channel ON block.channel = channel.no "
            "WHERE channel.recording = ? AND block.n = ?)",
            (work.recording, n, work.recording, n),
        )
    row = pack(work.rest)
    if row is not None:
        run(
            "INSERT INTO journal (recording, first_ns, last_ns, directory, payload) "
            "VALUES (?, ?, ?, ?, ?)",
            (work.recording, row.first_ns, row.last_ns, row.directory, row.payload),
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


def _block(connection: "Connection", channel: int, n: int) -> Samples | None:
    row = connection.exec_driver_sql(
        "SELECT clock.payload, block.payload, block.samples FROM block "
        "JOIN clock ON clock.no = block.clock WHERE block.channel = ? AND block.n = ?",
        (channel, n),
    ).fetchone()
    return None if row is None else unpack_samples(row[0], row[1], row[2])


def _row(connection: "Connection", channel: int, level: int, n: int) -> stretches.Bounds:
    bounds = stretches.Bounds(n * stretches.STEPS, stretches.STEPS)
    row = connection.exec_driver_sql(
        "SELECT payload FROM stretch WHERE channel = ? AND level = ? AND n = ?",
        (channel, level, n),
    ).fetchone()
    if row is not None:
        bounds.widen(bounds.first, *stretches.unpack(row[0]))
    return bounds


def _cut(samples: Samples, start: int, stop: int) -> Samples:
    return Samples(
        samples.t_ns[start:stop], samples.values[start:stop], samples.quality[start:stop]
    )
