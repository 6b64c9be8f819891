"""What the control units answer, byte for byte, by the examples of SAE J1979."""

import pytest

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dtc import dtc_bytes
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.pids import ENGINE_PIDS, support_bitmap
from cartech_desk.hardware.sim.vin import with_check_digit

ENGINE, GEARBOX, BRAKES, EVERYBODY = 0x7E0, 0x7E1, 0x7E2, 0x7DF


def ask(car, request: str, to: int = ENGINE, **more):
    answers = car.handle(
        to, bytes.fromhex(request), extended=more.pop("extended", False), now_ns=0, **more
    )
    return [(answer.can_id, answer.payload.hex(" ").upper()) for answer in answers]


def one(car, request: str, to: int = ENGINE, **more) -> str:
    [(_, payload)] = ask(car, request, to, **more)
    return payload


@pytest.fixture
def car():
    return SimulatedCar(CarOptions(script="idle"))


@pytest.mark.parametrize(
    ("field", "value", "request_", "answer"),
    [
        ("rpm", 1726.0, "010C", "41 0C 1A F8"),
        ("coolant_sensor_c", 83.0, "0105", "41 05 7B"),
        ("coolant_sensor_c", -40.0, "0105", "41 05 00"),
        ("speed_kmh", 255.4, "010D", "41 0D FF"),
        ("timing_deg", 0.0, "010E", "41 0E 80"),
        ("timing_deg", -64.0, "010E", "41 0E 00"),
        ("maf_gps", 655.35, "0110", "41 10 FF FF"),
        ("maf_gps", 3.1, "0110", "41 10 01 36"),
        ("map_kpa", 201.0, "010B", "41 0B C9"),
        ("load_pct", 100.0, "0104", "41 04 FF"),
        ("short_trim_pct", 0.0, "0106", "41 06 80"),
        ("short_trim_pct", -100.0, "0106", "41 06 00"),
        ("long_trim_pct", 99.2, "0107", "41 07 FF"),
        ("lambda_commanded", 1.0, "0144", "41 44 80 00"),
        ("lambda_measured", 1.0, "0134", "41 34 80 00 80 00"),
        ("battery_v", 13.8, "0142", "41 42 35 E8"),
        ("absolute_load_pct", 100.0, "0143", "41 43 00 FF"),
        ("catalyst_c", 400.0, "013C", "41 3C 11 30"),
        ("rail_kpa", 6000.0, "0123", "41 23 02 58"),
        ("oil_c", 96.0, "015C", "41 5C 88"),
        ("odometer_km", 48211.3, "01A6", "41 A6 00 07 5B 41"),
        ("turbo_krpm", 150.0, "0174", "41 74 01 3A 98 00 00"),
        ("fuel_gps", 2.0, "019D", "41 9D 00 64 00 64"),
        ("torque_nm", 0.0, "0162", "41 62 7D"),
        ("torque_nm", -36.0, "0162", "41 62 73"),
    ],
)
def test_a_value_is_encoded_as_the_standard_says(car, field, value, request_, answer):
    setattr(car.vehicle.state, field, value)
    assert one(car, request_) == answer


def test_the_engine_answers_at_least_forty_pids_and_says_so(car):
    listed = set()
    for base in range(0, 0x100, 0x20):
        answers = ask(car, f"01{base:02X}")
        if answers[0][1].startswith("7F"):
            break
        bits = int(answers[0][1][6:].replace(" ", ""), 16)
        listed |= {base + 1 + n for n in range(32) if bits >> (31 - n) & 1}
    data = {pid for pid in listed if pid % 0x20}
    assert data == set(ENGINE_PIDS)
    assert len(data) >= 40
    for pid in data:
        assert one(car, f"01{pid:02X}").startswith(f"41 {pid:02X} ")


def test_the_bitmap_example_of_the_standard():
    pids = frozenset((0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11))
    assert support_bitmap(0, pids).hex().upper() == "BE1F8000"
    assert support_bitmap(0x20, pids) is None
    assert support_bitmap(0, frozenset((0x42,))).hex() == "00000001"
    assert support_bitmap(0x20, frozenset((0x42,))).hex() == "00000001"
    assert support_bitmap(0x40, frozenset((0x42,))).hex() == "40000000"


