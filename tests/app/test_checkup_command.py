"""`cartech-desk checkup`: the simulated car checked up, compared, printed, listed."""

import json

import pytest

from cartech_desk.app.main import main
from cartech_desk.reports.selection import ExportFailed
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store

CAR = "sim:?faults=misfire&script=key_on"
WORSE = "sim:?faults=misfire,boost_leak&script=key_on"
KEYS = {
    "connected",
    "adapter",
    "protocol",
    "vin",
    "ecus",
    "mil",
    "codes",
    "freeze_frames",
    "readiness",
    "tests",
    "warnings",
    "checkup_id",
    "vehicle",
    "difference",
    "pdf",
}


@pytest.fixture
def desk(tmp_path, capsys):
    """Run a command of a desk of its own; returns the exit status and what it said."""
    places = ("--data", str(tmp_path / "data"), "--settings", str(tmp_path / "set" / "s.toml"))

    def run(*words):
        status = main([*places, *words])
        out = capsys.readouterr()
        return status, json.loads(out.out) if "--json" in words else out.out, out.err

    return run


@pytest.fixture
def store(tmp_path):
    opened = []

    def look():
        opened.append(Store(tmp_path / "data", tmp_path / "set" / "keys"))
        return opened[-1]

    yield look
    for one in opened:
        one.close()


def test_one_press_reads_compares_keeps_and_prints(desk, tmp_path, store):
    sheet = tmp_path / "car.pdf"
    status, first, said = desk("checkup", "--adapter", CAR, "--json")
    assert status == 0
    assert first.keys() >= KEYS
    assert first["adapter"]["url"] == CAR
    assert first["vehicle"] == first["vin"]
    assert first["difference"] is None
    assert "Reading" in said
    status, second, _ = desk("checkup", "--adapter", WORSE, "--pdf", str(sheet), "--json")
    assert status == 0
    assert [one["code"] for one in second["difference"]["new"]] == ["P0299"]
    assert [one["code"] for one in second["difference"]["same"]] == ["P0301"]
    assert second["difference"]["new"][0]["severity"] in {"critical", "warning", "information"}
    assert second["difference"]["gone"] == []
    assert second["before_id"] == first["checkup_id"]
    assert second["pdf"] == str(sheet)
    assert sheet.read_bytes().startswith(b"%PDF")
    actions = [one.action for one in store().audit.find(Query())]
    assert actions == ["checkup.report"] * 2 + ["checkup.keep"] * 2


def test_people_read_it_as_text(desk):
    desk("checkup", "--adapter", CAR)
    status, out, _ = desk("checkup", "--adapter", WORSE, "--note", "after the holiday")
    assert status == 0
    for words in ("Lamp", "P0301", "Note: after the holiday", "Since the check-up of", "new "):
        assert words in out


def test_a_vehicle_that_is_named_has_it(desk):
    status, found, _ = desk("checkup", "--adapter", CAR, "--vehicle", "Blue Golf", "--json")
    assert status == 0
    assert found["vehicle"] == "Blue Golf"


def test_a_car_that_is_another_one_than_the_vehicle_named_is_refused(desk, store):
    store().vehicles.by_vin("1HGCM82633A004352")
    words = ("--vehicle", "1hgcm82633a004352", "--json")
    status, found, _ = desk("checkup", "--adapter", CAR, *words)
    assert status == 1
    assert found["error"]["code"] == "other_vehicle"
    assert desk("checkup", "list", "--json")[1] == {"checkups": []}


@pytest.mark.parametrize("vin", ["zeros", "short"])
def test_a_vin_that_is_none_is_told_and_no_vehicle_is_made_of_it(desk, store, vin):
    status, found, said = desk("checkup", "--adapter", f"sim:?vin={vin}", "--json")
    assert status == 0
    assert found["vin"] is None
    assert found["vehicle"] == "Unnamed vehicle"
    assert any("VIN" in warning for warning in found["warnings"])
    assert [one.vin for one in store().vehicles.list()] == [None]
    assert said


