"""Sums of money: read as they are typed, never guessed, never a cent lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.money import (
    MOST_MINOR,
    Money,
    MoneyRefused,
    half_up,
    money_text,
    parse_money,
    part_of,
    times,
    total,
)

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF"])
SUMS = st.builds(Money, st.integers(-MOST_MINOR, MOST_MINOR), CURRENCIES)


@given(SUMS)
def test_a_sum_as_it_is_shown_is_read_as_the_same_sum(money: Money) -> None:
    assert parse_money(money_text(money), money.currency) == money
    assert parse_money(money_text(money, with_currency=False), money.currency) == money


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12.50", 1250),
        ("12,50", 1250),
        ("12,5", 1250),
        ("1 250,00", 125000),
        ("1\u202f250,00", 125000),
        ("1'250.00", 125000),
        ("1,250.00", 125000),
        ("1.250,00", 125000),
        ("1.250.000", 125000000),
        ("1 250", 125000),
        ("1250.500", 125050),
        ("0,500", 50),
        (".5", 50),
        ("0", 0),
        ("-3", -300),
        ("\u22123,10", -310),
        ("+3", 300),
        (" 7 ", 700),
        ("12,50 €", 1250),
        ("EUR 12.50", 1250),
        ("12.50 eur", 1250),
    ],
)
def test_a_typed_sum_is_read(typed: str, cents: int) -> None:
    assert parse_money(typed, "EUR") == Money(cents, "EUR")


@pytest.mark.parametrize("typed", ["1,250", "1.250", "-1.250", "999,999"])
def test_a_sum_that_could_be_two_is_refused_with_both(typed: str) -> None:
    with pytest.raises(MoneyRefused, match="can be read as"):
        parse_money(typed, "EUR")


NO_SUMS = (
    *("", "-", "EUR", "ten", "1,2,3", "1.25.00", "1,25.000", "12 50", "1 2500", "1..2", "1e3"),
    *("1,250.00,0", "\u0661\u0662", "nan", "12.50 USD", "0x10", "1.250,00.0", "9" * 400, "1_000"),
)


@pytest.mark.parametrize("typed", NO_SUMS)
def test_what_is_no_sum_is_refused(typed: str) -> None:
    with pytest.raises(MoneyRefused):
        parse_money(typed, "EUR")


def test_more_decimals_than_the_currency_has_are_refused_not_rounded() -> None:
    with pytest.raises(MoneyRefused, match="more decimals"):
        parse_money("1250.505", "EUR")
    with pytest.raises(MoneyRefused, match="more decimals"):
        parse_money("12.5", "JPY")


def test_each_currency_has_its_own_decimals() -> None:
    assert parse_money("1,250", "JPY") == Money(1250, "JPY")
    assert parse_money("1.250", "KWD") == Money(1250, "KWD")
    assert money_text(Money(1250000, "KWD")) == "1,250.000 KWD"
    assert money_text(Money(1250, "JPY")) == "1,250 JPY"


def test_a_sum_larger_than_any_shop_has_is_refused() -> None:
    with pytest.raises(MoneyRefused, match="as large"):
        parse_money("9" * 20, "EUR")


@given(st.text(max_size=30))
def test_any_text_is_a_sum_or_refused(text: str) -> None:
    try:
        money = parse_money(text, "EUR")
    except MoneyRefused:
        return
    assert abs(money.minor) <= MOST_MINOR


@pytest.mark.parametrize(
    ("value", "whole"), [("0.5", 1), ("-0.5", -1), ("1.4999", 1), ("2.5", 3), ("-2.4", -2)]
)
def test_a_half_goes_away_from_zero(value: str, whole: int) -> None:
    assert half_up(Decimal(value)) == whole


def test_price_times_quantity_is_rounded_once() -> None:
    assert times(Money(333, "EUR"), Decimal("1.5")) == Money(500, "EUR")
    assert part_of(Money(105, "EUR"), 1900) == Money(20, "EUR")


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_a_sum_of_sums_is_exact(minors: list[int]) -> None:
    assert total((Money(each, "EUR") for each in minors), "EUR") == Money(sum(minors), "EUR")


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(MoneyRefused, match="cannot be added"):
        Money(1, "EUR") + Money(1, "USD")


def test_a_comma_that_could_be_two_things_is_answered_with_all_three_decimals() -> None:
    with pytest.raises(MoneyRefused, match=r"Type 1255 or 1\.255\.") as refused:
        parse_money("1,255", "KWD")
    assert parse_money("1.255", "KWD").minor == 1255
    assert "1.25 " not in refused.value.message
    with pytest.raises(MoneyRefused, match=r"Type 1255 or 1\.25\."):
        parse_money("1,255", "EUR")
