"""A recording as CSV: `time [s],rpm [rpm],…`, one row for each time stamp.

Comma, full stop and UTF-8 whatever the country, so that `pandas.read_csv` needs no arguments.
`time [s]` counts from the instant of Start (negative in the pre-trigger), exact to the nanosecond.
A cell is empty where the channel has no good value at that time. Where an alarm stood, a last
column `alarm` says which, in the rows from some seconds before it to some after.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Channel, Quality
from cartech_desk.reports.selection import ExportRefused, Selection, Watch, unfinished
from cartech_desk.reports.spreadsheet import harmless
from cartech_desk.store.recordings import Mark, Samples

_ROWS: Final = 8192
"""Rows made at a time: what a row is made of is text, and text is large."""
_REMEMBERED: Final = 200_000
_HELD_NS: Final = 2_000_000_000
_HELD_INTERVALS: Final = 3


def write_csv(
    selection: Selection,
    path: Path,
    watch: Watch | None = None,
    *,
    resample_hz: float | None = None,
) -> None:
    """Write the selection to `path`, all of it or nothing.

    With `resample_hz` there is a row at each multiple of its period, with the last good value of
    each channel unless that is older than 2 s and three of the channel's usual intervals; nothing
    is interpolated. Errors: ExportRefused, ExportFailed, ExportCancelled.
    """
    if resample_hz is not None and not 0 < resample_hz <= 100_000:
        raise ExportRefused(
            f"A rate of {resample_hz:g} Hz cannot be resampled to.",
            to_do="Give one above 0 and up to 100000 Hz.",
        )
    pieces = selection.pieces(watch or Watch())
    if resample_hz is not None:
        pieces = _resampled(selection, pieces, resample_hz)
    texts = _Texts()
    alarms = [mark for mark in selection.recording.alarms if selection.touches(mark)]
    with unfinished(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(header(selection.channels, alarms=bool(alarms)))
        for piece in pieces:
            for rows in _rows([piece[name] for name in selection.names], texts, alarms):
                file.write(rows)


def header(channels: Sequence[Channel], *, alarms: bool = False) -> str:
    """Return the first line, units in brackets; no cell of it begins like a formula."""
    cells = ["time [s]"]
    for channel in channels:
        cell = f"{channel.name} [{channel.unit}]" if channel.unit else channel.name
        cells.append(harmless(cell))
    if alarms:
        cells.append("alarm")
    return _line(cells)


def _line(cells: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


class _Texts(dict[float, str]):
    """Numbers as text, the shortest that reads back as the same; most come many times."""

    def __missing__(self, value: float) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
        text = "" if value != value else repr(value).removesuffix(".0")  # noqa: PLR0124 (NaN)
        self[value] = text
        return text


def _rows(columns: Sequence[Samples], texts: _Texts, alarms: Sequence[Mark] = ()) -> Iterator[str]:
    """Yield some thousand lines at a time."""
    t_ns, row_of = _union(columns)
    values = [_good(column) for column in columns]
    for first in range(0, len(t_ns), _ROWS):
        last = min(first + _ROWS, len(t_ns))
        cells: list[Sequence[str]] = [[_seconds(t) for t in t_ns[first:last].tolist()]]
        for rows, numbers in zip(row_of, values, strict=True):
            start, stop = np.searchsorted(rows, (first, last))
            here = [texts[value] for value in numbers[start:stop].tolist()]
            if len(here) < last - first:
                sparse = [""] * (last - first)
                for row, text in zip((rows[start:stop] - first).tolist(), here, strict=True):
                    sparse[row] = text
                here = sparse
            cells.append(here)
        if alarms:
            cells.append(_alarm_cells(t_ns[first:last], alarms))
        yield "\n".join(map(",".join, zip(*cells, strict=True))) + "\n"


def _alarm_cells(t_ns: NDArray[np.int64], alarms: Sequence[Mark]) -> list[str]:
    """Return for each row which alarms stood at its time, as a cell."""
    cells = [""] * len(t_ns)
    for alarm in alarms:
        last_ns = alarm.t_ns if alarm.t_end_ns is None else alarm.t_end_ns
        start, stop = np.searchsorted(t_ns, (alarm.t_ns, last_ns + 1))
        for row in range(start, stop):
            cells[row] = f"{cells[row]}; {alarm.note}" if cells[row] else alarm.note
    quoted = {cell: _line([harmless(cell)]).rstrip("\n") if cell else "" for cell in set(cells)}
    return [quoted[cell] for cell in cells]


def _union(columns: Sequence[Samples]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the times of all rows, and for each channel the row of each sample.

    Samples of one channel at the same time get rows of their own.
    """
    times = np.concatenate([column.t_ns for column in columns])
    if len(times) == 0:
        return times, [np.empty(0, np.int64) for _ in columns]
    repeats = np.concatenate([_repeat(column.t_ns) for column in columns])
    order = np.lexsort((repeats, times))
    sorted_times, sorted_repeats = times[order], repeats[order]
    new = np.ones(len(times), dtype=bool)
    new[1:] = (sorted_times[1:] != sorted_times[:-1]) | (sorted_repeats[1:] != sorted_repeats[:-1])
    row_of = np.empty(len(times), dtype=np.int64)
    row_of[order] = np.cumsum(new) - 1
    edges = np.cumsum([len(column.t_ns) for column in columns])[:-1]
    return sorted_times[new], np.split(row_of, edges)


