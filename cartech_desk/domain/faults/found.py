"""What a scan found: codes, freeze frames, readiness, tests, and what could not be read.

Plain facts without texts that may be bettered later: what a code means is looked up when it is
shown (`meaning`), so that an old check-up gains from a better table.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

EVERYBODY: Final = frozenset((0x7DF, 0x18DB33F1))
"""The addresses that every ECU listens to (ISO 15765-4)."""


class CodeStatus(StrEnum):
    """Where a code stands in its ECU."""

    STORED = "stored"
    PENDING = "pending"
    PERMANENT = "permanent"


class Answered(StrEnum):
    """Whether an ECU told its codes of one kind."""

    TOLD = "told"
    UNSUPPORTED = "unsupported"
    """It says, or shows by silence to a service that older cars lack, that it has no such list."""
    UNKNOWN = "unknown"
    """It should have told, and nothing readable came: never "no codes"."""


@dataclass(frozen=True, slots=True)
class EcuFound:
    """One ECU; `address` is its response identifier."""

    address: int
    name: str = ""
    calibration_ids: tuple[str, ...] = ()
    cvns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeFound:
    """A code in one ECU with all its statuses, in the order of `CodeStatus`.

    `failure_type` and `status_byte` are what UDS tells beside it (ISO 14229-1, D.2), else None.
    """

    code: str
    ecu: int
    status: tuple[CodeStatus, ...]
    failure_type: int | None = None
    status_byte: int | None = None


@dataclass(frozen=True, slots=True)
class CodesTold:
    """Whether one ECU told its codes of one kind, and why not.

    Where `ecu` is the address that everybody listens to, it is about ECUs that could not be heard.
    """

    ecu: int
    kind: CodeStatus
    answered: Answered
    why: str = ""

    @property
    def others(self) -> bool:
        """Whether it is about ECUs that could not be heard, and not about one."""
        return self.ecu in EVERYBODY

    @property
    def sentence(self) -> str:
        """Say that these codes are not known, and why: it stands among the warnings of a scan."""
        whose = f"{self.kind} codes of ECU {self.ecu:X}"
        whose = "codes of other control units" if self.others else whose
        return f"The {whose} are not known. {self.why}".rstrip()


@dataclass(frozen=True, slots=True)
class FrameValue:
    """One value of a freeze frame, in its signal's unit (key of `domain.units`).

    `name` is the canonical channel where the signal is one, else the signal's id; `value` NaN
    where the ECU says "not available"; `state` the word of an enumeration.
    """

    name: str
    label: str
    unit: str
    value: float
    state: str = ""


@dataclass(frozen=True, slots=True)
class FreezeFrame:
    """The car at the moment when a code was stored; `code` empty where the ECU does not tell."""

    code: str
    ecu: int
    frame: int
    values: tuple[FrameValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Monitor:
    """A self-test that this car has: `key` for programs (catalyst), `name` for people."""

    key: str
    name: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """Monitors of one ECU that are supported (since clear) or enabled (this cycle)."""

    ecu: int
    compression: bool
    monitors: tuple[Monitor, ...] = ()


@dataclass(frozen=True, slots=True)
class Lamp:
    """What one ECU says of the malfunction indicator lamp, and how many codes it has."""

    ecu: int
    on: bool
    codes: int


@dataclass(frozen=True, slots=True)
class Counters:
    """Since the lamp was lit and since codes were cleared; None where the car does not tell."""

    lamp_km: float | None = None
    lamp_min: float | None = None
    cleared_km: float | None = None
    cleared_min: float | None = None
    warm_ups: int | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """One on-board test (service 06, 05 before CAN, 22 F6xx with UDS).

    `passed` None where the ECU gives no limits, or says that the test did not run yet.
    """

    __test__ = False  # no test of ours

    ecu: int
    monitor: int
    test: int
    name: str
    test_name: str
    unit: str
    value: float
    minimum: float | None = None
    maximum: float | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class FaultScan:
    """Everything of one reading. Times UTC. `warnings` are whole sentences.

    `codes_told` has an entry for every ECU and kind: `clean` may be said only where each was told.
    `complete` False where the car went away in the middle; what was read before is kept. Where
    single ECUs did not tell all, `unknown` and the warnings name what.
    """

    at: datetime
    url: str
    adapter: str
    protocol: str
    uds: bool = False
    vin: str | None = None
    ecus: tuple[EcuFound, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    codes: tuple[CodeFound, ...] = ()
    codes_told: tuple[CodesTold, ...] = ()
    frames: tuple[FreezeFrame, ...] = ()
    since_clear: tuple[Readiness, ...] = ()
    this_cycle: tuple[Readiness, ...] = ()
    counters: Counters = field(default_factory=Counters)
    tests: tuple[TestResult, ...] = ()
    voltage: float | None = None
    warnings: tuple[str, ...] = ()
    complete: bool = True
    requests: int = 0
    seconds: float = 0.0

    @property
    def mil(self) -> bool | None:
        """Whether any ECU lights the lamp; None where nobody said."""
        return any(lamp.on for lamp in self.lamps) if self.lamps else None

    @property
    def unknown(self) -> tuple[CodesTold, ...]:
        """Whose codes are not known."""
        return tuple(one for one in self.codes_told if one.answered is Answered.UNKNOWN)

    @property
    def other_warnings(self) -> tuple[str, ...]:
        """The warnings that say something else than `unknown`, for who tells that in own words."""
        known = {one.sentence for one in self.unknown}
        return tuple(one for one in self.warnings if one not in known)

    @property
    def clean(self) -> bool:
        """Whether the car itself said that it has no codes at all: every ECU, every kind due."""
        told = {one.kind for one in self.codes_told if one.answered is Answered.TOLD}
        return (
            self.complete
            and not self.codes
            and not self.unknown
            and CodeStatus.STORED in told
            and not any(lamp.on or lamp.codes for lamp in self.lamps)
        )
