"""`cartech-desk dyno report`: formats, names, files that are there."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from cartech_desk.app.main import main
from tests.domain.dyno.exports import pull, winpep


class Desk:
    """The command line over one folder, with runs that were imported."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        self.where = ["--data", str(folder / "desk"), "--settings", str(folder / "settings.toml")]

    def drive(self, name: str, top_kw: float = 180.0) -> str:
        path = self._folder / f"{name}.csv"
        path.write_bytes(winpep(pull(top_kw=top_kw)))
        found: str = self.says("import", path, "--json")["run_id"]
        return found

    def says(self, *words: object, status: int = 0) -> Any:
        found = main([*self.where, "dyno", *map(str, words)])
        said = self._capsys.readouterr()
        assert found == status, said.err
        return json.loads(said.out) if "--json" in words else said.out + said.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """An application of the kind that other tests need too: a process has one."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    request.getfixturevalue("qapp")


@pytest.fixture
def run(desk: Desk) -> str:
    return desk.drive("Run_1")


@pytest.mark.parametrize(
    ("kind", "head"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{"), ("png", b"\x89PNG")]
)
def test_each_format_is_written_and_told(
    desk: Desk, run: str, tmp_path: Path, kind: str, head: bytes
) -> None:
    path = tmp_path / f"sheet.{kind}"
    said = desk.says("report", run, "--format", kind, "--out", path, "--json")
    assert path.read_bytes().startswith(head)
    assert said["file"] == str(path)
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert said["runs"] == [run]
    assert said["correction"]["name"] == "SAE J1349, June 1990 form"
    assert all(Path(file).is_file() for file in said["files"])
    assert len(said["files"]) == (2 if kind == "png" else 1)


def test_the_format_follows_from_the_file(desk: Desk, run: str, tmp_path: Path) -> None:
    desk.says("report", run, "--out", tmp_path / "sheet.xlsx")
    assert (tmp_path / "sheet.xlsx").read_bytes().startswith(b"PK")


def test_without_a_name_the_file_is_named_after_the_run(
    desk: Desk, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = desk.says("report", run, "--json")
    assert said["format"] == "pdf"
    assert "Run_1" in said["file"]
    assert (tmp_path / said["file"]).is_file()


def test_a_file_that_is_there_stays_unless_told_otherwise(
    desk: Desk, run: str, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"mine")
    assert "there already" in desk.says("report", run, "--out", path, status=1)
    assert path.read_bytes() == b"mine"
    for switch in ("--even-so", "--force"):
        path.write_bytes(b"mine")
        desk.says("report", run, "--out", path, switch)
        assert path.read_bytes() != b"mine"


def test_pictures_replace_no_page_that_is_there(desk: Desk, run: str, tmp_path: Path) -> None:
    (tmp_path / "sheet-2.png").write_bytes(b"mine")
    assert "there already" in desk.says("report", run, "--out", tmp_path / "sheet.png", status=1)
    assert not (tmp_path / "sheet.png").exists()
    assert (tmp_path / "sheet-2.png").read_bytes() == b"mine"


def test_a_format_and_an_ending_that_differ_are_refused(
    desk: Desk, run: str, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.pdf"
    said = desk.says("report", run, "--format", "xlsx", "--out", path, status=1)
    assert "does not end in .xlsx" in said
    assert "is a folder" in desk.says("report", run, "--out", tmp_path, status=1)
    assert "has no ending" in desk.says("report", run, "--out", tmp_path / "sheet", status=1)
    assert "cannot be written" in desk.says("report", run, "--out", tmp_path / "x.doc", status=1)


def test_correction_smoothing_and_units_are_as_asked(desk: Desk, run: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.json"
    said = desk.says(
        "report", run, "--out", path, "--correction", "din", "--smoothing", 0, "--json"
    )
    assert said["correction"]["name"] == "DIN 70020"
    assert said["smoothing"] == 0
    view = json.loads(path.read_text(encoding="utf-8"))["runs"][0]["view"]
    assert view == {"correction": "din", "smoothing": 0, "engine": False}


def test_two_runs_are_a_comparison(desk: Desk, run: str, tmp_path: Path) -> None:
    other = desk.drive("Run_2", 195.0)
    said = desk.says("report", run, other, "--out", tmp_path / "pair.pdf", "--json")
    assert said["comparison"] is True
    assert said["runs"] == [run, other]


def test_a_run_that_is_not_kept_is_refused_in_words(desk: Desk, run: str, tmp_path: Path) -> None:
    said = desk.says("report", "ffff", "--out", tmp_path / "sheet.pdf", status=1)
    assert "ffff" in said
    assert not (tmp_path / "sheet.pdf").exists()


def test_an_issued_sheet_stands_in_the_audit_log_with_the_head_that_it_bears(
    desk: Desk, run: str, tmp_path: Path
) -> None:
    from cartech_desk.store.audit_reading import Query
    from cartech_desk.store.store import Store

    said = desk.says("report", run, "--out", tmp_path / "sheet.pdf", "--json")
    store = Store(tmp_path / "desk", tmp_path / "keys")
    try:
        records = store.audit.find(Query(), limit=20)
    finally:
        store.close()
    issued = [one for one in records if one.action == "dyno.report"]
    assert (issued[0].after or {})["sha256"] == said["sha256"]
    head = {f"{one.sequence}:{one.hash.hex()}" for one in records}
    assert said["audit_head"] in head
