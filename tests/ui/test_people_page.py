"""The People page, over an office at work: what each role sees and does."""

import threading
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.people import RIGHTS, Act, Role
from cartech_desk.office.office import Office
from cartech_desk.office.people import People, Standing
from cartech_desk.office.session import Session
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.people_table import STANDINGS
from cartech_desk.ui.pages.people import PeoplePage
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.rights_table import cell_words

ADA = ("ada@shop.example", "four loud turbos hum")
TOM = ("tom@shop.example", "six quiet lathes spin")
WRONG = "nine wrong words here"
LEAST = Size.WINDOW_LEAST[0] - Size.RAIL
NEW = "eight slow snails glow"


@pytest.fixture
def people(store):
    made = People(store, Session(), cost=4)
    made.found(
        shop="Blue Dyno",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email=ADA[0],
        password=ADA[1],
    )
    made.add(
        made._session.actor,
        name="Tom Technician",
        email=TOM[0],
        certification="L3",
        password=TOM[1],
        role=Role.TECHNICIAN,
    )
    return made


@pytest.fixture
def office(people):
    from .conftest import ScriptedAuditBook

    return Office(people._session, people, ScriptedAuditBook())


@pytest.fixture
def page(qtbot, bay, office, store, settings, tmp_path):
    desk = DeskParts(bay, office, store, settings, tmp_path)
    acts = Acts(desk)
    acts.told, acts.said, acts.asked = [], [], []
    acts.refused.connect(acts.told.append)
    acts.toast.connect(lambda words, _undo: acts.said.append(words))
    acts.sign_in_wanted.connect(lambda: acts.asked.append(True))
    made = PeoplePage(desk, acts)
    made.kept_acts = acts
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made._remembered)
    return made


def register(people, name="Will Waiting", email="will@shop.example", **more):
    return people.register(name=name, email=email, certification="L2", password=NEW, **more)


def standing(people, name):
    return next(one.standing for one in people.list() if one.name == name)


def names(page):
    return [person.name for person in page.list.table.rows]


def choose(page, people, name):
    page.list.choose(next(one.id for one in people.list() if one.name == name))


def refreshed(qtbot, page):
    page.refresh()
    qtbot.waitUntil(lambda: not page._asking)


def password(form, text):
    form.secret.first.setText(text)
    form.secret.second.setText(text)


def test_an_administrator_sees_everybody_who_waits_first(qtbot, page, people):
    register(people)
    refreshed(qtbot, page)
    assert names(page) == ["Will Waiting", "Ada Administrator", "Tom Technician"]
    assert page.everybody.isVisible()
    assert [row.person.name for row in page.waiting.rows] == ["Will Waiting"]
    assert "1 registration" in page.waiting.head.text()
    assert page.count.text() == "2 accounts active"


def test_nobody_waits_so_no_room_is_taken(page):
    assert not page.waiting.isVisible()


def test_approve_stands_beside_the_name_with_the_role_to_be_given(qtbot, page, people):
    register(people)
    refreshed(qtbot, page)
    row = page.waiting.rows[0]
    row._role.setCurrentIndex(1)
    row.approve.click()
    qtbot.waitUntil(lambda: not page.waiting.isVisible())
    made = next(one for one in people.list() if one.name == "Will Waiting")
    assert (made.standing, made.role) == (Standing.ACTIVE, Role.MANAGER)
    assert "Will Waiting may sign in now." in page.kept_acts.said


def test_a_registration_is_refused_with_a_reason(qtbot, page, people, store):
    register(people)
    refreshed(qtbot, page)
    page.waiting.rows[0].refuse.click()
    assert page.form.windowTitle() == "Refuse Will Waiting"
    page.form.lines["reason"].setText("unknown here")
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert standing(people, "Will Waiting") is Standing.DISABLED
    (body,) = store._desk.glance("SELECT body FROM audit ORDER BY sequence DESC LIMIT 1")[0]
    assert "unknown here" in body


