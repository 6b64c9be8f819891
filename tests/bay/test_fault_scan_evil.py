"""Scans of the built-in car with control units that answer wrongly: told, and never "no faults"."""

import pytest

from cartech_desk.domain.faults.found import Answered, CodeStatus
from tests.bay.test_fault_scan_simulated import (
    ENGINE,
    GEARBOX,
    LONG,
    over_can,
    over_elm,
    scanned,
)

__all__ = ["scanned"]

STORED, PENDING, PERMANENT = CodeStatus
WAYS = pytest.mark.parametrize("way", [over_elm, pytest.param(over_can, marks=LONG)])
OTHER_WAYS = [
    pytest.param(over_can, "obd", marks=LONG),
    pytest.param(over_can, "uds", marks=LONG),
]
ALL_WAYS = pytest.mark.parametrize(
    ("way", "speaks"),
    [(over_elm, "obd"), pytest.param(over_elm, "uds", marks=LONG), *OTHER_WAYS],
)
PATIENT = 1.3
"""Seconds that an ECU may ask for time here, so that a test need not wait for twelve."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A busy test machine is no slow ECU."""
    monkeypatch.setattr("cartech_desk.hardware.can.patience.FLOOR_S", 0.15)


def told(found, ecu, kind):
    (one,) = [one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind)]
    return one


def options(speaks, **more):
    return {"faults": "misfire", **more, **({"speaks": "uds"} if speaks == "uds" else {})}


@ALL_WAYS
@pytest.mark.parametrize("kind", ["wrong_count", pytest.param("anothers_data", marks=LONG)])
def test_lists_of_another_request_or_of_another_length_are_not_known(scanned, way, speaks, kind):
    found = scanned(way, **options(speaks, evil=f"{kind}:gearbox"))
    one = told(found, GEARBOX, STORED)
    assert one.answered is Answered.UNKNOWN
    assert one.why
    assert {code.code for code in found.codes} == {"P0301"}
    assert not found.clean


@LONG  # the command line's own test holds it in the normal run
@pytest.mark.parametrize("way", [over_elm, over_can])
@pytest.mark.parametrize("speaks", ["obd", "uds"])
def test_an_ecu_without_codes_that_counts_one_is_not_clean(scanned, way, speaks):
    found = scanned(way, **(options(speaks, evil="contradicts:engine") | {"faults": ""}))
    assert found.codes == ()
    assert told(found, ENGINE, STORED).answered is Answered.UNKNOWN
    assert not found.clean


@ALL_WAYS
def test_forty_codes_are_all_told(scanned, way, speaks):
    found = scanned(way, **options(speaks, evil="many_codes:engine"))
    assert len([one for one in found.codes if STORED in one.status]) == 41
    assert found.unknown == ()
    assert found.complete


@ALL_WAYS
def test_forty_codes_over_broken_frames_are_not_known(scanned, way, speaks):
    found = scanned(way, **options(speaks, evil="many_codes:engine,broken_frames:engine"))
    assert told(found, ENGINE, STORED).answered is Answered.UNKNOWN
    assert told(found, GEARBOX, STORED).answered is Answered.TOLD
    assert not found.clean


@WAYS
def test_a_frame_that_comes_broken_when_packed_is_read_pair_by_pair(scanned, way):
    found = scanned(way, **options("obd", evil="broken_frames:engine"))
    assert found.frames[0].code == "P0301"
    assert {value.name for value in found.frames[0].values} >= {"rpm", "speed", "temp"}


@ALL_WAYS
def test_a_mute_ecu_is_not_one_without_codes(scanned, way, speaks):
    found = scanned(way, **options(speaks, evil="mute:gearbox") | {"faults": ""})
    assert told(found, GEARBOX, STORED).answered is Answered.UNKNOWN
    assert told(found, ENGINE, STORED).answered is Answered.TOLD
    assert not found.clean


@ALL_WAYS
def test_an_ecu_that_asks_for_time_for_ever_ends_and_the_others_are_read(
    scanned, way, speaks, monkeypatch
):
    for where in ("elm.asking", "elm.hearing_out", "can.exchange"):
        monkeypatch.setattr(f"cartech_desk.hardware.{where}.MOST_PENDING_S", PATIENT)
        monkeypatch.setattr(f"cartech_desk.hardware.{where}.P2_STAR_S", 0.7)
    monkeypatch.setattr("cartech_desk.hardware.elm.conversation._CHATTER_S", 0.3)
    monkeypatch.setattr("cartech_desk.hardware.sim.evil.AGAIN_S", 0.2)
    monkeypatch.setattr("cartech_desk.bay.fault_scan_asking.ENDLESS_S", 0.9)
    found = scanned(way, **options(speaks, evil="pending_forever:gearbox"))
    assert found.seconds < 5 * PATIENT, "it is waited for once"
    assert {code.code for code in found.codes} == {"P0301"}
    assert told(found, GEARBOX, STORED).answered is Answered.UNKNOWN
    assert told(found, GEARBOX, PERMANENT).answered is Answered.UNKNOWN
    assert told(found, ENGINE, PERMANENT).answered is Answered.TOLD
    assert any("7E9" in text and "for ever" in text for text in found.warnings)
    assert found.tests


@LONG
@pytest.mark.parametrize("way", [over_elm, over_can])
@pytest.mark.parametrize("speaks", ["obd", "uds"])
@pytest.mark.parametrize("after", [30, 45])
def test_a_car_that_is_switched_off_in_the_middle_keeps_what_was_read(scanned, way, speaks, after):
    found = scanned(way, **options(speaks, off_after_requests=str(after)))
    assert not found.clean
    assert found.complete == (found.tests != () and "fell silent" not in " ".join(found.warnings))
    if not found.complete:
        assert any("fell silent" in text for text in found.warnings)


def test_a_wire_that_drops_in_the_middle_keeps_what_was_read(scanned):
    found = scanned(over_elm, **options("obd", drop_after_requests="26"))
    assert not found.complete
    assert not found.clean
    assert any("connection was lost" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("vin", "kept", "why"),
    [
        ("1M8GDM9A1KP042788", True, "check digit"),
        ("zeros", False, "never told"),
        pytest.param("short", False, "VIN", marks=LONG),
        ("nulls", False, "VIN"),
    ],
)
def test_a_vin_that_cannot_be_right_is_said(scanned, vin, kept, why):
    found = scanned(over_elm, vin=vin)
    assert (found.vin is not None) == kept
    assert any(why in text for text in found.warnings)
    assert all(text.isprintable() for text in found.warnings), "zero bytes are shown in figures"
