"""Restoring where something else went on: another restore, another desk, a kill."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.office import restoring
from cartech_desk.office.restoring import NewerState
from cartech_desk.store import backup_swap
from cartech_desk.store.audit_keeper import KeyKeeper
from cartech_desk.store.backup_manifest import BackupRefused
from cartech_desk.store.errors import DatabaseLocked, StoreError
from cartech_desk.store.store import Store

from .backup_desk import BOSS, PHOTO, altered, backups, manifest, names, shop, work


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the backup of another shop; nobody changes it."""
    folder = tmp_path_factory.mktemp("other")
    store = shop(folder / "data", "Blue Civic")
    (folder / "settings.toml").write_text("[screen]\n")
    backups(store).make(BOSS, folder / "blue.zip", settings=folder / "settings.toml")
    store.close()
    return folder / "blue.zip"


def test_photos_come_back_from_where_the_desk_lays_them(made, tmp_path):
    Store(tmp_path / "data", None).close()
    ready = restoring.prepared(tmp_path / "data", made, BOSS)
    restoring.put_in_place(ready, None)
    assert (tmp_path / "data" / PHOTO).read_bytes() == b"the photo"


def test_a_restore_straight_after_the_backup_asks_nothing(tmp_path):
    store = shop(tmp_path / "data", "Blue Civic")
    backups(store).make(BOSS, tmp_path / "x.zip")
    ready = backups(store).prepare(BOSS, tmp_path / "x.zip")
    assert not ready.newer
    ready.drop()
    store.close()


def test_a_desk_that_went_another_way_than_the_backup_is_asked_about(tmp_path):
    folder = tmp_path / "data"
    store = shop(folder, "Blue Civic")
    backups(store).make(BOSS, tmp_path / "early.zip")
    for number in range(5):
        work(store, f"late {number}")
    backups(store).make(BOSS, tmp_path / "late.zip")
    early = backups(store).prepare(BOSS, tmp_path / "early.zip", even_so=True)
    store.close()
    restoring.put_in_place(early, None)
    store = Store(folder, None)
    backups(store).settle()
    work(store, "new work")
    with pytest.raises(NewerState, match="gone another way"):
        backups(store).prepare(BOSS, tmp_path / "late.zip")
    late = backups(store).prepare(BOSS, tmp_path / "late.zip", even_so=True)
    assert late.newer.acts == 1
    late.drop()
    store.close()


def test_a_second_restore_waits_until_the_first_is_given_up(made, tmp_path):
    store = shop(tmp_path / "data", "Red Golf")
    first = backups(store).prepare(BOSS, made, even_so=True)
    with pytest.raises(DatabaseLocked, match="Another backup is being restored"):
        backups(store).prepare(BOSS, made, even_so=True)
    backups(store).sweep()
    assert first.stage.exists()
    first.drop()
    second = backups(store).prepare(BOSS, made, even_so=True)
    store.close()
    restoring.put_in_place(second, None)
    assert names(tmp_path / "data") == ["Blue Civic"]


def test_what_is_gone_since_it_was_unpacked_is_told_before_anything_is_decided(made, tmp_path):
    ready = restoring.prepared(tmp_path / "data", made, BOSS)
    shutil.rmtree(ready.stage)
    with pytest.raises(StoreError, match="is gone"):
        restoring.put_in_place(ready, None)
    assert names(tmp_path / "data") == []


def test_a_plan_without_what_it_was_to_put_in_place_tells_the_way_out(made, tmp_path):
    folder = tmp_path / "data"
    ready = restoring.prepared(folder, made, BOSS)
    backup_swap.decide(folder, ready.swap)
    ready.held.release()
    shutil.rmtree(ready.stage)
    with pytest.raises(StoreError) as refused:
        backup_swap.finish(folder)
    assert "restore.json" in refused.value.to_do


def test_a_desk_that_is_open_and_idle_is_noticed(made, tmp_path):
    store = shop(tmp_path / "data", "Red Golf")
    store.close()
    ready = restoring.prepared(tmp_path / "data", made, BOSS, even_so=True)
    idle = Store(tmp_path / "data", None)
    with pytest.raises(DatabaseLocked):
        restoring.put_in_place(ready, None)
    idle.close()


def test_another_program_at_the_database_is_noticed_and_its_journal_stays(made, tmp_path):
    shop(tmp_path / "data", "Red Golf").close()
    path = tmp_path / "data" / "desk.db"
    with closing(sqlite3.connect(path)) as browser:
        browser.execute("SELECT count(*) FROM audit").fetchone()
        ready = restoring.prepared(tmp_path / "data", made, BOSS, even_so=True)
        with pytest.raises(DatabaseLocked, match=r"desk\.db"):
            restoring.put_in_place(ready, None)
    ready = restoring.prepared(tmp_path / "data", made, BOSS, even_so=True)
    with backup_swap.nobody_else(ready.folder):
        backup_swap.decide(ready.folder, ready.swap)
    assert path.read_bytes()[18:20] == b"\x02\x02"  # WAL; sqlite.org/fileformat2.html, 1.3
    assert not path.with_name("desk.db-journal").exists()


def test_no_desk_opens_while_a_restore_is_decided(made, tmp_path):
    shop(tmp_path / "data", "Red Golf").close()
    ready = restoring.prepared(tmp_path / "data", made, BOSS, even_so=True)
    backup_swap.decide(ready.folder, ready.swap)
    ready.held.release()
    with pytest.raises(DatabaseLocked, match="broken off"):
        Store(tmp_path / "data", None)
    backup_swap.finish(tmp_path / "data")
    assert names(tmp_path / "data") == ["Blue Civic"]


