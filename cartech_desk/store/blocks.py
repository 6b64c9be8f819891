"""Blocks: the samples of one channel in 64 s, compressed without losing a bit.

Channels that were sampled at the same instants share one `clock`. Both are zlib streams
(RFC 1950) behind one byte that names the form:

    clock      first time i8, then the differences i8, byte planes apart
    block  0   the values' bits i8, byte planes apart
           1   a table of the distinct values' bits (u4 length, then i8 each) and the
               differences of an index into it, u1 or u2 modulo their range: a byte of the car
               times 100/255 fills all eight bytes of a float, but there are only 256 of them
    then       the quality u1 of each sample, left out where all are good

For planes see `planes`; all numbers are little-endian.
"""

import zlib
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store.planes import LEVEL, apart, differences, quality_after, together
from cartech_desk.store.recording_words import Samples

BLOCK_NS: Final = 64_000_000_000
"""Length of a block; block `n` holds the times from n to n + 1 times this."""

_PLANES: Final = 0
_TABLE: Final = 1
_PROBED: Final = 400
"""Values looked at to tell whether a table of distinct ones is worth a try."""


def pack_clock(t_ns: NDArray[np.int64]) -> bytes:
    """Pack times in ascending order; there is at least one."""
    return zlib.compress(apart(differences(t_ns)), LEVEL)


def unpack_clock(payload: bytes) -> NDArray[np.int64]:
    """Return the times; zlib.error or ValueError where the payload is damaged."""
    steps = together(zlib.decompress(payload), "<i8")
    return np.cumsum(steps, dtype=np.int64)


def pack_block(values: NDArray[np.float64], quality: NDArray[np.uint8]) -> bytes:
    """Pack the values and their quality."""
    bits = np.ascontiguousarray(values, dtype="<f8").view("<i8")
    rest = quality.tobytes() if quality.any() else b""
    probe = bits[:: max(1, len(bits) // _PROBED)]
    if len(np.unique(probe)) <= len(probe) * 3 // 4:
        in_order = np.sort(bits)
        distinct = in_order[np.concatenate(([True], in_order[1:] != in_order[:-1]))]
        if len(distinct) <= len(bits) // 4:
            index = np.searchsorted(distinct, bits)
            width = "u1" if len(distinct) <= 256 else "<u2"
            body = (
                len(distinct).to_bytes(4, "little")
                + distinct.tobytes()
                + apart(_wrapped_differences(index.astype(width)))
                + rest
            )
            return bytes([_TABLE]) + zlib.compress(body, LEVEL)
    return bytes([_PLANES]) + zlib.compress(apart(bits) + rest, LEVEL)


def unpack_block(payload: bytes, samples: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return values and quality; zlib.error or ValueError where the payload is damaged."""
    body = zlib.decompress(memoryview(payload)[1:])
    unpack = _FORMS[payload[0]]
    bits, used = unpack(body, samples)
    return bits.view(np.float64), quality_after(body, used, samples)


def unpack_samples(clock: bytes, payload: bytes, samples: int) -> Samples:
    """Return one whole block."""
    t_ns = unpack_clock(clock)
    values, quality = unpack_block(payload, samples)
    if len(t_ns) != samples:
        raise ValueError("a block's clock does not fit its samples")
    return Samples(t_ns, values, quality)


def _from_planes(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    return together(body[: 8 * samples], "<i8"), 8 * samples


def _from_table(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    length = int.from_bytes(body[:4], "little")
    distinct = np.frombuffer(body, "<i8", length, 4)
    width = "u1" if length <= 256 else "<u2"
    start = 4 + 8 * length
    stop = start + samples * np.dtype(width).itemsize
    steps = together(body[start:stop], width)
    return distinct[np.cumsum(steps, dtype=width)], stop


def _wrapped_differences(index: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Return the first index and then what each adds, modulo the type's range."""
    return np.diff(index, prepend=index.dtype.type(0))


_FORMS: Final[tuple[Callable[[bytes, int], tuple[NDArray[np.int64], int]], ...]] = (
    _from_planes,
    _from_table,
)
