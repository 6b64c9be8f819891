"""Lines of a job: what may stand in them, and the stock that they take and give back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cartech_desk.domain.jobs.job import JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import JobClosed, NoPrice, PartsMissing
from cartech_desk.store.errors import NotKept
from cartech_desk.store.stock import OutOfStock
from tests.office.jobs.counter_book import MANAGER, TECHNICIAN, Counter, eur, fitted, work


def test_a_part_is_taken_with_its_line_and_given_back_with_it(counter: Counter) -> None:
    part = counter.part("P1", 5)
    job = counter.open(fitted(part, 3))
    assert counter.on_hand(part) == 2
    assert (job.lines[0].taken, job.lines[0].unit_cost) == (Decimal(3), eur(2500))
    job = counter.jobs.change_line(job.id, replace(job.lines[0], quantity=Decimal(1)), TECHNICIAN)
    assert counter.on_hand(part) == 4
    counter.jobs.remove_line(job.id, job.lines[0].id, TECHNICIAN)
    assert counter.on_hand(part) == 5


def test_a_part_that_is_not_there_is_refused_and_nothing_of_the_change_is_kept(
    counter: Counter,
) -> None:
    plenty, scarce = counter.part("P1", 5), counter.part("P2", 1)
    job = counter.open(fitted(plenty, 2))
    with pytest.raises(OutOfStock, match="Only 1 pc of P2"):
        counter.jobs.set_lines(
            job.id, [replace(job.lines[0], quantity=Decimal(4)), fitted(scarce, 2)], TECHNICIAN
        )
    assert (counter.on_hand(plenty), counter.on_hand(scarce)) == (3, 1)
    assert len(counter.jobs.get(job.id).lines) == 1


def test_a_line_may_wait_for_parts_and_take_them_when_they_are_there(counter: Counter) -> None:
    part = counter.part("P1", 1)
    job = counter.open()
    job = counter.jobs.add_line(job.id, fitted(part, 3), TECHNICIAN, even_so=True)
    assert (job.lines[0].taken, counter.on_hand(part)) == (Decimal(1), 0)
    with pytest.raises(PartsMissing, match="1 pc of 3 pc"):
        counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)
    job = counter.jobs.change_line(job.id, replace(job.lines[0], words="Gasket"), TECHNICIAN)
    assert job.lines[0].taken == 1
    other = counter.open(title="Lends two")
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stock_move (id, part_id, kind, quantity_milli, at, by_id, by_name) "
            "VALUES ('m', 'P1', 'receipt', 2000, '2026-03-02T09:00:00.000000+00:00', '', '')"
        )
    job = counter.jobs.take_parts(job.id, TECHNICIAN)
    assert (job.lines[0].taken, counter.on_hand(part)) == (Decimal(3), 0)
    assert counter.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN).status is JobStatus.DONE
    assert other.lines == ()


def test_a_cancelled_job_gives_its_parts_back_and_takes_them_again(counter: Counter) -> None:
    part = counter.part("P1", 2)
    job = counter.open(fitted(part, 2))
    counter.jobs.set_status(job.id, JobStatus.CANCELLED, TECHNICIAN)
    assert counter.on_hand(part) == 2
    with pytest.raises(JobClosed, match="cancelled"):
        counter.jobs.add_line(job.id, work(), TECHNICIAN)
    job = counter.jobs.set_status(job.id, JobStatus.ARRIVED, TECHNICIAN)
    assert (counter.on_hand(part), job.lines[0].taken) == (0, Decimal(2))


def test_a_deleted_job_gives_its_parts_back(counter: Counter) -> None:
    part = counter.part("P1", 2)
    counter.jobs.delete(counter.open(fitted(part, 2)).id, MANAGER)
    assert counter.on_hand(part) == 2


def test_a_part_passes_from_one_line_to_another(counter: Counter) -> None:
    part = counter.part("P1", 2)
    job = counter.open(fitted(part, 2))
    job = counter.jobs.set_lines(job.id, [fitted(part, 1), fitted(part, 1)], TECHNICIAN)
    assert [line.taken for line in job.lines] == [1, 1]
    assert counter.on_hand(part) == 0


def test_a_line_of_another_part_gives_the_first_one_back(counter: Counter) -> None:
    one, other = counter.part("P1", 1), counter.part("P2", 1)
    job = counter.open(fitted(one))
    line = replace(job.lines[0], part_id=other, unit_cost=None)
    counter.jobs.set_lines(job.id, [line], TECHNICIAN)
    assert (counter.on_hand(one), counter.on_hand(other)) == (1, 0)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (work(-1), "unit_price"),
        (work(hours="0"), "quantity"),
        (work(hours="-2"), "quantity"),
        (work(hours="0.0005"), "quantity"),
        (work(hours="NaN"), "quantity"),
        (work(words="  "), "words"),
        (work(words="\x1b"), "words"),
        (work(discount_bp=10_001), "discount"),
        (work(tax_bp=-1), "tax"),
        (work(part_id="P1"), "part"),
        (replace(work(), unit_price=Money(100, "USD")), "unit_price"),
        (work(10**14), "unit_price"),
        (fitted("gone"), "part"),
    ],
)
def test_a_line_that_cannot_stand_is_refused_by_its_field(
    counter: Counter, line: object, field: str
) -> None:
    job = counter.open()
    with pytest.raises(FieldsRefused) as refused:
        counter.jobs.add_line(job.id, line, TECHNICIAN)
    assert refused.value.field == field
    assert counter.jobs.get(job.id).lines == ()


def test_of_several_lines_the_wrong_one_is_named(counter: Counter) -> None:
    with pytest.raises(FieldsRefused, match="Line 2: "):
        counter.open(work(), work(-5))


def test_hours_of_labour_are_minutes_for_who_reckons_with_them(counter: Counter) -> None:
    assert counter.open(work(hours="1.5")).lines[0].minutes == 90


def test_a_line_that_is_gone_is_not_changed(counter: Counter) -> None:
    job = counter.open(work())
    with pytest.raises(NotKept):
        counter.jobs.remove_line(job.id, "7", TECHNICIAN)
    assert counter.jobs.remove_line(job.id, "1", TECHNICIAN).lines == ()


def test_lines_of_an_invoice_stay_until_it_is_taken_back(counter: Counter) -> None:
    job = counter.done(work())
    invoice = counter.papers.invoice(job.id, MANAGER)
    with pytest.raises(JobClosed, match=f"Invoice {invoice.number}"):
        counter.jobs.add_line(job.id, work(), TECHNICIAN)
    counter.papers.credit(invoice.number, MANAGER, "wrong rate")
    assert len(counter.jobs.add_line(job.id, work(), TECHNICIAN).lines) == 2


def test_a_new_line_has_what_the_shop_knows(counter: Counter) -> None:
    counter.part("P1", 1, price=4000, cost=2500)
    with counter.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO service (id, code, code_key, name, minutes, price, currency) "
            "VALUES ('s', 'DYNO', 'dyno', 'Dyno session', 120, 25000, 'EUR')"
        )
    labour = counter.jobs.new_line("labour", "Gearbox", quantity=Decimal("2.5"))
    assert (labour.unit, labour.unit_price, labour.tax_bp) == ("h", eur(9500), 1900)
    service = counter.jobs.new_line(service="dyno")
    assert (service.words, service.unit_price, service.minutes) == (
        "Dyno session",
        eur(25000),
        120,
    )
    part = counter.jobs.new_line(part="p1", quantity=Decimal(2))
    assert (part.kind, part.part_id, part.unit_price, part.unit_cost, part.unit) == (
        LineKind.PART,
        "P1",
        eur(4000),
        eur(2500),
        "pc",
    )
    with pytest.raises(FieldsRefused, match="no kind of line"):
        counter.jobs.new_line("gift")
    with pytest.raises(NotKept):
        counter.jobs.new_line(service="none such")


def test_a_line_that_nobody_gave_a_price_is_asked_about(counter: Counter) -> None:
    counter.rules = replace(counter.rules, labour_rate_minor=0)
    counter.part("P1", 1, price=0)
    with pytest.raises(NoPrice, match="“Gearbox” has no price"):
        counter.jobs.new_line("labour", "Gearbox")
    with pytest.raises(NoPrice, match="P1"):
        counter.jobs.new_line(part="p1")
    assert counter.jobs.new_line("labour", "Gearbox", even_so=True).unit_price == eur(0)
    assert counter.jobs.new_line("labour", "Gearbox", unit_price=eur(0)).unit_price == eur(0)
    assert counter.jobs.new_line(part="p1", unit_price=eur(700)).unit_price == eur(700)


def test_half_a_piece_is_not_sold_and_one_of_an_older_desk_stays(counter: Counter) -> None:
    job = counter.open(work(hours="0.5"))
    half = replace(fitted(counter.part("P1", 4)), quantity=Decimal("0.5"))
    with pytest.raises(FieldsRefused, match="whole numbers") as refused:
        counter.jobs.add_line(job.id, half, TECHNICIAN)
    assert refused.value.field == "quantity"
    assert counter.on_hand("P1") == 4
    oil = replace(half, unit="l")
    job = counter.jobs.add_line(job.id, oil, TECHNICIAN)
    with counter.store._desk.write() as connection:  # as an older desk let it be
        connection.exec_driver_sql("UPDATE job_line SET unit = 'pc' WHERE unit = 'l'")
    older = counter.jobs.get(job.id).lines[1]
    kept = counter.jobs.change_line(job.id, replace(older, words="Half"), TECHNICIAN).lines[1]
    assert (kept.words, kept.quantity) == ("Half", Decimal("0.5"))
    with pytest.raises(FieldsRefused, match=r"Line 2: 1\.5 pc"):
        counter.jobs.change_line(job.id, replace(kept, quantity=Decimal("1.5")), TECHNICIAN)
