import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.faults.found import Lamp
from cartech_desk.domain.obd.decode import DecodeError, decode_data
from cartech_desk.domain.obd.pids import mode01_commands
from cartech_desk.domain.obd.readiness import read_lamp, read_readiness


def test_spark_monitors_are_told_by_name():
    got = read_readiness(0x7E8, bytes.fromhex("00 07 65 01"))
    assert not got.compression
    told = {one.key: one.complete for one in got.monitors}
    assert told == {
        "misfire": True,
        "fuel_system": True,
        "components": True,
        "catalyst": False,
        "evaporative_system": True,
        "oxygen_sensor": True,
        "oxygen_sensor_heater": True,
    }


def test_compression_monitors_have_their_own_names():
    got = read_readiness(0x7E8, bytes.fromhex("00 08 EB 40"))
    assert got.compression
    assert {one.key: one.complete for one in got.monitors} == {
        "nmhc_catalyst": True,
        "nox_scr": True,
        "boost_pressure": True,
        "exhaust_gas_sensor": True,
        "particulate_filter": False,
        "egr_vvt": True,
    }


@given(st.binary(min_size=4, max_size=4))
def test_pid_01_says_which_ignition_the_monitors_of_this_drive_have(data):
    for compression in (True, False):
        got = read_readiness(0x7E8, data, compression=compression)
        due = bytes((data[0], data[1] & ~0x08 | 0x08 * compression, data[2], data[3]))
        assert got == read_readiness(0x7E8, due)


def test_a_monitor_that_the_car_lacks_is_left_out():
    assert read_readiness(0x7E8, bytes.fromhex("00 00 00 FF")).monitors == ()


def test_the_lamp_and_the_number_of_codes():
    assert read_lamp(0x7E8, bytes.fromhex("83 07 65 04")) == Lamp(0x7E8, on=True, codes=3)
    assert read_lamp(0x7E8, bytes.fromhex("00 07 65 04")) == Lamp(0x7E8, on=False, codes=0)


@pytest.mark.parametrize("data", ["", "81", "81 07 65", "81 07 65 04 00"])
def test_another_length_is_no_readiness(data):
    for reader in (read_readiness, read_lamp):
        with pytest.raises(DecodeError):
            reader(0x7E8, bytes.fromhex(data))


@given(st.binary(min_size=4, max_size=4))
def test_spark_monitors_agree_with_the_live_table(data):
    data = bytes((data[0], data[1] & ~0x08, data[2], data[3]))
    live = decode_data(mode01_commands()[0x01], data)
    told = {one.key: one.complete for one in read_readiness(1, data).monitors}
    names = {
        **{"misfire": "MIS", "fuel_system": "FUEL", "components": "CCM", "catalyst": "CAT"},
        **{"heated_catalyst": "HCAT", "evaporative_system": "EVAP", "secondary_air": "AIR"},
        **{"refrigerant": "ACRF", "oxygen_sensor": "O2S", "oxygen_sensor_heater": "HTR"},
        "egr_vvt": "EGR",
    }
    for key, name in names.items():
        assert (key in told) == bool(live[f"{name}_SUP"])
        if key in told:
            assert told[key] == (live[f"{name}_RDY"] == 0)