def test_what_is_kept_can_be_listed_shown_and_printed_again(desk, tmp_path):
    first = desk("checkup", "--adapter", CAR, "--note", "first look", "--json")[1]["checkup_id"]
    second = desk("checkup", "--adapter", WORSE, "--json")[1]["checkup_id"]
    _, listed, _ = desk("checkup", "list", "--json")
    assert [one["checkup_id"] for one in listed["checkups"]] == [second, first]
    assert listed["checkups"][0]["codes"] == ["P0301", "P0299"]
    _, found, _ = desk("checkup", "list", "first", "p0301", "--json")
    assert [one["checkup_id"] for one in found["checkups"]] == [first]
    assert first[-6:] in desk("checkup", "list")[1]
    status, shown, _ = desk("checkup", "show", "last", "--json")
    assert status == 0
    assert shown["checkup_id"] == second
    assert [one["code"] for one in shown["difference"]["new"]] == ["P0299"]
    assert "P0299" in desk("checkup", "show", second[-6:])[1]
    sheet = tmp_path / "again.pdf"
    status, printed, _ = desk("checkup", "print", first[-6:], "--pdf", str(sheet), "--json")
    assert status == 0
    assert printed["checkup_id"] == first
    assert sheet.stat().st_size == printed["bytes"]


def test_nothing_kept_is_said(desk):
    assert desk("checkup", "list")[1] == "No check-ups are kept here.\n"
    status, found, _ = desk("checkup", "show", "last", "--json")
    assert status == 1
    assert found["error"]["code"] == "not_kept"


def test_without_an_adapter_it_is_wrong_usage(desk):
    with pytest.raises(SystemExit) as left:
        desk("checkup")
    assert left.value.code == 2


@pytest.mark.parametrize("name", ["car.txt", "no/such/folder/car.pdf", ""])
def test_a_file_that_cannot_be_is_refused_before_the_car_is_asked(desk, tmp_path, name):
    status, found, said = desk("checkup", "--adapter", CAR, "--pdf", str(tmp_path / name), "--json")
    assert status == 1
    assert found["error"]["code"] == "export_refused"
    assert "Connecting" not in said


def test_a_sheet_that_cannot_be_written_leaves_the_check_up_kept(desk, tmp_path, monkeypatch):
    def full(_files):
        raise ExportFailed("The disk is full.", to_do="Make room.")

    monkeypatch.setattr("cartech_desk.bay.checkup_sheets.write_files", full)
    sheet = tmp_path / "car.pdf"
    status, found, said = desk("checkup", "--adapter", CAR, "--pdf", str(sheet), "--json")
    assert status == 1
    assert found["error"]["code"] == "export_failed"
    assert found["pdf"] is None
    assert found["checkup_id"]
    assert "is kept" in said
    assert not sheet.exists()


def test_a_car_that_is_off_is_no_check_up(desk):
    status, found, _ = desk("checkup", "--adapter", "sim:?ignition=off", "--json")
    assert status == 1
    assert found["error"]["code"] == "car_silent"
    assert desk("checkup", "list", "--json")[1] == {"checkups": []}


def test_a_link_that_ends_in_the_middle_keeps_nothing(desk, store):
    link = "sim:?faults=misfire&drop_after_requests=30"
    status, found, _ = desk("checkup", "--adapter", link, "--json")
    assert status == 1
    assert found["error"]["code"] == "reading_incomplete"
    assert (found["complete"], found["clean"], found["checkup_id"]) == (False, False, None)
    assert store().checkups.list() == ()


def test_a_car_of_uds_is_checked_up_alike(desk):
    status, found, _ = desk("checkup", "--adapter", f"{CAR}&speaks=uds", "--json")
    assert status == 0
    assert found["uds"] is True
    assert [one["code"] for one in found["codes"]] == ["P0301"]


def test_the_demo_keeps_its_check_ups_apart(desk, store):
    assert desk("--demo", "checkup", "--adapter", CAR, "--json")[0] == 0
    assert store().checkups.list() == ()
