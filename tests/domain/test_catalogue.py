import math

import pytest

from cartech_desk.domain.channels import CANONICAL
from cartech_desk.domain.expressions import ExpressionError
from cartech_desk.domain.fuels import UnknownFuel, find_fuel, fuels
from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.domain.obd.decode import decode
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.sources import OwnChannel, UnknownChannel, build_catalogue

ENGINE = 0x7E8
USUAL = frozenset((0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x33, 0x34, 0x42))


def catalogue(pids=USUAL, **kwargs):
    return build_catalogue({ENGINE: frozenset(pids)}, **kwargs)


def names(found):
    return [channel.name for channel in found.channels()]


def test_a_usual_car_delivers_every_canonical_name_and_they_come_first():
    assert names(catalogue())[: len(CANONICAL)] == list(CANONICAL)


def test_a_canonical_channel_takes_the_place_of_its_signal():
    found = catalogue()
    assert "RPM" not in names(found)
    assert found.sources["rpm"].channel.source == "mode 01 PID 0C"
    assert found.sources["rpm"].signal.channel == "rpm"
    assert found.sources["rpm"].command.address == Address(0x7E0)


def test_manifold_pressure_prefers_the_sensor_that_does_not_end_at_255():
    found = catalogue(USUAL | {0x87})
    assert found.sources["map"].signal.id == "MAP_A"
    assert found.sources["MAP"].signal.id == "MAP"
    without = catalogue(USUAL | {0x87}, absent=("MAP_A",))
    assert without.sources["map"].signal.id == "MAP"


def test_manifold_pressure_uses_the_full_scale_that_the_car_tells():
    source = catalogue(parameters={"map_max_kpa": 510}).sources["map"]
    assert decode(source.command, b"\x41\x0b\xff") == {"MAP": 510.0}


def test_lambda_is_measured_and_never_commanded():
    assert "lambda" not in names(catalogue({0x0C, 0x44}))
    assert catalogue({0x44, 0x24}).sources["lambda"].signal.id == "LAMBDA11_VOLT"
    assert catalogue({0x44, 0x24, 0x34}).sources["lambda"].signal.id == "LAMBDA11_CURRENT"
    assert "afr" not in names(catalogue({0x0C, 0x44}))


def test_with_four_banks_the_first_sensor_of_bank_2_is_another_pid():
    found = catalogue({0x1D, 0x36, 0x38})
    assert found.sources["lambda"].command.payload == bytes((0x01, 0x36))


def test_boost_says_when_the_barometer_is_assumed():
    assert catalogue().derived["boost"].expression == "map - barometer"
    alone = catalogue({0x0B}).derived["boost"]
    assert alone.inputs == ("map",)
    assert "101.325" in alone.channel.source


@pytest.mark.parametrize(
    ("fuel", "afr"), [("petrol", 14.7), ("E85", 9.8), ("e10", 14.1), ("diesel", 14.5)]
)
def test_afr_follows_the_fuel(fuel, afr):
    values = catalogue(fuel=fuel).evaluate(["afr"], {"lambda": 1.0})
    assert values["afr"] == pytest.approx(afr)


def test_an_unknown_fuel_is_named():
    with pytest.raises(UnknownFuel, match="coal"):
        catalogue(fuel="coal")
    assert find_fuel("lpg").stoich == fuels()["LPG"].stoich


def test_derived_channels_ask_for_their_inputs_once():
    found = catalogue()
    assert set(found.needed(["boost", "afr", "map", "rpm"])) == {
        "map",
        "barometer",
        "lambda",
        "rpm",
    }
    assert len(found.needed(["boost", "boost"])) == 2


def test_a_channel_that_is_not_there_is_named():
    with pytest.raises(UnknownChannel, match="boots"):
        catalogue().needed(["boots"])


def test_without_an_input_a_derived_channel_has_no_value():
    found = catalogue()
    assert math.isnan(found.evaluate(["boost"], {"map": 180.0})["boost"])
    assert math.isnan(found.evaluate(["boost"], {"map": 180.0, "barometer": math.nan})["boost"])
    assert found.evaluate(["boost"], {"map": 180.0, "barometer": 98.0}) == {"boost": 82.0}
    assert found.evaluate(["rpm"], {"rpm": 900.0}) == {}


GEARBOX = {"tyre_m": 1.95, "final_drive": 4.1, "gear_1": 3.626, "gear_2": 2.188, "gear_3": 1.541}


@pytest.mark.parametrize(
    ("rpm", "speed", "gear"),
    [(3000, 23.6, 1), (3000, 39.1, 2), (3000, 55.6, 3), (3000, 0, None), (3000, 30.0, None)],
)
def test_the_gear_follows_from_both_speeds(rpm, speed, gear):
    found = catalogue(parameters=GEARBOX)
    value = found.evaluate(["gear"], {"rpm": float(rpm), "speed": float(speed)})["gear"]
    assert math.isnan(value) if gear is None else value == gear


