"""The first start: the shop and its first administrator."""

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel

from cartech_desk.office.errors import PersonRefused
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import PageEntry
from cartech_desk.ui.pages.page import Page
from cartech_desk.ui.shell.founding import currencies
from cartech_desk.ui.shell.gate import Asking
from cartech_desk.ui.shell.window import Window
from tests.ui.conftest import ScriptedAuditBook

PASSWORD = "loud-lathe-42-hums"  # noqa: S105 - of nobody


@pytest.fixture
def new_desk(bay, store, settings, tmp_path):
    session = Session()
    office = Office(session, People(store, session, cost=4), ScriptedAuditBook(), store)
    return DeskParts(bay, office, store, settings, tmp_path)


def open_window(qtbot, desk):
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def window(qtbot, new_desk, monkeypatch):
    monkeypatch.setattr(
        PageEntry, "page_class", lambda entry: type("PlainPage", (Page,), {"key": entry.key})
    )
    made = open_window(qtbot, new_desk)
    yield made
    made.clock.stop()


def fill(form, **more):
    typed = {"shop": "Corner Garage", "name": "Ada Admin", "email": "ada@corner.com", **more}
    for name, words in typed.items():
        form.lines[name].setText(words)
    form.secret.first.setText(PASSWORD)
    form.secret.second.setText(PASSWORD)


def test_a_new_desk_asks_for_the_shop_first(window, new_desk):
    assert window.gate.asking is Asking.FOUNDING
    assert window.gate.founding.isVisible()
    assert not new_desk.office.people.founded()
    words = " ".join(label.text() for label in window.gate.founding.findChildren(QLabel))
    assert "--demo" in words


def test_all_of_it_right_sets_the_shop_up_and_signs_the_administrator_in(qtbot, window, new_desk):
    form = window.gate.founding
    fill(form)
    form.choices["units"].setCurrentIndex(form.choices["units"].findData("imperial"))
    form.choices["currency"].setCurrentIndex(form.choices["currency"].findData("USD"))
    qtbot.keyClick(form.secret.second, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.gate.asking is Asking.NOTHING, timeout=5000)
    shop = new_desk.office.people.shop()
    assert (shop.name, shop.units, shop.currency) == ("Corner Garage", "imperial", "USD")
    qtbot.waitUntil(lambda: new_desk.settings.values.screen.units == "imperial", timeout=2000)
    assert new_desk.office.session.actor.name == "Ada Admin"
    assert "Ada Admin · administrator" in window.top_bar.operator.text()
    assert window.page.key == "today"
    assert window.gate.founding is None


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_set_up(window, new_desk):
    form = window.gate.founding
    form.lines["shop"].setText("Corner Garage")
    form.submit()
    assert form.fields["name"].error == "This is needed."
    assert form.fields["email"].error == "This is needed."
    assert form.fields["password"].error == "Choose a password."
    assert form.fields["shop"].error == ""
    assert not new_desk.office.people.founded()


def test_every_refusal_of_the_office_stands_beside_its_field(qtbot, window, new_desk):
    form = window.gate.founding
    fill(form, email="no address")
    form.secret.first.setText("password12")
    form.secret.second.setText("password12")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["email"].error), timeout=5000)
    assert "no e-mail address" in form.fields["email"].error
    assert "easy to guess" in form.fields["password"].error
    assert form.send.isEnabled()
    assert form.secret.text() == "password12"
    assert window.gate.asking is Asking.FOUNDING


def test_passwords_that_differ_are_seen_before_anything_is_asked(window, new_desk):
    form = window.gate.founding
    fill(form)
    form.secret.second.setText("another")
    form.submit()
    assert form.secret.repeated.error == "The two passwords differ."
    assert form.send.isEnabled()


def test_advice_comes_while_one_types(qtbot, window):
    form = window.gate.founding
    form.lines["name"].setText("Ada Admin")
    qtbot.keyClicks(form.secret.first, "ada admin")
    label = form.secret.password.help_label
    qtbot.waitUntil(lambda: "fewer than 10" in label.text(), timeout=5000)
    form.secret.first.clear()
    qtbot.keyClicks(form.secret.first, PASSWORD)
    qtbot.waitUntil(lambda: "strong enough" in label.text(), timeout=5000)


def test_it_cannot_be_left_and_what_acts_rests_behind_it(qtbot, window, bay):
    qtbot.keyClick(window.gate.founding, Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.gate.asking is Asking.FOUNDING
    assert window.page is None
    assert bay.calls == []


def test_the_draft_outlives_a_restart_but_for_the_password(qtbot, window, new_desk):
    form = window.gate.founding
    qtbot.keyClicks(form.lines["shop"], "Corner Garage")
    form.secret.first.setText(PASSWORD)
    kept = new_desk.store.layouts
    qtbot.waitUntil(lambda: kept.load("draft", "founding") is not None, timeout=5000)
    assert PASSWORD not in str(kept.load("draft", "founding"))
    window.close()
    again = open_window(qtbot, new_desk)
    assert again.gate.founding.lines["shop"].text() == "Corner Garage"
    assert again.gate.founding.secret.text() == ""
    again.clock.stop()


def test_a_draft_of_wrong_types_is_as_if_there_were_none(qtbot, window, new_desk):
    new_desk.store.layouts.save("draft", "founding", {"shop": 7, "units": "cubits", "name": None})
    again = open_window(qtbot, new_desk)
    assert again.gate.founding.typed()["shop"] == ""
    assert again.gate.founding.typed()["units"] in {"metric", "imperial", "mixed"}
    again.clock.stop()


def test_a_shop_that_was_set_up_meanwhile_leads_to_signing_in(qtbot, window, new_desk):
    other = People(new_desk.store, Session(), cost=4)
    other.found(
        shop="Corner Garage",
        units="metric",
        currency="EUR",
        name="Bob Boss",
        email="bob@corner.com",
        password=PASSWORD,
    )
    form = window.gate.founding
    fill(form)
    form.submit()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.SIGN_IN, timeout=5000)
    assert window.gate.founding is None


def test_the_money_of_the_systems_country_stands_first_and_none_is_missing():
    found = currencies(QLocale("en_GB"))
    assert found[0] == "GBP"
    assert found[1:3] == ["EUR", "USD"]
    assert len(found) == len(set(found))
    assert {"SEK", "ZMW", "XOF"} < set(found)


def test_errors_carry_the_fields_that_the_form_has(window):
    error = PersonRefused({"shop": "It is empty.\nType it."})
    form = window.gate.founding
    form._refused(error)
    assert form.fields["shop"].error == "It is empty. Type it."
