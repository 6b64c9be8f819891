"""How a scan is said: verdict, groups, frames, tests, readiness; never more than the car said."""

import math
from dataclasses import replace

import pytest

from cartech_desk.bay.status import ChannelStatus
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    EcuFound,
    FrameValue,
    FreezeFrame,
    Lamp,
)
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.checkup_rows import found_words, severities_of
from cartech_desk.ui.models.fault_frame import frame_rows, frames_of, now_words
from cartech_desk.ui.models.fault_list import Badge, Grouping, fault_groups
from cartech_desk.ui.models.fault_readiness import monitor_rows, readiness_words
from cartech_desk.ui.models.fault_shown import meanings_of
from cartech_desk.ui.models.fault_tests import bar_of, told_tests
from cartech_desk.ui.models.fault_words import (
    change_words,
    counter_words,
    ecu_words,
    full_code,
    verdict_of,
)
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from tests.ui.faults_double import (
    ECUS,
    ScriptedCheckups,
    ScriptedFaults,
    clean_scan,
    frame,
    make_scan,
    meaning,
    scripted_difference,
    told,
    unsure_scan,
)

METRIC = UnitSystem.METRIC


def judged(scan):
    return verdict_of(scan, meanings_of(scan, None, meaning))


def test_codes_are_counted_with_their_severities_and_the_lamp():
    verdict = judged(make_scan(codes_told=told(*ECUS)))
    assert verdict.headline == "5 fault codes"
    assert verdict.state is State.TRIP
    assert verdict.lit is True
    words = [words for _, words in verdict.counts]
    assert words == ["2 critical", "2 warnings", "1 information"]


def test_a_control_unit_that_did_not_tell_makes_the_count_a_least_one():
    verdict = judged(make_scan())
    assert verdict.headline == "At least 5 fault codes"
    assert verdict.doubts == ("TCM 7E9: pending codes are not known. It did not answer in time.",)


def test_no_fault_codes_is_said_where_every_control_unit_said_so():
    verdict = judged(clean_scan())
    assert verdict.headline == "No fault codes"
    assert verdict.state is State.CONNECTED
    assert "TCM 7E9" in verdict.told[0]


@pytest.mark.parametrize(
    "scan",
    [
        unsure_scan(),
        clean_scan(complete=False),
        clean_scan(lamps=(Lamp(0x7E8, True, 0),)),
        clean_scan(lamps=(Lamp(0x7E8, False, 2),)),
        clean_scan(codes_told=()),
        clean_scan(codes_told=(), ecus=(), lamps=()),
    ],
)
def test_no_fault_codes_is_never_said_otherwise(scan):
    verdict = judged(scan)
    assert "No fault" not in verdict.headline
    assert verdict.state is State.WARNING
    assert verdict.doubts


def test_a_lamp_that_nobody_told_is_not_known():
    assert judged(clean_scan(lamps=())).lit is None


def test_information_alone_stays_a_warning_while_the_lamp_is_lit():
    scan = make_scan(codes=(CodeFound("P0113", 0x7E8, (CodeStatus.STORED,)),))
    assert judged(scan).state is State.WARNING


def test_a_warning_of_the_scan_is_among_the_doubts():
    assert "The VIN is damaged." in judged(clean_scan(warnings=("The VIN is damaged.",))).doubts


def test_distances_are_said_in_the_shops_units():
    counters = Counters(lamp_km=100.0, lamp_min=125.0, warm_ups=3)
    said = counter_words(counters, UnitSystem.IMPERIAL)
    assert said == (
        "Driven with the lamp lit: 62 mi, 2 h 05 min.",
        "Since codes were cleared: 3 warm-ups.",
    )


def test_codes_are_grouped_the_gravest_first_and_what_is_gone_last():
    now, before = make_scan(), make_scan(codes=(CodeFound("P0420", 0x7E8, (CodeStatus.STORED,)),))
    changed = scripted_difference(before, now)
    groups = fault_groups(now, meanings_of(now, changed, meaning), changed)
    assert [group.title for group in groups] == [
        "Critical (2)",
        "Warning (2)",
        "Information (1)",
        "Gone (1)",
    ]
    assert {row.badge for row in groups[0].rows} == {Badge.NEW}
    assert groups[-1].rows[0].badge is Badge.GONE


def test_codes_are_grouped_by_control_unit():
    scan = make_scan()
    groups = fault_groups(scan, meanings_of(scan, None, meaning), None, Grouping.ECU)
    assert [group.title for group in groups] == ["ECM 7E8 (3)", "TCM 7E9 (1)", "ABS 7EA (1)"]


