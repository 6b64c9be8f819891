"""What is remembered of a car, as JSON and back, and what of it is not as it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.bay import known_documents
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.known_documents import Remembered, changes, document_of, read_document
from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.hardware.adapter import CarLink

VIN = "WVWZZZ1KZ6W000001"
ENGINE, GEARBOX = 0x7E8, 0x7E9
CAN_11 = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"

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
