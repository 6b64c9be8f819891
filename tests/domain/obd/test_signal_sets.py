import copy
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.decode import decode
from cartech_desk.domain.obd.obdb_units import OBDB_UNITS
from cartech_desk.domain.obd.signalset import SignalSetError, load_signalset, read_signalset
from cartech_desk.domain.units import UNITS

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "obd"


def signal_set(fmt=None, *, command=None, signals=None):
    """Return a set of one command with one signal, as JSON."""
    one = {"id": "OIL_P", "name": "Oil pressure", "path": "Engine"}
    one["fmt"] = {"len": 8, "max": 255, "unit": "kilopascal"} if fmt is None else fmt
    entry = {"hdr": "7E0", "rax": "7E8", "cmd": {"22": "10E5"}, "freq": 1}
    entry["signals"] = [one] if signals is None else signals
    entry.update(command or {})
    entry = {key: value for key, value in entry.items() if value is not ...}
    return json.dumps({"commands": [entry]})


def read(*args, **kwargs):
    return read_signalset(signal_set(*args, **kwargs), "test")


def only(*args, **kwargs):
    (command,) = read(*args, **kwargs).commands
    return command


def test_a_command_and_its_signal_are_taken_over():
    command = only(
        {
            "bix": 8,
            "len": 16,
            "sign": True,
            "mul": 3,
            "div": 4,
            "add": -5,
            "min": -99999,
            "max": 99999,
            "unit": "celsius",
        }
    )
    assert command.address == Address(0x7E0, 0x7E8)
    assert command.payload == bytes.fromhex("2210E5")
    (signal,) = command.signals
    assert (signal.id, signal.label, signal.unit) == ("OIL_P", "Oil pressure", "degC")
    assert decode(command, bytes.fromhex("6210E5 00 FFFC")) == {"OIL_P": -8.0}


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ({"hdr": "7E0", "rax": ...}, Address(0x7E0)),
        ({"hdr": "750", "rax": ..., "eax": "2A"}, Address(0x750, extension=0x2A)),
        ({"hdr": "710", "rax": "77A"}, Address(0x710, 0x77A)),
        ({"hdr": "18DA10F1", "rax": ...}, Address(0x18DA10F1, extended=True)),
        ({"hdr": "DA10", "rax": "10"}, Address(0x18DA10F1, 0x18DAF110, extended=True)),
        ({"hdr": "DA10", "rax": "10", "pri": "14"}, Address(0x14DA10F1, 0x14DAF110, extended=True)),
        (
            {"hdr": "FC00", "rax": "FE007C", "pri": "17", "tst": "7C"},
            Address(0x17FC007C, 0x17FE007C, extended=True),
        ),
        (
            {"hdr": "D016", "rax": "1EC60E80", "pri": "1D", "tst": "30"},
            Address(0x1DD01630, 0x1EC60E80, extended=True),
        ),
    ],
)
def test_headers_of_every_form(header, address):
    assert only(command=header).address == address


@pytest.mark.parametrize(
    ("cmd", "payload"),
    [({"01": "0C"}, "010C"), ({"21": "15"}, "2115"), ({"22": "10E5"}, "2210E5")],
)
def test_the_three_services(cmd, payload):
    assert only(command={"cmd": cmd}).payload == bytes.fromhex(payload)


def test_a_standard_pid_keeps_its_length_and_may_be_packed():
    fmt = {"len": 16, "max": 16383.75, "div": 4, "unit": "rpm"}
    signals = [{"id": "RPM", "name": "Speed", "fmt": fmt}]
    command = only(command={"cmd": {"01": "0C"}}, signals=signals)
    assert (command.length, command.packable) == (2, True)
    assert command.signals[0].channel == "rpm"


def test_enumerations_keep_their_names():
    fmt = {"len": 2, "map": {"0": {"description": "Off", "value": "OFF"}, "2": "ON"}}
    assert only(fmt).signals[0].states == ((0, "OFF"), (2, "ON"))


def test_a_metric_that_is_one_of_our_channels_gives_the_signal_its_name():
    fmt = {"len": 8, "max": 255, "unit": "milesPerHour"}
    one = {"id": "X_VSS", "name": "Speed", "fmt": fmt, "suggestedMetric": "speed"}
    assert only(signals=[one]).signals[0].channel == "speed"
    one["suggestedMetric"] = "commandedLambda"
    assert only(signals=[one]).signals[0].channel == "X_VSS"
    one["suggestedMetric"] = "engineLoad"
    assert only(signals=[one]).signals[0].channel == "X_VSS"  # a speed is no load


def test_nulls_and_ranges_become_no_value():
    command = only({"len": 8, "max": 200, "nullmin": 0, "unit": "celsius"})
    got = [
        decode(command, bytes.fromhex(f"6210E5{raw}"))["OIL_P"] for raw in ("00", "01", "C8", "C9")
    ]
    assert math.isnan(got[0])
    assert got[1:3] == [1.0, 200.0]
    assert math.isnan(got[3])


