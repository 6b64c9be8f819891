"""What is recommended after a modification, from the table of rules."""

from datetime import date

import pytest

from cartech_desk.domain.fuels import fuels
from cartech_desk.domain.vehicles.recommendations import (
    recommendations_for,
    recommendations_of,
    rules,
)
from cartech_desk.domain.vehicles.record import Modification, ModificationType


def fitted(type_: ModificationType, **more: object) -> Modification:
    return Modification(id=type_.value, type=type_, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("type_", ModificationType)
def test_every_type_has_something_to_see_to(type_: ModificationType) -> None:
    assert recommendations_for(fitted(type_))


def test_every_rule_says_what_and_why() -> None:
    for rule in rules():
        assert rule.says.what.endswith(".")
        assert len(rule.says.reason) > 20


def test_every_fuel_of_a_rule_is_known() -> None:
    assert {fuel for rule in rules() for fuel in rule.fuels | rule.no_fuels} <= set(fuels())


def test_a_figure_stands_only_with_its_channel() -> None:
    for rule in rules():
        if rule.says.above is not None or rule.says.below is not None:
            assert rule.says.channel


def test_a_larger_turbo_asks_for_limits_and_for_the_fuel_system() -> None:
    found = recommendations_for(fitted(ModificationType.TURBO), fuel="petrol")
    limits = {one.channel: one.above for one in found if one.kind == "limit"}
    assert limits == {"boost": None, "lambda": 0.88, "knock": 3.0, "egt": 950.0}
    assert {"turbo.injectors", "turbo.pump"} <= {one.rule for one in found}


def test_the_urgent_stand_first() -> None:
    found = [one.urgent for one in recommendations_for(fitted(ModificationType.TURBO))]
    assert found == sorted(found, reverse=True)


def test_what_was_fitted_too_is_not_asked_for() -> None:
    both = [fitted(ModificationType.TURBO), fitted(ModificationType.INJECTORS)]
    found = {one.rule for one in recommendations_for(both[0], both)}
    assert "turbo.injectors" not in found


def test_what_was_taken_off_counts_no_more() -> None:
    off = fitted(ModificationType.TURBO, removed=date(2026, 1, 5))
    assert recommendations_of([off]) == ()
    exhaust = fitted(ModificationType.EXHAUST)
    assert "exhaust.boost" not in {one.rule for one in recommendations_for(exhaust, [off])}


def test_a_diesel_has_its_own_exhaust_limit_and_no_lean_limit() -> None:
    found = recommendations_for(fitted(ModificationType.TURBO), fuel="diesel")
    assert {one.above for one in found if one.channel == "egt"} == {800.0}
    assert not [one for one in found if one.channel == "lambda"]


LIMITS = ("lambda", "knock")


def edges(types: list[ModificationType], fuel: str, channel: str) -> dict[str, float | None]:
    found = recommendations_of([fitted(type_) for type_ in types], fuel)
    return {one.when: one.above for one in found if one.channel == channel and one.kind == "limit"}


def test_limits_of_other_conditions_stand_beside_each_other() -> None:
    types = [ModificationType.TURBO, ModificationType.NITROUS, ModificationType.INJECTORS]
    assert edges(types, "petrol", "lambda") == {"boost": 0.88, "nitrous": 0.85, "load": 0.88}
    assert edges(types, "petrol", "knock") == {"boost": 3.0, "nitrous": 2.0}


def test_of_several_edges_on_one_condition_one_stands() -> None:
    both = [fitted(ModificationType.TURBO), fitted(ModificationType.SUPERCHARGER)]
    found = recommendations_of(both, "petrol")
    lean = [one for one in found if one.channel == "lambda" and one.kind == "limit"]
    assert [(one.when, one.above) for one in lean] == [("boost", 0.88)]


def test_another_fuel_brings_its_lean_and_its_knock_limit() -> None:
    found = recommendations_for(fitted(ModificationType.FUEL), fuel="E85")
    limits = {one.channel: one.above for one in found if one.kind == "limit"}
    assert limits == {"lambda": 0.88, "knock": 3.0}
    assert all(one.urgent for one in found if one.kind == "limit")


def test_e85_takes_about_four_tenths_more_than_petrol() -> None:
    volume = 14.7 / 9.8 * 0.745 / 0.781
    assert volume == pytest.approx(1.43, abs=0.01)
    (told,) = [rule.says.reason for rule in rules() if rule.says.rule == "fuel.map"]
    assert "about 40 %" in told


@pytest.mark.parametrize("type_", ModificationType)
def test_a_diesel_gets_no_advice_for_a_spark(type_: ModificationType) -> None:
    all_boosted = [fitted(type_), fitted(ModificationType.TURBO)]
    for one in recommendations_for(fitted(type_), all_boosted, "diesel"):
        assert one.kind != "limit" or one.channel not in LIMITS, one.rule
        assert one.channel != "injector_duty", one.rule
        assert "timing" not in f"{one.what} {one.reason}" or type_ in SPARKLESS, one.rule
        assert "plugs' gap" not in one.what, one.rule
    assert recommendations_for(fitted(type_), (), "diesel")


SPARKLESS = (ModificationType.CAMSHAFT, ModificationType.FUEL)
"""Timing of valves; and what another fuel asks of an engine whose fuel is not changed yet."""


def test_nitrous_asks_for_the_fuel_system_before_the_next_pull() -> None:
    found = recommendations_for(fitted(ModificationType.NITROUS), fuel="petrol")
    urgent = {one.rule for one in found if one.urgent}
    assert {"nitrous.pressure", "nitrous.injectors"} <= urgent


@pytest.mark.parametrize("type_", [ModificationType.ECU, ModificationType.INJECTORS])
def test_a_car_with_boost_from_its_maker_gets_the_limit_for_boost(
    type_: ModificationType,
) -> None:
    found = recommendations_for(fitted(type_), fuel="petrol")
    (lean,) = [one for one in found if one.channel == "lambda"]
    assert lean.above == 0.88
    assert "0.90" in lean.what
