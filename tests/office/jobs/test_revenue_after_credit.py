"""A job whose invoice was taken back waits for the next one, or its money is owed: never both."""

import pytest

from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.store.revenue_open import owed_back_of, unpaid_of
from tests.office.jobs.counter_book import MANAGER, eur, work

NOTHING = (eur(0), eur(0), eur(0))


@pytest.fixture
def credited(counter):
    """A job that was invoiced at 119.00, paid and credited; what the lists say of it."""

    def lists():
        with counter.store._desk.read() as connection:
            unpaid, owed = unpaid_of(connection, "EUR"), owed_back_of(connection, "EUR")
        sums = [
            sum(one.open.minor for one in unpaid if bool(one.invoice) is invoiced)
            for invoiced in (False, True)
        ]
        return eur(sums[0]), eur(sums[1]), eur(sum(one.over.minor for one in owed))

    job = counter.done(work(10000))
    before = lists()
    invoice = counter.papers.invoice(job.id, MANAGER)
    counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    counter.papers.credit(invoice.number, MANAGER, "wrong customer")

    def told():
        base = (before[0] - eur(11900), before[1], before[2])
        return tuple(now - then for now, then in zip(lists(), base, strict=True))

    return job.id, told


def test_money_that_is_kept_is_owed_back_alone_also_in_part(counter, credited):
    job, told = credited
    assert told() == (eur(0), eur(0), eur(11900))
    counter.papers.refund(job, eur(1900), "cash", MANAGER)
    assert told() == (eur(0), eur(0), eur(10000))
    counter.papers.refund(job, eur(10000), "cash", MANAGER)
    assert told() == NOTHING


def test_what_was_taken_up_again_waits_for_its_invoice(counter, credited):
    job, told = credited
    counter.papers.refund(job, eur(11900), "cash", MANAGER)
    counter.jobs.set_status(job, JobStatus.IN_BAY, MANAGER)
    assert told() == NOTHING
    counter.jobs.add_line(job, work(50000), MANAGER)
    counter.jobs.set_status(job, JobStatus.DONE, MANAGER)
    assert told() == (eur(71400), eur(0), eur(0))
    counter.papers.pay(job, eur(20000), "cash", MANAGER)
    assert told() == (eur(51400), eur(0), eur(0))
    counter.papers.invoice(job, MANAGER)
    assert told() == (eur(0), eur(51400), eur(0))


def test_money_that_stays_for_work_taken_up_again_is_not_owed_back(counter, credited):
    job, told = credited
    counter.jobs.set_status(job, JobStatus.IN_BAY, MANAGER)
    assert told() == NOTHING
    counter.jobs.add_line(job, work(50000), MANAGER)
    counter.jobs.set_status(job, JobStatus.DONE, MANAGER)
    assert told() == (eur(59500), eur(0), eur(0))


def test_a_line_more_or_money_that_comes_again_asks_for_an_invoice(counter, credited):
    job, told = credited
    counter.papers.refund(job, eur(11900), "cash", MANAGER)
    counter.papers.pay(job, eur(1900), "cash", MANAGER)
    assert told() == (eur(10000), eur(0), eur(0))
    counter.papers.refund(job, eur(1900), "cash", MANAGER)
    counter.jobs.add_line(job, work(1000), MANAGER)
    assert told() == (eur(13090), eur(0), eur(0))
