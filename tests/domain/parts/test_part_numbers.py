"""Quantities, barcodes and the numbers of a CSV file."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.parts.barcode import check_digit, check_digit_wrong, code_key
from cartech_desk.domain.parts.order import suggested_quantity
from cartech_desk.domain.parts.part_table import (
    PartFileRefused,
    decimal_mark_of,
    number_of,
    read_table,
)
from cartech_desk.domain.parts.quantity import (
    QuantityRefused,
    milli_of,
    parse_quantity,
    quantity_of,
    quantity_text,
    refuse_part_of_one,
)
from cartech_desk.domain.typed_numbers import NumberRefused


@given(st.integers(-1_000_000_000, 1_000_000_000))
def test_thousandths_and_quantities_are_the_same_number(milli):
    quantity = quantity_of(milli)
    assert milli_of(quantity) == milli
    assert parse_quantity(str(quantity)) == quantity
    assert "E" not in str(quantity)


@pytest.mark.parametrize("text", ["", "two", "1.2345", "1,250", "1e3", "NaN", "2000000"])
def test_what_is_no_quantity_or_could_be_two_is_refused(text):
    with pytest.raises(QuantityRefused):
        parse_quantity(text)


def test_a_quantity_is_shown_without_needless_zeros():
    assert quantity_text(Decimal("2.500"), "l") == "2.5 l"
    assert quantity_text(Decimal("100.000")) == "100"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("4006381333931\r\n", "4006381333931"),
        ("]E04006381333931", "4006381333931"),
        ("036000291452", "0036000291452"),  # UPC-A of the same goods
        ("00036000291452", "0036000291452"),  # GTIN-14
        ("036000291453", "036000291453"),  # no UPC-A: its check digit is another
        (" OF-77\t", "OF-77"),
        ("73513537", "73513537"),  # EAN-8 stays one
    ],
)
def test_what_a_scanner_types_is_one_code_however_it_types_it(typed, key):
    assert code_key(typed) == key


def test_check_digits_are_those_of_the_standard():
    # GS1 General Specifications, figure 7.9-1, and printed goods.
    assert check_digit("629104150021") == 3
    assert check_digit_wrong("4006381333931") == ""
    assert "would be 1" in check_digit_wrong("4006381333937")
    assert check_digit_wrong("OF-77") == ""


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"SKU;Name\nA;B\n", ";"),
        (b'SKU,Name\nA,"B; C"\n', ","),
        (b"SKU\tName\nA\tB\n", "\t"),
        (b"sep=|\nSKU|Name\nA|B\n", "|"),
        ("SKU;Größe\nA;B\n".encode("utf-8-sig"), ";"),
        ("SKU;Größe\nA;B\n".encode("cp1252"), ";"),
        ("SKU;Größe\nA;B\n".encode("utf-16"), ";"),
    ],
)
def test_a_table_is_read_whatever_its_delimiter_and_encoding(content, delimiter):
    table = read_table(content)
    assert table.delimiter == delimiter
    assert table.headings[0] == "SKU"
    assert table.rows[0][2][0] == "A"
    assert table.headings[1] in ("Name", "Größe")


def test_rows_know_their_lines_also_behind_a_cell_of_two_lines():
    table = read_table(b'SKU;Note\nA;"one\ntwo"\n\nB;x\n')
    assert [(begins, ends) for begins, ends, _ in table.rows] == [(2, 3), (5, 5)]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04\0\0\0", b"A;B\n" + b'"' + b"x" * 200_000]
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(PartFileRefused):
        read_table(content)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,50", "1.000"], ","),
        (["1.50", "1,000"], "."),
        (["1.000,50"], ","),
        (["1,000,000"], "."),
        (["1,000", "2,500"], ""),
        (["1,50", "1.50"], ""),
        (["12", "x"], ""),
    ],
)
def test_the_decimal_mark_is_found_where_the_file_tells_it(cells, mark):
    assert decimal_mark_of(cells) == mark


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1.000,50", ",", "1000.50"),
        ("1.000", ",", "1000"),
        ("1.000", ".", "1"),
        ("1 250,5", ",", "1250.5"),
        ("-3,5", ",", "-3.5"),
    ],
)
def test_a_number_is_read_by_its_files_mark(cell, mark, value):
    assert number_of(cell, mark, 3) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [("1,000", ""), ("1.00.5", ","), (",5.5", "."), ("4.00638E+12", "."), ("x", "")],
)
def test_a_number_that_could_be_two_or_is_none_is_refused(cell, mark):
    with pytest.raises(NumberRefused):
        number_of(cell, mark, 2)


@pytest.mark.parametrize("unit", ["pc", "Pcs.", "set", " pair ", "Stück", "kit"])
def test_what_is_counted_has_whole_numbers_alone(unit):
    refuse_part_of_one(Decimal(3), unit)
    with pytest.raises(QuantityRefused, match="counted in whole numbers"):
        refuse_part_of_one(Decimal("0.5"), unit)


@pytest.mark.parametrize("unit", ["l", "m", "kg", "h", ""])
def test_what_is_measured_keeps_its_fractions(unit):
    refuse_part_of_one(Decimal("0.5"), unit)


def test_what_is_counted_is_ordered_in_whole_numbers():
    there, level, lot = Decimal(0), Decimal("1.5"), Decimal("2.5")
    assert suggested_quantity(there, there, Decimal("0.7"), None, "pc") == 2
    assert suggested_quantity(there, there, level, lot, "pc") == 3
    assert suggested_quantity(there, there, level, lot, "l") == Decimal("2.5")
