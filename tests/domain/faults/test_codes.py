"""Codes as people and cars write them, and who defines each."""

import pytest

from cartech_desk.domain.faults.code import Code, NoCode, Origin, parse_code


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("P0299", Origin.GENERIC),
        ("P1234", Origin.MAKER),
        ("P2BAC", Origin.GENERIC),
        ("P3000", Origin.MAKER),
        ("P33FF", Origin.MAKER),
        ("P3400", Origin.GENERIC),
        ("P3FFF", Origin.GENERIC),
        ("C0035", Origin.GENERIC),
        ("C1234", Origin.MAKER),
        ("C2000", Origin.MAKER),
        ("C3000", Origin.RESERVED),
        ("B0001", Origin.GENERIC),
        ("B1000", Origin.MAKER),
        ("B3000", Origin.RESERVED),
        ("U0100", Origin.GENERIC),
        ("U1000", Origin.MAKER),
        ("U2FFF", Origin.MAKER),
        ("U3000", Origin.GENERIC),
    ],
)
def test_the_second_character_says_who_defines_a_code(text, origin):
    assert parse_code(text).origin is origin


def test_a_code_is_read_in_any_case_and_with_its_failure_type():
    assert parse_code(" p0299 ") == Code("P0299")
    assert parse_code("u0100-87") == Code("U0100", 0x87)
    assert str(Code("U0100", 0x87)) == "U0100-87"


@pytest.mark.parametrize(
    "text", ["", "P029", "P02999", "X0299", "P4299", "P0299-1", "P02G9", "P0299 1C"]
)
def test_what_is_no_code_is_refused_in_words(text):
    with pytest.raises(NoCode) as refused:
        parse_code(text)
    assert "no trouble code" in refused.value.message
    assert "P0299" in refused.value.to_do
