"""Scans of the built-in car: over ELM327 and CAN, as a UDS car, before CAN, and with evil ECUs."""

import uuid
from contextlib import ExitStack, closing

import can
import pytest

from cartech_desk.bay.fault_scan import read_faults
from cartech_desk.bay.identification import identify
from cartech_desk.domain.faults.found import Answered, CodeStatus
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.sim.can_server import CanCarServer
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import parse_options

ENGINE, GEARBOX, BRAKES = 0x7E8, 0x7E9, 0x7EA
FAULTS = {"faults": "misfire,lean"}


def over_elm(stack, options):
    quick = {"search_ms": "0", "reset_ms": "0"}
    words = "&".join(f"{name}={value}" for name, value in (quick | options).items())
    return stack.enter_context(closing(make_adapter(f"sim:?{words}")))


def over_can(stack, options):
    channel = f"scan-{uuid.uuid4()}"
    bus = stack.enter_context(can.Bus(channel, interface="virtual", ignore_config=True))
    server = CanCarServer(SimulatedCar(parse_options(options).car), bus)
    server.start()
    stack.callback(server.stop)
    return stack.enter_context(closing(make_adapter(f"can:virtual:{channel}")))


LONG = pytest.mark.long
WAYS = pytest.mark.parametrize("way", [over_elm, pytest.param(over_can, marks=LONG)])


@pytest.fixture
def scanned():
    def scan(way, **options):
        with ExitStack() as stack:
            adapter = way(stack, options)
            adapter.open()
            link = adapter.connect_car()
            found = identify(adapter.request, link, lambda _: None)
            return read_faults(adapter.request, found, url="x", adapter="y")

    return scan


@pytest.mark.parametrize(
    ("way", "bits"),
    [
        (over_elm, "11"),
        (over_can, "11"),
        pytest.param(over_elm, "29", marks=LONG),
        pytest.param(over_can, "29", marks=LONG),
    ],
)
def test_all_of_the_car_is_told_without_a_warning(scanned, way, bits):
    found = scanned(way, **FAULTS, bits=bits)
    engine = min(one.address for one in found.ecus)
    assert {one.code for one in found.codes} == {"P0301", "P0171"}
    assert {one.ecu for one in found.codes} == {engine}
    assert len(found.ecus) == 3
    assert found.mil is True
    assert "P0301" in {frame.code for frame in found.frames}
    assert {value.name for value in found.frames[0].values} >= {"rpm", "speed", "temp"}
    assert found.counters.lamp_km == 37
    assert len(found.since_clear) == 3
    assert found.tests
    assert (found.warnings, found.complete, found.uds) == ((), True, False)


@WAYS
def test_a_car_without_faults_is_clean(scanned, way):
    found = scanned(way)
    assert found.clean
    assert found.warnings == ()


@WAYS
def test_a_car_of_obd_on_uds_alone_tells_the_same(scanned, way):
    found = scanned(way, **FAULTS, speaks="uds")
    assert found.uds
    assert {one.code for one in found.codes} == {"P0301", "P0171"}
    assert all(one.failure_type is not None for one in found.codes)
    assert found.mil is True
    assert {frame.code for frame in found.frames} == {"P0301", "P0171"}
    assert found.counters.cleared_km == 1263
    assert found.tests
    assert (found.warnings, found.complete) == ((), True)


@LONG
@pytest.mark.parametrize("way", [over_elm, over_can])
def test_a_uds_car_without_faults_is_clean(scanned, way):
    assert scanned(way, speaks="uds").clean


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=LONG) for seed in range(1, 9))])
def test_dirt_on_the_wire_never_makes_a_clean_car_of_one_with_faults(scanned, seed):
    found = scanned(over_elm, **FAULTS, dirt="light", seed=str(seed))
    assert not found.clean
    told = {one.ecu for one in found.codes_told if one.answered is Answered.TOLD}
    assert told or found.unknown


@LONG
@pytest.mark.parametrize("way", [over_elm, over_can])
def test_busy_and_waiting_ecus_are_waited_for(scanned, way):
    found = scanned(way, **FAULTS, busy="0.2")
    assert {one.code for one in found.codes} == {"P0301", "P0171"}
    stored = [one for one in found.codes_told if one.kind is CodeStatus.STORED]
    assert all(one.answered is Answered.TOLD for one in stored)
