"""Passwords and PINs that are taken, and those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.office.passwords import hashed, matches, nobodys, weakness
from cartech_desk.office.pins import pin_refusal

PERSONAL = ("Ada Administrator", "ada@bluedyno.example", "Blue Dyno")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "empty"),
        ("short 1!", "fewer than 10"),
        ("password123456", "tried first"),
        ("qwertyuiop[]", "side by side"),
        ("aaaaaaaaaaaaaa", "repeats itself"),
        ("abcdefghijklm", "usual order"),
        ("Ada Administrator1", "your name"),
        ("ada@bluedyno.example", "your e-mail address"),
        ("Blue Dyno 2024", "shop's name"),
        ("x" * 73, "longer than 72 bytes"),
        ("é" * 37, "longer than 72 bytes"),
        ("four loud\x00turbos hum", "no keyboard"),
        ("four loud\nturbos hum", "no keyboard"),
    ],
)
def test_a_weak_password_is_refused_in_our_words(password, says):
    assert says in weakness(password, PERSONAL)


@pytest.mark.parametrize(
    "password", ["four loud turbos hum", "Grüne Öle tropfen leise", "k7%Lm9)qRz2w", "ö7%Lm9)qRz2w"]
)
def test_a_good_password_is_taken(password):
    assert weakness(password, PERSONAL) == ""


def test_the_words_of_a_refusal_never_hold_the_password():
    for password in ("hunter2hunter2", "password123456", "qwertyuiop[]"):
        assert password not in weakness(password, PERSONAL)


def test_a_password_matches_its_own_hash_alone():
    kept = hashed("four loud turbos hum", 4)
    assert kept.startswith("$2b$04$")
    assert matches("four loud turbos hum", kept)
    assert not matches("four loud turbos huM", kept)


def test_a_letter_and_its_accent_match_however_they_were_typed():
    assert matches("cafe\u0301 racer nine 9", hashed("caf\u00e9 racer nine 9", 4))


@pytest.mark.parametrize("given_text", ["x" * 73, "", "a\x00b", "half \ud83d of a pair"])
def test_what_bcrypt_cannot_read_is_just_wrong(given_text):
    assert not matches(given_text, hashed("four loud turbos hum", 4))


def test_what_is_beyond_72_bytes_is_not_cut_off():
    kept = hashed("y" * 72, 4)
    assert matches("y" * 72, kept)
    assert not matches("y" * 73, kept)


@pytest.mark.parametrize("password", ["", "\x01", "four loud turbos hum"])
def test_nobodys_hash_belongs_to_no_password(password):
    assert not matches(password, nobodys(4))


@pytest.mark.parametrize(
    "pin",
    [
        *("1234", "4321", "0000", "7777", "2468", "8901", "1212", "123123", "1122", "334455"),
        *("2580", "1987", "2024", "24121987", "12241987", "19871224", "123", "123456789"),
        *("", "12a4", "١٢٣٤", "73 05", "7305\n"),
    ],
)
def test_a_pin_that_is_tried_first_is_refused(pin):
    assert pin_refusal(pin)


@pytest.mark.parametrize("pin", ["7305", "2914", "60482", "914736", "83920517"])
def test_a_pin_without_a_rule_is_taken(pin):
    assert pin_refusal(pin) == ""


@given(st.text(max_size=10))
def test_a_taken_pin_has_four_to_eight_digits(pin):
    if not pin_refusal(pin):
        assert pin.isascii()
        assert pin.isdigit()
        assert 4 <= len(pin) <= 8
