"""What the disk or another program refuses during a run is said, and costs no run in silence."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from cartech_desk.bay import dyno_bench
from cartech_desk.bay.dyno_errors import DynoRefused
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.bay.recording_run import RecorderBounds
from cartech_desk.domain.dyno.run import TestType
from cartech_desk.store import recording_writer
from cartech_desk.store.dyno import DynoStore, RunEnding
from cartech_desk.store.faults import disk_full
from tests.bay.dyno_desk import DRIVER, URL, Rollers, make_bay, wish


@pytest.fixture
def bay(store):
    bay, benches = make_bay(store)
    bay._recorder._bounds = RecorderBounds(give_up_s=0.3)
    bay.start()
    ready = bay.dyno.connect(URL)
    turning = Rollers(benches["dyno"])
    turning.start()
    ready.result(5)
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    yield bay
    turning.stop()
    bay.stop()


def test_a_full_disk_lets_no_run_begin(bay, store, monkeypatch):
    monkeypatch.setattr(dyno_bench.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(DynoRefused, match="is full"):
        bay.dyno.start(DRIVER).result(5)
    assert bay.snapshot().dyno.phase is Phase.IDLE
    assert store.dyno.all_runs() == ()


def test_a_row_that_is_refused_for_a_while_is_kept_later_and_the_run_goes_on(
    bay, store, monkeypatch, until
):
    keep, refusals = DynoStore.add_run, []

    def add_run(self, run, by, **more):
        if len(refusals) < 2:
            refusals.append(run)
            raise disk_full(store.folder)
        return keep(self, run, by, **more)

    monkeypatch.setattr(DynoStore, "add_run", add_run)
    begun = bay.dyno.start(DRIVER)
    until(lambda: "cannot be kept in the list yet" in bay.snapshot().dyno.problem)
    assert bay.snapshot().dyno.phase is Phase.RUNNING
    run_id = begun.result(5)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    assert (run.ending, run.id) == (RunEnding.STOPPED, refusals[0].id)
    assert bay.snapshot().dyno.problem == ""


def test_a_recording_that_cannot_begin_leaves_a_run_that_says_so(bay, store, monkeypatch, until):
    def begin(*_args, **_more):
        refused = Future()
        refused.set_exception(disk_full(store.folder))
        return refused

    monkeypatch.setattr(bay._recorder, "begin", begin)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: "The run is not recorded." in bay.snapshot().dyno.problem)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    assert (run.ending, run.first_ns) == (RunEnding.NOT_RECORDED, None)
    assert "not recorded" in bay.snapshot().dyno.problem


def test_a_recording_that_begins_late_still_holds_the_whole_run(bay, store, monkeypatch, until):
    begin, refusals = bay._recorder.begin, []

    def late(*args, **more):
        if refusals:
            return begin(*args, **more)
        refused = Future()
        refused.set_exception(disk_full(store.folder))
        refusals.append(refused)
        return refused

    monkeypatch.setattr(bay._recorder, "begin", late)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: bay.snapshot().recording.id)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    assert run.ending is RunEnding.STOPPED
    speed = store.recordings.read(run.recording_id, "dyno_speed", run.first_ns, run.last_ns)
    assert speed.t_ns[0] - run.first_ns < 100_000_000


def test_a_disk_that_fills_up_during_a_run_ends_it_with_what_is_there(
    bay, store, monkeypatch, until
):
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: bay.snapshot().recording.samples > 20)

    def full(*_args, **_more):
        raise disk_full(store.folder)

    monkeypatch.setattr(recording_writer.RecordingWriter, "write", full)
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    run = store.dyno.run(run_id)
    assert run.ending is RunEnding.STOPPED
    assert "The disk refused the last" in run.note
    assert "The disk refused the last" in bay.snapshot().dyno.problem


def test_an_end_that_is_refused_for_a_while_is_kept_later(bay, store, monkeypatch, until):
    keep, refusals = DynoStore.end_run, []

    def end_run(self, run, by):
        if len(refusals) < 3:
            refusals.append(run)
            raise disk_full(store.folder)
        return keep(self, run, by)

    monkeypatch.setattr(DynoStore, "end_run", end_run)
    run_id = bay.dyno.start(DRIVER).result(5)
    bay.dyno.stop(DRIVER).result(5)
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED
    assert len(refusals) == 3


def test_a_fault_in_the_bench_is_told_and_it_goes_on(bay, store, monkeypatch, until):
    until(lambda: bay.snapshot().dyno.can_start)
    with monkeypatch.context() as patch:
        patch.setattr(bay.dyno._bench, "_settled", False)
        patch.setattr(bay.dyno._bench, "_opened", 0.0)
        patch.setattr(bay.dyno._bench, "_settle", lambda: 1 / 0)
        until(lambda: "fault of the dyno bench" in bay.snapshot().dyno.problem)
    bay.dyno.start(DRIVER).result(5)
    bay.dyno.stop(DRIVER).result(5)
    assert len(store.dyno.all_runs()) == 1
