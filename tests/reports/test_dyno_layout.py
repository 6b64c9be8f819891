"""Sheets lie whole on their pages: nothing overlaps, nothing reaches into the margins."""

from dataclasses import replace
from datetime import UTC
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import EstimateBy, Losses, LossPart, RunSetup
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.drawing import Area, Picture, Stroke, Text
from cartech_desk.reports.dyno_flow import MARGIN
from cartech_desk.reports.dyno_layout import lay_out
from cartech_desk.reports.dyno_sheet import DeviceSaid, Paper, Shop
from cartech_desk.reports.logo import checked_logo
from tests.reports.sheet_double import (
    made_pair,
    made_result,
    made_run,
    made_session,
    made_session_sheet,
    made_sheet,
)

LONG = "A 1987 Käfer cabriolet with a turbocharged boxer of somebody who likes long names " * 2
LINES = "\n".join(
    f"{n}. What was done in this step, and a remark that is long enough to wrap "
    "onto the line below it, as remarks of people who care do"
    for n in range(1, 21)
)


def logo(wide=600, high=200):
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (wide, high), "#204060").save(file, "PNG")
    return checked_logo(file.getvalue())


SHEETS = {
    "a run": made_sheet,
    "without rpm": lambda: made_sheet(made_run(result=made_result(has_rpm=False))),
    "without a pull": lambda: made_sheet(made_run(result=made_result(pull=False))),
    "without mixture and boost": lambda: made_sheet(made_run(result=made_result(side=False))),
    "without weather": lambda: made_sheet(made_run(result=weatherless())),
    "notes of twenty lines": lambda: made_sheet(
        made_run(note=LINES, session=made_session(notes=LINES, modifications=LINES)), notes=LINES
    ),
    "long names": lambda: made_sheet(
        made_run(
            name="A run whose name tells a whole story of boost, timing and fuel",
            session=made_session(vehicle_name=LONG, customer=LONG, modifications=LONG),
        ),
        shop=Shop(LONG, LONG),
        issued_by=LONG,
    ),
    "a word without an end": lambda: made_sheet(
        made_run(session=made_session(vehicle_name="X" * 100, modifications="Y" * 400)),
        notes="Z" * 900,
    ),
    "a logo": lambda: made_sheet(shop=Shop("Shop", "Street\nTown", logo())),
    "a tall logo": lambda: made_sheet(shop=Shop("Shop", "Street", logo(20, 900))),
    "an estimate with losses": lambda: made_sheet(
        made_run(
            result=replace(made_result(), estimate=EstimateBy.MEASURED, ecu_offset_s=-0.123),
            setup=RunSetup(
                losses=tuple(Losses(part, 101.5, 2.25, 0.125) for part in LossPart), road=True
            ),
        )
    ),
    "many alarms": lambda: made_sheet(
        replace(made_run(), alarms=tuple(f"14:03:{n:02d}, warning: hot" for n in range(60)))
    ),
    "a comparison": made_pair,
    "a comparison in kW": lambda: made_pair(power_unit="kW"),
    "two runs that share nothing": lambda: replace(made_pair(), comparison=None),
    **{f"a session of {n}": lambda n=n: made_session_sheet(n) for n in (3, 7, 12)},
    "peaks at one place": lambda: made_sheet(made_run(result=at_one_place())),
    "a session without rpm in one": lambda: made_sheet(
        made_run(1), made_run(2, result=made_result("r2", has_rpm=False)), made_run(3)
    ),
    "a session with an empty run": lambda: made_sheet(
        made_run(1), made_run(2, result=made_result("r2", pull=False)), made_run(3)
    ),
}  # fmt: skip


def at_one_place():
    """Peaks of power and torque where the curves cross."""
    result = made_result(factor=1.0)
    power = replace(result.peak_power, value=130.0, rpm=5252.0)
    return replace(result, peak_power=power, peak_torque=replace(power, value=236.4))


def weatherless():
    result = made_result(factor=1.0)
    air = replace(result.factor.conditions, temperature_c=None, pressure_kpa=None, source="")
    why = "The station pressure is not known."
    factor = replace(result.factor, conditions=air, why_not=why, vapour_kpa=None, dry_kpa=None)
    return replace(result, factor=factor)


