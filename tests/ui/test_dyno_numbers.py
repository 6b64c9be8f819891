"""The numbers of dyno runs: what stands where, in which words, and the table at the cursor."""

import dataclasses
import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from cartech_desk.domain.dyno.compare import Driven, compare, repeatability
from cartech_desk.domain.dyno.result import AccelerationTime, QualityMark
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import Conditions, EstimateBy, View
from cartech_desk.ui.models.dyno_compare_words import comparison_section, repeatability_section
from cartech_desk.ui.models.dyno_shown import reasons, shown_run
from cartech_desk.ui.models.dyno_told import (
    air_line,
    badges,
    correction_line,
    measured_section,
    peaks_told,
    signed,
    time_words,
    times_section,
)
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.dyno_numbers import EMPTY, DynoNumbers
from tests.ui.dyno_results import GRAVE, KW_PER_HP, SLIPPED, factor, no_pull, pull, run, shown

HP = dyno_units("imperial", "hp")


@pytest.fixture
def numbers(qtbot):
    made = DynoNumbers()
    qtbot.addWidget(made)
    made.resize(300, 560)
    made.show()
    qtbot.waitExposed(made)
    return made


def seen(numbers):
    """Return all words that are shown, scrolled to or not."""
    return [
        label.text()
        for label in numbers.findChildren(QLabel)
        if label.text() and label.isVisibleTo(numbers)
    ]


def at_rpm(result, rpm, values):
    return float(np.interp(rpm, result.curve.rpm, values))


def test_no_run_says_what_will_be_here(numbers):
    assert seen(numbers) == [EMPTY]
    assert numbers.text() == ""


def test_the_peak_is_told_corrected_with_its_doubt_its_place_and_the_uncorrected_one():
    result = pull()
    power, torque = peaks_told(result, HP)
    measured = result.peak_power.value / KW_PER_HP
    assert power.number == f"{measured * 1.222:.1f}"
    assert power.plus_minus == f"± {1.2 / KW_PER_HP * 1.222:.1f}"
    assert power.at == f"at {result.peak_power.rpm:,.0f} rpm".replace(",", "\u202f")
    assert power.uncorrected == f"{measured:.1f} hp"
    assert torque.unit == "lb·ft"


def test_a_metric_shop_that_reads_hp_is_told_newton_metres_too():
    _, torque = peaks_told(pull(), dyno_units("metric", "hp"))
    assert torque.unit == "lb·ft"
    assert torque.too.endswith(" Nm")


def test_the_peak_of_a_run_without_engine_speed_is_told_at_its_speed():
    power, torque = peaks_told(pull(has_rpm=False), HP)
    assert power.at.endswith(" mph")
    assert torque.number == DASH


def test_a_run_without_a_pull_shows_dashes_and_says_why(numbers):
    numbers.set_runs([shown(no_pull(), "Run 9")])
    words = seen(numbers)
    assert words.count(DASH) >= 2
    assert "No pull: Speed never rose: nothing was pulled." in words


def test_the_first_screenful_shows_peaks_correction_air_and_badge(numbers):
    numbers.set_runs([shown(pull(quality=(SLIPPED,)), "Run 3")])
    QApplication.processEvents()
    for label in (numbers._power, numbers._correction, numbers._air, numbers._badges):
        bottom = label.mapTo(numbers, label.rect().bottomLeft()).y()
        assert 0 < bottom < 300
    assert "SAE J1349 (June 1990) \u00d7 1.2220" in seen(numbers)
    assert "24.0 °C · 98.40 kPa · 41 %" in seen(numbers)


def test_a_correction_that_could_not_be_made_is_said_where_its_name_stands(numbers):
    numbers.set_runs([shown(pull(why_not="The pressure is missing."))])
    words = seen(numbers)
    assert "Uncorrected" in words
    assert "The pressure is missing." in words
    assert numbers._correction.property("role") == "warning"
    assert not any(text.endswith(" uncorrected") for text in words)


def test_what_the_correction_warns_of_is_told(numbers):
    warned = dataclasses.replace(pull(), factor=factor(1.222, warnings=("Outside 0.93 to 1.07.",)))
    numbers.set_runs([shown(warned)])
    assert "Outside 0.93 to 1.07." in seen(numbers)


def test_a_warning_that_is_a_badge_already_is_told_once(numbers):
    mark = QualityMark("outside_validity", "outside validity", "Outside 0.93 to 1.07.")
    warned = dataclasses.replace(
        pull(quality=(mark,)), factor=factor(1.222, warnings=("Outside 0.93 to 1.07.",))
    )
    numbers.set_runs([shown(warned)])
    assert sum("Outside 0.93" in words for words in seen(numbers)) == 1


