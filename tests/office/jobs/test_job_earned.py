"""On which day a job counts as revenue, and that days which are over stay as they were."""

from datetime import UTC, date, datetime

import pytest

from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.domain.revenue import Grouping
from cartech_desk.office.revenue import Revenue
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter, eur, fitted, work

JAN = datetime(2026, 1, 30, 8, tzinfo=UTC)
FEB = datetime(2026, 2, 20, 8, tzinfo=UTC)
MAR = datetime(2026, 3, 10, 9, tzinfo=UTC)


def month(counter: Counter, number: int, grouping: Grouping = Grouping.MONTH):
    last = {1: 31, 2: 28, 3: 31}[number]
    room = Revenue(counter.store, lambda: counter.rules)
    return room.report(MANAGER, date(2026, number, 1), date(2026, number, last), grouping)


def nets(counter: Counter) -> list[int]:
    return [month(counter, n).total.net.minor for n in (1, 2, 3)]


def day_of(counter: Counter, job_id: str) -> date | None:
    return counter.jobs.get(job_id).recognised_day


def invoiced(counter: Counter, at: datetime, *lines) -> tuple[str, str]:
    counter.now = at
    job = counter.done(*(lines or [work(10000)]))
    number = counter.papers.invoice(job.id, MANAGER).number
    counter.papers.pay(job.id, counter.papers.balance(job.id).due, "cash", MANAGER)
    return job.id, number


def test_money_given_back_that_was_too_much_moves_no_revenue(counter: Counter) -> None:
    counter.now = JAN
    job = counter.open(work(10000))
    counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    counter.jobs.set_lines(job.id, [work(5000)], MANAGER)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    counter.now = FEB
    counter.papers.refund(job.id, eur(5950), "cash", MANAGER)
    assert day_of(counter, job.id) == JAN.date()
    assert nets(counter) == [5000, 0, 0]


def test_a_job_that_becomes_less_counts_on_the_day_of_that(counter: Counter) -> None:
    counter.now = JAN
    job = counter.open(work(10000))
    counter.papers.pay(job.id, eur(5950), "cash", MANAGER)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    counter.now = FEB
    counter.jobs.set_lines(job.id, [work(5000)], MANAGER)
    assert day_of(counter, job.id) == FEB.date()


def test_a_job_of_nothing_counts_on_the_day_of_its_invoice(counter: Counter) -> None:
    counter.now = JAN
    job = counter.done(work(10000, discount_bp=10000))
    counter.now = FEB
    counter.papers.invoice(job.id, MANAGER)
    assert day_of(counter, job.id) == FEB.date()


def test_money_noted_later_counts_on_the_day_on_which_it_came(counter: Counter) -> None:
    counter.now = JAN
    job = counter.done(work(10000))
    counter.papers.invoice(job.id, MANAGER)
    counter.now = FEB
    counter.papers.pay(job.id, eur(11900), "transfer", MANAGER, at=datetime(2026, 2, 2, tzinfo=UTC))
    assert day_of(counter, job.id) == date(2026, 2, 2)


def test_a_credit_note_counts_on_its_own_day_and_leaves_the_month_before(counter: Counter) -> None:
    part = counter.part("P1", 5)
    job, invoice = invoiced(counter, JAN, work(10000), fitted(part, 2))
    assert nets(counter) == [18000, 0, 0]
    counter.now = MAR
    counter.papers.credit(invoice, MANAGER, "wrong customer")
    assert nets(counter) == [18000, 0, -18000]
    assert day_of(counter, job) is None
    march = month(counter, 3, Grouping.SERVICE)
    assert (march.total.jobs, march.total.average) == (-1, None)
    assert march.total.margin == eur(-3000)
    assert {one.label: one.sums.net.minor for one in march.slices} == {
        "Labour without a service": -10000,
        "Parts": -8000,
    }
    assert any("1 job was taken back" in words for words in march.warnings)
    counter.jobs.set_lines(job, [work(500)], MANAGER)
    counter.papers.invoice(job, MANAGER)
    assert nets(counter) == [18000, 0, 500 - 18000]


def test_a_job_taken_back_stays_in_its_month_when_it_is_cancelled(counter: Counter) -> None:
    job, invoice = invoiced(counter, JAN)
    counter.now = MAR
    counter.papers.credit(invoice, MANAGER, "never done")
    counter.papers.refund(job, eur(11900), "cash", MANAGER)
    counter.jobs.set_status(job, JobStatus.ARRIVED, MANAGER)
    counter.jobs.set_status(job, JobStatus.CANCELLED, MANAGER)
    assert nets(counter) == [10000, 0, -10000]


def test_a_refund_beside_an_invoice_is_due_again_and_leaves_revenue_alone(counter: Counter) -> None:
    job, _ = invoiced(counter, JAN)
    counter.now = MAR
    counter.papers.refund(job, eur(500), "cash", MANAGER)
    assert nets(counter) == [10000, 0, 0]
    assert month(counter, 3).still_open.outstanding == eur(500)
    counter.papers.pay(job, eur(500), "cash", MANAGER)
    assert (nets(counter), day_of(counter, job)) == ([10000, 0, 0], JAN.date())


def test_a_refund_without_an_invoice_takes_back_on_its_own_day(counter: Counter) -> None:
    counter.now = JAN
    job = counter.done(work(10000))
    counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    counter.now = MAR
    counter.papers.refund(job.id, eur(11900), "cash", MANAGER)
    assert nets(counter) == [10000, 0, -10000]


def test_the_jobs_behind_the_sums_name_what_was_taken_back(counter: Counter) -> None:
    _, invoice = invoiced(counter, JAN)
    counter.now = MAR
    counter.papers.credit(invoice, MANAGER, "wrong customer")
    room = Revenue(counter.store, lambda: counter.rules)
    rows, total = room.jobs(MANAGER, JAN.date(), MAR.date(), sort="day")
    assert total == 2
    assert [(one.day, one.net, one.title) for one in rows] == [
        (JAN.date(), eur(10000), "Service"),
        (MAR.date(), eur(-10000), "Service (taken back: credit note C-0001)"),
    ]


def test_whose_money_went_back_owes_nothing_and_kept_money_is_owed_back(counter: Counter) -> None:
    job, invoice = invoiced(counter, JAN)
    counter.papers.credit(invoice, MANAGER, "wrong")
    report = month(counter, 1)
    assert (report.owed_back, report.still_open.not_invoiced) == (eur(11900), eur(0))
    assert any("119.00 EUR was paid and is to be given back" in one for one in report.warnings)
    counter.papers.refund(job, eur(11900), "cash", MANAGER)
    report = month(counter, 1)
    assert (report.owed_back, report.still_open.not_invoiced) == (eur(0), eur(0))
    assert report.still_open.jobs == 0


def test_an_invoice_taken_back_before_any_money_came_waits_for_another(counter: Counter) -> None:
    job = counter.done(work(10000))
    counter.papers.credit(counter.papers.invoice(job.id, MANAGER).number, MANAGER, "wrong name")
    assert month(counter, 3).still_open.not_invoiced == eur(11900)


@pytest.mark.parametrize("act", ["UPDATE revenue_entry SET net = 1", "DELETE FROM revenue_share"])
def test_what_was_earned_is_never_changed(counter: Counter, act: str) -> None:
    from sqlalchemy.exc import IntegrityError

    invoiced(counter, JAN)
    with pytest.raises(IntegrityError, match="never"), counter.store._desk.write() as connection:
        connection.exec_driver_sql(act)
    assert nets(counter) == [10000, 0, 0]
