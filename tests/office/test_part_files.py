"""Parts from CSV and back, labels, and the paper of an order."""

import csv
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import OrderLine
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.part_table import PartFileRefused
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.parts import PartRefused, Parts
from cartech_desk.reports.barcodes import CodeRefused, code128, qr
from cartech_desk.reports.drawing import Area, Text
from cartech_desk.reports.drawing_pdf import pdf_of
from cartech_desk.reports.label_sheets import SHEETS
from cartech_desk.store.errors import Changed
from cartech_desk.store.store import Store

ADA = Actor("", "Ada Administrator", Role.MANAGER)
HALF_WRONG = """SKU;Name;Preis;EK;Bestand;Mindestbestand;EAN;Lieferant
A1;Bolt;1,50;0,80;100;20;4006381333931;Nordic
A2;Nut;-1;0,3;5;;;
A3;;1;1;1;;;
A1;Bolt again;1;1;1;;;
A5;Washer;1.000,00;x;3;;;
A6;Screw;1.000,00;2;3,0;;;Nordic
A7;Clip;1;1
A8;Pin;1;1;1;;4,00638E+12;
A9;Cap;1;1;1;;4006381333931;
B1;Hose;1,005;1;1;;;
"""


@pytest.fixture
def parts(tmp_path):
    store = Store(tmp_path / "desk")
    yield Parts(store, ShopRules)
    store.close()


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "parts.csv"
        path.write_text(text, encoding)
        return path

    return write


@pytest.mark.parametrize("cell", ["$12.50", "12.50 USD", "£12.50", "12,50 kr"])
def test_a_sum_of_another_currency_is_no_sum_of_ours(parts, file, cell):
    rows = f"A1;Bolt;{cell}\nA2;Nut;€ 12.50\nA3;Pin;12.50 EUR\n"
    plan = parts.files.look_through(file(f"SKU;Name;Price\n{rows}"))
    assert [row.part.price for row in plan.good] == [Money(1250, "EUR")] * 2
    assert [(row.line, row.field) for row in plan.bad] == [(2, "price")]


@pytest.mark.parametrize("unit", ["$", "USD", "£"])
def test_a_column_of_another_currency_is_refused(parts, file, unit):
    with pytest.raises(PartFileRefused, match="the shop reckons in EUR"):
        parts.files.look_through(file(f"SKU;Name;Price ({unit})\nA1;Bolt;12.50\n"))
    assert parts.files.look_through(file("SKU;Name;Price (€)\nA1;Bolt;12.50\n")).good


def test_the_good_rows_are_offered_and_the_bad_listed_with_line_and_reason(parts, file):
    plan = parts.files.look_through(file(HALF_WRONG))
    assert [row.part.sku for row in plan.good] == ["A1", "A6"]
    assert [(row.line, row.field) for row in plan.bad] == [
        (3, "price"),
        (4, "name"),
        (5, "sku"),
        (6, "cost"),
        (8, ""),
        (9, "barcodes"),
        (10, "barcodes"),
        (11, "price"),
    ]
    assert all(row.why for row in plan.bad)
    assert (plan.delimiter, plan.decimal_mark) == (";", ",")
    assert parts.list()[1] == 0


def test_the_good_rows_are_imported_with_stock_and_supplier(parts, file):
    done = parts.files.take_in(parts.files.look_through(file(HALF_WRONG)), ADA)
    bolt = parts.named("A1")
    assert (done.added, len(done.bad)) == (2, 8)
    assert (bolt.on_hand, bolt.price, bolt.supplier) == (100, Money(150, "EUR"), "Nordic")
    assert bolt.warning_level == 20
    assert parts.named("A6").on_hand == 3
    assert parts.suppliers.list()[1] == 1
    assert parts.alerts()[1] == 0


