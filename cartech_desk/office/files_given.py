"""Files that somebody names: read whole, and never more of them than may be."""

from pathlib import Path
from stat import S_ISREG


class NoFile(Exception):
    """There is something, and it is no file: a folder, or a pipe that would keep us waiting."""


class TooLarge(Exception):
    """A file is larger than may be; `size` is its bytes, as far as they are known."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def read_given(path: Path, most: int) -> bytes:
    """Return a file of at most so many bytes; its size is looked at first, and as it is read.

    Errors: NoFile, TooLarge, OSError.
    """
    found = path.stat()
    if not S_ISREG(found.st_mode):
        raise NoFile
    if found.st_size > most:
        raise TooLarge(found.st_size)
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TooLarge(len(content))
    return content
