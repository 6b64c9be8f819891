"""The dyno charts: what they paint, and what a hand does with them."""

import dataclasses
import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from cartech_desk.ui.theme.theme import choose_theme, series_color, tokens
from cartech_desk.ui.widgets.dyno_chart import EMPTY, PULL_TO_COME, DynoChart
from tests.ui.dyno_results import NONE, factor, no_pull, pull, shown


@pytest.fixture
def chart(qtbot):
    made = DynoChart()
    qtbot.addWidget(made)
    made.resize(750, 590)
    made.show()
    qtbot.waitExposed(made)
    return made


def said(chart):
    return [each.words for each in chart._plot._words.said]


def colors(chart):
    image = chart.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(0, image.height(), 2)
    }


def wheel(chart, at, steps):
    event = QWheelEvent(
        QPointF(at),
        chart.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart, event)


def test_an_empty_chart_says_what_will_be_here(chart):
    assert EMPTY in said(chart)


def test_a_scale_that_waited_for_its_first_run_is_numbered(chart, qtbot):
    chart.grab()
    chart.set_live(pull(upto=0.4))
    left, right = chart._plot._shown[0].axes
    assert len(left.ticks) > 2
    assert left.size().width() == right.size().width() > 20


def test_a_low_pane_has_two_numbers_at_least(chart):
    chart.set_runs([shown(pull(), "Run 3", 1)])
    for pane in chart._plot._shown:
        assert len(pane.axes[0].ticks) >= 2


def test_what_fails_while_the_window_is_laid_out_is_told_and_not_thrown_through_it(
    chart, monkeypatch
):
    told = []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_rest: told.append(kind))

    def broken(*_asked):
        raise IndexError

    monkeypatch.setattr(chart._picture, "panes", broken)
    chart.resize(700, 500)
    chart.hide()
    chart.show()
    assert set(told) == {IndexError}


def test_a_run_is_drawn_in_its_colour_and_named(chart):
    chart.set_runs([shown(pull(), "Run 3", 1)])
    assert "Run 3" in said(chart)
    assert series_color(1).lower() in colors(chart)


def test_the_chart_takes_the_other_theme(chart):
    chart.set_runs([shown(pull(), "Run 3", 1)])
    choose_theme("light")
    try:
        assert tokens().name == "light"
        assert {series_color(1).lower(), tokens().surface.lower()} <= colors(chart)
    finally:
        choose_theme("dark")


def test_headings_tell_the_units_and_how_the_lines_are_told_apart(chart):
    chart.set_runs([shown(pull())])
    assert {"Power hp", "Torque lb·ft", "AFR", "Boost bar", "5\u202f252"} <= set(said(chart))
    samples = {each.words: each.sample for each in chart._plot._words.said}
    assert (samples["Power hp"], samples["Torque lb·ft"]) == ("solid", "dashed")


def test_what_the_correction_is_stands_over_the_chart(chart):
    chart.set_runs([shown(pull())])
    assert "SAE · at the wheels" in said(chart)


def test_a_run_that_could_not_be_corrected_is_named_so(chart):
    chart.set_runs([shown(pull(why_not="The pressure is missing."), "Run 5")])
    assert "Run 5 (uncorrected)" in said(chart)


def test_the_last_run_is_named_as_the_ghost_and_the_driven_one_as_now(chart):
    chart.set_runs([shown(pull(), "Run 3", ghost=True)])
    chart.set_live(pull("live", upto=0.4))
    assert {"now", "last: Run 3"} <= set(said(chart))


def test_a_run_without_engine_speed_is_said_in_the_chart(chart):
    chart.set_runs([shown(pull()), shown(pull("n", has_rpm=False), "Run 7", 1)])
    assert any(words.startswith("Run 7 has no engine speed") for words in said(chart))
    chart.set_axis("speed")
    assert not any("no engine speed" in words for words in said(chart))


def test_a_run_under_way_without_a_pull_yet_says_so(chart):
    chart.set_live(no_pull("live"))
    assert PULL_TO_COME in said(chart)


def test_a_run_under_way_without_engine_speed_is_said_in_the_chart(chart):
    chart.set_live(pull("live", has_rpm=False))
    assert any(words.startswith("The run under way has no engine speed") for words in said(chart))


