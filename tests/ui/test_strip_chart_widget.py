"""The strip chart: what it paints, and what a hand does with it."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.columns import Columns, columns_of_samples
from cartech_desk.ui.models.time_scale import before_now
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace, gauge_scale, shown_unit
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.theme import series_color
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.polyline import Mapping, _lines

SECOND = 1_000_000_000
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


def trace(channel=RPM, color=0, fits=True):
    unit = shown_unit(channel, UnitSystem.METRIC)
    return Trace(channel, unit, color, ValueScale(*gauge_scale(channel, unit), fits=fits))


@pytest.fixture
def view():
    made = TimeView(60 * SECOND, longest_ns=600 * SECOND)
    made.set_bounds(0, 600 * SECOND)
    return made


@pytest.fixture
def stack(qtbot, view):
    made = ChartStack(view)
    made.resize(900, 420)
    qtbot.addWidget(made)
    return made


def shown(stack):
    stack.show()
    stack.refresh(before_now(stack.view.right_ns), stack.view.right_ns)
    QApplication.processEvents()


def colored_columns(chart, color):
    """Columns of pixels of the plot in which the line's colour occurs."""
    picture = chart.grab().toImage()
    wanted = QColor(color).rgb()
    plot = chart.plot
    return {
        x
        for x in range(plot.left(), plot.right() + 1)
        for y in range(plot.top() + 1, plot.bottom())
        if picture.pixel(x, y) == wanted
    }


def test_no_line_crosses_a_gap(stack, view):
    line = trace(fits=False)
    t = np.concatenate((np.arange(540, 560, 0.1), np.arange(580, 600, 0.1))) * SECOND
    values = np.full(len(t), 4000.0)
    line.columns = columns_of_samples(t.astype(np.int64), values, 2 * SECOND)
    stack.set_charts([[line]])
    shown(stack)
    chart = stack.charts[0]
    found = colored_columns(chart, series_color(0))
    left, right = round(chart.x_of(560 * SECOND)), round(chart.x_of(580 * SECOND))
    assert len(found & set(range(chart.plot.left() + 2, left - 2))) > 200
    assert not found & set(range(left + 2, right - 2))


def test_a_lone_sample_between_gaps_is_seen(stack, view):
    line = trace(fits=False)
    line.columns = columns_of_samples(np.array([570 * SECOND]), np.array([4000.0]), 2 * SECOND)
    stack.set_charts([[line]])
    shown(stack)
    assert colored_columns(stack.charts[0], series_color(0))


def test_a_column_reaches_from_its_lowest_to_its_highest():
    columns = Columns(
        np.array([0, 10]), np.array([1.0, 5.0]), np.array([3.0, 9.0]), np.array([True, False])
    )
    (points,) = _lines(columns, Mapping(0, 1.0, 0.0, 100.0, 1.0))
    assert points.tolist() == [[0, 99], [0, 97], [10, 95], [10, 91]]


