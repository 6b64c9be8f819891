"""`cartech-desk simulate`, as a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import can
import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.dyno.sources import make_source

SIMULATE = (sys.executable, "-m", "cartech_desk", "simulate")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and ports")


@contextmanager
def simulate(*words: str):
    """Yield what the command said when it was ready, and its process."""
    process = subprocess.Popen(
        [*SIMULATE, "--json", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_it_says_where_it_listens_and_the_desk_reads_the_car():
    with simulate("--listen", "tcp:0", "--seconds", "60", "--faults", "misfire") as (ready, _):
        assert re.fullmatch(r"tcp://127\.0\.0\.1:\d+", ready["listening"])
        with make_adapter(ready["adapter"]) as adapter:
            adapter.connect_car()
            reply = adapter.request(Request(FUNCTIONAL, b"\x03"))
            assert reply.answers[0].payload == b"\x43\x01\x03\x01"
            vin = adapter.request(Request(FUNCTIONAL, b"\x09\x02")).answers[0]
            assert vin.payload[3:].decode() == ready["vin"]


def test_it_is_a_dyno_and_says_how_to_use_it():
    with simulate(
        *("--jetdrive", "127.0.0.1:0", "--magtrol", "tcp:0", "--simpledyno", "tcp:0"),
        *("--isp2", "tcp:0", "--dyno-rate", "50", "--seconds", "60"),
    ) as (ready, _):
        assert "adapter" not in ready
        wires = ready["dyno"]
        assert set(wires) == {"jetdrive", "magtrol", "simpledyno", "isp2"}
        for wire in wires.values():
            address = wire["address"]
            assert wire["use"].replace("'", "").endswith(f"dyno run --source {address}")
            with closing(make_source(address, "dyno")) as source:
                source.open()
                deadline = time.monotonic() + 20
                good = False
                while not good and time.monotonic() < deadline:
                    good = any(one.quality is Quality.GOOD for one in source.read(0.2))
                assert good, address


def test_a_dyno_stands_beside_an_adapter_to_the_same_car():
    with simulate("--listen", "tcp:0", "--jetdrive", "127.0.0.1:0", "--seconds", "60") as (
        ready,
        _,
    ):
        assert ready["adapter"].startswith("elm327:tcp://")
        assert ready["dyno"]["jetdrive"]["address"].startswith("jetdrive://127.0.0.1:")


@pytest.mark.parametrize(
    "words",
    [
        ("--jetdrive", "224.0.2.10:22344"),
        ("--jetdrive", "127.0.0.1:0", "--dyno-rate", "0"),
        ("--jetdrive", "127.0.0.1:0", "--script", "demo"),
        ("--magtrol", "usb"),
    ],
)
def test_a_dyno_that_cannot_be_is_refused(words):
    done = subprocess.run(
        [*SIMULATE, "--json", *words], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["to_do"]


def test_it_stops_by_itself_after_its_seconds():
    started = time.monotonic()
    done = subprocess.run(
        [*SIMULATE, "--listen", "tcp:0", "--seconds", "0.3"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Connect with: cartech-desk scan --adapter elm327:tcp://127.0.0.1:" in done.stdout
    assert time.monotonic() - started >= 0.3


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number):
    with simulate("--listen", "tcp:0") as (_, process):
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_a_port_in_use_is_one_clear_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*SIMULATE, "--json", "--listen", f"tcp:{port}"],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "port_busy"
    assert "already listens" in done.stderr


@posix
def test_a_link_that_cannot_be_made_is_refused(tmp_path):
    done = subprocess.run(
        [*SIMULATE, "--json", "--can", f"slcan:{tmp_path}/nowhere/x", "--seconds", "0.3"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "port_denied"
    assert "cannot be made" in done.stderr


def test_an_option_that_cannot_be_is_refused():
    done = subprocess.run(
        [*SIMULATE, "--json", "--dirt", "fog"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "bad_adapter_url"


@posix
def test_one_car_can_have_several_faces():
    with simulate("--pty", "--can", "slcan:PTY", "--listen", "tcp:0") as (ready, _):
        assert os.path.exists(ready["pty"])
        assert ready["can"].startswith("can:slcan:/dev/")
        with make_adapter(f"elm327:{ready['pty']}") as adapter:
            assert adapter.connect_car().ecus == (0x7E8, 0x7E9, 0x7EA)


@posix
def test_dirt_reaches_the_bus_too():
    with simulate("--can", "slcan:PTY", "--seconds", "60", "--dirt", "foreign:0.5") as (ready, _):
        port = ready["can"].removeprefix("can:slcan:").partition("?")[0]
        with can.Bus(port, interface="slcan", bitrate=500_000, sleep_after_open=0.0) as bus:
            heard = bus.recv(20.0)
    assert heard is not None, "no traffic of others on the bus"
    assert not 0x7E0 <= heard.arbitration_id <= 0x7EF


@pytest.mark.parametrize(
    "words", [("--speaks", "kwp", "--can", "virtual:any"), ("--speaks", "kwp", "--bits", "29")]
)
def test_a_car_before_can_is_on_no_can_bus(words, capsys):
    assert main(["simulate", "--listen", "tcp:0", *words, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bad_adapter_url"


def test_help_lists_the_values_that_an_option_can_have(capsys):
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    said = capsys.readouterr().out
    for word in ("misfire", "P0301", "wrong_count", "pending_forever", "key_on", "wrong_check"):
        assert word in said


def test_a_virtual_bus_is_said_to_be_of_one_program(capsys):
    assert main(["simulate", "--can", "virtual:any", "--seconds", "0.1", "--json"]) == 0
    assert "slcan:PTY" in capsys.readouterr().err


def test_a_recording_says_what_it_holds(tmp_path):
    log = tmp_path / "short.log"
    log.write_text("(1.0) can0 7DF#02010D\n(1.02) can0 7E8#03410D32\n(2.0) can0 7DF#02010C\n")
    with simulate("--replay", str(log), "--listen", "tcp:0") as (ready, process):
        assert ready["vin"] is None
        replay = ready["replay"]
        assert (replay["file"], replay["requests"], replay["ecus"]) == ("short.log", 2, ["7E8"])
        assert len(replay["warnings"]) == 2
        with make_adapter(ready["adapter"]) as adapter:
            assert adapter.connect_car().ecus == (0x7E8,)
            speed = adapter.request(Request(FUNCTIONAL, b"\x01\x0d", expected=1))
            assert speed.answers[0].payload == b"\x41\x0d\x32"
        process.kill()
        assert "1 of the 2 requests were not answered" in process.stderr.read()
