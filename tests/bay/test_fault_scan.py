import pytest

from cartech_desk.bay.fault_scan import CODES, ScanCancelled, read_faults
from cartech_desk.domain.faults.found import Answered, CodeStatus
from tests.bay.fault_car import CAN, ENGINE, GEARBOX, ISO, FaultCar, told_status

STORED, PENDING, PERMANENT = CodeStatus


@pytest.fixture
def car():
    return FaultCar()


def scan(car, **more):
    return read_faults(car.ask, car.found, url="elm327:x", adapter="ELM327 v1.5", **more)


def told(found, ecu, kind):
    (one,) = [one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind)]
    return one


def test_statuses_of_a_code_stand_together_beside_its_ecu(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(1, lamp=True)
    car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"
    car.table[ENGINE, b"\x07"] = b"\x47\x02\x01\x71\x03\x01"
    car.table[GEARBOX, b"\x0a"] = b"\x4a\x01\x07\x00"
    found = scan(car)
    assert [(one.code, one.ecu, one.status) for one in found.codes] == [
        ("P0301", ENGINE, (STORED, PENDING)),
        ("P0171", ENGINE, (PENDING,)),
        ("P0700", GEARBOX, (PERMANENT,)),
    ]
    assert found.mil is True
    assert not found.clean
    assert found.warnings == ()


def test_a_car_is_clean_only_where_every_ecu_told_every_list(car):
    found = scan(car)
    assert found.clean
    assert {one.answered for one in found.codes_told} == {Answered.TOLD}
    assert len(found.codes_told) == 6


def test_everybody_is_asked_at_once_and_heard_out_when_stored_codes_are_asked_for(car):
    scan(car, parts=CODES)
    assert car.payloads() == [b"\x01\x01", b"\x03", b"\x07", b"\x0a"]
    assert all(one.address.functional and one.once for one in car.asked)
    assert [one.expected for one in car.asked] == [2, None, 2, 2]


def test_an_ecu_that_is_heard_only_alone_counts(car):
    car.table[GEARBOX, b"\x03"] = lambda request: (
        b"\x43\x01\x07\x00" if not request.address.functional else b"\x7f\x03\x11"
    )
    car.table[GEARBOX, b"\x01\x01"] = told_status(1)
    found = scan(car, parts=CODES)
    assert [(one.code, one.ecu) for one in found.codes] == [("P0700", GEARBOX)]
    assert found.unknown == ()


def test_silence_to_permanent_codes_is_a_car_without_them(car):
    car.table[GEARBOX, b"\x0a"] = None
    car.table[ENGINE, b"\x0a"] = b"\x7f\x0a\x12"
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, PERMANENT).answered is Answered.UNSUPPORTED
    assert told(found, ENGINE, PERMANENT).answered is Answered.UNSUPPORTED
    assert found.clean


def test_pending_codes_that_are_refused_are_unsupported_and_stored_ones_never(car):
    car.table[GEARBOX, b"\x07"] = b"\x7f\x07\x11"
    car.table[GEARBOX, b"\x03"] = b"\x7f\x03\x11"
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, PENDING).answered is Answered.UNSUPPORTED
    assert told(found, GEARBOX, STORED).answered is Answered.UNKNOWN
    assert not found.clean


@pytest.mark.parametrize("kind", [STORED, PENDING])
def test_silence_to_stored_or_pending_codes_is_not_known(car, kind):
    service = b"\x03" if kind is STORED else b"\x07"
    answer = car.ask

    def ask(request):
        if request.payload == service:
            car.silent = {GEARBOX}
        try:
            return answer(request)
        finally:
            car.silent = set()

    found = read_faults(ask, car.found, url="x", adapter="y", parts=CODES)
    assert told(found, GEARBOX, kind).answered is Answered.UNKNOWN
    assert any("7E9" in text and "not known" in text for text in found.warnings)
    assert not found.clean


def test_an_ecu_that_is_busy_is_asked_again(car):
    answers = [b"\x7f\x03\x21", b"\x7f\x03\x21", b"\x43\x00"]
    car.table[GEARBOX, b"\x03"] = lambda _: answers.pop(0)
    found = scan(car, parts=CODES)
    assert answers == []
    assert found.clean


