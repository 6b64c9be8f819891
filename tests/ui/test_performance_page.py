"""The Performance page, by what a technician does and sees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cartech_desk.domain.dyno.run import Conditions
from cartech_desk.store.dyno import DynoStore
from cartech_desk.ui.pages.performance import PerformancePage
from cartech_desk.ui.theme.states import State
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.dyno_double import WEATHER, ScriptedRuns, make_run, make_session, used


@pytest.fixture
def kept(desk, bay, store):
    """What was driven: a real book of runs, whose results are made of their summaries."""
    store.dyno = DynoStore(store._desk, store.audit)
    bay.runs = ScriptedRuns(store.dyno)

    def keep(vehicle_id, days_ago, *hp, conditions=WEATHER):
        started = datetime.now(UTC) - timedelta(days=days_ago)
        session = store.dyno.begin_session(
            make_session("", vehicle_id=vehicle_id, started=started), ADMINISTRATOR
        )
        for power in hp:
            run = make_run("", session.id, 0, peak_hp=power, started=started, sources=(used(),))
            summary = replace(run.summary, conditions=conditions)
            run = replace(run, name="", summary=summary, samples_sha256=f"{days_ago}{power}")
            store.dyno.add_run(run, ADMINISTRATOR)
        return session.id

    return keep


@pytest.fixture
def car(store):
    return store.vehicles.by_name("Blue Civic").id


@pytest.fixture
def page(desk, acts, kept, qtbot):
    made = PerformancePage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    return made


@pytest.fixture
def show(page, qtbot):
    def act(what=None):
        page.shown(what)
        qtbot.waitUntil(lambda: not page.busy)

    return act


def figure(page, place):
    return page.figures.cards[place].value.text()


def test_without_a_run_the_page_says_what_will_be_here(page, show, acts):
    show()
    assert page.pages.currentWidget() is page.empty
    page.empty.button.click()
    assert acts.told.pages == [("dyno", None)]


def test_a_vehicle_over_time_tells_what_it_gained(page, show, kept, car, store):
    kept(car, 200, 200.0)
    kept(car, 100, 260.0)
    with store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modification (id, vehicle_id, type, brand, model, fitted, created) VALUES "
            "('m', ?, 'turbo', 'Garrett', 'G25', ?, '2026-01-01T00:00:00+00:00')",
            (car, str((datetime.now(UTC) - timedelta(days=150)).date())),
        )
    show()
    assert page.name.text() == "Blue Civic"
    assert figure(page, 2).startswith("+60.") or figure(page, 2).startswith("+61.")
    assert figure(page, 3) == figure(page, 2)
    assert page.figures.cards[3].below.whole == "turbo Garrett G25"
    newest = page.sessions.table.row(0)
    assert newest.gained.fitted == ("turbo Garrett G25",)
    assert newest.point.session_id == page.chart.chosen


def test_what_cannot_be_compared_has_another_shape_and_says_why(page, show, kept, car):
    kept(car, 300, 200.0)
    kept(car, 200, 210.0)
    kept(car, 100, 260.0, conditions=Conditions())
    show()
    row = page.sessions.table.row(0)
    assert page.sessions.table.columns[0].lamp(row) is State.WARNING
    assert "weather" in page.sessions.table.cells(row)[-1]
    assert page.warnings.isVisible()


def test_another_correction_is_that_of_all_points(page, show, kept, car, qtbot):
    kept(car, 100, 200.0)
    show()
    before = page.history.points[0].power_kw
    page.correction.setCurrentIndex(page.correction.findData("none"))
    qtbot.waitUntil(lambda: not page.busy)
    assert page.history.points[0].power_kw != before
    assert "Uncorrected" in page.told.text()


def test_arrows_walk_the_sessions_of_the_chart(page, show, kept, car, qtbot):
    first = kept(car, 200, 200.0)
    kept(car, 100, 260.0)
    show()
    page.chart.setFocus()
    QTest.keyClick(page.chart, Qt.Key.Key_Left)
    assert page.chart.chosen == first
    qtbot.waitUntil(lambda: page.sessions.chosen_id() == first)


def test_the_first_and_the_last_session_lie_beside_each_other_at_first(
    page, show, kept, car, qtbot
):
    kept(car, 300, 200.0)
    kept(car, 200, 230.0)
    kept(car, 100, 260.0)
    show()
    page.tabs.turn("compare")
    qtbot.waitUntil(lambda: not page.busy and page.compare_view.found is not None)
    names = [one.label[-10:] for one in page.compare_view.found.runs]
    assert len(names) == 2
    assert "all runs share" in page.compare_view.range.text()
    assert not page.compare_view.remove.isVisible()


def test_c_takes_sessions_of_other_vehicles_into_the_comparison(
    page, show, kept, car, store, qtbot
):
    other = store.vehicles.by_name("Track Miata").id
    kept(car, 200, 200.0)
    kept(other, 100, 180.0)
    show(car)
    page.compare_chosen()
    page.show_vehicle(other)
    qtbot.waitUntil(lambda: not page.busy)
    page.compare_chosen()
    page.tabs.turn("compare")
    qtbot.waitUntil(lambda: not page.busy and page.compare_view.found is not None)
    assert [one.session.vehicle_name for one in page.compare_view.found.runs] == [
        "Blue Civic",
        "Track Miata",
    ]
    assert page.compare_view.clear.isVisible()
    page.clear_comparison()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.compared == []


def test_advice_names_the_runs_and_leads_to_them(page, show, kept, car, acts, qtbot):
    kept(car, 100, 260.0, 240.0)
    show()
    page.tabs.turn("advice")
    qtbot.waitUntil(lambda: not page.busy and bool(page.advice.cards))
    assert "Power falls from run to run: run 2" in page.advice.words
    run = page.history.points[0].run_id
    page.advice.run_wanted.emit(run)
    assert acts.told.pages[-1] == ("dyno", run)


def test_ctrl_p_writes_the_report(page, show, kept, car, tmp_path, acts, qtbot):
    kept(car, 100, 260.0)
    show()
    page.reports.ask_save = lambda _usual: Path(tmp_path) / "out.pdf"
    page.reports.write()
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


def test_a_vehicle_without_runs_that_is_asked_for_says_so(page, show, kept, car, store):
    kept(car, 100, 260.0)
    other = store.vehicles.by_name("Track Miata").id
    show(other)
    assert page.name.text() == "Track Miata"
    assert "No session" in page.told.text()
    page.reports.write()


def test_keys_of_the_page_are_single(page):
    keys = [one.shortcut for one in page.actions() if one.shortcut]
    assert len(keys) == len(set(keys))