def test_each_ecu_has_its_own_bitmap(car):
    answers = dict(ask(car, "0100", EVERYBODY))
    assert set(answers) == {0x7E8, 0x7E9, 0x7EA}
    assert len(set(answers.values())) == 3


def test_a_packed_request_is_answered_in_one_piece_without_the_unsupported(car):
    payload = bytes.fromhex(one(car, "010C0D9905FE0B"))
    assert payload[0] == 0x41
    rest, found = payload[1:], set()
    lengths = {0x0C: 2, 0x0D: 1, 0x05: 1, 0x0B: 1}
    while rest:
        found.add(rest[0])
        rest = rest[1 + lengths[rest[0]] :]
    assert found == set(lengths)


def test_the_order_of_a_packed_answer_varies(car):
    orders = {one(car, "01050B")[:8] for _ in range(60)}
    assert orders == {"41 05 " + one(car, "0105")[6:], "41 0B " + one(car, "010B")[6:]}


def test_seven_pids_are_too_many(car):
    assert one(car, "01010304050607" + "0B") == "7F 01 13"


def test_an_unsupported_pid_is_refused_alone_and_silent_to_everybody(car):
    assert one(car, "0199") == "7F 01 12"
    assert ask(car, "0199", EVERYBODY) == []


def test_an_unknown_service_is_refused_alone_and_silent_to_everybody(car):
    assert one(car, "5500") == "7F 55 11"
    assert ask(car, "5500", EVERYBODY) == []


def test_an_unknown_identifier_is_refused_alone_and_silent_to_everybody(car):
    assert one(car, "22DEAD") == "7F 22 31"
    assert ask(car, "22DEAD", EVERYBODY) == []


def test_nobody_answers_at_an_address_that_does_not_exist(car):
    assert ask(car, "0100", 0x7E5) == []
    assert ask(car, "0100", 0x7E0, extended=True) == []
    assert ask(car, "") == []


def test_nobody_answers_with_the_ignition_off(car):
    car.switch_ignition(on=False)
    assert ask(car, "0100", EVERYBODY) == []
    car.switch_ignition(on=True)
    assert len(ask(car, "0100", EVERYBODY)) == 3


def test_no_codes_are_a_count_of_zero_from_each_ecu(car):
    assert ask(car, "03", EVERYBODY) == [(i, "43 00") for i in (0x7E8, 0x7E9, 0x7EA)]
    assert one(car, "07") == "47 00"
    assert one(car, "0A") == "4A 00"


def test_codes_come_from_the_ecu_that_stored_them():
    car = SimulatedCar(CarOptions(script="idle", faults=("misfire", "wheel_speed", "lean")))
    assert dict(ask(car, "03", EVERYBODY)) == {
        0x7E8: "43 02 03 01 01 71",
        0x7E9: "43 00",
        0x7EA: "43 01 40 31",
    }
    assert one(car, "0101")[:8] == "41 01 82", "lamp on, two codes"


def test_clearing_takes_codes_lamp_frame_and_readiness():
    car = SimulatedCar(CarOptions(script="idle", faults=("misfire",)))
    assert one(car, "0101").endswith("07 E5 00"), "all monitors complete"
    assert one(car, "020200") == "42 02 00 03 01"
    assert ask(car, "04", EVERYBODY) == [(i, "44") for i in (0x7E8, 0x7E9, 0x7EA)]
    assert one(car, "03") == "43 00"
    assert one(car, "0A") == "4A 01 03 01", "a permanent code outlives clearing"
    assert one(car, "0101") == "41 01 00 37 E5 E5"
    assert one(car, "020200") == "42 02 00 00 00"
    assert one(car, "0130") == "41 30 00"


def test_a_freeze_frame_holds_the_car_at_the_fault():
    car = SimulatedCar(CarOptions(script="idle", faults=("boost_leak",)))
    assert one(car, "020200") == "42 02 00 02 99"
    assert one(car, "020C00") == "42 0C 00 3D 40"
    assert one(car, "020D000B00") == "42 0D 00 61 0B 00 8A"
    assert one(car, "020C01") == "7F 02 12", "there is one frame only"
    assert one(car, "020C") == "7F 02 13"


def test_without_a_frame_only_its_code_is_there(car):
    assert one(car, "020000") == "42 00 00 40 00 00 00"
    assert one(car, "020C00") == "7F 02 12"
    assert ask(car, "020C00", EVERYBODY) == []


