"""Files of a sheet: its pages' names, and writing all of them or none."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cartech_desk.reports.drawing import Drawing

PICTURE: Final = ".png"
"""What a sheet is written as where somebody who can paint is handed in."""

Painter = Callable[["Drawing"], Sequence[bytes]]
"""Returns a PNG for each page of a drawing."""


def page_files(path: Path, pages: int) -> list[Path]:
    """Return the files of so many pages: the first bears the name, others a number behind it."""
    further = (path.with_name(f"{path.stem}-{page}{path.suffix}") for page in range(2, pages + 1))
    return [path, *further]


def write_files(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write files of which all are there as a whole or none is. Errors: ExportFailed."""
    from cartech_desk.reports.selection import unfinished

    with ExitStack() as parts:
        for path, content in files:
            with parts.enter_context(unfinished(path)).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
