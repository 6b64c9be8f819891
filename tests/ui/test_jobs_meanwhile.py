"""What another desk did to a job meanwhile, and what the customer did not agree to, is told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cartech_desk.domain.jobs.job import JobLine, JobStatus, LineKind
from cartech_desk.ui.models.work_states import WorkState
from cartech_desk.ui.pages.jobs import JobsPage
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.counter import eur, open_counter


@pytest.fixture
def counter(office):
    return open_counter(office)


@pytest.fixture
def page(desk, acts, counter, qtbot):
    made = JobsPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    return made


@pytest.fixture
def show(page, counter, qtbot):
    """Show the job as it is now."""

    def act():
        page.shown(counter.job.id)
        qtbot.waitUntil(lambda: not page.busy)
        return page

    return act


@pytest.fixture
def send(page, qtbot):
    """Fill the form in sight and press its button; wait for the answer."""

    def act(**typed):
        qtbot.waitUntil(lambda: page.form is not None)
        form = page.form
        for name, words in typed.items():
            form.lines[name].setText(words)
        form.submit()
        qtbot.waitUntil(lambda: page.form is not form or form.take.isEnabled())
        qtbot.waitUntil(lambda: not page.busy)
        return form

    return act


def meanwhile(office, counter):
    """Let another desk change the job."""
    job = office.jobs.get(counter.job.id)
    office.jobs.change(replace(job, note=f"{job.note} by another"), ADMINISTRATOR)


def even_so(page, qtbot):
    """Press the button that does it all the same."""
    page.form.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)


def done_above_approval(office, counter):
    """Approve the job, put more on it, and make it done without an invoice."""
    job = office.jobs.approve(counter.job.id, "Red Owner", ADMINISTRATOR)
    more = JobLine(kind=LineKind.OTHER, words="Disposal", unit_price=eur(650))
    return office.jobs.add_line(job.id, more, ADMINISTRATOR)


def paid_back(office, job):
    office.papers.pay(job.id, eur(7200), "cash", ADMINISTRATOR)


def billed(office, job):
    office.jobs.set_status(job.id, JobStatus.DONE, ADMINISTRATOR)
    office.papers.invoice(job.id, ADMINISTRATOR)


@pytest.mark.parametrize(
    ("before", "ask", "typed", "kept"),
    [
        (None, "pay", {"amount": "20"}, lambda o, n: o.jobs.get(n).paid.minor == 2000),
        (paid_back, "refund", {"amount": "5"}, lambda o, n: o.jobs.get(n).paid.minor == 6700),
        (billed, "credit", {"reason": "wrong"}, lambda o, n: not o.jobs.get(n).invoice),
        (None, "withdraw_approval", {}, lambda o, n: o.jobs.get(n).approved_at is not None),
        (None, "delete", {}, lambda o, _n: o.jobs.list()[1] == 0),
    ],
)
def test_what_was_changed_meanwhile_is_told_before_anything_is_done(
    before, ask, typed, kept, show, send, office, counter
):
    if before is not None:
        before(office, counter.job)
    page = show()
    getattr(page, ask)()
    meanwhile(office, counter)
    form = send(**typed)
    assert "changed by somebody else" in form.wrong.text()
    assert "It is now" in form.wrong.text()
    assert "72.00 EUR" in form.wrong.text()
    assert not kept(office, counter.job.id)
    assert "by another" in page.card.note.text()  # and the page behind shows it
    send()
    assert kept(office, counter.job.id)


def test_cancelling_a_job_that_was_changed_meanwhile_is_told(show, send, office, counter):
    page = show()
    page.set_status(JobStatus.CANCELLED)
    meanwhile(office, counter)
    form = send(reason="sold")
    assert "changed by somebody else" in form.wrong.text()
    assert office.jobs.get(counter.job.id).status is JobStatus.ARRIVED
    send()
    assert office.jobs.get(counter.job.id).status is JobStatus.CANCELLED


def test_parts_are_not_taken_for_a_job_that_was_changed_meanwhile(
    show, office, counter, acts, qtbot
):
    line = office.jobs.new_line(part=counter.part.id, quantity=Decimal(21))
    office.jobs.add_line(counter.job.id, line, ADMINISTRATOR, even_so=True)
    page = show()
    office.parts.receive(counter.part.id, Decimal(5), ADMINISTRATOR)
    meanwhile(office, counter)
    page.take_parts()
    qtbot.waitUntil(lambda: not page.busy)
    assert "changed by somebody else" in str(acts.told.refused[-1])
    assert office.parts.get(counter.part.id).on_hand == 5
    page.take_parts()  # the page was read anew
    qtbot.waitUntil(lambda: not page.busy)
    assert office.parts.get(counter.part.id).on_hand == 4


def test_an_invoice_of_a_job_that_was_changed_meanwhile_is_laid_out_anew(
    show, office, counter, qtbot
):
    office.jobs.set_status(counter.job.id, JobStatus.DONE, ADMINISTRATOR)
    page = show()
    page.invoice()
    preview = page.form
    qtbot.waitUntil(lambda: not preview.busy)
    meanwhile(office, counter)
    preview.issue()
    qtbot.waitUntil(lambda: not preview.busy)
    assert "changed by somebody else" in preview.words.text()
    assert office.papers.of_job(counter.job.id) == ()
    preview.issue()
    qtbot.waitUntil(lambda: not preview.busy)
    assert preview.paper.number == office.jobs.get(counter.job.id).invoice
    preview.reject()


def test_what_was_typed_into_a_job_leaves_what_another_desk_typed(show, send, office, counter):
    page = show()
    page.edit()
    meanwhile(office, counter)
    form = send(title="Large service")
    form.reject()
    page.edit()
    form = send()
    job = office.jobs.get(counter.job.id)
    assert (job.title, job.note.strip()) == ("Large service", "by another")


def test_a_payment_above_what_was_approved_is_taken_even_so(show, send, office, counter, qtbot):
    job = done_above_approval(office, counter)
    office.jobs.set_status(job.id, JobStatus.DONE, ADMINISTRATOR)
    page = show()
    page.pay()
    form = send()
    assert "6.50 EUR above" in form.wrong.text()
    assert office.papers.payments(job.id) == ()
    even_so(page, qtbot)
    assert office.jobs.get(job.id).status is JobStatus.PAID


def test_a_job_that_is_paid_and_above_its_approval_is_made_done_even_so(
    show, send, office, counter, qtbot
):
    job = done_above_approval(office, counter)
    office.papers.pay(job.id, eur(7850), "cash", ADMINISTRATOR)
    page = show()
    page.set_status(JobStatus.DONE)
    qtbot.waitUntil(lambda: page.form is not None)
    assert not page.form.take.isDefault()  # nobody does it by an Enter too many
    assert office.jobs.get(job.id).status is JobStatus.ARRIVED
    send()
    assert office.jobs.get(job.id).status is JobStatus.PAID


def test_that_the_customer_said_no_can_be_noted_of_what_nobody_approved(
    show, send, office, counter
):
    page = show()
    assert page.lines.withdraw.text() == "The customer said no…"
    page.lines.withdraw.click()
    send(reason="too dear")
    assert page.lines.mark.state is WorkState.SAID_NO
    assert "too dear" in page.lines.approval.text()
    assert page.lines.withdraw.isHidden()


def test_a_customer_who_said_no_is_told_on_the_board_and_in_the_list(page, office, counter, qtbot):
    office.jobs.withdraw_approval(counter.job.id, ADMINISTRATOR, "too dear")
    page.shown()
    qtbot.waitUntil(lambda: not page.busy)
    cards = page.board.columns[JobStatus.ARRIVED].list
    assert "customer said no" in cards.item(0).text()
    page.search()
    qtbot.waitUntil(lambda: not page.busy)
    (row,), _ = office.jobs.list()
    column = next(one for one in page.list.table.columns if one.key == "approval")
    assert (column.text(row), column.lamp(row)) == ("said no", WorkState.SAID_NO)
    office.jobs.approve(counter.job.id, "Red Owner", ADMINISTRATOR)
    (row,), _ = office.jobs.list()
    assert not row.said_no
