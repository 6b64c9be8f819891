"""Faults through the real command line: every way to a car, and cars that answer wrongly."""

import io
import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

import pytest

from cartech_desk.app.main import main
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import CarOptions
from tests.hardware.sim.recorded import frames_of, write
from tests.integration.test_elm_peers import peer

DESK = (sys.executable, "-m", "cartech_desk")
NO_PTY = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")

FAULTS = {
    "misfire": ("P0301", "7E8", {"stored", "pending", "permanent"}),
    "boost_leak": ("P0299", "7E8", {"stored", "pending", "permanent"}),
    "evap_leak": ("P0455", "7E8", {"pending"}),
    "catalyst_worn": ("P0420", "7E8", {"permanent"}),
    "lost_brakes": ("U0121", "7E8", {"stored", "pending"}),
    "makers_own": ("P1549", "7E8", {"stored", "pending"}),
    "gear_slips": ("P0730", "7E9", {"stored", "pending", "permanent"}),
    "shift_solenoid": ("P0750", "7E9", {"pending"}),
    "lost_engine": ("U0100", "7E9", {"stored", "pending"}),
    "brake_pump": ("C0020", "7EA", {"stored", "pending"}),
    "airbag_line": ("B0020", "7EA", {"stored", "pending"}),
    "lost_gearbox": ("U0101", "7EA", {"pending"}),
}
INJECTED = ("--script", "idle", "--faults", ",".join(FAULTS))


