"""The adapter driver against adapters that others wrote.

Runs where CARTECH_PEERS names the folder with the commands `elmulator` (0.3.2) and `elm`
(elm327-emulator 4.0.0), installed apart from this project.
"""

import os
import shutil
import socket
import subprocess
import time

import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import LinkLost, PortNotFound, Unreadable

VIN = b"\x49\x02\x011C4RJFBG8FC123456"


def peer(name):
    command = shutil.which(name, path=os.environ.get("CARTECH_PEERS", os.devnull))
    return pytest.param(
        command,
        marks=pytest.mark.skipif(command is None, reason=f"CARTECH_PEERS holds no {name}"),
    )


@pytest.fixture
def elmulator(request):
    """Serve one scenario; the adapter, opened."""
    command, scenario = request.param
    process = subprocess.Popen(
        [command, "serve", scenario, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    port = process.stdout.readline().split()[1]
    adapter = make_adapter(f"elm327:tcp://127.0.0.1:{port}")
    adapter.open()
    yield adapter
    adapter.close()
    process.terminate()
    process.wait(10)


def scenario(name):
    (command,) = peer("elmulator").values
    return pytest.param((command, name), marks=peer("elmulator").marks, id=name)


@pytest.mark.parametrize(
    "elmulator",
    [
        scenario("no_codes_basic"),
        scenario("p0301_basic"),
        scenario("p0420_basic"),
        scenario("chunked_stream"),
        scenario("headers_off_echo_on"),
    ],
    indirect=True,
)
def test_elmulator_connects_and_the_vin_comes_whole(elmulator):
    assert elmulator.connect_car().ecus == (0x7E8,)
    for _ in range(3):
        reply = elmulator.request(Request(FUNCTIONAL, b"\x09\x02", expected=1))
        assert [answer.payload for answer in reply.answers] == [VIN]
        reply = elmulator.request(Request(FUNCTIONAL, b"\x01\x0c", expected=1))
        assert [answer.payload for answer in reply.answers] == [b"\x41\x0c\x1a\xf8"]


@pytest.mark.parametrize("elmulator", [scenario("headers_off_echo_on")], indirect=True)
def test_elmulator_with_echo_and_without_headers_is_seen_as_that(elmulator):
    elmulator.connect_car()
    assert {"headers stay off", "echo stays on"} <= set(elmulator.identity.quirks)


@pytest.mark.parametrize("elmulator", [scenario("malformed")], indirect=True)
def test_elmulator_malformed_is_unreadable(elmulator):
    with pytest.raises(Unreadable):
        elmulator.connect_car()


@pytest.mark.parametrize("elmulator", [scenario("adapter_disconnect")], indirect=True)
def test_elmulator_that_goes_is_lost_within_two_seconds(elmulator):
    elmulator.connect_car()
    began = time.monotonic()
    with pytest.raises(LinkLost):
        elmulator.request(Request(FUNCTIONAL, b"\x03"))
    assert time.monotonic() - began < 2.0


@pytest.fixture
def emulator(request, tmp_path):
    """Serve the car of elm327-emulator; the adapter, opened."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [request.param, "-n", str(port), "-s", "car", "-b", str(tmp_path / "log")],
        cwd=tmp_path,  # it leaves a log where it runs
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    adapter = make_adapter(f"elm327:tcp://127.0.0.1:{port}")
    deadline = time.monotonic() + 20
    while True:
        try:
            adapter.open()
            break
        except PortNotFound:
            assert time.monotonic() < deadline, "elm327-emulator never listened"
    yield adapter
    adapter.close()
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("emulator", [peer("elm")], indirect=True)
def test_elm327_emulator_connects_and_answers(emulator):
    assert 0x7E8 in emulator.connect_car().ecus
    six = b"\x01\x0c\x0d\x05\x0f\x11\x04"
    for address in (FUNCTIONAL, Address(0x7E0)):
        for payload in (b"\x09\x02", b"\x01\x0c", six):
            for _ in range(3):
                reply = emulator.request(Request(address, payload, expected=1))
                assert len(reply.answers) == 1
                assert reply.unreadable == ()
    vin = emulator.request(Request(FUNCTIONAL, b"\x09\x02", expected=1)).answers[0].payload
    assert len(vin) == 20
    assert vin[3:].decode("ascii").isalnum()
