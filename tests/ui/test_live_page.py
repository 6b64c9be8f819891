"""The live page, by what a person does and sees."""

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.ui.models.live_layout import KIND, STANDARD, to_document
from cartech_desk.ui.pages.live import LivePage
from cartech_desk.ui.theme.appearance import Appearance
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.channel_picker import ChannelPicker
from cartech_desk.ui.widgets.chart_form import ChartForm
from cartech_desk.ui.widgets.name_form import NameForm
from cartech_desk.ui.widgets.tile_form import TileForm


@pytest.fixture
def page(qtbot, desk, acts):
    made = LivePage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.layouts.loaded)
    return made


@pytest.fixture
def live(page, bay):
    """The page with a car connected that delivers values."""
    bay.connected()
    page.tick(bay.snapshot())
    bay.feed(
        {
            "rpm": 6420.0,
            "boost": 138.0,
            "temp": 93.0,
            "timing": 12.5,
            "afr": 11.8,
            "speed": 88.0,
            "throttle": 71.0,
            "map": 238.0,
        }
    )
    page.tick(bay.snapshot())
    return page


def tile(page, name):
    return page.board.grid.tiles[name]


def kept(store, qtbot, name=STANDARD):
    qtbot.waitUntil(lambda: store.layouts.load(KIND, name) is not None)
    return store.layouts.load(KIND, name)


def test_an_empty_page_says_what_will_be_here_and_offers_to_connect(page, bay, acts, qtbot):
    page.tick(bay.snapshot())
    assert "will be here" in page.empty.words.text()
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert acts.told.pages == [("connect", None)]


def test_the_first_layout_is_made_from_what_the_car_delivers(live):
    assert list(live.board.grid.tiles) == ["rpm", "boost", "temp", "timing", "afr", "speed"]
    charts = [[t.channel.name for t in chart.traces] for chart in live.board.stack.charts]
    assert charts == [["rpm", "throttle"], ["boost", "map"], ["afr"]]


def test_what_is_shown_is_what_the_bay_watches(live, bay):
    assert set(bay.rates) == set(live.shown_layout.channels())
    assert bay.rates["rpm"] == 10.0
    assert bay.rates["temp"] == 1.0


def test_a_tile_shows_its_value_in_the_units_of_the_shop(live):
    assert tile(live, "rpm").value_text == "6\u202f420"
    assert (tile(live, "boost").value_text, tile(live, "boost").unit.symbol) == ("1.38", "bar")


def test_other_units_are_shown_as_soon_as_they_are_set(live, desk, acts):
    values = desk.settings.values
    screen = values.screen.model_copy(update={"units": "imperial"})
    desk.settings.save(values.model_copy(update={"screen": screen}))
    acts.settings_changed.emit()
    assert tile(live, "speed").unit.symbol == "mph"
    assert tile(live, "speed").value_text == "55"


def test_a_stale_value_is_told_with_its_age(live, bay):
    bay.values["speed"] = (monotonic_ns() - 5_200_000_000, 87.0)
    live.tick(bay.snapshot())
    assert tile(live, "speed").state_text == "5 s ago"
    assert not tile(live, "speed").reading.fresh


def test_an_answer_that_is_no_value_is_a_dash_and_not_the_last_number(live, bay):
    bay.feed({}, invalid=("afr",))
    live.tick(bay.snapshot())
    assert tile(live, "afr").value_text == "\u2013"
    assert tile(live, "afr").state_text == "no value"


def test_a_value_beyond_its_limit_is_told_by_word_and_in_the_bar(live, bay):
    bay.feed({"temp": 128.0})
    live.tick(bay.snapshot())
    assert tile(live, "temp").state_text == "too high"
    assert live.bar.alarm.isVisible()
    assert live.bar.alarm.words == "Coolant too high: 128 °C"


def test_a_lost_link_leaves_the_last_values_on_the_page_as_stale(live, bay):
    bay.link(LinkState.LOST)
    for name, (_, value) in list(bay.values.items()):
        bay.values[name] = (monotonic_ns() - 3_000_000_000, value)
    live.tick(bay.snapshot())
    assert not live.empty.isVisible()
    assert tile(live, "rpm").value_text == "6\u202f420"
    assert tile(live, "rpm").state_text == "3 s ago"


