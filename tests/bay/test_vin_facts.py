import subprocess
import sys

import pytest

from cartech_desk.bay.vin_facts import VinFacts, vin_facts


def test_maker_country_and_years_are_told():
    got = vin_facts("WVWZZZ1KZAW000001")
    assert (got.maker, got.country, got.region) == ("Volkswagen", "Germany", "Europe")
    assert got.years == (2010, 1980)
    assert got.words == "Volkswagen, Germany, 2010 or 1980"


@pytest.mark.parametrize(
    ("vin", "years"),
    [
        *(("1HGCM82633A004352", (2003,)), ("5YJ3E1EA7HF000337", (2017,))),
        ("7SAYGDEE8PF123456", (2023,)),
    ],
)
def test_in_north_america_the_seventh_place_tells_the_year(vin, years):
    assert vin_facts(vin).years == years


@pytest.mark.parametrize("vin", ["3VWZZZ1KZAM123456", "3VWZZZ1K1AM123456"])
def test_where_the_check_digit_does_not_fit_the_seventh_place_tells_nothing(vin):
    assert vin_facts(vin).years == (2010, 1980)


def test_new_zealand_is_not_the_united_states():
    assert vin_facts("7A8ZZZ1K7AM123456").country == "New Zealand"


@pytest.mark.parametrize(
    "vin", ["", "0" * 17, "F" * 17, "1HGCM82633A00435", "1HGCM82633A0O4352", "ß" * 17]
)
def test_what_is_no_vin_tells_nothing(vin):
    assert vin_facts(vin) == VinFacts()
    assert vin_facts(vin).words == ""


def test_an_unknown_maker_is_left_empty():
    got = vin_facts("ZZZ11111111111112")
    assert got.maker == ""
    assert "Unsupported" not in got.words


def test_the_library_is_read_only_when_asked():
    code = "import sys, cartech_desk.bay.vin_facts; sys.exit('vininfo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