def test_a_known_part_keeps_its_stock_and_what_the_file_leaves_empty(parts, file):
    parts.add(Part(sku="A1", name="Bolt", maker="Hex"), ADA, on_hand=Decimal(7))
    plan = parts.files.look_through(file("SKU,Maker,Price,Stock\na1,,2.50,9\n"))
    assert "count it instead" in plan.good[0].note
    assert parts.files.take_in(plan, ADA).changed == 1
    bolt = parts.named("A1")
    assert (bolt.on_hand, bolt.maker, bolt.price) == (7, "Hex", Money(250, "EUR"))
    again = parts.files.look_through(file("SKU,Price\nA1,2.50\n"))
    assert parts.files.take_in(again, ADA).unchanged == 1


def test_what_changed_since_the_file_was_read_is_not_overwritten(parts, file):
    part = parts.add(Part(sku="A1", name="Bolt"), ADA)
    plan = parts.files.look_through(file("SKU,Price\nA1,2.50\nA2x,1.50\n"))
    parts.change(replace(part, price=Money(300, "EUR")), ADA)
    with pytest.raises(Changed):
        parts.files.take_in(plan, ADA)
    assert parts.named("A1").price == Money(300, "EUR")


def test_a_quotation_mark_that_is_not_closed_is_said_and_swallows_nothing_silently(parts, file):
    plan = parts.files.look_through(file('SKU;Name\nA1;"Bolt\nA2;Nut\nA3;Pin\n'))
    assert plan.good == ()
    assert "not closed" in plan.bad[0].why


def test_a_heading_can_be_named_and_an_unknown_one_is_said(parts, file):
    path = file("Nr;Was;Preis\nA1;Bolt;2\n")
    with pytest.raises(PartFileRefused, match="number"):
        parts.files.look_through(path)
    plan = parts.files.look_through(path, columns={"sku": "Nr", "name": "Was"})
    assert plan.good[0].part.name == "Bolt"
    with pytest.raises(PartFileRefused, match="no heading"):
        parts.files.look_through(path, columns={"sku": "Number"})


def test_prices_of_another_currency_are_refused(parts, file):
    with pytest.raises(PartFileRefused, match="USD"):
        parts.files.look_through(file("SKU,Name,Price [USD]\nA1,Bolt,2\n"))


def test_a_number_that_the_file_leaves_open_is_bad_until_the_mark_is_said(parts, file):
    path = file("SKU;Name;Unit;On hand\nA1;Oil;l;1,250\n")
    assert len(parts.files.look_through(path).bad) == 1
    (row,) = parts.files.look_through(path, decimal_mark=",").good
    assert row.on_hand == Decimal("1.25")


def test_a_row_with_half_a_piece_is_bad_and_one_with_half_a_litre_is_good(parts, file):
    path = file("SKU;Name;Unit;On hand\nA1;Bolt;;2,5\nA2;Bolt;set;2,5\nA3;Oil;l;2,5\n")
    plan = parts.files.look_through(path)
    assert [row.part.sku for row in plan.good] == ["A3"]
    assert [(row.line, row.field) for row in plan.bad] == [(2, "on_hand"), (3, "on_hand")]
    assert "counted in whole numbers" in plan.bad[0].why