def test_counters_come_in_one_packed_request_and_of_the_first_ecu_that_has_them(car):
    car.supported = {
        ENGINE: frozenset({0x01, 0x21, 0x30, 0x31, 0x41, 0x4D, 0x4E}),
        GEARBOX: frozenset({0x01, 0x21, 0x41}),
    }
    car.table[ENGINE, bytes.fromhex("0141214D314E30")] = bytes.fromhex(
        "41 41 0007E500 21 0025 4D 0029 31 04EF 4E 07DA 30 26".replace(" ", "")
    )
    car.table[GEARBOX, b"\x01\x41"] = b"\x41\x41\x00\x04\x00\x00"
    found = scan(car)
    counters = found.counters
    assert (counters.lamp_km, counters.lamp_min, counters.cleared_km) == (37.0, 41.0, 1263.0)
    assert (counters.cleared_min, counters.warm_ups) == (2010.0, 38)
    assert [one.ecu for one in found.this_cycle] == [ENGINE, GEARBOX]


def test_the_ignition_of_this_drive_is_that_of_pid_01(car):
    car.table[ENGINE, b"\x01\x01"] = bytes.fromhex("4101000FEB00")
    car.supported[ENGINE] = frozenset({0x01, 0x41})
    car.table[ENGINE, b"\x01\x41"] = bytes.fromhex("41410007EB20")
    (drive,) = scan(car).this_cycle
    assert drive.compression
    assert "nox_scr" in {one.key for one in drive.monitors}


def test_a_pid_left_out_of_a_packed_answer_is_asked_alone(car):
    car.supported[ENGINE] = frozenset({0x01, 0x21, 0x31})
    car.table[ENGINE, b"\x01\x21\x31"] = b"\x41\x21\x00\x25"
    car.table[ENGINE, b"\x01\x31"] = b"\x41\x31\x04\xef"
    assert scan(car).counters.cleared_km == 1263.0


FRAME_PIDS = bytes.fromhex("4200007818000002")


def freeze(car, frame, code, rpm):
    car.table[ENGINE, bytes.fromhex(f"0202{frame:02X}04{frame:02X}05{frame:02X}")] = bytes.fromhex(
        f"4202{frame:02X}{code}04{frame:02X}6105{frame:02X}76"
    )
    car.table[ENGINE, bytes.fromhex(f"020C{frame:02X}0D{frame:02X}")] = bytes.fromhex(
        f"420C{frame:02X}{rpm:04X}0D{frame:02X}32"
    )


@pytest.fixture
def frozen(car):
    """An engine whose frames hold PIDs 02, 04, 05, 0C and 0D."""
    car.table[ENGINE, bytes.fromhex("02000020004000")] = bytes.fromhex("42000058180000")
    return car


def test_every_freeze_frame_is_read_with_its_code(frozen):
    freeze(frozen, 0, "0301", 0x1C98)
    freeze(frozen, 1, "0171", 0x2000)
    found = scan(frozen)
    assert [(one.code, one.ecu, one.frame) for one in found.frames] == [
        ("P0301", ENGINE, 0),
        ("P0171", ENGINE, 1),
    ]
    values = {one.name: one.value for one in found.frames[0].values}
    assert values["rpm"] == 0x1C98 / 4
    assert values["speed"] == 50
    assert found.warnings == ()


def test_an_empty_frame_is_none(frozen):
    freeze(frozen, 0, "0000", 0)
    found = scan(frozen)
    assert found.frames == ()
    assert found.warnings == ()


def test_an_ecu_that_tells_its_one_frame_whatever_number_is_asked_has_one(frozen):
    freeze(frozen, 0, "0301", 0x1C98)
    first = bytes.fromhex("020200040005 00".replace(" ", ""))
    frozen.table[ENGINE, bytes.fromhex("02020104010501")] = frozen.table[ENGINE, first]
    found = scan(frozen)
    assert [one.frame for one in found.frames] == [0]
    assert found.warnings == ()


def test_a_frame_of_another_ecu_than_the_engine_is_asked_for_where_it_has_codes(frozen):
    scan(frozen)
    assert not any(one.address.request_id == 0x7E1 for one in frozen.asked if one.payload[0] == 2)
    frozen.table[GEARBOX, b"\x07"] = b"\x47\x01\x07\x00"
    scan(frozen)
    assert any(one.address.request_id == 0x7E1 for one in frozen.asked if one.payload[0] == 2)


def test_a_damaged_piece_of_a_frame_is_said_and_the_others_kept(frozen):
    freeze(frozen, 0, "0301", 0x1C98)
    frozen.table[ENGINE, bytes.fromhex("020C000D00")] = bytes.fromhex("420C001C")
    found = scan(frozen)
    assert [one.name for one in found.frames[0].values] == ["load", "temp"]
    assert any("freeze frame 0" in text.lower() for text in found.warnings)


