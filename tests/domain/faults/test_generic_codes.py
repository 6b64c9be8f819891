"""The tables of generic codes: covered, unique, whole, and right where everybody knows them."""

import re
from collections import Counter, defaultdict

import pytest

from cartech_desk.domain.faults.code import Origin, parse_code
from cartech_desk.domain.faults.failure_types import failure_types, failure_words
from cartech_desk.domain.faults.generic import generic_table
from cartech_desk.domain.faults.meaning import Severity, generic_codes
from cartech_desk.domain.faults.notes import notes
from cartech_desk.domain.faults.severity import severity_rules


def test_at_least_2500_generic_codes_are_covered_in_every_family():
    families = Counter(code[:2] for code in generic_codes())
    assert sum(families.values()) >= 2500
    assert set(families) == {"P0", "P2", "P3", "U0", "U3", "B0", "C0"}
    assert families["P0"] >= 1500


def test_every_covered_code_is_generic():
    assert all(parse_code(code).origin is Origin.GENERIC for code in generic_codes())


def test_no_text_stands_for_two_codes():
    codes = defaultdict(list)
    for code, meaning in generic_codes().items():
        codes[meaning.description.casefold()].append(code)
    assert not [some for some in codes.values() if len(some) > 1]


def test_every_code_has_system_severity_with_reason_causes_and_checks():
    for code, meaning in generic_codes().items():
        assert meaning.code.text == code
        assert meaning.known
        assert meaning.system
        assert isinstance(meaning.severity, Severity)
        assert re.fullmatch(r"[A-Z].{15,118}\.", meaning.severity_reason), code
        assert meaning.causes, code
        assert meaning.checks, code


def test_texts_are_made_for_a_reader():
    for code, meaning in generic_codes().items():
        assert re.match(r"[A-Z0-9]", meaning.description), code
        for text in (meaning.description, meaning.note, *meaning.causes, *meaning.checks):
            assert len(text) <= 120, f"{code}: {text}"
            assert not re.search(r"[{}_@]|  | ,|\bx\b", text), f"{code}: {text}"


def test_every_system_has_a_severity_of_its_own():
    told = {rule.system for rule in severity_rules() if not rule.components and not rule.first}
    assert {generic.component.system for generic in generic_table().values()} <= told


def test_every_severity_rule_fits_a_code():
    codes = generic_table().values()
    idle = [
        rule
        for rule in severity_rules()
        if rule.system or rule.components or rule.whats or rule.first
        if not any(rule.fits(code) for code in codes)
    ]
    assert not [rule for rule in idle if rule.components or rule.first]


# Some words of each text, in any order: what nobody in the trade disputes.
KNOWN = {
    "P0011": "camshaft a bank 1 advanced",
    "P0016": "crankshaft camshaft bank 1 sensor a",
    "P0030": "oxygen sensor heater bank 1 sensor 1",
    "P0087": "fuel rail pressure too low",
    "P0101": "air flow",
    "P0106": "manifold pressure",
    "P0113": "intake air temperature high",
    "P0118": "coolant temperature high",
    "P0121": "throttle pedal a",
    "P0128": "thermostat",
    "P0131": "oxygen sensor bank 1 sensor 1 low",
    "P0136": "oxygen sensor bank 1 sensor 2",
    "P0141": "oxygen sensor heater bank 1 sensor 2",
    "P0171": "lean bank 1",
    "P0172": "rich bank 1",
    "P0174": "lean bank 2",
    "P0201": "injector cylinder 1",
    "P0217": "coolant",
    "P0234": "overboost",
    "P0299": "underboost",
    "P0300": "misfire several",
    "P0301": "misfire cylinder 1",
    "P0308": "misfire cylinder 8",
    "P0312": "misfire cylinder 12",
    "P0325": "knock sensor 1",
    "P0335": "crankshaft position sensor",
    "P0340": "camshaft position sensor a bank 1",
    "P0351": "ignition coil a",
    "P0401": "egr flow low",
    "P0411": "secondary air flow",
    "P0420": "catalyst bank 1 efficiency",
    "P0430": "catalyst bank 2 efficiency",
    "P0442": "evap small leak",
    "P0455": "evap large leak",
    "P0456": "evap very small leak",
    "P0500": "vehicle speed sensor",
    "P0506": "idle low",
    "P0507": "idle high",
    "P0524": "oil pressure low",
    "P0562": "system voltage low",
    "P0601": "memory checksum",
    "P0606": "processor",
    "P0700": "gearbox lamp",
    "P0715": "gearbox input speed",
    "P0720": "gearbox output speed",
    "P0741": "torque converter lock-up clutch",
    "P0750": "shift solenoid a",
    "P0A0F": "engine did not start",
    "P0A7F": "traction battery",
    "P0A80": "traction battery replaced",
    "P0AA6": "isolation",
    "P2002": "particulate filter efficiency bank 1",
    "P2096": "lean bank 1",
    "P2135": "throttle pedal a b agree",
    "P2138": "throttle pedal d e agree",
    "P2195": "oxygen sensor lean bank 1 sensor 1",
    "P2263": "boost",
    "P2463": "particulate filter soot",
    "U0001": "can high-speed",
    "U0073": "bus off",
    "U0100": "engine control unit",
    "U0101": "gearbox control unit",
    "U0121": "abs",
    "U0140": "body control",
    "U0155": "instrument",
}