def boxes(page):
    """Where the words of a page are: left, top, right, bottom."""
    found = []
    for item in page.items:
        if isinstance(item, Text):
            top, bottom = item.y - 0.72 * item.size, item.y + 0.12 * item.size
            found.append((item.left, top, item.left + item.width, bottom, item.words))
    return found


def overlapping(page):
    found = sorted(boxes(page), key=lambda box: box[1])
    together = []
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            if other[1] >= one[3]:
                break
            wide = min(one[2], other[2]) - max(one[0], other[0])
            high = min(one[3], other[3]) - max(one[1], other[1])
            if wide > 0.5 and high > 0.5:
                together.append((one[4], other[4]))
    return together


def outside(page):
    left, top = MARGIN - 0.6, MARGIN - 0.6
    right, bottom = page.width - MARGIN + 0.6, page.height - MARGIN + 0.6
    found = [
        box[4] for box in boxes(page)
        if box[0] < left or box[2] > right or box[1] < top or box[3] > bottom
    ]  # fmt: skip
    for item in page.items:
        if isinstance(item, Stroke):
            xs, ys = item.xs, item.ys
        elif isinstance(item, Area):
            xs, ys = (np.array(one) for one in zip(*item.corners, strict=True))
        elif isinstance(item, Picture):
            xs, ys = (
                np.array([item.x, item.x + item.width]),
                np.array([item.y, item.y + item.height]),
            )
        else:
            continue
        if xs.min() < left or xs.max() > right or ys.min() < top or ys.max() > bottom:
            found.append(f"{type(item).__name__} {xs.min():.1f} {xs.max():.1f} {ys.max():.1f}")
    return found


def words_of(drawing):
    return "\n".join(
        item.words for page in drawing.pages for item in page.items if isinstance(item, Text)
    )


def test_words_upon_words_and_words_in_the_margin_would_be_found():
    page = lay_out(made_sheet()).pages[0]
    first = next(item for item in page.items if isinstance(item, Text))
    moved = replace(first, x=first.x - 3.0, y=first.y + 1.0)
    spoilt = replace(page, items=(*page.items, moved))
    assert overlapping(spoilt)
    assert outside(spoilt) == [first.words]


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("kind", SHEETS)
def test_no_words_overlap_and_nothing_reaches_into_the_margins(kind, paper):
    drawing = lay_out(replace(SHEETS[kind](), paper=paper))
    for page in drawing.pages:
        assert overlapping(page) == []
        assert outside(page) == []


@pytest.mark.parametrize("kind", SHEETS)
def test_every_page_says_which_one_of_how_many_it_is(kind):
    drawing = lay_out(SHEETS[kind]())
    for number, page in enumerate(drawing.pages, 1):
        words = [box[4] for box in boxes(page)]
        assert f"Page {number} of {len(drawing.pages)}" in words


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=200), st.text(max_size=600), st.sampled_from(list(Paper)),
    st.sampled_from(list(UnitSystem)), st.sampled_from(["hp", "PS", "kW"]),
)  # fmt: skip
def test_whatever_people_type_is_laid_out_whole(name, note, paper, units, power):
    run = made_run(note=note, session=made_session(vehicle_name=name, customer=name))
    sheet = made_sheet(run, paper=paper, units=units, power_unit=power, shop=Shop(name, note))
    for page in lay_out(sheet).pages:
        assert overlapping(page) == []
        assert outside(page) == []


def test_a_sheet_says_all_that_a_customer_and_a_tuner_ask_for():
    words = words_of(lay_out(made_sheet()))
    for said in (
        "Rolling Road Ltd.", "J. Käufer", "2013 Subaru BRZ, blue", "JF1ZCAC11D9600000",
        "84210 km", "98 RON", "Cat-back exhaust, panel filter", "Run 1", "number 1 of its session",
        "2026-07-14 15:03:11 UTC-07:00", "Tom Technician", "Dynojet 224xLC", "JETDRIVE 2.1.1",
        "documented and tested", "38.500 rpm per km/h", "pick-up or the dyno's own",
        "SAE J1349 (June 1990 form)", "1.2219", "lies outside 0.93 to 1.07", "16.1 °C",
        "82.60 kPa", "30.1 %", "1.83 kPa", "82.05 kPa", "2.35 bar (34.1 psi)",
        "level 3: centred window of 0.24 s", "at the wheels", "uncorrected",
        f"at {made_result().peak_power.rpm:.0f} rpm",
        "sampling", "5.721 s", "n/a: the run begins at 31 mph", "outside validity",
        "coolant above 110 °C", "Audit log: 4711:0f1e2d3c", "equal scales, crossing at 5252 rpm",
        "AFR", "Boost [bar]", "Every 500 rpm",
    ):  # fmt: skip
        assert said in words.replace("\n", " ") or said in words, said