def test_missing_air_is_a_dash_and_never_a_number():
    unknown = dataclasses.replace(
        pull(), factor=dataclasses.replace(factor(), conditions=Conditions(24.0, None, None))
    )
    assert air_line(unknown, HP) == f"75.2 °F · {DASH} · {DASH}"


def test_uncorrected_is_named_without_a_factor():
    result = dataclasses.replace(pull(), factor=factor(1.0, pull(why_not="x").factor.correction))
    assert "\u00d7" not in correction_line(result)


def test_times_are_told_and_what_was_not_driven_is_not_available_with_its_reason():
    facts = times_section(pull(), HP).facts
    assert [(fact.label, fact.value) for fact in facts] == [
        ("60 to 100 mph", "5.721 s"),
        ("", "Not spanned (n/a): 0\u201360 mph. The run begins at 35 mph."),
    ]


def test_times_that_many_reasons_forbid_are_folded_into_the_speeds_of_the_run():
    made = pull()
    missing = (
        AccelerationTime("0-60mph_s", None, "The run starts at 21.8 mph."),
        AccelerationTime("60-100mph_s", None, "The run ends at 65.6 mph."),
    )
    (fact,) = times_section(dataclasses.replace(made, times=missing), HP).facts
    speed = made.curve.speed_kmh / 1.609344
    assert fact.value == (
        "Not spanned (n/a): 0\u201360 mph, 60\u2013100 mph. "
        f"The run goes from {speed.min():.1f} to {speed.max():.1f} mph."
    )


@pytest.mark.parametrize(
    ("key", "words"),
    [("60-100mph_s", "60 to 100 mph"), ("0-100kmh_s", "0 to 100 km/h"), ("400m_s", "400 m")],
)
def test_times_are_named_in_words(key, words):
    assert time_words(key) == words


def test_badges_put_the_grave_first_and_a_run_without_one_is_good():
    told = badges(pull(quality=(SLIPPED, GRAVE)))
    assert [(one.state, one.word) for one in told] == [
        (State.TRIP, "source lost"),
        (State.WARNING, "time glitch"),
    ]
    assert [one.word for one in badges(pull())] == ["good"]


def test_how_it_was_measured_names_dyno_tier_basis_rpm_and_smoothing():
    run = dataclasses.replace(shown(pull()), dyno="Dynojet DynoWare RT", tier=Tier.USER_DEFINED)
    facts = {fact.label: fact.value for fact in measured_section(run, HP).facts}
    assert facts["Dyno"] == "Dynojet DynoWare RT"
    assert facts["Link"] == "defined by the user"
    assert facts["From"] == "the dyno's own power"
    assert facts["Engine speed"] == "pick-up or dyno"
    assert facts["Smoothing"] == "3, 0.35 s wide"
    assert facts["Ratio"].endswith("rpm per mph")


def test_estimated_engine_power_is_labelled():
    estimated = dataclasses.replace(
        pull(), view=View(engine=True), estimate=EstimateBy.FLAT_PERCENT
    )
    facts = {fact.label: fact.value for fact in measured_section(shown(estimated), HP).facts}
    assert facts["Power"] == "of the engine, estimated with a flat percentage"


def test_a_gain_carries_its_sign_and_nought_none():
    assert (signed(3.21, 1), signed(-3.21, 1), signed(0.01, 1)) == ("+3.2", "\u22123.2", "0.0")


def test_the_second_run_is_told_against_the_first():
    runs = (shown(pull("a"), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1))
    found = compare(runs[0].result, runs[1].result, Driven("Run 1"), Driven("Run 2"))
    section = comparison_section(runs, found, HP)
    facts = {fact.label: fact.value for fact in section.facts}
    assert section.title == "Run 2 less Run 1"
    gained = runs[1].result.peak_power.value - runs[0].result.peak_power.value
    assert facts["At the peak"].startswith(f"+{gained * 1.222 / KW_PER_HP:.1f} hp · +")
    average = (found.average_b_kw - found.average_a_kw) / KW_PER_HP
    assert facts["Average"].startswith(f"+{average:.1f} hp")
    assert " at " in facts["Best"]
    assert facts["Area"].endswith(" hp·rpm")
    assert "\u2013" in facts["Both driven"]


def test_what_makes_a_comparison_doubtful_is_told(numbers):
    runs = (shown(pull("a", quality=(GRAVE,)), "Run 1"), shown(pull("b"), "Run 2", 1))
    found = dataclasses.replace(
        compare(runs[0].result, runs[1].result), warnings=("Run 1 lost its source.",)
    )
    numbers.set_runs(runs, found)
    assert "Run 1 lost its source." in seen(numbers)


def test_the_run_that_does_not_fit_the_others_is_named():
    runs = [shown(pull(str(n), peak_hp=226, seed=n), f"Run {n + 1}", n) for n in range(4)]
    found = dataclasses.replace(
        repeatability([one.result for one in runs]), outlier=2, why="It lies 9 % below."
    )
    section = repeatability_section(runs, found, HP)
    assert section.title == "4 runs"
    assert section.facts[-1].value.startswith("Run 3 does not fit the others. It lies 9 % below.")


