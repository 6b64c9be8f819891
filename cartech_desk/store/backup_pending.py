"""Whether a restore was broken off in this folder; read at every start, so it is short.

`PLAN` lies there while a restore is decided and not yet done, `DONE` once the files are in place
and the audit log does not know of it yet.
"""

from pathlib import Path
from typing import Final

PLAN: Final = "restore.json"
DONE: Final = "restored.json"


def undecided(folder: Path) -> bool:
    """Tell whether no restore waits here to be gone on with."""
    return not (folder / PLAN).exists()


def untold(folder: Path) -> bool:
    """Tell whether a restore was done here that the audit log does not know of."""
    return (folder / DONE).exists()
