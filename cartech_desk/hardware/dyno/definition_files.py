"""The shop's own link definitions: TOML files in one folder, and the templates to begin with."""

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from cartech_desk.domain.dyno.link_definition import LinkDefinition, LinkRefused
from cartech_desk.domain.dyno.link_document import LONGEST_FILE, read_definition, to_document
from cartech_desk.domain.resources import resource

ENDING: Final = ".toml"
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class DefinitionFiles:
    """Definitions by key: the file's name without its ending, in small letters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keys(self) -> tuple[str, ...]:
        """Return the keys of those kept here, in alphabetical order."""
        if not self.folder.is_dir():
            return ()
        return tuple(
            sorted(p.stem for p in self.folder.glob(f"*{ENDING}") if _KEY.fullmatch(p.stem))
        )

    def load(self, key: str) -> LinkDefinition:
        """Return one. Errors: LinkRefused where there is none or it cannot work."""
        path = self._path(key)
        if not path.is_file():
            known = ", ".join(self.keys()) or "none yet"
            raise LinkRefused(
                f"There is no link definition “{key}”.", to_do=f"Those kept here: {known}."
            )
        return read_file(path)

    def save(self, key: str, definition: LinkDefinition) -> Path:
        """Keep one, in the place of the one before. Errors: LinkRefused."""
        text = text_of(definition)
        path = self._path(key)
        part = path.with_name(f".{path.name}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise LinkRefused(
                f"{path} cannot be written ({error.strerror or error}).",
                kept="The one before is still there.",
                to_do="Free some space, or choose another data folder.",
            ) from error
        return path

    def remove(self, key: str) -> None:
        """Forget one. Errors: LinkRefused where there is none."""
        self.sha256(key)
        path = self._path(key)
        try:
            path.unlink()
        except OSError as error:
            raise LinkRefused(
                f"{path} cannot be removed ({error.strerror or error}).",
                kept="It is still there.",
                to_do="Close the program that uses it, and try again.",
            ) from error

    def load_text(self, key: str) -> str:
        """Return the text of one, whether it can work or not. Errors: LinkRefused."""
        path = self._path(key)
        if not path.is_file():
            raise LinkRefused(f"There is no link definition “{key}”.", to_do="Choose another.")
        return _text(path)

    def sha256(self, key: str) -> str:
        """Return what proves which text one had. Errors: LinkRefused where there is none."""
        path = self._path(key)
        if not path.is_file():
            raise LinkRefused(f"There is no link definition “{key}”.", to_do="Choose another.")
        return file_sha256(path)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise LinkRefused(
                f"“{key}” cannot name a link definition.",
                to_do="Use a-z, 0-9, - and _, at most 40 of them.",
            )
        return self.folder / f"{key}{ENDING}"


def text_of(definition: LinkDefinition) -> str:
    """Return the text that a definition is kept as. Errors: LinkRefused."""
    import tomli_w

    text = tomli_w.dumps(to_document(definition))
    if read_definition(text) != definition:
        raise LinkRefused(
            "The definition does not come back as it was written.",
            kept="Nothing was kept.",
            to_do="Simplify its texts.",
        )
    return text


def file_sha256(path: Path) -> str:
    """Return what proves which text a definition's file holds. Errors: LinkRefused."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LinkRefused(
            f"{path.name} cannot be read ({error}).", to_do="Look whether it is there."
        ) from error


def templates() -> dict[str, str]:
    """Return the text of each template by key. None of them is verified."""
    folder = resource("links")
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"*{ENDING}"))
    }


def read_file(path: Path) -> LinkDefinition:
    """Read a definition from any file. Errors: LinkRefused."""
    return read_definition(_text(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise LinkRefused(f"{path.name} is too large for a link definition.", to_do="Check it.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LinkRefused(
            f"{path.name} cannot be read ({error}).", to_do="Save it as UTF-8 text."
        ) from error
