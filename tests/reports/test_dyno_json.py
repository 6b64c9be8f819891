"""A sheet as JSON: everything in it, and its numbers computed again bit for bit."""

import csv
import hashlib
import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.raw_hash import samples_sha256
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Conditions, RawRun, RunSetup, Track, View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.reports.dyno_json import (
    SCHEMA,
    DocumentRefused,
    json_of,
    parts_of,
    recompute,
)
from tests.reports.sheet_double import STARTED, made_pair, made_raw, made_run, made_sheet

REAL = Path(__file__).parents[3] / "shared" / "data" / "dyno" / "RunFile_86.csv"


def pull(noise=0.4):
    """A pull on rollers at 50 Hz: power, speed, engine speed, with a value that is none."""
    rng = np.random.default_rng(3)
    t_ns = np.arange(0, 9_000_000_000, 20_000_000, dtype=np.int64)
    t_s = t_ns / 1e9
    rpm = np.interp(t_s, [0, 0.5, 8.0, 8.3, 9.0], [2000, 2100, 7200, 7100, 5000])
    torque = np.interp(t_s, [0, 0.4, 0.8, 8.0, 8.2, 9.0], [5, 10, 230, 210, 10, -20])
    power = torque * rpm / 9549.297 + rng.normal(0, noise, len(t_s))
    power[40] = np.nan
    quality = np.where(np.isnan(power), 2, 0).astype(np.uint8)
    good = np.zeros(len(t_ns), np.uint8)
    tracks = {
        name: Track(Channel(name, name, unit, 0, 1, 1, "test"), t_ns, values, marks)
        for name, unit, values, marks in (
            ("dyno_power", "kW", power, quality),
            ("dyno_rpm", "rpm", rpm, good),
            ("dyno_speed", "km/h", rpm / 40.0, good),
        )
    }
    setup = RunSetup(
        roles={Role.POWER: "dyno_power", Role.RPM: "dyno_rpm", Role.SPEED: "dyno_speed"},
        conditions=Conditions(21.3, 97.9, 44.0, "typed"),
        gear="4",
    )
    raw = RawRun("r1", "Run 1", tracks, 0, int(t_ns[-1]), STARTED, Tier.DOCUMENTED, ((1, 2),))
    return raw, setup


