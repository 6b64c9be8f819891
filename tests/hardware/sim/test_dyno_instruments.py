"""The simulated Magtrol, SimpleDyno and ISP2: their bytes, and their wires."""

import os
import re
import socket
import sys
import time

import numpy as np
import pytest

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.dyno_innovate import InnovateServer, packet
from cartech_desk.hardware.sim.dyno_magtrol import MagtrolServer
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_pulses import SimpleDynoServer
from cartech_desk.hardware.sim.pty_endpoint import PtyEndpoint
from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint
from cartech_desk.hardware.sim.udp_endpoint import read_target
from tests.hardware.sim.dyno_drive import BEGAN_NS, car, moments

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
QUIET = DynoOptions(noise=0.0)


def spoken(server: SimpleDynoServer | InnovateServer, until_s: float) -> bytes:
    said = b""
    for tick in range(round(until_s * 100) + 1):
        said += server.poll(BEGAN_NS + tick * 10_000_000)
    return said


def asked(server: MagtrolServer, at_s: float, words: bytes = b"OD\r\n") -> bytes:
    now_ns = BEGAN_NS + round(at_s * 1e9)
    server.keep_time(BEGAN_NS)
    server.receive(words, now_ns)
    return server.poll(now_ns)


# Magtrol


def test_magtrol_answers_a_poll_as_its_manual_shows():
    assert re.fullmatch(rb"S[ \d]{5}T[ \d.]{5}[RL]\r\n", asked(MagtrolServer(car(), QUIET), 3.0))


def test_magtrol_tells_engine_speed_and_the_wheels_torque_at_it():
    answer = asked(MagtrolServer(car("dyno_short"), QUIET), 11.0)
    true = moments("dyno_short", 11.0)[-1]
    assert int(answer[1:6]) == pytest.approx(true.rpm, abs=1)
    assert float(answer[7:12]) == pytest.approx(true.torque_nm, abs=0.1)
    assert answer[12:13] == b"R"


def test_magtrol_turns_the_other_way_while_the_engine_brakes():
    assert asked(MagtrolServer(car("dyno_short"), QUIET), 14.5)[12:13] == b"L"


@pytest.mark.parametrize("words", [b"od\r\n", b"OD", b"Q100\r\n", b"OD3\r\n", b"\xff\r\n"])
def test_magtrol_says_nothing_to_what_it_does_not_know(words):
    assert asked(MagtrolServer(car(), QUIET), 1.0, words) == b""


def test_magtrol_answers_the_first_of_two_channels_too():
    assert asked(MagtrolServer(car(), QUIET), 1.0, b"OD1\r\n").startswith(b"S")


def test_magtrol_falls_silent_when_it_is_told_to():
    assert asked(MagtrolServer(car(), DynoOptions(silent_at=2.0)), 3.0) == b""


# SimpleDyno


def test_simpledyno_sends_lines_of_eleven_unsigned_integers():
    lines = spoken(SimpleDynoServer(car(), QUIET), 3.0).split(b"\r\n")
    assert lines.pop() == b""
    assert len(lines) == pytest.approx(300, abs=2)
    for line in lines:
        numbers = [int(one) for one in line.split(b",")]
        assert len(numbers) == 11
        assert all(0 <= one < 1 << 32 for one in numbers)


def test_simpledynos_clock_wraps_and_its_pulses_go_on():
    lines = spoken(SimpleDynoServer(car("dyno_short"), QUIET), 12.0).split(b"\r\n")[:-1]
    micros = np.array([int(line.split(b",")[0]) for line in lines])
    assert (np.diff(micros) % (1 << 32) == 10_000).all()
    assert (np.diff(micros) < 0).sum() == 1


def test_simpledynos_intervals_tell_the_rollers_speed_and_the_engines():
    lines = spoken(SimpleDynoServer(car("dyno_short"), QUIET), 11.0).split(b"\r\n")[:-1]
    _, _, roller_us, _, engine_us, *_ = (int(one) for one in lines[-1].split(b","))
    true = moments("dyno_short", 11.0)[-1]
    assert 1.4451e6 / roller_us == pytest.approx(true.speed_ms, rel=0.01)
    assert 60e6 / engine_us == pytest.approx(true.rpm, rel=0.01)


