import subprocess
import sys

import pytest

from cartech_desk.bay.identification import identify, physical, probe_commands, speaks_can
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signals import Command
from cartech_desk.hardware.adapter import CarLink, Request
from cartech_desk.hardware.errors import LinkLost, NoAnswer, Unreadable

CAN = CarLink("ISO 15765-4 CAN (11 bit, 500 kbit/s)", False, (0x7E8, 0x7E9))


@pytest.fixture
def known(car):
    """Identify the scripted car; with the requests that took."""
    adapter = car.adapter("elm327:x")
    adapter.open()
    yield lambda link=CAN, before=None: identify(adapter.request, link, steps.append, before)
    adapter.close()


steps: list[str] = []


def test_a_whole_car_is_told_without_a_warning(known):
    found = known()
    assert found.car.vin == "WVWZZZ1KZ6W000001"
    engine, gearbox = found.car.ecus
    assert (engine.address, engine.name) == (0x7E8, "ECM-EngineControl")
    assert engine.calibration_ids == ("8P0907115H  0020",)
    assert engine.cvns == ("16F4019A",)
    assert gearbox.address == 0x7E9
    assert found.car.warnings == ()


def test_each_ecu_keeps_its_own_pids(known):
    supported = known().supported
    assert supported[0x7E8] == {0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x33}
    assert supported[0x7E9] == {0x0D}


def test_a_vin_with_a_garbled_letter_is_no_vin(known, car):
    car.vin = b"WVWZZZ1KZ6W\x00\x0000I1"
    found = known()
    assert found.car.vin is None
    assert any("VIN" in warning for warning in found.car.warnings)


def test_a_refused_vin_says_who_refuses(known, car):
    car.others[0x7E8, b"\x09\x02"] = b"\x7f\x09\x22"
    found = known()
    assert found.car.vin is None
    assert any("7E8" in warning and "22" in warning for warning in found.car.warnings)


def test_two_vins_are_told_and_the_engines_is_used(known, car):
    car.others[0x7E9, b"\x09\x00"] = b"\x49\x00\x40\x00\x00\x00"
    car.others[0x7E9, b"\x09\x02"] = b"\x49\x02\x01WVWZZZ1KZ6W000009"
    found = known()
    assert found.car.vin == "WVWZZZ1KZ6W000001"
    assert any("WVWZZZ1KZ6W000009" in warning for warning in found.car.warnings)


def test_an_ecu_that_missed_the_general_question_is_asked_by_itself(car):
    adapter = car.adapter("elm327:y")
    missed = []

    def ask(request: Request):
        reply = adapter.request(request)
        if request.address.functional and request.payload == b"\x01\x00":
            missed.append(request)
            return type(reply)(request, reply.answers[:1])
        return reply

    with adapter:
        found = identify(ask, CAN, steps.append)
    assert missed
    assert found.supported[0x7E9] == {0x0D}


def test_a_bitmap_that_nobody_can_read_is_a_warning_and_no_pid(car):
    adapter = car.adapter("elm327:z")

    def ask(request: Request):
        if request.payload == b"\x01\x20":
            raise Unreadable("The answer cannot be read.", to_do="Try again.")
        return adapter.request(request)

    with adapter:
        found = identify(ask, CAN, steps.append)
    assert 0x33 not in found.supported[0x7E8]
    assert 0x0C in found.supported[0x7E8]
    assert any("from 20 on" in warning for warning in found.car.warnings)


def test_a_moment_of_silence_does_not_cost_the_vin(car):
    adapter = car.adapter("elm327:v")
    asked = []

    def ask(request: Request):
        if request.payload == b"\x09\x02" and not asked:
            asked.append(request)
            raise NoAnswer("Nobody answered.", to_do="")
        return adapter.request(request)

    with adapter:
        assert identify(ask, CAN, steps.append).car.vin == "WVWZZZ1KZ6W000001"


def test_a_lost_wire_ends_the_identification(known, car):
    car.link_up = False
    with pytest.raises(LinkLost):
        known()


def test_the_same_car_is_not_asked_everything_again(known, car):
    before = known()
    car.requests.clear()
    assert known(before=before) is before
    assert len(car.requests) == 1


def test_another_vin_is_asked_everything(known, car):
    before = known()
    car.vin = b"WVWZZZ1KZ6W000002"
    assert known(before=before).car.vin == "WVWZZZ1KZ6W000002"


def test_physical_addresses_follow_the_answers():
    assert physical(CAN, 0x7EA) == Address(0x7E2)
    long = CarLink("ISO 15765-4 CAN (29 bit, 500 kbit/s)", True)
    assert physical(long, 0x18DAF110) == Address(0x18DA10F1, extended=True)
    old = CarLink("ISO 14230-4 KWP (fast init)", False)
    assert not speaks_can(old)
    assert physical(old, 0x10) == Address(0x7DF, 0x10)


def test_signals_that_the_car_does_not_answer_are_named_and_left_out(car):
    there = Command(Address(0x7E0, 0x7E8), b"\x22\x10\xe5", ())
    absent = Command(Address(0x7E0, 0x7E8), b"\x22\x11\x34", ())
    refused = Command(Address(0x7E0, 0x7E8), b"\x22\x11\x35", ())
    car.others[0x7E8, there.payload] = b"\x62\x10\xe5\x01"
    car.others[0x7E8, refused.payload] = b"\x7f\x22\x31"
    with car.adapter("elm327:w") as adapter:
        answered, warnings = probe_commands(adapter.request, [there, absent, refused], steps.append)
    assert answered == (there,)
    assert "221134" in warnings[0]
    assert "221135" in warnings[0]


def test_a_car_without_full_scales_of_its_own_is_not_asked_for_them(known, car):
    assert known().scales == {}
    assert not [r for _, r in car.requests if r.payload in (b"\x01\x4f", b"\x01\x50")]


def test_full_scales_are_asked_once_of_the_ecu_that_has_them(known, car):
    car.pids[0x7E8][0x4F] = b"\x00\x00\x00\x66"
    car.pids[0x7E8][0x50] = b"\x80\x00\x00\x00"
    found = known()
    assert found.scales == {"map_max_kpa": 1020.0, "maf_max_g_s": 1280.0}
    asked = [r for _, r in car.requests if r.payload in (b"\x01\x4f", b"\x01\x50")]
    assert [r.address for r in asked] == [Address(0x7E0)] * 2
    car.requests.clear()
    assert known(before=found) is found
    assert not [r for _, r in car.requests if r.payload[0] == 1]


def test_full_scales_that_cannot_be_read_are_a_warning(known, car):
    car.pids[0x7E8][0x4F] = b"\x00\x00\x00\x66"
    car.others[0x7E8, b"\x01\x4f"] = b"\x41\x4f\x00\x00"
    found = known()
    assert found.scales == {}
    assert any("full scales" in warning and "01 4F" in warning for warning in found.car.warnings)


def test_the_tables_of_obd_on_uds_are_read_only_where_a_car_speaks_it():
    program = (
        "import sys, cartech_desk.bay.identification; "
        "print([name for name in sys.modules if name.endswith(('uds_identifiers', 'faults.found', "
        "'identification_uds'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
