"""A desk killed with -9 during a pull: the run is there, marked, and usable as far as it came."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay import dyno_ends
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.run import View
from cartech_desk.store.dyno import RunEnding
from cartech_desk.store.recordings import MarkKind
from cartech_desk.store.store import Store
from tests.bay.dyno_desk import make_bay

ROOT = Path(__file__).resolve().parents[2]

# Drives pull after pull on rollers, and tells of each run that has begun. With a second argument
# it dies by itself at that point of its first run.
DRIVING = """
import os, sys, time
from pathlib import Path
from cartech_desk.bay import dyno_driven
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.store.dyno import DynoStore
from cartech_desk.store.store import Store
from tests.bay.dyno_desk import DRIVER, URL, Rollers, make_bay, wish

point = sys.argv[2] if len(sys.argv) > 2 else ""

def dies(when):
    if point == when:
        os.kill(os.getpid(), 9)

Driven = dyno_driven.Driven
record, durable, end_run = Driven._record, Driven._make_durable, DynoStore.end_run

def recording(self):
    dies("after the row")
    record(self)
    if point == "after the recording began":
        self._begun.result(5)
        dies(point)

def made_durable(self, until):
    dies("at the end")
    return durable(self, until)

def ended(self, run, by):
    dies("before the end is kept")
    kept = end_run(self, run, by)
    dies("after the end is kept")
    return kept

Driven._record, Driven._make_durable, DynoStore.end_run = recording, made_durable, ended

store = Store(Path(sys.argv[1]))
bay, benches = make_bay(store)
bay.start()
ready = bay.dyno.connect(URL)
rollers = Rollers(benches["dyno"])
rollers.start()
ready.result(5)
bay.dyno.start_session(wish(store), DRIVER).result(5)
while True:
    begun = bay.dyno.start(DRIVER)
    rollers.pull()
    print(begun.result(10), flush=True)
    while rollers.speed < 160:
        time.sleep(0.02)
    rollers.lift(-200)
    while bay.snapshot().dyno.phase is not Phase.ARMED:
        time.sleep(0.02)
    rollers.accelerate, rollers.speed = 0, 20
    bay.dyno.stop(DRIVER).result(5)
"""


def start(folder, *point):
    return subprocess.Popen(
        [sys.executable, "-c", DRIVING, str(folder), *point],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def driven_and_killed(folder, seconds):
    """Drive, kill so many seconds after the first run began; return its id and when it died."""
    with start(folder) as child:
        run_id = child.stdout.readline().strip()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(seconds)
        child.kill()
        died_ns = monotonic_ns()
        child.wait()
    return run_id, died_ns


def settled(folder, run_id):
    store = Store(folder)
    runs = DynoRuns(store)
    runs.settle(sure_s=0)
    return store, runs, store.dyno.run(run_id)


def test_a_run_cut_off_is_marked_and_holds_what_was_driven_until_a_second_before(tmp_path):
    run_id, _ = driven_and_killed(tmp_path, 1.6)
    store, runs, run = settled(tmp_path, run_id)
    assert run.ending is RunEnding.POWER_CUT
    assert run.samples_sha256
    assert "power_cut" in [key for key, _, _ in run.summary.quality]
    raw = runs.raw(run_id)
    trigger = next(
        one for one in store.recordings.get(run.recording_id).marks if one.kind is MarkKind.TRIGGER
    )
    assert trigger.t_ns == 0
    assert raw.last_ns > 400_000_000  # of 1.6 s, one at most is lost
    speed = raw.tracks["dyno_speed"]
    assert speed.t_ns[0] < 0  # from before the trigger, too
    assert np.all(np.diff(speed.t_ns) >= 0)
    assert runs.result(run_id, View("none", 3)).run_id == run_id
    assert store.dyno.open_runs() == ()
    store.close()


@pytest.mark.parametrize(
    ("point", "endings"),
    [
        ("after the row", {RunEnding.NOT_RECORDED}),
        ("after the recording began", {RunEnding.POWER_CUT, RunEnding.NOT_RECORDED}),
        pytest.param("at the end", {RunEnding.POWER_CUT}, marks=pytest.mark.long),
        ("before the end is kept", {RunEnding.STOPPED}),
        pytest.param("after the end is kept", {RunEnding.STOPPED}, marks=pytest.mark.long),
    ],
)
def test_wherever_the_power_goes_the_run_is_in_the_list(tmp_path, point, endings):
    with start(tmp_path, point) as child:
        child.communicate(timeout=30)
    store = Store(tmp_path)
    (run,) = store.dyno.all_runs()
    store, _runs, run = settled(tmp_path, run.id)
    assert run.ending in endings
    assert run.name == "Run 1"
    if run.ending is not RunEnding.NOT_RECORDED:
        assert store.recordings.get(run.recording_id)
        assert run.last_ns >= run.first_ns
    store.close()


def test_the_next_start_settles_a_killed_run_and_its_session_though_they_are_young(
    tmp_path, until, monkeypatch
):
    monkeypatch.setattr(dyno_ends, "SETTLE_S", 0.0)
    with start(tmp_path, "before the end is kept") as child:
        child.communicate(timeout=30)
    store = Store(tmp_path)
    bay, _ = make_bay(store)
    bay.start()
    bay.dyno.snapshot(monotonic_ns())
    until(lambda: not store.dyno.open_sessions())
    (run,) = store.dyno.all_runs()
    assert (run.ending, bool(run.samples_sha256)) == (RunEnding.STOPPED, True)
    assert list(tmp_path.glob("*dyno-*")) == []
    bay.stop()
    store.close()


def test_what_cannot_be_settled_yet_is_looked_at_again(tmp_path, until, monkeypatch):
    monkeypatch.setattr(dyno_ends, "SETTLE_S", 0.0)
    monkeypatch.setattr(dyno_ends, "SETTLE_AGAIN_S", 0.1)
    with start(tmp_path, "before the end is kept") as child:
        child.communicate(timeout=30)
    store, looks = Store(tmp_path), []
    bay, _ = make_bay(store)
    settle = bay.runs.settle

    def settled_late():
        looks.append(1)
        return settle() if len(looks) > 1 else 0

    monkeypatch.setattr(bay.runs, "settle", settled_late)
    bay.start()
    bay.dyno.snapshot(monotonic_ns())
    until(lambda: not store.dyno.open_runs())
    assert len(looks) == 2
    bay.stop()
    store.close()


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="the points of the kill are POSIX's")
@pytest.mark.parametrize("seed", range(12))
def test_no_run_is_lost_whenever_the_power_goes(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311 (the same points at every run)
    run_id, died_ns = driven_and_killed(tmp_path, rng.uniform(0.01, 9.0))
    store, runs, run = settled(tmp_path, run_id)
    assert store.dyno.open_runs() == ()
    for each in store.dyno.all_runs():
        assert each.ending in (RunEnding.STOPPED, RunEnding.POWER_CUT, RunEnding.NOT_RECORDED)
        if each.ending is not RunEnding.NOT_RECORDED:
            assert runs.raw(each.id).last_ns >= runs.raw(each.id).first_ns
            runs.result(each.id, View("none", 3))
    assert run.id == run_id
    assert died_ns
    store.close()
