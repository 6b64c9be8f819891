"""The lines of a live page: what the bay's rings hold, as columns, at the price of what is new."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from cartech_desk.bay.bay import Bay
from cartech_desk.ui.models.columns import ColumnRing, Columns, no_columns
from cartech_desk.ui.models.time_view import TimeView

if TYPE_CHECKING:
    from cartech_desk.bay.status import Series

_SECOND: Final = 1_000_000_000
_OVERLAP_S: Final = 0.5  # asked again with what is new, so that nothing falls between two frames


def gap_ns(asked_hz: float) -> int:
    """Return the silence after which a line breaks: 2 s, or three periods of a slow channel."""
    return int(max(2.0, 3.0 / asked_hz if asked_hz > 0 else 2.0) * _SECOND)


class LiveTraces:
    """Columns of some channels over a `TimeView`, read from the bay's rings.

    While the view follows, a frame reads only what came since the last one. While it is held,
    nothing is read until the view moves.
    """

    def __init__(self, bay: Bay, view: TimeView) -> None:
        self._bay = bay
        self._view = view
        self._rings: dict[str, ColumnRing] = {}
        self._held: dict[str, Series] = {}
        self._columns: dict[str, Columns] = {}
        self._width = 0
        self._span_ns = 0

    def set_channels(self, names: Iterable[str]) -> None:
        """Keep columns of these channels, and of no others."""
        wanted = set(names)
        for name in set(self._rings) - wanted:
            del self._rings[name]
            self._columns.pop(name, None)
            self._held.pop(name, None)
        for name in wanted - set(self._rings):
            self._rings[name] = ColumnRing()
            if self._width:
                self._reset(name)

    def forget(self) -> None:
        """Read everything anew at the next frame (after the page was hidden, or a reconnection)."""
        self._width = 0

    def columns(self, name: str) -> Columns:
        """Return the columns of a channel as of the last frame."""
        return self._columns.get(name, no_columns())

    def newest_ns(self, name: str) -> int:
        """Return the time of the newest sample that the columns hold; -1 where there is none."""
        ring = self._rings.get(name)
        return -1 if ring is None else ring.newest_ns

    def follow(self, now_ns: int, width: int, asked_hz: Mapping[str, float]) -> None:
        """Bring every channel up to `now_ns` in columns a pixel wide."""
        self._held.clear()
        if width != self._width or self._view.span_ns != self._span_ns:
            self._width, self._span_ns = width, self._view.span_ns
            for name in self._rings:
                self._reset(name)
        for name, ring in self._rings.items():
            seconds = self._span_ns / _SECOND
            if ring.newest_ns >= 0:
                seconds = min(seconds, max(0, now_ns - ring.newest_ns) / _SECOND)
            series = self._bay.series(name, seconds + _OVERLAP_S)
            ring.feed(series.t_ns, series.values)
            columns = ring.columns(gap_ns(asked_hz.get(name, 0.0)))
            self._columns[name] = _within(columns, now_ns - self._span_ns)

    def hold(self, now_ns: int, width: int, asked_hz: Mapping[str, float]) -> None:
        """Show the stretch that the view stands at; call it when the view moved."""
        self._width = 0
        left, right = self._view.left_ns, self._view.right_ns
        column_ns = max(1, (right - left) // max(1, width))
        for name in self._rings:
            gap = gap_ns(asked_hz.get(name, 0.0))
            series = self._held.get(name)
            if series is None or (len(series.t_ns) and series.t_ns[0] > left - gap):
                back_s = max(0, now_ns - left + gap) / _SECOND
                series = self._bay.series(name, back_s)
                self._held[name] = series
            first = np.searchsorted(series.t_ns, left - gap)
            last = np.searchsorted(series.t_ns, right + gap, side="right")
            ring = ColumnRing()
            ring.reset(column_ns, width + 2 * (gap // column_ns + 1))
            ring.feed(series.t_ns[first:last], series.values[first:last])
            self._columns[name] = ring.columns(gap)

    def value_at(self, name: str, at_ns: int, now_ns: int, asked_hz: float) -> float:
        """Return the sample that stood at an instant, NaN where the channel had none then.

        That is the last one not later than the instant; one older than a gap does not count.
        """
        series = self._held.get(name)
        if series is None:
            back_s = (max(0, now_ns - at_ns) + gap_ns(asked_hz)) / _SECOND
            series = self._bay.series(name, back_s + _OVERLAP_S)
        place = int(np.searchsorted(series.t_ns, at_ns, side="right")) - 1
        if place < 0 or at_ns - int(series.t_ns[place]) > gap_ns(asked_hz):
            return float("nan")
        return float(series.values[place])

    def _reset(self, name: str) -> None:
        self._rings[name].reset(max(1, self._span_ns // max(1, self._width)), self._width + 2)


def _within(columns: Columns, first_ns: int) -> Columns:
    """Leave out all but one of the columns before `first_ns`: a quiet channel keeps old ones."""
    first = max(0, int(np.searchsorted(columns.t_ns, first_ns)) - 1)
    if first == 0:
        return columns
    starts = columns.starts[first:].copy()
    starts[0] = True
    return Columns(columns.t_ns[first:], columns.low[first:], columns.high[first:], starts)
