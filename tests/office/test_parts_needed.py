"""A part that something needs stays; nothing holds more than can be shown."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

import pytest

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import OrderLine, Received, suggested_quantity
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import MOST, quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.office.jobs import Jobs
from cartech_desk.office.parts import PartRefused
from cartech_desk.office.vehicles import Vehicles
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import NotKept
from cartech_desk.store.order_refusals import OrderRefused
from cartech_desk.store.part_counts import CountRefused
from cartech_desk.store.stock import DatedBeforeCount, MoveRefused

ADA = Actor("", "Ada Administrator", Role.MANAGER)
NUMBERS = count(1)


@pytest.fixture
def part(parts):
    return parts.add(Part(sku=f"N{next(NUMBERS)}", name="Hose"), ADA, on_hand=Decimal(1))


@pytest.fixture
def draft(parts, part):
    house = parts.suppliers.keep(Supplier(name=f"House {next(NUMBERS)}"), ADA)
    line = OrderLine(part_id=part.id, quantity=Decimal(10), unit_cost=Money(500, "EUR"))
    return parts.orders.draft(house.id, [line], ADA)


@pytest.fixture
def jobs(shop):
    return Jobs(shop, ShopRules)


@pytest.fixture
def job(shop, jobs, part):
    """A job that took the one that was on the shelf."""
    vehicle = Vehicles(shop, ShopRules).add(ADA, VehicleRecord(plate=f"M-AB {next(NUMBERS)}"))
    line = JobLine(kind=LineKind.PART, part_id=part.id, words="Hose", unit_price=Money(1, "EUR"))
    return jobs.open(Job(vehicle_id=vehicle.id, title="Hose", lines=(line,)), ADA)


def gone(shop, part):
    """Mark a part as deleted, as an older desk did whatever needed it."""
    with shop.audit.act(ADA) as act:
        act.connection.exec_driver_sql("UPDATE part SET deleted = '2026' WHERE id = ?", (part.id,))
        act.record(Entry("part.delete", Entity("part", part.id)))


def test_a_part_on_a_job_that_is_not_paid_is_not_deleted(parts, part, job):
    with pytest.raises(PartRefused, match=f"stands on job {job.number}"):
        parts.delete(part.id, ADA)


def test_a_part_of_a_cancelled_job_can_be_deleted_once_it_is_off_the_shelf(parts, part, jobs, job):
    jobs.set_status(job.id, JobStatus.CANCELLED, ADA)
    parts.adjust(part.id, Decimal(-1), ADA, reason="broken")
    parts.delete(part.id, ADA)
    with pytest.raises(NotKept):
        parts.named(part.sku)


def test_a_part_on_a_count_that_goes_on_is_not_deleted(parts, part):
    parts.adjust(part.id, Decimal(-1), ADA, reason="broken")
    begun = parts.counts.start(ADA, location="Shelf 7")
    parts.counts.set(begun.id, part.id, Decimal(0), ADA)
    with pytest.raises(PartRefused, match="count of Shelf 7"):
        parts.delete(part.id, ADA)
    parts.counts.discard(begun.id, ADA)
    parts.delete(part.id, ADA)


def test_a_part_on_a_draft_of_an_order_is_not_deleted(parts, part, draft):
    parts.adjust(part.id, Decimal(-1), ADA, reason="broken")
    with pytest.raises(PartRefused, match=f"order {draft.number}"):
        parts.delete(part.id, ADA)


def test_what_an_older_desk_deleted_comes_back_from_its_job(shop, parts, part, jobs, job):
    gone(shop, part)
    assert jobs.set_status(job.id, JobStatus.CANCELLED, ADA).status is JobStatus.CANCELLED
    assert parts.get(part.id).on_hand == 1


def test_a_count_with_a_part_that_an_older_desk_deleted_can_be_finished(shop, parts, part):
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(3), ADA)
    gone(shop, part)
    assert not parts.counts.finish(begun.id, ADA).open
    assert parts.get(part.id).on_hand == 3


def test_an_order_with_a_deleted_part_is_not_sent(shop, parts, part, draft):
    gone(shop, part)
    with pytest.raises(OrderRefused, match=f"was deleted: {part.sku} Hose"):
        parts.orders.place(draft.id, ADA)


def test_what_is_to_come_into_a_deleted_part_is_refused_without_its_id(shop, parts, part):
    gone(shop, part)
    with pytest.raises(NotKept) as refused:
        parts.receive(part.id, Decimal(1), ADA)
    assert part.id not in str(refused.value)


def test_a_deleted_part_is_brought_back_by_its_sku(parts, part):
    parts.adjust(part.id, Decimal(-1), ADA, reason="broken")
    parts.delete(part.id, ADA)
    assert parts.restore(part.sku.lower(), ADA).id == part.id
    assert parts.named(part.sku).id == part.id


def test_a_part_that_is_there_is_brought_back_without_a_record_or_a_version(shop, parts, part):
    (before,) = shop.audit.find(Query(), limit=1)
    assert parts.restore(part.id, ADA).version == part.version
    assert shop.audit.find(Query(), limit=1)[0].sequence == before.sequence


def test_a_quantity_above_what_is_kept_can_still_be_shown():
    assert quantity_text(Decimal("1000000.500") * 2, "l") == "2000001 l"
    assert quantity_text(Decimal(100)) == "100"
    assert quantity_text(Decimal("-0.250"), "l") == "-0.25 l"


def test_no_shelf_holds_more_than_is_kept_and_nothing_is_moved_then(parts, part):
    with pytest.raises(MoveRefused, match="1000001 pc"):
        parts.receive(part.id, MOST, ADA)
    assert parts.get(part.id).on_hand == 1


def test_what_a_job_took_comes_back_to_a_full_shelf(parts, part, jobs, job):
    parts.receive(part.id, MOST, ADA)
    jobs.set_status(job.id, JobStatus.CANCELLED, ADA)
    assert parts.get(part.id).on_hand == MOST + 1


def test_a_count_corrects_what_an_older_desk_kept_above(shop, parts, part):
    with shop.audit.act(ADA) as act:
        for number in range(2):
            act.connection.exec_driver_sql(
                "INSERT INTO stock_move (id, part_id, kind, quantity_milli, at, by_id, by_name) "
                "VALUES (?, ?, 'receipt', 1000000000, '2026-01-01T00:00:00.000000+00:00', '', '')",
                (f"{number} {part.id}", part.id),
            )
        act.record(Entry("stock.move", Entity("part", part.id)))
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(2), ADA)
    parts.counts.finish(begun.id, ADA)
    assert parts.get(part.id).on_hand == 2


def test_no_count_holds_more_than_is_kept_and_stays_as_it_was(parts, part):
    begun = parts.counts.start(ADA)
    parts.counts.add(begun.id, part.id, ADA, quantity=MOST)
    with pytest.raises(CountRefused, match="1000001 pc"):
        parts.counts.add(begun.id, part.id, ADA)
    assert parts.counts.get(begun.id).lines[0].counted == MOST
    parts.counts.finish(begun.id, ADA)


def test_never_more_is_suggested_than_an_order_takes():
    assert suggested_quantity(Decimal(0), Decimal(0), MOST, None) == MOST
    assert suggested_quantity(Decimal(0), Decimal(0), MOST, MOST) == MOST


def test_an_order_keeps_the_sum_that_was_ordered_whatever_is_paid(parts, draft):
    order = parts.orders.place(draft.id, ADA)
    (line,) = order.lines
    parts.orders.receive(order.id, [Received(line.id, Decimal(5))], ADA)
    paid = Money(800, "EUR")
    order = parts.orders.receive(order.id, [Received(line.id, Decimal(5), paid)], ADA)
    newest = parts.ledger(line.part_id)[0][0].move
    assert (order.total, newest.unit_cost) == (Money(5000, "EUR"), paid)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(9999, 1, 1)])
def test_an_order_is_not_expected_on_a_day_that_cannot_be(parts, draft, day):
    with pytest.raises(PartRefused) as refused:
        parts.orders.place(draft.id, ADA, expected=day)
    assert refused.value.field == "expected"


@pytest.mark.parametrize("word", ["9" * 20, "9" * 5000, "\u0663" * 30])
def test_an_orders_number_of_any_length_is_answered(parts, word):
    with pytest.raises(NotKept):
        parts.orders.named(word)


def test_a_move_before_a_count_is_refused_in_the_time_of_the_clock_on_the_wall(shop, parts, part):
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(1), ADA)
    parts.counts.finish(begun.id, ADA)
    with pytest.raises(DatedBeforeCount) as refused:
        parts.receive(part.id, Decimal(1), ADA, at=datetime(2026, 1, 2, 12, tzinfo=UTC))
    local = datetime(2026, 1, 2, 12, tzinfo=UTC).astimezone()
    assert f"a move on {local:%Y-%m-%d at %H:%M:%S}" in refused.value.happened
    assert "+00:00" not in refused.value.happened


def test_a_supplier_stands_in_the_audit_log_by_its_name(shop, parts, part):
    house = parts.suppliers.keep(Supplier(name=f"House {next(NUMBERS)}"), ADA)
    parts.change(replace(part, supplier_id=house.id), ADA)
    (record,) = shop.audit.find(Query(action="part.change"), limit=1)
    assert record.after["supplier"] == house.name


def test_what_is_not_kept_is_told_without_its_id(parts):
    lost = "01a204b9-e4cb-7092-8966-6295d2ce51a4"
    for look in (parts.get, parts.orders.get, parts.suppliers.get):
        with pytest.raises(NotKept, match="is not kept here any more") as refused:
            look(lost)
        assert lost not in str(refused.value)
