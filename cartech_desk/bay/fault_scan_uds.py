"""The parts of a scan of a car that speaks OBD on UDS only (SAE J1979-2): services 19 and 22."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.fault_scan_asking import Asking, Got, only
from cartech_desk.bay.fault_scan_codes import Listed, check_counts, note_codes
from cartech_desk.bay.fault_scan_found import COUNTERS, Found, Step
from cartech_desk.bay.fault_scan_heard import name_newcomers
from cartech_desk.bay.identification import Identification
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import Answered, CodeStatus, FreezeFrame
from cartech_desk.domain.obd import uds_identifiers as identifiers
from cartech_desk.domain.obd.freeze_frames import frame_values
from cartech_desk.domain.obd.readiness import (
    SINCE_CLEAR,
    THIS_CYCLE,
    read_lamp,
    read_readiness,
)
from cartech_desk.domain.obd.uds_codes import (
    CONFIRMED,
    PENDING,
    UdsCode,
    UdsCodes,
    codes_request,
    permanent_request,
    plain_codes_request,
    read_uds_codes,
)
from cartech_desk.domain.obd.uds_snapshots import Snapshot, read_snapshots, snapshot_request

MOST_TOGETHER: Final = 3
"""Identifiers in one request: seven bytes are one frame, which every adapter can send."""
STATUS_BYTES: Final = 4
_BITMAPS: Final = 0x20
_KINDS: Final = {CodeStatus.STORED: CONFIRMED, CodeStatus.PENDING: PENDING}


@dataclass(slots=True)
class Uds:
    """Reads one car; what is found goes to `found`. Errors: as `Asking`."""

    asking: Asking
    car: Identification
    found: Found
    step: Step

    def status(self) -> None:
        """Lamp, number of codes and readiness since codes were cleared, of each ECU with F401."""
        self.step("the lamp and the monitors")
        having = [ecu for ecu in self.found.ecus if SINCE_CLEAR in self._supported(ecu)]
        for ecu, got in self._status(having or self.found.ecus).items():
            if got.value is not None:
                self.found.lamps[ecu] = read_lamp(ecu, got.value)
                self.found.since_clear.append(read_readiness(ecu, got.value))
            elif having:
                self.found.lost(f"Lamp and readiness of ECU {ecu:X}", got)

    def codes(self) -> None:
        """Read stored and pending codes by their status bytes, and permanent ones."""
        self.step("stored and pending codes")
        known = set(self.found.ecus)
        request = codes_request(CONFIRMED | PENDING)
        told, doubt = self.asking.whoever(
            request, known, lambda p: read_uds_codes(request, only(p))
        )
        if doubt:
            self.found.others(doubt)
        for ecu, got in told.items():
            if got.unsupported:  # older than functional groups
                got = self._listed(plain_codes_request(CONFIRMED | PENDING), [ecu])[ecu]  # noqa: PLW2901
            for kind, bit in _KINDS.items():
                self._note(ecu, kind, bit, got)
        self.step("permanent codes")
        for ecu, got in self._listed(permanent_request(), self.found.ecus, due=False).items():
            codes = None if got.value is None else [_listed(code) for code in got.value.codes]
            note_codes(self.found, ecu, CodeStatus.PERMANENT, got, codes)
        name_newcomers(self.asking, self.found, [e for e in self.found.ecus if e not in known])
        check_counts(self.found, self._counted_again)

    def counters(self) -> None:
        """Readiness of this drive, and distances and times since lamp and clearing."""
        self.step("distances and times")
        for ecu in self.found.ecus:
            counters = self.found.counters
            due = [THIS_CYCLE, *(pid for pid, name in COUNTERS.items() if name not in counters)]
            wanted = [pid for pid in due if pid in self._supported(ecu)]
            data = self._pids(ecu, wanted)
            for pid, piece in data.items():
                if pid == THIS_CYCLE:
                    ignition = self.found.compression_of(ecu)
                    self.found.this_cycle.append(read_readiness(ecu, piece, compression=ignition))
                else:
                    counters[COUNTERS[pid]] = float(int.from_bytes(piece, "big"))
            for pid in wanted:
                if pid not in data and ecu not in self.asking.given_up:
                    self.found.warn(f"Identifier F4{pid:02X} of ECU {ecu:X} could not be read.")

    def frames(self) -> None:
        """Snapshots of every stored or pending code."""
        for ecu in self.found.ecus:
            codes = dict.fromkeys(one for kind in _KINDS for one in self.found.codes_of(ecu, kind))
            for one in codes:
                self.step(f"freeze frames of ECU {ecu:X}")
                code = UdsCode(one.code, one.failure_type or 0, one.status_byte or 0)
                self._snapshots(ecu, code)

    def tests(self) -> None:
        """Results of on-board tests, 22 F6xx."""
        for ecu in self.found.ecus:
            self.step(f"on-board tests of ECU {ecu:X}")
            for monitor in sorted(self._monitors(ecu)):
                self._test(ecu, monitor)

    def _supported(self, ecu: int) -> frozenset[int]:
        return self.car.supported.get(ecu, frozenset())

    def _status(self, ecus: Collection[int]) -> Mapping[int, Got[bytes]]:
        identifier = identifiers.PIDS | SINCE_CLEAR
        request = identifiers.identifiers_request([identifier])
        return self.asking.everybody(
            request,
            ecus,
            lambda p: identifiers.split_identifiers(only(p), {identifier: STATUS_BYTES})[
                identifier
            ],
        )

    def _listed(
        self, request: bytes, ecus: Collection[int], *, due: bool = True
    ) -> dict[int, Got[UdsCodes]]:
        return self.asking.everybody(
            request, ecus, lambda p: read_uds_codes(request, only(p)), due=due
        )

    def _note(self, ecu: int, kind: CodeStatus, bit: int, got: Got[UdsCodes]) -> None:
        """Note the codes of one kind; a bit that the ECU does not keep tells nothing of a kind."""
        told = got.value
        if told is None:
            note_codes(self.found, ecu, kind, got, None)
        elif told.available & bit:
            codes = [_listed(code) for code in told.codes if kind in code.statuses]
            note_codes(self.found, ecu, kind, got, codes)
            if told.strange:
                self.found.told(ecu, kind, Answered.UNKNOWN, _strange(told.strange))
        elif kind is CodeStatus.PENDING:
            why = "It does not keep pending codes."
            self.found.told(ecu, kind, Answered.UNSUPPORTED, why)
        else:
            why = "It does not tell which of its codes are confirmed."
            self.found.told(ecu, kind, Answered.UNKNOWN, why)

    def _counted_again(self, ecu: int) -> tuple[int, Got[tuple[str, ...]]] | None:
        """Ask an ECU again how many codes it has, and which; None where it does not count."""
        counted = self._status([ecu])[ecu].value
        if counted is None:
            return None
        lamp = self.found.lamps[ecu] = read_lamp(ecu, counted)
        got = self._listed(codes_request(CONFIRMED | PENDING), [ecu])[ecu]
        if got.value is not None:
            self._note(ecu, CodeStatus.STORED, CONFIRMED, got)
        return lamp.codes, Got(why=got.why)

    def _pids(self, ecu: int, pids: Sequence[int]) -> dict[int, bytes]:
        """Read some PIDs of one ECU; what is missing in a packed answer then by itself."""
        data: dict[int, bytes] = {}
        if not pids:
            return data
        for most in (MOST_TOGETHER, 1):
            missing = [pid for pid in pids if pid not in data]
            for request in identifiers.pid_requests(missing, most, self._supported(ecu)):
                got = self.asking.one(ecu, request, self._pids_of(ecu, request))
                data.update(got.value or {})
        return {pid: data[pid] for pid in pids if pid in data}

    def _pids_of(self, ecu: int, request: bytes) -> Callable[[Sequence[bytes]], dict[int, bytes]]:
        supported = self._supported(ecu)
        return lambda payloads: identifiers.read_pids(request, only(payloads), supported)

    def _snapshots(self, ecu: int, code: UdsCode) -> None:
        request = snapshot_request(code)
        supported = self._supported(ecu)

        def reader(payloads: Sequence[bytes]) -> tuple[Snapshot, ...]:
            return read_snapshots(request, only(payloads), supported)

        got = self.asking.one(ecu, request, reader)
        named = f"{code.code}-{code.failure_type:02X} in ECU {ecu:X}"
        if got.value is None:
            if not got.unsupported:  # a code without a snapshot is refused
                self.found.lost(f"The freeze frame of {named}", got)
            return
        for snapshot in got.value:
            try:
                values = frame_values(snapshot.pids, supported, self.car.scales)
            except CarTechError as error:
                self.found.warn(f"The freeze frame of {named} could not be read. {error.happened}")
                continue
            if snapshot.left:
                self.found.warn(
                    f"Part of the freeze frame of {named} is in the maker's own form and not shown."
                )
            self.found.frames.append(FreezeFrame(code.code, ecu, snapshot.record, values))

    def _monitors(self, ecu: int) -> set[int]:
        """Read which monitors an ECU has; none where it keeps no tests."""
        told: dict[int, frozenset[int]] = {}
        for request in identifiers.support_requests(identifiers.MONITORS, MOST_TOGETHER):
            known = set().union(*told.values()) if told else set()
            if request[2] and request[2] not in known:
                break
            got = self.asking.one(ecu, request, _monitors_of, due=False)
            if got.value is None:
                if not (got.unsupported or got.silent):
                    self.found.lost(f"On-board tests of ECU {ecu:X}", got)
                break
            told.update(got.value)
        return {one for some in told.values() for one in some if one % _BITMAPS}

    def _test(self, ecu: int, monitor: int) -> None:
        request = identifiers.identifiers_request([identifiers.MONITORS | monitor])
        got = self.asking.one(
            ecu, request, lambda p: identifiers.read_uds_tests(ecu, monitor, only(p))
        )
        if got.value is not None:
            self.found.tests.extend(got.value)
        else:
            self.found.lost(f"Test {monitor:02X} of ECU {ecu:X}", got)


def _strange(codes: Sequence[UdsCode]) -> str:
    """Say which codes an ECU lists without saying whether they are stored or pending."""
    names = ", ".join(f"{one.code}-{one.failure_type:02X}" for one in codes)
    return f"It lists {names} without saying whether they are stored or pending."


def _listed(code: UdsCode) -> Listed:
    return code.code, code.failure_type, code.status


def _monitors_of(payloads: Sequence[bytes]) -> dict[int, frozenset[int]]:
    return identifiers.read_support(identifiers.MONITORS, only(payloads))
