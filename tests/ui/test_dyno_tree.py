"""The tree of dyno runs: what it lists, how one walks, ticks, searches and acts."""

import dataclasses
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.dyno.corrections import factor
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, RunSetup, View
from cartech_desk.store.dyno import RunEnding, RunSummary
from cartech_desk.ui.models.dyno_run_tree import (
    BADGE_ROLE,
    PEAK_ROLE,
    RUN_ROLE,
    SERIES_ROLE,
    badge,
    session_words,
)
from cartech_desk.ui.models.dyno_told import peaks_told
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.dyno_tree import DynoTree
from tests.ui.dyno_results import KW_PER_HP, STARTED, WEATHER, pull, run, session

SLIPS = ("slips", "slips", False)
SPIN = ("wheel_spin", "wheel spin", True)


@pytest.fixture
def tree(qtbot):
    made = DynoTree()
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.set_runs(SESSIONS, RUNS)
    made.show()
    qtbot.waitExposed(made)
    made.view.setFocus()
    return made


SESSIONS = (session(1, customer="J. Doe"), session(2, vehicle_name="2006 Impreza"))
RUNS = (run(1, 1), run(2, 1), run(1, 2), run(2, 2), run(3, 2, note="new intake"))


def listed(tree):
    """Return the ids of all runs that can be seen, from top to bottom."""
    found = []
    for row in range(tree.filter.rowCount()):
        above = tree.filter.index(row, 0)
        found += [
            tree.filter.index(place, 0, above).data(RUN_ROLE).id
            for place in range(tree.filter.rowCount(above))
        ]
    return found


def told(tree):
    found = []
    tree.chosen.connect(found.append)
    return found


def test_the_newest_session_and_its_newest_run_stand_on_top(tree):
    assert listed(tree) == ["s2r3", "s2r2", "s2r1", "s1r2", "s1r1"]


def test_a_run_that_is_pressed_is_the_one_in_front(tree, qtbot):
    found = told(tree)
    at = tree.view.visualRect(tree.filter.mapFromSource(tree.model.index_of("s2r2"))).center()
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert found == [["s2r2"]]


def test_a_box_lays_a_run_over_the_one_in_front(tree, qtbot):
    tree.choose(["s2r3"])
    found = told(tree)
    rect = tree.view.visualRect(tree.filter.mapFromSource(tree.model.index_of("s2r1")))
    at = rect.center()
    at.setX(rect.left() + 12)
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert "s2r1" in found[-1]
    assert tree.model.index_of("s2r1").data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked


def test_arrows_walk_and_space_ticks(tree, qtbot):
    tree.choose(["s2r3"])
    found = told(tree)
    qtbot.keyClick(tree.view, Qt.Key.Key_Down)
    qtbot.keyClick(tree.view, Qt.Key.Key_Space)
    qtbot.keyClick(tree.view, Qt.Key.Key_Down)
    assert found == [["s2r2"], ["s2r1", "s2r2"]]
    qtbot.keyClick(tree.view, Qt.Key.Key_Up)
    qtbot.keyClick(tree.view, Qt.Key.Key_Space)
    assert tree.chosen_runs() == ["s2r2"]


def test_choosing_tells_the_runs_with_the_first_in_front(tree):
    found = told(tree)
    tree.choose(["s1r2", "s2r3", "s2r1"])
    assert found == [["s1r2", "s2r3", "s2r1"]]
    tree.choose(["s1r2", "s2r3", "s2r1"])
    assert len(found) == 1


def test_keys_and_menu_ask_for_acts_by_the_runs_id(tree, qtbot):
    asked = []
    tree.rename_wanted.connect(lambda run_id: asked.append(("rename", run_id)))
    tree.delete_wanted.connect(lambda run_id: asked.append(("delete", run_id)))
    tree.properties_wanted.connect(lambda run_id: asked.append(("properties", run_id)))
    tree.choose(["s2r2"])
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        qtbot.keyClick(tree.view, key)
    assert asked == [("rename", "s2r2"), ("delete", "s2r2"), ("properties", "s2r2")]
    menu = tree.menu()
    for action in menu.actions():
        if action.text() in {"Rename …", "Delete …", "Properties …"}:
            action.trigger()
    assert len(asked) == 6


def test_show_alone_unticks_the_others(tree):
    tree.choose(["s2r2", "s2r1"])
    alone = next(action for action in tree.menu().actions() if action.text() == "Show alone")
    alone.trigger()
    assert tree.chosen_runs() == ["s2r2"]


def test_no_run_is_no_menu_and_no_key(tree, qtbot):
    asked = []
    tree.delete_wanted.connect(asked.append)
    tree.view.setCurrentIndex(tree.filter.index(0, 0))
    qtbot.keyClick(tree.view, Qt.Key.Key_Delete)
    assert tree.menu() is None
    assert asked == []


