"""Where the desk keeps its files for this user."""

from pathlib import Path
from typing import Final

from platformdirs import PlatformDirs

from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.own_files import make_folder

_DIRS: Final = PlatformDirs("CarTech Desk", appauthor=False, roaming=False)


class FolderRefused(CarTechError):
    """A folder cannot be made or is no folder."""

    code = "folder_refused"


def _made(folder: Path, what: str) -> Path:
    try:
        make_folder(folder)
    except OSError as error:
        raise FolderRefused(
            f"The folder {folder} for {what} cannot be used ({error.strerror or error}).",
            to_do="Name a folder that you may write to, with --data DIR.",
        ) from error
    return folder


def data_folder(given: Path | None) -> Path:
    """Return the folder of both databases, made where it is missing; FolderRefused."""
    folder = given if given is not None else Path(_DIRS.user_data_dir)
    if _on_a_share(folder):
        raise FolderRefused(
            f"The folder {folder} is on a network share, where the databases would be damaged.",
            kept="Nothing was made there.",
            to_do="Name a folder on a disk of this machine, with --data DIR.",
        )
    return _made(folder, "the databases")


def desk_is_there(given: Path | None) -> bool:
    """Tell whether a desk has kept anything in its folder yet; makes nothing."""
    folder = given if given is not None else Path(_DIRS.user_data_dir)
    return (folder / "desk.db").exists()


def _on_a_share(folder: Path) -> bool:
    r"""Tell whether this is a path of the form \\server\share or \\?\UNC\server\share.

    What SQLite writes ahead is shared through the memory of one machine (sqlite.org/wal.html).
    """
    text = str(folder).upper()
    if text.startswith("\\\\?\\"):
        return text.startswith("\\\\?\\UNC\\")
    return text.startswith("\\\\")


def demo_folder(given: Path | None) -> Path:
    """Return the folder of the demo's databases, apart from the shop's own; FolderRefused."""
    return _made(data_folder(given) / "demo", "the demo's databases")


def of_the_demo(folder: Path, keys: Path | None) -> str:
    """Say that a folder given as another one is the demo's; empty where it is not.

    `keys` is where the keys are looked for; the demo's lie in its own folder.
    """
    own = folder / "keys"
    if keys is None or folder.name != "demo" or not own.is_dir() or keys.resolve() == own.resolve():
        return ""
    return (
        f"{folder} is the demo's own folder, and the keys of its audit log lie in it: give "
        f"--data {folder.parent} --demo instead."
    )


def settings_file(given: Path | None) -> Path:
    """Return the settings file; it need not exist."""
    return given if given is not None else Path(_DIRS.user_config_dir) / "settings.toml"


def keys_folder(settings: Path) -> Path:
    """Return the folder of the audit log's anchor and key, apart from the databases.

    Who copies or changes these has to reach two places; it is made with the first key.
    """
    return settings.parent / "keys"


def links_folder(data: Path) -> Path:
    """Return the folder of the shop's link definitions; it is made with the first of them."""
    return data / "links"


def log_folder(data: Path) -> Path:
    """Return the folder of the log files, beside the databases; FolderRefused."""
    return _made(data / "logs", "the log")
