"""The services of an ECU that speaks OBD on UDS only (SAE J1979-2), over the same contents.

Sources: ISO 14229-1 (services 14, 19, 22), ISO 27145-3 and SAE J1979-2 as far as public texts and
open implementations agree: identifiers F4xx are the PIDs, F6xx the monitors, F8xx the info types;
19 42, 19 55 and 19 56 carry the functional group 33 (emissions). What they do not agree on is done
in both ways: the engine tells the items of F804 and F806 bare, the others behind their count.
"""

from collections.abc import Callable, Iterable
from typing import Final

from cartech_desk.hardware.sim.car_data import Fault
from cartech_desk.hardware.sim.dtc import dtc_bytes
from cartech_desk.hardware.sim.ecu import (
    OUT_OF_RANGE,
    SUBFUNCTION_NOT_SUPPORTED,
    WRONG_LENGTH,
    Negative,
    Service,
)
from cartech_desk.hardware.sim.fault_memory import CONFIRMED, PENDING
from cartech_desk.hardware.sim.pids import Readout, support_bitmap
from cartech_desk.hardware.sim.services import EcuContents
from cartech_desk.hardware.sim.state import State
from cartech_desk.hardware.sim.vehicle import Vehicle

PROTOCOL_IDENTIFICATION: Final = 0xF810
OBD_ON_UDS: Final = 0x01
EMISSIONS_GROUP: Final = 0x33
ALL_GROUPS: Final = frozenset({0xFFFFFF, 0xFFFF33})
"""Groups of 14 that this ECU clears: everything, and all that concerns emissions."""
AVAILABLE: Final = 0xFF
"""Every bit of the status byte is told."""
SEVERITIES: Final = 0x1E
J2012_FORMAT: Final = 0x04
"""SAE J2012-DA, code of two bytes and a failure type byte."""
CLASS_A: Final = 0x02
CLASS_C: Final = 0x10
FIRST_FRAME: Final = 0x00
LATEST_FRAME: Final = 0xF0
EVERY_RECORD: Final = 0xFF
ACTIVITY_RECORD: Final = 0x92
"""Extended data: numerator and ratio of how often the monitor ran."""
MOST_IDENTIFIERS: Final = 16
BARE_ECU: Final = "engine"


