"""The Jobs page, by what a person does and sees, upon real records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent, QImage

from cartech_desk.domain.jobs.job import DocumentKind, JobStatus
from cartech_desk.office.job_errors import JobClosed
from cartech_desk.ui.pages.jobs import JobsPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.counter import eur, open_counter, record_drive


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
def settle(page, qtbot):
    def act():
        qtbot.waitUntil(lambda: not page.busy)

    return act


@pytest.fixture
def opened(page, settle, counter):
    """The page with the job in sight."""
    page.shown(counter.job.id)
    settle()
    return page


@pytest.fixture
def send(page, qtbot, settle):
    """Fill the form in sight, and do its act."""

    def act(**typed):
        qtbot.waitUntil(lambda: page.form is not None)
        form = page.form
        for name, words in typed.items():
            form.lines[name].setText(words)
        form.submit()
        qtbot.waitUntil(lambda: page.form is not form or form.take.isEnabled())
        settle()
        return form

    return act


def column(page, status):
    cards = page.board.columns[status].list
    return [cards.item(place).text() for place in range(cards.count())]


def test_without_a_job_the_page_says_what_will_be_here(desk, acts, qtbot):
    page = JobsPage(desk, acts)
    qtbot.addWidget(page)
    page.shown()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.pages.currentWidget() is page.empty


def test_the_board_shows_a_job_in_the_column_of_its_status(page, settle):
    page.shown()
    settle()
    assert column(page, JobStatus.ARRIVED) == ["Job 1001, Red Golf, Oil service"]
    assert page.board.chosen().number == 1001
    assert page.count.text() == "1 unfinished job"


def test_a_job_is_carried_to_another_status_by_keys(page, settle, qtbot, counter, office):
    page.shown()
    settle()
    cards = page.board.columns[JobStatus.ARRIVED].list
    qtbot.keyClick(cards, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    settle()
    job = office.jobs.get(counter.job.id)
    assert (job.status, job.bay_id) == (JobStatus.IN_BAY, counter.bay.id)
    assert column(page, JobStatus.IN_BAY)
    assert page.board.chosen().id == job.id


def test_a_card_is_carried_by_the_mouse(page, settle, office, counter):
    page.shown()
    settle()
    cards = page.board.columns[JobStatus.ARRIVED].list
    carried = cards.mimeData(cards.selectedItems())
    drop = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.MoveAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.board.columns[JobStatus.WAITING].list.dropEvent(drop)
    settle()
    assert office.jobs.get(counter.job.id).status is JobStatus.WAITING
    assert column(page, JobStatus.WAITING)
    assert not column(page, JobStatus.ARRIVED)


def test_a_step_that_cannot_be_is_refused_in_words(page, settle, acts):
    page.shown()
    settle()
    page.board.dropped(page.board.chosen().id, JobStatus.DONE)
    settle()
    page.board.dropped(page.board.chosen().id, JobStatus.BOOKED)
    settle()
    assert "cannot become" in str(acts.told.refused[-1])
    assert column(page, JobStatus.DONE)


def test_a_new_job_comes_after_the_step_of_the_one_in_sight(opened, qtbot):
    assert opened.primary.property("role") != "primary"
    opened.close_job()
    qtbot.waitUntil(lambda: not opened.busy)
    assert opened.primary.property("role") == "primary"


def test_a_job_opens_with_its_lines_and_its_sum(opened):
    assert opened.pages.currentWidget() is opened.card
    assert opened.card.name.whole == "Job 1001: Oil service"
    assert [line[1] for line in opened.lines.table.told()] == ["Oil change"]
    assert opened.lines.sums.gross.text().startswith("72.00")
    assert "Not approved" in opened.lines.approval.text()


def test_a_part_is_found_by_its_name_and_taken_from_stock(opened, qtbot, send, office, counter):
    opened.add_part()
    picker = opened.form.pickers["part"]
    qtbot.keyClicks(picker.line, "5w")
    qtbot.waitUntil(lambda: not picker.busy)
    qtbot.keyClick(picker.completer.popup(), Qt.Key.Key_Return)
    assert picker.id == counter.part.id
    send(quantity="4,5")
    line = opened.job.lines[-1]
    assert (line.quantity, line.unit_price) == (Decimal("4.5"), eur(1190))
    assert opened.lines.table.told()[-1][-1] == (State.CONNECTED, "taken")
    assert office.parts.get(counter.part.id).on_hand == Decimal("15.5")


def test_a_part_that_is_not_there_is_asked_about(opened, send, settle, counter, qtbot, office):
    from cartech_desk.ui.pages.jobs_line_form import part_pick

    opened.add_part()
    opened.form.pickers["part"].choose(part_pick(counter.part))
    form = send(quantity="21")
    assert "Only 20 l" in form.wrong.text()
    assert office.parts.get(counter.part.id).on_hand == 20
    even_so = form.offers.itemAt(0).widget()
    even_so.click()
    qtbot.waitUntil(lambda: opened.form is None)
    settle()
    assert opened.lines.table.told()[-1][-1] == (State.WARNING, "20 taken")
    assert opened.lines.take.isVisible()


def test_wrong_figures_are_refused_beside_their_fields(opened, send):
    opened.add_other()
    form = send(words="Towing", quantity="two", unit_price="dear", tax="much")
    assert form.fields["quantity"].error
    assert form.fields["unit_price"].error
    assert "no share" in form.fields["tax"].error
    form = send(quantity="1", unit_price="-5", tax="")
    assert form.fields["unit_price"].error
    assert len(opened.job.lines) == 1


def test_a_line_is_changed_and_taken_off_and_put_back(opened, send, settle, acts):
    opened.change_line()
    send(quantity="2")
    assert opened.job.lines[0].quantity == 2
    opened.remove_line()
    settle()
    assert not opened.job.lines
    acts.told.toasts[-1][1]()
    settle()
    assert opened.job.lines[0].words == "Oil change"


def test_a_service_tells_how_long_it_takes_however_often(opened, send, office, counter, settle):
    opened.add_labour()
    chosen = opened.form.choices["service"]
    assert opened.form.fields["quantity"].label.text() == "Quantity (hours)"
    chosen.setCurrentIndex(1)
    assert opened.form.fields["quantity"].label.text() == "Quantity (times 1 h 30 min)"
    send()
    assert opened.lines.table.told()[-1][2] == "1 h 30 min"
    opened.change_line()
    send(quantity="2")
    assert opened.lines.table.told()[-1][2] == "2 \N{MULTIPLICATION SIGN} 1 h 30 min"
    assert office.jobs.get(counter.job.id).lines[-1].minutes == 180


def test_an_approval_is_noted_and_what_is_added_later_is_told(opened, send):
    opened.approve()
    send(how="by phone")
    assert opened.lines.mark.state is State.CONNECTED
    opened.add_other()
    send(words="Disposal", unit_price="6.50")
    assert opened.lines.mark.state is State.WARNING
    assert "6.50 EUR above" in opened.lines.approval.text()


def test_somebody_elses_change_is_told_and_nothing_is_lost(opened, send, office, counter, qtbot):
    opened.edit()
    qtbot.waitUntil(lambda: opened.form is not None)
    form = opened.form
    office.jobs.change(replace(office.jobs.get(counter.job.id), note="by another"), ADMINISTRATOR)
    form.lines["title"].setText("Large service")
    form = send()
    assert form.wrong.text()
    assert form.lines["title"].text() == "Large service"


def test_a_deleted_job_comes_back_by_undoing(opened, send, settle, office, counter, qtbot):
    undoing = []
    opened.acts.toast.connect(lambda _words, undo: undoing.append(undo))
    opened.delete()
    send(reason="typed twice")
    assert office.jobs.list()[1] == 0
    undoing[-1]()
    qtbot.waitUntil(lambda: office.jobs.list()[1] == 1)
    settle()
    assert opened.job.id == counter.job.id
    assert opened.pages.currentWidget() is opened.card


def test_from_done_to_paid_with_an_invoice(opened, settle, send, qtbot, counter, office):
    assert "done" in opened.papers.invoice.toolTip()
    opened.set_status(JobStatus.DONE)
    settle()
    assert opened.card.step.text() == "Invoice…  N"
    opened.card.step.click()
    preview = opened.form
    qtbot.waitUntil(lambda: not preview.busy)
    assert preview.drawing is not None
    assert "no number" in preview.words.text()
    preview.issue()
    qtbot.waitUntil(lambda: not preview.busy and not opened.busy)
    paper = office.papers.of_job(counter.job.id)[0]
    assert (paper.kind, paper.number) == (DocumentKind.INVOICE, preview.paper.number)
    preview.reject()
    assert opened.card.step.text() == "Payment…  N"
    opened.next_step()
    assert opened.form.lines["amount"].text() == "72.00"
    told = []
    opened.acts.toast.connect(lambda words, _undo: told.append(words))
    send(amount="30")
    assert told[-1].endswith(": 30.00 EUR paid, 42.00 EUR still due.")
    assert opened.job.status is JobStatus.DONE
    assert "42.00 EUR due" in opened.papers.due.words
    opened.pay()
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    form = send(at=str(tomorrow))
    assert "in the future" in form.fields["at"].error
    form = send(at="14 March")
    assert "no day" in form.fields["at"].error
    form = send(amount="50", at=str(tomorrow - timedelta(days=5)))
    assert form.wrong.text() or form.fields["amount"].error
    send(amount="42")
    assert opened.job.status is JobStatus.PAID
    assert told[-1].endswith(": 42.00 EUR paid, nothing is due any more.")
    assert "Paid in full" in opened.papers.due.words
    first, last = sorted(office.papers.payments(counter.job.id), key=lambda one: -one.amount.minor)
    assert (last.amount.minor, first.amount.minor) == (3000, 4200)
    assert first.at < last.at - timedelta(days=2)


def test_an_issued_paper_is_saved_as_pdf(opened, qtbot, office, counter, tmp_path, settle):
    office.papers.estimate(counter.job.id, ADMINISTRATOR)
    opened.refresh()
    settle()
    opened.open_paper()
    preview = opened.form
    preview.ask_path = lambda usual: tmp_path / usual.with_suffix("").name
    qtbot.waitUntil(lambda: not preview.busy)
    preview.save()
    qtbot.waitUntil(lambda: not preview.busy)
    written = list(tmp_path.glob("*.pdf"))
    assert written
    assert written[0].read_bytes().startswith(b"%PDF")


def test_a_paper_goes_by_mail_where_its_customer_can_be_reached(
    opened, qtbot, office, counter, settle, monkeypatch
):
    paper = office.papers.estimate(counter.job.id, ADMINISTRATOR)
    opened.refresh()
    settle()

    def shown():
        opened.open_paper()
        preview = opened.form
        qtbot.waitUntil(lambda: not preview.busy)
        return preview

    preview = shown()
    assert not preview.mail_button.isEnabled()
    assert "not set up" in preview.mail_button.toolTip()
    preview.reject()
    rules = replace(office.rules(), sender="desk@shop.example")
    monkeypatch.setattr(office.papers, "_rules", lambda: rules)
    preview = shown()
    preview.mail_button.click()
    qtbot.waitUntil(lambda: preview.mail_form is not None)
    preview.mail_form.submit()
    qtbot.waitUntil(lambda: "in the outbox" in preview.words.text())
    (mail,), _ = office.mailing.list(job_id=counter.job.id)
    assert (mail.to_address, paper.number in mail.subject) == (counter.owner.email, True)


def test_a_job_is_opened_for_a_vehicle_and_its_owner_is_the_customer(
    page, settle, send, counter, office, qtbot
):
    page.shown(("new", counter.golf))
    settle()
    assert page.form.pickers["vehicle"].id == counter.golf.id
    assert page.form.pickers["customer"].id == counter.owner.id
    form = send(title="Brakes", promised="2026-12-01 17:00")
    assert "Job 1001 of this car is open already" in form.wrong.text()
    assert office.jobs.list()[1] == 1
    form.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: page.form is None)
    settle()
    assert page.job.title == "Brakes"
    assert page.job.number == 1002
    assert f"{page.job.promised:%Y-%m-%d %H:%M}" == "2026-12-01 17:00"


def test_a_job_without_vehicle_is_refused_beside_the_field(page, settle, send):
    page.shown(("new", None))
    settle()
    form = send(title="Brakes", promised="tomorrow")
    assert "no time" in form.fields["promised"].error
    form = send(promised="")
    assert form.fields["vehicle"].error


def test_what_the_bay_recorded_is_opened_at_its_place(opened, store, counter, settle, acts):
    record_drive(store, counter.golf.id, "idle, cold")
    office_jobs = opened.desk.office.jobs
    recorded = [one.id for one in store.recordings.list()]
    office_jobs.give_record(counter.job.id, "recording", recorded[0], ADMINISTRATOR)
    opened.refresh()
    settle()
    opened.card.open_record()
    assert acts.told.pages[-1] == ("recordings", recorded[0])


def test_photos_are_kept_with_the_job_and_a_wrong_file_is_told(opened, settle, tmp_path, acts):
    picture = tmp_path / "leak.png"
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(picture))
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(b"\x89PNG and no more\x00\xff")
    opened.attach([wrong, picture])
    settle()
    assert [one.name for one in opened.photos.attachments] == ["leak.png"]
    assert len(acts.told.refused) == 1


def test_the_list_searches_and_is_narrowed(page, settle, office, counter):
    page.shown()
    page.search()
    settle()
    page.list.search.setText("WOB")
    settle()
    assert page.list.total == 1
    page.standing.setCurrentIndex(page.standing.findData("cancelled"))
    settle()
    assert page.list.total == 0
    assert page.list.nothing.isVisible()


def test_esc_leads_back_to_the_board_with_the_job_chosen(opened, settle):
    keys = {action.shortcut: action.run for action in opened.actions()}
    keys["Esc"]()
    settle()
    assert opened.pages.currentWidget() is opened.views
    assert opened.board.chosen().number == 1001


def test_a_technician_may_not_bill_and_reads_why(opened, desk):
    desk.office.session.enter(TECHNICIAN)
    opened.rights_changed()
    assert not opened.papers.pay.isEnabled()
    assert "may not" in opened.papers.pay.toolTip()
    assert opened.lines.labour.isEnabled()


def done(office, job):
    office.jobs.set_status(job.id, JobStatus.DONE, ADMINISTRATOR)


def invoiced(office, job):
    done(office, job)
    office.papers.invoice(job.id, ADMINISTRATOR)


def paid(office, job):
    done(office, job)
    office.papers.pay(job.id, eur(7200), "cash", ADMINISTRATOR)


def cancelled(office, job):
    office.jobs.set_status(job.id, JobStatus.CANCELLED, ADMINISTRATOR)


@pytest.mark.parametrize(
    ("goes_on", "lines_open", "asks"),
    [(done, True, True), (invoiced, False, True), (paid, False, True), (cancelled, False, False)],
)
def test_the_window_lets_change_what_the_office_lets_change(
    page, settle, office, counter, goes_on, lines_open, asks
):
    goes_on(office, counter.job)
    page.shown(counter.job.id)
    settle()
    lines = page.lines
    buttons = (lines.labour, lines.part, lines.other, lines.change, lines.remove)
    assert {one.isEnabled() for one in buttons} == {lines_open}
    assert all(one.toolTip() for one in buttons)
    assert (lines.approve.isEnabled(), not lines.withdraw.isHidden()) == (asks, asks)
    agreed = (lines_open, asks)
    more = replace(counter.job.lines[0], id="", words="A word more")
    assert agreed == (
        accepts(lambda: office.jobs.add_line(counter.job.id, more, ADMINISTRATOR, even_so=True)),
        accepts(lambda: office.jobs.approve(counter.job.id, "Red Owner", ADMINISTRATOR)),
    )


def accepts(act):
    """Tell whether the office does it to a job that stands like this."""
    try:
        act()
    except JobClosed:
        return False
    return True


def test_the_page_needs_no_more_room_than_the_least_window_has(page, settle, counter):
    page.shown()
    settle()
    assert page.minimumSizeHint().width() <= Size.WINDOW_LEAST[0] - Size.RAIL
    page.open_job(counter.job.id)
    settle()
    assert page.minimumSizeHint().width() <= Size.WINDOW_LEAST[0] - Size.RAIL
