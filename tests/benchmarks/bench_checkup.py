"""A full check-up beside the number of its requests, and beside python-OBD doing what it can of it.

The built-in car answers after 20 ms; its gearbox takes 1.2 and its brakes 1.4 times that. The desk
reads of all three control units what a check-up holds (lamp, stored, pending and permanent codes,
freeze frames, readiness, counters, on-board tests), of a car that is identified, with its usual
pace: over an ELM327 at a pseudo-terminal, over CAN (slcan), and as a car of OBD on UDS. python-OBD
reads the same car over the same kind of ELM327 with `fast=True`: lamp and readiness, stored and
pending codes, one freeze frame and the on-board tests; it has no permanent codes. The server runs
in a process of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from table import Row

from cartech_desk.bay.bay_settings import BaySettings
from cartech_desk.bay.connection import Connection
from cartech_desk.bay.fault_scan import read_faults
from cartech_desk.bay.identification import identify
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.hardware.adapters import make_adapter

LATENCY_MS = 20
MOST_TIMES = 1.3
ROUNDS = 3
"""The best counts on both sides: other work on the machine disturbs some."""
FAULTS = "misfire,lean,boost_leak"
PEER = Path(__file__).with_name("peer_python_obd_checkup.py")
CASES = (
    ("ELM327", ("--pty",), "pty", "elm327:"),
    ("CAN (slcan)", ("--can", "slcan:PTY"), "can", ""),
    ("ELM327, OBD on UDS", ("--pty", "--speaks", "uds"), "pty", "elm327:"),
)


def rows() -> list[Row]:
    """Measure each way to the car, then python-OBD."""
    if os.name == "nt":
        return [Row("check-up", "-", "no pseudo-terminals on Windows", 0.0, "to run", ok=False)]
    measured = {name: _best(words, key, kind) for name, words, key, kind in CASES}
    found = [_row(name, scan) for name, scan in measured.items()]
    return [*found, _beside(measured["ELM327"].seconds)]


def _row(name: str, scan: FaultScan) -> Row:
    due_s = scan.requests * LATENCY_MS / 1000
    ratio = scan.seconds / due_s
    return Row(
        f"check-up over {name}, 3 control units, {LATENCY_MS} ms",
        f"{scan.seconds * 1000:.0f} ms",
        f"{scan.requests} requests of {LATENCY_MS} ms = {due_s * 1000:.0f} ms",
        ratio,
        f"at most {MOST_TIMES:g} times",
        ok=ratio <= MOST_TIMES and _whole(scan),
    )


def _whole(scan: FaultScan) -> bool:
    """Tell whether the check-up holds what it should; speed without that is none."""
    return (
        scan.complete
        and not scan.warnings
        and len(scan.ecus) == 3
        and len(scan.codes) >= 3
        and bool(scan.frames and scan.tests and scan.since_clear and scan.this_cycle)
    )


def _beside(ours_s: float) -> Row:
    what = "check-up, python-OBD doing its part"
    bound = "sooner than python-OBD"
    interpreter = _peer()
    if interpreter is None:
        missing = "peer not installed (CARTECH_PEERS names the folder of its interpreter)"
        return Row(what, f"{ours_s * 1000:.0f} ms", missing, 0.0, bound, ok=False)
    theirs_s = min(_python_obd(interpreter) for _ in range(ROUNDS))
    return Row(
        what,
        f"{ours_s * 1000:.0f} ms",
        f"{theirs_s * 1000:.0f} ms",
        ours_s / theirs_s,
        bound,
        ok=ours_s <= theirs_s,
    )


def _best(words: tuple[str, ...], key: str, kind: str) -> FaultScan:
    scans = []
    for _ in range(ROUNDS):
        with _server(words) as document:
            scans.append(_scan(kind + document[key]))
    return min(scans, key=lambda scan: scan.seconds)


def _scan(url: str) -> FaultScan:
    settings = BaySettings()
    with closing(make_adapter(url)) as adapter:
        pace = Pace(settings.min_gap_s, settings.max_requests_per_s)
        wire = Wire(adapter, pace, Connection(url))
        wire.open()
        found = identify(wire.ask, wire.connect_car(), lambda _: None)
        return read_faults(wire.ask, found, url=url, adapter="")


@contextmanager
def _server(words: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Run the built-in car; yields how it is reached."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cartech_desk", "simulate", *words, "--json",
         "--latency-ms", str(LATENCY_MS), "--faults", FAULTS, "--seconds", "120"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(10)


def _peer() -> Path | None:
    folder = os.environ.get("CARTECH_PEERS")
    interpreter = None if folder is None else Path(folder) / "python"
    if interpreter is None or not interpreter.exists():
        return None
    done = subprocess.run([interpreter, "-c", "import obd"], capture_output=True, check=False)
    return interpreter if done.returncode == 0 else None


def _python_obd(interpreter: Path) -> float:
    """Seconds that python-OBD takes for its part, once it is connected."""
    with _server(("--pty",)) as document:
        began = time.monotonic()
        done = subprocess.run(
            [interpreter, PEER, document["pty"]],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    if done.returncode:
        raise RuntimeError(f"python-OBD failed: {done.stderr.strip() or done.stdout.strip()}")
    told = json.loads(done.stdout.splitlines()[-1])
    sys.stderr.write(f"  python-OBD: {told}, {time.monotonic() - began:.1f} s in all\n")
    return float(told["seconds"])
