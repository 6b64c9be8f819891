"""What is done from the Calendar page: booking, states, waiting list, lists, files."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.calendar import Waiting
from cartech_desk.domain.appointments.outbox import OutboxState
from cartech_desk.domain.money import Money
from cartech_desk.domain.shop_rules import DEMO_SENDS_NONE, NO_SENDER, NO_SERVER
from cartech_desk.ui.models.calendar_columns import Plan
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.calendar_card import AppointmentCard
from cartech_desk.ui.widgets.calendar_side import mail_words
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick
from tests.ui.calendar_steps import drag, form_of, opened, place, read, spot
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.counter_double import Shop, at


@pytest.fixture
def shop(office):
    return Shop(office, ADMINISTRATOR)


@pytest.fixture
def page(qtbot, desk, acts, shop):
    return opened(qtbot, desk, acts, shop)


# Booking


def test_what_is_booked_at_a_place_takes_its_bay_and_its_time(qtbot, page, shop, store):
    vehicle = store.vehicles.by_name("Blue Civic")
    read(qtbot, page)
    page.grid.setFocus()
    page.grid.cursor_at = (1, 10 * 60)
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    form = form_of(qtbot, page)
    form.services.tick(shop.run.id)
    assert form.when.length.text() == "1 h 30 min"
    form.take_vehicle(Pick(vehicle.id, "Blue Civic"))
    form.confirm.setChecked(False)
    qtbot.waitUntil(lambda: not form.checking)
    assert form.when.lamp.words == "Free."
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    qtbot.waitUntil(lambda: page.grid.chosen is not None)
    kept = page.grid.chosen
    assert (kept.bay_id, kept.starts) == (shop.lift.id, at(shop.day, 10))
    assert kept.ends == at(shop.day, 11, 30)
    assert kept.services[0].price == Money(19900, "EUR")
    assert kept.vehicle_id == vehicle.id


def test_enter_in_the_list_of_services_books_what_is_ticked(qtbot, page, shop, store):
    vehicle = store.vehicles.by_name("Blue Civic")
    read(qtbot, page)
    page.grid.cursor_at = (1, 10 * 60)
    page.book()
    form = form_of(qtbot, page)
    form.take_vehicle(Pick(vehicle.id, "Blue Civic"))
    ticks = form.services.list
    ticks.setFocus()
    ticks.setCurrentRow(0)
    qtbot.keyClick(ticks, Qt.Key.Key_Space)
    ticked = form.services.services
    qtbot.waitUntil(lambda: not form.checking)
    qtbot.keyClick(ticks, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.form is None and page.grid.chosen is not None)
    assert [each.service_id for each in page.grid.chosen.services] == [ticked[0].service_id]


def test_a_taken_time_is_said_before_it_is_booked_and_the_next_is_offered(qtbot, page, shop):
    shop.book(10)
    read(qtbot, page)
    page.grid.cursor_at = (0, 10 * 60)
    page.grid.choose("")
    page.grid.cursor_at = (0, 9 * 60 + 30)
    page.book()
    form = form_of(qtbot, page)
    qtbot.waitUntil(lambda: not form.checking)
    assert "taken" in form.when.lamp.words
    form.texts["notes"].setPlainText("rattles")
    form.confirm.setChecked(False)
    form.submit()
    qtbot.waitUntil(lambda: form.offers.count() == 1)
    form.offers.itemAt(0).widget().click()
    assert form.when.time.text() == "11:00"
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    qtbot.waitUntil(lambda: len(page.grid.sheet.blocks) == 2)


def test_all_that_speaks_against_a_time_is_said_before_and_after_in_the_window_s_words(
    qtbot, page, shop
):
    shop.book(11)
    read(qtbot, page)
    page.grid.cursor_at = (0, 11 * 60 + 30)
    page.grid.choose("")
    page.book()
    form = form_of(qtbot, page)
    form.texts["notes"].setPlainText("rattles")
    form.confirm.setChecked(False)
    qtbot.waitUntil(lambda: not form.checking)
    hint = form.when.lamp.words
    form.submit()
    qtbot.waitUntil(lambda: form.offers.count() == 1)
    for words in (hint, form.wrong.text()):
        assert "Dyno bay is taken" in words
        assert "outside the hours" in words
    assert form.offers.itemAt(0).widget().text().startswith("Take the next free time")
    form.choices["bay"].setCurrentIndex(form.choices["bay"].findData(shop.lift.id))
    form.submit()
    qtbot.waitUntil(lambda: "taken" not in form.wrong.text() and form.take.isEnabled())
    assert form.wrong.text().endswith("Choose another time, or confirm it.")
    form.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: page.form is None)


def test_what_cannot_be_read_is_said_beside_its_field(qtbot, page):
    read(qtbot, page)
    page.book()
    form = form_of(qtbot, page)
    form.when.time.setText("noon")
    form.submit()
    assert form.fields["starts"].error == "Write the time as in 8:30."
    assert form.take.isEnabled()


def test_an_appointment_is_changed(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    page.edit()
    form = form_of(qtbot, page)
    form.texts["notes"].setPlainText("brings winter tyres")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert shop.get(one).notes == "brings winter tyres"


# How it goes on


def test_buttons_bring_it_from_state_to_state(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    page.card.buttons[AppointmentStatus.ARRIVED].click()
    qtbot.waitUntil(lambda: page.form is not None)  # it is booked for another day than today
    assert any("Arrived now?" in said.text() for said in page.form.findChildren(QLabel))
    assert shop.get(one).status is AppointmentStatus.BOOKED
    page.form.submit()
    qtbot.waitUntil(lambda: shop.get(one).status is AppointmentStatus.ARRIVED)
    qtbot.waitUntil(lambda: not page.busy and page.card.lamp.words == "arrived")
    assert "J begins it" in page.acts.told.toasts[-1][0]
    assert (page.card.job.text(), page.card.job.property("role")) == ("Begin its job  J", "primary")
    assert AppointmentStatus.NO_SHOW not in page.card.buttons


def test_buttons_of_an_appointment_show_their_keys(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    assert page.card.buttons[AppointmentStatus.ARRIVED].text() == "Arrived  A"
    assert page.card.buttons[AppointmentStatus.IN_BAY].text() == "Into the bay  B"
    assert page.card.edit.text() == "Change…  E"
    keys = {one.shortcut for one in page.actions()}
    assert {"A", "B", "E", "J"} <= keys


def test_what_is_paid_offers_no_way_back_and_says_why(qtbot):
    card = AppointmentCard()
    qtbot.addWidget(card)
    one = Appointment(id="a", job_id="j", status=AppointmentStatus.DONE)
    card.show_appointment(one, {}, UTC, "")
    assert card.buttons[AppointmentStatus.IN_BAY].isEnabled()
    card.show_appointment(replace(one, paid=True), {}, UTC, "")
    assert [one.isEnabled() for one in card.buttons.values()] == [False, False]
    assert "credit note" in card.buttons[AppointmentStatus.WAITING].toolTip()
    assert card.job.isEnabled()


def test_cancelling_asks_and_offers_the_gap_to_who_waits(qtbot, page, shop, office):
    one = shop.book(8, 120)
    waiting = office.appointments.keep_waiting(ADMINISTRATOR, Waiting(minutes=60, notes="soon"))
    read(qtbot, page)
    page.grid.choose(one.id)
    page.states.set_status(AppointmentStatus.CANCELLED)
    form = form_of(qtbot, page)
    form.lines["note"].setText("car sold")
    form.submit()
    qtbot.waitUntil(lambda: shop.get(one).status is AppointmentStatus.CANCELLED)
    qtbot.waitUntil(lambda: page.form is not None and page.form is not form)
    offer = page.form
    qtbot.waitUntil(lambda: offer.list.total == 1 and not offer.list.busy)
    offer.buttons["Book it…"].click()
    qtbot.waitUntil(lambda: page.form is not None and page.form is not offer)
    booking = page.form
    booking.confirm.setChecked(False)
    qtbot.waitUntil(lambda: not booking.checking)
    booking.submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert office.appointments.waiting() == ()
    assert page.grid.chosen.starts == at(shop.day, 8)
    assert waiting.minutes == 60


def test_who_waits_is_listed_and_can_be_added_and_removed(qtbot, page, office):
    read(qtbot, page)
    assert page.side.nobody.isVisible()
    page.side.add.click()
    form = form_of(qtbot, page)
    form.lines["minutes"].setText("a while")
    form.lines["earliest"].setText("tomorrow")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["minutes"].error))
    assert "2026-11-23" in form.fields["earliest"].error
    form.lines["minutes"].setText("90")
    form.lines["earliest"].clear()
    form.texts["notes"].setPlainText("mornings")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and len(page.side.waiting_rows) == 1)
    (one,) = office.appointments.waiting()
    assert (one.minutes, one.notes) == (90, "mornings")


def test_others_calendars_time_off_and_services_open_as_lists(qtbot, page, shop):
    read(qtbot, page)
    for opens, button in (
        (page.lists.services, "Add…"),
        (page.lists.resources, "Add a bay…"),
        (page.lists.time_off, "Add…"),
        (page.lists.find, "Go there"),
        (page.files.calendars, "Import a file…"),
        (page.files.outbox, "Try again now"),
    ):
        opens()
        dialog = form_of(qtbot, page)
        qtbot.waitUntil(lambda dialog=dialog: not dialog.list.busy)
        assert button in dialog.buttons
        dialog.accept()
        qtbot.waitUntil(lambda: page.form is None)


def test_a_service_is_added_with_its_length_and_price(qtbot, page, shop, office):
    read(qtbot, page)
    page.lists.services()
    dialog = form_of(qtbot, page)
    qtbot.waitUntil(lambda: dialog.list.total == 2)
    dialog.buttons["Add…"].click()
    form = dialog.findChild(RecordForm)
    for name, words in (("name", "Brake fluid"), ("code", "BRK"), ("price", "12,5x")):
        form.lines[name].setText(words)
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["price"].error))
    form.lines["price"].setText("89.50")
    form.lines["minutes"].setText("1:15")
    form.submit()
    qtbot.waitUntil(lambda: dialog.list.total == 3)
    kept = next(one for one in office.appointments.services() if one.code == "BRK")
    assert (kept.minutes, kept.price) == (75, Money(8950, "EUR"))


def test_a_customer_and_a_vehicle_are_added_while_booking(qtbot, page, office):
    read(qtbot, page)
    page.book()
    form = form_of(qtbot, page)
    form.customer.line.setText("Vera Visitor")
    form.customer.add.click()
    person = form.findChild(RecordForm)
    assert person.lines["name"].text() == "Vera Visitor"
    person.lines["phone"].setText("0151 234567")
    person.submit()
    qtbot.waitUntil(lambda: bool(form.customer.id))
    form.vehicle.line.setText("AB 12 CDE")
    form.vehicle.add.click()
    car = next(one for one in form.findChildren(RecordForm) if "plate" in one.lines)
    assert car.lines["plate"].text() == "AB 12 CDE"
    car.lines["make"].setText("Honda")
    car.submit()
    qtbot.waitUntil(lambda: bool(form.vehicle.id))
    form.confirm.setChecked(True)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and page.grid.chosen is not None)
    assert page.grid.chosen.customer == "Vera Visitor"
    assert office.vehicles.get(page.grid.chosen.vehicle_id).owner
    assert "no e-mail address is known" in page.kept.told.toasts[-1][0]


def test_time_off_is_kept_and_says_what_lies_in_it(qtbot, page, shop, office):
    shop.book(9, bay=shop.lift)
    read(qtbot, page)
    page.lists.time_off()
    dialog = form_of(qtbot, page)
    qtbot.waitUntil(lambda: not dialog.list.busy)
    dialog.buttons["Add…"].click()
    qtbot.waitUntil(lambda: dialog.findChild(RecordForm) is not None)
    form = dialog.findChild(RecordForm)
    choice = form.choices["resource_id"]
    choice.setCurrentIndex(choice.findData(shop.lift.id))
    form.lines["starts"].setText("some day")
    form.lines["ends"].setText(f"{shop.day}")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["starts"].error))
    form.lines["starts"].setText(f"{shop.day} 8:00")
    form.submit()
    qtbot.waitUntil(lambda: dialog.list.total == 1)
    assert "1 appointment" in dialog.said.text()
    (kept,) = office.appointments.time_off()
    assert (kept.starts, kept.ends) == (at(shop.day, 8), at(shop.day + timedelta(days=1), 0))


def test_a_bay_is_added_and_is_a_column_then(qtbot, page, shop):
    read(qtbot, page)
    page.lists.resources()
    dialog = form_of(qtbot, page)
    qtbot.waitUntil(lambda: dialog.list.total == 4 and not dialog.list.busy)
    dialog.buttons["Add a bay…"].click()
    qtbot.waitUntil(lambda: dialog.findChild(RecordForm) is not None)
    form = dialog.findChild(RecordForm)
    form.lines["name"].setText("Paint")
    form.submit()
    qtbot.waitUntil(lambda: dialog.list.total == 5)
    dialog.accept()
    read(qtbot, page)
    assert [one.title for one in page.grid.sheet.columns] == ["Dyno bay", "Lift", "Paint"]


def test_a_calendar_of_others_is_shown_before_it_is_taken_in(qtbot, page, shop, office, tmp_path):
    day = f"{shop.day:%Y%m%d}"
    file = tmp_path / "tom.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTAMP:{day}T000000Z\r\nDTSTART:{day}T083000Z\r\nDTEND:{day}T093000Z\r\n"
        "SUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        encoding="utf-8",
    )
    shop.book(8, technician=shop.tom)
    read(qtbot, page)
    page.files.ask_path = lambda: file
    page.files.calendars()
    dialog = form_of(qtbot, page)
    dialog.buttons["Import a file…"].click()
    qtbot.waitUntil(lambda: dialog.findChild(RecordForm) is not None)
    form = dialog.findChild(RecordForm)
    form.choices["resource_id"].setCurrentIndex(form.choices["resource_id"].findData(shop.tom.id))
    form.submit()
    qtbot.waitUntil(lambda: dialog.list.total == 1)
    dialog.accept()
    page.choose_plan(Plan.TECHNICIANS)
    qtbot.waitUntil(lambda: any(block.foreign for block in page.grid.sheet.blocks))
    assert page.view.clashes


def test_the_calendar_is_exported(qtbot, page, shop, tmp_path):
    shop.book(8)
    read(qtbot, page)
    page.files.ask_save = lambda _proposed: tmp_path / "out.ics"
    page.files.export()
    form = form_of(qtbot, page)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert "BEGIN:VEVENT" in (tmp_path / "out.ics").read_text(encoding="utf-8")


def test_what_was_not_finished_is_carried_over(qtbot, page, shop, office):
    one = shop.set_status(shop.book(8), AppointmentStatus.ARRIVED)
    page.day = shop.day + timedelta(days=1)
    read(qtbot, page)
    assert len(page.side.unfinished_rows) == 1
    page.states.carry_over(one)
    qtbot.waitUntil(lambda: bool(shop.get(one).carried_to))
    qtbot.waitUntil(lambda: not page.busy)
    assert page.grid.chosen.carried_from == one.id


# Who may, and how it looks


def test_who_is_not_signed_in_sees_the_calendar_and_changes_nothing(qtbot, page, shop, office):
    one = shop.book(8)
    office.session.leave()
    qtbot.waitUntil(lambda: not page.acts.actor.id)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 1, 10 * 60))
    assert page.grid.held is None
    page.book()
    assert page.form is None
    assert "sign" in page.kept.told.toasts[-1][0].lower()
    page.grid.choose(one.id)
    assert not page.card.edit.isEnabled()


def test_a_technician_books_and_does_not_set_the_shop_up(qtbot, page, office):
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: page.acts.actor == TECHNICIAN)
    read(qtbot, page)
    assert page.primary.isEnabled()
    page.lists.services()
    dialog = form_of(qtbot, page)
    assert not dialog.buttons["Add…"].isEnabled()
    assert "manager" in dialog.buttons["Add…"].toolTip()


def test_a_calendar_without_holidays_says_so_and_leads_to_where_they_are_set(
    qtbot, page, office, monkeypatch
):
    read(qtbot, page)
    assert page.side.holidays.isVisible()
    gone = []
    page.acts.page_wanted.connect(lambda where, what: gone.append((where, what)))
    page.side.holidays.findChild(QPushButton).click()
    assert gone == [("settings", "holidays_of")]
    known = replace(office.rules(), holidays_of="DE")
    monkeypatch.setitem(vars(office), "rules", lambda: known)
    page.refresh()
    qtbot.waitUntil(lambda: not page.side.holidays.isVisible())


def test_the_outbox_says_how_it_stands_in_a_shape_and_words():
    assert mail_words(OutboxState())[0] is State.OFF
    assert mail_words(OutboxState(queued=2)) == (State.CONNECTING, "2 e-mails on the way.")
    no_server = mail_words(OutboxState(queued=1), NO_SERVER)
    assert no_server == (State.WARNING, "1 e-mail waits: no mail server is set.")
    demo = mail_words(OutboxState(queued=2), DEMO_SENDS_NONE)
    assert demo == (State.OFF, "2 e-mails wait: the demo sends none.")
    assert mail_words(OutboxState(sent=1), NO_SERVER)[0] is State.CONNECTED
    waits = mail_words(OutboxState(queued=1, problem="The server cannot be reached."))
    assert waits == (State.WARNING, "1 e-mail waits. The server cannot be reached.")
    assert mail_words(OutboxState(failed=1, problem="Refused."))[0] is State.TRIP
    back = "1 e-mail was written, and taken back before leaving. None was sent yet."
    assert mail_words(OutboxState(withdrawn=1)) == (State.OFF, back)
    assert mail_words(OutboxState(withdrawn=1, sent=1)) == (
        State.CONNECTED,
        "All e-mails are sent.",
    )


def test_what_waits_for_a_mail_server_leads_to_where_one_is_set(qtbot, page):
    read(qtbot, page)
    gone = []
    page.acts.page_wanted.connect(lambda where, what: gone.append((where, what)))
    page.side.show_mail(OutboxState(queued=1), "", NO_SENDER)
    assert page.side.mail_settings.isVisible()
    page.side.mail_settings.click()
    assert gone == [("settings", "sender")]
    for state, unsent in ((OutboxState(queued=1), DEMO_SENDS_NONE), (OutboxState(), NO_SERVER)):
        page.side.show_mail(state, "", unsent)
        assert not page.side.mail_settings.isVisible()


def test_an_appointment_without_anything_has_words_all_the_same(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    assert page.card.head.text() == "Without a vehicle"
    assert isinstance(page.card.appointment, Appointment)