def test_record_asks_for_a_vehicle_and_then_records(live, bay, acts, store, qtbot):
    acts.take_vehicle(store.vehicles.by_name("Civic"))
    qtbot.mouseClick(live.record, Qt.MouseButton.LeftButton)
    bay_call = next(call for call in bay.calls if call[0] == "start_recording")
    assert bay_call[1] == acts.vehicle.id
    live.tick(bay.snapshot())
    assert live.record.text().startswith("Stop")
    assert live.bar.lamp.words.startswith("REC 00:00:0")
    assert live.bar.mark.isEnabled()


def test_every_control_of_the_page_is_large_enough_for_a_glove(live, qapp):
    dressed = Appearance(qapp)
    dressed.put_on(live)
    try:
        QApplication.processEvents()
        for button in (live.record, live.bar.pause, live.bar.mark, live.edit, live.layout_menu):
            assert button.height() >= 44
    finally:
        theme_changed.disconnect(dressed._dress)


def test_mark_sets_a_mark_in_the_recording(live, bay, acts, store, qtbot):
    acts.take_vehicle(store.vehicles.by_name("Civic"))
    acts.start_recording()
    live.tick(bay.snapshot())
    qtbot.mouseClick(live.bar.mark, Qt.MouseButton.LeftButton)
    assert ("mark", "") in bay.calls


def test_a_recording_keeps_a_channel_whose_tile_is_removed(live, bay, acts, store):
    acts.take_vehicle(store.vehicles.by_name("Civic"))
    acts.start_recording()
    live.tick(bay.snapshot())
    live.board.grid.remove_tile("speed")
    assert "speed" in bay.rates
    acts.stop_recording()
    live.tick(bay.snapshot())
    assert "speed" not in bay.rates


def test_pause_holds_the_charts_and_follows_again(live, bay, qtbot):
    qtbot.mouseClick(live.bar.pause, Qt.MouseButton.LeftButton)
    right = live.board.view.right_ns
    qtbot.wait(30)
    live.tick(bay.snapshot())
    assert live.board.view.right_ns == right
    assert live.bar.pause.text().startswith("Follow")
    live.toggle_pause()
    live.tick(bay.snapshot())
    assert live.board.view.right_ns > right


def test_held_charts_keep_their_lines_in_another_size_and_in_other_units(live, bay, qtbot):
    bay.feed({"speed": 50.0, "rpm": 2000.0})
    live.board.forget()
    live.tick(bay.snapshot())
    live.toggle_pause()
    live.resize(1000, 640)
    live._system = "other"
    live._settings_changed()
    qtbot.waitUntil(lambda: len(live.board.stack.charts[0].traces[0].columns) > 0)
    ruler = live.board.stack.ruler
    last = live.board.stack.charts[0].x_of(live.board.view.right_ns)
    qtbot.waitUntil(lambda: all(x <= last + 1 for x, _ in ruler._placed))


def test_the_table_tells_the_value_at_the_cursor_and_the_rates(live, bay, qtbot):
    now = monotonic_ns()
    for back in range(100, 0, -1):
        t_ns = now - back * 100_000_000
        bay.points.setdefault("rpm", []).append((t_ns, 1000.0 + back))
    bay.points["rpm"].sort()
    chart = live.board.stack.charts[0]
    live.tick(bay.snapshot())
    row = live.board.rows.rows[0]
    assert (row.label, row.asked, row.got) == ("Engine speed", "10.0", "9.8")
    x = round(chart.x_of(live.board.view.right_ns - 5_000_000_000))
    qtbot.mouseMove(chart, QPoint(x, 60))
    qtbot.waitUntil(lambda: live.board.rows.rows[0].value.startswith("1\u202f0"))
    shown = float(live.board.rows.rows[0].value.replace("\u202f", ""))
    assert abs(shown - 1050) <= 3


