"""Blocks: the samples of one channel in 64 s, compressed without losing a bit.

Channels that were sampled at the same instants share one `clock`. Both are zlib streams
(RFC 1950) behind one byte that names the form:

    clock      first time i8, then the differences i8, byte planes apart
    block  0   the values' bits i8, byte planes apart
           1   a table of the distinct values' bits (u4 length, then i8 each) and the
               differences of an index into it, u1 or u2 modulo their range: a byte of the car
               times 100/255 fills all eight bytes of a float, but there are only 256 of them
           2   the same with the table's byte planes apart; this is what is written
    then       the quality u1 of each sample, left out where all are good

For planes see `planes`; all numbers are little-endian.
"""

import math
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store.planes import (
    LEVEL,
    apart,
    differences,
    inflated,
    quality_after,
    together,
)
from cartech_desk.store.recording_words import Samples

BLOCK_NS: Final = 64_000_000_000
"""Length of a block; block `n` holds the times from n to n + 1 times this."""

MOST_SAMPLES: Final = 1 << 22
"""More a block does not hold (65 kHz): what says that it does is damaged and not unpacked."""
_MOST_BYTES_EACH: Final = 8 + 2 + 1
"""A sample takes no more of what is unpacked: a value of its own, its place and its quality."""

_PLANES: Final = 0
_TABLE: Final = 2
_PROBED: Final = 400
"""Values looked at to tell whether a table of distinct ones is worth a try."""
_MOST_DISTINCT: Final = 1 << 16
_MOST_STEPS: Final = 65_000
"""As many steps between the lowest and the highest value can be numbered with two bytes."""


def pack_clock(t_ns: NDArray[np.int64]) -> bytes:
    """Pack times in ascending order; there is at least one. Errors: ValueError for too many."""
    _check_count(len(t_ns))
    return zlib.compress(apart(differences(t_ns)), LEVEL)


def unpack_clock(payload: bytes, samples: int) -> NDArray[np.int64]:
    """Return the times; zlib.error or ValueError where the payload is damaged."""
    _check_count(samples)
    steps = together(inflated(payload, 8 * samples), "<i8")
    if len(steps) != samples:
        raise ValueError("a block's clock does not fit its samples")
    return np.cumsum(steps, dtype=np.int64)


def pack_block(values: NDArray[np.float64], quality: NDArray[np.uint8]) -> bytes:
    """Pack the values and their quality. Errors: ValueError for too many."""
    _check_count(len(values))
    values = np.ascontiguousarray(values, dtype="<f8")
    bits = values.view("<i8")
    rest = quality.tobytes() if quality.any() else b""
    table = _table(values)
    if table is not None:
        distinct, index = table
        width = "u1" if len(distinct) <= 256 else "<u2"
        body = (
            len(distinct).to_bytes(4, "little")
            + apart(distinct)
            + apart(_wrapped_differences(index.astype(width)))
            + rest
        )
        # The differences of a noisy sensor hold no longer matches than runs of one byte: looking
        # for others takes half as long again and makes the stream a sixth longer.
        packer = zlib.compressobj(LEVEL, strategy=zlib.Z_RLE)
        return bytes([_TABLE]) + packer.compress(body) + packer.flush()
    return bytes([_PLANES]) + zlib.compress(apart(bits) + rest, LEVEL)


def unpack_block(payload: bytes, samples: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return values and quality; zlib.error or ValueError where the payload is damaged."""
    _check_count(samples)
    body = inflated(memoryview(payload)[1:], 4 + _MOST_BYTES_EACH * samples)
    unpack = _FORMS[payload[0]]
    bits, used = unpack(body, samples)
    return bits.view(np.float64), quality_after(body, used, samples)


def unpack_samples(clock: bytes, payload: bytes, samples: int) -> Samples:
    """Return one whole block."""
    values, quality = unpack_block(payload, samples)
    return Samples(unpack_clock(clock, samples), values, quality)


def _check_count(samples: int) -> None:
    if not 0 < samples <= MOST_SAMPLES:
        raise ValueError("a block holds no such number of samples")


def _from_planes(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    return together(body[: 8 * samples], "<i8"), 8 * samples


def _from_plain_table(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    length = int.from_bytes(body[:4], "little")
    return _looked_up(np.frombuffer(body, "<i8", length, 4), body, samples)


def _from_table(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    length = int.from_bytes(body[:4], "little")
    return _looked_up(together(body[4 : 4 + 8 * length], "<i8"), body, samples)


def _looked_up(
    distinct: NDArray[np.int64], body: bytes, samples: int
) -> tuple[NDArray[np.int64], int]:
    width = "u1" if len(distinct) <= 256 else "<u2"
    start = 4 + 8 * len(distinct)
    stop = start + samples * np.dtype(width).itemsize
    steps = together(body[start:stop], width)
    return distinct[np.cumsum(steps, dtype=width)], stop


def _wrapped_differences(index: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Return the first index and then what each adds, modulo the type's range."""
    steps = index.copy()
    np.subtract(index[1:], index[:-1], out=steps[1:])
    return steps


def _table(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.integer[Any]]] | None:
    """Return the distinct values' bits and the place of each value among them.

    None where they are too many for a table to be worth it.
    """
    bits = values.view("<i8")
    every = max(1, len(bits) // _PROBED)
    probe = np.sort(bits[::every])
    if np.count_nonzero(probe[1:] != probe[:-1]) >= len(probe) * 3 // 4:
        return None
    found = _table_of_steps(values, np.sort(values[::every]))
    if found is None:
        in_order = np.sort(bits)
        distinct = in_order[np.concatenate(([True], in_order[1:] != in_order[:-1]))]
        if len(distinct) > _MOST_DISTINCT:
            return None
        found = distinct, np.searchsorted(distinct, bits)
    return found if len(found[0]) <= len(bits) // 4 else None


def _table_of_steps(
    values: NDArray[np.float64], probe: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.integer[Any]]] | None:
    """Return the same where the values are whole multiples of one step, as scaled counts are.

    Five times as quick as sorting. The step is a guess from a probe in ascending order, and what
    comes of it is compared bit by bit: None where it does not hold.
    """
    low, high = float(values.min()), float(values.max())
    if not math.isfinite(high - low):
        return None
    steps = probe[1:] - probe[:-1]
    steps = steps[steps > 0]
    if len(steps) == 0:
        return None
    step = float(steps.min())
    if (high - low) / step > _MOST_STEPS:
        return None
    scaled = values - low
    scaled /= step
    slots = np.rint(scaled, out=scaled).astype(np.int64)
    bits = values.view("<i8")
    table = np.zeros(int(slots.max()) + 1, np.int64)
    table[slots] = bits
    if (table[slots] != bits).any():
        return None
    filled = np.zeros(len(table), np.bool_)
    filled[slots] = True
    place = np.cumsum(filled, dtype=np.uint16) - np.uint16(1)
    return table[filled], place[slots]


_FORMS: Final[tuple[Callable[[bytes, int], tuple[NDArray[np.int64], int]], ...]] = (
    _from_planes,
    _from_plain_table,
    _from_table,
)
