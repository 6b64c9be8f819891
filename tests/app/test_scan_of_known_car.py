"""`scan` at a desk that met the car before: begun with what is known, and what changed is said."""

import json
from dataclasses import replace

import pytest

from cartech_desk.app.main import main
from cartech_desk.bay.known_documents import document_of, read_document
from cartech_desk.store.store import Store

URL = "sim:known-car?search_ms=0&reset_ms=0"


@pytest.fixture
def scan(tmp_path, capsys):
    def run():
        status = main(["--data", str(tmp_path), "scan", "--adapter", URL, "--json"])
        out = capsys.readouterr()
        return status, json.loads(out.out), out.err

    return run


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def test_a_desk_remembers_the_car_that_was_scanned(scan, store):
    _, found, _ = scan()
    known = store.known_cars.adapter(URL)
    assert known.vin == found["vin"]
    assert known.findings["chip"] == found["adapter"]["chip"]
    assert read_document(store.known_cars.car(found["vin"]).identification) is not None
    assert scan()[1]["warnings"] == []


def test_an_ecu_programmed_anew_is_said(scan, store):
    vin = scan()[1]["vin"]
    known = store.known_cars.car(vin)
    remembered = read_document(known.identification)
    engine, *rest = remembered.found.car.ecus
    ecus = (replace(engine, calibration_ids=("CTSIM-OLD",)), *rest)
    car = replace(remembered.found.car, ecus=ecus)
    old = replace(remembered, found=replace(remembered.found, car=car))
    store.known_cars.keep_car(replace(known, identification=document_of(old)))
    (warning,) = scan()[1]["warnings"]
    assert "ECU 7E8 was programmed anew" in warning
    assert "CTSIM-OLD" in warning
    assert scan()[1]["warnings"] == []


def test_where_there_is_no_desk_a_scan_makes_none(scan, tmp_path):
    assert scan()[0] == 0
    assert not (tmp_path / "desk.db").exists()


def test_a_desk_that_cannot_be_opened_is_said_and_the_car_scanned(scan, tmp_path):
    (tmp_path / "desk.db").write_bytes(b"no database" * 100)
    status, found, said = scan()
    assert status == 0
    assert found["vin"]
    assert "What is known of cars could not be read." in said
