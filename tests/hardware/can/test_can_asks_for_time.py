"""ECUs that ask for time again and again: heard out, but not for ever, and told to nobody twice."""

import pytest

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Request, SignsOfLife
from cartech_desk.hardware.answers import MOST_ACTING_S, MOST_PENDING_S
from cartech_desk.hardware.can.exchange import Exchange
from cartech_desk.hardware.can.wire import Frame
from cartech_desk.hardware.errors import Unreadable

ENGINE = Address(0x7E0)
EVERY_S = 2.0


class Asker:
    """A wire in its own time, with an ECU that asks for time until `answers_s`, then answers."""

    def __init__(self, service, answers_s):
        self.now_ns = self._last_ns = 0
        self.error_frames = 0
        self.bus_off = False
        self.signs = SignsOfLife()
        self.sent = 0
        self._service = service
        self._answers_s = answers_s

    def clock(self):
        return self.now_ns

    def drain(self):
        pass

    def send(self, can_id, data, *, extended):
        self.sent += 1

    def receive(self, timeout_s):
        self.now_ns += int(max(timeout_s, 0.001) * 1e9)
        if self.now_ns - self._last_ns < EVERY_S * 1e9:
            return None
        self._last_ns = self.now_ns
        done = self.now_ns >= self._answers_s * 1e9
        told = bytes((1, self._service + 0x40)) if done else bytes((3, 0x7F, self._service, 0x78))
        return Frame(0x7E8, False, told, self.now_ns)


def asked(payload, answers_s):
    wire = Asker(payload[0], answers_s)
    request = Request(ENGINE, payload, 1, 5.0)
    exchange = Exchange(
        wire, request, wait_s=5.0, before=None, check=lambda: None, clock=wire.clock
    )
    return wire, exchange


@pytest.mark.parametrize("payload", [b"\x04", b"\x14\xff\xff\x33"])
def test_an_ecu_that_erases_for_long_is_heard_out(payload):
    wire, exchange = asked(payload, MOST_ACTING_S - 5)
    assert exchange.run().answers[0].payload[0] == payload[0] + 0x40
    assert wire.sent == 1
    assert wire.signs.asked_for_time > 20


@pytest.mark.parametrize(
    ("payload", "most_s"),
    [(b"\x04", MOST_ACTING_S), (b"\x14\xff\xff\x33", MOST_ACTING_S), (b"\x03", MOST_PENDING_S)],
)
def test_an_ecu_that_asks_for_time_for_ever_is_left(payload, most_s):
    wire, exchange = asked(payload, 1e6)
    with pytest.raises(Unreadable, match="asked for time"):
        exchange.run()
    assert most_s - 5 < wire.now_ns / 1e9 < most_s + 1
    assert wire.sent == 1
