"""Exporting a recording or a part of it; the file's ending says as what."""

import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
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

__all__ = ["ENDINGS", "ExportCancelled", "ExportFailed", "ExportRefused", "check_file", "export"]

_NO_FILES: Final = ("/proc", "/sys", "/dev")
"""Folders of a POSIX system that hold no files of anybody's, but for this one."""
_FILES: Final = "/dev/shm"  # noqa: S108

_ELSEWHERE: Final = "Name a file in a folder that you may write to."


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
    check_file(path)
    write = ENDINGS[path.suffix.lower()]
    selection = select(store.recordings, recording_id, channels, first_ns, last_ns)
    write(selection, path, Watch(progress, cancel), resample_hz)
    return path


def check_file(path: Path, endings: Collection[str] | None = None) -> None:
    """Refuse what nothing can be exported to: unknown ending, folder, no such folder, no access.

    `endings` are those of another kind of export than a recording's. A file without a name is
    written in the folder to find that out, and vanishes. Errors: ExportRefused.
    """
    try:
        _check_place(path, ENDINGS if endings is None else endings)
    except OSError as error:
        raise ExportRefused(
            f"{path} cannot be written ({error.strerror or error}).", to_do=_ELSEWHERE
        ) from error


def _check_place(path: Path, endings: Collection[str]) -> None:
    name_it = f"Give the name of a file that ends in {' or '.join(endings)}."
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder.", to_do=name_it)
    if path.suffix.lower() not in endings:
        ending = f"ends in {path.suffix}" if path.suffix else "has no ending"
        raise ExportRefused(f"Nothing can be exported to {path}: it {ending}.", to_do=name_it)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise ExportRefused(
            f"The folder {folder} does not exist.", to_do="Make it, or name a file in another one."
        )
    real = folder.resolve()
    if (
        sys.platform != "win32"
        and any(map(real.is_relative_to, _NO_FILES))
        and not real.is_relative_to(_FILES)
    ):
        raise ExportRefused(f"The folder {folder} is the system's own.", to_do=_ELSEWHERE)
    if path.exists() and not path.is_file():
        raise ExportRefused(f"{path} is no file but a device or a pipe.", to_do=_ELSEWHERE)
    with tempfile.TemporaryFile(dir=folder):
        return