def test_a_file_too_large_is_refused_before_it_is_read(parts, tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(PartFileRefused, match="200 MB"):
        parts.files.look_through(path)


def test_what_is_exported_comes_back_as_it_was_and_carries_nothing_out(parts, tmp_path):
    part = Part(
        sku="-X1", unit="l", name="=HYPERLINK(0)", barcodes=("4006381333931",), note="a;=b, c"
    )
    parts.add(replace(part, price=Money(1250, "EUR"), tax_bp=700), ADA, on_hand=Decimal("2.5"))
    path = tmp_path / "out.csv"
    assert parts.files.export(path, ADA) == 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, cells = csv.reader(file)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    plan = parts.files.look_through(path)
    assert (plan.bad, plan.unused) == ((), ("On order",))
    (row,) = plan.good
    assert (row.part.sku, row.part.name, row.part.tax_bp) == ("-X1", "=HYPERLINK(0)", 700)
    assert parts.named("-X1").price == row.part.price


def test_a_technicians_export_leaves_costs_out_and_comes_back_without_touching_them(
    parts, tmp_path
):
    parts.add(Part(sku="X1", name="Hose", cost=Money(650, "EUR"), price=Money(1250, "EUR")), ADA)
    path = tmp_path / "out.csv"
    parts.files.export(path, Actor("", "Tom Technician", Role.TECHNICIAN))
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, cells = csv.reader(file)
    assert len(heads) == len(cells)
    assert "Price [EUR]" in heads
    assert not any("Cost" in head for head in heads)
    assert "6.50" not in cells
    parts.files.take_in(parts.files.look_through(path), ADA)
    assert parts.named("X1").cost == Money(650, "EUR")


# Labels


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_every_label_of_a_sheet_lies_on_the_paper_and_on_no_other(sheet):
    boxes = []
    for place in range(sheet.places):
        x, y = sheet.corner(place)
        boxes.append((x, y, x + sheet.label[0], y + sheet.label[1]))
        assert x >= 0
        assert y >= 0
        assert boxes[-1][2] <= sheet.page[0] + 0.1
        assert boxes[-1][3] <= sheet.page[1] + 0.1
    for one, other in pairwise(boxes):
        assert one[2] <= other[0] + 0.05 or one[3] <= other[1] + 0.05


def test_bars_are_those_of_the_standard():
    # ISO/IEC 15417: start B, the letters, the check character, stop; eleven modules each.
    widths = code128("OF-77")
    assert widths[:6] == (2, 1, 1, 2, 1, 4)
    assert widths[-7:] == (2, 3, 3, 1, 1, 1, 2)
    assert sum(widths) % 11 == 2
    assert _read_back(widths) == "OF-77"


def _read_back(widths):
    from reportlab.graphics.barcode.code128 import _patterns, setb

    symbols = ["".join(map(str, widths[at : at + 6])) for at in range(0, len(widths) - 7, 6)]
    letters = {
        "".join(str("abcd".index(one.lower()) + 1) for one in pattern): value
        for value, pattern in _patterns.items()
    }
    values = [letters[symbol] for symbol in symbols]
    numbers = [value if isinstance(value, int) else 104 for value in values]
    text = "".join(chr(number + 32) for number in numbers[1:-1])
    weighed = 104 + sum(place * number for place, number in enumerate(numbers[1:-1], 1))
    assert numbers[-1] == weighed % 103
    assert all(letter in setb for letter in text)
    return text


def test_labels_begin_behind_the_places_that_are_used(parts):
    part = parts.add(Part(sku="OF-77", name="Oil filter", location="Rack 1"), ADA)
    one = parts.files.labels([(part.id, 1)], sheet="a4-21")
    later = parts.files.labels([(part.id, 20)], sheet="a4-21", skip=20)
    assert (len(one.pages), len(later.pages)) == (1, 2)
    assert _left(one) < _left(later)
    assert pdf_of(later).startswith(b"%PDF")


def _left(drawing):
    return min(item.corners[0][0] for item in drawing.pages[0].items if isinstance(item, Area))


def test_a_label_with_qr_holds_the_number_in_words_too(parts):
    part = parts.add(Part(sku="KÜHLER-1", name="Radiator"), ADA)
    drawing = parts.files.labels([(part.id, 1)], code="qr")
    words = [item.words for item in drawing.pages[0].items if isinstance(item, Text)]
    assert "KÜHLER-1" in words
    assert len(qr("KÜHLER-1")) >= 21


def test_what_no_scanner_could_read_is_refused_and_said(parts):
    wide = parts.add(Part(sku="X" * 40, name="Long"), ADA)
    odd = parts.add(Part(sku="KÜHLER-1", name="Radiator"), ADA)
    with pytest.raises(CodeRefused, match="too fine"):
        parts.files.labels([(wide.id, 1)], sheet="a4-65")
    with pytest.raises(CodeRefused, match="cannot be printed as bars"):
        parts.files.labels([(odd.id, 1)])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sheet": "a5-1"}, "sheet"),
        ({"skip": 24}, "skip"),
        ({"code": "ean"}, "code"),
        ({"many": 0}, "quantity"),
        ({"many": 5000}, "quantity"),
    ],
)
def test_a_wrong_wish_for_labels_is_said_beside_its_field(parts, fields, field):
    part = parts.add(Part(sku="OF-77", name="Oil filter"), ADA)
    many = fields.pop("many", 1)
    with pytest.raises(PartRefused) as refused:
        parts.files.labels([(part.id, many)], **fields)
    assert refused.value.field == field


