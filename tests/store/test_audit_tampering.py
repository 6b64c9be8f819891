"""`desk.db` edited by hand, the triggers dropped: each kind of lie is named."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cartech_desk.domain.audit import GENESIS, Entity, Entry, canonical
from cartech_desk.domain.audit_chain import Anchor, Fault, Verdict, record_mac
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store

ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
TOM = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


def entry(number: int) -> Entry:
    return Entry(
        "limit.set",
        Entity("limit", f"key-{number}", f"Limit {number}", "golf"),
        {"trip": 6500 + number},
        {"trip": 7000.5 + number},
        f"reason {number}",
    )


def filled(folder: Path, number: int = 10) -> Path:
    """A desk with so many more records, closed."""
    store = Store(folder)
    for one in range(1, number + 1):
        store.audit.note(ADA, entry(one))
    store.close()
    return folder


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with ten records, made once; nobody touches it."""
    return filled(tmp_path_factory.mktemp("ten"))


@pytest.fixture
def desk(ten: Path, tmp_path: Path) -> Path:
    """A copy of its own, for one hand to edit."""
    return shutil.copytree(ten, tmp_path, dirs_exist_ok=True)


def edit(folder: Path, *acts: str | Callable[[sqlite3.Connection], Any]) -> None:
    """Edit by hand, the triggers dropped."""
    with closing(sqlite3.connect(folder / "desk.db", isolation_level=None)) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for act in acts:
            if isinstance(act, str):
                connection.execute(act)
            else:
                act(connection)
        for _, sql in guards:
            connection.execute(sql)


def rehashed(
    connection: sqlite3.Connection, first: int = 1, *, macs: bool = True, head: bool = True
) -> None:
    """Give every record from `first` on a sequence and hashes that fit, without the key."""
    rows = connection.execute("SELECT sequence, body, hash FROM audit ORDER BY sequence").fetchall()
    previous, number = GENESIS, 0
    for sequence, body, digest in rows:
        number += 1
        if number < first:
            previous = digest
            continue
        document = json.loads(body)
        document["sequence"] = str(number)
        again = canonical(document)
        new = hashlib.sha256(previous + again.encode()).digest()
        connection.execute(
            "UPDATE audit SET sequence = ?, body = ?, previous = ?, hash = ? WHERE sequence = ?",
            (number, again, previous, new, sequence),
        )
        previous = new
    if not macs:
        connection.execute("UPDATE audit SET mac = NULL WHERE sequence >= ?", (first,))
    if head:
        connection.execute("UPDATE audit_head SET sequence = ?, hash = ?", (number, previous))
        if not macs:
            connection.execute("UPDATE audit_head SET mac = NULL")


def changed(sequence: int, **words: Any) -> Callable[[sqlite3.Connection], None]:
    """Change words of one record's body."""

    def act(connection: sqlite3.Connection) -> None:
        ((body,),) = connection.execute(
            "SELECT body FROM audit WHERE sequence = ?", (sequence,)
        ).fetchall()
        connection.execute(
            "UPDATE audit SET body = ? WHERE sequence = ?",
            (canonical({**json.loads(body), **words}), sequence),
        )

    return act


def verdict(folder: Path, printed: Anchor | None = None) -> Verdict:
    store = Store(folder)
    try:
        return store.audit.verify(printed)
    finally:
        store.close()


def without_anchor(folder: Path) -> None:
    for anchor in (folder / "keys").glob("*.anchor"):
        anchor.unlink()


def without_key(folder: Path) -> None:
    for key in (folder / "keys").glob("*.key"):
        key.unlink()


def test_a_log_that_nobody_touched_is_whole(desk: Path) -> None:
    found = verdict(desk)
    assert (found.ok, found.records, found.head_sequence) == (True, 10, 10)
    assert found.warnings == ()
    assert found.keyed
    assert len(found.head_hash) == 64


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    found = verdict(tmp_path)
    assert (found.ok, found.records, found.head_hash, found.warnings) == (True, 0, "", ())


