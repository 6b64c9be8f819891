"""The recordings page, by what a person does and sees, upon a real store."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.alarms import AlarmRecord
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.pages import recording_list_view
from cartech_desk.ui.pages.recordings import RecordingsPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.channel_picker import ChannelPicker
from cartech_desk.ui.widgets.export_form import ExportForm, usual_path
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.widgets.name_form import NameForm
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN

SECOND = 1_000_000_000
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000, 0, "mode 01 PID 0C")
BOOST = Channel("boost", "Boost", "kPa", -100, 200, 1, "map - barometer", derived=True)
TEMP = Channel("temp", "Coolant", "degC", -40, 130, 0, "mode 01 PID 05")


def recorded(
    store, vehicle, seconds, *, note="", ending=Ending.STOPPED, gap=None, hz=10, by=None, alarm=None
):
    """A recording whose rpm is 1000 plus its tenths of a second."""
    anchor = monotonic_ns() - seconds * SECOND
    number = store.vehicles.by_name(vehicle).id
    writer = store.recordings.begin(
        number, (RPM, BOOST, TEMP), anchor_ns=anchor, note=note, operator=by
    )
    t_ns = np.arange(-5 * SECOND, seconds * SECOND, SECOND // hz)
    if gap:
        t_ns = t_ns[(t_ns < gap[0] * SECOND) | (t_ns >= gap[1] * SECOND)]
    values = 1000 + t_ns / SECOND * 10
    good = np.zeros(len(t_ns), np.uint8)
    marks = [Mark(0, MarkKind.TRIGGER), Mark(20 * SECOND, MarkKind.NOTE, "knock heard")]
    if alarm:
        first, last = alarm
        marks.append(Mark(first * SECOND, MarkKind.ALARM, "Over-boost", last * SECOND))
    if gap:
        marks.append(Mark(gap[0] * SECOND, MarkKind.GAP, "", gap[1] * SECOND))
    writer.write(
        {
            "rpm": Columns(anchor + t_ns, values, good),
            "boost": Columns(anchor + t_ns, np.sin(t_ns / SECOND) * 100, good),
            "temp": Columns(anchor + t_ns[::hz], np.full(len(t_ns[::hz]), 90.0), good[::hz]),
        },
        marks,
    )
    return writer.close(ending)


@pytest.fixture
def page(qtbot, desk, acts):
    made = RecordingsPage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    return made


def listed(page, qtbot, number):
    page.shown()
    qtbot.waitUntil(lambda: len(page.list.table.rows) == number)
    return page.list


@pytest.fixture
def opened(page, store, qtbot):
    """A recording of two minutes with a gap, open."""
    recorded(store, "Civic", 120, note="third gear", gap=(60, 75))
    listed(page, qtbot, 1)
    page.open_recording(page.list.table.rows[0])
    viewer = page.viewer
    qtbot.waitUntil(lambda: len(viewer.reader.columns("rpm")) > 0)
    return viewer


def cells(page, row):
    return [page.list.filter.index(row, column).data() for column in range(8)]


def test_an_empty_list_says_what_to_do_next(page, acts, qtbot):
    page.shown()
    qtbot.waitUntil(page.empty.isVisible)
    assert "press Record" in page.empty.words.text()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert acts.told.pages == [("live", None)]


def test_the_list_tells_vehicle_length_channels_and_how_each_ended(page, store, qtbot):
    recorded(store, "Civic", 120, note="third gear")
    recorded(store, "Golf", 60, ending=Ending.POWER_CUT)
    recorded(store, "Supra", 30, ending=Ending.DISK_FULL)
    recorded(store, "Mini", 30, ending=Ending.WRITE_FAILED)
    listed(page, qtbot, 4)
    found = {cells(page, row)[1]: cells(page, row) for row in range(4)}
    assert found["Civic"][0].startswith("today ")
    assert found["Civic"][2:] == [
        "2 min 05 s",
        "3: Engine speed, Boost, Coolant",
        "stopped",
        "",
        DASH,
        "third gear",
    ]
    assert found["Golf"][4] == "power cut"
    assert found["Supra"][4] == "disk full"
    assert found["Mini"][4] == "write failed"


@pytest.mark.parametrize(
    ("typed", "vehicles"),
    [
        ("gol", {"Golf"}),
        ("third civic", {"Civic"}),
        ("coolant", {"Civic", "Golf"}),
        ("power", {"Golf"}),
    ],
)
def test_the_list_is_narrowed_as_one_types(page, store, qtbot, typed, vehicles):
    recorded(store, "Civic", 120, note="third gear")
    recorded(store, "Golf", 60, ending=Ending.POWER_CUT)
    listed(page, qtbot, 2)
    qtbot.keyClicks(page.list.search, typed)
    assert {cells(page, row)[1] for row in range(page.list.filter.rowCount())} == vehicles


def test_a_recording_is_found_by_the_vin_of_its_vehicle(page, store, qtbot):
    recorded(store, "Civic", 30)
    vin = "SHHFK8760KU000001"
    anchor = monotonic_ns()
    writer = store.recordings.begin(store.vehicles.by_vin(vin).id, (RPM,), anchor_ns=anchor)
    writer.write({"rpm": Columns(np.array([anchor]), np.array([1.0]), np.zeros(1, np.uint8))})
    writer.close()
    listed(page, qtbot, 2)
    qtbot.keyClicks(page.list.search, vin[5:])
    assert page.list.filter.rowCount() == 1


def test_recordings_of_long_ago_are_found_and_sorted(store, desk, acts, qtbot, monkeypatch):
    monkeypatch.setattr(recording_list_view, "FIRST", 1)
    for vehicle, seconds in (("Civic", 90), ("Golf", 60), ("Supra", 30)):
        recorded(store, vehicle, seconds)
    page = RecordingsPage(desk, acts)
    qtbot.addWidget(page)
    page.show()
    shown = lambda: [cells(page, row)[1] for row in range(page.list.filter.rowCount())]  # noqa: E731
    listed(page, qtbot, 1)
    newest = shown()
    assert page.list.further.isVisible()
    page.list.search.setText("golf")
    qtbot.waitUntil(lambda: shown() == ["Golf"])
    page.list.search.setText("no such car")
    qtbot.waitUntil(lambda: "No recording matches" in page.list.nothing.text())
    page.list.search.clear()
    qtbot.waitUntil(lambda: shown() == newest)
    page.list.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: shown() == ["Civic"])
    page.shown(store.recordings.list("golf")[0].id)
    qtbot.waitUntil(lambda: page.opened)
    assert page.title_label.text().startswith("Golf")


def test_a_search_that_finds_nothing_says_so(page, store, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    qtbot.keyClicks(page.list.search, "porsche")
    assert "No recording matches “porsche”" in page.list.nothing.text()


def test_the_list_sorts_by_what_stands_behind_the_texts(page, store, qtbot):
    for vehicle, seconds in (("A", 100), ("B", 9), ("C", 4000)):
        recorded(store, vehicle, seconds, hz=1)
    listed(page, qtbot, 3)
    page.list.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert [cells(page, row)[1] for row in range(3)] == ["B", "A", "C"]


def test_rows_are_copied_as_text(page, store, qtbot):
    recorded(store, "Civic", 30, note="baseline")
    listed(page, qtbot, 1)
    qtbot.keyClick(page.list.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QApplication.clipboard().text().split("\n")
    assert heading.split("\t")[1] == "Vehicle"
    assert row.split("\t")[7] == "baseline"


def test_columns_are_remembered(page, desk, acts, store, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    page.list.view.horizontalHeader().resizeSection(1, 333)
    page.hidden()
    qtbot.waitUntil(lambda: store.layouts.load("window", "recordings") is not None)
    other = RecordingsPage(desk, acts)
    qtbot.addWidget(other)
    other.shown()
    qtbot.waitUntil(lambda: other._remembered)
    assert other.list.view.horizontalHeader().sectionSize(1) == 333


def test_enter_opens_a_recording_and_escape_goes_back(page, store, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    qtbot.keyClick(page.list.view, Qt.Key.Key_Return)
    assert page.opened
    assert page.title_label.text().startswith("Civic, today ")
    next(a for a in page.actions() if a.shortcut == "Esc").run()
    assert not page.opened
    assert page.title_label.text() == "Recordings"


def test_the_page_opens_the_recording_it_was_called_for(page, store, qtbot):
    summary = recorded(store, "Civic", 30)
    recorded(store, "Golf", 30)
    page.shown(summary.id)
    qtbot.waitUntil(lambda: page.opened)
    assert page.viewer.summary.id == summary.id


def test_the_whole_recording_is_shown_first(opened):
    assert opened.view.left_ns == opened.summary.first_ns
    assert opened.view.right_ns == opened.summary.last_ns
    names = [[t.channel.name for t in chart.traces] for chart in opened.stack.charts]
    assert names == [["rpm"], ["boost"], ["temp"]]


def test_an_hour_is_shown_as_lowest_and_highest_and_nearness_as_samples(page, store, qtbot):
    recorded(store, "Civic", 3600)
    listed(page, qtbot, 1)
    page.open_recording(page.list.table.rows[0])
    viewer = page.viewer
    qtbot.waitUntil(lambda: len(viewer.reader.columns("rpm")) > 0)
    assert not viewer.reader.shows_samples
    assert len(viewer.reader.columns("rpm")) <= 1.5 * viewer.stack.plot_width
    viewer.view.show(1000 * SECOND, 1010 * SECOND)
    qtbot.waitUntil(lambda: viewer.reader.shows_samples)
    columns = viewer.reader.columns("rpm")
    at = np.searchsorted(columns.t_ns, 1005 * SECOND)
    assert columns.low[at] == columns.high[at] == pytest.approx(1000 + 10050)


def test_a_gap_is_hatched_listed_and_no_line_crosses_it(opened):
    columns = opened.reader.columns("rpm")
    (cut,) = np.flatnonzero(columns.starts[1:]) + 1
    assert columns.t_ns[cut - 1] < 60 * SECOND <= 75 * SECOND <= columns.t_ns[cut] + SECOND
    (gap,) = opened.stack.charts[0].gaps
    assert (gap.first_ns, gap.last_ns) == (60 * SECOND, 75 * SECOND)
    assert opened.marks.item(2).text() == "1:00  link gone for 15.0 s"


def test_a_press_on_a_mark_jumps_to_it(opened):
    item = opened.marks.item(1)
    assert item.text() == "0:20  mark: knock heard"
    opened.marks.itemClicked.emit(item)
    assert opened.view.cursor_ns == 20 * SECOND
    assert opened.view.left_ns < 20 * SECOND < opened.view.right_ns
    assert opened.view.span_ns < 60 * SECOND


def test_the_values_at_the_cursor_are_those_of_the_samples(opened, qtbot):
    opened.view.set_cursor(20 * SECOND + 30_000_000)
    qtbot.waitUntil(lambda: opened.rows.rows[0].value == "1\u202f200")
    assert opened.grid.tiles["rpm"].value_text == "1\u202f200"
    assert opened.grid.tiles["temp"].value_text == "90"


def test_there_is_no_value_in_a_gap(opened, qtbot):
    opened.view.set_cursor(70 * SECOND)
    qtbot.waitUntil(lambda: opened.rows.rows[0].value == "\u2013")
    assert opened.grid.tiles["rpm"].value_text == "\u2013"


def test_double_click_shows_the_whole_again(opened, qtbot):
    opened.view.show(10 * SECOND, 20 * SECOND)
    chart = opened.stack.charts[0]
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(300, 40))
    assert opened.view.right_ns == opened.summary.last_ns
    assert not opened.view.following


def test_the_overview_moves_the_stretch_that_is_shown(opened, qtbot):
    opened.view.show(10 * SECOND, 20 * SECOND)
    overview = opened.overview
    x = round(overview._x(100 * SECOND))
    qtbot.mousePress(overview, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    assert abs(opened.view.left_ns - 95 * SECOND) < SECOND


def test_playing_moves_the_cursor_at_the_pace_chosen(opened, qtbot):
    opened.view.set_cursor(10 * SECOND)
    opened.play.pace.setCurrentIndex(opened.play.pace.findData(8.0))
    opened.play.toggle()
    began = time.monotonic()
    qtbot.waitUntil(lambda: opened.view.cursor_ns >= 14 * SECOND)
    assert 0.3 < time.monotonic() - began < 2
    opened.play.toggle()
    stands = opened.view.cursor_ns
    qtbot.wait(100)
    assert opened.view.cursor_ns == stands


def test_playing_turns_the_page_and_ends_at_the_end(opened, qtbot):
    last = opened.summary.last_ns
    opened.view.show(100 * SECOND, 110 * SECOND)
    opened.view.set_cursor(109 * SECOND)
    opened.play.pace.setCurrentIndex(opened.play.pace.findData(8.0))
    opened.play.play()
    qtbot.waitUntil(lambda: not opened.play.playing)
    assert opened.view.cursor_ns == last
    assert opened.view.right_ns == last


def test_a_pointer_that_rests_on_the_charts_does_not_hold_the_tape(opened, qtbot):
    opened.view.set_cursor(10 * SECOND)
    opened.play.play()
    qtbot.mouseMove(opened.stack.charts[0], QPoint(700, 40))
    assert opened.view.cursor_ns < 12 * SECOND
    opened.play.stop()


def test_other_channels_are_chosen_by_searching(page, opened, qtbot):
    page.choose_channels()
    picker = page.findChild(ChannelPicker)
    for row in (0, 1):
        picker.model.toggle(row)
    picker.take.click()
    names = [[t.channel.name for t in chart.traces] for chart in opened.stack.charts]
    assert names == [["temp"]]
    qtbot.waitUntil(lambda: len(opened.reader.columns("temp")) > 0)


def test_the_note_is_changed(page, opened, store, qtbot):
    page.edit_note()
    form = page.findChild(NameForm)
    form.line.setText("fourth gear")
    form._take()
    qtbot.waitUntil(lambda: page.list.table.rows[0].note == "fourth gear")


def test_a_deleted_recording_comes_back_from_the_toast(page, store, acts, qtbot):
    summary = recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    page.delete_chosen()
    qtbot.waitUntil(page.empty.isVisible)
    words, undo = acts.told.toasts[-1]
    assert words.startswith("The recording of Civic, today ")
    undo()
    qtbot.waitUntil(lambda: len(page.list.table.rows) == 1)
    assert not store.recordings.get(summary.id).deleted


def test_the_toast_of_a_deletion_says_how_long_it_is_kept(page, store, acts, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    page.delete_chosen()
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    assert acts.told.toasts[-1][0].endswith("was deleted. Kept for 30 days.")


@pytest.mark.usefixtures("opened")
def test_after_deleting_an_open_recording_the_keys_belong_to_the_list(page, store, acts, qtbot):
    recorded(store, "Golf", 30)
    page.delete_chosen()
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    assert page.pages.currentWidget() is page.list
    assert QApplication.focusWidget() is page.list.view


def test_a_deleted_recording_is_forgotten_by_the_viewer(page, opened, settings, acts, qtbot):
    page.delete_chosen()
    qtbot.waitUntil(page.empty.isVisible)
    assert opened.summary is None
    assert opened.reader.summary is None
    opened.show_units(UnitSystem.IMPERIAL)
    theme_changed.emit()
    assert not opened.reader.busy
    assert acts.told.refused == []


def test_a_recording_removed_elsewhere_is_left_without_a_raw_id(page, opened, store, acts, qtbot):
    kept = opened.summary
    store.recordings.delete(kept.id)
    store.recordings.purge(kept.id)
    opened.show_units(UnitSystem.IMPERIAL)
    qtbot.waitUntil(page.empty.isVisible)
    assert acts.told.refused == []
    assert acts.told.toasts[-1][0] == "That recording is not kept here any more."
    assert not any(kept.id in words for words, _ in acts.told.toasts)


def test_a_deleted_recording_stays_kept_for_those_who_delete_by_mistake(page, store, qtbot):
    kept = recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    page.delete_chosen()
    qtbot.waitUntil(page.empty.isVisible)
    assert [one.id for one in store.recordings.deleted()] == [kept.id]


def test_a_recording_under_way_is_not_deleted(page, store, acts, qtbot):
    anchor = monotonic_ns()
    vehicle = store.vehicles.by_name("Civic").id
    writer = store.recordings.begin(vehicle, (RPM,), anchor_ns=anchor)
    writer.write({"rpm": Columns(np.array([anchor]), np.array([1.0]), np.zeros(1, np.uint8))})
    listed(page, qtbot, 1)
    assert cells(page, 0)[4] == "still recording"
    page.delete_chosen()
    assert "still being written" in acts.told.toasts[-1][0]
    writer.close()


def exported(page, qtbot, path, **chosen):
    page.export_recording()
    form = page.findChildren(ExportForm)[-1]
    form.ask_path = lambda _usual, _kind: path
    for name in chosen:
        getattr(form, name).setChecked(True)
    form.begin()
    qtbot.waitUntil(lambda: not form.running)
    return form


def test_the_whole_is_exported_to_csv(page, opened, acts, tmp_path, qtbot):
    path = tmp_path / "whole.csv"
    exported(page, qtbot, path)
    assert acts.told.toasts[-1][0] == f"Exported to {path}."
    assert "rpm" in path.read_text(encoding="utf-8-sig").splitlines()[0]


def test_what_is_shown_is_exported_without_the_rest(page, opened, tmp_path, qtbot):
    opened.view.show(10 * SECOND, 12 * SECOND)
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    exported(page, qtbot, whole)
    exported(page, qtbot, part, part=True)
    assert 20 <= len(part.read_text(encoding="utf-8-sig").splitlines()) <= 50
    assert part.stat().st_size < whole.stat().st_size / 10


def test_an_export_that_cannot_be_written_says_why(page, opened, tmp_path, qtbot):
    form = exported(page, qtbot, tmp_path / "no such folder" / "a.csv")
    assert form.isVisible()
    assert form.words.text()
    assert form.done_path is None
    assert form.take.isEnabled()


def test_operator_and_alarms_stand_in_the_list(page, store, qtbot):
    recorded(store, "Civic", 60, by=TECHNICIAN, alarm=(10, 40))
    listed(page, qtbot, 1)
    assert cells(page, 0)[5:7] == ["1 alarm", "Tom Technician"]
    alarms = page.list.filter.index(0, 5)
    assert not alarms.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert alarms.data(Qt.ItemDataRole.ToolTipRole) == "Over-boost"


def trip_of(store, summary, *, label="Over-boost", level=Level.TRIP, after_s=12, **changes):
    """Put an alarm of a recording into the history."""
    raised = summary.anchor + timedelta(seconds=after_s)
    record = AlarmRecord(
        id="a1",
        key="limit:boost_high",
        vehicle_id=summary.vehicle_id,
        vehicle_name=summary.vehicle_name,
        label=label,
        to_do="",
        priority=Priority.HIGH,
        level=level,
        state=AlarmState.NORMAL,
        raised=raised,
        returned=raised + timedelta(seconds=3),
        cleared=raised + timedelta(seconds=3),
    )
    store.alarms.keep([replace(record, **changes)])


def lamp_of_alarms(page):
    icon = page.list.filter.index(0, 5).data(Qt.ItemDataRole.DecorationRole)
    return icon.pixmap(14, 14).toImage()


def test_a_recording_with_a_trip_has_the_lamp_and_the_word_of_a_trip(page, store, qtbot):
    recorded(store, "Civic", 60, alarm=(10, 40))
    trip_of(store, store.recordings.list()[0])
    listed(page, qtbot, 1)
    assert cells(page, 0)[5] == "1 alarm, trip"
    assert lamp_of_alarms(page) == lamp_icon(State.TRIP).pixmap(14, 14).toImage()


@pytest.mark.parametrize(
    "changes",
    [{"level": Level.WARNING}, {"label": "Coolant hot"}, {"after_s": 4000}],
    ids=["a warning", "another alarm", "long after"],
)
def test_what_is_no_trip_of_the_recording_keeps_the_lamp_of_a_warning(page, store, qtbot, changes):
    recorded(store, "Civic", 60, alarm=(10, 40))
    trip_of(store, store.recordings.list()[0], **changes)
    listed(page, qtbot, 1)
    assert cells(page, 0)[5] == "1 alarm"
    assert lamp_of_alarms(page) == lamp_icon(State.WARNING).pixmap(14, 14).toImage()


def test_a_trip_that_stood_before_the_recording_began_counts_too(page, store, qtbot):
    recorded(store, "Civic", 60, alarm=(-5, 40))
    summary = store.recordings.list()[0]
    trip_of(store, summary, after_s=-600, returned=None, cleared=None)
    listed(page, qtbot, 1)
    assert cells(page, 0)[5] == "1 alarm, trip"


def test_the_tiles_of_a_recording_show_the_limits_of_its_vehicle(page, store, qtbot):
    recorded(store, "Civic", 60)
    number = store.vehicles.by_name("Civic").id
    limit = Limit("rpm_high", "rpm", Comparison.ABOVE, 6000.0, 6500.0)
    store.limits.put("vehicle", number, [limit], ADMINISTRATOR)
    listed(page, qtbot, 1)
    page.open_recording(page.list.table.rows[0])
    tile = page.viewer.grid.tiles["rpm"]
    qtbot.waitUntil(lambda: [edge.value for edge in tile.edges] == [6000.0, 6500.0])
    assert (tile.bands.warn_high, tile.bands.trip_high) == (6000.0, 6500.0)
    page.viewer.show_channels(["temp", "rpm"])
    assert page.viewer.grid.tiles["rpm"].edges == tile.edges


def test_an_alarm_is_a_shaded_stretch_with_its_words(page, store, qtbot):
    recorded(store, "Civic", 60, by=TECHNICIAN, alarm=(10, 40))
    listed(page, qtbot, 1)
    page.open_recording(page.list.table.rows[0])
    assert "by Tom Technician" in page.title_label.text()
    viewer = page.viewer
    (stretch,) = viewer.overview.gaps
    assert stretch.alarm
    assert (stretch.first_ns, stretch.last_ns) == (10 * SECOND, 40 * SECOND)
    assert "▲ Over-boost" in [flag.text for flag in viewer.overview.flags]
    words = [viewer.marks.item(row).text() for row in range(viewer.marks.count())]
    assert any("alarm: Over-boost" in each for each in words)
    viewer.stack.grab()
    viewer.overview.grab()


def test_who_may_not_delete_sees_why_and_who_may(page, store, office, acts, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    assert page.delete.isEnabled()
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: not page.delete.isEnabled())
    assert "manager or administrator may delete" in page.delete.toolTip()
    assert page.export.isEnabled()
    page.delete_chosen()
    assert "may delete" in acts.told.toasts[-1][0]
    office.session.lock()
    qtbot.waitUntil(lambda: not page.export.isEnabled())
    assert "locked" in page.export.toolTip()
    assert len(store.recordings.list()) == 1
    office.session.enter(ADMINISTRATOR)
    qtbot.waitUntil(page.delete.isEnabled)


def test_deleting_and_taking_it_back_are_in_the_audit_log(page, store, acts, qtbot):
    recorded(store, "Civic", 30)
    listed(page, qtbot, 1)
    page.delete_chosen()
    qtbot.waitUntil(lambda: store.recordings.list() == ())
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    acts.told.toasts[-1][1]()
    qtbot.waitUntil(lambda: len(store.recordings.list()) == 1)
    qtbot.waitUntil(lambda: len(store.audit.find(Query())) == 4)
    found = store.audit.find(Query())
    assert {one.actor.name for one in found} == {ADMINISTRATOR.name}
    assert [one.action for one in found[::2]] == ["recording.restore", "recording.delete"]


def test_an_export_is_cancelled_and_leaves_no_file(page, opened, tmp_path, qtbot, monkeypatch):
    def slow(_store, _id, path, _by, *, cancel, **_):
        from cartech_desk.bay.export import ExportCancelled

        path.write_text("half")
        cancel.wait(5)
        path.unlink()
        raise ExportCancelled("The export was cancelled.", to_do="Export again.")

    monkeypatch.setattr("cartech_desk.ui.widgets.export_form.export", slow)
    page.export_recording()
    form = page.findChildren(ExportForm)[-1]
    form.ask_path = lambda _usual, _kind: tmp_path / "a.csv"
    form.begin()
    assert form.running
    qtbot.mouseClick(form.leave, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not form.running)
    assert not form.isVisible()
    assert not list(tmp_path.glob("*.csv"))


def test_an_export_is_named_after_vehicle_and_start(store):
    path = usual_path(recorded(store, "Müller's R/T #1", 10, hz=1), ".csv")
    assert path.name.startswith("Müller_s_R_T_1_20")
    assert path.suffix == ".csv"
    assert path.parent != Path("/")
