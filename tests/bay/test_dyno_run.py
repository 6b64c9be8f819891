"""A run from Start to the row in the list: what is on disk, what is told, what comes next."""

import threading
import time

import pytest

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.bay.dyno_errors import Cancelled, DynoRefused
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import TestType
from cartech_desk.store.dyno import RunEnding
from cartech_desk.store.errors import NotKept
from tests.bay.dyno_desk import DRIVER, URL, Rollers, make_bay, wish


@pytest.fixture
def desk(store):
    bay, benches = make_bay(store)
    bay.start()
    yield bay, benches
    bay.stop()


@pytest.fixture
def rollers(desk):
    bay, benches = desk
    ready = bay.dyno.connect(URL)
    turning = Rollers(benches["dyno"])
    turning.start()
    ready.result(5)
    yield turning
    turning.stop()


def phase(bay):
    return bay.snapshot().dyno.phase


def test_a_pull_begins_and_ends_by_speed_and_is_kept(desk, rollers, store, until):
    bay, _ = desk
    session = bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    assert not begun.done()
    rollers.pull()
    run_id = begun.result(5)
    assert store.dyno.run(run_id).ending is RunEnding.OPEN
    until(lambda: rollers.speed > 120)
    rollers.lift()
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    run = store.dyno.run(run_id)
    assert (run.ending, run.name, run.session) == (RunEnding.STOPPED, "Run 1", session.id)
    assert run.setup.roles[Role.SPEED] == "dyno_speed"
    assert run.setup.conditions.temperature_c == pytest.approx(21.0)
    assert run.setup.conditions.source == "weather station"
    assert run.samples_sha256
    assert [one.alias for one in run.sources] == ["dyno"]
    recording = store.recordings.get(run.recording_id)
    speed = store.recordings.read(recording.id, "dyno_speed", run.first_ns, run.last_ns)
    assert speed.values[0] < 40
    assert speed.values.max() > 110
    until(lambda: phase(bay) is Phase.ARMED)  # ready for the next one


