"""A sheet as a workbook: typed, charted, never a formula, the raw data as it was recorded."""

import io
import math
import zipfile
from dataclasses import replace
from datetime import datetime

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.dyno.run import EstimateBy
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_raw_cells import packed, raw_sheets
from cartech_desk.reports.dyno_sheet import DeviceSaid, Paper, Shop
from cartech_desk.reports.dyno_workbook import workbook_of
from tests.reports.sheet_double import (
    made_pair,
    made_raw,
    made_result,
    made_run,
    made_session,
    made_session_sheet,
    made_sheet,
)

EVIL = '=HYPERLINK("http://x.example","press")'


def read(sheet):
    return openpyxl.load_workbook(io.BytesIO(workbook_of(sheet)))


def cells(page):
    return [cell for row in page.iter_rows() for cell in row if cell.value is not None]


def beside(page, label):
    """What stands right of a label."""
    return next(
        page.cell(cell.row, cell.column + 1).value for cell in cells(page) if cell.value == label
    )


def test_a_run_has_summary_conditions_curve_and_raw():
    assert read(made_sheet(made_run(raw=made_raw()))).sheetnames == [
        "Summary", "Conditions", "Curve", "Raw",
    ]  # fmt: skip


def test_numbers_are_numbers_with_their_unit_in_the_head():
    book = read(made_sheet())
    page = book["Summary"]
    assert beside(page, "Peak power [hp]") == pytest.approx(277.4, abs=0.1)
    assert beside(page, "Factor") == 1.2219
    assert beside(page, "60 to 100 mph [s]") == 5.721
    assert beside(page, "0 to 60 mph [s]") == "n/a"
    assert beside(page, "Date and time") == datetime(2026, 7, 14, 15, 3, 11)
    assert beside(page, "Time zone") == "UTC-07:00"
    assert beside(book["Conditions"], "Station pressure [kPa]") == 82.6
    assert beside(page, "Peak torque [lb·ft]") > 200


def test_what_was_measured_stands_in_the_units_of_the_shop():
    page = read(made_sheet(units=UnitSystem.IMPERIAL))["Conditions"]
    assert beside(page, "Temperature [°F]") == pytest.approx(61.0, abs=0.1)
    assert beside(page, "Tyre pressure [psi]") == pytest.approx(34.1, abs=0.1)
    assert beside(page, "Odometer [mi]") == pytest.approx(52326, abs=1)
    assert beside(page, "Ratio [rpm per mph]") == pytest.approx(38.5 * 1.609344)


def test_each_run_has_a_column_and_a_comparison_its_gain():
    page = read(made_pair())["Summary"]
    row = next(cell.row for cell in cells(page) if cell.value == "Average power [hp]")
    a, b, gain = (page.cell(row, column).value for column in (2, 3, 4))
    assert gain == pytest.approx(b - a)
    assert [page.cell(6, column).value for column in (2, 3, 4)] == [
        "A: Run 1", "B: Run 2", "Gain (B less A)",
    ]  # fmt: skip
    page = read(made_session_sheet(12))["Summary"]
    row = next(cell.row for cell in cells(page) if cell.value == "Peak power [hp]")
    assert all(page.cell(row, column).value > 200 for column in range(2, 14))


def test_no_date_is_wider_than_its_column():
    for sheet in (made_sheet(), made_pair(), made_session_sheet(3)):
        page = read(sheet)["Summary"]
        for cell in cells(page):
            if isinstance(cell.value, datetime):
                assert page.column_dimensions["B"].width > len("2026-07-14 15:03:11")


def test_what_could_not_be_corrected_is_not_called_corrected():
    result = made_result(factor=1.0)
    factor = replace(result.factor, why_not="The station pressure is not known.")
    page = read(made_sheet(made_run(result=replace(result, factor=factor))))["Summary"]
    said = [str(cell.value) for cell in cells(page)]
    assert "Peaks" in said
    assert "Peaks, corrected" not in said
    assert any(words.startswith("not corrected") for words in said)


