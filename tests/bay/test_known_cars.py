"""The second connection to a known car: what is recalled, and when nothing is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.bay import known_cars
from cartech_desk.bay.known_cars import KnownCars
from tests.bay.known_desk import (
    CALIBRATION,
    CALIBRATIONS,
    CAN_11,
    ENGINE,
    GEARBOX,
    OTHER_CALIBRATION,
    OTHER_VIN,
    URL,
    VIN,
    make_connected,
    telling,
    with_two_tellers,
)


@pytest.fixture
def car(car):
    return with_two_tellers(car)


@pytest.fixture
def connected(car, store):
    """Connect with a bay made anew, as after a start of the desk; ends it. Returns what was so."""
    return make_connected(car, store)


def spoil(store, statement, *values):
    with closing(sqlite3.connect(store.folder / "desk.db")) as raw:
        raw.execute(statement, values)
        raw.commit()


def test_a_known_car_is_asked_for_its_vin_and_its_software_alone(connected):
    first = connected()
    second = connected()
    assert not first.found.recalled
    assert second.found.recalled
    assert CALIBRATIONS in first.asked
    assert [payload for payload in second.asked if payload[0] == 9] == [
        b"\x09\x02",
        CALIBRATIONS,  # both tellers at once
        b"\x09\x06",
    ]
    assert b"\x01\x60" not in second.asked
    assert second.status.car == first.status.car
    assert second.channels == first.channels
    assert second.found.supported == first.found.supported
    assert second.given == {"protocol": CAN_11}


def test_nothing_is_known_at_the_first_connection(connected):
    assert connected().given is None


def test_a_known_car_is_known_at_another_adapter_too(connected):
    connected()
    second = connected(url="elm327:/dev/other")
    assert second.found.recalled
    assert second.given is None


def test_another_car_at_the_same_adapter_is_asked_everything(connected, car):
    connected()
    car.vin = OTHER_VIN.encode()
    second = connected()
    assert not second.found.recalled
    assert second.status.car.vin == OTHER_VIN
    assert CALIBRATIONS in second.asked
    assert second.status.car.warnings == ()


def test_of_two_known_cars_each_is_recalled_as_itself(connected, car):
    connected()
    car.vin = OTHER_VIN.encode()
    car.others[ENGINE, CALIBRATIONS] = OTHER_CALIBRATION
    connected()
    assert connected().status.car.ecus[0].calibration_ids == ("8P0907115H  0030",)
    car.vin = VIN.encode()
    car.others[ENGINE, CALIBRATIONS] = CALIBRATION
    third = connected()
    assert third.found.recalled
    assert third.status.car.ecus[0].calibration_ids == ("8P0907115H  0020",)


def test_a_car_that_does_not_tell_its_vin_is_never_recalled(connected, car):
    connected()
    car.vin = b"\0" * 17
    second = connected()
    assert not second.found.recalled
    assert second.status.car.vin is None
    assert not connected().found.recalled


@pytest.mark.parametrize("vin", [b"0" * 17, b"1G1JC1249Y7150001", b"A" * 17])
def test_a_vin_that_cannot_be_one_cars_alone_is_not_remembered(connected, car, store, vin):
    car.vin = vin
    connected()
    assert not connected().found.recalled
    assert not store.known_cars.knows_cars()


def test_an_ecu_that_offers_other_values_is_asked_everything_and_that_is_said(connected, car):
    connected()
    car.pids[ENGINE][0x10] = b"\x01\x02"
    second = connected()
    assert not second.found.recalled
    assert 0x10 in second.found.supported[ENGINE]
    assert second.status.car.warnings == ("ECU 7E8 offers other values than last time.",)
    assert connected().found.recalled


@pytest.mark.parametrize("ecus", [(ENGINE,), (ENGINE, GEARBOX, 0x7EA)])
def test_an_ecu_missing_or_more_means_asking_everything_and_is_said(connected, car, ecus):
    connected()
    if len(ecus) == 3:
        car.pids[0x7EA] = {0x0D: b"\x33"}
        real = car.answers
        car.answers = lambda address, payload: [
            *real(address, payload),
            *([(0x7EA, b"\x41\x00\x00\x08\x00\x00")] if payload == b"\x01\x00" else []),
        ]
    car.ecus = ecus
    second = connected()
    assert not second.found.recalled
    words = "ECU 7EA answers now" if len(ecus) == 3 else "ECU 7E9 answered last time"
    assert any(words in warning for warning in second.status.car.warnings)


def test_another_protocol_means_asking_everything_and_is_said(connected):
    def other(adapter):
        type(adapter).protocol = "ISO 15765-4 CAN, 11 bit, 250 kbit/s"

    connected()
    second = connected(adapter=other)
    assert not second.found.recalled
    assert "250 kbit/s now" in second.status.car.warnings[0]


def test_what_the_adapter_says_of_itself_is_told(connected):
    def other(adapter):
        adapter.outdated_adapter = ("Another adapter is at this address.",)

    assert connected(adapter=other).status.car.warnings == ("Another adapter is at this address.",)


@pytest.mark.parametrize(
    ("ecu", "payload", "now", "told"),
    [
        (ENGINE, CALIBRATIONS, OTHER_CALIBRATION, "8P0907115H  0030"),
        (ENGINE, b"\x09\x06", b"\x49\x06\x01\x16\xf4\x01\x9b", "16F4019B"),
        (GEARBOX, CALIBRATIONS, b"\x49\x04\x01" + b"0AM300049D  1206", "0AM300049D  1206"),
    ],
)
def test_an_ecu_programmed_anew_is_noticed_at_the_next_connection(
    connected, car, ecu, payload, now, told
):
    connected()
    car.others[ecu, payload] = now
    second = connected()
    assert not second.found.recalled
    (warning,) = second.status.car.warnings
    assert warning.startswith(f"ECU {ecu:X} was programmed anew since 20")
    assert told in warning
    third = connected()
    assert third.found.recalled
    assert third.status.car == replace(second.status.car, warnings=())


def test_software_that_cannot_be_read_again_means_asking_everything(connected, car):
    connected()
    car.others[ENGINE, CALIBRATIONS] = b"\x49\x04\x01\x80"
    second = connected()
    assert not second.found.recalled
    assert second.status.car.ecus[0].calibration_ids == ()


def test_new_firmware_that_lists_full_scales_behind_the_same_first_list_is_noticed(connected, car):
    car.pids[ENGINE] |= {0x42: b"\x30\x00", 0x61: b"\x80"}
    connected()
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x20"
    second = connected()
    assert not second.found.recalled
    assert second.found.scales == {"map_max_kpa": 320.0}


def test_a_task_for_the_car_sees_only_what_was_read_at_this_meeting(connected, car):
    car.pids[ENGINE] |= {0x61: b"\x80", 0x81: b"\x80"}
    connected()
    del car.pids[ENGINE][0x81]
    second = connected(task=lambda _wire, found: found)
    assert second.found.recalled
    assert not second.task.recalled
    assert 0x81 not in second.task.supported[ENGINE]
    assert second.status.car.warnings == ("ECU 7E8 offers other values than last time.",)
    assert second.status.step == ""


def test_anew_nothing_is_recalled_and_the_adapter_begins_anew_too(connected):
    connected()
    second = connected(anew=True)
    assert (second.given, second.found.recalled) == (None, False)


def test_full_scales_are_read_at_every_meeting(connected, car):
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x00"
    first = connected()
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x80"
    second = connected()
    assert second.found.recalled
    assert first.found.scales != second.found.scales


def test_what_was_read_too_long_ago_is_read_anew(connected, monkeypatch):
    connected()
    monkeypatch.setattr(known_cars, "READ_ANEW", timedelta(0))
    assert not connected().found.recalled


def test_warnings_are_recalled_only_where_they_came_twice(connected, car):
    car.others[ENGINE, CALIBRATIONS] = b"\x49\x04\x01\x80"
    first = connected()
    assert first.status.car.warnings
    second = connected()
    assert not second.found.recalled
    third = connected()
    assert third.found.recalled
    assert third.status.car.warnings == first.status.car.warnings


def test_an_ecu_that_told_nothing_of_itself_counts_once_it_did_so_twice(connected, car):
    for payload in (b"\x09\x00", CALIBRATIONS):
        del car.others[GEARBOX, payload]
    connected()
    assert not connected().found.recalled
    assert connected().found.recalled


def test_what_was_not_sure_before_has_not_changed(connected, car):
    car.others[GEARBOX, b"\x09\x00"] = b"\x49\x00"
    connected()
    del car.others[GEARBOX, b"\x09\x00"]
    car.pids[ENGINE][0x10] = b"\x01\x02"
    assert connected().status.car.warnings == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE known_car SET identification = '{}'",
        "UPDATE known_car SET identification = replace(identification, 'BE', 'XX')",
        "UPDATE known_car SET identification = replace(identification, '\"version\": 1', "
        "'\"version\": 2')",
        "UPDATE known_car SET identification = replace(identification, '8P0', '8P9')",
        "UPDATE known_car SET identification = replace(identification, 'WVW', 'WVX')",
        "UPDATE known_adapter SET findings = '[]'",
        "DELETE FROM known_car",
        "DROP TABLE known_car",
        "DROP TABLE known_adapter",
    ],
)
def test_damaged_rows_only_cost_time(connected, store, statement):
    first = connected()
    spoil(store, statement)
    second = connected()
    assert second.status.car == first.status.car
    assert second.found.supported == first.found.supported


def test_a_store_that_refuses_to_write_disturbs_no_connection(connected, store, monkeypatch):
    def refused(*_args):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(store.known_cars, "keep_car", refused)
    assert connected().status.car.vin == VIN
    assert not connected().found.recalled


def test_what_waits_to_be_written_is_known_already(car, store, monkeypatch):
    from threading import Event

    go_on = Event()
    keep = store.known_cars.keep_car
    monkeypatch.setattr(store.known_cars, "keep_car", lambda known: go_on.wait(20) and keep(known))
    known = KnownCars(lambda: store.known_cars)
    adapter = telling(car, URL)
    with adapter:
        link = adapter.connect_car()
        met = known.meet(adapter.request, link, str)
        known.keep(adapter, met.found)
        assert known.noticed(replace(met.found, link=replace(link, ecus=(ENGINE,))))
        go_on.set()
        known.close(20)
        assert known.meet(adapter.request, link, str).found.recalled