def test_somebody_who_registers_meanwhile_is_seen_without_a_press(qtbot, page, people, bay):
    register(people)
    page._asked_s = 0.0
    page.tick(bay.snapshot())
    qtbot.waitUntil(lambda: bool(page.waiting.rows))


def test_a_person_is_added_and_may_sign_in(qtbot, page, people):
    page.primary.click()
    form = page.form
    form.lines["name"].setText("Mia Manager")
    form.lines["email"].setText("mia@shop.example")
    form.choices["role"].setCurrentIndex(1)
    password(form, NEW)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    qtbot.waitUntil(lambda: "Mia Manager" in names(page))
    assert people.sign_in("mia@shop.example", NEW).role is Role.MANAGER


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(qtbot, page, people):
    page.add()
    form = page.form
    form.lines["name"].setText("Mia Manager")
    form.lines["email"].setText(ADA[0].upper())
    password(form, "Mia Manager 1")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["password"].error))
    assert "already" in form.fields["email"].error
    assert not form.fields["name"].error
    assert form.lines["name"].text() == "Mia Manager"
    assert form.isVisible()
    assert len(people.list()) == 2


def test_what_is_missing_and_what_differs_is_said_before_anything_is_sent(page):
    page.add()
    form = page.form
    form.secret.first.setText("one thing")
    form.secret.second.setText("another")
    form.submit()
    assert form.fields["name"].error == "This is needed."
    assert form.fields["email"].error == "This is needed."
    assert not form.fields["certification"].error
    assert "differ" in form.secret.repeated.error
    assert form.take.isEnabled()


def test_secrets_are_forgotten_when_a_form_closes(page):
    page.change_own_password()
    form = page.form
    form.lines["old"].setText(ADA[1])
    password(form, NEW)
    form.reject()
    assert form.lines["old"].text() == ""
    assert form.secret.text() == ""


def test_a_form_begins_in_its_first_field_and_enter_disables_nobody(qtbot, page, people):
    page.add()
    qtbot.waitUntil(page.form.lines["name"].hasFocus)
    page.form.reject()
    choose(page, people, "Tom Technician")
    page.disable()
    form = page.form
    qtbot.waitUntil(form.lines["reason"].hasFocus)
    qtbot.keyClick(form.lines["reason"], Qt.Key.Key_Return)
    assert form.take.isEnabled()
    assert page.form is form
    assert standing(people, "Tom Technician") is Standing.ACTIVE


