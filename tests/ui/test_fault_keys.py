"""The keys of Faults and Vehicles in the whole window."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.ui.pages import faults_acts
from cartech_desk.ui.shell.window import Window
from tests.ui.faults_double import VIN, put_faults_on, scripted_difference


@pytest.fixture
def window(qtbot, desk, bay, store, monkeypatch):
    monkeypatch.setattr(faults_acts, "difference", scripted_difference)
    put_faults_on(bay, store)
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.clock.stop()


def test_f8_opens_faults_and_f5_checks_the_car_up(qtbot, window, bay):
    bay.connected()
    bay.connection = replace(bay.connection, car=replace(bay.connection.car, vin=VIN))
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert window.page.key == "faults"
    qtbot.waitUntil(window.page.check.isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.page.shown_faults is not None)
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert window.page.view.tabs.currentIndex() == 1


def test_ctrl_f_looks_a_code_up_without_a_car(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.page.does.look is not None)
    qtbot.keyClicks(window.page.does.look.line, "p0420")
    qtbot.waitUntil(lambda: bool(window.page.does.look.found()))
    window.page.does.look.reject()


def test_alt_4_opens_vehicles(qtbot, window, store):
    store.vehicles.by_name("Blue Civic")
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert window.page.key == "vehicles"
    qtbot.waitUntil(lambda: window.page.list.chosen() is not None)
