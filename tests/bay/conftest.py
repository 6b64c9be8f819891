"""A car and an adapter that answer by a script, and a bay around them."""

import threading
import time

import pytest

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.adapter import Adapter, AdapterIdentity, Answer, CarLink, Refusal, Reply
from cartech_desk.hardware.errors import CarSilent, LinkLost, NoAnswer, PortNotFound
from cartech_desk.store.store import Store

ENGINE, GEARBOX = 0x7E8, 0x7E9


def bitmap(base, pids):
    bits = sum(1 << (base + 32 - pid) for pid in pids if base < pid <= base + 32)
    return bits.to_bytes(4, "big")


class ScriptedCar:
    """Answers by tables that a test may change at any moment.

    `pids` gives the data of each mode 01 PID for each ECU; `others` whole answers to whole
    requests, by ECU; `dead` ECUs do not answer, and `ecus` do in a search for the car. `link_up`,
    `key` and `hang` are the cable, the ignition and an adapter that does not come back from a
    call; `pending_s` is for how long the ECU asks for time before each answer.
    """

    def __init__(self):
        self.pids = {
            ENGINE: {
                0x04: b"\x80",
                0x05: b"\x7b",
                0x0B: b"\x96",
                0x0C: b"\x1a\xf8",
                0x0D: b"\x32",
                0x0E: b"\x90",
                0x0F: b"\x46",
                0x11: b"\x40",
                0x33: b"\x64",
            },
            GEARBOX: {0x0D: b"\x33"},
        }
        self.vin = b"WVWZZZ1KZ6W000001"
        self.others = {}
        self.volts = 12.6
        self.link_up = True
        self.port_there = True
        self.key = True
        self.dead = set()
        self.ecus = (ENGINE, GEARBOX)
        self.hang = threading.Event()
        self.latency_s = 0.002
        self.pending_s = 0.0
        self.requests = []
        self.adapters = []

    def idle(self):
        """Let the engine idle and the car stand: so it is switched off."""
        self.pids[ENGINE] |= {0x0C: b"\x0d\x48", 0x0D: b"\x00"}
        self.pids[GEARBOX] |= {0x0D: b"\x00"}

    def adapter(self, url):
        adapter = ScriptedAdapter(url, self)
        self.adapters.append(adapter)
        return adapter

    def answers(self, address, payload):
        for ecu in (ENGINE, GEARBOX):
            if address.accepts(ecu) and ecu not in self.dead:
                answer = self._answer(ecu, payload)
                if answer is not None:
                    yield ecu, answer

    def _answer(self, ecu, payload):
        if (ecu, payload) in self.others:
            return self.others[ecu, payload]
        if payload[0] == 1:
            return self._mode01(ecu, payload[1:])
        if ecu != ENGINE or payload[0] != 9:
            return None
        return {
            0x00: b"\x49\x00" + bitmap(0, {2, 4, 6, 10}),
            0x02: b"\x49\x02\x01" + self.vin,
            0x04: b"\x49\x04\x01" + b"8P0907115H  0020",
            0x06: b"\x49\x06\x01" + b"\x16\xf4\x01\x9a",
            0x0A: b"\x49\x0a\x01" + b"ECM\x00-EngineControl\x00\x00",
        }.get(payload[1])

    def _mode01(self, ecu, wanted):
        have = self.pids[ecu]
        body = b""
        for pid in wanted:
            if pid % 0x20 == 0:
                highest = max(have)
                if pid < highest:
                    more = {pid + 0x20} if highest > pid + 0x20 else set()
                    body += bytes([pid]) + bitmap(pid, set(have) | more)
            elif pid in have:
                body += bytes([pid]) + have[pid]
        return b"\x41" + body if body else None


class ScriptedAdapter(Adapter):
    kind = "scripted"

    def __init__(self, url, car):
        super().__init__(url, f"wire of {url}")
        self.script = car
        self.closed = False

    def _wait(self):
        while self.script.hang.is_set():
            if self.interrupted:
                raise self.given_up()
            time.sleep(0.005)
        if not self.script.link_up:
            raise LinkLost("The cable is out.", to_do="Plug it in.")

    def _open(self):
        if not self.script.port_there:
            raise PortNotFound("The port is gone.", to_do="Plug the adapter in.")
        self._wait()
        return AdapterIdentity("ELM327", "v1.5", ("scripted",))

    def _connect_car(self):
        self._wait()
        if not self.script.key:
            raise CarSilent("The adapter answers, the car does not.", to_do="Ignition on?")
        return CarLink("ISO 15765-4 CAN (11 bit, 500 kbit/s)", False, self.script.ecus)

    def _request(self, request):
        self._wait()
        self.script.requests.append((monotonic_ns(), request))
        time.sleep(self.script.latency_s)
        self._sent()
        if self.script.pending_s:
            self.signs.be_patient(monotonic_ns() + 5_000_000_000)
            time.sleep(self.script.pending_s)
            self.signs.patient_until_ns = 0
        if not self.script.link_up:
            raise LinkLost("The cable is out.", to_do="Plug it in.")
        t_ns = monotonic_ns()
        found = (
            list(self.script.answers(request.address, request.payload)) if self.script.key else []
        )
        if not found:
            raise NoAnswer("Nobody answered.", to_do="Ignition on?")
        answers, refusals = [], []
        for ecu, payload in found:
            if payload[0] == 0x7F:
                refusals.append(Refusal(ecu, payload[1], payload[2], t_ns))
            else:
                answers.append(Answer(ecu, payload, t_ns))
        return Reply(request, tuple(answers), tuple(refusals))

    def _voltage(self):
        self._wait()
        return self.script.volts

    def _close(self):
        self.closed = True


@pytest.fixture
def car():
    script = ScriptedCar()
    yield script
    script.hang.clear()


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def bay(car, store):
    bay = Bay(store, BaySettings(max_requests_per_s=500), adapters=car.adapter)
    bay.start()
    yield bay
    car.hang.clear()
    bay.stop()


@pytest.fixture
def until():
    """Wait for a condition, with a deadline; returns what it was true with."""

    def wait(condition, seconds=20.0):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.005)
        return found

    return wait
