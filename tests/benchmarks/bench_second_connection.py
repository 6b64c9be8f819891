"""The second connection to a known car beside the first, from `connect` to "connected".

The built-in car takes 20 ms a request and has three ECUs. It is met by an ELM327 at 38,400 Bd that
searches for a second where it has to, by a CAN adapter, and by the same ELM327 as a car that speaks
OBD on UDS alone. The server runs in a process of its own. The first connection asks everything and
fills an empty store; the second one has what that remembered, in a bay made anew.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from table import Row

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.store.store import Store

LATENCY_MS = "20"
ELM = ("--pty", "--baud", "38400", "--search-ms", "1000")
CASES = (
    ("ELM327", ELM),
    ("CAN", ("--can", "slcan:PTY")),
    ("ELM327, OBD on UDS only", (*ELM, "--speaks", "uds")),
)
BOUND = 0.5
ROUNDS = 3
WRITTEN_S = 2.0


def rows() -> list[Row]:
    """Measure each way to the car."""
    return [_row(name, options) for name, options in CASES]


def _row(name: str, options: Sequence[str]) -> Row:
    what = f"second connection to a known car, {name}, {LATENCY_MS} ms a request"
    demand = f"at most {BOUND:g} times the first"
    if os.name == "nt":
        return Row(what, "-", "no pseudo-terminals on Windows", 0.0, demand, False)
    firsts, seconds = [], []
    with _server(options) as url:
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                firsts.append(_connected_s(Path(folder), url))
                seconds.append(_connected_s(Path(folder), url))
    first, second = statistics.median(firsts), statistics.median(seconds)
    ratio = second / first
    return Row(what, f"{second:.2f} s", f"{first:.2f} s", ratio, demand, ok=ratio <= BOUND)


def _connected_s(folder: Path, url: str) -> float:
    """Connect with a bay made anew and return how long that took; what it found is kept."""
    store = Store(folder)
    bay = Bay(store, BaySettings())
    bay.start()
    try:
        began = time.monotonic()
        status = bay.connect(url).result(60)
        took_s = time.monotonic() - began
        assert status.car is not None
        assert status.car.vin is not None
        deadline = time.monotonic() + WRITTEN_S
        while store.known_cars.car(status.car.vin) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return took_s
    finally:
        bay.stop()
        store.close()


@contextmanager
def _server(options: Sequence[str]) -> Iterator[str]:
    """Run the built-in car; yields the adapter's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cartech_desk", "simulate", *options, "--json",
         "--latency-ms", LATENCY_MS, "--seconds", "120"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["adapter"]
    finally:
        process.kill()
        process.wait(10)
