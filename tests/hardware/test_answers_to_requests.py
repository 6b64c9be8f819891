"""Which payload answers which request, for every driver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.hardware.answers import (
    ECHOES,
    Kind,
    answers,
    first_bitmap,
    judge,
    refuses_service,
    same_question,
    telling_length,
    tells_dialect,
    whole_bitmap,
)


@pytest.mark.parametrize(
    ("request_hex", "payload_hex", "kind"),
    [
        ("010C", "410C1AF8", Kind.ANSWER),
        ("010C0D", "410D32", Kind.ANSWER),
        ("010C", "410D32", Kind.FOREIGN),
        ("010C", "41", Kind.CUT_SHORT),
        ("010C", "7F0112", Kind.REFUSAL),
        ("010C", "7F0178", Kind.PENDING),
        ("010C", "7F2278", Kind.FOREIGN),
        ("010C", "7F01", Kind.CUT_SHORT),
        ("03", "4300", Kind.ANSWER),
        ("0902", "490401", Kind.FOREIGN),
        ("22F190", "62F19041", Kind.ANSWER),
        ("22F190", "62F18C41", Kind.FOREIGN),
        ("1902FF", "5902FF", Kind.ANSWER),
        ("3E80", "7E00", Kind.ANSWER),
        ("31010203", "7101020300", Kind.ANSWER),
        ("31010203", "7102020300", Kind.FOREIGN),
    ],
)
def test_an_answer_repeats_what_its_service_says(request_hex, payload_hex, kind):
    request, payload = bytes.fromhex(request_hex), bytes.fromhex(payload_hex)
    assert judge(request, payload) is kind
    ours = kind in (Kind.ANSWER, Kind.REFUSAL, Kind.PENDING)
    assert answers(request, payload) is ours


def test_nothing_answers_nothing():
    assert not answers(b"", b"\x41\x0c")
    assert not answers(b"\x01\x0c", b"")


def test_two_values_of_one_pid_answer_the_same_question():
    assert same_question(b"\x41\x0c\x01\x02", b"\x41\x0c\x03\x04")
    assert not same_question(b"\x41\x0c\x01\x02", b"\x41\x0d\x03")
    assert not same_question(b"\x62\xf1\x90\x01", b"\x62\xf1\x8c\x01")
    assert not same_question(b"\x7f\x01\x12", b"\x7f\x01\x78")


def test_a_bitmap_is_whole_with_four_bytes_or_refused():
    assert whole_bitmap(bytes.fromhex("4100BE3EB811"))
    assert not whole_bitmap(bytes.fromhex("4100BE3EB8"))
    assert whole_bitmap(bytes.fromhex("7F0112"))


def test_a_dialect_is_told_by_a_positive_answer_with_a_value():
    assert tells_dialect(bytes.fromhex("62F81004"))
    assert not tells_dialect(bytes.fromhex("62F810"))
    assert not tells_dialect(bytes.fromhex("62F4000400"))
    assert not tells_dialect(bytes.fromhex("7F2231"))


def test_a_service_is_refused_by_two_codes_alone():
    assert refuses_service(bytes.fromhex("7F0111"))
    assert refuses_service(bytes.fromhex("7F017F"))
    assert not refuses_service(bytes.fromhex("7F0112"))
    assert not refuses_service(bytes.fromhex("410011"))


def test_the_first_bitmap_is_read_in_both_kinds_of_obd():
    assert first_bitmap(bytes.fromhex("4100BE3EB811")) == bytes.fromhex("BE3EB811")
    assert first_bitmap(bytes.fromhex("62F400BE3EB811")) == bytes.fromhex("BE3EB811")
    assert first_bitmap(bytes.fromhex("4100BE3EB8")) is None
    assert first_bitmap(bytes.fromhex("4120BE3EB811")) is None
    assert first_bitmap(bytes.fromhex("7F0111")) is None


@given(
    request=st.tuples(st.sampled_from([*ECHOES, 0x03, 0x04]), st.binary(max_size=6)),
    begin=st.one_of(st.none(), st.binary(min_size=1, max_size=4)),
    tails=st.integers(0, 12).flatmap(lambda n: st.tuples(*[st.binary(min_size=n, max_size=n)] * 2)),
)
def test_what_stands_behind_the_telling_bytes_makes_no_difference(request, begin, tails):
    asked = bytes([request[0]]) + request[1]
    if begin is None:
        begin = bytes([asked[0] + 0x40]) + asked[1:3]
    one, other = (begin + tail for tail in tails)
    kept = telling_length(asked, one)
    if one[:kept] == other[:kept]:
        assert judge(asked, one) is judge(asked, other)
