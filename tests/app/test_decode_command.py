import io
import json
import sys
from pathlib import Path

import pytest
import yaml

from cartech_desk.app.main import main

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "obd"
SAE_SET = DATA / "saej1979_signalset.json"
TOYOTA = DATA / "toyota_gr86"
TOYOTA_SET = TOYOTA / "signalsets" / "v3" / "default.json"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")


@pytest.fixture
def decode(monkeypatch, capsys):
    """Run the command over lines; returns exit status, the lines written, and the messages."""

    def run(*lines, signalsets=()):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        monkeypatch.setattr(
            sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode() + b"\n" * bool(lines)))
        )
        options = [option for path in signalsets for option in ("--signalset", str(path))]
        status = main(["decode", "--json", *options])
        written = capsys.readouterr()
        return status, [json.loads(line) for line in written.out.splitlines()], written.err

    return run


def line(response, request="010C", header="7E0"):
    return {"header": header, "request": request, "response": response}


@pytest.mark.parametrize(
    ("header", "request_", "response", "values"),
    [
        ("7E0", "0143", "7E8044143004D", {"LOAD_ABS": 30.19607843137255}),
        ("7E0", "010C", "010C\r7E8 04 41 0C 1A F8 \r\r>", {"RPM": 1726.0}),
        ("7E0", "010C", "SEARCHING...\r\n7E8 04 41 0C 1A F8 AA AA AA\r\n>", {"RPM": 1726.0}),
        ("7e0", "01 0c", "7e804410c1af8", {"RPM": 1726.0}),
        ("7E0", "0106", "7E803410682", {"SHRTFT1": 1.5625}),
        ("7E0", "0106", "7E80441068280", {"SHRTFT1": 1.5625, "SHRTFT3": 0.0}),
        ("7E0", "0151", "7E803415101", {"FUEL_TYP": "GAS"}),
        ("7E0", "0151", "7E8034151C8", {"FUEL_TYP": 200.0}),
        ("7E0", "015C", "7E803415CFF", {"EOT": None}),
        ("7E0", "0167", "7E8 05 41 67 01 7B 00", {"ECT_1": 83.0}),
        ("7E0", "010C0D05", "7E8 07 41 05 7B 0C 1A F8 00\r>", {"ECT": 83.0, "RPM": 1726.0}),
        ("7E0", "010C0D", "7E8 06 41 0D 20 0C 1A F8\r>", {"RPM": 1726.0, "VSS": 32.0}),
        ("18DB33F1", "010C", "18 DA F1 10 04 41 0C 1A F8", {"RPM": 1726.0}),
        ("18DA10F1", "010D", "18DAF11003410D20", {"VSS": 32.0}),
        ("DB33", "010D", "18DAF11003410D20", {"VSS": 32.0}),
        ("7E1", "0105", "7E903410589", {"ECT": 97.0}),
        ("7E0.7E8", "0105", "7E803410589", {"ECT": 97.0}),
        ("686AF1", "010C", "48 6B 10 41 0C 1A F8 22", {"RPM": 1726.0}),
    ],
)
def test_raw_text_becomes_values(decode, header, request_, response, values):
    status, (document,), _ = decode(line(response, request_, header))
    assert document == {"values": values, "error": None}
    assert status == 0


def test_an_answer_of_several_frames_is_put_together(decode):
    text = (
        "7E8 10 0F 41 7F 07 00 00 00\r7E8 21 64 00 00 00 10 00 00\r7E8 22 00 05 00 00 00 00 00\r\r>"
    )
    _, (document,), _ = decode(line(text, "017F"))
    assert document["values"] == {"RUN_TIME": 100.0, "IDLE_TIME": 16.0, "PTO_TIME": 5.0}


