"""The CAN bus between adapter and car: frames out, the frames of the ECUs back with their times."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from cartech_desk.hardware.sim.car import Car
from cartech_desk.hardware.sim.frames import (
    CONSECUTIVE_FRAME,
    FIRST_FRAME,
    FLOW_CONTROL,
    Reassembly,
    segment,
)

FLOW_CONTROL_WAIT_NS: Final = 1_000_000_000
"""N_Bs: an ECU gives up a segmented answer when no flow control comes within a second."""


class Frame(NamedTuple):
    """A frame on the bus: when, from which identifier, its eight bytes."""

    t_ns: int
    can_id: int
    data: bytes


@dataclass(slots=True)
class _Unfinished:
    """The rest of a segmented answer whose ECU waits for flow control."""

    can_id: int
    extension: int | None
    frames: list[bytes]
    since_ns: int


class Bus:
    """What happens when an adapter sends a frame; the ISO-TP state of all ECUs."""

    def __init__(self, car: Car) -> None:
        self._car = car
        self._unfinished: dict[int, _Unfinished] = {}
        self._incoming: dict[tuple[int, int | None], Reassembly] = {}

    @property
    def awake(self) -> bool:
        """Whether anybody acknowledges frames: with the ignition off the bus sleeps."""
        return self._car.ignition

    @property
    def extended(self) -> bool:
        """Whether the car speaks 29-bit identifiers."""
        return self._car.extended

    def keep_time(self, now_ns: int) -> None:
        """Let the car's time pass."""
        self._car.keep_time(now_ns)

    def battery_v(self, now_ns: int) -> float | None:
        """Voltage at the connector; None where nobody knows it."""
        return self._car.battery_v(now_ns)

    def send(self, can_id: int, data: bytes, *, extended: bool, now_ns: int) -> list[Frame]:
        """Put one frame on the bus; the frames that ECUs send because of it."""
        extension, body = self._split(can_id, data)
        if not body or extended != self.extended:
            return []
        kind = body[0] & 0xF0
        if kind == FLOW_CONTROL:
            return self._go_on(can_id, extension, body, now_ns)
        if kind == FIRST_FRAME and len(body) >= 2:
            return self._begin(can_id, extension, body, now_ns)
        if kind == CONSECUTIVE_FRAME:
            assembly = self._incoming.get((can_id, extension))
            if assembly is None or not assembly.add(body):
                self._incoming.pop((can_id, extension), None)
                return []
            if assembly.payload is None:
                return []
            del self._incoming[can_id, extension]
            return self.request(
                can_id, assembly.payload, extension, extended=extended, now_ns=now_ns
            )
        length = body[0]
        if kind != 0 or not 1 <= length < len(body):
            return []
        payload = body[1 : 1 + length]
        return self.request(can_id, payload, extension, extended=extended, now_ns=now_ns)

    def request(
        self, can_id: int, payload: bytes, extension: int | None, *, extended: bool, now_ns: int
    ) -> list[Frame]:
        """Deliver a whole request; single and first frames of the answers."""
        answers = self._car.handle(
            can_id, payload, extended=extended, now_ns=now_ns, extension=extension
        )
        frames = []
        for answer in answers:
            t_ns = now_ns + round(answer.delay_s * 1e9)
            first, *rest = segment(answer.payload, answer.extension)
            frames.append(Frame(t_ns, answer.can_id, first))
            if 0 < answer.lost_frame <= len(rest):
                del rest[answer.lost_frame - 1]
            if rest:
                self._unfinished[answer.can_id] = _Unfinished(
                    answer.can_id, answer.extension, rest, t_ns
                )
        return frames

    def _split(self, can_id: int, data: bytes) -> tuple[int | None, bytes]:
        if can_id in self._car.extension_ids:
            return (data[0], data[1:]) if data else (None, b"")
        return None, data

    def _begin(self, can_id: int, extension: int | None, body: bytes, now_ns: int) -> list[Frame]:
        """Take a first frame: the ECU asked answers with flow control."""
        length = (body[0] & 0x0F) << 8 | body[1]
        frames = []
        for ecu in self._car.ecus:
            if ecu.address.request_id == can_id and ecu.address.extension == extension:
                self._incoming[can_id, extension] = Reassembly(length, bytearray(body[2:]))
                address = b"" if extension is None else bytes((extension,))
                clear = (address + b"\x30\x00\x00").ljust(8, b"\x00")
                frames.append(Frame(now_ns, ecu.answer_id, clear))
        return frames if self.awake else []

    def _go_on(self, can_id: int, extension: int | None, body: bytes, now_ns: int) -> list[Frame]:
        """Take flow control: the ECU at this address sends the next block."""
        for ecu in self._car.ecus:
            waiting = self._unfinished.get(ecu.answer_id)
            if (
                ecu.address.request_id != can_id
                or ecu.address.extension != extension
                or waiting is None
            ):
                continue
            if now_ns - waiting.since_ns > FLOW_CONTROL_WAIT_NS or body[0] & 0x0F == 2:
                del self._unfinished[ecu.answer_id]
                return []
            if body[0] & 0x0F == 1:
                waiting.since_ns = now_ns
                return []
            return self._block(waiting, body, now_ns)
        return []

    def _block(self, waiting: _Unfinished, body: bytes, now_ns: int) -> list[Frame]:
        block = body[1] if len(body) > 1 else 0
        gap_ns = _separation_ns(body[2] if len(body) > 2 else 0)
        count = block or len(waiting.frames)
        sent, waiting.frames = waiting.frames[:count], waiting.frames[count:]
        start_ns = max(now_ns, waiting.since_ns)
        frames = [
            Frame(start_ns + gap_ns * place, waiting.can_id, data)
            for place, data in enumerate(sent)
        ]
        if waiting.frames:
            waiting.since_ns = frames[-1].t_ns
        else:
            del self._unfinished[waiting.can_id]
        return frames


def _separation_ns(st_min: int) -> int:
    """Separation time of ISO 15765-2: 0 to 127 ms, F1 to F9 in steps of 100 µs, else the most."""
    if st_min <= 0x7F:
        return st_min * 1_000_000
    if 0xF1 <= st_min <= 0xF9:
        return (st_min - 0xF0) * 100_000
    return 127_000_000