@pytest.mark.parametrize("paper", list(Paper))
def test_the_first_page_has_the_air_too_on_either_paper(paper):
    first = lay_out(made_sheet(paper=paper)).pages[0]
    said = [item.words for item in first.items if isinstance(item, Text)]
    assert "Correction and air" in said
    assert "Computed from" in said


def test_the_name_of_a_shop_stands_whole_beside_a_broad_logo():
    name = "Rolling Road & Sons Performance Engineering Ltd."
    drawing = lay_out(made_sheet(shop=Shop(name, "12 Dyno Lane", logo(900, 240))))
    for page in drawing.pages:
        said = " ".join(item.words for item in page.items if isinstance(item, Text))
        assert name in said


def test_a_ratio_stands_in_the_units_of_the_shop():
    words = words_of(lay_out(made_sheet(units=UnitSystem.IMPERIAL)))
    assert "61.960 rpm per mph" in words


def test_what_the_dyno_corrected_itself_says_whose_it_is():
    run = replace(made_run(), device=DeviceSaid(206.2, 324.6, 1.222))
    words = words_of(lay_out(made_sheet(run))).replace("\n", " ")
    assert "Dyno's own peaks" in words
    assert "276.5 hp, 239.4 lb·ft, factor 1.222: corrected by the dyno itself" in words


def test_a_sensor_that_stands_still_is_called_so():
    result = made_result()
    flat = {"wb_afr": np.full(len(result.curve.t_s), 8.5)}
    stuck = replace(result, curve=replace(result.curve, others=flat))
    assert "never changes during the pull" in words_of(lay_out(made_sheet(made_run(result=stuck))))
    assert "never changes" not in words_of(lay_out(made_sheet()))


@pytest.mark.parametrize("made", [made_pair(), made_session_sheet(3)])
def test_times_of_several_runs_say_their_zone(made):
    first = words_of(lay_out(made)).split("What differs")[0]
    assert "UTC-07:00" in first.split("issued")[1]
    winter = replace(made.runs[0].run, started=made.runs[0].run.started.astimezone(UTC))
    mixed = replace(made, runs=(replace(made.runs[0], run=winter), *made.runs[1:]))
    said = words_of(lay_out(mixed)).replace("\n", " ")
    assert "2026-07-14 22:03 UTC" in said
    assert "2026-07-14 15:07 UTC-07:00" in said


def test_what_makes_runs_no_session_of_one_set_up_is_said():
    sheet = made_session_sheet(3)
    found = replace(sheet.repeatability, warnings=("The gear differs.",))
    assert "The gear differs." in words_of(lay_out(replace(sheet, repeatability=found)))


def test_corrected_and_uncorrected_peaks_stand_beside_each_other():
    result = made_result()
    words = words_of(lay_out(made_sheet(made_run(result=result))))
    bare = result.peak_power.value / 0.7456998715822702
    assert f"{bare:.1f} hp uncorrected" in words
    assert f"{bare * 1.2219:.1f}" in words.split("\n")


def test_an_estimate_of_the_engine_is_labelled_so_wherever_it_stands():
    result = replace(made_result(), estimate=EstimateBy.FLAT_PERCENT)
    setup = RunSetup(estimate_by=EstimateBy.FLAT_PERCENT, driveline_pct=15.0)
    words = words_of(lay_out(made_sheet(made_run(result=result, setup=setup))))
    assert "ESTIMATED at the engine" in words
    assert "Engine power, at" in words
    assert "Engine power, estimated [hp]" in words
    assert "a flat 15 % driveline loss" in words.replace("\n", " ")
    assert "at the wheels" not in words


def test_a_correction_that_could_not_be_made_is_said_wherever_its_name_stands():
    words = words_of(lay_out(made_sheet(made_run(result=weatherless()))))
    assert "NOT CORRECTED" in words
    assert "The station pressure is not known." in words
    named = [line for line in words.split("\n") if "SAE J1349 (June" in line]
    assert named
    assert all("not corrected" in line or "validity" in line for line in named)


