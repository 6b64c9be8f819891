"""The parts of a scan of a car of SAE J1979: services 01, 02, 03, 05, 06, 07 and 0A."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.fault_scan_asking import Asking, Got, only
from cartech_desk.bay.fault_scan_codes import check_counts, note_codes
from cartech_desk.bay.fault_scan_found import COUNTERS, Found, Step
from cartech_desk.bay.identification import Identification, speaks_can
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import CodeStatus, FreezeFrame, TestResult
from cartech_desk.domain.obd import freeze_frames, onboard_tests, oxygen_tests
from cartech_desk.domain.obd.codes import read_codes
from cartech_desk.domain.obd.decode import split_mode01
from cartech_desk.domain.obd.pids import mode01_pids
from cartech_desk.domain.obd.readiness import (
    SINCE_CLEAR,
    THIS_CYCLE,
    read_lamp,
    read_readiness,
)
from cartech_desk.domain.obd.variants import FOUR_BANKS_PID

LISTS: Final = ((0x03, CodeStatus.STORED), (0x07, CodeStatus.PENDING), (0x0A, CodeStatus.PERMANENT))
"""The services that list codes (SAE J1979, 5.5, 5.9 and 5.12)."""
MOST_FRAMES: Final = 16
"""Freeze frames of one ECU that are read; who tells more repeats itself."""
SENSORS_PID: Final = 0x13
_BITMAPS: Final = 0x20


@dataclass(slots=True)
class J1979:
    """Reads one car; what is found goes to `found`. Errors: as `Asking`."""

    asking: Asking
    car: Identification
    found: Found
    step: Step

    @property
    def _can(self) -> bool:
        return speaks_can(self.car.link)

    def status(self) -> None:
        """Lamp, number of codes and readiness since codes were cleared, of each ECU with PID 01."""
        self.step("the lamp and the monitors")
        for ecu, got in self._status(self._having(SINCE_CLEAR)).items():
            if got.value is not None:
                self.found.lamps[ecu] = read_lamp(ecu, got.value)
                self.found.since_clear.append(read_readiness(ecu, got.value))
            else:
                self.found.warn(
                    f"Lamp and readiness of ECU {ecu:X} could not be read. {got.why}".rstrip()
                )

    def codes(self) -> None:
        """Read stored, pending and permanent codes of every ECU."""
        for service, kind in LISTS:
            self.step(f"{kind} codes")
            told = self.asking.everybody(
                bytes((service,)), self.found.ecus, _codes_of(service), due=service == 0x03
            )
            for ecu, got in told.items():
                codes = None if got.value is None else [(code, None, None) for code in got.value]
                note_codes(self.found, ecu, kind, got, codes)
        check_counts(self.found, self._counted_again)

    def counters(self) -> None:
        """Readiness of this drive, and distances and times since lamp and clearing."""
        self.step("distances and times")
        for ecu in self.found.ecus:
            wanted = [THIS_CYCLE, *(pid for pid, name in COUNTERS.items() if self._lacks(name))]
            data = self._pids(ecu, [pid for pid in wanted if pid in self._supported(ecu)])
            for pid, piece in data.items():
                if pid == THIS_CYCLE:
                    self.found.this_cycle.append(read_readiness(ecu, piece))
                else:
                    self.found.counters[COUNTERS[pid]] = float(int.from_bytes(piece, "big"))

    def frames(self) -> None:
        """Freeze frames of the engine, and of every other ECU that may have one."""
        for ecu in self.found.ecus:
            if ecu == self.found.ecus[0] or self.found.has_codes(ecu):
                self.step(f"freeze frames of ECU {ecu:X}")
                self._frames_of(ecu)

    def tests(self) -> None:
        """Results of on-board tests; before CAN those of oxygen sensors too."""
        for ecu in self.found.ecus:
            self.step(f"on-board tests of ECU {ecu:X}")
            monitors = sorted(self._monitors(ecu))
            for monitor in monitors:
                self._test(ecu, monitor)
            if not self._can:
                self._oxygen_tests(ecu)

    # -- service 01 --------------------------------------------------------------------------

    def _having(self, pid: int) -> list[int]:
        """Return the ECUs that have a PID; all of them where none says what it has."""
        having = [ecu for ecu in self.found.ecus if pid in self._supported(ecu)]
        return having or list(self.found.ecus)

    def _supported(self, ecu: int) -> frozenset[int]:
        return self.car.supported.get(ecu, frozenset())

    def _lacks(self, counter: str) -> bool:
        return counter not in self.found.counters

    def _status(self, ecus: Collection[int]) -> Mapping[int, Got[bytes]]:
        return self.asking.everybody(
            bytes((0x01, SINCE_CLEAR)), ecus, _data_of({SINCE_CLEAR: 4}, SINCE_CLEAR)
        )

    def _pids(self, ecu: int, pids: Sequence[int]) -> dict[int, bytes]:
        """Read some PIDs of one ECU, in one request on CAN; what is missing then by itself."""
        table = mode01_pids()
        lengths = {pid: table[pid].shortest for pid in pids}
        data: dict[int, bytes] = {}
        if self._can and len(pids) > 1:
            packed = self.asking.one(ecu, bytes((0x01, *pids)), _pieces_of(lengths))
            data.update(packed.value or {})
        for pid in pids:
            if pid not in data:
                got = self.asking.one(ecu, bytes((0x01, pid)), _data_of(lengths, pid))
                if got.value is None:
                    self.found.warn(
                        f"PID {pid:02X} of ECU {ecu:X} could not be read. {got.why}".rstrip()
                    )
                else:
                    data[pid] = got.value
        return {pid: data[pid] for pid in pids if pid in data}

    def _counted_again(self, ecu: int) -> tuple[int, Got[tuple[str, ...]]] | None:
        """Ask an ECU again how many codes it has, and which; None where it does not count."""
        counted = self._status([ecu])[ecu].value
        if counted is None:
            return None
        lamp = self.found.lamps[ecu] = read_lamp(ecu, counted)
        return lamp.codes, self.asking.one(ecu, b"\x03", _codes_of(0x03))

    # -- service 02 --------------------------------------------------------------------------

    def _frames_of(self, ecu: int) -> None:
        pids = self._frame_pids(ecu)
        if not pids:
            return
        seen: list[Mapping[int, bytes]] = []
        for frame in range(MOST_FRAMES):
            parts = self._frame(ecu, pids, frame)
            if not parts or parts in seen:
                return
            seen.append(parts)
            try:
                code = freeze_frames.read_frame_code(parts[freeze_frames.CODE_PID])
                values = freeze_frames.frame_values(parts, self._supported(ecu), self.car.scales)
            except CarTechError as error:
                self.found.warn(
                    f"Freeze frame {frame} of ECU {ecu:X} could not be read. {error.happened}"
                )
            else:
                self.found.frames.append(FreezeFrame(code, ecu, frame, values))

    def _frame_pids(self, ecu: int) -> frozenset[int]:
        """Read which PIDs the first frame has; none where the ECU keeps no frames."""
        told: dict[int, frozenset[int]] = {}
        for request in freeze_frames.support_requests(0, packed=self._can):
            if request[1] and not any(request[1] in pids for pids in told.values()):
                break
            got = self.asking.one(ecu, request, lambda p: _frame_support(only(p)), due=False)
            if got.value is None:
                if not (got.unsupported or got.silent):
                    self.found.warn(f"Freeze frames of ECU {ecu:X} could not be read. {got.why}")
                break
            told.update(got.value)
        for base in [pid for pids in told.values() for pid in pids if pid % _BITMAPS == 0]:
            if base not in told:  # some ECUs answer only the first of several pairs
                request = bytes((freeze_frames.SERVICE, base, 0))
                got = self.asking.one(ecu, request, lambda p: _frame_support(only(p)))
                told.update(got.value or {})
        named = frozenset().union(*told.values())
        return frozenset(pid for pid in named if pid % _BITMAPS)

    def _frame(self, ecu: int, pids: Collection[int], frame: int) -> dict[int, bytes]:
        """Read one frame; empty where there is none."""
        parts: dict[int, bytes] = {}
        lost: list[str] = []
        requests = self._frame_requests(ecu, pids, frame, packed=self._can)
        for place, request in enumerate(requests):
            got = self.asking.one(
                ecu, request, _frame_of(request, self._supported(ecu)), due=not frame or place > 0
            )
            if got.value is None:
                if not place and (got.unsupported or (frame and got.silent)):
                    return {}  # there are no more of them
                lost.append(got.why)
                if not place:
                    break  # without its code nothing of it means anything
                continue
            parts.update(got.value)
            if not place and not any(parts.get(freeze_frames.CODE_PID, b"")):
                return {}
        missing = [pid for pid in pids if pid in mode01_pids() and pid not in parts]
        if parts and missing and not lost and self._can:
            self._single_parts(ecu, frame, missing, parts)
        if lost:
            what = "Some values of freeze frame" if parts else "Freeze frame"
            self.found.warn(f"{what} {frame} of ECU {ecu:X} could not be read. {lost[-1]}".rstrip())
        return parts

    def _frame_requests(
        self, ecu: int, pids: Collection[int], frame: int, *, packed: bool
    ) -> tuple[bytes, ...]:
        supported = self._supported(ecu)
        return freeze_frames.frame_requests(pids, frame, packed=packed, supported=supported)

    def _single_parts(
        self, ecu: int, frame: int, missing: Sequence[int], parts: dict[int, bytes]
    ) -> None:
        """Ask alone what a packed answer left out; the first that is not there ends it."""
        for request in self._frame_requests(ecu, missing, frame, packed=False):
            if request[1] in parts:
                continue
            got = self.asking.one(ecu, request, _frame_of(request, self._supported(ecu)), due=False)
            if got.value is None:
                return
            parts.update(got.value)

    # -- services 05 and 06 ------------------------------------------------------------------

    def _monitors(self, ecu: int) -> set[int]:
        """Read which monitors (tests, before CAN) an ECU has."""
        told: dict[int, frozenset[int]] = {}
        for packed in (True, False) if self._can else (False,):
            for request in onboard_tests.monitor_requests(packed=packed):
                known = set().union(*told.values()) if told else set()
                if request[1] in told or (request[1] and request[1] not in known):
                    continue
                got = self.asking.one(
                    ecu, request, lambda p: onboard_tests.read_monitors(only(p)), due=False
                )
                if got.value is not None:
                    told.update(got.value)
                elif not packed and not (got.unsupported or got.silent):
                    self.found.warn(f"On-board tests of ECU {ecu:X} could not be read. {got.why}")
                elif got.nrc == 0x11 or got.silent:
                    return set()
            owed = {pid for pids in told.values() for pid in pids if pid % _BITMAPS == 0}
            if told and owed <= told.keys():
                break
        return {one for some in told.values() for one in some if one % _BITMAPS}

    def _test(self, ecu: int, monitor: int) -> None:
        def reader(payloads: Sequence[bytes]) -> tuple[TestResult, ...]:
            if self._can:
                return onboard_tests.read_tests(ecu, monitor, only(payloads))
            return onboard_tests.read_older_tests(ecu, monitor, payloads)

        got = self.asking.one(ecu, bytes((onboard_tests.SERVICE, monitor)), reader)
        if got.value is None:
            self.found.warn(
                f"Test {monitor:02X} of ECU {ecu:X} could not be read. {got.why}".rstrip()
            )
        else:
            self.found.tests.extend(got.value)

    def _oxygen_tests(self, ecu: int) -> None:
        """Service 05: each test of each oxygen sensor that the ECU says is fitted."""
        supported = self._supported(ecu)
        four_banks = FOUR_BANKS_PID in supported
        pid = FOUR_BANKS_PID if four_banks else SENSORS_PID
        if pid not in supported:
            return
        fitted = self._pids(ecu, [pid]).get(pid)
        for sensor in oxygen_tests.sensors_of(pid, fitted) if fitted else ():
            request = oxygen_tests.support_request(sensor)
            got = self.asking.one(ecu, request, _sensor_tests_of(sensor), due=False)
            if got.unsupported or got.silent:
                return  # an ECU without service 05
            for request in oxygen_tests.sensor_requests(sensor, got.value or ()):
                self._oxygen_test(ecu, request, four_banks=four_banks)

    def _oxygen_test(self, ecu: int, request: bytes, *, four_banks: bool) -> None:
        got = self.asking.one(
            ecu,
            request,
            lambda p: oxygen_tests.read_sensor_test(ecu, request, only(p), four_banks=four_banks),
        )
        if got.value is not None:
            self.found.tests.append(got.value)
        else:
            shown = request.hex(" ").upper()
            self.found.warn(f"Test {shown} of ECU {ecu:X} could not be read. {got.why}".rstrip())


def _codes_of(service: int) -> Callable[[Sequence[bytes]], tuple[str, ...]]:
    # Adapters hand on the form of CAN, with the count, from every bus.
    return lambda payloads: tuple(
        dict.fromkeys(code for one in payloads for code in read_codes(service, one))
    )


def _data_of(lengths: Mapping[int, int], pid: int) -> Callable[[Sequence[bytes]], bytes]:
    return lambda payloads: split_mode01(only(payloads), {pid: lengths[pid]})[pid]


def _pieces_of(lengths: Mapping[int, int]) -> Callable[[Sequence[bytes]], dict[int, bytes]]:
    return lambda payloads: split_mode01(only(payloads), lengths)


def _sensor_tests_of(sensor: int) -> Callable[[Sequence[bytes]], frozenset[int]]:
    return lambda payloads: oxygen_tests.read_sensor_tests(sensor, only(payloads))


def _frame_support(payload: bytes) -> dict[int, frozenset[int]]:
    return freeze_frames.read_frame_support(payload, 0)


def _frame_of(
    request: bytes, supported: frozenset[int]
) -> Callable[[Sequence[bytes]], dict[int, bytes]]:
    def reader(payloads: Sequence[bytes]) -> dict[int, bytes]:
        payload = only(payloads)
        if request[2] and payload[2:3] == b"\0":
            return {}  # an ECU with one frame, which it tells whatever number it is asked for
        return freeze_frames.read_frame(request, payload, supported)

    return reader
