"""What the disk or another program refuses during a run is said, and costs no run in silence."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from cartech_desk.bay import dyno_bench, dyno_driven
from cartech_desk.bay.dyno_errors import DynoRefused
from cartech_desk.bay.dyno_runs import DynoRuns
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
    monkeypatch.setattr(dyno_driven, "BEGIN_S", 1.5)
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
        patch.setattr(bay.dyno._bench, "_look_at_pending", lambda: 1 / 0)
        until(lambda: "fault of the dyno bench" in bay.snapshot().dyno.problem)
    bay.dyno.start(DRIVER).result(5)
    bay.dyno.stop(DRIVER).result(5)
    assert len(store.dyno.all_runs()) == 1


def test_a_start_that_the_disk_refuses_for_longer_than_the_pretrigger_is_all_there(
    bay, store, monkeypatch, until
):
    bay._recorder.pretrigger.set_length(0)
    monkeypatch.setattr("cartech_desk.bay.pretrigger.LEAST_NS", 500_000_000)
    begin, open_again = bay._recorder._recordings.begin, []

    def refused(*args, **more):
        if not open_again:
            raise disk_full(store.folder)
        return begin(*args, **more)

    monkeypatch.setattr(bay._recorder._recordings, "begin", refused)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: "The run is not recorded." in bay.snapshot().dyno.problem)
    since = bay.snapshot().dyno.run_since_ns
    until(lambda: bay.snapshot().now_ns - since > 2_500_000_000)
    open_again.append(True)
    until(lambda: bay.snapshot().recording.id and not bay.snapshot().dyno.problem)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    speed = store.recordings.read(run.recording_id, "dyno_speed", run.first_ns, run.last_ns)
    assert speed.t_ns[0] - run.first_ns < 100_000_000
    assert (run.note, bay.snapshot().dyno.problem) == ("", "")


def test_a_start_that_is_lost_all_the_same_is_told(bay, store, monkeypatch, until):
    bay._recorder.pretrigger.set_length(0)
    bay._recorder.pretrigger._most_held = 100
    monkeypatch.setattr("cartech_desk.bay.pretrigger.LEAST_NS", 500_000_000)
    begin, open_again = bay._recorder._recordings.begin, []

    def refused(*args, **more):
        if not open_again:
            raise disk_full(store.folder)
        return begin(*args, **more)

    monkeypatch.setattr(bay._recorder._recordings, "begin", refused)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: bay.snapshot().dyno.run_since_ns)
    since = bay.snapshot().dyno.run_since_ns
    until(lambda: bay.snapshot().now_ns - since > 2_500_000_000)
    open_again.append(True)
    until(lambda: bay.snapshot().recording.id)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    assert "The disk refused the first" in run.note
    assert ("start_lost", "start lost", True) in run.summary.quality
    marks = store.recordings.get(run.recording_id).marks
    assert "the disk refused it for too long" in [one.note for one in marks]


def test_a_run_stopped_before_the_disk_let_it_begin_is_recorded_all_the_same(
    bay, store, monkeypatch, until
):
    begin, open_again = bay._recorder._recordings.begin, []

    def refused(*args, **more):
        if not open_again:
            raise disk_full(store.folder)
        return begin(*args, **more)

    monkeypatch.setattr(bay._recorder._recordings, "begin", refused)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: "The run is not recorded." in bay.snapshot().dyno.problem)
    stopped = bay.dyno.stop(DRIVER)
    until(lambda: bay.snapshot().dyno.phase is Phase.IDLE)
    assert not stopped.done()
    open_again.append(True)
    assert stopped.result(5) == run_id
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED


def test_an_end_that_stays_refused_keeps_nobody_waiting_and_is_kept_once_it_can(
    bay, store, monkeypatch, until
):
    keep, allowed = DynoStore.end_run, []

    def end_run(self, run, by):
        if run.id not in allowed:
            raise disk_full(store.folder)
        return keep(self, run, by)

    monkeypatch.setattr(DynoStore, "end_run", end_run)
    monkeypatch.setattr(dyno_driven, "ROW_S", 0.2)
    monkeypatch.setattr(dyno_bench, "QUICK_S", 0.1)
    one = bay.dyno.start(DRIVER).result(5)
    assert bay.dyno.stop(DRIVER).result(5) == one
    until(lambda: "cannot be kept yet" in bay.snapshot().dyno.problem)
    other = bay.dyno.start(DRIVER).result(5)
    allowed.append(other)
    bay.dyno.stop(DRIVER).result(5)
    assert store.dyno.run(other).ending is RunEnding.STOPPED
    assert store.dyno.run(one).ending is RunEnding.OPEN
    allowed.append(one)
    until(lambda: store.dyno.run(one).samples_sha256)
    assert store.dyno.run(one).ending is RunEnding.STOPPED


def test_the_end_is_kept_before_the_numbers(bay, store, monkeypatch, until):
    seal, seen = DynoRuns.sealed, []

    def sealed(self, run):
        seen.append(store.dyno.run(run.id).ending)
        return seal(self, run)

    monkeypatch.setattr(DynoRuns, "sealed", sealed)
    run_id = bay.dyno.start(DRIVER).result(5)
    bay.dyno.stop(DRIVER).result(5)
    assert seen == [RunEnding.STOPPED]
    assert store.dyno.run(run_id).samples_sha256


def test_another_process_leaves_a_run_alone_that_is_not_recorded_yet(
    bay, store, monkeypatch, until
):
    def refused(*_args, **_more):
        raise disk_full(store.folder)

    monkeypatch.setattr(bay._recorder._recordings, "begin", refused)
    monkeypatch.setattr(dyno_driven, "BEGIN_S", 0.5)
    run_id = bay.dyno.start(DRIVER).result(5)
    assert DynoRuns(store).settle(sure_s=0.0) == 0
    assert store.dyno.run(run_id).ending is RunEnding.OPEN
    assert store.dyno.sessions()[0].ended is None


def test_a_disk_that_is_full_after_a_run_arms_no_other(store, monkeypatch, until):
    bay, benches = make_bay(store)
    bay.start()
    ready = bay.dyno.connect(URL)
    turning = Rollers(benches["dyno"])
    turning.start()
    ready.result(5)
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    turning.pull()
    run_id = begun.result(5)
    until(lambda: turning.speed > 100)
    monkeypatch.setattr(dyno_bench.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    turning.lift()
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    until(lambda: "is full" in bay.snapshot().dyno.problem)
    assert bay.snapshot().dyno.phase is Phase.IDLE
    turning.stop()
    bay.stop()
