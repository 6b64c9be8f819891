"""An issued paper goes by e-mail through the outbox, to its customer's address of now."""

from dataclasses import replace

import pytest

from cartech_desk.domain.people import RightMissing
from cartech_desk.office.booking_errors import MailRefused
from cartech_desk.office.mailing import Mailing
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, work


@pytest.fixture
def invoice(counter):
    counter.rules = replace(counter.rules, sender="desk@shop.example", phone="0171 39200")
    counter.customer("Mia")
    job = counter.done(work(10000), customer_id="Mia")
    return counter.papers.invoice(job.id, MANAGER)


def reach(counter, address):
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET email = ?", (address,))


def test_the_invoice_goes_as_pdf_to_the_address_of_now(counter, invoice):
    reach(counter, "mia@example.com")
    assert counter.papers.why_not_mailed(invoice.id) == ""
    mail = counter.papers.mail(invoice.id, MANAGER)
    letter = counter.store.mail.letter(mail.id)
    assert (mail.to_address, mail.job_id) == ("mia@example.com", invoice.job_id)
    assert mail.subject.startswith("Invoice 0001")
    assert letter.body.startswith("Dear Mia,\n\nwith this e-mail you receive our invoice 0001 of ")
    assert f"over 119.00 EUR; please pay it by {invoice.due_day}" in letter.body
    (file,) = letter.enclosures
    assert file.name == "invoice-0001.pdf"
    assert file.content.startswith(b"%PDF")
    assert counter.papers.mail(invoice.id, MANAGER).id == mail.id
    assert Mailing(counter.store, lambda: counter.rules).list(job_id=invoice.job_id)[1] == 1


def test_what_keeps_a_paper_from_going_is_said_and_nothing_is_written(counter, invoice):
    with pytest.raises(RightMissing):
        counter.papers.mail(invoice.id, TECHNICIAN)
    with pytest.raises(MailRefused, match="Mia has no e-mail address"):
        counter.papers.mail(invoice.id, MANAGER)
    assert "has no e-mail address" in counter.papers.why_not_mailed(invoice.id)
    reach(counter, "mia@example.com")
    counter.rules = replace(counter.rules, sender="")
    with pytest.raises(MailRefused, match="not set up"):
        counter.papers.mail(invoice.id, MANAGER)
    assert Mailing(counter.store, lambda: counter.rules).list()[1] == 0