def test_enter_does_what_a_form_is_for(qtbot, page, people):
    page.set_own_pin()
    form = page.form
    for line in form.lines.values():
        line.setText("7305")
    form.lines["password"].setText(ADA[1])
    qtbot.keyClick(form.lines["again"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.form is None)
    assert people.quick()


def test_a_role_is_changed(qtbot, page, people):
    choose(page, people, "Tom Technician")
    page.role.click()
    page.form.choices["role"].setCurrentIndex(2)
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert {one.role for one in people.list()} == {Role.ADMINISTRATOR}


def test_the_same_role_again_is_refused_beside_it(qtbot, page, people):
    choose(page, people, "Tom Technician")
    page.role.click()
    form = page.form
    form.submit()
    qtbot.waitUntil(lambda: "already" in form.fields["role"].error)


def test_a_person_is_disabled_and_enabled_again(qtbot, page, people):
    choose(page, people, "Tom Technician")
    page.disabling.click()
    page.form.submit()
    qtbot.waitUntil(page.enabling.isVisible)
    assert standing(people, "Tom Technician") is Standing.DISABLED
    page.enabling.click()
    qtbot.waitUntil(page.disabling.isVisible)
    assert standing(people, "Tom Technician") is Standing.ACTIVE


def test_another_password_is_given(qtbot, page, people):
    choose(page, people, "Tom Technician")
    page.password.click()
    password(page.form, NEW)
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert people.sign_in(TOM[0], NEW)


def test_the_last_administrator_cannot_be_taken_away_and_it_says_why(page, people):
    choose(page, people, "Ada Administrator")
    assert not page.role.isEnabled()
    assert not page.disabling.isEnabled()
    assert not page.password.isEnabled()
    assert "last administrator" in page.why_not.whole
    choose(page, people, "Tom Technician")
    assert page.role.isEnabled()
    assert page.why_not.whole == ""


def test_a_refusal_that_belongs_to_no_field_stands_below(qtbot, page, people):
    eve = people.add(
        people._session.actor,
        name="Eve",
        email="eve@shop.example",
        certification="",
        password=NEW,
        role=Role.ADMINISTRATOR,
    )
    refreshed(qtbot, page)
    choose(page, people, "Ada Administrator")
    page.role.click()
    form = page.form
    with people._store.people.count() as book:
        book.change(eve.id, standing=Standing.DISABLED.value)
    form.choices["role"].setCurrentIndex(0)
    form.submit()
    qtbot.waitUntil(lambda: "last administrator" in form.wrong.text())


# One's own account


def test_one_s_own_password_and_pin_are_changed(qtbot, page, people):
    page.account.password.click()
    form = page.form
    form.lines["old"].setText(ADA[1])
    password(form, NEW)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert people.sign_in(ADA[0], NEW)
    page.account.pin.click()
    form = page.form
    form.lines["password"].setText(WRONG)
    form.lines["pin"].setText("7305")
    form.lines["again"].setText("7306")
    form.submit()
    qtbot.waitUntil(lambda: "differ" in form.fields["again"].error)
    form.lines["again"].setText("7305")
    form.submit()
    qtbot.waitUntil(lambda: "password is not right" in form.wrong.text())
    assert not people.quick()
    form.lines["password"].setText(NEW)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    qtbot.waitUntil(lambda: page.account.pin.text() == "Change PIN…")
    assert people.quick()[0].name == "Ada Administrator"


def test_a_wrong_old_password_is_said_in_the_form(qtbot, page):
    page.change_own_password()
    form = page.form
    form.lines["old"].setText("no idea at all")
    password(form, NEW)
    form.submit()
    qtbot.waitUntil(lambda: "not right" in form.wrong.text())
    assert form.isVisible()


@pytest.mark.parametrize("theirs", [Role.TECHNICIAN, Role.MANAGER])
def test_who_manages_nobody_sees_the_table_and_the_own_account_alone(qtbot, page, people, theirs):
    tom = next(one for one in people.list() if one.name == "Tom Technician")
    if theirs is Role.MANAGER:
        people.change_role(people._session.actor, tom.id, theirs)
    people.sign_in(*TOM)
    qtbot.waitUntil(lambda: not page.everybody.isVisible())
    qtbot.waitUntil(lambda: page.account.head.whole == f"Tom Technician, {theirs.value}")
    assert not page.primary.isVisible()
    assert page.rights.isVisible()
    assert names(page) == []
    assert page.actions() == ()
    page.add()
    page.disable()
    assert page.form is None


def test_where_nobody_is_signed_in_the_page_offers_it(qtbot, page, people):
    people.sign_out()
    qtbot.waitUntil(page.account.sign_in.isVisible)
    assert not page.everybody.isVisible()
    assert page.actions() == ()
    page.account.sign_in.click()
    page.set_own_pin()
    assert len(page.kept_acts.asked) == 2


def test_a_locked_desk_shows_nobody(qtbot, page, people):
    page.add()
    people.lock()
    qtbot.waitUntil(lambda: not page.everybody.isVisible())
    assert page.form is None
    assert names(page) == []


def test_a_form_closes_when_somebody_else_takes_over(qtbot, page, people):
    page.add()
    form = page.form
    password(form, NEW)
    people.sign_in(*TOM)
    qtbot.waitUntil(lambda: page.form is None)
    assert not page.everybody.isVisible()


# The table of rights


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_each_cell_says_by_a_word_what_its_mark_says(page, act, role):
    words = page.rights.cells[act, role].text()
    assert words.startswith("yes" if role in RIGHTS[act] else "no")
    assert words == cell_words(act, role)
    assert not page.rights.grab().isNull()


def test_shelving_says_for_how_long():
    assert cell_words(Act.SHELVE, Role.TECHNICIAN) == "yes, 8 h"
    assert cell_words(Act.SHELVE, Role.MANAGER) == "yes, 14 days"


def test_the_own_role_is_named_in_the_table(qtbot, page, people):
    assert "(you)" in page.rights._heads[Role.ADMINISTRATOR].text()
    people.sign_in(*TOM)
    qtbot.waitUntil(lambda: "(you)" in page.rights._heads[Role.TECHNICIAN].text())
    assert "(you)" not in page.rights._heads[Role.ADMINISTRATOR].text()


# The list


def test_the_list_narrows_as_one_types_and_says_when_nobody_is_left(page):
    page.list.search.setText("tech l3")
    assert names(page) == ["Tom Technician"]
    page.list.search.setText("nobody of this name")
    assert names(page) == []
    assert page.list.nothing.isVisible()
    page.list.search.clear()
    assert len(names(page)) == 2


def test_the_list_is_copied_as_text_by_its_key(qtbot, page):
    qtbot.keyClick(page.list.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *rows = QApplication.clipboard().text().splitlines()
    assert head.startswith("Name\tStanding\tRole")
    assert rows[0].startswith("Ada Administrator (you)\tactive\tadministrator")


@pytest.mark.parametrize("when", ["hidden", "refresh"])
def test_columns_are_remembered(qtbot, page, store, when):
    page.list.view.horizontalHeader().resizeSection(0, 333)
    getattr(page, when)()
    qtbot.waitUntil(lambda: store.layouts.load("columns", "people") is not None)
    assert store.layouts.load("columns", "people")["columns"] == page.list.columns_state()


def test_a_busy_database_does_not_hold_up_who_leaves_the_page(qtbot, page, store, monkeypatch):
    going_on = threading.Event()
    monkeypatch.setattr(store.layouts, "save", lambda *_: going_on.wait(5))
    page.list.view.horizontalHeader().resizeSection(0, 333)
    began = time.monotonic()
    page.hidden()
    assert time.monotonic() - began < 1
    going_on.set()


def test_each_standing_is_a_shape_and_a_word_of_its_own():
    lamps = [(state.lamp.shape, words) for state, words in STANDINGS.values()]
    assert set(STANDINGS) == set(Standing)
    assert len({shape for shape, _ in lamps}) == len({words for _, words in lamps}) == 3


def test_the_longest_name_takes_no_more_room_than_there_is(qtbot, page, people):
    for number in range(3):
        register(people, name="W" * 99 + str(number), email=f"{'w' * 60}{number}@shop.example")
    refreshed(qtbot, page)
    qtbot.waitUntil(lambda: len(page.waiting.rows) == 3)
    assert page.minimumSizeHint().width() <= LEAST
    people.approve(people._session.actor, page.waiting.rows[0].person.id)
    people.sign_in(f"{'w' * 60}0@shop.example", NEW)
    qtbot.waitUntil(lambda: page.account.head.whole.startswith("WWW"))
    assert page.account.head.toolTip()
    assert page.minimumSizeHint().width() <= LEAST


def test_a_broken_store_is_told_and_the_page_goes_on(qtbot, page, people, monkeypatch):
    from cartech_desk.store.errors import DatabaseLocked

    def busy():
        raise DatabaseLocked("Another program holds the file.", to_do="Wait.")

    monkeypatch.setattr(people, "list", busy)
    page.refresh()
    qtbot.waitUntil(lambda: bool(page.kept_acts.told))
    monkeypatch.undo()
    refreshed(qtbot, page)
    assert len(names(page)) == 2
