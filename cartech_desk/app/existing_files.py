"""Files that are there already: no command writes over one unless that is said."""

import argparse
from pathlib import Path
from typing import ClassVar

from cartech_desk.domain.errors import CarTechError


class FileThere(CarTechError):
    """What is written would take the place of a file that is there."""

    code: ClassVar[str] = "file_there"


def add_even_so(
    parser: argparse.ArgumentParser,
    words: str = "write over a file that is there",
    *,
    forced: bool = False,
) -> None:
    """Let a command be told to do it even so; `args.even_so` is True then.

    `forced` are commands that had `--force` for it first: that goes on, and help names one only.
    """
    parser.add_argument("--even-so", action="store_true", help=words)
    if forced:
        parser.add_argument("--force", dest="even_so", action="store_true", help=argparse.SUPPRESS)


def refuse_existing(path: Path | None, *, even_so: bool | None, option: str = "") -> None:
    """Refuse where a file is there and nobody said that it may go. Errors: FileThere.

    `even_so` is None where there is no such switch; `option` is what names the file.
    """
    if path is None or even_so or not (path.is_file() or path.is_symlink()):
        return
    to_do = f"Name another file{f' with {option}' if option else ''}"
    raise FileThere(
        f"{path} is there already.",
        kept="It was not touched.",
        to_do=f"{to_do}." if even_so is None else f"{to_do}, or add --even-so to write over it.",
    )
