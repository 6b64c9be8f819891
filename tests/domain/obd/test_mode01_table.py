import json
import math
import random
from pathlib import Path

import pytest

from cartech_desk.domain.obd.decode import DecodeError, decode
from cartech_desk.domain.obd.layout import overlapping, raw_range
from cartech_desk.domain.obd.pids import PidTableError, mode01_commands, mode01_pids, read_table
from cartech_desk.domain.obd.signals import Signal
from cartech_desk.domain.obd.variants import as_told_by, full_scales
from cartech_desk.domain.resources import resource

SAE_SET = Path(__file__).parents[3].parent / "shared" / "data" / "obd" / "saej1979_signalset.json"


def value(pid, data, name):
    return decode(mode01_commands()[pid], bytes((0x41, pid)) + bytes.fromhex(data))[name]


@pytest.mark.parametrize(
    ("pid", "data", "name", "expected"),
    [
        # Worked examples that the formulas of SAE J1979 give.
        (0x0C, "1AF8", "RPM", 1726.0),
        (0x05, "7B", "ECT", 83.0),
        (0x04, "FF", "LOAD_PCT", 100.0),
        (0x06, "80", "SHRTFT1", 0.0),
        (0x06, "00", "SHRTFT1", -100.0),
        (0x0A, "64", "FP", 300.0),
        (0x0B, "FF", "MAP", 255.0),
        (0x0D, "FF", "VSS", 255.0),
        (0x0E, "8A", "SPARKADV", 5.0),
        (0x10, "0AFC", "MAF", 28.12),
        (0x14, "5AFF", "O2S11", 0.45),
        (0x1F, "FFFF", "RUNTM", 65535.0),
        (0x22, "0100", "FRP_REL", 20.224),
        (0x23, "022C", "FRP", 5560.0),
        (0x24, "80008000", "LAMBDA11_VOLT", 1.0),
        (0x24, "80008000", "O2S11_VOLT", 4.0),
        (0x34, "80008000", "O2S11_CURRENT", 0.0),
        (0x32, "FFFF", "EVAP_VP", -0.00025),
        (0x3C, "16F8", "CATEMP11", 548.0),
        (0x42, "3781", "VPWR", 14.209),
        (0x43, "004D", "LOAD_ABS", 30.196078),
        (0x54, "FFFF", "EVAP_VP_WIDE", -0.001),
        (0x5D, "6900", "FUEL_TIMING", 0.0),
        (0x5E, "0014", "FUEL_RATE", 1.0),
        (0x61, "7D", "TQ_DD", 0.0),
        (0x66, "0140000000", "MAFA", 512.0),
        (0x70, "02000020000000000002", "BP_A_ACT", 256.0),
        (0x74, "0127100000", "TCA_RPM", 100000.0),
        (0x78, "011F40000000000000", "EGT11", 760.0),
        (0x7A, "01FF9C00000000", "DPF1_DP", -1.0),
        (0x87, "01271000 00", "MAP_A", 312.5),
        (0x8C, "10" + "0000" * 4 + "2000" + "0000" * 3, "LAMBDA11_WIDE", 1.0),
        (0x9A, "040000000000", "HEV_BATT_A", 0.0),
        (0xA4, "03300DAC", "GEAR_ACT", 3.0),
        (0xA4, "03300DAC", "GEAR_RATIO", 3.5),
        (0xA6, "0000C461", "ODO", 5027.3),
    ],
)
def test_decodes_by_the_formula(pid, data, name, expected):
    assert value(pid, data, name) == pytest.approx(expected)


def test_a_trim_that_is_not_used_has_no_value():
    assert math.isnan(value(0x14, "5AFF", "SHRTFT11"))


def test_a_sensor_whose_support_bit_is_0_is_absent():
    one = decode(mode01_commands()[0x67], bytes.fromhex("4167017B00"))
    assert one == {"ECT_1": 83.0}


def test_the_support_bits_choose_between_two_scales_of_the_same_byte():
    narrow = decode(mode01_commands()[0x6B], bytes.fromhex("416B0150000000"))
    wide = decode(mode01_commands()[0x6B], bytes.fromhex("416B1050000000"))
    assert narrow == {"EGRTA": 40.0}
    assert wide == {"EGRTA_WIDE": 280.0}


