"""Signal sets, which lie wherever the settings name them: into a backup and back.

They decide what the numbers of a maker's channels mean, so a desk that comes back needs them. The
calendar file that the settings name is no such file: the desk writes it anew.
"""

import filecmp
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cartech_desk.store.backup_manifest import SIGNALS


def packed_name(place: int, path: Path) -> str:
    """Return the name in the backup of the signal set that the settings name at this place."""
    return f"{SIGNALS}/{place}/{path.name}"


def signal_sets_of(settings: Path) -> tuple[Path, ...]:
    """Return the signal sets that a settings file names. Errors: OSError, ValueError."""
    document = tomllib.loads(settings.read_text(encoding="utf-8"))
    return tuple(Path(str(one)) for one in _named(document))


def name_anew(document: dict[str, Any], stage: Path, folder: Path) -> tuple[str, ...]:
    """Let settings name the signal sets of an unpacked backup, unless theirs are there and alike.

    `document` is changed. `stage` is where the backup is unpacked, `folder` the data folder that it
    will be put in; none is ever laid down where a backup says, which could be the place of any
    file. Returns a sentence for each signal set that is neither in the backup nor here.
    """
    named: list[str] = []
    missing: list[str] = []
    for place, text in enumerate(_named(document), 1):
        path = Path(str(text))
        packed = stage / packed_name(place, path)
        # What lies in the data folder's own place makes room for what was packed.
        ours = (folder / SIGNALS).absolute() in path.absolute().parents
        if packed.is_file():
            alike = not ours and path.is_file() and filecmp.cmp(path, packed, shallow=False)
            path = path if alike else folder.absolute() / packed_name(place, path)
        elif not path.is_file():
            missing.append(
                f"The signal set {path} is neither in the backup nor here: no car shows its values "
                "until it is added again in the settings (Acquisition, Signal sets)."
            )
        named.append(str(path))
    if named:
        document["acquisition"]["signal_sets"] = named
    return tuple(missing)


def _named(document: dict[str, Any]) -> Iterable[object]:
    section = document.get("acquisition")
    named = section.get("signal_sets") if isinstance(section, dict) else None
    return named if isinstance(named, list) else ()
