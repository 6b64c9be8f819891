"""The key of the audit log: in the keyring or a file, locked, hanging, gone, renewed."""

import os
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.audit_key import KeyFile, KeyTrouble, NoKeyring, SystemKeyring
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.audit_verifying import guards, triggers
from cartech_desk.store.store import Store

ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
ENTRY = Entry("limit.set", Entity("limit", "k", "Boost"))

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX owners and rights")


BRIEFLY_S, PATIENCE_S = 0.2, 20.0
"""How long a record waits for its key: briefly only where a test's keyring hangs, since a busy
machine's may be slow."""


class Ring:
    """A keyring in memory; `trouble` is what it raises, `hangs` waits until it is set."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.hangs: threading.Event | None = None

    def load(self, desk: str) -> str | None:
        self._answer()
        return self.entries.get(desk)

    def save(self, desk: str, entry: str) -> None:
        self._answer()
        self.entries[desk] = entry

    def _answer(self) -> None:
        if self.hangs is not None:
            self.hangs.wait(20)
        if self.trouble is not None:
            raise self.trouble


class Desk:
    """A store whose log uses this keyring; opened anew for each process it stands for."""

    def __init__(self, folder: Path, ring: Ring | None) -> None:
        self.folder, self.ring = folder, ring
        self.store = Store(folder)
        self.log = self._log()

    def _log(self) -> AuditLog:
        log = AuditLog(self.store._desk, self.folder / "keys", self.ring, patience_s=PATIENCE_S)
        log._keeper._retry_s = 0.0
        return log

    def again(self) -> None:
        self.close()
        self.store = Store(self.folder)
        self.log = self._log()

    def close(self) -> None:
        self.log.close()
        self.store.close()

    @property
    def macs(self) -> list[bool]:
        rows = self.store._desk.glance("SELECT mac IS NOT NULL FROM audit ORDER BY sequence")
        return [bool(keyed) for (keyed,) in rows]


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
def desk(tmp_path: Path, ring: Ring):
    made = Desk(tmp_path, ring)
    yield made
    if ring.hangs is not None:
        ring.hangs.set()
    made.close()


def test_the_key_is_in_the_keyring_under_the_desks_id(desk: Desk, ring: Ring) -> None:
    desk.log.note(ADA, ENTRY)
    desk.log.close()
    ((name,),) = desk.store._desk.glance("SELECT desk FROM audit_head")
    pin, key = sorted(ring.entries)
    assert (pin[:3], key) == ("at-", name) or (key[:3], pin) == ("at-", name)
    assert '"since": 1' in ring.entries[name]
    assert desk.log.key_place == "keyring"
    assert not list((desk.folder / "keys").glob("*.key"))
    assert desk.macs == [True]


def test_without_a_keyring_the_key_is_in_a_file_of_its_owner(desk: Desk, ring: Ring) -> None:
    ring.trouble = NoKeyring()
    desk.log.note(ADA, ENTRY)
    (file,) = (desk.folder / "keys").glob("*.key")
    assert desk.log.key_place == "file"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_is_asked_before_the_log_is_used(tmp_path: Path) -> None:
    ring = Ring()
    ring.trouble = AssertionError("asked")
    desk = Desk(tmp_path, ring)
    assert desk.log._keeper._thread is None
    assert desk.log.key_problem == ""
    desk.close()


def test_a_locked_keyring_lets_records_be_written_unkeyed_until_it_opens(
    desk: Desk, ring: Ring
) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.trouble = KeyTrouble("The keyring is locked.")
    desk.log.note(ADA, ENTRY)
    assert desk.log.key_problem == "The keyring is locked."
    assert not desk.log.verify().keyed
    ring.trouble = None
    while not desk.log.keys():
        pass
    desk.log.note(ADA, ENTRY)
    assert desk.log.key_problem == ""
    # The records that say so stand between.
    assert desk.macs == [True, False, False, True, True]
    found = desk.log.verify()
    assert found.ok
    assert any("Records 2 to 3 carry no signature" in words for words in found.warnings)


def test_a_keyring_that_hangs_holds_a_record_up_briefly_and_once(desk: Desk, ring: Ring) -> None:
    ring.hangs = threading.Event()
    desk.log._keeper._patience_s = BRIEFLY_S
    for _ in range(3):
        desk.log.note(ADA, ENTRY)
    assert desk.macs == [False] * 3
    assert "does not answer" in desk.log.key_problem
    assert desk.log.verify().ok
    ring.hangs.set()
    desk.log._keeper._thread.join(5)
    desk.log.note(ADA, ENTRY)
    desk.log.close()
    assert desk.macs == [False, False, False, True, True]
    assert desk.log.key_problem == ""
    assert desk.log.verify().ok


def test_a_key_in_the_file_signs_without_waiting_for_a_keyring(tmp_path: Path) -> None:
    first = Desk(tmp_path, None)
    first.log.note(ADA, ENTRY)
    first.close()
    ring = Ring()
    ring.hangs = threading.Event()
    desk = Desk(tmp_path, ring)
    desk.log._keeper._patience_s = 20.0
    began = time.monotonic()
    desk.log.note(ADA, ENTRY)
    assert time.monotonic() - began < 10.0
    assert desk.macs == [True, True]
    assert desk.log.key_problem == ""
    desk.log._keeper._patience_s = BRIEFLY_S
    assert "does not answer" in desk.log._keeper.all_known().problem
    ring.hangs.set()
    desk.log._keeper._thread.join(5)
    assert desk.log._keeper.all_known().problem == ""
    assert desk.log.verify().ok
    desk.close()


def test_a_keyring_that_knows_better_than_the_file_is_a_fault_once_it_says_so(
    desk: Desk, ring: Ring
) -> None:
    desk.log.note(ADA, ENTRY)
    kept = next(entry for entry in ring.entries.values() if "keys" in entry)
    name = next(name for name, entry in ring.entries.items() if entry == kept)
    keys = desk.folder / "keys"
    KeyFile(keys).save(name, kept)
    by_hand(desk, "UPDATE audit_key SET place = 'file'")
    desk.again()
    desk.log.note(ADA, ENTRY)
    desk.log._keeper._thread.join(5)
    assert "edited by hand" in desk.log._keeper.fault
    assert not desk.log.verify().ok


@pytest.mark.parametrize("gone", [NoKeyring(), None], ids=["no keyring", "no entry"])
def test_a_key_that_vanished_is_not_replaced_in_silence(
    desk: Desk, ring: Ring, gone: Exception | None
) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.trouble = gone
    ring.entries.clear()
    desk.log.note(ADA, ENTRY)
    assert "gone from the system's keyring" in desk.log.key_problem
    assert desk.macs == [True, False, False]
    assert not list((desk.folder / "keys").glob("*.key"))
    found = desk.log.verify()
    assert found.ok
    assert not found.keyed


def test_a_lost_key_is_renewed_by_an_act_that_stands_in_the_log(desk: Desk, ring: Ring) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.entries.clear()
    desk.log.note(ADA, ENTRY)
    assert desk.log.renew_key(ADA, "a new machine") == 4
    desk.log.note(ADA, ENTRY)
    assert desk.macs == [True, False, False, True, True]
    found = desk.log.verify()
    assert (found.ok, found.keyed) == (True, True)
    assert any(
        "1 records carry the signature of a key that was lost" in words for words in found.warnings
    )
    desk.again()
    assert desk.log.verify().ok
    kept = desk.log.keys()
    assert [key.number for key in kept] == [2]


def test_a_renewed_key_still_proves_older_records(desk: Desk) -> None:
    desk.log.note(ADA, ENTRY)
    desk.log.renew_key(ADA, "once a year")
    desk.log.note(ADA, ENTRY)
    desk.again()
    found = desk.log.verify()
    assert (found.ok, found.warnings) == (True, ())
    kept = desk.log.keys()
    assert [(key.number, key.since) for key in kept] == [(1, 1), (2, 2)]


def test_another_process_takes_up_a_renewed_key(desk: Desk, ring: Ring, tmp_path: Path) -> None:
    other = Desk(tmp_path, ring)
    other.log.note(ADA, ENTRY)
    desk.log.note(ADA, ENTRY)
    desk.log.renew_key(ADA, "")
    assert other.log.verify().ok
    other.log.note(ADA, ENTRY)
    assert other.log.verify().ok
    assert other.macs == [True] * 4
    assert desk.log.verify().ok
    other.close()


def test_a_renewal_that_cannot_keep_its_key_changes_nothing(desk: Desk, ring: Ring) -> None:
    from cartech_desk.store.errors import KeyRefused

    desk.log.note(ADA, ENTRY)
    ring.trouble = KeyTrouble("The keyring is locked.")
    with pytest.raises(KeyRefused, match="locked"):
        desk.log.renew_key(ADA, "")
    ring.trouble = None
    desk.log.note(ADA, ENTRY)
    assert desk.macs == [True, True]
    assert desk.log.verify().ok


@posix
@pytest.mark.parametrize("wide", ["file", "folder"])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, wide: str) -> None:
    desk = Desk(tmp_path, None)
    desk.log.note(ADA, ENTRY)
    desk.again()
    (file,) = (tmp_path / "keys").glob("*.key")
    target = file if wide == "file" else file.parent
    mode = target.stat().st_mode
    target.chmod(0o750)
    desk.log.note(ADA, ENTRY)
    assert "can be used by others" in desk.log.key_problem
    assert desk.macs == [True, False, False]
    target.chmod(mode)
    while not desk.log.keys():
        pass
    desk.log.note(ADA, ENTRY)
    assert desk.macs == [True, False, False, True, True]
    desk.close()


@posix
def test_a_key_behind_a_link_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.log.note(ADA, ENTRY)
    desk.again()
    (file,) = (tmp_path / "keys").glob("*.key")
    file.rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", file)
    desk.log.note(ADA, ENTRY)
    assert desk.macs == [True, False, False]
    desk.close()


@posix
def test_an_anchor_never_follows_a_link_nor_lies_where_others_write(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.log.note(ADA, ENTRY)
    desk.log.close()
    (anchor,) = (tmp_path / "keys").glob("*.anchor")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    part = anchor.with_name(f".{anchor.name}.{os.getpid()}.part")
    part.symlink_to(victim)
    desk.log._anchor.write(anchor.stem, 2, bytes(32), None)
    assert victim.read_text() == "precious"
    assert not anchor.is_symlink()
    anchor.parent.chmod(0o770)
    with pytest.raises(OSError, match="can be used by others"):
        desk.log._anchor.write(anchor.stem, 3, bytes(32), None)
    anchor.parent.chmod(0o700)
    desk.close()


@pytest.mark.parametrize("entry", ["", "no json", "[]", '{"keys": []}', '{"keys": [{"key": "x"}]}'])
def test_an_entry_that_is_no_key_is_told_without_its_words(
    desk: Desk, ring: Ring, entry: str
) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    ((name,),) = desk.store._desk.glance("SELECT desk FROM audit_head")
    ring.entries[name] = entry
    desk.log.note(ADA, ENTRY)
    assert desk.log.key_problem == "What is kept as the key of the audit log is none."
    assert desk.macs == [True, False, False]


def test_the_key_is_in_no_picture_of_it(desk: Desk, ring: Ring) -> None:
    desk.log.note(ADA, ENTRY)
    (key,) = desk.log.keys()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_a_keyring_that_is_none_is_known_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail, null

    before = keyring.get_keyring()
    try:
        keyring.set_keyring(fail.Keyring())
        with pytest.raises(NoKeyring):
            SystemKeyring().load("x")
        keyring.set_keyring(null.Keyring())
        with pytest.raises(NoKeyring):
            SystemKeyring().save("x", "y")
    finally:
        keyring.set_keyring(before)


def test_a_keyrings_own_errors_are_told_by_their_kind_alone() -> None:
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    class Odd(KeyringBackend):
        priority = 1
        error: Exception = RuntimeError("secret words")

        def get_password(self, service, username):
            raise self.error

        def set_password(self, service, username, password):
            raise self.error

    before = keyring.get_keyring()
    try:
        keyring.set_keyring(Odd())
        with pytest.raises(KeyTrouble) as told:
            SystemKeyring().load("x")
        assert "secret words" not in str(told.value)
        Odd.error = KeyringLocked("x")
        with pytest.raises(KeyTrouble, match="locked"):
            SystemKeyring().load("x")
    finally:
        keyring.set_keyring(before)


def test_records_say_that_the_key_went_and_came_back(desk: Desk, ring: Ring) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.trouble = KeyTrouble("The keyring is locked.")
    desk.log.note(ADA, ENTRY)
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.trouble = None
    desk.log.note(ADA, ENTRY)
    records = list(reversed(desk.log.find(Query())))
    assert [(one.action, one.keyed) for one in records] == [
        ("limit.set", True),
        ("audit.unkeyed", False),
        ("limit.set", False),
        ("limit.set", False),
        ("audit.keyed", True),
        ("limit.set", True),
    ]
    assert records[1].reason == "The keyring is locked."


def test_a_key_that_desk_db_says_is_in_a_file_while_the_keyring_holds_it_is_told(
    desk: Desk, ring: Ring
) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    by_hand(desk, "UPDATE audit_key SET place = 'file'")
    found = desk.log.verify()
    assert not found.ok
    assert "the system's keyring holds it" in found.problem
    desk.log.note(ADA, ENTRY)
    assert desk.macs == [True, False, False]


def test_a_key_number_that_was_never_made_is_told(desk: Desk) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    by_hand(desk, "UPDATE audit_key SET number = 99")
    found = desk.log.verify()
    assert (found.ok, found.keyed) == (False, True)
    assert "names key 99" in found.problem


def test_an_older_copy_from_before_a_renewal_is_told_by_the_newer_key(
    desk: Desk, ring: Ring
) -> None:
    desk.log.note(ADA, ENTRY)
    desk.log.renew_key(ADA, "")
    desk.again()
    by_hand(desk, "UPDATE audit_key SET number = 1")
    for pin in [name for name in ring.entries if name.startswith("at-")]:
        del ring.entries[pin]
    found = desk.log.verify()
    assert not found.ok
    assert "key 2 has been in use since record 2: an older copy" in found.problem
    assert desk.log.renew_key(ADA, "an older copy was put back") == 3
    assert desk.log.verify().ok


def test_a_first_key_is_made_for_an_empty_log_alone(desk: Desk, ring: Ring) -> None:
    ring.trouble = KeyTrouble("The keyring is locked.")
    desk.log.note(ADA, ENTRY)
    desk.again()
    ring.trouble = None
    desk.log.note(ADA, ENTRY)
    assert "never had a key" in desk.log.key_problem
    assert desk.log.renew_key(ADA, "") == 3
    assert desk.macs == [False, False, True]
    assert desk.log.verify().ok


def test_a_pin_that_cannot_be_read_does_not_keep_the_key_away(desk: Desk) -> None:
    desk.log.note(ADA, ENTRY)
    desk.again()
    (pin,) = (desk.folder / "keys").glob("*.pin")
    pin.write_text("no json")
    found = desk.log.verify()
    assert (found.ok, found.keyed) == (False, True)
    assert "what is kept of the log of this folder" in found.problem.lower()


def by_hand(desk: Desk, statement: str) -> None:
    with desk.store._desk.driver() as driver:
        for name in triggers(driver):
            driver.execute(f"DROP TRIGGER {name}")
        driver.execute(statement)
        for sql in guards().values():
            driver.execute(sql)
