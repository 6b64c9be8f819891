"""`cartech-desk dyno link`: definitions kept, checked, and tried on captures."""

import json

import pytest

from cartech_desk.app.main import main
from cartech_desk.hardware.dyno.capture import write_capture


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
