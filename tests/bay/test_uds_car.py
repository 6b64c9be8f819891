"""A car that speaks OBD on UDS only: identified, its channels offered, packed and read."""

import pytest

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.identification import identify
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.scheduler import Outcome, Scheduler
from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.domain.obd.decode import decode
from cartech_desk.domain.sources import build_catalogue
from cartech_desk.store.store import Store
from tests.bay.fault_car import ENGINE, GEARBOX, FaultCar

PIDS = frozenset((0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x33))


@pytest.fixture
def car():
    car = FaultCar(uds=True)
    answers = {
        "22F400": "62F400 18380001",
        "22F420": "62F420 00002000",
        "22F800": "62F800 54400000",
        "22F802": "62F802" + b"1M8GDM9AXKP042788".hex(),
        "22F804": "62F804" + b"8P0907115H  0020".hex(),
        "22F806": "62F806 01 16F4019A",
        "22F80A": "62F80A" + b"ECM\0-EngineControl\0\0".hex(),
    }
    car.table |= {
        (ENGINE, bytes.fromhex(ask)): bytes.fromhex(answer) for ask, answer in answers.items()
    }
    car.table[GEARBOX, b"\x22\xf4\x00"] = bytes.fromhex("62F40000080000")
    return car


def test_it_is_identified_by_its_own_questions(car):
    found = identify(car.ask, car.link, lambda _: None)
    assert found.car.vin == "1M8GDM9AXKP042788"
    engine = found.car.ecus[0]
    assert (engine.name, engine.calibration_ids, engine.cvns) == (
        "ECM-EngineControl", ("8P0907115H  0020",), ("16F4019A",),
    )  # fmt: skip
    assert found.supported == {ENGINE: PIDS, GEARBOX: {0x0D}}
    assert found.car.warnings == ()
    assert {payload[0] for payload in car.payloads()} == {0x22}


@pytest.mark.parametrize(
    ("vin", "why"),
    [
        (b"0" * 17, "never told"),
        (b"\0" * 17, "never told"),
        (b"1M8GDM9AXKP04278", "16"),
        (b"1M8GDM9AXKP0427I8", "characters"),
    ],
)
def test_a_vin_that_is_none_is_not_used(car, vin, why):
    car.table[ENGINE, b"\x22\xf8\x02"] = b"\x62\xf8\x02" + vin
    found = identify(car.ask, car.link, lambda _: None)
    assert found.car.vin is None
    assert any(why in warning for warning in found.car.warnings)


def test_its_channels_are_asked_as_identifiers_and_named_as_ever():
    catalogue = build_catalogue({ENGINE: PIDS}, uds=True)
    rpm = catalogue.sources["rpm"]
    assert rpm.command.payload == b"\x22\xf4\x0c"
    assert rpm.channel.source == "mode 01 PID 0C (22 F40C)"
    assert decode(rpm.command, b"\x62\xf4\x0c\x1a\xf8") == {"RPM": 1726.0}
    assert "boost" in {channel.name for channel in catalogue.channels()}
    plain = build_catalogue({ENGINE: PIDS})
    assert [one.name for one in catalogue.channels()] == [one.name for one in plain.channels()]


def scheduler(**more):
    return Scheduler(Pace(0, 1000), Address(0x7E0), packing=True, now_ns=0, uds=True, **more)


def test_three_identifiers_share_a_request(car):
    catalogue = build_catalogue({ENGINE: PIDS}, uds=True)
    plan = scheduler()
    plan.plan({source.command: 10.0 for source in catalogue.sources.values()}, 0)
    turn = plan.next(1)
    assert turn.request.payload[0] == 0x22
    assert len(turn.request.payload) == 7
    assert all(number >> 8 == 0xF4 for number in turn.lengths)


def test_the_ignition_is_asked_for_in_its_own_words():
    plan = scheduler(everybody=FUNCTIONAL)
    now_ns = 0
    while isinstance(turn := plan.next(now_ns), int):
        now_ns = turn
    assert turn.probe
    assert turn.request.payload == b"\x22\xf8\x10"
    plan.done(turn, Outcome.ANSWERED, now_ns, answers=2)


def test_live_values_of_the_simulated_uds_car_are_those_of_its_engine(tmp_path, until):
    store = Store(tmp_path / "data", tmp_path / "keys")
    bay = Bay(store, BaySettings())
    bay.start()
    try:
        bay.connect("sim:?speaks=uds&seed=3&search_ms=0&reset_ms=0").result(20)
        wanted = ("rpm", "map", "temp", "throttle", "speed", "timing", "boost")
        bay.watch(dict.fromkeys(wanted, 20.0))
        values = until(
            lambda: (
                {name: one.value for name, one in bay.snapshot().channels.items()}
                if all(one.value == one.value for one in bay.snapshot().channels.values())
                else None
            ),
            20.0,
        )
    finally:
        bay.stop()
        store.close()
    assert set(wanted) <= set(values)
    assert 500 < values["rpm"] < 8000
    assert -40 <= values["temp"] < 130