def test_a_changed_status_says_what_it_was():
    before = make_scan(codes=(CodeFound("P0302", 0x7E8, (CodeStatus.PENDING,)),))
    now = make_scan()
    changed = scripted_difference(before, now)
    groups = fault_groups(now, {}, changed)
    row = next(row for group in groups for row in group.rows if row.code == "P0302")
    assert row.badge is Badge.CHANGED
    assert row.status == "stored, permanent (was pending)"


def test_nothing_changed_is_said_only_of_what_was_told():
    unsure, clean = unsure_scan(), clean_scan()
    same = scripted_difference(clean, clean)
    assert change_words(same, clean) == "nothing changed"
    assert change_words(same, unsure) == "nothing changed in what was told"


def test_a_code_that_nobody_explains_counts_as_a_warning():
    scan = make_scan()
    rows = [row for group in fault_groups(scan, {}) for row in group.rows]
    assert {row.severity.value for row in rows} == {"warning"}


def test_a_code_has_the_frames_of_its_own_control_unit():
    scan = make_scan(frames=(frame("P0302"), frame("P0302", ecu=0x7E9)))
    assert [one.ecu for one in frames_of(scan, "P0302", 0x7E8)] == [0x7E8]


def test_a_frame_without_a_code_stands_beside_codes_that_have_none():
    scan = make_scan(frames=(frame("P0302"), FreezeFrame("", 0x7E8, 1)))
    assert [one.code for one in frames_of(scan, "P0113", 0x7E8)] == [""]
    assert [one.code for one in frames_of(scan, "P0302", 0x7E8)] == ["P0302"]


def test_a_code_with_failure_type_finds_the_frame_of_its_five_characters():
    scan = make_scan(frames=(frame("P0302"),))
    assert len(frames_of(scan, "P0302-1C", 0x7E8)) == 1


def test_frame_values_stand_in_the_shops_units_and_words():
    rows = {row.name: row.then for row in frame_rows(frame(), UnitSystem.IMPERIAL)}
    assert rows["temp"] == "205 °F"
    assert rows["FUELSYS1"] == "closed loop"
    assert rows["EVAP_VP"] == DASH


def status_of(value, *, stale=False, age=0.1):
    channel = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    return ChannelStatus(channel, 10, 10, value, age, stale, math.isnan(value))


def test_the_live_value_stands_in_the_unit_of_the_frame():
    row = next(row for row in frame_rows(frame(), METRIC) if row.name == "rpm")
    assert now_words(row, {"rpm": status_of(812.0)}).text == "812 rpm"
    assert now_words(row, {}).text == ""


def test_a_stale_live_value_is_a_dash_with_its_age_never_the_last_number():
    row = next(row for row in frame_rows(frame(), METRIC) if row.name == "rpm")
    said = now_words(row, {"rpm": status_of(math.nan, stale=True, age=7.0)})
    assert said.text == f"{DASH} (7 s)"
    assert said.old


def test_failed_tests_stand_first_and_those_without_a_verdict_last():
    words = [row.word for row in told_tests(make_scan(), METRIC)]
    assert words == ["failed", "failed", "passed", "passed", "passed", "no verdict"]


def test_a_value_lies_on_its_bar_between_the_limits():
    bar = bar_of(45.0, 30.0, 60.0)
    assert bar.low < bar.value < bar.high
    assert bar.value == pytest.approx(0.5)
    assert not bar.beyond


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(0.4, 0.5, None), (13.0, None, 12.0), (-950.0, -900.0, 40.0), (5.0, 3.0, 3.0)],
)
def test_a_value_outside_its_limits_lies_outside_them_on_the_bar(value, low, high):
    bar = bar_of(value, low, high)
    if low is not None and value < low:
        assert bar.value < bar.low
    else:
        assert bar.value > bar.high


def test_a_value_far_beyond_is_marked_at_the_end_of_the_bar():
    bar = bar_of(10_000.0, 0.0, 60.0)
    assert (bar.value, bar.beyond) == (1.0, 1)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(1.0, None, None), (math.nan, 0.0, 1.0), (1.0, 0.0, math.inf)],
)
def test_there_is_no_bar_without_value_or_limits(value, low, high):
    assert bar_of(value, low, high) is None


def test_monitors_that_are_not_complete_stand_first():
    rows = monitor_rows(make_scan())
    assert [row.since_clear for row in rows[:3]] == [False] * 3
    egr = next(row for row in rows if row.name == "Exhaust gas recirculation")
    assert egr.this_cycle is None


def test_readiness_is_said_in_a_line():
    said = readiness_words(make_scan())
    assert said == "3 of 8 monitors not complete since codes were cleared"
    assert readiness_words(clean_scan()) == "All 8 monitors complete since codes were cleared"
    assert readiness_words(make_scan(since_clear=())) == "Readiness not known"