def test_an_estimate_of_the_engine_is_called_so_over_the_peaks_and_the_chart():
    result = replace(made_result(), estimate=EstimateBy.FLAT_PERCENT)
    book = workbook_of(made_sheet(made_run(result=result)))
    page = openpyxl.load_workbook(io.BytesIO(book))["Summary"]
    assert "Peaks, corrected, estimated at the engine" in [cell.value for cell in cells(page)]
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"estimated at the engine" in parts.read("xl/charts/chart1.xml")


def test_what_the_dyno_corrected_itself_stands_apart():
    run = replace(made_run(), device=DeviceSaid(206.2, None, 1.222))
    page = read(made_sheet(run))["Summary"]
    assert beside(page, "Its factor") == 1.222
    assert beside(page, "Its power [hp]") == pytest.approx(276.5, abs=0.1)
    assert not any("Its torque" in str(cell.value) for cell in cells(page))


@pytest.mark.parametrize("paper", [Paper.A4, Paper.LETTER])
def test_every_page_prints_on_the_paper_with_its_heads_and_fits_across(paper):
    raw = made_raw(channels=30)
    for page in read(made_sheet(made_run(raw=raw), paper=paper)):
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.paperSize == (9 if paper is Paper.A4 else 1)
        assert page.page_setup.fitToHeight == 0
        assert page.page_setup.fitToWidth == (3 if page.title == "Raw" else None)
        assert page.print_title_rows == ("$6:$6" if page.title == "Summary" else "$1:$1")


def test_a_proof_in_the_foot_is_no_code():
    page = read(made_sheet(audit_hash="a&Bc"))["Summary"]
    assert page.oddFooter.left.text == "Audit log 4711:a&&Bc"


def test_the_curve_has_every_sample_and_its_heads_stay_in_sight():
    sheet = made_sheet()
    page = read(sheet)["Curve"]
    assert page.max_row == len(sheet.runs[0].result.curve.t_s) + 1
    assert page.freeze_panes == "B2"
    assert page["A1"].value == "Engine speed [rpm]"
    best = max(row[1].value for row in page.iter_rows(min_row=2))
    assert best == pytest.approx(sheet.runs[0].result.peak_power.value * 1.2219 / 0.7457, rel=1e-4)


def test_a_long_curve_is_thinned_and_says_so_and_keeps_its_peak():
    result = made_result()
    long = {
        name: np.interp(np.arange(0, 400, 0.05), np.arange(400), getattr(result.curve, name))
        for name in ("t_s", "speed_kmh", "rpm", "power_kw", "torque_nm")
    }
    curve = replace(result.curve, **long, others={})
    page = read(made_sheet(made_run(result=replace(result, curve=curve))))["Curve"]
    assert page.max_row < 1010
    assert any("8000 samples" in str(cell.value) for cell in page[1])
    best = max(row[1].value for row in page.iter_rows(min_row=2))
    assert best == pytest.approx(max(long["power_kw"]) * 1.2219 / 0.7456998715822702, rel=1e-9)


def test_charts_are_native_and_follow_the_cells():
    book = workbook_of(made_sheet())
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
    assert len(charts) == 3
    assert "<c:f>Curve!$B$2:$B$401</c:f>" in charts[0]


