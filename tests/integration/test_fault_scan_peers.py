"""Scans of a car that others wrote, with codes set in it.

Runs where CARTECH_PEERS names the folder of the interpreter that has elm327-emulator (4.0.0),
installed apart from this project.
"""

import json
import os
import shutil
import socket
import subprocess
import time

import pytest

from cartech_desk.app.main import main

PEERS = os.environ.get("CARTECH_PEERS", os.devnull)
PYTHON = shutil.which("python", path=PEERS)
NEEDED = pytest.mark.skipif(
    PYTHON is None or shutil.which("elm", path=PEERS) is None, reason="CARTECH_PEERS holds no elm"
)
SERVE = """
import elm.obd_message as car
car.DTC_STORED += {stored!r}
car.DTC_PENDING += {pending!r}
car.DTC_PERMANENT += {permanent!r}
from elm.interpreter import main
main()
"""


@pytest.fixture
def scanned(tmp_path, capsys):
    """Serve its car with these codes and scan it; exit status and document."""
    processes = []

    def run(stored=(), pending=(), permanent=()):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        program = SERVE.format(
            stored=list(stored), pending=list(pending), permanent=list(permanent)
        )
        words = ["-n", str(port), "-s", "car", "-b", str(tmp_path / "log")]
        processes.append(
            subprocess.Popen(
                [PYTHON, "-c", program, *words],
                cwd=tmp_path,  # it writes a log wherever it is
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        deadline = time.monotonic() + 20
        while True:
            url = f"elm327:tcp://127.0.0.1:{port}"
            status = main(["--data", str(tmp_path), "scan", "--json", "--adapter", url])
            document = json.loads(capsys.readouterr().out)
            if document.get("error", {}).get("code") != "port_not_found":
                return status, document
            assert time.monotonic() < deadline, "elm327-emulator never listened"

    yield run
    for process in processes:
        process.kill()
        process.wait(10)


@NEEDED
def test_its_codes_are_told_with_their_status_and_meaning(scanned):
    status, found = scanned(["0143", "0196", "0301"], ["0300"], ["0420"])
    assert status == 0
    assert {code["code"]: code["status"] for code in found["codes"]} == {
        "P0143": ["stored"],
        "P0196": ["stored"],
        "P0301": ["stored"],
        "P0300": ["pending"],
        "P0420": ["permanent"],
    }
    assert all(code["ecu"] == "7E8" for code in found["codes"])
    assert all(code["known"] and code["description"] for code in found["codes"])
    assert found["mil"] is True
    assert found["clean"] is False
    assert found["readiness"]["since_clear"]
    assert found["unknown"] == []
    assert any("without their number" in text for text in found["warnings"])


@NEEDED
def test_more_codes_than_fit_in_a_frame_are_all_told(scanned):
    codes = [f"01{number:02d}" for number in range(10, 50)]
    _, found = scanned(codes)
    assert [code["code"] for code in found["codes"]] == [f"P{code}" for code in codes]
    assert found["unknown"] == []


@NEEDED
def test_pending_codes_alone_that_nothing_bears_out_are_not_known(scanned):
    _, found = scanned(pending=["0300"])
    assert found["codes"] == []
    assert [one["kind"] for one in found["unknown"]] == ["pending"]
    assert found["clean"] is False


@NEEDED
def test_its_car_without_codes_is_clean(scanned):
    status, found = scanned()
    assert status == 0
    assert found["codes"] == []
    assert found["clean"] is True
