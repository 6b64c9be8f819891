"""The Vehicles page, by what a person does and sees, upon a real store."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.faults.found import CodeFound, CodeStatus, Lamp
from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.store.recordings import Columns, Ending
from cartech_desk.ui.pages.vehicles import VehiclesPage
from cartech_desk.ui.theme.states import State
from tests.ui.dyno_double import make_run, make_session
from tests.ui.faults_double import NOW, clean_scan, make_scan, put_faults_on, unsure_scan

RIGHT = "WVWZZZ1KZAW000001"
WRONG = "1HGFC1F37JA100001"
ZEROS = "00000000000000000"


@pytest.fixture
def faults(bay, store):
    return put_faults_on(bay, store)


@pytest.fixture
def page(desk, acts, faults, qtbot):
    made = VehiclesPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    return made


@pytest.fixture
def show(page, qtbot):
    def act(what=None):
        page.shown(what)
        qtbot.waitUntil(lambda: not page._listing.busy and not page._reading.busy)

    return act


def names(page):
    return [page.list.filter.row(place).name for place in range(page.list.filter.rowCount())]


def record(store, vehicle_id, note):
    anchor = monotonic_ns() - 20_000_000_000
    writer = store.recordings.begin(
        vehicle_id, (Channel("rpm", "Engine speed", "rpm", 0, 8000),), anchor_ns=anchor, note=note
    )
    t_ns = np.arange(0, 10_000_000_000, 100_000_000)
    writer.write({"rpm": Columns(anchor + t_ns, t_ns * 1.0, np.zeros(len(t_ns), np.uint8))}, [])
    return writer.close(Ending.STOPPED)


def test_without_a_vehicle_the_page_says_what_will_be_here(page, show):
    show()
    assert page.pages.currentWidget() is page.empty
    page.empty.button.click()
    assert page.acts.told.pages == [("connect", None)]


def test_vehicles_are_listed_with_maker_and_check_of_the_vin(page, show, store):
    for vin in (RIGHT, WRONG, ZEROS):
        store.vehicles.by_vin(vin)
    store.vehicles.by_name("Track Miata")
    show()
    rows = {row.vehicle.vin: row for row in page.list.table.rows}
    assert rows[RIGHT].made.startswith("Volkswagen")
    assert rows[RIGHT].vin_words[0] is State.CONNECTED
    assert rows[WRONG].vin_words[:2] == (State.WARNING, "check digit wrong")
    assert "ninth character" in rows[WRONG].vin_words[2]
    assert rows[ZEROS].vin_words[0] is State.TRIP
    assert rows[None].vin_words[1] == "VIN not known"


def test_the_list_narrows_by_name_vin_and_maker(page, show, store):
    vehicle = store.vehicles.by_vin(RIGHT)
    store.vehicles.rename(vehicle.id, "Red Golf")
    store.vehicles.by_name("Track Miata")
    show()
    for words in ("golf", "wvwzzz", "volks"):
        page.list.search.setText(words)
        assert names(page) == ["Red Golf"]
    page.list.search.setText("tractor")
    assert not names(page)
    assert "No vehicle matches" in page.list.nothing.text()
    assert not page.card.isVisible()


def test_the_vehicle_at_hand_is_chosen_at_first(page, show, store, acts):
    wanted = store.vehicles.by_name("Blue Civic")
    store.vehicles.by_name("Track Miata")
    acts.take_vehicle(wanted)
    show()
    assert page.card.name.whole == "Blue Civic"
    assert page.card.at_hand.isVisible()
    assert not page.card.take.isVisible()


def test_all_that_is_kept_of_a_vehicle_stands_in_one_timeline(page, show, store, bay, faults):
    vehicle = store.vehicles.by_name("Blue Civic")
    record(store, vehicle.id, "first drive")
    faults.keep(vehicle.id, make_scan())
    faults.keep(vehicle.id, clean_scan(at=NOW + timedelta(days=1)))
    bay.book.all_sessions = [make_session(vehicle_id=vehicle.id)]
    bay.book.kept = [make_run("r1")]
    other = store.vehicles.by_name("Track Miata")
    record(store, other.id, "another car")
    show(vehicle.id)
    kinds = [row.what for row in page.card.rows]
    assert sorted(kinds) == ["Check-up", "Check-up", "Dyno run", "Recording"]
    marks = {row.found: row.state for row in page.card.rows if row.what == "Check-up"}
    assert marks == {"at least 5 codes": State.TRIP, "no codes": State.CONNECTED}
    times = [row.at for row in page.card.rows]
    assert times == sorted(times, reverse=True)
    chosen = page.list.chosen()
    assert (chosen.checkups, chosen.recordings, chosen.runs) == (2, 1, 1)
    assert chosen.kept == "2 check-ups, 1 recording, 1 run"


@pytest.mark.parametrize(("kind", "place"), [("Check-up", "faults"), ("Recording", "recordings")])
def test_each_opens_at_its_place(page, show, store, faults, kind, place):
    vehicle = store.vehicles.by_name("Blue Civic")
    number = record(store, vehicle.id, "first drive")
    kept = faults.keep(vehicle.id, make_scan())
    show(vehicle.id)
    row = [one.what for one in page.card.rows].index(kind)
    page.card.table.opened.emit(row)
    wanted = kept.id if place == "faults" else page.card.rows[row].opens
    assert page.acts.told.pages[-1] == (place, wanted)
    assert number is None or wanted


def test_how_a_known_car_was_met_last_is_told(page, show, store):
    vehicle = store.vehicles.by_vin(RIGHT)
    now = datetime.now(UTC)
    store.known_cars.keep_adapter(KnownAdapter("elm327:/dev/ttyUSB0", {}, RIGHT, now))
    link = {"link": {"protocol": "ISO 15765-4 CAN"}}
    store.known_cars.keep_car(KnownCar(RIGHT, link, now))
    show(vehicle.id)
    assert "ttyUSB0" in page.card.adapter.text()
    assert "ISO 15765-4 CAN" in page.card.adapter.text()


def test_a_vehicle_is_made_the_one_at_hand(page, show, store, acts):
    vehicle = store.vehicles.by_name("Blue Civic")
    show(vehicle.id)
    page.card.take.click()
    assert acts.vehicle == vehicle
    assert page.card.at_hand.isVisible()


def test_a_vehicle_is_renamed_and_stays_at_hand(page, show, store, acts, qtbot):
    vehicle = store.vehicles.by_vin(RIGHT)
    acts.take_vehicle(vehicle)
    show(vehicle.id)
    page.rename()
    page.form.line.setText("Red Golf")
    page.form._take()
    qtbot.waitUntil(lambda: acts.vehicle.name == "Red Golf")
    qtbot.waitUntil(lambda: "Red Golf" in names(page))


def test_a_name_that_is_taken_is_refused_in_words(page, show, store, acts, qtbot):
    vehicle = store.vehicles.by_name("Blue Civic")
    store.vehicles.by_name("Track Miata")
    show(vehicle.id)
    page.rename()
    page.form.line.setText("track miata")
    page.form._take()
    qtbot.waitUntil(lambda: bool(acts.told.refused))
    assert store.vehicles.get(vehicle.id).name == "Blue Civic"


def test_columns_are_remembered(page, show, store):
    store.vehicles.by_name("Blue Civic")
    show()
    page.list.view.horizontalHeader().resizeSection(0, 222)
    page.hidden()
    assert store.layouts.load("columns", "vehicles")["columns"] == page.list.columns_state()


def test_a_check_up_has_the_mark_of_its_worst_code_and_not_of_the_lamp(page, show, store, faults):
    vehicle = store.vehicles.by_name("Blue Civic")
    warned = (CodeFound("P0299", 0x7E8, (CodeStatus.STORED,)),)
    faults.keep(vehicle.id, clean_scan(codes=warned, lamps=(Lamp(0x7E8, True, 1),)))
    faults.keep(vehicle.id, unsure_scan(at=NOW + timedelta(days=1)))
    show(vehicle.id)
    assert [(row.state, row.found) for row in page.card.rows] == [
        (State.WARNING, "not known"),
        (State.WARNING, "1 code"),
    ]
