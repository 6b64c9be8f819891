"""The history of alarms upon a real store: filters, first-out order, paging, export, recordings."""

import csv
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.alarms.limit import Comparison, Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.people import NOBODY
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.alarms import AlarmRecord
from cartech_desk.ui.models.alarm_history import COLUMNS, AlarmHistory, episodes
from cartech_desk.ui.pages import alarms_history
from cartech_desk.ui.pages.alarms import HISTORY, AlarmsPage
from cartech_desk.ui.pages.alarms_history import since

NOW = datetime.now(UTC).replace(microsecond=0)


def record(number, came_s, lasted_s=10.0, *, first=False, **changes):
    """An alarm that came so many seconds after an hour ago; ids rise with `number`."""
    raised = NOW - timedelta(hours=1) + timedelta(seconds=came_s)
    ended = None if lasted_s is None else raised + timedelta(seconds=lasted_s)
    words = {
        "id": str(UUID(int=number + (1 << 120))),
        "key": "limit:temp_high",
        "vehicle_id": "v1",
        "vehicle_name": "Blue Civic",
        "label": "Coolant hot",
        "to_do": "Lift off.",
        "priority": Priority.HIGH,
        "level": Level.TRIP,
        "state": AlarmState.NORMAL,
        "raised": raised,
        "channel": "temp",
        "unit": "degC",
        "edge": 115.0,
        "comparison": Comparison.ABOVE,
        "value": 117.0,
        "worst_value": 119.0,
        "first_out": first,
        "returned": ended,
        "acknowledged": ended,
        "acknowledged_by": "Tom Technician" if ended else "",
        "cleared": ended,
    }
    return AlarmRecord(**{**words, **changes})


def ids(groups):
    return [[UUID(one.id).int & 0xFFFF for one in group] for group in groups]


# Episodes


def test_an_episode_is_told_from_the_first_one_out():
    first = record(1, 0, 100, first=True)
    second, third = record(2, 1, 2), record(3, 50, 5)
    later = record(4, 500, first=True)
    assert ids(episodes([later, third, second, first])) == [[4], [1, 2, 3]]


def test_alarms_whose_first_one_is_filtered_out_are_parted_where_none_reaches():
    early, late = record(2, 0, 10), record(5, 1000, 10)
    assert ids(episodes([late, early])) == [[5], [2]]


def test_one_that_stands_reaches_everything_after_it():
    stands, late = record(2, 0, None), record(5, 1000, 10)
    assert ids(episodes([late, stands])) == [[2, 5]]


def test_an_episode_whose_beginning_is_not_read_yet_waits(qapp):
    table = AlarmHistory()
    newest = record(9, 900, first=True)
    follower = record(3, 10)
    table.show([newest, follower], more=True)
    assert [one.id for one in table.rows] == [newest.id]
    table.add([record(1, 0, 100, first=True)], more=False)
    assert ids([table.rows]) == [[9, 1, 3]]


@pytest.mark.parametrize(
    ("period", "expected"),
    [(None, None), (timedelta(days=7), NOW - timedelta(days=7))],
)
def test_a_period_begins_so_long_ago(period, expected):
    assert since(period, NOW) == expected


def test_today_begins_at_midnight_here():
    begin = since(timedelta(0), NOW)
    assert (begin.hour, begin.minute, begin.date()) == (0, 0, NOW.astimezone().date())


# The page


@pytest.fixture
def page(qtbot, desk, acts):
    made = AlarmsPage(desk, acts)
    made.resize(1294, 692)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def listed(page, store, qtbot, bay):
    """Keep these alarms and open the history on them."""

    def make(*records):
        store.alarms.keep(records)
        page.shown(HISTORY)
        page.tick(bay.snapshot())
        qtbot.waitUntil(lambda: not page.history._work.busy)
        return page.history

    return make


def cells(history, row):
    return [history.table.index(row, column).data() for column in range(len(COLUMNS))]


