"""What a code means: generic, of a maker, or plainly unknown."""

import pytest

from cartech_desk.domain.faults.code import Code, Origin
from cartech_desk.domain.faults.generic import Component, GenericCode
from cartech_desk.domain.faults.meaning import MakerCode, Severity, meaning_of, same_maker
from cartech_desk.domain.faults.severity import severity_of

SUBARU = MakerCode("Subaru", "P1410", "Tumble valve open", causes=("Stuck flap",), source="sub.csv")
FORD = MakerCode("Ford", "P1410", "Auxiliary airbox valve", Severity.INFORMATION, "Air intake")


def test_a_generic_code_means_the_same_whatever_a_maker_says():
    own = MakerCode("Subaru", "P0420", "Something else")
    meaning = meaning_of(Code("P0420"), [own], "Subaru")
    assert meaning.origin is Origin.GENERIC
    assert meaning.source == ""
    assert "atalyst" in meaning.description


def test_the_failure_type_stands_beside_the_text():
    plain, typed = meaning_of(Code("P0113")), meaning_of(Code("P0113", 0x15))
    assert typed.description == plain.description
    assert (plain.failure, typed.failure) == ("", "short to battery or circuit open")
    assert str(typed.code) == "P0113-15"


def test_the_table_of_the_cars_maker_is_used_and_named():
    meaning = meaning_of(Code("P1410"), [FORD, SUBARU], "SUBARU Corporation")
    assert meaning.description == "Tumble valve open"
    assert meaning.source == "Subaru: sub.csv"
    assert meaning.origin is Origin.MAKER
    assert meaning.causes == ("Stuck flap",)
    assert meaning.severity is Severity.WARNING
    assert "does not say" in meaning.severity_reason


def test_what_the_makers_table_says_of_severity_and_system_counts():
    meaning = meaning_of(Code("P1410"), [FORD], "Ford")
    assert (meaning.severity, meaning.system) == (Severity.INFORMATION, "Air intake")


@pytest.mark.parametrize("maker", ["", "Volvo"])
def test_another_makers_row_is_never_used_but_named(maker):
    meaning = meaning_of(Code("P1410"), [FORD, SUBARU], maker)
    assert not meaning.known
    assert "Maker's own code" in meaning.description
    assert "Ford, Subaru" in meaning.description
    assert meaning.causes == meaning.checks == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [("P1999", "Maker's own code"), ("P0FFF", "Generic code"), ("B3123", "keeps free")],
)
def test_of_an_unknown_code_is_said_that_nothing_is_known(code, words):
    meaning = meaning_of(Code(code))
    assert not meaning.known
    assert words in meaning.description
    assert "nothing is known" in meaning.description
    assert "not known" in meaning.severity_reason


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Subaru", "SUBARU", True),
        ("Volkswagen", "VOLKSWAGEN AG", True),
        ("Mercedes Benz", "Mercedes-Benz", True),
        ("Ford", "Fordson", False),
        ("General Motors", "General Electric", False),
        ("", "Ford", False),
    ],
)
def test_makers_are_one_where_their_names_begin_alike_in_words(one, other, same):
    assert same_maker(one, other) is same
    assert same_maker(other, one) is same


def _generic(code: str, component: str, what: str, system: str) -> GenericCode:
    return GenericCode(code, Component(component, component, system, "k"), "", what, "", "x")


@pytest.mark.parametrize(
    ("generic", "severity"),
    [
        (_generic("P0313", "misfire", "detected", "Fuel system"), Severity.WARNING),
        (_generic("P0FF0", "misfire", "detected", "Fuel system"), Severity.CRITICAL),
        (_generic("P0FF0", "engine_oil_pressure", "control_low", "Boost"), Severity.WARNING),
        (_generic("P0FF0", "engine_oil_pressure", "too_low", "Boost"), Severity.CRITICAL),
        (_generic("P0FF0", "unheard_of", "low", "Brakes"), Severity.CRITICAL),
        (_generic("P0FF0", "unheard_of", "low", "Unheard of"), Severity.WARNING),
    ],
)
def test_the_most_specific_rule_of_severity_counts(generic, severity):
    assert severity_of(generic)[0] is severity
