"""`cartech-desk backup` and `restore`, and the thread of the daily copy."""

import json
import threading

import pytest

from cartech_desk.app.daily_copy import DailyCopy
from cartech_desk.app.main import main
from cartech_desk.app.settings import SettingsFile, load_settings
from cartech_desk.domain.people import DESK
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

EMAIL, WORDS = "ada@shop.example", "four loud turbos hum"


@pytest.fixture
def command(tmp_path, capsys, monkeypatch):
    """Run a command on a folder of its own; returns its status and its JSON."""
    monkeypatch.setenv("CARTECH_PASSWORD", WORDS)
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)

    def run(*words: str, data: str = "data"):
        settings = tmp_path / f"{data}-settings" / "settings.toml"
        where = ["--data", str(tmp_path / data), "--settings", str(settings)]
        status = main([*where, words[0], "--json", *words[1:]])
        written = capsys.readouterr().out
        return status, json.loads(written)

    return run


def _found(tmp_path, monkeypatch):
    store = Store(tmp_path / "data", tmp_path / "data-settings" / "keys")
    people = People(store, Session(), cost=4)
    people.found(
        shop="Blue Dyno", units="metric", currency="EUR", name="Ada", email=EMAIL, password=WORDS
    )
    return store, people


def test_a_backup_goes_out_and_comes_back_by_command(tmp_path, command, monkeypatch):
    store, _ = _found(tmp_path, monkeypatch)
    store.close()
    path = str(tmp_path / "x.zip")
    assert command("backup", path)[1]["error"]["code"] == "not_signed_in"
    status, made = command("backup", path, "--as", EMAIL)
    assert status == 0
    assert made["shop"] == "Blue Dyno"
    assert command("backup", "--check", path)[1]["files"] == made["files"]
    status, checked = command("restore", path, "--check")
    assert (status, checked["restored"], checked["another_desk"]) == (0, False, False)
    # Signing in and making it are no work that would be put aside; a new car's limits are.
    store = Store(tmp_path / "data", tmp_path / "data-settings" / "keys")
    store.limits.set_profile(store.vehicles.by_name("Golf").id, "turbo_petrol", DESK)
    store.close()
    status, refused = command("restore", path, "--as", EMAIL)
    assert (status, refused["error"]["code"]) == (1, "newer_state")
    status, restored = command("restore", path, "--as", EMAIL, "--even-so")
    assert (status, restored["restored"], restored["audit"]["ok"]) == (0, True, True)
    assert command("audit", "verify")[1]["ok"]
    # And on another machine, where nobody is set up yet.
    status, restored = command("restore", path, data="other")
    assert (status, restored["audit"]["ok"]) == (0, True)
    assert command("people", "list", data="other")[1]["people"][0]["name"] == "Ada"


def test_the_copy_of_today_needs_somebody_and_takes_no_folder(
    tmp_path, command, monkeypatch, capsys
):
    store, _ = _found(tmp_path, monkeypatch)
    store.close()
    assert command("backup", "--daily")[1]["error"]["code"] == "not_signed_in"
    with pytest.raises(SystemExit):
        command("backup", "--daily", str(tmp_path))
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"
    assert command("backup", "--daily", "--as", EMAIL)[1]["file"]
    assert command("backup", "--daily", "--as", EMAIL)[1]["file"] is None


def test_the_logo_of_the_sheets_comes_back_where_nothing_else_can_lie(
    tmp_path, command, monkeypatch
):
    store, _ = _found(tmp_path, monkeypatch)
    store.close()
    logo = tmp_path / "Our Logo.PNG"
    logo.write_bytes(b"a picture")
    (tmp_path / "data-settings" / "settings.toml").write_text(f"[sheets]\nlogo = '{logo}'\n")
    path = str(tmp_path / "x.zip")
    command("backup", path, "--as", EMAIL)
    logo.unlink()
    assert command("restore", path, data="other")[0] == 0
    placed = tmp_path / "other" / "logo" / "logo.png"
    assert placed.read_bytes() == b"a picture"
    settings = tmp_path / "other-settings" / "settings.toml"
    assert load_settings(settings).sheets.logo == placed
    # And from there into the next one.
    assert command("backup", path, "--as", EMAIL, "--even-so", data="other")[1]["warnings"] == []


