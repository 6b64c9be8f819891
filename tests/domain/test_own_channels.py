import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.own_channels import (
    check_together,
    computable,
    left_out,
    own_line,
    read_own,
)
from cartech_desk.domain.sources import OwnChannel, build_catalogue

ENGINE = {0x7E8: frozenset({0x0B, 0x0C, 0x0D, 0x33})}


def tried(*own, parameters=None):
    catalogue = build_catalogue(ENGINE, parameters=parameters)
    good, sentences = computable(own, catalogue)
    build_catalogue(ENGINE, parameters=parameters, own=good)  # takes what was found good
    return [one.name for one in good], sentences


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("a = boost / 100", OwnChannel("a", "boost / 100")),
        (" a=boost/100 [bar] ", OwnChannel("a", "boost/100", unit="bar")),
        ("a = iat [°C] Intake, hot", OwnChannel("a", "iat", "Intake, hot", "degC")),
        ("a = rpm >= 3000 []  Fast", OwnChannel("a", "rpm >= 3000", "Fast")),
        ("a = 1 if rpm == 0 else 0", OwnChannel("a", "1 if rpm == 0 else 0")),
    ],
)
def test_a_line_is_read_and_written_back(line, own):
    assert read_own(line) == own
    assert read_own(own_line(own)) == own


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("boost / 100", "no channel"),
        ("a = boost /", "missing at the end"),
        ("a =", "empty"),
        ("2a = boost", "“2a” cannot be the name"),
        ("if = boost", "“if” cannot be the name"),
        ("pi = boost", "“pi” cannot be the name"),
        (f"{'a' * 61} = boost", "cannot be the name"),
        ("rpm = boost", "“rpm” is already"),
        ("a = boost [furlong]", "“furlong” is not a unit"),
        ("a = boost [] " + "x" * 121, "label"),
        ("a = boost [] x\ud83d", "label"),
    ],
)
def test_a_line_that_is_no_channel_is_refused_in_one_sentence(line, complaint):
    with pytest.raises(CarTechError, match=complaint) as caught:
        read_own(line)
    assert caught.value.to_do


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ([OwnChannel("a", "b"), OwnChannel("b", "a")], "loop: a → b → a"),
        ([OwnChannel("a", "rpm"), OwnChannel("a", "map")], "“a” is already"),
    ],
)
def test_what_no_car_can_mend_is_refused_together(own, complaint):
    with pytest.raises(CarTechError, match=complaint):
        check_together(own)
    check_together([OwnChannel("a", "b"), OwnChannel("b", "only_some_cars")])


def test_only_what_cannot_be_computed_is_left_out_and_says_why():
    names, sentences = tried(
        OwnChannel("good", "boost / 100"),
        OwnChannel("typo", "boots / 100"),
        OwnChannel("on_it", "typo * 2"),
        OwnChannel("a", "b + rpm"),
        OwnChannel("b", "a + rpm"),
        OwnChannel("behind", "a * 2"),
        OwnChannel("broken", "1 +"),
        OwnChannel("number", "1 + 1"),
        OwnChannel("furlongs", "speed", unit="furlong"),
        OwnChannel("good", "rpm"),
        OwnChannel("rpm", "map"),
        OwnChannel("also_good", "good * 2"),
    )
    assert names == ["good", "also_good"]
    for name, sentence, why in zip(
        ("typo", "on_it", "a", "b", "behind", "broken", "number", "furlongs", "good", "rpm"),
        sentences,
        ("“boots”", "“typo”", "a → b → a", "b → a → b", "loop", "missing at the end", "no channel",
         "furlong", "already", "already"),
        strict=True,
    ):  # fmt: skip
        assert sentence.startswith(left_out(name))
        assert why in sentence


def test_figures_of_the_car_may_be_used_where_they_are_known():
    wheel = OwnChannel("wheel_rpm", "speed / 3.6 / tyre_m * 60", unit="rpm")
    assert tried(wheel, parameters={"tyre_m": 1.9}) == (["wheel_rpm"], ())
    names, (sentence,) = tried(wheel)
    assert names == []
    assert "tyre_m" in sentence


_NAMES = st.sampled_from(["a", "b", "c", "d", "rpm", "boost", "stoich", "zz", "if"])
_TEXTS = st.one_of(
    st.text(max_size=20),
    st.builds("{} {} {}".format, _NAMES, st.sampled_from(["+", "/", "("]), _NAMES),
)


@given(st.lists(st.builds(OwnChannel, _NAMES, _TEXTS), max_size=8))
def test_any_set_of_them_gives_a_catalogue_and_a_sentence_on_every_other(own):
    names, sentences = tried(*own)
    assert len(names) + len(sentences) == len(own)
