"""Set-ups in writing: what is written reads back the same, and nothing else is taken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Ignition,
    Losses,
    LossPart,
    RpmSource,
    RunSetup,
    TestType,
)
from cartech_desk.domain.dyno.tables import ColumnMeaning, Mapping, mapping_from
from cartech_desk.domain.dyno.written import (
    WrittenRefused,
    as_plain,
    canonical,
    from_plain,
    read_json,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SOME = st.none() | NUMBERS
SETUPS = st.builds(
    RunSetup,
    test_type=st.sampled_from(TestType),
    roles=st.dictionaries(st.sampled_from(Role), st.text(max_size=20)),
    basis=st.none() | st.sampled_from(Basis),
    equivalent_mass_kg=st.none() | st.floats(0, allow_infinity=False),
    losses=st.lists(
        st.builds(Losses, st.sampled_from(LossPart), NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.text()),
        max_size=3,
    ).map(tuple),
    gear=st.text(max_size=20),
    rpm_source=st.none() | st.sampled_from(RpmSource),
    road=st.booleans(),
    conditions=st.builds(Conditions, SOME, SOME, SOME, st.text(max_size=20)),
    ignition=st.sampled_from(Ignition),
    estimate_by=st.sampled_from(EstimateBy),
    ecu_offset_s=SOME,
)
MAPPINGS = st.builds(
    Mapping,
    st.integers(-1, 300),
    st.text(max_size=8),
    st.lists(
        st.builds(
            ColumnMeaning,
            st.integers(0, 300),
            st.none() | st.sampled_from(Role),
            st.text(max_size=8),
            NUMBERS,
        ),
        max_size=4,
    ).map(tuple),
)


@given(st.one_of(SETUPS, MAPPINGS))
def test_what_is_written_reads_back_the_same(value):
    text = canonical(value)
    assert from_plain(type(value), read_json(text, "It")) == value
    assert canonical(from_plain(type(value), json.loads(text))) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = sorted(as_plain(RunSetup()))


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), JSON, max_size=3))
def test_any_document_is_a_setup_or_refused(document):
    try:
        found = from_plain(RunSetup, document, "The set-up")
    except WrittenRefused:
        return
    assert from_plain(RunSetup, as_plain(found)) == found


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"gear": 4}, "The set-up: gear is 4 and has to be text"),
        ({"gears": "4"}, "there is no field “gears”"),
        ({"road": 1}, "has to be true or false"),
        ({"equivalent_mass_kg": True}, "has to be a number"),
        ({"equivalent_mass_kg": "1300"}, "has to be a number"),
        ({"test_type": "race"}, "Use one of: power_pull"),
        ({"roles": {"wings": "a"}}, "cannot be the text “wings”"),
        ({"roles": []}, "group of fields"),
        ({"losses": {}}, "has to be a list"),
        ({"losses": [{"part": "roller"}]}, "the field “c0_n” is missing"),
        ({"conditions": {"pressure_kpa": []}}, "conditions: pressure_kpa is a list"),
        ({"equivalent_mass_kg": 10**400}, "no finite number"),
        ([], "group of fields"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(document, said):
    with pytest.raises(WrittenRefused) as refused:
        from_plain(RunSetup, document, "The set-up")
    assert said in refused.value.message


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": NaN}', "null", "[" * 100_000])
def test_what_is_no_object_of_json_is_refused(text):
    with pytest.raises(WrittenRefused):
        read_json(text, "The file")


def test_a_number_that_is_not_finite_is_not_written():
    with pytest.raises(WrittenRefused):
        canonical(RunSetup(equivalent_mass_kg=float("inf")))


def test_a_mass_below_zero_is_neither_read_nor_written():
    with pytest.raises(WrittenRefused, match="cannot be negative"):
        from_plain(RunSetup, {"equivalent_mass_kg": -5})
    with pytest.raises(WrittenRefused, match="cannot be negative"):
        canonical(RunSetup(roller_m=-1.0))


@pytest.mark.parametrize("document", [None, [], "x", 5, {"columns": 5}, {"columns": "abc"}])
def test_what_is_no_mapping_is_refused(document):
    with pytest.raises(WrittenRefused):
        mapping_from(document, ("a",))
