"""Makers' tables of codes: imported, listed and removed from the Faults page."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.code_book import CodeTableRefused
from cartech_desk.ui.pages import faults_acts
from cartech_desk.ui.pages.faults import FaultsPage
from cartech_desk.ui.theme.states import State
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.faults_double import make_scan, put_faults_on, scripted_difference

REFUSED = "ours.csv, line 4, column 2: it has no description. Nothing was imported."


@pytest.fixture
def page(desk, acts, bay, store, monkeypatch, qtbot):
    monkeypatch.setattr(faults_acts, "difference", scripted_difference)
    put_faults_on(bay, store)
    made = FaultsPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.faults is not None and made._remembered)
    return made


@pytest.fixture
def dialog(page, qtbot):
    page.does.makers.open()
    qtbot.waitUntil(lambda: page.does.makers.dialog is not None)
    made = page.does.makers.dialog
    made.ask_open = lambda: Path("ours.csv")
    yield made
    made.close()


def rows(dialog):
    return [row[0] for row in dialog.table.told()]


def take_in(dialog, qtbot):
    dialog.import_table()
    qtbot.waitUntil(lambda: not dialog.working)


def test_the_palette_finds_the_import_by_its_words_and_its_key(page):
    action = next(one for one in page.actions() if one.shortcut == "Ctrl+I")
    assert "Import a maker's table" in action.name


def test_before_the_first_table_the_dialog_says_what_a_table_is(dialog):
    assert dialog.none.isVisible()
    assert not dialog.remove.isEnabled()


def test_a_table_is_imported_by_whoever_is_at_the_desk(page, dialog, qtbot):
    dialog.maker.setText("Subaru ")
    take_in(dialog, qtbot)
    assert ("import_table", "ours.csv", ADMINISTRATOR, "Subaru") in page.faults.calls
    qtbot.waitUntil(lambda: rows(dialog) == ["ours.csv"])
    assert dialog.mark.state is State.CONNECTED
    assert dialog.words.text() == "ours.csv with 1 code of Subaru imported."


def test_a_refused_table_says_where_it_is_wrong_and_changes_nothing(page, dialog, qtbot):
    page.faults.refuse_table = CodeTableRefused(REFUSED, to_do="Give it one.")
    take_in(dialog, qtbot)
    qtbot.waitUntil(lambda: dialog.mark.state is State.TRIP)
    assert "line 4, column 2" in dialog.words.text()
    assert not rows(dialog)


def test_the_key_of_the_import_asks_for_a_file_in_the_dialog_too(page, dialog, qtbot):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.maker, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rows(dialog) == ["ours.csv"])


def test_no_file_chosen_imports_nothing(page, dialog):
    dialog.ask_open = lambda: None
    dialog.import_table()
    assert not dialog.working
    assert not [call for call in page.faults.calls if call[0] == "import_table"]


def test_removing_asks_by_naming_the_table_and_esc_keeps_it(page, dialog, qtbot):
    take_in(dialog, qtbot)
    qtbot.waitUntil(dialog.remove.isEnabled)
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert dialog.remove.text() == "Remove ours.csv"
    assert "Remove ours.csv with 1 code of Subaru?" in dialog.words.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.remove.text() == "Remove…"
    assert rows(dialog) == ["ours.csv"]


def test_a_second_press_removes_the_table(page, dialog, qtbot):
    take_in(dialog, qtbot)
    qtbot.waitUntil(dialog.remove.isEnabled)
    dialog.remove_table()
    dialog.remove_table()
    qtbot.waitUntil(lambda: not dialog.working and not rows(dialog))
    assert ("remove", "tours.csv", ADMINISTRATOR) in page.faults.calls
    assert "removed" in dialog.words.text()


def test_codes_in_sight_are_explained_by_the_new_table_at_once(page, bay, acts, store, qtbot):
    bay.connected()
    page.tick(bay.snapshot())
    acts.take_vehicle(store.vehicles.by_name("Blue Civic"))
    page.faults.next_scan = make_scan()
    page.does.read()
    qtbot.waitUntil(lambda: page.shown_faults is not None)
    page.does.makers.open()
    qtbot.waitUntil(lambda: page.does.makers.dialog is not None)
    dialog = page.does.makers.dialog
    dialog.ask_open = lambda: Path("ours.csv")
    dialog.import_table()
    texts = lambda: [row.description for row in page.view.list.rows()]  # noqa: E731 - asked twice
    qtbot.waitUntil(lambda: "Valve timing solenoid: stuck" in texts())
    dialog.close()


def test_the_look_up_leads_to_the_tables_and_searches_again_after_an_import(page, qtbot):
    page.does.look_up("P1259")
    qtbot.waitUntil(lambda: page.does.look is not None and bool(page.does.look.found()))
    look = page.does.look
    qtbot.mouseClick(look.tables, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.does.makers.dialog is not None)
    dialog = page.does.makers.dialog
    dialog.ask_open = lambda: Path("ours.csv")
    dialog.import_table()
    qtbot.waitUntil(lambda: look.meaning.text.text() == "Valve timing solenoid: stuck")
    dialog.close()
    look.reject()
