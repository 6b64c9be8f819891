"""The car is one that a workshop would believe, and the same for the same seed."""

import itertools
import math

import pytest

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.car_data import car_data, faults, scripts
from cartech_desk.hardware.sim.curves import Curve, Map, lag
from cartech_desk.hardware.sim.driver import MANOEUVRES
from cartech_desk.hardware.sim.engine import GAS_CONSTANT, RESIDUAL_KPA
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.vehicle import STEP_NS, Vehicle

SECOND = 1_000_000_000


def drive(script: str, seconds: float, *present: str, seed: int = 1):
    """Yield the vehicle after each step."""
    vehicle = Vehicle(CarOptions(script=script, seed=seed))
    for fault in present:
        vehicle.inject(fault)
    for _ in range(round(seconds * 100)):
        vehicle.step()
        yield vehicle


def after(script: str, seconds: float, *present: str):
    *_, vehicle = drive(script, seconds, *present)
    return vehicle


@pytest.fixture(scope="module")
def dyno_pull():
    """Rows of a full-throttle pull with the clutch closed: rpm, km/h, Nm, N, and more."""
    rows = []
    for vehicle in drive("dyno", 34.0):
        state = vehicle.state
        if state.pedal_pct == 100.0 and state.clutch_closed and state.gear == 4:
            rows.append(
                (state.rpm, state.speed_kmh, state.torque_nm, state.road_n,
                 state.map_kpa, state.lambda_measured, state.timing_deg)
            )  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def demo_minute():
    """The state's main figures at each step of a minute of the demonstration."""
    return [
        (s.rpm, s.speed_kmh, s.gear, s.clutch_closed, s.map_kpa, s.maf_gps, s.cylinder_gps,
         s.intake_c, s.coolant_c, s.fuel_gps, s.lambda_measured, s.fuel_l, s.odometer_km)
        for s in (vehicle.state for vehicle in drive("demo", 60.0))
    ]  # fmt: skip


def test_the_same_seed_and_questions_give_the_same_bytes():
    def answers(seed):
        car = SimulatedCar(CarOptions(seed=seed, jitter_ms=5.0))
        return [
            car.handle(0x7DF, bytes.fromhex(request), extended=False, now_ns=n * SECOND // 7)
            for n in range(60)
            for request in ("010C0B10110405", "0142", "03")
        ]

    assert answers(5) == answers(5)
    assert answers(5) != answers(6)


def test_the_car_does_not_depend_on_how_often_it_is_asked():
    often, seldom = SimulatedCar(), SimulatedCar()
    seldom.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=0)
    for n in range(0, 12 * SECOND + 1, SECOND // 30):
        last = often.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=n)
    now_ns = (12 * SECOND // (SECOND // 30)) * (SECOND // 30)
    assert seldom.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=now_ns) == last


def test_time_that_runs_backwards_changes_nothing():
    car = SimulatedCar()
    car.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=5 * SECOND)
    there = car.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=6 * SECOND)
    assert car.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=0) == there


def test_a_suspended_computer_does_not_stall_the_next_answer():
    vehicle = Vehicle(CarOptions(script="idle"))
    vehicle.advance(0)
    vehicle.advance(3_600 * SECOND)
    assert vehicle.state.time_s == pytest.approx(60.0, abs=0.1)
    vehicle.advance(3_600 * SECOND + STEP_NS)
    assert vehicle.state.time_s == pytest.approx(60.01, abs=0.1)


def test_it_idles_near_its_target_and_hunts_a_little():
    rpm = [v.state.rpm for v in drive("idle", 30.0)][500:]
    assert abs(sum(rpm) / len(rpm) - 800.0) < 15.0
    assert 5.0 < max(rpm) - min(rpm) < 140.0


def test_a_cold_start_cranks_catches_and_idles_high():
    seen = [(v.state.rpm, v.state.running, v.state.battery_v) for v in drive("cold", 12.0)]
    assert seen[0][0] == 0.0
    assert not seen[0][1]
    assert min(volt for _, _, volt in seen) < 12.0, "the starter draws the battery down"
    assert seen[-1][1]
    assert 1050 < seen[-1][0] < 1300
    assert seen[-1][2] > 13.8


def test_warming_up_is_monotone_and_oil_follows():
    vehicle = Vehicle(CarOptions(script="cold"))
    coolant, oil = [], []
    for step in range(20_000):
        vehicle.step()
        if step > 300 and step % 50 == 0:
            coolant.append(vehicle.state.coolant_c)
            oil.append(vehicle.state.oil_c)
    assert coolant == sorted(coolant)
    assert oil == sorted(oil)
    assert 5.0 < coolant[-1] - coolant[0] < 40.0


