import io
import json
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import cache

import pytest

from cartech_desk.app import waiting
from cartech_desk.app.main import main
from cartech_desk.app.scan_text import scan_lines
from cartech_desk.domain.faults.code import parse_code
from cartech_desk.domain.faults.found import CodeFound, CodeStatus, FaultScan
from cartech_desk.domain.faults.meaning import meaning_of
from cartech_desk.domain.faults.told import told_scan


def meaning(code):
    return meaning_of(parse_code(code))


@pytest.fixture
def scan(tmp_path, capsys):
    def run(url, *words):
        status = main(["--data", str(tmp_path), "scan", "--adapter", url, *words])
        out = capsys.readouterr()
        return status, out.out, out.err

    return run


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """Scan a car, once for all tests that only look at what is told of it."""
    data = tmp_path_factory.mktemp("desk")

    @cache
    def run(url, *words):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["--data", str(data), "scan", "--adapter", url, *words])
        return status, out.getvalue(), err.getvalue()

    return run


def test_a_whole_car_is_told(scanned):
    status, out, _ = scanned("sim:?seed=3", "--json")
    found = json.loads(out)
    assert status == 0
    assert found["connected"] is True
    assert found["adapter"]["chip"] == "ELM327"
    assert found["adapter"]["url"] == "sim:?seed=3"
    assert "CAN" in found["protocol"]
    assert len(found["vin"]) == 17
    assert [ecu["address"] for ecu in found["ecus"]] == ["7E8", "7E9", "7EA"]
    assert found["warnings"] == []
    assert found["codes"] == []


def test_stored_codes_stand_beside_the_ecu_that_tells_them(scanned):
    _, out, _ = scanned("sim:?faults=misfire,lean", "--json")
    codes = json.loads(out)["codes"]
    assert codes
    assert all(code["ecu"] == "7E8" and code["code"].startswith("P") for code in codes)


