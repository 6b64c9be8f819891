"""`cartech-desk clear`: refused without the right, audited either way, verified afterwards."""

import json

import pytest

from cartech_desk.app.main import main
from cartech_desk.bay import fault_clear
from cartech_desk.domain.audit_words import change_words
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store

AT_ONCE = "search_ms=0&reset_ms=0"
CAR = f"sim:?{AT_ONCE}&faults=misfire,boost_leak&script=key_on"
WHO, PASSWORD = "ada@shop.example", "four loud turbos hum"
AS = ("--as", WHO)
WHY = ("--reason", "turbo hose replaced")


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    """Run a command of a desk that has one administrator; returns exit status and document."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setattr(fault_clear, "SETTLING_S", 0.0)
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("CARTECH_PASSWORD", PASSWORD)
    places = ("--data", str(tmp_path / "data"), "--settings", str(tmp_path / "set" / "s.toml"))

    def run(*words):
        status = main([*places, *words])
        out = capsys.readouterr()
        return status, json.loads(out.out) if "--json" in words else out.out, out.err

    person = ("--name", "Ada", "--email", WHO, "--role", "administrator")
    shop = ("--shop", "Blue Dyno", "--units", "metric", "--currency", "eur")
    assert run("people", "add", *person, *shop, "--json")[0] == 0
    return run


@pytest.fixture
def log(tmp_path):
    """Return the audit records about codes, the oldest first."""

    def look():
        store = Store(tmp_path / "data", tmp_path / "set" / "keys")
        found = [one for one in store.audit.find(Query()) if one.action.startswith("codes.")]
        store.close()
        return found[::-1]

    return look


def test_codes_are_cleared_verified_and_recorded(desk, log):
    status, found, said = desk("clear", "--adapter", CAR, *WHY, *AS, "--json")
    assert status == 0
    assert found["cleared"] == ["7E8", "7E9", "7EA"]
    assert found["refused"] == {}
    assert found["came_back"] == []
    assert {one["code"] for one in found["permanent"]} == {"P0301", "P0299"}
    assert found["verdict"].startswith("Every control unit confirmed")
    assert found["before_id"] != found["after_id"]
    assert "readiness" in said
    intent, result = log()
    assert (intent.phase.value, result.phase.value) == ("intent", "result")
    assert intent.reason == "turbo hose replaced"
    assert intent.actor.name == "Ada"
    assert result.after["done"] is True
    kinds = [one["kind"] for one in desk("checkup", "list", "--json")[1]["checkups"]]
    assert kinds == ["after_clear", "before_clear"]


def test_people_read_it_as_text(desk):
    status, out, _ = desk("clear", "--adapter", CAR, *WHY, *AS)
    assert status == 0
    assert "Every control unit confirmed" in out
    assert "Before: P0301, P0299" in out


def test_the_result_says_what_is_there_now_and_keeps_the_reason(desk, log):
    desk("clear", "--adapter", CAR, *WHY, *AS, "--json")
    _, result = log()
    assert result.reason == "turbo hose replaced"
    assert result.after["verdict"].startswith("Every control unit confirmed")
    words = change_words(result)
    assert "P0301 (7E8: permanent)" in words.split("codes: ")[1].split("→")[1]
    assert "codes not read of: \u2013 → none" in words


@pytest.mark.parametrize("evil", ["wrong_count", "mute"])
def test_what_could_not_be_read_is_not_told_as_no_codes(desk, evil):
    car = f"sim:?{AT_ONCE}&script=key_on&evil={evil}:engine,{evil}:gearbox,{evil}:brakes"
    _, out, _ = desk("clear", "--adapter", car, *WHY, *AS, "--unread")
    (before,) = (line for line in out.splitlines() if line.startswith("Before:"))
    assert "not known" in before
    assert "no codes" not in before


def test_where_no_shop_is_set_up_it_is_said_how(tmp_path, capsys):
    places = ("--data", str(tmp_path / "data"), "--settings", str(tmp_path / "set" / "s.toml"))
    assert main([*places, "clear", "--adapter", CAR, *WHY, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["error"]["code"] == "not_signed_in"
    assert "people add" in found["error"]["to_do"]
    assert "--shop" in found["error"]["to_do"]


def test_without_a_person_it_is_refused_and_recorded_and_the_car_left_alone(desk, log):
    status, found, said = desk("clear", "--adapter", CAR, *WHY, "--json")
    assert status == 1
    assert found["error"]["code"] == "not_signed_in"
    assert "--as" in found["error"]["to_do"]
    assert "Connecting" not in said
    (refused,) = log()
    assert refused.action == "codes.clear_refused"
    assert refused.after["asked_for"] == "turbo hose replaced"


def test_a_reason_is_needed(desk, log):
    status, found, _ = desk("clear", "--adapter", CAR, "--reason", "x", *AS, "--json")
    assert status == 1
    assert found["error"]["code"] == "reason_missing"
    assert [one.action for one in log()] == ["codes.clear_refused"]
    with pytest.raises(SystemExit) as left:
        desk("clear", "--adapter", CAR, *AS)
    assert left.value.code == 2


def test_an_engine_that_runs_is_left_alone_and_that_is_recorded(desk, log):
    status, found, _ = desk(
        "clear", "--adapter", f"sim:?{AT_ONCE}&faults=misfire", *WHY, *AS, "--json"
    )
    assert status == 1
    assert found["error"]["code"] == "engine_runs"
    assert [one.after["error"] for one in log()] == ["engine_runs"]
    assert desk("checkup", "list", "--json")[1] == {"checkups": []}


def test_a_car_of_uds_is_cleared_alike(desk, log):
    status, found, _ = desk("clear", "--adapter", f"{CAR}&speaks=uds", *WHY, *AS, "--json")
    assert status == 0
    assert found["cleared"] == ["7E8", "7E9", "7EA"]
    assert found["came_back"] == []
    assert len(log()) == 2


def test_a_car_that_is_off_is_no_refusal(desk, log):
    status, found, _ = desk(
        "clear", "--adapter", f"sim:?{AT_ONCE}&ignition=off", *WHY, *AS, "--json"
    )
    assert status == 1
    assert found["error"]["code"] == "car_silent"
    assert log() == []