def test_hundreds_of_frames_are_painted(stack, view, qtbot):
    lines = [trace(color=number) for number in range(3)]
    stack.set_charts([[line] for line in lines])
    stack.show()
    rng = np.random.default_rng(1)
    painted = 0
    for frame in range(400):
        now = (600 + frame // 10) * SECOND + frame % 10 * SECOND // 10
        view.set_bounds(now - 600 * SECOND, now)
        t = np.arange(now - 60 * SECOND, now, SECOND // 10)
        for line in lines:
            line.columns = columns_of_samples(t, rng.normal(3000, 900, len(t)), 2 * SECOND)
        stack.refresh(before_now(now), now)
        QApplication.processEvents()
        painted += 1
    assert painted == 400


def test_nothing_is_painted_while_the_charts_cannot_be_seen(stack, view, monkeypatch):
    line = trace()
    stack.set_charts([[line]])
    chart = stack.charts[0]
    asked = []
    monkeypatch.setattr(chart, "update", lambda: asked.append(1))
    stack.refresh(before_now(view.right_ns), view.right_ns)
    assert not asked


def test_the_ground_is_painted_once_while_only_time_passes(stack, view, monkeypatch):
    line = trace(fits=False)
    stack.set_charts([[line]])
    shown(stack)
    chart = stack.charts[0]
    painted = []
    real = chart._paint_ground
    monkeypatch.setattr(chart, "_paint_ground", lambda *a: (painted.append(1), real(*a)))
    for second in range(601, 631):
        view.set_bounds(0, second * SECOND)
        stack.refresh(before_now(view.right_ns), view.right_ns)
        chart.grab()
    assert not painted


def wheel(chart, steps, at, modifiers=Qt.KeyboardModifier.NoModifier):
    event = QWheelEvent(
        QPointF(at),
        QPointF(chart.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart, event)


def test_the_wheel_zooms_all_charts_and_what_is_under_the_pointer_stays(stack, view):
    stack.set_charts([[trace()], [trace()]])
    shown(stack)
    view.hold()
    chart = stack.charts[0]
    before = chart.time_at(300)
    wheel(chart, 3, QPoint(300, 60))
    assert view.span_ns < 60 * SECOND
    assert abs(stack.charts[1].time_at(300) - before) < view.span_ns / 100


def test_zooming_while_following_goes_on_following(stack, view):
    stack.set_charts([[trace()]])
    shown(stack)
    wheel(stack.charts[0], -2, QPoint(300, 60))
    assert view.following
    assert view.span_ns > 60 * SECOND


def test_dragging_pans_and_double_click_follows_again(stack, view, qtbot):
    stack.set_charts([[trace()]])
    shown(stack)
    chart = stack.charts[0]
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseMove(chart, QPoint(500, 60))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))
    assert not view.following
    assert view.right_ns < 595 * SECOND
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))
    assert view.following
    assert view.right_ns == 600 * SECOND


def test_the_view_cannot_leave_what_there_is(view):
    view.pan(-10_000 * SECOND)
    assert view.left_ns == 0
    view.pan(10_000 * SECOND)
    assert view.right_ns == 600 * SECOND


def test_one_cursor_stands_in_all_charts(stack, view, qtbot):
    stack.set_charts([[trace()], [trace()]])
    shown(stack)
    qtbot.mouseMove(stack.charts[0], QPoint(400, 60))
    assert view.cursor_ns == stack.charts[1].time_at(400)


def test_the_cursor_stays_under_the_pointer_while_time_passes(stack, view, qtbot):
    stack.set_charts([[trace()]])
    shown(stack)
    chart = stack.charts[0]
    qtbot.mouseMove(chart, QPoint(400, 60))
    view.set_bounds(0, 605 * SECOND)
    assert abs(chart.x_of(view.cursor_ns) - 400) < 1


@pytest.mark.parametrize(
    ("key", "check"),
    [
        (Qt.Key.Key_Left, lambda view: view.right_ns < 600 * SECOND),
        (Qt.Key.Key_Plus, lambda view: view.span_ns < 60 * SECOND),
        (Qt.Key.Key_Minus, lambda view: view.span_ns > 60 * SECOND),
        (Qt.Key.Key_Comma, lambda view: view.cursor_ns is not None),
    ],
)
def test_keys_do_what_the_hand_does(stack, view, qtbot, key, check):
    stack.set_charts([[trace()]])
    shown(stack)
    qtbot.keyClick(stack.charts[0], key)
    assert check(view)


def test_a_frame_of_six_charts_takes_little_time(stack, view):
    lines = [trace(color=number) for number in range(6)]
    t = np.arange(540 * SECOND, 600 * SECOND, SECOND // 100)
    values = 3000 + 2500 * np.sin(t / 3e9)
    for line in lines:
        line.columns = columns_of_samples(t[::5], values[::5], 2 * SECOND)
    stack.set_charts([[line] for line in lines])
    shown(stack)
    began = time.process_time()
    for _ in range(10):
        stack.refresh(before_now(view.right_ns), view.right_ns)
        QApplication.processEvents()
    assert (time.process_time() - began) / 10 < 0.1


def test_a_scale_fits_what_is_in_view_and_not_what_lies_beside_it(stack, view):
    line = trace()
    t = np.arange(500 * SECOND, 600 * SECOND, SECOND // 10)
    values = np.where(t < 530 * SECOND, 7500.0, 1000.0)
    line.columns = columns_of_samples(t, values, 2 * SECOND)
    stack.set_charts([[line]])
    shown(stack)
    assert line.scale.high < 2000
