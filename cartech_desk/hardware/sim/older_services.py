"""The OBD services of an ECU on a bus before CAN (SAE J1979, ISO 9141-2 and ISO 14230-4).

One PID a request, codes without a count, service 05 for the oxygen sensors. Answers are whole:
the K line cuts them into messages.
"""

from collections.abc import Mapping
from typing import Final

from cartech_desk.hardware.sim.dtc import dtc_bytes
from cartech_desk.hardware.sim.ecu import (
    SUBFUNCTION_NOT_SUPPORTED,
    WRONG_LENGTH,
    Negative,
    Service,
)
from cartech_desk.hardware.sim.pids import Encoder, Readout, support_bitmap
from cartech_desk.hardware.sim.services import EcuContents
from cartech_desk.hardware.sim.vehicle import Vehicle

LAST_PID: Final = 0x4F
"""A car of that time has the PIDs of that time."""
LONGEST: Final = 7
"""Bytes of one message with its service byte."""
CODES_IN_MESSAGE: Final = 3
VIN_PLACES: Final = 20
"""Five messages of four bytes, three of padding in front of the 17 characters."""
SENSORS: Final = {0x01: 0.0, 0x02: 0.06}
"""Oxygen sensors as service 05 names them (bank 1, sensors 1 and 2), and how much they differ."""


class OlderServices:
    """Answers requests out of the contents of one ECU."""

    def __init__(self, contents: EcuContents, vehicle: Vehicle) -> None:
        self._contents = contents
        self._vehicle = vehicle
        self._now = Readout(vehicle.state, vehicle.memory, vehicle.data)
        self._pids = self._short(contents.pids, 2)
        self._freeze = self._short(contents.freeze, 3)

    def table(self) -> dict[int, Service]:
        """Services by their byte."""
        services: dict[int, Service] = {
            0x01: self.current_data,
            0x02: self.freeze_frame,
            0x03: lambda request: self._codes(request, "confirmed"),
            0x04: self.clear,
            0x07: lambda request: self._codes(request, "pending"),
            0x09: self.vehicle_information,
        }
        if self._contents.tests:
            services[0x05] = self.oxygen_tests
        return services

    def current_data(self, request: bytes) -> bytes | None:
        """Service 01: one PID."""
        [pid] = _bytes(request, 1)
        encoder = self._pids.get(pid)
        if pid % 0x20 == 0:
            data = support_bitmap(pid, frozenset(self._pids))
        elif encoder is None:
            data = None
        else:
            scenario = self._vehicle.scenario
            data = scenario.data(self._contents.name, pid, encoder, self._now)
        return b"\x41" + bytes((pid,)) + _there(data)

    def freeze_frame(self, request: bytes) -> bytes | None:
        """Service 02: one PID of one frame; frame 0 always tells PID 02."""
        pid, number = _bytes(request, 2)
        vehicle = self._vehicle
        frames = vehicle.memory.frames(self._contents.name)
        frame = frames[number] if number < len(frames) else None
        available = frozenset(self._freeze) if frame else frozenset((0x02,))
        if frame is None and number:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        if pid % 0x20 == 0:
            data = support_bitmap(pid, available)
        elif pid in available:
            state = vehicle.state if frame is None else frame.state
            readout = Readout(state, vehicle.memory, vehicle.data, frame)
            data = self._freeze[pid](readout)
        else:
            data = None
        return b"\x42" + bytes((pid, number)) + _there(data)

    def clear(self, request: bytes) -> bytes | None:
        """Service 04: codes, frames, readiness and counters of this ECU."""
        _bytes(request, 0)
        self._vehicle.memory.clear(self._contents.name)
        return b"\x44"

    def oxygen_tests(self, request: bytes) -> bytes | None:
        """Service 05: one test of one oxygen sensor; a constant, or value and limits.

        Volts are 0.005 V a bit, times of switching 4 ms, periods 40 ms (SAE J1979, service 05).
        """
        test, sensor = _bytes(request, 2)
        tests = self._oxygen(sensor)
        if test == 0x00:
            data = support_bitmap(0, frozenset(tests)) if tests else None
        else:
            data = tests.get(test)
        return b"\x45" + bytes((test, sensor)) + _there(data)

    def vehicle_information(self, request: bytes) -> bytes | None:
        """Service 09: odd info types count the messages of the even ones behind them."""
        [kind] = _bytes(request, 1)
        table = self._information()
        if kind == 0x00:
            return b"\x49\x00\x01" + (support_bitmap(0, frozenset(table)) or bytes(4))
        return b"\x49" + bytes((kind,)) + _there(table.get(kind))

    def _information(self) -> dict[int, bytes]:
        table: dict[int, bytes] = {}
        for kind, counted in self._contents.information.items():
            data = counted[1:]
            if kind == 0x02:
                data = data.rjust(VIN_PLACES, b"\0")
            table[kind] = data
            table[kind - 1] = bytes((len(data) // 4,))
        return table

    def _codes(self, request: bytes, kind: str) -> bytes:
        """Services 03 and 07: three codes a message, padded with zeros, never fewer than one."""
        _bytes(request, 0)
        codes = self._vehicle.memory.codes(kind, self._contents.name)
        raw = b"".join(map(dtc_bytes, codes))
        size = 2 * CODES_IN_MESSAGE
        padded = max(-(-len(raw) // size), 1) * size
        return bytes((request[0] | 0x40,)) + raw.ljust(padded, b"\0")

    def _oxygen(self, sensor: int) -> dict[int, bytes]:
        if sensor not in SENSORS:
            return {}
        apart = SENSORS[sensor]
        least, most = round((0.08 + apart) / 0.005), round((0.84 - apart) / 0.005)
        return {
            0x01: bytes((90,)),  # rich to lean threshold, 0.45 V
            0x02: bytes((90,)),
            0x05: bytes((15, 0, 62)),  # rich to lean in 60 ms, at most 248 ms
            0x07: bytes((least, 0, 60)),
            0x08: bytes((most, 120, 255)),
            0x0A: bytes((20, 0, 75)),  # period 0.8 s, at most 3 s
        }

    def _short(self, encoders: Mapping[int, Encoder], lead: int) -> dict[int, Encoder]:
        """Leave out what is of later times, and what does not fit a message."""
        return {
            pid: encoder
            for pid, encoder in encoders.items()
            if pid <= LAST_PID and lead + len(encoder(self._now)) <= LONGEST
        }


def _bytes(request: bytes, count: int) -> bytes:
    if len(request) != 1 + count:
        raise Negative(WRONG_LENGTH)
    return request[1:]


def _there(data: bytes | None) -> bytes:
    if data is None:
        raise Negative(SUBFUNCTION_NOT_SUPPORTED)
    return data