def test_on_board_tests_come_with_limits_and_names(car):
    car.table[ENGINE, bytes.fromhex("060020406080A0")] = bytes.fromhex("460080000001 2080000000")
    car.table[ENGINE, b"\x06\x01"] = bytes.fromhex("46010110003E000000FA")[:1] + bytes.fromhex(
        "01051000 3E000000FA".replace(" ", "")
    )
    car.table[ENGINE, b"\x06\x21"] = bytes.fromhex("46218020005C000000CD")
    found = scan(car)
    assert [(one.monitor, one.test, one.passed) for one in found.tests] == [
        (0x01, 0x05, True),
        (0x21, 0x80, True),
    ]
    assert found.tests[0].name


def test_an_ecu_that_takes_one_monitor_a_request_is_asked_so(car):
    car.table[ENGINE, bytes.fromhex("060020406080A0")] = b"\x7f\x06\x12"
    car.table[ENGINE, b"\x06\x00"] = bytes.fromhex("460000000001")
    car.table[ENGINE, b"\x06\x20"] = bytes.fromhex("462080000000")
    car.table[ENGINE, b"\x06\x21"] = bytes.fromhex("46218020005C000000CD")
    found = scan(car)
    assert [one.monitor for one in found.tests] == [0x21]


def test_a_damaged_test_is_said(car):
    car.table[ENGINE, bytes.fromhex("060020406080A0")] = bytes.fromhex("460080000000")
    car.table[ENGINE, b"\x06\x01"] = bytes.fromhex("46010510003E")
    found = scan(car)
    assert found.tests == ()
    assert any("Test 01 of ECU 7E8" in text for text in found.warnings)


def test_before_can_one_pid_a_request_and_oxygen_sensors_by_service_05():
    car = FaultCar(0x10, protocol=ISO)
    car.supported[0x10] = frozenset({0x01, 0x13, 0x21, 0x31})
    car.table[0x10, b"\x01\x21"] = b"\x41\x21\x00\x25"
    car.table[0x10, b"\x01\x31"] = b"\x41\x31\x00\x26"
    car.table[0x10, b"\x01\x13"] = b"\x41\x13\x01"
    car.table[0x10, b"\x05\x00\x01"] = b"\x45\x00\x01\xc0\x00\x00\x00"
    car.table[0x10, b"\x05\x01\x01"] = b"\x45\x01\x01\x5a"
    car.table[0x10, b"\x05\x02\x01"] = b"\x45\x02\x01\x5a"
    found = scan(car)
    assert found.counters.lamp_km == 37
    assert [one.test for one in found.tests] == [1, 2]
    assert all(request.expected is None for request in car.asked)


def test_before_can_an_ecu_without_service_05_is_not_asked_for_every_sensor():
    car = FaultCar(0x10, protocol=ISO)
    car.supported[0x10] = frozenset({0x01, 0x13})
    car.table[0x10, b"\x01\x13"] = b"\x41\x13\x33"
    found = scan(car)
    assert found.tests == ()
    assert found.complete
    assert sum(one[0] == 5 for one in car.payloads()) <= 2


def test_progress_grows_and_ends_and_words_say_what_is_read(car):
    steps = []
    scan(car, progress=lambda words, share: steps.append((words, share)))
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert steps[-1] == ("", 1.0)
    assert any("permanent codes" in words for words, _ in steps)


def test_a_reading_that_is_cancelled_asks_nothing_more(car):
    with pytest.raises(ScanCancelled):
        scan(car, cancelled=lambda: len(car.asked) == 2)
    assert len(car.asked) == 2


def test_a_vin_with_a_wrong_check_digit_is_said(car):
    car.vin = "1M8GDM9A1KP042788"
    assert any("check digit" in text.lower() for text in scan(car).warnings)


def test_requests_and_identity_are_told(car):
    found = scan(car, voltage=12.6)
    assert found.requests == len(car.asked)
    assert (found.url, found.adapter, found.protocol) == ("elm327:x", "ELM327 v1.5", CAN)
    assert (found.vin, found.voltage, found.uds) == (car.vin, 12.6, False)
    assert [ecu.name for ecu in found.ecus] == ["ECU-7E8", "ECU-7E9"]


def test_an_ecu_that_was_not_heard_at_first_is_read_too(car):
    late = FaultCar(ENGINE, GEARBOX, 0x7EA)
    late.table[0x7EA, b"\x03"] = b"\x43\x01\x40\x35"
    found = read_faults(late.ask, car.found, url="x", adapter="y", parts=CODES)
    assert [(one.code, one.ecu) for one in found.codes] == [("C0035", 0x7EA)]
    assert told(found, 0x7EA, PERMANENT).answered is Answered.TOLD
    assert any("7EA" in text for text in found.warnings)
