"""A shop whose folder is backed up and restored."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cartech_desk.domain.people import DESK, Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.backups import Backups
from cartech_desk.store.store import Store

BOSS = Actor("", "Boss", Role.ADMINISTRATOR)
TECH = Actor("", "Tech", Role.TECHNICIAN)
DIGEST = sha256(b"the photo").hexdigest()
PHOTO = f"attachments/{DIGEST[:2]}/{DIGEST}"
"""Where the store of attachments lays it."""

Change = Callable[[str, bytes], bytes | None]


def shop(folder: Path, name: str) -> Store:
    """Open a desk with one act, one photo and one car of this name."""
    store = Store(folder, None)
    work(store, name)
    (folder / PHOTO).parent.mkdir(parents=True, exist_ok=True)
    (folder / PHOTO).write_bytes(b"the photo")
    (folder / "links").mkdir(exist_ok=True)
    (folder / "links" / "whose.toml").write_text(name)
    return store


def work(store: Store, name: str) -> None:
    """Do one audited act."""
    store.limits.set_profile(store.vehicles.by_name(name).id, "turbo_petrol", DESK)


def backups(store: Store) -> Backups:
    return Backups(store, ShopRules)


def names(folder: Path) -> list[str]:
    store = Store(folder, None)
    try:
        return [one.name for one in store.vehicles.list()]
    finally:
        store.close()


def altered(made: Path, path: Path, change: Change) -> Path:
    """Copy a backup with each file changed by `change(name, content)`; None leaves one out."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return path


def manifest(change: Callable[[dict], object]) -> Change:
    """Return a change of the list in a backup."""

    def changed(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        document = json.loads(content)
        change(document)
        return json.dumps(document).encode()

    return changed
