"""A run from Start to the row in the list: what is on disk, what is told, what comes next."""

import pytest

from cartech_desk.bay.dyno_errors import Cancelled, DynoRefused
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import TestType
from cartech_desk.store.dyno import RunEnding
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
