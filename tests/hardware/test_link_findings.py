"""What is remembered of a link: as JSON and back, damaged, compared."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.hardware.adapter import CarLink
from cartech_desk.hardware.can import known as can_known
from cartech_desk.hardware.elm import known as elm_known
from cartech_desk.hardware.findings import link_changes, link_document, read_link, same_bus

CAN_11 = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
LINK = CarLink(
    CAN_11, False, (0x7E8, 0x7EA), first_bitmaps={0x7E8: b"\xbe\x3e\xb8\x11", 0x7EA: b"\x80\0\0\0"}
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@settings(max_examples=40)
@given(
    extended=st.booleans(),
    uds=st.booleans(),
    bitmaps=st.dictionaries(
        st.integers(0, 0x1FFFFFFF), st.none() | st.binary(min_size=4, max_size=4), min_size=1
    ),
)
def test_a_link_comes_back_from_json_as_it_was(extended, uds, bitmaps):
    told = {ecu: bitmap for ecu, bitmap in bitmaps.items() if bitmap is not None}
    link = CarLink(CAN_11, extended, tuple(sorted(bitmaps)), uds, first_bitmaps=told)
    back = read_link(json.loads(json.dumps(link_document(link))))
    assert back == link
    assert back.first_bitmaps == told


@settings(max_examples=40)
@given(name=st.sampled_from(["protocol", "extended", "uds", "ecus", ""]), value=JSON)
def test_a_damaged_link_is_none_or_a_whole_one(name, value):
    document = value if not name else link_document(LINK) | {name: value}
    back = read_link(document)
    assert back is None or (back.ecus and back.protocol)


@pytest.mark.parametrize(
    "ecus",
    [
        {},
        {"7E8": "BE3E"},
        {"7E8": "BE3EB8ZZ"},
        {"FFFFFFFFF": "BE3EB811"},
        {"-1": ""},
        {"engine": ""},
    ],
)
def test_ecus_that_make_no_sense_make_no_link(ecus):
    assert read_link(link_document(LINK) | {"ecus": ecus}) is None


NAMES = ("chip", "firmware", "quirks", "baud", "bitrate", "interface", "link")
FINDINGS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON))
KINDS = {elm_known.KIND: elm_known.read_findings, can_known.KIND: can_known.read_findings}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(findings=FINDINGS)
def test_damaged_findings_are_passed_over(kind, findings):
    known = KINDS[kind]({"kind": kind} | findings)
    assert known.car is None or known.car.ecus


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=1000)
@given(findings=FINDINGS)
def test_very_many_damaged_findings_are_passed_over(kind, findings):
    known = KINDS[kind]({"kind": kind} | findings)
    assert known.car is None or known.car.ecus


def test_findings_of_another_driver_are_nothing():
    assert elm_known.read_findings({"kind": "can"}) == elm_known.NOTHING
    assert can_known.read_findings({"kind": "elm327"}) == can_known.NOTHING
    assert elm_known.read_findings({}) == elm_known.NOTHING


def test_an_equal_link_has_not_changed():
    assert link_changes(LINK, replace(LINK, first_bitmaps={})) == ()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(LINK, ecus=(0x7E8,)), ["ECU 7EA", "answered last time"]),
        (replace(LINK, ecus=(0x7E8, 0x7EA, 0x7EB)), ["ECU 7EB answers now"]),
        (replace(LINK, ecus=(0x7E9, 0x7EB)), ["ECUs 7E8, 7EA", "ECUs 7E9, 7EB answer now"]),
        (replace(LINK, protocol="ISO 9141-2, 10.4 kbit/s"), ["ISO 9141-2", CAN_11]),
        (replace(LINK, uds=True), ["OBD on UDS now"]),
    ],
)
def test_what_changed_is_said_in_whole_sentences(now, words):
    told = link_changes(LINK, now)
    assert all(sentence.endswith(".") for sentence in told)
    assert all(any(word in sentence for sentence in told) for word in words)


def test_a_bit_rate_that_one_side_does_not_tell_is_no_other_bus():
    assert same_bus(LINK, replace(LINK, protocol="ISO 15765-4 CAN, 11 bit"))
    assert not same_bus(LINK, replace(LINK, protocol="ISO 15765-4 CAN, 11 bit, 250 kbit/s"))
    assert not same_bus(LINK, replace(LINK, extended=True))
