"""From python-can's real slcan interface over a pseudo terminal to the simulated car and back."""

import os
import select
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import can
import pytest

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Adapter, Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import (
    BadAdapterUrl,
    CarSilent,
    LinkLost,
    PortDenied,
    PortNotFound,
)
from cartech_desk.hardware.sim.can_server import CanCarServer, CanDirt
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.slcan import CanService, SlcanDevice, serve_can

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")

RPM = Request(Address(0x7E0), b"\x01\x0c")

Serve = Callable[..., CanService]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine is no slow ECU."""
    for name in ("FLOOR_S", "FIRST_S", "CEILING_S"):
        monkeypatch.setattr(f"cartech_desk.hardware.can.patience.{name}", 2.0)


@pytest.fixture
def serve() -> Iterator[Serve]:
    services: list[CanService] = []

    def make(place: str = "slcan:PTY", **options: object) -> CanService:
        service = serve_can(SimulatedCar(CarOptions(seed=5)), place, **options)  # type: ignore[arg-type]
        services.append(service)
        service.start()
        return service

    yield make
    for service in services:
        started = time.monotonic()
        service.stop()
        assert time.monotonic() - started < 1


def test_the_car_is_found_named_and_asked_over_slcan(serve: Serve) -> None:
    with make_adapter(serve().url) as adapter:
        assert adapter.identity is not None
        assert (adapter.identity.chip, adapter.identity.firmware) == ("slcan", "V1013 NSIM1")
        link = adapter.connect_car()
        assert link.protocol == "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
        assert link.ecus == (0x7E8, 0x7E9, 0x7EA)
        assert len(adapter.request(Request(Address(0x7E0), b"\x09\x02")).answers[0].payload) == 20
        assert adapter.request(RPM).answers[0].payload[:2] == b"\x41\x0c"
        assert adapter.voltage() is None


class Listening(SlcanDevice):
    """Remembers at which bit rate frames were asked to be sent."""

    def __init__(self, bus_bitrate: int) -> None:
        super().__init__(bus_bitrate=bus_bitrate)
        self.sent_at: set[int | None] = set()
        self.modes: list[bytes] = []

    def _do(self, command: bytes) -> bytes:
        if command[:1] in (b"t", b"T"):
            self.sent_at.add(self._bitrate)
        if command in (b"O", b"L"):
            self.modes.append(command)
        return super()._do(command)


def test_the_bit_rate_is_found_by_listening_and_nothing_is_sent_at_another() -> None:
    device = Listening(250_000)
    server = CanCarServer(SimulatedCar(), device, dirt=CanDirt(foreign_per_s=100))
    server.start()
    try:
        with make_adapter(f"can:slcan:{device.port}") as adapter:
            link = adapter.connect_car()
            assert adapter.connect_car() == link  # once more, after a loss of the car
        assert link.protocol == "ISO 15765-4 CAN, 11 bit, 250 kbit/s"
        assert device.sent_at == {250_000}
        assert device.modes[0] == b"L"
    finally:
        server.stop()
        device.shutdown()


def test_a_wrong_bit_rate_is_a_silent_car(serve: Serve) -> None:
    url = serve(bus_bitrate=250_000).url.replace("250000", "500000")
    with make_adapter(url) as adapter, pytest.raises(CarSilent, match=r"acknowledges.*bit rate"):
        adapter.connect_car()


def ask_for_two_seconds(adapter: Adapter) -> None:
    started = time.monotonic()
    while time.monotonic() - started < 2:
        adapter.request(RPM)


def test_an_unplugged_adapter_is_known_within_two_seconds_and_frees_its_port(
    serve: Serve,
) -> None:
    service = serve()
    adapter = make_adapter(service.url)
    adapter.open()
    adapter.connect_car()
    assert isinstance(service.bus, SlcanDevice)
    service.bus.unplug()
    with pytest.raises(LinkLost, match="gone"):
        ask_for_two_seconds(adapter)
    adapter.close()
    again = serve()
    with make_adapter(again.url) as other:
        assert other.connect_car().ecus


def test_an_adapter_unplugged_during_a_wait_is_known_too(serve: Serve) -> None:
    import threading

    service = serve(latency_s=5.0)
    with make_adapter(service.url) as adapter:
        assert isinstance(service.bus, SlcanDevice)
        timer = threading.Timer(0.2, service.bus.unplug)
        timer.start()
        started = time.monotonic()
        with pytest.raises(LinkLost):
            adapter.request(Request(Address(0x7E0), b"\x01\x0c", timeout_s=4))
        assert time.monotonic() - started < 2
        timer.join()


def test_a_busy_bus_does_not_hide_the_answers(serve: Serve) -> None:
    service = serve(dirt=CanDirt(foreign_per_s=2000))
    with make_adapter(service.url) as adapter:
        adapter.connect_car()
        for _ in range(50):
            assert adapter.request(RPM).answers[0].payload[:2] == b"\x41\x0c"


def test_a_path_becomes_a_link_that_goes_with_the_server(tmp_path: Path) -> None:
    link = tmp_path / "ttyCAR"
    service = serve_can(SimulatedCar(), f"slcan:{link}")
    service.start()
    with make_adapter(f"can:slcan:{link}?bitrate=500000") as adapter:
        assert adapter.connect_car().ecus
    service.stop()
    assert not link.is_symlink()


def test_a_link_left_behind_is_replaced_and_a_file_is_not(tmp_path: Path) -> None:
    link = tmp_path / "ttyCAR"
    link.symlink_to(tmp_path / "gone")
    serve_can(SimulatedCar(), f"slcan:{link}").stop()
    taken = tmp_path / "notes.txt"
    taken.write_text("mine")
    with pytest.raises(PortDenied, match="cannot be made"):
        serve_can(SimulatedCar(), f"slcan:{taken}")
    assert taken.read_text() == "mine"


def test_windows_is_told_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(PortNotFound, match="tcp:35000"):
        SlcanDevice()


def test_any_channel_of_python_can_may_carry_the_car() -> None:
    channel = f"car-{uuid.uuid4()}"
    service = serve_can(SimulatedCar(), f"can:virtual:{channel}")
    service.start()
    with make_adapter(service.url) as adapter:
        assert adapter.connect_car().ecus
    service.stop()
    with pytest.raises(BadAdapterUrl):
        serve_can(SimulatedCar(), "nosuch:0")


@pytest.fixture
def device() -> Iterator[SlcanDevice]:
    made = SlcanDevice()
    yield made
    made.shutdown()


def ask(device: SlcanDevice, commands: bytes) -> bytes:
    host = os.open(device.port, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(host, commands)
        while device.recv(0.05) is not None:
            pass
        heard = b""
        while select.select([host], [], [], 0.1)[0]:  # a terminal may hand it on in pieces
            heard += os.read(host, 4096)
        return heard
    finally:
        os.close(host)


@pytest.mark.parametrize(
    ("commands", "answers"),
    [
        (b"V\rN\r", b"V1013\rNSIM1\r"),
        (b"O\r", b"\a"),
        (b"S6\rO\rO\r", b"\r\r\a"),
        (b"S6\rO\rS5\r", b"\r\r\a"),
        (b"S6\rO\rC\rC\r", b"\r\r\r\a"),
        (b"C\r", b"\a"),
        (b"s001C\rO\r", b"\r\r"),
        (b"t7DF20100\r", b"\a"),
        (b"S6\rO\rt7DF20100\r", b"\r\rz\r"),
        (b"S6\rO\rT18DB33F120100\r", b"\r\rZ\r"),
        (b"S6\rO\rr7DF2\rR18DB33F12\r", b"\r\rz\rZ\r"),
        (b"S6\rL\rt7DF20100\r", b"\r\r\a"),
        (b"S6\rO\rt7DF301\r", b"\r\r\a"),
        (b"S6\rO\rt7DF9\r", b"\r\r\a"),
        (b"S6\rO\rF\r", b"\r\rF00\r"),
        (b"S5\rO\rt7DF20100\rF\rF\r", b"\r\r\aF80\rF00\r"),
        (b"M00000000\rmFFFFFFFF\rZ1\r\r", b"\r\r\r\r"),
        (b"Q\r\xff\r", b"\a\a"),
    ],
)
def test_the_device_speaks_lawicel(device: SlcanDevice, commands: bytes, answers: bytes) -> None:
    assert ask(device, commands) == answers


def test_frames_reach_the_host_only_while_the_channel_is_open(device: SlcanDevice) -> None:
    message = can.Message(arbitration_id=0x7E8, data=b"\x41\x0c", is_extended_id=False)
    wide = can.Message(arbitration_id=0x18DAF110, data=b"\x41", is_extended_id=True)
    device.send(message)
    assert ask(device, b"S6\rO\r") == b"\r\r"
    host = os.open(device.port, os.O_RDWR | os.O_NOCTTY)
    device.send(message)
    device.send(wide)
    frames = b""
    while frames.count(b"\r") < 2:  # a terminal may hand them on one by one
        frames += os.read(host, 100)
    assert frames == b"t7E82410C\rT18DAF110141\r"
    os.close(host)


def test_a_host_that_does_not_read_loses_frames_and_is_told(device: SlcanDevice) -> None:
    ask(device, b"S6\rO\r")
    message = can.Message(arbitration_id=0x7E8, data=bytes(8), is_extended_id=False)
    for _ in range(3000):
        device.send(message)
    host = os.open(device.port, os.O_RDWR | os.O_NOCTTY)
    os.set_blocking(host, False)
    heard, deadline = b"", time.monotonic() + 2
    os.write(host, b"F\r")
    while b"F" not in heard and time.monotonic() < deadline:
        device.recv(0.01)
        try:
            heard += os.read(host, 65536)
        except BlockingIOError:
            continue
    os.close(host)
    assert heard.endswith(b"F08\r")
    assert heard.count(b"\r") < 3000
