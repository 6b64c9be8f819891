import json
import sys
from pathlib import Path

import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.channels import CANONICAL


@pytest.fixture
def demo(tmp_path, capsys):
    def run(*words):
        status = main(
            ["--data", str(tmp_path), "demo", "--headless", "--seconds", "1.5", "--json", *words]
        )
        told = capsys.readouterr()
        return status, json.loads(told.out), told.err

    return run


def test_the_main_job_is_done_without_a_screen(demo, tmp_path):
    status, told, _ = demo("--out", str(tmp_path / "results"))
    assert status == 0
    assert told["connected"] is True
    assert tuple(told["achieved_hz"]) == CANONICAL
    assert min(told["achieved_hz"].values()) > 8
    assert told["recording"]
    assert told["operator"] == "Demo technician"
    assert told["alarms"] == []
    assert told["limits"]["profile"] == "turbo_petrol"
    assert told["limits"]["armed"] > 5
    assert all(one["absent"] for one in told["limits"]["unwatched"])
    assert [Path(path).suffix for path in told["files"]] == [".csv", ".mf4"]
    assert all(Path(path).stat().st_size > 0 for path in told["files"])


def test_a_demo_too_short_for_a_pull_says_so_plainly(demo):
    status, told, said = demo()
    assert status == 0
    assert told["dyno"]["run_id"] is None
    assert told["dyno"]["sheet"] is None
    assert "No pull fits into 1.5 s" in told["dyno"]["why_not"]
    assert "--seconds 25" in said


@pytest.mark.long
@pytest.mark.parametrize("start_kmh", [40.0, 30.0], ids=["rolls in", "rolls too fast already"])
def test_the_demo_drives_a_pull_and_writes_its_sheet(demo, tmp_path, monkeypatch, start_kmh):
    monkeypatch.setenv("CARTECH_DYNO__START_KMH", str(start_kmh))
    out = tmp_path / "results"
    status, told, _ = demo("--out", str(out), "--seconds", "20")
    assert status == 0
    dyno = told["dyno"]
    assert dyno["why_not"] == ""
    assert 180.0 < dyno["peak_power"]["hp"] < 200.0
    assert dyno["peak_torque"]["rpm"] < dyno["peak_power"]["rpm"]
    assert Path(dyno["sheet"]).read_bytes().startswith(b"%PDF")
    assert Path(dyno["sheet"]).parent == out
    assert min(told["achieved_hz"].values()) > 8


def test_a_missing_asammdf_costs_one_file_and_a_sentence(demo, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "asammdf", None)
    status, told, _ = demo()
    assert status == 0
    assert [Path(path).suffix for path in told["files"]] == [".csv"]
    assert any("asammdf" in warning for warning in told["warnings"])


def test_a_folder_that_cannot_be_made_is_refused(demo, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, told, _ = demo("--out", str(tmp_path / "file" / "results"))
    assert status == 1
    assert told["error"]["code"] == "folder_refused"
