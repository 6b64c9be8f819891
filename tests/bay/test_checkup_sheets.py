"""Sheets of check-ups: which files are taken, what is recorded, what stays where it fails."""

import base64
import hashlib
from types import SimpleNamespace

import pytest

from cartech_desk.bay import checkup_sheets, recording_acts
from cartech_desk.bay.checkup_sheets import SheetLook, usual_name
from cartech_desk.bay.faults import Faults
from cartech_desk.domain.people import NOBODY, NotSignedIn
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.logo import LogoRefused
from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.store.errors import NotKept
from tests.bay.fault_desk import AT_COMMAND_LINE, TECHNICIAN, acts, record, scan_of

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)

ISSUED = [("checkup.report", "intent", None), ("checkup.report", "result", True)]


@pytest.fixture
def kept(store):
    """Two check-ups of one car, the second with another code."""
    vehicle = store.vehicles.by_name("Blue Golf").id
    store.checkups.add(vehicle, scan_of("P0301"), by=TECHNICIAN)
    return store.checkups.add(vehicle, scan_of("P0299"), by=TECHNICIAN, note="after the trip")


@pytest.fixture
def sheets(store):
    return Faults(store).sheets


def test_a_sheet_says_whose_car_it_is_and_what_changed(sheets, kept):
    sheet = sheets.sheet(kept.id, units="imperial")
    assert sheet.vehicle == "Blue Golf"
    assert sheet.operator == TECHNICIAN.name
    assert sheet.note == "after the trip"
    assert sheet.units == "imperial"
    assert [one.code for one in sheet.difference.new] == ["P0299"]
    assert sheet.before_taken is not None
    assert sheet.taken.utcoffset() is not None
    assert "Volkswagen" in sheet.vin_words
    assert sheet.meanings("P0299").code.text == "P0299"


def test_a_pdf_is_written_and_recorded_with_its_hash(sheets, kept, store, tmp_path):
    path = sheets.write(kept.id[-6:], tmp_path / "car.pdf", AT_COMMAND_LINE)
    assert path.read_bytes().startswith(b"%PDF")
    assert acts(store)[-2:] == ISSUED
    intent = record(store, "checkup.report", "intent")
    assert intent.entity.id == kept.id
    assert intent.entity.vehicle == kept.vehicle_id
    assert intent.after["file"] == str(path)
    assert intent.after["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    result = record(store, "checkup.report", "result")
    assert result.after["bytes"] == str(path.stat().st_size)


@pytest.mark.parametrize("name", ["car.txt", "car", "no/such/folder/car.pdf", "car.png", ""])
def test_a_file_that_cannot_be_is_refused_and_nothing_is_recorded(
    sheets, kept, store, tmp_path, name
):
    before = acts(store)
    for act in (sheets.check, lambda path: sheets.write(kept.id, path, AT_COMMAND_LINE)):
        with pytest.raises(ExportRefused):
            act(tmp_path / name)
    assert acts(store) == before
    assert not (tmp_path / "car.txt").exists()


def test_who_can_paint_writes_pictures_of_each_page(sheets, kept, tmp_path):
    path = tmp_path / "car.png"
    sheets.write(kept.id, path, AT_COMMAND_LINE, paint=lambda _drawing: [b"one", b"two"])
    assert path.read_bytes() == b"one"
    assert (tmp_path / "car-2.png").read_bytes() == b"two"


def test_a_file_that_cannot_be_written_leaves_the_one_before_and_says_so(
    sheets, kept, store, tmp_path, monkeypatch
):
    path = tmp_path / "car.pdf"
    path.write_bytes(b"the one before")

    def full(_files):
        raise ExportFailed("The disk is full.", to_do="Make room.")

    monkeypatch.setattr(checkup_sheets, "write_files", full)
    with pytest.raises(ExportFailed):
        sheets.write(kept.id, path, AT_COMMAND_LINE)
    assert path.read_bytes() == b"the one before"
    assert acts(store)[-1] == ("checkup.report", "result", False)


def test_nobody_in_the_window_prints_nothing(sheets, kept, store, tmp_path):
    before = acts(store)
    for act in (
        lambda: sheets.write(kept.id, tmp_path / "car.pdf", NOBODY),
        lambda: sheets.printed(kept.id, "Laser", NOBODY),
    ):
        with pytest.raises(NotSignedIn):
            act()
    assert acts(store) == before


def test_paper_is_recorded_too(sheets, kept, store):
    sheets.printed(kept.id, "Laser", TECHNICIAN)
    assert record(store, "checkup.report").after["file"] == "printed on Laser"


def test_a_check_up_that_is_not_kept_has_no_sheet(sheets, tmp_path):
    with pytest.raises(NotKept):
        sheets.write("nothing", tmp_path / "car.pdf", AT_COMMAND_LINE)


def test_a_sheet_cut_short_by_a_kill_is_settled_by_its_file(sheets, kept, store, tmp_path):
    path = tmp_path / "car.pdf"

    class Killed(BaseException):
        pass

    def die(*_args, **_named):
        raise Killed

    original = store.audit.result
    store.audit.result = die
    with pytest.raises(Killed):
        sheets.write(kept.id, path, AT_COMMAND_LINE)
    store.audit.result = original
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    assert acts(store)[-1] == ("checkup.report", "result", True)


def test_a_file_is_named_after_the_vehicle_and_the_day(kept):
    name = usual_name(kept)
    assert name.startswith("Blue_Golf_check-up_2026-11-2")
    assert name.endswith(".pdf")
    assert "/" not in usual_name(kept)


def test_a_sheet_takes_the_shops_paper_address_and_logo(sheets, kept, tmp_path):
    logo = tmp_path / "logo.png"
    logo.write_bytes(PIXEL)
    section = SimpleNamespace(paper="letter", address=" 1 Mill Lane ", logo=logo)
    look = SheetLook.of(section)
    sheet = sheets.sheet(kept.id, look=look)
    assert (sheet.address, sheet.logo) == ("1 Mill Lane", PIXEL)
    page = sheets.drawing(kept.id, look=look).pages[0]
    assert (page.width, page.height) == (612.0, 792.0)
    assert SheetLook.of(None) == SheetLook()


def test_a_logo_that_is_none_is_refused_and_no_sheet_is_written(sheets, kept, tmp_path):
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"no picture")
    with pytest.raises(LogoRefused):
        sheets.write(
            kept.id, tmp_path / "car.pdf", AT_COMMAND_LINE, look=SheetLook(Paper.A4, "", logo)
        )
    assert not (tmp_path / "car.pdf").exists()
