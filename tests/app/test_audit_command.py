"""`cartech-desk audit`: list, verify, export, key."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.store import Store

ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
MAIL, WORD = "ada@shop.example", "correct-horse-battery-staple"

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with an administrator and some records; the system's keyring is left alone."""
    import keyring
    from keyring.backends import fail

    monkeypatch.setenv("CARTECH_PASSWORD", WORD)
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    from cartech_desk.office.people import People
    from cartech_desk.office.session import Session

    store = Store(tmp_path, tmp_path / "keys")
    try:
        People(store, Session(), cost=4).found(
            shop="A shop", units="metric", currency="EUR", name=ADA.name, email=MAIL, password=WORD
        )
        for number in range(4):
            store.audit.note(
                ADA,
                Entry(
                    "limit.set",
                    Entity("limit", "k", "Boost", "golf"),
                    {"trip": 180 + number},
                    {"trip": 190},
                    "why",
                ),
            )
    finally:
        store.close()
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        place = ["--data", str(folder), "--settings", str(folder / "settings.toml")]
        status = main([*place, "audit", *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return command


def edit(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "desk.db", isolation_level=None)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def test_verify_needs_nobody_and_exits_0(run: Run) -> None:
    status, said = run("verify")
    assert status == 0
    assert said["ok"]
    assert said["first_bad_sequence"] is None
    assert said["records"] == said["head"]["sequence"] >= 5
    assert re.fullmatch("[0-9a-f]{64}", said["head"]["hash"])
    assert (said["problem"], said["warnings"], said["keyed"]) == ("", [], True)


@pytest.mark.parametrize(
    ("statement", "first_bad", "fault"),
    [
        ("UPDATE audit SET body = replace(body, 'why', 'no') WHERE sequence = 5", 5, "changed"),
        ("DELETE FROM audit WHERE sequence = 2", 2, "missing"),
        ("DELETE FROM audit WHERE sequence > 3", 4, "cut"),
        ("UPDATE audit SET body = x'00' WHERE sequence = 2", 2, "unreadable"),
        ("UPDATE audit SET mac = NULL WHERE sequence = 1", 1, "rewritten"),
        ("DROP TABLE audit", 1, "unreadable"),
        ("DELETE FROM audit_head", None, "cut"),
    ],
)
def test_verify_names_what_a_hand_did_and_exits_1(
    run: Run, folder: Path, statement: str, first_bad: int | None, fault: str
) -> None:
    edit(folder, statement)
    status, said = run("verify")
    assert status == 1
    assert (said["ok"], said["fault"]) == (False, fault)
    assert first_bad in (None, said["first_bad_sequence"])
    assert said["problem"]


def test_verify_works_while_a_desk_has_the_database_open(run: Run, folder: Path) -> None:
    store = Store(folder, folder / "keys")
    store.audit.note(ADA, Entry("limit.set", Entity("limit")))
    assert run("verify")[0] == 0
    store.close()


def test_verify_compares_a_printed_anchor(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    head = run("verify")[1]["head"]
    assert run("verify", "--anchor", f"{head['sequence']}:{head['hash']}")[0] == 0
    assert run("verify", "--anchor", f"{head['sequence']}:{head['hash'][:16].upper()}")[0] == 0
    status, said = run("verify", "--anchor", f"2:{head['hash']}")
    assert (status, said["first_bad_sequence"]) == (1, 2)
    for wrong in ("2", "2:", "x:y", f"-1:{head['hash']}", "2:abc", "9" * 30 + ":" + "0" * 64):
        with pytest.raises(SystemExit) as left:
            run("verify", "--anchor", wrong)
        assert left.value.code == 2


def test_a_verification_leaves_the_evidence_as_it_is(run: Run, folder: Path) -> None:
    edit(folder, "UPDATE audit SET body = replace(body, 'why', 'no') WHERE sequence = 5")
    before = (folder / "desk.db").read_bytes()
    assert run("verify")[0] == 1
    assert (folder / "desk.db").read_bytes() == before
    assert run("list", "--as", MAIL, "--act", "audit")[1]["records"] == []


@pytest.mark.parametrize("what", ["*.anchor", "audit_no_delete"])
def test_a_missing_anchor_or_guard_exits_1_and_a_renewal_mends_it(
    run: Run, folder: Path, what: str
) -> None:
    for anchor in (folder / "keys").glob(what):
        anchor.unlink()
    with closing(sqlite3.connect(folder / "desk.db")) as connection:
        connection.execute(f"DROP TRIGGER IF EXISTS {what}" if "*" not in what else "SELECT 1")
        connection.commit()
    status, said = run("verify")
    assert (status, said["ok"], said["first_bad_sequence"]) == (1, False, None)
    assert said["fault"] in ("anchor", "guards")
    assert said["problem"]
    assert run("key", "--renew", "--as", MAIL)[0] == 0
    assert run("verify")[0] == 0


def test_list_needs_a_right(run: Run) -> None:
    status, said = run("list")
    assert status == 1
    assert said["error"]["code"] == "not_signed_in"
    status, said = run("list", "--as", MAIL, "--act", "limit", "--limit", "2")
    assert status == 0
    assert len(said["records"]) == 2
    assert said["records"][0]["after"] == {"trip": "190"}
    before = said["records"][-1]["sequence"]
    rest = run("list", "--as", MAIL, "--act", "limit", "--before", str(before))[1]["records"]
    assert [one["sequence"] for one in rest] == [before - 1, before - 2]


def test_list_narrows_by_time_and_words(run: Run) -> None:
    asked = ("list", "--as", MAIL, "--text", "boost")
    assert len(run(*asked)[1]["records"]) == 4
    assert run(*asked, "--until", "2020-01-01")[1]["records"] == []
    assert len(run(*asked, "--since", "2020-01-01T10:00")[1]["records"]) == 4
    with pytest.raises(SystemExit):
        run(*asked, "--since", "yesterday")


@pytest.mark.parametrize("ending", [".csv", ".pdf"])
def test_export_writes_a_file_and_names_its_head(run: Run, tmp_path: Path, ending: str) -> None:
    status, said = run("export", "--as", MAIL, str(tmp_path / f"log{ending}"))
    assert status == 0
    assert Path(said["file"]).stat().st_size == said["bytes"] > 500
    assert run("verify", "--anchor", f"{said['head']['sequence']}:{said['head']['hash']}")[0] == 0
    assert run("export", str(tmp_path / f"b{ending}"))[1]["error"]["code"] == "not_signed_in"


def test_key_says_where_it_is_and_is_renewed_by_an_administrator(run: Run) -> None:
    status, said = run("key", "--as", MAIL)
    assert (status, said["place"], said["number"], said["since"]) == (0, "file", 1, 1)
    assert run("key", "--renew")[1]["error"]["code"] == "not_signed_in"
    status, said = run("key", "--as", MAIL, "--renew", "--reason", "a new machine")
    assert (status, said["number"]) == (0, 2)
    assert said["renewed_by_record"] == said["since"]
    assert run("verify")[0] == 0


def test_the_text_names_the_first_broken_record(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "DELETE FROM audit WHERE sequence = 2")
    place = ["--data", str(folder), "--settings", str(folder / "settings.toml")]
    assert main([*place, "audit", "verify"]) == 1
    assert "BROKEN at record 2: Record 2 is missing." in capsys.readouterr().out


def text(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    place = ["--data", str(folder), "--settings", str(folder / "settings.toml")]
    main([*place, "audit", *words])
    return capsys.readouterr().out


def test_the_text_of_a_whole_log_says_how_it_was_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, key, head = text(folder, capsys, "verify").splitlines()
    assert re.fullmatch(r"The audit log is whole: \d+ records, each in its place .*", first)
    assert key == "Key: checked with the key of this desk."
    assert re.fullmatch(r"Head: \d+:[0-9a-f]{64}", head)


def test_the_text_of_the_records_names_each_change_on_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = text(folder, capsys, "list", "--as", MAIL, "--act", "limit", "--limit", "2")
    day, first, *rest = said.splitlines()
    assert re.fullmatch(r"[A-Z][a-z]+day, \d{4}-\d\d-\d\d", day)
    assert re.fullmatch(r" +\d+  \d\d:\d\d:\d\d  Ada Administrator  Limit set: Boost", first)
    assert [line.strip() for line in rest[:2]] == ["trip: 183 → 190", "Reason: why"]
    assert re.fullmatch(r"Older ones: --before \d+", rest[-1])
    assert "No record matches." in text(folder, capsys, "list", "--as", MAIL, "--act", "none")


def test_a_record_that_cannot_be_read_is_listed_as_such(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "UPDATE audit SET body = 'x' WHERE sequence = 3")
    said = text(folder, capsys, "list", "--as", MAIL)
    assert "3  Cannot be read: it is not JSON as the desk writes it." in said
