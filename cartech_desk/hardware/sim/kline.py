"""The K line between adapter and car: messages of ISO 9141-2 and ISO 14230 with their headers.

A message holds three header bytes, at most seven bytes and the sum of all as its checksum. Long
answers are several messages: three codes in each, or four bytes behind a number (SAE J1979).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from cartech_desk.hardware.sim.car import FUNCTIONAL_IDS, Car

TESTER: Final = 0xF1
ECUS: Final = {0x7E8: 0x10, 0x7E9: 0x18, 0x7EA: 0x28}
"""Source address on the K line of the ECU that answers with this identifier on CAN."""
BYTE_NS: Final = 10 * 1_000_000_000 // 10_400
"""A byte with its start and stop bit at 10.4 kbit/s."""
BETWEEN_NS: Final = 5_000_000
"""P2 and P1 as this car keeps them: from one message to the next."""
CODES_SIZE: Final = 6
NUMBERED_SIZE: Final = 4


class Message(NamedTuple):
    """A message on the line: when it is over, header to checksum."""

    t_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class OlderBus:
    """How a protocol looks: its number for AT SP, its header for everybody, the car's init."""

    number: str
    header: bytes
    everybody: int
    answers_to: int
    init: str

    @property
    def with_length(self) -> bool:
        """Whether the first header byte holds the length (ISO 14230-2)."""
        return self.number != "3"


OLDER: Final = {
    "iso9141": OlderBus("3", b"\x68\x6a\xf1", 0x6A, 0x6B, "...OK"),
    "kwp": OlderBus("5", b"\xc2\x33\xf1", 0x33, TESTER, "OK"),
}


class KLine:
    """What happens when an adapter sends a message."""

    def __init__(self, car: Car) -> None:
        self._car = car
        self.bus = OLDER[car.speaks]

    def ask(self, payload: bytes, header: int | None, now_ns: int) -> list[Message]:
        """Send a request; the messages of the answers, one after the other on the one line.

        `header` are the three bytes of AT SH, None for the usual ones.
        """
        head = self.bus.header if header is None else header.to_bytes(4, "big")[1:]
        target = self._request_id(head[1])
        if target is None:
            return []
        line_ns = now_ns + (len(payload) + 4) * BYTE_NS
        messages = []
        for answer in self._car.handle(target, payload, extended=False, now_ns=now_ns):
            if not self.bus.with_length and answer.payload[0] == 0x7F:
                continue  # ISO 9141-2 has no negative answers
            line_ns = max(line_ns, now_ns + round(answer.delay_s * 1e9))
            for piece in _pieces(answer.payload):
                data = self._framed(ECUS[answer.can_id], piece)
                line_ns += BETWEEN_NS + len(data) * BYTE_NS
                messages.append(Message(line_ns, data))
        return messages

    def _request_id(self, target: int) -> int | None:
        if target == self.bus.everybody:
            return FUNCTIONAL_IDS[False]
        found = [answer_id - 8 for answer_id, source in ECUS.items() if source == target]
        return found[0] if found else None

    def _framed(self, source: int, payload: bytes) -> bytes:
        first = 0x80 | len(payload) if self.bus.with_length else 0x48
        data = bytes((first, self.bus.answers_to, source)) + payload
        return data + bytes((sum(data) & 0xFF,))


def _pieces(payload: bytes) -> list[bytes]:
    """Cut an answer into what one message holds."""
    service = payload[:1]
    if service in (b"\x43", b"\x47"):
        size, lead = CODES_SIZE, 1
    elif service == b"\x49" and payload[1] % 2 == 0 and payload[1]:
        size, lead = NUMBERED_SIZE, 2
    else:
        return [payload]
    body = payload[lead:]
    chunks = [body[place : place + size] for place in range(0, len(body), size)]
    if lead == 1:
        return [service + chunk for chunk in chunks]
    return [payload[:2] + bytes((number,)) + one for number, one in enumerate(chunks, start=1)]
