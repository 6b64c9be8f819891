"""Suppliers, purchase orders, and the list of what to reorder."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import (
    OrderLine,
    OrderStatus,
    Received,
    suggested_quantity,
)
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor, Role
from cartech_desk.office.parts import PartRefused
from cartech_desk.store.errors import Changed
from cartech_desk.store.order_refusals import OrderRefused

ADA = Actor("", "Ada Administrator", Role.MANAGER)
NUMBERS = count(1)


def eur(minor):
    return Money(minor, "EUR")


@pytest.fixture
def supplier(parts):
    return parts.suppliers.keep(Supplier(name=f"Parts house {next(NUMBERS)}", lead_days=3), ADA)


@pytest.fixture
def part(parts, supplier):
    return parts.add(
        Part(
            sku=f"Q{next(NUMBERS)}",
            name="Brake pads",
            cost=eur(2000),
            supplier_id=supplier.id,
            reorder_level=Decimal(2),
            reorder_quantity=Decimal(4),
        ),
        ADA,
        on_hand=Decimal(1),
    )


@pytest.fixture
def order(parts, supplier, part):
    """An order of ten that was sent."""
    draft = parts.orders.draft(
        supplier.id, [OrderLine(part_id=part.id, quantity=Decimal(10), unit_cost=eur(1900))], ADA
    )
    return parts.orders.place(draft.id, ADA)


def test_a_supplier_stands_once_by_name(parts, supplier):
    with pytest.raises(PartRefused) as refused:
        parts.suppliers.keep(Supplier(name=supplier.name.upper()), ADA)
    assert refused.value.field == "name"


def test_a_supplier_whose_order_is_not_finished_is_not_deleted(parts, supplier, order):
    with pytest.raises(PartRefused, match="is not finished"):
        parts.suppliers.delete(supplier.id, ADA)


def test_a_deleted_suppliers_name_is_free_again(parts, supplier):
    parts.suppliers.delete(supplier.id, ADA)
    assert parts.suppliers.keep(Supplier(name=supplier.name), ADA).id != supplier.id


def test_a_sent_order_counts_as_coming_and_is_expected_after_the_suppliers_days(parts, part, order):
    assert order.status is OrderStatus.ORDERED
    assert (order.expected - order.ordered.date()).days == 3
    assert parts.get(part.id).on_order == 10
    assert order.total == eur(19000)


def test_a_partial_receipt_moves_what_came_and_leaves_the_rest_coming(parts, part, order):
    (line,) = order.lines
    now = parts.orders.receive(order.id, [Received(line.id, Decimal(4))], ADA)
    assert now.status is OrderStatus.PARTLY
    assert (parts.get(part.id).on_hand, parts.get(part.id).on_order) == (5, 6)
    done = parts.orders.receive(order.id, [Received(line.id, Decimal(6))], ADA)
    assert done.status is OrderStatus.RECEIVED
    assert (parts.get(part.id).on_hand, parts.get(part.id).on_order) == (11, 0)


def test_the_parts_cost_becomes_what_was_paid_unless_it_is_to_stay(parts, part, order):
    (line,) = order.lines
    parts.orders.receive(order.id, [Received(line.id, Decimal(1), eur(2100))], ADA, keep_cost=True)
    assert parts.get(part.id).cost == eur(2000)
    parts.orders.receive(order.id, [Received(line.id, Decimal(1), eur(2100))], ADA)
    assert parts.get(part.id).cost == eur(2100)


def test_more_than_was_ordered_is_refused_or_taken_even_so(parts, part, order):
    (line,) = order.lines
    with pytest.raises(OrderRefused, match="more than the 10 pc"):
        parts.orders.receive(order.id, [Received(line.id, Decimal(11))], ADA)
    assert parts.get(part.id).on_hand == 1
    parts.orders.receive(order.id, [Received(line.id, Decimal(11))], ADA, even_so=True)
    assert parts.get(part.id).on_hand == 12


def test_an_order_that_came_in_part_is_closed_not_cancelled(parts, part, order):
    (line,) = order.lines
    parts.orders.receive(order.id, [Received(line.id, Decimal(4))], ADA)
    assert parts.orders.cancel(order.id, ADA).status is OrderStatus.CLOSED
    assert parts.get(part.id).on_order == 0


def test_a_cancelled_order_receives_nothing(parts, order):
    parts.orders.cancel(order.id, ADA)
    with pytest.raises(OrderRefused, match="cancelled"):
        parts.orders.receive(order.id, [Received(order.lines[0].id, Decimal(1))], ADA)


def test_only_a_draft_is_changed_and_only_in_its_newest_version(parts, supplier, part):
    line = OrderLine(part_id=part.id, quantity=Decimal(1), unit_cost=eur(100))
    draft = parts.orders.draft(supplier.id, [line], ADA)
    parts.orders.change(draft, [replace(line, quantity=Decimal(2))], ADA, note="By Friday")
    with pytest.raises(Changed):
        parts.orders.change(draft, [line], ADA)
    sent = parts.orders.place(draft.id, ADA, expected=date(2030, 1, 2))
    assert (sent.note, sent.expected) == ("By Friday", date(2030, 1, 2))
    with pytest.raises(OrderRefused):
        parts.orders.change(sent, [line], ADA)


def test_orders_have_numbers_without_gaps_and_are_found_by_them(parts, supplier, part):
    line = OrderLine(part_id=part.id, unit_cost=eur(1))
    one = parts.orders.draft(supplier.id, [line], ADA)
    with pytest.raises(Exception, match="No supplier"):
        parts.orders.draft("nobody", [line], ADA)
    two = parts.orders.draft(supplier.id, [line], ADA)
    assert two.number == one.number + 1
    assert parts.orders.named(str(two.number)) == two


def test_what_runs_low_is_suggested_until_enough_is_coming(parts, supplier, part):
    (low,) = parts.orders.to_reorder(supplier_id=supplier.id)
    assert (low.part_id, low.suggested) == (part.id, 4)
    (draft,) = parts.orders.draft_reorders(ADA, supplier_id=supplier.id)
    assert parts.orders.draft_reorders(ADA, supplier_id=supplier.id) == ()
    parts.orders.place(draft.id, ADA)
    assert parts.orders.to_reorder(supplier_id=supplier.id) == ()


@pytest.mark.parametrize(
    ("on_hand", "coming", "level", "usual", "suggested"),
    [
        (3, 0, 2, 5, 0),
        (2, 0, 2, 5, 5),
        (0, 0, 10, 4, 12),
        (0, 11, 10, 4, 0),
        (1, 0, 5, None, 9),
        (0, 0, 0, None, 1),
    ],
)
def test_a_suggestion_brings_a_part_above_its_level(on_hand, coming, level, usual, suggested):
    given = Decimal(usual) if usual is not None else None
    assert suggested_quantity(Decimal(on_hand), Decimal(coming), Decimal(level), given) == suggested


def test_the_list_of_orders_finds_supplier_part_and_number(parts, supplier, part, order):
    for word in (supplier.name, part.sku, str(order.number)):
        assert order.id in {one.id for one in parts.orders.list(word)[0]}
    assert parts.orders.list(supplier_id=supplier.id, coming=True)[1] == 1


def test_the_sum_in_the_list_is_that_of_the_lines_however_large(parts, supplier, part):
    parts.change(replace(part, unit="l"), ADA)
    line = OrderLine(part_id=part.id, quantity=Decimal("999999.999"), unit_cost=eur(10**13 - 1))
    order = parts.orders.draft(supplier.id, [line, line, line], ADA)
    (listed,) = parts.orders.list(supplier_id=supplier.id)[0]
    assert listed.total == order.total


def test_one_delivery_that_is_noted_at_two_desks_is_counted_once(parts, part, order):
    (line,), seen = order.lines, order.version
    came = [Received(line.id, Decimal(5))]
    parts.orders.receive(order.id, came, ADA, version=seen)
    with pytest.raises(Changed, match="was changed by somebody else"):
        parts.orders.receive(order.id, came, ADA, version=seen)
    assert parts.get(part.id).on_hand == 6
    with pytest.raises(Changed):
        parts.orders.cancel(order.id, ADA, version=seen)
    assert parts.orders.get(order.id).status is OrderStatus.PARTLY


def test_a_draft_that_another_desk_changed_is_not_sent_unseen(parts, supplier, part):
    line = OrderLine(part_id=part.id, quantity=Decimal(10), unit_cost=eur(1900))
    seen = parts.orders.draft(supplier.id, [line], ADA)
    parts.orders.change(seen, [replace(line, quantity=Decimal(100))], ADA)
    with pytest.raises(Changed):
        parts.orders.place(seen.id, ADA, version=seen.version)
    assert parts.orders.get(seen.id).status is OrderStatus.DRAFT


def test_half_a_piece_is_neither_ordered_nor_received(parts, supplier, part, order):
    half = OrderLine(part_id=part.id, quantity=Decimal("1.5"))
    with pytest.raises(PartRefused, match="whole numbers"):
        parts.orders.draft(supplier.id, [half], ADA)
    with pytest.raises(PartRefused, match="whole numbers"):
        parts.orders.receive(order.id, [Received(order.lines[0].id, Decimal("0.5"))], ADA)
    draft = parts.orders.draft(supplier.id, [replace(half, quantity=Decimal(2))], ADA)
    with parts._store._desk.write() as connection:  # as an older desk let it be
        connection.exec_driver_sql(
            "UPDATE order_line SET quantity_milli = 1500 WHERE order_id = ?", (draft.id,)
        )
    older = parts.orders.get(draft.id)
    kept = parts.orders.change(older, older.lines, ADA, note="call first")
    assert kept.lines[0].quantity == Decimal("1.5")
    with pytest.raises(PartRefused, match="whole numbers"):
        parts.orders.change(kept, [replace(half, quantity=Decimal("2.5"))], ADA)


@pytest.mark.parametrize("quantity", [0, -3])
def test_an_order_of_nothing_or_less_is_asked_for_more_than_zero(parts, supplier, part, quantity):
    line = OrderLine(part_id=part.id, quantity=Decimal(quantity))
    with pytest.raises(PartRefused, match="line 1 is not above zero") as refused:
        parts.orders.draft(supplier.id, [line], ADA)
    assert "more than zero" in str(refused.value.to_do)
