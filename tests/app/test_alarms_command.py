"""`cartech-desk alarms`: list, filters, export, acknowledging afterwards."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils import uuid7

from cartech_desk.app.main import main
from cartech_desk.domain.alarms.limit import Comparison, Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.store.alarms import AlarmRecord
from cartech_desk.store.store import Store

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def alarm(label, minutes, **named):
    return AlarmRecord(
        **{
            "id": str(uuid7()),
            "key": "limit:rpm_high",
            "vehicle_id": "",
            "vehicle_name": "Bench car",
            "label": label,
            "to_do": "Lift off.",
            "priority": Priority.HIGH,
            "level": Level.TRIP,
            "state": AlarmState.NORMAL,
            "raised": AT + timedelta(minutes=minutes),
            "cleared": AT + timedelta(minutes=minutes + 1),
            "worst_value": 7200.0,
            "edge": 7000.0,
            "comparison": Comparison.ABOVE,
            "unit": "rpm",
            **named,
        }
    )


@pytest.fixture
def kept(tmp_path):
    store = Store(tmp_path / "data", tmp_path / "keys")
    vehicle = store.vehicles.by_name("Bench car")
    made = [
        alarm("Over-rev", 0, vehicle_id=vehicle.id, first_out=True),
        alarm("=HYPERLINK(1)", 1, level=Level.WARNING, priority=Priority.LOW),
        alarm(
            "Coolant hot",
            2,
            state=AlarmState.RETURNED_UNACKNOWLEDGED,
            cleared_by="the desk was closed",
        ),
        alarm("Lean", 3, state=AlarmState.ACTIVE_UNACKNOWLEDGED, cleared=None),
    ]
    store.alarms.keep(made)
    store.close()
    return made


@pytest.fixture
def call(tmp_path, capsys):
    def call(*words, status=0):
        told = main(
            [
                "--data",
                str(tmp_path / "data"),
                "--settings",
                str(tmp_path / "settings.toml"),
                *words,
            ]
        )
        out, err = capsys.readouterr()
        assert told == status, err
        return json.loads(out) if "--json" in words else out

    return call


def labels(document):
    return [alarm["label"] for alarm in document["alarms"]]


def test_the_list_has_the_names_of_the_alerts_of_the_platform(kept, call):
    (newest, *others) = call("alarms", "list", "--json")["alarms"]
    assert newest["type"] == "limit:rpm_high"
    assert newest["severity"] == "trip"
    assert newest["vehicle"] == "Bench car"
    assert newest["timestamp"] == "2026-03-01T12:03:00.000+00:00"
    assert newest["standing"] is True
    assert len(others) == 3


def test_without_an_act_it_lists(kept, call):
    assert labels(call("alarms", "--json")) == ["Lean", "Coolant hot", "=HYPERLINK(1)", "Over-rev"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--standing"], ["Lean"]),
        (["--unacknowledged"], ["Coolant hot"]),
        (["--vehicle", "bench car"], ["Over-rev"]),
        (["--since", "2026-03-01T12:02+00:00"], ["Lean", "Coolant hot"]),
        (["--until", "2026-03-01T12:01+00:00"], ["Over-rev"]),
        (["--priority", "medium", "--text", "over REV"], ["Over-rev"]),
        (["--level", "trip", "--most", "1"], ["Lean"]),
        (["--state", "active_unacknowledged"], ["Lean"]),
    ],
)
def test_filters_narrow_the_list(kept, call, words, found):
    assert labels(call("alarms", "list", *words, "--json")) == found


def test_filters_stand_before_the_act_too(kept, call):
    assert labels(call("alarms", "--standing", "--json", "list")) == ["Lean"]


def test_a_vehicle_that_nobody_knows_is_said(kept, call):
    document = call("alarms", "list", "--vehicle", "none such", "--json", status=1)
    assert document["error"]["code"] == "unknown_vehicle"


@pytest.mark.parametrize("words", [["--since", "yesterdayish"], ["--most", "0"], ["--most", "x"]])
def test_what_makes_no_sense_is_wrong_usage(kept, call, words):
    with pytest.raises(SystemExit) as ended:
        call("alarms", "list", *words)
    assert ended.value.code == 2


def test_a_line_says_what_how_far_and_where_it_stands(kept, call):
    text = call("alarms")
    assert "■ trip     Coolant hot 7200 rpm (limit above 7000 rpm)" in text
    assert "(never acknowledged)" in text


def test_an_export_is_in_first_out_order_and_carries_no_formula(kept, call, tmp_path):
    file = tmp_path / "alarms.csv"
    assert call("alarms", "export", str(file), "--json")["alarms"] == 4
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["label"] for row in rows] == ["Over-rev", "'=HYPERLINK(1)", "Coolant hot", "Lean"]
    assert rows[0]["worst_value"] == "7200.0"
    assert (rows[0]["comparison"], rows[0]["edge"]) == ("above", "7000.0")
    assert rows[0]["first_out"] == "True"


def test_an_export_to_json_reads_back(kept, call, tmp_path):
    file = tmp_path / "alarms.json"
    call("alarms", "export", str(file), "--standing")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert labels(document) == ["Lean"]
    assert "no emergency stop" in document["advisory"]


def test_an_export_leaves_its_intent_and_its_result(kept, call, tmp_path):
    call("alarms", "export", str(tmp_path / "alarms.csv"))
    store = Store(tmp_path / "data", tmp_path / "keys")
    rows = store.audit._database.glance(
        "SELECT json_extract(body, '$.phase') FROM audit WHERE action = 'alarm.export' "
        "ORDER BY sequence"
    )
    store.close()
    assert [phase for (phase,) in rows] == ["intent", "result"]


@pytest.mark.parametrize("name", ["alarms.xls", "no_such_folder/alarms.csv"])
def test_an_export_to_nowhere_is_refused(kept, call, tmp_path, name):
    document = call("alarms", "export", str(tmp_path / name), "--json", status=1)
    assert document["error"]["code"] == "export_refused"


def test_acknowledging_needs_somebody_who_may(kept, call):
    document = call("alarms", "acknowledge", kept[2].id, "--json", status=1)
    assert document["error"]["code"] == "not_signed_in"
    assert labels(call("alarms", "--unacknowledged", "--json")) == ["Coolant hot"]


def test_whoever_signs_in_acknowledges_what_nobody_did(kept, call, monkeypatch):
    monkeypatch.setenv("CARTECH_PASSWORD", "correct horse battery staple")
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", "correct horse battery staple")
    who = ["--name", "Ada Administrator", "--email", "ada@shop.example"]
    call("people", "add", *who, "--role", "administrator", "--shop", "Bench")
    document = call("alarms", "acknowledge", kept[2].id, "--as", "ada@shop.example", "--json")
    assert document["alarm"]["acknowledged_by"] == "Ada Administrator"
    assert labels(call("alarms", "--unacknowledged", "--json")) == []
    again = call(
        "alarms", "acknowledge", kept[2].id, "--as", "ada@shop.example", "--json", status=1
    )
    assert again["error"]["code"] == "alarm_refused"


def test_one_that_stood_when_the_desk_was_killed_can_be_acknowledged(kept, call, tmp_path):
    from cartech_desk.domain.people import Actor, Role

    store = Store(tmp_path / "data", tmp_path / "keys")
    by = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
    done = store.alarms.acknowledge(kept[3].id, by)
    store.close()
    assert done.cleared_by == "the desk was closed"
    assert replace(done, acknowledged=None, acknowledged_by="").never_acknowledged


def test_one_that_stands_at_an_open_desk_is_acknowledged_there(kept, tmp_path):
    from cartech_desk.domain.alarms.state import AlarmRefused
    from cartech_desk.domain.people import Actor, Role

    window = Store(tmp_path / "data", tmp_path / "keys")
    assert window.alarms.watch_alone()
    other = Store(tmp_path / "data", tmp_path / "keys")
    with pytest.raises(AlarmRefused, match="stands at a desk that is open"):
        other.alarms.acknowledge(kept[3].id, Actor("0192-t", "Tom Technician", Role.TECHNICIAN))
    assert not other.alarms.watch_alone()
    other.close()
    window.close()
