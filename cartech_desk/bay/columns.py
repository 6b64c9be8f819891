"""From batches of readings to columns, one for each channel, at the speed of C."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Reading
from cartech_desk.store.recordings import Columns

_AT_ONCE: Final = 4_000
"""Readings taken apart together: as many as stay in a processor core's own cache."""
_FEW_CODES: Final = 256

_Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What came in a short while: columns by channel name, and their extent (monotonic)."""

    columns: dict[str, Columns]
    first_ns: int
    last_ns: int
    samples: int

    def since(self, t_ns: int) -> "Stretch | None":
        """Return the part at and after `t_ns`; None where there is none."""
        if self.first_ns >= t_ns:
            return self
        kept = {}
        for name, column in self.columns.items():
            late = column.t_ns >= t_ns
            if late.any():
                kept[name] = Columns(column.t_ns[late], column.values[late], column.quality[late])
        return _stretch(kept)


def to_stretch(batches: Iterable[Sequence[Reading]]) -> Stretch | None:
    """Turn readings into columns, in the order in which they came; None where there are none."""
    codes = _Codes()
    pieces = [_unpacked(group, codes) for group in _groups(batches)]
    if not pieces:
        return None
    code, t_ns, values, quality = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    if len(codes) <= _FEW_CODES:
        code = code.astype(np.uint8)  # half the passes of the sort by digits
    order = np.argsort(code, kind="stable")
    first_ns, last_ns = int(t_ns.min()), int(t_ns.max())
    t_ns, values, quality = t_ns[order], values[order], quality[order]
    edges = [0, *np.cumsum(np.bincount(code)).tolist()]
    columns = {
        name: Columns(t_ns[start:stop], values[start:stop], quality[start:stop])
        for name, (start, stop) in zip(codes, pairwise(edges), strict=True)
    }
    return Stretch(columns, first_ns, last_ns, len(t_ns))


def _groups(batches: Iterable[Sequence[Reading]]) -> Iterator[list[Sequence[Reading]]]:
    """Yield the batches in groups of about `_AT_ONCE` readings, none of them empty."""
    group: list[Sequence[Reading]] = []
    held = 0
    for batch in batches:
        group.append(batch)
        held += len(batch)
        if held >= _AT_ONCE:
            yield group
            group, held = [], 0
    if held:
        yield group


def _unpacked(group: Iterable[Sequence[Reading]], codes: "_Codes") -> tuple[_Numbers, ...]:
    """Return code, time, value and quality of each reading."""
    flat: list[Any] = list(chain.from_iterable(chain.from_iterable(group)))
    count = len(flat) // 4
    return (
        np.fromiter(map(codes.__getitem__, flat[0::4]), np.uint16, count),
        np.fromiter(flat[1::4], np.int64, count),
        np.fromiter(flat[2::4], np.float64, count),
        np.frombuffer(bytes(flat[3::4]), np.uint8),
    )


def together(stretches: Sequence[Stretch]) -> dict[str, Columns]:
    """Put stretches one after the other."""
    if len(stretches) == 1:
        return stretches[0].columns
    pieces: dict[str, list[Columns]] = {}
    for stretch in stretches:
        for name, column in stretch.columns.items():
            pieces.setdefault(name, []).append(column)
    return {
        name: Columns(
            np.concatenate([piece.t_ns for piece in found]),
            np.concatenate([piece.values for piece in found]),
            np.concatenate([piece.quality for piece in found]),
        )
        for name, found in pieces.items()
    }


def _stretch(columns: dict[str, Columns]) -> Stretch | None:
    if not columns:
        return None
    return Stretch(
        columns,
        min(int(column.t_ns.min()) for column in columns.values()),
        max(int(column.t_ns.max()) for column in columns.values()),
        sum(len(column.t_ns) for column in columns.values()),
    )


class _Codes(dict[str, int]):
    """Numbers names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number