def test_runs_of_which_some_are_not_corrected_say_so_at_the_head():
    bare = made_run(2, result=weatherless())
    words = words_of(lay_out(made_sheet(made_run(1), bare, made_run(3))))
    assert "some are not corrected" in words


@pytest.mark.parametrize("step", [250, 500])
def test_the_table_stands_at_every_step_of_engine_speed(step):
    words = words_of(lay_out(made_sheet(table_step_rpm=step))).split("\n")
    for rpm in range(2500, 7001, step):
        assert str(rpm) in words


def test_power_and_torque_cross_at_5252_on_their_scale():
    drawing = lay_out(made_sheet())
    strokes = [
        one for one in drawing.pages[0].items if isinstance(one, Stroke) and len(one.xs) > 99
    ]
    power, torque = strokes[0], strokes[1]
    crossing = next(
        one for one in drawing.pages[0].items if isinstance(one, Stroke) and one.dash == (1.5, 2.0)
    ).xs[0]
    ys = [np.interp(crossing, one.xs, one.ys) for one in (power, torque)]
    assert ys[0] == pytest.approx(ys[1], abs=0.3)


def test_curves_differ_by_more_than_their_colour():
    for sheet in (made_sheet(), made_pair(), made_session_sheet(12)):
        strokes = [
            one
            for one in lay_out(sheet).pages[0].items
            if isinstance(one, Stroke) and len(one.xs) > 99
        ]
        tags = {box[4] for box in boxes(lay_out(sheet).pages[0])}
        looks = {(one.width, one.dash) for one in strokes}
        assert len(looks) >= 4 or {str(n) for n in range(1, 13)} <= tags


def test_only_what_a_run_has_gets_a_pane():
    words = words_of(lay_out(made_sheet(made_run(result=made_result(side=False)))))
    assert "Boost [bar]" not in words
    assert "\nAFR\n" not in words


def test_measured_mixture_is_shown_and_not_what_was_computed_from_it():
    result = made_result()
    curve = result.curve
    others = {"afr": curve.others["wb_afr"], "lambda": curve.others["wb_afr"] / 14.7}
    result = replace(result, curve=replace(curve, others=others), roles={Role.LAMBDA: "wb_lambda"})
    words = words_of(lay_out(made_sheet(made_run(result=result)))).split("\n")
    assert "Lambda" in words
    assert "AFR" not in words


def test_a_comparison_says_the_gain_and_what_is_doubtful():
    words = words_of(lay_out(made_pair()))
    assert "Before (A)" in words
    assert "+20.1" in words
    assert "area under the gain" in words.replace("\n", " ")
    assert "under another correction" in words


def test_a_session_says_how_well_it_repeats_and_which_run_does_not_fit():
    words = words_of(lay_out(made_session_sheet(5)))
    assert "Repeatability of 5 runs" in words
    assert "3.1 spreads" in words


def test_runs_of_one_name_are_told_apart():
    words = words_of(lay_out(made_sheet(made_run(1), made_run(2, name="Run 1"), made_run(3))))
    assert "2: Run 1" in words


def test_a_curve_with_a_gap_is_not_drawn_across_it():
    result = made_result()
    afr = result.curve.others["wb_afr"].copy()
    afr[100:250] = np.nan
    curve = replace(result.curve, others={"wb_afr": afr})
    drawing = lay_out(made_sheet(made_run(result=replace(result, curve=curve))))
    lines = [one for one in drawing.pages[0].items if isinstance(one, Stroke) and len(one.xs) > 99]
    after, before = lines[-1], lines[-2]
    assert after.xs[0] - before.xs[-1] > 20


def test_a_letter_that_the_face_lacks_is_shown_as_missing():
    words = words_of(lay_out(made_sheet(made_run(session=made_session(vehicle_name="日産 GT-R")))))
    assert "\ufffd\ufffd GT-R" in words


def test_ticks_stand_at_equal_distances():
    from cartech_desk.reports.dyno_chart import scale

    for low, high in ((0, 300), (11.9, 14.2), (-3, 27), (5, 5), (0.0, 1e-3), (-1e6, 1e6)):
        ticks = scale(low, high, 6).ticks
        assert len(ticks) >= 2
        assert np.ptp([b - a for a, b in pairwise(ticks)]) < 1e-6 * (high - low + 1)
