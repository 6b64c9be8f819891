"""What the car encodes by one table, the desk decodes by another: both must mean the same."""

import pytest

from cartech_desk.domain.obd.decode import decode
from cartech_desk.domain.obd.identity import (
    read_calibration_ids,
    read_cvns,
    read_ecu_name,
    read_vin,
)
from cartech_desk.domain.obd.pids import mode01_commands
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.pids import BRAKES_PIDS, ENGINE_PIDS, GEARBOX_PIDS

MOMENTS_S = (3.0, 5.0, 30.0, 38.0)
"""Idling, a blip, under full boost, and on overrun in the demonstration."""

MEANINGS = {
    "LOAD_PCT": ("load_pct", 0.2),
    "ECT": ("coolant_sensor_c", 0.5),
    "SHRTFT1": ("short_trim_pct", 0.4),
    "LONGFT1": ("long_trim_pct", 0.4),
    "MAP": ("map_kpa", 0.5),
    "RPM": ("rpm", 0.13),
    "VSS": ("speed_kmh", 0.5),
    "SPARKADV": ("timing_deg", 0.25),
    "IAT": ("intake_c", 0.5),
    "MAF": ("maf_gps", 0.006),
    "RUNTM": ("run_s", 0.5),
    "FRP": ("rail_kpa", 5.0),
    "BARO": ("barometer_kpa", 0.5),
    "LAMBDA11_CURRENT": ("lambda_measured", 1e-4),
    "CATEMP11": ("catalyst_c", 0.06),
    "VPWR": ("battery_v", 6e-4),
    "LOAD_ABS": ("absolute_load_pct", 0.2),
    "EQ_RAT": ("lambda_commanded", 1e-4),
    "AAT": ("ambient_c", 0.5),
    "EOT": ("oil_c", 0.5),
    "BP_A_ACT": ("charge_kpa", 0.02),
    "FUEL_RATE_ALT": ("fuel_gps", 0.011),
    "ODO": ("odometer_km", 0.06),
}
"""Signals of the desk's table: the state that each stands for, and half a step of its scale."""


@pytest.fixture(scope="module", params=MOMENTS_S)
def read(request):
    """Return the car's state at one moment and all that the desk reads of the engine then."""
    car = SimulatedCar(CarOptions())
    car.handle(0x7E0, b"\x01\x0c", extended=False, now_ns=0)
    now_ns = round(request.param * 1e9)
    commands, values = mode01_commands(), {}
    for pid in ENGINE_PIDS:
        [answer] = car.handle(0x7E0, bytes((1, pid)), extended=False, now_ns=now_ns)
        values |= decode(commands[pid], answer.payload)
    return car.vehicle.state, values


@pytest.mark.parametrize("signal", MEANINGS)
def test_a_value_arrives_as_it_was(read, signal):
    state, values = read
    field, tolerance = MEANINGS[signal]
    assert values[signal] == pytest.approx(getattr(state, field), abs=tolerance)


def test_torque_is_percent_of_the_reference(read):
    state, values = read
    assert values["TQ_ACT"] == pytest.approx(100 * state.torque_nm / values["TQ_REF"], abs=0.5)


def test_throttle_follows_the_pedal_from_a_closed_stop(read):
    state, values = read
    assert values["TP"] == pytest.approx(12.6 + 0.82 * state.throttle_pct, abs=0.3)


@pytest.mark.parametrize(("can_id", "table"), [(0x7E1, GEARBOX_PIDS), (0x7E2, BRAKES_PIDS)])
def test_the_other_ecus_tell_the_same_car(can_id, table):
    car = SimulatedCar(CarOptions())
    car.handle(can_id, b"\x01\x0d", extended=False, now_ns=0)
    commands = mode01_commands()
    for pid in table:
        [answer] = car.handle(can_id, bytes((1, pid)), extended=False, now_ns=30 * 10**9)
        values = decode(commands[pid], answer.payload)
        if "VSS" in values:
            assert values["VSS"] == pytest.approx(car.vehicle.state.speed_kmh, abs=0.5)
        if "GEAR_ACT" in values:
            assert values["GEAR_ACT"] == car.vehicle.state.gear == 3


def test_identification_arrives_as_it_was():
    car = SimulatedCar()
    info = {
        kind: car.handle(0x7E0, bytes((9, kind)), extended=False, now_ns=0)[0].payload
        for kind in (0x02, 0x04, 0x06, 0x0A)
    }
    assert read_vin(info[0x02]) == car.vin
    assert read_calibration_ids(info[0x04]) == ("CTSIM-ENG-20T-01", "CTSIM-ENG-FLEX02")
    assert read_cvns(info[0x06]) == ("1C7E50A3", "90D2416B")
    assert read_ecu_name(info[0x0A]) == "ECM-EngineControl"