def test_a_rounded_end_of_the_range_loses_no_count():
    command = only({"len": 16, "max": 1.99, "div": 32768, "unit": "scalar"})
    assert decode(command, bytes.fromhex("6210E5FFFF"))["OIL_P"] == pytest.approx(1.99997)


def test_an_offset_that_fits_its_range_only_before_scaling_is_read_so_and_said():
    found = read(
        {"len": 8, "max": 99.2, "min": -100, "mul": 100, "div": 128, "add": -128, "unit": "percent"}
    )
    (command,) = found.commands
    assert decode(command, bytes.fromhex("6210E582"))["OIL_P"] == 1.5625
    assert decode(command, bytes.fromhex("6210E500"))["OIL_P"] == -100.0
    assert "OIL_P" in found.warnings[0]


def test_an_offset_behind_the_scaling_stays_there():
    found = read(
        {"len": 16, "max": 127.996, "min": -128, "div": 256, "add": -128, "unit": "milliamps"}
    )
    assert decode(found.commands[0], bytes.fromhex("6210E57F8B"))["OIL_P"] == -0.45703125
    assert found.warnings == ()


def test_text_is_left_out_and_said():
    text = {"id": "VIN", "name": "VIN", "fmt": {"bix": 8, "len": 136, "max": 1, "unit": "ascii"}}
    number = {"id": "N", "name": "N", "fmt": {"len": 8, "max": 255, "unit": "scalar"}}
    found = read(signals=[text, number])
    assert [one.id for one in found.commands[0].signals] == ["N"]
    assert "VIN" in found.warnings[0]


@pytest.mark.parametrize(
    ("condition", "taken", "left_out"),
    [
        ({"from": 2015}, (2015, 2020), (2014,)),
        ({"to": 2015}, (2015, 2000), (2016,)),
        ({"from": 2015, "to": 2018}, (2015, 2018), (2014, 2019)),
        ({"to": 2010, "from": 2015}, (2010, 2015), (2012,)),
        ({"years": [2012, 2014]}, (2012,), (2013,)),
        ({"from": 2020, "years": [2012]}, (2012, 2021), (2013,)),
    ],
)
def test_the_filter_of_model_years(condition, taken, left_out):
    content = signal_set(command={"filter": condition})
    for year in taken:
        assert read_signalset(content, "test", year).commands
    for year in left_out:
        assert not read_signalset(content, "test", year).commands
    assert read_signalset(content, "test").commands


GOOD = {"len": 8, "max": 255, "unit": "kilopascal"}


def twice(second):
    return [
        {"id": "A", "name": "A", "fmt": GOOD},
        {"id": second, "name": "B", "fmt": {**GOOD, "bix": 8 if second == "A" else 4}},
    ]


