"""From batches of readings to columns, one for each channel, at the speed of C."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np

from cartech_desk.domain.channels import Reading
from cartech_desk.store.recordings import Columns

_AT_ONCE: Final = 20_000
"""Readings turned into columns together: as many as stay in the processor's cache."""


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


def to_stretches(batches: Iterable[Sequence[Reading]]) -> Iterator[Stretch]:
    """Yield the readings as columns, in the order in which they came."""
    group: list[Sequence[Reading]] = []
    held = 0
    for batch in batches:
        group.append(batch)
        held += len(batch)
        if held >= _AT_ONCE:
            yield from filter(None, (to_stretch(group),))
            group, held = [], 0
    yield from filter(None, (to_stretch(group),))


def to_stretch(batches: Iterable[Sequence[Reading]]) -> Stretch | None:
    """Turn readings into columns, in the order in which they came; None where there are none."""
    flat: list[Any] = list(chain.from_iterable(chain.from_iterable(batches)))
    if not flat:
        return None
    codes = _Codes()
    code = np.fromiter(map(codes.__getitem__, flat[0::4]), np.uint16, len(flat) // 4)
    t_ns = np.array(flat[1::4], np.int64)
    values = np.array(flat[2::4], np.float64)
    quality = np.frombuffer(bytes(flat[3::4]), np.uint8)
    order = np.argsort(code, kind="stable")
    t_ns, values, quality = t_ns[order], values[order], quality[order]
    edges = np.concatenate(([0], np.cumsum(np.bincount(code)))).tolist()
    columns = {
        name: Columns(t_ns[start:stop], values[start:stop], quality[start:stop])
        for name, (start, stop) in zip(codes, pairwise(edges), strict=True)
    }
    return Stretch(columns, int(t_ns.min()), int(t_ns.max()), len(t_ns))


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
