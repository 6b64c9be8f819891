"""A job as the bay uses it: its car at hand, a scanned part, what was fitted noted from it."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.vehicles.record import ModificationType
from cartech_desk.ui.pages.jobs import JobsPage
from cartech_desk.ui.pages.jobs_at_bay import fitted_from
from tests.ui.counter import BY, eur, open_counter


@pytest.fixture
def counter(office):
    return open_counter(office)


@pytest.fixture
def page(desk, acts, counter, qtbot):
    made = JobsPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    made.shown(counter.job.id)
    qtbot.waitUntil(lambda: made.job.id == counter.job.id and not made.busy)
    return made


def test_the_car_of_a_job_becomes_the_one_at_hand(page, counter, acts, qtbot):
    page.card.at_hand.click()
    qtbot.waitUntil(lambda: acts.vehicle is not None)
    assert acts.vehicle.id == counter.golf.id
    assert f"job {counter.job.number}" in acts.told.toasts[-1][0]


def test_with_two_open_jobs_it_is_told_whose_the_recordings_are(page, counter, office, acts, qtbot):
    newer = office.jobs.open(Job(vehicle_id=counter.golf.id, title="Brakes"), BY, asked=True)
    page.card.at_hand.click()
    qtbot.waitUntil(lambda: acts.vehicle is not None)
    said = acts.told.toasts[-1][0]
    assert f"belongs to job {newer.number} and not to job {counter.job.number}." in said


def test_a_barcode_that_is_scanned_anywhere_on_a_job_becomes_its_line(page, office, qtbot):
    part = office.parts.add(
        Part(sku="IC-9", name="Intercooler 9", barcodes=("40P2345678901",), price=eur(100)),
        BY,
        on_hand=Decimal(2),
    )
    for letter in "40P2345678901":
        qtbot.keyClick(page.lines.table, letter)
    assert page.form is None
    qtbot.keyClick(page.lines.table, Qt.Key.Key_Return)
    form = page.form
    qtbot.waitUntil(lambda: form.pickers["part"].chosen is not None)
    assert form.pickers["part"].id == part.id
    form.submit()
    qtbot.waitUntil(lambda: len(page.job.lines) == 2 and not page.busy)
    assert office.parts.get(part.id).on_hand == 1


def test_a_number_that_a_person_types_opens_the_question_with_it(page, qtbot):
    qtbot.keyClick(page.lines.table, "4")
    qtbot.waitUntil(lambda: page.form is not None)
    assert page.form.pickers["part"].line.text() == "4"


def test_what_was_fitted_is_noted_from_its_line(page, office, counter, acts, qtbot):
    part = office.parts.add(
        Part(sku="T", name="Turbo G25", maker="Garrett"), BY, on_hand=Decimal(1)
    )
    line = office.jobs.new_line("part", part=part.id, unit_price=eur(90_000))
    office.jobs.add_line(counter.job.id, line, BY)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.job.lines) == 2 and not page.busy)
    page.lines.table.selectRow(1)
    page.at_bay.note_fitted()
    qtbot.waitUntil(lambda: page.form is not None)
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None and bool(acts.told.pages))
    (noted,) = office.vehicles.modifications(counter.golf.id)
    assert (noted.type, noted.brand, noted.model) == (ModificationType.TURBO, "Garrett", "G25")
    assert (noted.price, noted.job_id) == (eur(90_000), counter.job.id)
    assert acts.told.pages[-1] == ("vehicles", ("fitted", counter.golf.id))


def test_labour_is_nothing_that_was_fitted(page, acts):
    page.at_bay.note_fitted()
    assert page.form is None
    assert acts.told.toasts[-1][0] == "Choose the line of the part that was fitted."


def test_a_part_whose_words_name_no_type_is_another_modification():
    line = JobLine(kind=LineKind.PART, words="Carbon bonnet", unit_price=eur(5))
    assert fitted_from(line, None, "j").type is ModificationType.OTHER
    assert fitted_from(line, None, "j").model == "Carbon bonnet"


def test_keys_behind_each_other_change_what_the_act_before_left(page, office, acts, qtbot):
    page.approve()
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    page.next_step()  # before all about the job is read anew
    qtbot.waitUntil(lambda: not page.busy)
    page.next_step()
    page.next_step()  # the same key again: it is being taken already
    qtbot.waitUntil(lambda: not page.busy)
    assert not acts.told.refused
    assert office.jobs.get(page.job.id).status is JobStatus.DONE