def test_triggers_refuse_to_change_remove_replace_and_skip(desk: Path) -> None:
    with closing(sqlite3.connect(desk / "desk.db")) as connection:
        for statement in (
            "UPDATE audit SET body = '{}' WHERE sequence = 3",
            "DELETE FROM audit WHERE sequence = 10",
            "INSERT OR REPLACE INTO audit (sequence, body, previous, hash) "
            "SELECT sequence, '{}', previous, hash FROM audit WHERE sequence = 10",
            "INSERT INTO audit (sequence, body, previous, hash) "
            "SELECT 99, body, previous, hash FROM audit WHERE sequence = 10",
            "INSERT INTO audit (sequence, body, previous, hash) "
            "SELECT 11, body, previous, hash FROM audit WHERE sequence = 10",
            "DELETE FROM audit_head",
            "UPDATE audit_head SET sequence = 3",
            "INSERT OR REPLACE INTO audit_head VALUES (1, 'other', 0, zeroblob(32), NULL)",
            "INSERT OR REPLACE INTO audit_key VALUES (1, 'file', 99, 'now')",
            "UPDATE audit_key SET place = 'keyring'",
            "DELETE FROM audit_key",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


@pytest.mark.parametrize("keyed", [True, False], ids=["with the key", "without the key"])
@pytest.mark.parametrize(
    ("acts", "first_bad", "fault"),
    [
        ([changed(4, reason="another")], 4, Fault.CHANGED),
        (["UPDATE audit SET hash = zeroblob(32) WHERE sequence = 4"], 4, Fault.CHANGED),
        (["UPDATE audit SET previous = zeroblob(32) WHERE sequence = 4"], 4, Fault.CHANGED),
        (["DELETE FROM audit WHERE sequence = 4"], 4, Fault.MISSING),
        (["DELETE FROM audit WHERE sequence IN (4, 5, 6)"], 4, Fault.MISSING),
        (["DELETE FROM audit WHERE sequence = 1"], 1, Fault.MISSING),
        (
            [
                "DELETE FROM audit WHERE sequence = 4",
                "UPDATE audit SET sequence = sequence - 1 WHERE sequence = 5",
                "UPDATE audit SET sequence = sequence - 1 WHERE sequence = 6",
            ],
            4,
            Fault.MISSING,
        ),
        (
            [
                "UPDATE audit SET sequence = 99 WHERE sequence = 4",
                "UPDATE audit SET sequence = 4 WHERE sequence = 5",
                "UPDATE audit SET sequence = 5 WHERE sequence = 99",
            ],
            4,
            Fault.REORDERED,
        ),
        (
            [
                "UPDATE audit SET sequence = 99 WHERE sequence = 3",
                "UPDATE audit SET sequence = 3 WHERE sequence = 8",
                "UPDATE audit SET sequence = 8 WHERE sequence = 99",
            ],
            3,
            Fault.REORDERED,
        ),
        (
            [
                "INSERT INTO audit (sequence, body, previous, hash, mac) "
                "SELECT -3, body, previous, hash, mac FROM audit WHERE sequence = 4"
            ],
            -3,
            Fault.INSERTED,
        ),
        (
            [
                "INSERT INTO audit (sequence, body, previous, hash, mac) "
                "SELECT 9223372036854775807, body, previous, hash, mac FROM audit "
                "WHERE sequence = 4"
            ],
            11,
            Fault.MISSING,
        ),
        (["DELETE FROM audit WHERE sequence > 7"], 8, Fault.CUT),
        (["DELETE FROM audit"], 1, Fault.CUT),
        (["DELETE FROM audit_head"], 11, Fault.CUT),
        (["UPDATE audit_head SET hash = zeroblob(32)"], 10, Fault.REWRITTEN),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_hand_in_the_rows_is_named(
    desk: Path, keyed: bool, acts: list[Any], first_bad: int, fault: Fault
) -> None:
    edit(desk, *acts)
    if not keyed:
        without_key(desk)
    found = verdict(desk)
    assert not found.ok
    assert (found.first_bad_sequence, found.fault) == (first_bad, fault)
    assert found.problem.endswith(".")
    assert not any("by hand" in words for words in found.warnings)


def test_a_record_put_in_between_with_all_after_it_numbered_anew_is_named(desk: Path) -> None:

    def put_in(connection: sqlite3.Connection) -> None:
        for sequence in range(10, 4, -1):
            connection.execute(
                "UPDATE audit SET sequence = sequence + 1 WHERE sequence = ?", (sequence,)
            )
        connection.execute(
            "INSERT INTO audit (sequence, body, previous, hash) "
            "SELECT 5, body, hash, hash FROM audit WHERE sequence = 4"
        )
        rehashed(connection, 5)

    edit(desk, put_in)
    found = verdict(desk)
    # It carries no MAC and its hash fits; the record behind it has lost its own words' MAC.
    assert found.first_bad_sequence in (5, 6)
    assert not found.ok


def test_a_record_put_in_between_without_hashing_the_rest_anew_is_named_itself(
    desk: Path,
) -> None:

    def put_in(connection: sqlite3.Connection) -> None:
        rows = connection.execute(
            "SELECT sequence, body, previous, hash, mac FROM audit WHERE sequence > 4"
        ).fetchall()
        connection.execute("DELETE FROM audit WHERE sequence > 5")
        connection.execute("UPDATE audit SET mac = NULL WHERE sequence = 5")
        changed(5, reason="put in")(connection)
        rehashed(connection, 5, head=False)
        connection.executemany(
            "INSERT INTO audit (sequence, body, previous, hash, mac) VALUES (?, ?, ?, ?, ?)",
            [(row[0] + 1, *row[1:]) for row in rows],
        )

    edit(desk, put_in)
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (5, Fault.REWRITTEN)


def test_a_tail_cut_off_with_the_head_rewritten_is_named(desk: Path) -> None:
    without_anchor(desk)
    edit(
        desk,
        "DELETE FROM audit WHERE sequence > 7",
        "UPDATE audit_head SET sequence = 7, hash = (SELECT hash FROM audit WHERE sequence = 7)",
    )
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (8, Fault.CUT)
    edit(desk, "UPDATE audit_head SET mac = NULL")
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (8, Fault.CUT)


def test_a_records_own_mac_cannot_stand_for_the_heads(desk: Path) -> None:
    without_anchor(desk)
    edit(
        desk,
        "DELETE FROM audit WHERE sequence > 7",
        "UPDATE audit_head SET (sequence, hash, mac) = "
        "(SELECT sequence, hash, mac FROM audit WHERE sequence = 7)",
    )
    assert verdict(desk).first_bad_sequence == 8


def test_everything_rehashed_without_the_key_is_named(desk: Path) -> None:
    edit(desk, changed(4, reason="another"), lambda connection: rehashed(connection, 4))
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (4, Fault.REWRITTEN)


def test_a_record_of_another_key_in_a_chain_that_fits_is_named(desk: Path) -> None:
    def signed_otherwise(connection: sqlite3.Connection) -> None:
        changed(10, reason="another")(connection)
        rehashed(connection, 10)
        ((digest,),) = connection.execute("SELECT hash FROM audit WHERE sequence = 10").fetchall()
        connection.execute(
            "UPDATE audit SET mac = ? WHERE sequence = 10", (record_mac(bytes(32), digest),)
        )

    without_anchor(desk)
    edit(desk, signed_otherwise)
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (10, Fault.REWRITTEN)
    assert "signature of record 10" in found.problem


def test_a_mac_of_another_record_is_named(desk: Path) -> None:
    edit(
        desk,
        "UPDATE audit SET mac = (SELECT mac FROM audit WHERE sequence = 6) WHERE sequence = 5",
    )
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (5, Fault.REWRITTEN)


@pytest.mark.parametrize("keyed", [True, False], ids=["with the key", "without the key"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"reason":', '"reason":"twice","reason":'),
        ('{"trip":"6504"}', '{"trip":"1","trip":"6504"}'),
        ('{"trip":"6504"}', '{"trip": "6504"}'),
        ('{"trip":"6504"}', '{"trip":6504}'),
        ('{"trip":"6504"}', '{"trip":"6504","a":"1"}'),
        ("Limit 4", "L\\u0069mit 4"),
    ],
)
def test_a_body_that_reads_alike_is_told_though_its_chain_fits(
    desk: Path, keyed: bool, old: str, new: str
) -> None:
    def rewrite(connection: sqlite3.Connection) -> None:
        """Change the words and give all records after it hashes that fit."""
        rows = connection.execute(
            "SELECT sequence, body, previous FROM audit WHERE sequence > 3 ORDER BY sequence"
        ).fetchall()
        previous = rows[0][2]
        for sequence, body, _ in rows:
            written = body.replace(old, new) if sequence == 4 else body
            assert (written != body) is (sequence == 4)
            digest = hashlib.sha256(previous + written.encode()).digest()
            connection.execute(
                "UPDATE audit SET body = ?, previous = ?, hash = ? WHERE sequence = ?",
                (written, previous, digest, sequence),
            )
            previous = digest
        connection.execute("UPDATE audit_head SET hash = ?", (previous,))

    edit(desk, rewrite)
    without_anchor(desk)
    if not keyed:
        without_key(desk)
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (4, Fault.UNREADABLE)


def test_everything_rewritten_as_unkeyed_is_named(desk: Path) -> None:
    without_anchor(desk)
    edit(
        desk,
        changed(4, reason="another"),
        lambda connection: rehashed(connection, 1, macs=False),
    )
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (1, Fault.REWRITTEN)


def test_a_tail_rewritten_as_unkeyed_is_named_by_the_anchor(desk: Path) -> None:
    edit(
        desk,
        changed(8, reason="another"),
        lambda connection: rehashed(connection, 8, macs=False),
    )
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (8, Fault.REWRITTEN)
    assert "carries no signature" in found.problem


def test_an_older_copy_of_the_database_is_named_by_the_anchor(tmp_path: Path) -> None:
    filled(tmp_path, 6)
    shutil.copy(tmp_path / "desk.db", tmp_path / "copy.db")
    filled(tmp_path, 4)
    shutil.copy(tmp_path / "copy.db", tmp_path / "desk.db")
    for name in ("desk.db-wal", "desk.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    found = verdict(tmp_path)
    assert (found.first_bad_sequence, found.fault) == (7, Fault.CUT)
    assert "older copy" in found.problem
    # What is appended now does not hide it: the anchor stays.
    filled(tmp_path, 8)
    found = verdict(tmp_path)
    assert (found.first_bad_sequence, found.fault) == (10, Fault.REWRITTEN)


def test_what_is_appended_after_a_cut_does_not_hide_it(desk: Path) -> None:
    edit(desk, "DELETE FROM audit WHERE sequence > 7")
    without_anchor(desk)
    filled(desk, 8)
    found = verdict(desk)
    assert (found.ok, found.first_bad_sequence) == (False, 10)


def test_a_printed_anchor_is_compared(desk: Path) -> None:
    head = verdict(desk)
    printed = Anchor(10, bytes.fromhex(head.head_hash))
    assert verdict(desk, printed).ok
    assert verdict(desk, Anchor(10, printed.hash[:8])).ok
    assert verdict(desk, Anchor(10, bytes(32))).first_bad_sequence == 10
    assert verdict(desk, Anchor(12, printed.hash)).first_bad_sequence == 11
    assert verdict(desk, Anchor(2**70, printed.hash)).first_bad_sequence == 11


def test_a_tail_that_says_itself_that_the_key_was_away_is_told_by_the_anchor(desk: Path) -> None:
    edit(
        desk,
        changed(8, action="audit.unkeyed"),
        lambda connection: rehashed(connection, 8, macs=False),
    )
    found = verdict(desk)
    assert (found.first_bad_sequence, found.fault) == (10, Fault.REWRITTEN)
    (anchor,) = (desk / "keys").glob("*.anchor")
    head = {"sequence": "10", "hash": found.head_hash, "mac": None}
    anchor.write_text(json.dumps({**json.loads(anchor.read_text()), **head}))
    found = verdict(desk)
    assert (found.ok, found.fault) == (False, Fault.ANCHOR)
    assert "is not signed, and the log has a key" in found.problem


def test_a_missing_foreign_forged_or_broken_anchor_proves_no_end(desk: Path) -> None:
    (anchor,) = (desk / "keys").glob("*.anchor")
    kept = anchor.read_text()
    unsigned = json.dumps({**json.loads(kept), "mac": None})
    foreign = kept.replace('"desk": "', '"desk": "0')
    for text in (None, foreign, unsigned, "no json", "[]", kept[:-40]):
        if text is None:
            anchor.unlink()
        else:
            anchor.write_text(text)
        found = verdict(desk)
        assert (found.ok, found.fault, found.first_bad_sequence) == (False, Fault.ANCHOR, None)
        assert "nobody can prove that the end is not cut off" in found.problem
        assert "ecord is proven." in found.problem or "last proven record is 10" in found.problem


def test_a_missing_anchor_stays_missing_until_the_key_is_renewed(desk: Path) -> None:
    without_anchor(desk)
    store = Store(desk)
    store.audit.note(ADA, entry(11))
    store.close()
    assert not list((desk / "keys").glob("*.anchor"))
    assert verdict(desk).fault is Fault.ANCHOR
    store = Store(desk)
    store.audit.renew_key(ADA, "the keys folder was cleared")
    store.close()
    assert verdict(desk).ok


def test_an_older_copy_with_its_anchor_taken_away_is_named_by_the_pin(tmp_path: Path) -> None:
    filled(tmp_path, 6)
    shutil.copy(tmp_path / "desk.db", tmp_path / "copy.db")
    filled(tmp_path, 4)
    shutil.copy(tmp_path / "copy.db", tmp_path / "desk.db")
    for name in ("desk.db-wal", "desk.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    without_anchor(tmp_path)
    found = verdict(tmp_path)
    assert (found.first_bad_sequence, found.fault) == (7, Fault.CUT)


def test_a_log_under_another_id_is_another_log(tmp_path: Path) -> None:
    """All of desk.db rewritten without MACs, under an id that no key and no anchor goes by."""
    filled(tmp_path)

    def swap(connection: sqlite3.Connection) -> None:
        changed(4, reason="another")(connection)
        rehashed(connection, 1, macs=False)
        connection.execute("UPDATE audit_head SET desk = ?", ("ab" * 16,))
        connection.execute("DELETE FROM audit_key")

    edit(tmp_path, swap)
    for number in (11, 12):
        found = verdict(tmp_path)
        assert (found.ok, found.fault) == (False, Fault.REPLACED)
        assert found.problem.startswith("A log of 10 records was in this folder; it is gone")
        filled(tmp_path, 1)
        assert len(list((tmp_path / "keys").glob("*.key"))) == 1, number


def test_a_log_begun_anew_in_place_of_a_deleted_one_is_told(tmp_path: Path) -> None:
    filled(tmp_path)
    for file in tmp_path.glob("desk.db*"):
        file.unlink()
    for _ in range(2):
        found = verdict(tmp_path)
        assert (found.ok, found.fault) == (False, Fault.REPLACED)
        assert found.problem.startswith("A log of 10 records was in this folder; it is gone")
        filled(tmp_path, 1)
    store = Store(tmp_path)
    store.audit.renew_key(ADA, "begun anew")
    store.close()
    assert verdict(tmp_path).ok


def test_a_log_that_was_moved_without_its_keys_is_explained(tmp_path: Path) -> None:
    filled(tmp_path / "one")
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one" / "desk.db", tmp_path / "two" / "desk.db")
    found = verdict(tmp_path / "two")
    assert (found.ok, found.fault) == (False, Fault.ANCHOR)
    assert "bring the folder keys" in found.problem
    shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
    assert verdict(tmp_path / "two").ok
    filled(tmp_path / "two", 1)
    assert verdict(tmp_path / "two").ok


def test_verifying_changes_nothing_in_the_evidence(desk: Path) -> None:
    without_key(desk)
    edit(desk, "DELETE FROM audit_key")
    files = {path: path.read_bytes() for path in (desk / "keys").iterdir()}
    store = Store(desk)
    before = store._desk.glance("SELECT * FROM audit_key UNION ALL SELECT * FROM audit_key")
    assert not store.audit.verify().keyed
    assert before == store._desk.glance("SELECT * FROM audit_key") == []
    store.close()
    assert files == {path: path.read_bytes() for path in (desk / "keys").iterdir()}


@pytest.mark.parametrize(
    "value",
    [
        "NULL",
        "x'00ff'",
        "'no json'",
        "'{}'",
        "'[]'",
        "'{\"sequence\":4}'",
        "body || ' '",
        "replace(body, '\"4\"', '4')",
        "CAST(x'7bff7d' AS TEXT)",
        "substr(body, 1, 40)",
        "17",
        "''",
        "replace(body, '\"golf\"', '{}')",
        "replace(body, '+00:00', '+02:00')",
        "printf('%.*c', 100000, '[')",
        "zeroblob(1000)",
    ],
)
def test_a_body_that_is_none_is_told(desk: Path, value: str) -> None:

    def loosely(connection: sqlite3.Connection) -> None:
        """Take NOT NULL away as a hand can that writes the schema."""
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'body TEXT NOT NULL', 'body TEXT') "
            "WHERE name = 'audit'"
        )
        connection.execute("PRAGMA writable_schema = RESET")
        connection.execute(f"UPDATE audit SET body = {value} WHERE sequence = 4")  # noqa: S608 (fixed words)

    edit(desk, loosely)
    found = verdict(desk)
    assert (found.ok, found.first_bad_sequence) == (False, 4)
    assert found.fault is Fault.UNREADABLE
    store = Store(desk)
    try:
        records = store.audit.find(Query())
        assert [record.sequence for record in records] == list(range(10, 0, -1))
        assert records[6].problem
        assert store.audit.actions() == ("limit.set",)
        assert store.audit.note(ADA, entry(11)) == 11
    finally:
        store.close()


@pytest.mark.parametrize("column", ["hash", "previous", "mac"])
@pytest.mark.parametrize("value", ["'text'", "17", "x'00'", "1.5", "zeroblob(40)"])
def test_a_hash_or_mac_of_another_kind_is_told(desk: Path, column: str, value: str) -> None:
    edit(desk, f"UPDATE audit SET {column} = {value} WHERE sequence = 4")  # noqa: S608 (fixed words)
    assert verdict(desk).first_bad_sequence == 4


@pytest.mark.parametrize(
    "values",
    ["sequence = -4", "sequence = 9223372036854775807", "sequence = 'x'", "hash = 5", "mac = 'x'"],
)
def test_a_head_of_another_kind_is_told(desk: Path, values: str) -> None:
    edit(desk, f"UPDATE audit_head SET {values}")  # noqa: S608 (fixed words)
    assert not verdict(desk).ok


def test_a_trigger_that_is_gone_altered_or_added_is_told(desk: Path) -> None:
    with closing(sqlite3.connect(desk / "desk.db")) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DROP INDEX audit_intent")
        connection.execute(
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT 1; END"
        )
        connection.execute("CREATE TRIGGER mine AFTER INSERT ON audit BEGIN SELECT 1; END")
        connection.commit()
    found = verdict(desk)
    assert (found.ok, found.fault, found.first_bad_sequence) == (False, Fault.GUARDS, None)
    for words in (
        "trigger audit_no_update of the audit log is gone",
        "trigger audit_no_delete of the audit log was altered",
        "trigger mine was added",
    ):
        assert words in found.problem
    assert "index audit_intent of the audit log is gone" in found.warnings[0]


def test_words_beside_a_body_cannot_be_written(desk: Path) -> None:
    for column in ("at", "actor", "action", "vehicle", "phase", "intent"):
        with pytest.raises(sqlite3.OperationalError, match="generated"):
            edit(desk, f"UPDATE audit SET {column} = 'x'")  # noqa: S608 (fixed words)


def test_a_log_that_is_gone_as_a_whole_is_told(desk: Path) -> None:
    edit_only = sqlite3.connect(desk / "desk.db")
    edit_only.execute("DROP TABLE audit")
    edit_only.close()
    found = verdict(desk)
    assert (found.ok, found.first_bad_sequence) == (False, 1)


def test_a_log_whose_last_number_is_used_up_refuses_in_words(desk: Path) -> None:
    from cartech_desk.store.errors import AuditBroken

    edit(desk, "UPDATE audit SET sequence = 9223372036854775807 WHERE sequence = 10")
    store = Store(desk)
    try:
        with pytest.raises(AuditBroken):
            store.audit.note(ADA, entry(11))
    finally:
        store.close()
