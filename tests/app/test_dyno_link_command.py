"""`cartech-desk dyno link`: definitions kept, checked, and tried on captures."""

import hashlib
import json
from contextlib import closing

import pytest

from cartech_desk.app.main import main
from cartech_desk.hardware.dyno.capture import write_capture
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
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
    say(capsys, tmp_path, "add", "zt", "template:zeitronix", "--even-so")
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


def test_a_name_that_is_taken_is_refused_without_force(capsys, tmp_path):
    say(capsys, tmp_path, "add", "zt", "template:zeitronix")
    code, told = say(capsys, tmp_path, "add", "zt", "template:mustang")
    assert (code, told["error"]["code"]) == (1, "link_refused")
    assert "--even-so" in told["error"]["to_do"]
    _, listed = say(capsys, tmp_path, "list")
    assert listed["links"][0]["template"] == "zeitronix"


def test_a_template_that_nobody_edited_is_said_to_be_a_form(capsys, tmp_path):
    main(["--data", str(tmp_path), "dyno", "link", "add", "mine", "template:mustang"])
    assert "a form to fill in" in capsys.readouterr().out
    main(["--data", str(tmp_path), "dyno", "link", "check", "mine"])
    assert "▲ Unverified: this is the template “mustang”" in capsys.readouterr().out


def test_a_definition_that_the_shop_checked_is_told_as_the_shop_s_word(capsys, tmp_path):
    say(capsys, tmp_path, "add", "mine", "template:zeitronix")
    kept = tmp_path / "links" / "mine.toml"
    text = kept.read_text().replace("verified = false", "verified = true")
    kept.write_text(text if "verified = true" in text else "verified = true\n" + text)
    main(["--data", str(tmp_path), "dyno", "link", "check", "mine"])
    assert "● Checked by the shop" in capsys.readouterr().out


def test_once_the_shop_is_set_up_a_link_is_kept_by_somebody(capsys, tmp_path):
    with closing(Store(tmp_path, tmp_path / "keys")) as store:
        People(store, Session(), cost=4).found(
            shop="Test shop",
            units="metric",
            currency="EUR",
            name="Ada Administrator",
            email="ada@shop.example",
            password=" ".join(("three", "blind", "mice", "play", "darts")),
        )
    settings = ["--settings", str(tmp_path / "settings.toml")]
    words = ["--data", str(tmp_path), *settings, "dyno", "link", "add", "zt", "template:zeitronix"]
    assert main([*words, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_signed_in"
