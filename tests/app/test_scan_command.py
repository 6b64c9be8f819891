import json

import pytest

from cartech_desk.app.main import main


@pytest.fixture
def scan(tmp_path, capsys):
    def run(url, *words):
        status = main(["--data", str(tmp_path), "scan", "--adapter", url, *words])
        out = capsys.readouterr()
        return status, out.out, out.err

    return run


def test_a_whole_car_is_told(scan):
    status, out, _ = scan("sim:?seed=3", "--json")
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


def test_stored_codes_stand_beside_the_ecu_that_tells_them(scan):
    _, out, _ = scan("sim:?faults=misfire", "--json")
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


def test_people_read_it_as_text(scan):
    status, out, _ = scan("sim:")
    assert status == 0
    assert "VIN" in out
    assert "No stored codes." in out