def test_start_pressed_again_begins_at_once_and_stop_ends_by_hand(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    again = bay.dyno.start(DRIVER)
    run_id = begun.result(5)
    assert again.result(5) == run_id
    assert bay.dyno.stop(DRIVER).result(5) == run_id
    run = store.dyno.run(run_id)
    assert run.ending is RunEnding.STOPPED
    assert "short" in [key for key, _, _ in run.summary.quality] or run.summary.quality
    assert phase(bay) is Phase.IDLE


def test_stop_while_armed_calls_the_run_off(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    assert bay.dyno.stop(DRIVER).result(5) == ""
    with pytest.raises(Cancelled):
        begun.result(5)
    assert store.dyno.all_runs() == ()


def test_a_free_test_begins_with_start_and_ends_by_hand(desk, rollers, store):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    assert bay.dyno.stop(DRIVER).result(5) == run_id


def test_without_a_session_start_is_refused_in_words(desk, rollers):
    bay, _ = desk
    with pytest.raises(DynoRefused, match="No dyno session"):
        bay.dyno.start(DRIVER).result(5)
    now = bay.snapshot().dyno
    assert not now.can_start
    assert "No dyno session" in now.why_not


def test_without_a_dyno_start_is_refused_in_words(desk, store):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    with pytest.raises(DynoRefused, match="No dyno is connected"):
        bay.dyno.start(DRIVER).result(5)
    assert "Connect one, or choose the road dyno." in bay.snapshot().dyno.why_not


def test_a_recording_under_way_goes_on_and_holds_the_run(desk, rollers, store, until):
    bay, _ = desk
    the_wish = wish(store)
    bay.dyno.start_session(the_wish, DRIVER).result(5)
    recording_id = bay.start_recording(the_wish.vehicle_id).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    bay.dyno.start(DRIVER)
    run_id = begun.result(5)
    bay.dyno.stop(DRIVER).result(5)
    assert store.dyno.run(run_id).recording_id == recording_id
    assert bay.snapshot().recording.id == recording_id
    bay.stop_recording().result(5)
    notes = [mark.note for mark in store.recordings.get(recording_id).marks]
    assert "Dyno: Run 1" in notes
    assert "Dyno: Run 1 ended" in notes


def test_a_recording_that_is_stopped_by_hand_ends_the_run(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: bay.snapshot().recording.id)
    bay.stop_recording().result(5)
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED


def test_a_dyno_that_falls_silent_ends_the_run_and_what_came_is_kept(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    until(lambda: store.recordings.list() and bay.snapshot().recording.samples > 50)
    rollers.quiet.set()
    until(lambda: "Nothing comes" in bay.dyno.trouble)
    until(lambda: bay.alarms.snapshot().standing)
    assert bay.alarms.snapshot().worst.label == "The dyno fell silent"
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    run = store.dyno.run(run_id)
    assert run.ending is RunEnding.SOURCE_LOST
    assert "source_lost" in [key for key, _, _ in run.summary.quality]
    gaps = [one for one in store.recordings.get(run.recording_id).marks if one.kind == "gap"]
    assert [one.note for one in gaps] == ["nothing from dyno"]


def test_letting_the_dyno_go_ends_the_run_and_keeps_it(desk, rollers, store):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    bay.dyno.disconnect("dyno").result(5)
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED
    assert bay.snapshot().dyno.sources == ()


def test_names_count_up_and_the_live_result_grows(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    bay.dyno.start(DRIVER).result(5)
    rollers.pull()
    until(lambda: bay.snapshot().dyno.live is not None)
    assert bay.snapshot().dyno.live.run_id == bay.snapshot().dyno.run_id
    bay.dyno.stop(DRIVER).result(5)
    second = bay.dyno.start(DRIVER).result(5)
    assert store.dyno.run(second).name == "Run 2"
    assert bay.snapshot().dyno.run_name == "Run 2"


def test_values_by_role_and_conditions_are_in_the_picture(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    now = until(lambda: (s := bay.snapshot().dyno).values.get(Role.SPEED) and s)
    assert now.values[Role.SPEED].value == pytest.approx(20.0, abs=1)
    assert now.values[Role.SPEED].channel == "dyno_speed"
    assert now.torque_nm == pytest.approx(0.0, abs=1)
    assert now.can_start


def test_ending_the_session_ends_its_run_first(desk, rollers, store):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    ended = bay.dyno.stop_session(DRIVER).result(5)
    assert ended.ended is not None
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED
    assert bay.snapshot().dyno.session is None


def test_a_second_session_ends_the_first(desk, rollers, store):
    bay, _ = desk
    first = bay.dyno.start_session(wish(store), DRIVER).result(5)
    second = bay.dyno.start_session(wish(store, vehicle="Red Golf"), DRIVER).result(5)
    assert store.dyno.session(first.id).ended is not None
    assert bay.snapshot().dyno.session.id == second.id


def test_a_session_is_changed_and_its_runs_before_keep_theirs(desk, rollers, store):
    bay, _ = desk
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    bay.dyno.stop(DRIVER).result(5)
    changed = wish(store, test_type=TestType.FREE, fuel="E85", setup={"gear": "4"})
    kept = bay.dyno.change_session(changed, DRIVER).result(5)
    assert (kept.fuel, kept.setup.gear) == ("E85", "4")
    assert store.dyno.run(run_id).setup.gear == ""


def test_the_end_of_the_desk_keeps_the_run_and_ends_the_session(store):
    bay, benches = make_bay(store)
    bay.start()
    ready = bay.dyno.connect(URL)
    turning = Rollers(benches["dyno"])
    turning.start()
    ready.result(5)
    session = bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    run_id = bay.dyno.start(DRIVER).result(5)
    bay.stop()
    turning.stop()
    assert store.dyno.run(run_id).ending is RunEnding.STOPPED
    assert store.dyno.session(session.id).ended is not None
    assert benches["dyno"].closed


def test_the_same_vehicle_unknown_is_refused_and_nothing_is_begun(desk, store):
    bay, _ = desk
    with pytest.raises(NotKept):
        bay.dyno.start_session(SessionWish("nobody"), DRIVER).result(5)
    assert bay.snapshot().dyno.session is None


def test_a_fault_in_the_picture_is_a_problem_and_breaks_no_page(desk, rollers, monkeypatch):
    bay, benches = desk
    monkeypatch.setattr(type(benches["dyno"]), "identity", property(lambda _: 1 / 0))
    now = bay.snapshot()
    assert "ZeroDivisionError" in now.dyno.problem
    assert not now.dyno.can_start


def test_a_run_that_is_a_false_start_is_kept_and_marked(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    rollers.pull(200)
    until(lambda: rollers.speed > 46)
    rollers.lift(-200)
    run_id = begun.result(5)
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    keys = {key for key, _, _ in store.dyno.run(run_id).summary.quality}
    assert keys & {"short", "no_pull"}
    until(lambda: phase(bay) is Phase.ARMED)


def test_a_change_that_cannot_be_driven_is_kept_and_disarms(desk, rollers, store, until):
    bay, _ = desk
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    begun = bay.dyno.start(DRIVER)
    until(lambda: phase(bay) is Phase.ARMED)
    kept = bay.dyno.change_session(wish(store, setup={"road": True}), DRIVER).result(5)
    assert kept.setup.road
    with pytest.raises(Cancelled):
        begun.result(5)
    assert phase(bay) is Phase.IDLE
    assert "No car is connected" in bay.snapshot().dyno.problem


def test_the_desk_ends_within_a_second_though_a_driver_hangs(store):
    bay, benches = make_bay(store)
    bay.start()
    ready = bay.dyno.connect(URL)
    benches["dyno"].say(speed=1.0)
    ready.result(5)
    hangs, release = threading.Event(), threading.Event()

    def hang(_):
        hangs.set()
        release.wait(10)
        return ()

    benches["dyno"].read = hang
    assert hangs.wait(5)
    began = time.monotonic()
    bay.stop()
    release.set()
    assert time.monotonic() - began < 1.3
