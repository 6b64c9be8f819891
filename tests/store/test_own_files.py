"""Who on the machine may read what the desk keeps (POSIX)."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.app.paths import data_folder
from cartech_desk.store.database import connect
from cartech_desk.store.migrate import _back_up
from cartech_desk.store.own_files import close_to_others
from cartech_desk.store.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")

NAMES = ("desk.db", "recordings.db")


@pytest.fixture(autouse=True)
def usual_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_new_files_and_their_folder_are_the_owner_s_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk")
    store.vehicles.by_name("Blue Golf")
    assert rights(tmp_path / "desk") == 0o700
    assert {rights(path) for path in (tmp_path / "desk").glob("*.db*")} == {0o600}
    assert (tmp_path / "desk" / "desk.db-wal").exists()
    store.close()


def test_a_data_folder_that_the_desk_makes_is_the_owner_s_alone(tmp_path: Path) -> None:
    assert rights(data_folder(tmp_path / "a" / "b")) == 0o700


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Store(tmp_path).close()
    assert rights(tmp_path) == 0o755


def test_files_of_before_are_closed_to_others_at_the_opening(tmp_path: Path) -> None:
    Store(tmp_path).close()
    (tmp_path / "desk-1.0-backup.db").touch()
    (tmp_path / "somebody-s.db").touch()
    for path in tmp_path.glob("*.db"):
        path.chmod(0o644)
    Store(tmp_path).close()
    assert {rights(tmp_path / name) for name in (*NAMES, "desk-1.0-backup.db")} == {0o600}
    assert rights(tmp_path / "somebody-s.db") == 0o644


def test_a_backup_copy_is_the_owner_s_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    copy = _back_up(tmp_path / "desk.db", 1001)
    assert rights(copy) == 0o600
    with closing(connect(copy, read_only=True)) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (0,)


def test_what_is_not_ours_is_left_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.touch(0o644)
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    close_to_others(path, tmp_path / "not there", tmp_path)
    assert rights(path) == 0o644