def test_a_car_that_is_off_is_no_result(scan):
    status, out, err = scan("sim:?ignition=off", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "car_silent"
    assert err


def test_an_address_that_is_none_says_what_a_right_one_looks_like(scan):
    status, out, _ = scan("hairdryer", "--json")
    assert status == 1
    error = json.loads(out)["error"]
    assert error["code"] == "bad_adapter_url"
    assert "elm327:" in error["message"]


def test_people_read_it_as_text(scanned):
    status, out, _ = scanned("sim:")
    assert status == 0
    assert "VIN" in out
    assert "No codes: every control unit said that it has none." in out


def test_an_adapter_is_named_once(scanned):
    _, out, _ = scanned("sim:")
    assert "ELM327 ELM327" not in out
    assert "Adapter   ELM327 v" in out


def test_a_name_of_a_simulated_car_is_no_place_for_options(scan):
    status, out, _ = scan("sim:bogus=1", "--json")
    assert status == 1
    error = json.loads(out)["error"]
    assert error["code"] == "bad_adapter_url"
    assert "question mark" in error["to_do"]


def test_who_waits_for_an_adapter_hears_that_the_search_goes_on(scan, monkeypatch):
    monkeypatch.setattr(waiting, "EVERY_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        status, out, err = scan(f"elm327:tcp://127.0.0.1:{server.getsockname()[1]}", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "adapter_silent"
    assert err.count("Still looking for an adapter") > 3


def test_python_can_says_nothing_on_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "cartech_desk", "scan", "--adapter", "can:pcan:PCAN_USBBUS1"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "uptime" not in done.stderr


def test_everything_of_a_car_with_faults_stands_in_the_document(scanned):
    _, out, _ = scanned("sim:?faults=misfire,lean", "--json")
    found = json.loads(out)
    assert found["mil"] is True
    assert (found["clean"], found["complete"], found["uds"]) == (False, True, False)
    code = next(one for one in found["codes"] if one["code"] == "P0301")
    assert code["status"] == ["stored", "pending", "permanent"]
    assert (code["severity"], code["known"], code["ecu"]) == ("critical", True, "7E8")
    assert code["description"]
    assert code["severity_reason"]
    frame = found["freeze_frames"][0]
    assert (frame["code"], frame["ecu"], frame["frame"]) == ("P0301", "7E8", 0)
    assert frame["values"]["rpm"] > 0
    assert {one["ecu"] for one in found["readiness"]["since_clear"]} == {"7E8", "7E9", "7EA"}
    assert found["readiness"]["this_cycle"][0]["monitors"]
    assert found["counters"]["cleared_km"] == 1263
    assert all({"name", "value", "unit", "min", "max", "passed"} <= set(t) for t in found["tests"])


@pytest.mark.long  # the journeys hold it in the normal run
def test_a_car_of_obd_on_uds_is_told_alike(scan):
    _, out, _ = scan("sim:?faults=misfire&speaks=uds", "--json")
    found = json.loads(out)
    assert found["uds"] is True
    assert [code["code"] for code in found["codes"]] == ["P0301"]
    assert found["freeze_frames"]
    assert found["warnings"] == []


def test_a_car_that_goes_in_the_middle_is_no_success_and_what_was_read_is_told(scan):
    status, out, _ = scan("sim:?faults=misfire&off_after_requests=40", "--json")
    found = json.loads(out)
    assert status == 1
    assert found["complete"] is False
    assert [code["code"] for code in found["codes"]] == ["P0301"]
    assert any("fell silent" in text for text in found["warnings"])


def test_an_ecu_that_contradicts_itself_is_not_known_and_the_text_says_so(scan):
    status, out, _ = scan("sim:?evil=contradicts:engine")
    assert status == 0
    assert "Whether codes are stored is not known." in out
    assert "7E8" in out.splitlines()[-1]


def test_a_technician_reads_meaning_severity_and_reason(scanned):
    _, out, _ = scanned("sim:?faults=misfire,lean")
    lines = out.splitlines()
    assert "Lamp      lit by ECU 7E8" in lines
    place = next(at for at, line in enumerate(lines) if "P0301" in line)
    assert lines[place].startswith("■ critical")
    assert "(stored, pending, permanent; ECU 7E8)" in lines[place]
    assert lines[place + 1].startswith("    ")


def test_of_a_lamp_that_is_off_no_distance_is_told(scanned):
    _, out, _ = scanned("sim:")
    assert "Lamp      off" in out
    assert "with the lamp lit" not in out
    _, out, _ = scanned("sim:?faults=misfire,lean")
    assert "37 km, 41 min with the lamp lit" in out


def test_what_older_cars_mean_by_a_code_is_told_beside_it():
    codes = (
        CodeFound("C0035", 0x7EA, (CodeStatus.STORED,)),
        CodeFound("P0301", 0x7E8, (CodeStatus.STORED,)),
    )
    found = FaultScan(datetime.now(UTC), "x", "y", "CAN", codes=codes)
    told = told_scan(found, meaning)
    assert "General Motors" in told["codes"][0]["note"]
    assert "note" not in told["codes"][1]
    lines = scan_lines(found, meaning)
    place = next(at for at, line in enumerate(lines) if "C0035" in line)
    assert "General Motors" in lines[place + 2]


@pytest.mark.parametrize("speaks", ["obd", pytest.param("uds", marks=pytest.mark.long)])
def test_an_adapter_without_headers_makes_no_car_clean(scanned, speaks):
    url = f"sim:?clone=clone_headers&faults=gear_slips&speaks={speaks}"
    status, out, _ = scanned(url, "--json")
    found = json.loads(out)
    assert status == 0
    assert (found["clean"], found["complete"], found["codes"]) == (False, True, [])
    assert {one["ecu"] for one in found["unknown"]} == {"7DF"}
    assert any("only the engine can be asked" in text for text in found["warnings"])


@pytest.mark.long
def test_before_can_an_adapter_without_headers_says_that_it_cannot_tell_who_told(scanned):
    _, out, _ = scanned("sim:?clone=clone_headers&speaks=kwp&faults=gear_slips", "--json")
    found = json.loads(out)
    assert [code["code"] for code in found["codes"]] == ["P0730"]
    assert found["clean"] is False
    assert any("cannot be told which of them" in text for text in found["warnings"])


def test_a_makers_code_is_explained_by_an_imported_table(scan, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("code,description\nP1734,Clutch pack B slips\n", "utf-8")
    status = main(["--data", str(tmp_path), "codes", "import", str(table), "--maker", "Subaru"])
    assert status == 0
    _, out, _ = scan("sim:?codes=P1734:gearbox&vin=JF1ZNAA19E8700001", "--json")
    (code,) = json.loads(out.splitlines()[-1])["codes"]
    assert (code["code"], code["origin"]) == ("P1734", "maker")
    assert code["description"] == "Clutch pack B slips"
    assert "Subaru" in code["source"]
