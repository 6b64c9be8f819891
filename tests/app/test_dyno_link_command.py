"""`cartech-desk dyno link`: definitions kept, checked, and tried on captures."""

import hashlib
import json
from contextlib import closing

import pytest

from cartech_desk.app.main import main
from cartech_desk.hardware.dyno.capture import write_capture
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store


def say(capsys, folder, *words):
    code = main(["--data", str(folder), "dyno", "link", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_template_becomes_a_definition_of_the_shop(capsys, tmp_path):
    code, told = say(capsys, tmp_path, "add", "zt", "template:zeitronix")
    assert code == 0
    assert (told["tier"], told["verified"]) == ("user_defined", False)
    _, listed = say(capsys, tmp_path, "list")
    assert [one["name"] for one in listed["links"]] == ["zt"]
    assert "mustang" in listed["templates"]


def test_a_definition_is_tried_on_a_capture(capsys, tmp_path):
    packet = b"\x00\x01\x02\x93" + b"\x11" * 10
    good = write_capture(tmp_path / "good.capture", [(0, packet * 20)], "x")
    bad = write_capture(tmp_path / "bad.capture", [(0, b"\x33" * 300)], "x")
    say(capsys, tmp_path, "add", "zt", "template:zeitronix")
    code, told = say(capsys, tmp_path, "test", "zt", str(good))
    assert (code, told["fits"], told["packets"]) == (0, True, 20)
    assert told["fields"][0]["highest"] == pytest.approx(14.7)
    code, told = say(capsys, tmp_path, "test", "zt", str(bad))
    assert (code, told["fits"]) == (1, False)
    assert "never matches" in told["verdict"]


def test_a_wrong_definition_is_refused_and_nothing_is_kept(capsys, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "x"\n[packet]\nlength = 4\n[[field]]\nname = "a"\noffset = 0\n')
    code, told = say(capsys, tmp_path, "add", "bench", str(wrong))
    assert code == 1
    assert told["error"]["code"] == "link_refused"
    assert say(capsys, tmp_path, "list")[1]["links"] == []


def test_a_port_that_is_not_there_leaves_no_capture(capsys, tmp_path):
    out = tmp_path / "x.capture"
    code, told = say(capsys, tmp_path, "capture", str(tmp_path / "none"), str(out))
    assert (code, told["error"]["code"]) == (1, "port_not_found")
    assert not out.exists()


def test_a_definition_kept_and_removed_leaves_its_trace(capsys, tmp_path):
    say(capsys, tmp_path, "add", "zt", "template:zeitronix")
    sha256 = hashlib.sha256((tmp_path / "links" / "zt.toml").read_bytes()).hexdigest()
    say(capsys, tmp_path, "add", "zt", "template:zeitronix")
    say(capsys, tmp_path, "remove", "zt")
    with closing(Store(tmp_path)) as store:
        records = store.audit.find(Query(), limit=20)
    acts = [one for one in reversed(records) if one.action.startswith("link.")]
    assert [(one.action, one.phase.value) for one in acts] == [
        ("link.set", "intent"),
        ("link.set", "result"),
        ("link.set", "intent"),
        ("link.set", "result"),
        ("link.remove", "intent"),
        ("link.remove", "result"),
    ]
    assert {one.entity.id for one in acts} == {"zt"}
    assert acts[0].before is None
    assert acts[0].after["sha256"] == acts[2].before["sha256"] == sha256
    assert acts[4].before["sha256"] == sha256
    assert acts[0].actor.name.endswith("(command line)")


def test_a_capture_that_is_there_already_is_not_written_over(capsys, tmp_path):
    out = tmp_path / "x.capture"
    out.write_text("mine")
    code, told = say(capsys, tmp_path, "capture", str(tmp_path / "none"), str(out))
    assert (code, told["error"]["code"]) == (1, "capture_refused")
    code, told = say(capsys, tmp_path, "capture", str(tmp_path / "none"), str(out), "--force")
    assert told["error"]["code"] == "port_not_found"
    assert out.read_text() == "mine"