def test_a_reserved_value_is_invalid():
    assert math.isnan(value(0x5C, "FF", "EOT"))
    assert math.isnan(value(0x5E, "FB00", "FUEL_RATE"))


def test_every_signal_of_an_answer_of_full_length_is_there_or_gated():
    for pid, row in mode01_pids().items():
        size = row.longest or row.shortest
        everything = decode(row.command(), bytes((0x41, pid)) + b"\xff" * size)
        assert everything.keys() == {one.id for one in row.signals}
        for shortened in range(row.shortest if row.length else 1):
            with pytest.raises(DecodeError):
                decode(row.command(), bytes((0x41, pid)) + b"\xff" * shortened)


def test_signal_ids_are_unique_but_for_the_two_lists_of_sensors():
    seen: dict[str, int] = {}
    for pid, row in mode01_pids().items():
        for one in row.signals:
            assert one.id not in seen or {seen[one.id], pid} == {0x13, 0x1D}
            seen[one.id] = pid


def test_every_range_is_what_the_bits_can_say_or_less():
    for row in mode01_pids().values():
        for one in row.signals:
            low, high = raw_range(one)
            assert low <= one.minimum < one.maximum <= high


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("0C,2,1,RPM,Speed,furlong,0,16,,1,4,0,,,,", "furlong"),
        ("0C,2,1,RPM,Speed,rpm,0,17,,1,4,0,,,,", "behind its 2 bytes"),
        ("0C,2,1,RPM,Speed,rpm,0,16,,1,0,0,,,,", "line 2"),
        ("0C,2,1,RPM,Speed,rpm,0,x,,1,4,0,,,,", "line 2"),
        ("0C,2,1,RPM,Speed,rpm,0,0,,1,4,0,,,,", "at least one bit"),
        ("0C,2,1,RPM,Speed,rpm,0,16,,1,4,0,,,,nothing", "nothing"),
        ("0C,2,1,RPM,A,rpm,0,9,,1,4,0,,,,\n0C,2,1,B,B,rpm,8,8,,1,4,0,,,,", "RPM and B"),
        ("0C,2,1,RPM,A,rpm,0,8,,1,4,0,,,,\n0C,2,1,RPM,B,rpm,8,8,,1,4,0,,,,", "twice"),
        ("0C,2,1,RPM,A,rpm,0,8,,1,4,0,,,,\n0C,3,1,B,B,rpm,8,8,,1,4,0,,,,", "lengths"),
    ],
)
def test_a_damaged_table_is_refused_with_the_place(tmp_path, line, complaint):
    head = resource("obd/mode01.csv").read_text("utf-8").splitlines()[0]
    table = tmp_path / "table.csv"
    table.write_text(f"{head}\n{line}\n", "utf-8")
    with pytest.raises(PidTableError, match=complaint):
        read_table(table, resource("obd/states.toml"))


def test_overlapping_bits_are_found_unless_support_bits_choose():
    one = Signal("a", "a", "none", 0, 8, gate=1)
    assert overlapping([one, Signal("b", "b", "none", 7, 2)]) is not None
    assert overlapping([one, Signal("b", "b", "none", 0, 8, gate=1)]) is not None
    assert overlapping([one, Signal("b", "b", "none", 0, 8, gate=2)]) is None
    assert overlapping([one, Signal("b", "b", "none", 8, 8)]) is None


def test_four_banks_move_the_sensors_and_lengthen_the_trims():
    banks = frozenset((0x1D,))
    table = mode01_pids()
    assert [one.id for one in as_told_by(table[0x16], banks, {}).signals] == ["O2S21", "SHRTFT21"]
    assert as_told_by(table[0x36], banks, {}).signals[0].id == "LAMBDA21_CURRENT"
    assert as_told_by(table[0x06], banks, {}).length == 2
    assert as_told_by(table[0x06], frozenset(), {}).length == 1


def test_other_full_scales_change_the_scaling():
    scales = full_scales(bytes.fromhex("414F04080A40"), bytes.fromhex("415064000000"))
    assert scales == {
        "lambda_max": 4.0,
        "o2_volt_max": 8.0,
        "o2_current_max_ma": 10.0,
        "map_max_kpa": 640.0,
        "maf_max_g_s": 1000.0,
    }
    table = mode01_pids()

    def scaled(pid, data):
        command = as_told_by(table[pid], frozenset(), scales).command()
        return list(decode(command, bytes((0x41, pid)) + bytes.fromhex(data)).values())

    assert scaled(0x0B, "FF") == [640.0]
    assert scaled(0x10, "FFFF") == [pytest.approx(1000.0, rel=1e-4)]
    assert scaled(0x44, "4000") == [1.0]
    assert scaled(0x34, "4000C000") == [1.0, 5.0]