def test_following_again_shows_the_newest_values_and_no_old_cursor(live, bay, qtbot):
    chart = live.board.stack.charts[0]
    live.toggle_pause()
    at = QPoint(chart.plot.left() + 20, 60)
    qtbot.mouseMove(chart, at)
    qtbot.waitUntil(lambda: live.board.view.cursor_ns is not None)
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=at)
    live.tick(bay.snapshot())
    assert live.board.view.following
    assert live.board.view.cursor_ns is None
    assert live.board.rows.headerData(1, Qt.Orientation.Horizontal) == "now"
    assert live.board.rows.rows[0].value == "6\u202f420"


def test_a_cursor_beyond_the_edge_of_charts_that_follow_tells_no_values(live, bay):
    view = live.board.view
    view.set_cursor(view.left_ns + view.span_ns // 10)
    view.zoom(0.5, view.right_ns)
    live.tick(bay.snapshot())
    assert live.board.rows.headerData(1, Qt.Orientation.Horizontal) == "now"


def test_there_is_no_value_at_the_cursor_where_nothing_came(live, bay, qtbot):
    chart = live.board.stack.charts[0]
    qtbot.mouseMove(chart, QPoint(chart.plot.left() + 20, 60))
    qtbot.waitUntil(lambda: live.board.rows.rows[0].value == "\u2013")


def test_a_channel_is_found_by_searching_and_gets_a_tile(live, bay, store, qtbot):
    live.choose_tiles()
    picker = live.findChild(ChannelPicker)
    qtbot.keyClicks(picker.search, "batt")
    assert picker.model.rowCount() == 1
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    qtbot.keyClick(picker.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "voltage" in live.board.grid.tiles
    assert bay.rates["voltage"] == 1.0
    tiles = kept(store, qtbot)["tiles"]
    assert tiles[-1]["channel"] == "voltage"


def test_a_search_that_finds_nothing_says_so(live, qtbot):
    live.choose_tiles()
    picker = live.findChild(ChannelPicker)
    qtbot.keyClicks(picker.search, "warp core")
    assert "No channel of this car matches" in picker.nothing.text()


def test_a_chart_takes_the_channels_that_were_chosen(live, qtbot):
    live.add_chart()
    picker = live.findChild(ChannelPicker)
    assert not picker.take.isEnabled()
    for name in ("speed", "timing"):
        picker.model.toggle([c.name for c in live._available].index(name))
    picker.take.click()
    last = live.board.stack.charts[-1]
    assert [line.channel.name for line in last.traces] == ["speed", "timing"]


def test_tiles_are_moved_resized_and_removed_by_hand_and_kept(live, store, qtbot):
    live.edit.setChecked(True)
    grid = live.board.grid
    rpm = tile(live, "rpm")
    rpm.setFocus()
    qtbot.keyClick(rpm, Qt.Key.Key_Right)
    qtbot.keyClick(rpm, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(tile(live, "speed"), Qt.Key.Key_Delete)
    assert [spec.channel for spec in grid.specs] == ["boost", "rpm", "temp", "timing", "afr"]
    assert tile(live, "rpm").width() > 1.8 * tile(live, "boost").width()
    qtbot.waitUntil(
        lambda: len((store.layouts.load(KIND, STANDARD) or {"tiles": ()})["tiles"]) == 5
    )
    assert store.layouts.load(KIND, STANDARD)["tiles"][1]["columns"] == 2


def test_a_tile_is_dragged_to_another_place(live, qtbot):
    live.edit.setChecked(True)
    rpm, afr = tile(live, "rpm"), tile(live, "afr")
    qtbot.mousePress(rpm, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.mouseMove(rpm, rpm.mapFromGlobal(afr.mapToGlobal(QPoint(10, 5))))
    qtbot.mouseRelease(rpm, Qt.MouseButton.LeftButton)
    assert [spec.channel for spec in live.board.grid.specs][4] == "rpm"


def test_every_button_of_the_edit_mode_is_large_enough_for_a_glove(live):
    live.edit.setChecked(True)
    for buttons in live.board.grid._buttons.values():
        for button in buttons.findChildren(type(live.record)):
            assert button.width() >= 44
            assert button.height() >= 44


def test_tiles_that_are_edited_show_name_and_value_above_their_buttons(live):
    height = tile(live, "rpm").height()
    live.edit.setChecked(True)
    for name, buttons in live.board.grid._buttons.items():
        assert buttons.y() >= 80
        assert buttons.geometry().bottom() < tile(live, name).height()
    live.edit.setChecked(False)
    assert tile(live, "rpm").height() == height


def test_the_buttons_of_the_lowest_chart_are_whole(live):
    live.edit.setChecked(True)
    for buttons in live.board._chart_buttons:
        chart = buttons.parentWidget()
        assert buttons.geometry().bottom() < chart.minimumHeight()
        assert buttons.y() >= 0


def test_no_row_of_tiles_is_out_of_reach_while_they_are_edited(live):
    live.resize(760, 560)
    live.edit.setChecked(True)
    grid = live.board.grid
    lowest = max(each.geometry().bottom() for each in grid.tiles.values())
    assert grid.widget().height() > lowest
    bar = grid.verticalScrollBar()
    assert bar.maximum() >= grid.widget().height() - grid.viewport().height()


def test_charts_are_moved_and_removed_by_hand(live):
    live.board.move_chart(0, 1)
    live.board.remove_chart(2)
    charts = [[t.channel.name for t in chart.traces] for chart in live.board.stack.charts]
    assert charts == [["boost", "map"], ["rpm", "throttle"]]


def test_bands_and_rate_of_a_tile_are_set_in_the_units_of_the_shop(live, bay, qtbot):
    live.edit_tile("boost")
    form = live.findChild(TileForm)
    form.edges["warn_high"].line.setText("1.2")
    form.edges["trip_high"].line.setText("1.5")
    form.rate.setCurrentIndex(form.rate.findData(20.0))
    form._take()
    bay.feed({"boost": 138.0})
    live.tick(bay.snapshot())
    assert tile(live, "boost").state_text == "high"
    assert math.isclose(tile(live, "boost").bands.trip_high, 150.0)
    assert bay.rates["boost"] == 20.0


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [("warn_high", "abc", "not a number"), ("warn_low", "900", "must rise")],
)
def test_a_wrong_band_is_refused_beside_its_field(live, field, text, words):
    live.edit_tile("temp")
    form = live.findChild(TileForm)
    form.edges[field].line.setText(text)
    form._take()
    assert form.isVisible()
    assert any(words in edge.wrong.text() for edge in form.edges.values())


def test_a_chart_keeps_the_scale_that_was_set(live):
    live.edit_chart(0)
    form = live.findChild(ChartForm)
    form.fixed.setChecked(True)
    form.low.line.setText("0")
    form.high.line.setText("7000")
    form._take()
    scale = live.board.stack.charts[0].traces[0].scale
    assert (scale.low, scale.high, scale.fits) == (0, 7000, False)


def test_a_layout_is_saved_under_a_name_and_chosen_again(live, store, qtbot):
    live.board.grid.remove_tile("rpm")
    live.save_as()
    form = live.findChild(NameForm)
    form.line.setText("Pull")
    form._take()
    assert live.layouts.name == "Pull"
    kept(store, qtbot, "Pull")
    live.layouts.choose(STANDARD)
    qtbot.waitUntil(lambda: live.layouts.name == STANDARD)
    live.layouts.choose("Pull")
    qtbot.waitUntil(lambda: live.layouts.name == "Pull")
    assert "rpm" not in live.board.grid.tiles


@pytest.mark.parametrize(("name", "words"), [("  ", "needs a name"), ("standard", "already")])
def test_a_name_that_no_layout_can_have_is_refused_below_the_field(live, qtbot, name, words):
    live.layouts.name = "Other"
    live.save_as()
    form = live.findChild(NameForm)
    form.line.setText(name)
    form._take()
    assert form.isVisible()
    assert words in form.wrong.text()


def test_a_deleted_layout_comes_back_from_the_toast(live, store, acts, qtbot):
    live.layouts.keep_as("Pull", live.shown_layout)
    kept(store, qtbot, "Pull")
    live.delete_layout()
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    words, undo = acts.told.toasts[-1]
    assert words == "The layout “Pull” was deleted."
    assert store.layouts.load(KIND, "Pull") is None
    undo()
    kept(store, qtbot, "Pull")
    assert live.layouts.name == "Pull"


def test_the_last_layout_is_shown_again_when_the_desk_opens(live, desk, acts, store, qtbot):
    live.layouts.keep_as("Pull", live.shown_layout.with_tile("voltage"))
    kept(store, qtbot, "Pull")
    qtbot.waitUntil(lambda: not live.layouts._working)
    other = LivePage(desk, acts)
    qtbot.addWidget(other)
    other.shown()
    qtbot.waitUntil(lambda: other.layouts.loaded)
    assert other.layouts.name == "Pull"
    assert other.shown_layout.tiles[-1].channel == "voltage"


def test_a_layout_that_cannot_be_read_is_told_and_the_standard_one_shown(desk, acts, store, qtbot):
    store.layouts.save(KIND, "Broken", {"version": 1, "tiles": 7})
    store.layouts.save("window", "live", {"layout": "Broken"})
    page = LivePage(desk, acts)
    qtbot.addWidget(page)
    page.shown()
    qtbot.waitUntil(lambda: bool(acts.told.refused))
    assert "“Broken” cannot be read" in acts.told.refused[0].message
    assert page.layouts.name == STANDARD
    assert page.layouts.loaded


def test_a_channel_that_this_car_lacks_says_so(live, bay, store, qtbot):
    document = to_document(live.shown_layout.with_tile("egt"))
    store.layouts.save(KIND, "Other car", document)
    live.layouts.choose("Other car")
    qtbot.waitUntil(lambda: live.layouts.name == "Other car")
    live.tick(bay.snapshot())
    assert tile(live, "egt").state_text == "not from this car"


def test_a_channel_that_was_searched_for_gets_a_tile_and_the_focus(live, bay):
    live.shown("voltage")
    live.tick(bay.snapshot())
    assert "voltage" in live.board.grid.tiles


def test_lines_on_the_page_follow_what_comes(live, bay):
    QApplication.processEvents()
    before = len(live.board.traces.columns("rpm"))
    bay.feed({"rpm": 3000.0}, t_ns=monotonic_ns() - 1)
    live.board.forget()
    live.tick(bay.snapshot())
    assert len(live.board.traces.columns("rpm")) >= max(before, 1)
    assert live.board.stack.charts[0].traces[0].columns.extent is not None


def test_a_layout_that_was_emptied_offers_to_choose_channels(live, bay, qtbot):
    for name in list(live.board.grid.tiles):
        live.board.grid.remove_tile(name)
    for _ in range(3):
        live.board.remove_chart(0)
    live.tick(bay.snapshot())
    assert "This layout is empty" in live.bare.words.text()
    assert live.bare.isVisible()
    assert live.layout_menu.isVisible()
    qtbot.mouseClick(live.bare.button, Qt.MouseButton.LeftButton)
    assert live.findChild(ChannelPicker).isVisible()


def test_a_change_is_kept_even_if_the_desk_closes_in_that_moment(live, store):
    live.board.grid.remove_tile("rpm")
    live.hidden()
    tiles = store.layouts.load(KIND, STANDARD)["tiles"]
    assert "rpm" not in [row["channel"] for row in tiles]


def zoomed(live, qtbot):
    live.board.view.zoom(0.5, live.board.view.right_ns)
    qtbot.waitUntil(lambda: live.shown_layout.span_s == 30.0)
    live.hidden()


def test_the_length_of_the_time_axis_belongs_to_the_layout(live, store, qtbot):
    live.layouts.keep_as("Pull", live.shown_layout)
    kept(store, qtbot, "Pull")
    zoomed(live, qtbot)
    assert store.layouts.load(KIND, "Pull")["span_s"] == 30.0


def test_a_zoom_alone_does_not_bind_the_standard_layout_to_this_car(live, store, qtbot):
    zoomed(live, qtbot)
    assert store.layouts.load(KIND, STANDARD) is None