def wait(history, qtbot):
    qtbot.waitUntil(lambda: not history._settle.isActive() and not history._work.busy)


def test_a_row_tells_what_was_and_what_was_done(listed):
    history = listed(record(1, 0, 90, first=True, times=3, recording_id="r1"))
    came, alarm, level, worst, lasted, seen, vehicle, recording = cells(history, 0)
    assert came.endswith(":00") or ":" in came
    assert alarm == "1st  Coolant hot"
    assert (level, worst) == ("trip, high", "119 °C (above 115 °C)")
    assert lasted == "1 min, 3 times"
    assert seen.startswith("Tom Technician, ")
    assert (vehicle, recording) == ("Blue Civic", "open")


def test_the_vehicle_at_hand_is_left_out_on_the_screen_and_copied_all_the_same(listed):
    history = listed(record(1, 0, 90))
    history.table.show_at_hand("v1")
    assert cells(history, 0)[6] == ""
    assert history.table.headerData(6, Qt.Orientation.Horizontal) == "Other vehicle"
    history.view.selectRow(0)
    history.copy()
    assert "Blue Civic" in QApplication.clipboard().text()
    history.table.show_at_hand("another")
    assert cells(history, 0)[6] == "Blue Civic"


def test_short_ones_are_told_in_tenths(listed):
    assert cells(listed(record(1, 0, 0.6)), 0)[4] == "0.6 s"


def test_a_standing_one_and_one_that_nobody_saw_say_so(listed):
    standing = record(2, 3000, None, state=AlarmState.ACTIVE_UNACKNOWLEDGED)
    closed = record(
        1, 0, 5, acknowledged=None, state=AlarmState.ACTIVE_UNACKNOWLEDGED, cleared_by="closed"
    )
    history = listed(standing, closed)
    assert cells(history, 0)[4].endswith("so far")
    assert cells(history, 0)[5] == "not yet"
    assert cells(history, 1)[5] == "nobody"


def test_one_that_stands_grows_older_on_the_screen(listed, page):
    history = listed(record(1, 0, None, state=AlarmState.ACTIVE_UNACKNOWLEDGED))
    told = []
    history.table.dataChanged.connect(lambda first, _last: told.append(first.column()))
    history.table.grow_older(NOW)
    assert told == []
    history.table.grow_older(NOW + timedelta(hours=2))
    assert told == [COLUMNS.index("How long")]
    assert cells(history, 0)[4] == "3 h 00 min so far"


def test_values_follow_the_units_of_the_shop(listed):
    history = listed(record(1, 0))
    history.show_units(UnitSystem.IMPERIAL)
    assert cells(history, 0)[3] == "246 °F (above 239 °F)"


def test_an_empty_history_says_what_will_be_here(listed, page):
    history = listed()
    assert history.nothing.text().startswith("No alarm has come yet.")
    assert not history.view.isVisible()


def test_one_narrows_by_words_level_priority_time_and_vehicle(listed, store, qtbot):
    golf = store.vehicles.by_name("Golf")
    history = listed(
        record(1, -200_000, 5, label="Voltage low", level=Level.WARNING, priority=Priority.LOW),
        record(2, 0, 5),
        record(3, 500, 5, vehicle_id=golf.id, vehicle_name="Golf", priority=Priority.CRITICAL),
    )

    def left():
        wait(history, qtbot)
        return {UUID(one.id).int & 0xFFFF for one in history.table.rows}

    def choose(choice, row):
        choice.setCurrentIndex(row)
        choice.activated.emit(row)

    assert left() == {1, 2, 3}
    qtbot.keyClicks(history.text, "voltage")
    assert left() == {1}
    history.text.clear()
    assert left() == {1, 2, 3}
    for choice, row, expected in (
        (history.level, 1, {2, 3}),
        (history.priority, 3, {3}),
        (history.period, 2, {2, 3}),
        (history.vehicle, history.vehicle.findText("Golf"), {3}),
    ):
        choose(choice, row)
        assert left() == expected
        choose(choice, 0)
    history.text.setText("porsche")
    assert left() == set()
    assert history.nothing.text().startswith("No alarm matches")