def test_the_engine_counts_where_several_ecus_answer_and_each_is_told(decode):
    text = "7EA 04 41 0C 1A F0\r7E8 04 41 0C 1A F8\r\r>"
    _, (document,), _ = decode(line(text, header="7DF"))
    assert document["values"] == {"RPM": 1726.0}
    assert document["ecus"] == {"7E8": {"RPM": 1726.0}, "7EA": {"RPM": 1724.0}}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("nonsense", "bad_line"),
        ("[1]", "bad_line"),
        ("{}", "bad_line"),
        ('{"header": 7, "request": "010C", "response": ""}', "bad_line"),
        (line("7E804410C1AF8", header="XYZ"), "bad_line"),
        (line("7E804410C1AF8", header=""), "bad_line"),
        (line("7E804410C1AF8", header="FFF"), "bad_line"),
        (line("7E804410C1AF8", "01"), "bad_line"),
        (line("7E804410C1AF8", "hello"), "bad_line"),
        (line("7E80441FE1AF8", "01FE"), "unknown_request"),
        (line("7E8 04 62 10 E5 01", "2210E5"), "unknown_request"),
        (line("NO DATA\r>"), "no_answer"),
        (line(""), "no_answer"),
        (line("CAN ERROR\r>"), "bus_fault"),
        (line("7E8037F0112"), "refused"),
        (line("7E8 04 41 0C 1A"), "unreadable"),
        (line("7E804410D1AF8"), "unreadable"),
        (line("7EA04410C1AF8"), "unreadable"),
        (line("7E8 03 41 0C 1A"), "decode"),
        (line("7E8 05 41 0C 1A F8 00"), "decode"),
        (line("7E8 07 41 0C 1A F8 11 40 0D", "010C0D"), "decode"),
        (line("7E8 10 14 41 7F 01 00 00 00", "017F"), "unreadable"),
    ],
)
def test_what_cannot_be_decoded_is_an_error_for_its_line(decode, entry, code):
    good = line("7E804410C1AF8")
    status, documents, said = decode(good, entry, good)
    assert status == 1
    assert [one["error"] for one in documents[::2]] == [None, None]
    assert documents[1]["values"] == {}
    assert documents[1]["error"]["code"] == code
    assert documents[1]["error"]["message"].endswith((".", "}."))
    assert "1 line" in said


def test_bytes_that_are_no_text_are_a_bad_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n")))
    assert main(["decode", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bad_line"


def test_an_empty_line_has_an_error_of_its_own_so_that_the_lines_stay_in_pairs(decode):
    status, written, _ = decode(line("7E8 04 41 0C 1A F8"), "", line("7E8 04 41 0C 00 00"))
    assert status == 1
    assert [one["values"].get("RPM") for one in written] == [1726.0, None, 0.0]
    assert written[1]["error"]["code"] == "bad_line"


@pytest.mark.parametrize("year", ["x", "0", "-5", "99999", "2024.5"])
def test_a_year_that_is_none_is_answered_with_what_is_one(year, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["decode", "--year", year])
    assert ended.value.code == 2
    assert "a whole number from 1900 to 2100" in capsys.readouterr().err


def test_no_line_is_nothing_to_do(decode):
    assert decode() == (0, [], "")


def test_a_signal_set_that_cannot_be_read_is_refused(decode, tmp_path):
    path = tmp_path / "set.json"
    path.write_text('{"commands": [{}]}', "utf-8")
    status, (document,), said = decode(line("7E804410C1AF8"), signalsets=[path])
    assert status == 1
    assert document["error"]["code"] == "signal_set"
    assert "set, command 1" in said


def makers_set(tmp_path, name, **command):
    fmt = {"len": 8, "max": 255, "unit": "celsius"}
    entry = {"cmd": {"22": "10E5"}, "freq": 1, **command}
    entry["signals"] = [{"id": name, "name": name, "fmt": fmt}]
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps({"commands": [entry]}), "utf-8")
    return path


def test_several_signal_sets_work_together(decode, tmp_path):
    one = makers_set(tmp_path, "OIL", hdr="7E0")
    two = makers_set(tmp_path, "TYRE", hdr="750", eax="2A")
    status, documents, _ = decode(
        line("7E8046210E564", "2210E5", "7E0"),
        line("7582A046210E564", "2210E5", "750"),
        line("7E804410C1AF8"),
        line("7E9046210E564", "2210E5", "7E1"),
        signalsets=[one, two],
    )
    assert [document["values"] for document in documents] == [
        {"OIL": 100.0},
        {"TYRE": 100.0},
        {"RPM": 1726.0},
        {},
    ]
    assert documents[3]["error"]["code"] == "unknown_request"
    assert status == 1


def _cases():
    for path in sorted(TOYOTA.glob("tests/test_cases/*/commands/*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        *headers, request = content["command_id"].split("|")[0].split(".")
        header = headers[0] if headers else "7E0"
        for case in content["test_cases"]:
            yield path, line(case["response"], request, header), case["expected_values"]


@needs_data
@pytest.mark.parametrize(
    "signalsets", [(), (SAE_SET,), (SAE_SET, TOYOTA_SET)], ids=["none", "sae", "sae and toyota"]
)
def test_every_answer_of_a_real_car_is_right(decode, signalsets):
    cases = list(_cases())
    assert len(cases) > 90
    status, documents, _ = decode(*(entry for _, entry, _ in cases), signalsets=signalsets)
    assert status == 0
    assert len(documents) == len(cases)
    for (path, entry, expected), document in zip(cases, documents, strict=True):
        values = document["values"]
        assert values.keys() >= expected.keys(), (path, entry)
        for name, value in expected.items():
            # The expected values are printed with five decimals.
            right = value if isinstance(value, str) else pytest.approx(value, abs=6e-6, rel=1e-6)
            assert values[name] == right, (path.parent.parent.name, entry)
