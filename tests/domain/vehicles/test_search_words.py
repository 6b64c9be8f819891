"""Words as they are compared: plates, phone numbers and names whatever their writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.vehicles.search_words import (
    folded,
    phone_key,
    plate_key,
    words_kept,
    words_typed,
)


@pytest.mark.parametrize("plate", ["M-AB 1234", "m ab 1234", "MAB1234", "M·AB_1234"])
def test_a_plate_is_one_whatever_its_blanks_and_dashes(plate: str) -> None:
    assert plate_key(plate) == "mab1234"


@pytest.mark.parametrize(
    "number",
    [
        "+49 (0)171 1234567",
        "+49 171 1234567",
        "0171/123 45 67",
        "0049 (0) 171-1234567",
        "1711234567",
    ],
)
def test_a_phone_number_is_one_with_its_country_or_without(number: str) -> None:
    assert phone_key(number) == "711234567"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("08141 1234", "+49 8141 1234"),
        ("0664 12345", "0043 664 12345"),
        ("(212) 555-01", "+1 212 555 01"),
        ("021 123 45", "+351 21 123 45"),
    ],
)
def test_a_short_number_is_one_with_its_country_or_without(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other) != ""


@pytest.mark.parametrize(
    ("plate", "whole"),
    [
        ("FFB-AB 123", "ffbab123"),
        ("MTK-X 12", "mtkx12"),
        ("STA-KL 99", "stakl99"),
        ("SHG-E 77H", "shge77h"),
        ("KA-TU 1234E", "katu1234e"),
    ],
)
def test_a_plate_of_many_letters_is_kept_whole(plate: str, whole: str) -> None:
    assert whole in words_kept(f"Golf {plate}").split()
    assert f"golf{whole}" not in words_kept(f"Golf {plate}").split()


def test_a_number_of_few_digits_is_no_phone_number() -> None:
    assert phone_key("110") == ""


def test_a_plate_within_a_title_is_kept_whole() -> None:
    assert "mab1234" in words_kept("VW Golf M AB 1234").split()
    assert "mab1234" in words_kept("VW Golf M-AB 1234").split()


def test_a_model_and_a_plate_are_not_run_together() -> None:
    assert "golfmab1234" not in words_kept("Golf M-AB 1234").split()


def test_umlauts_are_found_both_ways() -> None:
    kept = words_kept("Jürgen Groß").split()
    assert {"jurgen", "juergen", "gross"} <= set(kept)


def test_the_end_of_a_vin_is_a_word_of_its_own() -> None:
    assert "xw000001" in words_kept("WVWZZZ1JZXW000001").split()


def test_digits_of_a_number_are_kept_as_one() -> None:
    assert "49891234567" in words_kept("+49 89 123 4567").split()


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_words_without_blanks_or_marks(text: str) -> None:
    assert all(word.isalnum() or not word.isascii() for word in words_typed(text))
    assert all(" " not in word for word in words_typed(text))


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words_typed(folded(text)) == words_typed(text)
