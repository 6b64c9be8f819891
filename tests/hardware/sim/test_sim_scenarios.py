"""What goes wrong with the simulated car at set times: the times stand in scripts.toml."""

import copy
from collections.abc import Iterator

import pytest

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.car_data import scripts
from cartech_desk.hardware.sim.options import CarOptions, parse_options
from cartech_desk.hardware.sim.scenario import Overlay, Scenario, TimedFault
from cartech_desk.hardware.sim.state import State
from cartech_desk.hardware.sim.vehicle import Vehicle

SECOND = 1_000_000_000
START = 5 * SECOND
LEAN = bytes((0x93, 0x33))
"""1.15 * 32768, as PID 34 tells it."""


def driven(script: str, until_s: float, seed: int = 1) -> Iterator[State]:
    """Yield the state after each step."""
    vehicle = Vehicle(CarOptions(script=script, seed=seed))
    while vehicle.state.time_s < until_s:
        vehicle.step()
        yield vehicle.state


def first_s(script: str, until_s: float, happens: object) -> float:
    assert callable(happens)
    return next(state.time_s for state in driven(script, until_s) if happens(state))


def boost_kpa(state: State) -> float:
    return state.map_kpa - state.barometer_kpa


def asked(car: SimulatedCar, at_s: float, *pids: int) -> list[tuple[int, bytes]]:
    """Ask everybody for PIDs when the script's clock stands there; address and payload each."""
    car.handle(0x7DF, b"\x01\x00", extended=False, now_ns=START)
    now_ns = car.vehicle.when_ns(at_s)
    answers = car.handle(0x7DF, bytes((1, *pids)), extended=False, now_ns=now_ns)
    return [(answer.can_id, answer.payload) for answer in answers]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_boost_rises_far_beyond_its_target_and_goes_with_the_pedal(seed: int) -> None:
    states = [copy.copy(state) for state in driven("overboost", 11.0, seed)]
    over = [state.time_s for state in states if boost_kpa(state) > 130.0]
    assert over[0] == pytest.approx(6.57, abs=0.03)
    assert over[-1] == pytest.approx(9.84, abs=0.06)
    assert 150.0 < max(map(boost_kpa, states)) < 155.0
    assert max(state.map_kpa for state in states) < 255.0  # more does not fit into its byte


def test_the_same_pull_without_the_fault_keeps_to_its_target() -> None:
    assert max(map(boost_kpa, driven("pull", 11.0))) < 115.0


@pytest.mark.parametrize("script", ["demo", "dyno", "cruise", "pull"])
def test_a_healthy_car_is_rich_under_boost_on_every_drive(script: str) -> None:
    """As the limits for turbo petrol engines want it: an ordinary drive raises no alarm."""
    under_boost = [
        state.lambda_measured
        for state in driven(script, 60.0)
        if state.map_kpa > 150.0 and state.rpm > 2000.0
    ]
    assert under_boost
    assert max(under_boost) < 0.97


def test_the_coolant_rises_slowly_while_its_pump_stands_still() -> None:
    assert first_s("overheating", 60, lambda s: s.coolant_sensor_c >= 110.5) == pytest.approx(
        17.2, abs=0.2
    )
    assert first_s("overheating", 60, lambda s: s.coolant_sensor_c >= 115.5) == pytest.approx(
        36.9, abs=0.3
    )


@pytest.mark.parametrize(("script", "last_s"), [("lean_80ms", 8.08), ("lean_600ms", 8.6)])
def test_the_probe_tells_a_lean_spike_for_exactly_so_long(script: str, last_s: float) -> None:
    for at_s, lean in ((7.99, False), (8.0, True), (last_s - 0.01, True), (last_s, False)):
        car = SimulatedCar(CarOptions(script=script))
        ((_, payload),) = asked(car, at_s, 0x34)
        assert (payload[2:4] == LEAN) is lean
        state = car.vehicle.state
        assert state.rpm > 3300
        assert state.map_kpa > 200
        assert state.pedal_pct == 100.0


