"""`cartech-desk checkup`: the simulated car checked up, compared, printed, listed."""

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace

import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.faults.found import CodeFound, CodeStatus
from cartech_desk.reports.selection import ExportFailed
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.checkups import CheckupKind
from cartech_desk.store.store import Store

AT_ONCE = "search_ms=0&reset_ms=0"
CAR = f"sim:?{AT_ONCE}&faults=misfire&script=key_on"
WORSE = f"sim:?{AT_ONCE}&faults=misfire,boost_leak&script=key_on"
MISFIRE = CodeFound("P0301", 0x7E8, tuple(CodeStatus))
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


def desk_in(folder):
    """Make a function that runs a command of a desk of its own.

    It returns the exit status, what was said (the document with --json) and what was told beside.
    """
    places = ("--data", str(folder / "data"), "--settings", str(folder / "set" / "s.toml"))

    def run(*words):
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main([*places, *words])
        said = out.getvalue()
        return status, json.loads(said) if "--json" in words else said, err.getvalue()

    return run


@pytest.fixture
def desk(tmp_path):
    return desk_in(tmp_path)


@pytest.fixture
def store(tmp_path):
    opened = []

    def look():
        opened.append(Store(tmp_path / "data", tmp_path / "set" / "keys"))
        return opened[-1]

    yield look
    for one in opened:
        one.close()


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A car checked up, and once more with another fault and told as text; only to be read."""
    folder = tmp_path_factory.mktemp("twice")
    desk, sheets = desk_in(folder), (folder / "first.pdf", folder / "second.pdf")
    words = ("--note", "first look", "--pdf", str(sheets[0]), "--json")
    first = desk("checkup", "--adapter", CAR, *words)
    words = ("--note", "after the holiday", "--pdf", str(sheets[1]))
    second = desk("checkup", "--adapter", WORSE, *words)
    store = Store(folder / "data", folder / "set" / "keys")
    actions = [one.action for one in store.audit.find(Query())]
    store.close()
    return SimpleNamespace(desk=desk, first=first, second=second, sheets=sheets, actions=actions)


def test_one_press_reads_compares_keeps_and_prints(twice):
    status, found, said = twice.first
    assert status == 0
    assert found.keys() >= KEYS
    assert found["adapter"]["url"] == CAR
    assert found["vehicle"] == found["vin"]
    assert found["difference"] is None
    assert found["pdf"] == str(twice.sheets[0])
    assert twice.sheets[0].read_bytes().startswith(b"%PDF")
    assert "Reading" in said


def test_the_second_time_tells_what_changed_since_the_first(twice):
    first = twice.first[1]
    second = twice.desk("checkup", "show", "last", "--json")[1]
    assert [one["code"] for one in second["difference"]["new"]] == ["P0299"]
    assert [one["code"] for one in second["difference"]["same"]] == ["P0301"]
    assert second["difference"]["new"][0]["severity"] in {"critical", "warning", "information"}
    assert second["difference"]["gone"] == []
    assert second["before_id"] == first["checkup_id"]


def test_check_ups_and_sheets_are_recorded(twice):
    assert twice.actions == ["checkup.report", "checkup.report", "checkup.keep"] * 2


def test_people_read_it_as_text(twice):
    status, out, _ = twice.second
    assert status == 0
    for words in ("Lamp", "P0301", "Note: after the holiday", "Since the check-up of", "new "):
        assert words in out
    assert f"written to {twice.sheets[1]}" in out
    assert twice.sheets[1].read_bytes().startswith(b"%PDF")


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
    status, found, said = desk("checkup", "--adapter", f"sim:?{AT_ONCE}&vin={vin}", "--json")
    assert status == 0
    assert found["vin"] is None
    assert found["vehicle"] == "Unnamed vehicle"
    assert any("VIN" in warning for warning in found["warnings"])
    assert [one.vin for one in store().vehicles.list()] == [None]
    assert said


def test_what_is_kept_can_be_listed_shown_and_printed_again(twice, tmp_path):
    desk, first = twice.desk, twice.first[1]["checkup_id"]
    _, listed, _ = desk("checkup", "list", "--json")
    second = listed["checkups"][0]["checkup_id"]
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
    status, found, _ = desk("checkup", "--adapter", f"sim:?{AT_ONCE}&ignition=off", "--json")
    assert status == 1
    assert found["error"]["code"] == "car_silent"
    assert desk("checkup", "list", "--json")[1] == {"checkups": []}


def test_a_link_that_ends_in_the_middle_keeps_nothing(desk, store):
    link = f"sim:?{AT_ONCE}&faults=misfire&drop_after_requests=30"
    status, found, _ = desk("checkup", "--adapter", link, "--json")
    assert status == 1
    assert found["error"]["code"] == "reading_incomplete"
    assert (found["complete"], found["clean"], found["checkup_id"]) == (False, False, None)
    assert store().checkups.list() == ()


MUTE = f"sim:?{AT_ONCE}&script=key_on&evil=mute:engine,mute:gearbox,mute:brakes"


@pytest.fixture(scope="module")
def untold(tmp_path_factory):
    """The desk of a car whose control units tell nothing, and its first check-up."""
    desk = desk_in(tmp_path_factory.mktemp("untold"))
    return desk, desk("checkup", "--adapter", MUTE, "--json")


def test_where_no_unit_tells_its_codes_it_is_kept_and_told_as_unknown(untold):
    desk, (status, found, said) = untold
    assert status == 1
    assert found["error"]["code"] == "codes_not_known"
    assert (found["codes_known"], found["clean"]) == (False, False)
    assert "No control unit told" in said
    listed = desk("checkup", "list", "--json")[1]["checkups"][-1]
    assert listed["codes_known"] is False
    assert listed["unknown"] == ["7E8", "7E9", "7EA"]
    assert "not known" in desk("checkup", "list")[1]


def test_after_one_that_read_nothing_no_code_is_called_new(untold):
    desk, _ = untold
    _, found, _ = desk("checkup", "--adapter", CAR, "--json")
    assert found["difference"]["new"] == []
    assert [one["code"] for one in found["difference"]["doubted"]] == ["P0301"]
    told = [one for one in found["difference"]["sentences"] if "P0301" in one]
    assert len(told) == 1


def test_a_known_car_that_is_switched_off_as_it_begins_is_no_other_car(desk):
    desk("checkup", "--adapter", CAR, "--json")
    for requests in (10, 12, 14):
        url = f"{CAR}&off_after_requests={requests}"
        status, found, _ = desk("checkup", "--adapter", url, "--json")
        assert status == 1
        said = found["error"]["message"]
        assert "not the one" not in said
        assert "gnition" in said


def test_a_check_up_after_a_clearing_is_compared_with_what_was_there_then(desk, store):
    desk("checkup", "--adapter", f"sim:?{AT_ONCE}&script=key_on", "--json")
    first = store().checkups.get("last")
    scan = replace(first.scan, at=datetime.now(UTC), codes=(MISFIRE,))
    kind = CheckupKind.BEFORE_CLEAR
    store().checkups.add(first.vehicle_id, scan, kind=kind, by=first.operator)
    _, found, _ = desk("checkup", "--adapter", CAR, "--json")
    assert found["before_kind"] == "before_clear"
    assert [one["code"] for one in found["difference"]["same"]] == ["P0301"]
    assert "Since what was there before clearing on 20" in desk("checkup", "show", "last")[1]


def test_a_long_list_of_codes_is_one_short_line(desk):
    desk("checkup", "--adapter", f"sim:?{AT_ONCE}&script=key_on&evil=many_codes:engine", "--json")
    _, out, _ = desk("checkup", "list")
    (line,) = out.splitlines()
    assert "and 34 more" in line
    assert len(line) < 120


def test_what_a_vin_tells_is_told(desk):
    url = f"sim:?{AT_ONCE}&script=key_on&vin=1HGCM82633A004352"
    _, found, _ = desk("checkup", "--adapter", url, "--json")
    facts = found["vin_facts"]
    assert (facts["maker"], facts["country"], facts["years"]) == ("Honda", "United States", [2003])
    assert "1HGCM82633A004352 (Honda, United States, 2003)" in desk("checkup", "show", "last")[1]


def test_a_wrong_check_digit_is_told_once(desk):
    url = f"sim:?{AT_ONCE}&script=key_on&vin=1HGCM82733A004352"
    _, found, _ = desk("checkup", "--adapter", url, "--vehicle", "Blue Golf", "--json")
    assert sum("check digit" in one for one in found["warnings"]) == 1
    assert not any("says whose car" in one for one in found["warnings"])


def test_a_car_of_uds_is_checked_up_alike(desk):
    status, found, _ = desk("checkup", "--adapter", f"{CAR}&speaks=uds", "--json")
    assert status == 0
    assert found["uds"] is True
    assert [one["code"] for one in found["codes"]] == ["P0301"]


def test_the_demo_keeps_its_check_ups_apart(desk, store):
    assert desk("--demo", "checkup", "--adapter", CAR, "--json")[0] == 0
    assert store().checkups.list() == ()
