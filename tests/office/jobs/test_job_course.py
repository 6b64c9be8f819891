"""A job from the counter to the till: states, approval, who may what."""

from dataclasses import replace

import pytest

from cartech_desk.domain.jobs.approval import approval_words
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.states import StepRefused
from cartech_desk.domain.people import NOBODY, NotSignedIn, RightMissing
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import ApprovalRefused, JobClosed
from cartech_desk.store.errors import Changed, NotKept
from tests.office.jobs.counter_book import BEGIN, MANAGER, TECHNICIAN, Counter, eur, work


def test_a_job_goes_from_arrival_to_paid_with_its_history(counter: Counter) -> None:
    job = counter.open(work())
    assert (job.number, job.status, job.version) == (1001, JobStatus.ARRIVED, 1)
    counter.jobs.set_status(job.id, JobStatus.IN_BAY, TECHNICIAN, bay_id=counter.resource("bay-1"))
    counter.jobs.set_status(job.id, JobStatus.WAITING, TECHNICIAN, note="gasket")
    counter.jobs.set_status(job.id, JobStatus.IN_BAY, TECHNICIAN)
    counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    counter.papers.invoice(job.id, MANAGER)
    counter.papers.pay(job.id, eur(11900), "card", MANAGER)
    after = counter.jobs.get("1001")
    assert (after.status, after.bay_id) == (JobStatus.PAID, "bay-1")
    told = [(each.status.value, each.by, each.note) for each in counter.jobs.history(job.id)]
    assert told == [
        ("arrived", "Tom Technician", ""),
        ("in_bay", "Tom Technician", ""),
        ("waiting_for_parts", "Tom Technician", "gasket"),
        ("in_bay", "Tom Technician", ""),
        ("done", "Tom Technician", ""),
        ("paid", "Mona Manager", "paid in full"),
    ]
    assert counter.actions()[-2:] == ["payment.note", "job.status"]


@pytest.mark.parametrize("to", [JobStatus.BOOKED, JobStatus.PAID, JobStatus.NO_SHOW])
def test_a_step_that_is_not_in_the_table_is_refused_and_changes_nothing(
    counter: Counter, to: JobStatus
) -> None:
    job = counter.open()
    counter.jobs.set_status(job.id, JobStatus.IN_BAY, TECHNICIAN)
    with pytest.raises(StepRefused):
        counter.jobs.set_status(job.id, to, TECHNICIAN)
    assert counter.jobs.get(job.id).status is JobStatus.IN_BAY
    assert len(counter.jobs.history(job.id)) == 2


def test_a_job_without_lines_has_nothing_to_approve(counter: Counter) -> None:
    job = counter.open()
    with pytest.raises(ApprovalRefused, match="no lines"):
        counter.jobs.approve(job.id, "Me", TECHNICIAN)
    assert counter.jobs.get(job.id).approved_at is None
    assert counter.jobs.withdraw_approval(job.id, TECHNICIAN).approved_gross is None


def test_approval_is_kept_and_a_later_change_above_it_is_told(counter: Counter) -> None:
    job = counter.open(work(10000))
    job = counter.jobs.approve(job.id, "Mr Hill", TECHNICIAN, how="by phone")
    assert approval_words(job) == "Mr Hill approved 119.00 EUR."
    job = counter.jobs.add_line(job.id, work(5000), TECHNICIAN)
    assert "59.50 EUR above it" in approval_words(job)
    row = counter.jobs.list()[0][0]
    assert (row.approved, row.above_approval) == (True, True)
    job = counter.jobs.withdraw_approval(job.id, TECHNICIAN, "too dear")
    assert approval_words(job) == "The customer does not agree (too dear). Ask again."


def test_who_approves_has_a_name(counter: Counter) -> None:
    with pytest.raises(FieldsRefused) as refused:
        counter.jobs.approve(counter.open().id, "  ", TECHNICIAN)
    assert refused.value.field == "who"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"vehicle_id": ""}, "vehicle"),
        ({"vehicle_id": "no such car"}, "vehicle"),
        ({"title": "", "complaint": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"complaint": "\x00"}, "complaint"),
        ({"odometer_km": -1}, "odometer"),
        ({"customer_id": "nobody"}, "customer"),
        ({"status": JobStatus.DONE}, "status"),
        ({"promised": BEGIN.replace(year=2206)}, "promised"),
    ],
)
def test_a_job_that_cannot_stand_is_refused_by_its_field(
    counter: Counter, facts: dict, field: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        counter.open(**facts)
    assert refused.value.field == field
    assert counter.jobs.list()[1] == 0


def test_a_title_is_taken_from_the_complaint(counter: Counter) -> None:
    assert counter.open(title="", complaint="Pulls left.\nRattles.").title == "Pulls left. Rattles."


def test_what_somebody_else_changed_is_kept(counter: Counter) -> None:
    job = counter.open(work())
    counter.jobs.add_line(job.id, work(), TECHNICIAN, version=job.version)
    with pytest.raises(Changed):
        counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN, version=job.version)
    assert counter.jobs.get(job.id).status is JobStatus.ARRIVED


