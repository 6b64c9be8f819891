"""What is asked or refused before a job is billed, paid or changed."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.domain.money import MOST_MINOR
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import (
    AboveApproval,
    AnotherVehicle,
    ApprovalWithdrawn,
    JobClosed,
    PartsMissing,
)
from cartech_desk.store.errors import Changed, NotKept
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter, eur, fitted, work
from tests.office.jobs.test_job_records import kinds, record, scan


def test_a_part_that_is_not_there_is_not_put_on_a_job_that_is_done(counter: Counter) -> None:
    job = counter.done(work())
    part = counter.part("P1", 0)
    with pytest.raises(PartsMissing, match="0 pc of 4 pc"):
        counter.jobs.add_line(job.id, fitted(part, 4), TECHNICIAN, even_so=True)
    assert len(counter.jobs.get(job.id).lines) == 1


def test_a_part_that_was_not_taken_is_not_invoiced(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = counter.open()
    counter.jobs.add_line(job.id, fitted(counter.part("P1", 0)), TECHNICIAN, even_so=True)
    with counter.store._desk.write() as connection:  # as an older desk let it be
        connection.exec_driver_sql("UPDATE job SET status = 'done' WHERE id = ?", (job.id,))
    with pytest.raises(PartsMissing):
        counter.papers.invoice(job.id, MANAGER, even_so=True)
    assert counter.papers.of_job(job.id) == ()


def test_a_job_to_which_the_customer_said_no_is_asked_about_before_it_is_billed(
    counter: Counter,
) -> None:
    job = counter.open(work())
    counter.jobs.approve(job.id, "Helena", MANAGER)
    counter.jobs.withdraw_approval(job.id, MANAGER, "said no")
    counter.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    with pytest.raises(ApprovalWithdrawn, match="said no"):
        counter.papers.invoice(job.id, MANAGER)
    with pytest.raises(ApprovalWithdrawn):
        counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    counter.jobs.approve(job.id, "Helena", MANAGER)
    assert counter.papers.invoice(job.id, MANAGER).number == "0001"


def test_the_last_payment_of_a_job_above_its_approval_is_asked_about(counter: Counter) -> None:
    job = counter.open(work(10000))
    counter.jobs.approve(job.id, "Helena", MANAGER)
    counter.jobs.set_lines(job.id, [work(10000), work(1000)], MANAGER)
    counter.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    counter.papers.pay(job.id, eur(10000), "cash", MANAGER)
    with pytest.raises(AboveApproval, match=r"11\.90 EUR above"):
        counter.papers.pay(job.id, eur(3090), "cash", MANAGER)
    assert counter.jobs.get(job.id).paid == eur(10000)
    counter.papers.pay(job.id, eur(3090), "cash", MANAGER, even_so=True)
    assert counter.jobs.get(job.id).status is JobStatus.PAID


def test_a_job_paid_before_it_is_done_is_asked_about_when_it_becomes_done(counter: Counter) -> None:
    job = counter.open(work())
    counter.jobs.withdraw_approval(job.id, MANAGER)
    counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    with pytest.raises(ApprovalWithdrawn):
        counter.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    assert counter.jobs.get(job.id).status is JobStatus.ARRIVED
    job = counter.jobs.set_status(job.id, JobStatus.DONE, MANAGER, even_so=True)
    assert job.status is JobStatus.PAID


def test_an_invoice_that_was_asked_about_is_paid_without_asking_again(counter: Counter) -> None:
    job = counter.done(work())
    counter.jobs.withdraw_approval(job.id, MANAGER)
    paper = counter.papers.invoice(job.id, MANAGER, even_so=True)
    counter.papers.pay(job.id, paper.gross, "cash", MANAGER)
    assert counter.jobs.get(job.id).status is JobStatus.PAID


@pytest.mark.parametrize("invoiced", [True, False])
def test_customer_bay_and_technician_stay_once_a_job_is_billed_or_counted(
    counter: Counter, invoiced: bool
) -> None:
    job = counter.done(work(), customer_id=counter.customer("A"))
    if invoiced:
        counter.papers.invoice(job.id, MANAGER)
    else:
        counter.papers.pay(job.id, eur(11900), "cash", MANAGER)
    now = counter.jobs.get(job.id)
    changed = replace(
        now,
        customer_id=counter.customer("B"),
        bay_id=counter.resource("b9"),
        technician_id=counter.resource("t9", "technician"),
    )
    with pytest.raises(FieldsRefused) as refused:
        counter.jobs.change(changed, TECHNICIAN)
    assert set(refused.value.wrong) == {"customer", "bay", "technician"}
    assert counter.jobs.change(replace(now, note="tyres worn"), TECHNICIAN).note == "tyres worn"


def test_a_credit_note_is_filed_under_the_customer_of_its_invoice(counter: Counter) -> None:
    job = counter.done(work(), customer_id=counter.customer("A"))
    paper = counter.papers.invoice(job.id, MANAGER)
    other = counter.customer("B")
    with counter.store._desk.write() as connection:  # as an older desk let it be
        connection.exec_driver_sql("UPDATE job SET customer_id = ? WHERE id = ?", (other, job.id))
    counter.papers.credit(paper.number, MANAGER, "wrong car")
    assert counter.papers.list(customer_id="B")[1] == 0
    assert counter.papers.list(customer_id="A")[1] == 2


def test_an_act_is_dated_when_its_turn_comes(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = counter.done(work())
    clock = [datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)]  # one second before April in Berlin
    counter.papers._wall = lambda: clock[0]
    waits = threading.Event()
    acting = counter.store.jobs.act

    def act(by):
        waits.set()
        return acting(by)

    monkeypatch.setattr(counter.store.jobs, "act", act)
    papers = []
    thread = threading.Thread(target=lambda: papers.append(counter.papers.invoice(job.id, MANAGER)))
    with counter.store._desk.write():
        thread.start()
        assert waits.wait(5)
        clock[0] += timedelta(seconds=2)
    thread.join(10)
    assert papers[0].issued_day.isoformat() == "2026-04-01"


def test_bay_technician_and_service_are_kept_here(counter: Counter) -> None:
    with pytest.raises(FieldsRefused) as refused:
        counter.open(bay_id="b9", technician_id="t9")
    assert set(refused.value.wrong) == {"bay", "technician"}
    bay, tom = counter.resource("b1"), counter.resource("t1", "technician")
    job = counter.open(work(technician_id=tom), bay_id=bay, technician_id=tom)
    with pytest.raises(FieldsRefused, match="No technician 'b1'"):
        counter.jobs.change(replace(job, technician_id=bay), TECHNICIAN)
    with pytest.raises(FieldsRefused, match="No bay"):
        counter.jobs.set_status(job.id, JobStatus.IN_BAY, TECHNICIAN, bay_id="b9")
    with pytest.raises(FieldsRefused, match="Line 2: No service"):
        counter.jobs.add_line(job.id, work(service_id="s9"), TECHNICIAN)
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE resource SET deleted = '2026-03-02'")
    assert counter.jobs.change(replace(job, note="x"), TECHNICIAN).bay_id == bay


def test_a_cost_is_bounded_as_a_price_is(counter: Counter) -> None:
    job = counter.open()
    for line in (work(unit_cost=eur(10**17)),):
        with pytest.raises(FieldsRefused, match="No cost is as high"):
            counter.jobs.add_line(job.id, line, TECHNICIAN)
    with pytest.raises(FieldsRefused, match="No job cost as much"):
        counter.jobs.add_line(job.id, work(1, "2", unit_cost=eur(MOST_MINOR)), TECHNICIAN)


def test_a_recording_of_another_car_is_asked_about_and_let_go_jobs_get_none(
    counter: Counter,
) -> None:
    kept = record(counter, counter.car("Car A"))
    job = counter.open(vehicle_id=counter.car("Car B"))
    with pytest.raises(AnotherVehicle, match="than the Car B"):
        counter.jobs.give_record(job.id, "recording", kept, TECHNICIAN)
    counter.jobs.give_record(job.id, "recording", "last", TECHNICIAN, even_so=True)
    assert kinds(counter, job.id) == ["recording"]
    gone = counter.open(vehicle_id=counter.car("Car A"))
    counter.jobs.set_status(gone.id, JobStatus.CANCELLED, TECHNICIAN)
    with pytest.raises(JobClosed, match="cancelled"):
        counter.jobs.give_record(gone.id, "recording", kept, TECHNICIAN)


@pytest.mark.parametrize("word", ["last", "end"])
def test_a_record_is_dropped_by_last_and_by_an_end_of_its_id(counter: Counter, word: str) -> None:
    job = counter.open()
    kept = record(counter, counter.car())
    typed = kept[-8:] if word == "end" else word
    assert kinds(counter, job.id) == ["recording"]
    try:
        counter.jobs.drop_record("recording", typed, TECHNICIAN)
    except NotKept as error:  # pragma: no cover - said where it fails
        pytest.fail(str(error))
    assert kinds(counter, job.id) == []


def test_an_act_on_an_older_version_is_refused(counter: Counter) -> None:
    job = counter.open(work())
    counter.store.checkups.add(counter.car(), scan(), by=TECHNICIAN)
    (kept,) = counter.store.checkups.list()
    old = job.version
    counter.jobs.change(replace(job, note="changed meanwhile"), MANAGER)
    jobs, papers, given = counter.jobs, counter.papers, {"version": old}
    for act in (
        lambda: jobs.take_parts(job.id, TECHNICIAN, **given),
        lambda: jobs.withdraw_approval(job.id, TECHNICIAN, **given),
        lambda: jobs.give_record(job.id, "checkup", kept.id, TECHNICIAN, **given),
        lambda: jobs.drop_record("checkup", kept.id, TECHNICIAN, **given),
        lambda: jobs.delete(job.id, MANAGER, **given),
        lambda: papers.pay(job.id, eur(100), "cash", MANAGER, **given),
    ):
        with pytest.raises(Changed):
            act()
    now = jobs.get(job.id).version
    papers.pay(job.id, eur(100), "cash", MANAGER, version=now)
    with pytest.raises(Changed):
        papers.refund(job.id, eur(100), "cash", MANAGER, version=now)
    done = counter.done(work())
    paper = papers.invoice(done.id, MANAGER, version=done.version)
    with pytest.raises(Changed):
        papers.credit(paper.number, MANAGER, "wrong", version=done.version)


def test_a_payment_of_another_age_is_refused(counter: Counter) -> None:
    job = counter.open(work())
    with pytest.raises(FieldsRefused, match="years back"):
        counter.papers.pay(job.id, eur(1), "cash", MANAGER, at=datetime(1, 1, 3, tzinfo=UTC))