def test_a_value_flaps_at_its_limit() -> None:
    car = SimulatedCar(CarOptions(script="flapping"))
    told = {}
    for tenth in range(38, 125):
        payload = dict(asked(car, tenth / 10, 0x05))[0x7E8]
        told[tenth] = payload[2] - 40
    assert {told[39], told[120]} <= {89, 90}
    assert [told[tenth] for tenth in (40, 43, 44, 47, 48, 112, 115)] == [
        *(111, 111, 109, 109, 111, 111, 111)
    ]
    assert {told[tenth] for tenth in range(40, 120)} == {109, 111}


@pytest.mark.parametrize(
    ("script", "pid", "answer"),
    [
        ("sensor_dies", 0x34, None),
        ("sensor_no_value", 0x34, b"\x41\x34\xff"),
        ("sensor_not_available", 0x70, b"\x41\x70" + bytes(10)),
    ],
)
def test_a_sensor_dies_in_the_middle_and_comes_back(
    script: str, pid: int, answer: bytes | None
) -> None:
    car = SimulatedCar(CarOptions(script=script))
    well = dict(asked(car, 4.9, pid))[0x7E8]
    assert dict(asked(car, 5.0, pid)).get(0x7E8) == answer
    assert dict(asked(car, 9.9, pid)).get(0x7E8) == answer
    assert len(dict(asked(car, 10.0, pid))[0x7E8]) == len(well)


def test_other_pids_are_answered_beside_one_that_is_left_out() -> None:
    car = SimulatedCar(CarOptions(script="sensor_dies"))
    payload = dict(asked(car, 6.0, 0x0C, 0x34))[0x7E8]
    assert (payload[:2], len(payload)) == (b"\x41\x0c", 4)


def test_a_dead_control_unit_is_silent_and_the_others_answer() -> None:
    car = SimulatedCar(CarOptions(script="ecu_dies"))
    assert 0x7E8 in dict(asked(car, 4.9, 0x0D))
    assert set(dict(asked(car, 6.0, 0x0D))) == {0x7E9, 0x7EA}
    assert 0x7E8 in dict(asked(car, 10.0, 0x0D))


def test_a_fault_that_a_person_injected_is_not_taken_away_by_the_script() -> None:
    scenario = Scenario((TimedFault("lean", 1.0, 2.0),))
    present = {"misfire"}
    for time_s, there in ((0.5, set()), (1.0, {"lean"}), (1.99, {"lean"}), (2.0, set())):
        scenario.step(time_s, present)
        assert present == {"misfire"} | there


def test_the_clock_can_go_faster_without_losing_time() -> None:
    slow, fast = (Vehicle(CarOptions(script="idle", clock=clock)) for clock in (1, 7))
    for vehicle in (slow, fast):
        vehicle.advance(START)
    for step in range(1, 701):
        fast.advance(START + step * SECOND // 700)
    slow.advance(START + 7 * SECOND)
    assert fast.state.time_s == pytest.approx(slow.state.time_s, abs=0.011)
    assert fast.when_ns(7.0) == START + SECOND


@pytest.mark.parametrize("clock", ["0", "101", "fast"])
def test_a_clock_that_cannot_be_is_refused(clock: str) -> None:
    with pytest.raises(BadAdapterUrl):
        parse_options({"clock": clock})


@pytest.mark.parametrize("script", scripts())
def test_the_same_seed_gives_the_same_car(script: str) -> None:
    ends = [[copy.copy(state) for state in driven(script, 2.0, seed=5)][-1] for _ in range(2)]
    assert ends[0] == ends[1]


def test_every_overlay_and_fault_of_a_script_can_be_read() -> None:
    for script in scripts().values():
        assert all(Overlay(**entry).pid for entry in script.overlays)
        assert all(entry["from_s"] < entry["to_s"] for entry in (*script.faults, *script.silences))
