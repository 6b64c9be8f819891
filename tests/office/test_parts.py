"""The catalogue of parts, the ledger of their stock, and alerts of low stock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Level, MoveKind, Part, StockMove
from cartech_desk.domain.people import Actor, RightMissing, Role
from cartech_desk.office.parts import PartRefused
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import Changed, NotKept
from cartech_desk.store.part_counts import CountRefused
from cartech_desk.store.stock import DatedBeforeCount, MoveRefused, OutOfStock, put_move

ADA = Actor("", "Ada Administrator", Role.MANAGER)
TOM = Actor("", "Tom Technician", Role.TECHNICIAN)
SKUS = count(1)


@pytest.fixture
def add(parts):
    """Add a part with an SKU of its own."""

    def make(on_hand="0", **fields):
        given = {"sku": f"P{next(SKUS):04}", "name": "Oil filter"} | fields
        return parts.add(Part(**given), ADA, on_hand=Decimal(on_hand))

    return make


@pytest.fixture(autouse=True)
def none_goes_on(parts):
    """End what a test was counting: the store is that of all of them."""
    yield
    for going in parts.counts.list(open_only=True)[0]:
        parts.counts.discard(going.id, ADA)


def open_alerts(parts, part):
    return [one for one in parts.alerts(limit=1000)[0] if one.part_id == part.id]


def all_alerts(parts, part):
    found, _ = parts.alerts(open_only=False, limit=1000)
    return [one for one in found if one.part_id == part.id]


def test_what_was_on_the_shelf_is_the_first_move_of_the_ledger(parts, add):
    part = add("3.5", unit="l")
    lines, total = parts.ledger(part.id)
    assert part.on_hand == Decimal("3.5")
    assert total == 1
    assert (lines[0].move.kind, lines[0].after) == (MoveKind.RECEIPT, Decimal("3.5"))


def test_the_ledger_says_behind_each_move_what_was_there_also_when_it_is_filtered(parts, add):
    part = add("10")
    parts.adjust(part.id, Decimal(-2), ADA, reason="broken")
    parts.receive(part.id, Decimal(5), ADA)
    parts.adjust(part.id, Decimal(-1), ADA, reason="lost")
    whole, _ = parts.ledger(part.id)
    some, total = parts.ledger(part.id, kind=MoveKind.ADJUSTMENT)
    assert [line.after for line in whole] == [12, 13, 8, 10]
    assert ([line.after for line in some], total) == ([12, 8], 2)


def test_more_than_is_there_is_refused_and_said(parts, add):
    part = add("2")
    with pytest.raises(OutOfStock, match="Only 2 pc of") as refused:
        parts.adjust(part.id, Decimal(-3), ADA, reason="broken")
    assert (refused.value.on_hand, refused.value.asked) == (2, 3)
    assert parts.get(part.id).on_hand == 2


def test_an_adjustment_needs_its_reason(parts, add):
    with pytest.raises(MoveRefused, match="needs its reason"):
        parts.adjust(add("2").id, Decimal(-1), ADA, reason="  ")


def test_an_sku_stands_once_whatever_its_case_and_blanks(add):
    add(sku="OF 77")
    with pytest.raises(PartRefused) as refused:
        add(sku="of77")
    assert refused.value.field == "sku"


def test_a_barcode_belongs_to_one_part(add):
    add(barcodes=("4006381333931",))
    with pytest.raises(PartRefused, match="belongs to another part"):
        add(barcodes=("4006381333931",))


def test_every_wrong_field_is_named_and_nothing_kept(parts, add):
    before = parts.list()[1]
    with pytest.raises(PartRefused) as refused:
        add(
            name=" ",
            price=Money(-1, "EUR"),
            cost=Money(5, "USD"),
            reorder_quantity=Decimal(0),
            warning_level=Decimal("0.0001"),
        )
    assert set(refused.value.wrong) == {
        "name",
        "price",
        "cost",
        "reorder_quantity",
        "warning_level",
    }
    assert parts.list()[1] == before


def test_a_change_of_an_older_version_is_refused(parts, add):
    from dataclasses import replace

    part = add()
    parts.change(replace(part, price=Money(900, "EUR")), ADA)
    with pytest.raises(Changed):
        parts.change(replace(part, price=Money(700, "EUR")), ADA)
    assert parts.get(part.id).price == Money(900, "EUR")


def test_a_technician_changes_no_part(parts, add):
    part = add("1")
    with pytest.raises(RightMissing):
        parts.receive(part.id, Decimal(1), TOM)


def test_a_part_on_the_shelf_is_not_deleted(parts, add):
    part = add("1")
    with pytest.raises(PartRefused, match="still on the shelf"):
        parts.delete(part.id, ADA)


def test_a_deleted_part_is_not_listed_and_comes_back(parts, add, shop):
    part = add(name="Rare gasket")
    parts.delete(part.id, ADA)
    assert parts.list("rare gasket")[1] == 0
    with pytest.raises(NotKept):
        parts.named(part.sku)
    parts.restore(part.id, ADA)
    assert parts.list("rare gasket")[1] == 1
    (record,) = shop.audit.find(Query(), limit=1)
    assert (record.action, record.after["sku"]) == ("part.restore", part.sku)


def test_a_scan_finds_by_barcode_sku_and_the_suppliers_number(parts, add):
    part = add(barcodes=("036000291452",), supplier_sku="BX-9")
    assert parts.scan("036000291452\r\n").part == part
    assert parts.scan("]E00036000291452").part == part
    assert parts.scan(part.sku.lower()).how == "sku"
    assert parts.scan("BX-9").how == "supplier_sku"


def test_a_scan_with_a_wrong_check_digit_says_which_is_right(parts):
    scan = parts.scan("4006381333930")
    assert scan.part is None
    assert "its last digit would be 1" in scan.words


def test_the_list_finds_words_in_any_field_and_without_accents(parts, add):
    part = add(name="Kühler", maker="Nissens", location="Shelf 9")
    assert parts.list("kuhler nissens 9")[0] == (part,)


def test_the_list_sorts_pages_and_counts(parts, add):
    made = [add(str(n), category="Sorted") for n in (3, 1, 2)]
    rows, total = parts.list(category="Sorted", sort="on_hand", descending=True, limit=2, offset=1)
    assert [row.on_hand for row in rows] == [2, 1]
    assert total == len(made)


# Alerts


def test_an_alert_stands_once_for_each_level_that_is_crossed(parts, add):
    part = add("10", warning_level=Decimal(2), reorder_level=Decimal(5))
    for quantity in (-4, -1, -2, -1):
        parts.adjust(part.id, Decimal(quantity), ADA, reason="broken")
    assert {one.level for one in open_alerts(parts, part)} == {Level.WARNING, Level.REORDER}
    assert len(all_alerts(parts, part)) == 2


def test_an_alert_clears_above_the_level_and_fires_again_at_the_next_crossing(parts, add):
    part = add("5", warning_level=Decimal(4))
    for quantity in (-1, +1, -1, +3, -3):
        parts.adjust(part.id, Decimal(quantity), ADA, reason="found or lost")
    assert len(all_alerts(parts, part)) == 3
    assert len(open_alerts(parts, part)) == 1


def test_another_level_raises_and_clears_an_alert_as_a_move_does(parts, add):
    from dataclasses import replace

    part = add("5")
    part = parts.change(replace(part, warning_level=Decimal(5)), ADA)
    assert len(open_alerts(parts, part)) == 1
    part = parts.change(replace(part, warning_level=Decimal(7)), ADA)
    assert len(all_alerts(parts, part)) == 1
    part = parts.change(replace(part, warning_level=None), ADA)
    assert open_alerts(parts, part) == []


def test_a_part_out_of_use_has_no_alert(parts, add):
    from dataclasses import replace

    part = add("0", warning_level=Decimal(1))
    assert len(open_alerts(parts, part)) == 1
    part = parts.change(replace(part, active=False), ADA)
    assert open_alerts(parts, part) == []


def test_a_part_that_comes_with_its_stock_has_not_run_low_before(parts, add):
    assert all_alerts(parts, add("9", warning_level=Decimal(3))) == []


def test_a_seen_alert_stands_until_the_part_is_there_again(parts, add):
    part = add("1", warning_level=Decimal(1))
    (alert,) = open_alerts(parts, part)
    seen = parts.acknowledge(alert.id, TOM)
    assert (seen.acknowledged_by, seen.cleared) == ("Tom Technician", None)
    parts.receive(part.id, Decimal(1), ADA)
    assert open_alerts(parts, part) == []


def test_a_path_beside_the_office_raises_an_alert_too(shop, parts, add):
    part = add("1")
    with shop._desk.write() as connection:
        connection.exec_driver_sql("UPDATE part SET reorder_milli = 1000 WHERE id = ?", (part.id,))
    assert len(open_alerts(parts, part)) == 1


def test_the_list_of_low_parts_holds_those_at_their_level(parts, add):
    low = add("1", category="Low", warning_level=Decimal(1))
    add("2", category="Low", warning_level=Decimal(1))
    assert parts.list(category="Low", low=True)[0] == (low,)


# Counts


def test_a_count_puts_the_difference_into_the_ledger(parts, add):
    part, same = add("7"), add("4")
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(5), ADA)
    parts.counts.set(begun.id, same.id, Decimal(4), ADA)
    done = parts.counts.finish(begun.id, ADA)
    assert parts.get(part.id).on_hand == 5
    assert [line.difference for line in done.lines] == [-2, 0]
    assert parts.ledger(part.id)[0][0].move.kind is MoveKind.COUNT


def test_what_moves_after_a_part_was_counted_stays_moved(parts, add):
    part = add("7")
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(6), ADA)
    parts.adjust(part.id, Decimal(-2), ADA, reason="broken")
    parts.counts.finish(begun.id, ADA)
    assert parts.get(part.id).on_hand == 4


def test_a_move_noted_late_but_dated_before_the_count_is_in_it_already(parts, add):
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    part = add("7")
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(5), ADA)
    parts.adjust(part.id, Decimal(-2), ADA, reason="used before", at=hour_ago)
    parts.counts.finish(begun.id, ADA)
    assert parts.get(part.id).on_hand == 5


def test_scans_of_a_count_add_up(parts, add):
    part = add("2")
    begun = parts.counts.start(ADA)
    for _ in range(3):
        line = parts.counts.add(begun.id, part.id, ADA)
    assert (line.counted, line.expected, line.difference) == (3, 2, 1)


def test_a_part_that_moves_between_its_scans_is_to_be_counted_again(parts, add):
    part = add("3")
    begun = parts.counts.start(ADA)
    parts.counts.add(begun.id, part.id, ADA)
    parts.adjust(part.id, Decimal(-1), ADA, reason="broken")
    parts.counts.add(begun.id, part.id, ADA)
    with pytest.raises(Exception, match="moved while it was counted"):
        parts.counts.finish(begun.id, ADA)
    parts.counts.set(begun.id, part.id, Decimal(2), ADA)
    parts.counts.finish(begun.id, ADA)
    assert parts.get(part.id).on_hand == 2


def test_a_count_that_more_has_gone_from_than_was_there_is_refused_and_stays_open(parts, add):
    part = add("7")
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(2), ADA)
    parts.adjust(part.id, Decimal(-6), ADA, reason="broken")
    with pytest.raises(Exception, match="cannot be right"):
        parts.counts.finish(begun.id, ADA)
    assert parts.counts.get(begun.id).open
    assert parts.get(part.id).on_hand == 1


def test_no_move_is_dated_before_the_last_count(parts, add):
    part = add("7")
    begun = parts.counts.start(ADA)
    parts.counts.set(begun.id, part.id, Decimal(7), ADA)
    parts.counts.finish(begun.id, ADA)
    with pytest.raises(DatedBeforeCount):
        parts.receive(part.id, Decimal(1), ADA, at=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(PartRefused, match="future"):
        parts.receive(part.id, Decimal(1), ADA, at=datetime.now(UTC) + timedelta(hours=1))


def test_the_older_of_two_counts_of_a_part_changes_nothing(parts, add):
    part = add("7")
    first, second = parts.counts.start(ADA), parts.counts.start(ADA, location="Rack 9")
    parts.counts.set(first.id, part.id, Decimal(1), ADA)
    parts.counts.set(second.id, part.id, Decimal(5), ADA)
    parts.counts.finish(second.id, ADA)
    assert parts.counts.get(first.id).lines[0].later
    assert parts.counts.finish(first.id, ADA).lines == ()
    assert parts.get(part.id).on_hand == 5


def test_a_second_open_count_of_the_same_place_is_refused_with_the_id_of_the_first(parts):
    everything, shelf = parts.counts.start(ADA), parts.counts.start(ADA, location="Shelf 3")
    for going, location in ((everything, ""), (shelf, "shelf  3")):
        with pytest.raises(CountRefused, match=going.id):
            parts.counts.start(ADA, location=location)
    assert parts.counts.list(open_only=True)[1] == 2
    parts.counts.discard(everything.id, ADA)
    assert parts.counts.start(ADA).open


def test_half_a_piece_is_refused_wherever_a_quantity_enters_and_half_a_litre_is_not(parts, add):
    piece, oil, half = add("4"), add("4", unit="l"), Decimal("0.5")
    going = parts.counts.start(ADA, location="Shelf 5").id
    entries = (
        lambda part: parts.receive(part.id, half, ADA),
        lambda part: parts.adjust(part.id, -half, ADA, reason="broken"),
        lambda part: parts.counts.set(going, part.id, half, ADA),
        lambda part: parts.counts.add(going, part.id, ADA, quantity=half),
    )
    for enter in entries:
        with pytest.raises(PartRefused, match="whole numbers") as refused:
            enter(piece)
        assert refused.value.field == "quantity"
        enter(oil)
    assert parts.get(piece.id).on_hand == 4
    with pytest.raises(PartRefused, match="whole numbers"):
        add("2.5")
    with pytest.raises(PartRefused, match="whole numbers"):
        add(reorder_quantity=Decimal("2.5"))


def test_half_a_piece_of_an_older_desk_is_read_and_made_whole(parts, add):
    piece = add("4")
    with parts._store._desk.write() as connection:
        old = StockMove(piece.id, MoveKind.COUNT, Decimal("-0.5"), datetime.now(UTC))
        put_move(connection, old, ADA)
    assert parts.get(piece.id).on_hand == Decimal("3.5")
    with pytest.raises(PartRefused, match="whole numbers"):
        parts.adjust(piece.id, Decimal("0.25"), ADA, reason="found")
    assert parts.adjust(piece.id, Decimal("0.5"), ADA, reason="never was").on_hand == 4


def test_a_count_that_ended_takes_nothing_more(parts, add):
    begun = parts.counts.start(ADA)
    parts.counts.discard(begun.id, ADA)
    with pytest.raises(Exception, match="ended already"):
        parts.counts.set(begun.id, add("1").id, Decimal(1), ADA)


def test_what_was_not_counted_at_a_place_is_listed(parts, add):
    counted, left = add("1", location="Rack 7"), add("2", location="Rack 7")
    begun = parts.counts.start(ADA, location="Rack 7")
    parts.counts.set(begun.id, counted.id, Decimal(1), ADA)
    assert parts.counts.uncounted(begun.id)[0] == (left,)


def test_a_word_with_a_typing_error_finds_the_part_where_nothing_else_fits(parts, add):
    part = add(name="Intercooler hose")
    assert parts.list("intercoler")[0] == (part,)
    assert parts.list("intercoler", low=True)[1] == 0
