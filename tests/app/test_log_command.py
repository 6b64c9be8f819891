import csv
import json
import signal
import sys
import time

import numpy as np
import pytest

from cartech_desk.app import recording_session
from cartech_desk.app.channel_names import meant
from cartech_desk.app.commands import log as log_command
from cartech_desk.app.main import main
from cartech_desk.bay.recorder import RecorderBounds
from cartech_desk.domain.channels import Channel
from cartech_desk.hardware.sim.link import park, tow_away
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.store.database import Database
from cartech_desk.store.errors import DiskFull
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


def test_a_vehicle_without_a_profile_is_said_to_be_watched_in_part(log, tmp_path):
    _, told, said = log("--channels", "rpm", "--vehicle", "Bench car")
    assert told["limits"]["profile"] == ""
    assert told["limits"]["armed"] > 0
    assert any("has no profile" in warning for warning in told["warnings"])
    assert "▲ This vehicle has no profile" in said


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
    words = ("--channels", "rpm", "--vehicle", "Track car")
    status, refused, err = log(*words, seconds="0.5")
    assert (status, refused["error"]["code"]) == (1, "file_there")
    assert "Connecting" not in err
    _, named, _ = log(*words, "--even-so", seconds="0.5")
    assert named["vehicle"] == "Track car"


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "1e9", "x"])
def test_a_rate_that_is_not_possible_is_answered_with_the_range(log, capsys, rate):
    with pytest.raises(SystemExit) as ended:
        log("--channels", "rpm", "--rate", rate)
    assert ended.value.code == 2
    assert f"“{rate}” is not possible: a rate is a number from 0.001 to 1000 Hz." in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "1e9"])
def test_a_length_that_is_not_possible_is_answered_with_the_range(log, capsys, seconds):
    with pytest.raises(SystemExit) as ended:
        log("--channels", "rpm", seconds=seconds)
    assert ended.value.code == 2
    assert "from 0.001 to 604800 seconds" in capsys.readouterr().err


NUMBERS = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGBREAK", signal.SIGTERM))


@pytest.mark.parametrize("number", sorted(set(NUMBERS)))
def test_a_signal_ends_early_with_the_file_written(log, tmp_path, monkeypatch, number):
    follow = recording_session._follow

    def follow_and_raise(bay, until, *others, **named):
        until_there(bay, 5)
        signal.raise_signal(number)
        follow(bay, until, *others, **named)

    monkeypatch.setattr(recording_session, "_follow", follow_and_raise)
    before = signal.getsignal(number)
    status, told, _ = log("--channels", "rpm", seconds="60")
    assert status == 0
    assert told["interrupted"] is True
    assert told["seconds"] < 30
    assert told["samples"]["rpm"] >= 5
    assert (tmp_path / "a.csv").exists()
    assert signal.getsignal(number) is before


def test_a_signal_before_anything_is_recorded_ends_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(log_command, "connected", lambda *_: signal.raise_signal(signal.SIGTERM))
    words = ["--adapter", "sim:", "--channels", "rpm", "--seconds", "1"]
    words += ["--out", str(tmp_path / "a.csv")]
    assert main(["--data", str(tmp_path / "data"), "log", *words]) == 1
    assert "Stopped." in capsys.readouterr().err


def until_there(bay, samples):
    began = time.monotonic()
    while bay.series("rpm", 60).values.size < samples:
        assert time.monotonic() - began < 20
        time.sleep(0.01)


@pytest.fixture
def full_disk(monkeypatch):
    """Let the disk be full from now on when called; the recorder gives up soon."""
    bounds = RecorderBounds(give_up_s=1.0)
    monkeypatch.setattr("cartech_desk.bay.recorder.RecorderBounds", lambda: bounds)

    def full(*_, **__):
        raise DiskFull("The disk of the recordings is full.", to_do="Free some space.")

    return lambda: monkeypatch.setattr(Database, "write", full)


@pytest.mark.parametrize("seconds", ["30", "2"], ids=["gives up", "ends first"])
def test_a_full_disk_is_told_with_what_was_recorded_until_then(
    log, tmp_path, monkeypatch, full_disk, seconds
):
    follow = recording_session._follow

    def fill_and_follow(bay, until, *others, **named):
        until_there(bay, 8)
        for _ in range(2):  # the second write holds all that was there before the first
            before, began = bay.snapshot().recording.samples, time.monotonic()
            while bay.snapshot().recording.samples == before:
                assert time.monotonic() - began < 20
                time.sleep(0.01)
        full_disk()
        follow(bay, until, *others, **named)

    monkeypatch.setattr(recording_session, "_follow", fill_and_follow)
    began = time.monotonic()
    status, told, err = log("--channels", "rpm", seconds=seconds)
    assert time.monotonic() - began < 25
    assert status == 1
    assert told["ending"] == told["error"]["code"] == "disk_full"
    assert "The disk of the recordings is full." in told["error"]["message"]
    assert "Free some space." in told["error"]["message"]
    assert told["seconds"] == told["error"]["stopped_after_s"] <= 3
    assert told["achieved_hz"]["rpm"] == pytest.approx(10, rel=0.2)
    rows = (tmp_path / "a.csv").read_text().splitlines()[1:]
    assert len(rows) == told["samples"]["rpm"] >= 8
    assert err.count("samples wait in memory") <= 2


