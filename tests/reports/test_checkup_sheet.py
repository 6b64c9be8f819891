"""The check-up's sheet: what stands on it, that it fits, that it says no more than is known."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cartech_desk.domain.faults.code import Code
from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    EcuFound,
    FaultScan,
    FrameValue,
    FreezeFrame,
    Lamp,
    Monitor,
    Readiness,
    TestResult,
)
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.vin import check_vin
from cartech_desk.reports.checkup_sheet import MOST_PAGES, CheckupSheet, draw_checkup
from cartech_desk.reports.checkup_signs import COLORS, Sign
from cartech_desk.reports.checkup_words import doubts_of
from cartech_desk.reports.drawing import Area, Text
from cartech_desk.reports.drawing_pdf import pdf_of
from cartech_desk.reports.dyno_sheet import Paper
from tests.domain.faults.scans import SCANS

ENGINE, GEARBOX = 0x7E8, 0x7E9
STORED, PENDING, PERMANENT = CodeStatus


def told(*ecus):
    return tuple(CodesTold(ecu, kind, Answered.TOLD) for ecu in ecus for kind in CodeStatus)


CLEAN = FaultScan(
    at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
    url="sim:",
    adapter="ELM327 v1.5",
    protocol="ISO 15765-4 CAN",
    vin="JF1ZNAA19E8700001",
    ecus=(EcuFound(ENGINE, "ECM-EngineControl", ("CAL-1",), ("1A2B3C4D",)), EcuFound(GEARBOX)),
    lamps=(Lamp(ENGINE, on=False, codes=0),),
    codes_told=told(ENGINE, GEARBOX),
    counters=Counters(cleared_km=1263.0, cleared_min=2010.0, warm_ups=38),
)
FAILED = TestResult(ENGINE, 0x21, 0x80, "Catalyst, bank 1", "Test 80", "ratio", 0.94, 0, 0.8, False)


def meaning(code):
    """Severity by the last digit of the code: 0 critical, 1 warning, else information."""
    text = code[:5]
    severity = {"0": Severity.CRITICAL, "1": Severity.WARNING}.get(text[-1], Severity.INFORMATION)
    return Meaning(
        Code(text), f"Meaning of {text}", "Engine", severity, f"Why {text}.", ("A part",), ("Look",)
    )


def sheet_of(scan, **changes):
    sheet = CheckupSheet(
        shop="Shop One",
        vehicle="Blue coupé",
        vin_words="Subaru, Japan, 2014 or 1984",
        taken=datetime(2026, 5, 4, 11, 30, tzinfo=UTC),
        operator="Operator One",
        scan=scan,
        meanings=meaning,
    )
    return replace(sheet, **changes)


def with_codes(count, **changes):
    codes = tuple(CodeFound(f"P{n:04d}", ENGINE, (STORED,)) for n in range(100, 100 + count))
    lamps = (Lamp(ENGINE, on=True, codes=min(count, 127)),)
    return replace(CLEAN, codes=codes, lamps=lamps, **changes)


def words_of(drawing):
    """All words of a drawing, page by page, lines joined by blanks."""
    return " ".join(
        item.words for page in drawing.pages for item in page.items if isinstance(item, Text)
    )


def read(scan, **changes):
    return words_of(draw_checkup(sheet_of(scan, **changes)))


def fills_of(drawing):
    return {item.fill for page in drawing.pages for item in page.items if isinstance(item, Area)}


# -- the verdict ---------------------------------------------------------------------------------


def test_a_clean_car_has_a_green_tick_and_its_words():
    drawing = draw_checkup(sheet_of(CLEAN))
    said = words_of(drawing)
    assert "No fault codes" in said
    assert "All 2 control units told that there are none." in said
    assert "Engine lamp: off" in said
    assert COLORS[Sign.GOOD] in fills_of(drawing)
    assert len(drawing.pages) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"complete": False},
        {"codes_told": ()},
        {"codes_told": (CodesTold(ENGINE, STORED, Answered.UNKNOWN, "It did not answer."),)},
        {"lamps": (Lamp(ENGINE, on=True, codes=0),)},
        {"lamps": (Lamp(ENGINE, on=False, codes=2),)},
    ],
)
def test_where_the_car_did_not_say_so_there_are_not_no_codes(changes):
    drawing = draw_checkup(sheet_of(replace(CLEAN, **changes)))
    said = words_of(drawing)
    assert "No fault codes" not in said
    assert "Not known whether there are faults" in said
    assert COLORS[Sign.GOOD] not in fills_of(drawing)
    assert COLORS[Sign.UNKNOWN] in fills_of(drawing)


def test_what_could_not_be_read_is_said_with_its_reason():
    scan = with_codes(2, warnings=("The VIN could not be read.",))
    told_less = (*scan.codes_told[:-1], CodesTold(0x7EA, STORED, Answered.UNKNOWN, "43 ZZ came."))
    said = read(replace(scan, codes_told=told_less))
    assert "At least 2 fault codes" in said
    assert "Control unit 7EA: stored codes are not known. 43 ZZ came." in said
    assert "The VIN could not be read." in said


def test_a_unit_of_which_three_kinds_are_unread_stands_there_once():
    told = tuple(
        CodesTold(ecu, kind, Answered.UNKNOWN, "It did not answer.")
        for ecu in (ENGINE, 0x7EA)
        for kind in CodeStatus
    )
    scan = replace(CLEAN, codes_told=told, warnings=tuple(one.sentence for one in told))
    said = read(scan)
    assert "stored, pending and permanent codes are not known" in said
    assert "The stored codes of ECU" not in said
    assert "more remark" not in said


def test_nothing_is_cut_or_counted_while_there_is_room():
    many = tuple(f"Remark {n} stands here." for n in range(20))
    said = read(replace(CLEAN, warnings=many))
    assert all(one in said for one in many)
    scan = with_codes(41)
    drawing = draw_checkup(sheet_of(scan, difference=Difference(scan.codes)))
    said = words_of(drawing)
    assert len(drawing.pages) == 2
    assert "…" not in said
    for number in range(100, 141):
        assert said.count(f"P0{number}") >= 3


def test_a_wrong_vin_is_told_once():
    vin = "1HGCM82733A004352"
    why = check_vin(vin).why
    said = read(replace(CLEAN, vin=vin, warnings=(why,)))
    assert said.count("The check digit of the VIN") == 1


def test_it_says_with_what_it_is_compared_and_when():
    taken = datetime(2026, 5, 3, 9, 5, tzinfo=UTC)
    kind = "before_clear"
    said = read(CLEAN, difference=Difference(), before_taken=taken, before_kind=kind)
    assert "Since what was there before clearing on 2026-05-03, 09:05" in said


def test_the_gravest_code_gives_the_verdict():
    drawing = draw_checkup(sheet_of(with_codes(3)))
    said = words_of(drawing)
    assert "3 fault codes" in said
    assert "1 critical, 1 warning, 1 information" in said
    assert said.count("Do not drive or load the engine until this was looked at.") == 2
    assert COLORS[Sign.CRITICAL] in fills_of(drawing)


def test_a_lit_lamp_is_never_only_an_information():
    codes = (CodeFound("P0105", ENGINE, (STORED,)),)
    lit = replace(CLEAN, codes=codes, lamps=(Lamp(ENGINE, on=True, codes=1),))
    assert "The car can be moved; have this mended soon." in read(lit)


def test_a_test_outside_its_limits_is_no_clean_bill():
    said = read(replace(CLEAN, tests=(FAILED,)))
    assert "No fault codes, but 1 test failed" in said
    assert "Catalyst, bank 1. Test 80: 0.94 (due: at least 0, at most 0.8)." in said


def check_sheet(scan, compared):
    difference = Difference(scan.codes, sentences=scan.warnings) if compared else None
    drawing = draw_checkup(sheet_of(scan, difference=difference))
    assert len(drawing.pages) <= MOST_PAGES
    said = words_of(drawing)
    assert ("No fault codes" in said) == scan.clean
    assert ("Not known whether there are faults" in said) == (not scan.codes and not scan.clean)
    for one in scan.codes:
        assert one.code in said


@settings(max_examples=25, deadline=None)
@given(SCANS, st.booleans())
def test_any_scan_fits_two_pages_and_says_no_more_than_it_knows(scan, compared):
    check_sheet(scan, compared)


@pytest.mark.long
@settings(max_examples=800, deadline=None)
@given(SCANS, st.booleans())
def test_very_many_scans_fit_two_pages_and_say_no_more_than_they_know(scan, compared):
    check_sheet(scan, compared)


# -- codes ---------------------------------------------------------------------------------------


def test_a_code_stands_with_its_words_severity_and_reason():
    code = CodeFound("P0101", ENGINE, (STORED, PERMANENT), failure_type=0x1C)
    said = read(replace(CLEAN, codes=(code,)))
    for words in (
        "P0101-1C",
        "Meaning of P0101",
        "Warning",
        "Why P0101.",
        "Usual causes: A part.",
        "Stored, permanent · ECM-EngineControl (7E8)",
    ):
        assert words in said


def test_forty_codes_fit_two_pages_each_with_its_reason():
    drawing = draw_checkup(sheet_of(with_codes(40)))
    said = words_of(drawing)
    assert len(drawing.pages) == 2
    for number in range(100, 140):
        assert f"Meaning of P0{number}" in said
        assert f"Why P0{number}." in said
    assert "more code" not in said


def test_what_two_pages_cannot_hold_is_counted():
    drawing = draw_checkup(sheet_of(with_codes(250)))
    said = words_of(drawing)
    assert len(drawing.pages) == 2
    assert "250 fault codes" in said
    shown = said.count("Meaning of")
    assert f"And {250 - shown} more codes that this sheet has no room for" in said
    assert shown > 80


def used_of(page):
    """What share of a page is in use, its head and its feet left out."""
    bottom = page.height - 36 - 30
    lowest = max(one.y for one in page.items if isinstance(one, Text) and one.y < bottom)
    return (lowest - 36) / (bottom - 36)


@pytest.mark.parametrize("codes", [*range(30), 34, 38, 42, 50, 70, 90])
@pytest.mark.parametrize("frames", [0, 3])
def test_no_second_page_holds_next_to_nothing(codes, frames):
    long = "Some words that go on and on for a while. " * 5
    scan = with_codes(
        codes,
        frames=(FreezeFrame("P0100", ENGINE, 0, (FrameValue("a", long, "rpm", 1.0),) * 9),)
        * frames,
        warnings=tuple(f"{n} {long}" for n in range(frames)),
    )
    drawing = draw_checkup(sheet_of(scan, note=long))
    if codes <= 38:
        assert words_of(drawing).count("Why P0") == codes
    if len(drawing.pages) > 1:
        assert used_of(drawing.pages[1]) > 0.19


@pytest.mark.parametrize("length", range(0, 40, 3))
def test_a_second_page_is_worth_its_paper_whatever_there_is_to_say(length):
    warnings = tuple(f"{n} " + "Some words of a remark. " * 15 for n in range(8))
    sentences = tuple(f"{n} " + "Some words of a change. " * length for n in range(8))
    scan = replace(CLEAN, complete=False, warnings=warnings, tests=(FAILED,) * 8)
    drawing = draw_checkup(sheet_of(scan, difference=Difference(sentences=sentences)))
    if len(drawing.pages) > 1:
        assert used_of(drawing.pages[1]) > 0.19


def test_a_few_lines_too_many_are_brought_onto_one_page():
    full = draw_checkup(sheet_of(with_codes(9)))
    assert len(full.pages) == 1
    more = draw_checkup(sheet_of(with_codes(10)))
    assert len(more.pages) == 1
    assert "Meaning of P0109" in words_of(more)


def test_a_vin_that_is_the_vehicles_name_stands_once_in_the_head():
    drawing = draw_checkup(sheet_of(CLEAN, vehicle=CLEAN.vin))
    assert words_of(drawing).count(CLEAN.vin) == 1
    assert f"VIN {CLEAN.vin}" in words_of(drawing)
    assert read(CLEAN, vehicle=CLEAN.vin, vin_words="").count(CLEAN.vin) == 1


def test_the_gravest_codes_stand_first():
    codes = tuple(CodeFound(code, ENGINE, (STORED,)) for code in ("P0105", "P0101", "P0100"))
    said = read(replace(CLEAN, codes=codes))
    places = [said.index(f"Meaning of {code}") for code in ("P0100", "P0101", "P0105")]
    assert places == sorted(places)


# -- the rest ------------------------------------------------------------------------------------


def test_what_changed_since_the_last_check_up_is_told():
    scan = with_codes(2)
    difference = Difference(
        new=scan.codes[:1],
        gone=(CodeFound("P0420", ENGINE, (STORED,)),),
        sentences=("The malfunction lamp is on now; last time it was off.",),
    )
    said = read(scan, difference=difference, before_taken=datetime(2026, 3, 1, tzinfo=UTC))
    assert "Since the last check-up on 2026-03-01" in said
    assert "New P0100" in said
    assert "Gone P0420" in said
    assert "last time it was off" in said
    assert "new since the last check-up" in said
    assert "There is no earlier check-up" in read(scan)


def test_frames_readiness_and_lamp_are_told_in_short():
    scan = replace(
        with_codes(1),
        frames=(
            FreezeFrame(
                "P0100",
                ENGINE,
                0,
                (
                    FrameValue("FLI", "Fuel level", "percent", 50.0),
                    FrameValue("rpm", "Engine speed", "rpm", 3120.0),
                    FrameValue("gone", "Gone", "rpm", float("nan")),
                ),
            ),
        ),
        since_clear=(
            Readiness(ENGINE, False, (Monitor("a", "Catalyst", complete=False),)),
            Readiness(GEARBOX, False, (Monitor("b", "Misfire", complete=True),)),
        ),
        counters=Counters(lamp_km=37.0, lamp_min=41.0),
    )
    said = read(scan)
    assert "Engine speed 3120 rpm; Fuel level 50.0 %." in said
    assert "Gone" not in said
    assert "Since codes were cleared: 1 of 2 complete. Open: Catalyst." in said
    assert "Engine lamp: lit" in said
    assert "Driven with the lamp lit: 37 km, 41 min" in said
    assert "23 mi" in read(scan, units="imperial")


def test_head_and_foot_name_shop_car_operator_and_pages():
    said = read(with_codes(40), address="1 Some Road\nSome Town", note="Lacks power.")
    for words in ("Shop One", "1 Some Road, Some Town", "Blue coupé", "VIN JF1ZNAA19E8700001"):
        assert words in said
    for words in ("Subaru, Japan", "by Operator One", "2026-05-04, 11:30", "Page 2 of 2"):
        assert words in said
    assert "Lacks power." in said


def test_a_vin_that_is_none_is_told_as_such():
    assert "is no VIN" in read(replace(CLEAN, vin="0" * 17), vin_words="")
    assert "VIN not told by the car" in read(replace(CLEAN, vin=None))


@pytest.mark.parametrize("paper", Paper)
def test_everything_stands_between_the_margins(paper):
    scan = with_codes(30, tests=(FAILED,) * 12, warnings=("A long warning. " * 40,) * 12)
    long = "Wide name " * 30
    drawing = draw_checkup(
        sheet_of(scan, paper=paper, shop=long, vehicle=long, operator=long, note=long * 20)
    )
    assert len(drawing.pages) <= MOST_PAGES
    for page in drawing.pages:
        for item in page.items:
            if isinstance(item, Text):
                assert item.left > 30
                assert item.left + item.width < page.width - 30
                assert 30 < item.y < page.height - 20


def test_the_pdf_is_the_same_for_the_same_sheet_and_can_be_read():
    drawing = draw_checkup(sheet_of(with_codes(5)))
    content = pdf_of(drawing)
    assert content == pdf_of(draw_checkup(sheet_of(with_codes(5))))
    document = PdfReader(io.BytesIO(content))
    assert document.metadata.title == "Vehicle check-up, Blue coupé, 2026-05-04"
    assert "Meaning of P0100" in " ".join(page.extract_text() for page in document.pages)


def test_the_fullest_sheet_still_has_two_pages():
    long = "Some very long words that go on and on. " * 20
    codes = tuple(CodeFound(f"P{n:04d}", ENGINE, (STORED,)) for n in range(100, 160))
    scan = with_codes(
        60,
        ecus=tuple(EcuFound(0x7E0 + n, long[:60], (long,), (long,)) for n in range(12)),
        tests=(replace(FAILED, name=long),) * 20,
        warnings=tuple(f"{n} {long}" for n in range(20)),
        frames=(FreezeFrame("P0100", ENGINE, 0, (FrameValue("a", long, "rpm", 1.0),) * 12),) * 9,
        since_clear=(Readiness(ENGINE, False, (Monitor("a", long, complete=False),) * 8),),
        this_cycle=(Readiness(ENGINE, False, (Monitor("a", long, complete=True),) * 8),),
    )
    difference = Difference(
        codes, codes, (), codes, codes, mended=scan.tests, sentences=(long,) * 30
    )
    drawing = draw_checkup(
        sheet_of(scan, difference=difference, note=long * 9, address="A\nB\nC\nD" * 40)
    )
    assert len(drawing.pages) == MOST_PAGES
    said = words_of(drawing)
    assert "60 fault codes" in said
    assert "12 more remarks" in said


def test_what_is_not_known_stands_on_the_sheet_once():
    missing = CodesTold(0x7E8, CodeStatus.STORED, Answered.UNKNOWN, "It did not answer.")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    scan = FaultScan(now, "x", "y", "CAN", codes_told=(missing,))
    scan = replace(scan, warnings=(missing.sentence, "The battery is low."))
    assert sum("It did not answer." in text for text in doubts_of(scan)) == 1
    assert "The battery is low." in doubts_of(scan)
