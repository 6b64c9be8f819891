"""The OBD and UDS services of an ECU, over tables of identifiers.

Sources: SAE J1979 (services 01 to 0A on ISO 15765-4), ISO 14229-1 (service 22).
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cartech_desk.hardware.sim.dtc import dtc_bytes
from cartech_desk.hardware.sim.ecu import (
    OUT_OF_RANGE,
    SUBFUNCTION_NOT_SUPPORTED,
    WRONG_LENGTH,
    Negative,
    Service,
)
from cartech_desk.hardware.sim.pids import Encoder, Readout, support_bitmap
from cartech_desk.hardware.sim.vehicle import Vehicle

MOST_IDENTIFIERS = 6
"""Identifiers in one request of services 01 and 06 (SAE J1979, 6.1)."""


@dataclass(frozen=True, slots=True)
class EcuContents:
    """What an ECU has: PIDs, records of on-board tests, information, UDS identifiers.

    `freeze` are the PIDs of its freeze frames; `tests` gives the records of a monitor without its
    identifier (8 bytes each); `information` the data of a mode 09 info type with its count byte;
    `identifiers` those of service 22.
    """

    name: str
    pids: Mapping[int, Encoder]
    information: Mapping[int, bytes]
    freeze: Mapping[int, Encoder] = field(default_factory=dict)
    tests: Mapping[int, Callable[[Readout], tuple[bytes, ...]]] = field(default_factory=dict)
    identifiers: Mapping[int, Encoder] = field(default_factory=dict)


class ObdServices:
    """Answers requests out of the contents of one ECU."""

    def __init__(self, contents: EcuContents, vehicle: Vehicle, seed: int) -> None:
        self._contents = contents
        self._vehicle = vehicle
        self._now = Readout(vehicle.state, vehicle.memory, vehicle.data)
        self._random = random.Random(f"order {contents.name} {seed}")  # noqa: S311 - no secret
        self._pids = frozenset(contents.pids)
        self._tests = frozenset(contents.tests)
        self._information = frozenset(contents.information)

    def table(self) -> dict[int, Service]:
        """Services by their byte."""
        services: dict[int, Service] = {
            0x01: self.current_data,
            0x03: lambda request: self._codes(request, "confirmed"),
            0x04: self.clear,
            0x07: lambda request: self._codes(request, "pending"),
            0x09: self.vehicle_information,
            0x0A: lambda request: self._codes(request, "permanent"),
        }
        if self._contents.freeze:
            services[0x02] = self.freeze_frame
        if self._contents.tests:
            services[0x06] = self.test_results
        if self._contents.identifiers:
            services[0x22] = self.read_identifiers
        return services

    def current_data(self, request: bytes) -> bytes | None:
        """Service 01: up to six PIDs; those not supported are left out of the answer."""
        parts = []
        for pid in self._wanted(request):
            data = self._data(pid)
            if data is not None:
                parts.append(bytes((pid,)) + data)
        if not parts:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        if len(parts) > 1 and self._random.random() < 0.2:
            self._random.shuffle(parts)  # SAE J1979 leaves the order to the ECU
        return b"\x41" + b"".join(parts)

    def freeze_frame(self, request: bytes) -> bytes | None:
        """Service 02: up to three pairs of PID and frame; frame 0 always tells PID 02."""
        pairs = request[1:]
        if len(pairs) % 2 or not 2 <= len(pairs) <= 6:
            raise Negative(WRONG_LENGTH)
        answer = b""
        for pid, number in zip(pairs[::2], pairs[1::2], strict=True):
            data = self._frozen(pid, number)
            if data is not None:
                answer += bytes((pid, number)) + data
        if not answer:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        return b"\x42" + answer

    def clear(self, request: bytes) -> bytes | None:
        """Service 04: codes, frames, readiness and counters of this ECU."""
        if len(request) != 1:
            raise Negative(WRONG_LENGTH)
        self._vehicle.memory.clear(self._contents.name)
        return b"\x44"

    def test_results(self, request: bytes) -> bytes | None:
        """Service 06: one monitor, or up to six bitmaps of monitors."""
        wanted = self._wanted(request)
        answer = b""
        for monitor in wanted:
            if monitor % 0x20 == 0:
                bitmap = support_bitmap(monitor, self._tests)
                answer += bytes((monitor,)) + bitmap if bitmap is not None else b""
            elif monitor in self._tests and len(wanted) == 1:
                records = self._contents.tests[monitor](self._now)
                answer += b"".join(bytes((monitor,)) + record for record in records)
        if not answer:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        return b"\x46" + answer

    def vehicle_information(self, request: bytes) -> bytes | None:
        """Service 09: one info type, or up to six bitmaps of info types."""
        wanted = self._wanted(request)
        answer = b""
        for kind in wanted:
            if kind % 0x20 == 0:
                bitmap = support_bitmap(kind, self._information)
                answer += bytes((kind,)) + bitmap if bitmap is not None else b""
            elif kind in self._information and len(wanted) == 1:
                answer += bytes((kind,)) + self._contents.information[kind]
        if not answer:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        return b"\x49" + answer

    def read_identifiers(self, request: bytes) -> bytes | None:
        """Service 22: identifiers of two bytes each; F4xx are mode 01's PIDs (ISO 27145-2)."""
        wanted = request[1:]
        if len(wanted) % 2 or not wanted:
            raise Negative(WRONG_LENGTH)
        answer = b""
        for place in range(0, len(wanted), 2):
            identifier = int.from_bytes(wanted[place : place + 2], "big")
            if identifier >> 8 == 0xF4:
                data = self._data(identifier & 0xFF)
            else:
                encoder = self._contents.identifiers.get(identifier)
                data = None if encoder is None else encoder(self._now)
            if data is not None:
                answer += wanted[place : place + 2] + data
        if not answer:
            raise Negative(OUT_OF_RANGE)
        return b"\x62" + answer

    def _frozen(self, pid: int, number: int) -> bytes | None:
        """Return the data of one PID of one frame; None where there is none."""
        vehicle = self._vehicle
        frames = vehicle.memory.frames(self._contents.name)
        frame = frames[number] if number < len(frames) else None
        if frame is None and number:
            return None
        available = frozenset(self._contents.freeze) if frame else frozenset((0x02,))
        if pid % 0x20 == 0:
            return support_bitmap(pid, available)
        if pid not in available:
            return None
        state = vehicle.state if frame is None else frame.state
        return self._contents.freeze[pid](Readout(state, vehicle.memory, vehicle.data, frame))

    def _codes(self, request: bytes, kind: str) -> bytes:
        """Services 03, 07, 0A: a count and two bytes for each code (ISO 15765-4)."""
        if len(request) != 1:
            raise Negative(WRONG_LENGTH)
        codes = self._vehicle.memory.codes(kind, self._contents.name)
        return bytes((request[0] | 0x40, len(codes))) + b"".join(map(dtc_bytes, codes))

    def _wanted(self, request: bytes) -> list[int]:
        if not 1 <= len(request) - 1 <= MOST_IDENTIFIERS:
            raise Negative(WRONG_LENGTH)
        return list(dict.fromkeys(request[1:]))

    def _data(self, pid: int) -> bytes | None:
        if pid % 0x20 == 0:
            return support_bitmap(pid, self._pids)
        encoder = self._contents.pids.get(pid)
        if encoder is None:
            return None
        return self._vehicle.scenario.data(self._contents.name, pid, encoder, self._now)
