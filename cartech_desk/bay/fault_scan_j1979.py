"""The parts of a scan of a car of SAE J1979: services 01, 02, 03, 05, 06, 07 and 0A."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.bay.fault_scan_asking import TRIES, Asking, Got, only
from cartech_desk.bay.fault_scan_codes import check_counts, note_codes
from cartech_desk.bay.fault_scan_found import COUNTERS, Found, Step
from cartech_desk.bay.fault_scan_heard import name_newcomers
from cartech_desk.bay.identification import Identification, speaks_can
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import CodeStatus, FreezeFrame, TestResult
from cartech_desk.domain.obd import freeze_frames, onboard_tests, oxygen_tests
from cartech_desk.domain.obd.codes import read_codes, read_uncounted_codes
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
NO_SERVICE: Final = 0x11
_BITMAPS: Final = 0x20


@dataclass(slots=True)
class J1979:
    """Reads one car; what is found goes to `found`. Errors: as `Asking`."""

    asking: Asking
    car: Identification
    found: Found
    step: Step
    uncounted: set[int] = field(default_factory=set)
    """ECUs that tell their codes without their number."""

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
                self.found.lost(f"Lamp and readiness of ECU {ecu:X}", got)

    def codes(self) -> None:
        """Read stored, pending and permanent codes of every ECU."""
        known = set(self.found.ecus)
        for service, kind in LISTS:
            self.step(f"{kind} codes")
            request, reader = bytes((service,)), _codes_of(service)
            if kind is CodeStatus.STORED:
                told, doubt = self.asking.whoever(request, known, reader)
                if doubt:
                    self.found.others(doubt)
            else:
                told = self.asking.everybody(request, self.found.ecus, reader, due=False)
            for ecu, got in told.items():
                listed = got.value
                if listed is None and not got.none_there and not got.skipped:
                    listed = self._uncounted(ecu, service)
                codes = None if listed is None else [(code, None, None) for code in listed]
                note_codes(self.found, ecu, kind, got, codes)
        name_newcomers(self.asking, self.found, [e for e in self.found.ecus if e not in known])
        check_counts(self.found, self._counted_again)

    def counters(self) -> None:
        """Readiness of this drive, and distances and times since lamp and clearing."""
        self.step("distances and times")
        for ecu in self.found.ecus:
            wanted = [THIS_CYCLE, *(pid for pid, name in COUNTERS.items() if self._lacks(name))]
            data = self._pids(ecu, [pid for pid in wanted if pid in self._supported(ecu)])
            for pid, piece in data.items():
                if pid == THIS_CYCLE:
                    ignition = self.found.compression_of(ecu)
                    self.found.this_cycle.append(read_readiness(ecu, piece, compression=ignition))
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
            for monitor in sorted(self._monitors(ecu)):
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
                    self.found.lost(f"PID {pid:02X} of ECU {ecu:X}", got)
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

    def _uncounted(self, ecu: int, service: int) -> tuple[str, ...] | None:
        """Read a list that may lack its number, as PID 01 or the ECU's other lists bear out."""
        lamp = self.found.lamps.get(ecu)
        count = None
        if ecu not in self.uncounted:
            if lamp is None or service != LISTS[0][0] or not self._can:
                return None
            count = lamp.codes
        got = self.asking.one(
            ecu, bytes((service,)), lambda p: read_uncounted_codes(service, only(p), count)
        )
        if got.value is not None:
            self.uncounted.add(ecu)
            self.found.warn(
                f"ECU {ecu:X} tells its codes without their number, against the standard; they "
                "were read so because it counts as many."
            )
        return got.value

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
        got: Got[dict[int, frozenset[int]]] = Got()
        for packed in (True, False) if self._can else (False,):
            for request in freeze_frames.support_requests(0, packed=packed):
                if not self._due(request[1], told):
                    continue
                got = self._listed(ecu, request, _frame_support, packed=packed)
                told.update(got.value or {})
                if got.nrc == NO_SERVICE or (got.silent and not packed):
                    return frozenset()
            if told and not _owed(told):
                break  # else some ECUs take, or answer, only the first of several pairs
        if got.value is None and not got.unsupported:
            self.found.lost(f"Freeze frames of ECU {ecu:X}", got)
        return _numbers(told)

    def _frame(self, ecu: int, pids: frozenset[int], frame: int) -> dict[int, bytes]:
        """Read one frame; empty where there is none, or where it lacks its code."""
        parts: dict[int, bytes] = {}
        wanted = pids | {freeze_frames.CODE_PID}
        failed = self._fetch(ecu, wanted, frame, parts, packed=self._can)
        told = freeze_frames.CODE_PID in parts
        if not told and (failed is None or (frame and failed.none_there)):
            return {}  # there are no more of them
        if self._can and (not told or any(parts[freeze_frames.CODE_PID])):
            # Some ECUs take, or answer, only the first of several pairs.
            again = self._fetch(ecu, wanted - parts.keys(), frame, parts, packed=False)
            failed = again if failed is None or failed.none_there else failed
        code = parts.get(freeze_frames.CODE_PID, b"")
        left = [pid for pid in wanted if pid in mode01_pids() and pid not in parts]
        if left and (not code or any(code)) and failed is not None and not failed.none_there:
            what = "Some values of freeze frame" if code else "Freeze frame"
            self.found.lost(f"{what} {frame} of ECU {ecu:X}", failed)
        return parts if any(code) else {}

    def _fetch(
        self,
        ecu: int,
        pids: Collection[int],
        frame: int,
        parts: dict[int, bytes],
        *,
        packed: bool,
    ) -> Got[dict[int, bytes]] | None:
        """Add PIDs of a frame to `parts`; returns what failed first, None where all went well.

        Without the code, which comes first, the others are not asked for; nor one by one after
        the first that the frame has not got.
        """
        failed: Got[dict[int, bytes]] | None = None
        supported = self._supported(ecu)
        for request in freeze_frames.frame_requests(
            pids, frame, packed=packed, supported=supported
        ):
            got = self.asking.one(ecu, request, self._frame_of(ecu, request), due=not frame)
            parts.update(got.value or {})
            if got.value is None:
                failed = failed or got
            if not any(parts.get(freeze_frames.CODE_PID, b"")):
                break
            if not packed and got.none_there:
                break
        return failed

    def _frame_of(self, ecu: int, request: bytes) -> Callable[[Sequence[bytes]], dict[int, bytes]]:
        def reader(payloads: Sequence[bytes]) -> dict[int, bytes]:
            payload = only(payloads)
            if request[2] and payload[2:3] == b"\0":
                return {}  # an ECU with one frame, which it tells whatever number it is asked for
            return freeze_frames.read_frame(request, payload, self._supported(ecu))

        return reader

    # -- services 05 and 06 ------------------------------------------------------------------

    def _monitors(self, ecu: int) -> frozenset[int]:
        """Read which monitors (tests, before CAN) an ECU has."""
        told: dict[int, frozenset[int]] = {}
        got: Got[dict[int, frozenset[int]]] = Got()
        for packed in (True, False) if self._can else (False,):
            for request in onboard_tests.monitor_requests(packed=packed):
                if not self._due(request[1], told):
                    continue
                got = self._listed(ecu, request, _monitors_of, packed=packed)
                told.update(got.value or {})
                if got.nrc == NO_SERVICE or (got.silent and not packed):
                    return frozenset()
            if told and not _owed(told):
                break
        if got.value is None and not got.unsupported:
            self.found.lost(f"On-board tests of ECU {ecu:X}", got)
        return _numbers(told)

    def _listed(
        self,
        ecu: int,
        request: bytes,
        reader: Callable[[Sequence[bytes]], dict[int, frozenset[int]]],
        *,
        packed: bool,
    ) -> Got[dict[int, frozenset[int]]]:
        """Ask for bitmaps; packed ones once, for who does not take them is asked singly anyway."""
        tries = 1 if packed else TRIES
        return self.asking.one(ecu, request, reader, due=False, most_tries=tries)

    @staticmethod
    def _due(base: int, told: Mapping[int, frozenset[int]]) -> bool:
        """Whether a bitmap is to be asked for: the first, and each that an earlier one names."""
        return base not in told and (not base or base in _owed(told))

    def _test(self, ecu: int, monitor: int) -> None:
        def reader(payloads: Sequence[bytes]) -> tuple[TestResult, ...]:
            if self._can:
                return onboard_tests.read_tests(ecu, monitor, only(payloads))
            return onboard_tests.read_older_tests(ecu, monitor, payloads)

        got = self.asking.one(ecu, bytes((onboard_tests.SERVICE, monitor)), reader)
        if got.value is None:
            self.found.lost(f"Test {monitor:02X} of ECU {ecu:X}", got)
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
            self.found.lost(f"Test {shown} of ECU {ecu:X}", got)


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


def _owed(told: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """Return the bitmaps that others name and that were not told."""
    named = frozenset().union(*told.values())
    return frozenset(one for one in named - told.keys() if one % _BITMAPS == 0)


def _numbers(told: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """Return what bitmaps name, without the numbers of bitmaps."""
    return frozenset(one for some in told.values() for one in some if one % _BITMAPS)


def _frame_support(payloads: Sequence[bytes]) -> dict[int, frozenset[int]]:
    return freeze_frames.read_frame_support(only(payloads), 0)


def _monitors_of(payloads: Sequence[bytes]) -> dict[int, frozenset[int]]:
    return onboard_tests.read_monitors(only(payloads))