def real():
    """The real run of the facts, its columns in canonical units."""
    columns = {
        "(DWRT ATMO) Humidity": (Role.HUMIDITY, "percent", 1.0, 0.0),
        "(DWRT ATMO) Pressure": (Role.PRESSURE, "kPa", 3.386389, 0.0),
        "(DWRT ATMO) Temperature 1": (Role.TEMPERATURE, "degC", 5 / 9, -160 / 9),
        "(DWRT CPU) Engine RPM": (Role.RPM, "rpm", 1000.0, 0.0),
        "(DWRT CPU) Force": (Role.FORCE, "N", 4.4482216152605, 0.0),
        "(DWRT CPU) Power (uncorrected)": (Role.POWER, "kW", 0.745699872, 0.0),
        "(DWRT CPU) Speed": (Role.SPEED, "km/h", 1.609344, 0.0),
    }
    with REAL.open(newline="", encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    tracks, roles = {}, {}
    for place, name in enumerate(word.strip() for word in head):
        if name not in columns:
            continue
        role, unit, factor, offset = columns[name]
        have = [row for row in rows if place < len(row) and row[place].strip()]
        t_ns = np.array([round(float(row[0]) * 1e9) for row in have], dtype=np.int64)
        values = np.array([float(row[place]) * factor + offset for row in have])
        key = f"file_{role.value}"
        channel = Channel(key, name, unit, 0, 1, 1, "file")
        tracks[key] = Track(channel, t_ns, values, np.zeros(len(have), np.uint8))
        roles[role] = key
    last = max(int(track.t_ns[-1]) for track in tracks.values())
    raw = RawRun("r1", "RunFile_86", tracks, 0, last, STARTED, Tier.IMPORTED)
    return raw, RunSetup(roles=roles, altitude_m=1655.0)


def document(raw, setup, view):
    result = analyse(raw, setup, view)
    sheet = made_sheet(made_run(result=result, raw=raw, setup=setup))
    return json.loads(json_of(sheet)), result


def same(one, other):
    curve, again = one.curve, other.curve
    for name in ("t_s", "speed_kmh", "rpm", "power_kw", "torque_nm"):
        assert getattr(curve, name).tobytes() == getattr(again, name).tobytes(), name
    assert curve.others.keys() == again.others.keys()
    for name, values in curve.others.items():
        assert values.tobytes() == again.others[name].tobytes(), name
    for name in ("peak_power", "peak_torque", "times", "quality", "pull", "factor", "slips"):
        assert getattr(one, name) == getattr(other, name), name


@pytest.mark.parametrize("view", [View(), View("din", 0), View("none", 5)])
def test_the_numbers_come_out_again_bit_for_bit(view):
    written, result = document(*pull(), view)
    assert result.peak_power is not None
    same(result, recompute(written))


@pytest.mark.skipif(not REAL.exists(), reason="RunFile_86.csv is not on this machine")
def test_the_real_run_comes_out_again_and_is_right():
    written, result = document(*real(), View())
    same(result, recompute(written))
    found = written["runs"][0]["result"]
    assert found["factor"]["value"] == pytest.approx(1.222, abs=0.0006)
    assert found["corrected"]["peak_power_kw"] / 0.745699872 == pytest.approx(276.480, rel=0.002)


def test_raw_data_is_what_was_recorded_and_null_where_no_value_came():
    raw, setup = pull()
    written, _ = document(raw, setup, View())
    track = written["runs"][0]["raw"]["tracks"]["dyno_power"]
    assert track["values"][40] is None
    assert track["quality"][40] == 2
    again, parameters, view = parts_of(written)
    assert parameters == setup
    assert view == View()
    assert again.broken == raw.broken
    assert again.start_utc == raw.start_utc
    for name, one in raw.tracks.items():
        assert again.tracks[name].values.tobytes() == one.values.tobytes()
        assert again.tracks[name].t_ns.tobytes() == one.t_ns.tobytes()
        assert again.tracks[name].channel == one.channel


def test_it_is_strict_json_of_a_named_version():
    text = json_of(made_pair()).decode()

    def refuse(word):
        raise AssertionError(word)

    read = json.loads(text, parse_constant=refuse)
    assert (read["schema"], read["schema_version"]) == (SCHEMA, 1)
    assert read["comparison"]["axis"] == "rpm"
    assert len(read["runs"]) == 2
    assert read["audit"]["sequence"] == 4711


def test_the_same_sheet_gives_the_same_bytes():
    assert json_of(made_sheet(made_run(raw=made_raw()))) == json_of(
        made_sheet(made_run(raw=made_raw()))
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one.update(schema="other"),
        lambda one: one.update(schema_version=99),
        lambda one: one.update(runs=[]),
        lambda one: one["runs"][0].update(raw=None),
        lambda one: one["runs"][0]["raw"].pop("tracks"),
        lambda one: one["runs"][0]["raw"]["tracks"]["dyno_rpm"].update(values=["x"]),
        lambda one: one["runs"][0]["setup"].update(unknown=1),
        lambda one: one["runs"][0]["view"].update(smoothing="many"),
        lambda one: one["runs"][0].update(setup="none"),
    ],
)
def test_a_document_that_was_spoilt_is_refused_in_words(spoil):
    written, _ = document(*pull(), View())
    spoil(written)
    with pytest.raises(CarTechError):
        recompute(written)


