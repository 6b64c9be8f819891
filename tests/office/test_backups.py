"""Everything in one file, and back again: whole or not at all."""

import shutil
import sqlite3
import stat
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cartech_desk.domain.people import NOBODY, Actor, NotSignedIn, RightMissing
from cartech_desk.office import restoring
from cartech_desk.office.backups import BackupExists
from cartech_desk.office.restoring import NewerState
from cartech_desk.store import backup_swap
from cartech_desk.store.backup import Ended
from cartech_desk.store.backup_manifest import BackupNewer, BackupRefused
from cartech_desk.store.backup_pending import undecided, untold
from cartech_desk.store.errors import DatabaseLocked
from cartech_desk.store.store import Store

from .backup_desk import BOSS, PHOTO, TECH, altered, backups, manifest, names, shop, work


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the backup of a shop with one car, a photo and settings; nobody changes it."""
    folder = tmp_path_factory.mktemp("shop")
    store = shop(folder / "data", "Blue Civic")
    (folder / "settings.toml").write_text("[screen]\n")
    path = folder / "blue.zip"
    backups(store).make(BOSS, path, settings=folder / "settings.toml")
    store.close()
    return path


def test_a_backup_holds_everything_and_is_its_owners_alone(made):
    with zipfile.ZipFile(made) as archive:
        assert set(archive.namelist()) == {
            "desk.db",
            "recordings.db",
            "settings.toml",
            PHOTO,
            "links/whose.toml",
            "manifest.json",
        }
    if sys.platform != "win32":
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(made.parent.glob(".*")) == []


def test_making_one_is_recorded_and_needs_the_right(tmp_path):
    store = shop(tmp_path / "data", "Blue Civic")
    room = backups(store)
    for by, error in ((TECH, RightMissing), (NOBODY, NotSignedIn)):
        with pytest.raises(error):
            room.make(by, tmp_path / "x.zip")
    room.make(BOSS, tmp_path / "x.zip")
    with pytest.raises(BackupExists):
        room.make(BOSS, tmp_path / "x.zip")
    from cartech_desk.office.audit_book import Query

    record = store.audit.find(Query(action="desk.backup"))[0]
    assert record.actor.name == "Boss"
    assert record.after["bytes"] == str((tmp_path / "x.zip").stat().st_size)
    with pytest.raises(Ended):
        room.make(BOSS, tmp_path / "y.zip", go_on=lambda share: share < 0.5)
    assert [one.name for one in tmp_path.glob("*.zip")] == ["x.zip"]
    assert list(tmp_path.glob(".*")) == []
    store.close()


def test_restored_into_an_empty_folder_it_is_the_sameshop(made, tmp_path):
    store = Store(tmp_path / "data", None)
    ready = backups(store).prepare(Actor.at_command_line("me"), made)
    store.close()
    restoring.put_in_place(ready, tmp_path / "settings.toml")
    assert (tmp_path / "settings.toml").read_text() == "[screen]\n"
    assert (tmp_path / "data" / PHOTO).read_bytes() == b"the photo"
    store = Store(tmp_path / "data", None)
    restored = backups(store).settle()
    assert restored is not None
    assert restored.file == "blue.zip"
    assert store.audit.verify().ok
    assert backups(store).settle() is None
    store.close()
    assert names(tmp_path / "data") == ["Blue Civic"]


def test_a_newer_desk_is_replaced_only_even_so_and_kept_aside(made, tmp_path):
    store = shop(tmp_path / "data", "Red Golf")
    with pytest.raises(NewerState, match="another desk"):
        backups(store).prepare(BOSS, made)
    before = store.audit.verify()
    ready = backups(store).prepare(BOSS, made, even_so=True)
    store.close()
    restoring.put_in_place(ready, None)
    assert names(tmp_path / "data") == ["Blue Civic"]
    assert names(ready.aside) == ["Red Golf"]
    assert (ready.aside / "links" / "whose.toml").read_text() == "Red Golf"
    store = Store(tmp_path / "data", None)
    backups(store).settle()
    after = store.audit.verify()
    assert before.ok
    assert after.ok
    store.close()


def test_the_same_desk_goes_back_in_time_and_its_log_still_verifies(tmp_path):
    store = shop(tmp_path / "data", "Blue Civic")
    backups(store).make(BOSS, tmp_path / "x.zip")
    for name in ("Red Golf", "Green Polo"):
        work(store, name)
    with pytest.raises(NewerState, match="2 recorded acts since"):
        backups(store).prepare(BOSS, tmp_path / "x.zip")
    ready = backups(store).prepare(BOSS, tmp_path / "x.zip", even_so=True)
    store.close()
    restoring.put_in_place(ready, None)
    store = Store(tmp_path / "data", None)
    assert not store.audit.verify().ok  # which the restore itself has to be told to the log for
    backups(store).settle()
    verdict = store.audit.verify()
    assert verdict.ok, verdict
    assert verdict.keyed
    store.close()


def test_nothing_is_restored_while_another_program_has_the_desk_open(made, tmp_path):
    store = shop(tmp_path / "data", "Red Golf")
    ready = backups(store).prepare(BOSS, made, even_so=True)
    with pytest.raises(DatabaseLocked):
        restoring.put_in_place(ready, None)
    store.close()
    assert undecided(tmp_path / "data")
    assert not ready.stage.exists()
    assert names(tmp_path / "data") == ["Red Golf"]


def _cars(folder: Path) -> list[str]:
    """Return the cars of a desk without opening it: that would take longer than all else here."""
    with closing(sqlite3.connect(folder / "desk.db")) as driver:
        return [name for (name,) in driver.execute("SELECT name FROM vehicle")]


def test_killed_at_any_step_it_is_the_old_desk_or_becomes_the_new_one(made, tmp_path, monkeypatch):
    begun, step = tmp_path / "begun", 0
    store = shop(begun, "Red Golf")
    prepared = backups(store).prepare(BOSS, made, even_so=True)
    store.close()
    real = Path.replace
    while True:
        data = tmp_path / str(step)
        shutil.copytree(begun, data)
        settings = tmp_path / f"{step}.toml"
        settings.write_text("old")
        ready = replace(prepared, folder=data)
        left = step

        def killed(self, target):
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return real(self, target)

        monkeypatch.setattr(Path, "replace", killed)
        try:
            restoring.put_in_place(ready, settings)
        except Killed:
            ended = False
        else:
            ended = True
        monkeypatch.setattr(Path, "replace", real)
        decided = not undecided(data) or untold(data)
        backup_swap.finish(data)
        now = "Blue Civic" if decided else "Red Golf"
        assert _cars(data) == [now]
        assert (data / "links" / "whose.toml").read_text() == now
        assert settings.read_text() == ("[screen]\n" if decided else "old")
        if decided:
            assert _cars(ready.aside) == ["Red Golf"]
        if ended:
            break
        step += 1
    assert step > 6


@pytest.mark.parametrize("name", ["desk.db", "recordings.db", PHOTO, "settings.toml"])
def test_a_flipped_bit_is_refused(made, tmp_path, name):
    def change(named, content):
        if named != name:
            return content
        return content[:-1] + bytes([content[-1] ^ 1])

    path = altered(made, tmp_path / "x.zip", change)
    with pytest.raises(BackupRefused, match="is damaged"):
        restoring.checked(path)
    with pytest.raises(BackupRefused):
        restoring.prepared(tmp_path, path, BOSS)
    assert list(tmp_path.glob("restoring-*")) == []


def test_a_cut_file_a_missing_one_and_no_backup_at_all_are_refused(made, tmp_path):
    (tmp_path / "cut.zip").write_bytes(made.read_bytes()[:-2000])
    (tmp_path / "text.zip").write_text("no")
    altered(made, tmp_path / "less.zip", lambda n, c: None if n == PHOTO else c)
    altered(made, tmp_path / "bare.zip", lambda n, c: None if n == "manifest.json" else c)
    for name in ("cut", "text", "less", "bare"):
        with pytest.raises(BackupRefused):
            restoring.checked(tmp_path / f"{name}.zip")
    with pytest.raises(BackupRefused, match=r"There is no file .*absent\.zip"):
        restoring.checked(tmp_path / "absent.zip")


def test_a_file_that_never_was_a_backup_is_told_from_a_damaged_one(made, tmp_path):
    (tmp_path / "p.csv").write_text("sku,name\n1,Oil\n")
    (tmp_path / "none.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as packed:
        packed.writestr("[Content_Types].xml", "a sheet" * 500)
    (tmp_path / "half.zip").write_bytes((tmp_path / "book.zip").read_bytes()[:-40])
    for name in ("p.csv", "none.zip", "book.zip", "half.zip"):
        with pytest.raises(BackupRefused, match=f"{name} is no backup of CarTech Desk"):
            restoring.checked(tmp_path / name)
    (tmp_path / "cut.zip").write_bytes(made.read_bytes()[:-2000])
    with pytest.raises(BackupRefused, match="is damaged"):
        restoring.checked(tmp_path / "cut.zip")


def test_a_damaged_file_is_told_before_anybody_is_asked_about_newer_records(tmp_path):
    store = shop(tmp_path / "data", "Blue Civic")
    backups(store).make(BOSS, tmp_path / "x.zip")
    work(store, "Red Golf")

    def flipped(name, content):
        return content[:-1] + bytes([content[-1] ^ 1]) if name == "recordings.db" else content

    broken = altered(tmp_path / "x.zip", tmp_path / "broken.zip", flipped)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "x.zip").read_bytes()[:-2000])
    for path in (broken, tmp_path / "cut.zip"):
        with pytest.raises(BackupRefused, match="is damaged"):
            backups(store).prepare(BOSS, path)
    with pytest.raises(NewerState):
        backups(store).prepare(BOSS, tmp_path / "x.zip")
    assert list((tmp_path / "data").glob("restoring-*")) == []
    store.close()


def test_another_or_newer_format_is_refused_with_a_sentence(made, tmp_path):
    newer = manifest(lambda document: document.update(format=2))
    with pytest.raises(BackupNewer, match="newer version of the desk"):
        restoring.checked(altered(made, tmp_path / "a.zip", newer))
    newer = manifest(lambda document: document["databases"].update({"desk.db": "9.0"}))
    with pytest.raises(BackupNewer, match=r"desk\.db in b\.zip was written by a newer"):
        restoring.checked(altered(made, tmp_path / "b.zip", newer))
    another = manifest(lambda document: document.update(kind="other"))
    with pytest.raises(BackupRefused, match="no backup"):
        restoring.checked(altered(made, tmp_path / "c.zip", another))


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "attachments/../../evil", "C:\\evil"])
def test_a_name_that_leads_outside_is_refused(made, tmp_path, name):
    path = altered(
        made,
        tmp_path / "x.zip",
        manifest(lambda document: document["files"][-1].update(name=name)),
    )
    with pytest.raises(BackupRefused):
        restoring.prepared(tmp_path / "data", path, BOSS)
    assert not (tmp_path / "evil").exists()
