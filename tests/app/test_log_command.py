import csv
import json
import time

import pytest

from cartech_desk.app import recording_session
from cartech_desk.app.main import main
from cartech_desk.hardware.sim.link import park, tow_away
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.store.store import Store


@pytest.fixture
def log(tmp_path, capsys):
    def run(*words, url="sim:", seconds="1.5", out="a.csv"):
        status = main(
            ["--data", str(tmp_path / "data"), "--settings", str(tmp_path / "settings.toml"),
             "log", "--adapter", url, "--seconds", seconds,
             "--out", str(tmp_path / out), "--json", *words]
        )  # fmt: skip
        told = capsys.readouterr()
        return status, json.loads(told.out) if told.out else None, told.err

    return run


def columns(path):
    with path.open(encoding="utf-8-sig") as file:
        return next(csv.reader(file))


def test_what_was_asked_is_in_the_file_in_its_order(log, tmp_path):
    status, told, _ = log("--channels", "speed,rpm,boost", "--rate", "10")
    assert status == 0
    assert [name.split(" ")[0] for name in columns(tmp_path / "a.csv")] == [
        "time",
        "speed",
        "rpm",
        "boost",
    ]
    assert told["file"] == str(tmp_path / "a.csv")
    assert told["asked_hz"] == {"speed": 10, "rpm": 10, "boost": 10}
    assert told["gaps"] == []


def test_the_achieved_rate_is_near_the_asked_one(log):
    _, told, _ = log("--channels", "rpm,map", "--rate", "10")
    assert told["achieved_hz"] == pytest.approx({"rpm": 10, "map": 10}, rel=0.1)


OWN = """
[[channels.own]]
name = "boost_bar"
expression = "boost / 100"
unit = "bar"
[[channels.own]]
name = "typo"
expression = "boots / 100"
"""


def test_an_own_channel_is_recorded_and_one_that_cannot_be_computed_is_said(log, tmp_path):
    (tmp_path / "settings.toml").write_text(OWN, encoding="utf-8")
    status, told, _ = log("--channels", "boost_bar,rpm")
    assert status == 0
    assert columns(tmp_path / "a.csv")[1:] == ["boost_bar [bar]", "rpm [rpm]"]
    assert told["samples"]["boost_bar"] > 5
    (warning,) = [one for one in told["warnings"] if "typo" in one]
    assert "“boots”" in warning


def test_an_own_channel_that_is_left_out_is_refused_with_its_reason(log, tmp_path):
    (tmp_path / "settings.toml").write_text(OWN, encoding="utf-8")
    status, told, _ = log("--channels", "typo")
    assert status == 1
    assert told["error"]["code"] == "unknown_channel"
    assert "“boots”" in told["error"]["happened"]


def test_an_unknown_channel_names_near_ones_and_records_nothing(log, tmp_path):
    status, told, _ = log("--channels", "rmp,speed")
    assert status == 1
    assert told["error"]["code"] == "unknown_channel"
    assert "rmp" in told["error"]["happened"]
    assert "rpm" in told["error"]["to_do"]
    store = Store(tmp_path / "data")
    assert store.recordings.list() == ()
    store.close()


def test_an_ending_that_nothing_is_written_as_is_refused_before_connecting(log):
    status, told, err = log("--channels", "rpm", out="a.xyz")
    assert status == 1
    assert told["error"]["code"] == "export_refused"
    assert "Connecting" not in err


def test_a_folder_that_is_not_there_is_refused_before_connecting(log):
    status, told, _ = log("--channels", "rpm", out="nowhere/a.csv")
    assert status == 1
    assert "nowhere" in told["error"]["happened"]


def test_the_recording_belongs_to_the_vin_or_to_the_name_that_was_typed(log):
    _, told, _ = log("--channels", "rpm", seconds="0.5")
    assert told["vehicle"] == told["vin"]
    _, named, _ = log("--channels", "rpm", "--vehicle", "Track car", seconds="0.5")
    assert named["vehicle"] == "Track car"


@pytest.mark.parametrize("words", [("--rate", "0"), ("--rate", "nan"), ("--rate", "x")])
def test_a_rate_that_makes_no_sense_is_wrong_usage(log, words):
    with pytest.raises(SystemExit) as ended:
        log("--channels", "rpm", *words)
    assert ended.value.code == 2


def test_ctrl_c_ends_early_with_the_file_written(log, tmp_path, monkeypatch):
    began = time.monotonic()

    def follow(bay, until, recording_id):
        while bay.series("rpm", 60).values.size < 5:
            assert time.monotonic() - began < 20
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(recording_session, "_follow", follow)
    status, told, _ = log("--channels", "rpm", seconds="60")
    assert status == 0
    assert told["interrupted"] is True
    assert told["samples"]["rpm"] >= 5
    assert (tmp_path / "a.csv").exists()


def test_a_link_that_is_lost_is_told_and_what_was_recorded_is_kept(log, tmp_path, monkeypatch):
    plug = park("log-lost", parse_options({}))
    follow = recording_session._follow

    def pull_the_plug(bay, until, recording_id):
        began = time.monotonic()
        while bay.series("rpm", 60).values.size < 5:
            assert time.monotonic() - began < 20
            time.sleep(0.01)
        plug.unplug()
        follow(bay, time.monotonic() + 1, recording_id)

    monkeypatch.setattr(recording_session, "_follow", pull_the_plug)
    try:
        status, told, err = log("--channels", "rpm", url="sim:log-lost", seconds="60")
    finally:
        tow_away("log-lost")
    assert status == 1
    assert told["error"]["code"] in {"link_lost", "port_not_found"}
    assert told["samples"]["rpm"] > 0
    assert told["gaps"]
    assert told["ending"] == "stopped"
    assert "The link is lost." in err
    assert (tmp_path / "a.csv").exists()