@contextmanager
def simulated(*words: str):
    """The simulated or recorded car in a process of its own; yields what it says of itself."""
    process = subprocess.Popen(
        [*DESK, "simulate", "--seconds", "120", "--json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told, process.communicate(timeout=10)[1]
        yield json.loads(told)
    finally:
        process.kill()
        process.communicate(timeout=10)


def desk(data, *words: str) -> tuple[int, dict, str]:
    """One command, in this process: the car at the other end has one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["--data", str(data), *words, "--json"])
    assert out.getvalue(), err.getvalue()
    return status, json.loads(out.getvalue()), err.getvalue()


def desk_alone(data, *words: str) -> dict:
    """One command in a process of its own."""
    done = subprocess.run(
        [*DESK, "--data", str(data), *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scan(data, url: str) -> dict:
    status, told, problems = desk(data, "scan", "--adapter", url)
    assert status == 0, problems
    return told


def told_codes(told) -> dict[tuple[str, str], set[str]]:
    return {(one["code"], one["ecu"]): set(one["status"]) for one in told["codes"]}


def injected(ecu=lambda address: address) -> dict[tuple[str, str], set[str]]:
    return {(code, ecu(address)): kinds for code, address, kinds in FAULTS.values()}


def check_whole(told, *, frames: int) -> None:
    """All that every scan of the car with all faults tells, whichever way it was reached."""
    assert told["connected"] is True
    assert told["vin"].startswith("SZZCT0SM")
    assert [ecu["name"][:3] for ecu in told["ecus"]] == ["ECM", "TCM", "ABS"]
    assert told["ecus"][0]["calibration_ids"] == ["CTSIM-ENG-20T-01", "CTSIM-ENG-FLEX02"]
    assert told["ecus"][0]["cvns"] == ["1C7E50A3", "90D2416B"]
    assert told["mil"] is True
    assert told["clean"] is False
    assert told["unknown"] == []
    assert told["readiness"]["since_clear"]
    assert len(told["freeze_frames"]) == frames
    frame = next(one for one in told["freeze_frames"] if one["code"] == "P0299")
    assert frame["values"]["rpm"] == pytest.approx(3920)
    assert frame["values"]["speed"] == pytest.approx(97)
    severities = {one["code"]: one["severity"] for one in told["codes"]}
    assert severities["P0301"] == "critical"
    assert all(one["description"] for one in told["codes"])


def test_a_scan_over_elm327_tells_every_code_of_every_control_unit(tmp_path):
    with simulated("--listen", "tcp:0", *INJECTED) as car:
        told = desk_alone(tmp_path, "scan", "--adapter", car["adapter"])
    check_whole(told, frames=8)
    assert told_codes(told) == injected()
    assert told["warnings"] == []
    assert told["tests"]


@NO_PTY
def test_a_scan_over_can_tells_the_same(tmp_path):
    with simulated("--can", "slcan:PTY", *INJECTED) as car:
        told = scan(tmp_path, car["adapter"])
    check_whole(told, frames=8)
    assert told_codes(told) == injected()


def test_a_car_of_obd_on_uds_tells_the_same_with_failure_types(tmp_path):
    with simulated("--listen", "tcp:0", "--speaks", "uds", *INJECTED) as car:
        told = scan(tmp_path, car["adapter"])
    check_whole(told, frames=14)
    assert told["uds"] is True
    assert told_codes(told) == injected()
    types = {one["code"]: one["failure_type"] for one in told["codes"]}
    assert (types["P0301"], types["U0121"], types["C0020"]) == ("00", "87", "13")


@pytest.mark.long
@NO_PTY
def test_a_29_bit_car_of_obd_on_uds_is_scanned_over_can(tmp_path):
    words = ("--can", "slcan:PTY", "--speaks", "uds", "--bits", "29")
    with simulated(*words, *INJECTED) as car:
        told = scan(tmp_path, car["adapter"])
    check_whole(told, frames=14)
    wide = {"7E8": "18DAF110", "7E9": "18DAF118", "7EA": "18DAF128"}
    assert told_codes(told) == injected(wide.__getitem__)


@pytest.mark.long
def test_a_car_before_can_is_scanned_on_its_k_line(tmp_path):
    words = ("--script", "idle", "--faults", "boost_leak,evap_leak,catalyst_worn,lost_gearbox")
    with simulated("--listen", "tcp:0", "--speaks", "kwp", *words) as car:
        told = scan(tmp_path, car["adapter"])
    assert told["vin"] == car["vin"]
    assert [ecu["name"][:3] for ecu in told["ecus"]] == ["ECM", "TCM", "ABS"]
    assert told_codes(told) == {  # service 0A, and permanent codes with it, came later
        ("P0299", "10"): {"stored", "pending"},
        ("P0455", "10"): {"pending"},
        ("U0101", "28"): {"pending"},
    }
    assert (told["mil"], told["clean"], told["unknown"]) == (True, False, [])
    [frame] = told["freeze_frames"]
    assert (frame["code"], frame["values"]["rpm"]) == ("P0299", pytest.approx(3920))
    assert any(one["unit"] == "V" for one in told["tests"]), "service 05"


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    car = SimulatedCar(CarOptions(script="idle", faults=tuple(FAULTS), latency_ms=5))
    return write(tmp_path_factory.mktemp("recorded") / "session.log", frames_of(car))


def test_a_recording_is_scanned_over_elm327(tmp_path, recording):
    with simulated("--replay", str(recording), "--listen", "tcp:0") as car:
        assert car["replay"]["ecus"] == ["7E8", "7E9", "7EA"]
        told = scan(tmp_path, car["adapter"])
    assert told["vin"] == car["vin"]
    assert told_codes(told) == injected()
    assert told["mil"] is True
    assert told["voltage"] is None, "no frame of the recording tells it"


@pytest.mark.long
@NO_PTY
def test_a_recording_is_scanned_over_can(tmp_path, recording):
    with simulated("--replay", str(recording), "--can", "slcan:PTY") as car:
        told = scan(tmp_path, car["adapter"])
    assert told["vin"] == car["vin"]
    assert told_codes(told) == injected()


@pytest.mark.parametrize(
    ("name", "content", "words", "code"),
    [
        ("none.log", None, (), "recording_unreadable"),
        ("text.log", "Dear diary\n", (), "recording_unreadable"),
        ("quiet.log", "(1.0) can0 123#0011\n", (), "nothing_to_replay"),
        ("any.log", "", ("--faults", "misfire"), "bad_adapter_url"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_sentence(tmp_path, name, content, words, code):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    status, told, _ = desk(tmp_path, "simulate", "--replay", str(path), *words)
    assert status == 1
    assert told["error"]["code"] == code
    assert len(told["error"]["message"]) > 20


def test_codes_of_broken_frames_are_unknown_and_never_none(tmp_path):
    evil = "many_codes:engine,broken_frames:engine,wrong_count:gearbox,mute:brakes"
    with simulated("--listen", "tcp:0", "--script", "idle", "--evil", evil) as car:
        _, told, _ = desk(tmp_path, "scan", "--adapter", car["adapter"])
    assert told["clean"] is False
    unknown = {(one["ecu"], one["kind"]) for one in told["unknown"]}
    assert {("7E8", "stored"), ("7E9", "stored"), ("7EA", "stored")} <= unknown
    assert all(one["why"] for one in told["unknown"])


def test_a_car_that_is_switched_off_in_the_middle_is_not_clean(tmp_path):
    words = ("--script", "idle", "--off-after-requests", "30")
    with simulated("--listen", "tcp:0", *words) as car:
        _, told, _ = desk(tmp_path, "scan", "--adapter", car["adapter"])
    assert told.get("clean", False) is False


@contextmanager
def foreign_emulator(elm, folder, stored: list[str], pending: list[str], permanent: list[str]):
    """The car of elm327-emulator with codes set; yields its URL once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [elm, "-n", str(port), "-s", "car", "-b", str(folder / "log")],
        cwd=folder,  # it leaves a log where it runs
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(
            f"import elm.obd_message as car; car.DTC_STORED.extend({stored}); "
            f"car.DTC_PENDING.extend({pending}); car.DTC_PERMANENT.extend({permanent})\n"
        )
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert time.monotonic() < deadline, "elm327-emulator never listened"
        yield f"elm327:tcp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate(timeout=10)


@pytest.mark.parametrize("elm", [peer("elm")])
def test_a_foreign_emulator_with_codes_set_is_scanned(tmp_path, elm):
    # Its lists hold whatever bytes follow the service: here the count that CAN asks for, too.
    codes = (["030143", "0196", "0234"], ["010300"], ["010420"])
    with foreign_emulator(elm, tmp_path, *codes) as url:
        told = scan(tmp_path, url)
    assert told_codes(told) == {
        ("P0143", "7E8"): {"stored"},
        ("P0196", "7E8"): {"stored"},
        ("P0234", "7E8"): {"stored"},
        ("P0300", "7E8"): {"pending"},
        ("P0420", "7E8"): {"permanent"},
    }
    assert told["mil"] is True
    assert told["clean"] is False


@pytest.mark.parametrize("elm", [peer("elm")])
def test_a_foreign_emulator_that_tells_codes_without_their_count_is_never_clean(tmp_path, elm):
    codes = (["0143", "0196", "0234"], ["0300"], ["0420"])
    with foreign_emulator(elm, tmp_path, *codes) as url:
        told = scan(tmp_path, url)
    assert told["clean"] is False
    assert told["mil"] is True
    right = {"P0143", "P0196", "P0234", "P0300", "P0420"}
    assert {one["code"] for one in told["codes"]} <= right, "no code that it does not hold"
    assert told["unknown"] or len(told["codes"]) == len(right)