def test_signal_sets_come_back_and_one_that_is_nowhere_is_told(tmp_path, command, monkeypatch):
    store, _ = _found(tmp_path, monkeypatch)
    store.close()
    maker, gone = tmp_path / "maker.json", tmp_path / "gone.json"
    maker.write_bytes(b"what the numbers mean")
    own = tmp_path / "data-settings" / "settings.toml"
    own.write_text(f"[acquisition]\nsignal_sets = ['{gone}', '{maker}']\n")
    path = str(tmp_path / "x.zip")
    (told,) = command("backup", path, "--as", EMAIL)[1]["warnings"]
    assert told == f"The signal set {gone} is not in it: it is not there."
    maker.unlink()
    status, restored = command("restore", path, data="other")
    assert status == 0
    assert any(f"{gone} is neither in the backup nor here" in one for one in restored["warnings"])
    placed = tmp_path / "other" / "signals" / "2" / "maker.json"
    assert placed.read_bytes() == b"what the numbers mean"
    settings = load_settings(tmp_path / "other-settings" / "settings.toml")
    assert settings.acquisition.signal_sets == [gone, placed]
    # A machine that keeps its own settings keeps its own signal sets.
    status, kept = command("restore", path, "--keep-settings", data="third")
    assert status == 0
    assert not (tmp_path / "third" / "signals").exists()
    assert not any("signal set" in one and "nor here" in one for one in kept["warnings"])


def test_damaged_databases_are_replaced_by_whoever_owns_the_files(tmp_path, command, monkeypatch):
    store, _ = _found(tmp_path, monkeypatch)
    store.close()
    path = str(tmp_path / "x.zip")
    command("backup", path, "--as", EMAIL)
    (tmp_path / "data" / "desk.db").write_bytes(b"no database at all" * 1000)
    status, refused = command("restore", path)
    assert (status, refused["error"]["code"]) == (1, "newer_state")
    status, restored = command("restore", path, "--even-so")
    assert (status, restored["audit"]["ok"]) == (0, True)


def test_the_daily_thread_makes_one_copy_and_ends_at_once(tmp_path, monkeypatch):
    store, people = _found(tmp_path, monkeypatch)
    office = Office(Session(), people, AuditBook(store), store, ShopRules)
    made = threading.Event()
    daily = type(office.backups).daily

    def watched(self, *words, **more):
        try:
            return daily(self, *words, **more)
        finally:
            made.set()

    monkeypatch.setattr(type(office.backups), "daily", watched)
    thread = DailyCopy(office, SettingsFile(tmp_path / "settings.toml"), first_s=0.0, look_s=3600.0)
    thread.start()
    assert made.wait(10)
    thread.stop()
    assert len(list((tmp_path / "data" / "backups").glob("cartech-daily-*.zip"))) == 1
    store.close()


def test_a_bug_of_the_daily_thread_is_told_and_keeps_no_copy_back(tmp_path, monkeypatch):
    store, people = _found(tmp_path, monkeypatch)
    office = Office(Session(), people, AuditBook(store), store, ShopRules)
    sweep = office.vehicles.sweep_attachments

    def broken():
        raise RuntimeError("bug")

    monkeypatch.setattr(office.vehicles, "sweep_attachments", broken)
    thread = DailyCopy(office, SettingsFile(tmp_path / "settings.toml"))
    thread._look()
    assert len(list((tmp_path / "data" / "backups").glob("cartech-daily-*.zip"))) == 1
    assert "making the daily copy" in thread.troubles()["Daily copy"].happened
    monkeypatch.setattr(office.vehicles, "sweep_attachments", sweep)
    thread._look()
    assert thread.troubles() == {}
    store.close()
