"""The Faults page, by what a person does and sees."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from cartech_desk.bay.fault_errors import EngineRuns, ReadingIncomplete
from cartech_desk.bay.faults import Reading
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import Answered, CodeFound, CodeStatus, CodesTold
from cartech_desk.store.checkups import CheckupKind
from cartech_desk.ui.models.fault_list import Badge
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.pages import faults_acts
from cartech_desk.ui.pages.faults import FaultsPage
from cartech_desk.ui.pages.index import LOOK_UP
from cartech_desk.ui.shell.finder import Finder
from cartech_desk.ui.shell.palette import CommandPalette
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.fault_view import CODES, EARLIER, READINESS, TESTS, UNITS
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.faults_double import (
    ECUS,
    NOW,
    VIN,
    clean_scan,
    make_scan,
    put_faults_on,
    scripted_difference,
    told,
    unsure_scan,
)


class Cancelled(CarTechError):
    code = "scan_cancelled"


@pytest.fixture
def faults(bay, store, monkeypatch):
    monkeypatch.setattr(faults_acts, "difference", scripted_difference)
    return put_faults_on(bay, store)


@pytest.fixture
def page(desk, acts, faults, qtbot):
    made = FaultsPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.faults is not None and made._remembered)
    return made


@pytest.fixture
def car(bay, page, acts, store, qtbot):
    """A connected car, its vehicle at hand."""
    vehicle = store.vehicles.by_vin(VIN)
    vehicle = store.vehicles.rename(vehicle.id, "Blue Civic")
    bay.connected()
    bay.connection = replace(bay.connection, car=replace(bay.connection.car, vin=VIN))
    acts.take_vehicle(vehicle)
    page.tick(bay.snapshot())
    settle(page, qtbot)
    return vehicle


def settle(page, qtbot):
    qtbot.waitUntil(lambda: not page._listing.busy and not page.busy)


@pytest.fixture
def check_up(page, car, qtbot):
    def act(scan=None):
        if scan is not None:
            page.faults.next_scan = scan
        before = page.shown_faults
        page.does.check_up()
        qtbot.waitUntil(lambda: page.shown_faults is not before)
        settle(page, qtbot)

    return act


def codes(page):
    return [row.code for row in page.view.list.rows()]


# Before anything was read


def test_without_a_car_the_page_says_what_to_do_next(page):
    assert page.pages.currentWidget() is page.empty
    assert page.empty.connect_button.isVisible()
    assert not page.empty.begin.isVisible()
    assert not page.check.isEnabled()
    page.empty.connect_button.click()
    assert page.acts.told.pages == [("connect", None)]


def test_with_a_car_the_page_offers_the_check_up(page, car):
    assert page.empty.begin.isVisible()
    assert page.check.isEnabled()


def test_f5_is_the_key_of_the_check_up(page):
    keys = {action.shortcut: action.name for action in page.actions()}
    assert keys["F5"] == "Check the vehicle up"
    assert keys["Ctrl+F"] == "Look up a fault code"
    assert len(keys) == len(page.actions())


def test_no_key_is_given_twice_once_codes_are_in_sight(page, check_up):
    check_up()
    keys = [action.shortcut for action in page.actions() if action.shortcut]
    assert len(keys) == len(set(keys))


def test_a_check_up_without_a_connection_leads_to_connect(page):
    page.does.check_up()
    assert page.acts.told.pages == [("connect", None)]
    assert page.faults.calls == []


def test_a_car_without_vin_asks_for_the_vehicle_first(page, bay, acts, qtbot):
    bay.connected()
    bay.connection = replace(bay.connection, car=replace(bay.connection.car, vin=None))
    page.tick(bay.snapshot())
    asked = []
    acts.vehicle_wanted.connect(lambda: asked.append(True))
    page.does.check_up()
    assert asked
    assert page.faults.calls == []


# The check-up


def test_a_check_up_is_kept_under_the_vehicle_by_whoever_is_signed_in(page, car, check_up):
    check_up()
    assert page.faults.calls == [("check_up", car.id, ADMINISTRATOR, "")]
    assert page.view.verdict.headline.text() == "At least 5 fault codes"
    assert page.view.verdict.change.text() == "First check-up of this vehicle"
    assert page.view.verdict.lamp.lit is True
    assert page.sheet.isEnabled()


def test_what_is_new_and_gone_since_the_last_check_up_is_marked(page, car, check_up):
    old = make_scan(
        at=NOW - timedelta(days=30), codes=(CodeFound("P0420", 0x7E8, (CodeStatus.STORED,)),)
    )
    page.faults.keep(car.id, old)
    check_up()
    badges = {row.code: row.badge for row in page.view.list.rows()}
    assert badges["P0302"] is Badge.NEW
    assert badges["P0420"] is Badge.GONE
    assert "5 new, 1 gone" in page.view.verdict.change.text()


def test_progress_is_shown_and_can_be_cancelled(page, car, bay, qtbot):
    page.faults.instant = False
    page.does.check_up()
    page.faults.reading = Reading("reading stored codes", 0.4)
    page.tick(bay.snapshot())
    assert page.progress.isVisible()
    assert "stored codes" in page.progress.words.whole
    assert not page.check.isEnabled()
    page.escape()
    assert ("cancel",) in page.faults.calls
    page.faults.future.set_exception(Cancelled("Ended.", to_do=""))
    qtbot.waitUntil(lambda: not page.busy)
    assert not page.progress.isVisible()
    assert page.acts.told.toasts[-1][0] == "The reading was ended. Nothing was kept."
    assert page.shown_faults is None


def test_a_second_press_while_reading_begins_nothing(page, car):
    page.faults.instant = False
    page.does.check_up()
    page.does.read()
    assert [call[0] for call in page.faults.calls] == ["check_up"]


def test_reading_only_keeps_nothing_and_says_so(page, car, qtbot):
    page.does.read()
    qtbot.waitUntil(lambda: page.shown_faults is not None)
    assert page.faults.checkups.kept == []
    assert "not kept" in page.view.verdict.when.whole
    assert not page.sheet.isEnabled()


def test_what_was_read_before_the_car_went_away_is_shown_and_told(page, car, qtbot):
    partly = make_scan(complete=False)
    page.faults.instant = False
    page.does.check_up()
    page.faults.future.set_exception(ReadingIncomplete(partly, kept="No check-up was kept."))
    qtbot.waitUntil(lambda: page.shown_faults is not None)
    assert page.acts.told.refused[-1].code == "reading_incomplete"
    assert "silent in the middle" in page.view.verdict.doubts[0]


def test_a_refusal_at_once_is_told(page, car, trouble):
    page.faults.refuse = trouble("A dyno run is armed.", "Stop it.", "run_underway")
    page.does.check_up()
    assert page.acts.told.refused[-1].code == "run_underway"
    assert not page.busy


def test_a_clean_car_is_called_so(page, check_up):
    check_up(clean_scan())
    assert page.view.verdict.headline.text() == "No fault codes"
    assert page.view.codes.currentWidget() is page.view.none
    assert page.view.tabs.tabText(CODES) == "Codes (0)"


def test_a_car_that_did_not_tell_is_not_called_clean_anywhere(page, check_up):
    check_up(unsure_scan())
    assert "not known" in page.view.verdict.headline.text()
    assert page.view.tabs.tabText(CODES) == "Codes (?)"
    assert "no fault codes" not in page.view.none.text()


def test_many_doubts_are_counted_and_can_all_be_read(page, check_up):
    check_up(make_scan(warnings=tuple(f"Doubt {number}." for number in range(9))))
    verdict = page.view.verdict
    button = next(one for one in verdict.findChildren(QPushButton) if "8 more" in one.text())
    button.click()
    said = [label.text() for label in verdict.all_doubts.findChildren(QLabel)]
    assert set(verdict.doubts) <= set(said)
    verdict.all_doubts.reject()


def test_a_control_unit_that_did_not_name_itself_is_listed(page, check_up):
    check_up(make_scan(codes=(CodeFound("P0299", 0x7EF, (CodeStatus.STORED,)),)))
    assert "7EF" in [row[1] for row in page.view.units.table.told()]


# Codes


def test_the_first_and_gravest_code_is_chosen_and_explained(page, check_up):
    check_up()
    assert page.view.list.row.code == "P0302"
    meaning = page.view.meaning
    assert meaning.text.text() == "Cylinder 2: misfire"
    assert meaning.severity.words == "critical"
    assert "catalyst" in meaning.reason.text()
    assert meaning.checks.text().startswith("1. Swap the coil")
    assert "ECM 7E8" in meaning.status.text()


def test_a_makers_code_without_a_table_is_told_apart(page, check_up):
    check_up()
    page.view.list.choose(("P1259", 0x7E9))
    assert "Import the maker's table" in page.view.meaning.origin.text()


def test_stepping_walks_through_the_codes(page, check_up):
    check_up()
    page.view.list.step(1)
    assert page.view.list.row.code == "U0121"
    page.view.list.step(-5)
    assert page.view.list.row.code == "P0302"


def test_another_reading_brings_the_gravest_code_that_is_there(page, check_up):
    check_up(make_scan(codes=(CodeFound("P0420", 0x7E8, (CodeStatus.STORED,)),)))
    check_up(make_scan(at=NOW + timedelta(minutes=5)))
    assert page.view.list.row.code == "P0302"


def test_a_gone_code_that_is_looked_at_stays_in_sight(page, check_up, acts):
    check_up(make_scan(codes=(CodeFound("P0420", 0x7E8, (CodeStatus.STORED,)),)))
    check_up(make_scan(at=NOW + timedelta(minutes=5)))
    page.view.list.choose(("P0420", 0x7E8))
    acts.settings_changed.emit()
    assert page.view.list.row.code == "P0420"


def test_grouping_by_control_unit_keeps_the_chosen_code(page, check_up):
    check_up()
    page.view.list.choose(("P1259", 0x7E9))
    page.view.list.other_grouping()
    assert page.view.list.headings()[0] == "ECM 7E8 (3)"
    assert page.view.list.row.code == "P1259"


def test_the_freeze_frame_stands_beside_the_live_values(page, check_up, bay):
    check_up()
    bay.rates = {"rpm": 10, "temp": 2}
    bay.feed({"rpm": 812.0, "temp": 91.0})
    page.tick(bay.snapshot())
    rows = {label: (then, now) for label, then, now in page.view.frame.texts()}
    assert rows["Engine speed"] == ("3\u202f120 rpm", "812 rpm")
    assert rows["Coolant"] == ("96 °C", "91 °C")
    assert rows["Short fuel trim, bank 1"][1] == ""


def test_nothing_more_is_asked_of_the_car_for_the_frame(page, check_up, bay):
    check_up()
    page.tick(bay.snapshot())
    page.hidden()
    # Limits poll at their own pace: more requests would cost them values.
    assert not [call for call in bay.calls if call[0] == "watch"]


def test_the_tabs_tell_what_lies_behind_them(page, check_up):
    check_up()
    tabs = page.view.tabs
    assert tabs.tabText(CODES) == "Codes (5)"
    assert tabs.tabText(READINESS) == "Readiness (3 not complete)"
    assert tabs.tabText(TESTS) == "Tests (2 failed)"
    assert tabs.tabText(UNITS) == "Control units (3)"
    assert tabs.tabRect(CODES).height() >= Size.CONTROL_BAY


def test_readiness_stands_side_by_side_since_clear_and_this_cycle(page, check_up):
    check_up()
    page.show_tab(READINESS)
    rows = page.view.readiness.table.told()
    assert (rows[0][1][1], rows[0][2][1]) == ("not complete", "not complete")
    assert page.view.readiness.summary.state is State.WARNING


def test_failed_tests_are_on_top(page, check_up):
    check_up()
    page.show_tab(TESTS)
    assert [row.word for row in page.view.tests.rows()][:2] == ["failed", "failed"]
    assert "2 tests failed" in page.view.tests.summary.words


def test_control_units_say_which_lists_they_told(page, check_up):
    check_up()
    page.show_tab(UNITS)
    rows = {row[0]: row for row in page.view.units.table.told()}
    assert rows["ECM"][6] == "37805-5AA-A670"
    assert rows["TCM"][4] == (State.WARNING, "not known")
    assert rows["ABS"][5] == (State.OUT_OF_SERVICE, "no list")


def test_codes_that_nobody_heard_have_no_address(page, check_up):
    lost = CodesTold(0x7DF, CodeStatus.STORED, Answered.UNKNOWN, "It answered too late.")
    check_up(clean_scan(codes_told=(*told(*ECUS), lost)))
    page.show_tab(UNITS)
    rows = page.view.units.table.told()
    assert rows[-1][:2] == ["other control units", DASH]
    assert not any("7DF" in str(cell) for row in rows for cell in row)


# Another car


def test_codes_of_one_car_are_never_shown_as_those_of_another(page, check_up, bay, qtbot):
    check_up()
    other = replace(bay.connection.car, vin="WVWZZZ1KZAW000001")
    bay.connection = replace(bay.connection, car=other)
    page.tick(bay.snapshot())
    assert page.shown_faults is None
    assert page.pages.currentWidget() is page.empty


def test_a_lost_car_keeps_its_codes_and_the_page_says_so(page, check_up, bay):
    check_up()
    bay.disconnect()
    page.tick(bay.snapshot())
    assert codes(page)
    assert "not connected now" in page.whose.whole


def test_what_is_new_is_said_since_what_was_read_with_its_time_of_day(page, car, check_up):
    today = datetime.now().astimezone().replace(hour=0, minute=5)
    page.faults.keep(car.id, clean_scan(at=NOW - timedelta(days=1)))
    check_up(make_scan(at=today))
    before = (NOW - timedelta(days=1)).astimezone()
    words = page.view.verdict.change.text()
    assert words.startswith(f"Since what was read on {before:%Y-%m-%d %H:%M}: ")
    check_up(make_scan(at=today + timedelta(minutes=1)))
    assert page.view.verdict.change.text().startswith("Since what was read today at 00:05: ")


# Clearing


def test_clearing_asks_says_what_is_lost_and_needs_a_reason(page, check_up, qtbot):
    check_up()
    page.does.clear()
    qtbot.waitUntil(lambda: page.does.form is not None)
    form = page.does.form
    assert "Blue Civic" in form.what.text()
    assert not form.take.isEnabled()
    form.reason.setText("ab ")
    assert not form.take.isEnabled()
    form.reason.setText("coil replaced")
    assert form.take.isEnabled()
    form.reject()
    assert not [call for call in page.faults.calls if call[0] == "clear"]


def cleared(page, qtbot):
    page.does.clear()
    qtbot.waitUntil(lambda: page.does.form is not None)
    page.does.form.reason.setText("coil replaced")
    page.does.form.begin()
    qtbot.waitUntil(lambda: page.view.cleared.isVisibleTo(page))
    settle(page, qtbot)


def test_after_clearing_stands_what_came_back(page, car, check_up, qtbot):
    check_up()
    page.faults.after_clear = clean_scan(codes=(CodeFound("P0302", 0x7E8, (CodeStatus.PENDING,)),))
    cleared(page, qtbot)
    assert page.faults.calls[-1] == ("clear", car.id, ADMINISTRATOR, "coil replaced")
    assert page.view.cleared.headline.text() == "One code came back at once."
    assert "P0302 (pending, ECM 7E8)" in page.view.cleared.lines.text()
    assert page.shown_faults.kept.kind is CheckupKind.AFTER_CLEAR
    assert "before clearing" in page.view.verdict.change.text()


def test_what_was_there_before_clearing_can_be_seen(page, check_up, qtbot):
    check_up()
    cleared(page, qtbot)
    page.view.cleared.before.click()
    qtbot.waitUntil(lambda: page.shown_faults.kept.kind is CheckupKind.BEFORE_CLEAR)
    assert page.view.past.isVisibleTo(page)
    page.escape()
    assert page.shown_faults.kept.kind is CheckupKind.AFTER_CLEAR


def test_a_refused_clearing_stays_open_with_its_reason(page, check_up, qtbot):
    check_up()
    page.does.clear()
    qtbot.waitUntil(lambda: page.does.form is not None)
    form = page.does.form
    page.faults.instant = False
    form.reason.setText("coil replaced")
    form.begin()
    assert form.working
    page.faults.future.set_exception(EngineRuns("The engine runs.", to_do="Switch it off."))
    qtbot.waitUntil(lambda: not form.working)
    assert form.isVisible()
    assert "The engine runs. Switch it off." in form.words.text()
    assert form.reason.text() == "coil replaced"


def test_leaving_while_it_clears_cancels_and_waits(page, check_up, qtbot):
    check_up()
    page.does.clear()
    qtbot.waitUntil(lambda: page.does.form is not None)
    form = page.does.form
    page.faults.instant = False
    form.reason.setText("coil replaced")
    form.begin()
    form.reject()
    assert ("cancel",) in page.faults.calls
    assert form.isVisible()
    page.faults.finish()
    qtbot.waitUntil(lambda: not form.isVisible())


def test_who_may_not_clear_is_told_why(page, check_up, office):
    check_up()
    office.session.leave()
    page._allow(anyway=True)
    assert not page.clear.isEnabled()
    assert "Nobody is signed in." in page.clear.toolTip()
    page.does.clear()
    assert page.does.form is None
    assert page.acts.told.toasts[-1][0].startswith("Nobody is signed in.")


# Earlier check-ups


@pytest.fixture
def history(page, car, check_up):
    """Two kept check-ups before that of now."""
    stored = (CodeStatus.STORED,)
    page.faults.keep(car.id, clean_scan(at=NOW - timedelta(days=300)), note="service")
    page.faults.keep(
        car.id,
        make_scan(at=NOW - timedelta(days=100), codes=(CodeFound("P0420", 0x7E8, stored),)),
    )
    check_up()
    page.show_tab(EARLIER)


def test_earlier_check_ups_are_listed_the_newest_first(page, history):
    assert page.view.tabs.tabText(EARLIER) == "Earlier check-ups (3)"
    rows = page.view.checkups.table.told()
    assert [row[2] for row in rows] == [
        (State.TRIP, "at least 5 codes"),
        (State.WARNING, "at least 1 code"),
        (State.CONNECTED, "no codes"),
    ]


def test_an_earlier_check_up_opens_as_the_past_and_esc_leads_back(page, history, qtbot):
    page.view.checkups.table.selectRow(1)
    page.view.checkups.table.clearSelection()
    page.view.checkups.table.selectRow(1)
    page.view.checkups.open_chosen()
    qtbot.waitUntil(lambda: not page.shown_faults.now)
    assert page.view.past.isVisibleTo(page)
    assert "not the car as it is now" in page.view.past_words.whole
    assert codes(page)[0] == "P0420"
    page.escape()
    assert page.shown_faults.now
    assert codes(page)[0] == "P0302"


def test_two_check_ups_are_compared(page, history, qtbot):
    page.view.checkups.table.clearSelection()
    page.view.checkups.table.selectRow(0)
    page.does.compare_chosen()
    qtbot.waitUntil(lambda: page.view.comparing)
    rows = page.view.comparison.table.told()
    assert [row[0][1] for row in rows].count("+ new") == 5
    assert rows[-1][0][1].endswith("gone")
    page.escape()
    assert not page.view.comparing


def test_without_a_car_earlier_check_ups_can_be_seen(page, acts, store, qtbot):
    vehicle = store.vehicles.by_name("Blue Civic")
    page.faults.keep(vehicle.id, clean_scan())
    acts.take_vehicle(vehicle)
    qtbot.waitUntil(lambda: bool(page.checkups))
    assert page.empty.earlier.isVisible()
    page.empty.earlier.click()
    assert page.pages.currentWidget() is page.view
    assert page.view.tabs.currentIndex() == EARLIER
    assert not page.view.tabs.isTabEnabled(CODES)
    page.escape()
    assert page.pages.currentWidget() is page.empty


def test_a_check_up_opened_from_elsewhere_is_shown(page, store, qtbot):
    vehicle = store.vehicles.by_name("Track Miata")
    kept = page.faults.keep(vehicle.id, make_scan(), name="Track Miata")
    page.shown(kept.id)
    qtbot.waitUntil(lambda: page.shown_faults is not None)
    assert "Track Miata" in page.view.past_words.whole


# Paper, and looking up


def test_the_sheet_is_previewed_saved_and_left_alone_without_the_right(
    page, check_up, qtbot, tmp_path, office
):
    check_up()
    page.does.sheet()
    preview = page.preview
    qtbot.waitUntil(lambda: preview.drawing is not None)
    preview.ask_path = lambda usual: tmp_path / usual.name
    preview.save()
    qtbot.waitUntil(lambda: preview.words.text().startswith("Saved"))
    assert list(tmp_path.glob("*check-up*.pdf"))
    preview.export_json()
    qtbot.waitUntil(lambda: preview.words.text().startswith("Exported"))
    assert list(tmp_path.glob("*check-up*.json"))
    office.session.leave()
    qtbot.waitUntil(lambda: not preview.save_pdf.isEnabled())
    preview.reject()


def test_the_sheet_opens_in_the_systems_viewer(page, check_up, qtbot, monkeypatch, tmp_path):
    check_up()
    page.does.sheet()
    preview = page.preview
    opened = []
    preview.open_file = lambda path: opened.append(path) or True
    monkeypatch.setattr(
        "PySide6.QtCore.QStandardPaths.writableLocation", lambda _where: str(tmp_path)
    )
    qtbot.waitUntil(lambda: preview.drawing is not None)
    preview.open_in_viewer()
    qtbot.waitUntil(lambda: bool(opened))
    assert Path(opened[0]).is_file()
    preview.reject()


def test_any_code_is_looked_up_without_a_car(page, qtbot):
    page.shown((LOOK_UP, "p0299"))
    qtbot.waitUntil(lambda: page.does.look is not None and bool(page.does.look.found()))
    look = page.does.look
    assert look.meaning.text.text() == "Turbocharger: boost too low"
    look.line.setText("misfire")
    qtbot.waitUntil(lambda: [str(one.code) for one in look.found()] == ["P0302"])
    look.line.setText("no such thing")
    qtbot.waitUntil(lambda: not look.found())
    assert "Nothing is known of “no such thing”" in look.words.text()
    look.reject()


def test_the_arrow_keys_walk_through_what_was_found(page, qtbot):
    page.does.look_up("too")
    qtbot.waitUntil(lambda: page.does.look is not None and len(page.does.look.found()) > 1)
    look = page.does.look
    qtbot.keyClick(look.line, Qt.Key.Key_Down)
    assert look.list.currentRow() == 1
    look.reject()


def test_widths_of_the_columns_are_remembered(page, check_up, store):
    check_up()
    page.view.across.setSizes([300, 500, 460])
    page.hidden()
    kept = store.layouts.load("window", "faults")
    assert kept["widths"] == page.view.across.sizes()


def test_the_palette_looks_a_typed_code_up_from_any_page(desk, acts, faults, qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(900, 600)
    over.show()
    finder = Finder(over, "Find")
    palette = CommandPalette(finder, desk, acts, lambda: ())
    palette.open()
    finder.line.setText("u0121")
    assert finder.found()[0].title == "What U0121 means"
    finder.found()[0].run()
    assert acts.told.pages == [("faults", (LOOK_UP, "U0121"))]
    finder.line.setText("boost")
    assert not [found for found in finder.found() if found.kind == "fault code"]
    qtbot.waitUntil(lambda: not palette.reading)
