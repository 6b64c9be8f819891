"""The second connection to a known car: what is recalled, and when nothing is."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.bay import connection, known_cars, known_documents
from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.known_cars import KnownCars
from cartech_desk.bay.known_documents import (
    Remembered,
    changes,
    document_of,
    read_document,
)
from cartech_desk.bay.status import CarIdentity, EcuIdentity, LinkState
from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import CarLink

URL = "elm327:/dev/scripted"
VIN, OTHER_VIN = "WVWZZZ1KZ6W000001", "WVWZZZ1KZ6W999999"
ENGINE, GEARBOX = 0x7E8, 0x7E9
CAN_11 = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
CALIBRATIONS = b"\x09\x04"
OTHER_CALIBRATION = b"\x49\x04\x01" + b"8P0907115H  0030"


def telling(car, url):
    """Make the scripted adapter, telling first lists and taking findings as the drivers do."""
    adapter = car.adapter(url)
    bare = type(adapter)._connect_car

    class Telling(type(adapter)):
        protocol = CAN_11
        given = None

        def _connect_car(self):
            link = bare(self)
            told = {
                ecu: answer[2:6]
                for ecu, answer in self.script.answers(FUNCTIONAL, b"\x01\x00")
                if ecu in link.ecus
            }
            return replace(link, protocol=self.protocol, first_bitmaps=told)

        def _findings(self):
            return {"protocol": self.protocol}

        def _use_findings(self, findings):
            self.given = dict(findings)

    adapter.__class__ = Telling
    return adapter


@pytest.fixture
def car(car):
    """The scripted car, whose gearbox tells of itself too."""
    car.others[GEARBOX, b"\x09\x00"] = b"\x49\x00\x10\x00\x00\x00"
    car.others[GEARBOX, CALIBRATIONS] = b"\x49\x04\x01" + b"0AM300049D  1205"
    return car


@pytest.fixture
def connected(car, store):
    """Connect with a bay made anew, as after a start of the desk; ends it. Returns what was so."""

    class Connected:
        def __init__(self, *, url=URL, adapter=None, anew=False, task=None):
            made = []

            def make(wanted):
                made.append(telling(car, wanted))
                if adapter is not None:
                    adapter(made[-1])
                return made[-1]

            bay = Bay(store, BaySettings(max_requests_per_s=500), adapters=make)
            bay.start()
            before = len(car.requests)
            try:
                self.status = bay.connect(url, anew=anew).result(20)
                self.found = bay._owner._car.found
                self.asked = [request.payload for _, request in car.requests[before:]]
                self.channels = {channel.name for channel in bay.available()}
                self.given = made[0].given
                if task is not None:
                    self.task = bay._owner.post_for_car(task).result(20)
                    self.status = bay.snapshot().connection
            finally:
                bay._known.close(20)
                bay.stop()

    return Connected


def spoil(store, statement, *values):
    with closing(sqlite3.connect(store.folder / "desk.db")) as raw:
        raw.execute(statement, values)
        raw.commit()


def test_a_known_car_is_asked_for_its_vin_and_nothing_else(connected):
    first = connected()
    second = connected()
    assert not first.found.recalled
    assert second.found.recalled
    assert CALIBRATIONS in first.asked
    assert [payload for payload in second.asked if payload[0] == 9] == [b"\x09\x02"]
    assert b"\x01\x20" not in second.asked
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


def test_an_ecu_programmed_anew_is_noticed_where_everything_is_asked(connected, car):
    connected()
    car.others[ENGINE, CALIBRATIONS] = OTHER_CALIBRATION
    assert connected().found.recalled
    second = connected(anew=True)
    (told,) = second.status.car.warnings
    assert told.startswith("ECU 7E8 was programmed anew since 20")
    assert "8P0907115H  0030" in told
    assert "8P0907115H  0020" in told
    third = connected()
    assert third.found.recalled
    assert third.status.car.ecus[0].calibration_ids == ("8P0907115H  0030",)


def test_a_task_for_the_car_sees_only_what_was_read_at_this_meeting(connected, car):
    connected()
    car.others[ENGINE, CALIBRATIONS] = OTHER_CALIBRATION
    second = connected(task=lambda _wire, found: found)
    assert second.found.recalled
    assert not second.task.recalled
    assert second.task.car.ecus[0].calibration_ids == ("8P0907115H  0030",)
    assert "programmed anew" in second.status.car.warnings[0]
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


@pytest.fixture
def soon_back(monkeypatch):
    monkeypatch.setattr(connection, "BACK_OFF_S", (0.02,))


def come_back(bay, car, until):
    bay.watch({"rpm": 50.0})
    car.link_up = False
    until(lambda: bay.snapshot().connection.state is not LinkState.CONNECTED)
    car.link_up = True
    until(lambda: bay.snapshot().connection.state is LinkState.CONNECTED, 20)
    return bay._owner._car.found


@pytest.mark.usefixtures("soon_back")
def test_a_car_that_comes_back_has_its_full_scales_read_anew(bay, car, until):
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x00"
    bay.connect(URL).result(20)
    before = bay._owner._car.found
    assert come_back(bay, car, until) is before
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x80"
    assert come_back(bay, car, until).scales != before.scales


@pytest.mark.usefixtures("soon_back")
def test_an_ecu_that_comes_back_with_another_first_list_is_asked_everything(car, store, until):
    bay = Bay(
        store,
        BaySettings(max_requests_per_s=500),
        adapters=lambda url: telling(car, url),
    )
    bay.start()
    try:
        bay.connect(URL).result(20)
        car.pids[ENGINE][0x10] = b"\x01\x02"
        assert 0x10 in come_back(bay, car, until).supported[ENGINE]
        told = bay.snapshot().connection.car.warnings
        until(lambda: told == ("ECU 7E8 offers other values than last time.",))
    finally:
        bay.stop()


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


ECUS = (EcuIdentity(ENGINE, "ECM", ("A-1", "A-2"), ("12AB",)), EcuIdentity(GEARBOX))
FOUND = Identification(
    CarLink(CAN_11, False, (ENGINE, GEARBOX), first_bitmaps={ENGINE: b"\1\2\3\4"}),
    CarIdentity(VIN, ECUS, ("one warning",)),
    {ENGINE: frozenset({4, 12}), GEARBOX: frozenset({13})},
)
READ = datetime(2026, 3, 1, tzinfo=UTC)
REMEMBERED = Remembered(FOUND, READ, frozenset({"7E0/22F190"}), confirmed=True)


def test_an_identification_comes_back_from_json_as_recalled():
    back = read_document(json.loads(json.dumps(document_of(REMEMBERED))))
    assert back == replace(REMEMBERED, found=replace(FOUND, recalled=True))
    assert back.found.link.first_bitmaps == FOUND.link.first_bitmaps


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


FIELDS = st.sampled_from(sorted(document_of(REMEMBERED)))


@settings(max_examples=40)
@given(name=FIELDS, value=JSON)
def test_a_damaged_identification_is_none_or_as_it_was(name, value):
    document = document_of(REMEMBERED)
    back = read_document(document | {name: value})
    assert back is None or document[name] == value


def check_of_another_make(name, value):
    document = document_of(REMEMBERED) | {name: value}
    del document["sum"]
    back = read_document(document | {"sum": known_documents._sum(document)})
    assert back is None or (isinstance(back.found.car.vin, str) and back.found.link.ecus)


@settings(max_examples=40)
@given(name=FIELDS, value=JSON)
def test_an_identification_of_another_make_is_none_or_a_whole_one(name, value):
    check_of_another_make(name, value)


@pytest.mark.long
@settings(max_examples=2000)
@given(name=FIELDS, value=JSON)
def test_very_many_identifications_of_another_make_are_none_or_whole_ones(name, value):
    check_of_another_make(name, value)


def test_what_was_read_only_in_part_now_is_no_change():
    now = replace(FOUND, supported={ENGINE: frozenset({4}), GEARBOX: frozenset({13})})
    assert changes(REMEMBERED, replace(now, car=replace(now.car, warnings=("Not all.",)))) == ()


def test_an_unchanged_car_has_nothing_to_be_noticed():
    assert changes(REMEMBERED, FOUND) == ()


def test_a_verification_number_that_changed_is_said():
    ecus = (replace(ECUS[0], cvns=("12AC",)), ECUS[1])
    told = changes(REMEMBERED, replace(FOUND, car=replace(FOUND.car, ecus=ecus)))
    assert told == (
        "ECU 7E8 was programmed anew since 2026-03-01: its verification number is 12AC, it was "
        "12AB.",
    )


def test_what_could_not_be_read_this_time_is_no_change():
    ecus = (replace(ECUS[0], cvns=(), calibration_ids=()), ECUS[1])
    assert changes(REMEMBERED, replace(FOUND, car=replace(FOUND.car, ecus=ecus))) == ()
