"""Where copies go, which are kept, what is told of them, and what a kill leaves."""

import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from cartech_desk.app.daily_copy import DailyCopy
from cartech_desk.app.settings_office import Backup
from cartech_desk.domain.people import Actor, RightMissing, Role
from cartech_desk.office import backups as room
from cartech_desk.office.audit_book import Query
from cartech_desk.office.backup_places import PlaceRefused
from cartech_desk.store import backup, backup_drafts
from cartech_desk.store.backup_drafts import TargetRefused
from cartech_desk.store.backup_state import head_of
from cartech_desk.store.folder_locks import BACKUP, hold
from cartech_desk.store.store import Store

from .backup_desk import BOSS, DIGEST, PHOTO, TECH, Backups, backups, shop

NOW = datetime(2026, 10, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    """Return the store of a shop; nobody changes its photo or links for good."""
    kept = shop(tmp_path_factory.mktemp("shop") / "data", "Blue Civic")
    yield kept
    kept.close()


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def _named(store: Store, day: str) -> str:
    return f"cartech-daily-{day}-{head_of(store.folder / 'desk.db').desk[:12]}.zip"


def test_daily_copies_rotate_and_leave_other_files_alone(store, copies):
    kept = backups(store)
    for day in range(1, 9):
        (copies / _named(store, f"2026-10-{day:02}")).write_bytes(b"old")
    others = ["cartech-daily-2026-10-01-0123456789ab.zip", "mine.zip"]
    for name in others:
        (copies / name).write_bytes(b"mine")
    assert kept.daily(copies, keep_days=3, keep_weeks=1, now=NOW) is not None
    assert kept.daily(copies, keep_days=3, keep_weeks=1, now=NOW) is None
    found = {one.name for one in copies.glob("*.zip")}
    assert found == {*(_named(store, f"2026-10-{day:02}") for day in (6, 7, 8, 9)), *others}
    listed = kept.list(copies)
    assert [bool(one.problem) for one in listed] == [False, True, True, True, True, True]


def test_a_clock_that_was_ahead_costs_no_copy_of_now(store, copies):
    for day in range(1, 8):
        (copies / _named(store, f"2099-01-{day:02}")).write_bytes(b"x")
    for day in range(2):
        backups(store).daily(copies, keep_weeks=0, now=NOW + timedelta(days=day))
    assert len(list(copies.glob("*2026*"))) == 2


def test_a_photo_that_the_desk_keeps_is_in_it(store, copies):
    digest = sha256(b"a picture").hexdigest()
    with store.attachments.put(iter([b"a picture"]), digest) as place:
        name = place.relative_to(store.folder).as_posix()
    made = backups(store).make(BOSS, copies / "x.zip")
    assert (name, digest) in {(one.name, one.sha256) for one in made.manifest.files}


def test_two_desks_in_one_folder_each_have_their_copy(store, copies, tmp_path):
    other = shop(tmp_path / "other", "Red Golf")
    assert backups(store).daily(copies) is not None
    assert backups(other).daily(copies) is not None
    assert len(list(copies.glob("*.zip"))) == 2
    other.close()


def test_an_empty_or_damaged_file_of_today_is_no_copy(store, copies):
    (copies / _named(store, "2026-10-09")).write_bytes(b"")
    assert backups(store).daily(copies, now=NOW) is not None


def test_the_copy_of_another_desk_is_never_written_over(store, copies, tmp_path):
    other = shop(tmp_path / "other", "Red Golf")
    backups(other).make(BOSS, copies / _named(store, "2026-10-09"))
    other.close()
    with pytest.raises(PlaceRefused, match="another desk"):
        backups(store).daily(copies, now=NOW)


def test_copies_made_at_once_are_one(store, copies):
    made = []
    hands = [
        threading.Thread(target=lambda: made.append(backups(store).daily(copies))) for _ in range(3)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert [one is not None for one in made].count(True) == 1


def test_whoever_asks_for_it_needs_the_right_and_is_on_record(store, copies):
    with pytest.raises(RightMissing, match="Ask a manager or administrator"):
        backups(store).daily(copies, by=TECH)
    backups(store).daily(copies, by=BOSS)
    assert store.audit.find(Query(action="desk.backup"))[0].actor.name == "Boss"


def test_an_administrator_has_the_right_article():
    from cartech_desk.domain.people import Act, require

    with pytest.raises(RightMissing) as refused:
        require(Actor("", "Max", Role.MANAGER), Act.RESTORE)
    assert refused.value.to_do.startswith("Ask an administrator")


def test_a_folder_that_is_not_there_is_told_and_never_made(store, tmp_path):
    gone = tmp_path / "stick" / "copies"
    kept = backups(store)
    with pytest.raises(TargetRefused, match="is not there"):
        kept.daily(gone)
    assert "is not there" in kept.problem
    with pytest.raises(TargetRefused):
        kept.make(BOSS, gone / "x.zip")
    assert not gone.parent.exists()
    kept.daily(kept.folder(None))  # the desk's own is made
    assert not kept.problem


@pytest.mark.parametrize("name", ["desk.db", "recordings.db", PHOTO, "keys/x.zip", "logs/x.zip"])
def test_the_desks_own_files_are_never_written_over(store, name):
    before = (store.folder / name).read_bytes() if (store.folder / name).exists() else b""
    with pytest.raises(PlaceRefused, match="own files"):
        backups(store).make(BOSS, store.folder / name, even_so=True)
    after = (store.folder / name).read_bytes() if (store.folder / name).exists() else b""
    assert after == before


def test_only_a_backup_is_written_over(store, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(PlaceRefused, match="is no backup"):
        backups(store).make(BOSS, tmp_path / "diary.txt", even_so=True)
    (tmp_path / "cut.zip").write_bytes(b"PK")
    backups(store).make(BOSS, tmp_path / "cut.zip", even_so=True)


def test_a_target_that_cannot_be_written_is_not_blamed_on_the_databases(store, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TargetRefused) as refused:
        backups(store).make(BOSS, tmp_path / "file" / "x.zip")
    assert "--data" not in refused.value.to_do


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("most", [100_000, 600_000])
def test_a_disk_that_takes_no_more_is_told_of_the_target(store, tmp_path, most):
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        with pytest.raises(TargetRefused, match=r"x\.zip"):
            backups(store).make(BOSS, tmp_path / "x.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_not_every_system_takes_is_told_and_the_rest_is_kept(tmp_path):
    store = shop(tmp_path / "data", "Blue Civic")
    (tmp_path / "data" / "links" / "12:30.toml").write_text("x")
    with open(os.fsencode(tmp_path / "data" / "links") + b"/m\xfcller.toml", "wb") as file:
        file.write(b"x")
    kept = backups(store)
    made = kept.daily(kept.folder(None))
    assert made is not None
    assert "links/whose.toml" in {one.name for one in made.manifest.files}
    assert "12:30.toml" in kept.problem
    assert "ller.toml" in kept.problem
    again = backups(store)
    assert again.daily(again.folder(None)) is None
    assert again.problem == kept.problem
    assert again.list(again.folder(None))[0].warnings == made.manifest.warnings
    store.close()


def test_a_photo_that_was_damaged_or_is_gone_is_told(tmp_path, monkeypatch):
    store = shop(tmp_path / "data", "Blue Civic")
    (tmp_path / "data" / PHOTO).write_bytes(b"not the photo")
    monkeypatch.setattr(
        "cartech_desk.store.backup_sources._attachments",
        lambda _desk: {DIGEST: "before.jpg", "f" * 64: "bill.pdf"},
    )
    made = backups(store).make(BOSS, tmp_path / "x.zip")
    assert len(made.manifest.warnings) == 2
    assert "“bill.pdf” is gone" in made.manifest.warnings[0]
    assert "“before.jpg” is not what was added" in made.manifest.warnings[1]
    store.close()


def test_a_clock_before_1980_stops_no_copy(store, copies, monkeypatch):
    class Early(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(1970, 1, 2, tzinfo=tz)

    monkeypatch.setattr(backup, "datetime", Early)
    made = backups(store).make(BOSS, copies / "x.zip")
    assert backups(store).check(made.path).made.year == 1970


def test_copying_a_large_database_is_ended_on_the_way_and_leaves_nothing(
    store, copies, monkeypatch
):
    monkeypatch.setattr(backup, "_PAGES", 1)
    asked = []

    def go_on(share):
        asked.append(share)
        return share < 0.1

    with pytest.raises(backup.Ended):
        backups(store).make(BOSS, copies / "x.zip", go_on=go_on)
    assert asked[-1] < 0.2
    assert list(copies.iterdir()) == []


class _Thread:
    """The daily copy's thread, looked through by hand."""

    def __init__(self, kept: Backups, wish: Backup) -> None:
        vehicles = SimpleNamespace(sweep_attachments=lambda: None)
        people = SimpleNamespace(founded=lambda: True)
        office = SimpleNamespace(people=people, vehicles=vehicles, backups=kept)
        self.values = SimpleNamespace(backup=wish, sheets=SimpleNamespace(logo=None))
        self.look = DailyCopy(office, SimpleNamespace(values=self.values, path=None))._look


def test_any_failure_is_told_and_taken_back_once_no_copies_are_wanted(store, copies, monkeypatch):
    kept = backups(store)
    thread = _Thread(kept, Backup(folder=copies))

    def broken(*_words):
        raise ValueError("no words for this")

    monkeypatch.setattr(room.Backups, "_make", broken)
    thread.look()
    assert "no words for this" in kept.problem
    thread.values.backup = Backup(daily=False)
    thread.look()
    assert not kept.problem


def test_what_a_killed_backup_left_is_swept_and_one_under_way_is_not(store, copies):
    left = copies / f".cartech-draft-{backup_drafts._owner(store.folder)}"
    left.mkdir()
    (left / "desk.db").write_bytes(b"everything")
    (store.folder / "backup.draft").write_bytes(os.fsencode(left))
    held = hold(store.folder / BACKUP, alone=True)
    backups(store).sweep()
    assert left.exists()
    held.release()
    backups(store).sweep()
    assert not left.exists()
    assert not (store.folder / "backup.draft").exists()


def test_the_sweep_removes_nothing_but_a_draft_of_this_desk(store, tmp_path):
    (tmp_path / "mine").mkdir()
    (store.folder / "backup.draft").write_bytes(os.fsencode(tmp_path / "mine"))
    backups(store).sweep()
    assert (tmp_path / "mine").exists()
