"""JETDRIVE at 40 channels and 100 Hz over loopback: loss, and processor time beside bare recvfrom.

A provider in a process of its own sends for some seconds; here a source decodes it to readings, or
a loop of `recvfrom` takes the same datagrams and does nothing, by turns. Two framings: one datagram
of 40 values as the reference provider fills them, and the worst that a provider may send, each
value in a datagram of its own. Processor time is the process's, user and system, so what waiting
costs is counted on both sides.
"""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

CHANNELS = 40
RATE_HZ = 100
SECONDS = 4.0
TURNS = 3
MOST_TIMES = 5.0
LARGEST = 65535
HOST = 0x1234


def rows() -> list:
    from table import Row

    found = []
    for words, each in (("40 values a datagram", CHANNELS), ("1 value a datagram", 1)):
        ours = min((measured(each, source=True) for _ in range(TURNS)), key=lambda one: one[0])
        bare = min((measured(each, source=False) for _ in range(TURNS)), key=lambda one: one[0])
        found += [
            Row(
                f"JETDRIVE, processor share, {words}",
                f"{100 * ours[0]:.2f} %",
                f"{100 * bare[0]:.2f} %, bare recvfrom",
                ours[0] / bare[0],
                f"<= {MOST_TIMES:g} times",
                ours[0] <= MOST_TIMES * bare[0],
            ),
            Row(
                f"JETDRIVE, readings lost, {words}",
                f"{ours[1]}",
                f"{ours[2]} sent",
                ours[1] / ours[2],
                "none",
                ours[1] == 0,
            ),
        ]
    return found


def measured(each: int, *, source: bool) -> tuple[float, int, int]:
    """Return the processor share, how many readings were lost, and how many were sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hear = decoding if source else bare_loop
    sent = round(SECONDS * RATE_HZ) * CHANNELS
    command = [sys.executable, str(Path(__file__).resolve()), json.dumps([port, each])]
    share, got = hear(port, command, sent // each)
    return share, sent - got * (1 if source else each), sent


def decoding(port: int, command: list[str], datagrams: int) -> tuple[float, int]:
    """Decode what a provider sends to readings."""
    from cartech_desk.hardware.dyno.sources import make_source

    source = make_source(f"jetdrive://127.0.0.1:{port}", "dyno")
    source.open()
    got = 0
    provider = subprocess.Popen(command)
    try:
        while not source.read(0.2):
            assert provider.poll() is None
        while not source.channels:
            source.read(0.2)
        until = time.perf_counter() + SECONDS + 3
        spent = -time.process_time()
        began = time.perf_counter()
        while time.perf_counter() < until:
            readings = source.read(0.5)
            got += len(readings)
            got -= [one[0] for one in readings].count("dyno_clock")
            if got and not readings:
                break
        spent += time.process_time()
        took = time.perf_counter() - began
        got -= source.health.marked
        assert source.health.lost == 0
    finally:
        provider.wait(10)
        source.close()
    return spent / min(took, SECONDS), got


def bare_loop(port: int, command: list[str], datagrams: int) -> tuple[float, int]:
    """Take what a provider sends and do nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        link.bind(("127.0.0.1", port))
        provider = subprocess.Popen(command)
        try:
            link.recvfrom(LARGEST)  # the names
            link.recvfrom(LARGEST)  # the first value, which says that it begins
            spent = -time.process_time()
            for _ in range(datagrams):
                link.recvfrom(LARGEST)
            spent += time.process_time()
        finally:
            provider.wait(10)
    return spent / SECONDS, datagrams


def provide(port: int, each: int) -> None:
    """Send names, a value to begin with, and then all channels at their rate."""
    from cartech_desk.hardware.dyno import jetdrive_wire as wire

    place = ("127.0.0.1", port)
    units = (2, 8, 3, 4, 5, 6, 7, 10, 11, 13)
    channels = [
        wire.NamedChannel(number, 0, f"Channel {number}", units[number % len(units)])
        for number in range(CHANNELS)
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        sequence = 0

        def send(key: int, value: bytes) -> None:
            nonlocal sequence
            link.sendto(wire.datagram(key, HOST, sequence, value), place)
            sequence += 1

        send(wire.Key.CHANNEL_INFO, wire.channel_info("Benchmark", channels))
        send(wire.Key.CHANNEL_VALUES, wire.channel_values([(0, 0, 0.0)]))
        time.sleep(0.5)
        began = time.perf_counter()
        for turn in range(round(SECONDS * RATE_HZ)):
            time.sleep(max(0.0, began + turn / RATE_HZ - time.perf_counter()))
            ms = 500 + turn * 1000 // RATE_HZ
            values = [(number, ms, 1.0 + number / 10 + turn / 1000) for number in range(CHANNELS)]
            for first in range(0, CHANNELS, each):
                packed = wire.channel_values(values[first : first + each])
                send(wire.Key.CHANNEL_VALUES, packed)


if __name__ == "__main__":
    provide(*json.loads(sys.argv[1]))