def test_what_was_open_and_chosen_stays_when_a_run_comes(tree):
    tree.choose(["s2r2", "s2r1"])
    tree.view.collapse(tree.filter.index(1, 0))
    found = told(tree)
    tree.set_runs(SESSIONS, (*RUNS, run(4, 2)))
    assert tree.chosen_runs() == ["s2r2", "s2r1"]
    assert tree.view.isExpanded(tree.filter.index(0, 0))
    assert not tree.view.isExpanded(tree.filter.index(1, 0))
    assert tree.view.currentIndex().data(RUN_ROLE).id == "s2r2"
    assert found == []


def test_a_chosen_run_that_is_gone_is_told(tree):
    tree.choose(["s2r2", "s2r1"])
    found = told(tree)
    tree.set_runs(SESSIONS, [one for one in RUNS if one.id != "s2r1"])
    assert found == [["s2r2"]]


def test_the_tree_narrows_to_runs_by_every_word_of_run_and_session(tree):
    tree.search.setText("impreza 2")
    assert "s2r2" in listed(tree)
    assert "s1r2" not in listed(tree)
    tree.search.setText("INTAKE")
    assert listed(tree) == ["s2r3"]
    tree.search.setText("doe")
    assert listed(tree) == ["s1r2", "s1r1"]
    tree.search.setText("doe intake")
    assert listed(tree) == []
    assert "No run matches" in tree.nothing.text()
    tree.search.clear()
    assert len(listed(tree)) == 5


def test_searching_opens_closed_sessions_and_closes_them_again(tree):
    tree.view.collapse(tree.filter.index(1, 0))
    tree.search.setText("doe")
    assert tree.view.isExpanded(tree.filter.index(0, 0))
    tree.search.clear()
    assert not tree.view.isExpanded(tree.filter.index(1, 0))


def test_a_search_that_hides_the_chosen_runs_leaves_them_chosen(tree):
    tree.choose(["s2r2", "s2r1"])
    found = told(tree)
    tree.search.setText("doe")
    tree.search.clear()
    assert tree.chosen_runs() == ["s2r2", "s2r1"]
    assert found == []


def test_an_empty_tree_says_what_will_be_here(qtbot):
    made = DynoTree()
    qtbot.addWidget(made)
    assert "Start a session, or import a run" in made.nothing.text()


def test_peaks_stand_under_the_correction_in_force_in_the_unit_set(tree):
    index = tree.model.index_of("s2r2")
    for correction, unit, per_kw in (("none", "kW", 1.0), ("std", "hp", 1 / KW_PER_HP)):
        tree.set_view(View(correction), "metric", unit)
        value = factor(correction, WEATHER, RunSetup()).value
        assert index.data(PEAK_ROLE).words == f"{226 * KW_PER_HP * per_kw * value:.1f} {unit}"


def test_the_air_that_was_measured_goes_before_the_typed_one(tree):
    summary = RunSummary(100.0, 7000.0, conditions=Conditions(30.0, 90.0, 50.0, "station"))
    tree.set_runs(SESSIONS, [run(1, 2, summary=summary)])
    tree.set_view(View("std"), "metric", "kW")
    value = factor("std", summary.conditions, RunSetup()).value
    assert tree.model.index_of("s2r1").data(PEAK_ROLE).words == f"{100 * value:.1f} kW"


@pytest.mark.parametrize(
    "setup",
    [
        RunSetup(conditions=Conditions(24.0, None, 41.0)),
        RunSetup(conditions=WEATHER, roles={Role.PRESSURE: "weather_pressure"}),
    ],
    ids=["pressure missing", "measured, and not known here"],
)
def test_a_peak_that_cannot_be_corrected_here_is_said_to_be_raw(tree, setup):
    tree.set_runs(SESSIONS, [run(1, 2, setup=setup)])
    peak = tree.model.index_of("s2r1").data(PEAK_ROLE)
    assert peak.words == "226.0 hp raw"
    assert peak.why_not
    tip = tree.model.index_of("s2r1").data(Qt.ItemDataRole.ToolTipRole)
    assert "not corrected" in tip


def test_a_kept_peak_is_said_to_be_of_its_smoothing_until_the_run_is_computed(tree):
    view = View("sae", smoothing=0)
    tree.set_view(view, "metric", "hp")
    peak = tree.model.index_of("s2r1").data(PEAK_ROLE)
    assert peak.note == "smoothing 3"
    assert tree.model.peaks.wanted(tree.model.run("s2r1"))


def test_a_peak_is_that_of_the_run_s_result_under_the_view_in_force(tree):
    result = pull("s2r1", peak_hp=231.0)
    tree.set_view(result.view, "metric", "hp")
    tree.show_results({"s2r1": result})
    peak = tree.model.index_of("s2r1").data(PEAK_ROLE)
    assert peak.number == peaks_told(result, dyno_units("metric", "hp"))[0].number
    assert peak.note == ""


def test_a_result_under_another_view_or_of_a_changed_run_is_not_shown(tree):
    result = pull("s2r1", peak_hp=231.0)
    before = tree.model.index_of("s2r1").data(PEAK_ROLE).number
    tree.set_view(View("din", smoothing=5), "metric", "hp")
    tree.show_results({"s2r1": result})
    assert tree.model.index_of("s2r1").data(PEAK_ROLE).note == "smoothing 3"
    tree.set_view(result.view, "metric", "hp")
    tree.show_results({"s2r1": result})
    tree.set_runs(SESSIONS, [run(1, 2, note="put right")])
    assert tree.model.index_of("s2r1").data(PEAK_ROLE).number == before


