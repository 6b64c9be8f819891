"""The Customers page, by what a person does and sees, upon real records."""

import pytest

from cartech_desk.domain.vehicles.record import Customer
from cartech_desk.ui.pages.customers import CustomersPage
from tests.ui.conftest import TECHNICIAN
from tests.ui.counter import BY


@pytest.fixture
def page(show_page):
    return show_page(CustomersPage)


def test_without_a_customer_the_page_offers_to_enter_one(page, settle):
    page.shown()
    settle()
    assert page.pages.currentWidget() is page.empty
    page.empty.button.click()
    assert page.form.windowTitle() == "New customer"


def test_a_customer_stands_with_vehicles_and_jobs(page, settle, counter, acts):
    page.shown(counter.owner.id)
    settle()
    assert page.card.name.whole == "Red Owner"
    assert [one.name for one in page.card.vehicles] == ["Red Golf"]
    assert [row.number for row in page.card.jobs] == [counter.job.number]
    page.card.job_table.opened.emit(0)
    page.card.vehicle_table.opened.emit(0)
    assert acts.told.pages == [("jobs", counter.job.id), ("vehicles", counter.golf.id)]


def test_a_customer_is_found_by_a_part_of_the_phone_number(page, settle, counter, office):
    office.customers.add(BY, Customer(name="Somebody else", phone="0999 1"))
    page.shown()
    page.list.search.setText("234567")
    settle()
    assert [row.name for row in page.list.table.rows] == ["Red Owner"]


def test_a_wrong_e_mail_stands_beside_its_field(page, settle, send):
    page.shown()
    settle()
    page.add()
    form = send(name="New One", email="nowhere")
    assert form.fields["email"].error
    assert form.isVisible()
    send(email="new@one.example")
    assert page.customer.name == "New One"


def test_a_customer_that_is_here_already_is_offered(page, settle, send, counter, qtbot, office):
    page.shown()
    settle()
    page.add()
    form = send(name="Read Owner", phone="0151/234567")
    words = [form.offers.itemAt(place).widget().text() for place in range(form.offers.count())]
    assert words[0].startswith("Take Red Owner")
    assert words[-1].startswith("Keep it even so")
    form.offers.itemAt(0).widget().click()
    settle()
    assert page.customer.id == counter.owner.id
    assert office.customers.list()[1] == 1


def test_another_one_of_the_same_phone_is_kept_even_so(page, settle, send, counter, qtbot, office):
    page.shown()
    settle()
    page.add()
    form = send(name="Green Brother", phone="0151 234567")
    form.offers.itemAt(form.offers.count() - 1).widget().click()
    qtbot.waitUntil(lambda: page.form is None)
    settle()
    assert office.customers.list()[1] == 2
    assert page.customer.name == "Green Brother"


def test_two_that_are_one_are_joined(page, settle, counter, office, qtbot):
    other = office.customers.add(BY, Customer(name="Red Ovner", phone="0151 234567"), even_so=True)
    page.shown()
    settle()
    page.show_doubles()
    settle()
    pair = next(iter(page.form.cards))
    assert set(pair) == {counter.owner.id, other.id}
    page.form.reject()
    page.shown(counter.owner.id)
    settle()
    page.join()
    from cartech_desk.ui.pages.vehicles_forms import customer_pick

    page.form.pickers["other"].choose(customer_pick(other))
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    settle()
    assert office.customers.list()[1] == 1


def test_a_technician_tells_two_apart_and_does_not_join_them(page, settle, counter, office, desk):
    office.customers.add(BY, Customer(name="Red Ovner", phone="0151 234567"), even_so=True)
    desk.office.session.enter(TECHNICIAN)
    page.shown(counter.owner.id)
    settle()
    page.rights_changed()
    join, _delete = page.card.more.menu().actions()
    assert not join.isEnabled()
    page.show_doubles()
    settle()
    (button,) = page.form.joins.values()
    assert not button.isEnabled()
    assert "manager or administrator" in button.toolTip()


def test_a_deleted_customer_is_put_back_for_a_moment(page, settle, office, acts, qtbot):
    kept = office.customers.add(BY, Customer(name="New One"))
    page.shown(kept.id)
    settle()
    page.delete()
    settle()
    assert office.customers.list()[1] == 0
    acts.told.toasts[-1][1]()
    qtbot.waitUntil(lambda: office.customers.list()[1] == 1)


def test_a_job_is_opened_for_the_customer(page, settle, counter, acts):
    page.shown(counter.owner.id)
    settle()
    page.card.open_job.click()
    assert acts.told.pages[-1][0] == "jobs"
    assert acts.told.pages[-1][1][1].id == counter.owner.id