@pytest.mark.parametrize(
    ("kwargs", "complaint"),
    [
        ({"fmt": {**GOOD, "unit": "furlongs"}}, "“furlongs” is not known"),
        ({"fmt": {**GOOD, "div": 0}}, "divides by zero"),
        ({"fmt": {**GOOD, "mul": 0}}, "the same value for everything"),
        ({"fmt": {**GOOD, "len": 0}}, "between 1 and 64"),
        ({"fmt": {**GOOD, "len": 65}}, "between 1 and 64"),
        ({"fmt": {**GOOD, "len": "8"}}, "len is no number"),
        ({"fmt": {**GOOD, "len": True}}, "len is no number"),
        ({"fmt": {**GOOD, "len": 8.5}}, "no whole number"),
        ({"fmt": {**GOOD, "bix": -1}}, "outside the longest answer"),
        ({"fmt": {**GOOD, "bix": 99999}}, "outside the longest answer"),
        ({"fmt": {**GOOD, "mull": 2}}, "“mull” is not known"),
        ({"fmt": {**GOOD, "mul": 1e999}}, "no finite number"),
        ({"fmt": {**GOOD, "mul": 10**400}}, "no finite number"),
        ({"fmt": {**GOOD, "sign": 1}}, "neither true nor false"),
        ({"fmt": {**GOOD, "min": 300}}, "not below max"),
        ({"fmt": {"len": 8, "unit": "volts"}}, "max is missing"),
        ({"fmt": {"len": 8, "max": 1}}, "unit is missing"),
        ({"fmt": {"max": 1, "unit": "volts"}}, "len is missing"),
        ({"fmt": {"len": 8, "map": {"x": "y"}}}, "no raw value with a name"),
        ({"fmt": {"len": 8, "map": {"1": 2}}}, "no raw value with a name"),
        ({"fmt": {**GOOD, "len": 12, "blsb": True}}, "whole bytes"),
        ({"fmt": []}, "fmt is no object"),
        ({"signals": twice("B")}, "A and B use the same bits"),
        ({"signals": twice("A")}, "A stands there twice"),
        ({"signals": []}, "no signals"),
        ({"signals": [{"name": "A", "fmt": GOOD}]}, "id is missing"),
        ({"signals": [{"id": "A" * 400, "fmt": GOOD}]}, "more than 300"),
        ({"signals": ["A"]}, "an object is due"),
        ({"command": {"signals": "A"}}, "signals is no list"),
        ({"command": {"hdr": ...}}, "hdr is missing"),
        ({"command": {"hdr": "7G0"}}, "not hexadecimal"),
        ({"command": {"hdr": "-7E"}}, "not hexadecimal"),
        ({"command": {"hdr": "9E0"}}, "11-bit"),
        ({"command": {"hdr": "FFDA10F1", "rax": ...}}, "29-bit"),
        ({"command": {"hdr": "7E0FF", "rax": ...}}, "neither 3, 4 nor 8"),
        ({"command": {"rax": "7E8F"}}, "neither 2, 3, 6 nor 8"),
        ({"command": {"rax": "18DAF110"}}, "same length"),
        ({"command": {"eax": "2AB"}}, "2 hex digits"),
        ({"command": {"cmd": {"22": "10"}}}, "4 hex digits"),
        ({"command": {"cmd": {"22": "10E-"}}}, "not hexadecimal"),
        ({"command": {"cmd": {"2E": "10E5"}}}, "none of 01, 21, 22"),
        ({"command": {"cmd": {}}}, "one service"),
        ({"command": {"cmd": "2210E5"}}, "cmd is no object"),
        ({"command": {"freq": 0}}, "freq is not above 0"),
        ({"command": {"freq": 1e-300}}, "its freq of 1e-300 s is not between 0.001 and"),
        ({"command": {"freq": 1e300}}, "its freq of 1e+300 s is not between 0.001 and"),
        ({"fmt": {"len": 8, "map": {"1" * 5000: "y"}}}, "no raw value with a name"),
        ({"fmt": {"len": 8, "map": {"1": "on\ud83d"}}}, r"“on\ud83d” in map"),
        ({"signals": [{"id": "A", "name": "Oil \ud83d temp", "fmt": GOOD}]}, r"“Oil \ud83d temp”"),
        ({"signals": [{"id": "A\ud83d", "fmt": GOOD}]}, r"id “A\ud83d” holds characters"),
        ({"signals": [{"id": "A", "name": "Oil\n", "fmt": GOOD}]}, r"“Oil\n”"),
        ({"command": {"filter": {"from": "2015"}}}, "no model year"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(kwargs, complaint):
    with pytest.raises(SignalSetError) as caught:
        read(**kwargs)
    error = caught.value
    assert complaint in error.happened
    assert "test, command 1" in error.happened
    assert error.message.encode()  # half a surrogate pair cannot be written anywhere
    assert error.kept == "Nothing of it was imported."
    assert error.to_do


def test_an_unknown_key_that_is_no_text_can_be_told():
    (warning,) = read(command={"x\ud83d": 1}).warnings
    assert r"“x\ud83d”" in warning


def test_the_place_names_command_and_signal():
    with pytest.raises(SignalSetError, match=r"7E0 22 10 E5.*“OIL_P”"):
        read({**GOOD, "div": 0})


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"commands": {}}', b"\xff\xfe\x00", "[" * 100000]
)
def test_what_is_no_signal_set_is_refused(content):
    with pytest.raises(SignalSetError):
        read_signalset(content, "test")


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(SignalSetError, match=r"missing\.json"):
        load_signalset(tmp_path / "missing.json")
    with pytest.raises(SignalSetError):
        load_signalset(tmp_path)


def test_every_unit_of_the_published_schema_is_known_here():
    assert set(OBDB_UNITS.values()) <= UNITS.keys()


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_in_any_place_is_taken_or_refused(data):
    document = json.loads(signal_set({"bix": 0, "len": 8, "max": 255, "unit": "volts", "mul": 1}))
    places = [
        document["commands"][0],
        document["commands"][0]["signals"][0],
        document["commands"][0]["signals"][0]["fmt"],
    ]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(_JUNK)
    try:
        found = read_signalset(json.dumps(copy.deepcopy(document)), "test")
    except SignalSetError:
        return
    for command in found.commands:
        decode(command, command.echo + bytes(4092))


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")
def test_the_public_sets_are_imported_whole():
    standard = load_signalset(DATA / "saej1979_signalset.json")
    assert len(standard.commands) == 103
    assert sum(len(one.signals) for one in standard.commands) == 298
    toyota = load_signalset(DATA / "toyota_gr86" / "signalsets" / "v3" / "default.json")
    assert [str(one.address) for one in toyota.commands] == ["750/2A", "750/2A"]
