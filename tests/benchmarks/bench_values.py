"""Values per second of twelve channels, beside python-OBD on the same ELM327 server.

Both ask the same twelve PIDs of the built-in car through a pseudo-terminal, each in its turn, as
fast as they can: the desk with its request rate and the rates of its channels unlimited, python-OBD
with `fast=True`, the better of its plain and its asynchronous client. The server runs in a process
of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from table import Row

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.watch import FASTEST_HZ
from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.store.store import Store

PIDS = (0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x33, 0x34, 0x42)
SECONDS = 2.0
ROUNDS = 5
"""Short ones, and the best counts on both sides: other work on the machine disturbs some."""
UNLIMITED = 100_000.0
"""Requests a second, and values a second of each channel, that no wire ever reaches."""
PEER = Path(__file__).with_name("peer_python_obd.py")
CASES = ((0, 3.0), (20, 5.0))
"""Latency of the car in ms, and how many times faster the desk must be."""


def rows() -> list[Row]:
    """Measure both at each latency."""
    return [_row(latency_ms, bound) for latency_ms, bound in CASES]


def _row(latency_ms: int, bound: float) -> Row:
    what = f"values/s, 12 channels, {latency_ms} ms a request"
    demand = f"at least {bound:g} times python-OBD"
    if os.name == "nt":
        return Row(what, "-", "no pseudo-terminals on Windows", 0.0, demand, False)
    interpreter = _peer()
    ours, theirs, problem = 0.0, 0.0, ""
    for _ in range(ROUNDS):
        with _server(latency_ms) as port:
            ours = max(ours, _desk(port))
        if interpreter is None:
            problem = "peer not installed (CARTECH_PEERS names the folder of its interpreter)"
            break
        with _server(latency_ms) as port:
            theirs = max(theirs, _python_obd(interpreter, port))
    ratio = ours / theirs if theirs else 0.0
    beside = problem or f"{theirs:.0f}"
    return Row(what, f"{ours:.0f}", beside, ratio, demand, ok=ratio >= bound)


def _peer() -> Path | None:
    folder = os.environ.get("CARTECH_PEERS")
    if folder is None:
        return None
    interpreter = Path(folder) / ("python.exe" if os.name == "nt" else "python")
    if not interpreter.exists():
        return None
    done = subprocess.run([interpreter, "-c", "import obd"], capture_output=True, check=False)
    return interpreter if done.returncode == 0 else None


@contextmanager
def _server(latency_ms: int) -> Iterator[str]:
    """Run the built-in car behind a pseudo-terminal; yields its name."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cartech_desk", "simulate", "--pty", "--json",
         "--latency-ms", str(latency_ms), "--seconds", "120"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["pty"]
    finally:
        process.kill()
        process.wait(10)


def _desk(port: str) -> float:
    """Values per second through the bay."""
    counted = [0]

    def count(batch: Sequence[Reading]) -> None:
        counted[0] += sum(reading.quality == Quality.GOOD for reading in batch)

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        bay = Bay(store, BaySettings(max_requests_per_s=UNLIMITED))
        bay.start()
        try:
            bay.connect(f"elm327:{port}").result(30)
            bay.watch(dict.fromkeys(_channels(bay), FASTEST_HZ))
            bay.set_limit_hook(count)
            time.sleep(1.0)
            before, began = counted[0], time.monotonic()
            time.sleep(SECONDS)
            return (counted[0] - before) / (time.monotonic() - began)
        finally:
            bay.stop()
            store.close()


def _channels(bay: Bay) -> list[str]:
    """Return one channel for each PID, so that a value is a value on both sides."""
    found: dict[str, str] = {}
    for channel in bay.available():
        if channel.source.startswith("mode 01 PID "):
            found.setdefault(channel.source.split(" ")[3], channel.name)
    return [found[f"{pid:02X}"] for pid in PIDS]


def _python_obd(interpreter: Path, port: str) -> float:
    """Values per second of python-OBD's better way."""
    done = subprocess.run(
        [interpreter, PEER, port, str(SECONDS), ",".join(f"{pid:02X}" for pid in PIDS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"python-OBD failed: {done.stderr.strip() or done.stdout.strip()}")
    told = json.loads(done.stdout.splitlines()[-1])
    sys.stderr.write(f"  python-OBD: {told}\n")
    return float(max(told["query"], told["async"]))