def test_full_scales_of_zero_leave_the_usual_ones():
    assert full_scales(bytes.fromhex("414F00000000"), None) == {}
    with pytest.raises(DecodeError):
        full_scales(bytes.fromhex("414F0000"), None)


# Where the public signal set and this table differ, and why this table is right.
DIFFERENCES = {
    "SHRTFT1 LONGFT1 SHRTFT2 SHRTFT4 LONGFT2 LONGFT4 SHRTFT11 SHRTFT21 SHRTFT22 EGR_ERR STSO2FT1 "
    "LGSO2FT1 STSO2FT2 LGSO2FT2 EGR_A_ERR EGR_B_ERR": "the set adds -128 behind the scaling, which "
    "leaves its own range of -100 to 99.2; SAE J1979 has (A - 128) * 100 / 128",
    "FUEL_TIMING": "the set adds -38665 behind the scaling, far outside its own range; "
    "SAE J1979 has -210 to 301.992, 1/128 degree a count",
    "O2S11_VOLT": "the set divides by 8196; SAE J1979 has 8 V over 65536 counts, that is 8192",
    "AIR_STAT": "the set takes three bits and names the value 8, which needs four",
    "HEV_MODE EHEV_MODE": "the set reads the byte of support bits instead of the status byte",
    "VSS": "the set takes 255 as no value; SAE J1979 has 255 km/h",
    "FLI": "the set takes 0 as no value; an empty tank is one",
    "IAT_11 IAT_12 IAT_13 IAT_21 IAT_22 IAT_23": "the set takes -40 as no value; here the support "
    "bits say which sensors are there",
}


@pytest.mark.skipif(not SAE_SET.exists(), reason="../shared/data is not there")
def test_agrees_with_the_public_signal_set_but_for_known_differences():
    known = {name for names in DIFFERENCES for name in names.split()}
    chance = random.Random(1979)  # noqa: S311 - payloads, not secrets
    differing, compared = set(), 0
    commands = json.loads(SAE_SET.read_text("utf-8"))["commands"]
    theirs = {
        (int(command["cmd"]["01"], 16), signal["id"]): signal["fmt"]
        for command in commands
        for signal in command["signals"]
    }
    for pid, row in mode01_pids().items():
        size = row.longest or row.shortest
        for _ in range(40):
            data = chance.randbytes(size)
            values = decode(row.command(), bytes((0x41, pid)) + data)
            for name, ours in values.items():
                fmt = theirs.get((pid, name))
                if fmt is None:
                    continue
                compared += 1
                expected = _their_value(fmt, data)
                if not math.isclose(ours, expected, rel_tol=1e-9, abs_tol=1e-9) and not (
                    math.isnan(ours) and expected > fmt.get("max", math.inf)
                ):
                    differing.add(name)
    assert compared > 5000
    assert differing - known == set()


def _their_value(fmt, data):
    bits = 8 * len(data)
    raw = int.from_bytes(data, "big") >> (bits - fmt.get("bix", 0) - fmt["len"])
    raw &= (1 << fmt["len"]) - 1
    if fmt.get("sign") and raw >> (fmt["len"] - 1):
        raw -= 1 << fmt["len"]
    return raw * fmt.get("mul", 1) / fmt.get("div", 1) + fmt.get("add", 0)


@pytest.mark.skipif(not SAE_SET.exists(), reason="../shared/data is not there")
def test_names_what_the_public_signal_set_names_the_same():
    ours = {(pid, one.id) for pid, row in mode01_pids().items() for one in row.signals}
    commands = json.loads(SAE_SET.read_text("utf-8"))["commands"]
    missing = {
        (int(command["cmd"]["01"], 16), signal["id"])
        for command in commands
        for signal in command["signals"]
        if not signal["id"].endswith("_SUP") or int(command["cmd"]["01"], 16) == 1
    }
    # 15 repeats the id of 14 there, although it is the other sensor's trim.
    assert missing - ours == {(0x15, "SHRTFT11")}
