"""A built-in car with an ECU that tells its codes and does not answer what cars are found by."""

import uuid
from contextlib import ExitStack, closing

import can
import pytest

from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.bay.identification import identify
from cartech_desk.domain.faults.found import Answered, CodeStatus
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.sim.can_server import CanCarServer
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import AdapterOptions, CarOptions
from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint

BRAKES = 0x7EA
CODES_ALONE = frozenset({0x03, 0x07, 0x0A, 0x19})


class HidingCar(SimulatedCar):
    """Its brakes answer services of codes only; they are the slowest of the three."""

    def handle(self, can_id, payload, **more):
        answers = super().handle(can_id, payload, **more)
        if payload[0] in CODES_ALONE:
            return answers
        return [answer for answer in answers if answer.can_id != BRAKES]


def over_elm(stack, car):
    endpoint = TcpEndpoint(ElmServer(car, AdapterOptions()), "127.0.0.1", 0)
    endpoint.start()
    stack.callback(endpoint.stop)
    return f"elm327:{endpoint.address}"


def over_can(stack, car):
    channel = f"hidden-{uuid.uuid4()}"
    bus = stack.enter_context(can.Bus(channel, interface="virtual", ignore_config=True))
    server = CanCarServer(car, bus)
    server.start()
    stack.callback(server.stop)
    return f"can:virtual:{channel}"


@pytest.mark.parametrize(
    ("way", "speaks"),
    [
        (over_elm, "obd"),
        (over_can, "obd"),
        pytest.param(over_elm, "uds", marks=pytest.mark.long),
        pytest.param(over_can, "uds", marks=pytest.mark.long),
    ],
)
def test_the_only_code_of_a_car_is_told_by_an_ecu_that_nobody_found(way, speaks):
    options = CarOptions(script="idle", faults=("brake_pump",), latency_ms=20, speaks=speaks)
    with ExitStack() as stack:
        url = way(stack, HidingCar(options))
        adapter = stack.enter_context(closing(make_adapter(url)))
        adapter.open()
        found = identify(adapter.request, adapter.connect_car(), lambda _: None)
        scan = read_faults(adapter.request, found, url=url, adapter="y", parts=CODES)
    assert BRAKES not in found.link.ecus
    assert {(one.code, one.ecu) for one in scan.codes} == {("C0020", BRAKES)}
    assert not scan.clean
    told = {one.kind: one.answered for one in scan.codes_told if one.ecu == BRAKES}
    assert told[CodeStatus.STORED] is Answered.TOLD
    assert scan.complete
