"""Exporting a recording or a part of it; the file's ending says as what."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cartech_desk.reports.recording_csv import write_csv
from cartech_desk.reports.recording_mdf import write_mdf
from cartech_desk.reports.selection import (
    ExportCancelled,
    ExportFailed,
    ExportRefused,
    Selection,
    Watch,
    select,
)
from cartech_desk.store.store import Store

__all__ = ["ENDINGS", "ExportCancelled", "ExportFailed", "ExportRefused", "export"]


def _csv(selection: Selection, path: Path, watch: Watch, resample_hz: float | None) -> None:
    write_csv(selection, path, watch, resample_hz=resample_hz)


def _mdf(selection: Selection, path: Path, watch: Watch, resample_hz: float | None) -> None:
    if resample_hz is not None:
        raise ExportRefused(
            "An MDF4 file keeps each channel's own times and is not resampled.",
            to_do="Leave out the rate, or export to .csv.",
        )
    write_mdf(selection, path, watch)


ENDINGS: Final[dict[str, Callable[[Selection, Path, Watch, float | None], None]]] = {
    ".csv": _csv,
    ".mf4": _mdf,
}
"""What can be exported to, by the file's ending."""


def export(
    store: Store,
    recording_id: str,
    path: Path,
    *,
    channels: Sequence[str] | None = None,
    first_ns: int | None = None,
    last_ns: int | None = None,
    resample_hz: float | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> Path:
    """Write a recording, or these channels and this closed range of time of it, to `path`.

    Times are nanoseconds from the recording's anchor. The file appears when all of it is written
    and takes the place of one that was there; `progress` hears fractions from 0 to 1, and setting
    `cancel` ends the export without a file. Errors: ExportRefused (unknown ending or channel,
    nothing to export, asammdf missing), ExportFailed, ExportCancelled, NotKept.
    """
    write = ENDINGS.get(path.suffix.lower())
    if write is None:
        raise ExportRefused(
            f"Nothing can be exported to a file that ends in {path.suffix or 'nothing'!r}.",
            to_do=f"Give it a name that ends in {' or '.join(ENDINGS)}.",
        )
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder.", to_do="Give the name of a file in it.")
    selection = select(store.recordings, recording_id, channels, first_ns, last_ns)
    write(selection, path, Watch(progress, cancel), resample_hz)
    return path
