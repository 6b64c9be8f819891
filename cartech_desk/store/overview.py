"""Reading samples and envelopes of channels over a range of time, as quickly as a page turns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store import stretches
from cartech_desk.store.blocks import BLOCK_NS, unpack_block, unpack_clock
from cartech_desk.store.journal import good_values, joined, unpack
from cartech_desk.store.recording_words import Envelope, Samples

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SILENT_NS: Final = 2_000_000_000
_USUAL_INTERVALS: Final = 3
_COARSE_ENOUGH: Final = 1.25
"""A level serves where its step is at most this many times as long as the stretch asked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of time, nanoseconds from the anchor."""

    first_ns: int
    last_ns: int

    def of(self, samples: Samples) -> Samples:
        """Return the samples within."""
        start = int(np.searchsorted(samples.t_ns, self.first_ns, "left"))
        stop = int(np.searchsorted(samples.t_ns, self.last_ns, "right"))
        return Samples(
            samples.t_ns[start:stop], samples.values[start:stop], samples.quality[start:stop]
        )


def read_samples(
    connection: "Connection", recording: int, codes: Mapping[int, int], span: Span
) -> dict[int, Samples]:
    """All samples in the span by channel number; `codes` gives the code of each number."""
    pieces: dict[int, list[Samples]] = {number: [] for number in codes}
    for number, samples in _block_samples(connection, recording, list(codes), span):
        pieces[number].append(samples)
    for number, samples in _journal_samples(connection, recording, codes, span):
        pieces[number].append(samples)
    return {number: span.of(joined(found)) for number, found in pieces.items()}


def envelopes(
    connection: "Connection",
    recording: int,
    codes: Mapping[int, int],
    span: Span,
    count: int,
) -> dict[int, Envelope]:
    """Envelope of each channel number in about `count` stretches."""
    length_ns = max(1, -(-(span.last_ns - span.first_ns + 1) // max(1, count)))
    level = _level(length_ns)
    if level is None:
        samples = read_samples(connection, recording, codes, span)
        return {number: _of_samples(found, length_ns) for number, found in samples.items()}
    bounds = _bounds(connection, recording, codes, span, level)
    factor = max(1, round(length_ns / stretches.step_ns(level)))
    return {number: _of_bounds(found, level, factor, span) for number, found in bounds.items()}


def _level(length_ns: int) -> int | None:
    fitting = [
        level
        for level in range(stretches.LEVELS)
        if stretches.step_ns(level) <= _COARSE_ENOUGH * length_ns
    ]
    return fitting[-1] if fitting else None


def _bounds(
    connection: "Connection", recording: int, codes: Mapping[int, int], span: Span, level: int
) -> dict[int, stretches.Bounds]:
    step = stretches.step_ns(level)
    first = span.first_ns // step
    count = span.last_ns // step - first + 1
    found = {number: stretches.Bounds(first, count) for number in codes}
    row = stretches.row_ns(level)
    present: set[tuple[int, int]] = set()
    for number, n, payload in _rows(
        connection,
        "SELECT channel, n, payload FROM stretch WHERE channel IN ({}) AND level = ? "
        "AND n BETWEEN ? AND ?",
        list(codes),
        (level, span.first_ns // row, span.last_ns // row),
    ):
        found[number].widen(n * stretches.STEPS, *stretches.unpack(payload))
        present.add((number, n))
    if level == 0:  # blocks of few samples have none
        missing = _missing_blocks(connection, list(codes), span, present)
        for number, samples in _block_samples(connection, recording, list(missing), span, missing):
            found[number].take(samples, step)
    for number, samples in _journal_samples(connection, recording, codes, span):
        found[number].take(joined([samples]), step)
    return found


def _missing_blocks(
    connection: "Connection", numbers: list[int], span: Span, present: set[tuple[int, int]]
) -> dict[int, set[int]]:
    missing: dict[int, set[int]] = {}
    for number, n in _rows(
        connection,
        "SELECT channel, n FROM block WHERE channel IN ({}) AND n BETWEEN ? AND ?",
        numbers,
        (span.first_ns // BLOCK_NS, span.last_ns // BLOCK_NS),
    ):
        if (number, n) not in present:
            missing.setdefault(number, set()).add(n)
    return missing


def _block_samples(
    connection: "Connection",
    recording: int,
    numbers: list[int],
    span: Span,
    only: Mapping[int, set[int]] | None = None,
) -> Iterable[tuple[int, Samples]]:
    """Blocks that touch the span, in order of time for each channel; each clock unpacked once."""
    if not numbers:
        return
    edges = (span.first_ns // BLOCK_NS, span.last_ns // BLOCK_NS)
    clocks: dict[int, NDArray[np.int64]] = {}
    packed: dict[int, bytes] = dict(
        connection.exec_driver_sql(
            "SELECT no, payload FROM clock WHERE recording = ? AND n BETWEEN ? AND ?",
            (recording, *edges),
        ).fetchall()
    )
    for number, n, clock, samples, payload in _rows(
        connection,
        "SELECT channel, n, clock, samples, payload FROM block WHERE channel IN ({}) "
        "AND n BETWEEN ? AND ? ORDER BY channel, n",
        numbers,
        edges,
    ):
        if only is not None and n not in only[number]:
            continue
        if clock not in clocks:
            clocks[clock] = unpack_clock(packed[clock], samples)
        if len(clocks[clock]) != samples:
            raise ValueError("a block's clock does not fit its samples")
        values, quality = unpack_block(payload, samples)
        yield number, Samples(clocks[clock], values, quality)


def _journal_samples(
    connection: "Connection", recording: int, codes: Mapping[int, int], span: Span
) -> Iterable[tuple[int, Samples]]:
    numbers = {code: number for number, code in codes.items()}
    for directory, payload in connection.exec_driver_sql(
        "SELECT directory, payload FROM journal WHERE recording = ? "
        "AND last_ns >= ? AND first_ns <= ? ORDER BY no",
        (recording, span.first_ns, span.last_ns),
    ):
        for code, samples in unpack(directory, payload, numbers).items():
            yield numbers[code], samples


def _rows(
    connection: "Connection", statement: str, numbers: Sequence[int], rest: tuple[Any, ...]
) -> list[Any]:
    """Rows of a statement whose `{}` stands for a list of channel numbers, all parametrised."""
    places = ", ".join("?" * len(numbers))
    return list(connection.exec_driver_sql(statement.format(places), (*numbers, *rest)).fetchall())


def _of_samples(samples: Samples, length_ns: int) -> Envelope:
    """Envelope in stretches of `length_ns`, each sample on its own where they are rarer."""
    if len(samples.t_ns) == 0:
        return Envelope(np.empty(0, np.int64), np.empty(0), np.empty(0))
    good = good_values(samples.values, samples.quality)
    steps = samples.t_ns // length_ns
    starts = np.flatnonzero(np.concatenate(([True], steps[1:] != steps[:-1])))
    single = np.diff(np.append(starts, len(steps))) == 1
    middle = np.where(single, samples.t_ns[starts], steps[starts] * length_ns + length_ns // 2)
    return _broken(middle, np.fmin.reduceat(good, starts), np.fmax.reduceat(good, starts))


def _of_bounds(found: stretches.Bounds, level: int, factor: int, span: Span) -> Envelope:
    step = stretches.step_ns(level)
    starts = np.arange(0, len(found.minimum), factor)
    low = np.fmin.reduceat(found.minimum, starts)
    high = np.fmax.reduceat(found.maximum, starts)
    filled = ~np.isnan(low)
    middle = (found.first + starts[filled]) * step + factor * step // 2
    middle = np.clip(middle, span.first_ns, span.last_ns)
    return _broken(middle, low[filled], high[filled])


def _broken(
    t_ns: NDArray[np.int64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> Envelope:
    """Put one stretch of NaN into each silence."""
    if len(t_ns) < 2:
        return Envelope(t_ns, low, high)
    steps = np.diff(t_ns)
    limit = max(_SILENT_NS, _USUAL_INTERVALS * float(np.median(steps)))
    silent = np.flatnonzero(steps > limit)
    if len(silent) == 0:
        return Envelope(t_ns, low, high)
    where = silent + 1
    return Envelope(
        np.insert(t_ns, where, t_ns[silent] + steps[silent] // 2),
        np.insert(low, where, np.nan),
        np.insert(high, where, np.nan),
    )