def test_the_paper_of_an_order_says_what_is_ordered_and_that_a_draft_is_none(parts):
    part = parts.add(Part(sku="OF-77", name="Oil", supplier_sku="N-1", unit="l"), ADA)
    supplier = parts.suppliers.keep(Supplier(name="Nordic", customer_number="K-10"), ADA)
    line = OrderLine(part_id=part.id, quantity=Decimal("2.5"), unit_cost=Money(333, "EUR"))
    order = parts.orders.draft(supplier.id, [line], ADA)

    def words():
        pages = parts.orders.paper(order.id, ADA).pages
        return [item.words for page in pages for item in page.items if isinstance(item, Text)]

    draft = words()
    parts.orders.place(order.id, ADA)
    assert {"N-1", "OF-77", "2.5 l", "3.33", "8.33", "K-10"} <= set(draft)
    assert "DRAFT, not ordered yet" in draft
    assert "DRAFT, not ordered yet" not in words()


def test_a_part_that_was_exported_comes_back_as_it_was(parts, tmp_path):
    told = {"name": "Clip;=red", "note": "'=1+1; -2;'@x", "location": "'-A1"}
    kept = parts.add(Part(sku="=X 9", **told), ADA)
    path = tmp_path / "out.csv"
    parts.files.export(path, ADA, parts=[parts.get(kept.id)])
    parts.change(replace(parts.get(kept.id), name="x", note="y", location="z"), ADA)
    assert parts.files.take_in(parts.files.look_through(path), ADA).changed == 1
    back = parts.get(kept.id)
    assert {name: getattr(back, name) for name in told} == told


def test_letters_that_an_order_cannot_show_are_told(parts):
    part = parts.add(Part(sku="OF-78", name="オイルフィルター"), ADA)
    supplier = parts.suppliers.keep(Supplier(name="Nordic filters"), ADA)
    line = OrderLine(part_id=part.id, quantity=Decimal(1), unit_cost=Money(333, "EUR"))
    order = parts.orders.draft(supplier.id, [line], ADA)
    (told,) = parts.orders.doubts(order.id, ADA)
    assert "“オイルフィルター” cannot be printed" in told


def test_nothing_of_a_part_stands_in_a_file_that_could_not_be_written(parts, tmp_path):
    parts.add(Part(sku="OF-77", name="Oil filter"), ADA)
    with pytest.raises(Exception, match="does not exist"):
        parts.files.export(Path(tmp_path / "nowhere" / "out.csv"), ADA)


def test_a_price_list_changes_prices_and_barcodes_of_many_parts(parts, file, monkeypatch):
    monkeypatch.setattr("cartech_desk.office.part_files.ROWS_AT_ONCE", 2)
    rows = [f"A{n},Bolt {n},{n}.00" for n in range(1, 6)]
    parts.files.take_in(parts.files.look_through(file("\n".join(["SKU,Name,Price", *rows]))), ADA)
    again = file("SKU,Name,Price,EAN\nA1,Bolt 1,1.50,4006381333931\nA2,Nut,2.00,\nA3,Bolt 3,3,\n")
    done = parts.files.take_in(parts.files.look_through(again), ADA)
    assert (done.added, done.changed, done.unchanged) == (0, 2, 1)
    assert parts.scan("4006381333931").part.price == Money(150, "EUR")
    assert parts.list("nut")[0][0].sku == "A2"


def test_what_went_wrong_in_the_middle_of_a_long_file_says_what_was_imported(
    parts, file, monkeypatch
):
    monkeypatch.setattr("cartech_desk.office.part_files.ROWS_AT_ONCE", 1)
    plan = parts.files.look_through(file("SKU,Name\nA1,Bolt\nA2,Nut\n"))
    parts.add(Part(sku="a2", name="Nut"), ADA)
    with pytest.raises(PartRefused) as refused:
        parts.files.take_in(plan, ADA)
    assert refused.value.kept == "The first 1 good rows were imported before that."
    assert parts.list()[1] == 2