def test_a_change_keeps_what_has_its_own_act(counter: Counter) -> None:
    job = counter.open(work())
    changed = counter.jobs.change(
        Job(
            id=job.id,
            vehicle_id=job.vehicle_id,
            title="Other",
            status=JobStatus.PAID,
            version=job.version,
        ),
        TECHNICIAN,
    )
    assert (changed.title, changed.status, len(changed.lines)) == ("Other", JobStatus.ARRIVED, 1)


def test_a_job_of_one_car_becomes_another_cars_only_while_nothing_was_recorded(
    counter: Counter,
) -> None:
    job = counter.open(work())
    other = counter.car("Red Polo")
    job = counter.jobs.change(replace(job, vehicle_id=other), TECHNICIAN)
    assert job.vehicle == "Red Polo"
    counter.papers.estimate(job.id, MANAGER)
    job = counter.jobs.get(job.id)
    with pytest.raises(FieldsRefused, match="Open another job"):
        counter.jobs.change(replace(job, vehicle_id=counter.car()), TECHNICIAN)


def test_nobody_without_the_right_changes_a_job(counter: Counter) -> None:
    job = counter.done(work())
    with pytest.raises(NotSignedIn):
        counter.jobs.set_status(job.id, JobStatus.IN_BAY, NOBODY)
    with pytest.raises(RightMissing):
        counter.papers.invoice(job.id, TECHNICIAN)
    with pytest.raises(RightMissing):
        counter.papers.pay(job.id, eur(1), "cash", TECHNICIAN)
    with pytest.raises(RightMissing):
        counter.jobs.delete(job.id, TECHNICIAN)


def test_a_deleted_job_is_on_no_list(counter: Counter) -> None:
    job = counter.open(work())
    counter.jobs.delete(job.id, MANAGER, "typed twice")
    assert counter.jobs.list()[1] == 0
    with pytest.raises(NotKept):
        counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)


def test_a_job_with_papers_is_never_deleted(counter: Counter) -> None:
    job = counter.done(work())
    counter.papers.invoice(job.id, MANAGER)
    with pytest.raises(JobClosed, match="papers or payments"):
        counter.jobs.delete(job.id, MANAGER)


def test_a_job_is_found_by_number_end_of_its_id_and_last(counter: Counter) -> None:
    counter.open()
    job = counter.open(title="Second")
    assert counter.jobs.get("1002").id == job.id
    assert counter.jobs.get("#1002").id == job.id
    assert counter.jobs.get(job.id[-8:]).id == job.id
    assert counter.jobs.get("last").id == job.id
    with pytest.raises(NotKept, match="number"):
        counter.jobs.get("1003")


def test_a_list_is_searched_sorted_and_cut(counter: Counter) -> None:
    counter.open(title="Turbo and Intercooler", vehicle_id=counter.car("M-AB 123"))
    counter.open(title="Brakes")
    counter.open(title="Öl und Filter", complaint="Rattles when cold")
    assert [r.title for r in counter.jobs.list("turbo")[0]] == ["Turbo and Intercooler"]
    assert [r.title for r in counter.jobs.list("öl rattles")[0]] == ["Öl und Filter"]
    assert [r.number for r in counter.jobs.list("1002")[0]] == [1002]
    assert [r.number for r in counter.jobs.list("m-ab")[0]] == [1001]
    rows, total = counter.jobs.list(sort="title", descending=False, limit=2)
    assert ([r.title for r in rows], total) == (["Brakes", "Turbo and Intercooler"], 3)
    assert counter.jobs.list(statuses=[JobStatus.DONE])[1] == 0
    assert counter.jobs.list("nothing like it")[1] == 0


def test_the_board_holds_what_needs_somebody(counter: Counter) -> None:
    here = counter.open()
    owing = counter.done(work())
    gone = counter.open()
    counter.jobs.set_status(gone.id, JobStatus.CANCELLED, TECHNICIAN)
    board = counter.jobs.board()
    assert [row.id for rows in board.values() for row in rows] == [here.id, owing.id]
    assert [row.id for row in counter.jobs.list(unpaid=True)[0]] == [owing.id]
    assert counter.jobs.standing() == {here.status: 1, owing.status: 1}
    counter.open()
    assert len(counter.jobs.board(limit=1)[here.status]) == 1
    assert counter.jobs.standing()[here.status] == 2