def test_odd_runs_are_shown_without_a_word_of_trouble(chart):
    chart.set_runs([shown(no_pull(), "Run 9"), shown(pull(upto=0.002), "Run 10")])
    for axis in ("speed", "time", "rpm"):
        chart.set_axis(axis)
    chart.set_difference(on=True)
    chart.set_live(no_pull("live"))
    chart.set_live(None)
    chart.set_runs([])
    chart.grab()


def test_the_wheel_zooms_about_the_pointer(chart):
    chart.set_runs([shown(pull())])
    plot = chart._plot.plot
    at = QPoint(plot.left() + plot.width() // 4, plot.top() + 40)
    before = chart._plot.at_x(at.x())
    wheel(chart, at, 3)
    assert chart._plot.at_x(at.x()) == pytest.approx(before, abs=1.0)
    assert chart.shown[1] - chart.shown[0] < 3000


def test_a_drag_pans_and_a_double_click_shows_all(chart, qtbot):
    chart.set_runs([shown(pull())])
    whole = chart.shown
    middle = chart._plot.plot.center()
    wheel(chart, middle, 4)
    left = chart.shown[0]
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(chart, middle + QPoint(60, 0))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))
    assert chart.shown[0] < left
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=middle)
    assert chart.shown == whole


def test_the_pointer_moves_the_cursor_and_takes_it_along_when_it_leaves(chart, qtbot):
    chart.set_runs([shown(pull())])
    places = []
    chart.cursor_moved.connect(places.append)
    plot = chart._plot.plot
    qtbot.mouseMove(chart, QPoint(plot.center().x(), plot.top() + 30))
    assert places[-1] == pytest.approx(chart._plot.at_x(plot.center().x()))
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert math.isnan(places[-1])


def test_the_cursor_is_told_in_the_axis_shown_unit(chart):
    chart.set_units("imperial", "hp")
    chart.set_axis("speed")
    chart.set_runs([shown(pull())])
    places = []
    chart.cursor_moved.connect(places.append)
    chart._set_cursor(160.9344)
    assert places == [pytest.approx(100.0)]


def test_arrow_keys_move_the_cursor_and_escape_takes_it_away(chart, qtbot):
    chart.set_runs([shown(pull())])
    places = []
    chart.cursor_moved.connect(places.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(chart, key)
    assert places[1] > places[0]
    assert places[2] == pytest.approx(places[0])
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert not math.isnan(chart.cursor_place)
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert math.isnan(places[-1])


def test_plus_minus_and_nought_zoom_by_keys(chart, qtbot):
    chart.set_runs([shown(pull())])
    whole = chart.shown
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.shown[1] - chart.shown[0] < whole[1] - whole[0]
    qtbot.keyClick(chart, Qt.Key.Key_0)
    assert chart.shown == whole


def test_a_zoomed_chart_stays_where_it_is_under_another_correction(chart):
    result = pull()
    chart.set_runs([shown(result)])
    wheel(chart, chart._plot.plot.center(), 4)
    before = chart.shown
    chart.set_runs([shown(dataclasses.replace(result, factor=factor(1.0, NONE)))])
    assert chart.shown == before


def test_the_difference_needs_a_second_run_and_says_so(chart):
    chart.set_runs([shown(pull())])
    chart.set_difference(on=True)
    assert any("Lay a second run over the first" in words for words in said(chart))
    chart.set_runs([shown(pull(), "Run 1"), shown(pull("b", peak_hp=240), "Run 2", 1)])
    assert "Run 2 less Run 1: power hp" in said(chart)


def test_a_live_frame_leaves_the_lines_of_the_other_runs_as_they_are_drawn(chart):
    chart.set_runs([shown(pull(), "Run 3", ghost=True)])
    chart.set_live(pull("live", upto=0.4))
    chart.grab()
    item = chart._plot._shown[0].item
    before = item._picture
    chart.set_live(pull("live", upto=0.45))
    chart.grab()
    assert item._picture is before


def test_what_comes_while_the_chart_is_hidden_is_drawn_when_it_shows(chart):
    chart.hide()
    chart.set_runs([shown(pull(), "Run 3", 1)])
    chart.show()
    assert "Run 3" in said(chart)


def test_names_that_find_no_room_are_counted(chart):
    chart.set_runs([shown(pull(str(n), seed=n), f"Run {n + 1}", n) for n in range(20)])
    assert any(words.startswith("+ ") and words.endswith(" more") for words in said(chart))
