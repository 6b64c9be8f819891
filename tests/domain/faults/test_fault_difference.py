"""What changed between two scans of one car."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cartech_desk.domain.faults.compare import CodeChange, difference
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    EcuFound,
    FaultScan,
    Lamp,
    Monitor,
    Readiness,
    TestResult,
)

ENGINE, GEARBOX = 0x7E8, 0x7E9
STORED, PENDING, PERMANENT = CodeStatus


def told(*exceptions, ecus=(ENGINE, GEARBOX)):
    """Every ECU told every kind, but for (ecu, kind, answered)."""
    other = {(ecu, kind): answered for ecu, kind, answered in exceptions}
    return tuple(
        CodesTold(ecu, kind, other.get((ecu, kind), Answered.TOLD))
        for ecu in ecus
        for kind in CodeStatus
    )


def scan(*codes, lost=(), **facts):
    return FaultScan(
        datetime(2026, 11, 22, 9, tzinfo=UTC),
        "sim:",
        "ELM327 v2.2",
        "CAN",
        codes=codes,
        codes_told=told(*lost),
        **facts,
    )


def code(text, *status, ecu=ENGINE, failure=None):
    return CodeFound(text, ecu, status or (STORED,), failure)


def test_nothing_changed_between_two_scans_alike():
    one = scan(code("P0299"), vin="WVWZZZ1KZ6W000001", lamps=(Lamp(ENGINE, True, 1),))
    found = difference(one, one)
    assert found.same == (code("P0299"),)
    assert (found.new, found.gone, found.changed, found.untold) == ((), (), (), ())
    assert found.sentences == ()


def test_a_code_that_was_not_there_is_new():
    found = difference(scan(), scan(code("P0299")))
    assert found.new == (code("P0299"),)
    assert found.sentences == ()


def test_a_code_is_gone_where_its_ecu_told_its_list():
    assert difference(scan(code("P0299")), scan()).gone == (code("P0299"),)


@pytest.mark.parametrize("answered", [Answered.UNKNOWN, Answered.UNSUPPORTED])
def test_a_code_is_never_gone_where_its_list_was_not_told(answered):
    found = difference(scan(code("P0299")), scan(lost=[(ENGINE, STORED, answered)]))
    assert found.gone == ()
    assert found.untold == (code("P0299"),)


def test_a_code_of_an_ecu_that_does_not_answer_any_more_is_untold():
    now = replace(scan(), codes_told=told(ecus=(ENGINE,)))
    assert difference(scan(code("U0100", ecu=GEARBOX)), now).untold


def test_a_code_with_two_statuses_is_gone_only_where_both_lists_were_told():
    before = scan(code("P0299", STORED, PERMANENT))
    assert difference(before, scan(lost=[(ENGINE, PERMANENT, Answered.UNKNOWN)])).untold
    assert difference(before, scan()).gone


def test_the_same_code_in_another_ecu_is_another_one():
    found = difference(scan(code("U0100")), scan(code("U0100", ecu=GEARBOX)))
    assert [one.ecu for one in found.new] == [GEARBOX]
    assert [one.ecu for one in found.gone] == [ENGINE]


def test_the_same_code_with_another_failure_type_is_another_one():
    found = difference(scan(code("P0299", failure=0x1C)), scan(code("P0299", failure=0x62)))
    assert len(found.new) == len(found.gone) == 1


def test_another_status_is_a_change():
    before, now = code("P0299", PENDING), code("P0299", STORED, PENDING)
    assert difference(scan(before), scan(now)).changed == (CodeChange(before, now),)


def test_a_status_that_was_only_not_told_is_no_change():
    before, now = code("P0299", STORED, PENDING), code("P0299", STORED)
    found = difference(scan(before), scan(now, lost=[(ENGINE, PENDING, Answered.UNKNOWN)]))
    assert found.changed == ()
    assert found.same == (now,)
    back = difference(scan(now, lost=[(ENGINE, PENDING, Answered.UNKNOWN)]), scan(before))
    assert back.changed == ()


def test_a_code_of_an_ecu_that_told_nothing_last_time_is_doubted_once_and_not_new():
    found = difference(scan(lost=[(ENGINE, STORED, Answered.UNKNOWN)]), scan(code("P0299")))
    assert not found.new
    assert [one.code for one in found.doubted] == ["P0299"]
    (sentence,) = (one for one in found.sentences if "P0299 (ECU 7E8)" in one)
    assert "not known" in sentence


def test_the_lamp_is_told_where_it_changed():
    lit, dark = scan(lamps=(Lamp(ENGINE, True, 1),)), scan(lamps=(Lamp(ENGINE, False, 0),))
    assert difference(dark, lit).sentences == (
        "The malfunction lamp is on now; last time it was off.",
    )
    assert difference(lit, dark).sentences == (
        "The malfunction lamp is off now; last time it was on.",
    )
    assert "does not tell" in difference(lit, scan()).sentences[0]


def readiness(complete, *ecus):
    monitors = (Monitor("catalyst", "Catalyst", complete), Monitor("evap", "EVAP system", True))
    return tuple(Readiness(ecu, False, monitors) for ecu in ecus or (ENGINE,))


def test_monitors_that_became_incomplete_or_complete_are_told():
    ready, open_ = scan(since_clear=readiness(True)), scan(since_clear=readiness(False))
    assert difference(ready, open_).sentences == (
        "No longer complete since codes were cleared: Catalyst.",
    )
    assert difference(open_, ready).sentences == ("Complete now: Catalyst.",)


def test_monitors_of_several_ecus_are_told_apart():
    ready = scan(since_clear=readiness(True, ENGINE, GEARBOX))
    open_ = scan(since_clear=readiness(False, ENGINE, GEARBOX))
    assert "Catalyst (ECU 7E8), Catalyst (ECU 7E9)" in difference(ready, open_).sentences[0]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (Counters(cleared_km=812.0), Counters(cleared_km=3.0), "3 km ago; last time it was 812 km"),
        (Counters(warm_ups=40), Counters(warm_ups=2), "2 warm-ups ago"),
        (Counters(cleared_min=90.0), Counters(cleared_min=5.0), "5 min ago"),
    ],
)
def test_codes_cleared_in_between_are_told(before, now, words):
    assert words in difference(scan(counters=before), scan(counters=now)).sentences[0]


def test_a_counter_that_grew_says_nothing():
    before, now = scan(counters=Counters(cleared_km=3.0)), scan(counters=Counters(cleared_km=9.0))
    assert difference(before, now).sentences == ()


def ecu(*, ids=("8P0907115H  0020",), cvns=("16F4019A",)):
    return EcuFound(ENGINE, "ECM", ids, cvns)


def test_another_calibration_is_told():
    found = difference(scan(ecus=(ecu(),)), scan(ecus=(ecu(ids=("OTHER",), cvns=("1",)),)))
    assert found.sentences == (
        "The software of ECU 7E8 (ECM) is another one: calibration OTHER, last time "
        "8P0907115H  0020.",
    )


def test_another_verification_number_of_the_same_calibration_is_told():
    found = difference(scan(ecus=(ecu(),)), scan(ecus=(ecu(cvns=("DEADBEEF",)),)))
    assert "was changed" in found.sentences[0]
    assert "calibration id is the same" in found.sentences[0]


def test_a_calibration_that_was_not_told_is_no_other_one():
    assert difference(scan(ecus=(ecu(),)), scan(ecus=(ecu(ids=(), cvns=()),))).sentences == ()


def test_an_ecu_that_came_or_went_is_told():
    one, two = scan(ecus=(ecu(),)), scan(ecus=(ecu(), EcuFound(GEARBOX, "TCM")))
    assert difference(two, one).sentences == ("ECU 7E9 (TCM) answered last time and does not now.",)
    assert difference(one, two).sentences == ("ECU 7E9 (TCM) answers now and did not last time.",)


def result(passed):
    return TestResult(
        ENGINE, 0x21, 0x80, "Catalyst, bank 1", "Storage", "ratio", 1.0, None, None, passed
    )


def test_a_test_that_began_to_fail_is_told():
    for before in ((result(True),), (result(None),)):
        found = difference(scan(tests=before), scan(tests=(result(False),)))
        assert found.failing == (result(False),)
        assert found.sentences == ("Began to fail: Catalyst, bank 1, Storage (ECU 7E8).",)


def test_without_any_tests_last_time_none_began_to_fail():
    found = difference(scan(), scan(tests=(result(False),)))
    assert not found.failing
    assert not found.sentences


def test_a_test_that_passes_again_is_mended():
    found = difference(scan(tests=(result(False),)), scan(tests=(result(True),)))
    assert found.mended == (result(True),)
    assert found.failing == ()


def test_a_test_that_still_fails_is_no_news():
    one = scan(tests=(result(False),))
    assert difference(one, one).failing == ()


def test_another_vin_is_told_first():
    found = difference(scan(vin="WVWZZZ1KZ6W000001"), scan(vin="1HGCM82633A004352"))
    assert found.sentences[0].startswith("The VIN is another one: 1HGCM82633A004352")