def test_without_the_gearbox_there_is_no_gear():
    assert "gear" not in names(catalogue())


def test_injector_duty_from_pulse_width():
    pulse = Signal("injector_pw", "Pulse width", "ms", 0, 16, div=1000)
    extra = Command(Address(0x7E0), bytes.fromhex("22F001"), (pulse,))
    values = {"injector_pw_22F001": 10.0, "rpm": 6000.0}
    assert "injector_duty" not in names(catalogue(extra=[extra]))
    named = Signal("X_PW", "Pulse width", "us", 0, 16, channel="injector_pw")
    found = catalogue(extra=[Command(Address(0x7E0), bytes.fromhex("22F001"), (named,))])
    duty = found.evaluate(["injector_duty"], {**values, "injector_pw": 10.0})["injector_duty"]
    assert duty == pytest.approx(50.0)  # 10 ms of a cycle of 20 ms
    source = found.sources["injector_pw"]
    assert decode(source.command, bytes.fromhex("62F0012710"))["X_PW"] == pytest.approx(10.0)


def test_injector_duty_from_fuel_rate():
    found = catalogue(USUAL | {0x5E}, parameters={"injector_cc_min": 500, "cylinders": 4})
    duty = found.evaluate(["injector_duty"], {"fuel_rate": 60.0})["injector_duty"]
    assert duty == pytest.approx(50.0)  # 1000 of 2000 cc/min


def test_the_engine_wins_where_several_ecus_offer_the_same():
    found = build_catalogue({0x7EA: frozenset((0x0C, 0xA4)), ENGINE: frozenset((0x0C,))})
    assert found.sources["rpm"].command.address == Address(0x7E0)
    assert found.sources["GEAR_ACT"].command.address == Address(0x7E2)
    assert found.sources["GEAR_ACT"].channel.source == "mode 01 PID A4 of ECU 7EA"


def test_addresses_of_long_identifiers_and_of_older_buses():
    long = build_catalogue({0x18DAF110: frozenset((0x0C,))}, extended=True)
    assert long.sources["rpm"].command.address == Address(0x18DA10F1, extended=True)
    assert long.sources["rpm"].command.address.accepts(0x18DAF110)
    older = build_catalogue({0x10: frozenset((0x0C,))}).sources["rpm"].command
    assert older.address == Address(FUNCTIONAL.request_id, 0x10)
    assert not older.packable


def test_signals_of_one_command_share_it():
    found = catalogue({0x24})
    assert found.sources["lambda"].command is found.sources["O2S11_VOLT"].command


def test_a_maker_s_signal_keeps_its_id_and_never_hides_the_standard_s():
    own = Signal("RPM", "Speed", "rpm", 0, 16, channel="rpm")
    boost = Signal("boost", "Boost", "kPa", 16, 16)
    extra = Command(Address(0x7E0), bytes.fromhex("2210E5"), (own, boost))
    found = catalogue(extra=[extra])
    assert found.sources["rpm"].command.payload == b"\x01\x0c"
    assert found.sources["RPM"].command.payload == extra.payload
    assert found.sources["boost_2210E5"].signal.id == "boost"
    assert found.derived["boost"].expression == "map - barometer"


def test_a_maker_s_signal_delivers_a_canonical_name_where_the_standard_does_not():
    oil = Signal("X_OIL", "Oil", "degF", 0, 8, channel="oil_temp", minimum=0, maximum=255)
    extra = Command(Address(0x7E0), bytes.fromhex("2210E5"), (oil,))
    source = catalogue(extra=[extra]).sources["oil_temp"]
    assert source.signal.unit == "degC"
    assert decode(source.command, bytes.fromhex("6210E5D4"))["X_OIL"] == pytest.approx(100.0)


def test_an_own_channel_is_computed_behind_its_inputs():
    own = [OwnChannel("bar2", "bar1 * 2"), OwnChannel("bar1", "boost / 100", unit="bar")]
    found = catalogue(own=own)
    values = found.evaluate(["bar2"], {"map": 200.0, "barometer": 100.0})
    assert values["bar2"] == 2.0
    assert set(found.needed(["bar2"])) == {"map", "barometer"}


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ([OwnChannel("a", "b"), OwnChannel("b", "a")], "loop"),
        ([OwnChannel("a", "boots")], "boots"),
        ([OwnChannel("a", "1 +")], "missing at the end"),
    ],
)
def test_an_own_channel_that_cannot_be_computed_is_refused(own, complaint):
    with pytest.raises(ExpressionError, match=complaint):
        catalogue(own=own)


def test_an_own_channel_takes_no_other_s_name():
    with pytest.raises(UnknownChannel, match="rpm"):
        catalogue(own=[OwnChannel("rpm", "map")])


def test_no_car_delivers_nothing():
    assert build_catalogue({}).channels() == ()
