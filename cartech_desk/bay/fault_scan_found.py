"""What a scan has gathered so far, made a `FaultScan` at any moment, also of a car that is gone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cartech_desk.bay.fault_scan_asking import Got
from cartech_desk.bay.identification import Identification, functional
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    EcuFound,
    FaultScan,
    FreezeFrame,
    Lamp,
    Readiness,
    TestResult,
)
from cartech_desk.domain.plain_text import masked
from cartech_desk.domain.vin import VinState, check_vin

NOT_REACHED: Final = "The reading ended before it was asked."


@dataclass(slots=True)
class Found:
    """Findings of one scan; `ecus` are response identifiers."""

    ecus: tuple[int, ...]
    named: dict[int, EcuFound] = field(default_factory=dict)
    """ECUs that the identification of the car does not know."""
    lamps: dict[int, Lamp] = field(default_factory=dict)
    frames: list[FreezeFrame] = field(default_factory=list)
    since_clear: list[Readiness] = field(default_factory=list)
    this_cycle: list[Readiness] = field(default_factory=list)
    counters: dict[str, float] = field(default_factory=dict)
    tests: list[TestResult] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    complete: bool = True
    _codes: dict[tuple[int, str, int | None], CodeFound] = field(default_factory=dict)
    _told: dict[tuple[int, CodeStatus], CodesTold] = field(default_factory=dict)
    _others: str = ""

    def warn(self, text: str) -> None:
        """Add a sentence, once."""
        text = masked(text)
        if text not in self.warnings:
            self.warnings.append(text)

    def lost(self, what: str, got: Got[Any]) -> None:
        """Say that something could not be read, unless its ECU was given up before."""
        if not got.skipped:
            self.warn(f"{what} could not be read. {got.why}".rstrip())

    def compression_of(self, ecu: int) -> bool | None:
        """Whether an ECU's PID 01 said that its engine ignites by compression; None unknown."""
        return next((one.compression for one in self.since_clear if one.ecu == ecu), None)

    def add_code(
        self,
        ecu: int,
        code: str,
        status: CodeStatus,
        *,
        failure_type: int | None = None,
        status_byte: int | None = None,
    ) -> None:
        """Note a code of one kind; statuses of the same code in the same ECU stand together."""
        key = (ecu, code, failure_type)
        before = self._codes.get(key)
        statuses = {status, *(before.status if before else ())}
        if status_byte is None and before is not None:
            status_byte = before.status_byte
        in_order = tuple(one for one in CodeStatus if one in statuses)
        self._codes[key] = CodeFound(code, ecu, in_order, failure_type, status_byte)

    def told(self, ecu: int, kind: CodeStatus, answered: Answered, why: str = "") -> None:
        """Note whether an ECU told its codes of one kind; what is said last holds."""
        if ecu not in self.ecus:
            self.ecus = tuple(sorted((*self.ecus, ecu)))
            self.warn(f"ECU {ecu:X} answers that was not heard when the car was looked for.")
        self._told[ecu, kind] = CodesTold(ecu, kind, answered, masked(why))

    def others(self, why: str) -> None:
        """Note that there may be ECUs whose codes nobody heard."""
        self._others = self._others or masked(why)

    def answered(self, ecu: int, kind: CodeStatus) -> Answered | None:
        """Return how an ECU answered for one kind; None where it was not asked yet."""
        told = self._told.get((ecu, kind))
        return None if told is None else told.answered

    def codes_of(self, ecu: int, kind: CodeStatus) -> tuple[CodeFound, ...]:
        """Return the codes of one kind that one ECU told."""
        return tuple(one for one in self._codes.values() if one.ecu == ecu and kind in one.status)

    def has_codes(self, ecu: int) -> bool:
        """Whether an ECU may have stored a frame: it told codes, counts some, or is not known."""
        lamp = self.lamps.get(ecu)
        return (
            any(one.ecu == ecu for one in self._codes.values())
            or (lamp is not None and lamp.codes > 0)
            or self.answered(ecu, CodeStatus.STORED) is not Answered.TOLD
        )

    def scan(
        self,
        found: Identification,
        *,
        at: datetime,
        url: str,
        adapter: str,
        voltage: float | None,
        requests: int,
        seconds: float,
    ) -> FaultScan:
        """Make one whole of it; every ECU and kind of code has its entry."""
        told = tuple(
            self._told.get((ecu, kind), CodesTold(ecu, kind, Answered.UNKNOWN, NOT_REACHED))
            for ecu in self.ecus
            for kind in CodeStatus
        )
        if self._others:
            everybody = functional(found.link).request_id
            told += tuple(
                CodesTold(everybody, kind, Answered.UNKNOWN, self._others) for kind in CodeStatus
            )
        identities = {
            one.address: EcuFound(one.address, one.name, one.calibration_ids, one.cvns)
            for one in found.car.ecus
        } | self.named
        return FaultScan(
            at=at,
            url=url,
            adapter=adapter,
            protocol=found.link.protocol,
            uds=found.link.uds,
            vin=found.car.vin,
            ecus=tuple(identities.get(ecu) or EcuFound(ecu) for ecu in self.ecus),
            lamps=_by_ecu(self.lamps.values()),
            codes=tuple(sorted(self._codes.values(), key=lambda one: (one.ecu, _kind_of(one)))),
            codes_told=told,
            frames=tuple(self.frames),
            since_clear=tuple(self.since_clear),
            this_cycle=tuple(self.this_cycle),
            counters=Counters(
                lamp_km=self.counters.get("lamp_km"),
                lamp_min=self.counters.get("lamp_min"),
                cleared_km=self.counters.get("cleared_km"),
                cleared_min=self.counters.get("cleared_min"),
                warm_ups=_whole(self.counters.get("warm_ups")),
            ),
            tests=tuple(self.tests),
            voltage=voltage,
            warnings=tuple(dict.fromkeys(self._sentences(found, told))),
            complete=self.complete,
            requests=requests,
            seconds=seconds,
        )

    def _sentences(self, found: Identification, told: Iterable[CodesTold]) -> Iterable[str]:
        yield from found.car.warnings
        if found.car.vin is not None:
            checked = check_vin(found.car.vin)
            if checked.state not in (VinState.GOOD, VinState.UNCHECKED) and checked.why:
                yield checked.why
        yield from (one.sentence for one in told if one.answered is Answered.UNKNOWN)
        yield from self.warnings


def _kind_of(code: CodeFound) -> int:
    """Put stored codes in front of pending and permanent ones, else in the order told."""
    return list(CodeStatus).index(code.status[0])


def _by_ecu(lamps: Iterable[Lamp]) -> tuple[Lamp, ...]:
    return tuple(sorted(lamps, key=lambda one: one.ecu))


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


COUNTERS: Final = {
    0x21: "lamp_km",
    0x4D: "lamp_min",
    0x31: "cleared_km",
    0x4E: "cleared_min",
    0x30: "warm_ups",
}
"""PIDs of service 01 that count since the lamp was lit and since codes were cleared: km, min, one
(SAE J1979, tables of these PIDs); each a plain number in its bytes."""

Step = Callable[[str], None]
"""Told in words what is being read now."""