@pytest.mark.parametrize(("code", "words"), KNOWN.items())
def test_well_known_codes_say_what_everybody_knows(code, words):
    text = generic_codes()[code].description.casefold()
    missing = [word for word in words.split() if not re.search(rf"\b{re.escape(word)}", text)]
    assert not missing, text


CRITICAL = {
    "P0217": "overheats",
    "P0524": "oil",
    "P0298": "oil",
    "P0234": "pistons",
    "P0300": "catalyst",
    "P0304": "catalyst",
    "P0016": "valves",
    "P0121": "pedal",
    "P2135": "pedal",
    "P0571": "brake",
    "P0093": "fire",
    "P0AA6": "danger to life",
    "B0001": "airbag",
    "C0010": "brake",
    "U0121": "brake",
    "P0AFB": "do not charge",
    "P0B26": "do not charge",
    "P0CA4": "do not charge",
    "P0DE6": "do not charge",
    "P0563": "voltage",
    "P2504": "voltage",
    "P0322": "engine stops",
    "P0335": "engine stops",
    "P0218": "fluid",
    "U0001": "bus",
    "U0073": "bus",
}


@pytest.mark.parametrize(("code", "word"), CRITICAL.items())
def test_what_endangers_people_or_the_engine_is_critical_and_says_why(code, word):
    meaning = generic_codes()[code]
    assert meaning.severity is Severity.CRITICAL
    assert word in meaning.severity_reason.casefold()


@pytest.mark.parametrize("code", ["P0442", "P0530", "P0565", "P0460", "P0128"])
def test_what_only_costs_comfort_is_information(code):
    assert generic_codes()[code].severity is Severity.INFORMATION


def test_the_freeze_frame_is_read_only_where_engine_or_gearbox_has_one():
    without = {"Restraints", "Traction battery", "High-voltage system", "Charging"}
    for code, meaning in generic_codes().items():
        if code[0] != "P" or meaning.system in without:
            assert not any("freeze frame" in check for check in meaning.checks), code


def test_too_high_a_voltage_is_no_weak_battery():
    for code in ("P0563", "P2504"):
        meaning = generic_codes()[code]
        assert any("egulator" in cause for cause in meaning.causes)
        assert not any("weak" in cause.casefold() for cause in meaning.causes)
    assert generic_codes()["P0563"].severity_reason == generic_codes()["P2504"].severity_reason


# What would be silly to advise of a code.
SILLY = {
    "P20EE": "misfire",
    "P2002": "cleaning drive",
    "P0600": "mechanical",
    "P029D": "swap",
    "C0010": "watch what it moves",
    "P0480": "while watching",
    "P05BB": "wear",
}


@pytest.mark.parametrize(("code", "word"), SILLY.items())
def test_nothing_silly_is_advised(code, word):
    meaning = generic_codes()[code]
    assert not any(word in text.casefold() for text in (*meaning.causes, *meaning.checks))


def test_too_little_vacuum_is_looked_for_at_hose_and_pump():
    told = " ".join([*generic_codes()["P050F"].causes, *generic_codes()["P050F"].checks])
    assert "hose" in told
    assert "pump" in told


@pytest.mark.parametrize("code", ["C0035", "C0040", "C0041", "C0045", "C0046"])
def test_what_older_cars_mean_by_a_code_is_a_note_and_no_part_of_its_text(code):
    meaning = generic_codes()[code]
    assert "General Motors" in meaning.note
    assert "(" not in meaning.description


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("P077F", "Reverse gear 2: wrong ratio"),
        ("P0218", "Gearbox fluid: temperature too high"),
        ("C0046", "Brake pressure sensors A and B: fault"),
    ],
)
def test_a_text_names_the_part_that_is_meant(code, text):
    assert generic_codes()[code].description == text


def test_every_note_is_on_a_code_that_is_known():
    assert set(notes()) <= set(generic_codes())


def test_severities_are_not_all_alike():
    shares = Counter(meaning.severity for meaning in generic_codes().values())
    assert all(shares[severity] >= 100 for severity in Severity)
    assert shares[Severity.CRITICAL] < 0.3 * sum(shares.values())


def test_failure_types_are_said_in_words_and_unknown_ones_as_they_are():
    assert failure_words(None) == ""
    assert "ground" in failure_words(0x11)
    assert "open" in failure_words(0x13)
    assert failure_words(0x1C) == "voltage out of range"
    assert failure_words(0x87) == "message missing"
    assert "F3" in failure_words(0xF3)
    assert len(set(failure_types().values())) == len(failure_types())