def _repeat(t_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, 2 … for samples of one time, which stand side by side."""
    place = np.arange(len(t_ns))
    return place - np.searchsorted(t_ns, t_ns, "left")


def _good(samples: Samples) -> NDArray[np.float64]:
    # Adding zero turns -0.0 into 0.0, which no spreadsheet tells apart anyway.
    return np.where(samples.quality == Quality.GOOD, samples.values, np.nan) + 0.0


def _seconds(t_ns: int) -> str:
    whole, rest = divmod(abs(t_ns), 1_000_000_000)
    text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
    return f"-{text}" if t_ns < 0 else text


def _resampled(
    selection: Selection, pieces: Iterator[dict[str, Samples]], rate_hz: float
) -> Iterator[dict[str, Samples]]:
    """Yield the pieces on one common clock, each value held until the next one."""
    held_ns = {
        summary.channel.name: max(
            _HELD_NS,
            _HELD_INTERVALS
            * (selection.recording.last_ns - selection.recording.first_ns)
            // max(1, summary.samples),
        )
        for summary in selection.recording.channels
    }
    period_ns = 1e9 / rate_hz
    last: dict[str, tuple[int, float]] = {}
    done = int(np.ceil(selection.first_ns / period_ns)) - 1
    for piece in pieces:
        newest = max((int(s.t_ns[-1]) for s in piece.values() if len(s.t_ns)), default=None)
        if newest is None:
            continue
        upto = int(np.floor(newest / period_ns))
        # A recording may pause for hours; the clock is laid out a little at a time.
        while done < upto:
            stop = min(upto, done + 10 * _ROWS)
            clock = np.rint(np.arange(done + 1, stop + 1) * period_ns).astype(np.int64)
            yield {
                name: _held(piece[name], clock, last.get(name), held_ns[name])
                for name in selection.names
            }
            done = stop
        for name, samples in piece.items():
            if len(samples.t_ns):
                last[name] = (int(samples.t_ns[-1]), float(_good(samples)[-1]))


def _held(
    samples: Samples,
    clock: NDArray[np.int64],
    before: tuple[int, float] | None,
    held_ns: int,
) -> Samples:
    t_before, value_before = before if before is not None else (clock[0] - held_ns - 1, np.nan)
    times = np.concatenate(([t_before], samples.t_ns))
    values = np.concatenate(([value_before], _good(samples)))
    place = np.maximum(np.searchsorted(times, clock, "right") - 1, 0)
    age = clock - times[place]
    held = np.where((age >= 0) & (age <= held_ns), values[place], np.nan)
    return Samples(clock, held, np.zeros(len(clock), np.uint8))
