"""Issuing sheets: what is gathered, what is written, what the audit log says of it."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_sheets import DynoSheets, SheetRefused, page_files, usual_name
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.people import NOBODY, Actor, NotSignedIn
from cartech_desk.domain.people import Role as Rank
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_json import recompute
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.logo import LogoRefused
from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.dyno import DynoRun, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store
from tests.domain.dyno.exports import pull, winpep

TOM = Actor("0192-t", "Tom Technician", Rank.TECHNICIAN)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def runs(store: Store) -> DynoRuns:
    return DynoRuns(store)


@pytest.fixture
def sheets(store: Store, runs: DynoRuns) -> DynoSheets:
    return DynoSheets(store, runs)


def driven(runs: DynoRuns, folder: Path, name: str = "Run_1", top_kw: float = 180.0) -> DynoRun:
    path = folder / f"{name}.csv"
    path.write_bytes(winpep(pull(top_kw=top_kw)))
    return runs.import_file(path, None, TOM)


@pytest.fixture
def run(runs: DynoRuns, tmp_path: Path) -> DynoRun:
    return driven(runs, tmp_path)


def reports(store: Store) -> list[dict[str, object]]:
    found = store.audit.find(Query(action="dyno.report"), limit=50)
    return [{**(one.after or {}), "phase": one.phase.value} for one in found]


def test_a_run_is_gathered_with_its_air_its_hash_and_the_head_of_the_log(
    sheets: DynoSheets, store: Store, run: DynoRun
) -> None:
    newest = store.audit.find(Query(), limit=1)[0]
    sheet = sheets.sheet([run.id], View(), TOM, units=UnitSystem.IMPERIAL, paper=Paper.LETTER)
    assert (sheet.audit_sequence, sheet.audit_hash) == (newest.sequence, newest.hash.hex())
    assert sheet.runs[0].run.samples_sha256 == run.samples_sha256 != ""
    assert sheet.runs[0].result.peak_power is not None
    assert sheet.issued.tzinfo is not None
    assert sheet.runs[0].run.started.utcoffset() is not None
    assert (sheet.paper, sheet.units, sheet.issued_by) == (
        Paper.LETTER, UnitSystem.IMPERIAL, "Tom Technician",
    )  # fmt: skip


def test_what_the_dyno_corrected_itself_stands_beside_ours(
    sheets: DynoSheets, run: DynoRun
) -> None:
    said = sheets.sheet([run.id], View(), TOM).runs[0].device
    assert said is not None
    assert said.factor == pytest.approx(1.02)


def test_what_rollers_do_outside_the_pull_is_no_peak_of_the_dyno(
    sheets: DynoSheets, runs: DynoRuns, tmp_path: Path
) -> None:
    made = pull(top_kw=180.0)
    made.kw[-1] = made.kw[1] = 900.0
    path = tmp_path / "Run_1.csv"
    path.write_bytes(winpep(made, factor=1.1))
    run = runs.import_file(path, None, TOM)
    said = sheets.sheet([run.id], View(), TOM).runs[0].device
    assert said is not None
    assert said.power_kw is not None
    assert said.power_kw < 1.1 * 200.0


def test_an_id_may_be_how_only_it_begins_and_one_run_stands_once(
    sheets: DynoSheets, run: DynoRun
) -> None:
    sheet = sheets.sheet([run.id[:20], run.id], View(), TOM)
    assert [one.run.id for one in sheet.runs] == [run.id]


def test_two_runs_are_compared_and_three_tell_how_well_they_repeat(
    sheets: DynoSheets, runs: DynoRuns, run: DynoRun, tmp_path: Path
) -> None:
    second = driven(runs, tmp_path, "Run_2", 190.0)
    third = driven(runs, tmp_path, "Run_3", 185.0)
    pair = sheets.sheet([run.id, second.id], View(), TOM)
    assert pair.comparison is not None
    assert pair.repeatability is None
    three = sheets.sheet([run.id, second.id, third.id], View(), TOM)
    assert three.comparison is None
    assert three.repeatability is not None


@pytest.mark.parametrize("ending", [".pdf", ".xlsx", ".json"])
def test_a_written_sheet_is_recorded_with_its_view_and_its_hash(
    sheets: DynoSheets, store: Store, run: DynoRun, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"sheet{ending}"
    view = View("std", 2)
    assert sheets.write(sheets.sheet([run.id], view, TOM), path, TOM) == path
    result, intent = reports(store)
    assert (intent["phase"], result["phase"]) == ("intent", "result")
    assert result["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result["runs"] == [run.id]
    assert (result["correction"], result["smoothing"]) == ("std", "2")
    assert result["file"] == str(path)
    assert result["done"] is True


def test_a_sheet_says_what_was_driven_whatever_the_session_says_now(
    sheets: DynoSheets, store: Store, run: DynoRun
) -> None:
    session = store.dyno.session(run.session)
    store.dyno.change_session(replace(session, fuel="E85", customer="Eve"), TOM)
    shown = sheets.sheet([run.id], View(), TOM).runs[0].session
    assert (shown.fuel, shown.customer) == (session.fuel, session.customer)


def test_the_files_are_what_their_endings_say(
    sheets: DynoSheets, run: DynoRun, tmp_path: Path
) -> None:
    sheet = sheets.sheet([run.id], View(), TOM)
    for ending in (".pdf", ".xlsx", ".json"):
        sheets.write(sheet, tmp_path / f"sheet{ending}", TOM)
    assert len(PdfReader(tmp_path / "sheet.pdf").pages) == 2
    assert "Raw" in openpyxl.load_workbook(tmp_path / "sheet.xlsx").sheetnames
    document = json.loads((tmp_path / "sheet.json").read_text(encoding="utf-8"))
    assert recompute(document).peak_power == sheet.runs[0].result.peak_power


def test_the_same_sheet_gives_the_same_files(
    sheets: DynoSheets, run: DynoRun, tmp_path: Path
) -> None:
    sheet = sheets.sheet([run.id], View(), TOM)
    for ending in (".pdf", ".xlsx", ".json"):
        one = sheets.write(sheet, tmp_path / f"one{ending}", TOM)
        two = sheets.write(sheet, tmp_path / f"two{ending}", TOM)
        assert one.read_bytes() == two.read_bytes()


def test_pictures_are_written_a_file_for_each_page(
    sheets: DynoSheets, run: DynoRun, tmp_path: Path
) -> None:
    sheet = sheets.sheet([run.id], View(), TOM)
    path = tmp_path / "sheet.png"
    with pytest.raises(ExportRefused):
        sheets.write(sheet, path, TOM)
    sheets.write(sheet, path, TOM, paint=lambda drawing: [b"page"] * len(drawing.pages))
    assert all(file.read_bytes() == b"page" for file in page_files(path, 2))


def test_nobody_writes_without_the_right_and_nothing_is_recorded_then(
    sheets: DynoSheets, store: Store, run: DynoRun, tmp_path: Path
) -> None:
    sheet = sheets.sheet([run.id], View(), NOBODY)
    with pytest.raises(NotSignedIn):
        sheets.write(sheet, tmp_path / "sheet.pdf", NOBODY)
    with pytest.raises(NotSignedIn):
        sheets.printed(sheet, "Office", NOBODY)
    assert not (tmp_path / "sheet.pdf").exists()
    assert reports(store) == []


def test_a_print_on_paper_is_recorded_too(sheets: DynoSheets, store: Store, run: DynoRun) -> None:
    sheets.printed(sheets.sheet([run.id], View(), TOM), "Office", TOM)
    assert reports(store)[0]["file"] == "printed on Office"


def test_a_file_that_was_there_is_replaced_only_when_the_new_one_is_whole(
    sheets: DynoSheets,
    store: Store,
    run: DynoRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")
    sheet = sheets.sheet([run.id], View(), TOM)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        patched.setattr(store.audit, "result", lambda *_words, **_named: 0)
        with pytest.raises(ExportFailed, match="No space left"):
            sheets.write(sheet, path, TOM)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []


def test_no_page_is_left_where_the_disk_refuses_another_one(
    sheets: DynoSheets, run: DynoRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.png"
    (tmp_path / "sheet-2.png").write_bytes(b"old")
    sheet = sheets.sheet([run.id], View(), TOM)
    flushed, refused = os.fsync, []

    def full(descriptor: int) -> None:
        if os.fstat(descriptor).st_size == len(b"second"):
            refused.append(descriptor)
            raise OSError(28, "No space left on device")
        flushed(descriptor)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ExportFailed, match=r"sheet-2\.png"):
        sheets.write(sheet, path, TOM, paint=lambda _drawing: [b"page", b"second"])
    assert refused
    assert not path.exists()
    assert (tmp_path / "sheet-2.png").read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []


@pytest.mark.parametrize("name", ["sheet.txt", "sheet", "none/sheet.pdf"])
def test_a_file_that_cannot_be_is_refused_before_anything_is_recorded(
    sheets: DynoSheets, store: Store, run: DynoRun, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ExportRefused):
        sheets.write(sheets.sheet([run.id], View(), TOM), tmp_path / name, TOM)
    assert reports(store) == []


def test_a_run_that_is_driven_or_deleted_has_no_sheet(
    sheets: DynoSheets, store: Store, run: DynoRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_run = replace(run, ending=RunEnding.OPEN)
    monkeypatch.setattr(store.dyno, "run", lambda _id: open_run)
    with pytest.raises(SheetRefused, match="still being driven"):
        sheets.sheet([run.id], View(), TOM)
    monkeypatch.setattr(store.dyno, "run", lambda _id: replace(run, deleted=True))
    with pytest.raises(SheetRefused, match="deleted"):
        sheets.sheet([run.id], View(), TOM)


def test_no_run_and_an_unknown_one_are_refused_in_words(sheets: DynoSheets) -> None:
    with pytest.raises(SheetRefused, match="No run"):
        sheets.sheet([], View(), TOM)
    with pytest.raises(NotKept):
        sheets.sheet(["ffff"], View(), TOM)


def test_a_logo_is_checked_before_the_sheet_is_made(
    sheets: DynoSheets, run: DynoRun, tmp_path: Path
) -> None:
    from PIL import Image

    with pytest.raises(LogoRefused):
        sheets.sheet([run.id], View(), TOM, logo=tmp_path / "none.png")
    file = io.BytesIO()
    Image.new("RGB", (90, 30)).save(file, "PNG")
    (tmp_path / "logo.png").write_bytes(file.getvalue())
    sheet = sheets.sheet([run.id], View(), TOM, logo=tmp_path / "logo.png")
    assert sheet.shop.logo == file.getvalue()


def test_a_name_tells_vehicle_run_and_day(sheets: DynoSheets, run: DynoRun) -> None:
    name = usual_name(sheets.sheet([run.id], View(), TOM), ".pdf")
    assert name.endswith(".pdf")
    assert run.name in name
    assert not set(name) & set('/\\:*?"<>| ')
