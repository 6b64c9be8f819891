"""The front door: exit statuses, JSON of refusals, lazy commands."""

import io
import json
import os
import subprocess
import sys

import pytest

from cartech_desk.app import main as front
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.store import Store


def call(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cartech_desk", *words],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
        timeout=60,
    )


def test_wrong_usage_exits_2():
    assert call("no-such-command").returncode == 2
    assert call("log", "--json").returncode == 2


def test_wrong_usage_is_one_json_object_where_json_is_asked(capsys):
    with pytest.raises(SystemExit) as ended:
        front.main(["vehicles", "add", "--year", "1500", "--json"])
    assert ended.value.code == 2
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert error["code"] == "usage"
    assert "year" in error["happened"]
    assert error["to_do"] == "Look at `cartech-desk vehicles add --help`."
    assert "usage:" in told.err
    with pytest.raises(SystemExit):
        front.main(["revenue", "--from", "2026-02-31"])
    assert capsys.readouterr().out == ""


def test_version_and_help_exit_0():
    assert call("--version").stdout.startswith("CarTech Desk ")
    shown = call("--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in front.COMMANDS)


@pytest.mark.parametrize("name", front.COMMANDS)
def test_every_command_explains_itself(name):
    shown = call(name, "--help")
    assert shown.returncode == 0, shown.stderr
    assert "--json" in shown.stdout


def test_a_refusal_is_one_json_object_and_exit_1():
    done = call("scan", "--adapter", "nonsense", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["error"]["code"] == "bad_adapter_url"
    assert document["error"]["to_do"]
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("not a folder", encoding="utf-8")
    done = call("--data", str(taken), "recordings", "list", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "folder_refused"


def test_a_name_from_anywhere_is_told_whatever_the_system_s_code_page(tmp_path):
    store = Store(tmp_path)
    name = "Škoda Łódź"
    store.recordings.begin(store.vehicles.by_name(name).id, [], anchor_ns=0).close()
    store.close()
    done = call("--data", str(tmp_path), "recordings", "list", "--json", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert name in done.stdout
    assert json.loads(done.stdout)


def test_what_no_encoding_can_write_comes_as_an_escape(monkeypatch):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    front.main(["scan", "--adapter", "nonsense \ud83d", "--json"])
    sys.stdout.flush()
    sys.stderr.flush()
    document = json.loads(sys.stdout.buffer.getvalue())
    assert "nonsense \ud83d" in document["error"]["message"]


@pytest.mark.parametrize("share", ["\\\\nas\\desk", "\\\\?\\UNC\\nas\\desk"])
def test_a_network_share_for_the_databases_is_refused(share, capsys):
    assert front.main(["--data", share, "recordings", "list", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "folder_refused"
    assert "network share" in error["happened"]
    assert "--data" in error["to_do"]


def test_a_wrong_variable_is_a_refusal_and_no_bug(monkeypatch, capsys):
    monkeypatch.setenv("CARTECH_ACQUISITION", "nonsense")
    assert front.main(["scan", "--adapter", "sim:", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "settings"
    assert "CARTECH_ACQUISITION" in error["happened"]


def test_a_bug_is_told_apart_from_a_refusal(monkeypatch, capsys):
    class Broken:
        @staticmethod
        def arguments(parser):
            parser.add_argument("--bug", action="store_true")

        @staticmethod
        def run(args):
            if args.bug:
                raise ZeroDivisionError("a bug")
            raise CarTechError("The cable is out.", to_do="Plug it in.")

    monkeypatch.setattr(front.importlib, "import_module", lambda _name: Broken)
    assert front.main(["ports", "--json"]) == 1
    assert (
        json.loads(capsys.readouterr().out)["error"]["message"] == "The cable is out. Plug it in."
    )
    assert front.main(["ports", "--bug", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bug"


def test_help_of_the_front_door_imports_no_heavy_room():
    code = (
        "import sys; from cartech_desk.app.main import _parser; _parser(None);"
        "print([m for m in ('PySide6','numpy','sqlalchemy','can') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
