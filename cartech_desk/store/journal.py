"""The journal: what was written since the last block was closed, one row for each write.

A row holds the samples of all channels of about half a second, one channel after the other, so
that a write is one insert:

    directory  for each channel: code u2, clock u2, samples u4, minimum f8 and maximum f8 of the
               good ones
    payload    t_ns i8 of all clocks (channels sampled at the same instants share one), values
               f8 in the directory's order, then the quality u1 of each value, left out where all
               are good; little-endian and not compressed, since it is gone after a minute

Where a write crosses the edge of a block it becomes a row on each side, so that closing the block
leaves no part of a row behind. Rows live for little more than a block's length; `compaction` turns
them into blocks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store.planes import quality_after
from cartech_desk.store.recording_words import Columns, Samples

DIRECTORY: Final = np.dtype(
    [("code", "<u2"), ("clock", "<u2"), ("samples", "<u4"), ("minimum", "<f8"), ("maximum", "<f8")]
)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row as it goes into the file; times in nanoseconds from the anchor."""

    first_ns: int
    last_ns: int
    samples: int
    directory: bytes
    payload: bytes


def pack(columns: Mapping[int, Columns | Samples], anchor_ns: int = 0) -> JournalRow | None:
    """Pack samples by channel code; `anchor_ns` is taken from their times. None where empty."""
    filled = {code: column for code, column in columns.items() if len(column.t_ns)}
    if not filled:
        return None
    clocks: dict[bytes, int] = {}
    clock_of = [clocks.setdefault(column.t_ns.tobytes(), len(clocks)) for column in filled.values()]
    t_ns = np.frombuffer(b"".join(clocks), np.int64) - anchor_ns
    values = np.concatenate([column.values for column in filled.values()])
    quality = np.concatenate([column.quality for column in filled.values()])
    counts = np.array([len(column.t_ns) for column in filled.values()], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(counts[:-1])))
    good = good_values(values, quality)
    directory = np.empty(len(filled), dtype=DIRECTORY)
    directory["code"] = list(filled)
    directory["clock"] = clock_of
    directory["samples"] = counts
    directory["minimum"] = np.fmin.reduceat(good, starts)
    directory["maximum"] = np.fmax.reduceat(good, starts)
    payload = b"".join(
        (
            t_ns.astype("<i8", copy=False).tobytes(),
            values.astype("<f8", copy=False).tobytes(),
            quality.astype("u1", copy=False).tobytes() if quality.any() else b"",
        )
    )
    return JournalRow(int(t_ns.min()), int(t_ns.max()), len(values), directory.tobytes(), payload)


def unpack(
    directory: bytes, payload: bytes, codes: Iterable[int] | None = None
) -> dict[int, Samples]:
    """Return the samples of one row by channel code, all channels or only `codes`.

    Errors: ValueError where the row is damaged.
    """
    entries = np.frombuffer(directory, dtype=DIRECTORY)
    _clock, first_of, clock_of = np.unique(entries["clock"], return_index=True, return_inverse=True)
    lengths = entries["samples"][first_of].astype(np.int64)
    edge = 8 * int(lengths.sum())
    t_ns = np.frombuffer(payload, "<i8", edge // 8)
    clocks = np.split(t_ns, np.cumsum(lengths)[:-1])
    total = int(entries["samples"].sum())
    values = np.frombuffer(payload, "<f8", total, edge)
    quality = quality_after(payload, edge + 8 * total, total)
    wanted = None if codes is None else set(codes)
    found = {}
    start = 0
    for code, clock, count in zip(
        entries["code"].tolist(), clock_of.tolist(), entries["samples"].tolist(), strict=True
    ):
        stop = start + count
        if wanted is None or code in wanted:
            found[code] = Samples(clocks[clock], values[start:stop], quality[start:stop])
        start = stop
    return found


def joined(pieces: Iterable[Samples]) -> Samples:
    """Put pieces of one channel together, in order of time; equal times keep their order."""
    parts = list(pieces)
    if len(parts) == 1:
        whole = parts[0]
    elif parts:
        whole = Samples(
            np.concatenate([part.t_ns for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.quality for part in parts]),
        )
    else:
        whole = Samples(np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))
    if len(whole.t_ns) > 1 and bool((whole.t_ns[1:] < whole.t_ns[:-1]).any()):
        order = np.argsort(whole.t_ns, kind="stable")
        whole = Samples(whole.t_ns[order], whole.values[order], whole.quality[order])
    return whole


def good_values(values: NDArray[np.float64], quality: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the values with NaN wherever the quality is not GOOD (0)."""
    if quality.any():
        return np.where(quality == 0, values, np.nan)
    return values
