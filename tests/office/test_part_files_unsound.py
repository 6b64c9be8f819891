"""Files of parts that clash with what is kept, or are not written as they seem."""

import os
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.part_table import PartFileRefused
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.parts import PartRefused, Parts
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

ADA = Actor("", "Ada Administrator", Role.MANAGER)
UPC = "012345678905"
EAN = f"0{UPC}"
NUMBERS = count(1)


@pytest.fixture
def empty(tmp_path):
    """A catalogue of its own, for codes that are given once."""
    store = Store(tmp_path / "desk")
    yield Parts(store, ShopRules)
    store.close()


@pytest.fixture
def look(parts, tmp_path):
    """Look through a file with these rows below the headings."""

    def through(rows, head="SKU;Name;Price;Barcode", of=parts, **chosen):
        path = tmp_path / "in.csv"
        text = rows if isinstance(rows, bytes) else "\n".join(rows).encode()
        path.write_bytes(head.encode() + b"\n" + text)
        return of.files.look_through(path, **chosen)

    return through


def told(plan):
    return [row.part.sku for row in plan.good], [(row.line, row.field) for row in plan.bad]


def new(parts, **fields):
    return parts.add(Part(sku=f"U{next(NUMBERS)}", name="Filter", **fields), ADA)


def test_a_row_of_a_deleted_part_is_listed_and_the_good_ones_come_in(parts, look):
    old = new(parts)
    parts.delete(old.id, ADA)
    plan = look(["D1;Hose;9.50;", f"{old.sku.lower()};Filter;3.00;", "D2;Plug;4.50;"])
    assert told(plan) == (["D1", "D2"], [(3, "sku")])
    assert "deleted" in plan.bad[0].why
    assert parts.files.take_in(plan, ADA).added == 2


def test_a_row_with_a_barcode_of_a_deleted_part_is_listed(parts, look):
    old = new(parts, barcodes=("5901234123457",))
    parts.delete(old.id, ADA)
    plan = look(["E1;Hose;9.50;", "E2;Plug;4.50;5901234123457"])
    assert told(plan) == (["E1"], [(3, "barcodes")])
    assert f"{old.sku} Filter (deleted)" in plan.bad[0].why


def test_a_row_whose_barcode_is_another_parts_sku_is_listed(parts, look):
    other = new(parts)
    plan = look(["F1;Hose;9.50;", f"F2;Plug;4.50;{other.sku}"])
    assert told(plan) == (["F1"], [(3, "barcodes")])
    assert parts.files.take_in(plan, ADA).added == 1


def test_a_row_whose_sku_is_another_parts_barcode_is_listed(parts, look):
    new(parts, barcodes=("Box-9",))
    assert told(look(["BOX-9;Plug;4.50;"])) == ([], [(2, "sku")])


@pytest.mark.parametrize(
    "rows",
    [("AA11;Filter;9.50;", "X1;Hose;3;aa11"), ("X1;Hose;3;AA11", "aa11;Filter;9;")],
)
def test_two_rows_of_a_file_that_a_scanner_could_not_tell_apart_are_not_both_good(look, rows):
    good, bad = told(look(rows))
    assert (len(good), [line for line, _ in bad]) == (1, [3])


def test_a_upc_and_its_ean_in_one_file_are_one_code(look):
    assert told(look([f"{UPC};Filter;9.50;", f"X1;Hose;3;{EAN}"])) == ([UPC], [(3, "barcodes")])


@pytest.mark.parametrize("first", [UPC, EAN, f"0{EAN}"])
@pytest.mark.parametrize("second", [UPC, EAN])
def test_a_number_is_no_other_parts_barcode_in_any_writing(empty, first, second):
    empty.add(Part(sku=first, name="Filter"), ADA)
    with pytest.raises(PartRefused) as refused:
        empty.add(Part(sku="Z", name="Hose", barcodes=(second,)), ADA)
    assert refused.value.field == "barcodes"


@pytest.mark.parametrize(("code", "sku"), [(UPC, EAN), (EAN, UPC), ("Box 7", "box7")])
def test_a_barcode_is_no_other_parts_number_in_any_writing(empty, code, sku):
    empty.add(Part(sku="Z", name="Hose", barcodes=(code,)), ADA)
    with pytest.raises(PartRefused) as refused:
        empty.add(Part(sku=sku, name="Filter"), ADA)
    assert refused.value.field == "barcodes"


def test_a_number_that_somebody_took_since_the_file_was_read_is_refused(empty, look):
    plan = look([f"{UPC};Filter;9.50;"], of=empty)
    empty.add(Part(sku="Z", name="Hose", barcodes=(EAN,)), ADA)
    with pytest.raises(PartRefused):
        empty.files.take_in(plan, ADA)
    assert empty.list()[1] == 1


def test_one_broken_row_of_a_utf8_file_is_named_and_the_others_are_read_rightly(look):
    rows = "G1;Ölfilter Müller;9.50;\nG2;Größe ?;1.50;\nG3;Öl;1;".encode()
    plan = look(rows.replace(b"?", b"\xff"))
    assert [row.part.name for row in plan.good] == ["Ölfilter Müller", "Öl"]
    assert [(row.line, "UTF-8" in row.why) for row in plan.bad] == [(3, True)]
    assert (plan.encoding, plan.guessed) == ("utf-8", False)


def test_a_guessed_encoding_is_said_and_can_be_chosen(look):
    rows = "H1;Łożysko;2,00;".encode("cp1250")
    guessed, chosen = look(rows), look(rows, encoding="cp1250")
    assert (guessed.encoding, guessed.guessed) == ("cp1252", True)
    assert (chosen.good[0].part.name, chosen.guessed) == ("Łożysko", False)


def test_an_encoding_that_is_none_is_refused(look):
    with pytest.raises(PartFileRefused, match="no encoding"):
        look(["I1;Hose;1;"], encoding="klingon")


@pytest.mark.parametrize("name", ["L" * 500, "Bad\x07Name"])
def test_a_supplier_that_could_not_be_kept_is_listed(look, name):
    plan = look([f"J1;Hose;1;{name}", "J2;Plug;1;Nordic"], head="SKU;Name;Price;Supplier")
    assert told(plan) == (["J2"], [(2, "supplier")])


def test_a_new_part_without_a_price_comes_in_with_a_note(parts, look):
    known = new(parts)
    plan = look(["K1;Hose;;", f"{known.sku};Filter;;", "K2;Plug;1;"])
    assert ["0.00 EUR" in row.note for row in plan.good] == [True, False, False]


def test_a_pipe_is_refused_and_not_waited_for(parts, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(PartFileRefused, match="is no file"):
        parts.files.look_through(tmp_path / "pipe.csv")


def test_a_number_of_several_suppliers_parts_is_said_to_be_that(parts):
    one, other = new(parts, supplier_sku="4711"), new(parts, supplier_sku="4711")
    scan = parts.scan("4711")
    assert scan.part is None
    assert f"{one.sku} Filter, {other.sku} Filter" in scan.words
    with pytest.raises(NotKept, match="Several parts"):
        parts.named("4711")


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff"])
def test_an_sku_with_a_sign_that_nobody_sees_is_refused(parts, sign):
    part = new(parts)
    for twin in (replace(part, id="", sku=f"{part.sku}{sign}"), replace(part, sku=f"{sign}X")):
        with pytest.raises(PartRefused) as refused:
            parts.add(twin, ADA, on_hand=Decimal(0))
        assert refused.value.field == "sku"
