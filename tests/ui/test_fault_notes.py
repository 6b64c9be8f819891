"""What is said beside codes and check-ups: a code's note, a check-up's note, an ended clearing."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.domain.faults.code import Code
from cartech_desk.domain.faults.meaning import meaning_of
from cartech_desk.ui.pages import faults_acts
from cartech_desk.ui.pages.faults import FaultsPage
from cartech_desk.ui.widgets.fault_list import ROW_ROLE
from cartech_desk.ui.widgets.fault_meaning import FaultMeaning
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.faults_double import VIN, make_scan, put_faults_on, scripted_difference


@pytest.fixture
def page(desk, acts, bay, store, monkeypatch, qtbot):
    monkeypatch.setattr(faults_acts, "difference", scripted_difference)
    put_faults_on(bay, store)
    made = FaultsPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.faults is not None and made._remembered)
    bay.connected()
    bay.connection = replace(bay.connection, car=replace(bay.connection.car, vin=VIN))
    acts.take_vehicle(store.vehicles.by_vin(VIN))
    made.tick(bay.snapshot())
    return made


def notes(page):
    return [call[3] for call in page.faults.calls if call[0] == "check_up"]


def checked(page, qtbot):
    qtbot.waitUntil(lambda: page.shown_faults is not None and not page.busy)


def test_a_note_of_a_code_stands_with_its_meaning(qtbot):
    shown = FaultMeaning()
    qtbot.addWidget(shown)
    shown.show_meaning(meaning_of(Code("C0035")))
    assert "General Motors" in shown.note.text()
    assert shown.note_row.isVisibleTo(shown)


def test_a_code_without_note_shows_none(qtbot):
    shown = FaultMeaning()
    qtbot.addWidget(shown)
    shown.show_meaning(meaning_of(Code("C0035")))
    shown.show_meaning(meaning_of(Code("P0299")))
    assert not shown.note_row.isVisibleTo(shown)


def test_one_press_checks_up_without_a_note(page, qtbot):
    page.does.check_up()
    checked(page, qtbot)
    assert notes(page) == [""]


def test_a_typed_note_is_kept_with_the_check_up_and_then_gone(page, qtbot):
    qtbot.keyClicks(page.note, "  before the  holiday trip ")
    qtbot.keyClick(page.note, Qt.Key.Key_Return)
    checked(page, qtbot)
    assert notes(page) == ["before the holiday trip"]
    assert page.shown_faults.kept.note == "before the holiday trip"
    assert not page.note.text()


def test_a_note_stays_where_nothing_was_kept(page, trouble, qtbot):
    page.note.setText("brake pedal soft")
    page.faults.refuse = trouble("A run is driven.", "End it first.")
    page.does.check_up()
    qtbot.waitUntil(lambda: bool(page.acts.told.refused))
    assert page.note.text() == "brake pedal soft"


def test_a_note_for_one_vehicle_is_not_kept_with_another(page, acts, store):
    page.note.setText("brake pedal soft")
    acts.take_vehicle(store.vehicles.by_name("Track Miata"))
    assert not page.note.text()


def test_a_code_without_freeze_frame_gives_its_room_to_the_meaning(page, qtbot):
    page.does.check_up()
    checked(page, qtbot)
    page.view.list.choose(("P0302", 0x7E8))
    assert page.view.frame.isVisible()
    narrow = page.view.meaning.width()
    page.view.list.choose(("U0121", 0x7EA))
    assert not page.view.frame.isVisible()
    assert "No freeze frame" in page.view.meaning.no_frame.text()
    qtbot.waitUntil(lambda: page.view.meaning.width() > narrow + 200)


def test_widths_are_not_remembered_while_the_frame_is_away(page, store, qtbot):
    page.does.check_up()
    checked(page, qtbot)
    page.view.across.setSizes([300, 500, 460])
    page.hidden()
    wanted = store.layouts.load("window", "faults")["widths"]
    page.view.list.choose(("U0121", 0x7EA))
    page.hidden()
    assert store.layouts.load("window", "faults")["widths"] == wanted


def test_a_long_meaning_has_two_lines_where_one_is_not_enough(page, qtbot):
    page.faults.makers_words["P1259"] = (
        "Valve timing solenoid of the inlet camshaft, bank 1: stuck where the valves open late"
    )
    page.does.check_up()
    checked(page, qtbot)
    listed = page.view.list.list
    heights = {
        listed.item(place).data(ROW_ROLE).code: listed.visualItemRect(listed.item(place)).height()
        for place in range(listed.count())
        if listed.item(place).data(ROW_ROLE) is not None
    }
    assert heights["P1259"] > heights["P0302"]


def test_a_clearing_that_went_well_is_told_in_one_line(page, qtbot):
    page.does.check_up()
    checked(page, qtbot)
    future = page.faults.clear("v", by=ADMINISTRATOR, reason="hose replaced")
    page.does.cleared(future.result())
    qtbot.waitUntil(page.view.cleared.isVisible)
    assert page.view.cleared.headline.text().startswith("Cleared and confirmed")
    assert not page.view.cleared.lines.isVisible()
    assert "All codes were cleared." in page.view.cleared.headline.toolTip()


def test_a_clearing_after_which_a_code_came_back_is_told_whole(page, qtbot):
    page.does.check_up()
    checked(page, qtbot)
    page.faults.after_clear = make_scan()
    future = page.faults.clear("v", by=ADMINISTRATOR, reason="hose replaced")
    page.does.cleared(future.result())
    qtbot.waitUntil(page.view.cleared.isVisible)
    assert page.view.cleared.headline.text() == "One code came back at once."
    assert "Came back" in page.view.cleared.lines.text()
