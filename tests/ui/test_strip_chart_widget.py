"""The strip chart: what it paints, and what a hand does with it."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.columns import Columns, columns_of_samples
from cartech_desk.ui.models.line_points import line_points
from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_scale import before_now
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace, gauge_scale, shown_unit
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.theme import choose_theme, series_color, tokens
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.plot.canvas import Canvas
from cartech_desk.ui.widgets.plot.lines import RuledLines, TraceCurve
from cartech_desk.ui.widgets.plot.value_axis import ValueAxis

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
    points = line_points(columns, 0, 1.0)
    assert points.t_ns.tolist() == [0, 0, 10, 10]
    assert points.values.tolist() == [1, 3, 5, 9]
    assert points.joined[:-1].all()


def test_a_falling_line_enters_a_column_at_its_highest():
    columns = Columns(
        np.array([0, 10]), np.array([5.0, 1.0]), np.array([9.0, 3.0]), np.array([True, False])
    )
    assert line_points(columns, 0, 1.0).values.tolist() == [5, 9, 3, 1]


def test_a_column_of_one_value_is_one_point():
    columns = Columns(
        np.array([0, 10, 20]),
        np.array([1.0, 5.0, 2.0]),
        np.array([1.0, 9.0, 2.0]),
        np.array([True, False, False]),
    )
    points = line_points(columns, 0, 1.0)
    assert points.t_ns.tolist() == [0, 10, 10, 20]
    assert points.values.tolist() == [1, 5, 9, 2]
    assert points.joined[:-1].all()


def test_no_point_is_joined_across_a_gap_and_a_lone_one_has_a_length():
    columns = Columns(
        np.array([0, 10, 50, 90]),
        np.array([1.0, 2.0, 3.0, 4.0]),
        np.array([1.0, 2.0, 3.0, 4.0]),
        np.array([True, False, True, True]),
    )
    points = line_points(columns, 0, 2.0)
    assert points.t_ns.tolist() == [0, 10, 48, 52, 88, 92]
    assert points.joined[:-1].tolist() == [True, False, True, False, True]


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


def test_nothing_is_drawn_while_the_charts_cannot_be_seen(stack, view, monkeypatch):
    drawn = []
    monkeypatch.setattr(TraceCurve, "setData", lambda *_a, **_k: drawn.append(1))
    stack.set_charts([[trace()]])
    drawn.clear()
    stack.refresh(before_now(view.right_ns), view.right_ns)
    assert not drawn


def test_another_theme_is_put_on_at_once(stack, view):
    line = trace(fits=False)
    t = np.arange(540 * SECOND, 600 * SECOND, SECOND // 10)
    line.columns = columns_of_samples(t, np.full(len(t), 4000.0), 2 * SECOND)
    stack.set_charts([[line]])
    shown(stack)
    before, ground = series_color(0), tokens().surface
    choose_theme("light" if tokens().name == "dark" else "dark")
    try:
        chart = stack.charts[0]
        assert len(colored_columns(chart, series_color(0))) > 700
        assert not colored_columns(chart, before)
        assert chart.grab().toImage().pixelColor(2, 2).name().upper() == tokens().surface
        assert tokens().surface != ground
    finally:
        choose_theme("dark")


def test_lines_of_two_units_stand_on_two_scales(stack, view):
    cold = Channel("temp", "Coolant", "degC", 0, 160)
    lines = [trace(fits=False), trace(cold, color=1, fits=False)]
    t = np.arange(540 * SECOND, 600 * SECOND, SECOND // 10)
    for line, value in zip(lines, (2000.0, 120.0), strict=True):
        line.columns = columns_of_samples(t, np.full(len(t), value), 2 * SECOND)
    stack.set_charts([lines])
    shown(stack)
    chart = stack.charts[0]
    picture = chart.grab().toImage()
    plot = chart.plot
    x = plot.center().x()
    column = [picture.pixelColor(x, y).name().upper() for y in range(plot.top(), plot.bottom())]
    for place, share in ((0, 0.25), (1, 0.75)):
        y = column.index(series_color(place))
        assert abs(y - (1 - share) * plot.height()) <= 2


def test_a_line_on_a_dense_screen_has_no_hole(stack, view):
    line = trace(fits=False)
    t = np.arange(540 * SECOND, 600 * SECOND, SECOND // 10)
    line.columns = columns_of_samples(t, np.full(len(t), 3000.0), 2 * SECOND)
    stack.set_charts([[line]])
    shown(stack)
    chart = stack.charts[0]
    picture = QImage(chart.size() * 2, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(2)
    picture.fill(0)
    painter = QPainter(picture)
    chart.findChild(Canvas).scene().render(painter, QRectF(chart.rect()), QRectF(chart.rect()))
    painter.end()
    x = 2 * chart.plot.center().x() + 5
    drawn = [
        y
        for y in range(picture.height())
        if picture.pixelColor(x, y).name().upper() == series_color(0)
    ]
    assert drawn == list(range(drawn[0], drawn[0] + 4))


def test_hands_reach_the_chart_through_its_canvas(stack, view):
    stack.set_charts([[trace()]])
    shown(stack)
    assert stack.charts[0].childAt(QPoint(300, 60)) is None


def test_a_gap_is_hatched_where_it_lies_and_a_mark_stands_at_its_instant(stack, view):
    stack.set_charts([[trace()]])
    stack.set_notes([Flag(590 * SECOND, "second gear")], [Stretch(550 * SECOND, 570 * SECOND)])
    shown(stack)
    chart = stack.charts[0]
    first, last = round(chart.x_of(550 * SECOND)), round(chart.x_of(570 * SECOND))
    hatched = colored_columns(chart, tokens().muted)
    assert set(range(first + 1, last - 1)) <= hatched
    assert not {x for x in hatched if x < first - 1 or x > last + 1}
    x = round(chart.x_of(590 * SECOND))
    assert colored_columns(chart, tokens().accent) & {x - 1, x, x + 1}


def test_what_came_while_the_charts_were_hidden_is_drawn_when_they_show(stack, view):
    line = trace(fits=False)
    t = np.arange(540 * SECOND, 600 * SECOND, SECOND // 10)
    line.columns = columns_of_samples(t, np.full(len(t), 4000.0), 2 * SECOND)
    stack.set_charts([[line]])
    stack.refresh(before_now(view.right_ns), view.right_ns)
    stack.show()
    QApplication.processEvents()
    assert len(colored_columns(stack.charts[0], series_color(0))) > 700


def test_scale_and_grid_are_drawn_once_while_only_time_passes(stack, view, monkeypatch):
    line = trace(fits=False)
    stack.set_charts([[line]])
    shown(stack)
    stack.charts[0].grab()
    drawn = []
    for kind in (ValueAxis, RuledLines):
        for name in ("generateDrawSpecs", "setData"):
            if hasattr(kind, name):
                monkeypatch.setattr(kind, name, lambda *_a, **_k: drawn.append(1))
    for second in range(601, 631):
        view.set_bounds(0, second * SECOND)
        stack.refresh(before_now(view.right_ns), view.right_ns)
        stack.charts[0].grab()
    assert not drawn


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
