"""The preview of a dyno sheet: pages, choices that act at once, saving, opening, printing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton

from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.people import NOBODY
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.sheet_preview import SheetPreview
from tests.reports.sheet_double import made_pair, made_sheet


class Sheets:
    """`bay.sheets` over a made sheet; what was asked and written is remembered."""

    def __init__(self):
        self.asked = []
        self.written = []
        self.on_paper = []
        self.refuse = None
        self.make = made_sheet

    def sheet(self, run_ids, view, by, **wishes):
        self.asked.append((tuple(run_ids), view, wishes))
        if self.refuse is not None:
            raise self.refuse
        return self.make(paper=wishes["paper"], power_unit=wishes["power_unit"])

    def write(self, sheet, path, by):
        if self.refuse is not None:
            raise self.refuse
        path.write_bytes(b"sheet")
        self.written.append((sheet, path, by))
        return path

    def printed(self, sheet, printer, by):
        self.on_paper.append((sheet, printer, by))


@pytest.fixture
def sheets(bay):
    bay.sheets = Sheets()
    return bay.sheets


@pytest.fixture
def preview(desk, acts, sheets, qtbot):
    made = SheetPreview(desk, acts, ("r1",), View())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.drawing is not None)
    return made


def choose(box: QComboBox, value):
    box.setCurrentIndex(box.findData(value))


def test_the_pages_are_shown_and_counted(preview):
    assert preview.pages.count == len(preview.drawing.pages) > 1
    assert preview.page_label.text() == f"Page 1 of {preview.pages.count}"


def test_a_page_is_turned_and_the_count_follows(preview, qtbot):
    qtbot.mouseClick(preview.after, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: preview.pages.page == 2)
    assert preview.page_label.text().startswith("Page 2")
    assert not preview.after.isEnabled()


def test_a_page_is_as_wide_as_the_room_until_it_is_zoomed(preview, qtbot):
    fitted = preview.pages.zoom
    assert preview.drawing.pages[0].width * fitted < preview.pages.width()
    preview.larger.click()
    assert preview.pages.zoom > fitted
    preview.fit.click()
    assert preview.pages.zoom == pytest.approx(fitted, rel=0.05)


def test_a_choice_acts_at_once(preview, sheets, qtbot):
    choose(preview.choices.correction, "std")
    qtbot.waitUntil(lambda: sheets.asked[-1][1].correction == "std")
    choose(preview.choices.smoothing, 5)
    qtbot.waitUntil(lambda: sheets.asked[-1][1].smoothing == 5)
    choose(preview.choices.units, UnitSystem.IMPERIAL)
    qtbot.waitUntil(lambda: sheets.asked[-1][2]["units"] is UnitSystem.IMPERIAL)


def test_another_paper_gives_other_pages(preview, qtbot):
    wide = preview.drawing.pages[0].width
    choose(preview.choices.paper, Paper.LETTER)
    qtbot.waitUntil(lambda: preview.drawing.pages[0].width != wide)
    assert preview.drawing.pages[0].width == 612.0


@pytest.mark.parametrize(
    ("button", "ending"), [("save_pdf", ".pdf"), ("save_excel", ".xlsx"), ("save_json", ".json")]
)
def test_saving_writes_what_is_in_sight(preview, sheets, qtbot, tmp_path, button, ending):
    preview.ask_path = lambda usual, _kind: tmp_path / f"sheet{usual.suffix}"
    getattr(preview, button).click()
    qtbot.waitUntil(lambda: bool(sheets.written))
    assert sheets.written[0][0] is preview.sheet
    assert sheets.written[0][1] == tmp_path / f"sheet{ending}"
    qtbot.waitUntil(lambda: "Saved" in preview.words.text())


def test_a_name_without_its_ending_is_given_it(preview, sheets, qtbot, tmp_path):
    preview.ask_path = lambda _usual, _kind: tmp_path / "for.john"
    preview.save(".pdf")
    qtbot.waitUntil(lambda: bool(sheets.written))
    assert sheets.written[0][1].name == "for.john.pdf"


def test_what_was_saved_is_opened_and_not_written_twice(preview, sheets, qtbot, tmp_path):
    opened = []
    preview.open_file = lambda path: opened.append(path) or True
    preview.ask_path = lambda _usual, _kind: tmp_path / "sheet.pdf"
    preview.save(".pdf")
    qtbot.waitUntil(lambda: "Saved" in preview.words.text())
    preview.open_in_viewer()
    assert opened == [tmp_path / "sheet.pdf"]
    assert len(sheets.written) == 1


def test_a_sheet_that_was_not_saved_is_written_to_be_opened(preview, sheets, qtbot):
    opened = []
    preview.open_file = lambda path: opened.append(path) or True
    preview.open_in_viewer()
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].suffix == ".pdf"
    opened[0].unlink()


def test_where_no_program_opens_it_the_place_is_told(preview, sheets, qtbot):
    preview.open_file = lambda _path: False
    preview.open_in_viewer()
    qtbot.waitUntil(lambda: "No program opens it" in preview.words.text())
    sheets.written[0][1].unlink()


def test_printing_draws_the_same_pages_and_is_recorded(preview, sheets, qtbot, tmp_path):
    paper = tmp_path / "printed.pdf"

    def answer(printer, go):
        printer.setOutputFileName(str(paper))
        go()

    preview.ask_printer = answer
    preview.print_sheet()
    qtbot.waitUntil(lambda: bool(sheets.on_paper))
    from pypdf import PdfReader

    assert len(PdfReader(paper).pages) == len(preview.drawing.pages)


def test_a_refusal_is_said_beside_the_pages(preview, sheets, qtbot, trouble):
    sheets.refuse = trouble("The run is being driven.", "Let it end.")
    choose(preview.choices.correction, "din")
    qtbot.waitUntil(lambda: "being driven" in preview.words.text())
    assert preview.drawing is not None


def test_a_failed_save_leaves_the_buttons_alive(preview, sheets, qtbot, tmp_path, trouble):
    sheets.refuse = trouble("The disk is full.", "Free some space.")
    preview.ask_path = lambda _usual, _kind: tmp_path / "sheet.pdf"
    preview.save(".pdf")
    qtbot.waitUntil(lambda: "disk is full" in preview.words.text())
    assert preview.save_pdf.isEnabled()


def test_nobody_signed_in_sees_the_sheet_and_saves_none(preview, office, qtbot):
    office.session.leave()
    assert office.session.actor == NOBODY
    qtbot.waitUntil(lambda: not preview.save_pdf.isEnabled())
    assert "Sign in" in preview.save_pdf.toolTip()


def test_what_a_gloved_finger_presses_is_large_enough(preview):
    for button in preview.findChildren(QPushButton):
        assert button.height() >= Size.CONTROL_BAY, button.text()


def test_a_comparison_is_previewed_as_well(desk, acts, sheets, qtbot):
    sheets.make = made_pair
    made = SheetPreview(desk, acts, ("r1", "r2"), View())
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made.drawing is not None)
    assert sheets.asked[0][0] == ("r1", "r2")
