"""Blocks: the samples of one channel in 64 s, compressed without losing a bit.

Channels that were sampled at the same instants share one `clock`. Both are zlib streams
(RFC 1950) behind one byte that names the form:

    clock      first time i8, then the differences i8, byte planes apart
    block  0   the values' bits i8, byte planes apart
           1   a table of the distinct values' bits (u4 length, then i8 each) and an index into it,
               u1 or u2: a byte of the car times 100/255 fills all eight bytes of a float, but
               there are only 256 of them
    then       the quality u1 of each sample, left out where all are good

Planes apart means all lowest bytes first, then all second ones and so on: neighbouring samples
differ in few of the planes, and the others all but vanish. All numbers are little-endian.
"""

import zlib
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store.recording_words import Samples

BLOCK_NS: Final = 64_000_000_000
"""Length of a block; block `n` holds the times from n to n + 1 times this."""

_LEVEL: Final = 1
"""zlib's quickest: the next levels gain 5 % for twice the time."""

_PLANES: Final = 0
_TABLE: Final = 1
_WORTH_A_TABLE: Final = 1.5
"""Bytes a sample above which a table of distinct values is tried."""


def pack_clock(t_ns: NDArray[np.int64]) -> bytes:
    """Pack times in ascending order; there is at least one."""
    steps = np.empty(len(t_ns), dtype="<i8")
    steps[0] = t_ns[0]
    np.subtract(t_ns[1:], t_ns[:-1], out=steps[1:])
    return zlib.compress(_apart(steps), _LEVEL)


def unpack_clock(payload: bytes) -> NDArray[np.int64]:
    """Return the times; zlib.error or ValueError where the payload is damaged."""
    steps = _together(zlib.decompress(payload), "<i8")
    return np.cumsum(steps, dtype=np.int64)


def pack_block(values: NDArray[np.float64], quality: NDArray[np.uint8]) -> bytes:
    """Pack the values and their quality."""
    bits = np.ascontiguousarray(values, dtype="<f8").view("<i8")
    rest = quality.tobytes() if quality.any() else b""
    plain = zlib.compress(_apart(bits) + rest, _LEVEL)
    best = bytes([_PLANES]) + plain
    if len(plain) > _WORTH_A_TABLE * len(bits):
        distinct, index = np.unique(bits, return_inverse=True)
        if len(distinct) <= len(bits) // 4:
            width = "u1" if len(distinct) <= 256 else "<u2"
            body = (
                len(distinct).to_bytes(4, "little")
                + distinct.tobytes()
                + _apart(index.astype(width))
                + rest
            )
            table = zlib.compress(body, _LEVEL)
            if len(table) < len(plain):
                best = bytes([_TABLE]) + table
    return best


def unpack_block(payload: bytes, samples: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return values and quality; zlib.error or ValueError where the payload is damaged."""
    body = zlib.decompress(memoryview(payload)[1:])
    unpack = _FORMS[payload[0]]
    bits, used = unpack(body, samples)
    rest = len(body) - used
    if rest == 0:
        quality = np.zeros(samples, dtype=np.uint8)
    elif rest == samples:
        quality = np.frombuffer(body, np.uint8, samples, used)
    else:
        raise ValueError("a block's length does not fit its samples")
    return bits.view(np.float64), quality


def unpack_samples(clock: bytes, payload: bytes, samples: int) -> Samples:
    """Return one whole block."""
    t_ns = unpack_clock(clock)
    values, quality = unpack_block(payload, samples)
    if len(t_ns) != samples:
        raise ValueError("a block's clock does not fit its samples")
    return Samples(t_ns, values, quality)


def _from_planes(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    return _together(body[: 8 * samples], "<i8"), 8 * samples


def _from_table(body: bytes, samples: int) -> tuple[NDArray[np.int64], int]:
    length = int.from_bytes(body[:4], "little")
    distinct = np.frombuffer(body, "<i8", length, 4)
    width = "u1" if length <= 256 else "<u2"
    start = 4 + 8 * length
    stop = start + samples * np.dtype(width).itemsize
    return distinct[_together(body[start:stop], width)], stop


_FORMS: Final[tuple[Callable[[bytes, int], tuple[NDArray[np.int64], int]], ...]] = (
    _from_planes,
    _from_table,
)


def _apart(numbers: NDArray[np.generic]) -> bytes:
    size = numbers.dtype.itemsize
    return numbers.view(np.uint8).reshape(-1, size).T.tobytes()


def _together(planes: bytes, kind: str) -> NDArray[np.int64]:
    size = np.dtype(kind).itemsize
    apart = np.frombuffer(planes, np.uint8).reshape(size, -1)
    return np.ascontiguousarray(apart.T).view(kind).reshape(-1)