def test_older_ones_are_read_as_one_scrolls(listed, qtbot, monkeypatch):
    monkeypatch.setattr(alarms_history, "PAGE", 20)
    history = listed(*(record(n, n * 20, 5, first=True) for n in range(1, 71)))
    # A table as high as the window may read a second page to fill itself.
    assert 20 <= len(history.table.rows) <= 40
    bar = history.view.verticalScrollBar()
    while len(history.table.rows) < 70:
        before = len(history.table.rows)
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda: len(history.table.rows) > before, timeout=2000)  # noqa: B023
    assert ids([history.table.rows])[0] == list(range(70, 0, -1))
    assert not history.table.canFetchMore(history.view.rootIndex())


def test_a_new_alarm_is_listed_and_what_was_chosen_stays(
    listed, page, bay, store, qtbot, standing_alarm, monkeypatch
):
    from cartech_desk.bay.alarm_status import AlarmsSnapshot

    monkeypatch.setattr(alarms_history, "_REFRESH_S", 0.0)
    history = listed(record(1, 0, 5, first=True))
    history.view.selectRow(0)
    store.alarms.keep([record(2, 900, None, first=True, state=AlarmState.ACTIVE_UNACKNOWLEDGED)])
    bay.alarms.now = AlarmsSnapshot((standing_alarm(),))
    page.tick(bay.snapshot())
    qtbot.waitUntil(lambda: len(history.table.rows) == 2)
    assert history._chosen_ids() == {record(1, 0).id}


def test_enter_opens_the_recording_at_the_alarm(listed, acts, qtbot):
    one = record(1, 0, 5, recording_id="r1")
    history = listed(one, record(2, 900, 5))
    history.view.activated.emit(history.table.index(1, 1))
    assert acts.told.pages == [("recordings", ("r1", one.raised))]
    history.view.activated.emit(history.table.index(0, 1))
    assert "Nothing was being recorded" in acts.told.toasts[-1][0]


