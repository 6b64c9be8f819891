"""Names and VINs that a slip of the hand may part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from cartech_desk.domain.vehicles.likeness import like_names, like_vins, slips_between


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jürgen Müller", "Jurgen Muller"),
        ("Peter Schmidt", "Schmidt, Peter"),
        ("Peter Schmidt", "Peter Schmitd"),
        ("Maier", "Meier"),
    ],
)
def test_names_with_a_slip_are_like_each_other(one: str, other: str) -> None:
    assert like_names(one, other)


@pytest.mark.parametrize(("one", "other"), [("Tim", "Tom"), ("Anna Berg", "Hanna Burger")])
def test_other_names_are_not(one: str, other: str) -> None:
    assert not like_names(one, other)


def test_vins_that_differ_by_one_character_are_like_each_other() -> None:
    assert like_vins("WVWZZZ1JZXW000001", "WVWZZZ1JZXW000002")
    assert like_vins("WVWZZZ1JZXW000012", "WVWZZZ1JZXW000021")
    assert not like_vins("WVWZZZ1JZXW000012", "WVWZZZ1JZXW000343")
    assert not like_vins("WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001")


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 4))
def test_slips_are_those_of_optimal_string_alignment(one: str, other: str, most: int) -> None:
    assert slips_between(one, other, most) == min(OSA.distance(one, other), most + 1)
