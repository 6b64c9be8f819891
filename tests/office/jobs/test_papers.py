"""Estimates, invoices, credit notes, payments, and since when a job counts as revenue."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cartech_desk.domain.jobs.job import DocumentKind, Job, JobLine, JobStatus
from cartech_desk.domain.money import Money
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import (
    AboveApproval,
    InvoiceRefused,
    JobClosed,
    NoPrice,
    NotApproved,
    PaymentRefused,
)
from cartech_desk.reports.drawing import Drawing, Picture
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter, eur, work


def test_an_invoice_says_what_the_job_is_whatever_changes_later(counter: Counter) -> None:
    job = counter.done(work(10000, "1.5", discount_bp=1000), work(333, tax_bp=700))
    paper = counter.papers.invoice(job.id, MANAGER)
    assert (paper.number, paper.net, paper.tax, paper.gross) == (
        "0001",
        eur(13833),
        eur(2565 + 23),
        eur(16421),
    )
    assert (paper.issued_day, paper.due_day) == (date(2026, 3, 2), date(2026, 3, 16))
    counter.store.vehicles.rename(job.vehicle_id, "Red Polo")
    kept = counter.papers.get("0001")
    assert kept == paper
    assert kept.body["vehicle"]["name"] == "Blue Golf"
    assert kept.body["taxes"] == [
        {"rate_bp": 1900, "net": 13500, "tax": 2565},
        {"rate_bp": 700, "net": 333, "tax": 23},
    ]


def test_numbers_follow_each_other_and_each_beginning_is_a_series(counter: Counter) -> None:
    from dataclasses import replace

    numbers = [counter.papers.invoice(counter.done(work()).id, MANAGER).number for _ in range(2)]
    counter.rules = replace(counter.rules, invoice_prefix="2027-")
    numbers += [counter.papers.invoice(counter.done(work()).id, MANAGER).number for _ in range(2)]
    assert numbers == ["0001", "0002", "2027-0001", "2027-0002"]


def test_a_refused_invoice_uses_no_number(counter: Counter) -> None:
    job = counter.open(work())
    with pytest.raises(InvoiceRefused, match="not done"):
        counter.papers.invoice(job.id, MANAGER)
    with pytest.raises(InvoiceRefused, match="no lines"):
        counter.papers.invoice(counter.done().id, MANAGER)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    assert counter.papers.invoice(job.id, MANAGER).number == "0001"
    with pytest.raises(InvoiceRefused, match="0001 already"):
        counter.papers.invoice(job.id, MANAGER)


def test_an_invoice_above_the_approval_is_asked_about(counter: Counter) -> None:
    job = counter.open(work(10000))
    counter.jobs.approve(job.id, "Mr Hill", TECHNICIAN)
    counter.jobs.add_line(job.id, work(100), TECHNICIAN)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    with pytest.raises(AboveApproval, match=r"1\.19 EUR above"):
        counter.papers.invoice(job.id, MANAGER)
    assert counter.papers.invoice(job.id, MANAGER, even_so=True).number == "0001"


def test_an_estimate_has_its_own_series_and_changes_nothing(counter: Counter) -> None:
    job = counter.open(work())
    paper = counter.papers.estimate(job.id, MANAGER)
    assert (paper.kind, paper.number, paper.due_day) == (DocumentKind.ESTIMATE, "E-0001", None)
    assert counter.jobs.get(job.id).version == job.version


def test_a_job_counts_since_it_is_done_and_paid_in_full(counter: Counter) -> None:
    job = counter.done(work(10000))
    paper = counter.papers.invoice(job.id, MANAGER)
    counter.papers.pay(job.id, eur(10000), "card", MANAGER)
    assert counter.row(job.id, "status, paid, recognised_day") == ("done", 10000, None)
    payment = counter.papers.pay(job.id, eur(1900), "cash", MANAGER, note="the rest")
    assert payment.invoice_id == paper.id
    told = counter.row(job.id, "status, paid, recognised, recognised_day, net, gross, labour_net")
    assert told == (
        "paid",
        11900,
        payment.at.isoformat(timespec="microseconds"),
        "2026-03-02",
        10000,
        11900,
        10000,
    )


def test_a_job_paid_before_it_is_done_counts_since_it_is_done(counter: Counter) -> None:
    job = counter.open(work(10000))
    counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    assert counter.row(job.id, "status, recognised_day") == ("arrived", None)
    job = counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    assert (job.status, job.recognised_day) == (JobStatus.PAID, date(2026, 3, 2))


def test_the_day_is_that_of_the_shops_zone(counter: Counter) -> None:
    counter.now = datetime(2026, 3, 28, 23, 20, tzinfo=UTC)  # the night in which clocks change
    job = counter.done(work(10000))
    paper = counter.papers.invoice(job.id, MANAGER)
    assert paper.issued_day == date(2026, 3, 29)
    counter.papers.pay(job.id, eur(11900), "card", MANAGER)
    assert counter.row(job.id, "recognised_day") == ("2026-03-29",)


def test_a_credit_note_takes_revenue_back_and_a_new_invoice_brings_it_anew(
    counter: Counter,
) -> None:
    job = counter.done(work(10000))
    invoice = counter.papers.invoice(job.id, MANAGER)
    counter.papers.pay(job.id, eur(11900), "card", MANAGER)
    note = counter.papers.credit(invoice.number, MANAGER, "wrong customer")
    assert (note.number, note.gross, note.credits) == ("C-0001", eur(-11900), invoice.id)
    assert note.body["lines"][0]["net"] == -10000
    assert counter.row(job.id, "status, recognised_day") == ("done", None)
    assert counter.papers.balance(job.id).taken_back
    counter.now += timedelta(days=40)
    again = counter.papers.invoice(job.id, MANAGER)
    assert again.number == "0002"
    assert counter.row(job.id, "status, recognised_day") == ("paid", "2026-04-11")


def test_quantity_times_price_is_the_sum_on_a_credit_note_too(counter: Counter) -> None:
    job = counter.done(work(9500, "1.25"))
    invoice = counter.papers.invoice(job.id, MANAGER)
    (line,) = counter.papers.credit(invoice.number, MANAGER, "wrong").body["lines"]
    assert (line["quantity"], line["unit_price"], line["net"]) == ("-1.25", 9500, -11875)


def test_what_was_done_in_the_evening_was_done_on_that_day_of_the_shop(counter: Counter) -> None:
    from dataclasses import replace

    counter.rules = replace(counter.rules, zone="America/Los_Angeles")
    counter.now = datetime(2026, 3, 3, 1, tzinfo=UTC)  # 2 March, 17:00 there
    job = counter.done(work())
    assert counter.papers.invoice(job.id, MANAGER).body["job"]["done"] == "2026-03-02"


def test_a_paper_keeps_its_size_and_its_logo(counter: Counter, tmp_path: Path) -> None:
    from dataclasses import replace

    from PIL import Image

    logo = tmp_path / "logo.png"
    Image.new("RGB", (80, 20), "red").save(logo)
    counter.rules = replace(counter.rules, logo=str(logo))
    number = counter.papers.invoice(counter.done(work()).id, MANAGER).number

    def look(drawing: Drawing) -> tuple[float, list[bytes]]:
        (page,) = drawing.pages
        return page.width, [item.image for item in page.items if isinstance(item, Picture)]

    before = look(counter.papers.drawing(number))
    assert before[1] == [logo.read_bytes()]
    Image.new("RGB", (20, 80), "blue").save(logo)
    counter.rules = replace(counter.rules, paper="letter")
    draft = counter.papers.preview(counter.done(work()).id, DocumentKind.INVOICE)
    assert look(counter.papers.drawing(number)) == before != look(draft)
    logo.unlink()
    assert look(counter.papers.drawing(number)) == before


def test_an_invoice_is_taken_back_once(counter: Counter) -> None:
    job = counter.done(work())
    invoice = counter.papers.invoice(job.id, MANAGER)
    with pytest.raises(FieldsRefused, match="needs its reason"):
        counter.papers.credit(invoice.number, MANAGER, " ")
    note = counter.papers.credit(invoice.id, MANAGER, "typed wrong")
    with pytest.raises(InvoiceRefused, match=f"{note.number} already"):
        counter.papers.credit(invoice.id, MANAGER, "again")
    with pytest.raises(InvoiceRefused, match="no invoice"):
        counter.papers.credit(note.id, MANAGER, "again")


def test_more_than_is_due_is_never_taken(counter: Counter) -> None:
    job = counter.open(work(10000))
    with pytest.raises(PaymentRefused, match=r"0\.01 EUR too much"):
        counter.papers.pay(job.id, eur(11901), "card", MANAGER)
    counter.papers.pay(job.id, eur(11900), "card", MANAGER)
    with pytest.raises(PaymentRefused, match=r"is paid in full: 119\.00 EUR\.") as refused:
        counter.papers.pay(job.id, eur(1), "card", MANAGER)
    assert "Put the work" not in str(refused.value.to_do)
    empty = counter.open()
    with pytest.raises(PaymentRefused, match="nothing is due") as refused:
        counter.papers.pay(empty.id, eur(1), "card", MANAGER)
    assert "Put the work" in str(refused.value.to_do)
    assert counter.papers.balance(job.id).due == eur(0)


@pytest.mark.parametrize(
    ("amount", "method", "ahead", "field"),
    [
        (eur(0), "card", None, "amount"),
        (eur(-5), "card", None, "amount"),
        (Money(5, "USD"), "card", None, "amount"),
        (eur(5), "shells", None, "method"),
        (eur(5), "card", timedelta(days=1), "at"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_by_its_field(
    counter: Counter, amount: Money, method: str, ahead: timedelta | None, field: str
) -> None:
    job = counter.open(work())
    at = None if ahead is None else counter.now + ahead
    with pytest.raises(FieldsRefused) as refused:
        counter.papers.pay(job.id, amount, method, MANAGER, at=at)
    assert refused.value.field == field
    assert counter.papers.payments(job.id) == ()


def test_money_that_went_back_is_due_again(counter: Counter) -> None:
    job = counter.done(work(10000))
    counter.papers.invoice(job.id, MANAGER)
    counter.papers.pay(job.id, eur(11900), "card", MANAGER)
    with pytest.raises(PaymentRefused, match="at most what was paid"):
        counter.papers.refund(job.id, eur(11901), "cash", MANAGER)
    counter.papers.refund(job.id, eur(1900), "cash", MANAGER, note="scratch")
    assert counter.papers.balance(job.id).due == eur(1900)
    assert counter.row(job.id, "status, recognised_day") == ("done", "2026-03-02")


def test_a_job_with_money_or_an_invoice_is_not_cancelled(counter: Counter) -> None:
    job = counter.open(work())
    counter.papers.pay(job.id, eur(100), "cash", MANAGER)
    with pytest.raises(JobClosed, match="refund first"):
        counter.jobs.set_status(job.id, JobStatus.CANCELLED, TECHNICIAN)
    counter.papers.refund(job.id, eur(100), "cash", MANAGER)
    counter.jobs.set_status(job.id, JobStatus.CANCELLED, TECHNICIAN)
    with pytest.raises(JobClosed, match="cancelled"):
        counter.papers.pay(job.id, eur(1), "cash", MANAGER)


def test_a_job_of_nothing_is_paid_with_its_invoice(counter: Counter) -> None:
    job = counter.done(work(0))
    assert job.status is JobStatus.DONE
    with pytest.raises(NoPrice, match=r"bills “Work” at 0\.00 EUR"):
        counter.papers.invoice(job.id, MANAGER)
    assert not counter.papers.of_job(job.id)
    counter.papers.invoice(job.id, MANAGER, even_so=True)
    assert counter.jobs.get(job.id).status is JobStatus.PAID


def test_an_invoice_asks_of_its_approval_and_of_what_costs_nothing_at_once(
    counter: Counter,
) -> None:
    job = counter.open(work())
    counter.jobs.approve(job.id, "Mrs Miller", TECHNICIAN)
    counter.jobs.add_line(job.id, work(1), TECHNICIAN)
    counter.jobs.add_line(job.id, work(0), TECHNICIAN)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    with pytest.raises(AboveApproval, match=r"Mrs Miller approved\. .* bills “Work” at 0\.00 EUR"):
        counter.papers.invoice(job.id, MANAGER)


def test_an_invoice_that_nobody_approved_is_told_and_asked_where_an_estimate_was_issued(
    counter: Counter,
) -> None:
    job = counter.done(work())
    (told,) = counter.papers.doubts(job.id, DocumentKind.INVOICE)
    assert told == f"No approval of job {job.number} by the customer is noted."
    assert counter.papers.doubts(job.id, DocumentKind.ESTIMATE) == ()
    counter.papers.estimate(job.id, MANAGER)
    with pytest.raises(NotApproved, match=f"E-0001 of job {job.number} was issued, and nobody"):
        counter.papers.invoice(job.id, MANAGER)
    counter.jobs.approve(job.id, "Mrs Miller", TECHNICIAN)
    assert counter.papers.doubts(job.id, DocumentKind.INVOICE) == ()
    assert counter.papers.invoice(job.id, MANAGER).number == "0001"
    untold = counter.done(work())
    assert counter.papers.invoice(untold.id, MANAGER).number == "0002"


def approved(counter: Counter, *lines: JobLine) -> Job:
    return counter.jobs.approve(counter.done(*lines).id, "Mrs Miller", TECHNICIAN)


def test_that_no_rate_of_tax_is_set_is_told_before_the_first_invoice(counter: Counter) -> None:
    job = approved(counter, work(tax_bp=0))
    assert counter.papers.doubts(job.id, DocumentKind.INVOICE) == ()
    counter.rules = replace(counter.rules, tax_bp=0)
    (doubt,) = counter.papers.doubts(job.id, DocumentKind.INVOICE)
    assert "No rate of tax is set" in doubt
    assert "Settings, Shop" in doubt
    assert counter.papers.doubts(approved(counter, work()).id, DocumentKind.INVOICE) == ()
    counter.papers.invoice(job.id, MANAGER)
    another = approved(counter, work(tax_bp=0))
    assert counter.papers.doubts(another.id, DocumentKind.INVOICE) == ()


def test_papers_are_found_and_listed(counter: Counter) -> None:
    job = counter.done(work(), title="Turbo")
    counter.papers.estimate(job.id, MANAGER)
    invoice = counter.papers.invoice(job.id, MANAGER, even_so=True)
    rows, total = counter.papers.list("turbo", sort="number", descending=False)
    assert ([each.number for each in rows], total) == (["E-0001", "0001"], 2)
    assert counter.papers.list(kinds=(DocumentKind.INVOICE,))[0] == (invoice,)
    assert counter.papers.get(invoice.id[-8:]) == invoice
    assert counter.papers.get("last") == invoice
    assert counter.jobs.list("0001")[0][0].id == job.id


def test_eight_threads_issue_invoices_without_gap_or_double(counter: Counter) -> None:
    jobs = [counter.done(work()).id for _ in range(24)]
    numbers: list[str] = []
    problems: list[BaseException] = []

    def issue(mine: list[str]) -> None:
        try:
            numbers.extend(counter.papers.invoice(each, MANAGER).number for each in mine)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=issue, args=(jobs[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(numbers) == [f"{n:04d}" for n in range(1, 25)]
