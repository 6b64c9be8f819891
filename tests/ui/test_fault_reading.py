"""While faults are read live values wait: the foot of the window and Live say so, no link is lost.

The Connect page asks a known car everything anew, and tells what is not as it was.
"""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.status import RecordingStatus
from cartech_desk.ui.pages.connect import ConnectPage
from cartech_desk.ui.pages.live import LivePage
from cartech_desk.ui.shell.status_bar import StatusBar, adapter_words, safety_words
from cartech_desk.ui.theme.states import State
from tests.ui.conftest import CHANNELS

NOTICED = "The engine's control unit has another calibration than last time."


@pytest.fixture
def connect(desk, acts, qtbot):
    made = ConnectPage(desk, acts, find=tuple)
    qtbot.addWidget(made)
    made.show()
    return made


def rest(bay, resting=True):
    bay.connection = replace(bay.connection, polling_rests=resting)
    return bay.snapshot()


def test_the_foot_says_reading_faults_with_its_own_shape(bay):
    bay.connected()
    assert adapter_words(bay.snapshot().connection)[0] is State.CONNECTED
    state, words = adapter_words(rest(bay).connection)
    assert state is State.CONNECTING
    assert words.endswith("Reading faults")


def test_the_foot_tells_a_screen_reader_that_it_is_busy(bay, qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bay.connected()
    bar.show_snapshot(rest(bay))
    assert "busy" in bar.adapter.accessibleName()


def test_no_limit_is_called_armed_or_unfit_while_values_wait(bay):
    bay.connected()
    words = safety_words(rest(bay).alarms, connected=True, resting=True)
    assert words == (State.WARNING, "limits wait: no values")


def test_limits_that_are_asked_meanwhile_stay_armed_at_the_foot(bay, qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bay.connected()
    bay.alarms.now = replace(bay.alarms.now, armed=3)
    bar.show_snapshot(rest(bay))
    assert "limits wait" in bar.safety.text()
    bay.connection = replace(bay.connection, limits_asked=True)
    bar.show_snapshot(bay.snapshot())
    assert "3 limits armed" in bar.safety.text()


def test_live_says_reading_faults_while_its_values_are_stale(desk, acts, bay, qtbot):
    live = LivePage(desk, acts)
    qtbot.addWidget(live)
    live.show()
    live.shown()
    bay.connected()
    bay.feed({channel.name: 1.0 for channel in CHANNELS})
    qtbot.waitUntil(lambda: live.layouts.loaded)
    live.tick(bay.snapshot())
    assert live.bar.alarm.isHidden()
    live.tick(rest(bay))
    assert live.bar.alarm.isVisible()
    assert "Reading faults" in live.bar.alarm.words
    live.tick(rest(bay, resting=False))
    assert live.bar.alarm.isHidden()
    live.hidden()


def test_the_car_is_asked_everything_anew_through_the_same_adapter(connect, bay, qtbot):
    bay.connected("elm327:COM5")
    connect.tick(bay.snapshot())
    qtbot.mouseClick(connect.panel.connected.anew, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("connect_anew", "elm327:COM5") in bay.calls)


def test_asking_anew_is_found_by_its_words(connect):
    assert "Ask the car everything anew" in [action.name for action in connect.actions()]


def test_nothing_is_asked_anew_while_a_recording_runs(connect, bay, acts):
    bay.connected()
    bay.recording = RecordingStatus("rec-1", 1)
    connect.ask_anew()
    assert not [call for call in bay.calls if call[0] == "connect_anew"]
    assert "recording" in acts.told.toasts[-1][0]


def test_without_a_car_asking_anew_says_what_to_do(connect, acts):
    connect.ask_anew()
    assert acts.told.toasts[-1][0] == "Connect to a car first."


def test_what_is_not_as_last_time_can_be_read_on_the_connection_panel(connect, bay):
    bay.connected()
    car = replace(bay.connection.car, warnings=(NOTICED,))
    bay.connection = replace(bay.connection, car=car)
    connect.tick(bay.snapshot())
    assert NOTICED in connect.panel.connected.warnings.text()
    assert connect.panel.connected.warnings.isVisible()
