import copy
import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.faults.code import Origin, parse_code
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    EcuFound,
    FaultScan,
    FrameValue,
    FreezeFrame,
    Lamp,
    Monitor,
    Readiness,
    TestResult,
)
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.faults.written import (
    ScanUnreadable,
    scan_document,
    scan_of,
    told_scan,
)
from tests.domain.faults.scans import SCANS

SCAN = FaultScan(
    at=datetime(2026, 5, 4, 9, 30, 0, 123, tzinfo=UTC),
    url="sim:",
    adapter="simulated",
    protocol="ISO 15765-4 CAN, 11 bit, 500 kbit/s",
    vin="JF1ZNAA19E8700001",
    ecus=(EcuFound(0x7E8, "ECM-EngineControl", ("CAL-1",), ("1A2B3C4D",)),),
    lamps=(Lamp(0x7E8, on=True, codes=1),),
    codes=(
        CodeFound("P0299", 0x7E8, (CodeStatus.STORED, CodeStatus.PENDING), failure_type=0x1C),
        CodeFound("U0100", 0x7E9, (CodeStatus.PERMANENT,), failure_type=0x00),
    ),
    codes_told=(
        CodesTold(0x7E8, CodeStatus.STORED, Answered.TOLD),
        CodesTold(0x7EA, CodeStatus.STORED, Answered.UNKNOWN, "It did not answer."),
    ),
    frames=(
        FreezeFrame(
            "P0299",
            0x7E8,
            0,
            (
                FrameValue("rpm", "Engine speed", "rpm", 3120.0),
                FrameValue("FUELSYS1", "Fuel system 1 status", "none", 2.0, "CL"),
                FrameValue("SHRTFT11", "Trim", "percent", math.nan),
            ),
        ),
    ),
    since_clear=(Readiness(0x7E8, False, (Monitor("catalyst", "Catalyst", complete=False),)),),
    tests=(TestResult(0x7E8, 0x21, 0x80, "Catalyst, bank 1", "Test 80", "ratio", 0.9375, 0, 0.8),),
    warnings=("Something could not be read.",),
)


def explain(code):
    return Meaning(parse_code(code), f"about {code}", "Engine", Severity.WARNING, "why")


def same(one, other):
    """Compare by the written form, where NaN equals NaN."""
    return repr(one) == repr(other)


@settings(max_examples=30, deadline=None)
@given(SCANS)
def test_any_scan_comes_back_exactly_through_json(scan):
    text = json.dumps(scan_document(scan), allow_nan=False)
    assert same(scan_of(json.loads(text)), scan)


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(SCANS)
def test_very_many_scans_come_back_exactly_through_json(scan):
    assert same(scan_of(json.loads(json.dumps(scan_document(scan), allow_nan=False))), scan)