def test_the_vin_has_a_right_check_digit_and_comes_from_the_engine(car):
    assert with_check_digit("1M8GDM9A_KP042788") == "1M8GDM9AXKP042788"
    assert with_check_digit(car.vin) == car.vin
    assert ask(car, "0902", EVERYBODY) == [(0x7E8, "49 02 01 " + car.vin.encode().hex(" ").upper())]
    assert one(car, "22F190") == "62 F1 90 " + car.vin.encode().hex(" ").upper()


def test_calibrations_and_their_numbers_come_counted(car):
    names = bytes.fromhex(one(car, "0904"))
    assert names[:3] == b"\x49\x04\x02"
    assert len(names) == 3 + 2 * 16
    assert names[3:].split(b"\0") == [b"CTSIM-ENG-20T-01CTSIM-ENG-FLEX02"]
    assert one(car, "0906") == "49 06 02 1C 7E 50 A3 90 D2 41 6B"
    assert bytes.fromhex(one(car, "090A")) == b"\x49\x0a\x01ECM\0-EngineControl\0\0"
    assert one(car, "0900") == "49 00 54 40 00 00"


def test_test_results_are_nine_byte_records_with_signed_values(car):
    car.vehicle.state.short_trim_pct = -3.5
    car.vehicle.state.long_trim_pct = 0.0
    assert one(car, "0681") == "46 81 80 AF FE A2 F6 3C 09 C4"
    car.vehicle.state.misfires = 258
    assert one(car, "06A2") == "46 A2 0B 24 00 19 00 00 FF FF A2 0C 24 01 02 00 00 FF FF"
    assert one(car, "0600")[:5] == "46 00"
    assert one(car, "0677") == "7F 06 12"


def test_pids_are_also_identifiers_of_service_22(car):
    car.vehicle.state.rpm = 1726.0
    assert one(car, "22F40C") == "62 F4 0C 1A F8"
    assert one(car, "22F40CDEADF405")[:14] == "62 F4 0C 1A F8"
    assert one(car, "22F4") == "7F 22 13"


def test_tyre_pressures_come_from_behind_an_address_byte(car):
    answer = car.handle(
        0x750, b"\x21\x30", extended=False, now_ns=0, extension=0x2A
    )[0]  # fmt: skip
    assert (answer.can_id, answer.extension) == (0x758, 0x2A)
    assert answer.payload[:2] == b"\x61\x30"
    front_left_bar = answer.payload[2] / 58 - 0.5
    assert front_left_bar == pytest.approx(2.41, abs=0.02)
    assert ask(car, "2130", 0x750) == []
    assert ask(car, "2130", 0x750, extension=0x11) == []
    assert one(car, "2131", 0x750, extension=0x2A) == "7F 21 31"


def test_a_29_bit_car_answers_at_29_bit_addresses_only():
    car = SimulatedCar(CarOptions(script="idle", extended=True))
    answers = ask(car, "0100", 0x18DB33F1, extended=True)
    assert [can_id for can_id, _ in answers] == [0x18DAF110, 0x18DAF118, 0x18DAF128]
    assert ask(car, "0100", EVERYBODY) == []


def test_ecus_answer_one_after_the_other():
    car = SimulatedCar(CarOptions(script="idle", latency_ms=10))
    answers = car.handle(EVERYBODY, b"\x01\x00", extended=False, now_ns=0)
    assert [answer.delay_s for answer in answers] == pytest.approx([0.010, 0.012, 0.014])


def test_a_pending_ecu_says_so_before_its_answer():
    car = SimulatedCar(CarOptions(script="idle", pending=1.0))
    wait, real = car.handle(ENGINE, b"\x01\x0c", extended=False, now_ns=0)
    assert wait.payload == b"\x7f\x01\x78"
    assert real.payload[:2] == b"\x41\x0c"
    assert real.delay_s > wait.delay_s + 0.1


def test_a_busy_ecu_refuses():
    car = SimulatedCar(CarOptions(script="idle", busy=1.0))
    assert one(car, "010C") == "7F 01 21"


@pytest.mark.parametrize(
    ("code", "raw"), [("P0301", "0301"), ("C0035", "4035"), ("B1234", "9234"), ("U3FFF", "ffff")]
)
def test_codes_are_two_bytes(code, raw):
    assert dtc_bytes(code).hex() == raw