def test_the_thermostat_keeps_a_warm_engine_below_the_boil():
    hottest = max(v.state.coolant_c for v in drive("dyno", 70.0))
    assert 90.0 < hottest < 112.0


def test_engine_and_road_speed_agree_while_the_clutch_is_closed(demo_minute):
    data = car_data().drivetrain
    closed = [row for row in demo_minute if row[3]]
    assert len(closed) > 1500
    for rpm, kmh, gear, *_ in closed:
        turns = kmh / 3.6 / data.tyre_radius_m * data.ratios[gear - 1] * data.final
        assert rpm == pytest.approx(turns * 60 / (2 * math.pi), rel=1e-9, abs=1e-6)


def test_air_flow_is_what_speed_and_density_say(demo_minute):
    engine = car_data().engine
    curve = Curve(engine.volumetric_rpm, engine.volumetric)
    checked = 0
    for before, now in itertools.pairwise(demo_minute):
        rpm, _, _, _, map_kpa, maf, _, intake_c, *_ = now
        if rpm < 700 or abs(map_kpa - before[4]) > 0.04 or abs(rpm - before[0]) > 15:
            continue  # while the manifold fills, the meter sees more than the cylinders
        volume = curve(rpm) * engine.displacement_m3 * rpm / 120
        density = (map_kpa - RESIDUAL_KPA) * 1e3 / (GAS_CONSTANT * (intake_c + 273.15))
        assert maf == pytest.approx(volume * density * 1e3, rel=0.04, abs=0.25)
        checked += 1
    assert checked > 2000


def test_fuel_follows_air_and_lambda_outside_overrun(demo_minute):
    for row in demo_minute[100:]:
        fuel, cylinder, measured = row[9], row[6], row[10]
        if fuel > 0.3 and measured < 1.1:
            assert cylinder / fuel == pytest.approx(14.7 * measured, rel=0.25)


def test_fuel_runs_down_and_distance_up(demo_minute):
    levels, distances = [row[11] for row in demo_minute], [row[12] for row in demo_minute]
    assert levels == sorted(levels, reverse=True)
    assert distances == sorted(distances)
    assert 0.3 < distances[-1] - distances[0] < 2.5


def test_a_pull_in_fourth_takes_a_believable_time(dyno_pull):
    inside = [row for row in dyno_pull if 2000.0 <= row[0] <= 6400.0]
    assert 10.0 < len(inside) / 100 < 25.0
    rpm = [row[0] for row in inside]
    assert rpm == sorted(rpm)


def test_the_energy_of_a_pull_balances(dyno_pull):
    data = car_data()
    drivetrain = data.drivetrain
    rows = [row for row in dyno_pull if row[0] > 2200.0]
    per_wheel = drivetrain.ratio(4) / drivetrain.tyre_radius_m
    mass = (
        data.dyno.inertia_kg
        + drivetrain.wheels_kgm2 / drivetrain.tyre_radius_m**2
        + data.engine.inertia_kgm2 * per_wheel**2
    )
    done = sum(row[2] * row[0] * 2 * math.pi / 60 * 0.01 for row in rows[1:])
    resisted = sum(row[3] * row[1] / 3.6 * 0.01 for row in rows[1:])
    first, last = rows[0][1] / 3.6, rows[-1][1] / 3.6
    gained = 0.5 * mass * (last**2 - first**2)
    assert done * drivetrain.efficiency == pytest.approx(gained + resisted, rel=0.01)


def test_torque_and_power_are_those_of_the_class(dyno_pull):
    torque = max(row[2] for row in dyno_pull)
    power_kw = max(row[2] * row[0] * 2 * math.pi / 60e3 for row in dyno_pull)
    assert 300 < torque < 380
    assert 150 < power_kw < 190


def test_boost_builds_and_the_wastegate_holds_it(dyno_pull):
    barometer = car_data().body.barometer_kpa
    peak = max(row[4] for row in dyno_pull)
    assert 95 < peak - barometer < 125
    assert dyno_pull[10][4] - barometer < 60, "the turbo lags"


def test_full_load_is_rich_and_retarded_against_cruise(dyno_pull):
    late = [row for row in dyno_pull if row[0] > 5000]
    assert all(0.76 < row[5] < 0.9 for row in late)
    assert all(5 < row[6] < 22 for row in late)