def places(value, path=()):
    """Every field of a document, by its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*path, at))


@settings(max_examples=15, deadline=None)
@given(SCANS, st.data())
def test_no_field_of_a_document_may_be_missing(scan, data):
    document = scan_document(scan)
    path = data.draw(st.sampled_from(list(places(document))))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    with pytest.raises(ScanUnreadable):
        scan_of(document)


def test_a_document_without_codes_is_no_clean_car():
    clean = {**scan_document(SCAN), "codes": []}
    del clean["codes"]
    with pytest.raises(ScanUnreadable, match="codes is missing"):
        scan_of(clean)


def check_any_value(data):
    document = copy.deepcopy(scan_document(SCAN))
    path = data.draw(st.sampled_from(list(places(document))))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    value = data.draw(
        st.none()
        | st.booleans()
        | st.integers()
        | st.sampled_from(
            [10**400, -(10**400), 10**5000, {}, [], [[]], "", "0001-01-01T00:00+14:00"]
        )
        | st.floats()
        | st.text(max_size=6)
    )
    inner[path[-1]] = value
    try:
        scan = scan_of(document)
    except ScanUnreadable:
        return
    json.dumps(told_scan(scan, explain), allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_in_any_field_is_taken_or_refused_in_words(data):
    check_any_value(data)


@pytest.mark.long
@settings(max_examples=4000, deadline=None)
@given(st.data())
def test_very_many_values_in_any_field_are_taken_or_refused_in_words(data):
    check_any_value(data)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("url",), None, "url"),
        (("at",), "yesterday", "at"),
        (("at",), "2026-05-04T09:30:00", "zone"),
        (("uds",), 1, "uds"),
        (("requests",), True, "requests"),
        (("seconds",), "1", "seconds"),
        (("codes",), {}, "codes"),
        (("codes", 0), "P0299", "codes, 1"),
        (("codes", 0, "ecu"), 2024, "codes, 1, ecu"),
        (("codes", 0, "status"), ["burning"], "status, 1"),
        (("codes", 0, "mood"), "bad", "mood"),
        (("lamps", 0, "codes"), 1.5, "lamps, 1, codes"),
        (("frames", 0, "values", 0, "value"), math.inf, "value"),
        (("ecus", 0, "address"), "7E8 ", "address"),
        (("voltage",), 10**400, "voltage"),
        (("at",), "0001-01-01T00:00+14:00", "at"),
        (("at",), "9999-12-31T23:59-14:00", "at"),
        (("seconds",), None, "seconds"),
        (("seconds",), -0.5, "seconds"),
        (("requests",), -5, "requests"),
        (("counters", "warm_ups"), 256, "warm_ups"),
        (("counters", "lamp_km"), -1, "lamp_km"),
        (("lamps", 0, "codes"), 128, "lamps, 1, codes"),
        (("codes", 0, "code"), "<script>", "codes, 1, code"),
        (("codes", 0, "code"), "p0299", "codes, 1, code"),
        (("codes", 0, "code"), "P0299-1C", "codes, 1, code"),
        (("codes", 0, "code"), "", "codes, 1, code"),
        (("codes", 0, "failure_type"), 999, "failure_type"),
        (("codes", 0, "status_byte"), -1, "status_byte"),
        (("codes", 0, "status"), [], "status"),
        (("codes", 0, "status"), ["stored", "stored"], "status"),
        (("frames", 0, "code"), "?", "frames, 1, code"),
        (("frames", 0, "frame"), 256, "frames, 1, frame"),
        (("tests", 0, "monitor"), 256, "monitor"),
        (("tests", 0, "test"), -1, "test"),
        (("version",), 0, "version"),
        (("version",), "1", "version"),
    ],
)
def test_a_damaged_document_is_refused_with_its_place(path, value, named):
    document = copy.deepcopy(scan_document(SCAN))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ScanUnreadable) as caught:
        scan_of(document)
    assert named in caught.value.happened
    assert caught.value.to_do


def test_a_missing_field_is_named():
    document = scan_document(SCAN)
    del document["codes"][1]["code"]
    with pytest.raises(ScanUnreadable, match="codes, 2, code is missing"):
        scan_of(document)


def test_a_newer_document_asks_for_an_update():
    with pytest.raises(ScanUnreadable, match="newer program"):
        scan_of({**scan_document(SCAN), "version": 2})


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["version", "at", "url", "codes"]), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_scan_or_refused(document):
    with pytest.raises(ScanUnreadable):
        scan_of(document)


def test_what_is_told_has_the_names_of_the_contract():
    told = told_scan(SCAN, explain)
    json.dumps(told, allow_nan=False)
    assert told.keys() >= {
        *("connected", "adapter", "protocol", "vin", "ecus", "mil", "codes", "freeze_frames"),
        *("readiness", "tests", "warnings", "clean", "complete", "counters"),
    }
    assert told["ecus"] == [
        {
            "address": "7E8",
            "name": "ECM-EngineControl",
            "calibration_ids": ["CAL-1"],
            "cvns": ["1A2B3C4D"],
        }
    ]
    first = told["codes"][0]
    assert {key: first[key] for key in ("code", "description", "severity", "status", "ecu")} == {
        "code": "P0299",
        "description": "about P0299-1C",
        "severity": "warning",
        "status": ["stored", "pending"],
        "ecu": "7E8",
    }
    assert first["origin"] == Origin.GENERIC
    assert told["mil"] is True
    assert told["clean"] is False
    assert told["unknown"] == [{"ecu": "7EA", "kind": "stored", "why": "It did not answer."}]


def test_a_failure_type_of_00_says_nothing():
    told = told_scan(SCAN, explain)
    assert told["codes"][1]["description"] == "about U0100"
    assert told["codes"][1]["failure_type"] == "00"


def test_values_of_frames_are_numbers_words_or_null():
    (frame,) = told_scan(SCAN, explain)["freeze_frames"]
    assert frame == {
        "code": "P0299",
        "ecu": "7E8",
        "frame": 0,
        "values": {"rpm": 3120.0, "FUELSYS1": "CL", "SHRTFT11": None},
        "units": {"rpm": "rpm", "FUELSYS1": "none", "SHRTFT11": "percent"},
    }


def test_readiness_and_tests_are_told():
    told = told_scan(SCAN, explain)
    assert told["readiness"] == {
        "since_clear": [
            {
                "ecu": "7E8",
                "ignition": "spark",
                "monitors": [{"key": "catalyst", "name": "Catalyst", "complete": False}],
            }
        ],
        "this_cycle": [],
    }
    (test,) = told["tests"]
    assert (test["monitor"], test["min"], test["max"], test["passed"]) == ("21", 0, 0.8, None)


def test_nobody_said_whether_the_lamp_is_lit():
    scan = FaultScan(SCAN.at, "sim:", "simulated", "CAN")
    assert told_scan(scan, explain)["mil"] is None


def test_a_version_of_thousands_of_digits_is_refused_in_words():
    with pytest.raises(ScanUnreadable, match="version"):
        scan_of({**scan_document(SCAN), "version": 10**5000})
