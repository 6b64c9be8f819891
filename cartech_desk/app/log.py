"""One rotating log file beside the databases; the screen and `--json` never depend on it."""

import logging
import logging.handlers
import time
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(threadName)s %(name)s: %(message)s"


def start_log(folder: Path) -> Path:
    """Write the package's log to `desk.log` in this folder (5 files of 1 MB); returns its path."""
    path = folder / "desk.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=4, encoding="utf-8", delay=True
    )
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger("cartech_desk")
    root.setLevel(logging.INFO)
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.propagate = False
    return path