def test_simpledyno_repeats_an_interval_until_a_new_pulse():
    lines = spoken(SimpleDynoServer(car(), QUIET), 2.0).split(b"\r\n")[:-1]
    stamps = [int(line.split(b",")[1]) for line in lines]
    assert len(set(stamps)) < len(stamps)


# ISP2


def test_isp2_is_laid_out_as_published():
    assert packet(0, 491).hex(" ").upper() == "B2 82 43 13 03 6B"


def test_isp2_sends_12_packets_a_second():
    said = spoken(InnovateServer(car(), QUIET), 10.0)
    assert len(said) / 6 == pytest.approx(122, abs=2)


def test_isp2_warms_up_then_tells_lambda():
    said = spoken(InnovateServer(car("dyno_short"), QUIET), 11.0)
    packets = [said[place : place + 6] for place in range(0, len(said), 6)]
    states = [one[2] >> 2 & 7 for one in packets]
    assert states[0] == 4
    assert states[-1] == 0
    told = ((packets[-1][4] << 7 | packets[-1][5]) + 500) / 1000
    assert told == pytest.approx(moments("dyno_short", 11.0)[-1].mixture, abs=0.01)


def test_isp2_tells_oxygen_where_nothing_burns():
    said = spoken(InnovateServer(car("dyno_short"), QUIET), 14.6)
    assert said[-4] >> 2 & 7 == 1


# Wires


@pytest.fixture
def serving():
    started = []

    def start(endpoint):
        endpoint.start()
        started.append(endpoint)
        return endpoint

    yield start
    for endpoint in started:
        endpoint.stop()


def read_until(read, done, seconds=5.0):
    heard = b""
    deadline = time.monotonic() + seconds
    while not done(heard) and time.monotonic() < deadline:
        heard += read()
    return heard


def test_pulses_stream_over_tcp(serving):
    endpoint = serving(TcpEndpoint(SimpleDynoServer(car(), QUIET), "127.0.0.1", 0))
    host, _, port = endpoint.address.removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        heard = read_until(lambda: client.recv(4096), lambda said: said.count(b"\r\n") > 20)
    assert heard.count(b"\r\n") > 20


def test_nobody_at_the_tcp_port_costs_no_processor_time(serving):
    serving(TcpEndpoint(SimpleDynoServer(car(), QUIET), "127.0.0.1", 0))
    before = time.process_time()
    time.sleep(1.0)  # the stretch that is measured
    assert time.process_time() - before < 0.4


@posix
def test_the_wideband_streams_over_a_pseudo_terminal(serving):
    endpoint = serving(PtyEndpoint(InnovateServer(car(), QUIET)))
    port = os.open(endpoint.address, os.O_RDWR | os.O_NOCTTY)
    try:
        heard = read_until(lambda: os.read(port, 256), lambda said: len(said) >= 24)
    finally:
        os.close(port)
    assert b"\xb2\x82" in heard


@posix
def test_the_controller_is_polled_over_a_pseudo_terminal(serving):
    endpoint = serving(PtyEndpoint(MagtrolServer(car(), QUIET)))
    port = os.open(endpoint.address, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, b"OD\r\n")
        heard = read_until(lambda: os.read(port, 256), lambda said: said.endswith(b"\n"))
    finally:
        os.close(port)
    assert heard.startswith(b"S")


@pytest.mark.parametrize(
    "place",
    ["", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "224.0.2.10:22344", "::1:5"],
)
def test_a_place_that_nothing_can_be_sent_to_is_refused(place):
    with pytest.raises(BadAdapterUrl) as refused:
        read_target(place)
    assert "127.0.0.1:22344" in refused.value.to_do


def test_a_port_alone_is_one_of_this_computer():
    assert read_target("22344") == ("127.0.0.1", 22344)


def test_port_0_takes_a_free_one():
    host, port = read_target("127.0.0.1:0")
    assert host == "127.0.0.1"
    assert port > 1023