class UdsServices:
    """Answers requests out of the contents of one ECU."""

    def __init__(self, contents: EcuContents, vehicle: Vehicle) -> None:
        self._contents = contents
        self._vehicle = vehicle
        self._memory = vehicle.memory
        self._now = Readout(vehicle.state, vehicle.memory, vehicle.data)
        self._reports: dict[int, Callable[[bytes], bytes]] = {
            0x02: self._by_status,
            0x03: self._snapshots_there,
            0x04: self._snapshots,
            0x06: self._extended_data,
            0x1A: self._with_extended_data,
            0x42: self._emissions_by_mask,
            0x55: self._permanent,
            0x56: self._readiness_group,
        }

    def table(self) -> dict[int, Service]:
        """Services by their byte."""
        return {0x14: self.clear, 0x19: self.read_codes, 0x22: self.read_identifiers}

    # 22

    def read_identifiers(self, request: bytes) -> bytes | None:
        """Service 22: identifiers of two bytes each; those not supported are left out."""
        wanted = request[1:]
        if len(wanted) % 2 or not 2 <= len(wanted) <= 2 * MOST_IDENTIFIERS:
            raise Negative(WRONG_LENGTH)
        answer = b""
        for place in range(0, len(wanted), 2):
            data = self._identifier(int.from_bytes(wanted[place : place + 2], "big"))
            if data is not None:
                answer += wanted[place : place + 2] + data
        if not answer:
            raise Negative(OUT_OF_RANGE)
        return b"\x62" + answer

    def _identifier(self, identifier: int) -> bytes | None:
        contents, low = self._contents, identifier & 0xFF
        if identifier >> 8 == 0xF4:
            return self._pid(low)
        if identifier >> 8 == 0xF6:
            return self._monitor(low)
        if identifier >> 8 == 0xF8:
            return self._information(low)
        encoder = contents.identifiers.get(identifier)
        return None if encoder is None else encoder(self._now)

    def _pid(self, pid: int) -> bytes | None:
        if pid % 0x20 == 0:
            return support_bitmap(pid, frozenset(self._contents.pids))
        encoder = self._contents.pids.get(pid)
        if encoder is None:
            return None
        return self._vehicle.scenario.data(self._contents.name, pid, encoder, self._now)

    def _monitor(self, monitor: int) -> bytes | None:
        """Return records of eight bytes: the identifier names the monitor already."""
        tests = self._contents.tests
        if monitor % 0x20 == 0:
            return support_bitmap(monitor, frozenset(tests)) if tests else None
        return b"".join(tests[monitor](self._now)) if monitor in tests else None

    def _information(self, kind: int) -> bytes | None:
        information = self._contents.information
        if kind == PROTOCOL_IDENTIFICATION & 0xFF:
            return bytes((OBD_ON_UDS,))
        if kind % 0x20 == 0:
            return support_bitmap(kind, frozenset(information) | {0x10})
        data = information.get(kind)
        if data is None:
            return None
        bare = kind in (0x02, 0x0A) or self._contents.name == BARE_ECU
        return data[1:] if bare else data

    # 14

    def clear(self, request: bytes) -> bytes | None:
        """Service 14: all codes, or all that concern emissions, with their frames."""
        if len(request) != 4:
            raise Negative(WRONG_LENGTH)
        if int.from_bytes(request[1:], "big") not in ALL_GROUPS:
            raise Negative(OUT_OF_RANGE)
        self._memory.clear(self._contents.name)
        return b"\x54"

    # 19

    def read_codes(self, request: bytes) -> bytes | None:
        """Service 19: one of its reports."""
        if len(request) < 2:
            raise Negative(WRONG_LENGTH)
        report = self._reports.get(request[1])
        if report is None:
            raise Negative(SUBFUNCTION_NOT_SUPPORTED)
        return b"\x59" + request[1:2] + report(request[2:])

    def _by_status(self, asked: bytes) -> bytes:
        """02: codes whose status has a bit of the mask."""
        [mask] = _exactly(asked, 1)
        listed = [fault for fault in self._kept() if self._memory.status(fault) & mask]
        return bytes((AVAILABLE,)) + self._listed(listed)

    def _emissions_by_mask(self, asked: bytes) -> bytes:
        """42: group, masks of status and severity; severity, code, status of each."""
        group, mask, severities = _exactly(asked, 3)
        _check_group(group)
        answer = bytes((group, AVAILABLE, SEVERITIES, J2012_FORMAT))
        for fault in self._kept():
            status = self._memory.status(fault)
            if status & mask and _severity(fault) & severities:
                answer += bytes((_severity(fault),)) + _code(fault) + bytes((status,))
        return answer

    def _permanent(self, asked: bytes) -> bytes:
        """55: permanent codes of a group."""
        [group] = _exactly(asked, 1)
        _check_group(group)
        name = self._contents.name
        listed = [fault for fault in self._memory.permanent.values() if fault.ecu == name]
        return bytes((group, AVAILABLE, J2012_FORMAT)) + self._listed(listed)

    def _readiness_group(self, asked: bytes) -> bytes:
        """56: codes of one readiness group; which number means what is the car's own affair."""
        group, readiness = _exactly(asked, 2)
        _check_group(group)
        listed = [fault for fault in self._kept() if fault.group == readiness]
        return bytes((group, AVAILABLE, J2012_FORMAT, readiness)) + self._listed(listed)

    def _snapshots_there(self, asked: bytes) -> bytes:
        """03: code and record number of every freeze frame."""
        _exactly(asked, 0)
        answer = b""
        for fault in self._kept():
            for number, _ in self._frames(fault):
                answer += _code(fault) + bytes((number,))
        return answer

    def _snapshots(self, asked: bytes) -> bytes:
        """04: records of one code: number, count of identifiers, each with its data."""
        fault, record = self._one(asked)
        frames = self._frames(fault)
        if record not in (FIRST_FRAME, LATEST_FRAME, EVERY_RECORD):
            raise Negative(OUT_OF_RANGE)
        answer = _code(fault) + bytes((self._memory.status(fault),))
        for number, state in frames:
            if record in (number, EVERY_RECORD):
                answer += bytes((number,)) + self._snapshot(state)
        return answer

    def _snapshot(self, state: State) -> bytes:
        readout = Readout(state, self._memory, self._vehicle.data)
        encoders = {pid: own for pid, own in self._contents.freeze.items() if pid != 0x02}
        data = (bytes((0xF4, pid)) + encoder(readout) for pid, encoder in encoders.items())
        return bytes((len(encoders),)) + b"".join(data)

    def _extended_data(self, asked: bytes) -> bytes:
        """06: extended data records of one code."""
        fault, record = self._one(asked)
        if record not in (ACTIVITY_RECORD, 0xFE, EVERY_RECORD):
            raise Negative(OUT_OF_RANGE)
        activity = bytes((min(len(self._memory.frames(fault.ecu)) + 3, 0xFF), 0x40))
        status = bytes((self._memory.status(fault),))
        return _code(fault) + status + bytes((ACTIVITY_RECORD,)) + activity

    def _with_extended_data(self, asked: bytes) -> bytes:
        """1A: codes that have an extended data record."""
        [record] = _exactly(asked, 1)
        if record != ACTIVITY_RECORD:
            raise Negative(OUT_OF_RANGE)
        return bytes((AVAILABLE, record)) + self._listed(self._kept())

    def _kept(self) -> list[Fault]:
        return [
            fault
            for fault in self._memory.faults_of(self._contents.name)
            if self._memory.status(fault) & (PENDING | CONFIRMED)
        ]

    def _listed(self, faults: Iterable[Fault]) -> bytes:
        return b"".join(_code(fault) + bytes((self._memory.status(fault),)) for fault in faults)

    def _frames(self, fault: Fault) -> list[tuple[int, State]]:
        """Return number and state of each record of a code; F0 is kept up to date."""
        frame = self._memory.frame_of(fault)
        if frame is None:
            return []
        first = [(FIRST_FRAME, frame.state)]
        return first if frame.latest is None else [*first, (LATEST_FRAME, frame.latest)]

    def _one(self, asked: bytes) -> tuple[Fault, int]:
        """Return the code that a request names, and the number of the record that it wants."""
        if len(asked) != 4:
            raise Negative(WRONG_LENGTH)
        for fault in self._memory.faults_of(self._contents.name):
            if _code(fault) == asked[:3]:
                return fault, asked[3]
        raise Negative(OUT_OF_RANGE)


def _exactly(asked: bytes, length: int) -> bytes:
    if len(asked) != length:
        raise Negative(WRONG_LENGTH)
    return asked


def _check_group(group: int) -> None:
    if group != EMISSIONS_GROUP:
        raise Negative(OUT_OF_RANGE)


def _code(fault: Fault) -> bytes:
    """Two bytes of code and the failure type byte (SAE J2012-DA)."""
    return dtc_bytes(fault.code) + bytes((fault.failure,))


def _severity(fault: Fault) -> int:
    """Class of the code in the lower five bits (ISO 14229-1, D.3)."""
    return CLASS_A if fault.lamp else CLASS_C