@pytest.mark.parametrize(
    ("name", "channel"), [("RPM", "rpm"), ("VSS", "speed"), ("Fuel_Rate", "fuel_rate")]
)
def test_a_channel_goes_by_its_name_in_any_case_and_by_its_id(name, channel):
    offered = [
        Channel("rpm", "Engine speed", "rpm", 0, 8000, source="mode 01 PID 0C"),
        Channel("speed", "Vehicle speed", "km/h", 0, 260, source="mode 01 PID 0D"),
        Channel("fuel_rate", "Fuel rate", "L/h", 0, 100, source="mode 01 PID 5E"),
    ]
    assert meant(offered, [name]) == {name: channel}


def test_the_exact_name_comes_first_and_two_of_the_same_letters_are_none():
    offered = [Channel(name, name, "", 0, 1) for name in ("abc", "ABC")]
    assert meant(offered, ["ABC", "Abc"]) == {"ABC": "ABC"}


def test_what_a_channel_is_computed_from_is_told_apart_from_what_was_asked(log, tmp_path):
    status, told, _ = log("--channels", "boost,rpm")
    assert status == 0
    assert list(told["samples"]) == ["boost", "rpm"]
    assert set(told["inputs"]) == {"map", "barometer"}
    assert {"temp", "oil_temp"} <= set(told["for_limits"])
    assert [name.partition(" ")[0] for name in columns(tmp_path / "a.csv")[1:]] == ["boost", "rpm"]


def test_a_channel_named_twice_is_recorded_once(log, tmp_path):
    status, told, err = log("--channels", "RPM,rpm,ECT", seconds="0.5")
    assert status == 0
    assert list(told["asked_hz"]) == ["rpm", "temp"]
    assert "RPM is the channel rpm here." in err


@pytest.mark.parametrize(
    ("times_s", "seconds", "rate"),
    [
        ([], 5, None),
        ([1.0], 5, None),
        ([0.0, 10.0, 20.0], 25, 0.1),
        ([0.0, 0.1, 0.2, 0.3], 0.35, 10),
        ([0.0, 0.1, 0.2, 0.3], 10, 0.4),
        ([9.7, 9.8, 9.9, 10.0], 10, 0.4),
        ([0.0, 0.1], 0.0, 10),
    ],
)
def test_the_achieved_rate_is_of_the_time_that_was_recorded(times_s, seconds, rate):
    t_ns = np.array([round(t * 1e9) for t in times_s], dtype=np.int64)
    assert recording_session._rate(t_ns, seconds) == rate


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such places")
@pytest.mark.parametrize("out", ["/proc/a.csv", "/dev/a.csv", "/sys/a.mf4"])
def test_places_of_the_system_are_refused_before_connecting(log, out):
    status, told, err = log("--channels", "rpm", out=out)
    assert status == 1
    assert told["error"]["code"] == "export_refused"
    assert err.count("is the system's own") == 1
    assert "Connecting" not in err


def test_a_folder_that_cannot_be_written_is_refused_before_connecting(log, monkeypatch):
    def denied(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", denied)
    status, told, err = log("--channels", "rpm")
    assert status == 1
    assert "cannot be written (Permission denied)" in told["error"]["happened"]
    assert "Connecting" not in err


def test_a_link_that_is_lost_is_told_and_what_was_recorded_is_kept(log, tmp_path, monkeypatch):
    plug = park("log-lost", parse_options({}))
    follow = recording_session._follow

    def pull_the_plug(bay, _until, *others, **named):
        until_there(bay, 5)
        plug.unplug()
        follow(bay, time.monotonic() + 1, *others, **named)

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


def test_the_operator_of_a_command_is_the_login_of_the_system(log, monkeypatch):
    monkeypatch.setattr("cartech_desk.app.operator._login", lambda: "somebody")
    status, told, _ = log("--channels", "rpm", seconds="0.5")
    assert status == 0
    assert told["operator"] == "somebody (command line)"
    assert told["alarms"] == []
