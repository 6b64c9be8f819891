"""Byte planes: numbers laid out so that a general compressor finds what they have in common.

All lowest bytes come first, then all second ones and so on: neighbouring samples differ in few of
the planes, and the others all but vanish.
"""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEVEL: Final = 1
"""zlib's quickest: the next levels gain 5 % for twice the time."""


def apart(numbers: NDArray[np.generic]) -> bytes:
    """Return the planes of a contiguous array, the lowest first."""
    return numbers.view(np.uint8).reshape(-1, numbers.dtype.itemsize).T.tobytes()


def together(planes: bytes, kind: str) -> NDArray[np.int64]:
    """Return the numbers of type `kind` whose planes these are; ValueError where they are cut."""
    size = np.dtype(kind).itemsize
    rows = np.frombuffer(planes, np.uint8).reshape(size, -1)
    return np.ascontiguousarray(rows.T).view(kind).reshape(-1)


def differences(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first number and then what each adds; `numpy.cumsum` takes it back."""
    steps = np.empty(len(numbers), dtype="<i8")
    steps[0] = numbers[0]
    np.subtract(numbers[1:], numbers[:-1], out=steps[1:])
    return steps


def inflated(packed: bytes | memoryview, most: int) -> bytes:
    """Return what a zlib stream holds, which is at most so many bytes.

    Errors: zlib.error; ValueError where it is cut or holds more, of which no more is unpacked.
    """
    unpacking = zlib.decompressobj()
    body = unpacking.decompress(packed, most + 1)  # one more, so that the end is reached
    if not unpacking.eof or len(body) > most:
        raise ValueError("a column is longer than its samples, or cut")
    return body


def quality_after(body: bytes, start: int, samples: int) -> NDArray[np.uint8]:
    """Return the quality that follows at `start`: all good where nothing does.

    Errors: ValueError where the length does not fit.
    """
    rest = len(body) - start
    if rest == 0:
        return np.zeros(samples, dtype=np.uint8)
    if rest != samples:
        raise ValueError("a column's length does not fit its samples")
    return np.frombuffer(body, np.uint8, samples, start)
