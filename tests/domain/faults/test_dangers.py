"""What is advised of parts that hurt people: their own rows, and the warning first."""

import re

import pytest

from cartech_desk.domain.faults.advice import advice_rows
from cartech_desk.domain.faults.dangers import danger_of, dangers
from cartech_desk.domain.faults.generic import generic_table
from cartech_desk.domain.faults.meaning import Severity, generic_codes

HIGH_VOLTAGE = "High voltage: only people trained for it; make it safe first"
BATTERY_OFF = "Battery off and wait as the maker says before any plug is touched"


def codes_of(name):
    table = generic_table()
    found = []
    for code, generic in table.items():
        danger = danger_of(generic)
        if danger is not None and danger.name == name:
            found.append(code)
    return found


def test_every_code_of_the_high_voltage_systems_is_one_of_high_voltage():
    systems = {"Electric drive", "Traction battery", "High-voltage system", "Charging"}
    of_systems = {c for c, one in generic_table().items() if one.component.system in systems}
    assert len(of_systems) > 1000
    assert of_systems <= set(codes_of("high_voltage"))


@pytest.mark.parametrize(
    "code",
    ["P0D68", "P0D70", "P0EA8", "P0EC6", "P01E8", "P0B00", "P0C20", "P0A3B", "P0A1A", "U0293",
     "U0298", "P0A0D", "P0AA1", "P0ABD", "P0C0B", "P0D17"],
)  # fmt: skip
def test_high_voltage_beside_those_systems_is_known_too(code):
    assert code in codes_of("high_voltage")


def test_of_high_voltage_the_first_check_is_that_only_trained_people_may_do_it():
    for code in codes_of("high_voltage"):
        assert generic_codes()[code].checks[0] == HIGH_VOLTAGE, code


def test_nobody_is_told_to_lay_hands_on_high_voltage():
    hands = re.compile(
        r"\b(bridge|unplug|swap|move|tap|feel|clean|turn)\b|across its contacts|by hand",
        re.IGNORECASE,
    )
    for code in codes_of("high_voltage"):
        for check in generic_codes()[code].checks:
            assert not hands.search(check), f"{code}: {check}"
            assert "trained" in check or not re.search("measure", check, re.IGNORECASE), (
                f"{code}: {check}"
            )


def test_every_restraint_code_asks_first_for_the_battery_off():
    of_system = {c for c, one in generic_table().items() if one.component.system == "Restraints"}
    units = {"U0151", "U0152", "U0153", "U0154", "U0170"}
    assert of_system | units <= set(codes_of("restraints"))
    for code in codes_of("restraints"):
        assert generic_codes()[code].checks[0] == BATTERY_OFF, code


def test_nobody_is_told_to_try_out_airbags():
    for code in codes_of("restraints"):
        for check in generic_codes()[code].checks:
            assert not re.search(
                r"\b(unplug|bridge|swap|at its plug|move)\b", check, re.IGNORECASE
            ), check


def test_fired_restraints_are_replaced_and_no_wear_is_blamed():
    meaning = generic_codes()["P05BB"]
    assert not [
        cause for cause in meaning.causes if re.search("wear|leak|block", cause, re.IGNORECASE)
    ]
    assert any("replaced" in check for check in meaning.checks)


def test_where_units_are_unplugged_in_turn_airbags_and_high_voltage_are_excepted():
    unplugging = [
        check
        for meaning in generic_codes().values()
        for check in meaning.checks
        if re.search("unplug control units", check, re.IGNORECASE)
    ]
    assert unplugging
    assert all("never those of airbags or high voltage" in check for check in unplugging)


@pytest.mark.parametrize(
    "code", ["P0087", "P0088", "P0093", "P0094", "P0190", "P0193", "P01BE", "P2283"]
)
def test_the_rail_is_never_opened_nor_measured_by_hand(code):
    checks = generic_codes()[code].checks
    assert "never open it or feel for leaks" in checks[0]
    for check in checks[1:]:
        assert not re.search("pressuri", check, re.IGNORECASE)
        assert "gauge" not in check or "low-pressure side only" in check


@pytest.mark.parametrize(
    ("code", "word"),
    [("C0044", "open no line"), ("P0530", "Refrigerant"), ("P01A3", "Gas"), ("P0480", "by itself")],
)
def test_other_dangers_are_told_first(code, word):
    assert word in generic_codes()[code].checks[0]
    assert not any(
        "gauge" in check and "tank" not in check for check in generic_codes()[code].checks
    )


@pytest.mark.parametrize("code", ["P0520", "P0521", "P0522", "P0523", "P0524", "P055A", "P055C"])
def test_of_oil_pressure_the_engine_is_stopped_and_the_level_checked_first(code):
    checks = generic_codes()[code].checks
    assert checks[0] == "Stop the engine; check the oil level"
    assert "mechanical gauge before it runs again" in checks[1]
    assert not any("nplug" in check for check in checks)


@pytest.mark.parametrize("code", ["P0522", "P055C"])
def test_oil_pressure_that_reads_too_low_counts_as_missing(code):
    assert generic_codes()[code].severity is Severity.CRITICAL


def test_every_danger_has_rows_and_every_row_a_danger():
    named = {danger.name for danger in dangers()}
    rows = {
        whom.removeprefix("danger:").split("/")[0]
        for whom, _group in advice_rows()
        if whom.startswith("danger:")
    }
    assert rows == named


def test_every_part_that_a_danger_names_is_there():
    parts = {generic.component.key for generic in generic_table().values()}
    systems = {generic.component.system for generic in generic_table().values()}
    for danger in dangers():
        assert danger.systems <= systems, danger.name
        assert danger.components <= parts, danger.components - parts
        for beginning in danger.beginnings:
            assert any(part.startswith(beginning) for part in parts), beginning
        assert danger.codes <= set(generic_table()), danger.name


def test_every_advice_is_for_a_part_kind_or_code_that_is_there():
    table = generic_table()
    parts = {generic.component.key for generic in table.values()}
    kinds = {generic.component.kind for generic in table.values()}
    for whom, _group in advice_rows():
        sort, _, name = whom.partition(":")
        if sort == "component":
            assert name in parts, whom
        elif sort == "kind":
            assert name in kinds, whom
        elif sort == "code":
            assert name in table, whom