def test_the_limiter_holds_the_engine():
    vehicle = Vehicle(CarOptions(script="idle"))
    highest = 0.0
    vehicle.driver._moves = iter(lambda: vehicle.driver._set(60.0, gear=0, clutch=0.0), None)
    for _ in range(600):
        vehicle.step()
        highest = max(highest, vehicle.state.rpm)
    assert 6700 < highest < 7000


def test_overrun_cuts_the_fuel_and_the_probe_sees_air(demo_minute):
    assert any(row[9] == 0.0 and row[10] > 1.9 for row in demo_minute)


@pytest.mark.parametrize(
    ("fault", "code", "script", "seconds"),
    [
        ("misfire", "P0301", "idle", 25),
        ("coolant_sensor", "P0118", "idle", 10),
        ("boost_leak", "P0299", "dyno", 40),
        ("low_battery", "P0562", "idle", 70),
        ("wheel_speed", "C0031", "cruise", 25),
    ],
)
def test_a_fault_is_pending_first_then_confirmed(fault, code, script, seconds):
    pending = confirmed = None
    for vehicle in drive(script, seconds, fault):
        ecu = faults()[fault].ecu
        if pending is None and code in vehicle.memory.codes("pending", ecu):
            pending = vehicle.state.time_s
        if confirmed is None and code in vehicle.memory.codes("confirmed", ecu):
            confirmed = vehicle.state.time_s
            assert vehicle.memory.lamp == (ecu == "engine")
            assert ecu != "engine" or vehicle.memory.frames(ecu)[0].code == code
            break
    assert pending is not None
    assert confirmed is not None
    assert pending < confirmed


def test_unmetered_air_drives_the_trims_up():
    sound, lean = after("idle", 60.0), after("idle", 60.0, "lean")
    assert lean.state.long_trim_pct > sound.state.long_trim_pct + 8.0
    assert "P0171" in lean.memory.codes("pending", "engine")


def test_a_boost_leak_costs_boost():
    sound = max(v.state.charge_kpa for v in drive("dyno", 25.0))
    leaking = max(v.state.charge_kpa for v in drive("dyno", 25.0, "boost_leak"))
    assert leaking < sound - 20.0


def test_cleared_codes_come_back_while_the_fault_is_there():
    vehicle = Vehicle(CarOptions(script="idle", faults=("coolant_sensor",)))
    assert vehicle.memory.codes("confirmed", "engine") == ["P0118"]
    vehicle.memory.clear("engine")
    assert vehicle.memory.codes("confirmed", "engine") == []
    assert vehicle.memory.codes("permanent", "engine") == ["P0118"]
    for _ in range(1000):
        vehicle.step()
    assert vehicle.memory.codes("confirmed", "engine") == ["P0118"]
    vehicle.mend("coolant_sensor")
    vehicle.memory.clear("engine")
    assert vehicle.memory.codes("permanent", "engine") == []


def test_every_script_names_manoeuvres_that_exist():
    for script in scripts().values():
        assert {name for name, _ in script.drive} <= set(MANOEUVRES)
        assert 0 <= script.again < len(script.drive)
        Vehicle(CarOptions(script=script.name)).step()


def test_curves_are_linear_between_points_and_constant_outside():
    curve = Curve((0, 10), (0, 100))
    assert [curve(x) for x in (-5, 0, 2.5, 10, 11)] == [0, 0, 25, 100, 100]
    plane = Map((0, 1), (0, 1), ((0, 1), (2, 3)))
    assert plane(0.5, 0.5) == 1.5
    with pytest.raises(ValueError, match="rising"):
        Curve((1, 0), (0, 0))


def test_a_lag_covers_63_percent_in_its_time_constant():
    assert lag(0.0, 1.0, 2.0, 2.0) == pytest.approx(1 - math.exp(-1))


def test_the_engine_dies_with_the_ignition_and_starts_again_with_it():
    vehicle = after("idle", 5.0)
    vehicle.switch_ignition(on=False)
    for _ in range(500):
        vehicle.step()
    assert vehicle.state.rpm == 0.0
    assert not vehicle.state.running
    assert vehicle.state.fuel_gps == 0.0
    vehicle.switch_ignition(on=True)
    for _ in range(600):
        vehicle.step()
    assert 700 < vehicle.state.rpm < 1000
    assert vehicle.state.run_s < 6.5


def test_the_engine_stays_off_with_the_key_on_only():
    assert after("key_on", 5.0).state.rpm == 0.0
