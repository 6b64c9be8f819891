"""`cartech-desk recordings` through the command line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.channels import Channel
from cartech_desk.store.recordings import Columns, Mark, MarkKind
from cartech_desk.store.store import Store

Ran = tuple[int, Any]


@pytest.fixture
def recording_id(tmp_path: Path) -> str:
    store = Store(tmp_path)
    writer = store.recordings.begin(
        store.vehicles.by_name("Blue Golf").id,
        [Channel("rpm", "Engine speed", "rpm", 0, 8000), Channel("map", "MAP", "kPa", 0, 250)],
        anchor_ns=0,
        note="pull",
    )
    t_ns = np.arange(100) * 100_000_000
    writer.write(
        {"rpm": Columns(t_ns, np.arange(100.0), np.zeros(100, np.uint8))},
        [Mark(0, MarkKind.TRIGGER)],
    )
    found = writer.close().id
    store.close()
    return found


def ran(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Ran:
    status = main(["--data", str(folder), "recordings", *words])
    out = capsys.readouterr().out
    return status, json.loads(out) if "--json" in words else out


@pytest.mark.parametrize("words", [["--json"], ["list", "--json"], ["list", "golf", "--json"]])
def test_the_list_is_one_json_object(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    status, document = ran(capsys, tmp_path, *words)
    assert status == 0
    (entry,) = document["recordings"]
    assert entry["id"] == recording_id
    assert entry["seconds"] == 9.9
    assert entry["channels"] == ["rpm", "map"]
    assert entry["ending"] == "stopped"
    assert entry["start"].endswith("+00:00")


def test_the_list_reads_as_text(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = ran(capsys, tmp_path)
    assert status == 0
    assert recording_id in text
    assert "Blue Golf" in text
    assert ran(capsys, tmp_path, "list", "nothing")[1] == "No recordings are kept here.\n"


def test_show_tells_channels_and_marks(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, document = ran(capsys, tmp_path, "show", recording_id[:10], "--json")
    shown = document["recording"]
    assert [(c["name"], c["maximum"]) for c in shown["channels"]] == [("rpm", 99.0), ("map", None)]
    assert shown["marks"] == [{"t_s": 0.0, "t_end_s": None, "kind": "trigger", "note": ""}]
    assert "trigger" in ran(capsys, tmp_path, "show", recording_id)[1]


def test_export_writes_the_selection(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    words = ("export", recording_id, str(path), "--from", "1", "--to", "2", "--channels", "rpm")
    status, document = ran(capsys, tmp_path, *words, "--json")
    assert status == 0
    assert document == {"id": recording_id, "file": str(path), "bytes": path.stat().st_size}
    assert path.read_text().splitlines()[:2] == ["time [s],rpm [rpm]", "1,10"]
    assert len(path.read_text().splitlines()) == 12


def test_deleting_is_undone_and_purging_is_not(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, tmp_path, "purge", recording_id, "--json")[0] == 1
    assert ran(capsys, tmp_path, "delete", recording_id, "--json")[1]["deleted"] is True
    assert ran(capsys, tmp_path, "list", "--json")[1] == {"recordings": []}
    (entry,) = ran(capsys, tmp_path, "list", "--deleted", "--json")[1]["recordings"]
    assert entry["deleted"] is True
    assert ran(capsys, tmp_path, "restore", recording_id, "--json")[0] == 0
    assert len(ran(capsys, tmp_path, "--json")[1]["recordings"]) == 1
    ran(capsys, tmp_path, "delete", recording_id)
    assert ran(capsys, tmp_path, "purge", recording_id)[0] == 0
    status, document = ran(capsys, tmp_path, "show", recording_id, "--json")
    assert status == 1
    assert document["error"]["code"] == "not_kept"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nothing"), "not_kept"),
        (("export", "ID", "a.xls"), "export_refused"),
        (("export", "ID", "a.csv", "--channels", "speed"), "export_refused"),
        (("export", "ID", "/no/such/folder/a.csv"), "export_failed"),
    ],
)
def test_a_refusal_is_one_json_object_and_status_1(
    tmp_path: Path,
    recording_id: str,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: str,
) -> None:
    given = [recording_id if word == "ID" else word for word in words]
    status, document = ran(capsys, tmp_path, *given, "--json")
    assert status == 1
    assert document["error"]["code"] == code
    assert document["error"]["message"]


def test_wrong_usage_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ran(capsys, tmp_path, "export", "x", "a.csv", "--from", "nan")
    assert ended.value.code == 2
