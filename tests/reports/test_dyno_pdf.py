"""A sheet as PDF: vector, with its faces, the same bytes for the same sheet."""

import io
import subprocess
import sys

import pytest
from pypdf import PdfReader

from cartech_desk.reports.drawing_pdf import pdf_of
from cartech_desk.reports.dyno_layout import lay_out
from cartech_desk.reports.dyno_sheet import Paper, Shop
from tests.reports.sheet_double import made_pair, made_session_sheet, made_sheet
from tests.reports.test_dyno_layout import logo


def read(sheet):
    return PdfReader(io.BytesIO(pdf_of(lay_out(sheet))))


@pytest.mark.parametrize(
    ("paper", "size"), [(Paper.A4, (595.2756, 841.8898)), (Paper.LETTER, (612, 792))]
)
def test_the_page_has_the_paper_s_size(paper, size):
    box = read(made_sheet(paper=paper)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.01)


def test_every_face_is_embedded():
    document = read(made_sheet())
    for page in document.pages:
        for face in page["/Resources"]["/Font"].values():
            one = face.get_object()
            if one["/BaseFont"] == "/Helvetica":
                continue  # named at the head of every page by the library, never used
            assert "/FontFile2" in one["/FontDescriptor"].get_object()
            assert "Roboto" in one["/BaseFont"]


def test_curves_are_lines_and_no_pictures():
    document = read(made_sheet())
    assert all("/XObject" not in page["/Resources"] for page in document.pages)
    assert document.pages[0].get_contents().get_data().count(b" l ") > 500


def test_words_can_be_searched():
    words = "\n".join(page.extract_text() for page in read(made_sheet()).pages)
    assert "JF1ZCAC11D9600000" in words
    assert "J. Käufer" in words


def test_title_and_author_are_told():
    told = read(made_sheet()).metadata
    assert told.title == "2013 Subaru BRZ, blue, Run 1"
    assert told.author == "Rolling Road Ltd."
    assert "4711:0f1e" in told.subject


@pytest.mark.parametrize("make", [made_sheet, made_pair, lambda: made_session_sheet(5)])
def test_the_same_sheet_gives_the_same_bytes(make):
    assert pdf_of(lay_out(make())) == pdf_of(lay_out(make()))


def test_another_process_gives_the_same_bytes():
    program = (
        "import hashlib; from cartech_desk.reports.drawing_pdf import pdf_of; "
        "from cartech_desk.reports.dyno_layout import lay_out; "
        "from tests.reports.sheet_double import made_sheet; "
        "print(hashlib.sha256(pdf_of(lay_out(made_sheet()))).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, text=True
        ).stdout
        for _ in range(2)
    }
    assert len(made) == 1


def test_a_logo_stands_on_the_first_page_alone():
    document = read(made_sheet(shop=Shop("Shop", "", logo())))
    assert len(document.pages[0].images) == 1
    assert all(not page.images for page in document.pages[1:])