def test_settings_go_where_the_restore_began_and_a_link_to_them_stays(made, tmp_path):
    real, link = tmp_path / "real.toml", tmp_path / "settings.toml"
    real.write_text("old")
    link.symlink_to(real)
    ready = restoring.prepared(tmp_path / "data", made, BOSS)
    restoring.put_in_place(ready, link)
    assert link.is_symlink()
    assert real.read_text() == "[screen]\n"


def test_a_broken_off_change_of_the_journal_is_undone_at_the_start(tmp_path):
    store = shop(tmp_path / "data", "Red Golf")
    store.close()
    path = tmp_path / "data" / "desk.db"
    copy = tmp_path / "copy"
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")
        driver.execute("PRAGMA cache_size = 1")
        driver.execute("BEGIN IMMEDIATE")
        driver.execute("CREATE TABLE much AS SELECT randomblob(500000) AS more")
        shutil.copytree(tmp_path / "data", copy)
        driver.execute("ROLLBACK")
    assert (copy / "desk.db-journal").stat().st_size > 0
    assert names(copy) == ["Red Golf"]


def test_a_restore_whose_record_was_broken_off_verifies_once_it_is_told(
    made, tmp_path, monkeypatch
):
    ready = restoring.prepared(tmp_path / "data", made, BOSS)
    restoring.put_in_place(ready, None)
    renewed = KeyKeeper.renewed

    def killed(self, before):
        renewed(self, before)
        raise KeyboardInterrupt

    monkeypatch.setattr(KeyKeeper, "renewed", killed)
    store = Store(tmp_path / "data", None)
    with pytest.raises(KeyboardInterrupt):
        backups(store).settle()
    store.close()
    monkeypatch.undo()
    store = Store(tmp_path / "data", None)
    backups(store).settle()
    assert store.audit.verify().ok
    store.close()


@pytest.mark.parametrize("desk", ["../../keys/x", "x" * 400, "a\0b", "A" * 32, "../x"])
def test_an_id_that_would_name_a_file_elsewhere_is_refused(made, tmp_path, desk):
    path = altered(
        made, tmp_path / "x.zip", manifest(lambda document: document["audit"].update(desk=desk))
    )
    with pytest.raises(BackupRefused):
        restoring.prepared(tmp_path / "data", path, BOSS)
    assert list(tmp_path.rglob("*.anchor")) == []


@pytest.mark.parametrize("number", ["2", 0, -1, True, None, 1.5])
def test_a_format_that_is_no_number_is_refused(made, tmp_path, number):
    path = altered(
        made, tmp_path / "x.zip", manifest(lambda document: document.update(format=number))
    )
    with pytest.raises(BackupRefused):
        restoring.checked(path)


def test_locked_and_oddly_packed_files_are_listed_as_no_backups(made, tmp_path):
    import zipfile

    for kind in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        with zipfile.ZipFile(tmp_path / f"{kind}.zip", "w", kind) as packed:
            packed.writestr("manifest.json", '{"a": 1}' * 500)
        raw = bytearray((tmp_path / f"{kind}.zip").read_bytes())
        raw[60:90] = bytes(30)
        (tmp_path / f"{kind}.zip").write_bytes(raw)
    raw = bytearray(made.read_bytes())
    for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        found = raw.find(sign)
        while found >= 0:
            raw[found + place] |= 1
            found = raw.find(sign, found + 4)
    (tmp_path / "locked.zip").write_bytes(raw)
    store = shop(tmp_path / "data", "Red Golf")
    listed = backups(store).list(tmp_path)
    assert len(listed) == 3
    assert all("no backup" in one.problem for one in listed)
    store.close()


_RESTORES = """
import sys
from pathlib import Path
from cartech_desk.office import restoring
from cartech_desk.store.store import Store
from tests.office.backup_desk import BOSS, backups
folder, made = Path(sys.argv[1]), Path(sys.argv[2])
store = Store(folder, None)
ready = backups(store).prepare(BOSS, made, even_so=True)
store.close()
print("go", flush=True)
restoring.put_in_place(ready, None)
store = Store(folder, None)
backups(store).settle()
store.close()
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 of POSIX")
def test_killed_anywhere_in_the_swap_it_is_the_old_desk_or_the_new_one(made, tmp_path):
    chance = random.Random(6)  # noqa: S311 - the moments of the kills
    shop(tmp_path / "old", "Red Golf").close()
    took_s = 0.0
    seen = set()
    for number in range(20):
        folder = tmp_path / str(number)
        shutil.copytree(tmp_path / "old", folder)
        child = subprocess.Popen(
            [sys.executable, "-c", _RESTORES, str(folder), str(made)], stdout=subprocess.PIPE
        )
        child.stdout.readline()
        begun = time.monotonic()
        if number:
            time.sleep(chance.uniform(0.0, took_s))
            os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        took_s = took_s or time.monotonic() - begun
        backup_swap.finish(folder)
        store = Store(folder, None)
        backups(store).settle()
        found = store.vehicles.list()[0].name
        assert store.audit.verify().ok, number
        work(store, "afterwards")
        store.close()
        assert (folder / "links" / "whose.toml").read_text() == found
        seen.add(found)
        shutil.rmtree(folder)
    assert seen == {"Red Golf", "Blue Civic"}
