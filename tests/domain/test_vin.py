import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.vin import VinState, check_digit, check_vin, north_american

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
GOOD = "1M8GDM9AXKP042788"
"""A well-known number whose check digit is X."""


def test_a_right_check_digit_may_be_x():
    assert check_digit(GOOD) == "X"
    assert check_vin(GOOD) == check_vin(" 1m8gdm9axkp042788\n")
    assert check_vin(GOOD).state is VinState.GOOD
    assert check_vin("11111111111111111").state is VinState.PLACEHOLDER


@pytest.mark.parametrize(
    "vin",
    [
        *("1M8GDM9A1KP042788", "5YJ3E1EA8HF000337", "LSVAA49J232047371"),
        *("7SAYGDEE0PF123456", "7FARW2H50ME000001", "HESXR1C41PS000001"),
    ],
)
def test_a_wrong_check_digit_matters_where_one_is_required(vin):
    got = check_vin(vin)
    assert got.state is VinState.WRONG_CHECK
    assert got.wrong_at == 9
    assert check_digit(vin) in got.why
    assert got.well_formed


@given(st.sampled_from("ABCDEFGHJKLMNPRSTUVWXYZ"), st.sampled_from(LETTERS))
def test_of_the_seventh_series_only_new_zealand_has_no_check_digit(second, third):
    vin = f"7{second}{third}YGDEE0PF123456"
    vin = vin[:8] + ("1" if check_digit(vin) == "0" else "0") + vin[9:]
    due = VinState.UNCHECKED if second in "ABCDE" else VinState.WRONG_CHECK
    assert check_vin(vin).state is due
    assert north_american(vin) == (second not in "ABCDE")


@given(
    st.sampled_from("12345LH7"),
    st.text(LETTERS, min_size=16, max_size=16),
    st.sampled_from("ABCDEFGHJKLMNPRSTUVWYZ"),
)
def test_a_letter_where_the_check_digit_stands_is_another_markets(first, rest, ninth):
    vin = first + rest[:7] + ninth + rest[8:]
    assert check_vin(vin).state is VinState.UNCHECKED


def test_a_car_built_for_europe_raises_no_alarm():
    assert check_vin("3VWZZZ1KZAM123456").state is VinState.UNCHECKED
    assert "built for another market" in check_vin("3VWZZZ1K1AM123456").why


def test_elsewhere_the_ninth_character_is_the_makers():
    got = check_vin("WVWZZZ1KZAW000001")
    assert (got.state, got.why, got.wrong_at) == (VinState.UNCHECKED, "", None)


@pytest.mark.parametrize(
    "vin", ["0" * 17, "F" * 17, "Z" * 17, "00000000000000001", "?" * 17, "\x00" * 17]
)
def test_what_a_unit_says_that_was_never_told_is_no_vin(vin):
    got = check_vin(vin)
    assert got.state is VinState.PLACEHOLDER
    assert not got.well_formed
    assert got.why


@pytest.mark.parametrize(
    ("vin", "place"),
    [
        ("1M8GDM9AXKP04278", 17),
        ("1M8GDM9AXKP0427888", 18),
        ("1M8GDM9AXKP0O2788", 13),
        ("1M8GDM9AXKP 42788", 12),
        ("1M8GD\x00", 6),
        ("Ä" + GOOD[1:], 1),
        ("", None),
    ],
)
def test_a_malformed_vin_names_the_place(vin, place):
    got = check_vin(vin)
    assert got.state is VinState.MALFORMED
    assert got.wrong_at == place
    assert got.why.isprintable()


@given(st.text(LETTERS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(LETTERS))
def test_one_digit_changed_never_passes_where_a_check_digit_is_due(vin, place, letter):
    vin = "1" + vin[1:8] + check_digit("1" + vin[1:]) + vin[9:]
    if check_vin(vin).state is not VinState.GOOD:
        return
    other = vin[:place] + letter + vin[place + 1 :]
    if letter != vin[place] and letter.isdigit() and vin[place].isdigit() and place not in (0, 8):
        assert check_vin(other).state is VinState.WRONG_CHECK


@given(st.text(max_size=60))
def test_any_text_is_checked_without_an_error(text):
    got = check_vin(text)
    assert bool(got.why) == (got.state not in (VinState.GOOD, VinState.UNCHECKED))
    if got.well_formed:
        assert len(got.vin) == 17
