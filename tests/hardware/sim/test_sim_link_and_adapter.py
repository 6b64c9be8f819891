"""The car in process: a link with a plug, and the desk's own driver over it."""

import itertools
import threading
import time

import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import BadAdapterUrl, CarSilent, LinkLost, PortNotFound
from cartech_desk.hardware.sim.link import Plug, SimLink, park, tow_away
from cartech_desk.hardware.sim.options import parse_options

ENGINE = Address(0x7E0)
names = itertools.count()


@pytest.fixture
def plug():
    return Plug("", parse_options({"script": "idle", "reset_ms": "0"}))


@pytest.fixture
def link(plug):
    made = SimLink(plug, "sim:test")
    made.open()
    yield made
    made.close()


@pytest.fixture
def parked_name():
    name = f"bay-{next(names)}"
    yield name
    tow_away(name)


def read_to_prompt(link) -> bytes:
    heard = b""
    while not heard.endswith(b">"):
        piece = link.read(5.0)
        assert piece, "no prompt came"
        heard += piece
    return heard


def test_bytes_go_in_and_come_out(link):
    link.write(b"ATI\r")
    assert read_to_prompt(link) == b"ATI\rELM327 v1.5\r\r>"


def test_nothing_to_read_is_nothing_after_the_time_out(link):
    before = time.monotonic()
    assert link.read(0.05) == b""
    assert time.monotonic() - before >= 0.05
    assert link.read(0) == b""


def test_latency_is_waited_for_on_the_clock(plug):
    link = SimLink(Plug("", parse_options({"latency_ms": "30"})), "sim:slow")
    link.open()
    link.write(b"ATSP6\rATSH7E0\rATE0\r")
    assert link.read(1.0)
    before = time.monotonic()
    link.write(b"010D1\r")
    assert b"41 0D" in read_to_prompt(link)
    assert 0.029 < time.monotonic() - before < 1.0


def test_a_pulled_plug_wakes_the_reader_with_a_lost_link(plug, link):
    lost = []

    def read():
        try:
            link.read(30.0)
        except LinkLost as error:
            lost.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    plug.unplug()
    reader.join(5.0)
    assert not reader.is_alive()
    assert lost[0].to_do


def test_a_pulled_plug_leaves_no_port_until_it_is_back(plug, link):
    plug.unplug()
    with pytest.raises(LinkLost):
        link.write(b"ATI\r")
    with pytest.raises(PortNotFound):
        link.open()
    plug.replug()
    with pytest.raises(LinkLost):
        link.read(0)
    link.open()
    link.write(b"ATI\r")
    assert read_to_prompt(link).startswith(b"ATI\r"), "the adapter woke up anew, echo on"


def test_a_quick_replug_is_noticed_too(plug, link):
    plug.unplug()
    plug.replug()
    with pytest.raises(LinkLost):
        link.read(0)


def test_a_closed_link_is_lost_and_can_be_closed_twice(link):
    link.close()
    link.close()
    with pytest.raises(LinkLost):
        link.write(b"ATI\r")


def test_the_link_drops_after_its_requests():
    link = SimLink(Plug("", parse_options({"drop_after_requests": "2"})), "sim:drop")
    link.open()
    link.write(b"ATSP6\r010D1\r010D1\r")
    read_to_prompt(link)
    link.write(b"010D1\r")
    with pytest.raises(LinkLost):
        link.read(1.0)
    link.open()
    link.write(b"ATI\r")
    assert read_to_prompt(link)


def test_the_link_drops_after_its_time():
    now = [0]
    plug = Plug("", parse_options({"drop_after_s": "2"}))
    link = SimLink(plug, "sim:drop", clock=lambda: now[0])
    link.open()
    link.write(b"ATI\r")
    now[0] = 2_000_000_000
    with pytest.raises(LinkLost):
        link.read(0)


def test_nameless_cars_are_new_and_named_ones_stay(parked_name):
    options = parse_options({})
    assert park("", options) is not park("", options)
    assert park(parked_name, options) is park(parked_name, options)
    with pytest.raises(BadAdapterUrl):
        park(parked_name, parse_options({"seed": "2"}))
    first = park(parked_name, options)
    tow_away(parked_name)
    assert not first.plugged
    assert park(parked_name, options) is not first


@pytest.mark.parametrize(
    "url",
    ["sim:?script=idle", "sim:?script=idle&chip=stn", "sim:?script=idle&clone=clone_v21",
     "sim:?script=idle&clone=clone_echo", "sim:?script=idle&dirt=chunks:1,interleave:1"],
)  # fmt: skip
def test_the_desks_own_driver_reads_the_car(url):
    with make_adapter(url) as adapter:
        car = adapter.connect_car()
        assert car.ecus == (0x7E8, 0x7E9, 0x7EA)
        assert adapter.voltage() == pytest.approx(14.2, abs=0.2)
        [answer] = adapter.request(Request(ENGINE, b"\x01\x0c", 1)).answers
        assert answer.payload[:2] == b"\x41\x0c"
        assert 700 < int.from_bytes(answer.payload[2:], "big") / 4 < 1000
        [vin] = adapter.request(Request(FUNCTIONAL, b"\x09\x02")).answers
        assert vin.payload[3:] == b"SZZCT0SM5N0012047"


def test_the_desks_own_driver_reads_a_29_bit_car():
    with make_adapter("sim:?script=idle&bits=29") as adapter:
        car = adapter.connect_car()
        assert car.extended
        assert len(car.ecus) == 3
        answers = adapter.request(Request(FUNCTIONAL_29BIT, b"\x01\x0d")).answers
        assert {answer.ecu for answer in answers} == set(car.ecus)


def test_the_desks_own_driver_reads_behind_an_address_byte():
    with make_adapter("sim:?script=idle") as adapter:
        adapter.connect_car()
        tyres = Address(0x750, 0x758, extension=0x2A)
        [answer] = adapter.request(Request(tyres, b"\x21\x30")).answers
        assert answer.payload[:2] == b"\x61\x30"
        assert len(answer.payload) == 7


def test_a_car_that_is_off_is_said_to_be_silent():
    with make_adapter("sim:?ignition=off") as adapter, pytest.raises(CarSilent):
        adapter.connect_car()


def test_an_adapter_made_anew_finds_the_same_car(parked_name):
    url = f"sim:{parked_name}?script=idle"
    adapter = make_adapter(url)
    adapter.open()
    adapter.connect_car()
    plug = park(parked_name, parse_options({"script": "idle"}))
    plug.unplug()
    with pytest.raises(LinkLost):
        adapter.request(Request(ENGINE, b"\x01\x0c", 1))
    adapter.close()
    plug.replug()
    with make_adapter(url) as again:
        assert again.connect_car().ecus


@pytest.mark.parametrize("url", ["sim:?wings=2", "sim:?latency_ms=x", "sim:?dirt=fog"])
def test_a_bad_url_is_refused(url):
    with pytest.raises(BadAdapterUrl):
        make_adapter(url)


def test_no_thread_is_started_for_a_car_in_process():
    before = set(threading.enumerate())
    with make_adapter("sim:"):
        assert set(threading.enumerate()) <= before