def test_a_comparison_goes_when_one_run_is_left(numbers):
    runs = (shown(pull("a"), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1))
    numbers.set_runs(runs, compare(runs[0].result, runs[1].result))
    assert "Run 2 less Run 1" in seen(numbers)
    numbers.set_runs(runs[:1])
    assert "Run 2 less Run 1" not in seen(numbers)


def test_the_cursor_tells_every_run_at_the_place(numbers):
    results = [pull("a"), pull("b", peak_hp=200, seed=3)]
    numbers.set_runs([shown(one, f"Run {n}", n) for n, one in enumerate(results)])
    numbers.set_cursor("rpm", 5000.0)
    assert "At 5\u202f000 rpm" in seen(numbers)
    head, *rows = numbers.cursor_table.rows()
    assert head == ["", "hp", "lb·ft", "AFR", "bar"]
    for result, row in zip(results, rows, strict=True):
        power = at_rpm(result, 5000.0, result.curve.power_kw) * 1.222 / KW_PER_HP
        assert float(row[1]) == pytest.approx(power, abs=0.11)
        assert float(row[4]) == pytest.approx(1.27, abs=0.05)


def test_beyond_a_runs_ends_and_in_its_gaps_the_cursor_tells_a_dash(numbers):
    numbers.set_runs([shown(pull(gap=(4.0, 5.0)))])
    numbers.set_cursor("time", 4.5)
    assert numbers.cursor_table.rows()[1][1:] == [DASH] * 4
    numbers.set_cursor("rpm", 9000.0)
    assert numbers.cursor_table.rows()[1][1:] == [DASH] * 4
    numbers.set_cursor("time", 6.0)
    assert numbers.cursor_table.rows()[1][1] != DASH


@pytest.mark.parametrize("name", ["Run 1", "Run 128"])
def test_the_cursor_cuts_no_usual_name_in_the_narrow_column(numbers, qapp, name):
    numbers.resize(290, 600)
    numbers.show()
    numbers.set_runs([shown(pull(), name=name), shown(pull(), name=name)])
    grid = numbers._cursor_grid
    needed, _ = grid._widths(grid._pixels)
    assert grid.columnWidth(0) >= needed
    assert sum(grid.columnWidth(at) for at in range(5)) <= grid.viewport().width()


def test_the_cursors_place_is_in_the_shown_unit(numbers):
    numbers.set_units("imperial", "hp")
    result = pull()
    numbers.set_runs([shown(result)])
    numbers.set_cursor("speed", 100.0)
    power = np.interp(160.9344, result.curve.speed_kmh, result.curve.power_kw) * 1.222 / KW_PER_HP
    assert float(numbers.cursor_table.rows()[1][1]) == pytest.approx(power, abs=0.11)


def test_a_cursor_that_left_tells_nothing(numbers):
    numbers.set_runs([shown(pull())])
    numbers.set_cursor("rpm", 5000.0)
    numbers.set_cursor("rpm", math.nan)
    assert numbers.cursor_table.rows()[1][1:] == [DASH] * 4


def test_everything_is_copied_as_text(numbers, qtbot):
    numbers.set_runs([shown(pull(quality=(SLIPPED,)), "Run 3")])
    numbers.set_cursor("rpm", 5000.0)
    qtbot.keyClick(numbers, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QApplication.clipboard().text()
    assert text.startswith("Run 3\nPower\t")
    for words in ("time glitch\t", "60 to 100 mph\t5.721 s", "Factor\t1.2220", "At 5\u202f000 rpm"):
        assert words in text


def test_other_units_are_taken_at_once(numbers):
    numbers.set_runs([shown(pull())])
    numbers.set_units("metric", "kW")
    words = seen(numbers)
    assert {"kW", "Nm"} <= set(words)
    assert f"{pull().peak_power.value * 1.222:.1f}" in words


def test_names_are_shown_as_they_are_written(numbers):
    numbers.set_runs([shown(pull(), "<b>Run</b>")])
    assert "<b>Run</b>" in seen(numbers)


def test_a_kept_run_brings_its_dyno_and_how_far_it_can_be_trusted():
    told = shown_run(run(3), pull(), series=2)
    assert (told.name, told.series, told.ghost) == ("Run 3", 2, False)
    assert (told.dyno, told.tier) == ("Dynojet DynoWare RT", Tier.DOCUMENTED)
    assert shown_run(run(3, sources=()), pull()).dyno == ""


def test_the_reasons_of_a_badge_are_its_marks_sentences():
    assert reasons({"a": pull(quality=(SLIPPED, GRAVE))}) == {"a": [SLIPPED.why, GRAVE.why]}