def test_a_press_on_open_is_enough(listed, acts, qtbot):
    history = listed(record(1, 0, 5, recording_id="r1"))
    box = history.view.visualRect(history.table.index(0, COLUMNS.index("Recording")))
    qtbot.mouseClick(history.view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert acts.told.pages[0][0] == "recordings"


def test_a_recording_opens_around_the_instant(qtbot, desk, acts, store):
    import numpy as np

    from cartech_desk.domain.channels import Channel
    from cartech_desk.domain.clock import monotonic_ns
    from cartech_desk.store.recordings import Columns
    from cartech_desk.ui.pages.recordings import RecordingsPage

    rpm = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    anchor = monotonic_ns() - 300 * 10**9
    writer = store.recordings.begin(store.vehicles.by_name("Civic").id, (rpm,), anchor_ns=anchor)
    t_ns = anchor + np.arange(0, 300 * 10**9, 10**9)
    writer.write({"rpm": Columns(t_ns, np.ones(300), np.zeros(300, np.uint8))})
    kept = writer.close()
    page = RecordingsPage(desk, acts)
    qtbot.addWidget(page)
    page.show()
    page.shown((kept.id, kept.anchor + timedelta(seconds=120)))
    qtbot.waitUntil(lambda: page.opened)
    view = page.viewer.view
    assert view.cursor_ns == 120 * 10**9
    assert (view.left_ns, view.right_ns) == (100 * 10**9, 140 * 10**9)


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_what_is_filtered_is_exported(listed, office, acts, qtbot, tmp_path, ending):
    history = listed(record(1, 0, 5), record(2, 900, 5, label="Voltage low"))
    qtbot.keyClicks(history.text, "voltage")
    wait(history, qtbot)
    path = tmp_path / f"alarms{ending}"
    history.ask_path = lambda: path
    history.export()
    qtbot.waitUntil(lambda: bool(acts.told.toasts), timeout=10_000)
    assert acts.told.toasts[0][0] == f"Exported to {path}."
    text = path.read_text(encoding="utf-8-sig")
    found = (
        json.loads(text)["alarms"] if ending == ".json" else list(csv.DictReader(text.splitlines()))
    )
    assert [one["label"] for one in found] == ["Voltage low"]


def test_an_export_without_an_ending_is_csv(listed, acts, qtbot, tmp_path):
    history = listed(record(1, 0, 5))
    history.ask_path = lambda: tmp_path / "alarms"
    history.export()
    qtbot.waitUntil((tmp_path / "alarms.csv").exists, timeout=10_000)


def test_an_export_that_nobody_named_does_nothing(listed, acts):
    history = listed(record(1, 0, 5))
    history.ask_path = lambda: None
    history.export()
    assert not acts.told.toasts


def test_an_export_with_nobody_signed_in_is_refused(listed, office, acts, qtbot, tmp_path):
    history = listed(record(1, 0, 5))
    office.session.enter(NOBODY)
    history.ask_path = lambda: tmp_path / "alarms.csv"
    history.export()
    qtbot.waitUntil(lambda: len(acts.told.refused) == 1, timeout=10_000)
    assert acts.told.refused[0].code == "not_signed_in"
    assert not (tmp_path / "alarms.csv").exists()


def test_what_nobody_saw_is_acknowledged_afterwards(listed, page, bay, office, acts, qtbot):
    closed = record(
        1, 0, 5, acknowledged=None, state=AlarmState.ACTIVE_UNACKNOWLEDGED, cleared_by="closed"
    )
    history = listed(closed, record(2, 900, 5))
    act = next(one for one in page.actions() if one.shortcut == "A")
    history.view.selectRow(0)
    act.run()
    assert "None of the chosen" in acts.told.toasts[-1][0]
    history.view.selectRow(1)
    act.run()
    assert bay.alarms.calls == [("acknowledge", closed.id, office.session.actor)]
    office.session.lock()
    act.run()
    assert acts.told.toasts[-1][0].startswith("The desk is locked.")


def test_only_what_nobody_saw_can_be_listed(listed, qtbot):
    closed = record(
        1, 0, 5, acknowledged=None, state=AlarmState.ACTIVE_UNACKNOWLEDGED, cleared_by="closed"
    )
    history = listed(closed, record(2, 900, 5))
    qtbot.mouseClick(history.unseen, Qt.MouseButton.LeftButton)
    wait(history, qtbot)
    assert [one.id for one in history.table.rows] == [closed.id]


def test_rows_are_copied_as_text(listed, qtbot):
    history = listed(record(1, 0, 5, first=True))
    history.view.selectRow(0)
    qtbot.keyClick(history.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QApplication.clipboard().text().split("\n")
    assert heading.split("\t") == list(COLUMNS)
    assert "Coolant hot" in row


def test_columns_are_remembered(listed, page, store, desk, acts, qtbot):
    history = listed(record(1, 0, 5))
    history.view.horizontalHeader().resizeSection(1, 333)
    page.hidden()
    again = AlarmsPage(desk, acts)
    qtbot.addWidget(again)
    again.show()
    again.shown(HISTORY)
    qtbot.waitUntil(lambda: again.history._columns is not None)
    assert again.history.view.horizontalHeader().sectionSize(1) == 333


def test_the_key_turns_to_the_history_and_back(listed, page, qtbot):
    listed(record(1, 0, 5))
    keys = {one.shortcut for one in page.actions()}
    assert {"Ctrl+E", "Ctrl+F", "F5", "H"} <= keys
    assert page.export.isVisible()
    assert not page.everything.isVisible()
    page.turn()
    assert not page.in_history
    assert page.everything.isVisible()