def test_a_stranger_finds_the_hash_the_factor_and_the_corrected_numbers_with_the_file_alone():
    raw, setup = pull()
    written, _ = document(raw, setup, View("sae", 0))
    kept, found = written["runs"][0]["raw"], written["runs"][0]["result"]
    digest = hashlib.sha256(b"cartech-dyno-samples-1\n")
    for name, track in sorted(kept["tracks"].items()):
        unit = track["channel"]["unit"]
        count = len(track["t_ns"])
        digest.update(name.encode() + b"\0" + unit.encode() + b"\0" + count.to_bytes(8, "little"))
        digest.update(struct.pack(f"<{count}q", *(at - kept["first_ns"] for at in track["t_ns"])))
        values = [math.nan if one is None else one for one in track["values"]]
        digest.update(struct.pack(f"<{count}d", *values))
        digest.update(bytes(track["quality"]))
    assert digest.hexdigest() == samples_sha256(raw)
    air = found["factor"]
    kelvin = air["conditions"]["temperature_c"] + 273.15
    by_hand = 1.180 * 99.0 / air["dry_kpa"] * math.sqrt(kelvin / 298.0) - 0.180
    assert air["value"] == pytest.approx(by_hand, abs=2e-4)
    peak = found["peak_power"]["value"]
    assert found["corrected"]["peak_power_kw"] == peak * air["value"]
    curve = found["curve"]
    for power, torque, rpm in zip(curve["power_kw"], curve["torque_nm"], curve["rpm"], strict=True):
        assert torque is None or power == pytest.approx(torque * rpm / 9549.297, rel=1e-6)


def test_a_file_explains_its_fields_and_each_of_them_is_there():
    written, _ = document(*pull(), View())
    for path in written["about"]:
        if path in {"units", "numbers"}:
            continue
        place = written
        for step in path.split("."):
            place = place[step.removesuffix("[]")]
            if step.endswith("[]"):
                place = place[0]
    assert written["software"].startswith("CarTech Desk ")


def test_a_sheet_without_raw_data_says_that_it_cannot_be_computed_again():
    with pytest.raises(DocumentRefused, match="no raw data"):
        recompute(json.loads(json_of(made_sheet())))


def test_a_mark_that_the_samples_do_not_tell_comes_back_too():
    from cartech_desk.domain.dyno.marks import mark, with_marks

    raw, setup = pull()
    result = with_marks(analyse(raw, setup, View()), mark("power_cut", "It was cut."))
    sheet = made_sheet(replace(made_run(setup=setup), result=result, raw=raw))
    again = recompute(json.loads(json_of(sheet)))
    assert again.quality == result.quality


def _speed(document):
    return document["runs"][0]["raw"]["tracks"]["dyno_speed"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: _speed(d)["t_ns"].__setitem__(0, 10**30),
        lambda d: _speed(d)["t_ns"].pop(),
        lambda d: _speed(d)["t_ns"].reverse(),
        lambda d: _speed(d)["t_ns"].__setitem__(-1, 9 * 10**18),
        lambda d: _speed(d)["values"].__setitem__(0, "abc"),
        lambda d: _speed(d)["values"].__setitem__(0, 10**400),
        lambda d: _speed(d)["values"].__setitem__(0, [1]),
        lambda d: _speed(d)["quality"].__setitem__(0, 300),
        lambda d: _speed(d)["quality"].__setitem__(0, -1),
        lambda d: _speed(d)["quality"].pop(),
        lambda d: _speed(d)["channel"].__setitem__("unit", "evil"),
        lambda d: _speed(d)["channel"].__setitem__("evil", 1),
        lambda d: d["runs"][0]["raw"].__setitem__("first_ns", float("inf")),
        lambda d: d["runs"][0]["raw"].__setitem__("broken", [[1]]),
        lambda d: d["runs"][0].pop("result"),
        lambda d: d["runs"][0]["result"].__setitem__("quality", 5),
        lambda d: d["runs"][0]["view"].__setitem__("correction", "zzz"),
        lambda d: d["runs"][0]["view"].__setitem__("smoothing", 10**6),
        lambda d: d.__setitem__("runs", None),
        lambda d: d.__setitem__("runs", []),
    ],
)
def test_a_malformed_document_is_refused_and_never_a_fault(spoil):
    raw, setup = pull()
    run = made_run(raw=raw, setup=setup)
    document = json.loads(json_of(made_sheet(run)))
    recompute(document)
    spoil(document)
    with pytest.raises(CarTechError):
        recompute(document)


@pytest.mark.parametrize("document", [[], 5, None, "x"])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(DocumentRefused):
        recompute(document)