def test_a_monitor_that_several_units_have_is_counted_once():
    one = make_scan().since_clear[0]
    twice = make_scan(since_clear=(one, replace(one, ecu=0x7E9)))
    assert readiness_words(twice) == readiness_words(make_scan(since_clear=(one,)))


def test_a_failure_type_that_says_nothing_is_not_shown():
    assert full_code(CodeFound("P0301", 0x7E8, (), failure_type=0)) == "P0301"
    assert full_code(CodeFound("P0301", 0x7E8, (), failure_type=0x1C)) == "P0301-1C"


def test_a_row_of_check_ups_never_says_more_than_the_car():
    faults = ScriptedFaults(ScriptedCheckups())
    for scan in (clean_scan(), unsure_scan(), make_scan(), clean_scan(complete=False)):
        faults.keep("v1", scan)
    kept = faults.checkups.list("v1")
    severities = severities_of(kept, lambda: meaning)
    words = [found_words(one, severities)[1] for one in reversed(kept)]
    assert words == ["no codes", "not known", "at least 5 codes", "not read to the end"]


@pytest.mark.parametrize(
    ("codes", "lit"),
    [
        (("P0302", "P0113"), None),
        (("P0299", "P1259"), True),
        (("P0113",), True),
        (("P0113",), None),
    ],
)
def test_a_row_of_check_ups_has_the_mark_of_the_verdict(codes, lit):
    lamps = () if lit is None else (Lamp(0x7E8, lit, len(codes)),)
    found = tuple(CodeFound(code, 0x7E8, (CodeStatus.STORED,)) for code in codes)
    scan = make_scan(codes=found, lamps=lamps)
    faults = ScriptedFaults(ScriptedCheckups())
    faults.keep("v1", scan)
    kept = faults.checkups.list("v1")
    state, _ = found_words(kept[0], severities_of(kept, lambda: meaning))
    assert state is judged(scan).state


def test_codes_that_nobody_heard_are_those_of_other_control_units():
    why = "It answered once more than it was asked."
    lost = CodesTold(0x7DF, CodeStatus.STORED, Answered.UNKNOWN, why)
    scan = clean_scan(codes_told=(*told(*ECUS), lost), warnings=(lost.sentence,))
    assert judged(scan).doubts == (f"Codes of other control units are not known. {why}",)


def test_what_a_control_unit_has_no_list_of_is_no_doubt():
    scan = clean_scan(
        codes_told=told(*ECUS, but=((0x7EA, CodeStatus.PERMANENT, Answered.UNSUPPORTED, ""),))
    )
    assert judged(scan).headline == "No fault codes"
    assert judged(replace(scan, voltage=None)).doubts == ()


def test_a_state_is_said_in_plain_words_then_and_now():
    cold = replace(frame(), values=(FrameValue("FUELSYS1", "Fuel system 1", "none", 1.0, "OL"),))
    (row,) = frame_rows(cold, METRIC)
    assert row.then == "open loop (cold)"
    assert now_words(row, {"FUELSYS1": status_of(1.0)}).text == "open loop (cold)"
    assert now_words(row, {"FUELSYS1": status_of(2.0)}).text == "closed loop"


def test_a_state_without_a_word_is_said_as_its_number():
    odd = replace(frame(), values=(FrameValue("FUELSYS1", "Fuel system 1", "none", 3.0),))
    (row,) = frame_rows(odd, METRIC)
    assert row.then == "state 3"
    assert now_words(row, {"FUELSYS1": status_of(5.0)}).text == "state 5"
    assert now_words(row, {"FUELSYS1": status_of(0.0)}).text == "off"
    own = replace(frame(), values=(FrameValue("MAKERS_OWN", "Own", "none", 1.0, "on"),))
    (row,) = frame_rows(own, METRIC)
    assert (row.then, now_words(row, {"MAKERS_OWN": status_of(0.0)}).text) == ("on", "state 0")


def test_a_control_unit_is_named_by_its_acronym():
    scan = make_scan(ecus=(EcuFound(0x7E8, "ECM-EngineControl"), EcuFound(0x7E9, "Gear-shifting")))
    assert ecu_words(scan, 0x7E8) == "ECM 7E8"
    assert ecu_words(scan, 0x7EA) == "7EA"


def test_what_is_not_known_is_said_once():
    why = "Its answer was damaged."
    said = tuple(one.sentence for one in unsure_scan().unknown)
    scan = unsure_scan(warnings=(*said, "The VIN is damaged."))
    assert judged(scan).doubts == (
        f"TCM 7E9: stored, pending and permanent codes are not known. {why}",
        "The VIN is damaged.",
    )
