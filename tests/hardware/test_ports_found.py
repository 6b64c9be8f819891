import json
import os
import socket
import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from cartech_desk.app.main import main
from cartech_desk.hardware import ports
from cartech_desk.hardware.errors import AdapterSilent, BadAdapterUrl, NotAnAdapter, PortNotFound


def system_port(device, **known):
    fields = dict.fromkeys(
        ["description", "hwid", "vid", "pid", "product", "manufacturer", "serial_number"]
    )
    return SimpleNamespace(device=device, name=device.rpartition("/")[2], **(fields | known))


@pytest.fixture
def plugged_in(monkeypatch):
    def plug(*devices):
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: list(devices))

    return plug


@pytest.mark.parametrize(
    ("device", "kind", "words", "url"),
    [
        (
            system_port("/dev/ttyUSB0", vid=0x1A86, pid=0x7523, description="USB Serial"),
            "perhaps",
            "CH340",
            "elm327:/dev/ttyUSB0",
        ),
        (
            system_port("COM5", vid=0x0403, pid=0x6015, product="OBDLink SX"),
            "adapter",
            "OBDLink",
            "elm327:COM5",
        ),
        (
            system_port("/dev/ttyACM0", vid=0x16D0, pid=0x117E),
            "adapter",
            "slcan",
            "can:slcan:/dev/ttyACM0",
        ),
        (system_port("/dev/rfcomm0"), "perhaps", "Bluetooth", "elm327:/dev/rfcomm0"),
        (
            system_port("COM4", hwid=r"BTHENUM\{00001101-0000-1000-8000-00805F9B34FB}"),
            "perhaps",
            "Bluetooth",
            "elm327:COM4",
        ),
        (
            system_port("/dev/ttyACM1", vid=0x1546, pid=0x01A7),
            "other",
            "GPS",
            "elm327:/dev/ttyACM1",
        ),
        (system_port("CNCA0", description="com0com - serial port"), "virtual", "virtual", None),
        (system_port("/dev/ttyS0"), "other", "built-in", "elm327:/dev/ttyS0"),
        (system_port("/dev/ttyXYZ"), "other", "serial port", "elm327:/dev/ttyXYZ"),
    ],
)
def test_a_port_is_put_down_to_what_it_probably_is(plugged_in, device, kind, words, url):
    plugged_in(device)
    (port,) = ports.list_ports()
    assert port.kind == kind
    assert words in port.probably
    assert url is None or port.url == url


def test_the_likeliest_adapter_comes_first(plugged_in):
    plugged_in(
        system_port("/dev/ttyS0"),
        system_port("/dev/ttyUSB0", vid=0x0403, pid=0x6001),
        system_port("/dev/ttyUSB1", product="OBDLink EX"),
    )
    assert [port.port for port in ports.list_ports()] == [
        "/dev/ttyUSB1",
        "/dev/ttyUSB0",
        "/dev/ttyS0",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a port")
def test_a_port_that_some_program_holds_is_in_use(plugged_in):
    far, near = pytest.importorskip("pty").openpty()
    plugged_in(system_port(os.ttyname(near)), system_port("/dev/ttyS7"))
    assert {port.port: port.in_use for port in ports.list_ports()} == {
        os.ttyname(near): True,
        "/dev/ttyS7": False,
    }
    os.close(far)
    os.close(near)


def test_network_addresses_are_only_suggested():
    assert [port.url for port in ports.suggestions()] == ["elm327:tcp://192.168.0.10:35000"]
    assert all(port.suggested for port in ports.suggestions())


def test_probing_a_port_that_is_not_there_says_so():
    found = ports.probe("elm327:/dev/no-such-port")
    assert found.identity is None
    assert isinstance(found.error, PortNotFound)


def test_probing_nonsense_says_so():
    assert isinstance(ports.probe("nonsense").error, BadAdapterUrl)


def test_probing_ends_at_its_deadline():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"elm327:tcp://127.0.0.1:{server.getsockname()[1]}"
        assert isinstance(ports.probe(url, 0.1).error, AdapterSilent)


@contextmanager
def position_receiver():
    """Yield the URL of something that sends sentences and understands nothing."""

    def talk():
        peer, _ = server.accept()
        with peer:
            while not over.wait(0.02):
                try:
                    peer.sendall(b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M*47\r\n")
                except OSError:
                    return

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield f"elm327:tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join(5)


@pytest.mark.parametrize("deadline_s", [0.3, 12.0])
def test_what_talks_but_is_no_adapter_is_called_that_whoever_gives_up_first(deadline_s):
    with position_receiver() as url:
        assert isinstance(ports.probe(url, deadline_s).error, NotAnAdapter)


def test_an_adapter_is_named_once(plugged_in, capsys):
    plugged_in()
    assert main(["ports", "--url", "sim:"]) == 0
    assert "ELM327 (ELM327" not in capsys.readouterr().out


def test_probing_a_silent_peer_says_so():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"elm327:tcp://127.0.0.1:{server.getsockname()[1]}"
        assert isinstance(ports.probe(url).error, AdapterSilent)


def test_the_command_prints_one_object(plugged_in, capsys):
    plugged_in(system_port("/dev/ttyUSB9", vid=0x0403, pid=0x6001, serial_number="A1"))
    assert main(["ports", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (port,) = document["ports"]
    assert port["url"] == "elm327:/dev/ttyUSB9"
    assert port["serial_number"] == "A1"
    assert {"port", "name", "probably", "kind", "in_use"} <= set(port)


def test_the_command_asks_each_port_on_request(plugged_in, capsys):
    plugged_in(system_port("/dev/no-such-port"))
    assert main(["ports", "--json", "--probe"]) == 0
    out, err = capsys.readouterr()
    (port,) = json.loads(out)["ports"]
    assert port["found"] is None
    assert port["error"]["code"] == "port_not_found"
    assert "/dev/no-such-port" in err


def test_the_command_asks_an_address_that_was_named(plugged_in, capsys):
    plugged_in()
    assert main(["ports", "--url", "elm327:/dev/no-such-port"]) == 0
    assert "no usable serial port" in capsys.readouterr().out


def test_without_ports_the_command_says_what_to_do(plugged_in, capsys):
    plugged_in()
    assert main(["ports"]) == 0
    assert "Plug the adapter in" in capsys.readouterr().out
