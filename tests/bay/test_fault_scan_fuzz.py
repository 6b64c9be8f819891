"""Whatever is done to the answers of a car: no scan of it fails, and none makes it clean."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.bay.fault_scan import read_faults
from cartech_desk.domain.faults.found import Answered
from cartech_desk.hardware.errors import BusFault, NoAnswer, Unreadable
from tests.bay.fault_car import ENGINE, GEARBOX, NO_CODES, FaultCar, told_status

ERRORS = st.sampled_from([NoAnswer, Unreadable, BusFault]).map(
    lambda kind: kind("It went wrong.", to_do="Again.")
)


def damaged(payload):
    """Payloads that differ from this one by a changed, lost or added byte, or in all."""
    places = st.integers(0, len(payload) - 1)
    byte = st.integers(0, 255)
    changed = st.tuples(places, byte).map(
        lambda one: payload[: one[0]] + bytes((one[1],)) + payload[one[0] + 1 :]
    )
    lost = places.map(lambda place: payload[:place] + payload[place + 1 :])
    added = st.tuples(places, byte).map(
        lambda one: payload[: one[0] + 1] + bytes((one[1],)) + payload[one[0] + 1 :]
    )
    others = st.binary(min_size=1, max_size=24)
    return st.one_of(changed, lost, added, others).filter(lambda one: one not in (payload, b""))


def car_with_faults(uds):
    car = FaultCar(uds=uds)
    if uds:
        for ecu, count in ((ENGINE, 1), (GEARBOX, 0)):
            car.table[ecu, b"\x22\xf4\x01"] = b"\x62\xf4\x01" + bytes((count, 7, 0xE5, 0))
            car.table[ecu, bytes.fromhex("1942330C1E")] = bytes.fromhex("594233FF1E04")
            car.table[ecu, bytes.fromhex("195533")] = bytes.fromhex("595533FF04")
        car.table[ENGINE, bytes.fromhex("1942330C1E")] += bytes.fromhex("02030111AF")
        snapshot = bytes.fromhex("5904030111AF0002F40C1C98F40D32")
        car.table[ENGINE, bytes.fromhex("1904030111FF")] = snapshot
        car.table[ENGINE, bytes.fromhex("22F600F620F640")] = bytes.fromhex("62F60080000000")
        car.table[ENGINE, bytes.fromhex("22F601")] = bytes.fromhex("62F601010510003E000000FA")
    else:
        car.table[ENGINE, b"\x01\x01"] = told_status(1, lamp=True)
        car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"
        car.table[ENGINE, bytes.fromhex("02000020004000")] = bytes.fromhex("42000058180000")
        first, second = bytes.fromhex("02020004000500"), bytes.fromhex("020C000D00")
        car.table[ENGINE, first] = bytes.fromhex("4202000301040061050076")
        car.table[ENGINE, second] = bytes.fromhex("420C001C980D0032")
        car.table[ENGINE, bytes.fromhex("060020406080A0")] = bytes.fromhex("460080000000")
        car.table[ENGINE, b"\x06\x01"] = bytes.fromhex("46010510003E000000FA")
    return car


def check_damage(data, uds, most):
    car = car_with_faults(uds)
    keys = sorted(car.table, key=str)
    for key in data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=most, unique=True)):
        car.table[key] = data.draw(st.one_of(damaged(car.table[key]), ERRORS))
    found = read_faults(car.ask, car.found, url="x", adapter="y")
    assert len(found.codes_told) == 6
    for one in found.unknown:
        assert one.why
    return car, found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.booleans())
def test_a_damaged_answer_never_hides_the_code_of_another(data, uds):
    _, found = check_damage(data, uds, most=1)
    assert not found.clean


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.booleans())
def test_much_damage_is_told_and_never_a_failure(data, uds):
    check_damage(data, uds, most=6)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_clean_car_is_clean_only_by_answers_that_say_so(data):
    car = FaultCar()
    ecu, payload = data.draw(st.sampled_from(list(itertools.product(car.ecus, NO_CODES))))
    answer = data.draw(damaged(NO_CODES[payload]))
    car.table[ecu, payload] = answer
    found = read_faults(car.ask, car.found, url="x", adapter="y")
    padded = answer.startswith(NO_CODES[payload]) and not any(answer[2:])
    refused = answer[:2] == b"\x7f" + payload and answer[2:3] in (b"\x11", b"\x12", b"\x31")
    silent = payload == b"\x0a" and answer[0] == 0x7F and answer[1:2] != b"\x0a"
    if found.clean:
        assert padded or (refused and payload != b"\x03") or silent
    told = {one.kind for one in found.codes_told if one.answered is Answered.TOLD}
    assert told
