"""`cartech-desk recordings` through the command line."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import DiskFull
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind
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
    where = ["--data", str(folder), "--settings", str(folder / "settings.toml")]
    status = main([*where, "recordings", *words])
    out = capsys.readouterr().out
    return status, json.loads(out) if "--json" in words else out


@pytest.fixture
def founded(tmp_path: Path, recording_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Found the shop with an administrator whose password is in the environment."""
    password = " ".join(("three", "blind", "mice", "play", "darts"))
    store = Store(tmp_path, tmp_path / "keys")
    People(store, Session(), cost=4).found(
        shop="Test shop",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email="ada@shop.example",
        password=password,
    )
    store.close()
    monkeypatch.setenv("CARTECH_PASSWORD", password)
    return recording_id


AS = ("--as", "ada@shop.example")


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
    tmp_path: Path, founded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recording_id = founded
    assert ran(capsys, tmp_path, "purge", recording_id, *AS, "--json")[0] == 1
    assert ran(capsys, tmp_path, "delete", recording_id, *AS, "--json")[1]["deleted"] is True
    assert ran(capsys, tmp_path, "list", "--json")[1] == {"recordings": []}
    (entry,) = ran(capsys, tmp_path, "list", "--deleted", "--json")[1]["recordings"]
    assert entry["deleted"] is True
    assert ran(capsys, tmp_path, "restore", recording_id, *AS, "--json")[0] == 0
    assert len(ran(capsys, tmp_path, "--json")[1]["recordings"]) == 1
    ran(capsys, tmp_path, "delete", recording_id, *AS)
    assert ran(capsys, tmp_path, "purge", recording_id, *AS)[0] == 0
    status, document = ran(capsys, tmp_path, "show", recording_id, "--json")
    assert status == 1
    assert document["error"]["code"] == "not_kept"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nothing"), "not_kept"),
        (("export", "ID", "a.xls"), "export_refused"),
        (("export", "ID", "a.csv", "--channels", "speed"), "export_refused"),
        (("export", "ID", "/no/such/folder/a.csv"), "export_refused"),
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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a.csv", "--from", "5", "--to", "2"), "would begin at 5 s, after its end at 2 s"),
        (("FOLDER",), "is a folder"),
        (("FOLDER/a",), "it has no ending"),
        (("FOLDER/a.xls",), "it ends in .xls"),
        (("FOLDER/nowhere/a.csv",), "does not exist"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(
    tmp_path: Path,
    recording_id: str,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    given = [word.replace("FOLDER", str(tmp_path)) for word in words]
    status, document = ran(capsys, tmp_path, "export", recording_id, *given, "--json")
    assert status == 1
    assert told in document["error"]["happened"]
    assert document["error"]["to_do"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--resample", "0"), "from 0.001 to 100000 Hz"),
        (("--resample", "-1"), "from 0.001 to 100000 Hz"),
        (("--resample", "1e9"), "from 0.001 to 100000 Hz"),
        (("--from", "nan"), "seconds from the start of the recording"),
        (("--to", "x"), "seconds from the start of the recording"),
    ],
)
def test_a_number_that_is_not_possible_is_answered_with_what_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--data", str(tmp_path), "recordings", "export", "1", "a.csv", *words])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_one_channel_is_one_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path)
    vehicle = store.vehicles.by_name("Blue Golf").id
    channel = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    store.recordings.begin(vehicle, [channel], anchor_ns=0).close()
    store.close()
    _, text = ran(capsys, tmp_path)
    assert " 1 channel " in text


def test_a_recording_whose_ending_could_not_be_written_is_told_once_and_with_its_ending(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    vehicle = store.vehicles.by_name("Blue Golf").id
    writer = store.recordings.begin(vehicle, [], anchor_ns=0)
    writer.abandon(Ending.DISK_FULL)
    store.close()

    def full(*_: object) -> None:
        raise DiskFull("The disk is full.", to_do="Free some space.")

    monkeypatch.setattr("cartech_desk.store.recording_ends._settle_one", full)
    before = list(logging.getLogger("cartech_desk.store").handlers)
    main(["--data", str(tmp_path), "recordings", "list"])
    told = capsys.readouterr()
    assert told.err.count("is not in order yet") == 1
    assert "ended by a full disk" in told.out
    assert logging.getLogger("cartech_desk.store").handlers == before


@pytest.mark.parametrize("act", ["delete", "restore", "purge"])
def test_without_a_person_nothing_is_deleted(
    tmp_path: Path, recording_id: str, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    status, document = ran(capsys, tmp_path, act, recording_id, "--json")
    assert status == 1
    assert document["error"]["code"] == "not_signed_in"
    assert "--as E-MAIL" in document["error"]["message"]
    assert len(ran(capsys, tmp_path, "--json")[1]["recordings"]) == 1


def test_a_deletion_is_in_the_audit_log_with_its_reason(
    tmp_path: Path, founded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, tmp_path, "delete", founded, *AS, "--reason", "mixed up")[0] == 0
    store = Store(tmp_path, tmp_path / "keys")
    intent = next(one for one in store.audit.find(Query(action="recording.delete")) if one.reason)
    assert (intent.actor.name, intent.reason) == ("Ada Administrator", "mixed up")
    store.close()


def test_operator_and_alarms_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path)
    vehicle, somebody = store.vehicles.by_name("Blue Golf").id, Actor("", "Tom Technician")
    begun_ns = monotonic_ns() - 1_000_000_000
    writer = store.recordings.begin(vehicle, [], anchor_ns=begun_ns, operator=somebody)
    alarm = Mark(0, MarkKind.ALARM, "Over-boost", 20_000_000_000)
    writer.write({}, alarms={"a": alarm})
    recording_id = writer.close().id
    store.recordings.begin(vehicle, [], anchor_ns=begun_ns + 1_000_000).close()
    store.close()
    newest, oldest = ran(capsys, tmp_path, "--json")[1]["recordings"]
    assert (newest["operator"], newest["alarms"]) == (None, 0)
    assert (oldest["operator"], oldest["alarms"]) == ("Tom Technician", 1)
    (mark,) = ran(capsys, tmp_path, "show", recording_id, "--json")[1]["recording"]["marks"]
    assert mark == {"t_s": 0.0, "t_end_s": 20.0, "kind": "alarm", "note": "Over-boost"}
    text = ran(capsys, tmp_path, "show", recording_id)[1]
    assert "Tom Technician  ▲ 1 alarm" in text
    assert "alarm until 20.000 s  Over-boost" in text