def test_several_runs_have_a_curve_each_and_one_chart_of_all():
    names = read(made_session_sheet(3)).sheetnames
    assert names == ["Summary", "Conditions", "Curve Run 1", "Curve Run 2", "Curve Run 3"]
    with zipfile.ZipFile(io.BytesIO(workbook_of(made_session_sheet(3)))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
        assert b"drawing" in parts.read("xl/worksheets/sheet1.xml")
    assert [chart.count("<c:ser>") for chart in charts] == [3, 3]


def test_a_comparison_stands_on_a_page_of_its_own():
    page = read(made_pair())["Comparison"]
    assert page["D1"].value == "Power gain [hp]"
    assert page["D100"].value == pytest.approx(page["C100"].value - page["B100"].value)


def test_runs_whose_names_no_page_may_have_are_written_all_the_same():
    odd = "a/b[c]:*?'" * 5
    names = read(
        made_sheet(made_run(1, name=odd), made_run(2, name=odd), made_run(3, name="Raw"))
    ).sheetnames
    assert len({name.casefold() for name in names}) == len(names) == 5


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", " =", '"='])
def test_no_cell_begins_a_formula(sign):
    words = sign + "cmd|' /C calc'!A0"
    session = made_session(vehicle_name=words, customer=words, modifications=words, fuel=words)
    sheet = made_sheet(
        made_run(session=session, name=words, note=words), shop=Shop(words, words), notes=words
    )
    book = workbook_of(sheet)
    for page in openpyxl.load_workbook(io.BytesIO(book)):
        assert all(cell.data_type != "f" for cell in cells(page))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        for name in parts.namelist():
            if "worksheets/" in name:
                assert b"<f>" not in parts.read(name)
                assert b"<hyperlink" not in parts.read(name)


def test_a_link_of_a_note_is_text_and_marked_as_typed():
    page = read(made_sheet(made_run(note=EVIL)))["Summary"]
    cell = next(cell for cell in cells(page) if cell.value == EVIL)
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.number_format == "@"


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300))
def test_whatever_people_type_gives_a_workbook_that_opens(words):
    session = made_session(vehicle_name=words, customer=words)
    empty = made_result(pull=False)
    run = made_run(session=session, note=words, name=words or "x", result=empty)
    book = read(made_sheet(run))
    assert book["Summary"].max_row >= 7


def test_raw_samples_stand_as_they_were_recorded():
    raw = made_raw(seconds=2.0)
    page = read(made_sheet(made_run(raw=raw)))["Raw"]
    heads = [cell.value for cell in page[1]]
    for name, track in raw.tracks.items():
        column = heads.index(f"{name} [kW]") + 1
        found = [page.cell(row, column).value for row in range(2, len(track.values) + 2)]
        asked = [None if math.isnan(value) else value for value in track.values.tolist()]
        assert found == asked
    assert page.freeze_panes == "B2"


def test_every_cell_says_where_it_stands():
    with zipfile.ZipFile(io.BytesIO(workbook_of(made_sheet(made_run(raw=made_raw()))))) as parts:
        for name in parts.namelist():
            if "worksheets/sheet" in name:
                found = parts.read(name).decode()
                assert found.count("<c ") == found.count('<c r="') > 0
                assert "<c>" not in found


def test_a_reader_of_rows_finds_the_raw_samples_too():
    raw = made_raw(seconds=2.0)
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_of(made_sheet(made_run(raw=raw)))), read_only=True
    )
    rows = list(book["Raw"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 100
    assert [row[1] for row in rows] == raw.tracks["dyno_channel_0"].values.tolist()


def test_channels_that_share_their_times_share_a_column_and_others_bring_their_own():
    heads = raw_sheets(made_raw(channels=4), "Raw")[0].heads
    assert [head for head in heads if head.startswith("Time")] == [
        "Time of dyno_channel_0 [s]",
        "Time of dyno_channel_3 [s]",
    ]


def test_more_samples_than_a_sheet_has_rows_go_on_in_a_further_one():
    raw = made_raw(seconds=1.0, rate=50, channels=2)
    parts = raw_sheets(raw, "Raw", rows_most=21)
    assert [part.name for part in parts] == ["Raw", "Raw (2)", "Raw (3)"]
    assert [part.last - part.first for part in parts] == [20, 20, 10]


@pytest.mark.parametrize(
    "make", [lambda: made_sheet(made_run(raw=made_raw())), made_pair, lambda: made_session_sheet(3)]
)
def test_the_same_sheet_gives_the_same_bytes(make):
    assert workbook_of(make()) == workbook_of(make())


def test_no_part_bears_the_time_of_today():
    with zipfile.ZipFile(io.BytesIO(workbook_of(made_sheet()))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-07-14T22:20:00Z" in parts.read("docProps/core.xml")


def test_packing_leaves_other_parts_as_they_are():
    plain = workbook_of(made_sheet())
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as one,
        zipfile.ZipFile(io.BytesIO(packed(plain, {}))) as other,
    ):
        assert one.namelist() == other.namelist()
        assert all(one.read(name) == other.read(name) for name in one.namelist())


def test_a_run_without_a_pull_gives_a_workbook_all_the_same():
    book = read(made_sheet(made_run(result=made_result(pull=False), raw=made_raw())))
    assert book.sheetnames == ["Summary", "Conditions", "Raw"]
