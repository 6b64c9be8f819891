"""Where the files of `resources/` lie: in a checkout, an installed wheel or a frozen program."""

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "resources", package.parent / "resources"]
    if frozen is not None:
        candidates.insert(0, Path(frozen) / "resources")
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("the folder resources/ is missing from this installation")


def resource(name: str) -> Path:
    """Return the path of `resources/<name>`; FileNotFoundError where the installation lacks it."""
    path = _root() / name
    if not path.exists():
        raise FileNotFoundError(f"resources/{name} is missing from this installation")
    return path
