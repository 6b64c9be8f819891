"""Estimates, invoices and credit notes as pages."""

from pathlib import Path
from typing import Any

import pytest

from cartech_desk.reports.drawing import Drawing, Text
from cartech_desk.reports.drawing_pdf import pdf_of
from cartech_desk.reports.paper_file import write_paper
from cartech_desk.reports.paper_sheet import paper_drawing
from cartech_desk.reports.selection import ExportFailed, ExportRefused


def line(place: int, net: int = 9500, **facts: Any) -> dict[str, Any]:
    return {
        "place": place,
        "kind": "labour",
        "words": f"Work {place}",
        "quantity": "1",
        "unit": "h",
        "unit_price": net,
        "discount_bp": 0,
        "tax_bp": 1900,
        "net": net,
        "tax": round(net * 0.19),
    } | facts


def body(**facts: Any) -> dict[str, Any]:
    return {
        "kind": "invoice",
        "number": "2026-0001",
        "day": "2026-03-02",
        "due": "2026-03-16",
        "by": "Mona Manager",
        "currency": "EUR",
        "shop": {
            "name": "Blue Dyno",
            "address": "12 Harbour Road\nBristol",
            "phone": "+44 117 496 0000",
            "email": "desk@blue-dyno.example",
            "tax_id": "GB 123",
            "bank": "GB33 BUKB",
        },
        "tax_word": "VAT",
        "customer": {
            "number": 117,
            "name": "Helena Marsh",
            "company": "Marsh Racing Ltd",
            "street": "4 Mill Lane",
            "postcode": "BS3",
            "city": "Bristol",
            "country": "GB",
            "tax_id": "",
        },
        "vehicle": {"name": "Golf", "vin": None, "plate": "KX16 ABC", "odometer_km": 84210},
        "job": {"number": 1001, "title": "Turbo", "complaint": "", "done": "2026-03-02T09:00"},
        "lines": [line(1)],
        "taxes": [{"rate_bp": 1900, "net": 9500, "tax": 1805}],
        "labour": 9500,
        "parts": 0,
        "other": 0,
        "net": 9500,
        "tax": 1805,
        "gross": 11305,
        "paid": 0,
    } | facts


def words(drawing: Drawing) -> list[str]:
    return [item.words for page in drawing.pages for item in page.items if isinstance(item, Text)]


def test_an_invoice_names_who_what_how_much_and_until_when() -> None:
    said = words(paper_drawing(body()))
    for each in (
        "Invoice 2026-0001",
        "Marsh Racing Ltd",
        "Helena Marsh",
        "KX16 ABC",
        "84,210 km",
        "VAT 19 % on 95.00",
        "18.05",
        "113.05 EUR",
        "Please pay by 2026-03-16 to GB33 BUKB, naming 2026-0001. Thank you.",
        "+44 117 496 0000 · desk@blue-dyno.example · Tax number GB 123",
    ):
        assert each in said


def test_what_was_paid_before_is_taken_off() -> None:
    said = words(paper_drawing(body(paid=5000)))
    assert said[said.index("Paid already") + 1] == "50.00"
    assert said[said.index("Left to pay") + 1] == "63.05"
    assert "Paid in full. Thank you." in words(paper_drawing(body(paid=11305)))
    assert "To be given back" in words(paper_drawing(body(paid=12000)))


def test_an_estimate_asks_for_no_money() -> None:
    said = words(paper_drawing(body(kind="estimate", number="E-0001", due=None)))
    assert "Estimate E-0001" in said
    assert not any("pay" in each.lower() for each in said)


def test_a_credit_note_names_the_invoice_and_the_reason() -> None:
    said = words(
        paper_drawing(
            body(
                kind="credit_note",
                number="C-0001",
                credits="2026-0001",
                credits_day="2026-03-02",
                reason="wrong company",
                gross=-11305,
            )
        )
    )
    assert "-113.05 EUR" in said
    assert "This takes invoice 2026-0001 of 2026-03-02 back in full: wrong company" in said


def test_a_draft_says_that_it_is_one() -> None:
    assert "Invoice (draft, not issued)" in words(paper_drawing(body(number="")))


def test_discount_and_tax_have_a_column_only_where_there_is_any() -> None:
    assert "Discount" not in words(paper_drawing(body()))
    discounted = body(lines=[line(1, discount_bp=1050)])
    assert "10.5 %" in words(paper_drawing(discounted))
    untaxed = body(lines=[line(1, tax_bp=0, tax=0)], taxes=[], tax=0, gross=9500)
    assert "VAT" not in words(paper_drawing(untaxed))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_nothing_lies_outside_the_page_however_much_is_on_it(paper: str) -> None:
    many = [line(n, words=f"Work {n} " + "and more of it " * 20) for n in range(1, 60)]
    drawing = paper_drawing(body(lines=many), paper=paper)
    assert len(drawing.pages) > 3
    for page in drawing.pages:
        for item in page.items:
            if isinstance(item, Text):
                assert 0 < item.left < item.left + item.width < page.width - 30
                assert 0 < item.y < page.height - 20
    assert "Page 1 of" in " ".join(words(drawing))
    assert pdf_of(drawing).startswith(b"%PDF")


def test_places_of_three_digits_and_large_sums_stand_on_one_line() -> None:
    much = 12_345_678_901_234
    lines = [line(n, much, discount_bp=1050) for n in range(98, 103)]
    said = words(paper_drawing(body(lines=lines, net=much, tax=much, gross=much)))
    for each in ("100", "123,456,789,012.34", "10.5 %"):
        assert each in said
    assert said.count("123,456,789,012.34") >= 2 * len(lines)


def test_a_tax_that_is_rounded_for_each_line_is_said() -> None:
    told = "VAT is reckoned and rounded for each line, then summed up."
    assert told not in words(paper_drawing(body()))
    taxes = [{"rate_bp": 1900, "net": 19035, "tax": 3616}]
    assert told in words(paper_drawing(body(taxes=taxes)))


def test_a_sale_without_a_customer_is_a_cash_sale() -> None:
    assert "Cash sale" in words(paper_drawing(body(customer={})))


def test_a_pdf_is_written_whole_or_refused(tmp_path: Path) -> None:
    drawing = paper_drawing(body())
    assert write_paper(drawing, tmp_path / "i.pdf").read_bytes() == pdf_of(drawing)
    with pytest.raises(ExportRefused):
        write_paper(drawing, tmp_path / "i.docx")
    with pytest.raises(ExportFailed):
        write_paper(drawing, tmp_path / "no such folder" / "i.pdf")
