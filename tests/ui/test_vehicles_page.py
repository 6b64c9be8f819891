"""The Vehicles page, by what a person does and sees, upon real records."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from cartech_desk.bay.status import CarIdentity, LinkState
from cartech_desk.domain.vehicles.record import Modification, ModificationType, VehicleRecord
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.ui.models.vehicle_words import vin_words
from cartech_desk.ui.pages.vehicles import VehiclesPage
from cartech_desk.ui.theme.states import State
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.counter import BY, GOLF_VIN, record_drive
from tests.ui.faults_double import make_scan

WRONG = "1HGFC1F37JA100001"
ZEROS = "00000000000000000"


@pytest.fixture
def page(show_page):
    return show_page(VehiclesPage)


@pytest.fixture
def show(page, settle):
    def act(what=None):
        page.shown(what)
        settle()

    return act


@pytest.fixture
def golf(show, counter, page):
    """The page with the Golf in sight."""
    show(counter.golf.id)
    return page


def names(page):
    return [row.name for row in page.list.table.rows]


def kinds(page):
    return [row[1][1] for row in page.history.table.told()]


def test_without_a_vehicle_the_page_says_what_will_be_here(page, show):
    show()
    assert page.pages.currentWidget() is page.empty
    page.empty.button.click()
    assert page.form.windowTitle() == "New vehicle"


def test_a_vehicle_stands_with_owner_plate_and_open_job(golf, counter, acts):
    assert golf.card.name.whole == "Red Golf"
    assert golf.card.plate.text() == "WOB GT 1"
    assert golf.card.check.state is State.CONNECTED
    assert "Job 1001 is open" in golf.card.open_job.text()
    golf.card.open_job.click()
    golf.card.owner.click()
    assert acts.told.pages == [("jobs", counter.job.id), ("customers", counter.owner.id)]


@pytest.mark.parametrize(
    ("vin", "state", "word"),
    [
        (GOLF_VIN, State.CONNECTED, "well formed"),
        (WRONG, State.WARNING, "check digit wrong"),
        (ZEROS, State.TRIP, "no VIN"),
        (None, State.OFF, "VIN not known"),
    ],
)
def test_the_check_of_a_vin_is_a_lamp_and_a_word(vin, state, word):
    assert vin_words(VehicleRecord(vin=vin))[:2] == (state, word)


def test_a_wrong_vin_that_was_kept_says_why():
    state, word, why = vin_words(VehicleRecord(vin=WRONG, vin_kept="as in its papers"))
    assert (state, word) == (State.WARNING_GONE, "check digit wrong, kept")
    assert "as in its papers" in why


def test_the_list_narrows_by_plate_vin_maker_and_owner(page, show, settle, counter):
    show()
    for words in ("gt 1", "wvwzzz", "volks", "red owner"):
        page.list.search.setText(words)
        settle()
        assert names(page) == ["Red Golf"]
    page.list.search.setText("tractor")
    settle()
    assert "matches “tractor”" in page.list.nothing.text()
    assert not page.card.isVisible()


def test_a_typing_error_is_forgiven(page, show, settle, counter):
    show()
    page.list.search.setText("volkswagn")
    settle()
    assert names(page) == ["Red Golf"]


def test_the_vehicle_at_hand_is_chosen_at_first(page, show, store, acts, counter):
    acts.take_vehicle(store.vehicles.get(counter.golf.id))
    show()
    assert page.card.name.whole == "Red Golf"
    assert page.card.at_hand.isVisible()
    assert not page.card.take.isVisible()


def test_a_vehicle_is_made_the_one_at_hand(golf, acts, settle):
    golf.card.take.click()
    settle()
    assert acts.vehicle.name == "Red Golf"
    assert golf.card.at_hand.isVisible()


def test_all_that_happened_stands_in_one_history(show, page, store, counter, settle):
    record_drive(store, counter.golf.id, "first drive")
    record_drive(store, counter.miata.id, "another car")
    store.checkups.add(counter.golf.id, make_scan(), by=BY)
    show(counter.golf.id)
    assert sorted(kinds(page)) == ["Check-up", "Job", "Odometer", "Recording"]
    times = [entry.at for entry in page.history.entries]
    assert times == sorted(times, reverse=True)
    page.history.kinds.setCurrentIndex(page.history.kinds.findText("Recordings"))
    settle()
    assert kinds(page) == ["Recording"]


@pytest.mark.parametrize(("kind", "place"), [("Check-up", "faults"), ("Recording", "recordings")])
def test_each_opens_at_its_place(page, show, store, counter, acts, kind, place):
    record_drive(store, counter.golf.id, "first drive")
    store.checkups.add(counter.golf.id, make_scan(), by=BY)
    show(counter.golf.id)
    row = kinds(page).index(kind)
    page.history.table.opened.emit(row)
    assert acts.told.pages[-1] == (place, page.history.entries[row].ref)


def test_older_entries_are_fetched_as_one_scrolls(golf, office, counter, qtbot, settle):
    for km in range(120):
        office.vehicles.note_odometer(ADMINISTRATOR, counter.golf.id, 90_000 + km)
    golf.history.refresh()
    settle()
    assert len(golf.history.entries) == 100
    golf.history.table.scrollToBottom()
    qtbot.waitUntil(lambda: len(golf.history.entries) > 100)
    settle()
    assert len(golf.history.entries) == 122


def test_how_a_known_car_was_met_last_is_told(page, show, store, counter):
    now = datetime.now(UTC)
    store.known_cars.keep_adapter(KnownAdapter("elm327:/dev/ttyUSB0", {}, GOLF_VIN, now))
    link = {"link": {"protocol": "ISO 15765-4 CAN"}}
    store.known_cars.keep_car(KnownCar(GOLF_VIN, link, now))
    show(counter.golf.id)
    assert "ttyUSB0" in page.card.facts.met.text()
    assert "ISO 15765-4 CAN" in page.card.facts.met.text()


def test_a_new_vehicle_is_entered_and_shown(page, show, send, counter, office):
    show()
    page.add()
    send(plate="ZH 1", make="Honda", model="Civic", year="2019", odometer_km="30 000")
    assert page.record.plate == "ZH 1"
    assert (page.record.year, page.record.odometer_km) == (2019, 30_000)
    assert office.vehicles.list()[1] == 3


def test_a_wrong_vin_is_told_while_typing_and_kept_with_a_reason(page, show, send, office):
    show()
    page.add()
    form = page.form
    assert not form.fields["vin_kept"].isVisible()
    form.lines["vin"].setText(WRONG)
    assert form.check.state is State.WARNING
    assert "ninth character" in form.fields["vin"].help_label.text()
    assert form.fields["vin_kept"].isVisible()
    form = send(name="Blue Civic")
    assert form.fields["vin"].error or form.fields["vin_kept"].error
    assert office.vehicles.list()[1] == 0
    send(vin_kept="as it stands in the papers")
    assert office.vehicles.get(page.record.id).vin_kept == "as it stands in the papers"


def test_a_vehicle_that_is_here_already_is_taken_instead(page, show, send, counter, settle, office):
    show()
    page.add()
    form = send(vin=GOLF_VIN)
    offers = [form.offers.itemAt(place).widget() for place in range(form.offers.count())]
    assert len(offers) == 1
    offers[0].click()
    settle()
    assert page.record.id == counter.golf.id
    assert office.vehicles.list()[1] == 2


def test_wrong_figures_stand_beside_their_fields(golf, send, office, counter):
    golf.edit()
    form = send(year="old", odometer_km="many")
    assert "whole number" in form.fields["year"].error
    assert "whole number" in form.fields["odometer_km"].error
    assert office.vehicles.get(counter.golf.id).year == 2010


def test_a_vehicle_is_renamed_and_stays_at_hand(golf, send, acts, store, counter):
    acts.take_vehicle(store.vehicles.get(counter.golf.id))
    golf.edit()
    send(name="Fast Golf")
    assert acts.vehicle.name == "Fast Golf"
    assert "Fast Golf" in names(golf)


def test_somebody_elses_change_is_told_and_what_was_typed_stays(golf, send, office, counter):
    golf.edit()
    other = replace(office.vehicles.get(counter.golf.id), colour="green")
    office.vehicles.change(ADMINISTRATOR, other)
    form = send(colour="blue")
    assert form.wrong.text()
    assert form.lines["colour"].text() == "blue"
    assert office.vehicles.get(counter.golf.id).colour == "green"


def test_a_modification_brings_what_to_see_to(golf, send, acts, settle):
    golf.card.tabs.turn("fitted")
    golf.modify()
    form = None
    while golf.form is None:
        settle()
    form = golf.form
    form.choices["type"].setCurrentIndex(form.choices["type"].findData("turbo"))
    send(brand="Garrett", model="G25-550", fitted="2026-03-14", price="1 890,00")
    assert golf.fitted.modifications[0].price.minor == 189_000
    assert golf.fitted.recommendations
    assert golf.fitted.recommendations[0].urgent
    assert "before the next pull" in golf.fitted.heading.text()
    assert golf.card.tabs.bar.tabText(1) == "Modifications 1"


def test_what_was_taken_off_needs_nothing_any_more(golf, send, office, counter, settle):
    turbo = Modification(vehicle_id=counter.golf.id, type=ModificationType.TURBO)
    office.vehicles.modify(ADMINISTRATOR, replace(turbo, brand="Garrett", model="G25"))
    golf.read_again()
    settle()
    golf.take_off()
    send(reason="sold")
    assert golf.fitted.table.told()[0][3][0] is State.OFF
    assert not golf.fitted.recommendations
    assert golf.fitted.heading.text() == ""


def test_an_odometer_that_goes_back_needs_its_reason(golf, send, office, counter):
    golf.note_odometer()
    form = send(km="80000")
    assert form.fields["reason"].error or form.fields["km"].error
    send(reason="another instrument was fitted")
    assert office.vehicles.get(counter.golf.id).odometer_km == 80_000


def test_a_reading_that_was_wrong_is_taken_back(golf, send, office, counter, settle, acts, qtbot):
    note = office.vehicles.note_odometer
    note(ADMINISTRATOR, counter.golf.id, 842_000, reason="as it seemed to show")
    golf.read_again()
    settle()
    assert "842" in golf.card.facts.readings.text()
    golf.card.facts.take_back.click()
    qtbot.waitUntil(lambda: golf.form is not None)
    assert golf.form.choices["reading"].count() == 2
    assert "842" in golf.form.choices["reading"].currentText()
    send(reason="one digit too many")
    assert office.vehicles.get(counter.golf.id).odometer_km == 84_200
    assert "842,000" not in golf.card.facts.readings.text()
    assert acts.told.toasts[-1][0] == "The reading is taken back."


def test_a_car_whose_odometer_was_never_read_has_no_reading_to_take_back(
    show, page, counter, settle, acts
):
    show(counter.miata.id)
    assert page.card.facts.take_back.isHidden()
    page.take_back_reading()
    settle()
    assert page.form is None
    assert acts.told.toasts[-1][0] == "The odometer was never read here."


def test_the_connected_car_tells_its_vin_and_maker(show, page, bay, counter, settle, office):
    show(counter.miata.id)
    bay.link(LinkState.CONNECTED, car=CarIdentity(WRONG.replace("37JA", "32JA"), (), ()))
    vin = bay.snapshot().connection.car.vin
    page.read_from_car()
    settle()
    kept = office.vehicles.get(counter.miata.id)
    if kept.vin:
        assert kept.vin == vin
        assert kept.make == "Honda"


def test_without_a_car_reading_says_what_to_do(golf, acts):
    golf.read_from_car()
    assert "connect" in acts.told.toasts[-1][0]


def test_photos_are_seen_small_and_taken_away(golf, tmp_path, settle):
    picture = tmp_path / "engine.png"
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    image.save(str(picture))
    golf.photos.ask_files = lambda: [picture]
    golf.photos.choose_files()
    settle()
    assert golf.photos.list.count() == 1
    assert not golf.photos.list.item(0).icon().isNull()
    golf.photos.remove_chosen()
    settle()
    assert golf.photos.list.count() == 0


def test_two_vehicles_that_are_one_are_joined(golf, office, counter, qtbot, settle):
    from cartech_desk.ui.pages.vehicles_forms import vehicle_pick

    golf.join()
    assert "cannot be undone" in " ".join(one.text() for one in golf.form.findChildren(QLabel))
    golf.form.pickers["other"].choose(vehicle_pick(counter.miata))
    golf.form.submit()
    qtbot.waitUntil(lambda: golf.form is None)
    settle()
    assert office.vehicles.list()[1] == 1


def test_a_deleted_vehicle_is_put_back_for_a_moment(show, page, acts, office, counter, settle):
    show(counter.miata.id)
    page.delete()
    settle()
    assert names(page) == ["Red Golf"]
    acts.told.toasts[-1][1]()
    settle()
    assert sorted(names(page)) == ["Red Golf", "Track Miata"]


def test_columns_are_remembered(golf, store):
    golf.list.view.horizontalHeader().resizeSection(0, 222)
    golf.hidden()
    assert store.layouts.load("columns", "vehicles")["columns"]


def test_somebody_who_is_not_signed_in_reads_and_changes_nothing(golf, desk):
    desk.office.session.leave()
    golf.rights_changed()
    assert not golf.card.edit.isEnabled()
    assert "Sign in" in golf.card.edit.toolTip()
    assert golf.history.entries


def test_who_may_not_delete_may_not_join_and_reads_why(golf, desk, acts):
    desk.office.session.enter(TECHNICIAN)
    golf.rights_changed()
    choices = {one.text(): one for one in golf.card.more.menu().actions()}
    assert choices["Note the odometer…"].isEnabled()
    assert not choices["Join with another vehicle…"].isEnabled()
    assert "Joining takes one" in choices["Join with another vehicle…"].toolTip()
    golf.join()
    assert golf.form is None
    assert "Joining takes one" in acts.told.toasts[-1][0]


def test_a_name_given_to_the_car_at_hand_is_audited(acts, store, counter, qtbot):
    acts.take_vehicle(store.vehicles.get(counter.golf.id))
    acts.rename_vehicle("Fast Golf")
    qtbot.waitUntil(lambda: acts.vehicle.name == "Fast Golf")
    record = store.audit.find(Query(action="vehicle.change"))[0]
    assert record.after == {"name": "Fast Golf"}
    assert record.actor.name == acts.actor.name


def test_a_deleted_car_that_is_added_again_is_restored(golf, send, office, qtbot):
    gone = office.vehicles.add(ADMINISTRATOR, VehicleRecord(make="VW", vin="WVWZZZ1JZXW000001"))
    office.vehicles.delete(ADMINISTRATOR, gone.id)
    golf.add()
    form = send(vin="WVWZZZ1JZXW000001")
    words = [form.offers.itemAt(place).widget().text() for place in range(form.offers.count())]
    assert words == ["Restore VW"]
    form.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: golf.record.id == gone.id)
    assert office.vehicles.list("WVWZZZ1JZXW000001")[1] == 1
