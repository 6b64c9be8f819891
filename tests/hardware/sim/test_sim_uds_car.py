"""A car that speaks OBD on UDS only, byte for byte (ISO 14229-1, SAE J1979-2)."""

import pytest

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import CarOptions

ENGINE, GEARBOX, BRAKES, EVERYBODY = 0x7E0, 0x7E1, 0x7E2, 0x7DF


def ask(car, request: str, to: int = EVERYBODY, *, extended: bool = False) -> dict[int, str]:
    answers = car.handle(to, bytes.fromhex(request), extended=extended, now_ns=0)
    return {answer.can_id: answer.payload.hex(" ").upper() for answer in answers}


def one(car, request: str, to: int = ENGINE) -> str:
    [payload] = ask(car, request, to).values()
    return payload


def uds_car(*faults: str, **more) -> SimulatedCar:
    return SimulatedCar(CarOptions(script="idle", speaks="uds", faults=faults, **more))


@pytest.mark.parametrize("request_", ["0100", "03", "07", "0A", "0902", "04", "020200"])
def test_services_of_j1979_meet_silence(request_):
    assert ask(uds_car(), request_) == {}


def test_every_ecu_tells_what_it_speaks():
    assert ask(uds_car(), "22F810") == dict.fromkeys((0x7E8, 0x7E9, 0x7EA), "62 F8 10 01")


def test_a_car_of_j1979_does_not_tell_that():
    assert ask(SimulatedCar(CarOptions(script="idle")), "22F810") == {}


def test_a_29_bit_car_speaks_it_too():
    told = ask(uds_car(extended=True), "22F810", 0x18DB33F1, extended=True)
    assert sorted(told) == [0x18DAF110, 0x18DAF118, 0x18DAF128]


def test_pids_and_their_bitmaps_are_identifiers():
    car = uds_car()
    classic = SimulatedCar(CarOptions(script="idle"))
    assert one(car, "22F400")[9:] == one(classic, "0100")[6:]
    car.vehicle.state.rpm = 1726.0
    assert one(car, "22F40C") == "62 F4 0C 1A F8"
    assert one(car, "22F40CDEADF40D")[:14] == "62 F4 0C 1A F8"
    assert one(car, "22F4FE") == "7F 22 31"
    assert ask(car, "22F4FE") == {}


def test_the_vin_comes_without_a_count_and_the_rest_both_ways():
    car = uds_car()
    assert bytes.fromhex(one(car, "22F802"))[3:] == car.vin.encode()
    assert bytes.fromhex(one(car, "22F806"))[3:].hex().upper() == "1C7E50A390D2416B"
    assert bytes.fromhex(one(car, "22F806", GEARBOX))[3:].hex().upper() == "015E0B77C1"
    assert bytes.fromhex(one(car, "22F80A"))[3:] == b"ECM\0-EngineControl\0\0"
    assert one(car, "22F800") == "62 F8 00 54 41 00 00"


def test_monitors_are_records_of_eight_bytes():
    car = uds_car()
    car.vehicle.state.short_trim_pct = -3.5
    car.vehicle.state.long_trim_pct = 0.0
    assert one(car, "22F681") == "62 F6 81 80 AF FE A2 F6 3C 09 C4"


def test_codes_come_by_mask_with_severity_and_failure_type():
    car = uds_car("misfire", "evap_leak", "lost_engine")
    # group, available bits, severities, format; then severity, code, failure type, status
    assert one(car, "1942330CFF") == "59 42 33 FF 1E 04 02 03 01 00 AC 02 04 55 00 24"
    assert one(car, "19423308FF") == "59 42 33 FF 1E 04 02 03 01 00 AC"
    assert one(car, "1942330810") == "59 42 33 FF 1E 04", "none of that severity"
    assert one(car, "19423308FF", GEARBOX) == "59 42 33 FF 1E 04 10 C1 00 87 2C"
    assert one(car, "19423308FF", BRAKES) == "59 42 33 FF 1E 04"
    assert one(car, "194244FFFF") == "7F 19 31"
    assert one(car, "194233") == "7F 19 13"
    assert one(car, "190204") == "59 02 FF 03 01 00 AC 04 55 00 24"


def test_permanent_codes_have_a_report_of_their_own():
    car = uds_car("misfire", "catalyst_worn")
    assert one(car, "195533")[:11] == "59 55 33 FF"
    assert {one(car, "195533")[15:23], one(car, "195533")[27:35]} == {"03 01 00", "04 20 00"}
    assert "04 20" not in one(car, "1902FF")


def test_freeze_frames_are_snapshot_records_of_pids():
    car = uds_car("boost_leak")
    assert one(car, "1903") == "59 03 02 99 00 00"
    frame = bytes.fromhex(one(car, "190402990000"))
    assert frame[:8].hex(" ").upper() == "59 04 02 99 00 AC 00 16"
    assert bytes.fromhex("F40C3D40") in frame
    assert bytes.fromhex("F40D61") in frame
    assert one(car, "1904029900FF") == frame.hex(" ").upper()
    assert len(one(car, "1904029900F0")) == len("59 04 02 99 00 AC"), "not seen in this drive"
    assert one(car, "190403010000") == "7F 19 31"


def test_a_frame_is_brought_up_to_date_when_the_fault_is_there_again():
    car = uds_car("misfire")
    car.handle(ENGINE, b"\x19\x03", extended=False, now_ns=0)
    car.handle(ENGINE, b"\x19\x03", extended=False, now_ns=2_000_000_000)
    answers = car.handle(ENGINE, b"\x19\x03", extended=False, now_ns=2_000_000_000)
    assert answers[0].payload.hex(" ").upper() == "59 03 03 01 00 00 03 01 00 F0"


def test_clearing_takes_what_concerns_emissions():
    car = uds_car("misfire", "gear_slips")
    assert ask(car, "14FFFF33") == dict.fromkeys((0x7E8, 0x7E9, 0x7EA), "54")
    assert one(car, "1902FF")[:8] == "59 02 FF"
    assert one(car, "1942330CFF") == "59 42 33 FF 1E 04"
    assert "03 01 00" in one(car, "195533"), "a permanent code outlives clearing"
    assert one(car, "14010203") == "7F 14 31"
    assert one(car, "14FF") == "7F 14 13"


def test_codes_of_an_extended_record_and_of_a_readiness_group_are_listed():
    car = uds_car("misfire", "lean")
    assert one(car, "191A92")[:11] == "59 1A FF 92"
    assert one(car, "190603010092")[:20] == "59 06 03 01 00 AC 92"
    assert one(car, "19563302") == "59 56 33 FF 04 02 03 01 00 AC"
    assert one(car, "195633FE") == "59 56 33 FF 04 FE"
    assert one(car, "197700") == "7F 19 12"
