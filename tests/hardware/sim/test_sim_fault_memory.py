"""What the simulated car keeps of many faults: frames, kinds, lamps, and codes of an option."""

import pytest

from cartech_desk.hardware.adapters import parse_adapter_url
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.car_data import faults
from cartech_desk.hardware.sim.options import CarOptions, parse_options

ENGINE, GEARBOX, BRAKES, EVERYBODY = 0x7E0, 0x7E1, 0x7E2, 0x7DF
ALL = tuple(faults())


def ask(car, request: str, to: int = EVERYBODY) -> dict[int, str]:
    answers = car.handle(to, bytes.fromhex(request), extended=False, now_ns=0)
    return {answer.can_id: answer.payload.hex(" ").upper() for answer in answers}


def car_with(*names: str, **more) -> SimulatedCar:
    return SimulatedCar(CarOptions(script="idle", faults=names, **more))


def test_the_faults_make_ten_codes_and_more_over_three_ecus_of_all_families():
    told = {fault.code for fault in faults().values()}
    assert len(told) >= 10
    assert {code[0] for code in told} == set("PCBU")
    assert {fault.ecu for fault in faults().values()} == {"engine", "gearbox", "brakes"}


def test_a_pending_code_alone_is_told_as_pending_only():
    car = car_with("evap_leak")
    assert ask(car, "07")[0x7E8] == "47 01 04 55"
    assert ask(car, "03")[0x7E8] == "43 00"
    assert ask(car, "0101", ENGINE)[0x7E8].startswith("41 01 00"), "no lamp"
    assert ask(car, "020200", ENGINE)[0x7E8] == "42 02 00 00 00", "no frame"


def test_a_permanent_code_alone_outlives_clearing():
    car = car_with("catalyst_worn")
    for _ in range(2):
        assert ask(car, "0A")[0x7E8] == "4A 01 04 20"
        assert ask(car, "03")[0x7E8] == "43 00"
        assert ask(car, "07")[0x7E8] == "47 00"
        ask(car, "04")


def test_every_ecu_has_frames_of_its_own_as_many_as_faults():
    car = car_with("misfire", "boost_leak", "gear_slips", "brake_pump")
    assert ask(car, "020200") == {
        0x7E8: "42 02 00 03 01",
        0x7E9: "42 02 00 07 30",
        0x7EA: "42 02 00 40 20",
    }
    assert ask(car, "020201") == {0x7E8: "42 02 01 02 99"}
    assert ask(car, "020C01", ENGINE)[0x7E8] == "42 0C 01 3D 40"
    assert ask(car, "020C00", GEARBOX)[0x7E9] == "42 0C 00 30 C0"
    assert ask(car, "02A400", GEARBOX)[0x7E9][:14] == "42 A4 00 03 40"


def test_an_ecu_keeps_the_first_four_frames():
    car = car_with("misfire", "coolant_sensor", "boost_leak", "lean", "coolant_pump")
    assert len(car.vehicle.memory.frames("engine")) == 4
    assert ask(car, "020204", ENGINE)[0x7E8] == "7F 02 12"


def test_each_ecu_tells_the_lamp_that_it_asks_for():
    car = car_with("lost_engine", "wheel_speed")
    first_bytes = [payload[6:8] for payload in ask(car, "0101").values()]
    assert first_bytes == ["00", "01", "01"], "codes, but none that lights the lamp"
    car = car_with("gear_slips")
    assert [payload[6:8] for payload in ask(car, "0101").values()] == ["00", "81", "00"]


def test_any_code_can_be_put_anywhere():
    options = parse_options({"codes": "P0299-16:engine,U0100:gearbox:pending+permanent"})
    car = SimulatedCar(options.car)
    assert ask(car, "03") == {0x7E8: "43 01 02 99", 0x7E9: "43 00", 0x7EA: "43 00"}
    assert ask(car, "07")[0x7E9] == "47 01 C1 00"
    assert ask(car, "0A")[0x7E9] == "4A 01 C1 00"
    assert ask(car, "020200", ENGINE)[0x7E8] == "42 02 00 02 99"


@pytest.mark.parametrize(
    "text", ["P0299", "X0299:engine", "P0299:door", "P0299:engine:sometimes", "P029:engine"]
)
def test_a_code_that_cannot_be_is_refused_with_a_hint(text):
    with pytest.raises(BadAdapterUrl) as refused:
        parse_options({"codes": text})
    assert refused.value.to_do


@pytest.mark.parametrize(
    ("vin", "told"),
    [
        ("zeros", b"0" * 17),
        ("nulls", b"\0" * 17),
        ("short", b"SZZCT0SM"),
        ("WVWZZZ1KZAW000001", b"WVWZZZ1KZAW000001"),
    ],
)
def test_the_vin_can_be_spoilt(vin, told):
    car = SimulatedCar(parse_options({"vin": vin}).car)
    assert bytes.fromhex(ask(car, "0902", ENGINE)[0x7E8])[3:].startswith(told)


def test_a_wrong_check_digit_is_the_only_difference():
    good = SimulatedCar(CarOptions()).vin
    wrong = SimulatedCar(CarOptions(vin="wrong_check")).vin
    assert [place for place in range(17) if good[place] != wrong[place]] == [8]


def test_a_vin_that_is_none_is_refused():
    with pytest.raises(BadAdapterUrl):
        parse_options({"vin": "not a vin"})


def test_a_car_can_be_given_codes_of_an_earlier_drive_that_do_not_come_back():
    car = car_with()
    car.remember("probe_heater", "gearbox_oil_sensor")
    assert ask(car, "03") == {0x7E8: "43 01 01 35", 0x7E9: "43 01 07 11", 0x7EA: "43 00"}
    ask(car, "04")
    car.keep_time(60_000_000_000)
    assert ask(car, "03")[0x7E8] == "43 00"


@pytest.mark.parametrize("sign", ["+", "%2B", "/", "%20"])
def test_kinds_of_a_code_can_be_named_together_in_a_url(sign):
    url = parse_adapter_url(f"sim:?codes=P0420:engine:stored{sign}permanent")
    (fault,) = parse_options(url.options).car.codes
    assert fault.kinds == ("confirmed", "permanent")


@pytest.mark.parametrize(
    ("name", "rpm", "map_kpa", "air_gps"),
    [("boost_leak", 3920, 138, (75.0, 115.0)), ("misfire", 1830, 54, (12.0, 20.0))],
)
def test_a_frame_is_that_of_an_engine_that_runs(name, rpm, map_kpa, air_gps):
    # Two litres fill 1 l a turn: 3,920 turns of air at 138 kPa and 33 degC are about 100 g/s.
    car = car_with(name)
    told = bytes.fromhex(ask(car, "020C00 1000 0B00", ENGINE)[0x7E8])
    assert told[:3] == bytes.fromhex("420C00")
    assert int.from_bytes(told[3:5], "big") / 4 == rpm
    assert told[5:7] == bytes.fromhex("1000")
    assert air_gps[0] < int.from_bytes(told[7:9], "big") / 100 < air_gps[1]
    assert told[9:] == bytes((0x0B, 0x00, map_kpa))
    timing = bytes.fromhex(ask(car, "020E00", ENGINE)[0x7E8])[3] / 2 - 64
    assert 5.0 < timing < 45.0
    fuel = bytes.fromhex(ask(car, "020300", ENGINE)[0x7E8])[3]
    assert fuel in {2, 4}, "closed loop, or open by load"
