"""Revenue from the job's own acts: invoice, payment, credit note, as the counter does them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cartech_desk.app.commands.revenue import document_of
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.revenue import Grouping
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.jobs import Jobs
from cartech_desk.office.papers import Papers
from cartech_desk.office.revenue import Revenue
from cartech_desk.reports.revenue_csv import csv_of
from cartech_desk.store.store import Store
from cartech_desk.ui.models.revenue_words import figures

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
    assert report(revenue).still_open.not_invoiced == Money(16000, "EUR")
    invoice = papers.invoice(job.id, BOSS)
    assert report(revenue).still_open.outstanding == Money(16000, "EUR")
    papers.pay(job.id, Money(6000, "EUR"), "card", BOSS)
    assert report(revenue).total.jobs == 0
    assert report(revenue).still_open.outstanding == Money(10000, "EUR")
    papers.pay(job.id, Money(10000, "EUR"), "cash", BOSS)
    found = report(revenue)
    assert found.total.net == Money(16000, "EUR")
    assert found.still_open.outstanding == Money(0, "EUR")
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
    assert all(one.job_id != job.id for one in revenue.unpaid(BOSS))


def test_the_margin_leaves_out_parts_of_which_nobody_noted_the_cost(rooms, store):
    jobs, papers, revenue = rooms
    car = store.vehicles.by_name("Red Golf").id
    before = report(revenue).total
    lines = tuple(
        JobLine(kind=LineKind.PART, words=words, unit_price=Money(59500, "EUR"), unit_cost=cost)
        for words, cost in (
            ("Turbo", Money(40000, "EUR")),
            ("Hose", Money(0, "EUR")),
            ("Clamp", None),
        )
    )
    job = jobs.open(Job(vehicle_id=car, title="Parts", lines=lines), BOSS)
    jobs.set_status(job.id, JobStatus.DONE, BOSS)
    papers.pay(job.id, Money(178500, "EUR"), "cash", BOSS)
    found = report(revenue)
    assert (found.total.parts - before.parts).minor == 178500
    assert found.total.without_cost == Money(119000, "EUR")
    assert found.total.margin == Money(19500, "EUR")
    assert found.total.margin_pct == pytest.approx(100 * 195 / 595)
    assert any("1,190.00 EUR nobody noted what they cost" in each for each in found.warnings)
    assert sum(one.sums.without_cost.minor for one in found.slices) == 119000
    by_bay = revenue.report(BOSS, found.first, found.last, Grouping.BAY)
    assert [one.sums.margin for one in by_bay.slices if one.sums.parts.minor] == [
        Money(19500, "EUR")
    ]
    rows, _ = revenue.jobs(BOSS, found.first, found.last, "Parts", sort="margin")
    assert rows[0].parts_margin == Money(19500, "EUR")
    head, *_, total = csv_of(found).decode("utf-8-sig").splitlines()
    named = dict(zip(head.split(","), total.split(","), strict=True))
    assert named["parts of unknown cost [EUR]"] == "1190.00"
    assert named["parts margin [EUR]"] == "195.00"
    assert document_of(found)["total"]["parts_without_cost"] == Decimal("1190.00")
    margin = next(one for one in figures(found) if one.word == "Parts margin")
    assert margin.below == "33 % of 595.00 EUR, 1,190 EUR of unknown cost"
