"""Numbers as people type them, to the decimals that count."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.typed_numbers import NumberRefused, typed_decimal


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_in_plain_digits_is_read_as_it_is(number: Decimal) -> None:
    assert typed_decimal(f"{number:f}", decimals=2) == number
    assert typed_decimal(f"{number:,f}", decimals=2) == number
    assert typed_decimal(f"{number:f}".replace(".", ","), decimals=2) == number


@pytest.mark.parametrize(
    ("typed", "decimals", "number"),
    [("19", 2, "19"), ("5,5", 2, "5.5"), ("1 000", 0, "1000"), ("0.250", 3, "0.25")],
)
def test_what_is_typed_is_read(typed: str, decimals: int, number: str) -> None:
    assert typed_decimal(typed, decimals=decimals) == Decimal(number)


def test_a_refusal_says_how_to_type_it() -> None:
    with pytest.raises(NumberRefused) as refused:
        typed_decimal("12,345", decimals=2)
    assert refused.value.to_do == "Type 12345 or 12.34."
    with pytest.raises(NumberRefused, match="more decimals"):
        typed_decimal("1.55", decimals=1)


def test_what_is_proposed_for_three_decimals_is_read_as_such() -> None:
    with pytest.raises(NumberRefused) as refused:
        typed_decimal("1,255", decimals=3)
    proposed = refused.value.to_do.removesuffix(".").rpartition(" ")[2]
    assert typed_decimal(proposed, decimals=3) == Decimal("1.255")
