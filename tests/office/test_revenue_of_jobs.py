"""Revenue from the job's own acts: invoice, payment, credit note, as the counter does them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cartech_desk.domain.jobs.job import Job, JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.revenue import Grouping
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.jobs import Jobs
from cartech_desk.office.papers import Papers
from cartech_desk.office.revenue import Revenue
from cartech_desk.store.store import Store

BOSS = Actor("", "Ada", Role.MANAGER)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("earned")
    made = Store(folder / "desk", folder / "keys")
    yield made
    made.close()


@pytest.fixture
def rooms(store):
    return Jobs(store, ShopRules), Papers(store, ShopRules), Revenue(store, ShopRules)


def report(revenue):
    today = revenue.today
    return revenue.report(BOSS, today - timedelta(days=1), today, Grouping.SERVICE)


def test_a_job_counts_once_it_is_done_and_paid_and_no_more_once_it_is_credited(rooms, store):
    jobs, papers, revenue = rooms
    car = store.vehicles.by_name("Blue Civic").id
    job = jobs.open(Job(vehicle_id=car, title="Dyno run"), BOSS)
    line = jobs.new_line(
        LineKind.LABOUR, "Two hours", quantity=Decimal(2), unit_price=Money(8000, job.currency)
    )
    job = jobs.add_line(job.id, line, BOSS)
    jobs.set_status(job.id, JobStatus.DONE, BOSS)
    assert report(revenue).total.jobs == 0
    assert report(revenue).not_invoiced == Money(16000, "EUR")
    invoice = papers.invoice(job.id, BOSS)
    assert report(revenue).outstanding == Money(16000, "EUR")
    papers.pay(job.id, Money(6000, "EUR"), "card", BOSS)
    assert report(revenue).total.jobs == 0
    assert report(revenue).outstanding == Money(10000, "EUR")
    papers.pay(job.id, Money(10000, "EUR"), "cash", BOSS)
    found = report(revenue)
    assert found.total.net == Money(16000, "EUR")
    assert found.outstanding == Money(0, "EUR")
    assert [one.label for one in found.slices] == ["Labour without a service"]
    rows, total = revenue.jobs(BOSS, revenue.today, revenue.today)
    assert (total, rows[0].number) == (1, job.number)
    papers.credit(invoice.number, BOSS, "Wrong customer")
    assert report(revenue).total.jobs == 0


def test_a_job_that_is_cancelled_never_counts(rooms, store):
    jobs, _papers, revenue = rooms
    car = store.vehicles.by_name("Track Miata").id
    job = jobs.open(Job(vehicle_id=car, title="Oil service"), BOSS)
    jobs.set_status(job.id, JobStatus.CANCELLED, BOSS)
    assert report(revenue).total.jobs == 0
    assert all(one.job_id != job.id for one in report(revenue).unpaid)
