"""A recording as MDF 4.10 (ASAM MDF), written through asammdf, an optional extra.

Each channel is a group of its own with its own clock, in seconds from the file's start time. That
is the UTC instant of Start, so that the seconds are those of a CSV file. Readers of MDF expect no
time before the file's start: where samples of the pre-trigger are chosen, the start time is that of
the first of them, and the seconds are larger by as much (a CSV file shows the pre-trigger as
negative). Marks are events (EVBLOCK), gaps a begin and an end. Samples that are not good are NaN.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np

from cartech_desk.reports.selection import ExportRefused, Selection, Watch, unfinished
from cartech_desk.store.journal import good_values
from cartech_desk.store.recordings import Mark, MarkKind, Samples

_VERSION: Final = "4.10"
_TRANSPOSED: Final = 2
"""asammdf's word for DZBLOCKs that are transposed before they are deflated (MDF 4.1, 6.25)."""
_WORDS: Final = {
    MarkKind.NOTE: "Mark",
    MarkKind.TRIGGER: "Start was pressed",
    MarkKind.GAP: "Gap: the link was gone",
    MarkKind.ALARM: "Alarm",
}


def write_mdf(selection: Selection, path: Path, watch: Watch | None = None) -> None:
    """Write the selection to `path`, all of it or nothing.

    Errors: ExportRefused where asammdf is missing; ExportFailed, ExportCancelled.
    """
    asammdf = _asammdf()
    with unfinished(path) as part, _opened(asammdf, part.parent) as mdf:
        recording = selection.recording
        start_ns = min(0, selection.first_ns)
        mdf.header.start_time = recording.anchor + timedelta(microseconds=start_ns / 1000)
        mdf.header.comment = _comment(selection)
        groups: dict[str, int] = {}
        for piece in selection.pieces(watch or Watch()):
            for channel in selection.channels:
                samples = piece[channel.name]
                if len(samples.t_ns) == 0:
                    continue
                seconds, values = _columns(samples, start_ns)
                if channel.name in groups:
                    mdf.extend(groups[channel.name], [(seconds, None), (values, None)])
                    continue
                groups[channel.name] = len(mdf.groups)
                mdf.append(
                    [
                        asammdf.Signal(
                            values,
                            seconds,
                            name=channel.name,
                            unit=channel.unit,
                            comment=_told(channel.label, channel.source),
                        )
                    ],
                    acq_name=channel.name,
                    comment=channel.label,
                )
        for mark in recording.marks:
            if selection.touches(mark):
                mdf.events.extend(_events(selection.part_of(mark), start_ns))
        mdf.save(part, overwrite=True, compression=_TRANSPOSED)


def _asammdf() -> Any:
    try:
        import asammdf
    except ImportError as error:
        raise ExportRefused(
            "MDF4 files need the package asammdf, which is not installed.",
            kept="The recording is untouched.",
            to_do="Install the mdf extra (pip install 'cartech-desk[mdf]'), or export to .csv.",
        ) from error
    return asammdf


@contextmanager
def _opened(asammdf: Any, folder: Path) -> Iterator[Any]:
    """Open an empty file; what has been appended waits on the disk where the file will lie."""
    mdf = asammdf.MDF(version=_VERSION, temporary_folder=str(folder))
    try:
        yield mdf
    finally:
        mdf.close()


def _columns(samples: Samples, start_ns: int) -> tuple[Any, Any]:
    return (
        (samples.t_ns - start_ns) / 1e9,
        np.array(good_values(samples.values, samples.quality), dtype=np.float64),
    )


def _comment(selection: Selection) -> str:
    recording = selection.recording
    lines = [f"Vehicle: {recording.vehicle_name}"]
    if recording.operator:
        lines.append(f"Operator: {recording.operator}")
    if recording.note:
        lines.append(f"Note: {recording.note}")
    lines += [f"Recording: {recording.id}", "Recorded with CarTech Desk"]
    return f"<HDcomment><TX>{escape(chr(10).join(lines))}</TX></HDcomment>"


def _told(label: str, source: str) -> str:
    return f"{label} ({source})" if source else label


def _events(mark: Mark, start_ns: int) -> list[Any]:
    from asammdf.blocks import v4_constants
    from asammdf.blocks.v4_blocks import EventBlock

    def event(t_ns: int, text: str) -> Any:
        block = EventBlock(
            event_type=v4_constants.EVENT_TYPE_MARKER,
            sync_base=t_ns - start_ns,
            sync_factor=1e-9,
        )
        block.name = text
        block.comment = ""
        return block

    text = f"{_WORDS[mark.kind]}: {mark.note}" if mark.note else _WORDS[mark.kind]
    events = [event(mark.t_ns, text)]
    if mark.t_end_ns is not None:
        events.append(event(mark.t_end_ns, f"End of: {text}"))
    return events
