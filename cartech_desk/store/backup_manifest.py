"""What a backup says of itself: `manifest.json`, the list of all that is in the file.

A backup is a ZIP file (PKWARE APPNOTE) that any computer opens: consistent copies of both
databases, photos and documents, link definitions, the settings with the logo and the signal sets
that they name, and this list with the size and SHA-256 of each. The key of the audit log and the
passwords of the keyring are never in it.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.domain.audit_chain import Anchor
from cartech_desk.store.errors import StoreError
from cartech_desk.store.schema import Plan, version_text
from cartech_desk.store.store import DESK, RECORDINGS

FORMAT: Final = 1
"""Of the file as such; each database has its own format within."""
KIND: Final = "CarTech Desk backup"
NAME: Final = "manifest.json"
DATABASES: Final[dict[str, Plan]] = {"desk.db": DESK, "recordings.db": RECORDINGS}
SETTINGS: Final = "settings.toml"
KEPT_FOLDERS: Final = ("attachments", "links")
"""Folders of the data folder that are in it, with one level of folders below."""
LOGO: Final = "logo"
"""The folder with the logo of the shop's sheets, which lies wherever the settings name it."""
SIGNALS: Final = "signals"
"""The folder with signal sets, which lie wherever the settings name them.

Each has a folder of its own in it, numbered as the settings name them.
"""
NAMED_FOLDERS: Final = (LOGO, SIGNALS)
"""Folders with what the settings name; they go where the settings of a backup go."""
MOST_BYTES: Final = 64_000_000
"""No list of a shop's files is longer."""

_IN_FOLDER: Final = re.compile(
    r"(?:attachments|links)(?:/(?!\.)[^/\\:\x00-\x1f]{1,200}){1,2}|logo/logo(?:\.[a-z0-9]{1,10})?"
    r"|signals/[1-9][0-9]{0,2}/(?!\.)[^/\\:\x00-\x1f]{1,200}"
)
_DESK: Final = re.compile(r"(?:[0-9a-f]{32})?")
"""A desk's own id (`audit_head.desk`); it names files, so nothing else passes."""
_MOST_WARNINGS: Final = 100
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class BackupRefused(StoreError):
    """A file is no backup of the desk, or a damaged one."""

    code = "backup_refused"


class BackupNewer(StoreError):
    """A backup was made by a newer version of the desk."""

    code = "backup_newer"


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup, of which desk, as of when.

    `versions` holds the format of each database as its number, `head` where the audit log ended,
    `warnings` sentences on what is not in it or was damaged before.
    """

    made: datetime
    program: str
    shop: str
    head: Anchor
    versions: dict[str, int]
    files: tuple[Packed, ...]
    warnings: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Size of all files once they are unpacked."""
        return sum(one.bytes for one in self.files)


def written(manifest: Manifest) -> bytes:
    """Return the list as it stands in the file."""
    document = {
        "kind": KIND,
        "format": FORMAT,
        "made": manifest.made.astimezone(UTC).isoformat(timespec="seconds"),
        "program": manifest.program,
        "shop": manifest.shop,
        "audit": {
            "desk": manifest.head.desk,
            "sequence": manifest.head.sequence,
            "hash": manifest.head.hash.hex(),
        },
        "databases": {name: version_text(number) for name, number in manifest.versions.items()},
        "files": [
            {"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in manifest.files
        ],
        "warnings": list(manifest.warnings),
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def read(raw: bytes, named: str) -> Manifest:
    """Read a list; `named` is the backup's name for sentences.

    Errors: BackupRefused, BackupNewer.
    """
    try:
        document = json.loads(raw.decode("utf-8"))
        if document["kind"] != KIND:
            raise ValueError("another kind")
        number = document["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise no_backup(named) from error
    if type(number) is not int or number < 1:
        raise damaged_backup(named, f"its format is said to be {number!r:.40}")
    if number > FORMAT:
        raise BackupNewer(
            f"{named} was written by a newer version of the desk (its format is {number}, this "
            f"version reads {FORMAT}).",
            kept="Nothing was changed.",
            to_do="Update CarTech Desk, then restore it.",
        )
    try:
        found = _read(document)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise damaged_backup(named, "its list of files cannot be read") from error
    for name, version in found.versions.items():
        if version > DATABASES[name].number:
            raise BackupNewer(
                f"{name} in {named} was written by a newer version of the desk (its format is "
                f"{version_text(version)}, this version reads "
                f"{version_text(DATABASES[name].number)}).",
                kept="Nothing was changed.",
                to_do="Update CarTech Desk, then restore it.",
            )
    return found


def _read(document: dict[str, Any]) -> Manifest:
    files = tuple(_packed(row) for row in document["files"])
    names = [one.name for one in files]
    versions = {str(name): _number(text) for name, text in document["databases"].items()}
    if len(set(names)) != len(names) or set(versions) != set(DATABASES):
        raise ValueError("names")
    if not set(DATABASES) <= set(names):
        raise ValueError("a database is missing")
    audit = document["audit"]
    head = Anchor(int(audit["sequence"]), bytes.fromhex(audit["hash"]), desk=str(audit["desk"]))
    if head.sequence < 0 or len(head.hash) != 32 or not _DESK.fullmatch(head.desk):
        raise ValueError("audit")
    return Manifest(
        made=datetime.fromisoformat(document["made"]).astimezone(UTC),
        program=str(document["program"])[:40],
        shop=str(document["shop"])[:200],
        head=head,
        versions=versions,
        files=files,
        warnings=tuple(str(one)[:500] for one in document.get("warnings", ())[:_MOST_WARNINGS]),
    )


def packable(name: str) -> bool:
    """Tell whether a backup can hold a file under this name, for any system."""
    if not (name in DATABASES or name == SETTINGS or _IN_FOLDER.fullmatch(name)):
        return False
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _packed(row: dict[str, Any]) -> Packed:
    one = Packed(str(row["name"]), row["bytes"], str(row["sha256"]))
    if not packable(one.name) or type(one.bytes) is not int or one.bytes < 0:
        raise ValueError(one.name)
    if not _SHA256.fullmatch(one.sha256):
        raise ValueError(one.sha256)
    return one


def _number(text: str) -> int:
    major, _, minor = text.partition(".")
    return 1000 * int(major) + int(minor)


def no_backup(named: str) -> BackupRefused:
    """Say that a file is no backup."""
    return BackupRefused(
        f"{named} is no backup of CarTech Desk.",
        kept="Nothing was changed.",
        to_do="Name a file that cartech-desk backup has made.",
    )


def damaged_backup(named: str, why: str) -> BackupRefused:
    """Say that a backup is damaged, and how that shows."""
    return BackupRefused(
        f"{named} is damaged: {why}.",
        kept="Nothing was changed.",
        to_do="Take another copy of it, or an older backup.",
    )