def test_power_at_the_engine_is_not_told_from_what_was_kept_at_the_wheels(tree):
    tree.set_view(View("sae", engine=True), "metric", "hp")
    assert tree.model.index_of("s2r1").data(PEAK_ROLE).note == "at the wheels"


def test_sessions_that_are_over_and_hold_no_run_are_listed_when_asked_for(tree):
    over = session(3, ended=STARTED)
    tree.set_runs((*SESSIONS, over), RUNS)
    assert tree.filter.rowCount() == 2
    tree.show_empties(on=True)
    assert tree.filter.rowCount() == 3
    tree.show_empties(on=False)
    assert tree.filter.rowCount() == 2


def test_a_session_under_way_is_listed_before_its_first_run(tree):
    tree.set_runs((*SESSIONS, session(3)), RUNS)
    assert tree.filter.rowCount() == 3


def test_the_runs_that_can_be_seen_are_told_from_the_top_down(tree, qtbot):
    assert [one.id for one in tree.in_sight()] == listed(tree)
    tree.resize(240, 220)
    qtbot.waitUntil(lambda: 0 < len(tree.in_sight()) < 5)
    assert tree.in_sight()[0].id == "s2r3"


def test_badges_are_a_shape_and_a_word_the_gravest_first():
    assert badge(run()) == (State.CONNECTED, "good")
    assert badge(run(quality=(SLIPS,))) == (State.WARNING, "time glitch")
    assert badge(run(quality=(SLIPS, SPIN))) == (State.TRIP, "wheel spin +1")
    assert badge(run(ending=RunEnding.POWER_CUT)) == (State.WARNING, "power cut")
    assert badge(run(ending=RunEnding.OPEN)) == (State.RECORDING, "being driven")
    assert badge(run(summary=RunSummary())) == (State.OFF, "no peak")


def test_a_cut_run_that_is_marked_for_it_says_it_once():
    marks = (("power_cut", "power cut", False), SLIPS)
    cut = run(ending=RunEnding.POWER_CUT, quality=marks)
    assert badge(cut) == (State.WARNING, "power cut +1")


def test_the_tooltip_tells_the_reasons(tree):
    tree.set_runs(SESSIONS, [run(1, 2, quality=(SLIPS,))])
    index = tree.model.index_of("s2r1")
    assert "Time glitch." in index.data(Qt.ItemDataRole.ToolTipRole)
    tree.set_reasons({"s2r1": ["The speed column slips by 50 ms."]})
    assert "The speed column slips by 50 ms." in index.data(Qt.ItemDataRole.ToolTipRole)


def test_names_are_never_read_as_rich_text(tree):
    tree.set_runs(SESSIONS, [run(1, 2, name="<b>Run</b>")])
    tip = tree.model.index_of("s2r1").data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip


def test_a_session_is_told_by_car_day_test_and_operator():
    name, facts = session_words(session(1))
    assert name == "2019 Civic Type R"
    assert facts.endswith("power pull · Tom Technician")


def test_a_run_that_is_read_out_tells_peak_and_badge(tree):
    said = tree.model.index_of("s2r2").data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Run 2, 230.")
    assert said.endswith("good")


def test_the_chosen_runs_are_copied_as_text(tree, qtbot):
    tree.choose(["s2r2", "s2r1"])
    qtbot.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "Run\tPeak\tBadge"
    assert [line.split("\t")[0] for line in lines[1:]] == ["Run 2", "Run 1"]


def test_runs_have_the_colour_of_their_place_among_those_chosen(tree):
    tree.choose(["s2r2", "s2r1"])
    colours = [tree.model.index_of(one).data(SERIES_ROLE) for one in ("s2r2", "s2r1", "s2r3")]
    assert colours == [0, 1, None]


def test_runs_in_the_chart_show_their_colour(tree):
    before = tree.grab().toImage()
    tree.set_series({"s2r2": 0})
    assert tree.grab().toImage() != before


def test_the_same_runs_again_change_nothing(tree):
    resets = []
    tree.model.modelReset.connect(lambda: resets.append(1))
    tree.set_runs(SESSIONS, RUNS)
    assert resets == []
    tree.set_runs(SESSIONS, (*RUNS[:-1], dataclasses.replace(RUNS[-1], name="After")))
    assert resets == [1]


def test_five_thousand_runs_are_listed_searched_and_chosen_quickly(tree):
    sessions = [session(number) for number in range(200)]
    runs = [run(number, one) for one in range(200) for number in range(1, 26)]
    began = time.perf_counter()
    tree.set_runs(sessions, runs)
    QApplication.processEvents()
    listed_s = time.perf_counter() - began
    tree.search.setText("civic run 21")
    QApplication.processEvents()
    searched_s = time.perf_counter() - began - listed_s
    assert listed_s < 2.0
    assert searched_s < 3.0
    assert tree.model.index_of("s7r21").data(BADGE_ROLE) == (State.CONNECTED, "good")
