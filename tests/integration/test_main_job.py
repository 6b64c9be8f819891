"""Whole journeys through the command line: the desk's own drivers talking real protocol."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pandas as pd
import pytest
from asammdf import MDF

DESK = (sys.executable, "-m", "cartech_desk")
if os.name == "nt":
    POLITELY, OF_ITS_OWN = signal.CTRL_BREAK_EVENT, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    POLITELY, OF_ITS_OWN = signal.SIGINT, 0


def desk(data, *words: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DESK, "--data", str(data), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


@contextmanager
def simulated_car(*words: str, listen: str = "tcp:0"):
    """The built-in car in a process of its own; yields (adapter URL, process)."""
    process = subprocess.Popen(
        [*DESK, "simulate", "--listen", listen, "--seconds", "120", "--json", *words],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["listening"]
        yield f"elm327:{address}", process
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def test_scan_tells_the_car_and_its_control_units(tmp_path):
    with simulated_car() as (url, _):
        done = desk(tmp_path, "scan", "--adapter", url, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["connected"] is True
    assert len(found["vin"]) == 17
    assert {ecu["address"] for ecu in found["ecus"]} >= {"7E8", "7E9"}
    assert any(ecu["calibration_ids"] for ecu in found["ecus"])


def test_log_records_and_exports_what_was_asked(tmp_path):
    out = tmp_path / "a.csv"
    channels = "rpm,speed,temp,timing,map,throttle"
    with simulated_car("--latency-ms", "20") as (url, _):
        done = desk(
            tmp_path, "log", "--adapter", url, "--channels", channels, "--rate", "10",
            "--seconds", "5", "--out", str(out), "--json",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    frame = pd.read_csv(out)
    assert [column.split(" ")[0] for column in frame.columns] == ["time", *channels.split(",")]
    for name in channels.split(","):
        column = next(column for column in frame.columns if column.startswith(name + " "))
        assert frame[column].notna().sum() > 5, name
        assert told["achieved_hz"][name] > 0
    assert frame["rpm [rpm]"].dropna().between(500, 9000).all()
    shown = json.loads(desk(tmp_path, "recordings", "show", told["recording"], "--json").stdout)
    assert shown["recording"]["ending"] == "stopped"


def test_demo_leaves_files_that_pandas_and_asammdf_read(tmp_path):
    out = tmp_path / "results"
    done = desk(tmp_path, "demo", "--headless", "--seconds", "5", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["connected"] is True
    assert told["recording"]
    files = {os.path.splitext(path)[1]: path for path in told["files"]}
    frame = pd.read_csv(files[".csv"])
    with MDF(files[".mf4"]) as measured:
        rpm = measured.get("rpm")
        assert len(rpm.samples) == frame["rpm [rpm]"].notna().sum()
        assert str(rpm.unit) == "rpm"


def test_a_car_that_vanishes_and_returns_leaves_an_honest_gap(tmp_path):
    out = tmp_path / "gap.csv"
    with simulated_car() as (url, first):
        log = subprocess.Popen(
            [*DESK, "--data", str(tmp_path), "log", "--adapter", url, "--channels", "rpm",
             "--rate", "10", "--seconds", "90", "--out", str(out), "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, creationflags=OF_ITS_OWN,
        )  # fmt: skip
        wait_for_samples(tmp_path, beyond_s=1.0)
        first.kill()
        first.wait(10)
        heard_s = recorded_s(tmp_path)
        time.sleep(2.5)  # the length of the gap itself
        with simulated_car(listen="tcp:" + url.rpartition(":")[2]):
            wait_for_samples(tmp_path, beyond_s=heard_s + 2.5)
            log.send_signal(POLITELY)
            told, problems = log.communicate(timeout=60)
    assert log.returncode in (0, 1), problems
    shown = json.loads(
        desk(tmp_path, "recordings", "show", json.loads(told)["recording"], "--json").stdout
    )
    gaps = [mark for mark in shown["recording"]["marks"] if mark["kind"] == "gap"]
    assert len(gaps) == 1
    times = pd.read_csv(out)["time [s]"]
    assert times.diff().max() > 2.0
    assert times.iloc[-1] > times.iloc[times.diff().argmax()], "nothing came after the gap"


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX; store tests kill on Windows")
def test_a_log_that_is_killed_keeps_all_but_the_last_second(tmp_path):
    with simulated_car() as (url, _):
        log = subprocess.Popen(
            [*DESK, "--data", str(tmp_path), "log", "--adapter", url, "--channels", "rpm",
             "--rate", "20", "--seconds", "60", "--out", str(tmp_path / "x.csv"), "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        started = wait_for_samples(tmp_path)
        time.sleep(3.0)  # what is to be kept
        killed = time.monotonic()
        log.send_signal(signal.SIGKILL)
        log.wait(10)
    listed = json.loads(desk(tmp_path, "recordings", "list", "--json").stdout)["recordings"]
    assert len(listed) == 1
    assert listed[0]["ending"] == "power_cut"
    assert listed[0]["seconds"] >= (killed - started) - 1.0


def recorded_s(data) -> float:
    """For how long a recording under way has durable samples; 0 before the first."""
    done = desk(data, "recordings", "list", "--json")
    listed = json.loads(done.stdout)["recordings"] if done.returncode == 0 else []
    return float(listed[0]["seconds"]) if listed else 0.0


def wait_for_samples(data, beyond_s: float = 0.0) -> float:
    """Wait until a recording under way has durable samples; returns the monotonic time."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if recorded_s(data) > beyond_s:
            return time.monotonic()
        time.sleep(0.1)
    raise AssertionError("no samples came")
