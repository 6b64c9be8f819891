"""The road: the car itself is the dyno; and what a session asks of the car beside a dyno."""

import pytest

from cartech_desk.bay.dyno_roles import CAR_RATES_HZ
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import TestType
from cartech_desk.store.dyno import RunEnding
from tests.bay.conftest import ENGINE, GEARBOX
from tests.bay.dyno_desk import DRIVER, DYNO, URL, make_bay, wish


@pytest.fixture
def desk(store, car):
    bay, benches = make_bay(store, car)
    bay.start()
    bay.connect("elm327:/dev/scripted").result(5)
    yield bay, benches
    car.hang.clear()
    bay.stop()


def drive(car, kmh):
    car.pids[ENGINE] |= {0x0D: bytes([kmh]), 0x0C: (kmh * 40 * 4).to_bytes(2, "big")}
    car.pids[GEARBOX] |= {0x0D: bytes([kmh])}


def test_a_session_asks_the_car_for_what_runs_show_and_its_end_lets_go(desk, store, until):
    bay, _ = desk
    assert bay.snapshot().channels == {}
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    until(lambda: bay.feed.latest("rpm", 0))
    until(lambda: bay.feed.latest("boost", 0))
    assert bay.snapshot().channels == {}  # nobody watches them: they are the bench's alone
    assert bay._watch.plan.for_runs >= {"rpm", "speed", "throttle", "map"}
    assert "rpm" in CAR_RATES_HZ
    bay.dyno.stop_session(DRIVER).result(5)
    until(lambda: not bay._watch.plan.for_runs)


def test_what_a_person_watches_stays_watched_at_the_higher_rate(desk, store):
    bay, _ = desk
    bay.watch({"rpm": 25.0})
    bay.dyno.start_session(wish(store), DRIVER).result(5)
    assert bay.snapshot().channels["rpm"].asked_hz == 25.0
    bay.dyno.stop_session(DRIVER).result(5)
    assert list(bay.snapshot().channels) == ["rpm"]


def test_without_a_car_the_road_is_refused_in_words(store):
    bay, _ = make_bay(store)
    bay.start()
    try:
        bay.dyno.start_session(wish(store, setup={"road": True}), DRIVER).result(5)
        now = bay.snapshot().dyno
        assert not now.can_start
        assert "No car is connected" in now.why_not
        assert any("mass of the car" in one for one in now.warnings)
    finally:
        bay.stop()


def test_a_pull_on_the_road_is_a_run_of_the_cars_own_channels(desk, store, car, until):
    bay, _ = desk
    drive(car, 20)
    the_wish = wish(store, setup={"road": True, "road_mass_kg": 1300.0})
    bay.dyno.start_session(the_wish, DRIVER).result(5)
    until(lambda: bay.snapshot().dyno.values.get(Role.SPEED))
    assert bay.snapshot().dyno.can_start
    begun = bay.dyno.start(DRIVER)
    until(lambda: bay.feed.latest("speed", 0) == 20.0)
    for kmh in range(20, 120, 4):
        drive(car, kmh)
        until(lambda kmh=kmh: bay.feed.latest("speed", 0) == kmh)
    run_id = begun.result(5)
    drive(car, 60)
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    run = store.dyno.run(run_id)
    assert run.ending is RunEnding.STOPPED
    assert run.setup.roles[Role.SPEED] == "speed"
    assert [one.kind for one in run.sources] == ["ecu"]
    raw = bay.runs.raw(run_id)
    assert {"speed", "rpm", "throttle"} <= set(raw.tracks)
    assert raw.tracks["speed"].of_car


def test_a_dyno_run_records_the_cars_channels_on_the_same_clock(desk, store, car, until):
    bay, benches = desk
    ready = bay.dyno.connect(URL)
    benches["dyno"].say(speed=10.0)
    ready.result(5)
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    until(lambda: bay.feed.latest("rpm", 0))
    run_id = bay.dyno.start(DRIVER).result(5)
    begun_ns = benches["dyno"].say(speed=50.0)

    def both():
        benches["dyno"].say(speed=50.0)
        return bay.feed.good_ns("rpm") > begun_ns + 200_000_000

    until(both)
    bay.dyno.stop(DRIVER).result(5)
    run = store.dyno.run(run_id)
    raw = bay.runs.raw(run_id)
    assert run.setup.roles[Role.SPEED] == "dyno_speed"
    assert run.setup.roles[Role.MANIFOLD] == "map"
    assert raw.tracks["rpm"].of_car
    assert not raw.tracks["dyno_speed"].of_car
    assert [one.alias for one in run.sources] == ["dyno", "obd"]


def test_a_dyno_that_falls_silent_ends_its_run_though_the_car_goes_on(desk, store, car, until):
    bay, benches = desk
    benches.channels["dyno"] = tuple(one for one in DYNO if one[0] is not Role.RPM)
    ready = bay.dyno.connect(URL)
    benches["dyno"].say(speed=10.0)
    ready.result(5)
    bay.dyno.start_session(wish(store, test_type=TestType.FREE), DRIVER).result(5)
    until(lambda: bay.feed.latest("rpm", 0))
    run_id = bay.dyno.start(DRIVER).result(5)
    benches["dyno"].say(speed=50.0)
    until(lambda: bay.snapshot().dyno.last_run == run_id)
    assert store.dyno.run(run_id).setup.roles[Role.RPM] == "rpm"
    assert store.dyno.run(run_id).ending is RunEnding.SOURCE_LOST
