"""Writing a file as a whole or not at all, where somebody named it."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from cartech_desk.reports.selection import ExportFailed, ExportRefused, unfinished

_KEPT: Final = "No half file was left; what stood there before is untouched."


def check_target(path: Path, endings: Collection[str], what: str) -> None:
    """Refuse a file that `what` cannot be written to, before any work is done.

    Errors: ExportRefused for its ending or a folder of that name, ExportFailed without a folder.
    """
    if path.suffix.lower() not in endings:
        raise ExportRefused(
            f"{what} cannot be written to {path.name or path}.",
            kept="Nothing was written.",
            to_do=f"Give the name of a file that ends in {' or '.join(endings)}.",
        )
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise ExportRefused(
            f"{path} is no file.",
            kept="Nothing was written.",
            to_do="Name a file in a folder of yours.",
        )
    folder = path.absolute().parent
    if not folder.is_dir():
        raise ExportFailed(
            f"The folder {folder} does not exist.",
            kept="Nothing was written.",
            to_do="Make it, or name a file in another one.",
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all. Errors: ExportFailed."""
    with unfinished(path, _KEPT) as part, part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
