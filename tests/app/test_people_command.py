"""`cartech-desk people`: founding, registering, deciding, without a screen."""

import json
import os
import sys
from types import SimpleNamespace

import pytest

from cartech_desk.app import operator
from cartech_desk.app.main import main
from cartech_desk.store.store import Store

ADA = ("ada@shop.example", "four loud turbos hum")
TOM = ("tom@shop.example", "six quiet lathes spin")
NEW = "eight slow snails glow"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hash quickly; nobody has passwords in the environment or types any."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    for name in ("CARTECH_PASSWORD", "CARTECH_NEW_PASSWORD", "CARTECH_NEW_PIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run `cartech-desk people …`; returns the exit status and the JSON object."""

    def run(*words, password=None, new=None, pin=None):
        with monkeypatch.context() as environment:
            for name, value in (
                ("CARTECH_PASSWORD", password),
                ("CARTECH_NEW_PASSWORD", new),
                ("CARTECH_NEW_PIN", pin),
            ):
                if value is not None:
                    environment.setenv(name, value)
            places = ["--data", str(tmp_path), "--settings", str(tmp_path / "set" / "s.toml")]
            status = main([*places, "people", *words, "--json"])
        shown = capsys.readouterr().out
        return status, json.loads(shown)

    return run


@pytest.fixture
def founded(call):
    status, document = call(
        *("add", "--role", "administrator", "--name", "Ada Administrator", "--email", ADA[0]),
        *("--shop", "Blue Dyno", "--units", "imperial", "--currency", "gbp"),
        new=ADA[1],
    )
    assert status == 0
    return document


def add_tom(call, *words, **secrets):
    return call(
        *("add", "--name", "Tom Technician", "--email", TOM[0], *words), new=TOM[1], **secrets
    )


def code(answer):
    status, document = answer
    assert status == 1
    return document["error"]["code"]


def standings(call):
    return {one["email"]: one["standing"] for one in call("list")[1]["people"]}


def test_the_first_person_founds_the_shop(call, founded):
    assert founded["person"]["role"] == "administrator"
    assert founded["shop"]["name"] == "Blue Dyno"
    assert (founded["shop"]["units"], founded["shop"]["currency"]) == ("imperial", "GBP")
    (one,) = call("list")[1]["people"]
    assert {"id", "email", "name", "role", "certification", "standing", "registered"} <= set(one)


def test_a_fresh_desk_lists_nobody(call):
    assert call("list") == (0, {"people": []})
    assert call() == (0, {"people": []})


@pytest.mark.parametrize(
    "words", [("--role", "administrator"), ("--shop", "Blue Dyno"), ("--role", "manager")]
)
def test_a_founding_that_lacks_something_is_refused(call, words):
    assert code(add_tom(call, *words)) == "founding_needs_more"
    assert call("list")[1] == {"people": []}


def test_who_registers_waits_until_approved(call, founded):
    status, document = add_tom(call, "--certification", "L3")
    assert status == 0
    assert document["person"]["standing"] == "waiting"
    status, document = call("approve", TOM[0], "--as", ADA[0], password=ADA[1])
    assert status == 0
    assert document["person"]["standing"] == "active"
    assert document["person"]["certification"] == "L3"


def test_nobody_chooses_a_role_when_registering(call, founded):
    assert code(add_tom(call, "--role", "administrator")) == "role_not_chosen"
    assert TOM[0] not in standings(call)


def test_who_is_added_by_an_administrator_is_active(call, founded):
    status, document = add_tom(call, "--role", "manager", "--as", ADA[0], password=ADA[1])
    assert status == 0
    assert (document["person"]["role"], document["person"]["standing"]) == ("manager", "active")


def test_a_technician_approves_nobody(call, founded):
    add_tom(call, "--as", ADA[0], password=ADA[1])
    call("add", "--name", "Sam", "--email", "sam@shop.example", new=NEW)
    answer = call("approve", "sam@shop.example", "--as", TOM[0], password=TOM[1])
    assert code(answer) == "right_missing"
    assert standings(call)["sam@shop.example"] == "waiting"


def test_without_as_nobody_manages_people(call, founded):
    add_tom(call)
    for act in ("approve", "disable"):
        assert code(call(act, TOM[0])) == "not_signed_in"
    assert code(call("role", TOM[0], "manager")) == "not_signed_in"
    assert code(call("pin", pin="7305")) == "not_signed_in"


def test_a_person_is_named_by_id_too_and_disabled_and_enabled(call, founded):
    _, document = add_tom(call, "--as", ADA[0], password=ADA[1])
    tom = document["person"]["id"]
    by = ("--as", ADA[0])
    assert call("disable", tom, "--reason", "left", *by, password=ADA[1])[0] == 0
    assert standings(call)[TOM[0]] == "disabled"
    assert code(call("pin", "--as", TOM[0], password=TOM[1])) == ("not_admitted")
    assert call("enable", tom, *by, password=ADA[1])[0] == 0
    assert standings(call)[TOM[0]] == "active"


def test_the_last_administrator_stays(call, founded):
    for words in (("disable", ADA[0]), ("role", ADA[0], "technician")):
        assert code(call(*words, "--as", ADA[0], password=ADA[1])) == "last_administrator"


def test_a_wrong_and_a_missing_password_are_refused(call, founded):
    add_tom(call)
    words = ("approve", TOM[0], "--as", ADA[0])
    assert code(call(*words, password="wrong")) == "sign_in_refused"  # noqa: S106
    assert code(call(*words)) == "password_needed"
    assert code(call("add", "--name", "Sam", "--email", "sam@shop.example")) == "password_needed"


def test_wrong_passwords_make_the_next_command_wait(call, founded):
    words = ("pin", "--as", ADA[0])
    for _ in range(3):
        assert code(call(*words, password="wrong")) == "sign_in_refused"  # noqa: S106
    status, document = call(*words, password=ADA[1], pin="7305")
    assert status == 1
    assert document["error"]["code"] == "too_many_tries"


def test_a_weak_password_and_an_address_twice_are_refused(call, founded):
    answer = call("add", "--name", "Sam", "--email", "sam@shop.example", new="password")
    assert code(answer) == "person_refused"
    again = ("add", "--name", "Eve", "--email", ADA[0].upper())
    assert code(call(*again, "--as", ADA[0], password=ADA[1], new=NEW)) == "person_refused"
    assert call(*again, new=NEW)[0] == 0  # who only registers does not learn who is known
    assert list(standings(call)) == [ADA[0]]


def test_one_s_own_password_is_changed_with_the_old_one(call, founded):
    assert code(call("password", ADA[0], password="wrong", new=NEW)) == (  # noqa: S106
        "sign_in_refused"
    )
    assert call("password", ADA[0], password=ADA[1], new=NEW)[0] == 0
    assert call("pin", "--as", ADA[0], password=NEW, pin="7305")[1]["person"]["has_pin"] is True


def test_an_administrator_gives_another_password(call, founded):
    add_tom(call, "--as", ADA[0], password=ADA[1])
    assert call("password", TOM[0], "--as", ADA[0], password=ADA[1], new=NEW)[0] == 0
    assert call("pin", "--as", TOM[0], password=NEW, pin="7305")[0] == 0


def test_one_person_is_shown_with_what_the_role_may_do(call, founded):
    may = call("show", ADA[0])[1]["person"]["may"]
    assert "manage_people" in may
    assert code(call("show", "nobody@shop.example")) == "not_kept"


def test_nobody_is_shown_at_a_fresh_desk(call):
    assert code(call("show", ADA[0])) == "not_founded"


@pytest.mark.parametrize(
    "words",
    [
        ("add", "--name", "Sam"),
        ("approve",),
        ("role", "x", "emperor"),
        ("add", "--name", "S", "--email", "e", "--role", "emperor"),
        ("dance",),
    ],
)
def test_wrong_usage_exits_2(tmp_path, words):
    with pytest.raises(SystemExit) as ended:
        main(["--data", str(tmp_path), "people", *words])
    assert ended.value.code == 2


def test_no_password_is_in_the_folder_of_the_desk(call, founded, tmp_path):
    add_tom(call, "--as", ADA[0], password=ADA[1])
    call("pin", "--as", TOM[0], password="wrong words here")  # noqa: S106
    for path in tmp_path.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            for secret in (ADA[1], TOM[1], "wrong words here"):
                assert secret.encode() not in kept, path


def test_a_person_reads_lines(call, founded, tmp_path, capsys):
    add_tom(call)
    assert main(["--data", str(tmp_path), "people"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("waiting   technician")
    assert second.startswith("active    administrator")


def test_the_demo_has_its_own_people(tmp_path, capsys):
    places = ["--data", str(tmp_path), "--settings", str(tmp_path / "s.toml")]
    assert main([*places, "--demo", "people", "list", "--json"]) == 0
    names = {one["name"] for one in json.loads(capsys.readouterr().out)["people"]}
    assert names == {"Demo technician", "Demo manager", "Demo administrator"}
    assert main([*places, "people", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"people": []}


# Typing on a terminal


class Terminal:
    def isatty(self):
        return True


def test_a_new_password_is_typed_twice(monkeypatch):
    monkeypatch.setattr(operator.sys, "stdin", Terminal())
    typed = iter(["one", "one", "one", "two"])
    monkeypatch.setattr(operator.getpass, "getpass", lambda _prompt: next(typed))
    assert operator.asked_password("CARTECH_NEW_PASSWORD", "?", twice=True) == "one"
    with pytest.raises(operator.PasswordNeeded):
        operator.asked_password("CARTECH_NEW_PASSWORD", "?", twice=True)


def test_a_terminal_that_ends_is_a_refusal(monkeypatch):
    def ends(_prompt):
        raise EOFError

    monkeypatch.setattr(operator.sys, "stdin", Terminal())
    monkeypatch.setattr(operator.getpass, "getpass", ends)
    with pytest.raises(operator.PasswordNeeded):
        operator.asked_password("CARTECH_PASSWORD", "?")


def test_a_store_opened_by_the_command_has_its_key_beside_the_settings(call, founded, tmp_path):
    assert list((tmp_path / "set" / "keys").iterdir())
    assert not (tmp_path / "keys").exists()
    Store(tmp_path, tmp_path / "set" / "keys").close()


def test_a_name_steers_no_terminal(capsys):
    from cartech_desk.app.output import emit, say

    emit(SimpleNamespace(json=False), {}, "Eve\x1b[2K\nnext")
    say("refused: \x1b[1A")
    told = capsys.readouterr()
    assert told.out == "Eve\\x1b[2K\nnext\n"
    assert told.err == "refused: \\x1b[1A\n"


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of POSIX")
def test_the_environment_does_not_say_whose_account_it_is(monkeypatch):
    import pwd

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "Ada Administrator")
    assert operator._login() == pwd.getpwuid(os.getuid()).pw_name != "Ada Administrator"


@pytest.mark.parametrize("word", ["\udcff", "\udcff@shop.example"])
def test_bytes_that_are_no_text_are_refused_in_a_sentence(call, founded, capsys, word):
    for words in (("disable", word), ("show", word), ("role", word, "manager")):
        answer = call(*words, *(() if words[0] == "show" else ("--as", ADA[0])), password=ADA[1])
        assert code(answer) in ("not_kept", "argument_refused")
    assert code(call("disable", ADA[0], "--as", word, password=ADA[1])) == "sign_in_refused"
    answer = call("disable", ADA[0], "--reason", word, "--as", ADA[0], password=ADA[1])
    assert code(answer) in ("text_refused", "argument_refused")
    assert standings(call) == {ADA[0]: "active"}


def test_bytes_that_are_no_text_end_no_other_command_in_a_trace(
    tmp_path, founded, capsys, monkeypatch
):
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    places = ["--data", str(tmp_path), "--settings", str(tmp_path / "set" / "s.toml")]
    for words in (("list", "--person", "\udcff"), ("list", "--text", "\udcff")):
        status = main([*places, "audit", *words, "--as", ADA[0]])
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert status == 0 or "no text" in told
