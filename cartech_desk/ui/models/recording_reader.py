"""Reading a recording for the screen: an envelope from afar, the samples themselves from near."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from cartech_desk.domain.channels import Quality
from cartech_desk.store.recordings import RecordingStore, RecordingSummary, Samples
from cartech_desk.ui.models.columns import (
    ColumnRing,
    Columns,
    columns_of_envelope,
    columns_of_samples,
    no_columns,
)
from cartech_desk.ui.models.newest_only import NewestOnly

_SECOND: Final = 1_000_000_000
_SAMPLES_PER_COLUMN: Final = 4
"""From so few samples a column on, the samples themselves are read and not their envelope."""
_BEFORE_S: Final = 5.0
_AHEAD_S: Final = 30.0
"""Read around the cursor at once, so that playing and pointing find their values in memory."""


class RecordingReader(QObject):
    """Columns of a stretch of one recording, and the values at an instant.

    All reading is done in the background; a request that was overtaken is dropped.
    """

    loaded = Signal()
    """Other columns are there."""
    values_loaded = Signal()
    """Values around the cursor are there."""

    def __init__(
        self,
        store: RecordingStore,
        failed: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._columns_work = NewestOnly(self, failed)
        self._overview_work = NewestOnly(self, failed)
        self._values_work = NewestOnly(self, failed)
        self.summary: RecordingSummary | None = None
        self.shows_samples = False
        """Whether the columns are the samples themselves (and not an envelope)."""
        self._columns: dict[str, Columns] = {}
        self._gaps: dict[str, int] = {}
        self._near: dict[str, Samples] = {}
        self._near_first = 0
        self._near_last = -1

    def close(self) -> None:
        """Let go of the recording: what is still being read of it is dropped."""
        for work in (self._columns_work, self._overview_work, self._values_work):
            work.forget()
        self.summary = None
        self._columns, self._gaps, self._near = {}, {}, {}
        self._near_first, self._near_last = 0, -1

    def open(self, summary: RecordingSummary) -> None:
        """Begin with a recording; nothing of another one is kept."""
        self.close()
        self.summary = summary
        seconds = max(summary.seconds, 1e-3)
        self._gaps = {
            each.channel.name: int(max(2.0, 3.0 * seconds / max(each.samples, 1)) * _SECOND)
            if each.samples
            else 2 * _SECOND
            for each in summary.channels
        }

    @property
    def busy(self) -> bool:
        """Whether columns are still being read."""
        return self._columns_work.busy

    def columns(self, name: str) -> Columns:
        """Return the columns of a channel as last read."""
        return self._columns.get(name, no_columns())

    def ask_columns(self, names: Sequence[str], first_ns: int, last_ns: int, width: int) -> None:
        """Read columns of these channels for a chart so many pixels wide; then `loaded`."""
        summary = self.summary
        if summary is None or not names or last_ns <= first_ns:
            return
        near = self._is_near(summary, names, first_ns, last_ns, width)
        gaps = {name: self._gaps[name] for name in names}
        recording_id, store = summary.id, self._store

        def work() -> dict[str, Columns]:
            if near:
                return _near_columns(store, recording_id, gaps, (first_ns, last_ns), width)
            found = store.overview(recording_id, names, first_ns, last_ns, width)
            stretch = (last_ns - first_ns) // max(1, width)
            return {
                name: columns_of_envelope(
                    each.t_ns, each.minimum, each.maximum, max(gaps[name], 3 * stretch)
                )
                for name, each in found.items()
            }

        def done(columns: dict[str, Columns]) -> None:
            self._columns = columns
            self.shows_samples = near
            self.loaded.emit()

        self._columns_work.ask(work, done)

    def ask_overview(self, name: str, width: int, done: Callable[[Columns], None]) -> None:
        """Read the envelope of the whole recording for one channel."""
        summary = self.summary
        if summary is None:
            return
        first, last, store = summary.first_ns, summary.last_ns, self._store
        gap = max(self._gaps[name], 3 * (last - first) // max(1, width))

        def work() -> Columns:
            found = store.overview(summary.id, (name,), first, max(last, first + 1), width)[name]
            return columns_of_envelope(found.t_ns, found.minimum, found.maximum, gap)

        self._overview_work.ask(work, done)

    def ask_values(self, names: Sequence[str], at_ns: int) -> bool:
        """See to it that `value_at` knows these channels at an instant; True where it does now.

        Else `values_loaded` comes.
        """
        summary = self.summary
        if summary is None:
            return False
        if self._near_first <= at_ns <= self._near_last and all(n in self._near for n in names):
            return True
        longest = max((self._gaps[name] for name in names), default=0)
        first = at_ns - int(_BEFORE_S * _SECOND) - longest
        last = at_ns + int(_AHEAD_S * _SECOND)
        store = self._store

        def work() -> Mapping[str, Samples]:
            return store.read_all(summary.id, tuple(names), first, last)

        def done(near: Mapping[str, Samples]) -> None:
            self._near = dict(near)
            self._near_first, self._near_last = first + longest, last
            self.values_loaded.emit()

        self._values_work.ask(work, done)
        return False

    def value_at(self, name: str, at_ns: int) -> float | None:
        """Return the sample that stood at an instant; NaN where there was none, None if not read.

        That is the last one not later than the instant; one older than a gap does not count.
        """
        samples = self._near.get(name)
        if samples is None or not self._near_first <= at_ns <= self._near_last:
            return None
        place = int(np.searchsorted(samples.t_ns, at_ns, side="right")) - 1
        if place < 0 or at_ns - int(samples.t_ns[place]) > self._gaps[name]:
            return math.nan
        good = samples.quality[place] == Quality.GOOD
        return float(samples.values[place]) if good else math.nan

    def _is_near(
        self,
        summary: RecordingSummary,
        names: Sequence[str],
        first_ns: int,
        last_ns: int,
        width: int,
    ) -> bool:
        share = (last_ns - first_ns) / max(1, summary.last_ns - summary.first_ns)
        most = max((e.samples for e in summary.channels if e.channel.name in names), default=0)
        return most * min(share, 1.0) <= _SAMPLES_PER_COLUMN * width


def _near_columns(
    store: RecordingStore,
    recording_id: str,
    gaps: Mapping[str, int],
    stretch: tuple[int, int],
    width: int,
) -> dict[str, Columns]:
    """Read samples of the channels in `gaps`, and some beyond the stretch: lines run out of it."""
    first, last = stretch
    beyond = max(min(gaps.values()), (last - first) // 10)
    found = store.read_all(recording_id, tuple(gaps), first - beyond, last + beyond)
    columns = {}
    for name, samples in found.items():
        values = np.where(samples.quality == Quality.GOOD, samples.values, np.nan)
        if len(values) > 2 * width:
            ring = ColumnRing()
            column_ns = max(1, (last - first) // width)
            ring.reset(column_ns, width + 2 * int(beyond // column_ns + 2))
            ring.feed(samples.t_ns, values)
            columns[name] = ring.columns(gaps[name])
        else:
            columns[name] = columns_of_samples(samples.t_ns, values, gaps[name])
    return columns
