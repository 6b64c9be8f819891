"""A bay whose car clears its codes when it is told to, and a wire that answers by address."""

import pytest

from cartech_desk.bay import fault_clear, fault_clearing, fault_reader
from cartech_desk.bay.fault_clearing import CLEAR
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.status import CarIdentity
from cartech_desk.hardware.adapter import Answer, CarLink, Refusal, Reply
from cartech_desk.hardware.errors import NoAnswer
from tests.bay.fault_desk import ENGINE, GEARBOX, TECHNICIAN, URL, Reads, scan_of

WHY = "turbo hose replaced"


@pytest.fixture
def reads(monkeypatch):
    reads = Reads()
    reads.scans = [scan_of("P0299"), scan_of()]
    monkeypatch.setattr(fault_reader, "read_faults", reads)
    monkeypatch.setattr(fault_clear, "SETTLING_S", 0.0)
    yield reads
    reads.held.clear()


@pytest.fixture
def stands(car, monkeypatch):
    """A car with its ignition on and its engine off, that clears when it is told to."""
    monkeypatch.setattr(fault_clearing, "BUSY_REST_S", 0.0)
    car.pids[ENGINE] |= {0x0C: b"\x00\x00", 0x0D: b"\x00"}
    car.pids[GEARBOX] |= {0x0D: b"\x00"}
    car.others |= {(ENGINE, CLEAR): b"\x44", (GEARBOX, CLEAR): b"\x44"}
    return car


@pytest.fixture
def faults(bay, reads, stands):
    bay.connect(URL).result(20)
    return bay.faults


def cleared(faults, vehicle_id="", *, by=TECHNICIAN, reason=WHY, **more):
    return faults.clear(vehicle_id, by=by, reason=reason, **more).result(20)


def told_to_clear(car):
    return [request for _, request in car.requests if request.payload == CLEAR]


class Wire:
    """Answers by address and payload; counts."""

    def __init__(self, table):
        self.table, self.asked = table, []

    def __call__(self, request):
        self.asked.append(request)
        told = self.table.get((request.address.request_id, request.payload))
        if isinstance(told, list) and not isinstance(told[0], tuple):
            told = told.pop(0)
        if told is None:
            raise NoAnswer("Nobody answered.", to_do="Ignition on?")
        if isinstance(told, Exception):
            raise told
        unreadable = tuple(one for one in told if isinstance(one, str))
        told = [one for one in told if not isinstance(one, str)]
        answers = [Answer(ecu, payload, 1) for ecu, payload in told if payload[0] != 0x7F]
        refusals = [Refusal(ecu, p[1], p[2], 1) for ecu, p in told if p[0] == 0x7F]
        return Reply(request, tuple(answers), tuple(refusals), unreadable)


def found_of(*ecus, uds=False, protocol="ISO 15765-4 CAN", supported=None):
    link = CarLink(protocol, False, ecus, uds=uds)
    return Identification(link, CarIdentity(), supported or {ecus[0]: frozenset({0x0C})})
