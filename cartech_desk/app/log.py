"""One rotating log file beside the databases; the screen and `--json` never depend on it."""

import logging
import logging.handlers
import sys
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from cartech_desk.app.output import say
from cartech_desk.store.own_files import close_to_others, opener

_FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(threadName)s %(name)s: %(message)s"


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log file that may be on a full disk: one sentence then, and no stack trace for each line.

    What is worth knowing of the disk is told where something was to be kept on it.
    """

    _told = False

    def _open(self) -> TextIOWrapper:
        """Open the file, for its owner alone where it is new."""
        # Not Path.open, which takes no opener.
        return open(self.baseFilename, "a", encoding="utf-8", opener=opener)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        """Tell that the log cannot be written, once; a fault of ours stays one."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            self._told = True
            say(f"The log {self.baseFilename} cannot be written ({error.strerror or error}).")


def log_file() -> Path | None:
    """Return the file that the log is written to now, None where there is none."""
    for handler in logging.getLogger("cartech_desk").handlers:
        if isinstance(handler, _LogFile):
            return Path(handler.baseFilename)
    return None


def start_log(folder: Path) -> Path:
    """Write the package's log to `desk.log` in this folder (5 files of 1 MB); returns its path."""
    path = folder / "desk.log"
    close_to_others(*folder.glob("desk.log*"))
    handler = _LogFile(path, maxBytes=1_000_000, backupCount=4, encoding="utf-8", delay=True)
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger("cartech_desk")
    root.setLevel(logging.INFO)
    for old in list(root.handlers):
        root.removeHandler(old)
        with suppress(OSError):  # what it could not write on a full disk is tried again here
            old.close()
    root.addHandler(handler)
    root.propagate = False
    return path
